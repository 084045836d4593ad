"""The player as people use it: controls, keys, adverts, seeking, autoplay; real and simulated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser_bench import Bench, puppet, serving
from playwright.sync_api import Playwright

from collector.browser.running import PuppetBrowser

pytestmark = pytest.mark.browser

CLASSES = "() => document.getElementById('movie_player').className.split(' ')"
STATE = "() => document.getElementById('movie_player').getPlayerState()"
TIME = "() => document.querySelector('video').currentTime"


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def mine(
    request: pytest.FixtureRequest,
    bench: Bench,
    playwright: Playwright,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PuppetBrowser]:
    folder = tmp_path_factory.mktemp(request.param)
    virtual = request.param == "virtual"
    with puppet(folder, bench, virtual=virtual, playwright=playwright) as one:
        yield one


#: In virtual time, and where the page's own clock goes, too.
BOTH = pytest.mark.parametrize("mine", ["virtual", "real"], indirect=True)
VIRTUAL = pytest.mark.parametrize(
    "mine", ["virtual", pytest.param("real", marks=pytest.mark.slow)], indirect=True
)


def playing(mine: PuppetBrowser) -> None:
    mine.wait_for("document.getElementById('movie_player').classList.contains('playing-mode')")


def paused(mine: PuppetBrowser) -> None:
    mine.wait_for("document.getElementById('movie_player').classList.contains('paused-mode')")


def advert(bench: Bench, seconds: float) -> dict[str, Any]:
    ad = next(iter(bench.world.ads.values()))
    return {"id": ad.id, "seconds": seconds, "title": "T", "sponsor": "Sponsor", "site": ad.site}


@BOTH
def test_it_plays_at_once_for_as_long_as_the_world_says(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=213))
    playing(mine)
    assert mine.evaluate(STATE) == 1
    assert mine.evaluate("() => document.querySelector('video').duration") == 213
    assert mine.evaluate("() => document.getElementById('movie_player').getDuration()") == 213
    assert mine.page.locator(".ytp-time-duration").inner_text() == "3:33"
    before = mine.evaluate(TIME)
    mine.let_pass(0.5)
    assert mine.evaluate(TIME) - before == pytest.approx(0.5, abs=0.25)


@VIRTUAL
def test_it_can_be_sought_through_and_ends_where_it_should(
    bench: Bench, mine: PuppetBrowser
) -> None:
    mine.goto(bench.watch_page(seconds=3600))
    playing(mine)
    mine.evaluate("() => document.getElementById('movie_player').seekTo(3599.5)")
    mine.wait_for("!document.querySelector('video').seeking", timeout_s=60)
    mine.let_pass(0.8)
    mine.wait_for("document.querySelector('video').ended")
    assert "ended-mode" in mine.evaluate(CLASSES)
    assert mine.evaluate(STATE) == 0
    assert mine.evaluate(TIME) == pytest.approx(3600, abs=0.001)


@BOTH
def test_keys_and_buttons(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=100))
    playing(mine)
    press = mine.page.keyboard.press
    for key in ("k", " "):
        press(key)
        paused(mine)
        press(key)
        playing(mine)
    button = mine.page.locator(".ytp-play-button")
    button.click()
    paused(mine)
    assert mine.evaluate(STATE) == 2
    assert button.get_attribute("aria-label") == "Play (k)"
    button.click()
    playing(mine)
    press("m")
    assert mine.evaluate("() => document.querySelector('video').muted")
    mine.page.locator(".ytp-mute-button").click()
    assert not mine.evaluate("() => document.querySelector('video').muted")
    press("f")
    assert "ytp-fullscreen" in mine.evaluate(CLASSES)
    press("f")
    press("k")
    paused(mine)
    at = mine.evaluate(TIME)
    press("l")
    assert mine.evaluate(TIME) == pytest.approx(at + 10, abs=0.5)
    press("ArrowLeft")
    assert mine.evaluate(TIME) == pytest.approx(at + 5, abs=0.5)
    box = mine.page.locator(".ytp-progress-bar").bounding_box()
    assert box is not None
    mine.click_at(box["x"] + box["width"] / 2, box["y"] + 2)
    assert mine.evaluate(TIME) == pytest.approx(50, abs=1)


@VIRTUAL
def test_keys_typed_into_a_field_are_left_alone(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=100))
    playing(mine)
    mine.evaluate(
        "() => { document.body.insertAdjacentHTML('beforeend', '<input id=q>'); q.focus(); }"
    )
    mine.page.keyboard.type("k m f")
    assert mine.evaluate("() => q.value") == "k m f"
    assert mine.evaluate(STATE) == 1


@VIRTUAL
def test_an_advert_comes_first_and_can_be_skipped_after_five_seconds(
    bench: Bench, mine: PuppetBrowser
) -> None:
    url = bench.watch_page(seconds=100, ad=advert(bench, 15))
    mine.goto(url)
    playing(mine)
    skip = mine.page.locator(".ytp-skip-ad-button")
    assert "ad-showing" in mine.evaluate(CLASSES)
    assert mine.evaluate("() => document.getElementById('movie_player').getAdState()") == 1
    assert "Sponsor" in mine.page.locator(".video-ads.ytp-ad-module").inner_text()
    assert not skip.is_visible()
    mine.let_pass(5.3)
    assert skip.is_visible()
    skip.click()
    playing(mine)
    assert "ad-showing" not in mine.evaluate(CLASSES)
    assert mine.evaluate("() => document.querySelector('video').duration") == 100
    assert mine.page.locator(".ytp-ad-module").inner_text() == ""
    mine.goto("about:blank")
    told = bench.truth(url)
    assert told is not None
    assert 5 < told["ad_seconds"] < 14, "what was seen of it, not all of it"


@VIRTUAL
def test_autoplay_can_be_cancelled_hurried_and_switched_off(
    bench: Bench, mine: PuppetBrowser
) -> None:
    moves = "() => moves"
    end = "() => document.getElementById('movie_player').seekTo(99.8)"
    overlay = mine.page.locator(".ytp-autonav-endscreen-countdown-overlay")

    mine.goto(bench.watch_page(seconds=100, next="dQw4w9WgXcQ", autoplay=True))
    playing(mine)
    mine.evaluate(end)
    mine.let_pass(0.5)
    overlay.wait_for()
    assert "Up next in 5" in overlay.inner_text()
    mine.page.locator(".ytp-autonav-endscreen-upnext-cancel-button").click()
    mine.let_pass(5.5)
    assert mine.evaluate(moves) == []

    mine.goto(bench.watch_page(seconds=100, next="dQw4w9WgXcQ", autoplay=True))
    playing(mine)
    mine.evaluate(end)
    mine.let_pass(0.5)
    mine.page.locator(".ytp-autonav-endscreen-upnext-play-button").click()
    assert mine.evaluate(moves) == ["/watch?v=dQw4w9WgXcQ"]

    mine.goto(bench.watch_page(seconds=100, next="dQw4w9WgXcQ", autoplay=True))
    playing(mine)
    mine.page.locator(".ytp-autonav-toggle").click()
    toggle = mine.page.locator(".ytp-autonav-toggle-button")
    assert toggle.get_attribute("aria-checked") == "false"
    mine.evaluate(end)
    mine.let_pass(0.5)
    assert overlay.count() == 0


@pytest.mark.sweep(1)
@BOTH
def test_in_page_navigation_reports_what_was_played_and_starts_the_next(
    bench: Bench, mine: PuppetBrowser
) -> None:
    url = bench.watch_page(seconds=100)
    mine.goto(url)
    bench.served("second", "dQw4w9WgXcQ")
    playing(mine)
    mine.let_pass(2)
    mine.evaluate(
        """async (cfg) => {
          await MockPlayer.unload();
          const left = document.getElementById("movie_player");
          const page = document.createElement("div");
          page.append(left);
          page.hidden = true;
          document.body.append(page);
          document.body.insertAdjacentHTML("afterbegin",
            '<div id="movie_player" style="width:640px;height:360px"><video></video></div>');
          MockPlayer.load(cfg);
        }""",
        {
            "videoId": "dQw4w9WgXcQ", "seconds": 50, "load": "second", "ad": None, "fault": None,
            "next": None, "autoplay": False, "clip": "/_media/clip.webm",
        },
    )  # fmt: skip
    told = bench.truth(url)
    assert told is not None, "unload() resolves when the beacon has arrived"
    assert told["seconds"] == pytest.approx(2, abs=0.5)
    playing(mine)
    receipt = mine.watch(1)
    assert receipt.duration_s == 50
    assert receipt.watched_s == pytest.approx(1, abs=0.1)


@VIRTUAL
def test_a_report_that_did_not_arrive_goes_with_the_next(bench: Bench, mine: PuppetBrowser) -> None:
    url = bench.watch_page(seconds=100)
    mine.goto(url)
    playing(mine)
    mine.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = () => Promise.reject(new TypeError("offline"));
          window.online = () => { window.fetch = real; };
        }"""
    )
    mine.let_pass(1)
    mine.page.keyboard.press("k")
    paused(mine)
    mine.evaluate("() => online()")
    assert bench.truth(url) is None
    mine.page.keyboard.press("k")
    playing(mine)
    mine.let_pass(1)
    mine.page.keyboard.press("k")
    mine.evaluate("() => MockPlayer.unload()")
    told = bench.truth(url)
    assert told is not None
    assert told["seconds"] == pytest.approx(2, abs=0.6)
    assert told["beacons"] >= 2


#: Where the card of an advert and what it says stand, and the button beside it, in the player.
BOXES = """() => {
    const box = (e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
    const card = document.querySelector(".ytp-ad-player-overlay-layout__player-card-container");
    return {
        player: box(document.getElementById("movie_player")), card: box(card),
        parts: [...card.children].map((part) => {
            const text = document.createRange();
            text.selectNodeContents(part);
            const clipped = getComputedStyle(part).overflow === "hidden";
            return box(clipped ? part : text);
        }),
        skip: box(document.querySelector(".ytp-ad-skip-button-slot")),
    };
}"""  # noqa: E501


@pytest.mark.parametrize("mine", ["virtual"], indirect=True)
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_long_words_of_an_advert_stay_in_its_card_on_a_phone(
    bench: Bench, mine: PuppetBrowser, direction: str
) -> None:
    """And the card beside the button that skips it."""
    long = "an-advertiser-whose-address-is-far-longer-than-a-phone-is-wide"
    title = " ".join(["Unbelievable"] * 12)
    words = {"title": title, "sponsor": f"{long} & Sons", "site": f"{long}.example"}
    ad = advert(bench, 30) | words
    mine.goto(bench.watch_page(seconds=60, ad=ad))
    mine.wait_for("document.querySelector('.ytp-visit-advertiser-link') !== null")
    mine.evaluate(
        "(direction) => { document.dir = direction;"
        " document.getElementById('movie_player').style.cssText = 'width:390px;height:219px'; }",
        direction,
    )
    boxes = mine.evaluate(BOXES)
    player, (left, top, right, bottom), skip = boxes["player"], boxes["card"], boxes["skip"]
    assert player[0] <= left
    assert player[1] <= top
    assert right <= player[2]
    assert right <= skip[0] or skip[2] <= left
    assert len(boxes["parts"]) == 4
    for part in boxes["parts"]:
        assert left <= part[0] < part[2] <= right, boxes
        assert top <= part[1] < part[3] <= bottom, boxes
