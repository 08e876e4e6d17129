"""Changes of circumstances: address, name, family, work, and entries put right; each keeps the place in line."""
