"""The addresses of the site: the feed and its parts, profiles, log-in, consent, actions, pictures.

Actions are POSTs with a JSON body from this origin. Nothing redirects to an address that a request
names.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request, send_from_directory
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from collector.common.model import PageKind, PageStatus
from mockserver.context import mock
from mockserver.platforms.facebook import pages, visits
from mockserver.platforms.facebook.feeds import BadCursor, part, seal, unseal
from mockserver.platforms.facebook.pages import STATIC
from mockserver.platforms.facebook.visits import Visit
from mockserver.platforms.facebook.words import TEXT
from mockserver.platforms.origin import check_origin
from mockserver.platforms.youtube import pictures

#: How long the fault ``slow`` keeps a page waiting (s).
SLOW_S = 2.0


def register(bp: Blueprint) -> None:
    """Add the site's addresses."""
    rules: tuple[tuple[str, Callable[[], Response], str], ...] = (
        ("/", home, "GET"),
        ("/home.php", home, "GET"),
        ("/login/", log_in, "GET POST"),
        ("/login.php", log_in, "GET POST"),
        ("/logout.php", log_out, "POST"),
        ("/checkpoint/", checkpoint, "GET"),
        ("/pages/", directory, "GET"),
        ("/ajax/feed/more", more, "GET"),
        ("/ajax/feed/refresh", refresh, "POST"),
        ("/ajax/like", like, "POST"),
        ("/ajax/follow", follow, "POST"),
        ("/ajax/hide", hide, "POST"),
        ("/ajax/silence", silence, "POST"),
        ("/cookie/consent/", consent, "POST"),
        ("/favicon.ico", favicon, "GET"),
    )
    for number, (rule, view, methods) in enumerate(rules):
        bp.add_url_rule(rule, f"{view.__name__}{number}", view, methods=methods.split())
    bp.add_url_rule("/_pic/<size>/<name>", view_func=picture, methods=["GET"])
    bp.add_url_rule("/_static/<path:name>", view_func=static_file, methods=["GET"])
    bp.add_url_rule("/<path:rest>", "other", other, methods=["GET"])


def _visit() -> Visit:
    visit = visits.visit_of(request, mock().world)
    visit.world.truth.probe(
        visit.visitor,
        {
            "headers": {name: value for name, value in request.headers.items() if name != "Cookie"},
            "cookies": sorted(request.cookies),
        },
    )
    return visit


def _target() -> str:
    """The address asked for as the browser knows it (mount prefix left out)."""
    path = str(request.environ.get("mock.public_path", request.path))
    path = path.removeprefix("/_site/facebook") or "/"
    query = request.query_string.decode("utf-8", "replace")
    return f"{path}?{query}" if query else path


def _html(visit: Visit, text: str, status: int = 200) -> Response:
    response = make_response(text, status)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache, no-store, must-revalidate"
    response.headers["Vary"] = "Accept-Language, Cookie, User-Agent"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return visit.keep(response)


def _log(visit: Visit, load: str, kind: PageKind, status: PageStatus) -> None:
    visit.world.truth.page(
        visit.visitor, load=load, path=_target(), kind=kind.value, status=status.value,
        lang=visit.language.tag,
    )  # fmt: skip


def _ended(visit: Visit, load: str) -> str | None:
    """How a load ends by a truth's will; the feed's truths have no clock."""
    if not visit.world.ruling or not visit.consented or visit.account is None:
        return None
    found = visit.world.ruling.ending(visit.visitor, 0.0, load, visit.viewer.loads, frozenset())
    return found[1].value if found is not None else None


def _interrupted(visit: Visit, load: str, kind: PageKind) -> Response | None:
    """The page that stands in the way of the one asked for: a fault, the log-in, the consent."""
    world = visit.world
    if world.fault("slow", visit.visitor, load):
        time.sleep(SLOW_S)
    ended = _ended(visit, load)
    if ended == "server_error" or world.fault("server_error", visit.visitor, load):
        _log(visit, load, kind, PageStatus.ERROR)
        return _html(visit, pages.trouble(visit, "error"), 500)
    if ended == "captcha" or world.fault("captcha", visit.visitor, load):
        _log(visit, load, kind, PageStatus.CAPTCHA)
        return _html(visit, pages.trouble(visit, "captcha"))
    if not visit.consented:
        _log(visit, load, kind, PageStatus.CONSENT)
        return _html(visit, pages.gate(visit, consent=True))
    if visit.account is None or ended == "login" or world.fault("login", visit.visitor, load):
        _log(visit, load, kind, PageStatus.LOGIN)
        return _html(visit, pages.gate(visit, consent=False))
    return None


def home() -> Response:
    """The feed: a new load is a new timeline."""
    visit = _visit()
    load = visit.next_load()
    stopped = _interrupted(visit, load, PageKind.HOME)
    if stopped is not None:
        return stopped
    first = part(visit, load)
    _log(visit, load, PageKind.HOME, PageStatus.OK if first.html else PageStatus.EMPTY)
    return _html(visit, pages.feed(visit, load, first, _cursor(visit, load, first.next)))


def _cursor(visit: Visit, load: str, start: int | None) -> str | None:
    return None if start is None else seal(visit, load, start)


def more() -> Response:
    """The next places of a timeline: ``cursor``."""
    visit = _visit()
    try:
        load, start = unseal(visit, request.args.get("cursor", ""))
    except BadCursor as error:
        raise BadRequest("unknown cursor") from error
    _signed_in(visit)
    if visit.world.fault("slow", visit.visitor, f"{load}:{start}"):
        time.sleep(SLOW_S)
    found = part(visit, load, start)
    return _json(visit, html=str(found.html), cursor=_cursor(visit, load, found.next))


def refresh() -> Response:
    """A new timeline for a document that is open already."""
    visit, _ = _begin()
    load = visit.next_load()
    first = part(visit, load)
    _log(visit, load, PageKind.HOME, PageStatus.OK)
    html = pages.timeline(visit, load, first, _cursor(visit, load, first.next))
    return _json(visit, html=str(html), load=load)


def other(rest: str) -> Response:
    """A profile, a post, or nothing."""
    visit = _visit()
    load = visit.next_load()
    kind = PageKind.CHANNEL
    stopped = _interrupted(visit, load, kind)
    if stopped is not None:
        return stopped
    first, *others = rest.strip("/").split("/")
    number = request.args.get("id", "")
    if first == "permalink.php":
        first = "profile.php"
    elif first in ("pages", "groups") and others:
        first, number = "profile.php", others[-1] if first == "pages" else others[0]
    source = visit.social.sources.by_path(first, number)
    if source is None:
        _log(visit, load, kind, PageStatus.UNAVAILABLE)
        return _html(visit, pages.trouble(visit, "unavailable"), 404)
    listed = pages.shown_of(visit, source)
    _log(visit, load, kind, PageStatus.OK if listed else PageStatus.EMPTY)
    return _html(visit, pages.profile(visit, load, source))


def directory() -> Response:
    """Pages to follow, by topic."""
    visit = _visit()
    load = visit.next_load()
    stopped = _interrupted(visit, load, PageKind.OTHER)
    if stopped is not None:
        return stopped
    _log(visit, load, PageKind.OTHER, PageStatus.OK)
    return _html(visit, pages.directory(visit, load))


# -- log-in and consent --------------------------------------------------------------------------


def log_in() -> Response:
    """The log-in page; on the mock every address and password is an account."""
    visit = _visit()
    if request.method == "POST":
        check_origin(request)
        name = request.form.get("email", "").strip()[:200]
        if not name or not request.form.get("pass"):
            return _html(visit, pages.gate(visit, consent=not visit.consented))
        response = make_response("", 302)
        response.headers["Location"] = "/"
        visits.remember(response, visits.ACCOUNT, pages.account_number(name))
        return visit.keep(response)
    _log(visit, "", PageKind.OTHER, PageStatus.LOGIN)
    return _html(visit, pages.gate(visit, consent=not visit.consented))


def log_out() -> Response:
    """Answer with the account's cookie deleted and the way home."""
    visit = _visit()
    response = make_response("", 302)
    response.headers["Location"] = "/"
    response.delete_cookie(visits.ACCOUNT, path="/")
    return visit.keep(response)


def checkpoint() -> Response:
    """Answer the page that takes a visitor for a robot, and log it as a captcha."""
    visit = _visit()
    _log(visit, "", PageKind.OTHER, PageStatus.CAPTCHA)
    return _html(visit, pages.trouble(visit, "captcha"))


def consent() -> Response:
    """``{"choice": "accept" | "reject"}``."""
    visit, body = _begin(signed_in=False)
    choice = body.get("choice")
    if choice not in ("accept", "reject"):
        raise BadRequest("choice must be accept or reject")
    visit.viewer.consent(choice)
    response = _json(visit, consented=choice)
    visits.remember(response, visits.CONSENT, choice)
    return response


# -- actions -------------------------------------------------------------------------------------


def _signed_in(visit: Visit) -> None:
    if visit.account is None or not visit.consented:
        raise Forbidden("log in first")


def _begin(*, signed_in: bool = True) -> tuple[Visit, dict[str, Any]]:
    check_origin(request)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    visit = visits.visit_of(request, mock().world)
    if signed_in:
        _signed_in(visit)
    return visit, body


def _json(visit: Visit, **values: object) -> Response:
    return visit.keep(jsonify({"ok": True, **values}))


def _post(visit: Visit, body: dict[str, Any]) -> str:
    post_id = body.get("post")
    if not isinstance(post_id, str) or visit.social.post(post_id) is None:
        raise NotFound("no such post")
    return post_id


def _on(body: dict[str, Any]) -> bool:
    on = body.get("on", True)
    if not isinstance(on, bool):
        raise BadRequest("on must be true or false")
    return on


def like() -> Response:
    """``{"post": id, "on": true | false}``."""
    visit, body = _begin()
    post = _post(visit, body)
    visit.viewer.like(post, _on(body))
    return _json(visit, on=post in visit.viewer.likes)


def hide() -> Response:
    """``{"post": id}``; the answer offers to hide all of its source, too."""
    visit, body = _begin()
    visit.viewer.hide(_post(visit, body))
    return _json(visit, hidden=True, offer=TEXT[visit.language.tag]["hide_all"])


def silence() -> Response:
    """``{"post": id}``: nothing more of its source."""
    visit, body = _begin()
    post = visit.social.post(_post(visit, body))
    assert post is not None
    visit.viewer.silence(post.source_id)
    return _json(visit, silenced=True)


def follow() -> Response:
    """``{"page": id, "on": true | false}``."""
    visit, body = _begin()
    page = body.get("page")
    source = visit.social.sources.by_id.get(page) if isinstance(page, str) else None
    if source is None or source.kind.value != "page":
        raise NotFound("no such page")
    visit.viewer.follow(source.id, _on(body))
    return _json(visit, on=source.id in visit.viewer.follows)


# -- files ---------------------------------------------------------------------------------------


def picture(size: str, name: str) -> Response:
    """A portrait, a photograph or the picture of a card: a function of its name."""
    seed = name.removesuffix(".svg")[:80]
    if size == "p50x50":
        source = mock().world.social.sources.by_id.get(seed)
        text = pictures.avatar(seed, source.name if source else "?")
    else:
        text = pictures.thumbnail(seed, "")
    return _svg(text)


def _svg(text: str) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def static_file(name: str) -> Response:
    """Answer a script or style of the site, which is never cached."""
    return send_from_directory(STATIC, name, max_age=0)


def favicon() -> Response:
    """Answer the site's icon."""
    return _svg(pages.ICON)
