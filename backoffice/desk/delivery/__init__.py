"""Delivery on pages: who cannot be reached, and what a person decides."""
