"""Pages: scans being read."""

from flask import Blueprint

bp = Blueprint("pipeline", __name__)
