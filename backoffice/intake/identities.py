"""One person, one place: who of the arrivals is already in an application that stands, by name, birth and passport."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from backoffice.cases.states import FINAL
from backoffice.cases.values import NewPerson
from backoffice.core.db import db
from backoffice.intake import rules
from backoffice.intake.models import Applicant, Submission
from backoffice.intake.rules import Identity, Sameness
from backoffice.quota.values import AdmissionReason


@dataclass(frozen=True)
class Known:
    """Somebody of an application that stands, with or without a case."""

    identity: Identity
    is_principal: bool


_STANDING = text(
    """
    WITH mine AS (SELECT * FROM unnest(CAST(:names AS text[]), CAST(:births AS date[])) AS m(name, birth)),
         passports AS (SELECT unnest(CAST(:passports AS text[])) AS passport)
    SELECT p.search_name, p.birth_date, p.sex, p.passport_number, p.position = 0
    FROM person p JOIN "case" c ON c.id = p.case_id
    WHERE c.programme = :programme AND c.status <> ALL(:final)
      AND (p.id IN (SELECT q.id FROM person q JOIN mine m ON q.search_name = m.name AND q.birth_date = m.birth)
           OR p.passport_number IN (SELECT passport FROM passports))
    UNION ALL
    SELECT a.search_name, a.birth_date, a.sex, a.passport_number, a.position = 0
    FROM applicant a
    WHERE a.programme = :programme
      AND ((a.search_name, a.birth_date) IN (SELECT name, birth FROM mine) OR a.passport_number IN (SELECT passport FROM passports))
    """
)


def doubts(batch: Sequence[Submission]) -> list[AdmissionReason | None]:
    """For each arrival of one programme: whether somebody of it is in another application that stands.

    Certainly the same principal applicant is refused; any other sameness is for a person to look at.
    """
    if not batch:
        return []
    mine = [identities(one) for one in batch]
    known = _index(_standing(batch[0].programme, [i for some in mine for i in some]))
    return [_verdict(some, known) for some in mine]


def identities(one: Submission) -> list[Identity]:
    """Everybody of an application, the principal applicant first."""
    return [rules.identity(person) for person in rules.members(one.content)]


def without_twins(batch: Sequence[Submission]) -> list[Submission]:
    """The beginning of a batch in which nobody occurs twice: whoever does is looked at once the first is decided."""
    seen: set[object] = set()
    for place, one in enumerate(batch):
        keys = {key for i in identities(one) for key in _keys(i)}
        if seen & keys:
            return list(batch[:place])
        seen |= keys
    return list(batch)


def remember(one: Submission, people: Iterable[NewPerson] | None = None) -> None:
    """Keep who is in an application that stands without a case."""
    for position, person in enumerate(rules.members(one.content) if people is None else people):
        i = rules.identity(person)
        db.session.add(
            Applicant(
                submission_id=one.id,
                position=position,
                programme=one.programme,
                search_name=i.name,
                birth_date=i.birth_date,
                sex=i.sex,
                passport_number=i.passport,
            )
        )


def forget(submission_ids: Sequence[UUID]) -> None:
    """They have a case now, or stand no more."""
    if submission_ids:
        db.session.execute(text("DELETE FROM applicant WHERE submission_id = ANY(:ids)"), {"ids": list(submission_ids)})


def _standing(programme: str, mine: Sequence[Identity]) -> list[Known]:
    values = {
        "names": [i.name for i in mine], "births": [i.birth_date for i in mine], "passports": [i.passport for i in mine if i.passport],
        "programme": programme, "final": [status.value for status in FINAL],
    }  # fmt: skip
    return [Known(Identity(row[0], row[1], row[2], row[3]), row[4]) for row in db.session.execute(_STANDING, values)]


def _keys(i: Identity) -> list[object]:
    return [(i.name, i.birth_date), *([i.passport] if i.passport else [])]


def _index(known: Iterable[Known]) -> dict[object, list[Known]]:
    index: dict[object, list[Known]] = {}
    for one in known:
        for key in _keys(one.identity):
            index.setdefault(key, []).append(one)
    return index


def _verdict(mine: Sequence[Identity], known: dict[object, list[Known]]) -> AdmissionReason | None:
    found = [
        (rules.same_person(i, other.identity), place == 0 and other.is_principal)
        for place, i in enumerate(mine) for key in _keys(i) for other in known.get(key, ())
    ]  # fmt: skip
    if any(sameness is Sameness.CERTAIN and principals for sameness, principals in found):
        return AdmissionReason.DUPLICATE_PERSON
    return AdmissionReason.DUPLICATE_REVIEW if any(sameness for sameness, _ in found) else None
