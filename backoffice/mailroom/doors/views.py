"""Pages: scanners and files."""

from flask import Blueprint

bp = Blueprint("doors", __name__)
