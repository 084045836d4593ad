"""A video site with YouTube's markup, of today or of 2022, over the mock world."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("youtube", __name__, template_folder="templates", static_folder=None)
