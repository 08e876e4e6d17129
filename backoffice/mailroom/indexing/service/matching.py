"""Whose mail an envelope may be: cases ranked with why. Nothing is filed here: a person decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backoffice.cases.models import Case, Person
from backoffice.cases.names import passport
from backoffice.cases.states import FINAL
from backoffice.documents.models import DocumentRequest
from backoffice.fees import queries as fee_queries
from backoffice.fees import rules as fee_rules
from backoffice.fees import service as fees
from backoffice.fees.models import Fee, Receipt
from backoffice.mailroom import queries as room
from backoffice.mailroom.indexing import queries, reading, rules, words
from backoffice.mailroom.indexing.values import Candidate, Clues, Reason, Somebody, Standing, Why
from backoffice.mailroom.models import Envelope


def candidates(envelope_number: str, typed: str = "") -> list[Candidate]:
    """Cases that an envelope may belong to, the likeliest first, by what is read on it and what a clerk types."""
    return found(room.envelope(envelope_number), typed)


def found(envelope: Envelope, typed: str = "") -> list[Candidate]:
    """The same, for an envelope at hand; what is typed is looked for alone, for a clerk knows better than a machine."""
    money = fee_queries.receipts_of_envelope(envelope.number)
    if typed.strip():
        clues = reading.clues(typed, "", (), ())
    else:
        clues = reading.clues("", envelope.sender, [one.payer or "" for one in money], queries.pages_read(envelope.id))
    return _rank(clues, envelope, money)


@dataclass(frozen=True)
class _Found:
    """What the cases found are held against."""

    clues: Clues
    envelope: Envelope
    amounts: frozenset[int]
    requests: dict[int, DocumentRequest]
    fees: dict[int, Fee]


def _rank(clues: Clues, envelope: Envelope, money: Sequence[Receipt]) -> list[Candidate]:
    """A fixed number of statements: people, their cases, requests, fees."""
    if clues.nothing and envelope.case_id is None:
        return []
    people = queries.people(clues)
    near = _best({one.case_id: 0 for one in people}, people, clues)
    ids = [*near, *([envelope.case_id] if envelope.case_id else [])]
    cases = queries.cases((clue.value for clue in clues.numbers), ids)
    keys = [one.id for one in cases]
    held = _Found(clues, envelope, frozenset(one.amount_cents for one in money), queries.open_requests(keys), fee_queries.fees_of_cases(keys))
    scored = [_candidate(one, held) for one in cases]
    return sorted((one for one in scored if one.score >= rules.SHOWN), key=lambda one: (-one.score, one.number))[: rules.MOST]


def _best(scores: dict[int, int], people: Iterable[Person], clues: Clues) -> list[int]:
    """The cases of the likeliest people: the others are not even opened."""
    for one in people:
        told = rules.score(rules.of_person(_somebody(one), clues), ())
        scores[one.case_id] = max(scores[one.case_id], told)
    likely = sorted(
        (case_id for case_id, told in scores.items() if told >= rules.SHOWN - rules.REQUEST - rules.AMOUNT), key=lambda key: (-scores[key], key)
    )
    return likely[: rules.MOST * 3]


def _somebody(one: Person) -> Somebody:
    return Somebody(one.case_id, one.search_name, one.name, one.birth_date, passport(one.passport_number), one.position == 0)


def _candidate(case: Case, held: _Found) -> Candidate:
    people = sorted((_somebody(one) for one in case.people), key=lambda one: not one.principal)
    told = [(one, rules.of_person(one, held.clues)) for one in people]
    person, own = max(told, key=lambda pair: sum(reason.weight for reason in pair[1]))
    reasons = [*rules.of_number(case.number, held.clues), *own]
    if held.envelope.case_id == case.id and not any(reason.why is Why.NUMBER for reason in reasons):
        reasons.insert(0, Reason(Why.HERE, rules.HERE))
    beside = rules.of_case(_standing(case, held), held.amounts)
    return Candidate(
        case_id=case.id, number=case.number, name=person.name, birth_date=person.birth_date, score=rules.score(reasons, beside),
        why=tuple(words.sentence(reason) for reason in (*reasons, *beside)),
    )  # fmt: skip


def _standing(case: Case, held: _Found) -> Standing:
    fee = held.fees.get(case.id)
    owing = fee_rules.owing(fee.assessed_cents, fees.paid_cents(fee)) if fee else 0
    return Standing(request=case.id in held.requests, owing_cents=owing, done=case.status in FINAL)


def is_sure(ranked: Sequence[Candidate], *, typed: bool = False) -> bool:
    """Whether the first is chosen beforehand; a person still presses the key."""
    return rules.chosen([one.score for one in ranked], typed=typed)
