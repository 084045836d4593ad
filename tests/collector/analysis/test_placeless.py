"""What is published names no folder of the machine that it was made on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hand_runs import hand_run

from collector.analysis.placeless import placeless, public_manifest, without_places


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("collector run /home/me/study.yaml", "collector run study.yaml"),
        ("collector run study.yaml --out /data/me/run", "collector run study.yaml --out run"),
        ("collector run --out=/data/me/run -n 3", "collector run --out=run -n 3"),
        ("run --labels=/a/b=c.csv", "run --labels=b=c.csv"),
        ("run '/home/me/my study.yaml'", "run 'my study.yaml'"),
        ("run /home/me/a=b.yaml", "run a=b.yaml"),
        ("run sub/study.yaml --seed=7 -q", "run sub/study.yaml --seed=7 -q"),
        ("", ""),
        ("run 'unbalanced /home/me", ""),
    ],
)
def test_a_command_line_keeps_names_and_loses_folders(command: str, told: str) -> None:
    assert without_places(command) == told


def test_a_manifest_tells_what_was_run_and_not_where() -> None:
    """What names no folder stays; the manifest that is kept with the run is not touched."""
    options = {"out": "/a/run", "profiles": "/a/p", "command": "go /a/x", "seed": 3}
    manifest = {
        "options": options, "command": "go /a/x.yaml", "labels": "/a/one.csv, /b/two.csv",
        "other": 1,
    }  # fmt: skip
    kept = {**manifest, "options": dict(options)}
    assert public_manifest(manifest) == {
        "options": {"out": None, "profiles": None, "command": "go x", "seed": 3},
        "command": "go x.yaml",
        "labels": "one.csv, two.csv",
        "other": 1,
    }
    assert manifest == kept
    empty = {"out": None, "profiles": None, "command": ""}
    for bare in ({}, {"options": None, "command": None, "labels": None}):
        assert public_manifest(bare) == {"options": empty, "command": "", "labels": ""}


def test_a_run_for_a_published_report_bears_its_name_for_a_folder() -> None:
    data = hand_run({"c-1": {"after.0": "a:x"}})
    data = replace(
        data,
        folder=Path("/home/me/runs/7"),
        run={**data.run, "command": "go /a/x.yaml"},
        manifest={"command": "go /a/y.yaml", "other": 1},
    )
    told = placeless(data)
    assert told.folder == Path("hand")
    assert told.run == {**data.run, "command": "go x.yaml"}
    assert told.manifest == public_manifest(data.manifest)
    assert told.pages == data.pages
    bare = placeless(replace(data, run={**data.run, "command": None}, manifest={}))
    assert (bare.run["command"], bare.manifest) == ("", {})
