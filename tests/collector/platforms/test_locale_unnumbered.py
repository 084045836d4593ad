"""Numbers that are not digits between ASCII separators: full width, duals, one without a number.

What cannot be read whole is ``None``: half of a number is a wrong one.
"""

from __future__ import annotations

import pytest

from collector.platforms.facebook.parse.counts import number
from collector.platforms.locale import LANGUAGES, parse_age, parse_count, parse_duration
from collector.platforms.locale.patterns import ALONE, QuantityFinder
from collector.platforms.locale.spellings import AGES
from collector.platforms.youtube.locale.views import find_views

MINUTE, HOUR, DAY, WEEK, MONTH, YEAR = 60, 3600, 86400, 604800, 30 * 86400, 365 * 86400


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("１２，３４５", "ja", 12345),
        ("１．２万", "ja", 12000),
        ("１，２３４．５万", "ja", 12_345_000),
        ("１．２３４", "ja", 1234),
        ("１２　３４５", "ja", 12345),
        ("１２，３４５次观看", "zh-CN", 12345),
        ("12，345次观看", "zh-CN", 12345),
        ("1，234，567", "zh-TW", 1_234_567),
        ("第1，2集", "zh-CN", None),
        ("12，3456", "zh-CN", None),
        ("١،٢ مليون مشاهدة", "ar", 1_200_000),
        ("١٢،٣٤٥", "ar", 12345),
        ("١،٢٣٤،٥٦٧", "ar", 1_234_567),
        ("۱۲،۳۴۵", "fa", 12345),
        ("1،234", "ar", None),
        ("۱/۲ میلیون", "fa", None),
        ("1.2千万次观看", "zh-CN", 12_000_000),
        ("3 हजार करोड़", "hi", 30_000_000_000),
        ("1,2 mil milhões", "pt", 1_200_000_000),
        ("1 lakh crore", "en", 10**12),
        ("1万2千", "ja", None),
        ("1億2,345万 回", "ja", None),
        ("1만 2천회", "ko", None),
        ("1.2 K M", "en", None),
        ("2½M", "en", None),
        ("1 av 5", "sv", None),
        ("1 of 5", "en", None),
        ("1 / 5", "en", None),
        ("1/5", "en", None),
        ("2-3", "en", None),
        ("2 – 3", "en", None),
        ("1:30", "en", None),
        ("12 3456", "fr", 12),
        ("12 345 678", "fr", 12_345_678),
        ("5, then 6", "en", 5),
        ("1,2 zzz", "en", None),
        ("1.2345", "en", None),
        ("١٫٢٣٤", "ar", None),
        ("١٫٢٣٤ مليون", "ar", 1_234_000),
        ("1 234,5", "fr", None),
        ("1,234", "en", 1234),
        ("12'345", "de", 12345),
        ("12. platz", "de", 12),
        ("3 of them", "en", 3),
        ("1,1 M de vues", "fr", 1_100_000),
        ("3 K - 5", "en", 3000),
    ],
)
def test_counts(text: str, language: str, value: int | None) -> None:
    found = parse_count(text, [language])
    assert (found and found.value) == value
    other = parse_count(text, [language, "en", "de"])
    assert (other and other.value) == value


def test_a_part_of_a_whole_is_no_number_of_reactions() -> None:
    assert number("1 of 12", ["en"]) is None
    assert number("１．２万", ["ja"]) == 12000


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("مشاهدة واحدة", "ar", 1),
        ("مشاهدتان", "ar", 2),
        ("مشاهدتين", "ar-EG", 2),
        ("3 مشاهدات", "ar", 3),
        ("לפני יום · צפייה אחת", "he", 1),
        ("שתי צפיות", "he", 2),
        ("אין צפיות", "he", 0),
        ("مشاهدتانا", "ar", None),
        ("１２，３４５ 回視聴", "ja", 12345),
        ("１．２万 回視聴", "ja", 12000),
        ("12，345次观看", "zh-CN", 12345),
        ("1，2次观看", "zh-CN", None),
        ("1/2 views", "en", None),
        ("1:30 views", "en", None),
        ("1-2 views", "en", None),
        ("1 av 5 visningar", "sv", 5),
        ("3•12 views", "en", 12),
    ],
)
def test_views(text: str, language: str, value: int | None) -> None:
    found = find_views(text, [language])
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("قبل يومين", "ar", 2 * DAY),
        ("قبل يوم", "ar", DAY),
        ("منذ شهرين", "ar", 61 * DAY),
        ("منذ ٣ أيام", "ar", 3 * DAY),
        ("منذ 11 شهرًا", "ar", 335 * DAY),
        ("قبل عامين", "ar", 2 * YEAR),
        ("قبل يوم الجمعة", "ar", None),
        ("قبل ساعة و5 دقائق", "ar", None),
        ("לפני יומיים", "he", 2 * DAY),
        ("לפני יום אחד", "he", DAY),
        ("לפני שעה ו-5 דקות", "he", None),
        ("לפני 3 שעות ו-5 דקות", "he", None),
        ("pred dvema letoma", "sl", 2 * YEAR),
        ("pred enim letom", "sl", YEAR),
        ("vor einem Monat", "de", MONTH),
        ("il y a une heure", "fr", HOUR),
        ("hace un año", "es", YEAR),
        ("een uur geleden", "nl", HOUR),
        ("an hour ago", "en", HOUR),
        ("x · an hour ago · y", "en", HOUR),
        ("год назад", "ru", YEAR),
        ("21 год назад", "ru", 21 * YEAR + 5 * DAY),
        ("1,5 год назад", "ru", None),
        ("half an hour ago", "en", None),
        ("hace un año y medio", "es", None),
        ("yirmi bir yıl önce", "tr", None),
        ("1 hour and 5 minutes ago", "en", None),
        ("3 days, 2 hours ago", "en", None),
        ("an hour and 5 minutes ago", "en", None),
        ("12 minutes 3 days ago", "en", 3 * DAY),
        ("Salt & 3 days ago", "en", 3 * DAY),
        ("2年3か月前", "ja", None),
        ("2年と3か月前", "ja", 3 * MONTH + DAY),
        ("1 年 5 個月前", "zh-TW", None),
        ("vor 1 Stunde und 5 Minuten", "de", None),
        ("il y a 2 ans 22 minutes", "fr", 2 * YEAR),
        ("2-3 days ago", "en", None),
        ("2–3 years ago", "en", None),
    ],
)
def test_ages(text: str, language: str, seconds: int | None) -> None:
    assert parse_age(text, [language]) == seconds


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("ساعتان و5 دقائق", "ar", 2 * HOUR + 5 * MINUTE),
        ("שעתיים ו-5 דקות", "he", 2 * HOUR + 5 * MINUTE),
        ("שעה ו-5 דקות", "he", None),
        ("une heure et 5 minutes", "fr", None),
        ("eine Stunde und 5 Minuten", "de", None),
        ("1時間半", "ja", None),
        ("1 小时 5 分", "zh-CN", None),
        ("1 hour and 5 minutes", "en", HOUR + 5 * MINUTE),
        ("5 minutes", "en", 5 * MINUTE),
    ],
)
def test_lengths(text: str, language: str, seconds: int | None) -> None:
    assert parse_duration(text, [language]) == seconds


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag in AGES])
def test_an_age_without_a_number_stands_alone(language: str) -> None:
    """As a whole text or a part of one, never beside a word or a number that may change it."""
    for unit, pattern, *plural in AGES[language]:
        if "{0}" in pattern or plural:
            continue
        one = {"second": 1, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": WEEK,
               "month": MONTH, "year": YEAR}[unit]  # fmt: skip
        assert parse_age(pattern, [language]) == one, pattern
        assert parse_age(f"x • {pattern} • y", [language]) == one, pattern


@pytest.mark.parametrize(
    ("text", "alone", "counted"),
    [("an hour ago", 1, 1), ("x · an hour ago · y", 1, 1), ("half an hour ago", 0, 1),
     ("an hour ago today", 0, 1), ("an hour agone", 0, 0)],
)  # fmt: skip
def test_words_that_stand_alone_have_no_word_beside_them(
    text: str, alone: int, counted: int
) -> None:
    """Those that a plural form of a language counts may."""
    for plural, found in ((ALONE, alone), ("one", counted)):
        assert len(QuantityFinder([("hour", plural, "an hour ago")]).find(text)) == found
