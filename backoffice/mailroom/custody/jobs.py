"""What custody does later."""
