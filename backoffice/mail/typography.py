"""French as it is set in print: signs that never begin a line keep the word before them."""

import re

NBSP = "\u00a0"

_TEXT = re.compile(r">[^<>]+<")
_KEPT = re.compile(r"(?<=\S) (?=[:;!?»%$](?:[\s<.,)]|$))|(?<=«) |(?<=\d) (?=(?:jours?|h|\$)\b)")


def set_french(html: str) -> str:
    """Put a space that does not break before high signs, inside quotation marks and between a number and its unit.

    English is not changed by it: none of these signs has a space before it there.
    """
    return _TEXT.sub(lambda text: _KEPT.sub(NBSP, text[0]), html)
