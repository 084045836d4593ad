"""The interface's words and forms: complete in every language, and as real pages write them."""

from __future__ import annotations

import doctest
import re
from datetime import UTC, datetime, timedelta

import pytest

from mockserver.platforms.youtube import look
from mockserver.platforms.youtube.i18n import LANGUAGES, choose, language

ENGLISH = LANGUAGES["en"].text
NARROW, HARD = "\u202f", "\u00a0"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_every_word_with_the_same_places(tag: str) -> None:
    text = LANGUAGES[tag].text
    assert text.keys() == ENGLISH.keys()
    for key, words in text.items():
        assert words.strip() == words != "", key
        places = sorted(re.findall(r"\{\w+\}", words))
        assert places == sorted(re.findall(r"\{\w+\}", ENGLISH[key])), key


def test_no_language_was_left_in_english() -> None:
    for tag, one in LANGUAGES.items():
        same = sum(one.text[key] == ENGLISH[key] for key in ENGLISH)
        assert tag == "en" or same < 25, (tag, same)


@pytest.mark.parametrize(
    ("tag", "count", "words"),
    [
        ("en", 1113926, "1,113,926 views"),
        ("en", 1, "1 view"),
        ("en", 0, "No views"),
        ("fr", 1263126, f"1{NARROW}263{NARROW}126{HARD}vues"),
        ("fr", 835, f"835{HARD}vues"),
        ("es", 1267, "1267 visualizaciones"),
        ("es", 114511, "114.511 visualizaciones"),
        ("es-419", 6858, "6,858 vistas"),
        ("de", 38900894, "38.900.894 Aufrufe"),
        ("de", 0, "Keine Aufrufe"),
        ("it", 345611986, "345.611.986 visualizzazioni"),
        ("tr", 1080569, "1.080.569 görüntüleme"),
        ("zh-TW", 217059, "觀看次數：217,059次"),
        ("ja", 1234, "1,234 回視聴"),
    ],
)
def test_exact_views(tag: str, count: int, words: str) -> None:
    assert LANGUAGES[tag].views(count) == words


@pytest.mark.parametrize(
    ("tag", "count", "words"),
    [
        ("en", 1608156, "1.6M views"),
        ("en", 3073183, "3M views"),
        ("en", 5002, "5K views"),
        ("en", 999, "999 views"),
        ("fr", 390582, f"390{HARD}k{HARD}vues"),
        ("fr", 11993009, f"11{HARD}M de vues"),
        ("es", 39114, f"39{HARD}mil visualizaciones"),
        ("de", 39114, "39.114 Aufrufe"),
        ("de", 1280000, f"1,2{HARD}Mio. Aufrufe"),
        ("it", 1280000, f"1,2{HARD}Mln di visualizzazioni"),
        ("tr", 45000, f"45{HARD}B görüntüleme"),
        ("zh-TW", 6452, "觀看次數：6452次"),
        ("zh-TW", 123456, "觀看次數：12萬次"),
        ("ja", 123456, "12万 回視聴"),
    ],
)
def test_abbreviated_views_are_cut_not_rounded(tag: str, count: int, words: str) -> None:
    assert LANGUAGES[tag].views_short(count) == words


def test_2022_wrote_thousands_out_where_the_corpus_does() -> None:
    assert LANGUAGES["es-419"].views_short(14039, "2022") == "14,039 vistas"
    assert LANGUAGES["de"].views_short(14039, "2022") == "14.039 Aufrufe"
    assert LANGUAGES["fr"].views_short(59106, "2022") == f"59{HARD}k{HARD}vues"


@pytest.mark.parametrize(
    ("tag", "seconds", "words"),
    [
        ("en", 1533, "25 minutes, 33 seconds"),
        ("en", 5918, "1 hour, 38 minutes, 38 seconds"),
        ("fr", 6136, f"1{HARD}heure, 42 minutes et 16{HARD}secondes"),
        ("fr", 718, f"11 minutes et 58{HARD}secondes"),
        ("de", 7567, "2 Stunden, 6 Minuten und 7 Sekunden"),
        ("de", 181, "3 Minuten, 1 Sekunde"),
        ("es", 36001, "10 horas y 1 segundo"),
        ("it", 215, "3 minuti e 35 secondi"),
        ("tr", 6091, "1 saat 41 dakika 31 saniye"),
        ("zh-TW", 33262, "9 小時 14 分鐘 22 秒"),
        ("ja", 270, "4 分 30 秒"),
    ],
)
def test_lengths_in_words(tag: str, seconds: int, words: str) -> None:
    assert LANGUAGES[tag].duration(seconds) == words


def test_labels_drop_seconds_from_a_quarter_of_an_hour_on() -> None:
    english = LANGUAGES["en"]
    assert english.duration(893, rounded=True) == "14 minutes, 53 seconds"
    assert english.duration(1533, rounded=True) == "25 minutes"
    assert english.duration(5918, rounded=True) == "1 hour, 38 minutes"


@pytest.mark.parametrize(
    ("tag", "days", "words"),
    [
        ("en", 150.2, "5 months ago"),
        ("en", 13.5, "13 days ago"),
        ("en", 14.5, "2 weeks ago"),
        ("en", 364, "11 months ago"),
        ("fr", 800, "il y a 2 ans"),
        ("es", 1.1, "hace 1 día"),
        ("de", 9.2, "vor 9 Tagen"),
        ("it", 9 * 365 + 20, "9 anni fa"),
        ("pt", 40, "há 1 mês"),
        ("tr", 2.1 / 24, "2 saat önce"),
        ("zh-TW", 270.5, "9 個月前"),
        ("ja", 150.2, "5 か月前"),
        ("ar", 62, "قبل شهرين"),
    ],
)
def test_ages(tag: str, days: float, words: str) -> None:
    assert LANGUAGES[tag].ago(timedelta(days=days)) == words


def test_dates() -> None:
    moment = datetime(2021, 12, 15, tzinfo=UTC)
    assert LANGUAGES["en"].date(moment) == "Dec 15, 2021"
    assert LANGUAGES["fr"].date(moment) == "15 déc. 2021"
    assert LANGUAGES["de"].date(moment) == "15.12.2021"
    assert LANGUAGES["zh-TW"].date(moment) == "2021年12月15日"


@pytest.mark.parametrize(
    ("header", "tag", "country"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr", "CA"),
        ("es-MX", "es-419", "MX"),
        ("es", "es", "ES"),
        ("zh-CN,ja;q=0.3", "ja", "JP"),
        ("zh-Hant-TW", "zh-TW", "TW"),
        ("en;q=0.1,de;q=0.8", "de", "DE"),
        ("xx, *;q=0.5", "en", "US"),
        ("de;q=abc,it", "it", "IT"),
        ("", "en", "US"),
    ],
)
def test_accept_language(header: str, tag: str, country: str) -> None:
    chosen, region = choose(header)
    assert (chosen.tag, region) == (tag, country)


def test_examples_in_the_docstrings() -> None:
    for module in (language, look):
        assert doctest.testmod(module).failed == 0
