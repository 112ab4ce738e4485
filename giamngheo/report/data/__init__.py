"""01_data on the page."""
