"""What is said of intake periods: admissions, the ledger of places and its rules."""

from typing import Final

from flask_babel import lazy_gettext as _l

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
