"""The operators' console: each command parses, opens a transaction, calls an operation, prints what changed."""

from backoffice.cli.main import main

__all__ = ["main"]
