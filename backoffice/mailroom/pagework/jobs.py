"""What pagework does later."""
