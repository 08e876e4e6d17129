"""The words of admission: states of a window and of an admission, acts and reasons.

They stand by themselves because both the values handed around and the transition tables are written with them.
"""

from enum import StrEnum


class WindowState(StrEnum):
    """Where an intake window stands."""

    DRAFTED = "drafted"
    ANNOUNCED = "announced"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    SETTLED = "settled"
    ABORTED = "aborted"
    ANNULLED = "annulled"


class WindowAction(StrEnum):
    """What can be done to a window."""

    ANNOUNCE = "announce"
    OPEN = "open"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"
    SETTLE = "settle"
    ABORT = "abort"
    ANNUL = "annul"


class AdmissionStatus(StrEnum):
    """Where an application stands under the quota."""

    PENDING = "pending"
    REGISTERED = "registered"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    EXEMPT = "exempt"
    WAITLISTED = "waitlisted"
    INVITED = "invited"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    ANNULLED = "annulled"


class AdmissionAction(StrEnum):
    """How an application moves from one state to another."""

    REGISTER = "register"
    HOLD_PLACE = "hold_place"
    EXEMPT = "exempt"
    WAITLIST = "waitlist"
    INVITE = "invite"
    REFUSE = "refuse"
    CONFIRM = "confirm"
    UNCONFIRM = "unconfirm"
    LAPSE = "lapse"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"
    ANNUL = "annul"


class AdmissionReason(StrEnum):
    """Why an admission stands as it does."""

    CAP_REACHED = "cap_reached"
    COUNTRY_CAP = "country_cap"
    DUPLICATE_PERSON = "duplicate_person"
    DUPLICATE_REVIEW = "duplicate_review"
    EXEMPTION_CLAIMED = "exemption_claimed"
    EXEMPTION_VERIFIED = "exemption_verified"
    EXEMPTION_DENIED = "exemption_denied"
    UNPAID = "unpaid"
    WITHDRAWN = "withdrawn"
    ANNULLED = "annulled"


class Order(StrEnum):
    """How a window gives its places."""

    FIRST_COME = "first_come"
    DRAW = "draw"
    RANKED = "ranked"


class Pool(StrEnum):
    """Out of which places one was given."""

    OPEN = "open"
    PAPER = "paper"
    RESERVE = "reserve"


class Doubt(StrEnum):
    """Whether somebody of an application may be in another one."""

    CERTAIN = "certain"
    SUSPECTED = "suspected"


class ArrivalsRule(StrEnum):
    """What becomes of those who had arrived when a window was suspended or called off."""

    KEEP = "keep"
    ANNUL = "annul"


class InputType(StrEnum):
    """What the ledger can say that happened (docs/ledger.md)."""

    TERMS = "terms"
    WINDOW = "window"
    TIE_COMMITMENT = "tie_commitment"
    TIE_SECRET = "tie_secret"  # noqa: S105 - the name of a type
    ARRIVAL = "arrival"
    PAPER_THROUGH = "paper_through"
    SCORE = "score"
    PAID = "paid"
    UNPAID_AGAIN = "unpaid_again"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    FILED = "filed"
    WITHDRAWN = "withdrawn"
    EXEMPTION = "exemption"
    DUPLICATE = "duplicate"
    REINSTATED = "reinstated"
    RESERVE = "reserve"
    ANNULLED = "annulled"
    RESTORED = "restored"
    DRAW_COMMIT = "draw_commit"
    DRAW = "draw"
    ROUND = "round"
