"""Cards of several creators: the channel is the first or the text as it stands, and it is said."""

from __future__ import annotations

from typing import Any

import pytest
import youtube_pages as y
import youtube_sent as sent

from collector.common.model import Observation, ParseError
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.locale.bylines import first_creator
from collector.platforms.youtube.locale.words import CREATORS
from collector.platforms.youtube.parse.page import parse_answer

A, B = "A" * 11, "B" * 11
LINK = '<a href="/@maker">'


def drawn(byline: str, *, lang: str = "en", pictures: int = 0) -> str:
    """A page with one card whose byline is a text without a link."""
    card = (
        y.lockup(A, channel=byline).replace(LINK, "").replace("</a></span></div>", "</span></div>")
    )
    stack = f"<yt-avatar-stack-view-model>{'<img>' * pictures}</yt-avatar-stack-view-model>"
    card = card.replace("<h3", stack + "<h3")
    return y.app(y.home(y.rich(card), y.rich(y.lockup(B))), lang=lang)


def noted(seen: Observation) -> list[str]:
    return [u.sample for u in seen.unparsed if u.error is ParseError.SEVERAL_CREATORS]


@pytest.mark.parametrize(
    ("byline", "lang"),
    [
        ("Ann Lee and 2 more", "en"),
        ("Ann Lee und 2 weitere", "de"),
        ("Ann Lee и ещё 2", "ru"),
        ("Ann Lee、他 2 件", "ja"),
        ("Ann Lee 외 2명", "ko"),
        ("Ann Lee و2 آخرون", "ar"),
        ("Ann Lee und 2 weitere", "en"),
    ],
)
def test_a_byline_that_counts_the_others_is_the_first_creators(byline: str, lang: str) -> None:
    seen = parse_page(drawn(byline, lang=lang), "https://www.youtube.com/")
    first, second = seen.impressions
    assert (first.channel_name, first.extra["byline"]) == ("Ann Lee", byline)
    assert noted(seen) == [byline]
    assert (second.channel_name, "byline" in second.extra) == ("Maker", False)


@pytest.mark.parametrize(
    "tail", [tail for row in CREATORS.values() for tail in row], ids=lambda tail: tail
)
def test_each_phrase_of_the_table_leaves_the_name(tail: str) -> None:
    joined = "Бо Рей" + ("" if tail[0] in "、외等和以及" else " ") + tail.replace("{n}", "12")
    assert first_creator(joined) == "Бо Рей"


@pytest.mark.parametrize(
    "name",
    [
        "Kara and Nate",
        "Channel 4",
        "BBC Radio 1",
        "Maroon 5",
        "Top 10 songs",
        "Ireland 2 more",
        "Ann and 3D printing",
        "Ann and Maroon 5",
        "Ann and truth of the 11 September",
        "5",
    ],
)
def test_names_with_and_or_numbers_are_names(name: str) -> None:
    seen = parse_page(drawn(name, pictures=1), "https://www.youtube.com/")
    assert seen.impressions[0].channel_name == name
    assert noted(seen) == []


def test_a_phrase_that_nobody_knows_stays_and_is_noted() -> None:
    byline = "Ann Lee og 2 øvrige kanaler"
    seen = parse_page(drawn(byline, lang="da"), "https://www.youtube.com/")
    assert seen.impressions[0].channel_name == byline
    assert noted(seen) == [byline]


def test_the_pictures_of_several_creators_tell_of_them_without_a_number() -> None:
    seen = parse_page(drawn("Ann Lee and Bo Ray", pictures=2), "https://www.youtube.com/")
    assert seen.impressions[0].channel_name == "Ann Lee and Bo Ray"
    assert noted(seen) == ["Ann Lee and Bo Ray"]


def lockup(byline: str, *names: str) -> dict[str, Any]:
    """A card as sent, whose avatars open a dialog with the creators."""
    items = [{"listItemViewModel": {"title": {"content": name}}} for name in names]
    card = sent.lockup(A)
    metadata = card["lockupViewModel"]["metadata"]["lockupMetadataViewModel"]
    dialog = {"dialogViewModel": {"customContent": {"listViewModel": {"listItems": items}}}}
    metadata["image"] = {"avatarStackViewModel": {"rendererContext": {"showDialogCommand": dialog}}}
    rows = [{"metadataParts": [{"text": {"content": byline}}]}]
    metadata["metadata"] = {"contentMetadataViewModel": {"metadataRows": rows}}
    return card


def test_the_pages_data_names_the_creators_of_a_drawn_card() -> None:
    strange, names = "Ann Lee + øvrige", ("Ann Lee", "Bo Ray", "Cy")
    contents = [{"richItemRenderer": {"content": lockup(strange, *names)}}, sent.lockup(B)]
    page = drawn(strange).replace("</body>", sent.script(contents) + "</body>")
    seen = parse_page(page, "https://www.youtube.com/")
    item = seen.impressions[0]
    assert (item.channel_name, item.extra["creators"]) == ("Ann Lee", names)
    assert item.extra["byline"] == strange
    assert noted(seen) == [strange]


@pytest.mark.parametrize(
    ("byline", "names", "channel"),
    [
        ("Ann Lee and 2 more", ("Ann Lee", "Bo Ray", "Cy"), "Ann Lee"),
        ("Ann Lee and 2 more", (), "Ann Lee"),
        ("Ann Lee and Bo Ray", ("Ann Lee", "Bo Ray"), "Ann Lee and Bo Ray"),
    ],
)
def test_what_was_sent_is_read_by_the_same_rule(
    byline: str, names: tuple[str, ...], channel: str
) -> None:
    answer = {"contents": {"list": [lockup(byline, *names), sent.lockup(B)]}}
    seen = parse_answer(answer)
    assert seen is not None
    item = seen.impressions[0]
    assert (item.channel_name, item.extra.get("creators", ())) == (channel, names)
    assert noted(seen) == [byline]
