"""Letters, tokens and elements at the edge of a rule: the last of several, half a character, a cut
element."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest

from collector.scrub import scrub
from collector.scrub.places import Places, own_links
from collector.scrub.secret import is_unspaced


@pytest.mark.parametrize(
    ("name", "written"),
    [
        # in capitals a letter may be an ASCII one, as may a small one of some capital
        ("Yıldız Arıkan", "YILDIZ ARIKAN"), ("Yıldız Arıkan", "yıldız arıkan"),
        ("ſigrid Noſſ", "SIGRID NOSS"), ("\u212aarin Bo\u212a", "karin bok"),
        ("Éloïse Brûlé", "éLOÏSE bRÛLÉ"),
        # elements and JSON between its words, the first time that it is looked for
        ("Orla Fennimore", "<b>Orla</b> <i>Fennimore</i>"),
        ("Orla Fennimoore", '{"text":"Orla"},{"text":"Fennimoore"}'),
    ],
)  # fmt: skip
def test_a_name_in_other_letters_and_in_pieces(name: str, written: str) -> None:
    clean = scrub(f"<p>{written}</p>", [name])
    assert "scrubbed-name" in clean
    words = {*re.findall(r"\w{3,}", written)} - {"text"}
    assert len(words) == 2
    assert not [word for word in words if word in clean]


@pytest.mark.parametrize("name", ['Anna "Bea" Cole', "Tom &Jerry", "Ada <Byron"])
def test_a_word_that_begins_with_a_sign(name: str) -> None:
    """Escaped or not it begins as what may stand before a word, and is none of that."""
    last = name.split()[-1].lstrip('"&<')
    for written in (name, html.escape(name), json.dumps(name), quote(name), quote_plus(name)):
        clean = scrub(f"<p> {written} </p>", [name])
        assert "scrubbed-name" in clean, written
        assert last not in clean, written


def test_every_token_of_a_form_is_the_viewers() -> None:
    """Of the first, the last and those between."""
    values = [f"QUFFzebra{n}token" for n in range(4)]
    forms = "".join(f'<input name="session_token" value="{value}">' for value in values)
    clean = scrub(forms + "".join(f"<p>{value}</p>" for value in values))
    assert clean.endswith("<p>scrubbed-token</p>" * 4)


def test_another_element_that_speaks_of_a_token_is_content() -> None:
    page = '<a href="/@zebra-77" title="session_token">x</a><p>@zebra-77</p>'
    assert scrub(page) == page


@pytest.mark.parametrize("between", ["", " "])
def test_an_element_that_is_cut_off_hides_nothing_of_the_next(between: str) -> None:
    """It is read as far as a limit; what it leaves open there ends there."""
    cut = '<button id="avatar-btn"><!--'.ljust(60_000 + len("<button "))
    menu = '<ytd-commentbox><b id="account-name">Ann Leeds</b></ytd-commentbox>'
    assert scrub(f"{cut}{between}{menu}<p>Ann Leeds</p>").endswith("<p>scrubbed-name</p>")


@pytest.mark.parametrize(("end", "learned"), [(59_990, True), (60_000, True), (60_001, False)])
def test_an_element_is_read_as_far_as_its_limit(end: int, learned: bool) -> None:
    """Bytes from what marks it to the last one of the name; a name that is cut is another."""
    menu, name = '<button id="avatar-btn">', '<b id="account-name">Ann Leeds'
    page = menu.ljust(len("<button ") + end - len(name)) + name + "</b></button>"
    rest = "<p>Ann Leeds</p>"
    assert scrub(page + rest).endswith(rest) is not learned


def test_an_address_with_half_a_character_is_read_as_far_as_it_goes() -> None:
    channel = "UC" + "aB3-" * 5 + "xy"
    found = [one.value for one in own_links(f"/channel/{channel}/\ud83d") if one]
    assert found == [channel[2:]]


def test_the_first_letter_of_scripts_without_spaces() -> None:
    """From the radicals (U+2E80) on; a name of them may have two letters."""
    assert [is_unspaced(text) for text in ("\u2e80", "\u2e7f", "aé\u2e80", "", "王")] == [
        True, False, True, False, True,
    ]  # fmt: skip


def test_a_picture_within_the_page_is_the_viewers() -> None:
    """All that stands behind the comma of its address, whatever stands there."""
    data = "iVBORw0KGgoAAAANSUhEUgAA,AAE=/s88-c"
    menu = f'<button id="avatar-btn"><img src="data:image/png;base64,{data}"></button>'
    clean = scrub(f"{menu}<p>{data}</p><p>image/png</p>")
    assert clean.endswith("<p>scrubbed-avatar</p><p>image/png</p>")


def test_a_place_holds_its_first_byte_and_not_the_one_behind_it() -> None:
    menu = b'<button id="avatar-btn">x</button>'
    places = Places(b"<p>" + menu + b"<p>" + menu)
    assert places.ranges == [(3, 3 + len(menu)), (6 + len(menu), 6 + 2 * len(menu))]
    held = {at for start, end in places.ranges for at in range(start, end)}
    assert {at for at in range(-1, 99) if places.hold(at)} == held
    assert not Places(b"<p>").hold(0)
