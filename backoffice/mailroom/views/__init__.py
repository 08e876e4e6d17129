"""Pages of the mailroom: the first page, an envelope, keying an application from its image."""

from backoffice.mailroom.views import envelopes, home, keying, letters, pictures, scans
from backoffice.mailroom.views.room import bp

__all__ = ["bp", "envelopes", "home", "keying", "letters", "pictures", "scans"]
