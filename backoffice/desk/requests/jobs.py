"""What requests does later."""
