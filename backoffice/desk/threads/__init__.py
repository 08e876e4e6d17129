"""The thread of a case on pages."""
