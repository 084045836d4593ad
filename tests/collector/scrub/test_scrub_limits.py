"""How far the scrubber looks, each limit at its edge; and bytes that are no text end nothing.

A limit keeps a hostile page from costing time. Real pages are far from all of them, so what lies
within is found and what lies beyond is content.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from collector.scrub import MOST_LEARNED, scrub
from collector.scrub.learn import _objects

TOKEN = "abcDEF0123"
NAME = "Ann Leeds"
LABEL = f": {NAME} (a@b.example)"


def avatar_button(gap: int) -> str:
    """The label stands in the button's tag, ``gap`` bytes before what marks the button."""
    told = f'"x{LABEL}"'
    return f"<button title={told}{' ' * (gap - len(told) - len('<button title='))}" + (
        'id="avatar-btn"></button>'
    )


def many_names(others: int) -> str:
    names = "".join(f"<b id=account-name>Boaaa Cee{chr(97 + n)}</b>" for n in range(others))
    return f'<button id="avatar-btn">{names}<b id=account-name>{NAME}</b></button>'


#: What tells the viewer, ``n`` bytes apart; what it tells; the largest n at which that is learned.
LIMITS: dict[str, tuple[Callable[[int], str], str, int]] = {
    "key and colon": (lambda n: f'"idToken"{" " * n}:"{TOKEN}"', TOKEN, 8),
    "colon and value": (lambda n: f'"idToken":{" " * n}"{TOKEN}"', TOKEN, 8),
    "call and key": (lambda n: f'f({" " * n}"idToken","{TOKEN}")', TOKEN, 8),
    "brace and text": (lambda n: f'"idToken":{{{" " * n}"simpleText":"{TOKEN}"}}', TOKEN, 80),
    "text and colon": (lambda n: f'"idToken":{{"simpleText"{" " * n}:"{TOKEN}"}}', TOKEN, 80),
    "a value": (lambda n: f'"idToken":"{TOKEN}|{"|" * (n - 12)}|{TOKEN}"', TOKEN, 4085),
    "fields of an object": (
        lambda n: f'topbarMenuButtonRenderer{" " * (n - 5)}"url":"//a/{TOKEN}"', TOKEN, 4001,
    ),
    "fields of a flat object": (
        lambda n: f'CurrentUserInitialData{" " * (n - 23)}"USER_ID":"{TOKEN}"}}', TOKEN, 4000,
    ),
    "tag before its name": (
        lambda n: f'<input{" " * (n - 12)}name="session_token" value="{TOKEN}">', TOKEN, 400,
    ),
    "tag after its name": (
        lambda n: f'<input name="session_token"{" " * (n - 34)} value="{TOKEN}">', TOKEN, 400,
    ),
    "the tag of an account's button": (avatar_button, NAME, 2000),
    "Google and its colon": (lambda n: f"Google{'x' * (n - 6)}{LABEL}", NAME, 24),
    "a label": (
        lambda n: f'<b id="avatar-btn"><img alt="{"x" * (n - len(LABEL))}{LABEL}"></button>',
        NAME, 400,
    ),
    "the title of a profile": (
        lambda n: '<a data-testid="blue_bar_profile_link" '
        f'title="{" " * (n - len(NAME))}{NAME}"></a>',
        NAME, 400,
    ),
    "the text of a name": (
        lambda n: '<button id="avatar-btn">'
        f'<b id="account-name">{" " * (n - len(NAME))}{NAME}</b></button>',
        NAME, 200,
    ),
    "names of one page": (lambda n: many_names(n - 1), NAME, 24),
    "values of one page": (
        lambda n: "".join(f'"idToken":"aBc{i:05}"' for i in range(n - 1))
        + f'"idToken":"{TOKEN}"',
        TOKEN, MOST_LEARNED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("told", "value", "most"), LIMITS.values(), ids=LIMITS.keys())
def test_a_value_is_learned_up_to_the_limit(
    told: Callable[[int], str], value: str, most: int
) -> None:
    """At the edge of a limit it is taken out of the rest of the page, one further it stays."""
    for apart, learned in ((most - 1, True), (most, True), (most + 1, False)):
        rest = f"<p>then {value}, once more</p>"
        assert scrub(told(apart) + rest).endswith(rest) is not learned, apart


#: Content in which the name or first name is found: how far apart its parts may be.
GAPS: dict[str, tuple[Callable[[int], str], int]] = {
    "elements between words": (lambda n: f"Ann{'<i>' * n}Leeds", 12),
    "bytes of one element": (lambda n: f"Ann<i{' ' * (n - 1)}>Leeds", 301),
    "spaces between words": (lambda n: f"Ann{' ' * n}Leeds", 1200),
    "a greeting and its name": (lambda n: f"Hello<i{' ' * (n - 8)}>Ann", 160),
}


@pytest.mark.parametrize(("written", "most"), GAPS.values(), ids=GAPS.keys())
def test_a_name_is_found_up_to_the_limit(written: Callable[[int], str], most: int) -> None:
    for apart, found in ((most - 1, True), (most, True), (most + 1, False)):
        assert ("Ann" not in scrub(f"<p>{written(apart)}</p>", [NAME])) is found, apart


@pytest.mark.parametrize("seed", range(8))
def test_an_object_is_read_so_far_and_no_byte_twice(seed: int) -> None:
    """The pieces cover what lies within 4,000 bytes after an opening, in order and once."""
    dice = random.Random(seed)
    data = b"".join(b"_" * dice.choice((0, 1, 700, 3996, 4000, 4100)) + b"open" for _ in range(6))
    data += b"_" * dice.choice((0, 1, 3999, 4000, 4001))
    wanted: set[int] = set()
    for at in range(len(data)):
        if data.startswith(b"open", at):
            wanted |= set(range(at + 4, min(at + 4004, len(data))))
    pieces = [range(start, end) for start, end in _objects(data, b"open")]
    covered = [at for piece in pieces for at in piece]
    assert covered == sorted(wanted)


@pytest.mark.parametrize(
    "told",
    [
        '{{"idToken":"{}","other":"x"}}', "{{'idToken':'{}' , 'k':'v'}}",
        'ytcfg.set("VISITOR_DATA", "{}");f("x")',
        "&quot;idToken&quot;:&quot;{}&quot;,&quot;a&quot;",
        r'{{\"USER_EMAIL\":\"{}\",\"b\":\"c\"}}', '"accountName":{{"simpleText":"{}"}},"d":"e"',
    ],
)  # fmt: skip
def test_an_empty_value_is_none(told: str) -> None:
    """What stands behind it is the page's own; a value in its place is learned as ever."""
    assert scrub(told.format("")) == told.format("")
    full = scrub(told.format("gQ7-zebra_31"))
    assert "zebra" not in full
    assert full.partition("scrubbed-")[0] == told.format("\n").partition("\n")[0]


@pytest.mark.parametrize(
    ("text", "known", "clean"),
    [
        # a surrogate alone is no character, and no reason to stop
        ("<p>Ann Leeds \ud83d</p>", ["Bo \ud83dLeeds", NAME], "<p>scrubbed-name \ud83d</p>"),
        ("\udc00abcDEF0123\udc00", ["\udc00abcDEF0123\udc00"], "scrubbed-token"),
        # bytes of an address that are no UTF-8
        ("<p>%FFAnn%20Leeds%FE</p>", [NAME], "<p>%FFscrubbed-name%FE</p>"),
        ("Hello %E4Ann%E4, xAnn, Hello%20Ann", [NAME],
         "Hello %E4scrubbed-name%E4, xAnn, Hello%20scrubbed-name"),
        # one escape of two letters, of which the value has one
        ("&fjlig;abcDEF0123", ["j" + TOKEN], "scrubbed-token"),
        ("x abcDEF0123&fjlig;", [TOKEN + "f"], "x scrubbed-token"),
        ("x&amp;&fjlig;abcDEF0123&fjlig;&amp;x", ["j" + TOKEN + "f"], "x&amp;scrubbed-token&amp;x"),
        ('"idToken":"%FFabcDEF0123"', [], '"idToken":"scrubbed-token"'),
    ],
)  # fmt: skip
def test_bytes_that_are_no_text(text: str, known: list[str], clean: str) -> None:
    assert scrub(text, known) == clean


@pytest.mark.parametrize(
    "broken",
    [
        "Google Account: %FFAnn Leeds (a@b.example)",
        '<button id="avatar-btn" aria-label="Google Account: &#xD83D;Ann (%FF@b.example)">',
        '<ytd-commentbox><b id="account-name">\ud83d</b></ytd-commentbox>',
        '<ytd-commentbox><a href="/%FF@abc">x</a></ytd-commentbox>',
        '<b id="sb-email">%FF@example.net</b>',
    ],
)
def test_labels_that_are_no_text(broken: str) -> None:
    """They end nothing: what another place tells is taken out all the same."""
    page = f'{broken}<script>{{"idToken":"{TOKEN}"}}</script><p>{TOKEN}</p>'
    assert scrub(page).endswith('{"idToken":"scrubbed-token"}</script><p>scrubbed-token</p>')


@pytest.mark.parametrize(
    "told",
    [
        f'{{"url":"//a/{TOKEN}","topbarMenuButtonRenderer":{{"a":1}}}}',
        f'{{"USER_ID":"{TOKEN}","CurrentUserInitialData":{{"a":1}}}}',
        f'{{"CurrentUserInitialData":{{"a":1}},"USER_ID":"{TOKEN}"}}',
        f'{{"token":"{TOKEN}"}},["DTSGInitData",[],{{"a":1}},258],{{"token":"{TOKEN}"}}',
    ],
)
def test_a_field_outside_the_viewers_object_is_content(told: str) -> None:
    """Before it, or after the brace that ends it."""
    assert scrub(told) == told


def test_the_first_byte_counts_as_any_other() -> None:
    """A page, an object or a call may begin with what tells the viewer."""
    for told in (
        f'("idToken","{TOKEN}")', f'idToken="{TOKEN}"',
        f'topbarMenuButtonRenderer:{{"url":"//a/{TOKEN}"}}',
        f'DTSGInitData,{{"token":"{TOKEN}"}}', f'videoplayback"visitorData":"{TOKEN}"',
        f'<ytd-guide-renderer>&list=PL{TOKEN}</ytd-guide-renderer>',
    ):  # fmt: skip
        assert f"PL{TOKEN}" not in scrub(f"{told}<p>PL{TOKEN}</p>"), told


def test_the_word_before_a_name_is_read_as_far_as_its_limit() -> None:
    """Eighty bytes with the blank: of a longer word the rest is taken for a whole one, whose first
    letter says whether the two words are of two names."""
    for letters, stays in ((79, False), (80, True)):
        before = "a" + "B" * (letters - 1)
        clean = scrub(f"<p>{before} Lee, Ann Other</p>", ["Ann Lee"])
        assert ("Lee, Ann" in clean) is stays, letters
