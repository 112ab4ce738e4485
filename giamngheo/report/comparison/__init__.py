"""04_compare on the page."""
