"""A feed without a browser: posts come into view as they would, and a run equals one with Chromium.

Not equal are times, and with them how long a post was visible; places may be some pixels off.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from collector.analysis.gates.dose import doses
from collector.analysis.load import load_run
from collector.browserless.feed import Feed, Timeline, height_px, outermost
from collector.contract.options import RunOptions
from collector.problems import BadFile
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.testing import ScenarioRun

UNIT = '<div data-pagelet="FeedUnit_{0}" data-slot="{0}" class="u"><div>post {0}</div></div>'
END = '<div class="feed-end" data-cursor="c&amp;1" role="progressbar"><span></span></div>'
PAGE = (
    '<body><div id="feed-root"><div role="main" data-feed-load="load-1"><div class="units">'
    + "".join(UNIT.format(number) for number in range(1, 4))
    + f"</div>{END}</div></div><aside></aside></body>"
)


def test_a_feed_is_cut_at_its_posts_and_nothing_is_lost() -> None:
    feed = Feed.of(PAGE)
    assert feed.html == PAGE
    assert feed.units == [UNIT.format(number) for number in range(1, 4)]
    assert (feed.load, feed.cursor) == ("load-1", "c&1")


def test_a_page_without_posts_or_end_is_kept_whole() -> None:
    assert Feed.of("<p>log in</p>").html == "<p>log in</p>"
    profile = f"<main>{UNIT.format(1)}</main>"
    assert Feed.of(profile).units == [UNIT.format(1)]
    assert Feed.of(profile).html == profile


def test_a_feed_grows_to_its_end() -> None:
    feed = Feed.of(PAGE)
    feed.append(UNIT.format(4), "c2")
    assert (len(feed.units), feed.cursor) == (4, "c2")
    feed.append(UNIT.format(5), None)
    assert (len(feed.units), feed.cursor) == (5, None)
    assert Feed.of(feed.html).units == feed.units


def test_a_new_timeline_takes_the_place_of_the_old_one() -> None:
    feed = Feed.of(PAGE)
    feed.renew(
        '<div role="main" data-feed-load="load-2"><div class="units">'
        f"{UNIT.format(9)}</div>{END}</div>"
    )
    assert (feed.load, feed.units) == ("load-2", [UNIT.format(9)])
    assert feed.html.endswith("</div><aside></aside></body>")


def test_of_a_unit_of_2019_the_post_is_what_is_inside() -> None:
    inside = (
        '<div class="_5pcr userContentWrapper" role="article" aria-label="Story"><p>x</p></div>'
    )
    assert outermost(f'<div data-slot="1"><div class="_3ccb">{inside}</div></div>\n') == inside


def test_what_is_half_in_view_is_seen_and_counted_until_it_leaves() -> None:
    feed = Feed.of(PAGE)
    (first, _), (second, _), _ = feed.places()
    tall = height_px(feed.units[0])
    timeline = Timeline(0, "http://site/", "load-1")
    timeline.look(feed, 0.0, first + tall + 100, 1000)
    assert list(timeline.posts) == [0]
    timeline.look(feed, first + tall * 0.4, 300.0, 3000)
    assert list(timeline.posts) == [0, 1]
    timeline.look(feed, second, 300.0, 4500)
    record = timeline.close(6000)
    assert [(p["order"], p["time"], p["visible"]) for p in record["posts"]] == [
        (1, 1000, 3500),
        (2, 3000, 3000),
    ]
    assert record["posts"][0]["html"] == UNIT.format(1)


SCENARIO = {
    "name": "feed",
    "platform": "facebook",
    "seed": 11,
    "persona": "marie-us",
    "labels": "mock",
    "before": [
        {"visit": {"url": "home", "capture": False}},
        {"consent": "reject"},
        {"visit": "/music.en.1"},
        "subscribe",
        {"like": {"topic": "music", "count": 2}},
    ],
    "arms": {"only": {"steps": [{"visit": "home"}]}},
    "after": [
        {"scroll": "800px every 5s, 20 times or until 12 posts"},
        {"refresh": {"label": "again"}},
        {"scroll": {"screens": 3}},
    ],
}


HIDES: dict[str, Any] = {
    **SCENARIO,
    "name": "hides",
    "arms": {
        "hides": {
            "steps": [
                {"visit": "home"},
                {"not_interested": {"topic": "music"}},
                {"not_interested": {"rank": 1}},
                {"like": {"rank": 1}},
                {"not_interested": {"topic": "nothing of the kind"}},
            ]
        },
        "not": {"steps": [{"visit": "home"}]},
    },
    "mock": {"era": "2019"},
}


GIVEN: dict[str, Any] = {
    "submit_to": "none",
    "speed": "max",
    "mock_options": {"clock": "0.000001"},
}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScenarioRun]:
    """The run without a browser."""
    run = ScenarioRun(
        run_scenario(
            parse_scenario(SCENARIO),
            RunOptions.of(out=tmp_path_factory.mktemp("feed") / "run", driver="http", **GIVEN),
            display=QuietDisplay(),
            confirm=lambda question: False,
        )
    )
    yield run
    run.store.close()


def seen(run: ScenarioRun) -> list[list[Any]]:
    """The posts of each timeline in order, but for times and places."""
    timelines: dict[str, list[Any]] = {}
    for row in run.store.rows("SELECT * FROM feed ORDER BY rowid"):
        post = json.loads(row["post"] or "{}")
        post.pop("published", None)
        told = [row["position"], row["visibility"], row["post_id"], post]
        timelines.setdefault(row["timeline"], []).append(told)
    return list(timelines.values())


def steps(run: ScenarioRun) -> list[Any]:
    rows = run.store.rows("SELECT step, kind, outcome FROM steps ORDER BY step")
    return [[row["step"], row["kind"], row["outcome"]] for row in rows]


def served(run: ScenarioRun) -> list[list[Any]]:
    loads: dict[str, list[Any]] = {}
    for row in run.truth():
        loads.setdefault(row["load"], []).append([row["slot"], row["item_id"]])
    return list(loads.values())


def alike(some: list[list[Any]], others: list[list[Any]], more: int) -> None:
    """The same lists, but that one may go on for ``more`` items: fonts differ between machines."""
    assert len(some) == len(others)
    for one, other in zip(some, others, strict=True):
        both = min(len(one), len(other))
        assert one[:both] == other[:both]
        assert abs(len(one) - len(other)) <= more


def test_a_run_on_a_feed_needs_no_browser(http: ScenarioRun) -> None:
    assert http.result.exit_code == 0
    first, again = http.timelines()
    assert len(first.impressions) >= 12
    assert [seen.order for seen in first.impressions] == list(range(1, len(first.impressions) + 1))
    assert len(again.impressions) >= 3
    posts = [
        row["post_id"] for row in http.store.rows("SELECT post_id FROM feed") if row["post_id"]
    ]
    assert set(posts) <= {row["item_id"] for row in http.truth()}


@pytest.mark.browser
@pytest.mark.slow
def test_a_feed_without_a_browser_equals_one_with(
    run_scenario: Callable[..., ScenarioRun], http: ScenarioRun
) -> None:
    browser = run_scenario(SCENARIO, driver="chromium", **GIVEN)
    assert steps(http) == steps(browser)
    # What was served decides what the next load shows, so the last one is not compared.
    alike(seen(http)[:1], seen(browser)[:1], 1)
    alike(served(http)[:2], served(browser)[:2], 6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "driver", ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]
)
def test_a_hidden_post_is_shown_no_more(
    driver: str, run_scenario: Callable[..., ScenarioRun]
) -> None:
    """The site hears of it, no later load has it, no later step picks it, and what could not be
    hidden is missing of the dose. Who hides nothing is shown them."""
    told = json.loads(json.dumps(HIDES).replace("nothing of the kind", "gaming"))
    told["arms"]["hides"]["steps"][-1]["not_interested"]["top"] = 1
    run = run_scenario(told, driver=driver, **GIVEN)
    rows = run.store.rows(
        "SELECT kind, outcome, detail FROM steps WHERE path LIKE 'arms.hides.%' ORDER BY step"
    )
    did = [(row["kind"], row["outcome"], (row["detail"] or "").split(" at ")[0]) for row in rows]
    assert [kind for kind, *_ in did] == ["visit", *["not_interested"] * 2, "like", did[-1][0]]
    assert [outcome for _, outcome, _ in did] == [*["done"] * 4, "failed"]
    hidden = {post for kind, outcome, post in did if kind == "not_interested" and outcome == "done"}
    assert len(hidden) == 2
    assert did[3][2] not in hidden, "what is folded up is not liked"
    loads: dict[tuple[str, str], set[str]] = {}
    for row in run.truth():
        loads.setdefault((row["puppet"], row["load"]), set()).add(row["item_id"])
    own = [items for (puppet, _), items in loads.items() if puppet.startswith("hides")]
    assert hidden <= set.union(*own[:-1])
    assert not hidden & own[-1]
    shares = {p.name: kinds for p, kinds in doses(load_run(run.out.root)).items()}
    assert shares["hides-1"]["not_interested"] == pytest.approx(2 / 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "driver", ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]
)
def test_a_source_of_which_all_is_hidden_is_shown_no_more(
    driver: str, run_scenario: Callable[..., ScenarioRun]
) -> None:
    """Neither the post nor any other of who posted it; who hides nothing is shown them."""
    told = json.loads(json.dumps(HIDES))
    told["arms"]["hides"]["steps"] = [{"visit": "home"}, {"dont_recommend_channel": {"rank": 1}}]
    told["after"] = [{"visit": "home"}]
    run = run_scenario(told, driver=driver, **GIVEN)
    (row,) = run.store.rows("SELECT detail FROM steps WHERE kind = 'dont_recommend_channel'")
    hidden = row["detail"].split(" at ")[0]
    loads: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for each in run.truth():
        of = loads.setdefault(each["puppet"].partition("-")[0], {})
        of.setdefault(each["load"], []).append(
            (each["item_id"], json.loads(each["extra"])["source_id"])
        )
    own, others = (list(loads[arm].values()) for arm in ("hides", "not"))
    (source,) = {source for load in own for item, source in load if item == hidden}
    assert source not in {source for _, source in own[-1]}
    assert source in {source for load in others for _, source in load}
    shares = {p.name: kinds for p, kinds in doses(load_run(run.out.root)).items()}
    assert shares["hides-1"]["dont_recommend_channel"] == 1


def test_a_folded_post_keeps_its_place_and_is_not_seen() -> None:
    feed = Feed.of(PAGE)
    before = feed.places()
    feed.hide(0)
    assert [unit.count("data-hidden") for unit in feed.units] == [1, 0, 0]
    gap = before[1][0] - before[0][1]
    assert feed.places()[1][0] == pytest.approx(before[0][0] + 50.1 + gap)
    again = Feed.of(PAGE)
    again.hide(0, "p&1", "Hide all <of> it")
    assert 'data-silence="p&amp;1">Hide all &lt;of&gt; it</div></div>' in again.units[0]
    assert again.places()[1][0] == pytest.approx(before[0][0] + 84.2 + gap)
    again.silence(0)
    assert again.units == feed.units
    timeline = Timeline(0, "http://site/", "load-1")
    timeline.look(feed, 0.0, 5000.0, 1000)
    assert list(timeline.posts) == [1, 2]


def test_what_a_feed_has_not_is_refused_by_name() -> None:
    told = {**SCENARIO, "arms": {"only": {"steps": [{"visit": "home"}, "dislike"]}}}
    with pytest.raises(BadFile) as caught:
        parse_scenario(told)
    assert "dislike is not a step on facebook" in str(caught.value)
    assert "not_interested" in str(caught.value)
