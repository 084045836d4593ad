"""A platform of somebody else, installed beside this package, is audited like one that ships.

``tests/toy_platform`` is such a package: on the path of a process with its metadata, it is found by
its entry points alone. No file of the collector knows of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from toy_board import SCENARIO, TOY, board
from toys import collector_beside

from collector.evidence import EvidenceStore
from collector.store import Store


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "board.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.mark.parametrize("driver", ["http", pytest.param("chromium", marks=pytest.mark.browser)])
def test_it_is_run(scenario: Path, tmp_path: Path, driver: str) -> None:
    """Its steps are done, its pages filed and read, its own verb has its effect."""
    out = tmp_path / "run"
    with board().serving() as (site, votes):
        done = collector_beside(TOY,
            "run", str(scenario), "--site", site, "--driver", driver, "--out", str(out),
            "--workers", "1",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with Store(out / "store.db", readonly=True) as store:
        outcomes = {row["outcome"] for row in store.steps()}
        pages = list(store.rows("SELECT * FROM captures ORDER BY session, seq"))
        lists: dict[str, list[str]] = {}
        for row in store.rows("SELECT * FROM impressions ORDER BY capture, position"):
            lists.setdefault(row["capture"], []).append(row["item_id"])
        (puppet,) = store.rows("SELECT id FROM puppets WHERE arm = 'treated'")
        (voter,) = {visitor for visitor, _ in votes}
    assert outcomes == {"done"}
    assert {(row["platform"], row["kind"], row["status"]) for row in pages} == {
        ("toyboard", "home", "ok")
    }
    assert [notice for _, notice in votes] == ["maps"]
    own = {row["id"]: lists[row["id"]] for row in pages if row["puppet"] == puppet["id"]}
    assert list(own.values()) == [["cats", "dogs", "maps"], ["maps", "cats", "dogs"]]
    for row in pages:
        html = EvidenceStore(out / "evidence").get(row["content_hash"])
        assert "toyboard" in html
        assert voter not in html, "the visitor's name is taken out"
    read = collector_beside(TOY, "reparse", str(out), "--out", str(tmp_path / "again.jsonl"))
    assert read.returncode == 0, read.stderr
    lines = [json.loads(line) for line in (tmp_path / "again.jsonl").read_text().splitlines()]
    assert {(line["platform"], line["parser"]) for line in lines} == {("toyboard", "toyboard/1")}
    assert sorted([item["itemId"] for item in line["items"]] for line in lines) == sorted(
        lists.values()
    )


def test_what_it_has_not_is_refused(scenario: Path) -> None:
    """Verbs of another kind of site, and servers that nobody knows, before anything is written."""
    scenario.write_text(SCENARIO.replace("{pause: 1s}", "{watch: 3s}"))
    refused = collector_beside(TOY, "plan", str(scenario))
    assert refused.returncode == 2
    assert "watch is not a step on toyboard" in refused.stderr
    scenario.write_text(SCENARIO)
    refused = collector_beside(TOY,
        "run", str(scenario), "--site", "http://toyboard.localhost:9", "--submit-to",
        "http://127.0.0.1:9",
    )  # fmt: skip
    assert refused.returncode == 2
    assert "observations of toyboard cannot be submitted" in refused.stderr


def test_without_it_its_name_is_unknown(scenario: Path) -> None:
    """The same file where the package is not installed."""
    done = subprocess.run(
        [sys.executable, "-m", "collector.start", "plan", str(scenario)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "platform" in done.stderr
    assert "Traceback" not in done.stderr
