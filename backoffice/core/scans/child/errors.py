"""Why the child stops reading a file."""

from typing import NoReturn

from backoffice.core.scans.values import Refusal


class RefusedError(Exception):
    """This file is refused; the child says so and ends."""

    def __init__(self, reason: Refusal, detail: str) -> None:
        """Keep the reason and a detail that does not quote the file."""
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def refuse(reason: Refusal, detail: str) -> NoReturn:
    """Refuse the file."""
    raise RefusedError(reason, detail)
