"""What was said to the public, when and where: « Que disait l’avis à telle date ? », answered so that it can be quoted."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from backoffice.core.formats import instant
from backoffice.core.web import page, requires
from backoffice.desk.forms_windows import QuoteForm
from backoffice.desk.views.blueprint import bp
from backoffice.desk.views.windows.tabs import tabs
from backoffice.desk.windows import acts
from backoffice.desk.windows.acts import Name
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window, WindowNotice
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission


@bp.get("/windows/<code>/notices")
@requires(Permission.READ_WINDOWS)
def window_notices(code: str) -> ResponseReturnValue:
    """The log of notices, latest first; with an instant, the one that was in force then."""
    window = quota_queries.window(code)
    notices = quota_queries.notices(window.id)
    form, asked = QuoteForm(request.args), "at" in request.args
    at = form.at.instant if asked and form.validate() else None
    quoted = next((notice for notice in notices if at and notice.published_at <= at), None)
    may = current_account().may(Permission.MANAGE_WINDOWS)
    act = next((one for one in acts.ACTS if one.name is Name.NOTICE and one.fits(window)), None) if may else None
    return page(
        "desk/window_notices.html", window=window, tabs=tabs(window, "window_notices"), notices=notices, quote_form=form, asked=asked and not form.errors,
        quoted=quoted, at=at, act=act, quote_fr=_quote(window, quoted, "fr"), quote_en=_quote(window, quoted, "en"),
    )  # fmt: skip


def _quote(window: Window, notice: WindowNotice | None, language: str) -> str:
    """A notice with where and when it was said, ready to be pasted into a letter."""
    if notice is None:
        return ""
    text = notice.text_fr if language == "fr" else notice.text_en
    with force_locale(language):
        at, where = instant(notice.published_at), notice.where_published or _("place not recorded")
        return str(_("“%(text)s” (notice on the period %(code)s, published %(at)s: %(where)s)", text=text, code=window.code, at=at, where=where))
