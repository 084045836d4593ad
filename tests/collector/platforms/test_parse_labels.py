"""Accessible labels taken apart, and how the 2022 reference took them apart."""

from __future__ import annotations

import pytest

from collector.platforms.locale.ages import unit_seconds
from collector.platforms.youtube.historic.labels import LabelError, parse_historic
from collector.platforms.youtube.historic.tree import historic_tree, markup_size
from collector.platforms.youtube.labels import parse_label
from collector.platforms.youtube.locale import guess_languages

# (label, author, title, views, age in seconds, length in seconds)
LABELS = [
    (
        "Best Moments of Drumsy Videos 2021 by Drumsy 5 months ago 25 minutes 1,113,926 views",
        "Drumsy", "Best Moments of Drumsy Videos 2021", 1113926, 13132800, 1500,
    ),
    (
        "Le curseur de Turing de Science4All il y a 2 ans 22 minutes 30\u202f782\u00a0vues",
        "Science4All", "Le curseur de Turing", 30782, 63072000, 1320,
    ),
    (
        "Un fiasco de BN Periodismo Transmitido hace 52 minutos 1 hora y 32 minutos 878 vistas",
        "BN Periodismo", "Un fiasco", 878, 3120, 5520,
    ),
    (
        "Hayat Şarkısı 45. Bölüm Hayat Şarkısı tarafından 2 yıl önce 10 dakika 6 saniye "
        "198.748 görüntüleme",
        "Hayat Şarkısı", "Hayat Şarkısı 45. Bölüm", 198748, 63072000, 606,
    ),
    (
        "Jens Stoltenberg – watch live 上傳者：Guardian News 直播時間：1 小時前 36 分鐘 "
        "觀看次數：9,330次",
        "Guardian News", "Jens Stoltenberg – watch live", 9330, 3600, 2160,
    ),
    (
        "if bingus dies by camman18 1 hour ago 59 seconds 129,059 views - play Short",
        "camman18", "if bingus dies", 129059, 3600, 59,
    ),
    (
        "Le souffle coupé de Montreux Comedy il y a 1 heure 25\u00a0secondes "
        "1\u202f652\u00a0vues\u00a0- lire le Short",
        "Montreux Comedy", "Le souffle coupé", 1652, 3600, 25,
    ),
    (
        "A war story by Bokoen1 49 minutes ago 14 minutes, 39 seconds 26,167 views Bokoen1 viewers "
        "also watch this channel",
        "Bokoen1", "A war story", 26167, 2940, 879,
    ),
    (
        "Statement Kanzler Scholz von phoenix Keine Aufrufe",
        "phoenix", "Statement Kanzler Scholz", 0, None, None,
    ),
    (
        "Тест записи Автор: Канал 5 месяцев назад 3 минуты 1\u00a0234 просмотра",
        "Канал", "Тест записи", 1234, 13132800, 180,
    ),
    ("LIVE now radio by Lofi Girl 25,345 views", "Lofi Girl", "LIVE now radio", 25345, None, None),
    (
        "100 views in 3 minutes by Maker 2 days ago 4 minutes 1,000 views",
        "Maker", "100 views in 3 minutes", 1000, 172800, 240,
    ),
    ("Dreamer | A COLORS SHOW de COLORS 3 minutes et 27\u00a0secondes",
     "COLORS", "Dreamer | A COLORS SHOW", None, None, 207),
]  # fmt: skip


@pytest.mark.parametrize("row", LABELS, ids=lambda row: row[1])
def test_label(row: tuple[str, str, str, int | None, int | None, int | None]) -> None:
    text, author, title, views, age, seconds = row
    hint = "fr" if "secondes" in text else "ru" if "Автор" in text else "en"
    languages = guess_languages([text], [hint])
    label = parse_label(text, languages, author=author)
    assert label is not None
    assert (label.title, label.views, label.seconds) == (title, views, seconds)
    read = unit_seconds(label.age.unit, label.age.count) if label.age is not None else None
    assert read == age


def test_todays_label_has_title_and_length() -> None:
    label = parse_label("A title 12 minutes, 29 seconds", ("en",), title="A title")
    assert label is not None
    assert (label.title, label.seconds, label.views, label.age) == ("A title", 749, None, None)


def test_a_title_alone_is_no_label() -> None:
    assert parse_label("just a title of a video", ("en",)) is None


@pytest.mark.parametrize(
    ("label", "author", "seconds", "views"),
    [
        (LABELS[0][0], "Drumsy", 13132800, 1113926),
        (LABELS[1][0], "Science4All", 63072000, 30782),
        (
            "Something short here by Chan Streamed 3 hours ago 1 hour, 2 minutes 12,345 views",
            "Chan", 10800, 12345,
        ),
        ("Fun cats by Cat Lovers 3 years ago 45 seconds 12,345,678 views - play Short",
         "Cat Lovers", 94694400, 12345678),
        (LABELS[7][0], "Bokoen1", 2940, 26167),
        (LABELS[9][0], "Канал", 300, 1234),
    ],
)  # fmt: skip
def test_the_reference_mistakes_included(label: str, author: str, seconds: int, views: int) -> None:
    read = parse_historic(label, author)
    assert (read.age_seconds, read.views) == (seconds, views)


@pytest.mark.parametrize(
    ("label", "author", "reason"),
    [
        (LABELS[3][0], "Hayat Şarkısı", "locale not found"),
        (LABELS[4][0], "Guardian News", "Separator"),
        (LABELS[0][0], "", "No source"),
        (LABELS[0][0], "Somebody else", "Separator"),
        ("x by y 1 view", "y", "too short"),
        ("Premiere of it by Chan soon 12,345 views", "Chan", "no age"),
    ],
)
def test_the_reference_refuses(label: str, author: str, reason: str) -> None:
    with pytest.raises(LabelError, match=reason):
        parse_historic(label, author)


def test_the_reference_counted_a_card_s_markup_as_it_was_written() -> None:
    """Under the names that the page has, and by what a reader takes for one character."""
    (node,) = historic_tree("<i><a href='x'>e\u0301\U0001f44d\U0001f3fd</a><p>\n  </p></i>").css(
        "i"
    )
    assert markup_size(node) == len('<i><a href="x"></a><p></p></i>') + 2
