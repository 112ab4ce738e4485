"""What a reader sees: one folder a notebook, and what these share."""
