"""What can go back, why, and how; the words of each reason, as the sender reads them."""

from dataclasses import dataclass
from enum import StrEnum


class ReturnKind(StrEnum):
    """What goes back."""

    APPLICATION = "application"
    DOCUMENTS = "documents"
    PAYMENT = "payment"
    ORIGINALS = "originals"
    OTHER = "other"


class ReturnReason(StrEnum):
    """Why it goes back."""

    NO_PERIOD = "no_period"
    WRONG_PROGRAMME = "wrong_programme"
    NOT_SIGNED = "not_signed"
    OLD_FORM = "old_form"
    BEFORE_REQUEST = "before_request"
    PAYMENT_NOT_ACCEPTED = "payment_not_accepted"
    NOT_FOR_US = "not_for_us"
    ORIGINALS_BACK = "originals_back"
    OTHER = "other"


class Way(StrEnum):
    """How it leaves the building."""

    POST = "post"
    REGISTERED = "registered"
    COURIER = "courier"
    HANDED = "handed"


TRACKED = frozenset({Way.REGISTERED, Way.COURIER})
"""Ways that give a number to follow."""


@dataclass(frozen=True)
class Words:
    """A reason as the sender reads it; it applies to some kinds of return only."""

    kinds: frozenset[ReturnKind]
    fr: str
    en: str


K = ReturnKind
WORDS = {
    ReturnReason.NO_PERIOD: Words(
        frozenset({K.APPLICATION}),
        "Aucune période de réception n’était ouverte aux demandes sur papier le jour où votre envoi nous est parvenu. Votre demande n’a donc pas été"
        " examinée et aucun dossier n’a été ouvert.",
        "No intake period was open to applications on paper on the day your mailing reached us. Your application was therefore not examined and no"
        " file was opened.",
    ),
    ReturnReason.WRONG_PROGRAMME: Words(
        frozenset({K.APPLICATION}),
        "Votre demande s’adresse à un programme que cette direction ne traite pas. Elle n’a pas été examinée et aucun dossier n’a été ouvert ici.",
        "Your application is made to a programme that this office does not process. It was not examined and no file was opened here.",
    ),
    ReturnReason.NOT_SIGNED: Words(
        frozenset({K.APPLICATION, K.DOCUMENTS}),
        "Le formulaire n’est pas signé. Signez-le et renvoyez-le-nous au complet.",
        "The form is not signed. Sign it and send it back to us complete.",
    ),
    ReturnReason.OLD_FORM: Words(
        frozenset({K.APPLICATION}),
        "Le formulaire n’est pas celui qui était en vigueur le jour où votre envoi nous est parvenu, ou il en manque des pages.",
        "The form is not the one in force on the day your mailing reached us, or pages of it are missing.",
    ),
    ReturnReason.BEFORE_REQUEST: Words(
        frozenset({K.DOCUMENTS}),
        "Nous n’avons pas encore demandé ces documents : ne les envoyez que lorsque vous aurez reçu de nous la liste de ce qu’il faut fournir. Votre"
        " dossier et votre place ne changent pas.",
        "We have not asked for these documents yet: send them only when you have received from us the list of what to provide. Your file and your"
        " place do not change.",
    ),
    ReturnReason.PAYMENT_NOT_ACCEPTED: Words(
        frozenset({K.PAYMENT, K.APPLICATION}),
        "Ce mode de paiement n’est pas accepté : rien n’a été encaissé. Par la poste, nous acceptons le chèque visé, la traite bancaire, le"
        " mandat-poste et le chèque d’une entreprise canadienne, en dollars canadiens, ainsi que le formulaire de paiement par carte. Le délai"
        " de paiement de votre dossier ne change pas.",
        "This means of payment is not accepted: nothing was cashed. By mail we accept a certified cheque, a bank draft, a money order and the cheque"
        " of a Canadian company, in Canadian dollars, and the card payment form. The time limit for payment in your file does not change.",
    ),
    ReturnReason.NOT_FOR_US: Words(
        frozenset(K),
        "Cet envoi ne nous est pas destiné, ou nous n’avons trouvé aucun dossier auquel le joindre.",
        "This mailing is not meant for us, or we found no file that it belongs to.",
    ),
    ReturnReason.ORIGINALS_BACK: Words(
        frozenset({K.ORIGINALS}),
        "Nous vous renvoyons vos documents originaux après en avoir fait une copie, que nous gardons dans votre dossier.",
        "We are sending back your original documents after making a copy, which we keep in your file.",
    ),
    ReturnReason.OTHER: Words(frozenset(K), "", ""),
}


@dataclass(frozen=True)
class NewReturn:
    """A return as a clerk prepares it: what goes back, to whom, why; `whole` sends back everything of the envelope."""

    kind: ReturnKind
    reason: ReturnReason
    contents: tuple[str, ...]
    recipient: str
    address_lines: tuple[str, ...]
    language: str
    explanation: str = ""
    whole: bool = False
    receipt_ids: tuple[int, ...] = ()
    case_number: str = ""


@dataclass(frozen=True)
class Departure:
    """How a return left."""

    way: Way
    tracking: str = ""
