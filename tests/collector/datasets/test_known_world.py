"""A known answer from the command line: in the plan, in the manifest, in the mock, and repeated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from places import ROOT

from collector.cli import main
from collector.common.errors import UserError
from collector.scenario.loader import load_scenario, parse_scenario
from collector.scenario.plan import make_plan
from collector.store import Store

WORLD = ROOT / "docs/world.example.yaml"
SCENARIO: dict[str, Any] = {
    "name": "t",
    "seed": 7,
    "labels": "labels.csv",
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
    "arms": {"a": {"steps": [{"search": "roses"}]}, "b": {"steps": [{"search": "compost"}]}},
    "after": [{"visit": "home"}],
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def scenario(tmp_path: Path, **more: Any) -> str:
    path = tmp_path / "own.yaml"
    path.write_text(json.dumps({**SCENARIO, "labels": "mock", **more}))
    return str(path)


def test_nothing_of_it_is_in_a_plan_that_does_not_ask_for_it(tmp_path: Path) -> None:
    plain = json.loads(run("plan", scenario(tmp_path), "--json").stdout)
    assert "mock" not in plain["scenario"]
    empty = json.loads(run("plan", scenario(tmp_path, mock={}), "--json").stdout)
    assert empty["sessions"] == plain["sessions"]
    assert "mock" not in empty["scenario"]


def test_the_options_are_what_the_file_would_say(tmp_path: Path) -> None:
    """Except for the hash of the file, the plan is the same to the byte."""
    options = ["--recommender", "history=0", "--recommender", "home.noise=0.5"]
    options += ["--fault", "captcha=0.25", "--world", "small"]
    told = {
        "world": "small",
        "recommender": {"history": 0, "home.noise": 0.5},
        "faults": {"captcha": 0.25},
    }
    given = json.loads(run("plan", scenario(tmp_path), *options, "--json").stdout)
    written = json.loads(run("plan", scenario(tmp_path, mock=told), "--json").stdout)
    del given["source"], written["source"]
    assert given == written
    assert given["scenario"]["mock"] == told
    read_back = make_plan(parse_scenario(given["scenario"]))
    assert read_back.scenario["mock"] == told


def test_what_is_given_is_added_to_what_is_written(tmp_path: Path) -> None:
    path = scenario(tmp_path, mock={"recommender": {"history": 0, "seen": 0}, "world": "medium"})
    options = ["--recommender", "history=3", "--world", "small"]
    found = json.loads(run("plan", path, *options, "--json").stdout)["scenario"]["mock"]
    assert found == {"world": "small", "recommender": {"history": 3.0, "seen": 0.0}}


def test_a_world_file_is_in_the_plan_with_all_that_it_says(tmp_path: Path) -> None:
    (tmp_path / "gardens.yaml").write_bytes(WORLD.read_bytes())
    written = make_plan(load_scenario(scenario(tmp_path, mock={"world": "gardens.yaml"})))
    given = json.loads(run("plan", scenario(tmp_path), "--world", str(WORLD), "--json").stdout)
    assert given["scenario"]["mock"] == written.scenario["mock"]
    assert "gardening" in written.scenario["mock"]["world"]["topics"]
    (tmp_path / "gardens.yaml").write_text(WORLD.read_text().replace("views: 120000", "views: 7"))
    other = make_plan(load_scenario(scenario(tmp_path, mock={"world": "gardens.yaml"})))
    assert other.hash != written.hash, "another world is another plan"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--recommender", "histry=0"], "no parameter 'histry'"),
        (["--recommender", "history"], "is not NAME=NUMBER"),
        (["--recommender", "history=nan"], "is not NAME=NUMBER"),
        (["--recommender", "history=-1"], "not a possible value"),
        (["--fault", "captcha=1.5"], "must be 1 or less"),
        (["--fault", "captha=0.5"], "no fault is called 'captha'"),
        (["--world", "none.yaml"], "none.yaml: cannot be read"),
        (["--world", "BAD"], "unknown key"),
        (["--world", "LIST"], "a world file is a mapping"),
        (["--site", "SITE", "--fault", "captcha=0.5"], "on the bundled mock only"),
    ],
)
@pytest.mark.parametrize("command", ["run", "dataset", "plan"])
def test_what_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, plain_site: str, command: str, options: list[str], said: str
) -> None:
    (tmp_path / "bad.yaml").write_text("sizzes: {videos: 3}\n")
    (tmp_path / "list.yaml").write_text("[1, 2]\n")
    named = {
        "BAD": str(tmp_path / "bad.yaml"),
        "LIST": str(tmp_path / "list.yaml"),
        "SITE": plain_site,
    }
    options = [named.get(word, word) for word in options]
    if "--site" in options and command != "run":
        return
    out, file = tmp_path / "out", scenario(tmp_path)
    before = {
        "run": ["run", file, "--driver", "http", "--out", str(out)],
        "dataset": ["dataset", "new", "--like", file, "--rows", "5", "--out", str(out)],
        "plan": ["plan", file],
    }
    told = run(*before[command], *options)
    assert told.exit_code == 2, told.output
    assert said in told.stderr
    assert "Traceback" not in told.output
    assert not out.exists()


def test_the_keys_of_mock_are_checked_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("name: t\nmock:\n  recomender: {history: 0}\narms: {a: {steps: [capture]}}\n")
    told = run("plan", str(path))
    assert "own.yaml:3: mock.recomender: unknown key" in told.stderr
    assert "did you mean 'recommender'?" in told.stderr


def test_a_scenario_with_a_known_answer_is_for_the_bundled_mock(
    tmp_path: Path, plain_site: str
) -> None:
    path = scenario(tmp_path, mock={"faults": {"captcha": 1}})
    told = run("run", path, "--driver", "http", "--site", plain_site)
    assert told.exit_code == 2
    assert "bundled mock only" in told.stderr


def test_the_mock_of_a_finished_run_cannot_be_changed(tmp_path: Path) -> None:
    told = run("run", "--repeat", str(tmp_path), "--fault", "captcha=1")
    assert told.exit_code == 2
    assert "cannot be changed" in told.stderr


def test_a_run_has_the_answer_keeps_it_and_repeats_it(tmp_path: Path) -> None:
    """World, recommender and faults reach the mock, the manifest and the repetition; so do labels
    of one's own, which are then the only ones."""
    file = Path(scenario(tmp_path, labels="labels.csv", analysis={"exposure": ["flowers"]}))
    labels = tmp_path / "labels.csv"
    labels.write_text("video_id,label\ndQw4w9WgXcQ,flowers\n")
    world = tmp_path / "gardens.yaml"
    world.write_bytes(WORLD.read_bytes())
    out, again = tmp_path / "out", tmp_path / "again"
    options = ["--world", str(world), "--recommender", "history=0", "--fault", "captcha=0.3"]
    common = ["--driver", "http", "--submit-to", "none", "--out", str(out)]
    first = run("run", str(file), *common, *options)
    assert first.exit_code in (0, 1), first.output
    for gone in (world, labels, file):
        gone.unlink()
    second = run("run", "--repeat", str(out), "--out", str(again))
    assert second.exit_code == first.exit_code, second.output
    for folder in (out, again):
        manifest = json.loads((folder / "manifest.json").read_text())
        asked = manifest["environment"]["world"]
        assert asked["seed"] == 7
        assert asked["recommender"] == {"history": 0.0}
        assert asked["faults"] == {"captcha": 0.3}
        assert "gardening" in asked["world"]["topics"]
        assert manifest["labels"] == "labels.csv"
        with Store(folder / "store.db", readonly=True) as store:
            (row,) = store.runs()
            kept = store.rows("SELECT * FROM labels")
            assert [(one["item_id"], one["label"], one["source"]) for one in kept] == [
                ("dQw4w9WgXcQ", "flowers", "labels.csv")
            ]
            told = json.loads(row["recommender"])
            assert told["params"]["history"] == 0
            assert "gardening" in told["topics"]
            assert "cooking" not in told["topics"]
    assert shown(out)
    assert shown(again) == shown(out)
    plans = [json.loads((folder / "manifest.json").read_text()) for folder in (out, again)]
    assert plans[0]["plan_hash"] == plans[1]["plan_hash"]
    assert plans[0]["labels_sha256"] == plans[1]["labels_sha256"]


def shown(run: Path) -> list[dict[str, Any]]:
    """What each puppet was shown, in order."""
    with Store(run / "store.db", readonly=True) as store:
        rows = store.rows(
            "SELECT c.puppet, c.seq, e.surface, e.position, e.item_id FROM exposure e"
            " JOIN captures c ON c.id = e.capture ORDER BY 1, 2, 3, 4"
        )
        return list(rows)


def test_a_dataset_is_simulated_in_that_world(tmp_path: Path) -> None:
    out = tmp_path / "made"
    options = ["--world", str(WORLD), "--recommender", "history=0"]
    told = run(
        "dataset", "new", "--like", scenario(tmp_path), "--rows", "30", "--out", str(out),
        "--format", "jsonl,sqlite", *options,
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    card = json.loads((out / "datacard.json").read_text())
    assert card["recommender"]["params"]["history"] == 0
    assert card["world"]["name"].startswith("world-")
    assert "--recommender history=0" in card["command"]
    with Store(out / "store.db", readonly=True) as store:
        topics = {row["label"] for row in store.rows("SELECT label FROM labels")}
    assert "gardening" in topics
    assert "cooking" not in topics


def test_a_mock_needs_no_name_to_be_made_in_code() -> None:
    loaded = parse_scenario({**SCENARIO, "labels": "mock"})
    assert loaded.on_mock() is loaded
    with pytest.raises(UserError, match="must be 1 or less"):
        loaded.on_mock(faults={"captcha": 2})
