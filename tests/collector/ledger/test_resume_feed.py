"""An interruption in the middle of a timeline: what was seen is filed, and the puppet goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.contract.options import RunOptions
from collector.contract.progress import Event, EventKind
from collector.run.resume import resume
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import Store

pytestmark = pytest.mark.browser

SCENARIO = """
name: cut-feed
platform: facebook
seed: 11
persona: {locale: en-US}
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  a: {steps: [{visit: home}, {scroll: "800px every 5s, 4 times"}, {pause: 30m}]}
after: [{visit: home}, {scroll: "800px every 5s, 4 times"}]
"""


class Interrupting(QuietDisplay):
    """Ctrl-C when the puppet pauses on its first timeline, for 45 s that nobody waits for."""

    def show(self, event: Event) -> None:
        if event.kind is EventKind.STEP_STARTED and event.data["index"] == 4:
            raise KeyboardInterrupt


def confirm(question: str) -> bool:
    raise AssertionError(question)


@pytest.mark.slow
def test_an_open_timeline_is_filed_when_the_run_is_interrupted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = RunOptions(out=out, speed="40", submit_to="none")
    first = run_scenario(parse_scenario(SCENARIO), options, display=Interrupting(), confirm=confirm)
    assert first.exit_code == 130
    with Store(out / "store.db", readonly=True) as store:
        assert [row["state"] for row in store.sessions()] == ["interrupted"]
        assert [row["outcome"] for row in store.steps()] == ["done"] * 4 + ["skipped"] * 3
        (filed,) = store.timelines()
        assert filed.impressions
        (capture,) = store.captures()
        assert capture.step == 2

    manifest = out / "manifest.json"  # the same run, whose pauses pass at once from here on
    manifest.write_text(manifest.read_text("utf-8").replace('"speed": "40"', '"speed": "max"'))
    second = resume(out, display=QuietDisplay(), confirm=confirm)
    assert second.exit_code == 0
    with Store(out / "store.db", readonly=True) as store:
        assert {row["outcome"] for row in store.steps()} == {"done"}
        lines = list(store.timelines())
        assert lines[0] == filed
        assert len(lines) == len({line.id for line in lines}) == 2
        assert lines[1].impressions
        # Both timelines are in the log of the mock, which was another process each time.
        loads = {row["load"] for row in store.rows("SELECT load FROM truth_impressions")}
        assert {line.event for line in lines} <= loads
