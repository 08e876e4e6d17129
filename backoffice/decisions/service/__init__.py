"""Operations on proposals, intentions and decisions. A machine proposes; a person decides; two people end a case."""

from backoffice.decisions.service.correcting import correct_error
from backoffice.decisions.service.deciding import answer_rejection, propose_rejection, reject_case
from backoffice.decisions.service.going_on import answer_going_on, ask_to_go_on
from backoffice.decisions.service.intentions import (
    intend_to_reject,
    reissue_intention,
    start_intention_term,
    withdraw_intention,
)
from backoffice.decisions.service.proposing import (
    dismiss,
    examine,
    follow_terms,
    holding_back,
    is_barred,
    propose,
    reissue,
    reissued,
    to_propose,
)

__all__ = [
    "answer_going_on", "answer_rejection", "ask_to_go_on", "correct_error", "dismiss", "examine", "follow_terms", "holding_back",
    "intend_to_reject", "is_barred", "propose", "propose_rejection", "reissue", "reissue_intention", "reissued", "reject_case",
    "start_intention_term", "to_propose", "withdraw_intention",
]  # fmt: skip
