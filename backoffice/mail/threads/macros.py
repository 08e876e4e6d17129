"""Macros: one choice fills a reply and prepares one or two acts, which are done with the sending and never before it.

They are reviewed data like the texts: a new one is a line here, read by a second person.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flask_babel import lazy_gettext as _l


class MacroAct(StrEnum):
    """What a macro does on the case when its reply leaves."""

    THREAD_MINE = "thread_mine"
    CASE_MINE = "case_mine"
    HOLD = "hold"
    LIFT = "lift"


WORDS: Final = {
    MacroAct.THREAD_MINE: _l("the thread is mine"),
    MacroAct.CASE_MINE: _l("the case is mine, if nobody has it"),
    MacroAct.HOLD: _l("the case is kept on hold until the answer"),
    MacroAct.LIFT: _l("the hold until the answer is lifted"),
}


@dataclass(frozen=True)
class Macro:
    """What it is called, the subject and the paragraphs it writes, and what it does."""

    label: object
    subject_fr: str
    subject_en: str
    paragraphs: tuple[str, ...]
    acts: tuple[MacroAct, ...]

    def subject(self, language: str) -> str:
        """In the applicant's language."""
        return self.subject_en if language == "en" else self.subject_fr


MACROS: Final = {
    "take": Macro(
        _l("I take it: message read, answer to follow"), "Votre message a été lu", "Your message has been read",
        ("read-and-follow",), (MacroAct.THREAD_MINE, MacroAct.CASE_MINE),
    ),
    "ask": Macro(
        _l("Ask for a detail and keep the case on hold"), "Une précision est demandée", "A detail is needed",
        ("question",), (MacroAct.HOLD, MacroAct.THREAD_MINE),
    ),
    "resume": Macro(
        _l("Detail received: lift the hold"), "Votre réponse est reçue", "Your answer has been received",
        ("detail-received",), (MacroAct.LIFT,),
    ),
    "awaited": Macro(
        _l("Recall the documents awaited"), "Documents encore attendus", "Documents still awaited",
        ("items-waiting", "last-day"), (MacroAct.THREAD_MINE,),
    ),
}  # fmt: skip
