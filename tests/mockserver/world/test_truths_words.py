"""Truth files, scenario keys and options: what is said is in the plan, and what cannot be is
refused with the place and the way out."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from places import ROOT

from collector.cli import main
from collector.common.errors import UserError
from collector.datasets.build import DatasetSpec, build
from collector.mock.examine import examine
from collector.platforms.clock import heard
from collector.scenario.loader import load_scenario, parse_scenario
from collector.scenario.plan import make_plan
from mockserver.world import World
from mockserver.world.truthfile import read_truths, truths_of
from mockserver.world.truths import Truth

SCENARIO: dict[str, Any] = {
    "name": "words",
    "persona": "marie-us",
    "arms": {"neutral": {"twins": 2, "steps": [{"visit": "home"}]},
             "treated": {"twins": 2, "steps": [{"visit": "home"}]}},
    "after": [{"visit": "home"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("truth", "place", "problem"),
    [
        ({"truth": "adz", "rate": 1}, "truths.0", "no truth is called 'adz'"),
        ({"rate": 1}, "truths.0", "says no truth"),
        ({"truth": "ads", "rate": 1.5}, "truths.0.rate", "less than or equal to 1"),
        ({"truth": "ads", "rate": 1, "slot": 3}, "truths.0.slot", "unknown key"),
        ({"truth": "ads"}, "truths.0.rate", "required"),
        ({"truth": "dead-arm"}, "truths.0.arms", "names no arm"),
        ({"truth": "forgetting"}, "truths.0.half_life_watches", "no half-life"),
        ({"truth": "stall", "share": 1, "from_s": 9, "until_s": 9}, "truths.0.until_s",
         "ends before"),
        ({"truth": "background", "arms": ["a"]}, "truths.0.arms", "one world for all arms"),
        ({"truth": "differs", "aspect": "age", "value": "13"}, "truths.0.arms", "cannot see it"),
        ({"truth": "policy", "parameter": "home_first_ad", "value": 2}, "truths.0.value",
         "not a rate"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(
    truth: dict[str, Any], place: str, problem: str
) -> None:
    with pytest.raises(UserError) as refused:
        truths_of([truth], "t.yaml")
    assert refused.value.place == f"t.yaml: {place}"
    assert problem in refused.value.problem
    assert refused.value.fix


@pytest.mark.parametrize(
    ("truth", "problem"),
    [
        ({"truth": "exposure", "topic": "knitting", "points": 5}, "no video is about 'knitting'"),
        ({"truth": "policy", "parameter": "home.charm", "value": 1}, "no parameter 'home.charm'"),
        ({"truth": "correlated", "topic": "science", "correlation": 0.99}, "at most"),
    ],
)
def test_what_this_world_cannot_hold_is_refused_when_it_is_built(
    truth: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UserError, match=problem):
        World.build(seed=1, truths=[truth])


def test_a_file_that_is_none_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("truths:\n  - {truth: ads, rate: [}\n")
    with pytest.raises(UserError, match="not valid YAML line 2"):
        read_truths(tmp_path / "t.yaml")
    with pytest.raises(UserError, match="no such file"):
        read_truths(tmp_path / "none.yaml")
    (tmp_path / "t.json").write_text('{"truths": [], "x": 1}')
    with pytest.raises(UserError, match="unknown key"):
        read_truths(tmp_path / "t.json")


def test_the_scenarios_key_a_file_and_the_option_make_the_same_plan(tmp_path: Path) -> None:
    truths = [{"truth": "carry-over", "half_life_s": 300.0, "arms": ["treated"]}]
    (tmp_path / "truth.json").write_text(json.dumps(truths))
    (tmp_path / "s.json").write_text(json.dumps(SCENARIO))
    (tmp_path / "s.yaml").write_text(json.dumps(SCENARIO | {"mock": {"truths": "truth.json"}}))
    (tmp_path / "o.yaml").write_text(json.dumps(SCENARIO))
    inline = make_plan(parse_scenario(SCENARIO | {"mock": {"truths": truths}}), 5)
    named = make_plan(load_scenario(tmp_path / "s.yaml"), 5)
    assert named.scenario["mock"] == inline.scenario["mock"] == {"truths": truths}
    told = ["plan", str(tmp_path / "o.yaml"), "--seed", "5", "--json"]
    ran = CliRunner().invoke(main, [*told, "--truth", str(tmp_path / "truth.json")])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["scenario"]["mock"] == {"truths": truths}
    assert make_plan(parse_scenario(SCENARIO), 5).scenario.get("mock") is None


@pytest.mark.parametrize(
    ("truths", "platform", "problem"),
    [
        ([{"truth": "dead-arm", "arms": ["treatd"]}], "youtube", "there is no arm 'treatd'"),
        ([{"truth": "carry-over"}], "facebook", "a feed does not hold it"),
        ([{"truth": "blocking", "share": 1, "from_s": 5}], "facebook", "by time or topic"),
    ],
)
def test_a_truth_about_what_the_scenario_lacks_is_refused_before_the_run(
    truths: list[dict[str, Any]], platform: str, problem: str
) -> None:
    told = SCENARIO | {"mock": {"truths": truths}, "platform": platform}
    if platform == "facebook":
        told["analysis"] = {}
    with pytest.raises(UserError, match=problem):
        examine(parse_scenario(told), seed=1)


def test_options_that_are_wrong_end_with_2_and_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("- {truth: dead-arm, arms: [nobody]}\n")
    (tmp_path / "s.yaml").write_text(json.dumps(SCENARIO))
    ran = CliRunner().invoke(
        main, ["plan", str(tmp_path / "s.yaml"), "--truth", str(tmp_path / "t.yaml")]
    )
    assert ran.exit_code == 2
    assert "there is no arm 'nobody'" in ran.output
    assert "Traceback" not in ran.output


BAD = {
    "a list": ("- {truth: blocking, share: 1}\n- truth: dead-arm\n  arms: [nobody]\n", 3, "1.arms"),
    "a mapping": ("truths:\n- truth: dead-arm\n  arms: [nobody]\n", 3, "truths.0.arms"),
    "a key": ("- truth: dead-arm\n  arms: [treated]\n  nonsense: 3\n", 3, "0.nonsense"),
    "no truth": ("\n- truth: dead-am\n", 2, "0"),
}


@pytest.mark.parametrize(("text", "line", "key"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("by", ["option", "scenario", "inline"])
@pytest.mark.parametrize("command", ["plan", "prereg", "run --driver http"])
def test_a_bad_truth_is_named_with_its_file_line_and_key(
    tmp_path: Path, command: str, by: str, text: str, line: int, key: str
) -> None:
    """Wherever truths may stand: no place is called by a name that its reader never wrote."""
    file, scenario = tmp_path / "t.yaml", tmp_path / "s.yaml"
    file.write_text(text)
    told = SCENARIO | ({} if by == "option" else {"mock": {"truths": "t.yaml"}})
    if by == "inline":
        told["mock"] = {"truths": yaml.safe_load(text)}
    scenario.write_text(json.dumps(told))
    option = ["--truth", str(file)] if by == "option" else []
    out = ["--out", str(tmp_path / "out")] if command != "plan" else []
    ran = CliRunner().invoke(main, [*command.split(), str(scenario), *option, *out])
    assert ran.exit_code == 2, ran.output
    where = f"s.yaml:1: mock.truths.{key}" if by == "inline" else f"{file}:{line}: {key}"
    assert f"{where}: " in ran.stderr
    assert "Traceback" not in ran.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-01T00:00:00", "9" * 50, None])
def test_a_clock_that_says_no_moment_is_not_heard(text: str | None) -> None:
    assert heard(text) is None


def test_the_table_of_truths_in_the_docs_has_every_truth_and_every_parameter() -> None:
    text = (ROOT / "docs" / "mock.md").read_text()
    rows = {
        cells[1].strip(" `"): {name.strip(" `") for name in cells[2].split(",")}
        for line in text.split("## Truths")[1].split("\n## ")[0].splitlines()
        if line.startswith("| `") and len(cells := line.split("|")) > 3
    }
    scope = {each.name for each in fields(Truth)}
    known = {
        str(next(f.default for f in fields(kind) if f.name == "truth")): {
            f.name for f in fields(kind) if f.name not in scope and f.name != "truth"
        }
        for kind in Truth.__subclasses__()
    }
    assert rows == known


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    "truth",
    [
        {"truth": "corruption", "share": 0.1},
        {"truth": "stall", "share": 0.1},
        {"truth": "label-errors", "share": 0.1, "arms": ["treated"]},
    ],
)
def test_a_dataset_refuses_what_it_cannot_show(truth: dict[str, Any], tmp_path: Path) -> None:
    loaded = parse_scenario(SCENARIO | {"mock": {"truths": [truth]}})
    with pytest.raises(UserError, match="a dataset has no markup"):
        build(DatasetSpec(loaded, 10, tmp_path / "d"))
    assert not (tmp_path / "d").exists()
