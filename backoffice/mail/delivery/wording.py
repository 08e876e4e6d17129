"""The words that staff read about delivery: states, reasons, and one sentence for each message."""

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import formats
from backoffice.mail.delivery.values import Delivery, DeliveryState

REACH: Final = {"reachable": _l("reachable"), "in_doubt": _l("in doubt"), "unreachable": _l("cannot be reached")}

WHY: Final = {
    "bounce_hard": _l("the e-mail address does not work"),
    "bounce_soft": _l("an e-mail did not get through"),
    "letter_returned": _l("a letter came back"),
    "not_opened": _l("a message has not been opened"),
}

RETURNED: Final = {
    "unknown": _l("unknown at this address"),
    "moved": _l("moved"),
    "unclaimed": _l("not claimed"),
    "refused": _l("refused by the addressee"),
    "incomplete": _l("incomplete address"),
    "other": _l("another reason"),
}

SEVERITY: Final = {"hard": _l("final failure"), "soft": _l("temporary failure"), "notice": _l("no failure")}

NOTIFICATION: Final = {
    "waiting": _l("waits to leave"),
    "sending": _l("leaving"),
    "sent": _l("taken by the mail server"),
    "written": _l("written to a file, no mail server"),
    "refused": _l("refused by the mail server"),
    "abandoned": _l("tried for days in vain"),
    "needless": _l("not sent: already opened, or withdrawn"),
}

OUTCOME: Final = {
    "under_way": _l("under way"),
    "accepted": _l("accepted by the server"),
    "written": _l("written to a file"),
    "later": _l("put off by the server"),
    "refused": _l("refused by the server"),
    "unknown": _l("broken off: not known whether it left"),
}

ANSWER: Final = {
    "post": _l("letter by post"),
    "again": _l("announced again"),
    "works": _l("address confirmed"),
    "let_end": _l("end allowed by two people"),
}

MATCHED: Final = {
    "answer": _l("answer of the server"),
    "token": _l("signed return address"),
    "message_id": _l("number of the e-mail"),
    "recipient": _l("address of the recipient only"),
    "person": _l("by a person"),
    "nothing": _l("nothing"),
}

KIND: Final = {"lawyer": _l("lawyer"), "notary": _l("notary"), "consultant": _l("immigration consultant")}

TABLES: Final[Mapping[str, Mapping[str, object]]] = {
    "reach": REACH, "why": WHY, "returned": RETURNED, "severity": SEVERITY, "notification": NOTIFICATION, "outcome": OUTCOME, "answer": ANSWER,
    "matched": MATCHED, "representative": KIND,
}  # fmt: skip


def word(code: object, table: str) -> str:
    """What staff read for a code of delivery."""
    return str(TABLES[table].get(str(code), code))


def sentence(delivery: Delivery) -> str:
    """How far a message came, in one sentence."""
    opened, returned = formats.instant(delivery.opened_at), formats.instant(delivery.returned_at)
    posted, notified = formats.instant(delivery.posted_at), formats.instant(delivery.notified_at)
    sentences = {
        DeliveryState.TO_POST: _("Letter to be posted: not readable yet."),
        DeliveryState.READABLE: _("Readable in the mailbox, not announced by e-mail yet."),
        DeliveryState.NOTIFIED: _("Announced by e-mail on %(at)s, not opened yet.", at=notified),
        DeliveryState.POSTED: _("Letter handed to the carrier on %(at)s.", at=posted),
        DeliveryState.OPENED: _("Opened on %(at)s.", at=opened),
        DeliveryState.BOUNCED: _("The e-mail that announces it came back: nothing shows that it arrived."),
        DeliveryState.RETURNED: _("Letter returned by the post on %(at)s: it did not arrive.", at=returned),
    }
    return str(sentences[delivery.state])
