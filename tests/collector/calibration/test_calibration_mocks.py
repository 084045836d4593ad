"""A mock that the fast model of puppets is not is refused; one that it is bears on its scores."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibration_tools import scenario, small
from click.testing import CliRunner

from collector.analysis.measures import measures
from collector.analysis.metrics import jaccard, rbo
from collector.calibration.measured import likeness, page_value
from collector.calibration.mocks import NotCalibrated, refuse_strange
from collector.calibration.probe import probe
from collector.calibration.truths import TRUTHS, Kind
from collector.cli import main
from collector.scenario.loader import parse_scenario
from mockserver.world.ruling import Ruling
from mockserver.world.truthfile import truths_of

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"truth": "exposure", "topic": "conspiracy", "points": 20}, "exposure", "--points 20"),
    ({"truth": "ads", "rate": 1.0}, "ads", "leave it out"),
    ({"truth": "differs", "aspect": "language", "value": "fr", "replace": 3}, "differs",
     "leave it out"),
    ({"truth": "blocking", "share": 0.2}, "blocking", "--lost"),
    ({"truth": "dead-arm", "arms": ["treated"]}, "dead-arm", "--lost"),
    ({"truth": "corruption", "share": 0.2}, "corruption", "collector run"),
    ({"truth": "stall", "share": 0.2}, "stall", "collector run"),
    ({"truth": "turnover"}, "turnover", "leave it out"),
    ({"truth": "trend"}, "trend", "leave it out"),
    ({"truth": "buckets"}, "buckets", "leave it out"),
    ({"truth": "label-errors", "share": 0.2, "arms": ["treated"]}, "label-errors", "mislabelled"),
    ({"truth": "policy", "parameter": "home_first_ad", "value": 0}, "policy", "collector run"),
    ({"truth": "policy", "parameter": "home.noise", "value": 0}, "policy", "collector run"),
    ({"truth": "policy", "parameter": "popularity", "value": 0, "arms": ["treated"]}, "policy",
     "leave arms out"),
    ({"truth": "personalisation", "times": 0, "from_s": 60}, "personalisation", "late:"),
    ({"truth": "personalisation", "times": 0, "blocks": [2]}, "personalisation", "late:"),
]  # fmt: skip

SIMULATED: list[dict[str, Any]] = [
    {"truth": "personalisation", "times": 0.5, "arms": ["treated"]},
    {"truth": "policy", "parameter": "home.popularity", "value": 0},
    {"truth": "policy", "parameter": "history", "value": 2, "arms": ["treated"]},
    {"truth": "forgetting", "half_life_s": 60},
    {"truth": "carry-over", "half_life_s": 660},
    {"truth": "correlated", "topic": "conspiracy"},
    {"truth": "background"},
    {"truth": "used"},
    {"truth": "label-errors", "share": 0.1},
]


@pytest.mark.parametrize(("told", "name", "fix"), REFUSED)
def test_a_truth_beside_the_scores_is_refused(told: dict[str, Any], name: str, fix: str) -> None:
    """Behind one that is simulated, so that the place is not always the first."""
    truths = truths_of([SIMULATED[0], told])
    with pytest.raises(NotCalibrated, match=f"^[^\n]*{name}: ") as caught:
        refuse_strange(Ruling(1, truths), {})
    assert caught.value.place == "mock.truths: truths.1"
    assert fix in str(caught.value.fix)


def test_what_stands_in_the_scores_is_not_refused() -> None:
    refuse_strange(Ruling(1, truths_of(SIMULATED)), {"captcha": 0.0, "slow": 0.5})


def test_every_truth_that_there_is_was_thought_of() -> None:
    """A truth that is added to the mock is refused until somebody says that it is simulated."""
    from mockserver.world import truths

    every = {kind.truth for kind in truths.Truth.__subclasses__()}
    assert every == {told["truth"] for told in (*SIMULATED, *(each for each, _, _ in REFUSED))}


def test_a_fault_is_refused() -> None:
    with pytest.raises(NotCalibrated) as caught:
        refuse_strange(Ruling(1), {"stall": 0.0, "captcha": 0.2})
    assert caught.value.place == "mock.faults.captcha"
    assert "--lost 0.2" in str(caught.value.fix)


@pytest.mark.parametrize("command", ["power", "calibrate"])
@pytest.mark.parametrize(
    ("mock", "place"),
    [
        ({"truths": [REFUSED[0][0]]}, "mine.yaml:1: mock.truths.0"),
        ({"faults": {"login": 0.1}}, "mock.faults.login"),
    ],
)
def test_the_commands_refuse_with_one_sentence(
    tmp_path: Path, command: str, mock: dict[str, Any], place: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(scenario(mock=mock)), "utf-8")
    result = CliRunner().invoke(main, [command, str(path), "--json"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert place in result.stderr
    assert "leave it out" in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_an_outcome_that_is_not_simulated_is_refused_with_those_that_are(tmp_path: Path) -> None:
    """Every one of those that it names can be declared, and of the register's others none."""
    at = {**scenario()["analysis"], "outcomes": ["exposure-share", "diversity"]}
    at.pop("smallest_effect")
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps({**scenario(), "analysis": at}), "utf-8")
    result = CliRunner().invoke(main, ["power", str(path), "--json"])
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "analysis.outcomes: the outcome diversity is not simulated" in said
    fix = said.partition("fix: declare ")[2]
    named = {name for name in measures() if re.search(rf"\b{name}\b", fix)}
    question = small().questions[0]
    for name, measure in measures().items():
        if measure.value is not None:
            asked = replace(question, measure=measure)
            found = page_value(asked, small().declaration.attention, ("conspiracy",))
            assert (found is not None) == (name in named), name
    two = np.array([[[1, 2, 3], [3, 2, 4]]])
    for name, alike in (("rank-overlap", rbo), ("jaccard", jaccard)):
        assert likeness(two, name)[0, 0, 1] == pytest.approx(alike(*two[0].tolist()))
    assert named == {"exposure-share", "list-length", "ad-share", "rank-overlap", "jaccard"}


@pytest.mark.slow
def test_personalisation_of_an_arm_bears_on_its_scores_alone() -> None:
    """``times: 0.5`` of one arm halves that arm's history, in every past."""
    plain = probe(parse_scenario(scenario()))
    half = probe(parse_scenario(scenario(mock={"truths": [SIMULATED[0]]})))
    for key, scene in plain.scenes.items():
        factor = 0.5 if key[0] == "treated" else 1.0
        found = half.scenes[key].parts["history"]
        expected = factor * scene.parts["history"][: len(found)]
        # The plain probe may hold one past for all twins: compare its first state with each.
        assert np.allclose(found[0], expected[0]), key


def test_under_a_null_nothing_is_left_of_earlier_searches() -> None:
    """Carry-over is what a viewer did: a null without it would hold an effect."""
    for truth in TRUTHS.values():
        if truth.kind is Kind.NULL:
            assert truth.factor("search", "carry_over", late=False) == 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("scale: {history: 1, histori: 2}", "scale.histori"),
        ("scale: 3", "scale"),
        ("late: {history: much}", "late"),
        ("points: many", "points"),
        ("points: .nan", "points"),
        ("correlated: [1]", "correlated"),
        ("lost: [0, 3]", "lost"),
        ("mislabelled: [0, 0, 0]", "mislabelled"),
        ("kind: maybe", "kind"),
        ("nonsense: 1", "nonsense"),
    ],
)
def test_a_bad_key_of_a_truth_is_named_with_its_file_and_line(
    tmp_path: Path, text: str, place: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\n{text}\n")
    result = CliRunner().invoke(main, ["calibrate", "calibration", "--truth", str(path)])
    assert result.exit_code == 2
    assert f"{path}:2: {place}: " in result.stderr
    assert "fix: " in result.stderr
