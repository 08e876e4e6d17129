"""What indexing does later."""
