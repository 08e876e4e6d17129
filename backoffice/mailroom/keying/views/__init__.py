"""Pages of keying: what waits, the first pass, the second, the differences, and how much is keyed twice."""

from backoffice.mailroom.keying.views import first, lists, rates, second, third
from backoffice.mailroom.keying.views.room import bp

__all__ = ["bp", "first", "lists", "rates", "second", "third"]
