"""The truth log over HTTP, for tests and reports: what was served, watched and seen; and what the
site remembers of a visitor, to be given to another one.

Answers only to loopback, on a loopback host name, with the server's bearer token but for ``hello``,
which says what this is and proves it; a page in a puppet's browser can never read it. Lists come as
``{"content", "total", "next"}``: ask again with ``?after=NEXT`` until ``next`` is null.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Any

from flask import Response, jsonify, request

from collector import __version__
from mockserver.context import mock
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Body, Operation, json_of
from mockserver.platforms.visited import of, visited
from mockserver.world.mechanisms import DEFAULT
from mockserver.world.memory import NoMemory

bp = ApiBlueprint("truth", __name__)

_ERROR = json_of("@TruthError")
_ROWS = {200: json_of("@TruthRows"), 400: _ERROR}
_PAGED = ("visitor", "after", "limit")
#: What a site knows of a visitor, for the description.
_EXAMPLE = {
    "seed": 1,
    "world": "small",
    "era": "2026",
    "memory": {name: site.example for name, site in visited().items() if site.example},
}

#: Rows of one answer, unless ``limit`` asks for fewer.
MOST_ROWS = 5000

#: Visitors that one greeting may claim.
MOST_VISITORS = 50_000

_HOSTS = {"127.0.0.1", "localhost", "[::1]"}


def _refusal(message: str, status: int = 403) -> Response:
    answer = jsonify({"error": True, "message": message})
    answer.status_code = status
    return answer


@bp.before_request
def guard() -> Response | None:
    """403 unless asked from loopback, under a loopback name, and with the token, except for the
    greeting."""
    try:
        loopback = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        loopback = False
    host = request.host if request.host.endswith("]") else request.host.rpartition(":")[0]
    if not loopback or (host or request.host) not in _HOSTS:
        return _refusal("the truth log answers to loopback only")
    if request.endpoint == f"{bp.name}.{hello.__name__}":
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = mock().truth_token
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), expected.encode()):
        return _refusal(
            "send 'Authorization: Bearer TOKEN'; the token is printed by mockserver serve"
        )
    return None


def proof_of(token: str, nonce: str) -> str:
    """What proves that who answers knows ``token``, without saying it."""
    text = f"twinwatch mock {nonce}".encode()
    return hmac.new(token.encode(), text, hashlib.sha256).hexdigest()


@bp.post(
    "/hello",
    operation=Operation(
        "What this is, with a proof of its token, which is not asked for",
        {200: json_of("@TruthHello"), 400: _ERROR},
        body=Body("object", {"nonce": "any text", "visitors": []}),
    ),
)
def hello() -> Response:
    """The mock says what it is, to whoever asks; ``nonce`` in the body is answered by a proof that
    it knows its truth token. ``visitors`` are claimed for one run: those that the sites know, or
    that another run has claimed, are ``known``, and then none is claimed."""
    told = request.get_json(silent=True)
    told = told if isinstance(told, dict) else {}
    nonce, visitors = told.get("nonce", ""), told.get("visitors", [])
    if not isinstance(nonce, str) or len(nonce) > 200:
        return _refusal("nonce is text of at most 200 characters", 400)
    if (
        not isinstance(visitors, list)
        or len(visitors) > MOST_VISITORS
        or not all(isinstance(one, str) and len(one) <= 64 for one in visitors)
    ):
        return _refusal(f"visitors is a list of at most {MOST_VISITORS} ids", 400)
    here = mock()
    world = here.world
    return jsonify(
        {
            "mock": "twinwatch",
            "version": __version__,
            "proof": proof_of(here.truth_token, nonce),
            **_world(),
            "recommender": dict(here.config.recommender),
            "faults": {name: share for name, share in world.faults.shares.items() if share},
            **({"truths": world.ruling.truths.told()} if world.ruling else {}),
            **({"mechanism": world.mechanism} if world.mechanism != DEFAULT else {}),
            "known": here.claim(visitors),
        }
    )


class BadNumber(Exception):
    """A query parameter that should be a whole number of at least 0 is not."""


@bp.errorhandler(BadNumber)
def bad_number(error: BadNumber) -> Response:
    """Answer 400 for a number in the query that is none, or out of range."""
    return _refusal(str(error), 400)


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise BadNumber(f"{name} must be a whole number of at least 0")
    return int(text)


def _rows(table: str, filters: tuple[str, ...]) -> Response:
    limit = min(_number("limit", MOST_ROWS) or MOST_ROWS, MOST_ROWS)
    rows, total = mock().world.truth.rows(
        table,
        visitor=request.args.get("visitor") or None,
        where={name: request.args.get(name, "") for name in filters},
        after=_number("after", 0),
        limit=limit,
    )
    more = rows[-1]["seq"] if rows and total > len(rows) else None
    return jsonify({"content": rows, "total": total, "next": more})


@bp.get(
    "/impressions",
    operation=Operation("Every entry served", _ROWS, (*_PAGED, "load", "surface", "kind")),
)
def impressions() -> Response:
    """Every entry served, in order; filters ``visitor``, ``load``, ``surface``."""
    return _rows("impressions", ("load", "surface", "kind"))


@bp.get("/watches", operation=Operation("Every playback", _ROWS, (*_PAGED, "load", "video_id")))
def watches() -> Response:
    """Every playback with the seconds that beacons reported; filters ``visitor``, ``load``."""
    return _rows("watches", ("load", "video_id"))


@bp.get(
    "/pages", operation=Operation("Every page sent", _ROWS, (*_PAGED, "load", "status", "kind"))
)
def pages() -> Response:
    """Every page sent and the status it has; filters ``visitor``, ``load``, ``status``."""
    return _rows("pages", ("load", "status", "kind"))


@bp.get("/visitors", operation=Operation("Every visitor", {200: json_of("@TruthVisitors")}))
def visitors() -> Response:
    """Every visitor of each platform with what is known of it; filter ``platform``."""
    world = mock().world
    content: list[dict[str, Any]] = [
        {"visitor": viewer.visitor_id, "platform": name, **site.told(viewer)}
        for name, site in visited().items()
        for viewer in site.everybody(world)
    ]
    platform = request.args.get("platform", "")
    content = [row for row in content if platform in ("", row["platform"])]
    return jsonify({"content": content, "total": len(content), "next": None})


@bp.get(
    "/labels", operation=Operation("Topics by id", {200: json_of("@TruthLabels")}, ("platform",))
)
def labels() -> Response:
    """Topic by video, channel and playlist id; with ``platform=facebook`` by post and page id."""
    world = mock().world
    content = of(request.args.get("platform")).labels(world)
    return jsonify({"content": content, "total": len(content), "next": None})


@bp.get(
    "/truths",
    operation=Operation("What is true by arm, block and time", {200: json_of("@TruthTruths")}),
)
def truths() -> Response:
    """What is true of the world by arm, block and time: every truth with all its parameters, in
    order; and the arm and block of each visitor of a run."""
    ruling = mock().world.ruling
    return jsonify(
        {
            "content": ruling.truths.told(),
            "total": len(ruling.truths.all),
            "next": None,
            "block_every_s": ruling.truths.block_every_s,
            "puppets": {visitor: list(place) for visitor, place in ruling.puppets.items()},
        }
    )


@bp.put(
    "/puppets",
    operation=Operation(
        "Tell arm and block of a run's visitors",
        {200: json_of("object"), 400: _ERROR},
        body=Body("object", {"puppets": {"visitor": ["treated", 1]}}),
    ),
)
def puppets() -> Response:
    """Take in who takes part in a run, before its first page: ``{"puppets": {VISITOR: [ARM,
    BLOCK]}}``. Truths of arms and blocks hold for these."""
    told = request.get_json(silent=True)
    found = told.get("puppets") if isinstance(told, dict) else None
    if (
        not isinstance(found, dict)
        or len(found) > MOST_VISITORS
        or not all(_is_place(place) and len(visitor) <= 64 for visitor, place in found.items())
    ):
        return _refusal('send {"puppets": {VISITOR: [ARM, BLOCK]}}', 400)
    ruling = mock().world.ruling
    ruling.puppets.update({visitor: (arm, block) for visitor, (arm, block) in found.items()})
    return jsonify({"puppets": len(ruling.puppets)})


def _is_place(place: object) -> bool:
    return (
        isinstance(place, list)
        and len(place) == 2
        and isinstance(place[0], str)
        and isinstance(place[1], int)
        and place[1] >= 1
    )


@bp.get(
    "/recommender",
    operation=Operation("The formula and its parameters", {200: json_of("@TruthRecommender")}),
)
def recommender() -> Response:
    """The formula, its parameters and weights, and the world they are of."""
    return jsonify(mock().world.describe())


@bp.get(
    "/whoami",
    operation=Operation(
        "What the site saw of a visitor", {200: json_of("object"), 404: _ERROR}, ("visitor",)
    ),
)
def whoami() -> Response:
    """What the site saw of ``visitor``: headers, cookies, script probe."""
    visitor = request.args.get("visitor", "")
    row = mock().world.truth.whoami(visitor)
    if row is None:
        return _refusal(f"no visitor {visitor!r} was seen", 404)
    return jsonify(row)


def _world() -> dict[str, Any]:
    """What makes two worlds the same to a visitor."""
    world = mock().world
    return {"seed": world.seed, "world": world.recipe.name, "era": world.era}


@bp.get(
    "/memory",
    operation=Operation(
        "What the site knows of a visitor",
        {200: json_of("@TruthMemory"), 404: _ERROR},
        ("visitor",),
    ),
)
def memory() -> Response:
    """All that the sites know of ``visitor``, by platform."""
    world, visitor = mock().world, request.args.get("visitor", "")
    found = {
        name: viewer.memory()
        for name, site in visited().items()
        for viewer in site.everybody(world)
        if viewer.visitor_id == visitor
    }
    if not found:
        return _refusal(f"no visitor {visitor!r} was seen", 404)
    return jsonify({**_world(), "memory": found})


@bp.put(
    "/memory",
    operation=Operation(
        "Give a visitor what the site knows of another",
        {200: json_of("object"), 400: _ERROR, 409: _ERROR},
        ("visitor",),
        body=Body("@TruthMemory", _EXAMPLE),
    ),
)
def remember() -> Response:
    """Make ``visitor`` somebody of whom the sites know what the body, an answer of ``GET``, says:
    as if it had done all that. 409 when that was in another world."""
    visitor, told = request.args.get("visitor", ""), request.get_json(silent=True)
    if not visitor:
        return _refusal("say which visitor", 400)
    if not isinstance(told, dict) or not isinstance(told.get("memory"), dict):
        return _refusal("send what GET /_truth/memory answered", 400)
    here = _world()
    if other := [name for name, value in here.items() if told.get(name) != value]:
        there = ", ".join(f"{name} {told.get(name)!r}" for name in other)
        want = ", ".join(f"{name} {here[name]!r}" for name in other)
        return _refusal(f"that was in another world ({there}); this one has {want}", 409)
    world = mock().world
    try:
        for name, site in visited().items():
            if name in told["memory"]:
                site.viewer(world, visitor).remember(told["memory"][name])
    except NoMemory as error:
        return _refusal(str(error), 400)
    return jsonify({"visitor": visitor, **here})
