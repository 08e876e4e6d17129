"""A plausible past: arrivals, payments, cases taken in their order, requests, answers; each by its operation, at its instant."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cases.values import Channel
from backoffice.core import clock, deliveries
from backoffice.core.actors import APPLICANT, SYSTEM, Actor
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.demo import paper, people
from backoffice.documents import composing
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.catalogue import REFUSAL_REASONS
from backoffice.documents.states import ItemAction
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.intake import queries as intake_queries
from backoffice.intake import service as intake
from backoffice.intake.values import Application
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.service import NewWindow
from backoffice.quota.values import WindowAction

GROUNDS = ("validated_job_offer", "temporary_resident_in_quebec")
LAST_PAPER_WINDOW = (date(2015, 11, 4), date(2015, 12, 15))


def window(code: str, opens_at: datetime, closes_at: datetime, capacity: int, programme: str = "PRTQ") -> NewWindow:
    """A first-come window of the demonstration."""
    return NewWindow(
        code=code, programme=programme, decision="Décision ministérielle fictive", policy={"order": "first_come", "tie_seconds": 0}, capacity=capacity,
        margin=0, reserve=0, country_caps={"default": None, "by_country": {}}, waiting_list=False, channels=("online", "paper"), exempt_grounds=GROUNDS,
        announced_at=opens_at - timedelta(days=14), opens_at=opens_at, closes_at=closes_at,
        notice_fr="Avis fictif d’ouverture de la période de réception.", notice_en="Fictitious notice of the opening of the intake window.",
    )  # fmt: skip


@dataclass(frozen=True)
class Officer:
    """A caseworker of the demonstration."""

    id: int
    actor: Actor


@dataclass
class History:
    """What happens, in the order of time; each act may plan further ones."""

    draw: Random
    now: datetime
    officers: list[Officer]
    cases: int
    prefix: str
    programme: str = "PRTQ"
    plan: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    serial: "itertools.count[int]" = field(default_factory=itertools.count)

    def at(self, when: datetime, act: Callable[[datetime], None]) -> None:
        """Plan an act; what would come after now does not happen."""
        if when < self.now:
            heapq.heappush(self.plan, (when, next(self.serial), act))

    def run(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Let it all happen."""
        self._plan_windows()
        done = 0
        while self.plan:
            when, _, act = heapq.heappop(self.plan)
            with clock.stopped_at(when):
                try:
                    act(when)
                except DomainError:
                    db.session.rollback()  # a caseworker who finds nothing to take goes on with the day
            db.session.remove()
            done += 1
            progress(done)

    def _plan_windows(self) -> None:
        first, second = self.now - timedelta(days=330), self.now - timedelta(days=95)
        periods = [(f"{self.prefix}1", first, first + timedelta(days=40)), (f"{self.prefix}2", second, second + timedelta(days=70))]
        for code, opens, closes in periods:
            self.at(opens - timedelta(minutes=1), self._open(window(code, opens, closes, self.cases, self.programme)))
            self.at(closes, self._close(code))
        for _ in range(self.cases):
            _, opens, closes = self.draw.choice(periods)
            self.at(_during_the_day(self.draw, opens + (closes - opens) * (self.draw.random() * 0.98)), self._arrive)
        for officer in self.officers:
            for day in range(270, 0, -max(1, 10_800 // max(self.cases, 30))):
                self.at(_during_the_day(self.draw, self.now - timedelta(days=day)), self._take(officer))

    def _open(self, new: NewWindow) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            with transaction():
                opened = quota.load_window(new, None, by=SYSTEM, at=when)
                quota.move_window(opened.id, WindowAction.OPEN, by=SYSTEM, at=new.opens_at)

        return act

    def _close(self, code: str) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            with transaction():
                quota.move_window(quota_queries.window(code).id, WindowAction.CLOSE, by=SYSTEM, at=when)

        return act

    def _arrive(self, when: datetime) -> None:
        by_post = self.draw.random() < 0.3
        content = people.application(self.draw, when.date(), paper=by_post) | {"programme": self.programme}
        case = receive(content, when, Channel.PAPER if by_post else Channel.ONLINE)
        if case is None:
            return
        if by_post:
            paper.file_form(case, when)
            self._post_later(case, when)
        chance = self.draw.random()
        if chance < 0.86:
            self.at(when + timedelta(days=self.draw.randint(0, 25), hours=2), self._pay(case.id))
        else:
            self.at(when + timedelta(days=40), self._lapse(case.id))

    def _pay(self, case_id: int) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            pay(case_id, when)

        return act

    def _lapse(self, case_id: int) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            with transaction():
                fee = fee_queries.fee_of_case(case_id)
                if fee:
                    fees.lapse_unpaid(fee.id, when.astimezone(clock.MONTREAL).date(), at=when)

        return act

    def _take(self, officer: Officer) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            with transaction():
                case = cases.take_next(officer.id, by=officer.actor, at=when)
            self.at(when + timedelta(hours=self.draw.randint(1, 30)), self._request(case.id, officer))

        return act

    def _request(self, case_id: int, officer: Officer) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            case = case_queries.case_by_id(case_id)
            proposed = composing.proposal(case)
            items = [item for item in proposed if self.draw.random() < 0.45][:6] or proposed[:2]
            with transaction():
                documents.send_request(case_id, items, by=officer.actor, at=when)
            self._post_later(case, when)
            self.at(when + timedelta(hours=self.draw.randint(1, 90)), self._opened(case_id))
            if self.draw.random() < 0.75:
                self.at(when + timedelta(days=self.draw.randint(10, 85)), self._answer(case_id, officer))
            elif self.draw.random() < 0.5:
                self.at(when + timedelta(days=self.draw.randint(3, 60)), self._write(case_id))

        return act

    def _post_later(self, case: Case, when: datetime) -> None:
        """Those without e-mail get a letter: the carrier has it the next day, and its term starts then."""
        if not mail.reachable_online(case):
            self.at(when + timedelta(hours=22), _post_letters)

    def _opened(self, case_id: int) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            with transaction():
                for message in mail_queries.thread(case_id):
                    if message.direction.value == "out" and message.readable_at and message.opened_at is None:
                        mail.open_message(message.id, by=APPLICANT, at=when)

        return act

    def _write(self, case_id: int) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            body = "Bonjour, l’acte de naissance tarde à être délivré. Puis-je l’envoyer plus tard ? Merci. (message fictif)"
            with transaction():
                mail.receive_message(uuid4(), case_id, "Question sur ma demande", body, [], None, "", at=when)

        return act

    def _answer(self, case_id: int, officer: Officer) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            request = document_queries.open_request(case_id)
            if request is None:
                return
            missing = 0 if self.draw.random() < 0.7 else 1
            with transaction():
                document = paper.file_answer(case_id, request.id, when)
                ids = [item.id for item in request.items][missing:]
                if ids:
                    documents.receive_items(request.id, ids, document.id, when.astimezone(clock.MONTREAL).date(), by=SYSTEM, at=when)
            if not missing:
                self.at(when + timedelta(days=self.draw.randint(2, 45)), self._review(request.id, officer))

        return act

    def _review(self, request_id: int, officer: Officer) -> Callable[[datetime], None]:
        def act(when: datetime) -> None:
            refuse = self.draw.random() < 0.25
            with transaction():
                for place, item in enumerate(document_queries.request(request_id).items):
                    action = ItemAction.REFUSE if refuse and place == 0 else ItemAction.ACCEPT
                    reason = self.draw.choice(sorted(REFUSAL_REASONS)) if action is ItemAction.REFUSE else None
                    documents.review_item(item.id, action, reason=reason, by=officer.actor, at=when + timedelta(seconds=place))

        return act


def _post_letters(when: datetime) -> None:
    for letter, _message in mail_queries.letters_to_post():
        with transaction():
            mail.post_letter(letter.id, by=SYSTEM, at=when)
    deliveries.run_all()


def receive(content: dict[str, Any], when: datetime, channel: Channel, legal_day: date | None = None, ground: str | None = None) -> Case | None:
    """Let an application arrive, and be given its place."""
    application = Application(
        submission_id=UUID(content["submission_id"]), channel=channel, content=content, content_sha256=intake.fingerprint(content), raw=None,
        legal_received_on=legal_day or (when.astimezone(clock.MONTREAL).date() if channel is Channel.PAPER else None),
        paper_ground=ground or ("internet_impossible" if channel is Channel.PAPER else None),
    )  # fmt: skip
    with transaction():
        submission, _ = intake.receive(application, by=SYSTEM, at=when)
        intake.settle(submission.window_code, submission.sequence, at=when)
    intake_queries.submission(application.submission_id)
    return case_queries.case_of_submission(application.submission_id)


def pay(case_id: int, when: datetime, method: PaymentMethod = PaymentMethod.CARD) -> None:
    """The provider tells that the fee was paid."""
    fee = fee_queries.fee_of_case(case_id)
    if fee is None:
        return
    money = Money(
        source="provider", method=method, amount_cents=fee.assessed_cents, currency="CAD", paid_on=when.astimezone(clock.MONTREAL).date(),
        paid_at=when, external_id=f"demo-{fee.submission_id}", submission_id=fee.submission_id,
    )  # fmt: skip
    with transaction():
        fees.record_money(money, by=SYSTEM, at=when)


def _during_the_day(draw: Random, day: datetime) -> datetime:
    """Office hours in Montréal."""
    local = day.astimezone(clock.MONTREAL).date()
    moment = time(8 + draw.randint(0, 8), draw.randint(0, 59), draw.randint(0, 59), draw.randint(0, 999_999))
    return datetime.combine(local, moment, tzinfo=clock.MONTREAL).astimezone(day.tzinfo)
