"""Asking for documents, and reviewing what came."""
