"""``GET /openapi.json``: all JSON APIs of this mock in one OpenAPI 3.1 description.

Protects the rule that the description is true: every route is in it or on the short list of
:data:`LEFT_OUT`, and every answer is of a described status, type and shape.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, current_app

from collector import __version__
from collector.common.identity import js_json
from mockserver.api.tubearchivist.archive import Archive
from mockserver.mounted import FACES
from mockserver.openapi.operations import Description
from mockserver.openapi.shapes import schema

bp = Blueprint("openapi", __name__)

#: A video of every world, with comments.
_KNOWN = "dQw4w9WgXcQ"

#: Beginnings of endpoint names -> why they are not described.
LEFT_OUT = {
    "index.": "a page for people",
    "openapi.": "this description",
} | {name: why for face in FACES for name, why in face.undescribed.items()}


def described_apis(app: Flask) -> tuple[Description, ...]:
    """The described APIs of this mock."""
    return tuple(face.description(app) for face in FACES if face.description is not None)


def document(app: Flask) -> dict[str, Any]:
    """The description, with examples that work on this server.

    Paths stand in the order of their text, so that two versions can be compared line by line.
    """
    here = _here(app.extensions["tubearchivist"])
    found = described_apis(app)
    paths = {path: item for face in found for path, item in face.paths(here).items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "twinwatch mockserver",
            "version": __version__,
            "description": "A mock of four historical APIs over one seeded world. All answers are "
            "to GET also given to HEAD, without a body.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": face.name, "description": face.about} for face in found],
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {
            "schemas": {
                name: schema(shape) for face in found for name, shape in face.shapes.items()
            },
            "securitySchemes": {
                name: dict(scheme) for face in found for name, scheme in face.schemes.items()
            },
        },
    }


def _here(archive: Archive) -> dict[str, str]:
    """Ids that this server's archive has, for the examples."""
    known = {
        "video": archive.videos,
        "channel": archive.channels,
        "playlist": archive.playlists,
        "download": archive.downloads,
    }
    found = {name: next(iter(table.ids()), None) for name, table in known.items()}
    if _KNOWN in archive.videos:
        found["video"] = _KNOWN
    return {name: key for name, key in found.items() if key is not None}


@bp.get("/openapi.json")
def openapi() -> Response:
    """The description of this server."""
    app: Any = current_app
    kept = app.extensions.setdefault("openapi.text", {})
    ids = tuple(sorted(_here(app.extensions["tubearchivist"]).items()))
    text = kept.get(ids)
    if text is None:
        kept.clear()
        text = kept[ids] = js_json(document(app))
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
