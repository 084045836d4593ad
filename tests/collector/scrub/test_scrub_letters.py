"""The viewer is gone in whatever letters a page writes the name: cases, accents, other signs.

What a reader takes for the same is the same; what a reader takes for another name stays.
"""

from __future__ import annotations

import base64
import html
import json
import re
from unicodedata import normalize
from urllib.parse import quote

import pytest

from collector.scrub import letters, scrub
from collector.scrub.secret import SecretKind

MAIL = "someone@quill.example"
#: Begin with a letter beyond ASCII, hold some, end with one; several alphabets.
NAMES = [
    "Žofie Příšerná", "Élodie Lefèvre", "Ирина Йёлкина", "Ελένη Παππά", "Ömer Yılmaz",
    "Łukasz Żółć", "Nguyễn Thị Hồng", "Ángel Muñoz", "김 민수", "Jörg Größe",
]  # fmt: skip


def told(name: str, mail: str = MAIL) -> str:
    """A page's account button, which says who is signed in."""
    label = html.escape(f"Google Account: {name} ({mail})")
    return f'<button id="avatar-btn" aria-label="{label}"><img></button>'


def cleaned(name: str, written: str) -> str:
    page = f"<html>{told(name)}<p>before {written} after</p></html>"
    return scrub(page).split("<p>before ")[1].split(" after</p>")[0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("learned", ["NFC", "NFD"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_accents_whole_or_apart_in_any_case(
    name: str, learned: str, form: str, case: object
) -> None:
    written = normalize(form, case(name))  # type: ignore[operator]
    for spelling in (
        written,
        json.dumps(written)[1:-1],
        quote(written),
        written.encode("ascii", "xmlcharrefreplace").decode(),
    ):
        assert cleaned(normalize(learned, name), spelling) == "scrubbed-name", spelling


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_in_what_is_packed(name: str, form: str) -> None:
    packed = base64.b64encode(normalize(form, name).encode()).decode()
    assert "scrubbed-name" in cleaned(name, packed)


@pytest.mark.parametrize("name", NAMES[:6] + NAMES[7:8])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("case", [str, str.upper])
def test_the_first_name_is_greeted_in_any_alphabet(name: str, form: str, case: object) -> None:
    first = normalize(form, case(name.split()[0]))  # type: ignore[operator]
    assert cleaned(name, f"Welcome back, {first}!") == "Welcome back, scrubbed-name!"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Žofie Příšerná", "Zofie Priserna"),
        ("Νίκος Παπαδόπουλος", "ΝΙΚΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("ΝΊΚΟΣ ΠΑΠΑΔΌΠΟΥΛΟΣ", "Νίκος Παπαδόπουλος"),
        ("Ёлка Сёмина", "Елка Семина"),
        ("İlker Işık", "ilker ışık"),
        ("Jörg Groß", "JÖRG GROẞ"),
        ("Sinéad O'Brien", "Sinéad O’Brien"),
        ("Sinéad O’Brien", "SINÉAD O&#39;BRIEN"),
        ("Anne-Marie Noël", "Anne\u2011Marie Noël"),
        ("Élodie Lefèvre", "ÉLODIE<wbr>LEFÈVRE"),
        ("Zdeněk Novák", r"Zdeněk\nNovák"),
        ("Zdeněk Novák", r"Zdeněk\\tNovák"),
        ("Zdeněk Novák", "Zdeněk\u2028Novák"),
        ("葛城 花子", "葛\U000e0100城 花子"),
        ("葛城 花子", "葛%F3%A0%84%80城 花子"),
        ("김 민수", "김 \u115f민수"),
    ],
)
def test_what_reads_the_same(name: str, written: str) -> None:
    assert cleaned(name, written) == "scrubbed-name"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("たかみ はな", "たがみ はな"),
        ("Иван Крайнов", "Иван Краинов"),
        ("Ann Lee", "Ann Lees"),
        ("Élodie Lefèvre", "Élodie Lefèvres"),
        ("Ömer Yılmaz", "Ömer said Yılmaz"),
    ],
)
def test_another_name_stays(name: str, other: str) -> None:
    assert cleaned(name, other) == other


@pytest.mark.parametrize("value", ["@Žižek-labor", "zdeněk@přísné.example", "Zdeněkovič"])
@pytest.mark.parametrize("given", ["NFC", "NFD"])
def test_one_word_handles_and_mail(value: str, given: str) -> None:
    """As they are, whatever their accents are, and in capitals; a domain as the network has it."""
    known = [normalize(given, value)]
    spellings = [value, value.upper(), normalize("NFD", value), normalize("NFD", value.upper())]
    if "." in value:
        name, _, domain = value.partition("@")
        spellings.append(f"{name}@{domain.encode('idna').decode()}")
    for written in spellings:
        clean = scrub(f"<p>{written}</p>", known)
        assert clean.startswith("<p>scrubbed-"), (written, clean)
        assert len(clean) <= len("<p>scrubbed-handle</p>")
    account = (
        "<ytd-active-account-header-renderer><b id='{}'>{}</b></ytd-active-account-header-renderer>"
    )
    where = "account-name" if "@" not in value else "email"
    page = account.format(where, known[0])
    for written in spellings:
        assert written not in scrub(page + f"<p>{written}</p>")


@pytest.mark.parametrize(
    ("word", "there", "others"),
    [
        ("é", "é|e\u0301|e", "a|\u0301"),
        ("iş", "iş|ış|iş|is", "aş|i"),
        ("ış", "ış|iş|is", "aş"),
        ("Ine", "ine", "ıne|INE"),
        ("O'Neil", "o'neil|o’neil|o‘neil|oʼneil", "oneil|o.neil"),
        ("Jean-Luc", "jean-luc|jean‑luc|jean‐luc", "jean luc"),
        ("が", "が|か\u3099", "か"),
    ],
)
def test_one_word_as_it_may_be_written(word: str, there: str, others: str) -> None:
    """Whole, an accent with its letter: what is shorter is looked for last."""
    pattern = re.compile(letters.spelt(word))
    for text in there.split("|"):
        found = pattern.match(text.encode())
        assert found, text
        assert found.end() == len(text.encode()), text
    for text in others.split("|"):
        assert not pattern.fullmatch(text.encode()), text


def test_a_name_as_it_may_be_packed() -> None:
    signs = {f"O{sign}Neil" for sign in "'’‘ʼ"}
    assert letters.written(SecretKind.NAME, "O'Neil") == signs | {"O'NEIL"}
    assert letters.written(SecretKind.NAME, "O’Neil") == {"O’Neil", "O’NEIL", "O'Neil"}
    assert letters.written(SecretKind.NAME, "é") == {"é", "e\u0301", "É", "E\u0301"}
