"""What access does later."""
