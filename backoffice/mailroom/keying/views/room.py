"""The pages of keying, as a line of the room's menu."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from backoffice.mailroom import menu

bp = Blueprint("keying", __name__)

menu.entry(_l("Keying"), "keying.work", 50)
