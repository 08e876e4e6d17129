"""What a change calls for, as suggestions."""

from backoffice.intake.changes.values import ChangeKind, FollowUp

FAMILY = frozenset({ChangeKind.FAMILY_ADDED, ChangeKind.FAMILY_REMOVED})


def follow_ups(kind: ChangeKind, *, has_request: bool, principal: bool = False) -> tuple[FollowUp, ...]:
    """What is suggested after a change: nothing is done by itself."""
    found: list[FollowUp] = []
    if kind is ChangeKind.FAMILY_REMOVED and principal:
        return (FollowUp.CLOSE,)
    if kind in FAMILY:
        found.append(FollowUp.REISSUE_LIST if has_request else FollowUp.FIRST_LIST)
    if kind is ChangeKind.FAMILY_ADDED:
        found.append(FollowUp.MEMBER_FEE)
    if kind in {ChangeKind.NAME, ChangeKind.WORK}:
        found.append(FollowUp.NEW_DOCUMENT)
    return tuple(found)
