"""Many scenarios at once: planned, run side by side, kept, and set in one table."""
