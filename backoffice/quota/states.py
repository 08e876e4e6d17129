"""The life of a window and of an admission: what is not listed cannot happen."""

from typing import Final

from backoffice.quota.statuses import AdmissionAction, AdmissionStatus, WindowAction, WindowState

TRANSITIONS: Final[dict[tuple[AdmissionStatus, AdmissionAction], AdmissionStatus]] = {
    # The first answer to an arrival
    (AdmissionStatus.PENDING, AdmissionAction.REGISTER): AdmissionStatus.REGISTERED,  # drawn and ranked windows; paper while its share is kept
    (AdmissionStatus.PENDING, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,
    (AdmissionStatus.PENDING, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.PENDING, AdmissionAction.WAITLIST): AdmissionStatus.WAITLISTED,
    (AdmissionStatus.PENDING, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,
    # Registered: drawn, invited, or given a place of the paper share
    (AdmissionStatus.REGISTERED, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,
    (AdmissionStatus.REGISTERED, AdmissionAction.INVITE): AdmissionStatus.INVITED,
    (AdmissionStatus.REGISTERED, AdmissionAction.WAITLIST): AdmissionStatus.WAITLISTED,
    (AdmissionStatus.REGISTERED, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,
    (AdmissionStatus.REGISTERED, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.REGISTERED, AdmissionAction.LAPSE): AdmissionStatus.LAPSED,  # a declaration is 12 months old
    (AdmissionStatus.REGISTERED, AdmissionAction.WITHDRAW): AdmissionStatus.WITHDRAWN,
    (AdmissionStatus.REGISTERED, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    (AdmissionStatus.INVITED, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,  # it filed in its 60 days
    (AdmissionStatus.INVITED, AdmissionAction.WAITLIST): AdmissionStatus.WAITLISTED,
    (AdmissionStatus.INVITED, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,
    (AdmissionStatus.INVITED, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.INVITED, AdmissionAction.LAPSE): AdmissionStatus.LAPSED,
    (AdmissionStatus.INVITED, AdmissionAction.WITHDRAW): AdmissionStatus.WITHDRAWN,
    (AdmissionStatus.INVITED, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    # A place is held at submission and confirmed by payment in time
    (AdmissionStatus.PROVISIONAL, AdmissionAction.CONFIRM): AdmissionStatus.CONFIRMED,
    (AdmissionStatus.PROVISIONAL, AdmissionAction.LAPSE): AdmissionStatus.LAPSED,
    (AdmissionStatus.PROVISIONAL, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,  # verified later: gives it back
    (AdmissionStatus.PROVISIONAL, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,  # a person confirmed a duplicate
    (AdmissionStatus.PROVISIONAL, AdmissionAction.WITHDRAW): AdmissionStatus.WITHDRAWN,
    (AdmissionStatus.PROVISIONAL, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    (AdmissionStatus.CONFIRMED, AdmissionAction.UNCONFIRM): AdmissionStatus.PROVISIONAL,  # the payment came back
    (AdmissionStatus.CONFIRMED, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.CONFIRMED, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,
    (AdmissionStatus.CONFIRMED, AdmissionAction.WITHDRAW): AdmissionStatus.WITHDRAWN,
    (AdmissionStatus.CONFIRMED, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    # An exempt application takes no place, but it pays like the others
    (AdmissionStatus.EXEMPT, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,  # claimed, then verified
    (AdmissionStatus.EXEMPT, AdmissionAction.REGISTER): AdmissionStatus.REGISTERED,  # denied, and places are given later
    (AdmissionStatus.EXEMPT, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,  # denied, and a place is free
    (AdmissionStatus.EXEMPT, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,  # denied, and none is
    (AdmissionStatus.EXEMPT, AdmissionAction.LAPSE): AdmissionStatus.LAPSED,
    (AdmissionStatus.EXEMPT, AdmissionAction.WITHDRAW): AdmissionStatus.WITHDRAWN,
    (AdmissionStatus.EXEMPT, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    # Served in order; refused once the window is settled
    (AdmissionStatus.WAITLISTED, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,
    (AdmissionStatus.WAITLISTED, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.WAITLISTED, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,
    (AdmissionStatus.WAITLISTED, AdmissionAction.WITHDRAW): AdmissionStatus.WITHDRAWN,
    (AdmissionStatus.WAITLISTED, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    # What a machine refused or let lapse, a person may review (A-2.1 s. 65.2)
    (AdmissionStatus.LAPSED, AdmissionAction.REINSTATE): AdmissionStatus.PROVISIONAL,
    (AdmissionStatus.LAPSED, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.LAPSED, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,  # a place of the reserve
    (AdmissionStatus.LAPSED, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    (AdmissionStatus.REFUSED, AdmissionAction.REINSTATE): AdmissionStatus.PROVISIONAL,
    (AdmissionStatus.REFUSED, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.REFUSED, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,  # the settlement, or the reserve
    (AdmissionStatus.REFUSED, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,  # for another reason
    (AdmissionStatus.REFUSED, AdmissionAction.ANNUL): AdmissionStatus.ANNULLED,
    # An annulment undone: what it was before
    (AdmissionStatus.ANNULLED, AdmissionAction.REGISTER): AdmissionStatus.REGISTERED,
    (AdmissionStatus.ANNULLED, AdmissionAction.HOLD_PLACE): AdmissionStatus.PROVISIONAL,
    (AdmissionStatus.ANNULLED, AdmissionAction.CONFIRM): AdmissionStatus.CONFIRMED,
    (AdmissionStatus.ANNULLED, AdmissionAction.EXEMPT): AdmissionStatus.EXEMPT,
    (AdmissionStatus.ANNULLED, AdmissionAction.WAITLIST): AdmissionStatus.WAITLISTED,
    (AdmissionStatus.ANNULLED, AdmissionAction.INVITE): AdmissionStatus.INVITED,
    (AdmissionStatus.ANNULLED, AdmissionAction.REFUSE): AdmissionStatus.REFUSED,
    (AdmissionStatus.ANNULLED, AdmissionAction.LAPSE): AdmissionStatus.LAPSED,
}
INITIAL: Final = AdmissionStatus.PENDING
FINAL: Final = frozenset({AdmissionStatus.WITHDRAWN})
# The statuses that take a place under the cap.
TAKES_A_PLACE: Final = frozenset({AdmissionStatus.PROVISIONAL, AdmissionStatus.CONFIRMED})

WINDOW_TRANSITIONS: Final[dict[tuple[WindowState, WindowAction], WindowState]] = {
    (WindowState.DRAFTED, WindowAction.ANNOUNCE): WindowState.ANNOUNCED,
    (WindowState.DRAFTED, WindowAction.ABORT): WindowState.ABORTED,
    (WindowState.ANNOUNCED, WindowAction.ANNOUNCE): WindowState.ANNOUNCED,  # the date was moved
    (WindowState.ANNOUNCED, WindowAction.OPEN): WindowState.OPEN,
    (WindowState.ANNOUNCED, WindowAction.ABORT): WindowState.ABORTED,
    (WindowState.OPEN, WindowAction.SUSPEND): WindowState.SUSPENDED,
    (WindowState.OPEN, WindowAction.CLOSE): WindowState.CLOSED,
    (WindowState.OPEN, WindowAction.ABORT): WindowState.ABORTED,  # 2016-02-16: switched off after half an hour
    (WindowState.OPEN, WindowAction.ANNUL): WindowState.ANNULLED,  # 2018-04-01: opened by mistake
    (WindowState.SUSPENDED, WindowAction.RESUME): WindowState.OPEN,
    (WindowState.SUSPENDED, WindowAction.CLOSE): WindowState.CLOSED,
    (WindowState.SUSPENDED, WindowAction.ABORT): WindowState.ABORTED,
    (WindowState.SUSPENDED, WindowAction.ANNUL): WindowState.ANNULLED,
    (WindowState.CLOSED, WindowAction.SETTLE): WindowState.SETTLED,
    (WindowState.CLOSED, WindowAction.ANNUL): WindowState.ANNULLED,
    (WindowState.SETTLED, WindowAction.ANNUL): WindowState.ANNULLED,
}
WINDOW_INITIAL: Final = WindowState.DRAFTED
WINDOW_FINAL: Final = frozenset({WindowState.ABORTED, WindowState.ANNULLED})
