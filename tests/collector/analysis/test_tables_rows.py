"""The report's tables of a run by hand, row by row; and timelines in numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from statistics import fmean
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis import feeds, tables
from collector.analysis.feeds import Feeds, Profile, feeds_data
from collector.analysis.metrics import Attention
from collector.analysis.rundata import RunData
from collector.analysis.tables import Part


def cell(
    puppet: str, step: int, outcome: str | None = "done", status: str | None = "ok", **more: Any
) -> dict[str, Any]:
    own = {"puppet": puppet, "arm": puppet[0], "session": f"s-{puppet}", "step": step,
           "kind": "visit", "path": f"after.{step}", "outcome": outcome, "status": status,
           "detail": None, "label": ""}  # fmt: skip
    return own | more


def run(**changes: Any) -> RunData:
    """Two arms; the second puppet of the control stands first."""
    lists: dict[str, dict[str, str]] = {"t-1": {}, "c-2": {}, "c-1": {}}
    data = hand_run(lists, arms={"c": {}, "t": {}}, cells=[cell("c-1", 0)])
    return replace(data, **changes)


WORDS = [
    (("done", "ok"), "ok"), (("done", None), "done"), (("done", "captcha"), "captcha"),
    ((None, None), "open"), ((None, "ok"), "open"), (("failed", "ok"), "failed"),
    (("failed", None), "failed"), (("missing", "empty"), "empty"), (("skipped", None), "skipped"),
]  # fmt: skip


def test_the_word_of_a_cell() -> None:
    for (outcome, status), word in WORDS:
        assert tables.cell_word({"outcome": outcome, "status": status}) == word


def test_puppets_by_steps() -> None:
    """Every puppet has a row, by arm and twin; a column is called as most of its cells are."""
    cells = (
        cell("c-1", 0, label="front"), cell("c-1", 2, "failed", None, kind="watch", detail="gone"),
        cell("t-1", 0, None, None, kind="search", label="front"),
        cell("c-2", 0, "done", None, label="again"), cell("lost-9", 2, "done", "captcha", arm="t"),
        cell("t-1", 2, kind="watch"),
    )  # fmt: skip
    found = tables.matrix(run(cells=cells))
    assert found["labels"] == ["front, again", "", ""]
    assert found["columns"] == ["visit", "", "watch"]
    assert found["counts"] == {"ok": 2, "failed": 1, "open": 1, "done": 1, "captcha": 1}
    assert (found["planned"], found["data"]) == (6, 3)
    assert found["missing"] == [
        {**cells[1], "word": "failed"}, {**cells[2], "word": "open"},
        {**cells[4], "word": "captcha"},
    ]  # fmt: skip
    assert [row["puppet"].name for row in found["rows"]] == ["c-1", "c-2", "t-1"]
    first, second, third = (row["cells"] for row in found["rows"])
    assert first == [
        {"word": "ok", "step": 0, "kind": "visit", "path": "after.0", "detail": "",
         "label": "front"},
        None,
        {"word": "failed", "step": 2, "kind": "watch", "path": "after.2", "detail": "gone",
         "label": ""},
    ]  # fmt: skip
    assert [one and one["word"] for one in second] == ["done", None, None]
    assert [one and one["word"] for one in third] == ["open", None, "ok"]
    assert tables.matrix(run(cells=()))["rows"][0]["cells"] == []


def test_what_each_arm_lost() -> None:
    cells = (
        cell("c-1", 0), cell("c-1", 1, "done", None), cell("c-2", 0, "failed", None),
        cell("c-2", 1, "failed", None), cell("c-2", 2, "done", "captcha"),
    )  # fmt: skip
    assert tables.attrition(run(cells=cells)) == [
        {"arm": "c", "planned": 5, "data": 2, "share": 0.4, "missing": {"captcha": 1, "failed": 2}},
        {"arm": "t", "planned": 0, "data": 0, "share": None, "missing": {}},
    ]
    assert list(tables.attrition(run(cells=cells))[0]["missing"]) == ["captcha", "failed"]


def receipt(puppet: str, **more: Any) -> dict[str, Any]:
    own = {"puppet": puppet, "arm": puppet[0], "step": 3, "video_id": "v", "topic": "news",
           "status": "complete", "watched_share": 0.5, "planned_s": 60.0, "watched_s": 30.0,
           "ad_s": 5.0, "stalled_s": 1.0, "error": None}  # fmt: skip
    return own | more


def test_what_each_puppet_did() -> None:
    receipts = (
        receipt("c-1"), receipt("c-1", watched_share=None, topic=None, error="gone"),
        receipt("c-1", watched_share=1.5, status="stalled", watched_s=90.0, error="a"),
        receipt("t-1"),
    )  # fmt: skip
    sessions = tuple(
        {"id": f"s{n}", "puppet": puppet, "state": state, "detail": detail, "skew_ms": skew}
        for n, (puppet, state, detail, skew) in enumerate([
            ("c-1", "done", "", 3.0), ("c-1", "failed", "cut off", 9.0), ("c-1", "done", "x", None),
            ("t-1", "done", None, None),
        ])
    )  # fmt: skip
    captures = tuple({"puppet": name} for name in ("c-1", "t-1", "c-1"))
    watched = {("c-1", "v"): 30.5, ("c-1", "w"): 2.0, ("t-1", "v"): 1.0}
    data = run(receipts=receipts, sessions=sessions, captures=captures, watched=watched)
    first, second, third = tables.puppets(data)
    bar = {"step": 3, "video_id": "v", "topic": "news", "status": "complete", "share": 0.5,
           "planned_s": 60.0, "watched_s": 30.0, "ad_s": 5.0}  # fmt: skip
    assert first == {
        "puppet": data.puppets[2], "state": "2 of 3 done", "detail": "cut off", "skew_ms": 9.0,
        "captures": 2,
        "receipts": [
            bar, bar | {"topic": "(no label)", "share": 1.0},
            bar | {"status": "stalled", "share": 1.0, "watched_s": 90.0},
        ],
        "statuses": {"complete": 2, "stalled": 1}, "planned_s": 180.0, "watched_s": 150.0,
        "ad_s": 15.0, "stalled_s": 3.0, "errors": ["a", "gone"], "confirmed_s": 32.5,
    }  # fmt: skip
    assert second == {
        "puppet": data.puppets[1], "state": "never begun", "detail": "", "skew_ms": None,
        "captures": 0, "receipts": [], "statuses": {}, "planned_s": 0, "watched_s": 0, "ad_s": 0,
        "stalled_s": 0, "errors": [], "confirmed_s": 0,
    }  # fmt: skip
    assert (third["state"], third["confirmed_s"], third["captures"]) == ("done", 1.0, 1)
    assert tables.puppets(replace(data, watched={}))[0]["confirmed_s"] is None


def test_seconds_between_searches() -> None:
    data = run(gaps={"c-1": (5.0, 1.0, 9.0), "t-1": (4.0, 6.0)})
    data = replace(data, run={**data.run, "scenario_json": {"spacing": "10m", "arms": {}}})
    assert tables.spacing(data) == {
        "asked": "10m",
        "puppets": {
            "c-1": {"searches": 4, "least_s": 1.0, "median_s": 5.0},
            "t-1": {"searches": 3, "least_s": 4.0, "median_s": 5.0},
        },
        "least_s": 1.0,
    }
    assert tables.spacing(run(gaps={})) == {"asked": None, "puppets": {}, "least_s": None}


def test_watched_minutes_by_topic_and_arm() -> None:
    """The most watched first, then by name; shares of each arm's own minutes."""
    receipts = (
        receipt("c-1", watched_s=60.0), receipt("c-2", watched_s=180.0, topic="b"),
        receipt("t-1", watched_s=120.0, status="stalled"), receipt("c-1", watched_s=30.0, topic=""),
        receipt("c-1", watched_s=30.0, topic="a"),
    )  # fmt: skip
    cells = (cell("c-1", 0, kind="watch"), cell("c-1", 1), cell("t-1", 0, None, kind="watch"))
    found = tables.manipulation(run(receipts=receipts, cells=cells))
    told = [(row["topic"], row["arms"]["c"], row["arms"]["t"]) for row in found["topics"]]
    assert told == [
        ("b", {"minutes": 3.0, "share": 0.6}, {"minutes": 0.0, "share": 0.0}),
        ("news", {"minutes": 1.0, "share": 0.2}, {"minutes": 2.0, "share": 1.0}),
        ("(no label)", {"minutes": 0.5, "share": 0.1}, {"minutes": 0.0, "share": 0.0}),
        ("a", {"minutes": 0.5, "share": 0.1}, {"minutes": 0.0, "share": 0.0}),
    ]
    rest = {key: value for key, value in found.items() if key != "topics"}
    assert rest == {"totals": {"c": 5.0, "t": 2.0}, "complete": 4, "receipts": 5, "planned": 2}
    few = tables.manipulation(run(receipts=receipts[:1], cells=cells))
    assert few["topics"][0]["arms"]["t"] == {"minutes": 0.0, "share": None}


def test_blocks_that_ran_in_parts() -> None:
    assert tables.divided(run(manifest={})) == 0
    assert tables.divided(run(manifest={"blocks": None})) == 0
    starts = [{"block": 1}, {"block": 2, "part": 0}, {"block": 2, "part": 1},
              {"block": 3, "part": 1}, {"block": 3, "part": 2}]  # fmt: skip
    assert tables.divided(run(manifest={"blocks": starts})) == 2


LISTS = {
    "c-1": {"before.0": "a:x b:y", "after.0": "a:news -:ad b:x c", "after.1": "a:x"},
    "t-1": {"before.0": "a:news", "after.0": "a:z b:z c:news", "after.1": ""},
    "t-2": {"after.0": "a:y b:x"},
}


def shown(**changes: Any) -> RunData:
    return hand_run(LISTS, exposure=["news"], attention="uniform", **changes)


def test_topics_in_their_order_with_a_share_a_puppet() -> None:
    """Declared ones first, as many others as there is room for, by their weight, then by name."""
    data = shown()
    after = [page for page in data.pages if page.phase == "after"]
    found = tables.topic_rows(after, ("c", "t"), Attention.UNIFORM, ("news", "none"), 4)
    # x has 1/3 + 1 + 1/2 in all, z 2/3, y 1/2
    assert found == {
        "news": {"c": [pytest.approx(1 / 6)], "t": [pytest.approx(1 / 3), 0.0]},
        "none": {"c": [0.0], "t": [0.0, 0.0]},
        "x": {"c": [pytest.approx((1 / 3 + 1) / 2)], "t": [0.0, 0.5]},
        "z": {"c": [0.0], "t": [pytest.approx(2 / 3), 0.0]},
    }
    assert list(found) == ["news", "none", "x", "z"]
    few = tables.topic_rows(after, ("c", "t"), Attention.UNIFORM, ("news", "none"), 1)
    assert list(few) == ["news", "none"]
    tied = hand_run({"c-1": {"after.0": "a:n b:m c:l"}})
    order = tables.topic_rows(tied.pages, ("c",), Attention.UNIFORM, (), 3)
    assert list(order) == ["l", "m", "n"]


def test_how_surfaces_differ() -> None:
    """The known ones first, then others that were seen; shares under each model of attention."""
    data = shown(surfaces=["home"])
    pages = tuple(replace(p, label="front" if p.path == "after.0" else "") for p in data.pages)
    feed = replace(pages[1], surface="feed", path="before.0", label="old")
    found = tables.by_surface(replace(data, pages=(feed, *pages)), ("news",))
    assert [row["surface"] for row in found] == ["home", "feed"]
    home, other = found
    shares = {curve.value: home["shares"][curve.value] for curve in Attention}
    rest = {key: value for key, value in home.items() if key != "shares"}
    assert rest == {
        "surface": "home", "phase": "after", "pages": 5, "names": ["front"], "items": 9, "ads": 1,
        "labelled": pytest.approx(8 / 9),
    }  # fmt: skip
    assert shares["uniform"] == {
        "c": pytest.approx(1 / 6), "t": pytest.approx(fmean([1 / 3, 0.0])),
    }  # fmt: skip
    assert shares["geometric"]["c"] == pytest.approx(1 / (1 + 0.85 + 0.85**2) / 2)
    assert set(home["shares"]) == {"uniform", "geometric", "log"}
    assert (other["phase"], other["pages"], other["names"]) == ("before", 1, ["old"])
    assert other["shares"]["uniform"]["t"] is None
    nothing = tables.by_surface(hand_run({"c-1": {"after.0": ""}}), ())
    assert nothing[0]["labelled"] is None


def test_shares_over_the_steps() -> None:
    data = shown()
    found = tables.session_lines(data, "home", ["news", "y"])
    assert found == {
        "c": {
            "news": {1: [0.0], 2: [pytest.approx(1 / 3)], 3: [0.0]},
            "y": {1: [0.5], 2: [0.0], 3: [0.0]},
        },
        "t": {
            "news": {1: [1.0, 0.0], 2: [pytest.approx(1 / 3)]},
            "y": {1: [0.0, 0.5], 2: [0.0]},
        },
    }
    back = replace(data, pages=data.pages[::-1])
    assert list(tables.session_lines(back, "home", ["news"])["c"]["news"]) == [1, 2, 3]
    assert tables.session_lines(data, "feed", ["news"]) == {}
    assert tables.session_lines(data, "home", []) == {}


def test_where_phases_and_sessions_begin() -> None:
    """Of the puppet that has most steps; a session is named where a puppet has several."""
    cells = tuple(
        cell("c-1", step, path=path, session=session)
        for step, (path, session) in enumerate([
            ("before.0", "one"), ("before.1", "one"), ("arms.c.steps.0", "one"), (None, "one"),
            ("after.0", "one"), ("before.0", "two"), ("after.0", "two"), ("other.0", "three"),
        ])
    )  # fmt: skip
    sessions = ({"id": "one", "turn": "w1s1"}, {"id": "two", "turn": "w1s2"},
                {"id": "three", "turn": None})  # fmt: skip
    data = run(cells=(*cells[::-1], cell("c-2", 0), cell("t-1", 9)), sessions=sessions)
    assert tables.session_parts(data, "c") == (
        Part(0, "before", "w1s1"), Part(2, "treatment"), Part(4, "after"),
        Part(5, "before", "w1s2"), Part(6, "after"), Part(7, "treatment"),
    )  # fmt: skip
    assert tables.session_parts(data, "t") == (Part(9, "after"),)
    assert tables.session_parts(data, "nobody") == ()


def test_what_pages_are_called() -> None:
    data = shown()
    labels = {"after.1": "second", "after.0": "first", "before.0": ""}
    pages = [replace(p, label=labels[p.path]) for p in data.pages[::-1]]
    pages.append(replace(pages[0], label="other"))
    assert tables.page_names(pages) == {1: "first, other", 2: "first", 3: "second"}
    assert list(tables.page_names(pages)) == [1, 2, 3]


# ---- timelines


def shown_post(puppet: str, post: str | None, **more: Any) -> dict[str, Any]:
    own = {"platform": "facebook", "puppet": puppet, "arm": puppet[0], "id": "t", "post_id": post,
           "time": "2026-03-01",
           "visibility": "public", "media": "photo", "delay_s": 3600.0, "nature": "organic",
           "post": json.dumps({"author": "page"}), "source": "S", "source_link": None}  # fmt: skip
    return own | more


def test_timelines_in_numbers() -> None:
    rows = [
        shown_post("b-1", "p1", media="posts", delay_s=7200.0, time="2026-03-03"),
        shown_post("b-1", "p1", media="photos", nature="sponsored", delay_s=None),
        shown_post("b-1", "p2", media="sound", source="T", time="2026-02-01"),
        shown_post("b-1", None, visibility="private", nature=None, media=None, source="secret"),
        shown_post("b-1", None, media=None, source=None, nature=None, delay_s=36000.0),
        shown_post("a-1", "p1", visibility="private"),
    ]
    found = feeds._feeds(rows, {"b-1": 3, "a-1": 1, "z-1": 5}, pages_only=False)
    assert found == Feeds(
        profiles=(
            Profile("a-1", "a", 1, 1, 1, 0, None, {}, None, None, 0),
            Profile(
                "b-1", "b", 5, 1, 3, 2, 1.5, {"photo": 25.0, "post": 25.0, "sound": 25.0}, 2.0,
                pytest.approx(0.3333), 2,  # type: ignore[arg-type]
            ),
        ),
        reach={1: 1, 2: 1}, impressions=6, timelines=9, unique_posts=2, start="2026-02-01",
        end="2026-03-03", sources={"a-1": (("S", 1),), "b-1": (("S", 2), ("T", 1), ("secret", 1))},
        repeated=1, pages_only=False,
    )  # fmt: skip
    assert list(found.profiles[1].media) == ["photo", "post", "sound"]
    told = feeds_data(found)
    assert told["window"] == {"start": "2026-02-01", "end": "2026-03-03"}
    assert (told["impressions"], told["timelines"], told["unique_posts"]) == (6, 9, 2)
    assert (told["posts_seen_again"], told["reach"]) == (1, {"1": 1, "2": 1})
    assert told["sources"]["b-1"] == {"S": 2, "T": 1, "secret": 1}
    assert [profile["profile"] for profile in told["profiles"]] == ["a-1", "b-1"]
    assert json.loads(json.dumps(told)) == told
    empty = feeds._feeds([], {}, pages_only=True)
    assert (empty.start, empty.end, empty.profiles, empty.pages_only) == ("", "", (), True)


def test_the_ten_most_frequent_sources_ties_by_name() -> None:
    rows = [shown_post("a-1", f"p{n}", source=f"s{n:02}") for n in range(12)]
    rows += [shown_post("a-1", "q", source="s11")]
    (own,) = feeds._feeds(rows, {"a-1": 1}, pages_only=False).sources.values()
    assert own == (("s11", 2), *((f"s{n:02}", 1) for n in range(9)))
