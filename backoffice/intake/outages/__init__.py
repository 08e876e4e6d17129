"""Outages recorded once, and what they lengthen: terms and windows, after a supervisor approved the exact list."""
