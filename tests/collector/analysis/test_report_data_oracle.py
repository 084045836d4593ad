"""The numbers of a report as plain data: every key, and what stands there only, by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hand_runs import CROSSED, hand_run

from collector.analysis import methods as methods_module
from collector.analysis import page
from collector.analysis import report as module
from collector.analysis.described import sessions
from collector.analysis.feeds import load_feeds
from collector.analysis.inference import Randomisation
from collector.analysis.judging import judge
from collector.analysis.labelling import Labelling
from collector.analysis.measures import Unit
from collector.analysis.report import labels_data, report_data
from collector.analysis.rundata import RunData
from collector.common.errors import UserError


def in_waves() -> RunData:
    """Two puppets an arm, three waves: the share of news of the treated ones grows by a quarter."""
    said = {"c": ["x x x x"] * 3, "t": ["news x x x", "news news x x", "news news news x"]}
    lists = {
        f"{arm}-{n}": {
            f"w{wave + 1}s1 after.0": " ".join(
                f"{arm}{wave}{at}:{label}" for at, label in enumerate(said[arm][wave].split())
            )
            for wave in range(3)
        }
        for arm in "ct"
        for n in (1, 2)
    }
    return hand_run(lists, exposure=["news"], attention="uniform")


def test_every_key_of_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    made = in_waves()
    more = {"plan_hash": "abc", "started": "2026-03-01", "finished": None}
    cells = tuple({**cell, "label": ""} for cell in made.cells)
    begun = {"skew_ms": None, "started": "2026", "state": "done", "detail": None, "puppet": "c-1"}
    sessions = tuple({**begun, **row} for row in made.sessions)
    data = replace(made, run={**more, **made.run}, cells=cells, sessions=sessions)
    monkeypatch.setattr(module, "load_run", lambda folder, labels: data)
    monkeypatch.setattr(module, "load_feeds", lambda folder: None)
    found = report_data(Path("run"))
    assert list(found) == [
        "run", "arms", "control", "cells", "attrition", "dose", "skew_ms", "spacing", "carry_over",
        "headline", "verdicts", "gates", "power", "stated", "load", "methods", "labels", "flow",
        "sensitivity", "exploratory", "sessions", "trend", "truth", "mechanisms", "certificate",
        "coverage", "outbox", "summary",
    ]  # fmt: skip
    assert json.loads(json.dumps(found, allow_nan=False))["run"] == found["run"]
    assert list(found["run"]) == [
        "id", "scenario", "state", "seed", "plan_hash", "started", "finished",
    ]  # fmt: skip
    assert sorted(found["cells"]) == ["counts", "data", "planned"]
    assert found["trend"] == [
        {"surface": "home", "outcome": "exposure share: news", "arm": "t", "control": "c",
         "change": pytest.approx(0.25)},
    ]  # fmt: skip
    assert found["truth"] is None


def test_the_labels_of_the_numbers() -> None:
    data = in_waves()
    labelling = Labelling(
        labels={"a": "news"}, version=3, sources={"codings 3": 1}, coded={"bo": {"a": "news"}},
        files=({"coder": "bo"},), sha256="0f", others=(1, 3), agreement={"alpha": 0.5},
    )  # fmt: skip
    data = replace(data, labelling=labelling)
    assert labels_data(data, judge(data)) == {
        "version": 3, "versions": [1, 3], "sources": {"codings 3": 1}, "sha256": "0f",
        "files": [{"coder": "bo"}], "coders": ["bo"], "agreement": {"alpha": 0.5}, "outcomes": [],
    }  # fmt: skip


def test_the_sessions_of_each_outcome_stand_together() -> None:
    """With the surface in words, the unit and the trend of the difference."""
    data = in_waves()
    rows = sessions(data, judge(data).declaration)
    other = replace(rows[0], surface="search", outcome="list length", arm="u", unit="items")
    first, second = page._by_outcome((rows[0], other, *rows[1:]))
    assert first == {
        "name": "exposure share: news, home page, t against c", "rows": list(rows),
        "unit": Unit.SHARE, "trend": pytest.approx(0.25),
    }  # fmt: skip
    assert second == {
        "name": "list length, search results, u against c", "rows": [other], "unit": Unit.ITEMS,
        "trend": None,
    }  # fmt: skip


def test_the_methods_on_outcomes_and_labels() -> None:
    """Whole: what was declared, of which sessions; who labelled, and how far they agree."""
    data = in_waves()
    assert methods_module._outcomes(data, judge(data).declaration) == (
        "Declared before the run: exposure share of news on the home page, on pages after the"
        " treatment, the same steps for every puppet (last of 3 sessions), under uniform"
        " attention (every rank alike). The puppet is the unit of analysis."
    )
    lists = {f"{arm}-{n}": {f"w{w}s1 after.0": "a" for w in (1, 2)} for arm in "ct" for n in (1, 2)}
    bare = hand_run(lists, outcomes=["list-length"])
    assert methods_module._outcomes(bare, judge(bare).declaration) == (
        "Declared before the run: list length on the home page, on pages after the treatment, the"
        " same steps for every puppet (last of 2 sessions). The puppet is the unit of analysis."
    )
    pairs = [
        {"coders": ["ann", "bo"], "kappa": 0.8125, "items": 1},
        {"coders": ["bo", "eve"], "kappa": None, "items": 2},
        {"coders": ["ann", "eve"], "kappa": 0.5, "items": 2},
    ]
    labelling = Labelling(
        labels={"a": "news", "b": "x"}, version=3, coded={"bo": {}, "ann": {}, "eve": {}},
        agreement={"pairs": pairs}, settled=frozenset("a"),
    )  # fmt: skip
    assert methods_module._labels(replace(data, labelling=labelling)) == [
        "2 items were labelled after the run by 3 coders (labels version 3; ann and bo: Cohen’s κ ="
        " 0.812 over 1 item; ann and eve: Cohen’s κ = 0.500 over 2 items; 1 item settled by an"
        " adjudicator)."
    ]
    alone = Labelling(labels={"a": "news", "b": "x"}, version=1, coded={"ann": {}})
    assert methods_module._labels(replace(data, labelling=alone)) == [
        "2 items were labelled after the run by 1 coder (labels version 1)."
    ]
    one = Labelling(labels={"a": "news"}, version=1, coded={"ann": {}})
    assert methods_module._labels(replace(data, labelling=one)) == [
        "1 item was labelled after the run by 1 coder (labels version 1)."
    ]


@pytest.mark.parametrize(
    ("arms", "factors", "said"),
    [
        ("ct", None, "What the arms differ in was not declared. "),
        ("ct", {}, "The arms were declared to differ in nothing. "),
        ("ct", {"past": "steps"}, "The arms differed in nothing but past (steps). "),
        ("ct", {"past": "steps", "place": ["persona.city", "persona.timezone"]},
         "The arms differed in nothing but past (steps) and place (persona.city and"
         " persona.timezone). "),
        ("c", None, ""),
    ],
)  # fmt: skip
def test_the_methods_on_what_the_arms_differ_in(arms: str, factors: Any, said: str) -> None:
    data = hand_run({f"{arm}-1": {"after.0": "a"} for arm in arms}, factors=factors)
    assert methods_module._differed(data) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [((64,), "64"), ((64, 64), "64"), ((9, 4096, 64), "9 to 4,096"), ((20, 3), "3 to 20")],
)
def test_the_methods_on_how_many_exchanges_there_were(counts: tuple[int, ...], said: str) -> None:
    """The fewest and the most of all tests."""
    tested: list[Any] = [
        SimpleNamespace(
            tested=SimpleNamespace(test=Randomisation(0.1, 0.5, 0.01, 0.01, count, exact=True))
        )
        for count in counts
    ]
    assert methods_module._exchanges(tested) == f"all {said} exchanges were counted"


def test_feeds_of_no_run_are_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"store\.db is missing"):
        load_feeds(tmp_path / "none")
    assert not list(tmp_path.iterdir())


def shares(of: Iterable[str], news: Callable[[str, int], int], **given: Any) -> RunData:
    """Six puppets an arm; of the eight items of each so many are about news."""
    lists = {
        f"{arm}-{n}": {
            "after.0": " ".join(f"{at}:{'news' if at < news(arm, n) else 'x'}" for at in range(8))
        }
        for arm in of
        for n in range(1, 7)
    }
    return hand_run(lists, exposure=["news"], attention="uniform", **given)


def test_the_methods_tell_of_common_values_and_of_an_interaction_where_there_are_any() -> None:
    common = (
        "Where 25 % of the puppets or more had one and the same value, what melded limits of the"
        " two bounded means leave open is inside, too (Gaffke 2005; Fay et al. 2015)."
    )
    turned = (
        "Of 1 interaction no exchange of labels leaves the main effects alone: the unit is the"
        " block, its statistic the difference of differences of the four cells, and the signs of"
        " the blocks were turned (sign-flip test); that is exact only if errors are exchangeable"
        " over the four cells of a block."
    )
    apart = shares("ct", lambda arm, n: n + (arm == "t"))
    alike = shares("ct", lambda arm, n: 2 if arm == "t" and n > 3 else 0)
    factors = {"city": ["persona.city"], "language": ["persona.language"]}
    size = {"aa": 1, "ab": 2, "ba": 3, "bb": 6}
    crossed = shares(size, lambda arm, n: size[arm] + n % 2, factors=factors, arms=CROSSED)
    said = {
        name: methods_module._inference(data, judge(data))
        for name, data in (("apart", apart), ("alike", alike), ("crossed", crossed))
    }
    assert [name for name, parts in said.items() if common in parts] == ["alike", "crossed"]
    assert [name for name, parts in said.items() if turned in parts] == ["crossed"]
    # six pairs; twelve of the levels of a factor, and the signs of six blocks
    test = "tested with a two-sided randomisation test (permutation test: arm labels are exchanged"
    assert said["apart"][0] == f"Each was {test} within blocks; all 64 exchanges were counted)."
    assert said["crossed"][0] == (
        f"Main effects were {test} within blocks and the levels of the other factors; all 64 to"
        " 4,096 exchanges were counted)."
    )


@pytest.mark.parametrize(("alpha", "reached"), [(0.03125, True), (0.03, False)])
def test_the_methods_on_whether_alpha_could_be_reached(alpha: float, reached: bool) -> None:
    """Six pairs that differ have a p of 2 / 2^6 at least."""
    data = shares("ct", lambda arm, n: n + (arm == "t"), alpha=alpha)
    said = " ".join(methods_module._inference(data, judge(data)))
    assert ("that could reach α at all" in said, "none of which could reach α" in said) == (
        reached, not reached,
    )  # fmt: skip


def test_the_methods_of_a_run_without_puppets_and_without_versions() -> None:
    data = shares("ct", lambda arm, n: n)
    assert methods_module._design(replace(data, puppets=())) == (
        "0 sock puppets were assigned to 2 arms (c: 0, t: 0; control: c) in 0 blocks of up to 0 an"
        " arm; the puppets of a block started together. What the arms differ in was not declared."
        " Puppets of one arm are identical twins."
    )
    run = {**data.run, "plan_hash": "abc", "site": "http://example.test"}
    scenario, seed = run["scenario"], run["seed"]
    end = f", on http://example.test; scenario “{scenario}”, plan SHA-256 abc, seed {seed}."
    for versions, told in (
        ({"collector": "1.0"}, "twinwatch 1.0"),
        ({"b": "3", "collector": "1.0", "a": "2"}, "twinwatch 1.0 (a 2, b 3)"),
    ):
        one = replace(data, run={**run, "versions": versions})
        assert methods_module._software(one) == f"Software: {told}{end}"
