"""Pages: returns."""

from flask import Blueprint

bp = Blueprint("returns", __name__)
