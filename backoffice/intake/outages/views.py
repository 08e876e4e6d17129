"""Pages of outages."""

from flask import Blueprint

bp = Blueprint("outages", __name__)
