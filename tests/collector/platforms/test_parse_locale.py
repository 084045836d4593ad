"""Counts, ages, lengths and dates as the site writes them, one row a language."""

from __future__ import annotations

from datetime import date

import pytest

from collector.platforms.locale import (
    LANGUAGES,
    parse_age,
    parse_clock,
    parse_count,
    parse_date,
    parse_duration,
)
from collector.platforms.locale.text import clean
from collector.platforms.youtube.locale import detect, guess_languages
from collector.platforms.youtube.locale.views import find_views

DAY = 86400
YEARS2 = 63072000
MONTHS5 = 13132800

# (language, exact views, rounded views and value, age and seconds, length and seconds, date)
ROWS = [
    ("en", "1,113,926 views", "1.1M views", 1_100_000, "5 months ago", MONTHS5,
     "1 hour, 2 minutes, 3 seconds", 3723, "Aug 15, 2021"),
    ("fr", "1\u202f113\u202f926\u00a0vues", "1,1\u00a0M de vues", 1_100_000, "il y a 2 ans", YEARS2,
     "22 minutes et 19\u00a0secondes", 1339, "15 août 2021"),
    ("es", "1.113.926 visualizaciones", "39 mil visualizaciones", 39_000, "hace 3 semanas",
     21 * DAY, "1 hora y 59 minutos", 7140, "15 ago 2021"),
    ("de", "1.113.926 Aufrufe", "1,2 Mio. Aufrufe", 1_200_000, "vor 1 Tag", DAY,
     "13 Minuten, 12 Sekunden", 792, "15.08.2021"),
    ("it", "1.113.926 visualizzazioni", "345 Mln di visualizzazioni", 345_000_000, "4 mesi fa",
     10540800, "8 minuti e 1 secondo", 481, "15 ago 2021"),
    ("pt", "1.113.926 visualizações", "1,1 mi de visualizações", 1_100_000, "há 2 anos", YEARS2,
     "3 minutos e 5 segundos", 185, "15 de ago. de 2021"),
    ("tr", "1.113.926 görüntüleme", "1,1 B görüntüleme", 1_100, "2 yıl önce", YEARS2,
     "10 dakika 6 saniye", 606, "15 Ağu 2021"),
    ("zh-TW", "觀看次數：1,113,926次", "觀看次數：12萬次", 120_000, "2 年前", YEARS2,
     "9 小時 14 分鐘", 33240, "2021年8月15日"),
    ("zh-CN", "1,113,926次观看", "12万次观看", 120_000, "3周前", 21 * DAY,
     "3 分钟 5 秒钟", 185, "2021年8月15日"),
    ("zh-HK", "收看次數：1,113,926 次", "收看次數：12萬 次", 120_000, "2 年前", YEARS2,
     "3 分鐘 5 秒", 185, "2021年8月15日"),
    ("ja", "1,113,926 回視聴", "12万 回視聴", 120_000, "5 か月前", MONTHS5,
     "5 分 3 秒", 303, "2021/08/15"),
    ("ko", "조회수 1,113,926회", "조회수 12만회", 120_000, "2년 전", YEARS2,
     "3분 5초", 185, "2021. 8. 15."),
    ("ar", "1,113,926 مشاهدة", "12 ألف مشاهدة", 12_000, "قبل سنتين", YEARS2,
     "ساعة واحدة و22 دقيقة", 4920, "15\u200f/08\u200f/2021"),
    ("ru", "1\u00a0113\u00a0926 просмотров", "1,1 млн просмотров", 1_100_000, "2 года назад",
     YEARS2, "3 минуты 5 секунд", 185, "15 авг. 2021 г."),
    ("uk", "1\u00a0113\u00a0926 переглядів", "12 тис. переглядів", 12_000, "2 роки тому",
     YEARS2, "3 хвилини 5 секунд", 185, "15 серп. 2021 р."),
    ("pl", "1\u00a0113\u00a0926 wyświetleń", "12 tys. wyświetleń", 12_000, "2 lata temu", YEARS2,
     "3 minuty 5 sekund", 185, "15 sie 2021"),
    ("nl", "1.113.926 weergaven", "1,1 mln. weergaven", 1_100_000, "2 jaar geleden", YEARS2,
     "3 minuten en 5 seconden", 185, "15 aug. 2021"),
    ("sv", "1\u00a0113\u00a0926 visningar", "12 tn visningar", 12_000, "för 2 år sedan", YEARS2,
     "3 minuter 5 sekunder", 185, "15 aug. 2021"),
    ("da", "1.113.926 visninger", "1,1 mio. visninger", 1_100_000, "for 2 år siden", YEARS2,
     "3 minutter og 5 sekunder", 185, "15. aug. 2021"),
    ("nb", "1\u00a0113\u00a0926 visninger", "1,1 mill. visninger", 1_100_000, "for 2 år siden",
     YEARS2, "3 minutter og 5 sekunder", 185, "15. aug. 2021"),
    ("fi", "1\u00a0113\u00a0926 katselukertaa", "12 t. katselukertaa", 12_000, "2 vuotta sitten",
     YEARS2, "3 minuuttia ja 5 sekuntia", 185, "15.8.2021"),
    ("cs", "1\u00a0113\u00a0926 zhlédnutí", "12 tis. zhlédnutí", 12_000, "před 2 lety", YEARS2,
     "3 minuty 5 sekund", 185, "15. 8. 2021"),
    ("sk", "1\u00a0113\u00a0926 zhliadnutí", "12 tis. zhliadnutí", 12_000, "pred 2 rokmi", YEARS2,
     "3 minúty 5 sekúnd", 185, "15. 8. 2021"),
    ("hu", "1\u00a0113\u00a0926 megtekintés", "12 E megtekintés", 12_000, "2 évvel ezelőtt", YEARS2,
     "3 perc 5 másodperc", 185, "2021. aug. 15."),
    ("ro", "1.113.926 de vizionări", "1,1 mil. de vizionări", 1_100_000, "acum 2 ani", YEARS2,
     "3 minute și 5 secunde", 185, "15 aug. 2021"),
    ("bg", "1\u00a0113\u00a0926 показвания", "12 хил. показвания", 12_000, "преди 2 години", YEARS2,
     "3 минути 5 секунди", 185, "15.08.2021 г."),
    ("el", "1.113.926 προβολές", "1,1 εκ. προβολές", 1_100_000, "πριν από 2 χρόνια", YEARS2,
     "3 λεπτά και 5 δευτερόλεπτα", 185, "15 Αυγ 2021"),
    ("he", "1,113,926 צפיות", "12K צפיות", 12_000, "לפני שנתיים", YEARS2,
     "3 דקות ו5 שניות", 185, "15 באוג׳ 2021"),
    ("hi", "11,13,926 बार देखा गया", "12 लाख बार देखा गया", 1_200_000, "2 वर्ष पहले", YEARS2,
     "3 मिनट 5 सेकंड", 185, "15 अग॰ 2021"),
    ("id", "1.113.926 x ditonton", "12 rb x ditonton", 12_000, "2 tahun yang lalu", YEARS2,
     "3 menit 5 detik", 185, "15 Agu 2021"),
    ("ms", "1,113,926 tontonan", "1.1J tontonan", 1_100_000, "2 tahun lalu", YEARS2,
     "3 minit 5 saat", 185, "15 Ogo 2021"),
    ("th", "การดู 1,113,926 ครั้ง", "การดู 1.1 ล้าน ครั้ง", 1_100_000, "2 ปีที่ผ่านมา", YEARS2,
     "3 นาที 5 วินาที", 185, "15 ส.ค. 2021"),
    ("vi", "1.113.926 lượt xem", "1,1 Tr lượt xem", 1_100_000, "2 năm trước", YEARS2,
     "3 phút 5 giây", 185, "15 thg 8, 2021"),
    ("ca", "1.113.926 visualitzacions", "1,1 M de visualitzacions", 1_100_000, "fa 2 anys", YEARS2,
     "3 minuts i 5 segons", 185, "15 d’ag. 2021"),
    ("hr", "1.113.926 pregleda", "12 tis. pregleda", 12_000, "prije 2 godine", YEARS2,
     "3 minute i 5 sekundi", 185, "15. kol 2021."),
    ("sl", "1.113.926 ogledov", "12 tis. ogledov", 12_000, "pred 2 letoma", YEARS2,
     "3 minute 5 sekund", 185, "15. avg. 2021"),
    ("lt", "1\u00a0113\u00a0926 peržiūros", "12 tūkst. peržiūrų", 12_000, "prieš 2 metus", YEARS2,
     "3 minutės 5 sekundės", 185, "2021-08-15"),
    ("et", "1\u00a0113\u00a0926 vaatamist", "12 tuh vaatamist", 12_000, "2 aasta eest", YEARS2,
     "3 minutit 5 sekundit", 185, "15. aug 2021"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_interface_language(row: tuple[str, str, str, int, str, int, str, int, str]) -> None:
    tag, exact, rounded, value, age, age_s, length, length_s, day = row
    languages = (tag,)
    views = find_views(clean(exact), languages)
    assert views is not None
    assert (views.value, views.exact) == (1_113_926, True)
    short = find_views(clean(rounded), languages)
    assert short is not None
    assert (short.value, short.exact) == (value, False)
    assert parse_age(age, languages) == age_s
    assert parse_duration(length, languages) == length_s
    assert parse_date(day, languages) == date(2021, 8, 15)
    assert guess_languages([exact, age])[0].split("-")[0] in _alike(tag)


def _alike(tag: str) -> tuple[str, ...]:
    """Languages whose interface writes these very texts alike."""
    return {"nb": ("nb", "da"), "sl": ("sl",), "zh-HK": ("zh",)}.get(tag, (tag.split("-")[0],))


def test_at_least_thirty_languages_have_a_row() -> None:
    assert len({row[0] for row in ROWS}) >= 30
    assert {row[0] for row in ROWS} <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1.234 M", "es", 1_234_000_000),
        ("1.6M", "en", 1_600_000),
        ("1267", "es", 1267),
        ("30\u202f782", "fr", 30782),
        ("١٢٬٣٤٥", "ar", 12345),
        ("12.5K", "en", 12500),
        ("1,234", "de", 1234),
    ],
)
def test_counts(text: str, language: str, value: int) -> None:
    count = parse_count(text, (language,))
    assert count is not None
    assert count.value == value


def test_a_lone_word_is_no_count() -> None:
    assert parse_count("Members only", ("en",)) is None
    assert find_views("Premieres 1/2/26, 6:00 PM", ("en",)) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 month ago", 2592000),
        ("2 months ago", 5270400),
        ("12 months ago", 31536000),
        ("4 years ago", 126230400),
        ("10 years ago", 315532800),
        ("1 hour ago", 3600),
        ("Streamed 2 weeks ago", 1209600),
        ("Premiered 77 minutes ago", 4620),
    ],
)
def test_ages_in_seconds_are_the_references(text: str, seconds: int) -> None:
    assert parse_age(text, ("en",)) == seconds


def test_what_the_reference_misreads() -> None:
    assert parse_age("5 месяцев назад", ("ru",)) == MONTHS5  # minutes, there
    assert parse_age("for 1 uge siden", ("da",)) == 7 * DAY  # a day, there
    assert parse_age("πριν από 3 λεπτά", ("el",)) == 180  # hours, there


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("4:05", 245), ("25:33", 1533), ("1:02:03", 3723), ("LIVE", None), ("4:75", None), ("", None)],
)
def test_clock(text: str, seconds: int | None) -> None:
    assert parse_clock(text) == seconds


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Premiered Mar 22, 2022", "en", date(2022, 3, 22)),
        ("Se estrenó el 31 oct 2019", "es-MX", date(2019, 10, 31)),
        ("Sortie le 6 nov. 2021", "fr", date(2021, 11, 6)),
        ("11 sept. 2021", "fr", date(2021, 9, 11)),
        ("4 Nis 2021", "tr", date(2021, 4, 4)),
        ("6 Μαΐ 2020", "el", date(2020, 5, 6)),
        ("24.03.2022", "de", date(2022, 3, 24)),
        ("3/4/2022", "en-US", date(2022, 3, 4)),
        ("3/4/2022", "en-GB", date(2022, 4, 3)),
        ("31 feb 2022", "en", None),
        ("2 hours ago", "en", None),
    ],
)
def test_dates(text: str, language: str, expected: date | None) -> None:
    assert parse_date(text, (language,)) == expected


def test_the_browser_language_is_only_a_hint() -> None:
    assert guess_languages(["11 M de vues", "il y a 6 ans"], ["en-US"])[0] == "fr"
    assert guess_languages(["1.2M views", "6 years ago"], ["fr-FR"])[0] == "en"
    assert guess_languages(["1.2M views", "6 years ago"], ["en-IN"])[0] == "en-IN"
    assert guess_languages([], ["xx"]) == ("en",)


def test_a_hint_that_reads_nearly_all_is_the_language_and_no_other_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One strange text among counts and ages does not have all languages tried; but where a hint
    reads less than three quarters, the language that reads more is found."""
    tried: list[str] = []
    read = detect._can_be_read

    def noted(text: str, language: str) -> bool:
        tried.append(language)
        return read(text, language)

    monkeypatch.setattr(detect, "_can_be_read", noted)
    texts = ["36K views", "4 days ago", "2 years ago", "Ep. 5"]
    assert detect.guess_languages(texts, ["en"]) == ("en",)
    assert set(tried) == {"en"}
    french = ["il y a 2 ans", "il y a 3 jours", "4 days ago"]
    assert detect.guess_languages(french, ["en"])[0] == "fr"
