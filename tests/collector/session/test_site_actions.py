"""Consent and buttons: each changes the viewer, and nothing is shown before consent is answered."""

from __future__ import annotations

import pytest
from flask import Flask
from site_tools import ERAS, HEADERS, Visitor, entries, shared_app

from mockserver.app import create_app
from mockserver.context import MockConfig


@pytest.fixture(scope="module")
def app() -> Flask:
    """A mock whose visitors are one test's each."""
    return create_app(MockConfig(seed=3))


@pytest.mark.sweep(8)
@pytest.mark.parametrize("lang", HEADERS)
@pytest.mark.parametrize("era", ERAS)
def test_before_consent_nothing_is_recommended(era: str, lang: str) -> None:
    visitor = Visitor(shared_app(era), f"undecided-{lang}", lang, consented=False)
    words = set()
    for path in ("/", "/watch?v=dQw4w9WgXcQ", "/results?search_query=pasta"):
        soup = visitor.soup(path)
        bump = soup.select_one("ytd-consent-bump-v2-lightbox")
        assert bump is not None
        assert "hidden" not in bump.attrs
        buttons = bump.select(".eom-buttons button, .eom-buttons tp-yt-paper-button")
        assert len(buttons) == 2
        assert all(button["aria-label"] for button in buttons)
        words.add(tuple(button.get_text(strip=True) for button in buttons))
        manager = soup.select_one("ytd-page-manager")
        assert manager is not None
        assert entries(manager) == []
    assert len(words) == 1
    assert visitor.truth() == []
    assert visitor.world.viewer(visitor.name).history == ()


def test_2022_has_reject_and_accept_as_fourth_and_fifth_button() -> None:
    soup = Visitor(shared_app("2022"), "index", consented=False).soup("/")
    bump = soup.select_one("ytd-consent-bump-v2-lightbox")
    assert bump is not None
    texts = [b.get_text(strip=True) for b in bump.select("tp-yt-paper-button")]
    assert texts[3:5] == ["Reject all", "Accept all"]


@pytest.mark.parametrize("choice", ["reject", "accept"])
def test_consent_is_kept_by_cookie_and_viewer(app: Flask, choice: str) -> None:
    name = f"decided-{choice}"
    visitor = Visitor(app, name, consented=False)
    answer = visitor.post("/youtubei/v1/consent", {"choice": choice})
    assert answer.json == {"ok": True, "consented": choice}
    assert visitor.world.viewer(name).consented == choice
    soup = visitor.soup("/")
    assert soup.select_one("ytd-consent-bump-v2-lightbox") is None
    assert len(visitor.truth()) == 24
    cookie = visitor.client.get_cookie("SOCS", domain="youtube.localhost")
    assert cookie is not None
    elsewhere = Visitor(create_app(MockConfig(seed=3)), name, consented=False)
    elsewhere.client.set_cookie("SOCS", cookie.value, domain="youtube.localhost")
    assert elsewhere.soup("/").select_one("ytd-consent-bump-v2-lightbox") is None
    assert elsewhere.world.viewer(name).consented == choice


def test_like_dislike_and_back(app: Flask) -> None:
    visitor = Visitor(app, "liker")
    viewer = visitor.world.viewer("liker")
    likes = visitor.world.videos["dQw4w9WgXcQ"].likes
    body = {"videoId": "dQw4w9WgXcQ"}
    liked = visitor.post("/youtubei/v1/like/like", body).json
    assert liked is not None
    assert liked["liked"]
    assert liked["label"] == f"{likes + 1:,} likes"
    assert list(viewer.likes) == ["dQw4w9WgXcQ"]
    page = visitor.soup("/watch?v=dQw4w9WgXcQ")
    assert page.select_one('like-button-view-model button[aria-pressed="true"]')
    visitor.post("/youtubei/v1/like/dislike", body)
    assert not viewer.likes
    assert list(viewer.dislikes) == ["dQw4w9WgXcQ"]
    visitor.post("/youtubei/v1/like/removelike", body)
    assert not viewer.likes
    assert not viewer.dislikes


def test_subscribe_shows_on_the_page_and_in_the_guide(app: Flask) -> None:
    visitor = Visitor(app, "fan")
    channel = visitor.world.channels[visitor.world.videos["dQw4w9WgXcQ"].channel_id]
    answer = visitor.post("/youtubei/v1/subscription/subscribe", {"channelId": channel.id})
    assert answer.json == {"ok": True, "subscribed": True}
    page = visitor.soup("/watch?v=dQw4w9WgXcQ")
    button = page.select_one("ytd-subscribe-button-renderer[subscribed] button")
    assert button is not None
    assert button["aria-label"] == f"Unsubscribe from {channel.name}."
    assert page.select_one(f'ytd-guide-entry-renderer a[title="{channel.name}"]')
    visitor.post("/youtubei/v1/subscription/unsubscribe", {"channelId": channel.id})
    assert not visitor.world.viewer("fan").subscriptions


def test_not_interested_removes_the_video_from_later_lists(app: Flask) -> None:
    visitor = Visitor(app, "picky")
    visitor.html("/")
    refused = next(row["item_id"] for row in visitor.truth() if row["kind"] == "video")
    assert visitor.post("/youtubei/v1/feedback", {"videoId": refused}).status_code == 200
    before = len(visitor.truth())
    visitor.html("/")
    assert refused not in {row["item_id"] for row in visitor.truth()[before:]}


def test_search_is_remembered(app: Flask) -> None:
    visitor = Visitor(app, "searcher")
    visitor.html("/results?search_query=pasta++recipe")
    events = visitor.world.viewer("searcher").events
    assert [(event.kind.value, event.target) for event in events] == [("search", "pasta recipe")]


def test_autoplay_switch_is_kept(app: Flask) -> None:
    visitor = Visitor(app, "switcher")
    assert '"autoplay":true' in visitor.html("/watch?v=dQw4w9WgXcQ")
    visitor.post("/youtubei/v1/autoplay", {"on": False})
    assert '"autoplay":false' in visitor.html("/watch?v=dQw4w9WgXcQ")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/youtubei/v1/consent", {"choice": "maybe"}, 400),
        ("/youtubei/v1/consent", [], 400),
        ("/youtubei/v1/like/like", {"videoId": "../../etc"}, 404),
        ("/youtubei/v1/like/adore", {"videoId": "dQw4w9WgXcQ"}, 404),
        ("/youtubei/v1/like/like", {}, 404),
        ("/youtubei/v1/subscription/subscribe", {"channelId": 5}, 404),
        ("/youtubei/v1/feedback", {"videoId": None}, 404),
        ("/youtubei/v1/feedback", {"videoId": "dQw4w9WgXcQ", "feedback": "TELEPORT"}, 400),
        ("/youtubei/v1/feedback", {"videoId": "dQw4w9WgXcQ", "feedback": {}}, 400),
        ("/youtubei/v1/feedback", {"videoId": "dQw4w9WgXcQ", "seconds": -1}, 400),
        ("/youtubei/v1/feedback", {"videoId": "dQw4w9WgXcQ", "seconds": "x"}, 400),
        ("/youtubei/v1/autoplay", {"on": "yes"}, 400),
    ],
)
def test_bad_actions_change_nothing(app: Flask, path: str, body: object, status: int) -> None:
    visitor = Visitor(app, "clumsy")
    assert visitor.post(path, body).status_code == status
    viewer = visitor.world.viewer("clumsy")
    assert not viewer.events
    assert viewer.consented != "maybe"


def test_actions_from_other_origins_are_refused(app: Flask) -> None:
    visitor = Visitor(app, "victim")
    body = {"videoId": "dQw4w9WgXcQ"}
    answer = visitor.post("/youtubei/v1/like/like", body, Origin="http://evil.example")
    assert answer.status_code == 403
    assert not visitor.world.viewer("victim").likes
    own = visitor.post("/youtubei/v1/like/like", body, Origin="http://youtube.localhost")
    assert own.status_code == 200


def test_a_visitor_gets_an_id_once() -> None:
    app = shared_app("2026")
    client = app.test_client()
    first = client.get("/", base_url="http://youtube.localhost")
    given = client.get_cookie("VISITOR_INFO1_LIVE", domain="youtube.localhost")
    assert first.status_code == 200
    assert given is not None
    assert len(given.value) == 11
    again = client.get("/", base_url="http://youtube.localhost")
    assert "VISITOR_INFO1_LIVE" not in again.headers.get("Set-Cookie", "")
