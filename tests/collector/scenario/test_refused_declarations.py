"""Declarations that cannot be answered are refused with line, key and fix, before any browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collector.analysis.declared import amount
from collector.analysis.measures.mean_score import number
from collector.common.errors import UserError
from collector.mock.examine import examine
from collector.problems import BadFile
from collector.scenario.loader import Loaded, load_scenario, parse_scenario

TEXT = """name: small
persona: marie-us
analysis: {ANALYSIS}
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  one: {twins: 5, steps: [{search: street food}]}
  two: {twins: 5, steps: [{search: flat earth}]}
after: [{visit: home}]
"""


def text(analysis: str = "exposure: [conspiracy]", more: str = "") -> str:
    return TEXT.replace("ANALYSIS", analysis) + more


def refused(source: str, tmp_path: Path) -> str:
    """What is said of it when it is planned, in one line."""
    file = tmp_path / "small.yaml"
    file.write_text(source, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        examine(load_scenario(file))
    return str(caught.value).replace("\n", " ")


def accepted(analysis: str) -> Loaded:
    return parse_scenario(text(analysis))


@pytest.mark.parametrize(
    ("mock", "line", "said"),
    [
        ("recommender: {histroy: 0}", 10, "mock.recommender.histroy: the recommender has no"),
        ("recommender: {noise: 1, history: -5}", 10, "mock.recommender.history: -5"),
        ("recommender: {feed.affinty: 1}", 10, "mock.recommender.feed.affinty: the feed has no"),
        ("faults: {captchas: 0.5}", 10, "mock.faults.captchas: no fault is called"),
        ("world: {nonsense: 1}", 10, "mock.world: "),
        ("world: large", 10, "mock.world: "),
    ],
)
def test_what_is_wrong_with_the_mock_names_line_and_key(
    mock: str, line: int, said: str, tmp_path: Path
) -> None:
    """The mock itself knows no scenario; its refusals are told with the scenario's place."""
    found = refused(text(more=f"mock:\n  {mock}\n"), tmp_path)
    assert found.startswith(f"small.yaml:{line}: {said}"), found
    assert "fix: " in found


def test_what_the_command_line_says_of_the_mock_is_not_blamed_on_the_file() -> None:
    """A parameter that was given with --recommender stands in no line."""
    loaded = parse_scenario(text(more="mock: {recommender: {noise: 1}}\n"), place="small.yaml")
    with pytest.raises(UserError) as caught:
        examine(loaded.on_mock(recommender={"histroy": 0.0}))
    assert "small.yaml" not in str(caught.value)


@pytest.mark.parametrize(
    "labels", ["{a: b}", "[a.csv]", "[mock, 1]", "5", "[a.csv, b.csv]", "null"]
)
def test_labels_of_another_shape_are_refused_in_words(labels: str, tmp_path: Path) -> None:
    """One problem, without the names of types."""
    found = refused(text(more=f"labels: {labels}\n"), tmp_path)
    assert found.startswith("small.yaml:9: labels: these are not labels")
    assert "str" not in found.replace("street", "")
    assert "tuple" not in found
    assert "write mock, a FILE.csv" in found


def test_a_mean_score_needs_labels_that_are_numbers(tmp_path: Path) -> None:
    """On the mock's topics it is refused when it is planned; on scores it is not."""
    found = refused(text("outcomes: [mean-score]"), tmp_path)
    assert found.startswith("small.yaml:3: analysis.outcomes.0: mean-score needs labels")
    assert "labels: FILE.csv" in found
    words = tmp_path / "words.csv"
    words.write_text("video_id,label\n6x99xEFZmYs,1\nVJ-HOohoRhY,music\n", encoding="utf-8")
    two = "outcomes: [incidence, mean-score], exposure: ['1']"
    found = refused(text(two, "labels: words.csv\n"), tmp_path)
    assert found.startswith("small.yaml:3: analysis.outcomes.1: mean-score needs labels")
    assert "'music'" in found
    words.write_text("video_id,label\n6x99xEFZmYs,1\nVJ-HOohoRhY,-0.5\n", encoding="utf-8")
    file = tmp_path / "small.yaml"
    file.write_text(text("outcomes: [mean-score]", "labels: words.csv\n"), encoding="utf-8")
    examine(load_scenario(file))


@pytest.mark.parametrize(
    ("analysis", "name"),
    [
        ("exposure: [conspiracy], smallest_effect: {incidence: 5 points}", "incidence"),
        ("outcomes: [ad-share], smallest_effect: {ad-share: 1 %, exposure-share: 5 %}",
         "exposure-share"),
        ("smallest_effect: {list-length: 3 items}", "list-length"),
    ],
)  # fmt: skip
def test_the_smallest_effect_of_what_is_not_declared_is_refused(
    analysis: str, name: str, tmp_path: Path
) -> None:
    """It would be ignored; the key is named, and what to write."""
    found = refused(text(analysis), tmp_path)
    assert found.startswith(f"small.yaml:3: analysis.smallest_effect.{name}: ")
    assert f"{name} is not declared" in found
    assert f"add {name} to analysis.outcomes" in found


def test_the_smallest_effect_of_what_is_declared_is_not() -> None:
    """By name or by default."""
    accepted("exposure: [conspiracy], smallest_effect: {exposure-share: 5 points}")
    accepted("outcomes: [list-length], smallest_effect: {list-length: 3 items}")


@pytest.mark.parametrize(
    ("analysis", "more"),
    [
        ("exposure: [conspiracy], smallest_effect: ٥ points", ""),
        ("exposure: [conspiracy], smallest_effect: {exposure-share: ５ points}", ""),
        ("exposure: [conspiracy]", "sessions: ٣ a day at :30\n"),
        ("exposure: [conspiracy]", "spacing: ٣m\n"),
        ("exposure: [conspiracy]", "repeat: ٣h\nwaves: 2\n"),
    ],
)
def test_digits_of_other_scripts_are_no_numbers(analysis: str, more: str, tmp_path: Path) -> None:
    """They would be read by some rules and refused by others."""
    assert "small.yaml:" in refused(text(analysis, more), tmp_path)


def test_nor_are_they_in_a_run_or_a_label() -> None:
    """A declaration of an earlier run, and a label of a file."""
    with pytest.raises(ValueError, match="smallest effect"):
        amount("٥ points")
    assert number("٥") is None
    assert number("１.５") is None
    assert number("1_0") is None
    values: list[Any] = [number(each) for each in ("1", "-0.5", "+2", "1e1", " 3 ", "nan", "x", "")]
    assert values == [1, -0.5, 2, 10, 3, None, None, None]


def test_a_problem_has_the_type_of_bad_files(tmp_path: Path) -> None:
    """So that the command line exits with 2 and prints no traceback."""
    file = tmp_path / "small.yaml"
    file.write_text(text(more="mock: {faults: {captchas: 1}}\n"), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        examine(load_scenario(file))
    assert caught.value.exit_code == 2


def test_a_run_collects_what_a_plan_calls_untestable(tmp_path: Path) -> None:
    """``plan`` and ``check`` refuse a surface without a page after the treatment; a run says that
    the report will withhold it, and takes what the steps ask for."""
    source = text("exposure: [conspiracy], surfaces: [home, search]")
    assert "small.yaml:3: analysis.surfaces.1: no page of search is captured" in refused(
        source, tmp_path
    )
    loaded = load_scenario(tmp_path / "small.yaml", describe=True)
    (said,) = loaded.warnings
    assert said.startswith("analysis.surfaces.1: no page of search is captured")
    assert "the report will withhold it" in said
    with pytest.raises(UserError, match="no arm 'three'"):
        parse_scenario(text("surfaces: [search], control: three"), describe=True)
