"""Pages: where the paper is."""

from flask import Blueprint

bp = Blueprint("custody", __name__)
