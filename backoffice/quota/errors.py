"""What windows and places can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class WindowExists(DomainError):
    """A code is used once."""

    code = "window-exists"

    def __init__(self, code: str) -> None:
        super().__init__(_l("A window with the code %(code)s exists already.", code=code))


class AnotherWindowOpen(DomainError):
    """One open window a programme."""

    code = "another-window-open"

    def __init__(self, code: str) -> None:
        super().__init__(_l("The window %(code)s of this programme is open at that time: close it first.", code=code))


class NoticeTooShort(DomainError):
    """A window opens at least 24 hours after its notice."""

    code = "notice-too-short"

    def __init__(self) -> None:
        super().__init__(
            _l("The public notice must be recorded at least 24 hours before the opening. Otherwise a reason and a second person are needed.")
        )


class SecondPersonMissing(DomainError):
    """An override is signed by two different people of the team."""

    code = "second-person"

    def __init__(self) -> None:
        super().__init__(_l("Two different people who may manage windows must sign this."))


class NoPlaceLeft(DomainError):
    """A place that was released cannot be given back: none is free."""

    code = "no-place-left"

    def __init__(self) -> None:
        super().__init__(_l("No place is free any more in this window: a person must decide what becomes of this application."))


class ReasonMissing(DomainError):
    """What a decision changes, or a person overrides, says why."""

    code = "reason"

    def __init__(self) -> None:
        super().__init__(_l("Say why: the reason stands in the trail."))


class ArrivalsRuleMissing(DomainError):
    """Those who had arrived are kept or annulled by a rule that is chosen, never by chance."""

    code = "arrivals-rule"

    def __init__(self) -> None:
        super().__init__(_l("Applications have arrived: choose whether they are kept or annulled."))


class AmendmentRefused(DomainError):
    """A change that cannot be made any more, or that is none."""

    code = "amendment"

    def __init__(self, what: str) -> None:
        super().__init__(_l("This cannot be changed now: %(what)s.", what=what), what=what)


class PaperNotIn(DomainError):
    """The settlement waits for every envelope stamped in the window."""

    code = "paper-not-in"

    def __init__(self) -> None:
        super().__init__(_l("Every envelope stamped in this window must be registered first: declare the paper in through its last day."))


class NoPaperShare(DomainError):
    """No share of the places waits for paper."""

    code = "no-paper-share"

    def __init__(self) -> None:
        super().__init__(_l("No share of the places waits for paper in this window, or that day was passed already."))


class SecretKept(DomainError):
    """The lots of paper need the secret, which stays secret while applications can come."""

    code = "secret-kept"

    def __init__(self) -> None:
        super().__init__(_l("The days of paper are drawn from a secret that is revealed when the window closes: wait until then."))


class NoDraw(DomainError):
    """A draw is committed to once, after the close, and revealed once."""

    code = "no-draw"

    def __init__(self) -> None:
        super().__init__(_l("A draw is prepared once, when a window that is drawn is closed, and made once, after it was prepared."))


class NoRound(DomainError):
    """A round belongs to a window by invitation, and says how many or down to which score."""

    code = "no-round"

    def __init__(self) -> None:
        super().__init__(_l("A round invites the best so many, or down to one score, in an open window by invitation."))


class BadDecision(DomainError):
    """A decision that the rules cannot read."""

    code = "decision"
    status = 422

    def __init__(self, what: str) -> None:
        super().__init__(_l("This is not what a decision says here: %(what)s.", what=what), what=what)
