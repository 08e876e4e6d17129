"""The words of requests for access."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

CHANNEL: Final = {"mail": _l("by mail"), "email": _l("by e-mail"), "portal": _l("through the portal"), "counter": _l("at the counter")}
GROUND: Final = {
    "notes": _l("personal notes, drafts, preparatory notes (A-2.1, s. 9)"),
    "third_party": _l("personal information on somebody else (A-2.1, s. 88)"),
    "advice": _l("advice or recommendation (A-2.1, s. 37)"),
    "inquiry": _l("inquiry under way (A-2.1, s. 28)"),
    "identity": _l("identity or quality not established (A-2.1, s. 94)"),
}
ITEM: Final = {
    "document": _lp("access", "Document"), "message": _lp("access", "Message"), "note": _lp("access", "Internal note"), "fact": _lp("access", "Act"),
}  # fmt: skip
STATE: Final = {
    "open": _lp("access", "to be answered"), "reviewed": _lp("access", "looked at, to be given"), "released": _lp("access", "given"),
    "refused": _lp("access", "refused"),
}  # fmt: skip

TABLES: Final[Mapping[str, Mapping[str, object]]] = {
    "access_channel": CHANNEL, "access_ground": GROUND, "access_item": ITEM, "access_state": STATE,
}  # fmt: skip
