"""00_start_here on the page."""
