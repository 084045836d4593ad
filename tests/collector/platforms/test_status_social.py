"""Page status of the social site as a decision table, as ``test_status_oracle`` has the other's."""

from __future__ import annotations

import itertools

import pytest

from collector.common.model import PageStatus
from collector.platforms.facebook import page_status
from collector.platforms.facebook.marks import status_and_reason

FB = "https://www.facebook.com/"
FB_MARKS = {
    "captcha": '<input name="captcha_response">',
    "consent": '<div data-cookiebanner="x"></div>',
    "login": '<form id="login_form"></form>',
    "gone": '<div data-testid="error_page"></div>',
    "error": "<title>Error</title>",
    "app": '<div id="globalContainer"></div>',
    "none": "<p>You’re all <b>caught</b> up</p>",
    "text": "<p>words</p>",
}
POST = '<div class="userContentWrapper"></div>'
ORDER = [
    ("captcha", "captcha"), ("consent", "consent"), ("login", "login"), ("gone", "unavailable"),
    ("error", "error"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        (FB, "empty"),
        ("https://www.facebook.com/somebody", "empty"),
        ("https://www.facebook.com/somebody/posts/1234567890", "ok"),
    ],
)
def test_the_social_site(url: str, bare: str) -> None:
    """A post makes a page ok; else the first obstacle; else what the site itself says: that there
    is nothing, or not even that."""
    for count in range(len(FB_MARKS) + 1):
        for marks in itertools.combinations(FB_MARKS, count):
            html = f"<body>{''.join(FB_MARKS[mark] for mark in marks)}</body>"
            expected = next((status for mark, status in ORDER if mark in marks), None)
            obstacle = expected is not None
            if expected is None and "app" in marks:
                expected = bare if bare == "ok" or "none" in marks else "unknown"
            found, reason = status_and_reason(html, url)
            assert found == (expected or "unknown"), marks
            drawn = obstacle or found != "unknown" or ("app" not in marks and len(marks) > 0)
            assert reason == (None if drawn else "not-drawn"), marks
            assert page_status(html, url) is found
            assert page_status(html + POST, url) == "ok", marks


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("chrome-error://chromewebdata/", "error"),
        ("https://www.facebook.com/checkpoint/1501092823525282/", "captcha"),
        ("https://www.facebook.com/login", "login"),
        ("https://www.facebook.com/login/", "login"),
        ("https://www.facebook.com/login.php?next=x", "login"),
        ("https://www.facebook.com/login/device-based/", "login"),
        ("https://www.facebook.com/loginsomebody", "ok"),
        ("https://www.facebook.com/privacy/consent/?flow=x", "consent"),
        ("https://www.facebook.com/cookie/consent", "consent"),
        ("https://www.facebook.com/consent", "consent"),
        ("https://www.facebook.com/checkpoint", "captcha"),
        ("https://www.facebook.com/checkpoint/", "captcha"),
        ("https://www.facebook.com/privacy/consent", "consent"),
        ("https://www.facebook.com/cookie/consent/x", "consent"),
        ("https://www.facebook.com/login.php/", "login"),
        ("https://www.facebook.com/some/login", "ok"),
        ("https://www.facebook.com/LOGIN", "ok"),
        ("https://www.facebook.com/some/checkpoint", "ok"),
        ("https://[broken/", "ok"),
    ],
)
def test_where_the_browser_ended_up_on_the_social_site(url: str, status: str) -> None:
    assert page_status(f"<p>{POST}</p>", url) is PageStatus(status)
    assert status_and_reason("\n", url) == (PageStatus.UNKNOWN, "not-drawn")


@pytest.mark.parametrize(
    ("inside", "status"),
    [
        ("<p>No posts available</p>", "empty"),
        ("<p>Keine  Beiträge\nverfügbar</p>", "empty"),
        ("<p>You&#39;re all caught up</p>", "empty"),
        ("<p>لقد اطلعت على كل شيء</p>", "empty"),
        ("<script>const t = 'No posts available';</script>", "unknown"),
        ("<script>const t = 'No posts available';", "unknown"),
        ("<script></script><p>No posts yet</p><script>x</script>", "empty"),
        ("<p>x</p>", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_feed_is_empty_only_on_the_words_that_are_shown(inside: str, status: str) -> None:
    html = f'<div id="mount_0_0_a"><div role="feed">{inside}</div></div>'
    assert page_status(html, FB) is PageStatus(status)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ('<section aria-posinset="1"><p>words</p></section>', "unknown"),
        ('<p>No posts yet</p><a href="/somebody/posts/1234567890">words</a>', "empty"),
    ],
)
def test_a_post_of_a_markup_that_nobody_knows_is_found_by_reading(inside: str, told: str) -> None:
    """The text alone does not tell of it: the page is partial, not drawn and not empty no more."""
    html = f'<div id="globalContainer">{inside}</div>'
    assert status_and_reason(html, FB)[0] == told
    assert page_status(html, FB) is PageStatus.PARTIAL


def test_error_pages_of_the_social_site_are_small() -> None:
    begun = "<title>Sorry, something went wrong</title><p>words</p>"
    filled = begun + " " * (399_999 - len(begun))
    assert page_status(filled, FB) is PageStatus.ERROR
    assert page_status(filled + " ", FB) is PageStatus.UNKNOWN
    assert page_status("just words", FB) is PageStatus.UNKNOWN
