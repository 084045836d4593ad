"""What a replay is said to differ in, and what is no difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.cli.replay import to_json
from collector.common.model import (
    Capture,
    Impression,
    ItemKind,
    Observation,
    PageKind,
    PageStatus,
    Platform,
    Surface,
)
from collector.ledger.ledger import enter_plan
from collector.recording.compare import Compared, compare
from collector.replay.replay import ReplayResult, SessionReplay
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.store import Outcome, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = make_plan(
    parse_scenario({"name": "n", "seed": 1, "arms": {"a": {"steps": [{"visit": "home"}]}}}), seed=1
)
SESSION = PLAN.sessions[0].id
PAGE = Observation(
    Platform.YOUTUBE, PageKind.HOME, PageStatus.OK, "http://y.localhost/", "en", False, "p",
    fields={"title": "home", "startTime": "2026-03-01"},
    impressions=(
        Impression(1, Surface.HOME, ItemKind.VIDEO, "a1"),
        Impression(2, Surface.HOME, ItemKind.VIDEO, "b2", title="second"),
    ),
)  # fmt: skip


def capture(seq: int, after: timedelta = timedelta()) -> Capture:
    return Capture(
        id=f"{SESSION}-{seq:04d}", run="r", puppet=PLAN.sessions[0].puppet, session=SESSION,
        step=0, seq=seq, page_uuid="u", platform=Platform.YOUTUBE, url=PAGE.url,
        kind=PageKind.HOME, status=PageStatus.OK, content_hash="00" * 32, size=1,
        client_time=NOON + after, saved_time=NOON + after, viewport=(1, 1), languages=("en",),
        event=None, versions={},
    )  # fmt: skip


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    with Store(tmp_path / "then.db") as then, Store(tmp_path / "now.db") as now:
        for store in (then, now):
            store.add_run("r", scenario="n", seed=1, plan_hash=PLAN.hash)
            enter_plan(store, "r", PLAN, {})
            store.step_started(SESSION, 0)
        yield then, now


def fill(store: Store, *pages: Observation, after: timedelta = timedelta()) -> None:
    for seq, page in enumerate(pages):
        store.add_capture(capture(seq, after))
        store.add_observation(f"{SESSION}-{seq:04d}", page)


def end(store: Store, outcome: Outcome = Outcome.DONE, detail: str = "") -> None:
    store.step_finished(SESSION, 0, outcome, detail)


def test_the_clock_is_no_difference(stores: tuple[Store, Store]) -> None:
    later = replace(PAGE, fields={"title": "home", "startTime": "2027-01-01"})
    for store, page, hours in zip(stores, (PAGE, later), (0, 5), strict=True):
        fill(store, page, after=timedelta(hours=hours))
        end(store)
    assert compare(SESSION, *stores) == [Compared(SESSION, 0, "home", 2)]


def test_a_difference_is_named_by_its_place(stores: tuple[Store, Store]) -> None:
    first, second = PAGE.impressions
    other = replace(PAGE, impressions=(first, replace(second, title="other")))
    for store, page in zip(stores, (PAGE, other), strict=True):
        fill(store, page)
        end(store)
    (found,) = compare(SESSION, *stores)
    assert not found.equal
    assert found.differences == ("page.impressions 2.title: 'second' then, 'other' now",)


def test_many_differences_are_counted(stores: tuple[Store, Store]) -> None:
    other = replace(PAGE, impressions=(), lang="fr", fields={}, status=PageStatus.ERROR)
    for store, page in zip(stores, (PAGE, other), strict=True):
        fill(store, page)
        end(store)
    (found,) = compare(SESSION, *stores)
    assert found.differences[-1] == "and 1 more"


def test_what_only_one_has_is_a_difference(stores: tuple[Store, Store]) -> None:
    then, now = stores
    fill(then, PAGE, PAGE)
    fill(now, PAGE)
    end(then)
    end(now, Outcome.MISSING, "the page never settled")
    assert [one.differences for one in compare(SESSION, then, now)] == [
        (),
        ("not in the replay",),
        ("outcome: done then, missing now (the page never settled)",),
    ]
    assert compare(SESSION, now, then)[1].differences == ("not in the original",)


@pytest.mark.parametrize(
    ("differences", "state", "left_out", "code"),
    [
        ((), "done", {}, 0),
        (("page.lang: 'en' then, 'fr' now",), "done", {}, 1),
        ((), "failed", {}, 1),
        ((), "done", {"b02-a-1": "the steps 2 have no recording"}, 1),
    ],
)
def test_the_exit_code_says_whether_everything_is_equal(
    differences: tuple[str, ...], state: str, left_out: dict[str, str], code: int
) -> None:
    seen = Compared(SESSION, 0, "home", 2, differences)
    one = SessionReplay(SESSION, state, "", (seen,), {"exact": 3}, 0, ())
    result = ReplayResult("r", None, (one,), left_out)
    assert result.exit_code == code
    assert to_json(result)["exit_code"] == code
    assert to_json(result)["sessions"][0]["observations"][0]["differences"] == list(differences)
    assert replace(result, interrupted=True).exit_code == 130
