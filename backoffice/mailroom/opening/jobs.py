"""What opening does later."""
