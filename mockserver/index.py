"""The page at the root of the API host: what is here, for people.

Protects two rules: every example that it prints works on this server when it is copied, and the
page needs nothing but itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import NotFound

from collector import __version__
from mockserver.api.fbtrex.demo import TOKEN as FEED_TOKEN
from mockserver.api.fbtrex.demo import ensure as ensure_demo
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.yttrex.seeds import demo_token
from mockserver.context import Mock, mock

bp = Blueprint("index", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Face:
    """One site or API as the page shows it."""

    key: str
    name: str
    about: str
    docs: str
    counts: dict[str, int]
    examples: list[str]
    """Commands to copy."""
    prefix: str = ""
    host: str = ""
    links: list[Link] = field(default_factory=list)


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
        faces=[_sites(state), _yttrex(state, root), _fbtrex(state, root), _archive(root),
               _gdata(state, root)],
        root=root,
    )  # fmt: skip
    return Response(page, mimetype="text/html")


def _count(state: Mock, table: str) -> int:
    return int(state.db.one(f"SELECT COUNT(*) AS n FROM {table}")["n"])


def _sites(state: Mock) -> Face:
    name, _, port = request.host.rpartition(":")
    port = f":{port}" if name and port.isdigit() else ""
    youtube, facebook = (f"http://{site}.localhost{port}/" for site in ("youtube", "facebook"))
    social = state.world.social.sources
    here = request.url_root
    return Face(
        "sites",
        "The two sites",
        "A video site and a social network for browsers; Chromium resolves their names to this "
        "machine. Who has seen what is in the truth log.",
        "docs/mock.md",
        {
            "videos": len(state.world.videos),
            "visitors seen": len(state.world.viewers()),
            "pages that post": len(social.pages),
            "people who post": len(social.people),
        },
        [
            f"curl -H 'Host: youtube.localhost' '{here}results?search_query=cat'",
            f"curl -H 'Host: facebook.localhost' {here}pages/",
        ],
        links=[Link(youtube, youtube), Link(facebook, facebook)],
    )


def _yttrex(state: Mock, root: str) -> Face:
    return Face(
        "yttrex",
        "ytTREX",
        "Evidence of what YouTube showed (2018–2022): submission, observations, experiments. The "
        "token is a demo supporter’s.",
        "docs/api-yttrex.md",
        {
            "observations stored": _count(state, "yttrex_metadata"),
            "supporters": _count(state, "yttrex_supporters"),
            "experiments": _count(state, "yttrex_experiments"),
        },
        [
            f"curl {root}api/v1/videoId/dQw4w9WgXcQ",
            f"curl {root}yttrex/api/v1/last",
            f"curl {root}api/v1/personal/{demo_token()}/10-0",
            f"curl {root}api/v1/personal/{demo_token()}/csv",
        ],
        "/yttrex/",
        "youtube.tracking.exposed",
    )


def _fbtrex(state: Mock, root: str) -> Face:
    ensure_demo(state.db)
    return Face(
        "fbtrex",
        "fbTREX",
        "Timelines of Facebook (2016–2021): submission, one’s own data, what posts are about. The "
        "token is a demo supporter’s.",
        "docs/api-fbtrex.md",
        {
            "timelines stored": _count(state, "fbtrex_timelines"),
            "impressions": _count(state, "fbtrex_impressions"),
            "posts read": _count(state, "fbtrex_summaries"),
            "supporters": _count(state, "fbtrex_supporters"),
        },
        [
            f"curl {root}api/v2/personal/{FEED_TOKEN}/summary/3-0",
            f"curl {root}api/v2/statistics/counter",
            f"curl {root}api/v2/en/labels/5-0",
        ],
        "/fbtrex/",
        "facebook.tracking.exposed",
        [Link(f"/personal/{FEED_TOKEN}/data", "a demo supporter’s feed as a page")],
    )


def _archive(root: str) -> Face:
    archive: Archive = current_app.extensions["tubearchivist"]
    token = f"-H 'Authorization: Token {archive.users.admin.token}'"
    login = '{"username":"tubearchivist","password":"verysecret"}'
    video = next(iter(archive.videos.ids()), "dQw4w9WgXcQ")
    return Face(
        "tubearchivist",
        "TubeArchivist",
        "An archive of the same videos: lists, search, progress, download queue, background "
        "tasks, snapshots. The token is the administrator’s.",
        "docs/api-tubearchivist.md",
        {
            "videos": sum(1 for _ in archive.videos.ids()),
            "channels": sum(1 for _ in archive.channels.ids()),
            "playlists": sum(1 for _ in archive.playlists.ids()),
            "in the queue": sum(1 for _ in archive.downloads.ids()),
        },
        [
            f"curl {token} {root}api/ping/",
            f"curl {token} '{root}api/video/?page=2'",
            f"curl {token} {root}api/video/{video}/",
            f"curl {token} '{root}api/search/?query=cat'",
            f"curl -d '{login}' -H 'Content-Type: application/json' {root}api/user/login/",
        ],
        "/tubearchivist/",
        "tubearchivist.local",
    )


def _gdata(state: Mock, root: str) -> Face:
    counts = state.world.counts()
    return Face(
        "gdata",
        "GData",
        "YouTube’s feeds of 2007 as Atom, RSS, JSON and JSON-C: searches, standard feeds, users, "
        "comments, playlists.",
        "docs/api-gdata.md",
        {name: counts[name] for name in ("videos", "users", "playlists")},
        [
            f"curl '{root}feeds/videos?vq=cat&max-results=5'",
            f"curl '{root}feeds/users/liz/uploads?alt=rss'",
            f"curl '{root}feeds/api/standardfeeds/most_viewed?v=2&alt=jsonc'",
        ],
        "/gdata/",
        "gdata.youtube.com",
        [Link("/feeds/standardfeeds/most_viewed?alt=rss", "most viewed, as RSS")],
    )


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
