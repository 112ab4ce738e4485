"""03_scenario on the page."""
