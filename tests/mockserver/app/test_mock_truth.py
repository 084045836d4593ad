"""The truth log over HTTP: loopback and token only, complete, in pages."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from places import ROOT

from collector.common.model import Surface
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.truth import bp
from mockserver.world import World

TOKEN = "the-token"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def world() -> World:
    world = World.build(seed=1, clock="0")
    for name in ("one", "two"):
        viewer = world.viewer(name)
        entries = world.feed(Surface.HOME, viewer, count=60, load=f"{name}-1")
        world.truth.served(
            name, load=f"{name}-1", surface=Surface.HOME, context=None, entries=entries, lang="en"
        )
        world.truth.page(name, load=f"{name}-1", path="/", kind="home", status="ok", lang="en")
    world.truth.beacon("one", load="one-1", video_id="dQw4w9WgXcQ", segments=[(0, 9)])
    world.truth.probe("one", {"user_agent": "Mozilla"})
    return world


@pytest.fixture
def client(world: World) -> FlaskClient:
    app: Any = Flask(__name__)
    app.extensions["mock"] = Mock(MockConfig(), world, None, TOKEN)  # type: ignore[arg-type]
    app.register_blueprint(bp, url_prefix="/_truth")
    return app.test_client()


ENDPOINTS = ("impressions", "watches", "pages", "visitors", "labels", "recommender", "whoami")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.1"),
        ({"Authorization": "Bearer wrong"}, "127.0.0.1"),
        ({"Authorization": TOKEN}, "127.0.0.1"),
        ({"Authorization": "Bearer "}, "127.0.0.1"),
        ({"Authorization": "Bearer ünïcode"}, "127.0.0.1"),
        (AUTH, "192.0.2.7"),
        ({**AUTH, "X-Forwarded-For": "127.0.0.1"}, "192.0.2.7"),
        ({**AUTH, "Host": "evil.example"}, "127.0.0.1"),
        ({**AUTH, "Host": "youtube.localhost:8000"}, "127.0.0.1"),
    ],
)
def test_refused(client: FlaskClient, endpoint: str, headers: dict[str, str], address: str) -> None:
    answer = client.get(
        f"/_truth/{endpoint}", headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    assert answer.status_code == 403
    assert answer.get_json()["error"] is True


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "127.0.0.1", "[::1]:8000"])
def test_allowed_on_loopback_names(client: FlaskClient, host: str) -> None:
    answer = client.get("/_truth/visitors", headers={**AUTH, "Host": host})
    assert answer.status_code == 200


def test_impressions_in_pages_are_all_of_them(client: FlaskClient, world: World) -> None:
    rows: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        answer = client.get(
            f"/_truth/impressions?visitor=two&limit=7&after={after}", headers=AUTH
        ).get_json()
        rows += answer["content"]
        after = answer["next"]
    assert rows == world.truth.impressions(visitor="two")
    assert len(rows) == 60
    shown = client.get("/_truth/impressions", headers=AUTH).get_json()
    assert (shown["total"], len(shown["content"]), shown["next"]) == (120, 120, None)
    none = client.get("/_truth/impressions?surface=search", headers=AUTH).get_json()
    assert none == {"content": [], "total": 0, "next": None}


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=1e3", "after=9999999999999", "limit=٣"]
)
def test_bad_numbers(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/_truth/watches?{query}", headers=AUTH)
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.get_json()["message"]


def test_the_rest(client: FlaskClient, world: World) -> None:
    def get(path: str) -> Any:
        answer = client.get(f"/_truth/{path}", headers=AUTH)
        assert answer.status_code == 200
        return answer.get_json()

    (watch,) = get("watches?visitor=one")["content"]
    assert watch["seconds"] == 9
    assert get("labels")["content"] == world.labels()
    told = get("recommender")
    assert told["params"]["noise"] == 1.0
    assert "score(v)" in told["formula"]
    assert get("whoami?visitor=one")["facts"] == {"user_agent": "Mozilla"}
    assert client.get("/_truth/whoami?visitor=who", headers=AUTH).status_code == 404
    assert [row["visitor"] for row in get("visitors")["content"]] == ["one", "two"]
    assert get("pages?visitor=two&status=ok")["total"] == 1
    assert get("pages?visitor=two&status=captcha")["total"] == 0


def test_world_knows_nothing_of_http() -> None:

    for path in (ROOT / "mockserver" / "world").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            for name in names:
                assert not name.startswith(("flask", "waitress", "werkzeug", "mockserver.serve"))


def test_who_was_on_the_feed_is_told_too() -> None:
    app = create_app(MockConfig(seed=3, clock="0", truth_token=TOKEN))
    site = app.test_client()
    for name, value in (("datr", "reader"), ("c_user", "100012345678901"), ("cb", "reject")):
        site.set_cookie(name, value, domain="facebook.localhost")
    assert site.get("/", base_url="http://facebook.localhost").status_code == 200
    social = app.extensions["mock"].world.social
    social.viewer("reader").follow(social.sources.pages[0].id)
    asked = app.test_client()
    rows = asked.get("/_truth/visitors", headers=AUTH).get_json()
    assert rows["total"] == 1
    (row,) = rows["content"]
    assert row == {
        "visitor": "reader", "platform": "facebook", "lang": "en", "consented": "reject",
        "loads": 1, "follows": 1, "likes": 0, "hidden": 0, "seen": 8,
    }  # fmt: skip
    assert asked.get("/_truth/visitors?platform=youtube", headers=AUTH).get_json()["total"] == 0
    whoami = asked.get("/_truth/whoami?visitor=reader", headers=AUTH).get_json()
    assert whoami["facts"]["cookies"] == ["c_user", "cb", "datr"]
