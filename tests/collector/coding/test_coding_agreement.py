"""How far coders agree: libraries' numbers against the textbook's formulas, and what they cause."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from coding_tools import fill, truth_of
from synthetic_run import Made, build

from collector.analysis import figures
from collector.analysis.coders import widened
from collector.analysis.labelling import Labelling, drawn
from collector.analysis.report import report_data, write_report
from collector.cli import main
from collector.coding.agreement import agreement

Table = Sequence[Sequence[int]]


def codings(table: Table) -> dict[str, dict[str, str]]:
    """Two coders whose labels make this table of counts."""
    found: dict[str, dict[str, str]] = {"A": {}, "B": {}}
    number = itertools.count()
    for row, counts in enumerate(table):
        for column, count in enumerate(counts):
            for _ in range(count):
                item = f"i{next(number)}"
                found["A"][item], found["B"][item] = str(row), str(column)
    return found


def kappa_by_hand(table: Table) -> tuple[float, float]:
    """κ and its large-sample standard error: Fleiss, Cohen and Everitt 1969, equation 13."""
    n = sum(map(sum, table))
    size = range(len(table))
    p = [[count / n for count in row] for row in table]
    rows = [sum(row) for row in p]
    columns = [sum(row[j] for row in p) for j in size]
    seen, chance = sum(p[i][i] for i in size), sum(rows[i] * columns[i] for i in size)
    kappa = (seen - chance) / (1 - chance)
    one = sum(p[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in size)
    two = (1 - kappa) ** 2 * sum(
        p[i][j] * (columns[i] + rows[j]) ** 2 for i in size for j in size if i != j
    )
    three = (kappa - chance * (1 - kappa)) ** 2
    return kappa, math.sqrt((one + two - three) / n) / (1 - chance)


def alpha_by_hand(units: Sequence[Sequence[float]], squared: bool) -> float:
    """Krippendorff's α from its definition: observed over expected disagreement, pair by pair."""

    def apart(one: float, other: float) -> float:
        return (one - other) ** 2 if squared else float(one != other)

    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    seen = sum(
        sum(apart(*pair) for pair in itertools.permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    ) / len(values)
    expected = sum(apart(*pair) for pair in itertools.permutations(values, 2)) / (
        len(values) * (len(values) - 1)
    )
    return 1 - seen / expected


@pytest.mark.parametrize(
    "table",
    [
        [[20, 5], [10, 15]],
        [[45, 15], [25, 15]],
        [[30, 4, 1], [2, 25, 6], [3, 5, 24]],
        [[10, 0, 0], [0, 10, 0], [1, 0, 9]],
    ],
)
def test_kappa_is_the_textbooks(table: Table) -> None:
    """κ, its 95 % interval, the share alike and the matrix of hand-made tables, to 1e-12."""
    (pair,) = agreement(codings(table), numeric=False)["pairs"]
    kappa, error = kappa_by_hand(table)
    assert pair["kappa"] == pytest.approx(kappa, abs=1e-12)
    z = 1.9599639845400545
    high = min(kappa + z * error, 1)  # κ is never beyond 1, though its normal interval is
    assert pair["kappa_interval"] == pytest.approx((kappa - z * error, high), 1e-9)
    assert pair["confusion"] == [list(row) for row in table]
    assert pair["agree"] == sum(table[i][i] for i in range(len(table))) / sum(map(sum, table))


@pytest.mark.parametrize("numeric", [False, True])
def test_alpha_is_the_textbooks(numeric: bool) -> None:
    """Krippendorff's α of three coders with gaps, of words and of numbers, to 1e-12."""
    chance = random.Random(7)
    found: dict[str, dict[str, str]] = {"A": {}, "B": {}, "C": {}}
    units = []
    for number in range(60):
        truth = chance.choice([-1, 0, 1])
        unit = []
        for own in found.values():
            if chance.random() < 0.8:
                said = truth if chance.random() < 0.7 else chance.choice([-1, 0, 1])
                own[f"i{number}"] = str(said)
                unit.append(float(said))
        units.append(unit)
    told = agreement(found, numeric=numeric)
    assert told["alpha"] == pytest.approx(alpha_by_hand(units, numeric), abs=1e-12)
    assert len(told["pairs"]) == 3


def test_one_label_has_no_kappa() -> None:
    """Where all items have one label chance explains everything: said, not computed."""
    told = agreement(codings([[9]]), numeric=False)
    assert (told["alpha"], told["pairs"][0]["kappa"], told["pairs"][0]["agree"]) == (None, None, 1)
    assert agreement({"A": {"i": "x"}}, numeric=False) == {}
    assert agreement({"A": {"i": "x"}, "B": {"j": "x"}}, numeric=False) == {}


def test_draws_change_what_is_open_and_nothing_else() -> None:
    """An item on which coders differ is drawn evenly, a single coding by what another would have
    said; what is settled or alike stays, and a seed gives the same labels."""
    labelling = Labelling(
        labels={"same": "x", "settled": "y", "single": "x"},
        coded={
            "A": {"same": "x", "open": "x", "settled": "x", "single": "x"},
            "B": {"same": "x", "open": "y", "settled": "y"},
        },
        settled=frozenset({"settled"}),
    )
    draws = [drawn(labelling, seed) for seed in range(4000)]
    assert draws[:5] == [drawn(labelling, seed) for seed in range(5)]
    assert {(each["same"], each["settled"]) for each in draws} == {("x", "y")}
    shares = [sum(each[item] == "x" for each in draws) / 4000 for item in ("open", "single")]
    # of the four codings as x another coder saw: x, x ("same" twice), y ("open"), y ("settled")
    assert shares == pytest.approx([0.5, 0.5], abs=0.04)


def test_half_widths_combine_as_a_right_triangle() -> None:
    """3 points from puppets and 4 from labels are 5."""
    z = 1.9599639845400545
    assert widened((0.07, 0.13), 0.10, 0.04 / z, 0.95) == pytest.approx((0.05, 0.15), abs=1e-12)
    assert widened((0.07, 0.13), 0.10, 0.0, 0.95) == pytest.approx((0.07, 0.13), abs=1e-15)


def test_coders_who_differ_widen_the_interval_and_stand_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every outcome under A, B and resolved; disagreement widens; the page tells kappa and hash."""
    monkeypatch.setattr(figures, "draw", lambda each: figures.Drawn(each, "<svg></svg>", b""))
    run = build(tmp_path / "run", Made(twins=6, watches=1))
    out, truth = tmp_path / "coding", truth_of(run)
    cli = CliRunner()
    assert cli.invoke(main, ["label", "export", str(run), "--coder", "A", "--coder", "B", "--out",
                             str(out)]).exit_code == 0  # fmt: skip
    (out / "codebook.yaml").unlink()
    chance = random.Random(3)
    fill(out / "coder-A.csv", truth)
    fill(
        out / "coder-B.csv",
        lambda item: (truth[item] if chance.random() < 0.8 else "cooking", "", ""),
    )
    sheets = [str(out / f"coder-{name}.csv") for name in "AB"]
    assert cli.invoke(main, ["label", "import", str(run), *sheets]).exit_code == 1
    data = report_data(run)
    labels = data["labels"]
    assert labels["coders"] == ["A", "B"]
    assert 0.6 < labels["agreement"]["pairs"][0]["kappa"] < 0.9
    by_name = {each["outcome"]: each["by"] for each in labels["outcomes"]}
    own = report_data(run, "run")
    for verdict, before in zip(data["verdicts"], own["verdicts"], strict=True):
        name = f"{verdict['surface']}: {verdict['outcome']}, {verdict['arm']} against neutral"
        found = {each["coder"]: each["estimate"] for each in by_name[name]}
        assert list(found) == ["resolved", "A", "B"]
        # A coded everything by the truth: hers is the estimate of the mock's labels
        assert found["A"] == pytest.approx(before["estimate"], abs=1e-12)
        if verdict["estimate"] is not None:
            assert found["resolved"] == verdict["estimate"]
        if verdict["interval"] is not None and verdict["labelled"] is not None:
            low, high = verdict["interval"]
            assert verdict["labelled"][0] < low
            assert verdict["labelled"][1] > high
    page = write_report(run).read_text("utf-8")
    assert labels["sha256"][:16] in page
    assert f"{labels['agreement']['pairs'][0]['kappa']:.3f}" in page
    assert "Who chose what: A and B" in page
    kappa = labels["agreement"]["pairs"][0]["kappa"]
    assert (
        f"by 2 coders (labels version 1; A and B: Cohen’s κ = {kappa:.3f} over" in data["methods"]
    )
    assert "after the run" not in own["methods"]
    assert f"labels of {next(iter(own['labels']['sources']))}" in own["methods"]
