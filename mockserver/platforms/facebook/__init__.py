"""A social site with Facebook's markup, of 2019 or of 2020 and later, over the mock world's feed.

``bp`` owns the root of its host: the feed, pages and profiles, log-in, consent, actions, pictures.
The markup follows the world's era: ``2019`` has the old one (``userContentWrapper``), every other
era the newer one (``FeedUnit``, classes without meaning).
"""

from __future__ import annotations

from flask import Blueprint

from mockserver.platforms.facebook.routes import register

bp = Blueprint("facebook", __name__, template_folder=None, static_folder=None)
register(bp)
