"""The mailroom's own pages, as one section of the site."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from backoffice.core.pages import Section, section
from backoffice.mailroom import menu, queries
from backoffice.staff.permissions import Permission

bp = Blueprint("mailroom", __name__)

section(
    Section(label=_l("Mail"), endpoint="mailroom.home", permission=Permission.READ_MAILROOM, order=13, count=queries.count_live, prefix="/mailroom")
)

menu.entry(_l("Room"), "mailroom.home", 10)
bp.app_template_global("mailroom_tabs")(menu.tabs)
