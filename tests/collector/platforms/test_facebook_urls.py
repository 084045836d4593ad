"""Addresses of the site: what they name, and trackers cut away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.common.model import PageKind
from collector.platforms.facebook import urls


@pytest.mark.parametrize(
    ("href", "kind", "post", "path"),
    [
        ("https://www.facebook.com/elpais/posts/10156260262981570?__xts__[0]=68&__tn__=-R",
         "posts", "10156260262981570", "/elpais/posts/10156260262981570"),
        ("/permalink.php?story_fbid=123456&id=99&ref=x", "posts", "123456",
         "/permalink.php?story_fbid=123456&id=99"),
        ("/elpais/photos/a.1.2/12345/?type=3", "photo", "12345", "/elpais/photos/a.1.2/12345"),
        ("/photo.php?fbid=12345&set=a.1&type=3", "photo", "12345", "/photo.php?fbid=12345&set=a.1"),
        ("/groups/77/permalink/4567/?x", "groups", "4567", "/groups/77/permalink/4567"),
        ("/elpais/videos/4567/", "videos", "4567", "/elpais/videos/4567"),
        ("/watch/?v=4567&ref=y", "videos", "4567", "/watch/?v=4567"),
        ("/events/4567/?acontext=x", "events", "4567", "/events/4567"),
        ("/notes/bob/a-title/4567/", "notes", "4567", "/notes/bob/a-title/4567"),
        ("/media/set/?set=a.4567.89&type=1", "album", "4567", "/media/set/?set=a.4567.89"),
        ("/bob/posts/pfbid02abcdEFGH123", "posts", "pfbid02abcdEFGH123",
         "/bob/posts/pfbid02abcdEFGH123"),
        ("/elpais/?story_fbid=4567&id=8585811569&__tn__=x", "posts", "4567",
         "/permalink.php?story_fbid=4567&id=8585811569"),
        ("/video.php?v=4567", "videos", "4567", "/watch/?v=4567"),
    ],
)  # fmt: skip
def test_links_to_posts(href: str, kind: str, post: str, path: str) -> None:
    found = urls.post_link(href)
    assert found is not None
    assert (found.kind, found.post_id, found.path) == (kind, post, path)


@pytest.mark.parametrize(
    "href", ["/elpais/", "https://evil.example/a/posts/1234", "/ads/about/", "#", "http://[", ""]
)
def test_other_links_are_no_posts(href: str) -> None:
    assert urls.post_link(href) is None


def test_people_pages_and_groups() -> None:
    assert urls.profile_link("/profile.php?id=1000&fref=nf&__tn__=x") == (
        "https://www.facebook.com/profile.php?id=1000"
    )
    assert urls.profile_link("https://www.facebook.com/elpais/?hc_ref=A") == (
        "https://www.facebook.com/elpais/"
    )
    assert urls.profile_link("/groups/12/?ref=x") == "https://www.facebook.com/groups/12/"
    assert urls.profile_link("/pg/elpais/posts/?ref=x") == "https://www.facebook.com/elpais/"
    assert urls.profile_link("/ads/about") is None
    assert urls.profile_link("https://elpais.com/") is None


def test_links_out_of_the_site() -> None:
    shim = (
        "https://l.facebook.com/l.php?u=https%3A%2F%2Felpais.com%2Fa%3Fx%3D1%26fbclid%3DI&h=A&enc=Z"
    )
    assert urls.external_link(shim) == "https://elpais.com/a?x=1"
    assert urls.external_link("https://elpais.com/a?utm_source=f") == "https://elpais.com/a"
    for nothing in ("/l.php?u=javascript:alert(1)", "/elpais/", "mailto:a@b.c", "https://["):
        assert urls.external_link(nothing) is None


def test_the_feed_is_the_feed_whatever_its_query() -> None:
    for url in ("https://www.facebook.com/", "https://www.facebook.com/?ref=logo", "/home.php"):
        assert urls.is_feed(url)
    for url in ("https://www.facebook.com/elpais/", "https://example.org/", "/watch"):
        assert not urls.is_feed(url)
    assert urls.parse_url("/profile.php?id=12").kind is PageKind.CHANNEL
    assert urls.parse_url("/search/top?q=cats") == urls.ParsedUrl(PageKind.SEARCH, "cats")


@given(st.text())
def test_nothing_breaks_them(text: str) -> None:
    for call in (urls.post_link, urls.profile_link, urls.external_link, urls.parse_url):
        call(text)
        call(f"https://www.facebook.com/{text}")
