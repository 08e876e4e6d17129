"""The words that caseworkers read for the codes that features keep: stages, holds, states, reasons."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from backoffice.deadlines.wording import TABLES as TERM_WORDS
from backoffice.desk.access.words import TABLES as ACCESS_WORDS
from backoffice.desk.threads.words import MESSAGE as THREAD_MESSAGES
from backoffice.desk.threads.words import TABLES as THREAD_WORDS
from backoffice.fees.words import TABLES as MONEY_WORDS
from backoffice.intake.acts.words import TABLES as ACT_WORDS
from backoffice.intake.outages.words import MESSAGES as OUTAGE_MESSAGES
from backoffice.intake.outages.words import TABLES as OUTAGE_WORDS

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

ADMISSION: Final = {
    "pending": _l("Being decided"),
    "registered": _l("Registered"),
    "provisional": _l("Place held, unpaid"),
    "confirmed": _l("Place confirmed"),
    "exempt": _l("Outside the quota"),
    "waitlisted": _l("On the waiting list"),
    "invited": _l("Invited"),
    "refused": _l("No place"),
    "lapsed": _l("Place lapsed"),
    "withdrawn": _l("Place given up"),
    "annulled": _l("Admission annulled"),
}

ADMISSION_REASON: Final = {
    "cap_reached": _l("the maximum was reached"),
    "country_cap": _l("the maximum for the country was reached"),
    "duplicate_person": _l("the same person already has an application"),
    "duplicate_review": _l("somebody of this application may already be in another one"),
    "exemption_claimed": _l("exemption claimed in the application"),
    "exemption_verified": _l("exemption verified"),
    "exemption_denied": _l("exemption denied"),
    "unpaid": _l("not paid by the last day"),
    "withdrawn": _l("withdrawn by the applicant"),
    "annulled": _l("annulled by decision"),
}

ADMISSION_ACT: Final = {
    "register": _l("registered"),
    "hold_place": _l("place held"),
    "exempt": _l("received outside the quota"),
    "waitlist": _l("put on the waiting list"),
    "invite": _l("invited to submit"),
    "refuse": _l("no place given"),
    "confirm": _l("confirmed by payment"),
    "unconfirm": _l("confirmation undone, the payment came back"),
    "lapse": _l("place released"),
    "reinstate": _l("place given back"),
    "withdraw": _l("place given up by the applicant"),
    "annul": _l("admission annulled by decision"),
}

WINDOW: Final = {
    "drafted": _l("In preparation"),
    "announced": _l("Announced"),
    "open": _l("Open to applications"),
    "suspended": _l("Intake suspended"),
    "closed": _l("Intake closed"),
    "settled": _l("Intake settled"),
    "aborted": _l("Called off"),
    "annulled": _l("Period annulled"),
}

WINDOW_ACT: Final = {
    "announce": _l("announced"),
    "open": _l("opened"),
    "suspend": _l("suspended for the moment"),
    "resume": _l("resumed"),
    "close": _l("closed to applications"),
    "settle": _l("settled"),
    "abort": _l("called off"),
    "annul": _l("annulled"),
}

ORDER: Final = {
    "first_come": _l("first come, first served"),
    "draw": _l("draw among all who applied"),
    "ranked": _l("invitation by score"),
}

PAPER_DAY: Final = {"draw": _l("drawn among themselves"), "sequence": _l("in the order of their registration")}

GROUND: Final = {"validated_job_offer": _l("validated job offer"), "temporary_resident_in_quebec": _l("temporary resident in Québec")}

POOL: Final = {"open": _l("open places"), "paper": _l("share of paper"), "reserve": _l("reserve")}

DOUBT: Final = {
    "certain": _l("certainly the same person as in another application"),
    "suspected": _l("perhaps the same person as in another application"),
}

LEDGER_INPUT: Final = {
    "terms": _l("terms of the decision"),
    "window": _l("the period moved"),
    "tie_commitment": _l("secret of the ties committed to"),
    "tie_secret": _l("secret of the ties revealed"),
    "arrival": _l("arrived"),
    "paper_through": _l("envelopes registered up to a day"),
    "score": _l("score computed"),
    "paid": _l("paid in time"),
    "unpaid_again": _l("the payment came back"),
    "lapsed": _l("not paid by its last day"),
    "expired": _l("too old, or invitation not answered"),
    "filed": _l("filed after an invitation"),
    "withdrawn": _l("given up by the applicant"),
    "exemption": _l("ground looked at by a person"),
    "duplicate": _l("doubt about the person answered"),
    "reinstated": _l("reviewed by a person"),
    "reserve": _l("place of the reserve, decided by two"),
    "annulled": _l("admission void by decision"),
    "restored": _l("annulment undone"),
    "draw_commit": _l("list of the draw frozen"),
    "draw": _l("drawn"),
    "round": _l("round of invitations"),
    "admission": _l("outcome"),
}

RULE: Final = {
    "arrival.duplicate": _l("The person is certainly in another application already: the earlier one counts."),
    "arrival.exempt": _l("The ground claimed is among those that the decision receives outside the quota: no place is taken."),
    "arrival.registered_paper": _l("Paper has its own share of the places: it is given by legal day, once the envelopes of the day are registered."),
    "arrival.registered_draw": _l("Places are drawn among all applications of the closed period: until then each is registered."),
    "arrival.registered_ranked": _l("Declarations stay in the pool until a round invites them."),
    "arrival.place": _l("A place was free, and the cap of the country was not full: it is held at the arrival, in the order of the sequence."),
    "arrival.refused": _l("No place was free for it, or the cap of its country was full, when its turn came; the decision keeps no waiting list."),
    "arrival.waitlisted": _l(
        "No place was free for it, or the cap of its country was full, when its turn came: it waits in the order of the sequence."
    ),
    "terms": _l("The decision changed: what it set free goes to those who wait, in their order."),
    "paper_through": _l(
        "The envelopes stamped up to that day were registered: places of the share of paper are given by legal day, ties by lot or by registration."
    ),
    "settle": _l("The period was settled: what the share of paper left over went to the others, and whoever still waited is answered."),
    "draw": _l("Drawn: the order is a documented function of the secret and of the public value; places go down that order."),
    "round": _l("A round invited the best of the pool for whom a place was left."),
    "paid": _l("The fee was paid in time: the place held becomes a place confirmed."),
    "unpaid_again": _l("The payment came back: the place is only held again."),
    "lapsed": _l("The fee was not paid by its last day: the place is released."),
    "expired": _l("The declaration is twelve months old, or the invitation was not answered in sixty days."),
    "filed": _l("Somebody invited filed the application."),
    "withdrawn": _l("The applicant gave up."),
    "exemption": _l("A person looked at the ground claimed."),
    "duplicate": _l("A person answered the doubt about somebody in two applications."),
    "reinstated": _l("A person reviewed what a machine had let lapse or refused, and found a place."),
    "reserve": _l("Prevented by a recorded fault: a place of the reserve, by decision of two people."),
    "annulled": _l("The admission was annulled by decision."),
    "restored": _l("The annulment was undone."),
}
"""The rules of docs/ledger.md, in a sentence each."""

WINDOW_APPROVAL: Final = {
    "window_open": _l("Open a period without its notice"),
    "window_abort": _l("Call a period off"),
    "window_amendment": _l("Change the decision of a period"),
    "draw_reveal": _l("Reveal a secret and draw"),
    "round": _l("Open a round of invitations"),
}

ARRIVALS_RULE: Final = {
    "keep": _l("kept: each stays as it stands, with its instant"),
    "annul": _l("to be annulled: all admissions of this period are void"),
}

VERDICT: Final = {"verified": _l("verified"), "denied": _l("denied"), "same": _l("the same person"), "different": _l("another person")}

ATTEMPT: Final = {
    "window-closed": _l("no period was open"),
    "window-suspended": _l("intake was suspended"),
    "invalid": _l("the form was not complete"),
    "malformed": _l("could not be read"),
}

FEE: Final = {
    "due": _l("To be paid"),
    "paid": _l("Paid in full"),
    "lapsed": _l("Lapsed, unpaid"),
    "waived": _l("Waived"),
    "cancelled": _l("Fee cancelled"),
}

RECEIPT: Final = {
    "received": _l("Unmatched"),
    "allocated": _l("Put to a case"),
    "returned": _l("Sent back to its payer"),
    "refunded": _l("Refunded"),
    "reversed": _l("Taken back by the bank"),
}

METHOD: Final = {
    "card": _l("credit card"),
    "debit": _l("debit card"),
    "other": _l("other means"),
    "certified_cheque": _l("certified cheque"),
    "bank_draft": _l("bank draft"),
    "money_order": _l("money order"),
    "company_cheque": _l("company cheque"),
    "cash": _l("cash"),
    "personal_cheque": _l("personal cheque"),
    "travellers_cheque": _l("traveller’s cheque"),
}

UNMATCHED: Final = {
    "unknown_submission": _l("names an application we do not know"),
    "under_review": _l("a person must first look at the application: earlier false declaration"),
    "unknown_payment": _l("takes back a payment we do not know"),
    "not_accepted": _l("instrument not accepted by rule"),
    "currency": _l("not in Canadian dollars"),
    "late": _l("received after the last day"),
    "lapsed": _l("the application had lapsed"),
    "lapsed_in_time": _l("the application had lapsed, but the payment was made in time"),
    "nothing_due": _l("nothing is owing on the case"),
    "to_allocate": _l("came by post: to be put to its case"),
    "reversed": _l("was taken back before it arrived"),
    "not_reversible": _l("takes back a payment that no longer stands"),
    "amount_differs": _l("takes back another sum than the payment"),
}

ITEM: Final = {
    "asked": _l("Awaited"),
    "received": _l("To review"),
    "accepted": _l("Accepted"),
    "refused": _l("Not accepted"),
    "explained": _l("Explanation accepted"),
    "waived": _l("No longer required"),
}

REQUEST: Final = {
    "open": _l("Under way"),
    "satisfied": _l("Complete"),
    "lapsed": _l("Without answer"),
    "withdrawn": _l("Called back"),
    "replaced": _l("Replaced"),
}

FORMAT: Final = {"original": _l("Original"), "certified_copy": _l("Certified true copy"), "photocopy": _l("Legible photocopy")}

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

TARIFF_SOURCE: Final = {
    "Ministry, Hong Kong office, page of fees, 2013": _l("Ministry, Hong Kong office, page of fees, 2013"),
    "Ministry, page “Payment of fees”, state of 2014": _l("Ministry, page “Payment of fees”, state of 2014"),
    "News of the fees of 2016, naming those of 2015": _l("News of the fees of 2016, naming those of 2015"),
    "Ministry, page “Payment of fees”, state of 2016; indexed by 1.09 %": _l("Ministry, page “Payment of fees”, state of 2016; indexed by 1.09 %"),
    "Computed from the official rate of 0.74 %; the chain to 2018 is exact": _l(
        "Computed from the official rate of 0.74 %; the chain to 2018 is exact"
    ),
    "Ministry, page of fees, state of 2018; indexed by 0.82 %": _l("Ministry, page of fees, state of 2018; indexed by 0.82 %"),
    "Ministry, page “Payment of fees”, state of 2019; indexed by 1.71 %": _l("Ministry, page “Payment of fees”, state of 2019; indexed by 1.71 %"),
    "Ministry, page on the payment of fees, state of 2020": _l("Ministry, page on the payment of fees, state of 2020"),
    "Trade press, January 2021; indexed by 1.26 %": _l("Trade press, January 2021; indexed by 1.26 %"),
    "Trade press, 2022; indexed by 2.64 %": _l("Trade press, 2022; indexed by 2.64 %"),
    "Computed from the legal ceiling of 3 % (I-7.1 s. 1)": _l("Computed from the legal ceiling of 3 % (I-7.1 s. 1)"),
    "Trade press, 2025; 2.85 % implied": _l("Trade press, 2025; 2.85 % implied"),
}
"""Where each year's prices come from (fees/tariff.py)."""

MESSAGE: Final = {
    "payment_invitation": _l("Invitation to pay"),
    "payment_received": _l("Receipt of payment"),
    "payment_lapsed": _l("Notice of lapse"),
    "reminder_payment": _l("Reminder: payment"),
    "reminder_documents": _l("Reminder: documents"),
    "reminder_intention": _l("Reminder: observations"),
    "term_moved": _l("New last day"),
    "intention_to_reject": _l("Intention to reject"),
    "intention_withdrawn": _l("Intention withdrawn"),
    "application_rejected": _l("Notice of rejection"),
    "error_corrected": _l("Error of the ministry corrected"),
    "document_request": _l("Request for documents"),
    "item_refused": _l("Document to be sent again"),
    "documents_complete": _l("Documents complete"),
    "acknowledgment": _l("Acknowledgment of receipt"),
    "arrival_refused": _l("Application not received"),
    "admission_annulled": _l("Application annulled"),
    "ended_by_law": _l("End by operation of law"),
    "act_stayed": _l("Application resumed where it stood"),
    "processing_suspended": _l("Processing suspended"),
    "processing_resumed": _l("Processing resumed"),
    "reply": _l("Message of the applicant"),
    "exemption_verified": _l("Ground of exemption recognized"),
    "exemption_denied": _l("Ground of exemption not recognized"),
    "duplicate_refused": _l("Second application not admitted"),
    "withdrawal_confirmed": _l("Withdrawal confirmed"),
    "refund_answered": _l("Decision on the fee paid"),
    "review_reinstated": _l("Reinstated after review"),
    "review_maintained": _l("Maintained after review"),
    "claim_granted": _l("Prevented by a fault: granted"),
    "claim_declined": _l("Prevented by a fault: declined"),
    "examination_declined": _l("Application not examined"),
    **THREAD_MESSAGES,
}

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
FEE_LINE: Final = {
    "principal": _l("Principal applicant"),
    "member": _l("Family members"),
    "add_member_when_csq_valid": _l("Member added, certificate valid"),
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
