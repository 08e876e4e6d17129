"""What decisions does later."""
