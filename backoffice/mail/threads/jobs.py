"""What threads does later."""
