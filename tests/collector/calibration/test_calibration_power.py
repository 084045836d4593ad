"""What ``collector power`` says before a run is what audits find, and grows as it has to."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibration_tools import batch, few_puppets, scenario, small
from click.testing import CliRunner
from hand_runs import hand_run
from known_worlds import base, judged, run

from collector.analysis.judging import judge
from collector.analysis.load import load_run
from collector.analysis.resampled import noise_of, simulate
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import VerdictKind
from collector.calibration import power
from collector.calibration.piloted import pilot
from collector.calibration.probe import Probe, probe
from collector.calibration.truths import Kind, Truth
from collector.cli import main
from collector.cli.power import cost_lines, withheld_lines
from collector.scenario.designhash import design_sha256
from collector.scenario.loader import Loaded, load_scenario, parse_scenario

#: Weight of the history at which about half of the small design's audits find an effect.
HALF = 0.35


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """``power --json`` of the small design, and the plot that it drew."""
    folder = tmp_path_factory.mktemp("power")
    path, plot = folder / "small.yaml", folder / "power.svg"
    path.write_text(json.dumps(scenario()), "utf-8")
    with few_puppets():
        result = CliRunner().invoke(
            main,
            ["power", str(path), "--points", "5,20", "--twins", "3,8", "--runs", "60", "--json",
             "--processes", "1", "--plot", str(plot)],
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), plot


@pytest.mark.slow
def test_power_grows_with_size_and_twins(told: tuple[dict[str, Any], Path]) -> None:
    """Three twins in one block of three: p ≥ 0.1, so nothing is ever found."""
    found, _ = told
    assert set(found["power"]["20 points"].values()) != {0.0}
    assert found["power"]["20 points"]["3"] == found["power"]["5 points"]["3"] == 0
    assert found["power"]["20 points"]["8"] > found["power"]["5 points"]["8"]
    assert found["power"]["20 points"]["8"] >= 0.8
    assert found["recommended"] == {"5 points": None, "20 points": 8}
    assert found["false_effect"]["8"]["rate"] <= 0.15
    # Two sizes and none, with two numbers of twins; and four blocks.
    assert found["experiments"] == 60 * (3 * 2 + 4)
    assert found["seconds"] > 0
    # Six twins in pairs: p ≥ 2/64, and four outcomes share the correction.
    assert set(found["blocks"]["power"]) == {"1", "2", "3", "4"}
    assert found["blocks"]["power"]["1"] == 0


@pytest.mark.slow
def test_what_is_withheld_is_told_with_its_gates(told: tuple[dict[str, Any], Path]) -> None:
    """The gates' shares add up to what is withheld: an audit is withheld by one."""
    found, _ = told
    for cell in found["cells"]:
        for outcome in cell["outcomes"]:
            assert sum(outcome["gates"].values()) == pytest.approx(outcome["withheld"], abs=2e-4)


def test_withheld_audits_are_a_line_a_size_where_they_are_many() -> None:
    def cell(effect: str, twins: int, withheld: float, **gates: float) -> dict[str, Any]:
        outcome = {"surface": "home", "outcome": "share", "withheld": withheld, "gates": gates}
        other = {"surface": "search", "outcome": "share", "withheld": 0.9, "gates": {"arms": 0.9}}
        return {"effect": effect, "twins": twins, "outcomes": [other, outcome]}

    found = {
        "target": {"surface": "home", "outcome": "share"},
        "cells": [
            cell("none", 5, 0.01, stability=0.01),
            cell("20 points", 5, 0.2, stability=0.2),
            cell("20 points", 8, 0.3, stability=0.25, attrition=0.05),
        ],
    }
    assert list(withheld_lines(found)) == [
        "withheld, at most, of 20 points: 30 % with 8 twins (stability 25 %, attrition 5 %)"
    ]


@pytest.mark.slow
def test_the_cost_is_that_of_the_plan(told: tuple[dict[str, Any], Path]) -> None:
    """Counted by hand: 16 puppets, each with one visit before, three watches, three pages after;
    every puppet causes three views, eight puppets an arm."""
    cost = told[0]["cost"]
    assert cost["puppets"] == 16
    assert cost["views"] == 48
    assert sum(cost["views_by_channel"].values()) == 48
    assert cost["page_loads"] == 16 * (1 + 3 + 3)
    assert cost["puppet_hours"] > 16 * 3 * 3 / 60


@pytest.mark.slow
def test_the_plot_is_a_file_of_its_own(told: tuple[dict[str, Any], Path]) -> None:
    text = told[1].read_text("utf-8")
    assert text.startswith("<?xml")
    assert "<svg" in text
    assert text.count("<path") > 4


@pytest.mark.slow
def test_labels_that_come_later_are_assumed_to_be_the_mocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is simulated is the scenario with ``labels: mock``, and it is said, in the file that is
    registered too."""
    loaded = {}
    for labels in ("mock", "later"):
        path = tmp_path / f"{labels}.yaml"
        path.write_text(json.dumps(scenario() | {"labels": labels}), "utf-8")
        loaded[labels] = load_scenario(str(path))
    probes: list[Probe] = []

    def noted(one: Loaded) -> Probe:
        probes.append(probe(one))
        return probes[0]

    monkeypatch.setattr("collector.cli.power.probe", noted)
    told = ["--points", "20", "--twins", "3", "--runs", "20", "--processes", "1", "--json"]
    with few_puppets():
        result = CliRunner().invoke(main, ["power", str(tmp_path / "later.yaml"), *told])
    assert result.exit_code == 0, result.output
    said = (
        "labels are given later: assumed are the mock's own topics, as if coders said of every item"
        " what the mock knows of it"
    )
    assert f"note: {said}\n" in result.stderr
    found = json.loads(result.stdout)
    assert found["how"].endswith(f"; {said}")
    assert found["design_sha256"] == design_sha256(loaded["later"].scenario)
    assert probes[0].loaded.scenario == loaded["mock"].scenario


@pytest.mark.parametrize("elsewhere", [{"exposure": ["hoax"]}, {"site": "https://www.youtube.com"}])
def test_labels_that_the_mock_does_not_know_are_known_of_a_pilot_only(
    elsewhere: dict[str, Any], tmp_path: Path
) -> None:
    """A word that coders will use, and another site: refused, before anything is run."""
    path = tmp_path / "later.yaml"
    told = scenario() | {"labels": "later"}
    if "exposure" in elsewhere:
        told["analysis"] = told["analysis"] | elsewhere
    else:
        told |= elsewhere
    path.write_text(json.dumps(told), "utf-8")
    for command in (["power", "--points", "5"], ["calibrate", "--n", "100"]):
        result = CliRunner().invoke(main, [command[0], str(path), *command[1:]])
        assert result.exit_code == 2
        assert "later.yaml: labels: labels are given later" in result.stderr
        assert "--pilot RUN" in result.stderr


def test_what_nobody_watches_has_no_list_of_channels() -> None:
    """The line of costs announces a list with a colon only where one follows."""
    cost = {"twins": 5, "puppets": 10, "puppet_hours": 1, "hours": 1, "page_loads": 40, "views": 0}
    (line,) = cost_lines(cost | {"views_by_channel": {}}, 5)
    assert line.endswith("0 views caused")
    line, channel = cost_lines(cost | {"views": 3, "views_by_channel": {"@one": 3}}, 5)
    assert line.endswith(" 3 views caused:")
    assert channel == "       3  @one"


def test_a_size_is_a_weight_of_the_recommender() -> None:
    """``home.history=1.5`` is half of the 3.0 that the mock has."""
    size = power.size_of_effect(small(), "home.history", 1.5)
    assert size.truth.scale == {"home.history": 0.5}
    with pytest.raises(power.NotCalibrated, match="no parameter"):
        power.size_of_effect(small(), "home.hystory", 1.0)


def test_a_pilot_run_gives_the_noise(tmp_path: Path) -> None:
    """Power from a run's own puppets: more for the larger size, none for three twins."""
    folder = run(tmp_path / "run", base(6, block=3), parameters={"history": HALF})
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(base(6, block=3)), "utf-8")
    result = CliRunner().invoke(
        main, ["power", str(path), "--pilot", str(folder), "--points", "10,60", "--twins", "3,8",
               "--runs", "60", "--json"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["power"]["60 points"]["8"] > 0.9 > found["power"]["10 points"]["8"]
    assert found["power"]["60 points"]["3"] == 0
    # Of what three twins find nothing is a smallest; eight find 60 points, and not 10.
    assert found["detectable"]["3"] is None
    assert 0.1 < found["detectable"]["8"] < 0.6


def test_what_is_lost_is_not_found(tmp_path: Path) -> None:
    """Nine of ten puppets lost: whole audits are, and no size is found in 80 of 100."""
    folder = run(tmp_path / "run", base(6, block=3), parameters={"history": HALF})
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(base(6, block=3)), "utf-8")
    loaded, data = load_scenario(str(path)), load_run(folder)
    lost = pilot(loaded, data, [0.1], [3, 8], lost=0.9, runs=60, seed=1)
    assert lost["detectable"] == {"3": None, "8": None}
    assert set(lost["power"]["10 points"].values()) == {0.0}


def asking(*exposure: str, outcomes: list[str], **analysis: Any) -> Loaded:
    return parse_scenario(
        base(6, block=3, labels="later", analysis={
            "exposure": list(exposure), "outcomes": outcomes, "surfaces": ["home"],
            "control": "neutral", **analysis,
        })
    )  # fmt: skip


def ten(news: int) -> str:
    return " ".join(f"{at}:{'news' if at < news else 'x'}" for at in range(10))


def noisy(twins: int = 6, arms: tuple[str, ...] = ("neutral", "treated")) -> RunData:
    """A pilot that declares one outcome and an α of its own; of ten items some are news."""
    lists = {
        f"{arm}-{n}": {"after.0": ten((n * n + at) % 6)}
        for at, arm in enumerate(arms)
        for n in range(1, twins + 1)
    }
    return hand_run(lists, exposure=["news"], outcomes=["exposure-share"], alpha=0.4)


def test_a_pilot_in_which_nobody_met_the_label_is_refused() -> None:
    """All shares are 0: of any size every audit would find an effect. An incidence has a model."""
    lists = {f"{arm}-{n}": {"after.0": "a:x b:x"} for arm in ("neutral", "treated") for n in (1, 2)}
    run_of = hand_run(lists, exposure=["news"])
    with pytest.raises(power.NotCalibrated, match="two puppets of an arm differ"):
        pilot(asking("news", outcomes=["exposure-share"]), run_of, [0.1], [8], seed=1)
    both = asking("news", outcomes=["exposure-share", "incidence"])
    found = pilot(both, run_of, [0.1, 1.0], [8], runs=60, seed=1)
    assert found["target"]["outcome"] == "incidence: news"
    assert found["power"]["10 points"]["8"] < 0.1
    assert found["power"]["100 points"]["8"] == 1.0


def test_what_is_compared_is_the_scenarios_and_not_the_pilots() -> None:
    """Seven twins in blocks of three have 2 / 800 at best: enough for one outcome and not for
    two at an α of 0.0026, whatever the pilot declared."""
    one = asking("news", outcomes=["exposure-share"], alpha=0.0026)
    two = asking("news", "x", outcomes=["exposure-share"], alpha=0.0026)
    for loaded, rate in ((one, 1.0), (two, 0.0)):
        found = pilot(loaded, noisy(), [1.0], [7], runs=40, seed=1)
        assert found["power"]["100 points"]["7"] == rate
    third = pilot(one, noisy(arms=("neutral", "treated", "other")), [1.0], [7], runs=40, seed=1)
    assert third["power"]["100 points"]["7"] == 1.0


def test_what_a_pilot_did_not_measure_is_refused() -> None:
    shares = asking("news", outcomes=["exposure-share"])
    with pytest.raises(power.NotCalibrated, match="has no arm 'treated'"):
        pilot(shares, noisy(arms=("neutral", "other")), [0.1], [8], seed=1)
    related = asking("news", outcomes=["exposure-share"], surfaces=["home", "related"])
    with pytest.raises(power.NotCalibrated, match="with a value: related: exposure share: news"):
        pilot(related, noisy(), [0.1], [8], seed=1)


@pytest.mark.slow
def test_of_lost_pages_no_size_is_named() -> None:
    """On the mock: of nine in ten pages lost hardly an audit is left that could find anything."""
    with few_puppets():
        sizes = power.sizes_of_points([0.2])
        none, most = (
            power.power(small(), sizes, [6], block=3, lost=lost, runs=40, seed=1, processes=1)
            for lost in (0.0, 0.9)
        )
    assert most["detectable"] == {"6": None}
    assert 0.05 < none["detectable"]["6"] < 0.3


@pytest.mark.slow
def test_a_pilot_finds_its_smallest_shift_in_80_of_100(tmp_path: Path) -> None:
    """Audits of that size are simulated anew; with lost puppets it is a larger one."""
    folder = run(tmp_path / "run", base(6, block=3), parameters={"history": HALF})
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(base(6, block=3)), "utf-8")
    loaded, data = load_scenario(str(path)), load_run(folder)
    smallest = pilot(loaded, data, [0.1], [8], runs=400, seed=1)["detectable"]["8"]
    again = pilot(loaded, data, [smallest], [8], runs=400, seed=2)
    (share,) = next(iter(again["power"].values())).values()
    assert share == pytest.approx(0.8, abs=0.1)
    lost = pilot(loaded, data, [0.1], [8], lost=0.2, runs=200, seed=1)["detectable"]["8"]
    assert lost > smallest
    again = pilot(loaded, data, [lost], [8], lost=0.2, runs=200, seed=2)
    (share,) = next(iter(again["power"].values())).values()
    assert share == pytest.approx(0.8, abs=0.1)


@pytest.mark.slow
def test_resampled_audits_have_the_level_and_the_spread_of_the_run(tmp_path: Path) -> None:
    """Mean and spread of the simulated values against the run's own, by hand; p ≤ α in about α."""
    folder = run(tmp_path / "run", base(8, block=4), parameters={"history": 0.0})
    judgement = judge(load_run(folder))
    answer = judgement.answers[0]
    noise = noise_of(answer.measured)
    assert noise is not None
    places = {noise.question.name: answer.measured.puppets}
    (many,), adjusted, _ = simulate(
        [noise], places, {noise.question.name: 0.3}, runs=2_000, alpha=0.05, questions=1,
        generator=np.random.default_rng(1), seed=1, most=1_000,
    )  # fmt: skip
    values = {a: [answer.measured.values[p.name] for p in answer.measured.side(a)]
              for a in (True, False)}  # fmt: skip
    control = many.values[:, ~many.treated]
    assert control.mean() == pytest.approx(float(np.mean(values[False])), abs=0.01)
    pooled = math.sqrt((np.var(values[True], ddof=1) + np.var(values[False], ddof=1)) / 2)
    assert control.std() == pytest.approx(pooled, rel=0.08)
    gap = many.values[:, many.treated].mean() - control.mean()
    assert gap == pytest.approx(0.3, abs=0.01)
    _, null, _ = simulate(
        [noise], places, {}, runs=2_000, alpha=0.05, questions=1,
        generator=np.random.default_rng(2), seed=1, most=1_000,
    )  # fmt: skip
    assert (null <= 0.05).mean() <= 0.07
    assert adjusted.shape == (2_000, 1)


@pytest.mark.slow
def test_predicted_power_is_that_of_simulated_audits() -> None:
    """200 audits through sessions, store and report, against 2,000 of the fast path: five points,
    and two standard errors of 200 audits on top."""
    truth = Truth("half", Kind.EFFECT, "", {"history": HALF})
    _, _, found = batch(truth, 2_000)
    predicted = found.is_(VerdictKind.EFFECT).mean(axis=0)
    achieved = np.zeros(found.kind.shape[1])
    runs = 200
    for seed in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            _, judgement = judged(
                run(Path(folder) / "run", parse_scenario(scenario()), seed=seed,
                    parameters={"history": HALF})
            )  # fmt: skip
        achieved += [v.verdict is VerdictKind.EFFECT for v in judgement.verdicts]
    achieved /= runs
    for mine, theirs in zip(predicted, achieved, strict=True):
        print(f"predicted {mine:.3f}, achieved {theirs:.3f}")
        assert abs(mine - theirs) <= 0.05 + 2 * math.sqrt(theirs * (1 - theirs) / runs)
