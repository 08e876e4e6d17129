"""The life of a proposal, of an intention letter and of a decision: what is not listed cannot happen."""

from enum import StrEnum
from typing import Final


class ProposalState(StrEnum):
    """Where a proposal stands; superseded: the term it speaks of was answered, moved or begun again."""

    OPEN = "open"
    DECIDED = "decided"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"


class ProposalAction(StrEnum):
    """What can be done to a proposal."""

    DECIDE = "decide"
    DISMISS = "dismiss"
    SUPERSEDE = "supersede"
    RAISE = "raise"


PROPOSALS: Final[dict[tuple[ProposalState, ProposalAction], ProposalState]] = {
    (ProposalState.OPEN, ProposalAction.DECIDE): ProposalState.DECIDED,
    (ProposalState.OPEN, ProposalAction.DISMISS): ProposalState.DISMISSED,
    (ProposalState.OPEN, ProposalAction.SUPERSEDE): ProposalState.SUPERSEDED,
    # Put aside until a day, which has come; a decision sent back; a bar lifted
    (ProposalState.DISMISSED, ProposalAction.RAISE): ProposalState.OPEN,
    (ProposalState.DECIDED, ProposalAction.RAISE): ProposalState.OPEN,
}


class IntentionState(StrEnum):
    """Where an intention letter stands."""

    SENT = "sent"
    WITHDRAWN = "withdrawn"
    FOLLOWED = "followed"


class IntentionAction(StrEnum):
    """What can be done to an intention."""

    WITHDRAW = "withdraw"
    FOLLOW = "follow"


INTENTIONS: Final[dict[tuple[IntentionState, IntentionAction], IntentionState]] = {
    (IntentionState.SENT, IntentionAction.WITHDRAW): IntentionState.WITHDRAWN,
    (IntentionState.SENT, IntentionAction.FOLLOW): IntentionState.FOLLOWED,
}


class DecisionState(StrEnum):
    """Where a decision stands: it exists for the applicant once it is signed."""

    PROPOSED = "proposed"
    SIGNED = "signed"
    SENT_BACK = "sent_back"


class DecisionAction(StrEnum):
    """What can be done to a decision."""

    SIGN = "sign"
    SEND_BACK = "send_back"


DECISIONS: Final[dict[tuple[DecisionState, DecisionAction], DecisionState]] = {
    (DecisionState.PROPOSED, DecisionAction.SIGN): DecisionState.SIGNED,
    (DecisionState.PROPOSED, DecisionAction.SEND_BACK): DecisionState.SENT_BACK,
}
