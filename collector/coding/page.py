"""The sheet as a local page: one item at a time, coded by keyboard, saved at once.

Protects three things. The coder's blindness: nothing of arm, puppet, rank or count reaches the
page. Her work: a decision is acknowledged when it is in the file. And the machine: the page
answers on loopback only and under no other name, everything lies under a secret path, what changes
something needs a header that no other site can send, and a strict policy lets the page load nothing
from anywhere else.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from collector.coding.desk import Desk, NotAllowed, NotThere
from collector.coding.items import to_code
from collector.coding.pictures import Pictures
from collector.common.errors import UserError
from collector.export import open_run_store
from collector.serving import answering, bound_here

HEADER = "X-Twinwatch"
"""What changes something has to come with it: a form of another site cannot send it."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_MOST_BODY = 20_000
_STATIC = {
    "": ("page.html", "text/html; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
}


def make_app(
    desk: Desk, pictures: Pictures, token: str, names: frozenset[str], *, linked: bool = True
) -> Flask:
    """The page of one sheet.

    :param token: the first part of every path.
    :param names: the values of ``Host`` that are answered.
    :param linked: items have a link to the real site.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BODY

    @app.before_request
    def known() -> None:
        """Only this machine's own name, only with the token, and writing only from the page."""
        if request.host not in names:
            abort(403)
        given = (request.view_args or {}).get("token", "")
        if not hmac.compare_digest(str(given).encode(), token.encode()):
            abort(404)
        if request.method == "POST":
            origin = request.headers.get("Origin")
            own = origin is None or origin.removeprefix("http://") == request.host
            if request.headers.get(HEADER) != "1" or not request.is_json or not own:
                abort(403)

    @app.after_request
    def guarded(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return answer

    @app.errorhandler(HTTPException)
    def plainly(error: HTTPException) -> tuple[dict[str, str], int]:
        return {"error": error.name}, error.code or 500

    @app.get("/<token>/")
    def page(token: str) -> Response:
        return _static("")

    @app.get("/<token>/<name>")
    def static(token: str, name: str) -> Response:
        if name not in _STATIC:
            abort(404)
        return _static(name)

    @app.get("/<token>/items")
    def items(token: str) -> dict[str, Any]:
        return {
            "sheet": desk.sheet.name,
            # a list: the order of an object's keys is nobody's promise, least of all of "1", "0"
            "labels": [[label, about] for label, about in desk.codebook.labels.items()],
            "scale": desk.codebook.scale,
            "items": [asdict(row) | ({} if linked else {"url": ""}) for row in desk.rows()],
        }

    @app.get("/<token>/picture/<item>")
    def picture(token: str, item: str) -> Response:
        found = pictures.of(item)
        if found is None:
            return Response(status=204)  # an error would stand in the browser's log
        answer = Response(found.data, content_type=found.mime)
        answer.headers["Content-Security-Policy"] = PICTURE_POLICY
        return answer

    @app.post("/<token>/code")
    def code(token: str) -> Any:
        said = request.get_json()
        if not isinstance(said, dict) or not isinstance(said.get("row"), int):
            abort(400)
        label, note, item = (said.get(name) for name in ("label", "note", "item_id"))
        if not all(isinstance(text, str) for text in (label, note, item)):
            abort(400)
        try:
            row = desk.code(
                said["row"],
                str(item),
                label=str(label),
                unsure=said.get("unsure") is True,
                note=str(note),
            )
        except (NotAllowed, NotThere) as error:
            return {"error": f"{error.problem}: {error.fix}"}, 409
        except (UserError, OSError) as error:
            return {"error": f"the sheet cannot be written: {error}"}, 500
        return asdict(row)

    return app


def _static(name: str) -> Response:
    file, mime = _STATIC[name]
    text = files("collector.coding").joinpath("static", file).read_bytes()
    return Response(text, content_type=mime)


@contextmanager
def coding(run: Path, desk: Desk, port: int = 0) -> Iterator[str]:
    """The page answers on 127.0.0.1 while the block runs; yields its address with the token.

    :param port: 0 is any free one.
    :raises UserError: the port is taken, or there is no run.
    """
    with open_run_store(run) as store:
        items = to_code(store)
        # what the bundled mock made up is not on the real site, or is somebody else's video there
        linked = all(each["site"] != "mock" for each in store.runs())
    token = secrets.token_urlsafe(24)
    bound, chosen, names = bound_here(port)
    app = make_app(desk, Pictures(run, items), token, names, linked=linked)
    with answering(app, bound, ident="twinwatch", threads=4, most_body_bytes=_MOST_BODY):
        yield f"http://127.0.0.1:{chosen}/{token}/"
