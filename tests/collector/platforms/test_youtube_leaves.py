"""Adverts are sent as elements of their own, and a server says who paid for them."""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from submit_tools import capture, keys_of, outbox_at, served
from yttrex_tools import Bench, bench, leaf

from collector.adapters.youtube import yttrex
from collector.adapters.youtube.yttrex import YTTREX
from collector.common.identity import html_hash, js_loads
from collector.common.model import PageStatus
from collector.evidence import EvidenceStore
from collector.platforms.youtube import leaves
from collector.platforms.youtube.leaves import find_leaves, parse_leaf
from collector.platforms.youtube.markup import cut
from collector.store import Store
from collector.submit import Outbox, submit_run
from collector.testing import ScenarioRun
from mockserver.context import MockConfig
from mockserver.serve import serving

Run = Callable[..., ScenarioRun]

BADGE = '<div class="card{n}"><b><i><u><p id="ad-badge">Ad</p></u></i></b><h3>Firm {n}</h3></div>'
TODAY = (
    '<ytd-ad-slot-renderer><ytd-in-feed-ad-layout-renderer><div id="rendering-content"><m-v-m>'
    '<f-m-v-m><div class="texts"><h3><a href="https://firm.example/">Buy it</a></h3><div><ad-badge-'
    'view-model class="x">Sponsored</ad-badge-view-model><span aria-hidden="true"> · </span><span>'
    "Firm</span></div></div></f-m-v-m></m-v-m></div></ytd-in-feed-ad-layout-renderer>"
    "</ytd-ad-slot-renderer>"
)


def texts(html: str) -> list[tuple[str, str]]:
    return [(each.name, html[each.start : each.end]) for each in find_leaves(html)]


@pytest.mark.parametrize("seed", range(40))
def test_what_stands_behind_the_last_advert_changes_nothing(seed: int) -> None:
    """Reading on to the page's end, as for an advert in its last tag, gives the same cuts."""
    draw = random.Random(seed)
    pieces = [
        "<div>", "<div>", "</div>", "<p>", "</p>", "<img>", "<!-- </div>", "-->", "text",
        "<ytd-ad-slot-renderer>", "</ytd-ad-slot-renderer>", '<i id="ad-badge">', "</i>",
        "<div hidden>", '<b class="sparkles-light-cta">', "</b>", "<ad-badge-view-model>",
        "</ad-badge-view-model>", '<svg class="ytp-ad-player-overlay"/>', "<script>x</script>",
    ]  # fmt: skip
    html = "".join(draw.choice(pieces) for _ in range(draw.randrange(4, 60)))
    judge = leaves._Judge(html)
    behind = [*judge.hints, len(html)]
    assert cut(html, judge, hints=judge.hints) == cut(html, leaves._Judge(html), hints=behind)


@pytest.mark.parametrize(
    ("name", "html", "found"),
    [
        ("adbadge", BADGE.format(n=1), BADGE.format(n=1)),
        ("banner", '<a><b><c><d><div class="ytp-ad-module video-ads"><img src=x></div></d></c></b>'
                   "</a>", ""),
        ("overlay", '<a><b><c><d><e class="ytp-ad-player-overlay-instream-info"></e></d></c></b>'
                    "</a>", ""),
        ("videoPlayerAd", '<a><b><c><d><e class="ytp-ad-player-overlay"></e></d></c></b></a>', ""),
        ("toprightpict", '<a><b><c class="style-scope ytd-action-companion-ad-renderer">x</c></b>'
                         "</a>", ""),
        ("toprightcta", '<a><b class="sparkles-light-cta">x</b></a>', ""),
        ("toprightad", "<a><b><c><ytd-promoted-sparkles-web-renderer>x"
                       "</ytd-promoted-sparkles-web-renderer></c></b></a>",
         "<ytd-promoted-sparkles-web-renderer>x</ytd-promoted-sparkles-web-renderer>"),
    ],
)  # fmt: skip
def test_each_selector_gives_its_element_and_its_parents(name: str, html: str, found: str) -> None:
    """Four parents of a badge, two of a companion, …, and no more than the advert itself."""
    page = f"<html><body><main><section>{html}</section></main></body></html>"
    assert texts(page) == [(name, found or html)]


def test_today_s_advert_is_found_by_its_badge_and_names_the_advertiser() -> None:
    ((name, html),) = texts(f"<body><main>{TODAY}</main></body>")
    assert name == "adbadge"
    assert html.startswith("<m-v-m>")
    assert parse_leaf(name, html).fields == {"sponsoredName": "Buy it", "sponsoredSite": "Firm"}


def test_an_advert_is_never_the_list_that_it_stands_in() -> None:
    """Two parents of a text advert's box would be all results."""
    ad = (
        "<ytd-promoted-sparkles-text-search-renderer><div class='style-scope ytd-promoted-sparkles-"
        "text-search-renderer'><h3 class='style-scope ytd-promoted-sparkles-text-search-renderer'>"
        "Buy</h3></div></ytd-promoted-sparkles-text-search-renderer>"
    )
    page = f"<div id='contents'><ytd-video-renderer>v</ytd-video-renderer>{ad}</div>"
    assert texts(page) == [("searchAds", ad)]


@pytest.mark.parametrize(
    "html",
    [
        '<div class="video-ads ytp-ad-module"></div>',
        '<div class="video-ads">x</div>',
        f'<ytd-watch-flexy title="a > b" hidden="">{BADGE}</ytd-watch-flexy>',
        f"<script>const x = '{BADGE}';</script>",
        f"<!-- {BADGE} -->",
        '<p id="ad-badge-container">x</p>',
        "<p title='<p id=\"ad-badge\">'>ytp-ad-x</p>",
    ],
)
def test_what_is_no_advert_on_show_is_no_leaf(html: str) -> None:
    assert texts(f"<main><section><div>{html}</div></section></main>") == []


def test_hints_before_and_behind_an_advert_do_not_hide_it() -> None:
    """A style, a script, the empty frame that every player has: none of them ends the search."""
    empty = '<div class="video-ads ytp-ad-module"></div>'
    noise = f"<style>.ytp-ad-x{{}}</style>{empty}<script>ytp-ad-y</script>"
    page = f"{noise}<main><section><div><b><i><u>{BADGE}</u></i></b></div></section></main>{noise}"
    assert [name for name, _ in texts(page)] == ["adbadge"]


def test_tags_that_are_never_closed_end_with_what_is_around_them() -> None:
    html = '<div><ul><li><b><br><img src=x><p id="ad-badge">Ad</ul><s>after</s></div>'
    assert texts(html) == [("adbadge", html)]
    assert texts('<a><b><c><d><e id="ad-badge">') == [("adbadge", '<a><b><c><d><e id="ad-badge">')]


@pytest.mark.parametrize(
    "part",
    ['<div class="ytp-ad-player-overlay">', '<div><p id="ad-badge">x</p></div>', "<i></p>",
     '<b hidden><p id="ad-badge">', "</p><p>"],
)  # fmt: skip
def test_a_page_of_nothing_but_adverts_takes_no_longer_than_its_length(part: str) -> None:
    """Counted in steps of the interpreter, not in time: twice the page, about twice the steps."""

    def steps(times: int) -> int:
        page = f"<div>{part * times}<p id=ad-badge>x"
        count = 0

        def step(frame: object, event: str, argument: object) -> object:
            nonlocal count
            count += 1
            return step

        sys.settrace(step)  # type: ignore[arg-type]
        try:
            find_leaves(page)
        finally:
            sys.settrace(None)
        return count

    assert steps(1200) < 2.6 * steps(600)


def page_of(*numbers: int) -> str:
    return "<body><main>" + "".join(BADGE.format(n=n) for n in numbers) + "</main></body>"


def test_pages_and_adverts_share_a_counter_and_an_advert_is_sent_once_a_page_load() -> None:
    """The same advert on the next page load is sent again."""
    outbox = outbox_at(None)
    pages = [("load-1", page_of(1, 2, 1)), ("load-1", page_of(1, 2, 3)), ("load-2", page_of(2))]
    for n, (load, html) in enumerate(pages):
        made = replace(capture(n), id=f"session-{n:04d}", page_uuid=load)
        assert outbox.enqueue(
            made, target="t", public_key="k", dialect=YTTREX, html_of=lambda html=html: html,
            research_tag="spring",
        )  # fmt: skip
        again = outbox.enqueue(
            made, target="t", public_key="k", dialect=YTTREX, html_of=lambda html=html: html
        )
        assert not again
    rows = outbox.unbatched("t", 99)
    said = [(r.fields["incremental"], r.fields.get("hash"), r.fields["randomUUID"]) for r in rows]
    ad = {n: html_hash(BADGE.format(n=n)) for n in (1, 2, 3)}
    one, two = yttrex.feed_id("load-1"), yttrex.feed_id("load-2")
    assert said == [
        (0, None, one), (1, ad[1], one), (2, ad[2], one),
        (3, None, one), (4, ad[3], one),
        (5, None, two), (6, ad[2], two),
    ]  # fmt: skip
    assert {r.research_tag for r in rows} == {"spring"}
    item = js_loads(YTTREX.item_json(rows[4], lambda content_hash: pages[1][1]))
    assert list(item) == [
        "html", "hash", "offsetTop", "offsetLeft", "href", "selectorName", "randomUUID", "type",
        "incremental", "clientTime", "researchTag",
    ]  # fmt: skip
    assert (item["html"], item["type"], item["selectorName"]) == (
        BADGE.format(n=3), "leaf", "adbadge",
    )  # fmt: skip
    with pytest.raises(ValueError, match="not where it was"):
        YTTREX.item_json(rows[4], lambda content_hash: pages[2][1])


def test_a_page_that_is_not_submitted_sends_no_adverts() -> None:
    outbox = outbox_at(None)
    bad = capture(0, status=PageStatus.CONSENT)
    assert not outbox.enqueue(
        bad, target="t", public_key="k", dialect=YTTREX, html_of=lambda: page_of(1)
    )
    assert outbox.unbatched("t", 9) == []


def test_adverts_of_a_run_that_was_never_queued_are_sent_from_its_evidence(tmp_path: Path) -> None:
    evidence = EvidenceStore(tmp_path / "evidence")
    with Store(tmp_path / "store.db") as store:
        store.add_run("run", scenario="s", seed=1, plan_hash="0" * 64)
        store.add_puppet("control-1", run="run", arm="control", twin=1, block=1)
        store.add_session("session", run="run", puppet="control-1", block=1, position=1)
        Outbox(store.db)
        for n in range(2):
            store.step_planned("session", n, kind="visit")
            filed = evidence.put(f"<html><ytd-app>{n}{page_of(1, 2)}</ytd-app></html>")
            with store.transaction():
                store.add_capture(
                    capture(n, id=f"session-{n:04d}", content_hash=filed, page_uuid=f"load-{n}")
                )
    with served() as server:
        assert submit_run(tmp_path, server.url, keys=keys_of).sent == 6
        rows = server.bench.db.rows("SELECT sponsored_name FROM yttrex_leaves ORDER BY rowid")
        assert [row["sponsored_name"] for row in rows] == ["Firm 1", "Firm 2"] * 2
        assert submit_run(tmp_path, server.url, keys=keys_of).sent == 0


# ---- what a server says of them


@pytest.fixture
def api() -> Bench:
    return bench()


def test_sponsors_are_counted(api: Bench) -> None:
    """Per video, per channel and over all; the most frequent first, by name and site."""
    html = "<div><h3>{0}</h3><p id='website-text'>{0}.EXAMPLE/</p></div>"
    other = "https://www.youtube.com/watch?v=aaaaaaaaaaa"
    channel = "https://www.youtube.com/channel/UCx"
    sent = [leaf(html.format("A"), seq=n) for n in range(3)]
    sent += [leaf(html.format("B"), seq=3, href=other), leaf(html.format("A"), seq=4, href=channel)]
    sent += [leaf("<p>nobody</p>", seq=5), leaf(html.format("C"), seq=6, selectorName="new")]
    assert api.post(sent).status_code == 200
    of = {n: {"sponsoredName": n, "sponsoredSite": f"{n.lower()}.example"} for n in "AB"}
    every = [{**of["A"], "count": 4}, {**of["B"], "count": 1}]
    assert api.get("/v2/ad").get_json() == every
    assert api.get("/v2/ad/1000").get_json() == every
    assert api.get("/v2/ad/1").get_json() == [{**of["A"], "count": 1}]
    beside = api.get("/v2/ad/video/SU31AEXDLrM").get_json()
    assert beside == [{**of["A"], "count": 3}]
    assert api.get("/v2/ad/video/aaaaaaaaaaa").get_json() == [{**of["B"], "count": 1}]
    assert api.get("/v2/ad/channel/UCx").get_json() == [{**of["A"], "count": 1}]
    assert api.get("/v2/ad/channel/UCx?since=2030-01-01T00:00:00Z").get_json() == []
    assert api.get("/v2/ad/channel/UCx?till=2030-01-01T00:00:00Z").get_json() == [
        {**of["A"], "count": 1}
    ]
    assert api.get("/v2/ad/channel/UCx?since=spring").status_code == 400


def test_one_s_own_adverts_are_a_csv(api: Bench) -> None:
    api.post([leaf("<div><h3>A</h3><p id='website-text'>a.example</p></div>")])
    api.post([leaf("<div><h3>B</h3></div>")], keys_of("somebody else"))
    rows = list(csv.DictReader(io.StringIO(api.get(f"/v2/personal/{api.token()}/adv/csv").text)))
    assert [(r["sponsoredName"], r["sponsoredSite"]) for r in rows] == [("A", "a.example")]
    assert len(rows[0]["pseudo"].split("-")) == 2


# ---- a run

STEPS = [{"search": "live concert"}, {"follow": {"rank": 1}}, {"watch": "3s"}, {"visit": "home"}]


#: Of the adverts of 2026 the run in Chromium tells as much.
@pytest.fixture(scope="module", params=[pytest.param("2026", marks=pytest.mark.slow), "2022"])
def mock_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with serving(MockConfig(seed=1, era=request.param)) as server:
        yield server.url


def scenario(times: int) -> dict[str, object]:
    return {
        "name": "adverts", "site": "mock", "seed": 3, "persona": "marie-us",
        "before": [{"visit": "home"}, {"consent": "reject"}],
        "arms": {"only": {"steps": STEPS * times}},
    }  # fmt: skip


def _told(mock_url: str, run: ScenarioRun) -> None:
    """What the server says of the adverts is what stood on the pages that were captured."""
    shown = {
        str(row["title"])
        for row in run.store.rows("SELECT title FROM impressions WHERE kind = 'ad'")
    }
    counted = httpx.get(f"{mock_url}/api/v2/ad").json()
    assert counted
    assert all(each["sponsoredSite"] and each["count"] for each in counted)
    assert {each["sponsoredName"] for each in counted} <= shown
    (key,) = {row["public_key"] for row in run.store.rows("SELECT public_key FROM outbox")}
    outbox = Outbox(run.store.db)
    token = outbox.user_token(str(run.result.target), str(key))
    found = csv.DictReader(
        io.StringIO(httpx.get(f"{mock_url}/api/v2/personal/{token}/adv/csv").text)
    )
    sent = run.store.rows("SELECT 1 FROM outbox WHERE instr(capture, '+element-')")
    assert len(list(found)) == len(list(sent)) > 0


def test_a_run_without_a_browser_fills_the_adverts(mock_url: str, run_scenario: Run) -> None:
    run = run_scenario(scenario(1), driver="http", submit_to=mock_url)
    _told(mock_url, run)


@pytest.mark.slow
def test_a_run_in_chromium_fills_the_adverts(run_scenario: Run) -> None:
    with serving(MockConfig(seed=1)) as server:
        _told(server.url, run_scenario(scenario(1), submit_to=server.url, speed="max"))
