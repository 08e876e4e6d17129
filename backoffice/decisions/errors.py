"""What decisions refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class EndBarred(DomainError):
    """The person could not be reached: the end is barred."""

    code = "end-barred"

    def __init__(self) -> None:
        super().__init__(_l("The letter did not reach the applicant: issue it again, or have two people sign, before anything ends."))


class HeldBack(DomainError):
    """Mail or money stamped within the term is not settled."""

    code = "held-back"

    def __init__(self, why: str) -> None:
        super().__init__(_l("The term cannot end yet: %(why)s", why=why))


class TermRuns(DomainError):
    """The last day has not passed."""

    code = "term-runs"

    def __init__(self) -> None:
        super().__init__(_l("The term is still running: the applicant has until its last day."))


class AnswerCame(DomainError):
    """Something came after the decision was proposed."""

    code = "answer-came"

    def __init__(self) -> None:
        super().__init__(_l("Something came from the applicant after the rejection was proposed: send it back, and read what came first."))


class NotOffered(DomainError):
    """The proposal does not offer this."""

    code = "not-offered"

    def __init__(self) -> None:
        super().__init__(_l("This proposal does not offer that choice now. Reload the page."))


class GroundsNeeded(DomainError):
    """A letter without a reason is no letter."""

    code = "grounds-needed"

    def __init__(self) -> None:
        super().__init__(_l("Tick at least one document that is missing, or write the reason."))


class TranslationNeeded(DomainError):
    """An applicant who reads English gets the translation of what was written."""

    code = "translation-needed"

    def __init__(self) -> None:
        super().__init__(_l("The applicant reads English: write the translation of your reason too."))


class AlreadyAsked(DomainError):
    """It waits for the second signature."""

    code = "already-asked"

    def __init__(self) -> None:
        super().__init__(_l("This already waits for a second person."))


class NothingToCorrect(DomainError):
    """The case stands where nothing can be corrected."""

    code = "nothing-to-correct"

    def __init__(self) -> None:
        super().__init__(_l("No decision stands on this case that could be corrected."))
