"""Pages: whose mail it is."""

from flask import Blueprint

bp = Blueprint("indexing", __name__)
