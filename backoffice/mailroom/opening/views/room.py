"""Pages of opening the mail, in the mailroom's section of the site."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from backoffice.mailroom import menu

bp = Blueprint("opening", __name__)

menu.entry(_l("Deliveries"), "opening.deliveries", 20)
