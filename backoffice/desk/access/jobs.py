"""What access does later: the copy of a file is made in the background."""

from backoffice.desk.access import models as _models  # noqa: F401 - its tables
