"""What threads can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class ThreadMoved(DomainError):
    """Somebody wrote in the thread since the form was opened; nothing was sent and nothing of it is lost."""

    code = "thread-moved"

    def __init__(self) -> None:
        super().__init__(_l("The thread has moved since you began: nothing was sent. Read what is new beside your text, then decide."))


class DraftChanged(DomainError):
    """What would leave is not what was read in the preview."""

    code = "draft-changed"

    def __init__(self) -> None:
        super().__init__(_l("Your text has changed since this preview, perhaps in another window: nothing was sent. Read it again."))


class NothingWritten(DomainError):
    """A message has a subject and a text."""

    code = "nothing-written"

    def __init__(self) -> None:
        super().__init__(_l("Write a subject and a text first."))


class Unfinished(DomainError):
    """Something in the text was to be filled."""

    code = "unfinished"

    def __init__(self, what: list[str]) -> None:
        super().__init__(_l("Still to be filled or taken out: %(what)s", what=", ".join(what)), what=what)


class NothingToAnswer(DomainError):
    """The list is empty, or all of it has its owner."""

    code = "nothing-to-answer"

    def __init__(self) -> None:
        super().__init__(_l("No message waits without somebody to answer it."))


class StartedATerm(DomainError):
    """A message from which a term runs is not withdrawn by itself."""

    code = "started-a-term"

    def __init__(self) -> None:
        super().__init__(
            _l("A term runs from this message: it can be withdrawn only once what it asks is cancelled. Cancel the request first, with its reason.")
        )


class FileRefused(DomainError):
    """A file to attach is not what a message may carry."""

    code = "file-refused"


class NobodyChosen(DomainError):
    """A bulk message has recipients."""

    code = "nobody-chosen"

    def __init__(self) -> None:
        super().__init__(_l("Nobody can receive this message with these choices: nothing was prepared."))


class TooMany(DomainError):
    """A bulk message is read before it is signed."""

    code = "too-many"

    def __init__(self, most: int) -> None:
        super().__init__(_l("More than %(most)s cases match: narrow the choice.", most=most))


class EnglishMissing(DomainError):
    """Somebody of the list writes to us in English."""

    code = "english-missing"

    def __init__(self) -> None:
        super().__init__(_l("Somebody of this list receives messages in English: write the English text too."))


class ListChanged(DomainError):
    """What would be sent is not what was signed."""

    code = "list-changed"

    def __init__(self) -> None:
        super().__init__(_l("The list is not the one that was signed: nothing is sent. Tell the administrator."))
