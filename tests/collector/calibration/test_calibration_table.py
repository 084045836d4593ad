"""The table of a calibration: rates with their limits, promises, and what differs from another."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

import pytest
from calibration_tools import few_puppets, scenario, small
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT
from scipy.stats import beta

from collector.calibration import batches, probe, table
from collector.calibration.mocks import NotCalibrated
from collector.calibration.rates import upper_limit
from collector.calibration.truths import TRUTHS, Kind, Truth, truth_of
from collector.calibration.words import markdown
from collector.cli import main
from collector.common.errors import UserError
from collector.scenario.loader import Loaded, parse_scenario

COMMITTED = ROOT / "docs" / "calibration.json"


@pytest.fixture(scope="module", autouse=True)
def one_probe() -> Iterator[None]:
    """The probe of a scenario is made once for all commands of this file."""
    right = probe.probe
    made: dict[str, probe.Probe] = {}

    def once(loaded: Loaded) -> probe.Probe:
        name = loaded.place
        if name not in made:
            made[name] = right(loaded)
        return made[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probe, "probe", once)
        yield


class InThisProcess:
    """In place of the pool, where the claim is not about processes."""

    def __init__(self, *_: Any, initializer: Any, initargs: Any, **__: Any) -> None:
        initializer(*initargs)

    def __enter__(self) -> InThisProcess:
        return self

    def __exit__(self, *_: object) -> None: ...

    def map(self, call: Any, tasks: Any) -> Any:
        return map(call, tasks)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30_000).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_the_upper_limit_is_that_of_clopper_and_pearson(told: tuple[int, int]) -> None:
    """Against the quantile of the beta distribution (scipy)."""
    count, of = told
    assert upper_limit(count, of) == pytest.approx(beta.ppf(0.95, count + 1, of - count), abs=1e-6)


@pytest.fixture
def committed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(COMMITTED.read_text("utf-8"))
    return found


def test_the_committed_table_keeps_every_promise(committed: dict[str, Any]) -> None:
    assert list(table.broken_promises(committed)) == []
    assert list(table.deviations(committed, committed)) == []
    assert committed["judged"]["differing"] == 0
    assert {each["truth"] for each in committed["cells"]} >= {
        truth.name for truth in TRUTHS.values() if truth.kind is Kind.NULL
    }


def test_the_docs_show_the_committed_table(committed: dict[str, Any]) -> None:
    """One fact, two places: the page holds what the JSON says, and the README its headline. What
    "at most" and "or more" say is rounded away from the better side."""
    root = ROOT
    assert markdown(committed) in (root / "docs" / "calibration.md").read_text("utf-8")
    readme = " ".join((root / "README.md").read_text("utf-8").split())
    false = committed["false_effect"]
    assert f"at most {above(false['rate'])} % of {null_runs(committed):,} simulated" in readme
    bounds = [
        each["any_effect"]["upper95"] for each in committed["cells"] if each["kind"] == "null"
    ]
    assert f"(upper bounds up to {above(max(bounds))} %)" in readme
    assert f"hold the truth in {below(committed['coverage'])} % or more" in readme
    power = committed["power"]
    assert f"10 points in {100 * power['10']['8']:.1f} % of audits with eight twins" in readme
    assert f"20 points in {100 * power['20']['5']:.1f} % with five" in readme


def above(share: float) -> Decimal:
    """Per cent to a tenth, never less than ``share``."""
    return (100 * Decimal(str(share))).quantize(Decimal("0.1"), ROUND_CEILING)


def below(share: float) -> Decimal:
    """Per cent to a tenth, never more than ``share``."""
    return (100 * Decimal(str(share))).quantize(Decimal("0.1"), ROUND_FLOOR)


def null_runs(committed: dict[str, Any]) -> int:
    """Audits of the null cells with the scenario's own design, of which each kind has as many."""
    return int(first(committed, "null")["experiments"])


def first(committed: dict[str, Any], truth: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in committed["cells"] if each["truth"] == truth)
    return found


def test_a_false_alarm_rate_of_seven_in_a_hundred_breaks_a_promise(
    committed: dict[str, Any],
) -> None:
    spoiled = copy.deepcopy(committed)
    cell = first(spoiled, "null")
    cell["false_effect"] |= {"rate": 0.08, "upper95": 0.085, "count": 800}
    (problem,) = table.broken_promises(spoiled)
    assert "null, 7 twins: 8.0% called an effect" in problem


def test_less_power_than_before_is_a_deviation(committed: dict[str, Any]) -> None:
    spoiled = copy.deepcopy(committed)
    cell = first(spoiled, "effect-10")
    verdicts = cell["outcomes"][0]["verdicts"]
    moved = verdicts["effect"] // 2
    verdicts["effect"] -= moved
    verdicts["undecided"] += moved
    problems = list(table.deviations(spoiled, committed))
    assert any(each.startswith("effect-10") and "effect" in each for each in problems)


def test_a_verdict_that_judge_does_not_give_breaks_a_promise(committed: dict[str, Any]) -> None:
    spoiled = committed | {"judged": {"audits": 4, "differing": 1, "first": ["audit 1, …"]}}
    assert list(table.broken_promises(spoiled)) == ["judge differs: audit 1, …"]


def test_a_truth_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text('kind: "null"\nscale: {history: 0}\nlost: [0, 0.5]\npoints: 10\n', "utf-8")
    assert truth_of(str(path)) == Truth(
        "mine", Kind.NULL, "", {"history": 0.0}, points=0.10, lost=(0.0, 0.5)
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing: 1", "no key 'nothing'"),
        ("scale: {hystory: 0}", "no parameter 'hystory'"),
        ("lost: 2", "not a share"),
        ("kind: maybe", "not a truth"),
        ("truths: [{truth: exposure, topic: sports, points: 20}]", "truth file of the mock"),
        ("- {truth: exposure, topic: sports, points: 20}", "truth file of the mock"),
    ],
)
def test_a_file_that_is_no_truth_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text + "\n", "utf-8")
    with pytest.raises(UserError, match=says):
        truth_of(str(path))


def test_calibrate_counts_and_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small calibration by the command: JSON with the promised keys, a table to hold another one
    against, and exit 1 where it differs."""
    monkeypatch.setattr(batches, "ProcessPoolExecutor", InThisProcess)
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(scenario()), "utf-8")
    out = tmp_path / "table.json"
    words = ["calibrate", str(path), "--truth", "null", "--truth", "effect-20", "--n", "20",
             "--processes", "1"]  # fmt: skip
    with few_puppets():
        result = CliRunner().invoke(main, [*words, "--json", "--out", str(out)])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["experiments"] == 40
    assert found["seconds"] > 0
    assert 0 <= found["false_effect"]["rate"] <= found["false_effect"]["upper95"] <= 1
    assert found["coverage"] > 0.8
    assert set(found["power"]) == {"20"}
    assert found["judged"] == {"audits": 8, "differing": 0, "first": []}
    told = json.loads(out.read_text("utf-8"))
    for cell in told["cells"]:
        for outcome in cell["outcomes"]:
            verdicts = outcome["verdicts"]
            outcome["verdicts"] = dict(
                zip(verdicts, reversed(list(verdicts.values())), strict=True)
            )
    out.write_text(json.dumps(told), "utf-8")
    with few_puppets():
        differs = CliRunner().invoke(main, [*words, "--check", str(out)])
    assert differs.exit_code == 1
    assert "committed" in differs.output


@pytest.mark.slow
@pytest.mark.parametrize(
    "design",
    [[], pytest.param(["--twins", "6", "--block", "1"], marks=pytest.mark.slow)],
    ids=["own", "pairs"],
)
def test_a_small_calibration_agrees_with_the_committed_table(design: list[str]) -> None:
    """What ``make calibrate`` does, with fewer audits of two of its cells. Changes that break the
    statistics are planted against this test (tests/mutations/planted.toml)."""
    words = ["calibrate", "calibration", "--truth", "null", "--n", "400", "--processes", "1"]
    result = CliRunner().invoke(main, [*words, *design, "--check", str(COMMITTED)])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--truth", "nul"], "no truth is called 'nul'"),
        (["--twins", "1"], "must have 2 to 200"),
    ],
)
def test_a_bad_option_is_told_in_one_line(tmp_path: Path, words: list[str], says: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(scenario()), "utf-8")
    result = CliRunner().invoke(main, ["calibrate", str(path), *words])
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_no_truth_is_a_null_of_arms_that_speak_otherwise() -> None:
    """Their lists differ whatever a viewer does: that is no false alarm. Of one locale there is."""
    made = scenario()
    made["arms"]["treated"]["persona"] = {"locale": "fr-FR"}
    french = replace(small(), loaded=parse_scenario(made))
    assert french.apart == ("neutral", "treated")
    with pytest.raises(NotCalibrated, match="neutral and treated differ in their personas' locale"):
        table.calibrate(french, [table.Wanted(TRUTHS["null"], None, 20)], seed=1)
    assert small().apart is None
    made["arms"]["neutral"]["persona"] = {"locale": "fr-FR"}
    assert replace(small(), loaded=parse_scenario(made)).apart is None
