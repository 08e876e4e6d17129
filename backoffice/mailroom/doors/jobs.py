"""What doors does later."""
