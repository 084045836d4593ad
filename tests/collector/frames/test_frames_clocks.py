"""Every step, watch and sample has its moment on the page's clock and on the machine's."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from synthetic_run import Made, build

import twinwatch
from collector.store.times import from_iso
from collector.testing import ScenarioRun

pd = pytest.importorskip("pandas", reason="frames need pandas: pip install 'twinwatch[frames]'")

WATCHING = {
    "name": "clocks",
    "seed": 5,
    "persona": "marie-us",
    "labels": "mock",
    "before": [{"visit": "home"}, {"consent": "reject"}],
    "arms": {
        "a": {
            "steps": [
                {"search": "live concert"},
                {"follow": {"topic": "cooking", "top": 1, "otherwise": "first"}},
                {"watch": "40s"},
                {"pause": "1h"},
                {"watch": {"video": "dQw4w9WgXcQ", "for": "5s"}},
                {"follow": {"rank": 1, "unseen": True, "otherwise": "random"}},
            ]
        }
    },
    "after": [{"visit": "home"}],
}


def changed(folder: Path, *statements: str) -> Path:
    with sqlite3.connect(folder / "store.db") as db:
        for sql in statements:
            db.execute(sql)
    db.close()
    return folder


@pytest.fixture(scope="module")
def sped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without a browser whose pages had an hour pass in a moment."""
    from collector.testing.running import ScenarioRunner

    runner = ScenarioRunner(request.config, tmp_path_factory.mktemp("sped"), lambda name: None)
    run: ScenarioRun = runner.run(WATCHING, driver="http", speed="max", submit_to="none")
    assert run.result.exit_code == 0
    return run.store.path.parent


def test_a_sped_up_run_keeps_the_pages_clock_of_every_step(sped: Path) -> None:
    """In order, through the hour that passed for the page alone; captures lie within their step."""
    steps = twinwatch.load(sped).steps()
    assert steps.virtual_time.notna().all()
    assert (steps.virtual_time <= steps.virtual_finished).all()
    ends = steps.virtual_finished.shift(1)[1:]
    assert (steps.virtual_time[1:] >= ends).all()
    (pause,) = steps[steps.kind == "pause"].itertuples()
    assert pause.virtual_finished - pause.virtual_time == timedelta(hours=1)
    assert pause.finished - pause.wall_time < timedelta(minutes=30)
    assert (steps.wall_time == steps.started).all()
    where = steps.set_index("step")
    for row in twinwatch.load(sped).captures().itertuples():
        step = where.loc[row.step]
        assert step.virtual_time <= row.virtual_time <= step.virtual_finished
    cells = twinwatch.load(sped).cells()
    assert list(cells.virtual_time) == list(steps.virtual_time)
    assert list(cells.wall_time) == list(steps.wall_time)


def test_a_sample_is_so_many_page_seconds_after_its_watch_began(sped: Path) -> None:
    """Also where the step first had to open the video's page, after a rest for politeness."""
    run = twinwatch.load(sped)
    steps, watches = run.steps().set_index("step"), run.watches()
    assert len(watches) == 2
    for watch in watches.itertuples():
        step = steps.loc[watch.step]
        assert step.virtual_time <= watch.virtual_time
        assert step.wall_time <= watch.wall_time <= step.finished
        samples = run.receipts().query(f"step == {watch.step}")
        first, last = samples.iloc[0], samples.iloc[-1]
        assert last.page_s > 4
        assert last.virtual_time <= step.virtual_finished
        assert first.virtual_time == watch.virtual_time + pd.Timedelta(first.page_s, "s")
        gaps = samples.virtual_time.diff().dt.total_seconds()[1:]
        assert list(gaps) == pytest.approx(list(samples.page_s.diff()[1:]), abs=0.002)
        assert (samples.wall_time == watch.wall_time).all()
    captures = run.captures().set_index("step").virtual_time
    opened = watches[watches.video_id == "dQw4w9WgXcQ"].iloc[0]
    assert opened.virtual_time == captures.loc[opened.step]


def test_otherwise_is_told_where_it_struck(sped: Path) -> None:
    """True, false, and missing where a step has no such way out."""
    steps = twinwatch.load(sped).steps()
    told = {row.step: row.otherwise for row in steps.itertuples()}
    follows = steps[steps.kind == "follow"]
    assert [bool(value) for value in follows.otherwise] == [
        "; otherwise: " in text for text in follows.detail
    ]
    assert follows.otherwise.notna().all()
    assert all(pd.isna(told[n]) for n in steps[steps.kind != "follow"].step)
    assert bool(follows.otherwise.iloc[-1]) is False


def test_one_clock_is_both_where_captures_say_so(tmp_path: Path) -> None:
    """A data set, and a run of an earlier version: no clocks are kept, and none is needed."""
    run = twinwatch.load(build(tmp_path / "run", Made(twins=1)))
    steps, watches = run.steps(), run.watches()
    assert steps.wall_time.notna().all()
    assert (steps.virtual_time == steps.wall_time).all()
    assert (steps.virtual_finished == steps.finished).all()
    assert (watches.virtual_time == watches.wall_time).all()
    begun = watches.set_index(["puppet", "step"]).virtual_time
    for row in run.receipts().itertuples():
        start = begun[row.puppet, row.step]
        assert row.virtual_time == start + pd.Timedelta(round(row.page_s * 1000), "ms")


def test_an_unknown_page_clock_is_not_made_up(tmp_path: Path) -> None:
    """A run of an earlier version that was sped up kept the page's clock of its captures alone."""
    folder = changed(
        build(tmp_path / "run", Made(twins=1)),
        "UPDATE captures SET client_time = '2026-03-01T00:00:00.000Z' WHERE puppet LIKE 'neutral%'",
    )
    run = twinwatch.load(folder)
    for frame in (run.steps(), run.cells(), run.watches(), run.receipts()):
        quick = frame.arm == "neutral"
        assert quick.any()
        assert (~quick).any()
        assert frame.virtual_time[quick].isna().all()
        assert frame.virtual_time[~quick].notna().all()
        assert frame.wall_time.notna().all()


def test_what_a_run_kept_goes_before_what_its_captures_say(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=1))
    (row,) = twinwatch.load(folder).watches().head(1).itertuples()
    changed(
        folder,
        "INSERT INTO clocks VALUES"
        f" ('{row.session}', {row.step}, '2026-02-01T00:00:00.000Z', '2026-02-01T00:09:00.000Z',"
        " '2026-02-01T00:01:00.000Z', '2026-01-05T10:00:00.000Z')",
    )
    run = twinwatch.load(folder)
    here = f"session == '{row.session}' and step == {row.step}"
    (step,) = run.steps().query(here).itertuples()
    (watch,) = run.watches().query(here).itertuples()
    assert step.virtual_time == from_iso("2026-02-01T00:00:00.000Z")
    assert step.virtual_finished == from_iso("2026-02-01T00:09:00.000Z")
    assert watch.virtual_time == datetime(2026, 2, 1, 0, 1, tzinfo=UTC)
    assert watch.wall_time == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert step.wall_time == step.started


def test_a_step_that_never_began_has_no_moment(tmp_path: Path) -> None:
    made = Made(twins=1, lost={"neutral-1": 2})
    steps = twinwatch.load(build(tmp_path / "run", made)).steps()
    never = steps.started.isna()
    assert never.any()
    times: list[Any] = [steps.virtual_time, steps.virtual_finished, steps.wall_time]
    assert all(column[never].isna().all() for column in times)
