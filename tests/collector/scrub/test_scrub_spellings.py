"""The viewer is gone in every spelling of a page, wherever on it the page told who it is."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from canary_tools import (
    CHANNEL,
    HANDLE,
    IMAGE,
    MAIL,
    NAME,
    PROFILE,
    SPELLINGS,
    TOKEN,
    VALUES,
    VIEWER,
    VISITOR,
)

from collector.recording.clean import Cleaner
from collector.scrub import scrub, scrub_together


@pytest.mark.sweep(60)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
@pytest.mark.parametrize("spell", SPELLINGS.values())
def test_every_letter_escaped(value: str, spell: Callable[[str], str]) -> None:
    written = spell(value)
    clean = scrub(f"<html><body>{VIEWER}<p>before {written} after</p></body></html>")
    assert written not in clean
    assert clean.split("<p>")[1].startswith("before ")
    assert clean.endswith(" after</p></body></html>")
    middle = clean.split("<p>before ")[1].split(" after</p>")[0]
    # of a channel the letters "UC" stay, which all have
    stays = max(20, len(spell("UC")))
    assert re.fullmatch(rf"scrubbed-\w+|.{{0,{stays}}}scrubbed-channel", middle), middle


#: How programs write letters beyond ASCII that know bytes alone.
IN_BYTES: dict[str, Callable[[int], str]] = {
    "octal": lambda byte: f"\\{byte:03o}",
    "octal, in JSON": lambda byte: f"\\\\{byte:03o}",
    "hexadecimal": lambda byte: f"\\x{byte:02x}",
    "octal, in an address": lambda byte: f"%5C{byte:03o}",
    "hexadecimal, in an address": lambda byte: f"%5CX{byte:02X}".replace("X", "x", 1),
}


@pytest.mark.parametrize("name", ["Zoë Überwald", "Łukasz Żółć", "Ελένη Παππά", "山田 花子さくら"])
@pytest.mark.parametrize("high", [128, 0], ids=["beyond ASCII", "all"])
@pytest.mark.parametrize("spell", IN_BYTES.values(), ids=IN_BYTES)
def test_letters_written_as_bytes(name: str, high: int, spell: Callable[[int], str]) -> None:
    """``\\303\\251`` is é where bytes are meant, and two other letters where they are not."""
    written = "".join(chr(byte) if byte < high else spell(byte) for byte in name.encode())
    told = VIEWER.replace(NAME, name)
    clean = scrub(f"<html><body>{told}<p>before {written}| after {written}</p></body></html>")
    assert clean.split("<p>")[1] == ("before scrubbed-name| after scrubbed-name</p></body></html>")


@pytest.mark.parametrize(
    "written",
    [
        NAME.upper(),
        NAME.lower(),
        "Zdenka QUILLFEATHER",
        "Zdenka\n      Quillfeather",
        "Zdenka&nbsp;Quillfeather",
        "Zdenka+Quillfeather",
        "<b>Zdenka</b> <i>Quillfeather</i>",
        "<b>ZDENKA</b><i class='last name'>Quillfeather</i>",
        "Zdenka<br>Quillfeather",
        "Zdenka<wbr>Quillfeather",
        "Zdenka<!-- --> Quillfeather",
        '{"runs": [{"text": "Zdenka "}, {"text": "Quillfeather"}]}',
        r'"{\"runs\":[{\"text\":\"Zdenka\"},{\"text\":\" Quillfeather\"}]}"',
        '{"givenName":"Zdenka","familyName":"Quillfeather"}',
        "Ｚｄｅｎｋａ　Ｑｕｉｌｌｆｅａｔｈｅｒ",
        "Zden&shy;ka Quill\u00adfeather",
        "<b>Zden</b>ka Quill<b>feather</b>",
        "<span class='hit'>Zden</span><span>ka</span> <em>Q</em>uillfeather",
        "Z<mark>den</mark>ka&nbsp;Qu&#105;ll<strong>feath</strong>er",
    ],
)
def test_ways_to_write_a_name(written: str) -> None:
    clean = scrub(f"<html>{VIEWER}<p>before {written} after</p></html>").split("<p>before ")[1]
    assert "uill" not in clean.casefold()
    assert "zden" not in clean.casefold()
    assert clean.count("<b>") == clean.count("</b>")
    assert clean.endswith(" after</p></html>")


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_elements_over_a_part_of_a_word(value: str) -> None:
    """Both parts go and the elements stay, also of what is no name."""
    cut = len(value) // 2
    page = f"<html>{VIEWER}<p>before <b>{value[:cut]}</b>{value[cut:]} after</p></html>"
    clean = scrub(page).split("<p>before ")[1]
    assert re.fullmatch(r"<b>\S*scrubbed-\w+</b>scrubbed-\w+ after</p></html>", clean), clean
    assert scrub(scrub(page)) == scrub(page)


@pytest.mark.parametrize(
    "written",
    [
        "<p>Zd<b>enka</b> Quillfeather</p>",
        "<p>Zdenka<b> Quill</b>feather</p>",
        "<p>Zd<b>enka</b> <i>Quillfeather</i></p>",
        "<p>Quill<b>feather</b>, Zdenka</p>",
        "<p>Zd&#101;<b>n&#107;</b>&#97; Quillfeather</p>",
        "<p>Zd<b>\\u0065nk</b>%61 Quillfeather</p>",
    ],
)
def test_elements_over_a_part_of_one_word_of_several(written: str) -> None:
    """The word that is whole goes with the one that is not."""
    clean = scrub(f"<html>{VIEWER}{written}</html>").rpartition("<p>")[2].casefold()
    assert not [piece for piece in ("zd", "enka", "quill", "feather") if piece in clean], clean


def test_elements_over_a_part_of_another_word() -> None:
    """What only looks like the viewer where the words are of somebody else stays as it is."""
    others = "<p>Pre<b>zdenka</b> Quill<b>feather</b>s, <b>Zden</b>kova</p>"
    assert others in scrub(f"<html>{VIEWER}{others}</html>")


@pytest.mark.parametrize(
    "greeting",
    [
        "<h1>Welcome back, Zdenka!</h1>",
        "<h1>Hi <b>Zdenka</b></h1>",
        "Hello,&nbsp;Zdenka",
        "HELLO ZDENKA",
        "Willkommen zurück, Zdenka",
        "Bonjour Zdenka !",
        "¡Hola, Zdenka!",
        "Olá, Zdenka",
        "Ciao Zdenka",
        "Hoş geldin, Zdenka",
        "مرحبًا Zdenka",
        "歡迎，Zdenka",
        "Zdenkaさん、こんにちは",
        '{"text":"Good evening, \\u005adenka"}',
    ],
)
def test_the_first_name_where_the_page_greets(greeting: str) -> None:
    clean = scrub(f"<html>{VIEWER}{greeting}</html>").rpartition("</ytd-active")[2]
    assert "denka" not in clean.casefold()
    assert "scrubbed-name" in clean


@pytest.mark.parametrize(
    "content",
    [
        "New Delhi Zdenka Records",
        "The best of Zdenka",
        "Zdenka Novak sings",
        "Quillfeather&#39;s birds",
        "zdenka.q2@example.org",
        "<b>Zdenka</b> and <i>Quillfeather</i>",
        '{"artist":"Zdenka","title":"Quillfeather"}',
        "ZdenkaQuillfeather",
        "QUFFzebra",
    ],
)
def test_others_of_the_same_name_stay(content: str) -> None:
    assert content in scrub(f"<html>{VIEWER}<p>{content}</p></html>")


def _button(label: str) -> str:
    return f'<button id="avatar-btn" aria-label="{html.escape(label)}"><img></button>'


#: Where a page tells one thing about its viewer and says it nowhere else; what it tells.
ONE_PLACE = {
    "ja": (_button(f"Google アカウント: {NAME}（{MAIL}）"), NAME),
    "ja colon": (_button(f"Google アカウント：{NAME}（{MAIL}）"), NAME),
    "zh": (_button(f"Google 帳戶：{NAME} ({MAIL})"), NAME),
    "zh mail": (_button(f"Google 帳戶：{NAME} （{MAIL}）"), MAIL),
    "de": (_button(f"Google-Konto: {NAME} ({MAIL})"), NAME),
    "fr": (_button(f"Compte Google : {NAME} ({MAIL})"), NAME),
    "go to channel": (_button(f"Go to channel {NAME}"), NAME),
    "zum Kanal": (_button(f"Zum Kanal {NAME}"), NAME),
    "elsewhere": (
        f'<a class="gb" aria-label="Google Account: {NAME} &#10;({MAIL})" href="/x">x</a>',
        NAME,
    ),
    "elsewhere, ja": (f'<a title="Google アカウント：{NAME}（{MAIL}）">x</a>', NAME),
    "header handle": (
        json.dumps({"activeAccountHeaderRenderer": {"channelHandle": {"simpleText": HANDLE}}}),
        HANDLE,
    ),
    "google header name": (
        json.dumps({"googleAccountHeaderRenderer": {"name": {"simpleText": NAME}}}),
        NAME,
    ),
    "google header mail": (
        json.dumps({"googleAccountHeaderRenderer": {"email": {"runs": [{"text": MAIL}]}}}),
        MAIL,
    ),
    "topbar avatar": (
        json.dumps(
            {
                "topbarMenuButtonRenderer": {
                    "avatar": {"thumbnails": [{"url": f"https://yt3.ggpht.com/{IMAGE}=s88-c"}]}
                }
            }
        ),
        IMAGE,
    ),
    "photo": (json.dumps({"accountPhotoUrl": f"https://yt3.ggpht.com/a/{IMAGE}=s88"}), IMAGE),
    "gaia": ('{"gaia_id":"108765432101234567890"}', "108765432101234567890"),
    "client": ('{"clientIp":"203.0.113.77"}', "203.0.113.77"),
    "media": (
        "https://r4.googlevideo.com/videoplayback?expire=1&ei=x&ip=203.0.113.77&id=o-A",
        "203.0.113.77",
    ),
    "media, escaped": (
        '{"url":"https://r4.googlevideo.com/videoplayback?expire=1\\u0026ip=203.0.113.77\\u0026a"}',
        "203.0.113.77",
    ),
    "media, once more": (
        "url=https%3A%2F%2Fr4.googlevideo.com%2Fvideoplayback%3Fexpire%3D1%26ip%3D2001%3Adb8%3A%3A7",
        "2001:db8::7",
    ),
    "studio": (f'<a href="https://studio.youtube.com/channel/{CHANNEL}/videos">x</a>', CHANNEL),
    "studio, escaped": (f'"https:\\/\\/studio.youtube.com\\/channel\\/{CHANNEL}"', CHANNEL),
    "own image": (f'<img src="https://yt3.ggpht.com/yti/{IMAGE}=s88-c">', IMAGE),
    "own playlist": (
        '<ytd-guide-renderer><a href="/playlist?list=PLzebra0123456789">x</a>'
        '<a href="/watch?v=x&amp;list=PLother0123456789">y</a></ytd-guide-renderer>',
        "PLzebra0123456789",
    ),
    "own playlist of a video": (
        '<ytd-guide-renderer><a href="/watch?v=x&amp;list=PLzebra0123456789">y</a>'
        "</ytd-guide-renderer>",
        "PLzebra0123456789",
    ),
    "media path": (
        "https://manifest.googlevideo.com/videoplayback/expire/1/ip/203.0.113.77/id/o-A",
        "203.0.113.77",
    ),
}


@pytest.mark.parametrize(("told", "value"), ONE_PLACE.values(), ids=ONE_PLACE.keys())
def test_told_in_one_place_only(told: str, value: str) -> None:
    """What is told once is taken out there and everywhere else, in recordings too."""
    page = f"<html><body>{told}<p>then {value}, once more</p></body></html>"
    clean = scrub(page)
    assert value not in clean
    assert "once more" in clean
    cleaner = Cleaner()
    cleaner.learn(page, "text/html")
    assert value not in cleaner.body(page, "text/html")
    assert value not in cleaner.address(f"https://x.example/?q={SPELLINGS['%'](value)}")
    assert SPELLINGS["%"](value) not in cleaner.text(f"GET /?q={SPELLINGS['%'](value)}")


@pytest.mark.parametrize(
    "content",
    [
        '<a href="/playlist?list=PLzebra0123456789">x</a>',
        "<ytd-guide-renderer></ytd-guide-renderer>&list=PLzebra0123456789",
        "&list=PLzebra0123456789<ytd-guide-renderer></ytd-guide-renderer>",
        "</ytd-guide-renderer>&list=PLzebra0123456789<ytd-guide-renderer>",
        "<ytd-guide-renderer>&list=PLzebra012</ytd-guide-renderer>",
        f"https://www.youtube.com/channel/{CHANNEL}",
        f"https://yt3.ggpht.com/ytc/{IMAGE}=s88",
        "https://x.example/?ip=203.0.113.77",
        "https://x.googlevideo.com/videoplayback?ip=203.0.113.777",
        "https://x.googlevideo.com/videoplayback?ip=192.168.1.77",
    ],
)
def test_what_others_have_too_tells_nobody(content: str) -> None:
    """Playlists outside the side menu, channels and pictures of anybody, addresses of no medium."""
    assert scrub(content) == content


@pytest.mark.parametrize("address", ["http://[::1", "//[", "http://a:b:c/", "http://[::1]:x/@ab"])
def test_an_address_that_is_none_does_not_end_the_scrubbing(address: str) -> None:
    page = f'<button id="avatar-btn"><a href="{address}">x</a><img src="{address}"></button>'
    assert scrub(page + VIEWER).count(address) == 2
    Cleaner().address(address)


@pytest.mark.parametrize("value", [NAME, MAIL, HANDLE[1:], IMAGE, TOKEN, VISITOR])
def test_the_bar_of_a_feed_tells_the_viewer(value: str) -> None:
    """Name, number, address, picture and token of who is logged in; a first name there only."""
    page = f"<html>{PROFILE}<p>{value}, Zdenka Novak and USER_ID</p></html>"
    clean = scrub(page)
    assert value not in clean
    assert '"SHORT_NAME": "scrubbed-name"' in clean
    assert clean.endswith(", Zdenka Novak and USER_ID</p></html>")
    assert scrub(clean) == clean


def test_a_token_in_an_input_of_a_feed() -> None:
    page = '<input type="hidden" name="fb_dtsg" value="AQHx7d:31:99"><p>AQHx7d:31:99</p>'
    assert scrub(page).count("scrubbed-token") == 2


@pytest.mark.parametrize("value", [MAIL, HANDLE, CHANNEL])
@pytest.mark.parametrize("spell", [str, SPELLINGS["%"], SPELLINGS["%25"]])
def test_the_address_of_a_page_tells_nobody(value: str, spell: Callable[[str], str]) -> None:
    """What a page tells of its viewer is taken out of the page's address too, and nothing else."""
    address = f"https://www.youtube.com/watch?v=dQw4w9WgXcQ&u={spell(value)}&list=PLx"
    html, clean = scrub_together([VIEWER], mute=[address])
    assert html == scrub(VIEWER)
    assert clean.startswith("https://www.youtube.com/watch?v=dQw4w9WgXcQ&u=")
    assert clean.endswith("&list=PLx")
    assert spell(value) not in clean
    assert scrub_together(["<p>nobody</p>"], mute=[address])[1] == address
