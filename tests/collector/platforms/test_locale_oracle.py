"""What interfaces write, read back: Babel's own formatters write it in every known language.

Formatting and reading share the locale data and nothing else, so a value that comes back is right.
The hand-made tables and the rules between languages are held against tables of their own.
"""

from __future__ import annotations

import itertools
import random
import re
from datetime import date, timedelta

import pytest
from babel.dates import format_date, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from babel.units import format_unit

from collector.platforms.locale import (
    LANGUAGES,
    find_age,
    parse_age,
    parse_clock,
    parse_count,
    parse_date,
    parse_duration,
)
from collector.platforms.locale.counts import Count, count_pattern, count_value
from collector.platforms.locale.patterns import Quantity, QuantityFinder
from collector.platforms.locale.spellings import AGES, MULTIPLIERS
from collector.platforms.locale.tags import canonical, locale_of
from collector.platforms.locale.text import bounded, clean, digits, flexible
from collector.platforms.locale.units import unit_seconds

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
#: Days that the reference collector gives to so many months.
MONTHS = {1: 30, 2: 61, 3: 91, 5: 152, 6: 183, 11: 335, 12: 365, 23: 700, 24: 730, 36: 1096,
          60: 1826, 132: 4018, 276: 8401}  # fmt: skip


def seconds(unit: str, count: int) -> int:
    if unit in UNITS:
        return UNITS[unit] * count
    return MONTHS[count * (12 if unit == "year" else 1)] * 86400


@pytest.mark.parametrize("unit", [*UNITS, "month", "year"])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 11, 23])
def test_seconds_of_a_unit(unit: str, count: int) -> None:
    assert unit_seconds(unit, count) == seconds(unit, count)


@pytest.mark.sweep(25)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_age_comes_back(tag: str) -> None:
    """All units, long and short, singular, dual and plurals, alone and within a sentence."""
    locale, read = locale_of(tag), 0
    assert locale is not None
    for unit, count, style in itertools.product(
        [*UNITS, "month", "year"], (1, 2, 3, 5, 11, 23), ("long", "short", "narrow")
    ):
        days = {"month": 30 * count, "year": 365 * count}.get(unit)
        ago = timedelta(days=days) if days else timedelta(seconds=UNITS[unit] * count)
        try:
            text = format_timedelta(
                -ago, granularity=unit, threshold=10**9, add_direction=True, format=style,  # type: ignore[arg-type]
                locale=locale,
            )  # fmt: skip
        except KeyError:  # the data has no past of it
            continue
        assert parse_age(text, [tag]) == seconds(unit, count), text
        assert parse_age(f"«x» · {text}", ["xx", tag]) == seconds(unit, count), text
        read += 1
    assert read >= (60 if tag in ("uk", "mr") else 100)


#: Where the multiplier stands before the number ("elfu 3"), and where the data's own is not the
#: language's: a Nepali करोड is ten million, not one.
UNREAD = ("sw", "my", "si", "ne")


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag not in UNREAD])
def test_every_rounded_count_comes_back(tag: str) -> None:
    """Two digits and a multiplier, short and long."""
    locale, read = locale_of(tag), 0
    assert locale is not None
    for style, power, number in itertools.product(("short", "long"), range(9), (1.2, 3.0, 9.9)):
        value = round(number * 10 ** (power + 3))
        if tag == "bn" and value >= 10**11:  # the data's own "{0}কো" is a hundred times too small
            continue
        try:
            text = format_compact_decimal(
                value,
                format_type=style,
                locale=locale,
                fraction_digits=1,  # type: ignore[arg-type]
            )
        except KeyError:
            continue
        found = parse_count(f"{text}", [tag])
        assert found is not None, text
        if any(letter.isalpha() for letter in text):
            assert (found.value, found.exact) == (value, False), text
            assert (found.start, found.end) == (0, len(clean(text))), text
            read += 1
    assert read > 10 or tag in ("es", "pt", "it", "de", "fil")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_whole_count_comes_back(tag: str) -> None:
    """Grouped as the language groups, in its noun's company, exact."""
    locale = locale_of(tag)
    for value in (0, 7, 999, 1000, 30782, 1113926, 2147483648, 10**12):
        text = format_decimal(value, locale=locale)
        found = parse_count(f"x {text} y", [tag])
        assert found == Count(value, True, 2, 2 + len(clean(text))), text


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag not in ("eu", "mn")])
def test_every_date_comes_back(tag: str) -> None:
    """Every month; long, medium and, where the year is whole, short. (Basque and
    Mongolian decline the year.)"""
    locale, dice = locale_of(tag), random.Random(tag)
    for month, style in itertools.product(range(1, 13), ("short", "medium", "long")):
        day = date(dice.randint(2005, 2029), month, dice.randint(1, 28))
        text = format_date(day, style, locale=locale)  # type: ignore[arg-type]
        if str(day.year) in text or style != "short":
            assert parse_date(text, [tag]) == day, text
            assert parse_date(f"«x» {text}", [tag]) == day, text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_length_in_words_comes_back(tag: str) -> None:
    """Hours, minutes and seconds that the data names, by comma or blank."""
    locale, read = locale_of(tag), 0
    for style, joint in itertools.product(("long", "short"), (", ", " ")):
        for hours, minutes, rest in ((2, 3, 4), (0, 22, 19), (9, 14, 0), (0, 0, 5), (11, 0, 7)):
            parts = [
                format_unit(value, f"duration-{unit}", style, locale=locale)  # type: ignore[arg-type]
                for value, unit in ((hours, "hour"), (minutes, "minute"), (rest, "second"))
                if value
            ]
            # Of some units the data has no word; Tagalog's for hours leaves out the number's place.
            if any("duration-" in part or "mga oras" in part for part in parts):
                continue
            assert parse_duration(joint.join(parts), [tag]) == hours * 3600 + minutes * 60 + rest
            read += 1
    assert read >= 10


def test_lengths_that_are_none() -> None:
    assert parse_duration("", ["en"]) is None
    assert parse_duration("5 apples", ["en", "fr"]) is None
    assert parse_duration("2 heures", ["en", "fr"]) == 7200
    assert parse_duration("2 hours", []) is None
    assert parse_duration("3 days, 4 hours", ["en"]) == 3 * 86400 + 4 * 3600


# -- the hand-made tables ------------------------------------------------------------------------


@pytest.mark.parametrize("language", MULTIPLIERS)
def test_every_multiplier_of_the_table_counts(language: str) -> None:
    """Before the locale data's own, whatever the region; the longest word wins."""
    for word, factor in MULTIPLIERS[language].items():
        for text in (f"3 {word}", f"3{word}" if not word[0].isalpha() else f"3 {word}"):
            found = parse_count(text, [language])
            assert found == Count(3 * factor, False, 0, len(text)), text


@pytest.mark.parametrize("language", AGES)
def test_every_age_of_the_table_counts(language: str) -> None:
    for unit, pattern, *plural in AGES[language]:
        count = 3 if "{0}" in pattern else {"two": 2}.get("".join(plural), 1)
        read = parse_age(pattern.replace("{0}", "3"), [language])
        assert read == seconds(unit, count), pattern


# -- clocks --------------------------------------------------------------------------------------


def test_clocks() -> None:
    """Every form of a length on a thumbnail, and its near misses."""
    for hours, minutes, rest in itertools.product((None, 0, 1, 12, 1234), (0, 5, 59), (0, 9, 59)):
        for mark, pad in itertools.product(":.", (True, False)):
            head = "" if hours is None else f"{hours}{mark}"
            text = (
                f"{head}{minutes:02d}{mark}{rest:02d}"
                if pad
                else f"{head}{minutes}{mark}{rest:02d}"
            )
            expected = (hours or 0) * 3600 + minutes * 60 + rest
            assert parse_clock(text) == expected, text
            assert parse_clock(f"\u200e {text}\n".strip("\u200e")) == expected
            assert parse_clock(f"\u200f{text}\u200e") == expected
    assert parse_clock("75:00") == 4500
    for none in ("LIVE", "", "5", "1:5", "1:60", "0:60:00", "1:99:00", "1:2:3", "1:02:03:04",
                 "12345:00", "1:00 x", "x 1:00", "X1:00", "1:000"):  # fmt: skip
        assert parse_clock(none) is None, none


# -- between languages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("12,3 mil visualizaciones", ["en", "es"], (12300, False)),
        ("1.234 Aufrufe", ["de"], (1234, True)), ("1.234", ["en"], (1234, True)),
        ("1,5 Mio. Aufrufe", ["de"], (1_500_000, False)),
        ("1,5 MIO. Aufrufe", ["de"], (1_500_000, False)),
        ("1.5M views", ["en"], (1_500_000, False)), ("1٫234M views", ["en"], (1_234_000, False)),
        ("1.500K", ["en"], (1500, False)), ("1.500 mil", ["es"], (1_500_000, False)),
        ("1,500K", ["en"], (1_500_000, False)), ("1,50K", ["en"], (1500, False)),
        ("12K", [], None), ("no number", ["en"], None),
        ("views 12K then 5", ["en"], (12000, False)),
        ("30 782 vues", ["fr"], (30782, True)), ("١٬٢٣٤", ["ar"], (1234, True)),
        ("١٫٢ مليون", ["ar"], (1_200_000, False)), ("12 Kisten", ["de", "en"], (12, True)),
        ("1234567890123456 K", ["en"], (1_234_567_890_123_450, True)),
        ("5 zzz", ["xx", "en"], (5, True)), ("4 কো", ["bn"], (40_000_000, False)),
        ("1,2 тыс. просмотров", ["ru"], (1200, False)), ("3万 回", ["ja"], (30000, False)),
    ],
)  # fmt: skip
def test_counts_between_languages(
    text: str, languages: list[str], expected: tuple[int, bool] | None
) -> None:
    """A language that knows the multiplier goes before one that does not."""
    found = parse_count(text, languages)
    if text.startswith("1234567890123456"):
        assert found is None or found.value < 10**16
        return
    assert (found and (found.value, found.exact)) == expected


@pytest.mark.parametrize(
    ("number", "suffix", "expected"),
    [
        ("12", None, (12, True)), ("12", "", (12, True)), ("9" * 15, None, (10**15 - 1, True)),
        ("9" * 16, None, None), ("1.2", "K", (1200, False)), ("1.2", "k", (1200, False)),
        ("1.2", "quux", None), ("9" * 9, "K", ((10**9 - 1) * 1000, False)), ("9" * 10, "K", None),
        ("1.123456", "M", (1_123_456, False)), ("1.1234567", "M", None),
        ("1.0005", "K", (1000, False)),
        ("1.0006", "K", (1001, False)), ("٣", "K", (3000, False)),
        ("1'234", "K", (1_234_000, False)),
    ],
)  # fmt: skip
def test_the_value_of_a_matched_count(
    number: str, suffix: str | None, expected: tuple[int, bool] | None
) -> None:
    assert count_value("en", number, suffix) == expected


def test_the_pattern_of_a_count_can_be_built_upon() -> None:
    found = re.search(rf"<{count_pattern('fr')}>", "<1,2 M>", re.IGNORECASE)
    assert found is not None
    assert (found["n"], found["s"]) == ("1,2", "M")


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("3/4/2021", ["en"], date(2021, 3, 4)), ("3/4/2021", ["en-GB"], date(2021, 4, 3)),
        ("3/4/2021", ["fr"], date(2021, 4, 3)), ("13/4/2021", ["en"], date(2021, 4, 13)),
        ("4/13/2021", ["fr"], date(2021, 4, 13)), ("3.4.2021", ["en"], date(2021, 4, 3)),
        ("3.14.2021", ["de"], None), ("3-4-2021", ["nl"], date(2021, 4, 3)),
        ("2021-04-03", [], date(2021, 4, 3)), ("2021/4/3", ["fr"], date(2021, 4, 3)),
        ("2021. 4. 3.", ["ko"], date(2021, 4, 3)), ("2021年4月3日", [], date(2021, 4, 3)),
        ("2021년 4월 3일", [], date(2021, 4, 3)), ("3/4/2021", [], None),
        ("3/4/2021", ["xx"], date(2021, 4, 3)), ("3 เม.ย. 2564", ["th"], date(2021, 4, 3)),
        ("Feb 30, 2021", ["en"], None), ("Apr 2021", ["en"], None), ("Apr 3", ["en"], None),
        ("Premiered Apr 3, 2021", ["fr", "en"], date(2021, 4, 3)),
        ("APR 3, 2021", ["en"], date(2021, 4, 3)),
        ("3 avr. 2021", ["fr"], date(2021, 4, 3)), ("3 sept 2021", ["en"], date(2021, 9, 3)),
        ("12021-04-03", [], None), ("2021-04-031", [], None), ("2401-01-01", [], date(1858, 1, 1)),
        ("2400-01-01", [], date(2400, 1, 1)), ("2021-13-01", [], None),
        ("12 באפר׳ 2021", ["he"], date(2021, 4, 12)), ("maybe 3, 2021", ["en"], None),
    ],
)  # fmt: skip
def test_dates_between_languages(text: str, languages: list[str], expected: date | None) -> None:
    """Points mean day first everywhere, slashes as the language has it, impossible days nothing."""
    assert parse_date(text, languages) == expected


def test_the_last_age_of_a_text_counts() -> None:
    """And where it stands: in the first language that sees one."""
    text = "2 years ago · 3 days ago"
    assert find_age(text, ["fr", "en"]) == Quantity(3, "day", 14, 24)
    assert find_age("il y a 3 jours", ["en", "fr"]) == Quantity(3, "day", 0, 14)
    assert find_age("3 days ago", []) is None
    assert parse_age("Streamed\u00a02\u200e weeks ago", ["en"]) == 14 * 86400
    assert parse_age("2 cats", ["en"]) is None
    assert parse_age("قبل ساعتين", ["ar"]) == 7200


# -- one expression for many quantities ----------------------------------------------------------


def test_quantities_of_a_text() -> None:
    """Longest words first, words that count themselves, nothing within a word or a clock."""
    finder = QuantityFinder(
        [
            ("minute", "other", "{0} min"), ("month", "other", "{0} minutos"),
            ("day", "one", "a day"),
            ("day", "two", "days two"), ("hour", "other", "in {0} h"), ("week", "other", "{0}"),
            ("year", "other", "year"), ("second", "zero", "none"), ("hour", "other", "at {0}"),
            ("day", "other", "{0} min"),
        ]
    )  # fmt: skip
    found = finder.find("5 min, 6 minutos, A DAY, days two, in 7 h, none, at 8")
    assert [(one.count, one.unit) for one in found] == [
        (5, "minute"), (6, "month"), (1, "day"), (2, "day"), (7, "hour"), (0, "second"),
        (8, "hour"),
    ]  # fmt: skip
    assert (found[1].start, found[1].end) == (7, 16)
    for text in ("5 minx", "x a dayx", "12:5 min", "1.5 min", "1,5 min", "year", "9", "at 8:30"):
        assert not finder.find(text), text
    assert QuantityFinder([]).find("5 min") == []
    # a letter that only looks alike in capitals is another word, and ends nothing
    assert [one.count for one in finder.find("5 m\u0130n, 6 min, 7 M\u0130N, 8 MIN")] == [6, 8]
    assert QuantityFinder([("a", "other", "x")]).find("x") == []
    assert QuantityFinder([("a", "one", "x")]).find("y X") == [Quantity(1, "a", 2, 3)]
    unspaced = QuantityFinder([("hour", "other", "{0} 小時前")])
    assert unspaced.find("3小時前看") == [Quantity(3, "hour", 0, 4)]
    assert unspaced.find("123456小時前") == [Quantity(123456, "hour", 0, 9)]
    assert unspaced.find("1234567小時前") == []


# -- tags and text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"), ("EN_us", "en"), (" fr-CA ", "fr"), ("zh", "zh-CN"), ("zh-hant", "zh-TW"),
        ("zh-Hant-HK", "zh-HK"), ("zh_hans_cn", "zh-CN"), ("zh-MO", "zh-HK"), ("zh-SG", "zh-CN"),
        ("zh-Hans-XX", "zh-CN"), ("no", "nb"), ("nn-NO", "nb"), ("iw", "he"), ("in", "id"),
        ("tl", "fil"), ("sh", "hr"), ("bs-Latn-BA", "bs"), ("pt-BR", "pt"), ("", None), ("-", None),
        ("xx", None), ("xx-US", None), ("es-419", "es"),
    ],
)  # fmt: skip
def test_the_language_that_speaks_for_a_tag(tag: str, expected: str | None) -> None:
    assert canonical(tag) == expected


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_known_language_speaks_for_itself_and_has_data(tag: str) -> None:
    assert canonical(tag) == tag
    found = locale_of(tag)
    assert found is not None
    assert str(found).replace("_", "-").split("-")[0] == tag.split("-")[0]


def test_locale_data_of_tags() -> None:
    assert str(locale_of("es-MX")) == "es_MX"
    assert str(locale_of("es-XX-YY-ZZ")) == "es"
    assert str(locale_of("iw")) == "he"
    assert str(locale_of("zh-HK")).startswith("zh_Hant_HK") or str(locale_of("zh-HK")) == "zh_HK"
    assert locale_of("xx") is None
    assert locale_of("") is None
    assert locale_of("not a tag") is None


def test_text_is_made_comparable() -> None:
    assert clean(" a \t b\n") == "a b"
    assert clean("\u200fa\u00a0\u202f\u3000b\u200e\ufeff ") == "a b"
    assert (digits("1.2٣4"), digits("none"), digits("")) == (1234, None, None)
    assert (digits("9" * 18), digits("9" * 19)) == (10**18 - 1, None)
    assert flexible("hours  ago.") == r"hours ago\."
    assert flexible("小時 前") == "小時 ?前"


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("ago", "x ago y", True), ("ago", "agog", False), ("ago", "imago", False),
        ("前", "x前y", True), (".x.", "a.x.b", True), ("يوم", "ويوم", True), ("يوم", "سيوم", False),
        ("1d", "21d", True), ("d1", "d11", True),
    ],
)  # fmt: skip
def test_words_are_bounded_where_they_are_written_so(words: str, text: str, found: bool) -> None:
    assert bool(re.search(bounded(flexible(words), words), text)) is found
