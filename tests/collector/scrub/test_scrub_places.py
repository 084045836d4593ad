"""The viewer is learned from the page's own places and replaced everywhere; content stays."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest

from collector.scrub import scrub

NAME = "Ada Ŵorth & Sons"
EMAIL = "ada.worth+lab@example.org"
HANDLE = "@ada-worth_1815"
CHANNEL = "UCa1B2c3D4e5F6g7H8i9J0kL"
AVATAR = "AKedOLQcanarycanary0123456789"
TOKEN = "QUFFLUhqbcanary=="
VISITOR = "Cgtjanary0Visi%3D%3D"

MASTHEAD = f"""
<ytd-masthead id="masthead"><ytd-topbar-menu-button-renderer>
<button id="avatar-btn" aria-label="Account"><img id="img" alt="Avatar"
 src="https://yt3.ggpht.com/ytc/{AVATAR}=s88-c-k-c0x00ffffff-no-rj"></button>
</ytd-topbar-menu-button-renderer></ytd-masthead>
<ytd-active-account-header-renderer>
 <yt-formatted-string id="account-name">{html.escape(NAME)}</yt-formatted-string>
 <yt-formatted-string id="email">{EMAIL}</yt-formatted-string>
 <yt-formatted-string id="channel-handle">{HANDLE}</yt-formatted-string>
 <a href="/channel/{CHANNEL}">Your channel</a>
</ytd-active-account-header-renderer>
"""
CONFIG = json.dumps(
    {"XSRF_TOKEN": TOKEN, "VISITOR_DATA": VISITOR, "SESSION_INDEX": "0", "EVENT_ID": "keepme123"}
)


def page(body: str) -> str:
    return f"<html><body><script>ytcfg.set({CONFIG});</script>{MASTHEAD}{body}</body></html>"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (NAME, html.escape(NAME)),
        (NAME, json.dumps(NAME)),
        (NAME, json.dumps(NAME).replace("&", "\\u0026")),
        (NAME, json.dumps(json.dumps(NAME))),
        (NAME, quote(NAME)),
        (NAME, quote(NAME, safe="").replace("%20", "+")),
        (NAME, NAME.encode("ascii", "xmlcharrefreplace").decode().replace(" & ", " &amp; ")),
        (NAME, NAME.replace(" ", "\u00a0")),
        (EMAIL, EMAIL.upper()),
        (EMAIL, quote(EMAIL, safe="")),
        (EMAIL, quote(quote(EMAIL, safe=""), safe="")),
        (HANDLE, f'href="/{HANDLE}/videos"'),
        (HANDLE, quote(HANDLE, safe="")),
        (CHANNEL, f"/playlist?list=UU{CHANNEL[2:]}"),
        (AVATAR, f"//yt3.ggpht.com/ytc/{AVATAR}=s240"),
        (TOKEN, quote(TOKEN, safe="")),
        (TOKEN, TOKEN.replace("=", "\\u003d")),
        (TOKEN, TOKEN.replace("=", "\\x3d")),
        (VISITOR, VISITOR.replace("%3D", "=")),
        *((EMAIL, base64.b64encode(b"x" * n + EMAIL.encode() + b"yz").decode()) for n in range(3)),
    ],
)
def test_every_spelling_is_found_anywhere_on_the_page(value: str, written: str) -> None:
    clean = scrub(page(f"<p>before {written} after</p>"))
    assert written not in clean
    assert value not in clean
    assert "<p>before " in clean
    assert clean.endswith(" after</p></body></html>")


def test_a_session_index_is_taken_out_where_it_stands_and_nowhere_else() -> None:
    clean = scrub(page("<p>0 comments</p>"))
    assert '"SESSION_INDEX": "scrubbed-token"' in clean
    assert "<p>0 comments</p>" in clean


def test_json_on_the_page_still_parses() -> None:
    clean = scrub(page(""))
    config = json.loads(clean.split("ytcfg.set(")[1].split(");")[0])
    assert config == {
        "XSRF_TOKEN": "scrubbed-token",
        "VISITOR_DATA": "scrubbed-token",
        "SESSION_INDEX": "scrubbed-token",
        "EVENT_ID": "keepme123",
    }


@pytest.mark.parametrize(
    "content",
    [
        "Mada Ŵorth & Sonstige",
        "contact: someone.else@example.org",
        "Ada Lovelace, a life",
        '<a href="/@ada-worth">another channel</a>',
        "<p>VISITOR_DATA is a field of the page</p>",
    ],
)
def test_content_that_merely_looks_alike_stays(content: str) -> None:
    assert content in scrub(page(content))


def test_a_short_name_is_replaced_in_the_viewers_own_places_only() -> None:
    masthead = '<button id="avatar-btn"><p id="account-name">Bo</p></button>'
    clean = scrub(f"{masthead}<h3>Bo Burnham, Bonobo</h3>")
    assert '<p id="account-name">scrubbed-name</p>' in clean
    assert "<h3>Bo Burnham, Bonobo</h3>" in clean


def test_a_page_without_a_viewer_is_returned_as_it_is() -> None:
    signed_out = '<ytd-app><h3 id="video-title">Ⅻ 王 &amp; \ud83d\ude00 title</h3></ytd-app>'
    assert scrub(signed_out) is signed_out


def test_the_grey_head_of_a_signed_out_comment_box_is_content() -> None:
    box = (
        '<ytd-comment-simplebox-renderer><img src="https://yt3.ggpht.com/ytc/AKedOLR0123456789=s88">'
        "</ytd-comment-simplebox-renderer>"
    )
    assert scrub(box) == box


def test_a_mail_address_shown_by_a_browser_extension_is_the_viewers() -> None:
    text = 'signed in as <span id="sb-email" style="x">me@example.net</span> <p>me@example.net</p>'
    assert "me@example.net" not in scrub(text)


def test_account_menu_in_the_pages_data() -> None:
    data = {"accountName": {"simpleText": "Grace O'Hopper"}, "channelHandle": {"simpleText": "@x"}}
    written = json.dumps(data).replace("'", "\\u0027")
    clean = scrub(f"<script>var d = {written};</script><b>Grace O&#39;Hopper</b>")
    assert "Hopper" not in clean


@pytest.mark.parametrize("value", ["a1B2-c3_D4e", "CAISNQgDEitib3E=", "12345678901234567890"])
def test_values_given_by_the_caller(value: str) -> None:
    packed = base64.urlsafe_b64encode(b"\n\x0b" + value.encode() + b"(\x80").decode()
    text = f'<a href="/x?v={quote(value, safe="")}">{value}</a><i data-v="{packed}"></i>'
    clean = scrub(text, known=[value])
    assert value not in clean
    assert value.encode() not in base64.urlsafe_b64decode(
        clean.split('data-v="')[1].split('"')[0].replace("scrubbed-token", "") + "=="
    )


@pytest.mark.parametrize("value", ["", "0", "dark", "reject", "US", "en-US", "1600"])
def test_common_cookie_values_are_no_secrets(value: str) -> None:
    text = f'<button aria-label="{value} all">{value}</button> reject dark 1600 en-US'
    assert scrub(text, known=[value]) == text


def test_a_given_name_is_replaced_as_a_word() -> None:
    clean = scrub(
        "Canary Person likes Canary Persons; 王小明的頻道", known=["Canary Person", "王小明"]
    )
    assert clean == "scrubbed-name likes Canary Persons; scrubbed-name的頻道"


def test_the_address_of_the_viewers_network_goes_but_loopback_stays() -> None:
    text = (
        '{"remoteHost":"203.0.113.77"} 203.0.113.77 {"remoteHost":"127.0.0.1"} http://127.0.0.1:80/'
    )
    assert scrub(text) == (
        '{"remoteHost":"scrubbed-address"} scrubbed-address'
        ' {"remoteHost":"scrubbed-address"} http://127.0.0.1:80/'
    )


def test_short_names_go_from_every_place_of_the_viewer() -> None:
    page = (
        '<button id="avatar-btn"><img alt="Bo" src="/ytc/abcdefgh12345=s88"></button><h3>Bo</h3>'
        '<ytd-active-account-header-renderer><b id="account-name">Bo</b>'
        "</ytd-active-account-header-renderer>"
    )
    clean = scrub(page)
    assert 'alt="scrubbed-name"' in clean
    assert "<h3>Bo</h3>" in clean


def test_a_list_of_words_is_not_a_key_and_its_value() -> None:
    text = '{"XSRF_FIELD_NAME":"session_token","XSRF_TOKEN":"QUFFabc12345","a":"QUFFabc12345"}'
    assert json.loads(scrub(text)) == {
        "XSRF_FIELD_NAME": "session_token",
        "XSRF_TOKEN": "scrubbed-token",
        "a": "scrubbed-token",
    }
    call = 'ytcfg.set("VISITOR_DATA", "CgtabcdefGHI012");'
    assert scrub(call) == 'ytcfg.set("VISITOR_DATA", "scrubbed-token");'


def test_the_account_of_the_pages_data_alone() -> None:
    data = {
        "activeAccountHeaderRenderer": {
            "accountName": {"runs": [{"text": "Grace Hopper"}]},
            "email": {"simpleText": "grace@example.org"},
        }
    }
    clean = scrub(f"<script>var d = {json.dumps(data)};</script>Grace Hopper, GRACE@example.org")
    assert "race" not in clean
    assert clean.endswith("scrubbed-name, scrubbed-email")


@pytest.mark.parametrize("path", ["/profile.php?id=1234567", "/groups/zebra77", "/zeb", "", "/"])
def test_a_profile_without_a_name_in_its_address(path: str) -> None:
    """The title tells the viewer; of the address, nothing is taken for a name."""
    link = f'<a data-testid="blue_bar_profile_link" href="{path}" title="Ann Leeds"></a>'
    rest = "<p>profile.php groups zebra77 zeb</p>"
    clean = scrub(f"{link}<p>Ann Leeds</p>{rest}")
    assert clean == f"{link.replace('Ann Leeds', 'scrubbed-name')}<p>scrubbed-name</p>{rest}"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("<p>hello world</p>", "World Peace"),
        ("<p>welcome back, world!</p>", "World Peace"),
        ("<p>Hello, worlds and Worlds</p>", "World Peace"),
        ("<p>Othello World</p>", "World Peace"),
        ("<p>Al-Shi World</p>", "World Peace"),
    ],
)
def test_who_is_not_greeted(text: str, first: str) -> None:
    """A first name goes as a word with its capital, after a greeting that is a word."""
    assert scrub(text, [first]) == text
    greeted = "<p>Hello World, hello <i class=x>World</i>!</p>"
    assert scrub(greeted, [first]) == greeted.replace("World", "scrubbed-name")
