"""The schema for editors accepts what the loader accepts and refuses what no scenario may hold."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from places import ROOT

from collector.cli import main
from collector.problems import BadFile
from collector.scenario.loader import parse_scenario
from collector.scenario.models import Analysis, Scenario
from collector.scenario.render import known_keys
from collector.scenario.schema import scenario_schema
from collector.scenario.steps import EXAMPLES, STEPS
from collector.yamlfile import parse_yaml

HERE = ROOT
SCHEMA = scenario_schema()
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)

DOCS = [
    text
    for page in ("docs/scenario.md", "README.md")
    for text in re.findall(r"^```yaml\n(.*?)^```", (HERE / page).read_text("utf-8"), re.M | re.S)
    if text.startswith("name:")
]
SHIPPED = sorted((HERE / "scenarios").glob("*.yaml"))
FILES = {path.stem: path.read_text("utf-8") for path in SHIPPED} | {
    f"docs-{number}": text for number, text in enumerate(DOCS)
}
SMALL: dict[str, Any] = {
    "name": "small",
    "persona": {"locale": "fr-FR"},
    "analysis": {"surfaces": ["home"], "thresholds": {"dose": 0.5}},
    "mock": {"recommender": {"history": 0}},
    "arms": {"only": {"steps": [{"visit": {"url": "home"}}, {"watch": {"for": "30s"}}]}},
}


def problems(data: Any) -> list[str]:
    return [f"{list(e.instance_path)}: {e.message[:120]}" for e in VALIDATOR.iter_errors(data)]


def test_it_is_a_schema_of_its_dialect() -> None:
    """The document itself obeys the dialect that it names."""
    assert jsonschema_rs.meta.is_valid(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_shipped_and_documented_scenario_is_valid(name: str) -> None:
    """No editor underlines a file that this project shows as an example."""
    assert problems(parse_yaml(FILES[name], place=name).data) == []


def test_there_is_something_to_check() -> None:
    """The sweep above reads the shipped files and several of the documents."""
    assert len(SHIPPED) >= 6
    assert len(DOCS) >= 5


@pytest.mark.parametrize("verb", sorted(STEPS))
def test_every_verb_may_be_written_as_its_example_and_with_no_key_unknown(verb: str) -> None:
    """Each example of a verb is valid; with a key that does not exist it is not."""
    (step,) = parse_yaml(EXAMPLES[verb], place=verb).data
    data = copy.deepcopy(SMALL)
    data["arms"]["only"]["steps"] = [step]
    assert problems(data) == []
    data["arms"]["only"]["steps"] = [{verb: {"no_such_key": 1}}]
    assert problems(data)


@pytest.mark.parametrize("verb", sorted(STEPS))
def test_an_editor_completes_every_key_of_a_verb(verb: str) -> None:
    """The keys offered below a verb are those that the loader knows."""
    (own,) = [
        form["properties"][verb]["anyOf"][0]
        for form in SCHEMA["$defs"]["Step"]["anyOf"]
        if verb in form.get("properties", {})
    ]
    assert set(own["properties"]) == set(known_keys(verb))


def test_an_editor_completes_every_key_of_the_file() -> None:
    """The keys offered at the top and below ``analysis`` are those of the models."""
    assert set(SCHEMA["properties"]) == set(Scenario.model_fields)
    assert set(SCHEMA["$defs"]["Analysis"]["properties"]) == set(Analysis.model_fields)


SHORT = [
    {"watch": "30s"}, {"watch": "1h30m"}, {"watch": "50%"}, {"watch": "end"},
    {"follow": "up_next"}, {"follow": {"topic": "music"}}, {"follow": {"topic": ["a", "b"]}},
    {"scroll": "end"}, {"scroll": {"screens": 2}}, {"scroll": "800px every 5s, 30 times"},
    {"slot": "13 a day at :05"}, {"pause": "2m"}, "like", {"like": None}, "capture", "refresh",
    {"repeat": {"times": 3, "steps": [{"repeat": {"times": 2, "steps": ["like"]}}]}},
]  # fmt: skip


@pytest.mark.parametrize("step", SHORT, ids=map(str, SHORT))
def test_short_forms_are_valid(step: Any) -> None:
    """A step may be written in every form that the loader reads."""
    feeds = step in ("refresh",) or (isinstance(step, dict) and "slot" in step)
    data = copy.deepcopy(SMALL) | {"platform": "facebook" if feeds else "youtube"}
    data["arms"]["only"]["steps"] = [{"visit": "home"}, step]
    parse_scenario(data)  # the loader reads it
    assert problems(data) == []


def edit(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: Any) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = value

    return change


WRONG: dict[str, Callable[[dict[str, Any]], None]] = {
    "a key that does not exist": edit("persoona", value="marie-us"),
    "an arm's key": edit("arms", "only", "twinz", value=2),
    "an analysis key": edit("analysis", "exposed", value=["x"]),
    "a threshold out of range": edit("analysis", "thresholds", "dose", value=2),
    "a mock's key": edit("mock", "recomender", value={}),
    "a verb": edit("arms", "only", "steps", value=[{"wach": "30s"}]),
    "two verbs in one step": edit("arms", "only", "steps", 0, "like", value={}),
    "a duration without a unit": edit("spacing", value=30),
    "a duration with another unit": edit("spacing", value="30 minutes"),
    "no arms": edit("arms", value={}),
    "a persona that nobody knows": edit("persona", value="nobody-xx"),
    "twins as a word": edit("arms", "only", "twins", value="two"),
    "a surface": edit("analysis", "surfaces", value=["homepage"]),
    "an attention": edit("analysis", "attention", value="linear"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_no_scenario_may_hold_is_underlined(what: str) -> None:
    """A typing error is refused by the schema, as it is by the loader."""
    assert problems(SMALL) == []
    data = copy.deepcopy(SMALL)
    WRONG[what](data)
    with pytest.raises(BadFile):
        parse_scenario(data)
    assert problems(data)


@pytest.mark.parametrize(
    ("way", "holds"),
    [
        ("http://p:1", True),
        (None, True),
        ({"server": "direct", "country": "DE", "check": "none"}, True),
        ({"server": "http://p:1", "check": "https://ip.example/json"}, True),
        ({"server": "http://p:1", "check": "nobody"}, False),
        ({"sever": "http://p:1"}, False),
    ],
)
def test_a_proxy_is_known_by_its_keys_and_who_is_asked(way: Any, holds: bool) -> None:
    """Of an arm and of a persona; the loader says the same."""
    for data in (
        SMALL | {"arms": {"only": {"proxy": way, "steps": [{"visit": "home"}]}}},
        SMALL | {"persona": {"locale": "fr-FR", "proxy": way}},
    ):
        assert (not problems(data)) == holds
        if holds:
            parse_scenario(data)
        else:
            with pytest.raises(BadFile):
                parse_scenario(data)


def test_the_command_prints_it() -> None:
    """``collector scenarios schema`` prints the schema as JSON and nothing else."""
    result = CliRunner().invoke(main, ["scenarios", "schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == SCHEMA
