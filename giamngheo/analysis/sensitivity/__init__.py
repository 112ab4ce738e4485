"""What the answer hangs on."""
