"""Whose page stands where one of the site's was asked for: only somebody else's is named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.common.model import PageStatus, RawPage
from collector.platforms.registry import spec_of
from collector.session.instead import instead

SITE = "http://127.0.0.1:4000"
PORTAL = "<title>Wi-Fi</title><script>var a = '<p>'</script><p>Pay <b>here</b>"
QUOTED = "'Wi-Fi Pay here'"


def told(html: str, url: str, status: str = "unknown", platform: str = "youtube") -> str:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    raw = RawPage(url, html, now, now, viewport=(1280, 720), languages=("en",), user_agent="test")
    return instead(raw, PageStatus(status), spec_of(platform), SITE)


@pytest.mark.parametrize("platform", ["youtube", "facebook"])
@pytest.mark.parametrize(
    ("url", "at"),
    [
        (f"{SITE}/watch?v=x", ""),
        ("https://www.{}.com/", ""),
        ("http://{}.localhost:99/", ""),
        ("http://10.0.0.1:8080/hotspot?mac=1", " at http://10.0.0.1:8080"),
        ("https://login.example/", " at https://login.example"),
    ],
)
def test_a_page_without_a_mark_of_the_platform(platform: str, url: str, at: str) -> None:
    found = told(PORTAL, url.format(platform), platform=platform)
    assert found.startswith(f"answered by something else{at}, such as a captive page")
    assert found.endswith(QUOTED)


@pytest.mark.parametrize(
    ("html", "url", "status"),
    [
        (PORTAL, f"{SITE}/", "error"),  # the site's own word of what is wrong
        (PORTAL, "https://accounts.google.com/signin", "login"),
        (PORTAL, "https://consent.example/", "consent"),
        (PORTAL, "chrome-error://chromewebdata/", "error"),
        ("<script>var a</script> <p></p>", f"{SITE}/", "unknown"),  # not drawn
        ("", f"{SITE}/", "unknown"),
        ("<ytd-app><p>Redesigned</p></ytd-app>", f"{SITE}/", "unknown"),
        (PORTAL, f"{SITE}/", "ok"),
    ],
)
def test_what_is_the_sites_own_or_nothing(html: str, url: str, status: str) -> None:
    assert told(html, url, status) == ""


def test_an_error_on_another_host_is_not_the_sites() -> None:
    assert " at http://gate.example, " in told(
        "<title>403</title>", "http://gate.example/", "error"
    )
    assert told("", "http://gate.example/").endswith("'nothing'")
