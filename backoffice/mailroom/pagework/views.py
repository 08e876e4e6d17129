"""Pages: work on pages."""

from flask import Blueprint

bp = Blueprint("pagework", __name__)
