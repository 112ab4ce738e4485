"""05_sensitivity on the page."""
