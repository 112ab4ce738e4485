"""06_batch on the page."""
