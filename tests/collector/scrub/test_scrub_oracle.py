"""What a viewer's value is, by kind: which case counts, what is too short, what is no secret.

The expectations are tables written from the module's stated decisions, not from its code.
"""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest

from collector.scrub import scrub, secrets
from collector.scrub.secret import MARK, Secret, SecretKind, classify, secret

HANDLE = "@Ada-Worth_1815"
ACCOUNT = "<ytd-active-account-header-renderer>{}</ytd-active-account-header-renderer>"


def told(value: str, where: str = "channel-handle") -> str:
    """The viewer's own place, from which the value is learned."""
    return ACCOUNT.format(f'<b id="{where}">{html.escape(value)}</b>')


@pytest.mark.parametrize(
    "written", ["@ada-worth_1815", "@ADA-WORTH_1815", "@Ada-Worth_1815", "@aDA-wORTH_1815"]
)
@pytest.mark.parametrize("learned", [True, False])
def test_a_handle_is_the_viewers_in_any_case(written: str, learned: bool) -> None:
    """Learned from the account menu or given by the caller: in links, text, JSON and URLs."""
    body = (
        f'<a href="/{written}/videos">{written}</a><i data-x="{quote(written, safe="")}"></i>'
        f"<script>{json.dumps({'h': written})}</script>"
    )
    clean = scrub(told(HANDLE) + body) if learned else scrub(body, known=[HANDLE])
    assert "worth" not in clean.lower()
    assert clean.count("scrubbed-handle") == 4 + learned
    assert '<a href="/scrubbed-handle/videos">scrubbed-handle</a>' in clean


@pytest.mark.parametrize("written", ["ADA@EXAMPLE.ORG", "ada@example.org", "Ada@Example.Org"])
def test_mail_is_the_viewers_in_any_case(written: str) -> None:
    clean = scrub(told("Ada@example.ORG", "email") + f"<p>{written}</p>")
    assert clean.endswith("<p>scrubbed-email</p>")
    assert scrub(f"<p>{written}</p>", known=["Ada@example.ORG"]) == "<p>scrubbed-email</p>"


@pytest.mark.parametrize(
    "handle", ["@Žižek-labor", "@ŽIŽEK", "@Ада_Лавлейс", "@ÉLODIE.k", "@王小明三"]
)
def test_a_handle_in_any_alphabet_goes(handle: str) -> None:
    """As it is written it always goes, and with its ASCII letters in either case."""
    ascii_lower = handle.encode().lower().decode()
    ascii_upper = handle.encode().upper().decode()
    body = f"<p>{handle}</p><p>{ascii_lower}</p><p>{ascii_upper}</p>"
    gone = "<p>scrubbed-handle</p>" * 3
    assert scrub(told(handle) + body).endswith(gone)
    assert scrub(body, known=[handle]) == gone


@pytest.mark.parametrize("value", ["QUFFLUhqb9canary", "a1B2-c3_D4e"])
def test_the_case_of_a_token_counts(value: str) -> None:
    """Another token that differs by case alone is somebody else's."""
    other = value.swapcase()
    assert scrub(f"{value} {other}", known=[value]) == f"scrubbed-token {other}"


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        # names: four letters, two where a script writes no spaces; never digits alone
        ("name", "Bob", None), ("name", "Boba", "Boba"), ("name", "1234", None),
        ("name", "王", None), ("name", "王明", "王明"), ("name", "  Ada \n Worth ", "Ada Worth"),
        ("name", "12345678", None), ("name", "", None),
        # mail and handles are kept in lower case
        ("email", "Ada@X.org", "ada@x.org"), ("email", "a@b.c", None),
        ("handle", "@AdaW", "@adaw"), ("handle", "@ab", None), ("handle", "@abc", "@abc"),
        ("handle", "AdaW", None), ("handle", "@a b c", None),
        ("handle", "@" + "a" * 30, "@" + "a" * 30),
        ("handle", "@" + "a" * 31, None), ("handle", "@a·b.c-d", "@a·b.c-d"),
        # of a channel, what its lists bear too
        ("channel", "UC" + "x" * 22, "x" * 22), ("channel", "UC" + "x" * 21, None),
        ("channel", "UC" + "x" * 23, None), ("channel", "x" * 24, None),
        # addresses that never leave the machine or the house say nothing
        ("address", "203.0.113.77", "203.0.113.77"), ("address", "127.0.0.1", None),
        ("address", "10.1.2.3", None), ("address", "192.168.1.1", None), ("address", "::1", None),
        ("address", "0.0.0.0", None), ("address", "2001:db8::1", "2001:db8::1"),
        ("address", "1.2.3.4", "1.2.3.4"), ("address", "1.2.3.", None),
        ("address", "210.127.0.1", "210.127.0.1"),
        # the rest: six characters that are not a plain word, eight digits
        ("token", "abcde", None), ("token", "abcdef", None), ("token", "Abcdef", "Abcdef"),
        ("token", "abcde1", "abcde1"), ("token", "abcdefg", "abcdefg"), ("token", "1234567", None),
        ("token", "12345678", "12345678"), ("avatar", "short", None),
        ("avatar", "AKedOLQx", "AKedOLQx"), ("playlist", "PLabcdef", "PLabcdef"),
        ("token", "scrubbed-token", None), ("token", "scrubbed-x1", None),
        ("name", "token", None), ("name", "Token", "Token"),
    ],
)  # fmt: skip
def test_what_is_a_secret_at_all(kind: str, value: str, kept: str | None) -> None:
    found = secret(SecretKind(kind), value)
    assert found == (None if kept is None else Secret(SecretKind(kind), kept))


@pytest.mark.parametrize("kind", list(SecretKind))
def test_parts_of_placeholders_are_no_secrets(kind: SecretKind) -> None:
    """What the scrubber writes is never taken for a viewer's value the next time."""
    for other in SecretKind:
        placeholder = f"{MARK}{other.value}"
        assert other.placeholder == placeholder.encode()
        for part in (placeholder, placeholder[1:], f" {placeholder}"):
            assert secret(kind, part) is None, (kind, part)


@pytest.mark.parametrize(
    ("value", "kind", "kept"),
    [
        ("Ada@Example.org", "email", "ada@example.org"), ("Ada%40Example.org", "email",
                                                          "ada@example.org"),
        ("UC" + "a" * 22, "channel", "a" * 22), ("@AdaWorth", "handle", "@adaworth"),
        ("%40AdaWorth", "handle", "@adaworth"), (" @AdaWorth ", "handle", "@adaworth"),
        ("Ada Worth", "name", "Ada Worth"), ("Augusta", "name", "Augusta"),
        ("王明", "name", "王明"),
        ("reject", None, None), ("dark", None, None), ("Augus", None, None), ("en-US", None, None),
        ("a1B2c3D4", "token", "a1B2c3D4"), ("x%3D%3D1", "token", "x%3D%3D1"), ("1600", None, None),
        ("12345678", "token", "12345678"), ("", None, None),
    ],
)  # fmt: skip
def test_what_a_value_given_by_the_caller_is(
    value: str, kind: str | None, kept: str | None
) -> None:
    expected = None if kind is None else Secret(SecretKind(kind), str(kept))
    assert classify(value) == expected


@pytest.mark.parametrize(
    ("kind", "value", "bounded"),
    [
        ("name", "Ada Worth", True), ("name", "王明", False), ("email", "ada@example.org", True),
        ("handle", "@adaworth", True), ("address", "203.0.113.77", True),
        ("token", "a1B2c3D4e", True), ("token", "a1B2c3D4e5", False), ("avatar", "x" * 9, True),
        ("channel", "x" * 22, False), ("playlist", "PL345678", True),
    ],
)  # fmt: skip
def test_what_counts_as_a_whole_word_only(kind: str, value: str, bounded: bool) -> None:
    """Values that might be part of another word go where they stand alone."""
    one = Secret(SecretKind(kind), value)
    assert one.bounded is bounded
    assert {each for each in SecretKind if each.folded} == {"email", "handle"}


def test_secrets_are_the_ones_that_scrubbing_takes_out() -> None:
    """What was given comes first, what was learned after it, each once."""
    page = told("Ada@example.org", "email") + told("@AdaWorth")
    found = secrets(page, ["CAISNQgDEitib3E", "ada@EXAMPLE.org", "dark"])
    assert [(one.kind.value, one.value) for one in found] == [
        ("token", "CAISNQgDEitib3E"), ("email", "ada@example.org"), ("handle", "@adaworth"),
    ]  # fmt: skip


def test_text_that_is_no_page_teaches_nothing() -> None:
    page = told("@AdaWorth") + "<p>@AdaWorth a1B2c3D4</p>"
    assert scrub(page, ["a1B2c3D4"], learning=False) == page.replace("a1B2c3D4", "scrubbed-token")


def test_values_that_overlap_become_one() -> None:
    """Under the placeholder of the one that begins first, the longest of two that do."""
    text = "x Ada Worth-a1B2c3D4 y"
    assert scrub(text, ["Ada Worth", "Worth-a1B2c3D4"]) == "x scrubbed-name y"
    assert scrub("a1B2c3D4e5F6", ["a1B2c3D4e5", "B2c3D4e5F6"]) == "scrubbed-token"
    assert scrub("@AdaWorth@example.org", ["@AdaWorth"]).startswith("scrubbed-handle")


# -- where the page speaks of its viewer ---------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        '<b id="account-name">{}</b>', '<b id="author-name">{}</b>',
        '<b class="account-name">{}</b>',
        '<b data-account-name="{}"></b>', '<b id="account-name" title="{}"></b>',
        '<b aria-label="Google Account: {} (ada@example.org)"></b>',
        '<b title="Account: {} (ada@example.org)"></b>', '<img alt="Account: {} (a@b.example)">',
    ],
)  # fmt: skip
def test_a_name_is_learned_wherever_the_account_shows_it(place: str) -> None:
    """And then goes from the rest of the page, as a whole name."""
    name = "Zdenka Quillfeather"
    clean = scrub(ACCOUNT.format(place.format(name)) + f"<p>{name}</p><p>{name}s</p>")
    assert clean.endswith(f"<p>scrubbed-name</p><p>{name}s</p>")
    assert clean.count("scrubbed-name") == 2


@pytest.mark.parametrize(
    "written",
    ['"VISITOR_DATA":"{}"', '"VISITOR_DATA" : "{}"', "'VISITOR_DATA':'{}'", "VISITOR_DATA={} ",
     r'\"visitorData\":\"{}\"', "&quot;visitorData&quot;:&quot;{}&quot;",
     'ytcfg.set("VISITOR_DATA", "{}")', r"\x22visitorData\x22:\x22{}\x22"],
)  # fmt: skip
def test_a_token_is_learned_by_whatever_quotes(written: str) -> None:
    value = "CgtaBcDeF1s1tor"
    clean = scrub(f"<script>{written.format(value)}</script><p>{value}</p>")
    assert clean == f"<script>{written.format('scrubbed-token')}</script><p>scrubbed-token</p>"


def test_every_value_of_a_key_is_learned() -> None:
    """From the first byte of the page to its last, and keys within keys too."""
    one, two, three = "CgtFirst00001", "CgtSecond0002", "CgtThird00003"
    page = f'"visitorData":"{one}" x "visitorData":"{two}" <p>{one} {two}</p> "idToken":"{three}"'
    assert scrub(page) == (
        '"visitorData":"scrubbed-token" x "visitorData":"scrubbed-token" '
        '<p>scrubbed-token scrubbed-token</p> "idToken":"scrubbed-token"'
    )


@pytest.mark.parametrize("shift", range(6))
def test_what_is_packed_is_found_at_every_alignment(shift: int) -> None:
    """In base64 of either alphabet, with bytes before and after; what is beside it stays."""
    value = f"CgtPacked~000{shift}?xyz"
    for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
        packed = alphabet(b"\xff" * shift + value.encode() + b"\xfe\xff").decode()
        clean = scrub(f"<i>{packed}</i><b>{packed[:3]}</b>", known=[value])
        assert "scrubbed-token" in clean
        assert packed not in clean
        kept = clean.removeprefix("<i>").partition("scrubbed-token")[0]
        assert packed.startswith(kept)
        assert len(kept) <= shift * 8 // 6 + 2
        assert clean.endswith(f"<b>{packed[:3]}</b>")


@pytest.mark.parametrize(("value", "found"), [("aB3dE6g", False), ("aB3dE6gH", True)])
def test_what_is_packed_is_found_from_eight_bytes_on(value: str, found: bool) -> None:
    """Shorter ones stand in other texts' base64 by chance."""
    packed = base64.b64encode(b"??" + value.encode() + b"??").decode()
    assert ("scrubbed-token" in scrub(f"<i>{packed}</i>", known=[value])) is found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", True), (" ", " ", True), ("x", "", False), ("", "x", False), ("é", "", False),
        ("", "é", False), ("_", "", False), ("", "7", False), ("-", "-", True), ("王", "", False),
        ("\\n", "", True), ("%20", "", True), ("&nbsp;", "&nbsp;", True), ("\\u0020", "", True),
        (">", "<", True), ("\u00a0", "\u3000", True),
    ],
)  # fmt: skip
def test_a_whole_word_is_one_between_escapes_too(before: str, after: str, found: bool) -> None:
    """Letters and digits of any script beside it make it another word; escapes do not."""
    clean = scrub(f"({before}ada@example.org{after})", known=["ada@example.org"])
    assert ("scrubbed-email" in clean) is found
    if found:
        assert clean == f"({before}scrubbed-email{after})"


def test_own_links_and_pictures_are_the_viewers() -> None:
    """The channel, the handle and the picture of the account's menu, wherever they stand again."""
    channel, picture = "UC" + "aB3-" * 5 + "xy", "AKedOLQzebra0123456789"
    menu = (
        f'<a href="/channel/{channel}">x</a><a href="/@zebra-77/about">y</a>'
        '<button id="avatar-btn">'
        f'<img src="https://yt3.ggpht.com/ytc/{picture}=s88-c"></button>'
    )
    rest = f"<p>{channel} UU{channel[2:]} /@ZEBRA-77 {picture} {picture[:-1]}</p>"
    clean = scrub(ACCOUNT.format(menu) + f'<button id="avatar-btn"></button>{rest}')
    assert clean.endswith(
        "<p>UCscrubbed-channel UUscrubbed-channel /scrubbed-handle scrubbed-avatar "
        f"{picture[:-1]}</p>"
    )


@pytest.mark.parametrize(
    ("form", "learned"),
    [
        ('<input type="hidden" name="session_token" value="{}">', True),
        ('<input value="{}" name="session_token">', True),
        ("<input name='session_token' value='{}' />", True),
        ('<p data-x="session_token" title="{}">', False),
        ('session_token <input name="other" value="{}">', False),
    ],
)
def test_the_token_of_a_form_is_the_viewers(form: str, learned: bool) -> None:
    """At the first byte of the page as well as further down; only an input that is one."""
    value = "QUFFzebra31token"
    for head in ("", "<html><body>"):
        clean = scrub(f"{head}{form.format(value)}<p>{value}</p>")
        assert clean.endswith("<p>scrubbed-token</p>" if learned else f"<p>{value}</p>"), form
        names = {(one.kind.value, one.value) for one in secrets(f"{head}{form.format(value)}")}
        assert (("token", value) in names) is learned


def test_a_byline_is_mail_or_a_handle() -> None:
    """Whichever it is by its shape, in the page's own data."""
    handle = '{"accountByline":{"simpleText":" @Zebra-77 "}}<p>@zebra-77</p>'
    assert scrub(handle).endswith("<p>scrubbed-handle</p>")
    mail = '{"accountByline":{"simpleText":"zebra@example.org"}}<p>ZEBRA@example.org</p>'
    assert scrub(mail).endswith("<p>scrubbed-email</p>")
    neither = '{"accountByline":{"simpleText":"3 subscribers"}}<p>3 subscribers</p>'
    assert scrub(neither).endswith("<p>3 subscribers</p>")


def test_values_without_quotes_and_values_that_are_none() -> None:
    """Bare values end where text does; an empty one, or a key alone, teaches nothing."""
    assert scrub("idToken: abcDEF0123, x abcDEF0123") == (
        "idToken: scrubbed-token, x scrubbed-token"
    )
    for page in ('"idToken":""', '"idToken":null', "idToken", '"idToken":{}', '"idToken":"'):
        assert scrub(page + "<p>null</p>") == page + "<p>null</p>"
    assert scrub('f(["idToken","other-Key-9"])') == 'f(["idToken","other-Key-9"])'
    wide = '"idToken"' + " " * 2000 + ':"abcDEF0123"'
    assert scrub(wide) == wide


@pytest.mark.parametrize("before", ["", "x", "&amp;", "&amp;" * 3])
@pytest.mark.parametrize("after", ["", "&lt;", "y &quot;"])
def test_places_on_a_page_with_escapes_are_those_of_the_page(before: str, after: str) -> None:
    """One escape, several or none before the value: exactly its bytes are replaced."""
    value = "a1B2-c3_D4e5"
    assert scrub(f"{before} {value} {after}", [value]) == f"{before} scrubbed-token {after}"
