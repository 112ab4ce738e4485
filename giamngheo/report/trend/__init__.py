"""02_trend on the page."""
