"""Changes of circumstances after filing: address, family, correction; they keep the place in line."""
