"""What terms does later."""
