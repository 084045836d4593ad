"""The blueprint of the social site: every address of its host."""

from __future__ import annotations

from flask import Blueprint

from mockserver.platforms.facebook.routes import register

bp = Blueprint("facebook", __name__, template_folder=None, static_folder=None)
register(bp)
