"""Arms differ in what the scenario declares: anything more is refused, with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.common.errors import UserError
from collector.scenario.design import differences
from collector.scenario.lint import warnings
from collector.scenario.loader import Loaded, load_scenario, parse_scenario
from collector.scenario.shipped import shipped_scenarios

HOME: list[Any] = [{"visit": "home"}, {"consent": "reject"}]


def scenario(factors: Any = None, **arms: Any) -> Loaded:
    given = {"name": "t", "before": HOME, "after": HOME[:1], "analysis": {"exposure": ["music"]}}
    named = {name.replace("_", "-"): {"twins": 7, **arm} for name, arm in arms.items()}
    return parse_scenario({**given, "factors": factors, "arms": named})


def test_what_arms_differ_in_has_names() -> None:
    loaded = scenario(
        one={"steps": [{"search": "x"}]},
        two={"steps": [{"search": {"query": "x"}}], "persona": {"locale": "fr-FR"}},
        three={"steps": [{"search": "y"}]},
    )
    places = ("persona.locale", "persona.timezone", "persona.geolocation")
    assert differences(loaded.scenario, "one", "two") == places
    assert differences(loaded.scenario, "one", "three") == ("steps",)
    assert differences(loaded.scenario, "one", "one") == ()


def test_names_of_people_and_towns_are_no_difference() -> None:
    one, two = ({"locale": "en-US", "interests": [topic]} for topic in ("music", "news"))
    loaded = scenario({}, one={"persona": one}, two={"persona": two})
    assert differences(loaded.scenario, "one", "two") == ()


def test_more_than_declared_is_refused_with_arms_keys_and_a_way_out() -> None:
    with pytest.raises(UserError) as caught:
        scenario(
            {"language": "persona.locale"}, english={}, french={"persona": {"locale": "fr-FR"}}
        )
    text = str(caught.value)
    assert "arms english and french differ in persona.timezone and persona.geolocation" in text
    assert "{NAME: [persona.timezone, persona.geolocation]}" in text
    declared = {"language": ["persona.locale", "persona.timezone", "persona.geolocation"]}
    assert warnings(scenario(declared, a={}, b={"persona": {"locale": "fr-FR"}})) == []
    whole = scenario({"who": "persona"}, a={}, b={"persona": {"locale": "fr-FR"}})
    assert warnings(whole) == []


def test_nothing_declared_is_said_once_a_kind_and_refuses_nothing() -> None:
    arms = {name: {"steps": [{"search": name}]} for name in ("one", "two", "three")}
    (told,) = warnings(scenario(**arms))
    assert told == ("factors: not declared; arms one and two differ in steps (so do 2 more pairs)")
    (mixed,) = warnings(
        scenario(one=arms["one"], two={**arms["two"], "persona": {"locale": "fr-FR"}})
    )
    assert mixed.endswith("an effect could come from any of them")


def test_arms_that_should_not_differ_may_not() -> None:
    with pytest.raises(UserError, match="differ in steps, which no factor declares"):
        scenario({}, one={}, two={"steps": ["capture"]})


def test_a_factor_that_is_never_seen_alone_is_said() -> None:
    other = {"persona": {"color_scheme": "dark"}, "steps": [{"search": "x"}]}
    factors = {"scheme": "persona.color_scheme", "query": "steps"}
    told = warnings(scenario(factors, one={}, two=other))
    assert [sentence.partition(":")[0] for sentence in told] == ["factors.scheme", "factors.query"]
    whole = scenario(
        factors,
        one={},
        two=other,
        three={"persona": other["persona"]},
        four={"steps": other["steps"]},
    )
    assert warnings(whole) == []


def test_a_key_that_nothing_differs_in_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("name: t\nfactors:\n  age: persona.age\narms: {a: {steps: [{visit: home}]}}\n")
    result = CliRunner().invoke(main, ["plan", str(file)])
    assert result.exit_code == 2
    assert "own.yaml:3: factors.age: 'persona.age' is nothing that arms differ in" in result.stderr


def test_a_step_of_the_other_platform_is_named_with_line_and_path(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: t\nplatform: facebook\narms:\n  a:\n    steps:\n      - visit: home\n"
        "      - repeat:\n          times: 2\n          steps:\n            - search: cats\n"
    )
    result = CliRunner().invoke(main, ["plan", str(file)])
    assert result.exit_code == 2
    assert (
        "own.yaml:10: arms.a.steps.1.repeat.steps.0.search: search is not a step on"
        in result.stderr
    )
    with pytest.raises(UserError, match=r"before\.0\.refresh: refresh is not a step on"):
        parse_scenario({"name": "t", "before": ["refresh"], "arms": {"a": {}}})


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_the_ready_made_ones_declare_what_they_differ_in(name: str) -> None:
    loaded = load_scenario(name)
    assert len(loaded.scenario.arms) == 1 or loaded.scenario.factors is not None
    assert not [told for told in warnings(loaded) if told.startswith("factors")]
