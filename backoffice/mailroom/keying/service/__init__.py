"""Operations of keying: the first pass, the second that does not see it, the third look, and what the application becomes."""

from backoffice.mailroom.keying.service.first import add_child, begin, clean, filled, finish, save
from backoffice.mailroom.keying.service.hands import is_held_by_another, put_aside, take_over
from backoffice.mailroom.keying.service.indexing import illegible_fields, index, pending_window, settle_now
from backoffice.mailroom.keying.service.pairs import listed_cents
from backoffice.mailroom.keying.service.rates import advice, by_hand, percents, set_rate
from backoffice.mailroom.keying.service.receiving import APPROVAL, answer_exception
from backoffice.mailroom.keying.service.twice import begin_second, begin_third, finish_second, save_second, send_back, settle, take_next
from backoffice.mailroom.keying.values import Typed

__all__ = [
    "APPROVAL",
    "Typed",
    "add_child",
    "advice",
    "answer_exception",
    "begin",
    "begin_second",
    "begin_third",
    "by_hand",
    "clean",
    "filled",
    "finish",
    "finish_second",
    "illegible_fields",
    "index",
    "is_held_by_another",
    "listed_cents",
    "pending_window",
    "percents",
    "put_aside",
    "save",
    "save_second",
    "send_back",
    "set_rate",
    "settle",
    "settle_now",
    "take_next",
    "take_over",
]
