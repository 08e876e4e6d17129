"""The words that caseworkers read for the codes that features keep: stages, holds, states, reasons."""

from collections.abc import Mapping
from typing import Final

from backoffice.deadlines.wording import TABLES as TERM_WORDS
from backoffice.desk.access.words import TABLES as ACCESS_WORDS
from backoffice.desk.threads.words import TABLES as THREAD_WORDS
from backoffice.desk.words.cases import (
    CHANNEL,
    CIVIL,
    CLASS,
    HOLD,
    KEY_PART,
    LANGUAGE,
    MARK,
    PERSON,
    PERSON_SHORT,
    REGION,
    ROLE,
    SEX,
    SOURCE,
    STATUS,
    TERM,
    TERM_END,
    WAITING,
)
from backoffice.desk.words.money import (
    FEE,
    FEE_LINE,
    METHOD,
    RECEIPT,
    TARIFF_SOURCE,
    UNMATCHED,
)
from backoffice.desk.words.papers import (
    FORMAT,
    ITEM,
    MESSAGE,
    REQUEST,
)
from backoffice.desk.words.places import (
    ADMISSION,
    ADMISSION_ACT,
    ADMISSION_REASON,
    ARRIVALS_RULE,
    ATTEMPT,
    DOUBT,
    GROUND,
    LEDGER_INPUT,
    ORDER,
    PAPER_DAY,
    POOL,
    RULE,
    VERDICT,
    WINDOW,
    WINDOW_ACT,
    WINDOW_APPROVAL,
)
from backoffice.fees.words import TABLES as MONEY_WORDS
from backoffice.intake.acts.words import TABLES as ACT_WORDS
from backoffice.intake.outages.words import MESSAGES as OUTAGE_MESSAGES
from backoffice.intake.outages.words import TABLES as OUTAGE_WORDS

__all__ = [
    "ADMISSION",
    "ADMISSION_ACT",
    "ADMISSION_REASON",
    "ARRIVALS_RULE",
    "ATTEMPT",
    "CHANNEL",
    "CIVIL",
    "CLASS",
    "DOUBT",
    "FEE",
    "FEE_LINE",
    "FORMAT",
    "GROUND",
    "HOLD",
    "ITEM",
    "KEY_PART",
    "LANGUAGE",
    "LEDGER_INPUT",
    "MARK",
    "MESSAGE",
    "METHOD",
    "ORDER",
    "PAPER_DAY",
    "PERSON",
    "PERSON_SHORT",
    "POOL",
    "RECEIPT",
    "REGION",
    "REQUEST",
    "ROLE",
    "RULE",
    "SEX",
    "SOURCE",
    "STATUS",
    "TABLES",
    "TARIFF_SOURCE",
    "TERM",
    "TERM_END",
    "UNMATCHED",
    "VERDICT",
    "WAITING",
    "WINDOW",
    "WINDOW_ACT",
    "WINDOW_APPROVAL",
    "word",
]

TABLES: Final[Mapping[str, Mapping[str, object]]] = {
    "status": STATUS, "hold": HOLD, "waiting": WAITING, "channel": CHANNEL, "class": CLASS, "term": TERM, "term_end": TERM_END,
    "admission": ADMISSION, "admission_reason": ADMISSION_REASON, "admission_act": ADMISSION_ACT, "window": WINDOW,
    "window_act": WINDOW_ACT, "fee": FEE, "receipt": RECEIPT, "method": METHOD, "unmatched": UNMATCHED, "item": ITEM,
    "request": REQUEST, "format": FORMAT, "person": PERSON, "message": {**MESSAGE, **OUTAGE_MESSAGES}, "source": SOURCE, "language": LANGUAGE,
    "sex": SEX, "civil": CIVIL, "key_part": KEY_PART, "fee_line": FEE_LINE, "role": ROLE, "mark": MARK,
    "order": ORDER, "paper_day": PAPER_DAY, "ground": GROUND, "pool": POOL, "doubt": DOUBT, "ledger_input": LEDGER_INPUT, "attempt": ATTEMPT,
    "rule": RULE, "window_approval": WINDOW_APPROVAL, "arrivals_rule": ARRIVALS_RULE, "verdict": VERDICT,
    **MONEY_WORDS, **ACT_WORDS, **THREAD_WORDS, **OUTAGE_WORDS, **TERM_WORDS, **ACCESS_WORDS,
    "person_short": PERSON_SHORT, "region": REGION, "tariff_source": TARIFF_SOURCE,
}  # fmt: skip


def word(code: object, table: str) -> str:
    """The words for a code; the code itself where nobody has worded it yet, so that nothing is hidden."""
    plain = str(getattr(code, "value", code))
    return str(TABLES[table].get(plain, plain))
