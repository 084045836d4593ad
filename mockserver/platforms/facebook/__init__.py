"""A social site with Facebook's markup of several years, over the mock world's feed.

``bp`` owns the root of its host: the feed, pages and profiles, log-in, consent, actions, pictures.
The markup follows the world's era, and for phones that of the mobile site (``looks``).
"""

from __future__ import annotations

from flask import Blueprint

from mockserver.platforms.facebook.routes import register

bp = Blueprint("facebook", __name__, template_folder=None, static_folder=None)
register(bp)
