"""What letters does later."""
