"""The blueprint of the video site: every address of its host."""

from __future__ import annotations

from flask import Blueprint

from mockserver.platforms.youtube import beacons, routes

bp = Blueprint("youtube", __name__, template_folder="templates", static_folder=None)
routes.register(bp)
beacons.register(bp)
