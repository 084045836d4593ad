"""The addresses of the site: pages, in-page navigation, continuations, actions, pictures, scripts.

Nothing here redirects to an address that a request names: ``navigate`` answers with the page itself,
and sign-in and captcha pages keep the address as text only.
"""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, make_response, request, send_from_directory
from werkzeug.exceptions import BadRequest, NotFound

from collector.model import PageKind, PageStatus, Surface
from mockserver.context import mock
from mockserver.platforms.youtube import actions, innertube, pages, pictures, visits
from mockserver.platforms.youtube.documents import STATIC, document, interstitial
from mockserver.platforms.youtube.rendering import macro
from mockserver.platforms.youtube.tokens import BadToken, Continuation, More, seal, unseal
from mockserver.platforms.youtube.visits import Visit
from mockserver.platforms.youtube.watch import comment_view

#: How long the fault ``slow`` keeps a page waiting (s).
SLOW_S = 2.0

#: Threads of comments a continuation brings.
_THREADS = 10

_SHORT = re.compile(r"/shorts/([A-Za-z0-9_-]{11})(?:[/?].*)?\Z")

_PAGE_PATHS = (
    "/", "/watch", "/results", "/channel/<path:rest>", "/user/<path:rest>", "/c/<path:rest>",
    "/shorts/", "/shorts/<path:rest>", "/feed/<path:rest>",
)  # fmt: skip


def register(bp: Blueprint) -> None:
    """Add the site's addresses."""
    for number, rule in enumerate(_PAGE_PATHS):
        bp.add_url_rule(rule, f"page{number}", view_page, methods=["GET"])
    bp.add_url_rule("/<path:rest>", "other", view_page, methods=["GET"])
    bp.add_url_rule("/youtubei/v1/navigate", view_func=navigate, methods=["GET"])
    for name in ("browse", "next", "search"):
        bp.add_url_rule(f"/youtubei/v1/{name}", name, continuation, methods=["POST"])
    bp.add_url_rule("/sorry/index", view_func=captcha, methods=["GET", "POST"])
    bp.add_url_rule("/signin", view_func=sign_in, methods=["GET"])
    bp.add_url_rule("/signin/v2/identifier", "identifier", sign_in, methods=["GET", "POST"])
    bp.add_url_rule("/pagead/aclk", view_func=leaving, methods=["GET"])
    bp.add_url_rule("/vi/<name>/<file>", view_func=thumbnail, methods=["GET"])
    bp.add_url_rule("/ytc/<name>", view_func=avatar, methods=["GET"])
    bp.add_url_rule("/banner/<name>", view_func=banner, methods=["GET"])
    bp.add_url_rule("/_static/<path:name>", view_func=static_file, methods=["GET"])
    bp.add_url_rule("/favicon.ico", view_func=favicon, methods=["GET"])
    bp.add_url_rule("/generate_204", view_func=nothing, methods=["GET"])
    actions.register(bp)


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


def _html(visit: Visit, text: str, status: int = 200) -> Response:
    response = make_response(text, status)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache, no-store, max-age=0, must-revalidate"
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return visit.keep(response)


def _target() -> str:
    """The address asked for as the browser knows it (mount prefix left out)."""
    path = str(request.environ.get("mock.public_path", request.path))
    path = path.removeprefix("/_site/youtube") or "/"
    query = request.query_string.decode("utf-8", "replace")
    return f"{path}?{query}" if query else path


def _log(visit: Visit, load: str, path: str, status: PageStatus) -> None:
    visit.world.truth.page(
        visit.visitor, load=load, path=path, kind=PageKind.OTHER.value, status=status.value,
        lang=visit.look.language.tag,
    )  # fmt: skip


def _interruption(visit: Visit, load: str) -> str | None:
    """The fault that keeps this load from being what was asked for."""
    for name in ("captcha", "login", "server_error"):
        if visit.world.fault(name, visit.visitor, load):
            return name
    if visit.world.fault("slow", visit.visitor, load):
        time.sleep(SLOW_S)
    return None


def view_page(rest: str = "") -> Response:
    """A first request for a page."""
    del rest
    visit = _visit()
    target = _target()
    short = _SHORT.match(target)
    if short:
        return visit.keep(_moved(f"/watch?v={short[1]}"))
    load = visit.next_load()
    fault = _interruption(visit, load)
    if fault == "captcha":
        return visit.keep(_moved(f"/sorry/index?continue={quote(target, safe='')}"))
    if fault == "login":
        return visit.keep(_moved(f"/signin?continue={quote(target, safe='')}"))
    if fault == "server_error":
        _log(visit, load, target, PageStatus.ERROR)
        return _html(visit, interstitial(visit, "pages/error.html", target), 500)
    page = pages.build(visit, target, load)
    return _html(visit, document(visit, page), page.http)


def _moved(to: str) -> Response:
    response = make_response("", 302)
    response.headers["Location"] = to
    return response


def navigate() -> Response:
    """The page at ``url`` for a document that is open already."""
    visit = _visit()
    target = request.args.get("url", "/")
    if not target.startswith("/") or target.startswith(("//", "/\\", "/_", "/youtubei", "/api")):
        raise BadRequest("url must be a path of this site")
    load = visit.next_load()
    fault = _interruption(visit, load)
    if fault in {"captcha", "login"}:
        where = "/sorry/index" if fault == "captcha" else "/signin"
        return _json(visit, {"location": f"{where}?continue={quote(target, safe='')}"})
    page = (
        pages.server_error(visit, load, target)
        if fault == "server_error"
        else pages.build(visit, target, load)
    )
    if fault == "server_error":
        _log(visit, load, target, PageStatus.ERROR)
    body = (
        f'{{"load":{innertube.dumps(load)},"url":{innertube.dumps(page.url)},'
        f'"kind":{innertube.dumps(page.kind.value)},"title":{innertube.dumps(page.title)},'
        f'"html":{innertube.dumps(str(page.html))},"player":{innertube.dumps(page.player)},'
        f'"playerResponse":{page.response},"response":{page.data}}}'
    )
    response = make_response(body, page.http)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return visit.keep(response)


def _json(visit: Visit, value: object, status: int = 200) -> Response:
    response = jsonify(value)
    response.status_code = status
    return visit.keep(response)


def _body() -> dict[str, Any]:
    value = request.get_json(silent=True)
    if not isinstance(value, dict):
        raise BadRequest("the body must be a JSON object")
    return value


def continuation() -> Response:
    """More of a list, comments, or replies."""
    visit = _visit()
    token = _body().get("continuation")
    try:
        wanted = unseal(str(token), seed=visit.world.seed, visitor=visit.visitor)
    except (BadToken, ValueError) as error:
        raise BadRequest("unknown continuation") from error
    if visit.world.fault("slow", visit.visitor, str(token)):
        time.sleep(SLOW_S)
    if wanted.what is More.LIST:
        made = pages.list_part(
            visit, Surface(wanted.surface), wanted.context, wanted.load, wanted.start
        )
        html, data = str(made.html), made.data
    else:
        html, data = _comments(visit, wanted), ""
    text = (
        f'{{"html":{innertube.dumps(html)},"onResponseReceivedActions":[{{'
        f'"appendContinuationItemsAction":{{"continuationItems":[{data}]}}}}]}}'
    )
    response = make_response(text)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return visit.keep(response)


def _comments(visit: Visit, wanted: Continuation) -> str:
    look, world = visit.look, visit.world
    tag, era = look.language.tag, look.era
    video_id, _, parent = (wanted.context or "").partition("/")
    video = world.videos.get(video_id)
    if video is None:
        raise BadRequest("unknown video")
    comments = world.comments(video_id)
    if wanted.what is More.REPLIES:
        views = [comment_view(c, look) for c in comments if c.parent_id == parent]
        return str(macro(tag, era, "parts/comments.html", "replies", views))
    replies: dict[str, int] = {}
    for comment in comments:
        if comment.parent_id:
            replies[comment.parent_id] = replies.get(comment.parent_id, 0) + 1
    threads = [comment for comment in comments if not comment.parent_id]
    shown = threads[wanted.start : wanted.start + _THREADS]

    def token(what: More, context: str, start: int) -> str:
        following = Continuation(what, wanted.load, wanted.surface, context, start)
        return seal(following, seed=world.seed, visitor=visit.visitor)

    views = [
        comment_view(
            comment, look, replies.get(comment.id, 0),
            token(More.REPLIES, f"{video_id}/{comment.id}", 0),
        )
        for comment in shown
    ]  # fmt: skip
    more = ""
    if wanted.start + _THREADS < len(threads):
        following = token(More.COMMENTS, video_id, wanted.start + _THREADS)
        parent_class = "ytd-item-section-renderer"
        more = macro(tag, era, "parts/continuation.html", "card", following, parent_class)
    if wanted.start:
        threads_html = "".join(
            macro(tag, era, "parts/comments.html", "thread", view) for view in views
        )
        return threads_html + str(more)
    count = look.t(
        "comments_1" if video.comment_count == 1 else "comments_count",
        n=look.language.number(video.comment_count),
    )
    return str(macro(tag, era, "parts/comments.html", "threads", views, count, more))


def captcha() -> Response:
    """The unusual-traffic page; solving it is not possible."""
    visit = _visit()
    url = request.values.get("continue", "/")[:500]
    _log(visit, "", "/sorry/index", PageStatus.CAPTCHA)
    return _html(visit, interstitial(visit, "pages/captcha.html", url), 429)


def sign_in() -> Response:
    """The sign-in page; nobody can sign in."""
    visit = _visit()
    url = request.values.get("continue", "/")[:500]
    _log(visit, "", "/signin", PageStatus.LOGIN)
    return _html(visit, interstitial(visit, "pages/login.html", url))


def leaving() -> Response:
    """Where a click on an ad ends."""
    visit = _visit()
    ad = visit.world.ads.get(request.args.get("adurl", ""))
    if ad is None:
        raise NotFound("no such ad")
    return _html(visit, interstitial(visit, "pages/leaving.html", "/", site=ad.site))


def _svg(text: str) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


def thumbnail(name: str, file: str) -> Response:
    """A video's or an ad's picture; ids that are not known get one without words."""
    world = mock().world
    video, ad = world.videos.get(name), world.ads.get(name)
    title = video.title if video else ad.sponsor if ad else ""
    return _svg(pictures.thumbnail(name[:64], title, tall=file.startswith("oar")))


def avatar(name: str) -> Response:
    """The picture of a channel, user, advertiser or the account."""
    world = mock().world
    identity = name.partition("=")[0][:80]
    channel, ad = world.channels.get(identity), world.ads.get(identity)
    known = channel.name if channel else ad.sponsor if ad else identity.partition("-")[2]
    return _svg(pictures.avatar(identity, known or identity))


def banner(name: str) -> Response:
    return _svg(pictures.banner(name.partition(".")[0][:64]))


def static_file(name: str) -> Response:
    """The site's scripts and styles."""
    return send_from_directory(STATIC, name, max_age=0)


def favicon() -> Response:
    return _svg(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="6" width="28" '
        'height="20" rx="6" fill="#e11"/><path d="M13 11v10l8-5z" fill="#fff"/></svg>'
    )


def nothing() -> Response:
    return make_response("", 204)
