"""`python verify_admission.py EXPORT`: recompute an admission ledger by docs/ledger.md; print what it holds, or its first wrong line."""

import hashlib
import json
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Entry = dict[str, Any]
TAKES, NONE = ("provisional", "confirmed"), type(None)
ALL = ["registered", "provisional", "confirmed", "exempt", "waitlisted", "invited", "refused", "lapsed", "withdrawn", "annulled"]
ROWS: dict[str, tuple[list[str], str, str | None]] = {  # input: from which statuses, to what, with what reason (« = »: as it was, « »: by a rule)
    "score": (ALL, "", ""), "paid": (["provisional", "exempt"], "confirmed", "="), "unpaid_again": (["confirmed"], "provisional", "="),
    "lapsed": (["provisional", "exempt"], "lapsed", "unpaid"), "expired": (["registered", "invited"], "lapsed", None), "filed": (["invited"], "", ""),
    "withdrawn": (ALL[:6], "withdrawn", "withdrawn"), "annulled": (ALL[:8], "annulled", "annulled"), "restored": (["annulled"], "", ""),
    "exemption verified": (ALL[:8], "exempt", "exemption_verified"), "exemption denied": (["exempt"], "refused", "exemption_denied"),
    "duplicate same": (ALL[:7], "refused", "duplicate_person"), "duplicate different": (ALL, "=", "="), "reinstated": (["lapsed", "refused"], "", ""),
    "reserve": (["registered", "waitlisted", "refused", "lapsed"], "", ""),
}  # fmt: skip
MEMBERS = {
    "terms": "version capacity margin reserve paper_share country_caps waiting_list exempt_grounds channels policy opens_at closes_at",
    "window": "act state", "tie_commitment": "commitment", "tie_secret": "secret", "paper_through": "day", "round": "round best cut_off",
    "arrival": "id sequence received_at day channel country ground doubt late", "draw_commit": "list_sha256 count commitment public_source",
    "draw": "secret public_value witness", "admission": "id status reason rank pool",
    **{row.split()[0]: "id verdict" if " " in row else "id" for row in ROWS}, "score": "id score offer",
}  # fmt: skip
TYPES: dict[str, tuple[type, ...]] = {name: types for names, types in (
    ("n lines version capacity margin sequence score count witness round reserve", (int,)), ("paper_share best cut_off rank", (int, NONE)),
    ("ground doubt reason pool", (str, NONE)), ("waiting_list late offer", (bool,)), ("country_caps policy", (dict,)),
    ("exempt_grounds channels", (list,))) for name in names.split()}  # fmt: skip
WORDS = {"channel": ("online", "paper"), "doubt": (None, "certain", "suspected"), "kind": ("in", "out"), "format": ("backoffice-ledger/2",)}
SHAPES = {"day": r"\d{4}-\d\d-\d\d", **dict.fromkeys(("at", "opens_at", "closes_at", "received_at"), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")}


def ensure(holds: object, why: str) -> None:
    """Call the line wrong unless something holds."""
    if not holds:
        raise ValueError(why)


def sha(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def form(entry: Entry) -> str:
    """The RFC 8785 form of an object without fractions."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


class Book:
    """The state of one window; `read` follows an input and leaves in `expected` the outcomes that must come after it."""

    def __init__(self, secret: str) -> None:
        self.apps, self.expected = dict[str, SimpleNamespace](), deque[tuple[object, ...]]()
        self.terms, self.frozen, self.listed, self.state, self.opens_at, self.through = Entry(), Entry(), list[str](), "drafted", "", ""
        self.settled = self.drawn = self.revealed = False
        self.taken = self.invited = self.in_paper = self.reserves = self.ranks = 0
        self.given, self.country = Counter[str](), Counter[str]()  # places by first pool; places taken and invitations by country
        self.waiting: dict[tuple[str, str], list[tuple[int, str]]] = {}  # one queue for those that fit or not together
        self.secret, self.commitment, self.last = secret, "", (0, -1, "")  # the secret of ties, if the ledger holds it further down

    def obstacle(self, app: SimpleNamespace, free: int | None = None) -> str | None:
        """Why an application does not fit; None if it does."""
        invited, left, room = app.status == "invited", self.total - self.taken - self.reserve_left, self.share - self.in_paper
        if free is None:
            free = min(room, left) if self.kept and app.channel == "paper" else left - max(0, room) - self.invited + invited
        cap = self.caps["by_country"].get(app.country, self.caps["default"])
        full = cap is not None and self.country[app.country] - invited >= cap
        return "cap_reached" if free <= 0 else "country_cap" if full else None

    def put(self, app: SimpleNamespace, status: str, reason: str | None, rank: int | None = None, pool: str | None = None) -> None:
        """Bring an application into a state, and expect the outcome that says so."""
        old, new = (app.status, app.reason, app.rank, app.pool), (status, reason, app.rank or rank, pool or app.pool)
        app.status, app.reason, app.rank, app.pool = new
        if new != old:
            app.before = old[:2]
            self.expected.append((app.id, *new))
        for sign, (state, _reason, _rank, its_pool) in ((-1, old), (1, new)):
            takes, invited = sign * (state in TAKES), sign * (state == "invited")
            self.taken, self.invited, self.in_paper = self.taken + takes, self.invited + invited, self.in_paper + takes * (its_pool == "paper")
            self.country[app.country] += takes + invited
        if status == "waitlisted":
            heappush(self.waiting.setdefault((app.channel, app.country), []), (app.rank or 0 if self.order == "draw" else app.sequence, app.id))

    def give(self, app: SimpleNamespace, reason: str | None, rank: int | None = None, pool: str | None = None) -> None:
        pool = pool or ("paper" if app.channel == "paper" and self.kept else "open")
        self.given[pool] += app.pool is None
        if app.rank is None and self.order != "draw":
            self.ranks = rank = self.ranks + 1
        self.put(app, "provisional", reason, rank, pool)

    def give_or_refuse(self, app: SimpleNamespace, reason: str | None, rank: int | None = None) -> None:
        if obstacle := self.obstacle(app):
            self.put(app, "waitlisted" if self.terms["waiting_list"] else "refused", obstacle, rank)
        else:
            self.give(app, reason, rank)

    def each_that_fits(self, apps: Iterable[SimpleNamespace], places: int, act: Callable[[SimpleNamespace], None]) -> None:
        for app in apps:
            if places > 0 and not self.obstacle(app):
                act(app)
                places -= 1

    def serve_waiting_list(self) -> None:
        active = self.state in {"open", "suspended", "closed"} or (self.state == "settled" and self.order == "draw" and self.drawn)
        while active and self.terms["waiting_list"]:
            for queue in self.waiting.values():
                while queue and self.apps[queue[0][1]].status != "waitlisted":
                    heappop(queue)
            able = [queue[0] for queue in self.waiting.values() if queue and not self.obstacle(self.apps[queue[0][1]])]
            active = bool(able)
            self.each_that_fits([self.apps[turn[1]] for turn in sorted(able)[:1]], 1, lambda app: self.give(app, app.review))

    def read(self, entry: Entry) -> None:
        """Follow an input; one that its row does not allow is wrong."""
        kind = entry["type"]
        ensure(self.terms or kind == "terms", "the first entry is not the decision (terms)")
        if act := getattr(self, f"on_{kind}", None):
            act(entry)
        else:
            ensure(entry["id"] in self.apps, f"nobody arrived as {entry['id']}")
            self.follow(f"{kind} {entry.get('verdict', '')}".strip(), self.apps[entry["id"]], entry)
        if kind in {"terms", "lapsed", "withdrawn", "expired", "exemption", "duplicate"}:
            self.serve_waiting_list()

    def on_terms(self, entry: Entry) -> None:
        self.terms, self.opens_at, self.total = entry, self.opens_at or entry["opens_at"], entry["capacity"] + entry["margin"]
        self.order, self.caps, self.tie = entry["policy"].get("order"), entry["country_caps"], entry["policy"].get("tie_seconds") or 0
        ensure(self.order in {"first_come", "draw", "ranked"} and type(self.tie) is int, "its policy is not known")
        ensure({type(cap) for cap in (self.caps["default"] or 0, *self.caps["by_country"].values())} == {int}, "a cap by country is not a number")
        self.kept = self.order == "first_come" and entry["paper_share"] is not None and not self.settled
        self.share, self.reserve_left = entry["paper_share"] if self.kept else 0, max(0, entry["reserve"] - self.reserves)

    def on_tie_commitment(self, entry: Entry) -> None:
        ensure(not self.apps and not self.commitment, "the secret of ties is committed to once, before the first arrival")
        self.commitment = entry["commitment"]

    def on_tie_secret(self, entry: Entry) -> None:
        ensure(not self.revealed and sha(entry["secret"]) == self.commitment, "the secret of ties is not the one that was committed to")
        self.revealed, self.secret = True, entry["secret"]

    def on_arrival(self, entry: Entry) -> None:
        ensure(entry["id"] not in self.apps, f"{entry['id']} arrived already")
        ensure(entry["late"] or entry["channel"] == "online", "an application on paper is always late")
        if not entry["late"]:
            self.in_turn(entry)
        review = "duplicate_review" if entry["doubt"] == "suspected" else None
        app = self.apps[entry["id"]] = SimpleNamespace(**entry, review=review, denied=False, score={}, status="", reason=None, rank=None, pool=None)
        if entry["doubt"] == "certain":
            self.put(app, "refused", "duplicate_person")
        elif app.ground in self.terms["exempt_grounds"]:
            self.put(app, "exempt", "exemption_claimed")
        elif self.order != "first_come" or (app.channel == "paper" and self.kept):
            self.put(app, "registered", review)
        else:
            self.give_or_refuse(app, review)

    def in_turn(self, entry: Entry) -> None:
        """Check an arrival against the one before: by number, or by interval and (the secret known) by tie key."""
        turn, known = (0, entry["sequence"], ""), sha(self.secret) == self.commitment
        if self.tie:
            bucket = (datetime.fromisoformat(entry["received_at"]) - datetime.fromisoformat(self.opens_at)) // timedelta(seconds=self.tie)
            turn = (self.tie, bucket, sha(f"{self.secret}|{bucket}|{entry['id']}") if known else "")
        ensure(turn[0] != self.last[0] or turn > self.last or (turn == self.last and turn[0] and not known), "an arrival stands before its turn")
        self.last = turn

    def registered_papers(self, through: str) -> list[SimpleNamespace]:
        apps = [app for app in self.apps.values() if app.channel == "paper" and app.status == "registered" and app.day <= through]
        drawn = self.terms["policy"].get("paper_day") == "draw"
        ensure(not drawn or self.revealed or not apps, "the order within a day needs the secret of ties, which is not revealed yet")
        return sorted(apps, key=lambda app: (app.day, sha(f"{self.secret}|{app.day}|{app.id}") if drawn else "", app.sequence))

    def on_paper_through(self, entry: Entry) -> None:
        ensure(entry["day"] >= self.through, "the day of paper goes back")
        self.through = entry["day"]
        self.each_that_fits(self.registered_papers(self.through) if self.kept else [], len(self.apps), lambda app: self.give(app, app.reason))

    def on_window(self, entry: Entry) -> None:
        """At the settlement, the unused share returns to the others, and nobody is left without an answer."""
        ensure(entry["act"] != "settle" or self.state == "closed", "a window that is not closed is settled")
        self.state = entry["state"]
        if entry["act"] != "settle":
            return
        unused_paper = max(0, self.share - self.given["paper"])
        unused_open = max(0, self.total - self.reserve_left - self.share - self.given["open"]) if self.kept else 0
        papers, everybody = self.registered_papers("9") if unused_open else [], sorted(self.apps.values(), key=lambda app: app.sequence)
        full = [app for app in everybody if app.status in {"refused", "waitlisted"} and app.reason in {"cap_reached", "country_cap"}]
        self.settled, self.kept, self.share = True, False, 0
        self.each_that_fits(papers, unused_open, lambda app: self.give(app, app.reason))
        self.each_that_fits(full, unused_paper, lambda app: self.give(app, app.review))
        for app in [app for app in everybody if app.status in {"registered", "waitlisted"}]:
            self.put(app, "refused", app.reason if app.status == "waitlisted" else self.obstacle(app) or "cap_reached")

    def on_draw_commit(self, entry: Entry) -> None:
        ensure(self.order == "draw" and self.state == "closed" and not self.frozen, "a draw is committed to once, when its window is closed")
        self.frozen, self.listed = entry, sorted(app.id for app in self.apps.values() if app.status == "registered")
        right = (len(self.listed), sha("\n".join(self.listed)))
        ensure((entry["count"], entry["list_sha256"]) == right, f"the count and the digest of those registered are {right}")

    def on_draw(self, entry: Entry) -> None:
        ensure(self.frozen and self.state == "closed" and not self.drawn, "a draw is held once, when its window is closed and its list frozen")
        ensure(sha(entry["secret"]) == self.frozen["commitment"], "the secret of the draw is not the one that was committed to")
        self.drawn, apps = True, [self.apps[id] for id in self.listed if self.apps[id].status == "registered"]
        for rank, app in enumerate(sorted(apps, key=lambda app: sha(f"{entry['secret']}|{entry['public_value']}|{app.id}")), 1):
            self.give_or_refuse(app, app.reason, rank)

    def on_round(self, entry: Entry) -> None:
        best, cut_off, offers_first = entry["best"], entry["cut_off"], self.terms["policy"].get("offers_first") is True
        ensure(self.order == "ranked" and (best is None) != (cut_off is None), "a round, of a ranked window, has a number or a cut-off")
        apps = [app for app in self.apps.values() if app.score and app.status == "registered" and (cut_off is None or app.score["score"] >= cut_off)]
        apps.sort(key=lambda app: (offers_first and not app.score["offer"], -app.score["score"], app.sequence))
        self.each_that_fits(apps, len(apps) if best is None else best, lambda app: self.put(app, "invited", app.reason))

    def follow(self, row: str, app: SimpleNamespace, entry: Entry) -> None:
        """What happens later to one application."""
        ensure(row in ROWS and app.status in ROWS[row][0], f"{app.id} stands {app.status}, which does not allow « {row} »")
        _from, status, reason = ROWS[row]
        app.denied = row == "exemption denied" or (app.denied and row != "exemption verified")
        app.review = None if entry["type"] == "duplicate" else app.review
        match row:
            case "score":
                app.score = entry
            case "filed":
                self.give_or_refuse(app, app.reason)
            case "restored":
                left = self.total - self.taken - self.reserve_left
                ensure(app.before[0] not in TAKES or not self.obstacle(app, left), f"there is no place any more for {app.id}")
                self.put(app, *app.before)
            case "reinstated" if app.ground in self.terms["exempt_grounds"] and not app.denied:
                self.put(app, "exempt", "exemption_claimed")
            case "reinstated":
                ensure(not self.obstacle(app), f"there is no place for {app.id}")
                self.give(app, None)
            case "reserve":
                ensure(not self.obstacle(app, min(self.reserve_left, self.total - self.taken)), f"the reserve has no place for {app.id}")
                self.reserves, self.reserve_left = self.reserves + 1, self.reserve_left - 1
                self.give(app, None, pool="reserve")
            case "exemption denied" if (self.kept and app.channel == "paper") or not (self.order == "first_come" or self.drawn or self.settled):
                self.put(app, "registered", reason)
            case "exemption denied" if self.state in {"open", "suspended"} and not self.obstacle(app):
                self.give(app, reason)
            case _:
                same = None if row == "duplicate different" and app.reason == "duplicate_review" else app.reason
                stays = status == "=" or (row == "paid" and app.status == "exempt")
                self.put(app, app.status if stays else status, same if reason == "=" else reason)


def parse(line: bytes, header: str = "") -> Entry:
    """The header or an entry: in its RFC 8785 form, with the members of its type, and with a digest that holds."""
    entry: Entry = json.loads(line.decode())
    ensure(type(entry) is dict and line.decode() == form(entry) + "\n", "it is not written in its RFC 8785 form")
    kind = str(entry.get("type"))
    ensure(header or (kind in MEMBERS and entry.get("kind") == ("out" if kind == "admission" else "in")), "its type is not known")
    names = set((header or "n kind type at previous digest " + MEMBERS[kind]).split())
    ensure(set(entry) == names, f"it has not the members of its type: {' '.join(sorted(names ^ set(entry)))}")
    for name, value in entry.items():
        known = type(value) in TYPES.get(name, (str,)) and value in WORDS.get(name, (value,))
        ensure(known and (name not in SHAPES or re.fullmatch(SHAPES[name], value)), f"its {name} is not what it may be")
    ensure(entry["digest"] == sha(form({name: value for name, value in entry.items() if name != "digest"})), "its digest does not hold")
    return entry


def report(data: bytes) -> tuple[int, str]:
    """Exit code and sentence: what a ledger holds, or the first line that is wrong."""
    book = Book(b"".join(re.findall(rb'"secret":"(\w*)","type":"tie_secret"', data)).decode())
    previous, number, lines = "0" * 64, 1, data.splitlines(keepends=True) or [b""]
    try:
        header = parse(lines[0], "format window programme lines last digest")
        for number, line in enumerate(lines[1:], 2):
            entry = parse(line)
            ensure(entry["n"] == number - 1 and entry["previous"] == previous, "it does not follow the line before")
            previous, outcome = entry["digest"], book.expected.popleft() if book.expected else None
            if entry["kind"] == "out":
                written = tuple(entry[name] for name in MEMBERS["admission"].split())
                ensure(written == outcome, f"the rules give {outcome or 'no outcome here'}, not {written}")
            else:
                ensure(outcome is None, f"an outcome is missing before it: {outcome}")
                book.read(entry)
        number = len(lines) + 1 if book.expected else 1
        ensure(not book.expected, "an outcome is missing at the end")
        ensure((header["lines"], header["last"]) == (len(lines) - 1, previous), f"there are {len(lines) - 1} entries, the last {previous}")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as wrong:
        return 1, f"line {number}: {'it is not JSON' if isinstance(wrong, (json.JSONDecodeError, UnicodeError)) else wrong}"
    stand = [f"{count} {status}" for status, count in sorted(Counter(app.status for app in book.apps.values()).items())]
    note = ["ties cannot be checked before their secret is revealed"] if book.commitment and not book.revealed else []
    return 0, ", ".join([f"{len(book.apps)} arrivals", f"{sum(book.given.values())} places given", *stand, *note, f"the ledger holds: {previous}"])


if __name__ == "__main__":
    code, sentence = report(Path(sys.argv[1]).read_bytes() if sys.argv[1:] else sys.stdin.buffer.read())
    print(sentence)
    sys.exit(code)
