"""No page makes the scrubber slow: its time is in step with the page's size, whatever is on it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from collector.recording.clean import Cleaner
from collector.scrub import scrub

#: What a hostile page may repeat. Each answers a page of about so many bytes.
PAGES: dict[str, Callable[[int], str]] = {
    "one letter": lambda n: "XSRF_TOKEN=" + "a" * n,
    "one letter, many tokens": lambda n: (
        "".join(f'"XSRF_TOKEN":"{"a" * k}",' for k in range(6, 60)) + "a" * n
    ),
    "two letters": lambda n: 'XSRF_TOKEN="abababababab!"' + "ab" * (n // 2),
    "a head": lambda n: (
        f'"XSRF_TOKEN":"{"-" * 2000}abcdef" ' + ("-" * 1999 + "abcdef ") * (n // 2006)
    ),
    "a tail": lambda n: f'"XSRF_TOKEN":"{"abc-" * 900}!" ' + "abc-" * (n // 4),
    "keys": lambda n: "XSRF_TOKEN=" * (n // 11),
    "keys, open quote": lambda n: "XSRF_TOKEN:'" * (n // 12),
    "keys, other quotes": lambda n: 'XSRF_TOKEN:\\\\\\"' * (n // 15),
    "different tokens": lambda n: "".join(f'"XSRF_TOKEN":"tok{i:07}",' for i in range(n // 26)),
    "inputs": lambda n: '<input name="session_token" ' * (n // 28),
    "inputs, closed": lambda n: '<input name="session_token" value="abcdef123">' * (n // 46),
    "boxes": lambda n: "<ytd-commentbox>" * (n // 16),
    "boxes, closed": lambda n: "<ytd-commentbox></ytd-commentbox>" * (n // 33),
    "boxes of links": lambda n: '<ytd-commentbox><a href="/@abc">' * (n // 32),
    "avatars": lambda n: 'id="avatar-btn"' * (n // 15),
    "avatars of names": lambda n: (
        '<button id="avatar-btn" aria-label="Google Account: A B (a@b.cd)"></button>' * (n // 76)
    ),
    "different names": lambda n: "".join(
        f"<ytd-commentbox><b id='account-name'>Ann B{i:06}</b></ytd-commentbox>"
        for i in range(n // 70)
    ),
    "short names": lambda n: "".join(
        f"<ytd-commentbox><b id='account-name'>B{i % 99}</b></ytd-commentbox>"
        for i in range(n // 65)
    ),
    "headers": lambda n: "activeAccountHeaderRenderer" * (n // 27),
    "headers of mail": lambda n: "activeAccountHeaderRenderer" * 9 + 'email":' * (n // 7),
    "labels": lambda n: '<button id="avatar-btn" title="' + "Google: " * (n // 8),
    "label of spaces": lambda n: '<button id="avatar-btn" title="Google:' + " " * n + '(">',
    "google": lambda n: "Google" * (n // 6),
    "google accounts": lambda n: "Google Account: Ann Lee (" * (n // 25),
    "mails": lambda n: 'id="email">a@' * (n // 13),
    "mail tags": lambda n: 'email"' * (n // 6),
    "media": lambda n: "videoplayback?ip=1.2.3.4&" * (n // 25),
    "media, cut": lambda n: "videoplayback/ip/" + "1" * n,
    "backslashes": lambda n: "\\" * n,
    "backslashes in a value": lambda n: '"XSRF_TOKEN":"' + "\\" * 4000 + '"' + "\\" * n,
    "ampersands": lambda n: "&amp;" * (n // 5),
    "percent": lambda n: "%25" * (n // 3),
    "percent letters": lambda n: "%41" * (n // 3),
    "escapes": lambda n: "\\u0041" * (n // 6),
    "octal": lambda n: "\\101" * (n // 4),
    "styles": lambda n: "\\41 " * (n // 4),
    "styles, close": lambda n: "\\000041" * (n // 7),
    "escapes out of others": lambda n: "%5Cu0041" * (n // 8),
    "references out of others": lambda n: "%26%2365;" * (n // 9),
    "percents out of others": lambda n: "&#37;41" * (n // 7),
    "styles out of others": lambda n: "%5C41 " * (n // 6),
    "backslashes out of others": lambda n: "%5C" * (n // 3),
    "letters in bytes": lambda n: "\\303\\251" * (n // 8),
    "halves of letters in bytes": lambda n: "\\303a\\303\\303" * (n // 13),
    "braces": lambda n: "\\u{" + "0" * n,
    "soft hyphens": lambda n: "a\u00ad" * (n // 3),
    "tags": lambda n: "<" * n,
    "guide": lambda n: "<ytd-guide-renderer" * (n // 19),
    "images": lambda n: "/yti/" * (n // 5),
    "channels": lambda n: "studio.youtube.com/channel/" * (n // 27),
}
NAMED = '<button id="avatar-btn" title="Google Account: Ann Lee (ann@example.org)"></button>'
ACCENTED = '<button id="avatar-btn" title="Google Account: Éèê İşö (ann@example.org)"></button>'
#: The same for a page whose viewer is known.
OF_A_VIEWER: dict[str, Callable[[int], str]] = {
    "first names": lambda n: NAMED + "ann " * (n // 4),
    "first names, close": lambda n: NAMED + "Ann" * (n // 3),
    "first names in tags": lambda n: NAMED + "Ann<b>" * (n // 6),
    "names": lambda n: NAMED + "Ann Lee" * (n // 7),
    "long gaps": lambda n: NAMED + ("ann" + "<b>" * 11) * (n // 36),
    "gaps of spaces": lambda n: NAMED + ("ann" + " " * 1200) * (n // 1203),
    "greetings": lambda n: NAMED + "Hello, Ann! " * (n // 12),
    "accents": lambda n: ACCENTED + "e\u0301" * (n // 3),
    "accents apart": lambda n: ACCENTED + "e\u0301e\u0300e\u0302 " * (n // 10),
    "turned": lambda n: NAMED + "Lee, Ann " * (n // 9),
    "turned in tags": lambda n: NAMED + ("Lee" + "<b>" * 11 + ",") * (n // 37),
    "initials": lambda n: NAMED + "Hello A. Lee A.L. " * (n // 18),
    "initials, close": lambda n: NAMED + "A." * (n // 2),
    "initials in the account": lambda n: NAMED.replace("></b", ">" + "A. " * (n // 3) + "</b"),
    "letters in the account": lambda n: NAMED.replace("></b", ">" + ">AL< " * (n // 5) + "</b"),
    "styles of letters": lambda n: NAMED + "𝐀𝐧𝐧 Ⓛ𝐞ﬁ " * (n // 29),
    "vowel signs": lambda n: NAMED + "أَّ" * (n // 6),
    "points": lambda n: NAMED + "ש" * (n // 4) + "ׁ" * (n // 4),
    "ruby": lambda n: NAMED + "<ruby>a<rt>b" * (n // 12),
    "ruby, open": lambda n: NAMED + "<ruby" + "<rt>" * (n // 4),
    "ruby of the name": lambda n: NAMED + "<ruby>A<rt>a</rt>nn Lee<rt>b</rt></ruby>" * (n // 39),
    "mail": lambda n: NAMED + "ann@example.organn@example.org" * (n // 30),
}


def cpu_s(call: Callable[[], object], tries: int = 3) -> float:
    """Processor time, which other programs do not add to; the least of several."""
    least = float("inf")
    for _ in range(tries):
        begun = time.process_time()
        call()
        least = min(least, time.process_time() - begun)
    return least


def ordinary() -> float:
    """CPU seconds of an ordinary page of 250 kB, with a viewer and an escape in each card, the
    measure of the hostile ones: they are slower on a slower processor, both."""
    card = "<a href='/watch?v=dQw4w9WgXcQ&amp;t=1'>Ordinary words of a title</a>"
    card = f"<div class='card'>{card}</div>"
    page = f"<html><body>{NAMED}{card * (250_000 // len(card))}"
    return max(cpu_s(lambda: scrub(page)), 0.0025)


@pytest.mark.sweep(5)
@pytest.mark.parametrize("page", (PAGES | OF_A_VIEWER).values(), ids=(PAGES | OF_A_VIEWER).keys())
def test_time_is_in_step_with_size(page: Callable[[int], str]) -> None:
    """Four times the page, less than 8 times the time; and no page of 250 kB costs what 60 ordinary
    ones do (the worst costs what 45 do)."""
    small, large = page(250_000), page(1_000_000)
    assert_in_step(lambda: scrub(small), lambda: scrub(large))


def test_a_given_value_of_one_letter(tmp_path: object) -> None:
    """Cookies too may hold anything; and a recording is cleaned by the same search."""
    known = ["a" * 4000, "-" * 500 + "a" * 500, "b" + "-a" * 500, "aaaaaaa", "Aa " * 40]
    text = "a" * 250_000 + "-a" * 125_000
    assert_in_step(lambda: scrub(text, known), lambda: scrub(text * 4, known))
    cleaner = Cleaner(known)
    body = lambda: cleaner.body(text, "text/plain")  # noqa: E731
    assert_in_step(lambda: scrub(text, known), body)


def assert_in_step(small: Callable[[], object], large: Callable[[], object]) -> None:
    """One of three measurements: others on the processor make one longer, and none shorter than
    the work; a search that is quadratic is slow in all of them."""
    found = []
    for _ in range(3):
        took = cpu_s(small, 1)
        found.append((took / ordinary(), cpu_s(large, 1) / max(took, 0.0125)))
        if found[-1][0] < 60 and found[-1][1] < 8:
            return
    raise AssertionError(f"(times an ordinary page, times the small one): {found}")


def test_the_longest_value_goes_whole() -> None:
    """A token of one repeated letter, wherever it stands, is gone as any other."""
    token = "a" * 300
    clean = scrub(json.dumps({"XSRF_TOKEN": token, "x": token * 2}))
    assert json.loads(clean) == {"XSRF_TOKEN": "scrubbed-token", "x": "scrubbed-token"}
