"""One case, whole, as JSON: people, states, clocks, fees, documents, messages, both orders, timeline."""

from datetime import datetime

from backoffice.cases import queries as case_queries
from backoffice.cases import ranking
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case, Person
from backoffice.cases.opening import POLICY
from backoffice.cases.states import FINAL, waiting_on
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term, TermPastStart
from backoffice.deadlines.rules import ends_at
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import OPEN_ENDED, Workings
from backoffice.deadlines.wording import sentence
from backoffice.desk import timeline
from backoffice.documents import queries as document_queries
from backoffice.fees import queries as fee_queries
from backoffice.fees.models import Fee
from backoffice.intake import acknowledgments
from backoffice.intake import queries as intake_queries
from backoffice.intake.backlog import queries as backlog_queries
from backoffice.intake.receipts import instant
from backoffice.mail import queries as mail_queries
from backoffice.quota import queries as quota_queries

Json = dict[str, object]


def record(case: Case) -> Json:
    """Everything that the product knows of a case."""
    submission = intake_queries.submission(case.submission_id)
    return {
        "number": case.number,
        "submission_id": str(case.submission_id),
        "channel": case.channel.value,
        "programme": case.programme,
        "language": case.language,
        "status": case.status.value,
        "waiting_on": waiting_on(case.status).value,
        "received_at": instant(case.received_at),
        "legal_received_on": case.legal_received_on.isoformat(),
        "opened_at": instant(case.opened_at),
        "paper_ground": submission.paper_ground if submission else None,
        "taken_over": _taken_over(case),
        "people": [_person(p) for p in case.people],
        "contact": case.contact,
        "representative": case.representative,
        "holds": [{"kind": h.kind.value, "placed_at": instant(h.placed_at), "lifted_at": _instant(h.lifted_at)} for h in case.holds],
        "officer": case.officer_id,
        "admission": _admission(case),
        "processing": _processing(case),
        "deadlines": [_deadline(t) for t in term_queries.terms_of(case_subject(case.id))],
        "fees": _fees(case),
        "requests": [acknowledgments.request_block(r) for r in document_queries.requests_of(case.id)],
        "messages": _messages(case),
        "documents": _documents(case),
        "events": [{"at": instant(row.at), "by": row.by_label, "kind": row.kind, "text": timeline.as_text(row)} for row in timeline.rows(case)],
    }


def _taken_over(case: Case) -> Json | None:
    """The other system that a case comes from, and the number it gave."""
    taken = backlog_queries.file_of_case(case.id)
    if taken is None:
        return None
    return {"source": taken.source, "number": taken.external_number, "import": taken.import_id, "fee_paid_cents": taken.fee_paid_cents}


def _person(person: Person) -> Json:
    return {
        "kind": person.kind.value,
        "family_name": person.family_name,
        "given_names": person.given_names,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat(),
        "birth_country": person.birth_country,
        "citizenships": person.citizenships,
        "passport_number": person.passport_number,
        **person.details,
    }


def _admission(case: Case) -> Json | None:
    admission = quota_queries.admission(case.submission_id)
    if admission is None:
        return None
    return {
        "window": quota_queries.window_by_id(admission.window_id).code,
        "status": admission.status.value,
        "reason": admission.reason.value if admission.reason else None,
        "rank": admission.rank,
        "sequence": admission.sequence,
    }


def _processing(case: Case) -> Json:
    why = ranking.why(case.facts, POLICY).to_json()
    key = {"legal_received_on": case.legal_received_on.isoformat(), "tie": case.tie, "seed": case_queries.seed_of(case.legal_received_on)}
    return {
        "class": case.processing_class,
        "rank": None if case.status in FINAL else case_queries.rank(case),
        "of": case_queries.in_process(),
        "why": {**why, **key},
    }


def _deadline(term: Term) -> Json:
    return {
        "kind": term.kind.value,
        "state": term.state.value,
        "start": term.start.isoformat(),
        "last_day": term.last_day.isoformat(),
        "workings": term.workings,
        "sentence": sentence(Workings.from_json(term.workings), "fr"),
        "ends_at": None if term.last_day == OPEN_ENDED else ends_at(term.last_day).isoformat(),
        "past_starts": [_past_start(past) for past in term_queries.past_starts(term.id)],
        "held_back_by": deadlines.what_holds_back(term) if term.state is TermState.RUNNING else [],
    }


def _past_start(past: TermPastStart) -> Json:
    """A day zero that another took the place of, with all that stood on it."""
    return {
        "start": past.start.isoformat(),
        "last_day": past.last_day.isoformat(),
        "workings": past.workings,
        "change": past.change.value,
        "reason": past.reason,
        "replaced_at": past.replaced_at.isoformat(),
        "by": past.replaced_by,
    }


def _fees(case: Case) -> list[Json]:
    fee = fee_queries.fee_of_case(case.id)
    return [_fee(fee)] if fee else []


def _fee(fee: Fee) -> Json:
    return {
        **acknowledgments.payment(fee),
        "state": fee.state.value,
        "lines": fee.lines,
        "source": fee.tariff_source,
        "allocations": [
            {
                "receipt": a.receipt_id,
                "amount_cents": a.amount_cents,
                "method": a.receipt.method.value,
                "paid_on": a.receipt.paid_on.isoformat(),
                "allocated_at": instant(a.allocated_at),
                "reversed_at": _instant(a.reversed_at),
            }
            for a in fee.allocations
        ],
    }


def _messages(case: Case) -> list[Json]:
    thread = mail_queries.thread(case.id)
    requests = document_queries.requests_of_messages(m.id for m in thread)
    return [{**acknowledgments.message(m, requests.get(m.id)), "automatic": m.automatic, "author": m.author_label} for m in thread]


def _documents(case: Case) -> list[Json]:
    return [
        {
            "id": d.id,
            "title": d.title,
            "source": d.source,
            "source_ref": d.source_ref,
            "received_on": d.received_on.isoformat(),
            "pages": len(d.pages),
            "sha256": d.sha256,
        }
        for d in document_queries.documents_of(case.id)
    ]


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at else None
