"""What batches does later."""
