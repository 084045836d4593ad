"""The paragraph of methods says what this run did, and nothing that it did not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from synthetic_run import Made, build

from collector.analysis.judging import judge
from collector.analysis.load import load_run
from collector.analysis.methods import methods, undivided
from collector.analysis.report import write_report
from collector.store import Store


def test_the_methods_say_only_what_was_declared_of_the_arms(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=2, watches=0))
    assert "treatment alone" not in _methods(folder)
    scenario = json.loads(_scenario(folder))
    scenario["factors"] = {"language": ["persona.locale", "persona.timezone"], "history": "steps"}
    _scenario(folder, json.dumps(scenario))
    assert (
        "The arms differed in nothing but language (persona.locale and persona.timezone) and"
        " history (steps)."
    ) in _methods(folder)


@pytest.mark.slow
def test_a_block_that_ran_in_parts_is_not_said_to_have_started_together(tmp_path: Path) -> None:
    """In the methods and on the page; of a run whose blocks were whole nothing of it is said."""
    folder = build(tmp_path / "run", Made(twins=2, watches=0))
    whole, page = _methods(folder), write_report(folder).read_text("utf-8")
    assert "the puppets of a block started together. " in whole
    assert "parts" not in whole
    assert "start skew in a block<" in page
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    starts = [{"block": 1, "part": 0}, {"block": 1, "part": 1}, {"block": 2, "part": 0}]
    path.write_text(json.dumps(manifest | {"blocks": starts}), "utf-8")
    parted, page = _methods(folder), write_report(folder).read_text("utf-8")
    assert "started together, 1 block in parts, one after the other. " in parted
    assert undivided(parted) == whole
    for said in ("1 block ran in parts", "Puppets of a part of a block", "start skew in a part"):
        assert said in page


def _methods(folder: Path) -> str:
    data = load_run(folder)
    return methods(data, judge(data))


def _scenario(folder: Path, text: str | None = None) -> str:
    with Store(folder / "store.db") as store:
        if text is not None:
            store.db.execute("UPDATE runs SET scenario_json = ?", [text])
        return str(next(store.rows("SELECT scenario_json FROM runs"))["scenario_json"])
