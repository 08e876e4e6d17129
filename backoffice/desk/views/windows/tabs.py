"""The pages of one period, in a row; and the filters that its templates use."""

from datetime import datetime

from babel.dates import format_date, format_time
from flask import current_app, url_for
from flask_babel import gettext as _

from backoffice.core import formats
from backoffice.core.clock import MONTREAL
from backoffice.desk.views.blueprint import bp
from backoffice.desk.windows import acts
from backoffice.quota.models import Window
from backoffice.quota.values import WindowState


def tabs(window: Window, current: str) -> list[dict[str, object]]:
    """Links to the pages of a period; those that do not concern it are left out."""
    before = window.state in {WindowState.DRAFTED, WindowState.ANNOUNCED}
    named = [
        ("window", _("The period"), True), ("window_arrivals", _("Arrivals"), not before), ("window_draw", _("Draw"), acts.order(window) == "draw"),
        ("window_versions", _("Versions of the decision"), True), ("window_notices", _("Notices"), True), ("window_report", _("Public report"), not before),
    ]  # fmt: skip
    return [
        {"label": label, "url": url_for(f"desk.{endpoint}", code=window.code), "current": endpoint == current}
        for endpoint, label, shown in named
        if shown and f"desk.{endpoint}" in current_app.view_functions
    ]


@bp.app_template_filter("minute")
def minute(at: datetime) -> str:
    """The hour and minute of Montréal: « 8 h 31 »."""
    return formats.instant(at).rsplit(", ", 1)[1]


@bp.app_template_filter("second")
def second(at: datetime) -> str:
    """An instant to the second: arrivals of one minute must be told apart."""
    if formats.locale_code() == "en":
        return f"{format_date(at.astimezone(MONTREAL).date(), 'd MMM y', locale='en_CA')}, {format_time(at.astimezone(MONTREAL), 'h:mm:ss a', locale='en_CA')}"
    return f"{formats.instant(at)}{formats.NBSP}min{formats.NBSP}{at.astimezone(MONTREAL):%S}{formats.NBSP}s"
