"""The viewer is gone in letters of another form: styles, widths, vowel signs, with readings above.

What other forms there are is taken from the names of Unicode's characters here, and from its
normalisation in the code.
"""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

import pytest

from collector.scrub import scrub
from collector.scrub.forms import _table, ordinary, ordinary_bytes, other_forms
from collector.scrub.initials import in_capitals, initials

MAIL = "ann.b-lee@quill.example"


def cleaned(name: str, written: str) -> str:
    """What a page whose viewer is ``name`` has where ``written`` stood."""
    label = html.escape(f"Google Account: {name} ({MAIL})")
    told = f'<button id="avatar-btn" aria-label="{label}"><img></button>'
    page = f"<html>{told}<p>before {written} after</p></html>"
    clean = scrub(page)
    assert scrub(clean) == clean
    return clean.split("<p>before ")[1].split(" after</p>")[0]


def styled(capital: str, small: str) -> Callable[[str], str]:
    """Each letter as the character that Unicode names so (``{}`` is the letter)."""

    def letter(char: str) -> str:
        named = (capital if char.isupper() else small).format(char.upper())
        try:
            return unicodedata.lookup(named)
        except KeyError:
            return char

    return lambda text: "".join(letter(char) if char.isalpha() else char for char in text)


STYLES = {
    "mathematical": ("MATHEMATICAL BOLD CAPITAL {}", "MATHEMATICAL BOLD SMALL {}"),
    "script": ("MATHEMATICAL BOLD SCRIPT CAPITAL {}", "MATHEMATICAL BOLD SCRIPT SMALL {}"),
    "italic": ("MATHEMATICAL ITALIC CAPITAL {}", "MATHEMATICAL ITALIC SMALL {}"),
    "double-struck": ("DOUBLE-STRUCK CAPITAL {}", "MATHEMATICAL DOUBLE-STRUCK SMALL {}"),
    "monospace": ("MATHEMATICAL MONOSPACE CAPITAL {}", "MATHEMATICAL MONOSPACE SMALL {}"),
    "circled": ("CIRCLED LATIN CAPITAL LETTER {}", "CIRCLED LATIN SMALL LETTER {}"),
    "negative circled": ("NEGATIVE CIRCLED LATIN CAPITAL LETTER {}",) * 2,
    "negative squared": ("NEGATIVE SQUARED LATIN CAPITAL LETTER {}",) * 2,
    "squared": ("SQUARED LATIN CAPITAL LETTER {}",) * 2,
    "small capitals": ("LATIN LETTER SMALL CAPITAL {}",) * 2,
    "raised": ("MODIFIER LETTER CAPITAL {}", "MODIFIER LETTER SMALL {}"),
    "wide": ("FULLWIDTH LATIN CAPITAL LETTER {}", "FULLWIDTH LATIN SMALL LETTER {}"),
}
ESCAPED: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "URL": quote,
    "HTML": lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
    "JSON in a URL": lambda text: quote(json.dumps(text)[1:-1]),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("escape", ESCAPED.values(), ids=ESCAPED)
def test_a_style_of_letters(style: tuple[str, str], escape: Callable[[str], str]) -> None:
    """The page has the style and the account has not, the other way round, or both."""
    fancy = styled(*style)
    assert fancy("Ann Lee") != "Ann Lee"
    for told, written in (
        ("Ann Lee", fancy("Ann Lee")),
        (fancy("Ann Lee"), "Ann Lee"),
        (fancy("Ann Lee"), fancy("Ann Lee")),
    ):
        assert cleaned(told, escape(written)) == "scrubbed-name", written
    assert cleaned("Ann Lee", escape(fancy(MAIL))) == "scrubbed-email"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("グレン ガラス", "ｸﾞﾚﾝ ｶﾞﾗｽ"),
        ("グレンガラス", "ｸﾞﾚﾝｶﾞﾗｽ"),
        ("ｸﾞﾚﾝ ｶﾞﾗｽ", "グレン ガラス"),
        ("ジョン・スミス", "ｼﾞｮﾝ･ｽﾐｽ"),
        ("Sofia Offitz", "Soﬁa Oﬃtz"),
        ("Anne-Marie O'Brien", "Anne－Marie O＇Brien"),
        ("Anne-Marie O’Brien", "Anne﹣Marie O＇Brien"),
        ("Soﬁa Oﬃtz", "Sofia Offitz"),
        ("Ann Lesser", "Ann Leſſer"),
        ("Ĳsbrand Lee", "IJsbrand Lee"),
        ("葛城 花子", "葛城 花\u2f26"),
        ("محمد علي", "مُحَمَّد عَلِي"),
        ("مُحَمَّد عَلِيّ", "محمد علي"),
        ("محمد علي", "محـــمد علـي"),
        ("محمد علي", "ﻣﺤﻤﺪ ﻋﻠﻲ"),
        ("أحمد الأمين", "احمد الامين"),
        ("احمد فوزى", "أحمد فوزي"),
        ("فاطمة كريمي", "فاطمه کریمی"),
        ("محمد علي", "مح\u200dمد\u200f ع\u2067ل\u2069ي"),
        ("شَرِيفَة", "شريفة"),
        ("شريفة", "شَرِيفَة"),
        ("שלום כהן", "שָׁלוֹם כֹּהֵן"),
        ("שָׁלוֹם כֹּהֵן", "שלום כהן"),
        ("שלום כהן", "ש\u200fלום כה\u200dן"),
        ("שלום כהן", "\ufb2aלום \ufb3bהן"),
    ],
)
@pytest.mark.parametrize("escape", ESCAPED.values(), ids=ESCAPED)
def test_other_forms_of_a_name(name: str, written: str, escape: Callable[[str], str]) -> None:
    assert cleaned(name, escape(written)) == "scrubbed-name"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ann Lee", "Ann Leeﬁ"),
        ("Ann Lee", "𝐉oAnn Lee"),
        ("Ann Lee", "Аnn Lee"),
        ("Ann Lee", "Αnn Lee"),
        ("محمد علي", "محمد علياء"),
        ("שלום כהן", "שלום כהנא"),
        ("たかみ はな", "ﾀｶﾞﾐ ﾊﾅ"),
        ("ليلى", "ليل"),
        ("عَلِيّ", "علي"),
    ],
)
def test_another_name_stays(name: str, other: str) -> None:
    """Longer words, another alphabet's letters, and what is too short to be looked for."""
    assert cleaned(name, other) == other


N = "scrubbed-name"


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        (
            "<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>太<ruby class='x'>郎<rp>(</rp><rt>ろう</rt>"
            "<rp>)</rp></ruby>",
            f"<ruby>{N}<rt>{N}</rt>{N}<rt>{N}</rt></ruby>{N}<ruby class='x'>{N}<rp>(</rp><rt>{N}"
            "</rt><rp>)</rp></ruby>",
        ),
        (
            "<ruby>漢<rb>字<rt>かんじ<rt>だ</ruby><RUBY>太郎<RT>たろう</RT></RUBY>さん",
            f"<ruby>{N}<rb>{N}<rt>{N}<rt>{N}</ruby><RUBY>{N}<RT>{N}</RT></RUBY>さん",
        ),
        ("<ruby>漢字<rt>かんじ</rt></ruby>", "<ruby>漢字<rt>かんじ</rt></ruby>"),
    ],
)
def test_a_name_with_its_readings(written: str, clean: str) -> None:
    """They go with the signs, and the elements stay; somebody else's stay."""
    assert cleaned("漢字 太郎", written) == clean


def test_the_ordinary_form() -> None:
    assert ordinary("plain é が \u0915\u093c ²™№ …") == "plain é が \u0915\u093c ²™№ …"
    assert other_forms("é ²".encode()) == ["é ²".encode()]
    assert other_forms("a𝐛c".encode()) == [b"a", "𝐛".encode(), b"c"]
    assert ordinary_bytes("𝐛".encode()) == b"b"
    assert ordinary_bytes("ـ".encode()) == b""


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Jane Doe", "Doe, Jane"),
        ("Jane Doe", "DOE Jane"),
        ("Jane Doe", "Doe,Jane"),
        ("Doe, Jane", "Jane Doe"),
        ("Jane Doe", "Doe%2C%20Jane"),
        ("Nagy Éva", "Éva Nagy"),
        ("Gabriel García Márquez", "García Márquez, Gabriel"),
        ("Jane Maria Doe", "Doe, Jane Maria"),
        ("Juan de la Cruz", "de la Cruz, Juan"),
        ("Иван Петров", "ПЕТРОВ Иван"),
        ("山田 花子", "花子 山田"),
        ("山田 花子", "花子・山田"),
        ("محمد علي", "علي، محمد"),
        ("محمد علي", "عليّ مُحمد"),
        ("ジョン・スミス", "ジョン スミス"),
        ("ジョン スミス", "ジョン・スミス"),
        ("ジョン・スミス", "スミス、ｼﾞｮﾝ"),
    ],
)
def test_the_family_name_first_or_last(name: str, written: str) -> None:
    assert cleaned(name, written) == N


def test_the_family_name_in_an_element_or_a_piece_of_json_of_its_own() -> None:
    assert cleaned("Jane Doe", "<b>Doe</b>, <i>Jane</i>") == f"<b>{N}</b>, <i>{N}</i>"
    told = '{"familyName":"Doe","givenName":"Jane"}'
    assert cleaned("Jane Doe", told) == told.replace("Doe", N).replace("Jane", N)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Grace Long", "a long grace"),
        ("Grace Long", "A long grace"),
        ("Jane Doe", "Doe, Janet"),
        ("grace long", "a long grace"),
        ("Jane Doe", "Doe said Jane"),
        ("Jane Doe", "Bob Doe, Jane Roe"),
        ("Jane Doe", "Doe. Jane"),
        ("Jane Doe", "Bob Doe\u00a0Jane\u00a0Roe"),
    ],
)
def test_what_is_no_name_turned_round(name: str, other: str) -> None:
    """Words without their capital, other words, the end of one name and the beginning of the
    next."""
    assert cleaned(name, other) == other


def test_a_name_goes_before_one_turned_round() -> None:
    assert cleaned("Ann Lee", "Ann Lee, Ann Other") == f"{N}, Ann Other"
    assert cleaned("Ann Lee", "Lee, Ann Lee, Ann") == f"Lee, {N}, Ann"
    assert cleaned("Ann Lee", "By Lee, Ann, Lee Ann Roe") == f"By {N}, {N} Roe"


def in_place(name: str, inside: str) -> str:
    label = html.escape(f"Google Account: {name} ({MAIL})")
    page = f'<button id="avatar-btn" aria-label="{label}"><img alt="{inside}"></button>{inside}'
    clean = scrub(page)
    assert scrub(clean) == clean
    assert clean.endswith(f"</button>{inside}")
    return clean.split('alt="')[1].split('">')[0]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Jane Doe", "J. Doe"),
        ("Jane Doe", "J Doe"),
        ("Jane Doe", "Jane D."),
        ("Jane Doe", "Jane D"),
        ("Jane Doe", "J.D."),
        ("Jane Doe", "J. D."),
        ("Jane Doe", "JD"),
        ("Jane Doe", "Jane M. Doe"),
        ("Jane Doe", "Doe, J."),
        ("Jane Doe", "&#74;.&nbsp;Doe"),
        ("Jane Doe", "𝐉. 𝐃𝐨𝐞"),
        ("Jane Mary Doe", "J. M. Doe"),
        ("Jane Mary Doe", "J.M.D."),
        ("Jane Mary Doe", "J. Doe"),
        ("Jean-Paul Ernst", "J.-P. Ernst"),
        ("Jean-Paul Ernst", "JPE"),
        ("Иван Петров", "И. Петров"),
        ("أحمد الأمين", "أ. الأمين"),
    ],
)
def test_initials_where_the_account_is_shown(name: str, short: str) -> None:
    """There, and nowhere else: many people share them."""
    assert in_place(name, short) == N


@pytest.mark.parametrize(
    "other",
    [
        "J",
        "j d",
        "jd",
        "J.R.",
        "J. Smith",
        "Jan D.",
        "JDX",
        "a JD",
        "JD x",
        "J. Doeman",
        "xJ. Doe",
        "Do J. or",
        "J., D.",
    ],
)
def test_what_are_no_initials_of_the_account(other: str) -> None:
    assert in_place("Jane Doe", other) == other


@pytest.mark.parametrize(
    ("greeting", "clean"),
    [
        ("Hello, J. Doe!", f"Hello, {N}!"),
        ("Hi Jane D. and", f"Hi {N} and"),
        ("Hi Jane", f"Hi {N}"),
        ("Welcome back, J.D.", f"Welcome back, {N}"),
        ("Hallo <b>J. D.</b>", f"Hallo <b>{N}</b>"),
        ("Hello J. M. Doe", f"Hello {N}"),
        ("Hi Jane Smith", f"Hi {N} Smith"),
        ("Hello 𝐉. Doe", f"Hello {N}"),
        ("Hi Jane Does", f"Hi {N} Does"),
        ("This is J. Doe", "This is J. Doe"),
        ("hello j. doe", "hello j. doe"),
        ("Hello O.J. Doe", "Hello O.J. Doe"),
        ("Othello J. Doe", "Othello J. Doe"),
        ("Hello J. Doeman", "Hello J. Doeman"),
    ],
)
def test_initials_that_a_page_greets(greeting: str, clean: str) -> None:
    assert cleaned("Jane Doe", greeting) == clean


def test_two_accounts_that_share_a_first_name() -> None:
    page = "<p>Hi Jane R., hello J. Roe, hi Jane D., hello J. Doe</p>"
    clean = f"<p>Hi {N}, hello {N}, hi {N}, hello {N}</p>"
    assert scrub(page, ["Jane Doe", "Jane Roe"]) == clean


def test_which_characters_have_an_ordinary_form() -> None:
    """Those of words, and the signs within names; the table is made anew."""
    table = _table.__wrapped__()
    there = {"ﾞ": "\u3099", "･": "・", "＇": "'", "＆": "&", "﹣": "-", "ﬁ": "fi", "ـ": "", "أ": "ا"}
    assert {char: table.get(char) for char in there} == there
    assert not {*"…（，X²™é"} & {*table}


def test_the_ways_in_which_a_name_is_shortened() -> None:
    """Made anew: what is kept of a name was made by whoever looked for it first."""
    short = initials.__wrapped__(("Ann", "Lee"))
    assert short is not None
    for pattern, there, others in (
        (short.any, "a. lee|a lee|ann l.|a.l.|al|lee, a.|ann m. lee", "b. lee|ann|lee a|annl x"),
        (short.rest, " lee| l.| l| m. lee", "x lee| b."),
        (short.last, "lee", "leed|l"),
        (short.points, "a.l.|a. l|a.-l.|a. m. l.", "al|a l.|a.b."),
    ):  # fmt: skip
        for text in there.split("|"):
            assert pattern.fullmatch(text.encode()), text
        for text in others.split("|"):
            assert not pattern.fullmatch(text.encode()), text
    begins = {"hola a. ": 5, "a. m. ": 0, "to a": 3, "ha. ": None, "9a. ": None, "a. x": None}
    for text, start in begins.items():
        found = short.before.search(text.encode())
        assert (found and found.start()) == start, text
    assert initials.__wrapped__(("Ann",)) is None
    assert initials.__wrapped__(tuple("abcdefg")) is None
    assert initials.__wrapped__(("Jean-Paul", "Ernst")) is not None
    assert initials.__wrapped__(("Ann", "2")) is None
    assert initials.__wrapped__(("金", "民")) is None


@pytest.mark.parametrize(
    ("before", "after", "are"),
    [
        ("<b>", "</b>", True),
        ("<b>" + 19 * " ", 19 * " " + "</b>", True),
        ("<b>" + 20 * " ", "</b>", False),
        ("<b>", 20 * " " + "</b>", False),
        ('"', '"', True),
        ("'", "'", True),
        ("a ", "</b>", False),
        ("<b>", " x", False),
    ],
)
def test_letters_alone_are_all_of_a_text(before: str, after: str, are: bool) -> None:
    page = f"{before}AL{after}".encode()
    assert in_capitals(page, len(before), len(before) + 2) is are
