"""What outages does later."""
