"""Wrong programme: who comes to a door that is not theirs is told which one is (S-7)."""

from flask_babel import get_locale

from backoffice.intake import programmes


def right_door(programme: str) -> str | None:
    """For a programme that no window names: where it is received, in the reader's language; None where we know no other door."""
    door = programmes.door(programme)
    if door is None:
        return None
    return door.sentence("en" if str(get_locale() or "fr").startswith("en") else "fr")
