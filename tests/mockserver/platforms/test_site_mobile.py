"""The mobile site: its pages are read as the truth log has them, and a puppet acts there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page
from site_tools import MOBILE, MobileVisitor, Visitor, pages_of, shared_app

from collector.adapters.youtube.element import app_element
from collector.cli import main
from collector.common.model import ItemKind
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.parse.page import parse_answer
from collector.store import Store
from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

PAGES = ["home", "related", "search", "channel"]
#: The two classes of markup; mobile pages are the same elements in every year.
ERAS = ["2022", "2026-01"]


@pytest.fixture(params=ERAS)
def visitor(request: pytest.FixtureRequest) -> MobileVisitor:
    return MobileVisitor(shared_app(request.param), f"mobile-{request.param}")


def load_in(html: str) -> str:
    found = re.search(r'"EVENT_ID":"([^"]+)"', html)
    assert found
    return found[1]


def of_load(visitor: Visitor, load: str, surface: str) -> list[dict[str, Any]]:
    return [row for row in visitor.truth(surface=surface) if row["load"] == load]


def status_of(visitor: Visitor, load: str) -> str:
    rows, _ = visitor.world.truth.rows("pages", visitor=visitor.name, where={"load": load})
    return str(rows[0]["status"])


@pytest.mark.sweep(5)
@pytest.mark.parametrize("surface", PAGES)
@pytest.mark.parametrize("lang", ["en", "ja", "ar"])
def test_a_page_is_read_as_it_was_served(visitor: MobileVisitor, surface: str, lang: str) -> None:
    visitor.lang = lang
    path = pages_of(visitor.world)[surface]
    html = visitor.html(path)
    assert "<ytm-app" in html
    assert "<ytd-" not in html
    seen = parse_page(html, MOBILE + path)
    truth = of_load(visitor, load_in(html), surface)
    assert (seen.status, status_of(visitor, load_in(html))) == ("ok", "ok")
    assert not seen.unparsed
    assert seen.fields["inlineJson"] == "compared"
    assert len(truth) >= 20
    shown = [(i.position, i.surface, i.kind, i.item_id) for i in seen.impressions]
    assert shown == [(r["slot"], r["surface"], r["kind"], r["item_id"]) for r in truth]
    videos = visitor.world.videos
    for item, row in zip(seen.impressions, truth, strict=True):
        assert (item.section is None) == (row["shelf"] is None)
        if item.kind is not ItemKind.VIDEO:
            continue
        video = videos[item.item_id]
        assert (item.title, item.seconds) == (" ".join(row["title"].split()), video.seconds)
        assert item.views is not None
        if surface != "channel":
            assert item.channel_name == visitor.world.channels[video.channel_id].name
            assert item.channel_href


@pytest.mark.parametrize("era", ERAS)
def test_every_kind_of_item_is_shown_somewhere(era: str) -> None:
    """Cards of all kinds were compared above: those that lists hold are on these pages. Which load
    has an advert goes by the visitor and its loads, so this one is nobody else's."""
    visitor, kinds = MobileVisitor(shared_app(era), f"kinds-{era}"), set[str]()
    for path in [*pages_of(visitor.world).values()] * 4:
        kinds |= {i.kind.value for i in parse_page(visitor.html(path), MOBILE + path).impressions}
    assert {"video", "short", "ad", "mix"} <= kinds


@pytest.mark.parametrize("surface", PAGES)
def test_a_list_grows_to_its_end_and_is_one_list(visitor: MobileVisitor, surface: str) -> None:
    path = pages_of(visitor.world)[surface]
    html = visitor.html(path)
    load = load_in(html)
    endpoint = {"related": "next", "search": "search"}.get(surface, "browse")
    more = re.compile(r"<ytm-continuation-item-renderer\b[^<>]*data-continuation=\"([^\"]+)\".*?"
                      r"</ytm-continuation-item-renderer>", re.DOTALL)  # fmt: skip
    while found := more.search(html):
        told = visitor.post(f"/youtubei/v1/{endpoint}", {"continuation": found[1]})
        assert told.status_code == 200
        html = html[: found.start()] + told.get_json()["html"] + html[found.end() :]
    seen = parse_page(html, MOBILE + path, witness=False)
    truth = of_load(visitor, load, surface)
    assert [(i.position, i.item_id) for i in seen.impressions] == [
        (row["slot"], row["item_id"]) for row in truth
    ]
    assert len(truth) > 25 or surface == "channel"
    assert not seen.unparsed


@pytest.mark.parametrize("surface", PAGES)
def test_what_was_sent_is_read_alone(visitor: MobileVisitor, surface: str) -> None:
    path = pages_of(visitor.world)[surface]
    endpoint = {"related": "next", "search": "search"}.get(surface, "browse")
    answer = visitor.post(f"/youtubei/v1/{endpoint}", {"url": path}).get_data(as_text=True)
    value: dict[str, Any] = json.loads(answer)
    load = value.pop("page")["load"]
    sent = parse_answer(value, MOBILE + path)
    assert sent is not None
    assert sent.status == "ok"
    assert {i.surface.value for i in sent.impressions} == {surface}
    assert [(i.position, i.kind, i.item_id) for i in sent.impressions] == [
        (row["slot"], row["kind"], row["item_id"]) for row in of_load(visitor, load, surface)
    ]


def test_a_watch_page_says_what_the_other_site_says(visitor: MobileVisitor) -> None:
    path = pages_of(visitor.world)["related"]
    fields = parse_page(visitor.html(path), MOBILE + path).fields
    video = visitor.world.videos["dQw4w9WgXcQ"]
    channel = visitor.world.channels[video.channel_id]
    assert (fields["title"], fields["authorName"]) == (video.title, channel.name)
    assert fields["viewInfo"]["viewNumber"] == video.views
    assert fields["publicationTime"].date() == video.published.date()
    assert fields["likeInfo"]["watchedLikes"] == video.likes


def test_both_sites_show_a_visitor_one_ranking() -> None:
    """The host changes the markup, not what is recommended to a visitor at a load."""
    shown = []
    for kind in (Visitor, MobileVisitor):
        one = kind(create_app(MockConfig(seed=4, clock="0")), "same")
        one.html("/")
        shown.append([(row["slot"], row["item_id"]) for row in one.truth(surface="home")])
    assert shown[0] == shown[1] != []


def test_before_consent_nothing_is_recommended(visitor: MobileVisitor) -> None:
    newcomer = MobileVisitor(visitor.app, f"newcomer-{visitor.world.era}", consented=False)
    for path in pages_of(newcomer.world).values():
        html = newcomer.html(path)
        seen = parse_page(html, MOBILE + path)
        assert (seen.status, status_of(newcomer, load_in(html))) == ("consent", "consent")
        assert seen.impressions == ()
    assert newcomer.truth() == []
    assert newcomer.post("/youtubei/v1/consent", {"choice": "reject"}).status_code == 200
    assert parse_page(newcomer.html("/"), MOBILE + "/").status == "ok"


@pytest.mark.parametrize(
    ("path", "code", "status"),
    [
        ("/watch?v=AAAAAAAAAAA", 200, "unavailable"),
        ("/results?search_query=zzqxjk", 200, "empty"),
        ("/feed/nothing", 404, "error"),
        ("/playlist?list=PLx", 404, "error"),
        ("/@nobody-at-all", 404, "error"),
        ("/watch?v=x", 404, "error"),
    ],
)
def test_what_is_not_there_says_so(
    visitor: MobileVisitor, path: str, code: int, status: str
) -> None:
    answer = visitor.get(path)
    html = answer.get_data(as_text=True)
    seen = parse_page(html, MOBILE + path)
    assert (answer.status_code, seen.status) == (code, status)
    assert status_of(visitor, load_in(html)) == status
    assert seen.impressions == ()


def test_the_host_decides_and_no_user_agent(visitor: MobileVisitor) -> None:
    phone = "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130.0 Mobile Safari/537.36"
    assert "<ytm-app" in visitor.html("/")
    other = Visitor(visitor.app, "phone")
    told = other.client.get("/", base_url="http://youtube.localhost", headers={"User-Agent": phone})
    assert told.status_code == 200
    assert "<ytd-app" in told.get_data(as_text=True)
    real = other.client.get("/", base_url="http://m.youtube.com")
    assert "<ytm-app" in real.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/shorts/{}", "/details?v={}"])
def test_other_addresses_of_a_video_lead_to_its_page(visitor: MobileVisitor, path: str) -> None:
    answer = visitor.get(path.format("dQw4w9WgXcQ"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/watch?v=dQw4w9WgXcQ")


def test_the_account_is_told_nowhere(visitor: MobileVisitor) -> None:
    visitor.client.set_cookie("LOGIN_INFO", "Anna%20Ampel", domain="m.youtube.localhost")
    assert "Ampel" not in visitor.html("/")


def test_corruption_damages_mobile_cards_too() -> None:
    truths = ({"truth": "corruption", "share": 0.4, "hit": "renamed"},)
    app = create_app(MockConfig(seed=3, clock="0", truths=truths))
    visitor = MobileVisitor(app, "damaged")
    html = visitor.html("/")
    hit = [row for row in visitor.truth(surface="home") if row.get("hit")]
    assert len(hit) >= 3
    assert html.count("<ytm-next-") >= len(hit)
    seen = parse_page(html, MOBILE + "/")
    assert seen.status == "partial"
    assert len(seen.impressions) == len(visitor.truth(surface="home"))


# ---- a puppet

SCENARIO: dict[str, Any] = {
    "name": "mobile",
    "seed": 5,
    "arms": {
        "one": {
            "persona": "marie-us",
            "steps": [
                {"visit": {"url": "home", "capture": False}},
                {"consent": "accept"},
                {"visit": "home"},
                {"scroll": "end"},
                "capture",
                {"search": "pasta"},
                {"follow": {"rank": 1}},
                {"watch": "25s"},
                {"like": True},
                {"subscribe": True},
                "capture",
                {"follow": {"rank": 2}},
                {"open_channel": "videos"},
            ],
        }
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    config = MockConfig(seed=7, truth_token="a-token-of-a-test", clock="0.000001")
    with serving(config, demo=False) as found:
        yield found


def test_what_is_submitted_is_the_application_alone(visitor: MobileVisitor) -> None:
    html = visitor.html("/")
    element = app_element(html)
    assert element in html
    assert (element[:8], element[-10:]) == ("<ytm-app", "</ytm-app>")
    truth = of_load(visitor, load_in(html), "home")
    seen = parse_page(element, MOBILE + "/")
    assert [i.item_id for i in seen.impressions] == [row["item_id"] for row in truth]


@pytest.mark.slow
@pytest.mark.parametrize("driver", [pytest.param("chromium", marks=pytest.mark.browser), "http"])
def test_a_puppet_acts_there(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str
) -> None:
    monkeypatch.setenv("TWINWATCH_TRUTH_TOKEN", "a-token-of-a-test")
    file, out = tmp_path / "own.yaml", tmp_path / "run"
    file.write_text(json.dumps(SCENARIO))
    told = CliRunner().invoke(
        main,
        ["run", str(file), "--site", server.site("m.youtube"), "--submit-to", "none",
         "--speed", "max", "--driver", driver, "--out", str(out)],
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    with Store(out / "store.db", readonly=True) as store:
        captures = list(store.captures())
        seen = [store.observation(capture.id) for capture in captures]
        truth = list(store.rows("SELECT * FROM truth_impressions ORDER BY seq"))
        watched = list(store.rows("SELECT * FROM truth_watches WHERE seconds >= 24"))
        (receipt,) = [receipt for _, _, receipt in store.receipts()]
    listed: dict[str, int] = {}
    for capture, page in zip(captures, seen, strict=True):
        assert page is not None
        assert (capture.status, page.unparsed) == ("ok", ())
        (surface,) = {item.surface.value for item in page.impressions}
        served = [
            (row["slot"], row["kind"], row["item_id"])
            for row in truth
            if (row["load"], row["surface"]) == (capture.event, surface)
        ]
        shown = [(i.position, i.kind.value, i.item_id) for i in page.impressions]
        assert shown == sorted(served)[: len(shown)]
        listed[surface] = max(listed.get(surface, 0), len(shown))
    assert listed["home"] > 24  # the list grew while it was scrolled
    assert set(listed) == {"home", "search", "related", "channel"}
    assert receipt.status == "complete"
    assert [row["video_id"] for row in watched] == [receipt.video_id]


#: Blocks whose height is fixed, and an address that has each.
FIXED = {
    "ytm-slim-video-metadata-section-renderer": "/watch?v=dQw4w9WgXcQ",
    "ytm-page-header-renderer": "/feed/history",
}


@pytest.mark.browser
@pytest.mark.parametrize(("block", "path"), FIXED.items(), ids=["watch", "history"])
def test_a_fixed_height_cuts_off_no_button(
    server: Server, page: Page, block: str, path: str
) -> None:
    site = server.site("m.youtube")
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.add_cookies([{"name": "SOCS", "value": "CAI", "url": site}])
    page.goto(site + path)
    shown, whole = page.locator(block).first.evaluate("e => [e.offsetHeight, e.scrollHeight]")
    assert 0 < whole <= shown
