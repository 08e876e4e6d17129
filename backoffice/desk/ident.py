"""The bar of a case: who it is, and the four facts that never scroll away, each with its « why »."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import FINAL
from backoffice.core import clock, formats
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.desk import queries
from backoffice.desk.rows import clock_of, marks
from backoffice.desk.values import Fact, Link, Tag, Top, Track
from backoffice.desk.words import word
from backoffice.fees import queries as fee_queries
from backoffice.fees import rules as fee_rules
from backoffice.fees.models import Fee
from backoffice.fees.service import paid_cents
from backoffice.fees.states import FeeState
from backoffice.intake.backlog import queries as backlog_queries
from backoffice.intake.backlog.models import BacklogFile
from backoffice.mail.threads import presence
from backoffice.quota import queries as quota_queries


def top(case: Case, reader_id: int) -> Top:
    """The bar as this reader sees it."""
    principal = case_queries.principal(case)
    stage = Tag(word(case.status, "status"), "quiet" if case.status in FINAL else "")
    here = presence.others([case.id], reader_id, clock.now()).get(case.id, [])
    return Top(
        name=principal.name, number=case.number, birth=_("born %(day)s", day=formats.longday(principal.birth_date)),
        tags=[Tag(word(case.channel, "channel"), case.channel.value), stage, *marks(case)],
        people=ngettext("%(num)s person", "%(num)s people", len(case.people)), language=word(case.language, "language"),
        representative=representative(case), officer=queries.names([case.officer_id]).get(case.officer_id or 0),
        watching=presence.sentence(here) or None,
        facts=[_admission(case), _processing(case), _fee(case, fee_queries.fee_of_case(case.id)), _term(case, running_term(case))],
    )  # fmt: skip


def representative(case: Case) -> str | None:
    """Who speaks for the family."""
    return str(case.representative.get("name") or _("a representative")) if case.representative else None


def running_term(case: Case) -> Term | None:
    """The clock that ends first."""
    return next((term for term in term_queries.terms_of(case_subject(case.id)) if term.state is TermState.RUNNING), None)


def _admission(case: Case) -> Fact:
    title, why = _("Admission (place in the quota)"), Link(_("Why this result?"), url_for("desk.why_admission", number=case.number))
    admission = quota_queries.admission(case.submission_id)
    if admission is None:
        return Fact(title, _("None"), why=why)
    state = word(admission.status, "admission")
    value = _("%(state)s, rank %(rank)s", state=state, rank=formats.number(admission.rank)) if admission.rank else state
    return Fact(title, value, detail=_("period %(code)s", code=quota_queries.window_by_id(admission.window_id).code), why=why)


def _processing(case: Case) -> Fact:
    title, why = _("Processing (order of work)"), Link(_("Why here?"), url_for("desk.why_here", number=case.number))
    apart = _("one does not give the other")
    if case.status in FINAL:
        return Fact(title, _("Ended"), detail=apart, why=why)
    rank, total = formats.number(case_queries.rank(case)), formats.number(case_queries.in_process())
    return Fact(
        title, _("Class %(class_no)s, place %(rank)s of %(total)s", class_no=case.processing_class, rank=rank, total=total), detail=apart, why=why
    )


def _fee(case: Case, fee: Fee | None) -> Fact:
    title, why = _("Fees"), Link(_("Detail"), url_for("desk.case", number=case.number, tab="fees"))
    if fee is None:
        return Fact(title, _fee_before(backlog_queries.file_of_case(case.id)) or _("None"), why=why)
    paid = paid_cents(fee)
    tag = Tag(word(fee.state, "fee"), "ok" if fee.state is FeeState.PAID else "quiet")
    if fee.state is FeeState.DUE:
        tag = Tag(_("%(sum)s owing", sum=formats.money(fee_rules.owing(fee.assessed_cents, paid))), "warn")
    detail = _("%(sum)s assessed, tariff %(year)s", sum=formats.money(fee.assessed_cents), year=fee.tariff)
    return Fact(title, _("%(sum)s received", sum=formats.money(sum(paid))), detail=detail, tag=tag, why=why)


def _fee_before(taken: BacklogFile | None) -> str | None:
    """A file of another system that was paid there: nothing is owing here, and no money of it is in our books."""
    if taken is None or taken.fee_paid_cents is None:
        return None
    return str(_("%(sum)s paid before the takeover", sum=formats.money(taken.fee_paid_cents)))


def _term(case: Case, term: Term | None) -> Fact:
    if term is None:
        return Fact(_("Running term"), _("No term runs"))
    why, shown = Link(_("Detail of the count"), url_for("terms.show", number=case.number, term_id=term.id)), clock_of(term, clock.today())
    if term.last_day == OPEN_ENDED:
        return Fact(word(term.kind, "term"), _("Stopped"), why=why)
    return Fact(word(term.kind, "term"), formats.longday(term.last_day), days_left(shown.left), why=why, track=Track(shown.percent, shown.track))


def days_left(left: int) -> str:
    """« dans 3 j », « dernier jour », « échu depuis 2 j »."""
    if left == 0:
        return str(_("last day"))
    return str(_("in %(days)s d", days=left) if left > 0 else _("over for %(days)s d", days=-left))
