"""The addresses of the site: pages, in-page navigation, continuations, actions, pictures, scripts.

Nothing here redirects to an address that a request names: ``navigate`` answers with the page
itself, and sign-in and captcha pages keep the address as text only.
"""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, make_response, request
from werkzeug.exceptions import BadRequest, NotFound

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus
from collector.platforms.clock import CLOCK_HEADER
from mockserver.context import mock
from mockserver.platforms.youtube import (
    actions,
    assets,
    continuations,
    innertube,
    pages,
    plain,
    surfaces,
    visits,
    watch,
)
from mockserver.platforms.youtube.documents import document, interstitial
from mockserver.platforms.youtube.tokens import BadToken, unseal
from mockserver.platforms.youtube.visits import Visit

#: How long the fault ``slow`` keeps a page waiting (s).
SLOW_S = 2.0

_SHORT = re.compile(r"/shorts/([A-Za-z0-9_-]{11})(?:[/?].*)?\Z")

_PAGE_PATHS = (
    "/", "/watch", "/results", "/channel/<path:rest>", "/user/<path:rest>", "/c/<path:rest>",
    "/shorts/", "/shorts/<path:rest>", "/feed/<path:rest>", "/playlist", "/hashtag/<path:rest>",
)  # fmt: skip

#: What a profile of 2007 had a page of → the tab of the channel.
_TAB_OF = {
    "videos": "/videos", "play_list": "/playlists", "favorites": "/playlists",
    "subscriptions": "", "friends": "",
}  # fmt: skip


def register(bp: Blueprint) -> None:
    """Add the site's addresses."""
    for number, rule in enumerate(_PAGE_PATHS):
        bp.add_url_rule(rule, f"page{number}", view_page, methods=["GET"])
    for old, view in (
        ("/view_play_list", old_playlist), ("/profile", old_profile), ("/v/<video_id>", old_player),
        ("/details", old_details), ("/profile_<what>", old_profile_list),
        ("/ep.swf", old_playlist_player), ("/video_response_view_all", old_responses),
        ("/browse", old_browse), ("/my_messages", old_messages),
    ):  # fmt: skip
        bp.add_url_rule(old, view_func=view, methods=["GET"])
    bp.add_url_rule("/<path:rest>", "other", view_page, methods=["GET"])
    bp.add_url_rule("/youtubei/v1/navigate", view_func=navigate, methods=["GET"])
    for name in ("browse", "next", "search"):
        bp.add_url_rule(f"/youtubei/v1/{name}", name, continuation, methods=["POST"])
    bp.add_url_rule("/youtubei/v1/player", view_func=player, methods=["POST"])
    bp.add_url_rule("/sorry/index", view_func=captcha, methods=["GET", "POST"])
    bp.add_url_rule("/signin", view_func=sign_in, methods=["GET"])
    bp.add_url_rule("/signin/v2/identifier", "identifier", sign_in, methods=["GET", "POST"])
    bp.add_url_rule("/pagead/aclk", view_func=leaving, methods=["GET"])
    actions.register(bp)
    assets.register(bp)


def _visit() -> Visit:
    return visits.visit_of(request, mock().world)


def _probe(visit: Visit) -> None:
    """Keep what a request for a document says of its browser."""
    untold = ("Cookie", CLOCK_HEADER)
    headers = {name: value for name, value in request.headers.items() if name not in untold}
    facts = {"headers": headers, "cookies": sorted(request.cookies)}
    visit.world.truth.probe(visit.visitor, facts)


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


def _interruption(visit: Visit, load: str, target: str) -> str | None:
    """The fault, or the truth, that keeps this load from being what was asked for."""
    for name in ("captcha", "login", "server_error"):
        if visit.world.fault(name, visit.visitor, load):
            return name
    if visit.world.fault("slow", visit.visitor, load):
        time.sleep(SLOW_S)
    if visit.consented and visit.world.ruling:
        return visit.world.ending(visit.viewer, load, *pages.list_at(target))
    return None


def _has_player_of_shorts(visit: Visit, target: str) -> bool:
    """Whether the address of a short shows the player of short videos: not in earlier years, and on
    the mobile site not for a video that is none."""
    if visit.look.mobile:
        return plain.short_at(visit, parts_of(target).path) is not None
    return visit.look.full


def view_page(rest: str = "") -> Response:
    """A first request for a page."""
    del rest
    visit = _visit()
    _probe(visit)
    target = _target()
    short = _SHORT.match(target)
    if short and not _has_player_of_shorts(visit, target):
        return visit.keep(_moved(f"/watch?v={short[1]}"))
    load = visit.next_load()
    fault = _interruption(visit, load, target)
    if fault == "captcha":
        return visit.keep(_moved(f"/sorry/index?continue={quote(target, safe='')}"))
    if fault == "login":
        return visit.keep(_moved(f"/signin?continue={quote(target, safe='')}"))
    if fault == "server_error":
        _log(visit, load, target, PageStatus.ERROR)
        return _html(visit, interstitial(visit, "pages/error.html", target), 500)
    page = surfaces.build(visit, target, load, gone=fault == "unavailable")
    return _html(visit, document(visit, page), page.http)


def old_playlist() -> Response:
    """``/view_play_list?p=ID``, an address of 2007: the first video of the playlist, in it."""
    return _playlist(request.args.get("p", ""))


def old_playlist_player() -> Response:
    """``/ep.swf?id=ID``, the player of a playlist in 2007."""
    return _playlist(request.args.get("id", ""))


def _playlist(playlist_id: str) -> Response:
    playlist = mock().world.playlists.get(playlist_id)
    if playlist is None or not playlist.video_ids:
        return view_page()
    return _moved(f"/watch?v={playlist.video_ids[0]}&list={playlist.id}")


def old_profile() -> Response:
    """``/profile?user=NAME``, an address of 2007."""
    return _moved(f"/user/{quote(request.args.get('user', ''), safe='')}")


def old_profile_list(what: str) -> Response:
    """``/profile_videos?user=NAME``, an address of 2007, and the like: what there is of it."""
    tab = _TAB_OF.get(what)
    if tab is None:
        return view_page()
    return _moved(f"/user/{quote(request.args.get('user', ''), safe='')}{tab}")


def old_responses() -> Response:
    """``/video_response_view_all?v=ID``, an address of 2007: the video's page."""
    return _moved(f"/watch?v={quote(request.args.get('v', ''), safe='')}")


def old_browse() -> Response:
    """``/browse?s=KIND``, an address of 2007: the most viewed, the featured."""
    return _moved("/feed/trending" if request.args.get("s") else "/")


def old_messages() -> Response:
    """``/my_messages``, an address of 2007: for who is signed in."""
    return _moved("/signin")


def old_player(video_id: str) -> Response:
    """``/v/ID``, the player of 2007 as pages embedded it: the video's page."""
    return _moved(f"/watch?v={quote(video_id, safe='')}")


def old_details() -> Response:
    """``/details?v=ID``, an address of the mobile site of 2007: the video's page."""
    if not visits.is_mobile(request.host):
        return view_page()
    return _moved(f"/watch?v={quote(request.args.get('v', ''), safe='')}")


def _moved(to: str) -> Response:
    response = make_response("", 302)
    response.headers["Location"] = to
    return response


def _checked(target: object) -> str:
    """:raises BadRequest: it is no path of this site."""
    outside = ("//", "/\\", "/_", "/youtubei", "/api")
    if not isinstance(target, str) or not target.startswith("/") or target.startswith(outside):
        raise BadRequest("url must be a path of this site")
    return target


def _page_inside(visit: Visit, target: str) -> pages.Page | Response:
    """The page at ``target`` for a document that is open already, or where to go instead."""
    load = visit.next_load()
    fault = _interruption(visit, load, target)
    if fault in {"captcha", "login"}:
        where = "/sorry/index" if fault == "captcha" else "/signin"
        return _json(visit, {"location": f"{where}?continue={quote(target, safe='')}"})
    if fault == "server_error":
        page = pages.server_error(visit, load, target)
        _log(visit, load, target, PageStatus.ERROR)
        return page
    return surfaces.build(visit, target, load, gone=fault == "unavailable")


def navigate() -> Response:
    """The page at ``url`` for a document that is open already."""
    visit = _visit()
    page = _page_inside(visit, _checked(request.args.get("url", "/")))
    if isinstance(page, Response):
        return page
    load = page.load
    body = (
        f'{{"load":{innertube.dumps(load)},"url":{innertube.dumps(page.url)},'
        f'"kind":{innertube.dumps(page.kind.value)},"title":{innertube.dumps(page.title)},'
        f'"html":{innertube.dumps(str(page.html))},"player":{innertube.dumps(page.player)},'
        f'"playerResponse":{page.response},"response":{page.data}}}'
    )
    response = make_response(body, page.http)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return visit.keep(response)


def api_page(visit: Visit, body: dict[str, Any]) -> Response:
    """The page at ``url`` as the site's API answers it: what was sent, in InnerTube's shape. The
    markup that the page's script would make of it is under ``page``, and there alone."""
    page = _page_inside(visit, _checked(body.get("url")))
    if isinstance(page, Response):
        return page
    markup = {
        "load": page.load, "url": page.url, "kind": page.kind.value, "title": page.title,
        "html": str(page.html), "player": page.player,
    }  # fmt: skip
    head, _, rest = page.data.partition("{")
    joint = "," if rest != "}" else ""
    text = f'{head}{{"responseContext":{{}},"page":{innertube.dumps(markup)}{joint}{rest}'
    response = make_response(text, page.http)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return visit.keep(response)


def player() -> Response:
    """What the player may play: asked beside a watch page, with the page's load as the event. It
    plays nothing where that page said that its video is not available."""
    visit, body = _visit(), _body()
    video = visit.world.videos.get(str(body.get("videoId")))
    context = body.get("context")
    load = context.get("event") if isinstance(context, dict) else None
    look = visit.look
    made = (
        watch.unavailable_response(look)
        if video is None
        or (
            visit.consented
            and isinstance(load, str)
            and not visit.world.truth.plays(visit.visitor, load, video.id)
        )
        else watch.player_response(watch.facts(visit, video), look)
    )
    response = make_response(innertube.dumps(made))
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
    """More of a list, comments, or replies; another page where its address is named."""
    visit = _visit()
    body = _body()
    if "url" in body:
        return api_page(visit, body)
    token = body.get("continuation")
    try:
        wanted = unseal(str(token), seed=visit.world.seed, visitor=visit.visitor)
    except (BadToken, ValueError) as error:
        raise BadRequest("unknown continuation") from error
    if visit.world.fault("slow", visit.visitor, str(token)):
        time.sleep(SLOW_S)
    try:
        html, data = continuations.follow(visit, wanted)
    except continuations.UnknownVideo as error:
        raise BadRequest("unknown video") from error
    text = (
        f'{{"html":{innertube.dumps(html)},"onResponseReceivedActions":[{{'
        f'"appendContinuationItemsAction":{{"continuationItems":[{data}]}}}}]}}'
    )
    response = make_response(text)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return visit.keep(response)


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
