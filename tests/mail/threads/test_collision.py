"""Two people who answer one thread at the same instant: one message leaves, the other is told, and both texts are kept."""

from flask import Flask

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.mail import queries as mail_queries
from backoffice.mail.threads import queries, service
from backoffice.mail.threads.errors import ThreadMoved
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.intake.test_concurrency import crowd, together  # noqa: F401 - a fixture


def test_of_two_senders_at_once_one_is_told_that_the_thread_moved(crowd: Flask) -> None:  # noqa: F811 - the fixture
    build = Builder()
    case, senders = build.case().id, [build.caseworker().id, build.caseworker().id]
    for account_id in senders:
        with transaction():
            service.save_draft(case, db.session.get_one(Account, account_id), at=clock.now(), subject="Réponse", body=f"Texte de {account_id}")
    seen = queries.last_position(case)

    def send(account_id: int) -> str:
        account = db.session.get_one(Account, account_id)
        draft = queries.draft(case, account_id)
        assert draft is not None
        try:
            with transaction():
                service.send_reply(case, seen, service.digest(draft), by=account, at=clock.now())
        except ThreadMoved:
            return "told"
        return "sent"

    ended = together(crowd, [lambda one=one: send(one) for one in senders])
    db.session.expire_all()
    assert sorted(map(str, ended)) == ["sent", "told"]
    assert [m.kind for m in mail_queries.thread(case)].count("officer_message") == 1
    loser = senders[ended.index("told")]
    kept = queries.draft(case, loser)
    assert kept is not None
    assert kept.body == f"Texte de {loser}"
    assert queries.draft(case, senders[ended.index("sent")]) is None
    assert db.session.get_one(Case, case)
