"""The numbers of a report as plain data: every key, and what stands there only, by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hand_runs import hand_run

from collector.analysis import methods as methods_module
from collector.analysis import page
from collector.analysis import report as module
from collector.analysis.described import sessions
from collector.analysis.feeds import load_feeds
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
    pairs = [
        {"coders": ["ann", "bo"], "kappa": 0.8125, "items": 1},
        {"coders": ["bo", "eve"], "kappa": None, "items": 2},
    ]
    labelling = Labelling(
        labels={"a": "news", "b": "x"}, version=3, coded={"bo": {}, "ann": {}, "eve": {}},
        agreement={"pairs": pairs}, settled=frozenset("a"),
    )  # fmt: skip
    assert methods_module._labels(replace(data, labelling=labelling)) == [
        "2 items were labelled after the run by 3 coders (labels version 3; ann and bo: Cohen’s κ ="
        " 0.812 over 1 item; 1 item settled by an adjudicator)."
    ]


def test_feeds_of_no_run_are_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"store\.db is missing"):
        load_feeds(tmp_path / "none")
    assert not list(tmp_path.iterdir())
