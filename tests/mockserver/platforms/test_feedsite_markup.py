"""The feed's markup, read by the parser, says exactly what the truth log says: eras × languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from bs4 import BeautifulSoup
from feed_tools import LANGUAGES, differences
from flask import Flask
from flask.testing import FlaskClient

from collector.common.model import ItemKind, PageStatus, Surface, Visibility
from collector.platforms.facebook import page_status, parse_page
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.world.social import Post

SITE = "http://facebook.localhost"
#: Era of the world → the generation of markup that it has.
ERAS = {"2019": "2019", "2026": "2020"}


@pytest.fixture(scope="module", params=ERAS)
def app(request: pytest.FixtureRequest) -> Flask:
    return create_app(MockConfig(seed=5, era=request.param))


class _OnTheSite(FlaskClient):
    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, base_url=SITE, **kwargs)


def _newcomer(app: Flask) -> FlaskClient:
    app.test_client_class = _OnTheSite
    return app.test_client()


def _client(app: Flask, visitor: str, lang: str) -> FlaskClient:
    """A visitor who is signed in, has answered the dialog and follows four pages."""
    client = _newcomer(app)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = lang
    for name, value in (("datr", visitor), ("c_user", "100012345678901"), ("cb", "reject")):
        client.set_cookie(name, value, domain="facebook.localhost")
    mock: Mock = app.extensions["mock"]
    viewer = mock.world.social.viewer(visitor)
    for topic in ("science", "music"):
        for number in (1, 4):
            pages = [p for p in mock.world.social.sources.pages if p.lang == lang]
            viewer.follow([p for p in pages if p.topic == topic][number - 1].id)
    return client


class _Cursor(HTMLParser):
    found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = dict(attrs).get("data-cursor") or self.found


def _whole(client: FlaskClient) -> str:
    """The feed with everything that continues it."""
    html = client.get("/").text
    reader = _Cursor()
    reader.feed(html)
    cursor = reader.found
    while cursor:
        more = client.get("/ajax/feed/more", query_string={"cursor": cursor}).get_json()
        html += more["html"]
        cursor = more["cursor"]
    return html


#: Left to right and right to left; the other languages are in the sweep.
EACH = [
    pytest.param(lang, marks=[] if lang in ("en", "ar") else [pytest.mark.slow])
    for lang in LANGUAGES
]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("lang", EACH)
def test_what_is_read_is_what_was_served(app: Flask, lang: str) -> None:
    mock: Mock = app.extensions["mock"]
    html = _whole(_client(app, f"reader-{lang}", lang))
    page = parse_page(html, f"{SITE}/", client_time=datetime.now(UTC), languages=(lang,))
    rows = mock.world.truth.impressions(visitor=f"reader-{lang}")
    assert page.status is PageStatus.OK
    assert [item.surface for item in page.impressions] == [Surface.FEED] * len(rows)
    assert [item.position for item in page.impressions] == [row["slot"] for row in rows]
    wrong = {
        (row["slot"], row["media"]): found
        for item, row in zip(page.impressions, rows, strict=True)
        if (found := differences(item, row["post"]))
    }
    assert wrong == {}
    assert page.unparsed == ()
    # Everything that there is to tell is among them.
    posts = [row["post"] for row in rows]
    assert {row["kind"] for row in rows} == {"post", "ad"}
    assert {post["visibility"] for post in posts} == {"public", "private"}
    assert {post.get("reason") for post in posts} >= {None, "friend", "suggested"}
    assert any(post.get("shared") for post in posts)
    assert any(post.get("opengraph") for post in posts)
    assert sum(item.kind is ItemKind.AD for item in page.impressions) == sum(
        row["kind"] == "ad" for row in rows
    )


def test_the_markup_is_the_eras(app: Flask) -> None:
    mock: Mock = app.extensions["mock"]
    html = _client(app, "era", "en").get("/").text
    newer = ERAS[mock.config.era] == "2020"
    assert ('data-pagelet="FeedUnit_0"' in html) is newer
    assert ("userContentWrapper" in html) is not newer
    assert ('id="newsFeedHeading"' in html) is not newer


def test_link_cards_of_2019_read_as_site_title_description() -> None:
    """Parsers of that year climbed from the site's name to 1,000 characters of markup and took
    the texts there in order; the author's link was an absolute address."""
    app = create_app(MockConfig(seed=5, era="2019"))
    mock: Mock = app.extensions["mock"]
    soup = BeautifulSoup(_whole(_client(app, "cards", "en")), "lxml")
    read = 0
    for mark in soup.select(".ellipsis"):
        box = next(up for up in mark.parents if len(str(up)) >= 1000)
        post = mock.world.social.post(str(mark.find_parent(attrs={"data-post": True})["data-post"]))
        cards = [each.card for each in (post, *_shared(mock, post)) if each.card is not None]
        texts = list(dict.fromkeys(box.stripped_strings))[:3]
        assert texts in [[card.site, card.title, card.description] for card in cards]
        read += 1
    assert read > 3
    links = [str(a["href"]) for a in soup.select("h5 .fwb a[data-hovercard]")]
    assert links
    assert all(link.startswith(f"{SITE}/") for link in links)


def _shared(mock: Mock, post: Post) -> list[Post]:
    return [mock.world.social.post(post.shared_id)] if post.shared_id else []


@pytest.mark.slow
def test_private_posts_are_private_whatever_the_language(app: Flask) -> None:
    mock: Mock = app.extensions["mock"]
    for lang in LANGUAGES:
        html = _client(app, f"private-{lang}", lang).get("/").text
        read = parse_page(html, f"{SITE}/", client_time=datetime.now(UTC), languages=())
        rows = mock.world.truth.impressions(visitor=f"private-{lang}")
        assert rows
        told = [item.extra["visibility"] for item in read.impressions]
        assert told == [row["visibility"] for row in rows]
        for item in read.impressions:
            if item.extra["visibility"] == Visibility.PRIVATE:
                assert (item.item_id, item.title, item.channel_name) == ("", None, None)


@pytest.mark.sweep(1)
def test_the_same_visitor_gets_the_same_bytes(app: Flask) -> None:
    config = replace(app.extensions["mock"].config, clock="0")
    pages = []
    for _ in range(2):
        twin = create_app(config)
        pages.append(_client(twin, "same", "it").get("/").text)
    assert pages[0] == pages[1]


def test_every_load_is_a_timeline_of_its_own(app: Flask) -> None:
    client = _client(app, "loads", "en")
    client.get("/")
    answer = client.post("/ajax/feed/refresh", json={}).get_json()
    mock: Mock = app.extensions["mock"]
    loads = list(dict.fromkeys(r["load"] for r in mock.world.truth.impressions(visitor="loads")))
    assert len(loads) == 2
    assert answer["load"] == loads[1]
    assert loads[1] in answer["html"]


def test_who_has_not_answered_or_signed_in_sees_no_feed(app: Flask) -> None:
    client = _newcomer(app)
    page = client.get("/").text
    assert page_status(page, f"{SITE}/") is PageStatus.CONSENT
    assert client.post("/cookie/consent/", json={"choice": "reject"}).status_code == 200
    page = client.get("/").text
    assert page_status(page, f"{SITE}/") is PageStatus.LOGIN
    assert client.post("/ajax/feed/refresh", json={}).status_code == 403
    sent = client.post("/login/", data={"email": "someone@example.org", "pass": "x"})
    assert sent.status_code == 302
    assert page_status(client.get("/").text, f"{SITE}/") is PageStatus.OK


@pytest.mark.sweep(1)
def test_actions_change_the_viewer_and_only_from_this_site(app: Flask) -> None:
    client = _client(app, "actor", "en")
    mock: Mock = app.extensions["mock"]
    social = mock.world.social
    viewer = social.viewer("actor")
    page = social.sources.by_path("cooking.en.1")
    assert page is not None
    post = social.posts_of(page)[0]
    assert client.post("/ajax/follow", json={"page": page.id}).get_json()["on"] is True
    assert page.id in viewer.follows
    assert client.post("/ajax/like", json={"post": post.id}).get_json()["on"] is True
    again = client.post("/ajax/like", json={"post": post.id, "on": False})
    assert again.get_json()["on"] is False
    assert post.id not in viewer.likes
    assert client.post("/ajax/like", json={"post": "1"}).status_code == 404
    assert client.post("/ajax/like", data="x").status_code == 400
    foreign = {"Origin": "http://evil.example"}
    assert client.post("/ajax/like", json={"post": post.id}, headers=foreign).status_code == 403


def test_a_cursor_is_its_visitors_own(app: Flask) -> None:
    reader = _Cursor()
    reader.feed(_client(app, "mine", "en").get("/").text)
    other = _client(app, "other", "en")
    cursor = {"cursor": reader.found}
    assert other.get("/ajax/feed/more", query_string=cursor).status_code == 400


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("server_error", PageStatus.ERROR),
        ("captcha", PageStatus.CAPTCHA),
        ("login", PageStatus.LOGIN),
    ],
)
def test_faults_look_like_what_they_are(fault: str, status: PageStatus) -> None:
    app = create_app(MockConfig(seed=5, faults={fault: 1.0}))
    page = _client(app, "unlucky", "en").get("/").text
    assert page_status(page, f"{SITE}/") is status


def test_profiles_and_what_is_not_there(app: Flask) -> None:
    client = _client(app, "visitor", "en")
    page = parse_page(client.get("/science.en.1").text, f"{SITE}/science.en.1")
    assert page.status is PageStatus.OK
    assert page.impressions
    mock: Mock = app.extensions["mock"]
    nameless = next(p for p in mock.world.social.sources.pages if p.vanity is None)
    assert client.get(nameless.path).status_code == 200
    gone = client.get("/nobody-here")
    assert gone.status_code == 404
    assert page_status(gone.text, f"{SITE}/nobody-here") is PageStatus.UNAVAILABLE
