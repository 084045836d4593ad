"""Redesigns of the feed: what is no longer told is said aloud, and nobody's post becomes public."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from collector.common.model import Observation, PageStatus
from collector.platforms.facebook import parse_page
from mockserver.app import create_app
from mockserver.context import MockConfig
from tests.mockserver.platforms.test_feedsite_looks import PHONE
from tests.mockserver.platforms.test_feedsite_markup import SITE, _client

_POST_LINK = re.compile(
    r'href="/[^"]*(?:posts|videos|permalink|photos?|notes|events|watch)\b[^"]*"'
)
ERAS = ("2017", "2019", "2020", "2023", "mobile")


def _renamed(*names: str) -> Callable[[str], str]:
    pattern = re.compile(rf"(\s)({'|'.join(names)})(?==|[\s>])")
    return lambda html: pattern.sub(r"\1data-q-\2", html)


def _other_tags(*tags: str) -> Callable[[str], str]:
    pattern = re.compile(rf"(</?)(?:{'|'.join(tags)})(?=[\s>])")
    return lambda html: pattern.sub(r"\1fb-box", html)


def _without_links_to_posts(html: str) -> str:
    return _POST_LINK.sub('href="#"', html)


REDESIGNS: Mapping[str, Callable[[str], str]] = {
    "classes": _renamed("class"),
    "ids": _renamed("id"),
    "roles": _renamed("role"),
    "labels": _renamed("aria-label", "aria-labelledby", "data-tooltip-content"),
    "places": _renamed("aria-posinset", "data-pagelet", "role"),
    "classes and roles": _renamed("class", "role"),
    "elements": _other_tags("div", "article"),
    "headings": _other_tags("h3", "h4", "h5"),
    "ids and roles": _renamed("id", "role"),
    "links": _renamed("href"),
    "links to posts": _without_links_to_posts,
}


@pytest.fixture(scope="module", params=ERAS)
def page(request: pytest.FixtureRequest) -> str:
    """The feed as one visitor sees it when it opens."""
    look: str = request.param
    client = _client(create_app(MockConfig(era="2026" if look == "mobile" else look)), "v1", "en")
    if look == "mobile":
        client.environ_base["HTTP_USER_AGENT"] = PHONE
    return client.get("/").text


def _told(seen: Observation) -> list[tuple[str, str]]:
    return [(item.item_id, item.href) for item in seen.impressions]


def _private(seen: Observation) -> list[bool]:
    return [item.extra["visibility"] == "private" for item in seen.impressions]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("redesign", REDESIGNS)
def test_a_redesigned_feed_loses_nothing_in_silence(page: str, redesign: str) -> None:
    """Each post is told as before, or there are notes and the status is neither ok nor empty; a
    private post stays private."""
    was, now = parse_page(page, SITE), parse_page(REDESIGNS[redesign](page), SITE)
    assert was.status is PageStatus.OK
    assert was.impressions
    if now.status in (PageStatus.OK, PageStatus.EMPTY):
        assert _told(now) == _told(was)
    else:
        assert len(now.unparsed) > 0
    if len(now.impressions) == len(was.impressions):
        assert all(b for a, b in zip(_private(was), _private(now), strict=True) if a)
