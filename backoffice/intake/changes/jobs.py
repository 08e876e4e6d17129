"""What changes does later."""
