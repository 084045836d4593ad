"""A dossier holds facts of the plan, and marks and lists everything else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from registered_runs import SCENARIO, call

from collector.packing.dossier import dossier
from collector.packing.law import Law
from collector.scenario.loader import load_scenario, parse_scenario
from collector.scenario.models import Registration
from collector.scenario.plan import make_plan
from collector.scenario.shipped import shipped_scenarios

LAWS = [law.value for law in Law]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO, "utf-8")
    return path


@pytest.mark.parametrize("law", LAWS)
def test_every_placeholder_is_marked_and_listed(law: str, scenario: Path) -> None:
    """What is marked in the text is what the list at its end and ``--json`` say, in that order."""
    told = json.loads(call("dossier", scenario, "--law", law, "--json").stdout)
    body, _, listed = told["text"].partition("## Still to be stated")
    marked = re.findall(r"\*\*\[to state: (.*?)\]\*\*", body)
    assert marked == told["to_state"]
    assert re.findall(r"^\d+\. (.*)$", listed, re.MULTILINE) == marked
    assert marked


def test_the_request_has_the_points_a_to_g(scenario: Path, tmp_path: Path) -> None:
    """In their order, with the question, the risk and the authors that the scenario names."""
    out = tmp_path / "request.md"
    call("dossier", scenario, "--law", "dsa40", "--out", out)
    text = out.read_text("utf-8")
    assert re.findall(r"^## \(([a-g])\)", text, re.MULTILINE) == list("abcdefg")
    asked = yaml.safe_load(SCENARIO)["registration"]
    for told in (
        asked["question"],
        asked["risk"],
        "Doe, Jane",
        make_plan(load_scenario(str(scenario))).hash,
    ):
        assert told in text
    assert "| neutral | – | 3 | en-US | America/New_York |" in text
    assert "exposure share: conspiracy, conspiracy against neutral | share | 5.0 points |" in text
    steps = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    assert steps["arms"]["conspiracy"][0] == {"search": {"query": "flat earth"}}
    assert [list(step) for step in steps["before"]] == [["visit"], ["consent"]]


@pytest.mark.parametrize("law", LAWS)
def test_what_the_scenario_states_is_no_placeholder(law: str) -> None:
    """Each field of ``registration`` that is filled in stands in the text once it is asked for, and
    makes the list shorter; a full one leaves only what no scenario can know."""
    plain = yaml.safe_load(SCENARIO) | {"registration": {}}
    fields = set(Registration.model_fields) - {"authors", "blinded"}
    full = {name: f"THE {name.upper()} TOLD" for name in fields} | {"authors": ["Roe, Ann"]}
    empty = dossier(make_plan(parse_scenario(plain)), Law(law))
    filled = dossier(make_plan(parse_scenario(plain | {"registration": full})), Law(law))
    assert len(filled.placeholders) < len(empty.placeholders)
    assert set(filled.placeholders) < set(empty.placeholders)
    used = {name for name in fields if full[name] in filled.text}
    assert used >= {"question", "risk"}
    assert not any(full[name] in empty.text for name in fields)


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
@pytest.mark.parametrize("law", LAWS)
def test_every_ready_made_scenario_has_one(law: str, name: str) -> None:
    """Also one without arms to compare, and one of a feed; no number of it is invented: the power
    is the sentence of the linter."""
    text = dossier(make_plan(load_scenario(name)), Law(law)).text
    checked = json.loads(call("scenarios", "check", name, "--json", code=None).stdout)
    if checked[0]["design"]:
        assert checked[0]["design"] in text
    assert "None" not in text


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    """One message, exit code 2."""
    (tmp_path / "empty").mkdir()
    assert call("dossier", tmp_path / "empty", "--law", "dsa40", code=2).stderr.startswith("error:")
