"""Pages of the doors: uploads, scanners and their jobs, what the drop folder refused."""

from backoffice.mailroom.doors.views import home, scanners, scanning, uploads
from backoffice.mailroom.doors.views.room import bp

__all__ = ["bp", "home", "scanners", "scanning", "uploads"]
