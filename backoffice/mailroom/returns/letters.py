"""The letter that goes with a return, and the words of what was received: on paper and in the secure mailbox."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from backoffice.core import files
from backoffice.mail import printing
from backoffice.mail.texts import Language, letters_environment
from backoffice.mail.typography import set_french
from backoffice.mailroom.returns.values import WORDS, ReturnReason

Day: TypeAlias = date  # the letter has a field of that name


@dataclass(frozen=True)
class ReturnLetter:
    """What the letter says; `number` is the case's number, or the envelope's where there is no case."""

    number: str
    reference: str
    date: Day
    received_on: Day
    applicant_name: str
    address_lines: tuple[str, ...]
    contents: tuple[str, ...]
    reason_fr: str
    reason_en: str
    explanation: str
    officer: str
    language: Language
    has_case: bool
    nothing_cashed: bool


def reasons(reason: ReturnReason) -> tuple[str, str]:
    """A reason in French and in English."""
    return WORDS[reason].fr, WORDS[reason].en


def print_return(letter: ReturnLetter) -> str:
    """Print the letter; the digest under which it is kept."""
    return files.keep(printing.render_pdf(letter_html(letter)))


def letter_html(letter: ReturnLetter) -> str:
    """Write the letter."""
    return set_french(letters_environment().get_template("mailroom/returns/letter.fr.html").render(letter=letter))
