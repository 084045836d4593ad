"""A video site with YouTube's markup, of today or of 2022, over the mock world.

``bp`` owns the root of its host: pages, in-page navigation, lazy lists, actions, pictures, player.
"""

from __future__ import annotations

from flask import Blueprint

from mockserver.platforms.youtube import beacons, routes

bp = Blueprint("youtube", __name__, template_folder="templates", static_folder=None)
routes.register(bp)
beacons.register(bp)
