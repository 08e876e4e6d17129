"""Whose mail it is: candidates with their reasons, and the pile that nobody understands yet."""
