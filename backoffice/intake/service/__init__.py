"""Operations of the hallway, one module a subject. Receiving never waits for settling, and settling keeps the order."""

from backoffice.intake.service.receiving import ONLINE, fingerprint, note_refused_arrival, receive
from backoffice.intake.service.settling import settle

__all__ = ["ONLINE", "fingerprint", "note_refused_arrival", "receive", "settle"]
