"""What delivery does later."""
