"""A manifest is enough to do a run again: the same plan, by its hash."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.contract.layout import RunDir
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.run import repeat as repeating
from collector.run.repeat import RepeatRefused, repeat
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import Store
from mockserver.context import MockConfig
from mockserver.serve import serving

SCENARIO = """
name: again
seed: 11
spacing: 11m
factors: {query: steps}
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  one: {steps: [{search: flat earth}]}
  two: {steps: [{search: moon landing}]}
after: [{search: climate change}]
"""


class Told(QuietDisplay):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("repeat") / "first"
    with serving(MockConfig(seed=11)) as server:
        run_scenario(
            parse_scenario(SCENARIO),
            RunOptions(out=out, submit_to="none", driver="http"),
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )
    return out


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def test_the_manifest_says_what_the_design_came_to(run: Path) -> None:
    found = manifest(run)
    assert found["skew_ms"]["starts"] == 1
    assert 0 <= found["skew_ms"]["median"] == found["skew_ms"]["p95"] == found["skew_ms"]["largest"]
    assert found["spacing"] == {
        "asked_s": 660.0,
        "puppets": {
            name: {"searches": 2, "least_s": 660.0, "median_s": 660.0}
            for name in ("one-1", "two-1")
        },
    }
    assert set(found["attrition"]) == {"one", "two"}
    assert found["late_s"] == {}


def test_the_site_s_word_for_who_came_is_kept_without_a_browser_too(run: Path) -> None:
    with Store(run / "store.db", readonly=True) as store:
        found = {
            (row["session"], row["seen_by"], row["name"]): row["agrees"]
            for row in store.rows("SELECT * FROM persona_checks")
        }
    assert found == {
        (session, "site", name): agrees
        for session in ("b01-one-1", "b01-two-1")
        for name, agrees in (("languages", 1), ("user_agent", None))
    }


def test_a_run_is_done_again_from_two_files(run: Path, tmp_path: Path) -> None:
    first, published = run, tmp_path / "published"
    published.mkdir()
    for name in ("manifest.json", "plan.json"):
        shutil.copy(first / name, published)
    changed = manifest(published)
    changed["versions"]["lxml"] = "1.0"
    (published / "manifest.json").write_text(json.dumps(changed))
    told = Told()
    with serving(MockConfig(seed=11)) as server:
        result = repeat(
            published / "manifest.json",
            display=told,
            confirm=lambda _: False,
            out=tmp_path / "again",
            mock=MockSite.of(server),
        )
    before, after = manifest(first), manifest(tmp_path / "again")
    assert result.missing == 0
    assert after["plan_hash"] == before["plan_hash"] == result.plan.hash
    assert (tmp_path / "again" / "plan.json").read_bytes() == (first / "plan.json").read_bytes()
    assert after["seeds"] == before["seeds"]
    assert after["run"] != before["run"]
    assert after["options"]["driver"] == "http"
    assert any(line.startswith("lxml was 1.0 in that run and is ") for line in told.lines)
    assert any("lxml was 1.0" in line for line in after["warnings"])
    with Store(first / "store.db", readonly=True) as one:
        asked = [
            dict(row) for row in one.rows("SELECT session, step, gap_s FROM queries ORDER BY 1, 2")
        ]
    with Store(tmp_path / "again" / "store.db", readonly=True) as two:
        assert [
            dict(row) for row in two.rows("SELECT session, step, gap_s FROM queries ORDER BY 1, 2")
        ] == asked


def test_a_plan_of_another_run_is_refused(run: Path, tmp_path: Path) -> None:
    for name in ("manifest.json", "plan.json"):
        shutil.copy(run / name, tmp_path)
    other = (tmp_path / "plan.json").read_text("utf-8").replace("moon landing", "moon")
    (tmp_path / "plan.json").write_text(other, "utf-8")
    result = CliRunner().invoke(main, ["run", "--repeat", str(tmp_path)])
    assert result.exit_code == 2
    assert "the run was begun with" in result.stderr
    (tmp_path / "plan.json").unlink()
    with pytest.raises(RepeatRefused, match="the run has no plan"):
        repeat(tmp_path, display=QuietDisplay(), confirm=lambda _: False)


def test_labels_must_be_those_of_the_run(run: Path, tmp_path: Path) -> None:
    for name in ("manifest.json", "plan.json"):
        shutil.copy(run / name, tmp_path)
    labels = tmp_path / "labels.csv"
    labels.write_text("video_id,label\n")
    changed = {**manifest(tmp_path), "labels": str(labels), "labels_sha256": "0" * 64}
    (tmp_path / "manifest.json").write_text(json.dumps(changed))
    with pytest.raises(RepeatRefused, match="not those of the run"):
        repeat(tmp_path, display=QuietDisplay(), confirm=lambda _: False)


@pytest.mark.parametrize("named", ["own.csv", "mock, own.csv"])
def test_labels_of_ones_own_are_taken_again(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """A run keeps them; what the scenario called them, and where they lay, does not matter."""
    for name in ("manifest.json", "plan.json"):
        shutil.copy(run / name, tmp_path)
    kept = RunDir(tmp_path).labels
    kept.write_text("video_id,label\ndQw4w9WgXcQ,music\n")
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    changed = {**manifest(tmp_path), "labels": named, "labels_sha256": digest}
    (tmp_path / "manifest.json").write_text(json.dumps(changed))
    taken = []
    monkeypatch.setattr(repeating, "start", lambda *_, labels_path, **__: taken.append(labels_path))
    repeat(tmp_path, display=QuietDisplay(), confirm=lambda _: False, out=tmp_path / "again")
    assert taken == [kept]


@pytest.mark.parametrize("arguments", [["quick", "--repeat", "."], ["--repeat", "nowhere"]])
def test_what_cannot_be_repeated_is_said(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["run", *arguments])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
