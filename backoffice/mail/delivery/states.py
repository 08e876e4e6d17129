"""Closed sets of delivery: the life of a notification, what came back, and whether somebody can be reached."""

from enum import StrEnum


class NotificationState(StrEnum):
    """Where the e-mail that says « a message waits for you » stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    WRITTEN = "written"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    NEEDLESS = "needless"


class NotificationAction(StrEnum):
    """What can happen to it."""

    CLAIM = "claim"
    ACCEPT = "accept"
    WRITE = "write"
    POSTPONE = "postpone"
    REFUSE = "refuse"
    ABANDON = "abandon"
    DROP = "drop"


NOTIFICATIONS = {
    (NotificationState.WAITING, NotificationAction.CLAIM): NotificationState.SENDING,
    (NotificationState.WAITING, NotificationAction.DROP): NotificationState.NEEDLESS,
    (NotificationState.SENDING, NotificationAction.ACCEPT): NotificationState.SENT,
    # A demonstration without a mail server: the mail is a file that somebody can read.
    (NotificationState.SENDING, NotificationAction.WRITE): NotificationState.WRITTEN,
    (NotificationState.SENDING, NotificationAction.POSTPONE): NotificationState.WAITING,
    (NotificationState.SENDING, NotificationAction.REFUSE): NotificationState.REFUSED,
    (NotificationState.SENDING, NotificationAction.ABANDON): NotificationState.ABANDONED,
}


class Matched(StrEnum):
    """How a report found the notification it is about."""

    ANSWER = "answer"
    TOKEN = "token"  # noqa: S105 - the name of a way, no secret
    MESSAGE_ID = "message_id"
    RECIPIENT = "recipient"
    PERSON = "person"
    NOTHING = "nothing"


class ReturnedBecause(StrEnum):
    """What the post wrote on a letter that came back."""

    UNKNOWN = "unknown"
    MOVED = "moved"
    UNCLAIMED = "unclaimed"
    REFUSED = "refused"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class Answer(StrEnum):
    """What a person decided about somebody who could not be reached."""

    POST = "post"
    AGAIN = "again"
    WORKS = "works"
    LET_END = "let_end"
