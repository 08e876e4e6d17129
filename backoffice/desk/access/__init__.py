"""A person's whole file in one export, and the requests for it."""
