"""The life of a case in the ministry, with the codes of its own list of statuses (GPI 3-1, 5-5, 5-10).

« Retour », « rejet », « refus », « fermeture », « désistement » and « fin par effet de la loi » are different endings,
with different effects on fees and recourse, and are never merged.
"""

from enum import StrEnum
from typing import Final, assert_never


class CaseStatus(StrEnum):
    """Where a case stands; the codes are the ministry's."""

    BROUILLON = "BROUILLON"
    SOUMISE = "SOUMISE"
    ATTENTE_PAIEMENT = "ATTENTE_PAIEMENT"
    PAYEE_EN_FILE = "PAYEE_EN_FILE"
    DOCS_DEMANDES = "DOCS_DEMANDES"
    DOCS_RECUS = "DOCS_RECUS"
    EXAMEN_PRELIM = "EXAMEN_PRELIM"
    SUSPENS = "SUSPENS"
    INTENTION_REJET = "INTENTION_REJET"
    INTENTION_REFUS = "INTENTION_REFUS"
    ENTREVUE = "ENTREVUE"
    VERIFICATION = "VERIFICATION"
    DECISION_PRISE = "DECISION_PRISE"
    CSQ_DELIVRE = "CSQ_DELIVRE"
    REJETEE = "REJETEE"
    REFUSEE = "REFUSEE"
    RETOURNEE = "RETOURNEE"
    SUPPRIMEE_NON_PAYEE = "SUPPRIMEE_NON_PAYEE"
    DESISTEE = "DESISTEE"
    FERMEE = "FERMEE"
    FIN_LOI = "FIN_LOI"
    REEXAMEN = "REEXAMEN"


class CaseAction(StrEnum):
    """What can be done to a case."""

    SUBMIT = "submit"
    INVITE_PAYMENT = "invite_payment"
    PAY = "pay"
    REVERSE_PAYMENT = "reverse_payment"
    LAPSE_UNPAID = "lapse_unpaid"
    REINSTATE = "reinstate"
    REQUEST_DOCUMENTS = "request_documents"
    CANCEL_REQUEST = "cancel_request"
    RECEIVE_DOCUMENTS = "receive_documents"
    EXAMINE = "examine"
    SUSPEND = "suspend"
    VERIFY = "verify"
    INTERVIEW = "interview"
    RESUME = "resume"
    INTEND_TO_REJECT = "intend_to_reject"
    INTEND_TO_REFUSE = "intend_to_refuse"
    DECIDE = "decide"
    SEND_BACK = "send_back"
    ISSUE_CSQ = "issue_csq"
    REJECT = "reject"
    REFUSE = "refuse"
    OPEN_REVIEW = "open_review"
    UPHOLD_REJECTION = "uphold_rejection"
    UPHOLD_REFUSAL = "uphold_refusal"
    OVERTURN = "overturn"
    CORRECT_ERROR = "correct_error"
    ADD_MEMBER = "add_member"
    RETURN = "return"
    ANNUL = "annul"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    END_BY_LAW = "end_by_law"


class WaitingOn(StrEnum):
    """Whose move it is."""

    US = "us"
    APPLICANT = "applicant"
    FEE = "fee"
    POST = "post"
    NOBODY = "nobody"


INITIAL: Final = frozenset({CaseStatus.BROUILLON, CaseStatus.SOUMISE})
# Work on these has ended. They have no exit but the reopening actions below.
FINAL: Final = frozenset(
    {
        CaseStatus.CSQ_DELIVRE,
        CaseStatus.REJETEE,
        CaseStatus.REFUSEE,
        CaseStatus.RETOURNEE,
        CaseStatus.SUPPRIMEE_NON_PAYEE,
        CaseStatus.DESISTEE,
        CaseStatus.FERMEE,
        CaseStatus.FIN_LOI,
    }
)
ACTIVE: Final = frozenset(CaseStatus) - FINAL
# A review the person asked for, an error of the ministry put right, a newborn added, a lapse undone by a person.
REOPENING: Final = frozenset({CaseAction.OPEN_REVIEW, CaseAction.CORRECT_ERROR, CaseAction.ADD_MEMBER, CaseAction.REINSTATE})
# Nothing was opened, or the law itself put an end to it: nothing reopens these.
IRREVOCABLE: Final = frozenset({CaseStatus.RETOURNEE, CaseStatus.FIN_LOI})

_Table = dict[tuple[CaseStatus, CaseAction], CaseStatus]


def _from(sources: frozenset[CaseStatus], action: CaseAction, target: CaseStatus) -> _Table:
    return {(source, action): target for source in sources}


_AT_THE_DOOR: Final = frozenset({CaseStatus.BROUILLON, CaseStatus.SOUMISE, CaseStatus.ATTENTE_PAIEMENT})
_IN_LINE: Final = frozenset({CaseStatus.PAYEE_EN_FILE, CaseStatus.DOCS_DEMANDES, CaseStatus.DOCS_RECUS})
_IN_HAND: Final = frozenset({CaseStatus.EXAMEN_PRELIM, CaseStatus.VERIFICATION, CaseStatus.ENTREVUE})
_INTENDED: Final = frozenset({CaseStatus.INTENTION_REJET, CaseStatus.INTENTION_REFUS})

TRANSITIONS: Final[_Table] = {
    # The door and the fee
    (CaseStatus.BROUILLON, CaseAction.SUBMIT): CaseStatus.SOUMISE,
    (CaseStatus.SOUMISE, CaseAction.INVITE_PAYMENT): CaseStatus.ATTENTE_PAIEMENT,
    (CaseStatus.SOUMISE, CaseAction.PAY): CaseStatus.PAYEE_EN_FILE,  # paper, paid in the same envelope; or no fee
    (CaseStatus.ATTENTE_PAIEMENT, CaseAction.PAY): CaseStatus.PAYEE_EN_FILE,
    **_from(_IN_LINE, CaseAction.REVERSE_PAYMENT, CaseStatus.ATTENTE_PAIEMENT),  # later, a hold says it instead
    (CaseStatus.ATTENTE_PAIEMENT, CaseAction.LAPSE_UNPAID): CaseStatus.SUPPRIMEE_NON_PAYEE,
    (CaseStatus.SUPPRIMEE_NON_PAYEE, CaseAction.REINSTATE): CaseStatus.ATTENTE_PAIEMENT,
    # Documents
    **_from(
        _IN_LINE | _IN_HAND | _INTENDED | {CaseStatus.SUSPENS},
        CaseAction.REQUEST_DOCUMENTS,
        CaseStatus.DOCS_DEMANDES,
    ),
    (CaseStatus.DOCS_DEMANDES, CaseAction.CANCEL_REQUEST): CaseStatus.PAYEE_EN_FILE,
    (CaseStatus.DOCS_DEMANDES, CaseAction.RECEIVE_DOCUMENTS): CaseStatus.DOCS_RECUS,
    (CaseStatus.DOCS_RECUS, CaseAction.RECEIVE_DOCUMENTS): CaseStatus.DOCS_RECUS,
    # Examination
    (CaseStatus.PAYEE_EN_FILE, CaseAction.EXAMINE): CaseStatus.EXAMEN_PRELIM,  # a paper file already complete
    (CaseStatus.DOCS_RECUS, CaseAction.EXAMINE): CaseStatus.EXAMEN_PRELIM,
    **_from(_IN_LINE | _IN_HAND, CaseAction.SUSPEND, CaseStatus.SUSPENS),
    **_from(_IN_HAND - {CaseStatus.VERIFICATION}, CaseAction.VERIFY, CaseStatus.VERIFICATION),
    **_from(_IN_HAND - {CaseStatus.ENTREVUE}, CaseAction.INTERVIEW, CaseStatus.ENTREVUE),
    **_from(
        _INTENDED | {CaseStatus.SUSPENS, CaseStatus.VERIFICATION, CaseStatus.ENTREVUE},
        CaseAction.RESUME,
        CaseStatus.EXAMEN_PRELIM,
    ),
    # Decisions: the letter of intention first, then the decision, then its issue by a second hand
    **_from(_IN_LINE | _IN_HAND, CaseAction.INTEND_TO_REJECT, CaseStatus.INTENTION_REJET),
    **_from(_IN_HAND, CaseAction.INTEND_TO_REFUSE, CaseStatus.INTENTION_REFUS),
    **_from(_IN_HAND | _INTENDED, CaseAction.DECIDE, CaseStatus.DECISION_PRISE),
    (CaseStatus.DECISION_PRISE, CaseAction.SEND_BACK): CaseStatus.EXAMEN_PRELIM,
    (CaseStatus.DECISION_PRISE, CaseAction.ISSUE_CSQ): CaseStatus.CSQ_DELIVRE,
    (CaseStatus.DECISION_PRISE, CaseAction.REJECT): CaseStatus.REJETEE,
    (CaseStatus.DECISION_PRISE, CaseAction.REFUSE): CaseStatus.REFUSEE,
    # Recourse and reopening
    (CaseStatus.REJETEE, CaseAction.OPEN_REVIEW): CaseStatus.REEXAMEN,
    (CaseStatus.REFUSEE, CaseAction.OPEN_REVIEW): CaseStatus.REEXAMEN,
    (CaseStatus.REEXAMEN, CaseAction.UPHOLD_REJECTION): CaseStatus.REJETEE,
    (CaseStatus.REEXAMEN, CaseAction.UPHOLD_REFUSAL): CaseStatus.REFUSEE,
    (CaseStatus.REEXAMEN, CaseAction.OVERTURN): CaseStatus.EXAMEN_PRELIM,
    (CaseStatus.REJETEE, CaseAction.CORRECT_ERROR): CaseStatus.EXAMEN_PRELIM,
    (CaseStatus.REFUSEE, CaseAction.CORRECT_ERROR): CaseStatus.EXAMEN_PRELIM,
    (CaseStatus.CSQ_DELIVRE, CaseAction.CORRECT_ERROR): CaseStatus.EXAMEN_PRELIM,
    (CaseStatus.FERMEE, CaseAction.CORRECT_ERROR): CaseStatus.PAYEE_EN_FILE,
    (CaseStatus.DESISTEE, CaseAction.CORRECT_ERROR): CaseStatus.PAYEE_EN_FILE,
    (CaseStatus.CSQ_DELIVRE, CaseAction.ADD_MEMBER): CaseStatus.EXAMEN_PRELIM,
    # Other endings
    **_from(_AT_THE_DOOR, CaseAction.RETURN, CaseStatus.RETOURNEE),
    **_from(  # an admission annulled: as if it had never been received, and the money goes back
        frozenset({CaseStatus.SOUMISE, CaseStatus.ATTENTE_PAIEMENT}) | _IN_LINE,
        CaseAction.ANNUL,
        CaseStatus.RETOURNEE,
    ),
    **_from(ACTIVE - {CaseStatus.BROUILLON}, CaseAction.WITHDRAW, CaseStatus.DESISTEE),
    **_from(ACTIVE, CaseAction.CLOSE, CaseStatus.FERMEE),
    **_from(ACTIVE, CaseAction.END_BY_LAW, CaseStatus.FIN_LOI),
}


def waiting_on(status: CaseStatus, *, by_post: bool = False) -> WaitingOn:
    """Whose move it is; ``by_post`` when what we wait for travels by mail."""
    match status:
        case CaseStatus.ATTENTE_PAIEMENT:
            return WaitingOn.POST if by_post else WaitingOn.FEE
        case CaseStatus.DOCS_DEMANDES | CaseStatus.INTENTION_REJET | CaseStatus.INTENTION_REFUS | CaseStatus.ENTREVUE:
            return WaitingOn.POST if by_post else WaitingOn.APPLICANT
        case (
            CaseStatus.BROUILLON
            | CaseStatus.SOUMISE
            | CaseStatus.PAYEE_EN_FILE
            | CaseStatus.DOCS_RECUS
            | CaseStatus.EXAMEN_PRELIM
            | CaseStatus.SUSPENS
            | CaseStatus.VERIFICATION
            | CaseStatus.DECISION_PRISE
            | CaseStatus.REEXAMEN
        ):
            return WaitingOn.US
        case (
            CaseStatus.CSQ_DELIVRE
            | CaseStatus.REJETEE
            | CaseStatus.REFUSEE
            | CaseStatus.RETOURNEE
            | CaseStatus.SUPPRIMEE_NON_PAYEE
            | CaseStatus.DESISTEE
            | CaseStatus.FERMEE
            | CaseStatus.FIN_LOI
        ):
            return WaitingOn.NOBODY
        case _:
            assert_never(status)
