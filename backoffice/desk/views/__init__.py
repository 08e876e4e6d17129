"""The pages of the desk, one module for each subject."""

from backoffice.desk.views import acts, case, files, find, home, queue, report, why, windows
from backoffice.desk.views.blueprint import bp

__all__ = ["acts", "bp", "case", "files", "find", "home", "queue", "report", "why", "windows"]
