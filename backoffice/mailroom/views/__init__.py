"""Pages of the mailroom: the first page, an envelope."""

from backoffice.mailroom.views import envelopes, home, pictures, scans
from backoffice.mailroom.views.room import bp

__all__ = ["bp", "envelopes", "home", "pictures", "scans"]
