"""Hand-made ledgers: a writer that only chains entries and knows no rule."""

import hashlib
import json
from typing import Any

ZEROS = "0" * 64
SECRET = "5" * 64
START = "2016-06-13T12:30:00.000000Z"


def form(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "digest": sha(form(value))}


TERMS: dict[str, Any] = {
    "version": 1,
    "capacity": 3,
    "margin": 0,
    "reserve": 0,
    "paper_share": None,
    "country_caps": {"default": None, "by_country": {}},
    "waiting_list": False,
    "exempt_grounds": ["validated_offer"],
    "channels": ["online", "paper"],
    "policy": {"order": "first_come"},
    "opens_at": START,
    "closes_at": "2016-06-20T12:30:00.000000Z",
}


class Ledger:
    """Entries as they are written by hand; `export` chains them and puts the header before."""

    def __init__(self, *, opened: bool = True, order: str = "first_come", policy: dict[str, Any] | None = None, **terms: Any) -> None:
        self.entries: list[dict[str, Any]] = []
        self.terms = {**TERMS, **terms, "policy": {"order": order, **(policy or {})}}
        self.sequence = 0
        self.write("terms", **self.terms)
        if opened:
            self.moved("announce", "announced").moved("open", "open")

    def write(self, kind: str, **members: Any) -> "Ledger":
        side = "out" if kind == "admission" else "in"
        self.entries.append({"kind": side, "type": kind, "at": START, **members})
        return self

    def amended(self, **terms: Any) -> "Ledger":
        self.terms = {**self.terms, "version": self.terms["version"] + 1, **terms}
        return self.write("terms", **self.terms)

    def moved(self, act: str, state: str) -> "Ledger":
        return self.write("window", act=act, state=state)

    def arrives(self, id: str, *, country: str = "FR", ground: str | None = None, doubt: str | None = None, **members: Any) -> "Ledger":
        """An application, the next in number; `paper_day` makes it one on paper."""
        self.sequence += 1
        received = f"2016-06-13T12:30:{self.sequence % 60:02}.000000Z"
        given = {"sequence": self.sequence, "received_at": received, "day": "2016-06-13", "channel": "online", "late": False, **members}
        return self.write("arrival", id=id, country=country, ground=ground, doubt=doubt, **given)

    def paper(self, id: str, day: str, **members: Any) -> "Ledger":
        return self.arrives(id, day=day, channel="paper", late=True, **members)

    def out(self, id: str, status: str, reason: str | None = None, rank: int | None = None, pool: str | None = None) -> "Ledger":
        return self.write("admission", id=id, status=status, reason=reason, rank=rank, pool=pool)

    def given(self, id: str, rank: int | None, reason: str | None = None, pool: str = "open") -> "Ledger":
        return self.out(id, "provisional", reason, rank, pool)

    def export(self) -> bytes:
        previous, lines = ZEROS, []
        for n, entry in enumerate(self.entries, 1):
            done = sealed({"n": n, "previous": previous, **entry})
            previous = done["digest"]
            lines.append(form(done))
        header = {"format": "backoffice-ledger/2", "window": "2016-A", "programme": "PRTQ", "lines": len(lines), "last": previous}
        return "".join(line + "\n" for line in [form(sealed(header)), *lines]).encode()
