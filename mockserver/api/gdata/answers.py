"""From a request to a response: which view, which form, which headers, and how errors look."""

from __future__ import annotations

import logging
import re
import threading
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from flask import Response, current_app, request
from flask.sansio.app import App
from werkzeug.exceptions import HTTPException

from mockserver.api.gdata import errors, routes
from mockserver.api.gdata.accounts import Accounts
from mockserver.api.gdata.errors import FeedError
from mockserver.api.gdata.feed import (
    Feed,
    Item,
    feed_etag,
    feed_updated,
    item_etag,
)
from mockserver.api.gdata.forms import render
from mockserver.api.gdata.index import Index
from mockserver.api.gdata.names import Version
from mockserver.api.gdata.query import Alt, Query, parse_query, parse_version
from mockserver.api.gdata.request_context import RequestContext
from mockserver.api.gdata.terms import parse_segments, split_outside_braces
from mockserver.context import mock

log = logging.getLogger(__name__)

_HOST = re.compile(r"[A-Za-z0-9._\-]+(?::\d+)?|\[[0-9A-Fa-f:.]+\](?::\d+)?", re.ASCII)
_BUILDING = threading.Lock()
_MAX_AGE_S = 300

#: Videos of a world that is indexed when the server is made; a smaller one is indexed in a moment.
LARGE = 20_000

#: Why nothing can be written here.
READ_ONLY = (
    "Developer key required for this operation: this server's feeds are read-only, "
    "it has no developer keys and changes nothing."
)


def columns(app: App) -> tuple[Index, Accounts]:
    """The index of this server's world, built when first asked for."""
    found = app.extensions.get("gdata")
    if found is None:
        with _BUILDING:
            found = app.extensions.get("gdata")
            if found is None:
                world = app.extensions["mock"].world
                found = app.extensions["gdata"] = (Index(world), Accounts(world))
    index, accounts = found
    return index, accounts


def prepare(app: App) -> None:
    """Build the index of a large world now, so that no request waits for it."""
    if len(app.extensions["mock"].world.videos) >= LARGE:
        columns(app)


def route(here: RequestContext, path: tuple[str, ...], terms: tuple[str, ...]) -> Feed | Item:
    """What ``path`` answers.

    :raises FeedError: 404 where there is nothing, or as the view says
    """
    found = routes.find(path, terms)
    if found is None:
        raise FeedError(404, "There is no such feed.")
    return found.view(here, path, terms)


def answer(rest: str) -> Response:
    """The response to ``/feeds/{rest}``; whatever goes wrong is an error in the right shape."""
    args = request.args.to_dict()
    version = parse_version(args, request.headers.get("GData-Version"))
    try:
        if request.method not in {"GET", "HEAD"}:
            raise FeedError(403, READ_ONLY)
        response = _answer(rest, args, version)
    except FeedError as error:
        response = failure(error, version, args.get("alt", ""))
    response.headers["GData-Version"] = version.label
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(rest: str, args: dict[str, str], version: Version) -> Response:
    parts = split_outside_braces(rest, "/")
    prefix = "/feeds"
    if parts[0] == "api":
        parts, prefix = parts[1:], "/feeds/api"
    terms: list[str] = []
    if "-" in parts:
        parts, terms = parts[: parts.index("-")], _terms(rest)
    while parts and not parts[-1]:
        parts.pop()
    query = parse_query(args, version, parse_segments(terms))
    index, accounts = columns(current_app)
    here = RequestContext(mock().world, index, accounts, query, root_url(prefix))
    found = route(here, tuple(parts), tuple(terms))
    moment = feed_updated(found, here) if isinstance(found, Feed) else found.updated()
    tag = feed_etag(found, here) if isinstance(found, Feed) else item_etag(found, here)
    if _fresh(query, moment, tag):
        response = Response(status=304)
    else:
        body, content_type = render(found, here)
        response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = f"private, max-age={_MAX_AGE_S}, no-transform"
    response.headers["Vary"] = "Accept, GData-Version"
    response.last_modified = moment
    response.expires = datetime.now(UTC) + timedelta(seconds=_MAX_AGE_S)
    if version is Version.V2:
        response.headers["ETag"] = tag
    return response


def _terms(rest: str) -> list[str]:
    """The segments after ``/-/``. Clients of those days wrote a space as ``+`` there too, and a
    plus as ``%2B``: only the address as it was sent tells them apart."""
    sent = str(request.environ.get("REQUEST_URI", "")).partition("?")[0]
    _, marked, path = sent.partition("/-/")
    path = unquote(path.replace("+", " ")) if marked else f"/{rest}".partition("/-/")[2]
    return [part for part in split_outside_braces(path, "/") if part]


def root_url(prefix: str) -> str:
    """The address of the feeds as the client wrote it: its host, its prefix."""
    public = str(request.environ.get("mock.public_path") or request.path)
    before, found, _ = public.partition("/feeds")
    mount = before if found and re.fullmatch(r"(?:/[a-z]+)?", before) else ""
    # A client that names no host speaks to a proxy, or does not follow links.
    host = str(request.environ.get("HTTP_HOST", ""))
    host = host if _HOST.fullmatch(host) else "gdata.youtube.com"
    return f"{request.scheme}://{host}{request.script_root}{mount}{prefix}"


def _fresh(query: Query, moment: datetime, tag: str) -> bool:
    """Does the client have this answer already? Of a period of time that cannot be said."""
    if query.time != "all_time":
        return False
    if query.version is Version.V2 and (known := request.headers.get("If-None-Match")):
        return known.strip() == "*" or tag in (part.strip() for part in known.split(","))
    given = request.headers.get("If-Modified-Since")
    if not given:
        return False
    try:
        since = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return False
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return moment.replace(microsecond=0) <= since


def failure(error: FeedError, version: Version, alt: str) -> Response:
    """``error`` as text (first dialect), XML (second) or compact JSON (``alt=jsonc``)."""
    if alt == Alt.JSONC:
        response = Response(errors.as_jsonc(error), error.status)
        response.content_type = "application/json; charset=UTF-8"
    elif version is Version.V2:
        response = Response(errors.as_xml(error), error.status)
        response.content_type = "application/vnd.google.gdata.error+xml"
    else:
        # The type is the service's own; nothing of the request may become markup.
        text = error.reason.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        response = Response(text, error.status, content_type="text/html; charset=UTF-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'GoogleLogin service="youtube"'
    return response


def crash(error: Exception) -> Response:
    """Anything else that was raised: HTTP errors as they are, bugs as 500 with a log entry."""
    version = parse_version(request.args.to_dict(), request.headers.get("GData-Version"))
    if isinstance(error, HTTPException):
        return failure(FeedError(error.code or 500, error.name), version, "")
    log.error("unexpected failure", exc_info=error)
    return failure(FeedError(500, "Internal error"), version, "")
