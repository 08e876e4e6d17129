"""A message put on paper because its applicant could not be reached online: its words as they were, and what changes by the post."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.calendar import montreal_day
from backoffice.deadlines.models import Term
from backoffice.mail import addresses, printing, texts
from backoffice.mail.models import Message
from backoffice.mail.texts import Language
from backoffice.mail.values import NewFile

MARK = "Traduction / Translation"

SHEETS: Final = {"request": "doc", "fee": "fee", "intention": "int"}
"""What a return sheet says that it answers, by whose term the message began."""


def second_channel(case: Case, message: Message, terms: Sequence[Term], officer: str, *, at: datetime) -> NewFile:
    """The letter: why it comes, which term begins again when it is posted, then the message word for word."""
    french, english = _parts(message)
    letter = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)), address_lines=addresses.lines(case),
        subject_fr=message.subject.partition(" / ")[0], subject_en=english[0] if english else message.subject,
        paragraphs_fr=(*_why("fr", message, terms), *french), paragraphs_en=(*_why("en", message, terms), *english), officer=officer,
        language=cast("Language", message.language), return_code=_return_code(case, terms),
    )  # fmt: skip
    return printing.keep_letter(texts.notice_letter_html(letter), f"lettre-{case.number}.pdf")


def _return_code(case: Case, terms: Sequence[Term]) -> str:
    """The code of what the message asked for, so that the answer finds it; without a day, for the term begins again once posted."""
    asked = [term for term in terms if term.owner_kind in SHEETS]
    return addresses.return_code(SHEETS[asked[0].owner_kind], int(asked[0].owner_id), case.number) if asked else ""


def _why(language: Language, message: Message, terms: Sequence[Term]) -> tuple[str, ...]:
    template = texts.letters_environment().get_template(f"mail/letters/second_channel.{language}.txt")
    days = sorted({int(str(term.workings["days"])) for term in terms})
    said = template.render(readable_at=message.readable_at, days=days)
    return tuple(" ".join(one.split()) for one in said.split("\n\n") if one.strip())


def _parts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The message in French and in English, paragraph by paragraph, without greeting and signature, which the letter has."""
    french, _, translated = message.body.partition(MARK)
    english = message.translation or translated.partition("\n\n")[2]
    return _paragraphs(french), _paragraphs(english)


def _paragraphs(text: str) -> tuple[str, ...]:
    """Paragraphs, and each line of a list for itself."""
    found: list[str] = []
    for block in text.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        found += lines if any(line.startswith(("- ", "• ")) for line in lines) else [" ".join(lines)]
    return tuple(one for one in found[1:-1] if one)
