"""One ranking, three ways to it: a dataset, a run without a browser and one in Chromium show the
same lists, item by item and score by score, in a world with truths too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.datasets.records import COLUMNS
from collector.datasets.simulator import Job, Simulator
from collector.run.start import run_scenario
from collector.scenario.loader import Loaded, parse_scenario
from collector.schedule.display import display_for
from collector.store import SessionState, Store

Place = tuple[str, str, str, int]
"""Puppet, load, surface, slot."""

#: Truths of every kind that goes by puppet, arm, load and number of events, and not by the second.
TRUTHS: list[dict[str, Any]] = [
    {"truth": "exposure", "topic": "science", "points": 20, "arms": ["treated"]},
    {"truth": "ads", "rate": 0.5, "slots": [2, 5], "arms": ["treated"], "surfaces": ["home"]},
    {"truth": "buckets", "number": 2, "by": "visit", "weight": 0.5},
    {"truth": "forgetting", "half_life_watches": 2},
    {"truth": "blocking", "share": 0.1, "arms": ["control"]},
    {"truth": "used", "watches": 3, "topic": "music", "arms": ["treated"]},
    {"truth": "differs", "aspect": "country", "value": "us", "replace": 2, "reorder": 2},
]


def scenario(twins: int, **mock: Any) -> Loaded:
    steps = [
        {"search": "moon landing"}, {"follow": {"rank": 2}}, {"watch": "30s"},
        {"follow": {"random": True, "top": 5}}, {"watch": "20s"}, "like",
    ]  # fmt: skip
    return parse_scenario(
        {
            "name": "paths",
            "persona": "marie-us",
            "seed": 5,
            **({"mock": mock} if mock else {}),
            "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
            "arms": {
                "control": {"twins": twins, "steps": steps},
                "treated": {"twins": twins, "steps": [*steps, "subscribe"]},
            },
            "after": [{"visit": "home"}, {"visit": "/watch?v=dQw4w9WgXcQ"}],
        }
    )


def simulated(loaded: Loaded) -> dict[Place, tuple[str, float]]:
    simulator = Simulator(Job(loaded, 5, "run"))
    at = {name: COLUMNS["truth_impressions"].index(name) for name in COLUMNS["truth_impressions"]}
    return placed(
        {name: row[number] for name, number in at.items()}
        for session in simulator.round(0)
        for row in session.tables.get("truth_impressions", ())
    )


def placed(rows: Iterable[Any]) -> dict[Place, tuple[str, float]]:
    return {
        (row["puppet"], row["load"], row["surface"], row["slot"]): (row["item_id"], row["score"])
        for row in rows
    }


def ran(loaded: Loaded, folder: Path, driver: str) -> dict[Place, tuple[str, float]]:
    options = RunOptions(driver=driver, submit_to="none", out=folder / "run", speed="max")
    with (folder / "said.txt").open("w") as said:
        result = run_scenario(
            loaded, options, display=display_for(Console(file=said)), confirm=lambda _: True
        )
    assert set(result.states.values()) == {SessionState.DONE}
    with Store(RunDir(folder / "run").store) as store:
        return placed(store.rows("SELECT * FROM truth_impressions", ()))


def same(one: dict[Place, tuple[str, float]], other: dict[Place, tuple[str, float]]) -> None:
    """Equal, or the first place that is not."""
    different = [
        (place, one.get(place), other.get(place))
        for place in sorted(one.keys() | other.keys())
        if one.get(place) != other.get(place)
    ]
    assert not different, (len(different), different[:3])


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> tuple[Loaded, Path]:
    """Carried out once: 5 twins of two arms, each with a seed of its own, and every truth."""
    loaded = scenario(5, truths=TRUTHS)
    folder = tmp_path_factory.mktemp("ten")
    ran(loaded, folder, "http")
    return loaded, folder / "run"


@pytest.mark.slow
def test_ten_puppets_see_the_same_in_a_dataset_and_in_a_run(ten: tuple[Loaded, Path]) -> None:
    loaded, run = ten
    of_dataset = simulated(loaded)
    assert len({puppet for puppet, *_ in of_dataset}) == 10
    with Store(RunDir(run).store) as store:
        same(of_dataset, placed(store.rows("SELECT * FROM truth_impressions", ())))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("twins", "mock"),
    [
        (2, {}),
        pytest.param(25, {}, marks=pytest.mark.slow),
        pytest.param(25, {"truths": TRUTHS}, marks=pytest.mark.slow),
    ],
    ids=["no truths", "no truths, fifty", "fifty"],
)
def test_so_do_others(twins: int, mock: dict[str, Any], tmp_path: Path) -> None:
    """Without truths too, and fifty."""
    loaded = scenario(twins, **mock)
    of_dataset = simulated(loaded)
    assert len({puppet for puppet, *_ in of_dataset}) == 2 * twins
    same(of_dataset, ran(loaded, tmp_path, "http"))


@pytest.mark.browser
@pytest.mark.slow
def test_chromium_sees_the_same_as_a_dataset(tmp_path: Path) -> None:
    loaded = scenario(1, truths=TRUTHS)
    same(simulated(loaded), ran(loaded, tmp_path, "chromium"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "mechanism", ["item-cf", pytest.param("epsilon-greedy", marks=pytest.mark.slow)]
)
def test_another_recommender_too(mechanism: str, tmp_path: Path) -> None:
    loaded = scenario(1, mechanism=mechanism)
    found = simulated(loaded)
    same(found, ran(loaded, tmp_path, "http"))
    assert found != simulated(scenario(1))


@pytest.mark.slow
def test_a_run_writes_down_what_was_true(ten: tuple[Loaded, Path]) -> None:
    """The manifest's plan and the store's recommender name every truth with its parameters."""
    out = RunDir(ten[1])
    manifest = json.loads((out.root / "manifest.json").read_text())
    assert manifest["environment"]["world"]["truths"] == TRUTHS
    assert json.loads(out.plan.read_text())["scenario"]["mock"] == {"truths": TRUTHS}
    with Store(out.store) as store:
        told = json.loads(store.runs()[0]["recommender"])
    assert [each["truth"] for each in told["truths"]] == [each["truth"] for each in TRUTHS]
    assert told["truths"][1]["slots"] == [2, 5]


@pytest.mark.slow
def test_hours_pass_in_the_world_as_they_pass_for_a_puppet(tmp_path: Path) -> None:
    """A second search after 11 minutes and one after 20 hours: half of the carry-over, and none."""
    again = {"search": "moon landing"}
    loaded = parse_scenario(
        {
            "name": "hours",
            "persona": "marie-us",
            "seed": 5,
            "mock": {"truths": [{"truth": "carry-over", "half_life_s": 660, "weight": 4}]},
            "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}, again],
            "arms": {
                "soon": {"twins": 1, "steps": [{"pause": "1s"}, again]},
                "later": {"twins": 1, "steps": [{"pause": "660s"}, again]},
                "late": {"twins": 1, "steps": [{"pause": "20h"}, again]},
            },
            "after": [{"visit": "home"}],
        }
    )
    ran(loaded, tmp_path, "http")
    most: dict[str, list[tuple[float, float]]] = {}
    with Store(RunDir(tmp_path / "run").store) as store:
        for row in store.rows("SELECT * FROM truth_impressions WHERE surface = 'search'", ()):
            at_s = json.loads(row["extra"])["at_s"]
            carried = json.loads(row["parts"]).get("carry_over", 0.0)
            most.setdefault(row["puppet"].rpartition("-")[0], []).append((at_s, carried))
    soon, later, late = (max(most[arm])[1] for arm in ("soon", "later", "late"))
    first = {arm: min(rows)[0] for arm, rows in most.items()}
    passed = {arm: max(rows)[0] - first[arm] for arm, rows in most.items()}
    assert passed["late"] - passed["later"] == pytest.approx(72_000 - 660, abs=5)
    assert soon > 0.5
    assert later / soon == pytest.approx(2 ** (-(passed["later"] - passed["soon"]) / 660), rel=0.01)
    assert late < 1e-6
