"""What a form of keying sends."""

from collections.abc import Iterable

from flask import request

from backoffice.mailroom.keying.values import Typed


def typed(ticks: Iterable[str] = ()) -> Typed:
    """The form whole, or one field as it is typed; a tick of a whole form that is not sent is not ticked."""
    sent = dict.fromkeys(ticks, "") | {name: request.form[name] for name in request.form}
    if "name" in sent:
        sent |= {sent["name"]: sent.get("value", "")}
    if sent.get("mark_field"):
        sent[f"mark:{sent['mark_field']}"] = sent.get("mark_kind", "")
    return Typed(sent, _part(sent, "mark:"), sent.get("focus") or sent.get("name"), _part(sent, "taken:"))


def _part(sent: dict[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in sent.items() if name.startswith(prefix)}


def act() -> tuple[str, str]:
    """The button that was pressed, and what it is about: « page:3 », « take:principal-family_name »."""
    name, _colon, about = request.form.get("do", "").partition(":")
    return name, about
