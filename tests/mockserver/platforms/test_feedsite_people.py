"""People, pages and groups in both generations of markup: who is told from whom, who is named."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from feed_tools import differences
from flask import Flask

from collector.common.model import AuthorKind
from collector.platforms.facebook.parse import POST_SELECTOR, parse_page, parse_post
from collector.platforms.facebook.privacy import ADDRESS, NAME, people, without_people
from collector.platforms.facebook.timeline import evidence, parse_evidence
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.world.social import SocialWorld
from tests.mockserver.platforms.test_feedsite_markup import ERAS, SITE, _client, _whole

OWN_NAME = (
    '<a role="link" href="https://www.facebook.com/jane.doe?__cft__[0]=AZX&amp;__tn__=-UC%2CP-R">'
    "<strong><span>Jane Doe</span></strong></a>"
)


@pytest.fixture(scope="module", params=ERAS)
def app(request: pytest.FixtureRequest) -> Flask:
    return create_app(MockConfig(seed=5, era=request.param))


def _social(app: Flask) -> SocialWorld:
    mock: Mock = app.extensions["mock"]
    return mock.world.social


def _record(html: str) -> dict[str, Any]:
    """What the page's recorder would hand over if every post was seen."""
    tree = BeautifulSoup(html, "lxml")
    posts = [tag for tag in tree.select(POST_SELECTOR) if not tag.find_parent(_is_post)]
    now = datetime.now(UTC).timestamp() * 1000
    return {
        "started": now,
        "url": f"{SITE}/",
        "load": "one",
        "posts": [
            {"order": n, "time": now, "visible": 1000.0, "top": n, "bottom": n, "html": str(post)}
            for n, post in enumerate(posts, 1)
        ],
    }


def _is_post(tag: Any) -> bool:
    classes = tag.get("class") or []
    return "userContentWrapper" in classes or str(tag.get("data-pagelet", "")).startswith("Feed")


@pytest.mark.sweep(1)
@pytest.mark.parametrize("lang", ["en", pytest.param("it", marks=pytest.mark.slow), "ar"])
def test_the_evidence_names_pages_and_groups_and_nobody_else(app: Flask, lang: str) -> None:
    visitor = f"people-{lang}"
    html = evidence(
        _record(_whole(_client(app, visitor, lang))), timeline_id="t", languages=(lang,)
    )
    rows = app.extensions["mock"].world.truth.impressions(visitor=visitor)
    posts = [row["post"] for row in rows]
    addresses = [one for post in posts for one in post["addresses"]]
    assert bool(addresses) is (lang != "ar"), "some people have an address of their own"
    for one in _social(app).sources.people:
        assert one.name not in html
        assert one.id not in html
        assert one.vanity is None or one.vanity not in html
    read = parse_evidence(html, f"{SITE}/", languages=(lang,))
    wrong = {
        row["slot"]: found
        for item, row in zip(read.impressions, rows, strict=True)
        if (found := differences(item, row["post"], scrubbed=True))
    }
    assert wrong == {}
    kinds = {item.extra.get("authorKind") for item in read.impressions}
    assert {"page", "person", "group"} <= kinds
    for item in read.impressions:
        if item.extra.get("authorKind") in ("page", "group"):
            assert NAME not in str(item.channel_name)


@pytest.mark.sweep(1)
def test_people_with_an_address_of_their_own_are_told_from_pages(app: Flask) -> None:
    """By the markup alone, before anything is scrubbed."""
    social = _social(app)
    told = set()
    for lang in ("en",):
        html = _whole(_client(app, f"kinds-{lang}", lang))
        read = parse_page(html, f"{SITE}/", client_time=datetime.now(UTC), languages=(lang,))
        rows = app.extensions["mock"].world.truth.impressions(visitor=f"kinds-{lang}")
        for item, row in zip(read.impressions, rows, strict=True):
            if row["visibility"] == "public":
                source = social.source(row["source_id"])
                assert item.extra["authorKind"] == source.kind.value
                told.add((source.kind, source.vanity is None))
    assert {(AuthorKind.PERSON, False), (AuthorKind.PAGE, False), (AuthorKind.GROUP, True)} <= told


@pytest.mark.parametrize(
    ("href", "kind"),
    [
        ("/jane.doe?__cft__[0]=A", AuthorKind.PERSON),
        ("https://www.facebook.com/jane.doe", AuthorKind.PERSON),
        ("https://www.facebook.com/elpais/?__cft__[0]=A", AuthorKind.PAGE),
        ("/pages/El-Pais/8585811569/", AuthorKind.PAGE),
        ("/profile.php?id=100004999&amp;__tn__=x", AuthorKind.PERSON),
        ("/groups/2077/?__cft__[0]=A", AuthorKind.GROUP),
        ("/groups/2077/user/100004999/", AuthorKind.PERSON),
    ],
)
def test_kinds_by_address(href: str, kind: AuthorKind) -> None:
    html = (
        '<div data-pagelet="FeedUnit_0"><div role="article"><h4><span>'
        f'<a role="link" href="{href}"><strong>Somebody</strong></a></span></h4>'
        '<span><a role="link" href="/elpais/posts/10156260262981570?x=1" aria-label="3h">3h</a>'
        '<i role="img" aria-label="Shared with Public"></i></span>'
        '<div data-ad-preview="message"><div dir="auto">Hello</div></div></div></div>'
    )
    post = parse_post(html, when=datetime(2026, 3, 4, tzinfo=UTC), languages=["en"])
    assert post is not None
    assert post.author is kind


def test_a_page_is_not_public_by_the_look_of_its_address_alone() -> None:
    """What only looks like a page is asked for its audience."""
    html = (
        '<div data-pagelet="FeedUnit_0"><h4><a href="/jane.doe/"><b>Jane Doe</b></a></h4>'
        '<a href="/jane.doe/posts/10156260262981570" aria-label="3h">3h</a>'
        '<i role="img" aria-label="Close circle"></i></div>'
    )
    post = parse_post(html, when=datetime(2026, 3, 4, tzinfo=UTC), languages=["en"])
    assert post is not None
    assert post.visibility == "private"


def test_names_go_from_texts_labels_captions_and_addresses() -> None:
    html = (
        f"<h4>{OWN_NAME}</h4>"
        '<a href="/jane.doe/posts/10156260262981570?__cft__[0]=AZ">3h</a>'
        '<div aria-label="Comment by Jane Doe 2h">What Jane&nbsp;Doe said, JANE.DOE aside</div>'
        '<img alt="Image may contain: Jane Doe, sky"><p>facebook.com/jane.doe</p>'
        "<p><span>Jane</span> <b>Doe</b></p><p>Jane Doering, /jane.doe2</p>"
        '<a href="/elpais/?x">El País</a>'
    )
    known = people(html)
    assert known.names == {"Jane Doe"}
    assert known.addresses == {"jane.doe"}
    clean = without_people(html, known)
    assert not re.search(r"Jane(?:\s|&nbsp;|<[^>]*>)+Doe\b", clean)
    assert not re.search(r"/jane\.doe\b(?!2)", clean)
    assert f'href="https://www.facebook.com/{ADDRESS}?__cft__' in clean
    assert f"/{ADDRESS}/posts/10156260262981570" in clean
    assert "El País" in clean
    assert "Jane Doering, /jane.doe2" in clean
    assert f"<span>{NAME}</span> <b></b>" in clean, "the markup around a split name stays"
    assert without_people(clean, people(clean)) == clean


def test_an_advertiser_is_a_page_whatever_its_address_looks_like() -> None:
    unit = (
        '<div data-pagelet="FeedUnit_{}"><h4><a href="/acme.shop?__cft__[0]=A"><b>Acme Shop</b></a>'
        '</h4><span><a href="/ads/about/?x" aria-label="Sponsored">Sponsored</a>'
        '<i role="img" aria-label="Shared with Public"></i></span>'
        '<div data-ad-preview="message"><div dir="auto">Buy at Acme Shop</div></div></div>'
    )
    record = {"started": 1_772_600_000_000, "url": f"{SITE}/", "load": "x", "posts": [
        {"order": 1, "time": 1_772_600_000_000, "visible": 1, "top": 0, "bottom": 1,
         "html": unit.format(0)},
    ]}  # fmt: skip
    html = evidence(record, timeline_id="t", languages=("en",))
    (seen,) = parse_evidence(html, f"{SITE}/").impressions
    assert (seen.channel_name, seen.extra["authorKind"]) == ("Acme Shop", "page")


@pytest.mark.slow
def test_groups_publish_posts_that_their_members_write(app: Flask) -> None:
    social = _social(app)
    viewer = social.viewer("member", lang="en")
    groups = social.groups(viewer)
    assert groups
    written = [post for group in groups for post in social.posts_of(group)]
    members = {social.source(str(post.member_id)).kind for post in written}
    assert members == {AuthorKind.PERSON}
    assert {post.link_type for post in written} == {"groups"}
    assert all(
        f"/groups/{post.source_id}/permalink/{post.id}" == post.permalink
               for post in written)  # fmt: skip
    assert {post.public for post in written} == {True, False}, "open groups and closed ones"
    client = _client(app, "member", "en")
    assert client.get(groups[0].path).status_code == 200
    assert groups[0].name in client.get(groups[0].path).text
    assert social.labels()[groups[0].id] == groups[0].topic


def test_no_groups_no_posts_of_groups() -> None:
    app = create_app(MockConfig(seed=5, recommender={"feed.groups": 0.0}))
    social = _social(app)
    stories = social.timeline(social.viewer("v", lang="en"), "load", count=120)
    kinds = {social.source(story.post.source_id).kind for story in stories}
    assert AuthorKind.GROUP not in kinds
