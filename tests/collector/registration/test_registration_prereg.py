"""A preregistration says what the plan says, has one hash, and lists what nobody has stated."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from calibration_tools import few_puppets
from registered_runs import SCENARIO, call

from collector.registration.burden import burden_of
from collector.registration.prereg import PreregRefused, read_prereg, register
from collector.scenario.designhash import design_sha256
from collector.scenario.loader import load_scenario, parse_scenario
from collector.scenario.models import Registration
from collector.scenario.plan import make_plan
from collector.scenario.shipped import shipped_scenarios


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(SCENARIO, "utf-8")
    call("prereg", tmp_path / "scenario.yaml", "--out", tmp_path / "prereg.md")
    return tmp_path / "prereg.md"


def test_the_hash_is_that_of_the_file(written: Path) -> None:
    """Anybody can check it with sha256sum; the text names it, and so does the command."""
    digest = hashlib.sha256(written.with_suffix(".json").read_bytes()).hexdigest()
    assert digest in written.read_text("utf-8")
    again = call("prereg", written.with_name("scenario.yaml"), "--json")
    assert json.loads(again.stdout)["sha256"] == digest
    assert read_prereg(written).sha256 == read_prereg(written.with_suffix(".json")).sha256 == digest


def test_it_says_what_the_scenario_says(written: Path) -> None:
    """Arms, twins, outcome, smallest effect, curve, labels and the plan's hash, from the file."""
    told = json.loads(written.with_suffix(".json").read_bytes())
    asked: dict[str, Any] = yaml.safe_load(SCENARIO)
    assert {arm["arm"]: arm["twins"] for arm in told["design"]["arms"]} == {
        name: arm["twins"] for name, arm in asked["arms"].items()
    }
    (outcome,) = told["outcomes"]
    assert (outcome["surface"], outcome["label"], outcome["control"]) == (
        "home", "conspiracy", "neutral",
    )  # fmt: skip
    assert outcome["smallest_effect"] == 0.05
    assert told["analysis"]["attention"] == "geometric"
    assert told["analysis"]["attention_parameter"] == 0.85
    assert told["labels"] == {"sources": ["mock"], "sha256": None}
    assert told["design"]["puppets"] == 6
    assert told["design"]["blocks"] == 2
    assert told["registration"]["question"] == asked["registration"]["question"]
    plan = call("plan", written.with_name("scenario.yaml"), "--json").stdout.encode()
    assert told["plan_sha256"] == hashlib.sha256(plan).hexdigest()


def test_the_text_tells_every_step_and_sizes_in_their_unit(written: Path) -> None:
    """A reader of the text alone knows what is done to whom, and what X is."""
    text = written.with_suffix(".md").read_text("utf-8")
    steps = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    scenario = json.loads(written.with_suffix(".json").read_bytes())["scenario"]
    assert steps["arms"] == {name: arm["steps"] for name, arm in scenario["arms"].items()}
    assert (steps["before"], steps["after"]) == (scenario["before"], scenario["after"])
    assert "| share | 5.0 points |" in text


def test_the_power_is_the_number_of_the_linter(written: Path) -> None:
    """``scenarios check`` prints the same sentence; the least p is counted by hand: of twins in
    blocks of 2 + 2 and 1 + 1 there are 6 × 2 exchanges, two of them as extreme as can be."""
    told = json.loads(written.with_suffix(".json").read_bytes())["power"]
    assert told["least_p"] == pytest.approx(2 / 12)
    checked = call("scenarios", "check", written.with_name("scenario.yaml"), code=None).stdout
    assert told["sentence"] in checked


def simulated(folder: Path, scenario: str = "scenario.yaml") -> dict[str, Any]:
    """What ``collector power`` prints of a scenario."""
    arguments = ("--points", "20", "--twins", "3,4", "--runs", "20", "--processes", "1", "--json")
    with few_puppets():
        told = call("power", folder / scenario, *arguments).stdout
    found: dict[str, Any] = json.loads(told)
    return found


@pytest.mark.slow
def test_simulated_power_is_stated_as_it_was_found(tmp_path: Path) -> None:
    """In data and text, also where it was made of the same design with other labels and name."""
    (tmp_path / "scenario.yaml").write_text(SCENARIO, "utf-8")
    own = yaml.safe_load(SCENARIO)
    tried = own | {"name": "tried before", "seed": 99, "labels": "mock"}
    (tmp_path / "tried.yaml").write_text(yaml.safe_dump(tried, sort_keys=False), "utf-8")
    found = simulated(tmp_path, "tried.yaml")
    (tmp_path / "power.json").write_text(json.dumps(found), "utf-8")
    out = tmp_path / "prereg.md"
    call("prereg", tmp_path / "scenario.yaml", "--power", tmp_path / "power.json", "--out", out)
    told = json.loads(out.with_suffix(".json").read_bytes())["power"]["simulated"]
    assert (told["runs"], told["seed"]) == (20, 12)
    for part in ("power", "false_effect", "detectable", "recommended", "target"):
        expected = found[part]
        if part == "false_effect":
            expected = {k: {n: v[n] for n in ("rate", "upper95")} for k, v in expected.items()}
        assert told[part] == expected
    text = out.read_text("utf-8")
    assert "| twins | 20 points | false alarms | found in 80 of 100 |" in text
    for twins, rate in found["power"]["20 points"].items():
        assert f"| {twins} | {100 * rate:.0f} % |" in text
    assert "No audits of it were simulated" not in text


def test_power_of_another_design_is_refused(tmp_path: Path) -> None:
    """One more twin, another step, another outcome; and a file that is none, with its key."""
    (tmp_path / "scenario.yaml").write_text(SCENARIO, "utf-8")
    own = yaml.safe_load(SCENARIO)
    path = tmp_path / "power.json"
    hashes = {design_sha256(parse_scenario(own).scenario)}
    twins = {name: arm | {"twins": arm["twins"] + 1} for name, arm in own["arms"].items()}
    others = (
        {"arms": twins},
        {"after": [{"visit": "home"}, {"visit": "home"}]},
        {"analysis": own["analysis"] | {"outcomes": ["incidence"]}},
        {"block": 1},
        {"repeat": "1d", "waves": 2},
        {"sessions": "2 a day at :05"},
        {"mock": {"recommender": {"history": 3}}},
    )
    for other in others:
        sha256 = design_sha256(parse_scenario(own | other).scenario)
        assert sha256 not in hashes
        hashes.add(sha256)
        path.write_text(json.dumps(FOUND | {"design_sha256": sha256}), "utf-8")
        told = call("prereg", tmp_path / "scenario.yaml", "--power", path, code=2)
        assert "other arms, steps, blocks or outcomes" in told.stderr
        assert "collector power SCENARIO --json" in told.stderr
    for text, key in (("{", ""), (json.dumps(FOUND | {"runs": 0}), "runs: "), ("[]", "")):
        path.write_text(text, "utf-8")
        told = call("prereg", tmp_path / "scenario.yaml", "--power", path, code=2)
        assert f"this is no simulated power: {key}" in told.stderr
    told = call("prereg", tmp_path / "scenario.yaml", "--power", tmp_path / "none.json", code=2)
    assert "none.json" in told.stderr


#: The smallest file that is one.
FOUND: dict[str, Any] = {
    "design_sha256": "", "how": "-", "runs": 20, "seed": 12, "lost": 0, "block": 2, "target": {},
    "power": {}, "false_effect": {}, "detectable": {}, "recommended": {},
}  # fmt: skip


def test_without_simulated_audits_the_text_says_so(written: Path) -> None:
    assert "No audits of it were simulated (`collector power`)." in written.read_text("utf-8")


def test_what_nobody_stated_is_listed(written: Path) -> None:
    """Every empty field of ``registration``, by ``--check`` with exit code 1."""
    result = call("prereg", written.with_name("scenario.yaml"), "--check", code=1)
    named = {line.split("registration.")[1].rstrip(")") for line in result.stdout.splitlines()}
    fields = set(Registration.model_fields)
    assert named == fields - {"question", "risk", "authors", "blinded"}
    checked = call("scenarios", "check", written.with_name("scenario.yaml"), "--json", code=None)
    assert set(json.loads(checked.stdout)[0]["not_stated"]) == named
    full = dict.fromkeys(fields - {"blinded", "authors"}, "said") | {"authors": ["Doe, Jane"]}
    data = yaml.safe_load(SCENARIO) | {"registration": full}
    assert register(parse_scenario(data)).empty == ()


def test_the_load_is_counted(written: Path) -> None:
    """By hand: 6 puppets; a home page, 2 searches, a followed video and a last home page each."""
    load = json.loads(written.with_suffix(".json").read_bytes())["load"]
    assert (load["puppets"], load["sessions"]) == (6, 6)
    assert load["page_loads"] == 6 * 5
    assert load["searches"] == 12
    assert load["watches"] == 6
    assert load["watch_hours"] == pytest.approx(6 * 5 / 3600, abs=1e-4)
    assert load["traces"] == {}


def test_what_is_left_on_the_platform_is_counted() -> None:
    """Likes, subscriptions and views of named videos, of every round and twin."""
    data = {
        "name": "traces",
        "arms": {
            "one": {
                "twins": 3,
                "steps": [
                    {"watch": {"video": "AAAAAAAAAAA", "for": "30s"}},
                    "like",
                    {"repeat": {"times": 4, "steps": [{"watch": "AAAAAAAAAAA"}, "subscribe"]}},
                ],
            }
        },
    }
    data["arms"]["one"]["steps"][2]["repeat"]["steps"][0] = {  # type: ignore[index]
        "watch": {"video": "BBBBBBBBBBB", "for": "50%", "cap": "60s"}
    }
    load = burden_of(make_plan(parse_scenario(data)))
    assert load.named_videos == {"AAAAAAAAAAA": 3, "BBBBBBBBBBB": 12}
    assert load.traces == {"like": 3, "subscribe": 12}
    assert load.page_loads == 15
    assert load.watch_hours == pytest.approx((3 * 30 + 12 * 60) / 3600, abs=1e-4)


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_every_ready_made_scenario_can_be_registered(name: str) -> None:
    """Same bytes twice; another seed is another registration."""
    loaded = load_scenario(name)
    one, again, other = register(loaded), register(loaded), register(loaded, seed=99)
    assert one.to_json() == again.to_json()
    assert one.sha256 != other.sha256


def test_a_registration_is_never_overwritten(written: Path) -> None:
    """The same again is fine; another one under the same name is refused and nothing changes."""
    scenario = written.with_name("scenario.yaml")
    before = written.with_suffix(".json").read_bytes()
    call("prereg", scenario, "--out", written)
    result = call("prereg", scenario, "--seed", "8", "--out", written, code=2)
    assert "another registration of this name" in result.stderr
    assert written.with_suffix(".json").read_bytes() == before


@pytest.mark.parametrize("what", ["value", "space", "text", "nothing", "other"])
def test_an_altered_registration_is_refused(what: str, written: Path) -> None:
    """A changed value, a changed byte, another text beside it, or something else: named, exit 2."""
    data = written.with_suffix(".json")
    raw = data.read_bytes()
    match what:
        case "value":
            data.write_bytes(raw.replace(b'"alpha":0.05', b'"alpha":0.06'))
        case "space":
            data.write_bytes(raw.replace(b'"alpha":0.05', b'"alpha": 0.05'))
        case "text":
            written.write_text("# another text\n", "utf-8")
        case "nothing":
            data.unlink()
        case _:
            data.write_text('{"format": "something else"}', "utf-8")
    with pytest.raises(PreregRefused) as caught:
        read_prereg(written)
    assert caught.value.place
    assert caught.value.fix


def test_the_labels_are_registered_by_their_hash(tmp_path: Path) -> None:
    """That of the file's bytes; a file that is not there is refused by name, also by a run."""
    scenario, labels = tmp_path / "scenario.yaml", tmp_path / "own.csv"
    scenario.write_text(SCENARIO + "labels: [mock, own.csv]\n", "utf-8")
    labels.write_text("video_id,label\ndQw4w9WgXcQ,conspiracy\n", "utf-8")
    call("prereg", scenario, "--driver", "http", "--out", tmp_path / "prereg.md")
    told = json.loads((tmp_path / "prereg.json").read_bytes())["labels"]
    digest = hashlib.sha256(labels.read_bytes()).hexdigest()
    assert told == {"sources": ["mock", "own.csv"], "sha256": digest}
    given = ("--driver", "http", "--prereg", tmp_path / "prereg.md", "--out", tmp_path / "out")
    labels.write_text("video_id,label\ndQw4w9WgXcQ,music\n", "utf-8")
    assert "file of labels is another one" in call("run", scenario, *given, code=2).stderr
    labels.unlink()
    assert "own.csv" in call("prereg", scenario, code=2).stderr
    assert "own.csv" in call("run", scenario, *given, code=2).stderr
    assert not (tmp_path / "out").exists()


def test_a_scenario_without_registration_keeps_its_plan() -> None:
    """The new key changes no plan that does not use it; one that uses it is bound to its words."""
    plain = {"name": "t", "arms": {"a": {"steps": [{"visit": "home"}]}}}
    empty = plain | {"registration": {}}
    said = plain | {"registration": {"question": "Why?"}}
    snapshots = [parse_scenario(each).scenario.snapshot() for each in (plain, empty, said)]
    assert "registration" not in snapshots[0]
    assert snapshots[0] == snapshots[1]
    assert snapshots[2]["registration"] == {"question": "Why?"}
    assert parse_scenario(snapshots[2]).scenario.snapshot() == snapshots[2]
