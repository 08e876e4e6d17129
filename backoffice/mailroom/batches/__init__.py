"""Batches: what their header sheet declares, the sheets printed for them, and their balance."""
