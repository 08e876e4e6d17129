"""The columns of a file to take over, and how a header's repeated ones make a spouse and children."""

import re
from typing import Final

PERSON: Final = ("family_name", "given_names", "sex", "birth_date", "birth_country", "citizenships", "passport_number")
"""What is said of each person."""

PLAIN: Final = frozenset(
    {
        "number", "programme", "received_on", "channel", "language", "status", "fee_paid_cents", "fee_paid_on", "exempt_ground",
        "destination_region", "civil_status", "email", "phone", "locality", "region", "postal_code", "country", "spouse", "children",
        *PERSON,
    }
)  # fmt: skip
"""Columns of a CSV file, and members of a JSON one."""

REQUIRED: Final = ("number", "programme", "received_on", "family_name", "sex", "birth_date", "citizenships", "country")
"""Columns without which no line could be taken."""

MEMBERS: Final = PLAIN | {"address_lines"}
"""Members of a line as JSON has them, or as the columns of CSV were put together."""

_ADDRESS: Final = re.compile(r"address_([1-6])")
_MEMBER: Final = re.compile(rf"(spouse|child(?:[1-9]|[12][0-9]|30))_({'|'.join(PERSON)})")


def place(column: str) -> tuple[str, str] | None:
    """Where a repeated column of CSV belongs: (spouse or childN, member), (address, line); nothing for a plain or unknown one."""
    if match := _MEMBER.fullmatch(column):
        return match[1], match[2]
    if match := _ADDRESS.fullmatch(column):
        return "address", match[1]
    return None


def unknown(header: list[str]) -> list[str]:
    """Columns that do not exist: a misspelt one is never dropped in silence."""
    return [column for column in header if column not in PLAIN and place(column) is None]


def gather(cells: dict[str, object], places: dict[str, tuple[str, str]]) -> dict[str, object]:
    """The cells of a line with its spouse, children and address put together from their repeated columns."""
    groups: dict[str, dict[str, object]] = {}
    plain: dict[str, object] = {}
    for column, value in cells.items():
        where = places.get(column)
        if where is None:
            plain[column] = value
        else:
            groups.setdefault(where[0], {})[where[1]] = value
    if address := groups.pop("address", None):
        plain["address_lines"] = [address[key] for key in sorted(address)]
    if spouse := groups.pop("spouse", None):
        plain.setdefault("spouse", spouse)
    if groups:
        children = [groups[key] for key in sorted(groups, key=lambda name: int(name.removeprefix("child")))]
        plain.setdefault("children", children)
    return plain
