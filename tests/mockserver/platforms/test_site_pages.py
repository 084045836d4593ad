"""Pages in all languages and both eras: what the DOM lists is what was logged, in order."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from site_tools import ERAS, HEADERS, Visitor, entries, item_id, pages_of, shared_app

from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.world import clock

KINDS = ("home", "related", "search", "channel")

#: Where a page's list is.
LISTS = {
    "home": "ytd-rich-grid-renderer",
    "related": "#related",
    "search": "ytd-search",
    "channel": "ytd-two-column-browse-results-renderer",
}


def inline(html: str, name: str) -> Any:
    """The JSON of an inline script's variable."""
    found = re.search(rf"var {name} = (.*?);</script>", html)
    assert found, name
    return json.loads(found[1])


def ids_in(value: Any) -> list[str]:
    """Item ids of the renderers in ``ytInitialData``, in order."""
    if isinstance(value, list):
        return [found for part in value for found in ids_in(part)]
    if not isinstance(value, dict):
        return []
    if "lockupViewModel" in value:
        return [value["lockupViewModel"]["contentId"]]
    if "shortsLockupViewModel" in value:
        return [value["shortsLockupViewModel"]["entityId"].removeprefix("shorts-shelf-item-")]
    if "adSlotRenderer" in value:
        return [value["adSlotRenderer"]["adSlotMetadata"]["slotId"]]
    for key, part in value.items():
        if re.fullmatch(r"(compactV|gridV|v)ideoRenderer|reelItemRenderer", key):
            return [part["videoId"]]
        if re.fullmatch(r"(compact)?([Rr]adio|[Pp]laylist)Renderer", key):
            return [part["playlistId"]]
    return [found for part in value.values() for found in ids_in(part)]


@pytest.mark.sweep(8)
@pytest.mark.parametrize("lang", HEADERS)
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("kind", KINDS)
def test_dom_and_json_list_what_was_logged(era: str, lang: str, kind: str) -> None:
    visitor = Visitor(shared_app(era), f"{kind}-{lang}", lang)
    html = visitor.html(pages_of(visitor.world)[kind])
    soup = BeautifulSoup(html, "lxml")
    root = soup.select_one(LISTS[kind])
    assert root is not None
    served = visitor.truth()
    assert {row["surface"] for row in served} == {kind}
    assert [row["slot"] for row in served] == list(range(1, len(served) + 1))
    assert [item_id(entry) for entry in entries(root)] == [row["item_id"] for row in served]
    data = inline(html, "ytInitialData")
    assert ids_in(data["contents"]) == [row["item_id"] for row in served]
    if kind != "channel":
        assert len(served) >= 18
        assert len(html) > 100_000
    assert soup.html is not None
    assert soup.html["lang"] == lang
    assert soup.html["dir"] == ("rtl" if lang == "ar" else "ltr")
    assert f'"EVENT_ID":"{served[0]["load"]}"' in html


@pytest.mark.parametrize("era", ERAS)
def test_skeleton_of_a_page(era: str) -> None:
    visitor = Visitor(shared_app(era), "skeleton")
    soup = visitor.soup("/")
    assert soup.select_one("ytd-app ytd-masthead#masthead")
    assert soup.select_one("ytd-page-manager > ytd-browse[page-subtype=home]")
    assert soup.select_one('input[name="search_query"]')
    assert soup.select_one("#search-icon-legacy, .ytSearchboxComponentSearchButton")
    assert soup.select_one('a[href^="https://accounts.google.com/ServiceLogin"]')
    assert soup.select_one("ytd-continuation-item-renderer")
    if era == "2022":
        # What the collectors of the time told the interface's language by.
        assert next(t for b in soup.find_all("button") if (t := b.get_text(strip=True))) == "Search"


def test_eras_have_their_own_vocabulary() -> None:
    today = Visitor(shared_app("2026"), "vocabulary").soup("/")
    then = Visitor(shared_app("2022"), "vocabulary").soup("/")
    assert today.select("ytd-rich-item-renderer[lockup] yt-lockup-view-model")
    assert not today.select("ytd-rich-grid-media")
    assert then.select("ytd-rich-grid-row > #contents > ytd-rich-item-renderer")
    assert then.select("ytd-rich-grid-media #video-title-link[aria-label]")
    assert not then.select("yt-lockup-view-model")


@pytest.mark.parametrize("era", ERAS)
def test_watch_page_says_everything_about_its_video(era: str) -> None:
    visitor = Visitor(shared_app(era), "watch-facts")
    video = visitor.world.videos["dQw4w9WgXcQ"]
    channel = visitor.world.channels[video.channel_id]
    html = visitor.html("/watch?v=dQw4w9WgXcQ")
    soup = BeautifulSoup(html, "lxml")
    watch = soup.select_one("ytd-watch-flexy")
    assert watch is not None
    assert watch["video-id"] == video.id
    title = watch.select_one("h1 > yt-formatted-string")
    assert title is not None
    assert title.get_text() == video.title
    owner = watch.select("ytd-video-owner-renderer a")
    assert owner[1].get_text() == channel.name
    assert owner[0]["href"] == (channel.legacy_path if era == "2022" else f"/{channel.handle}")
    text = watch.get_text(" ")
    assert f"{video.views:,} views" in text
    assert "Oct 24, 2009" in text
    assert video.category in text
    assert watch.select_one("#movie_player.html5-video-player video.html5-main-video")
    like = watch.select_one("like-button-view-model button, ytd-toggle-button-renderer button")
    assert like is not None
    assert f"{video.likes:,} other people" in str(like["aria-label"])
    response = inline(html, "ytInitialPlayerResponse")
    assert response["videoDetails"]["title"] == video.title
    assert response["videoDetails"]["viewCount"] == str(video.views)
    player = inline(html, "ytInitialPlayerConfig")
    assert player["videoId"] == video.id
    assert player["seconds"] == video.seconds
    assert player["load"] in html
    assert player["next"] in visitor.world.videos


def test_labels_of_2022_are_the_real_grammar() -> None:
    wanted = {
        "en": r" by CHANNEL (Streamed )?\d+ \w+ ago .+ [\d,]+ views?$",
        "fr": r" de CHANNEL (Diffusé )?il y a \d+ \w+ .+ [\d\u202f]+\u00a0vues?$",
        "es": r" de CHANNEL (Emitido )?hace \d+ \w+ .+ [\d.]+ visualizaci(ones|ón)$",
        "de": r" von CHANNEL vor \d+ \w+( gestreamt)? .+ [\d.]+ Aufrufe?$",
        "tr": r" CHANNEL tarafından \d+ \w+ önce( canlı yayınlandı)? .+ [\d.]+ görüntüleme$",
        "zh-TW": r" 上傳者：CHANNEL (直播時間：)?\d+ .+前 .+ 觀看次數：[\d,]+次$",
    }
    for lang, pattern in wanted.items():
        visitor = Visitor(shared_app("2022"), f"grammar-{lang}", lang)
        checked = 0
        for card in visitor.soup("/").select("ytd-rich-grid-media"):
            link = card.select_one("#video-title-link")
            name = card.select_one("ytd-channel-name #text")
            assert link is not None
            assert name is not None
            if "aria-label" not in link.attrs or not card.select_one("[overlay-style=DEFAULT]"):
                continue
            form = re.escape(str(link["title"])) + pattern.replace(
                "CHANNEL", re.escape(name.get_text())
            )
            label = str(link["aria-label"])
            if not re.search(r"No views|Aucune|No hay|Keine|yok|沒有", label):
                assert re.match(form, label), (lang, label)
                checked += 1
        assert checked > 8


def test_one_channel_under_all_its_names() -> None:
    visitor = Visitor(shared_app("2026"), "names")
    channel = next(c for c in visitor.world.channels.values() if c.legacy_path)
    for path in (channel.path, f"/{channel.handle}", channel.legacy_path, f"{channel.path}/videos"):
        assert path
        heading = visitor.soup(path).select_one("ytd-browse[page-subtype=channels] h1")
        assert heading is not None
        assert heading.get_text(strip=True) == channel.name


def test_a_search_without_results_says_so() -> None:
    visitor = Visitor(shared_app("2026"), "nothing")
    soup = visitor.soup("/results?search_query=zzzzqqqxxx")
    assert soup.select_one("ytd-search ytd-background-promo-renderer")
    assert visitor.truth() == []


def test_signed_in_pages_show_the_account() -> None:
    visitor = Visitor(shared_app("2026"), "account")
    visitor.client.set_cookie("LOGIN_INFO", "Ada%20Canary", domain="youtube.localhost")
    soup = visitor.soup("/")
    assert soup.select_one("button#avatar-btn img[alt='Ada Canary']")
    email = soup.select_one("#email")
    assert email is not None
    assert email.get_text() == "ada.canary@mail.example"
    assert not soup.select_one('a[href^="https://accounts.google.com/ServiceLogin"]')


def test_relative_times_and_lists_are_the_same_for_a_visitor_of_a_new_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that was started in the next minute: alone when something announced begins is another."""

    class Moment(datetime):
        began = datetime(2026, 9, 14, 7, 59, 59, tzinfo=UTC)

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return cls.began

    monkeypatch.setattr(clock, "datetime", Moment)
    first = Visitor(create_app(MockConfig(seed=5)), "again")
    paths = ("/", "/watch?v=dQw4w9WgXcQ", "/results?search_query=pasta")
    pages = [first.html(path) for path in paths]
    Moment.began += timedelta(seconds=1)
    second = Visitor(create_app(MockConfig(seed=5)), "again")
    again = [second.html(path) for path in paths]
    hour = re.compile(r"\d+/\d+/\d+, \d+:\d+\s[AP]M")
    own = re.compile(rf'nonce="[^"]*"|{hour.pattern}|"startTime":"\d+"')
    assert [own.sub("", page) for page in again] == [own.sub("", page) for page in pages]
    assert hour.findall(again[0]) != hour.findall(pages[0])
