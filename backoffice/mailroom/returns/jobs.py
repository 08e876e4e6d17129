"""What returns does later."""
