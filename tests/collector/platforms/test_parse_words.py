"""Counts and ages as the site writes them in seldom-tried languages (collected samples)."""

from __future__ import annotations

import pytest
import youtube_pages as y

from collector.common.model import ParseError
from collector.platforms.locale.ages import parse_age
from collector.platforms.locale.text import clean
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.locale.views import find_views
from collector.platforms.youtube.refusal import in_words


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ca", "2,4m visualitzacions", 2400),
        ("ca", "1,4 M de visualitzacions", 1_400_000),
        ("am", "2.4 ሺ ዕይታዎች", 2400),
        ("as", "2.4 হাজাৰটা ভিউ", 2400),
        ("az", "2,4K baxış", 2400),
        ("be", "2,4 тыс. праглядаў", 2400),
        ("bs", "2,4 hilj. pregleda", 2400),
        ("gl", "2423 reproducións", 2423),
        ("gu", "2.4 હજાર જોવાયાની સંખ્યા", 2400),
        ("fr-CA", "2,4 k visionnements", 2400),
        ("fr-CA", "1,1 G de visionnements", 1_100_000_000),
        ("en-GB", "3.9bn views", 3_900_000_000),
        ("en-GB", "1.1m views", 1_100_000),
    ],
)
def test_counts(language: str, text: str, value: int) -> None:
    found = find_views(clean(text), [language])
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("language", "text", "seconds"),
    [
        ("en", "35 min ago", 35 * 60),
        ("bs", "prije 2 sed.", 14 * 86400),
        ("bs", "prije 4 god.", 1461 * 86400),
        ("ne", "2 घण्टा अघि", 7200),
        ("am", "ከ2 ሰዓታት በፊት", 7200),
        ("az", "2 saat əvvəl", 7200),
        ("te", "2 గంటల క్రితం", 7200),
        ("ka", "2 საათის წინ", 7200),
    ],
)
def test_ages(language: str, text: str, seconds: int) -> None:
    assert parse_age(text, [language]) == seconds


def test_a_number_that_is_not_understood_is_a_note() -> None:
    """A count in words of no known language: absent, and said."""
    card = y.rich(y.lockup("A" * 11, facts=("12 zxcvb", "2 days ago")))
    seen = parse_page(y.app(y.home(card)), "https://www.youtube.com/")
    assert seen.impressions[0].views is None
    assert [(u.field, u.error, u.sample) for u in seen.unparsed] == [
        ("views", ParseError.BAD_NUMBER, "12 zxcvb")
    ]


def test_a_channel_whose_name_ends_in_a_number_is_no_count() -> None:
    card = y.classic(
        "A" * 11,
        title="Preview",
        label="Preview by Destiny 2 501,372 views 1 day ago 19 minutes",
        facts=("501K views", "1 day ago"),
    ).replace("Maker", "Destiny 2")
    (item,) = parse_page(y.app(y.home(y.rich(card))), "https://www.youtube.com/").impressions
    assert (item.channel_name, item.views) == ("Destiny 2", 501_372)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("bot-check", "ลงชื่อเข้าใช้เพื่อยืนยันว่าคุณไม่ใช่บ็อต"),
        ("age", "Logga in för att bekräfta din ålder"),
        ("age", "Jelentkezz be életkorod megerősítéséhez"),
        ("age", "היכנס כדי לאשר את הגיל שלך"),
        ("private", "Dieses Video ist privat"),
        ("private", "Видео с ограниченным доступом"),
        ("private", "Video này ở chế độ riêng tư"),
        ("removed", "Ten film został usunięty przez osobę, która go przesłała"),
        ("removed", "Video ini telah dihapus oleh penguploadnya"),
        ("region", "Bu video ülkenizde kullanılamıyor"),
        ("region", "Video není ve vaší zemi dostupné"),
        ("members", "Word lid van dit kanaal om toegang te krijgen"),
        (
            "members",
            "Accéder aux contenus réservés aux membres",
        ),
        ("premium", "Cette vidéo est réservée aux membres de Music Premium"),
        (None, "An error occurred. Please try again later."),
        (None, "Un documentario entusiasmante"),
    ],
)
def test_a_refusal_is_told_in_the_languages_of_the_interface(reason: str | None, text: str) -> None:
    assert in_words(text) == reason
