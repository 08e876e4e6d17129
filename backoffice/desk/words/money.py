"""What is said of fees, receipts and the tariff."""

from typing import Final

from flask_babel import lazy_gettext as _l

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
FEE_LINE: Final = {
    "principal": _l("Principal applicant"),
    "member": _l("Family members"),
    "add_member_when_csq_valid": _l("Member added, certificate valid"),
}
