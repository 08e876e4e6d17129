"""The public report of an intake period: the page, and the file to publish."""

from io import BytesIO

from flask import request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from backoffice.core import clock, formats
from backoffice.core.web import page, requires
from backoffice.desk.report import document
from backoffice.desk.views.blueprint import bp
from backoffice.desk.views.windows.tabs import tabs
from backoffice.quota import queries as quota_queries
from backoffice.staff.permissions import Permission


@bp.get("/windows/<code>/report")
@requires(Permission.READ_WINDOWS)
def window_report(code: str) -> ResponseReturnValue:
    """The report as it stands; it names nobody."""
    window = quota_queries.window(code)
    made = document.report(window, at=clock.now())
    return page("desk/report.html", window=window, report=made, chart=document.on_page, tabs=tabs(window, "window_report"))


@bp.get("/windows/<code>/report.pdf")
@requires(Permission.READ_WINDOWS)
def window_report_pdf(code: str) -> ResponseReturnValue:
    """The file to publish, in the language asked for."""
    window = quota_queries.window(code)
    asked = request.args.get("lang", "")
    language = asked if asked in {"fr", "en"} else formats.locale_code()
    with force_locale(language):
        made = document.pdf(document.report(window, at=clock.now()))
    return send_file(BytesIO(made), "application/pdf", download_name=f"{code}-{language}.pdf")
