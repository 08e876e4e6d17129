"""Pages: opening the mail."""

from backoffice.mailroom.opening.views import deliveries, deposits, kits, money, panels, pieces, registering
from backoffice.mailroom.opening.views.room import bp

__all__ = ["bp", "deliveries", "deposits", "kits", "money", "panels", "pieces", "registering"]
