"""What is said of a case: its status, holds, terms, people, and the parts of its place in line."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

STATUS: Final = {
    "BROUILLON": _l("Draft application"),
    "SOUMISE": _l("Application submitted"),
    "ATTENTE_PAIEMENT": _l("Waiting for payment"),
    "PAYEE_EN_FILE": _l("Paid, in line"),
    "DOCS_DEMANDES": _l("Documents requested"),
    "DOCS_RECUS": _l("Documents received"),
    "EXAMEN_PRELIM": _l("Preliminary examination"),
    "SUSPENS": _l("Suspended"),
    "INTENTION_REJET": _l("Intention to reject"),
    "INTENTION_REFUS": _l("Intention to refuse"),
    "ENTREVUE": _l("Interview"),
    "VERIFICATION": _l("Verification"),
    "DECISION_PRISE": _l("Decision taken"),
    "CSQ_DELIVRE": _l("CSQ issued"),
    "REJETEE": _l("Application rejected"),
    "REFUSEE": _l("Application refused"),
    "RETOURNEE": _l("Application returned"),
    "SUPPRIMEE_NON_PAYEE": _l("Deleted, not paid"),
    "DESISTEE": _l("Application withdrawn"),
    "FERMEE": _l("File closed"),
    "FIN_LOI": _l("Ended by operation of law"),
    "REEXAMEN": _l("Administrative review"),
}
"""The ministry's list of statuses (GPI 3-1, 5-5, 5-10)."""

HOLD: Final = {
    "payment": _l("waits for payment"),
    "documents": _l("waits for documents"),
    "duplicate_review": _l("possible duplicate"),
    "paper_exception": _l("paper filing to be approved"),
    "false_declaration_review": _l("earlier false declaration to be compared"),
    "suspended_by_decision": _l("processing suspended by decision"),
    "other": _l("other reason"),
}

WAITING: Final = {
    "us": _l("Us"),
    "applicant": _l("The applicant"),
    "fee": _l("The payment"),
    "post": _l("The post"),
    "nobody": _l("Nobody"),
}

CHANNEL: Final = {"online": _l("Online"), "paper": _l("Paper")}

CLASS: Final = {
    "urgent": _l("urgent, marked by a person"),
    "validated_offer": _l("validated job offer"),
    "temporary_resident": _l("temporary resident in Québec"),
    "paper_backlog": _l("paper files received by 2015-12-31"),
    "others": _l("all other files"),
}

TERM: Final = {
    "payment": _l("Payment, 30 days"),
    "documents": _l("Documents, 90 days"),
    "intention_to_reject": _l("Observations before rejection"),
    "intention_to_refuse": _l("Observations before refusal"),
    "review": _l("Administrative review asked for"),
    "invitation": _l("Invitation to submit"),
    "internal": _l("Internal target"),
}

TERM_END: Final = {"satisfied": _l("met"), "lapsed": _l("over without answer"), "cancelled": _l("cancelled"), "running": _l("running")}

PERSON: Final = {"principal": _l("Principal applicant"), "spouse": _l("Spouse"), "child": _l("Child")}

PERSON_SHORT: Final = {
    "principal-F": _lp("woman", "applicant"), "principal-M": _lp("man", "applicant"), "principal-X": _lp("either", "applicant"),
    "spouse-F": _lp("woman", "spouse"), "spouse-M": _lp("man", "spouse"), "spouse-X": _lp("either", "spouse"),
    "child-F": _l("child"), "child-M": _l("child"), "child-X": _l("child"),
}  # fmt: skip
"""Who somebody is in the family, short, beside the first name."""

REGION: Final = {
    "01": "Bas-Saint-Laurent", "02": "Saguenay–Lac-Saint-Jean", "03": "Capitale-Nationale", "04": "Mauricie", "05": "Estrie", "06": "Montréal",
    "07": "Outaouais", "08": "Abitibi-Témiscamingue", "09": "Côte-Nord", "10": "Nord-du-Québec", "11": "Gaspésie–Îles-de-la-Madeleine",
    "12": "Chaudière-Appalaches", "13": "Laval", "14": "Lanaudière", "15": "Laurentides", "16": "Montérégie", "17": "Centre-du-Québec",
}  # fmt: skip
"""The administrative regions of Québec, whose names are the same in both languages."""

SOURCE: Final = {
    "envelope": _l("by post"),
    "mailroom": _l("by post"),
    "message": _l("secure mailbox"),
    "portal": _l("portal"),
    "provider": _l("payment provider"),
    "submission": _l("with the application"),
}

LANGUAGE: Final = {"fr": _l("French"), "en": _l("English")}
SEX: Final = {"F": _l("female"), "M": _l("male"), "X": _l("other")}
CIVIL: Final = {
    "single": _l("single"),
    "married": _l("married"),
    "de_facto": _l("de facto union"),
    "separated": _l("separated"),
    "divorced": _l("divorced"),
    "widowed": _l("widowed"),
}
KEY_PART: Final = {
    "class": _l("processing class"),
    "legal_received_on": _l("legal day of receipt"),
    "tie": _l("draw of the day"),
    "number": _l("file number"),
    "same": _l("nothing"),
}
ROLE: Final = {
    "mailroom": _l("mailroom"),
    "caseworker": _l("caseworker"),
    "supervisor": _l("supervisor"),
    "finance": _l("finance"),
    "auditor": _l("auditor"),
    "admin": _l("administrator"),
}
MARK: Final = {"sure": _l("attested"), "likely": _l("likely")}
