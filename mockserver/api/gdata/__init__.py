"""The YouTube GData feeds of 2007 over the mock's world (``docs/api-gdata.md`` lists the feeds).

Answers ``/feeds/…`` and ``/feeds/api/…`` alike; what is asked for under one prefix links to itself
under the same. Reading needs no key, writing is refused with the reason.
"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState
from lxml import etree
from werkzeug.routing import BaseConverter

from mockserver.api.gdata import answers
from mockserver.api.gdata.names import APP, ATOM, SCHEMES, YT, Version

bp = Blueprint("gdata", __name__)

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class _Rest(BaseConverter):
    """The rest of a path whatever is in it (``path`` stops at line breaks)."""

    regex = r"[\s\S]*"
    part_isolating = False


@bp.record
def _prepared(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["feedpath"] = _Rest
    answers.prepare(state.app)


@bp.route("/schemas/2007/<name>.cat", methods=_METHODS[:2])
def categories(name: str) -> Response:
    """The document that lists the terms of a category scheme; keywords and tags are anybody's."""
    if name not in SCHEMES:
        return answers.answer(f"../schemas/2007/{name}.cat")
    app = APP[Version.V1]
    root = etree.Element(f"{{{app}}}categories", nsmap={"app": app, "atom": ATOM})
    root.set("fixed", "yes" if SCHEMES[name] else "no")
    root.set("scheme", f"{YT}/{name}.cat")
    for term, label in SCHEMES[name].items():
        etree.SubElement(root, f"{{{ATOM}}}category", term=term, label=label)
    body = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Response(body, content_type="application/atomcat+xml; charset=UTF-8")


@bp.route("/feeds/<feedpath:rest>", methods=_METHODS)
def feeds(rest: str) -> Response:
    """Every feed and entry."""
    return answers.answer(rest)


@bp.route("/<feedpath:rest>", methods=_METHODS)
def elsewhere(rest: str) -> Response:
    """Under this host or prefix there is nothing else."""
    return answers.answer(f"../{rest}")


bp.register_error_handler(Exception, answers.crash)
