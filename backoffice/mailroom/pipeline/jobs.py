"""What pipeline does later."""
