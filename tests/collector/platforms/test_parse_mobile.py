"""Pages of the mobile site: cards by themselves, the block under the player, dialogs."""

from __future__ import annotations

import pytest

from collector.common.model import Observation
from collector.platforms.youtube import parse_page

MOBILE = "https://m.youtube.com"
PAGE = (
    '<!DOCTYPE html><html lang="en"><body><ytm-app id="app"><div class="page-container">{}</div>'
    "</ytm-app>{}</body></html>"
)
BYLINE = '<span class="YtmBadgeAndBylineRendererItemByline">{}</span>'


def card(*byline: str, badge: str = "4:05", inside: str = "") -> str:
    parts = "".join(BYLINE.format(text) for text in byline)
    return (
        '<ytm-video-with-context-renderer><ytm-media-item><a href="/watch?v=dQw4w9WgXcQ"></a>'
        '<ytm-thumbnail-overlay-time-status-renderer data-style="DEFAULT"><span>'
        f"{badge}</span></ytm-thumbnail-overlay-time-status-renderer>{inside}"
        '<a href="/watch?v=dQw4w9WgXcQ"><h3 class="media-item-headline">T</h3></a>'
        f"<ytm-badge-and-byline-renderer>{parts}</ytm-badge-and-byline-renderer>"
        "</ytm-media-item></ytm-video-with-context-renderer>"
    )


def home(inside: str, after: str = "") -> Observation:
    grid = f"<ytm-rich-grid-renderer>{inside}</ytm-rich-grid-renderer>"
    return parse_page(PAGE.format(f"<ytm-browse>{grid}</ytm-browse>", after), MOBILE + "/")


def test_a_channel_whose_name_has_a_number_is_no_count_and_no_note() -> None:
    seen = home(card("Kitchen 24", "1.1K views"))
    (one,) = seen.impressions
    assert (one.channel_name, one.views) == ("Kitchen 24", 1100)
    assert seen.unparsed == ()


def test_who_waits_for_a_premiere_is_no_view() -> None:
    (one,) = home(card("A", "31 waiting", "Scheduled for 12/4/26", badge="UPCOMING")).impressions
    assert (one.kind, one.views) == ("upcoming", None)


def test_the_byline_of_a_list_is_its_channel() -> None:
    mix = (
        '<ytm-compact-radio-renderer><a href="/watch?v=dQw4w9WgXcQ&amp;list=RDdQw4w9WgXcQ">'
        '<h4 class="YtmCompactMediaItemHeadline">Mix - T</h4>'
        '<div class="YtmCompactMediaItemByline">A and more</div></a></ytm-compact-radio-renderer>'
    )
    (one,) = home(mix).impressions
    assert (one.kind, one.item_id) == ("mix", "RDdQw4w9WgXcQ")
    assert (one.title, one.channel_name) == ("Mix - T", "A and more")


@pytest.mark.parametrize("shelf", ["ytm-reel-shelf-renderer", "ytm-shelf-renderer"])
def test_a_shelf_names_its_items(shelf: str) -> None:
    (one,) = home(f"<{shelf}><h2>Breaking news</h2>{card('A')}</{shelf}>").impressions
    assert one.section == "Breaking news"


def test_what_asks_for_more_is_no_item() -> None:
    more = '<ytm-continuation-item-renderer><a href="/x"><img src="y">more</a>'
    seen = home(card("A") + more + "</ytm-continuation-item-renderer>")
    assert (seen.status, len(seen.impressions)) == ("ok", 1)


def test_the_consent_dialog_of_the_mobile_site() -> None:
    dialog = (
        '<div class="consent-bump-v2-lightbox"><ytm-consent-bump-v2-renderer><button>No</button>'
        "</ytm-consent-bump-v2-renderer></div>"
    )
    assert home("", dialog).status == "consent"
    over = home(card("A"), dialog)
    assert (over.status, over.fields["consentDialog"]) == ("ok", True)


def test_a_watch_page_without_its_block_says_what_is_missing() -> None:
    related = (
        "<ytm-single-column-watch-next-results-renderer><ytm-item-section-renderer"
        f' section-identifier="related-items">{card("A")}</ytm-item-section-renderer>'
        "</ytm-single-column-watch-next-results-renderer>"
    )
    page = PAGE.format(f"<ytm-watch>{related}</ytm-watch>", "")
    seen = parse_page(page, MOBILE + "/watch?v=aaaaaaaaaaa")
    assert (seen.status, len(seen.impressions)) == ("ok", 1)
    assert {note.field for note in seen.unparsed} == {"title", "authorSource"}
    block = (
        "<ytm-slim-video-metadata-section-renderer>"
        '<h2 class="slim-video-information-title">Told</h2>'
        '<span class="secondary-text">1,234 views • Dec 3, 2024</span>'
        '<ytm-slim-owner-renderer><a href="/@a">A</a></ytm-slim-owner-renderer>'
        "</ytm-slim-video-metadata-section-renderer>"
    )
    told = parse_page(page.replace("<ytm-watch>", f"<ytm-watch>{block}"), seen.url)
    assert told.unparsed == ()
    assert (told.fields["title"], told.fields["authorName"]) == ("Told", "A")
    assert told.fields["viewInfo"]["viewNumber"] == 1234
    assert told.fields["publicationString"] == "Dec 3, 2024"
