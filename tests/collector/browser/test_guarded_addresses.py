"""An address that is none (``http://[``) is an address of nothing, wherever it comes from."""

from __future__ import annotations

import facebook_posts as posts
import pytest
import youtube_pages as y
from places import ROOT

from collector.addresses import parts_of
from collector.platforms.acting import address_on
from collector.platforms.address import find_address
from collector.platforms.facebook import actions as feed_actions
from collector.platforms.facebook import parse, urls
from collector.platforms.registry import platform_of
from collector.platforms.youtube import actions as video_actions
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.urls import HOSTS, parse_url
from collector.platforms.youtube.urls import surface_opened as of_address
from collector.platforms.youtube.waiting import ActionFailed
from collector.scenario.guardoni_rows import bad_address
from collector.scenario.values import Fixable, as_address, video_of

BROKEN = (
    "http://[",
    "http://[::1",
    "https://[x]/watch?v=AAAAAAAAAAA",
    "http://h:port/",
    "http://[]:1/",
)


def test_addresses_are_taken_apart_in_one_place() -> None:
    """``urlsplit`` raises for some texts: nobody calls it but the helper that guards it."""
    callers = [
        path.relative_to(ROOT).as_posix()
        for room in ("collector", "mockserver")
        for path in (ROOT / room).rglob("*.py")
        if "urlsplit(" in (text := path.read_text()) or "urlparse(" in text
    ]
    assert callers == [path for path in callers if path.endswith("addresses.py")]
    assert len(callers) == 1


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_address_in_a_scenario(broken: str) -> None:
    assert video_of(broken) is None
    assert of_address(broken) is None
    assert bad_address(broken)
    with pytest.raises(Fixable):
        as_address(broken)
    for hosts in (video_actions.SITE_HOSTS, feed_actions.SITE_HOSTS):
        with pytest.raises(ActionFailed):
            address_on("http://youtube.localhost:8000", broken, hosts)
    with pytest.raises(ActionFailed):
        video_actions.address_on("http://youtube.localhost", broken)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_address_on_a_page(broken: str) -> None:
    page = y.app(
        y.home(y.rich(y.lockup("A" * 11)), y.rich(y.ad(broken)), f'<a href="{broken}">x</a>')
    ).replace("<head>", f'<head><link rel="canonical" href="{broken}">')
    assert find_address(page, HOSTS) == ""
    seen = parse_page(page, broken)
    assert [item.item_id for item in seen.impressions][:1] == ["A" * 11]
    assert parse_url(broken) is not None
    assert platform_of("", broken) is None
    assert urls.external_link(broken) is None
    assert urls.profile_link(broken) is None
    html = posts.html().replace('href="', f'href="{broken}')
    parse.parse_post(html, when=posts.WHEN, languages=["en"])  # no exception


def test_a_good_address_in_its_parts() -> None:
    parts = parts_of("https://ann:pw@WWW.Example.ORG:81/a?b=c#d")
    assert (parts.scheme, parts.host, parts.port, parts.path, parts.query, parts.fragment) == (
        "https", "www.example.org", 81, "/a", "b=c", "d",
    )  # fmt: skip
    assert parts.is_web
    assert not parts_of("/watch?v=x").is_web
