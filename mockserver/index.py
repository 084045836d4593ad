"""The page at the root of the API host: what is here, for people.

Protects two rules: every example that it prints works on this server when it is copied, and the
page needs nothing but itself.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import NotFound

from collector import __version__
from mockserver.context import mock
from mockserver.mounted import FACES

bp = Blueprint("index", __name__, template_folder="templates")


@bp.get("/")
def index() -> Response:
    """Sites, APIs, counts and the truth log, with examples to copy."""
    state = mock()
    world = state.world
    root = request.url_root
    page = render_template(
        "mockserver/index.html",
        version=__version__,
        config=state.config,
        era=world.era,
        world=world.counts(),
        faces=[(face, face.entry(state, root)) for face in FACES if face.entry is not None],
        root=root,
    )
    return Response(page, mimetype="text/html")


@bp.app_errorhandler(404)
def nothing_here(error: NotFound) -> Response | NotFound:
    """404 of the API host, as JSON; a site's own pages are the site's business."""
    if request.path.startswith("/_site/"):
        return error
    public = request.environ.get("mock.public_path", request.path)
    answer = jsonify(
        {"error": True, "message": f"nothing at {public}; {request.url_root} lists what there is"}
    )
    answer.status_code = 404
    return answer
