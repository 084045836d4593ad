"""Posts of both generations of markup as data, in every language; private ones as nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from facebook_posts import (
    LANGUAGES,
    MARKUPS,
    PAGE,
    PERSON,
    PUBLISHED,
    WHEN,
    YESTERDAY,
    html,
    post,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from work import times_as_much

from collector.common.model import (
    AuthorKind,
    ItemKind,
    Nature,
    PageKind,
    PageStatus,
    Post,
    Reason,
    Surface,
    Visibility,
)
from collector.platforms.facebook import page_status, parse_page, parse_post
from collector.platforms.facebook.parse.reading import parse_tree, select
from collector.platforms.facebook.times import parse_time
from mockserver.platforms.facebook.fragments import Author, classic

both = pytest.mark.parametrize("markup", sorted(MARKUPS))


def read(markup: str, lang: str = "en", **more: object) -> Post:
    found = parse_post(html(markup, lang, **more), when=WHEN, languages=[lang])
    assert found is not None
    return found


@both
@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_every_field_in_every_language(markup: str, lang: str) -> None:
    found = read(markup, lang)
    assert found == Post(
        visibility=Visibility.PUBLIC,
        markup=markup,
        nature=Nature.ORGANIC,
        post_id="10156260262981570",
        permalink="/elpais/posts/10156260262981570",
        link_type="posts",
        published=PUBLISHED,
        source="El País",
        source_link="https://www.facebook.com/elpais/",
        display_source="El País",
        author=AuthorKind.PAGE,
        texts=(
            "Estoy jodido.",
            "Es la frase que dijo.",
            "El informe revela los intentos",
            "Este es el final de mi presidencia, dijo",
        ),
        images=1,
        opengraph={
            "fblinktype": "external",
            "link": "https://elpais.com/internacional/2019/04/18/x.html?id=7",
            "isValid": True,
            "siteName": "elpais.com",
            "title": "El informe revela los intentos",
            "description": "Este es el final de mi presidencia, dijo",
        },
        reactions={"LIKE": LANGUAGES[lang].likes},
        comments=13,
        shares=110,
        lang=lang,
    )


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_times_in_words(lang: str) -> None:
    assert read("2020", lang, time_text=LANGUAGES[lang].yesterday).published == YESTERDAY


@both
@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_private_posts_leave_nothing(markup: str, lang: str) -> None:
    found = read(markup, lang, author=PERSON, audience=LANGUAGES[lang].friends)
    assert found == Post(Visibility.PRIVATE, markup=markup)


@both
def test_a_label_that_only_ends_like_public_is_private(markup: str) -> None:
    for label in ("Members of Go Public", "Shared with: The Public", "Arkadaşlar", "私人"):
        assert read(markup, author=PERSON, audience=label).visibility is Visibility.PRIVATE
    for label in ("Shared with: Public", "Shared with Public", "Condiviso con: Tutti"):
        assert read(markup, author=PERSON, audience=label).visibility is Visibility.PUBLIC


@both
@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_sponsored_by_label_link_and_structure(markup: str, lang: str) -> None:
    found = read(markup, lang, sponsored=LANGUAGES[lang].sponsored, link="")
    assert found.nature is Nature.SPONSORED
    assert found.permalink is None
    text = html(markup, lang, sponsored=LANGUAGES[lang].sponsored, link="")
    for link in ("/ads/about/", "uiStreamSponsoredLink"):
        text = text.replace(link, "")
    by_label = parse_post(text, when=WHEN, languages=[lang])
    assert by_label is not None
    assert by_label.nature is Nature.SPONSORED
    unlabelled = html(markup, lang, sponsored="?", link="")
    by_link = parse_post(unlabelled, when=WHEN)
    assert by_link is not None
    assert by_link.nature is Nature.SPONSORED


@both
def test_a_friends_reaction_is_the_reason_not_the_author(markup: str) -> None:
    found = read(markup, friend=PERSON, friend_text="likes this.")
    assert found == replace(read(markup), reason=Reason.FRIEND)
    assert "Ann Lee" not in repr(found)


@both
@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_suggested_posts(markup: str, lang: str) -> None:
    found = read(markup, lang, suggested=LANGUAGES[lang].suggested)
    assert found == replace(read(markup, lang), reason=Reason.SUGGESTED)


@both
def test_shared_posts(markup: str) -> None:
    mine = Author("My Page", "/mypage/", "555501")
    found = read(
        markup, author=mine, post_id="4444444", link="/mypage/posts/4444444",
        paragraphs=("look at this",), card=None, shared=post(markup),
    )  # fmt: skip
    assert (found.source, found.post_id, found.texts) == ("My Page", "4444444", ("look at this",))
    assert found.shared is not None
    assert (found.shared.source, found.shared.post_id) == ("El País", "10156260262981570")
    assert found.shared.texts == read(markup).texts
    assert found.reactions == {"LIKE": 1200}
    private = replace(post(markup), author=PERSON, audience="Friends")
    assert read(markup, shared=private, card=None).shared is None


@both
def test_people_keep_the_id_in_their_link(markup: str) -> None:
    found = read(markup, author=PERSON, link="/permalink.php?story_fbid=333333&id=100004999")
    assert found.source_link == "https://www.facebook.com/profile.php?id=100004999"
    assert found.author is AuthorKind.PERSON
    assert found.permalink == "/permalink.php?story_fbid=333333&id=100004999"


@both
def test_pictures_and_captions_without_names(markup: str) -> None:
    found = read(
        markup,
        card=None,
        pictures=(
            ("https://scontent.xx.fbcdn.net/p526x395/1.jpg", "Image may contain: Bob Ray, text"),
            ("https://scontent.xx.fbcdn.net/p526x395/2.jpg", "Image may contain: people"),
            ("https://scontent.xx.fbcdn.net/p526x395/3.jpg", "Bob Ray's photo."),
        ),
    )  # fmt: skip
    assert found.images == 3
    assert found.captions == ("Image may contain: text", "Image may contain: people")
    video = read(markup, card=None, video=True, autoplay=True)
    assert video.autoplay is True
    assert read(markup).autoplay is None


@pytest.mark.parametrize(
    ("label", "lang", "count"),
    [
        ("471 Like", "en", 471), ("1,234 Like", "en", 1234), ("1.234 Me gusta", "es", 1234),
        ("12K Like", "en", 12_000), ("1.2M Like", "en", 1_200_000),
        ("3,4 Mio. Gefällt mir", "de", 3_400_000),
        ("1,2 mil Me gusta", "es", 1200), ("1,2\u00a0mil Me gusta", "es", 1200),
        ("2,3 tys. Lubię to!", "pl", 2300), ("1 234 J’aime", "fr", 1234),
        ("1,2 d. Vind ik leuk", "nl", 1200), ("3,4 Mila Mi piace", "it", 3400),
        ("21 Mi piace", "it", 21), ("4,7 tn Gilla", "sv", 4700), ("5 Bin Beğen", "tr", 5000),
        ("1’234 Gefällt mir", "de", 1234), ("1,23,456 Like", "en", 123_456),
        ("٣٫٤ مليون أعجبني", "ar", 3_400_000), ("1.2K Like", "de", 1200),
        ("٤٧١ أعجبني", "ar", 471), ("1.2萬 讚", "zh-TW", 12_000),
    ],
)  # fmt: skip
def test_numbers_in_every_notation(label: str, lang: str, count: int) -> None:
    found = parse_post(html("2019", reactions={"LIKE": label}), when=WHEN, languages=[lang])
    assert found is not None
    assert found.reactions == {"LIKE": count}


@pytest.mark.parametrize(
    ("label", "count"),
    [
        ("1,2 тыс. Нравится", 1200), ("1,5 хил. Харесва ми", 1500), ("1.2천 좋아요", 1200),
        ("1,2 χιλ. Μου αρέσει!", 1200), ("1,1 tis. To se mi líbí", 1100), ("1,2 N Thích", 1200),
        ("1,2 rb Suka", 1200), ("1,2 ezer Tetszik", 1200), ("3.4萬 讚", 34_000),
        ("१.२ हज़ार पसंद", 1200), ("12 wibble", 12),
        # Thousands in two languages, millions of millions in others, nothing in any: no number.
        ("1,2 t Synes godt om", None), ("1,2 wibble", None),
    ],
)  # fmt: skip
def test_a_fraction_is_never_read_as_a_whole_number(label: str, count: int | None) -> None:
    """Nobody has said in which language the interface was."""
    found = parse_post(html("2019", reactions={"LIKE": label}), when=WHEN)
    assert found is not None
    assert found.reactions.get("LIKE") == count
    assert any(u.field == "reactions" for u in found.unparsed) is (count is None)


def test_advertising_whose_label_stands_elsewhere_is_scattered_or_names_who_paid() -> None:
    text = html("2020", sponsored="@@", link="").replace("/ads/about/", "#")
    text = text.replace(' aria-label="@@"', "")
    letters = "<span>@</span><span>@</span>"
    assert letters in text
    scattered = (
        '<span><span style="position: absolute; top: 3em">x</span>'
        "<span>Spon</span><span>sored</span></span>"
    )
    elsewhere = '<span aria-labelledby="l1 l2"><svg></svg></span><b id="l2" hidden>Sponsored</b>'
    for label in (scattered, elsewhere, "<span>Sponsored · Paid for by Friends of X</span>"):
        found = parse_post(text.replace(letters, label), when=WHEN, languages=["en"])
        assert found is not None
        assert (found.nature, label) == (Nature.SPONSORED, label)
    plain = parse_post(text.replace(letters, "Sponsors of Rome"), when=WHEN)
    assert plain is not None
    assert plain.nature is not Nature.SPONSORED


def test_a_friend_named_above_the_post_without_a_heading_is_the_reason() -> None:
    line = '<div><span><a href="/jane.doe?x"><strong>Jane Doe</strong></a> commented.</span></div>'
    text = html("2020")
    at = text.index(">", text.index("FeedUnit")) + 1
    found = parse_post(text[:at] + line + text[at:], when=WHEN, languages=["en"])
    assert found == replace(read("2020"), reason=Reason.FRIEND)


def test_reaction_types_and_names() -> None:
    every = ("LIKE", "LOVE", "WOW", "HAHA", "SAD", "ANGRY", "CARE")
    old = {name: f"{n} x" for n, name in enumerate(every, 3)}
    assert read("2019", reactions=old).reactions == {name: n for n, name in enumerate(every, 3)}
    new = {name: f"{name.title()}: {n} people" for n, name in enumerate(every, 3)}
    assert read("2020", reactions=new).reactions == {name: n for n, name in enumerate(every, 3)}


@both
def test_a_whole_feed(markup: str) -> None:
    posts = [
        html(markup),
        html(markup, author=PERSON, audience="Friends"),
        html(markup, sponsored="Sponsored", link=""),
        html(markup, friend=PERSON, friend_text="likes this."),
    ]
    page = f"<html lang='en'><body><div role='feed'>{''.join(posts)}</div></body></html>"
    seen = parse_page(page, "http://facebook.localhost:1234/?ref=logo", client_time=WHEN)
    assert (seen.kind, seen.status, seen.lang) == (PageKind.HOME, PageStatus.OK, "en")
    assert [(i.position, i.kind, bool(i.item_id)) for i in seen.impressions] == [
        (1, ItemKind.POST, True),
        (2, ItemKind.POST, False),
        (3, ItemKind.AD, True),
        (4, ItemKind.POST, True),
    ]
    assert all(i.surface is Surface.FEED for i in seen.impressions)
    assert dict(seen.impressions[1].extra) == {"visibility": "private"}
    assert "Ann Lee" not in repr(seen)


@pytest.mark.parametrize(
    ("html", "url", "status"),
    [
        ("", "/", PageStatus.UNKNOWN),
        ("<form id='x' action='/login.php'><input name=\"pass\"></form>", "/", PageStatus.LOGIN),
        ("<p>x</p>", "https://www.facebook.com/checkpoint/?next", PageStatus.CAPTCHA),
        ('<div data-testid="cookie-policy-dialog">x</div>', "/", PageStatus.CONSENT),
        ('<div id="contentCol"></div>', "/", PageStatus.UNKNOWN),
        ('<div id="contentCol">No posts available</div>', "/", PageStatus.EMPTY),
        ("<title>Error</title><p>Sorry</p>", "/", PageStatus.ERROR),
        ("<p>hello</p>", "/", PageStatus.UNKNOWN),
        (classic(post()), "/", PageStatus.OK),
    ],
)
def test_page_status(html: str, url: str, status: PageStatus) -> None:
    assert page_status(html, url) is status


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_nothing_that_a_page_holds_breaks_the_parser(data: st.DataObject) -> None:
    text = html(data.draw(st.sampled_from(sorted(MARKUPS))), friend=PERSON, friend_text="x")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 400))
        text = text[:at] + data.draw(st.text(max_size=12)) + text[at + cut :]
    found = parse_post(text, when=WHEN, languages=["en"])
    assert found is None or isinstance(found, Post)
    assert found is None or not any(u.error == "crashed" for u in found.unparsed)


#: Fragments that a page may hold, of a size.
LONG: dict[str, Callable[[int], str]] = {
    "deep": lambda n: "<div class='userContentWrapper'>" + "<div>" * 5_000 * n + "x",
    "wide": lambda n: html().replace("Estoy jodido.", "x " * 50_000 * n),
    "many": lambda n: "<div data-pagelet='FeedUnit_1'>" + "<a href='//x.example/'><img>" * 750 * n,
    "open": lambda n: "<" * 25_000 * n,
    "no-text": lambda n: "\ud800" * 250 * n,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_deep_and_long_fragments_take_time_in_step_with_their_size(
    text: Callable[[int], str],
) -> None:
    """Four times the fragment, less than eight times the time."""
    small, large = text(1), text(4)
    ratio = times_as_much(
        lambda: parse_post(large, when=WHEN), lambda: parse_post(small, when=WHEN), enough=8
    )
    assert ratio < 8


@both
def test_a_post_costs_what_a_few_readings_of_its_markup_do(markup: str) -> None:
    """Some hundred a second: 3.5 times what Beautiful Soup takes to make a tree of the same text,
    which a parser that goes over the post again for each field would not keep."""
    text = html(markup)
    parse_post(text, when=WHEN, languages=["en"])
    many = range(20)
    ratio = times_as_much(
        lambda: [parse_post(text, when=WHEN, languages=["en"]) for _ in many],
        lambda: [BeautifulSoup(text, "lxml") for _ in many],
        enough=8,
    )
    assert ratio < 8


def test_no_time_without_a_moment_to_count_from() -> None:
    found = parse_post(html("2020"), languages=["en"])
    assert found is not None
    assert found.published is None
    old = parse_post(html("2019"), languages=["en"])
    assert old is not None
    assert isinstance(old.published, datetime)


def test_pages_are_public_whatever_the_label() -> None:
    assert read("2019", author=PAGE, audience="αγνωστο").visibility is Visibility.PUBLIC


@pytest.mark.parametrize(
    "selector",
    [
        "a", "a[href]", ".userContent", "h5, h6", "[id*='feed_subtitle_']", "[role='article']",
        "form.commentable_item, form[rel='async'], .UFIList", "a[href*='/shares/view']",
        "[data-ad-preview='message'], [data-ad-comet-preview='message']", "form a",
        "div[data-pagelet^='FeedUnit']", "[data-tooltip-content][aria-label]", "img[src$='.jpg']",
        "a[href*='']", "x",
    ],
)  # fmt: skip
def test_the_quick_matcher_finds_what_the_general_one_finds(selector: str) -> None:
    for markup in MARKUPS:
        tree = parse_tree(html(markup, friend=PERSON, friend_text="likes this."))
        assert select(tree, selector) == tree.select(selector)


#: Three days before ``WHEN``, which is a Wednesday.
@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Sunday at 14:05", "en"), ("Sun at 2:05 PM", "en"), ("dimanche, à 14:05", "fr"),
        ("domingo a las 14:05", "es"), ("Sonntag um 14:05", "de"),
        ("domenica alle ore 14:05", "it"),
        ("domingo às 14:05", "pt"), ("Pazar, 14:05", "tr"), ("週日下午2:05", "zh-TW"),
        ("일요일 오후 2:05", "ko"),
        ("日曜日 14:05", "ja"), ("الأحد الساعة ٢:٠٥ م", "ar"),
    ],
)  # fmt: skip
def test_days_of_the_week(text: str, lang: str) -> None:
    sunday = WHEN.replace(day=1, hour=14, minute=5, second=0)
    assert parse_time(text, WHEN, [lang]) == sunday
    assert parse_time(text, sunday.replace(hour=20), [lang]) == sunday - timedelta(days=7)


@pytest.mark.parametrize("text", ["Sunday", "Sunday Times", "Mon Repos 12", "Saturday 20:15x"])
def test_a_day_of_the_week_without_a_time_is_no_time(text: str) -> None:
    assert parse_time(text, WHEN, ["en"]) is None
