"""States of a declaration of substitution scanning."""

from enum import StrEnum


class DeclarationState(StrEnum):
    """Where a declaration stands: its pages are looked at, both have signed, or it was given up."""

    DRAFT = "draft"
    SIGNED = "signed"
    SEALED = "sealed"
    GIVEN_UP = "given_up"


class DeclarationAction(StrEnum):
    """What is done with it."""

    SIGN = "sign"
    SEAL = "seal"
    GIVE_UP = "give_up"


DECLARATIONS = {
    (DeclarationState.DRAFT, DeclarationAction.SIGN): DeclarationState.SIGNED,
    (DeclarationState.SIGNED, DeclarationAction.SEAL): DeclarationState.SEALED,
    (DeclarationState.DRAFT, DeclarationAction.GIVE_UP): DeclarationState.GIVEN_UP,
    (DeclarationState.SIGNED, DeclarationAction.GIVE_UP): DeclarationState.GIVEN_UP,
}
"""What is sealed stays as it is."""
