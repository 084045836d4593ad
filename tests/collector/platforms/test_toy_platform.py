"""A platform of somebody else, installed beside this package, is audited like one that ships.

``tests/toy_platform`` is such a package: on the path of a process with its metadata, it is found by
its entry points alone. No file of the collector knows of it.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from toy_board import SCENARIO, TOY, board
from toys import collectors_beside

from collector.evidence import EvidenceStore
from collector.store import Store

Beside = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    """``collector`` where the package is on the path."""
    with collectors_beside(TOY, tmp_path_factory.mktemp("toy")) as call:
        yield call


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "board.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", ["http", pytest.param("chromium", marks=pytest.mark.browser)])
def test_it_is_run(scenario: Path, tmp_path: Path, driver: str, beside: Beside) -> None:
    """Its steps are done, its pages filed and read, its own verb has its effect."""
    out = tmp_path / "run"
    with board().serving() as (site, votes):
        done = beside("run", str(scenario), "--site", site, "--driver", driver, "--out", str(out),
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
    read = beside("reparse", str(out), "--out", str(tmp_path / "again.jsonl"))
    assert read.returncode == 0, read.stderr
    lines = [json.loads(line) for line in (tmp_path / "again.jsonl").read_text().splitlines()]
    assert {(line["platform"], line["parser"]) for line in lines} == {("toyboard", "toyboard/1")}
    assert sorted([item["itemId"] for item in line["items"]] for line in lines) == sorted(
        lists.values()
    )


@pytest.mark.slow
def test_what_it_showed_is_labelled_and_what_others_saved_of_it_is_read(
    scenario: Path, tmp_path: Path, beside: Beside
) -> None:
    """Sheets for coders name its real site, pages in a HAR are known by its hosts and by the
    mock's name for it, and mending its table, of which it has none, proposes nothing."""
    out, sheets = tmp_path / "run", tmp_path / "coding"
    with board().serving() as (site, _):
        ran = beside("run", str(scenario), "--site", site, "--driver", "http",
                               "--out", str(out))  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    done = beside("label", "export", str(out), "--coder", "A", "--out", str(sheets))
    assert done.returncode == 0, done.stderr
    with (sheets / "coder-A.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = {row["item_id"]: row["url"] for row in csv.DictReader(file)}
    assert rows == {name: f"https://www.toyboard.example/{name}" for name in board().NOTICES}
    saved = tmp_path / "pages"
    saved.mkdir()
    hosts = ("www.toyboard.example", "toyboard.localhost:8000", "www.elsewhere.example")
    for number, host in enumerate(hosts):
        entry = {
            "startedDateTime": "2026-01-01T00:00:00Z",
            "request": {"url": f"http://{host}/"},
            "response": {
                "status": 200, "content": {"mimeType": "text/html", "text": board().page([])},
            },
        }  # fmt: skip
        text = json.dumps({"log": {"version": "1.2", "entries": [entry]}})
        (saved / f"{number}.har").write_text(text)
    read = beside("reparse", str(saved), "--out", str(tmp_path / "read.jsonl"))
    lines = [json.loads(line) for line in (tmp_path / "read.jsonl").read_text().splitlines()]
    assert [line["href"] for line in lines if line.get("items")] == [
        "http://www.toyboard.example/", "http://toyboard.localhost:8000/",
    ], read.stderr  # fmt: skip
    (saved / "2.har").unlink()
    healed = beside("corpus", "heal", str(saved))
    assert (healed.returncode, healed.stdout) == (0, "")
    assert healed.stderr == "0 pages, 0 unknown elements, 0 left\n"


def test_its_own_verb_is_a_treatment_that_can_fail(
    scenario: Path, tmp_path: Path, beside: Beside
) -> None:
    """A vote for a notice that there is not: the report says that nobody has had the treatment."""
    scenario.write_text(SCENARIO.replace("{vote: 3}", "{vote: 9}"))
    out = tmp_path / "run"
    with board().serving() as (site, votes):
        beside("run", str(scenario), "--site", site, "--driver", "http",
                         "--out", str(out))  # fmt: skip
    assert votes == []
    told = json.loads(beside("report", str(out), "--json").stdout)
    assert [(each["arm"], each["kind"], each["median"], each["enough"])
            for each in told["dose"]] == [("treated", "vote", 0.0, False)]  # fmt: skip


def test_the_bundled_mock_has_no_site_of_it(scenario: Path, tmp_path: Path, beside: Beside) -> None:
    """Said before anything is written; nor is it taken for a site that is simulated."""
    out = tmp_path / "run"
    refused = beside("run", str(scenario), "--driver", "http", "--out", str(out))
    assert refused.returncode == 2
    assert "site: the bundled mock has no site of toyboard" in refused.stderr
    assert "--site http://toyboard.localhost:8000" in refused.stderr
    assert not out.exists()
    refused = beside("dataset", "new", "--like", str(scenario), "--rows", "9",
                               "--out", str(out))  # fmt: skip
    assert refused.returncode == 2
    assert "platform: lists of toyboard are not simulated" in refused.stderr
    assert not out.exists()


def test_what_it_has_not_is_refused(scenario: Path, beside: Beside) -> None:
    """Verbs of another kind of site, and servers that nobody knows, before anything is written."""
    scenario.write_text(SCENARIO.replace("{pause: 1s}", "{watch: 3s}"))
    refused = beside("plan", str(scenario))
    assert refused.returncode == 2
    assert "watch is not a step on toyboard" in refused.stderr
    scenario.write_text(SCENARIO)
    refused = beside("run", str(scenario), "--site", "http://toyboard.localhost:9", "--submit-to",
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
