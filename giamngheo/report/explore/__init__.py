"""The what-if on the page."""
