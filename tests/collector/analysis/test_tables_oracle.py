"""Small tables of the report, called directly with rows written out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis import feeds, tables
from collector.analysis.rundata import RunData

PAGE = "https://www.facebook.com/"


def run(sessions: tuple[Any, ...] = (), cells: tuple[Any, ...] = ()) -> RunData:
    data = hand_run({"c-1": {}, "c-2": {}, "t-1": {}, "t-2": {}}, arms={"c": {"twins": 3}})
    return replace(data, sessions=sessions, cells=cells)


def test_the_skew_of_a_block_is_that_of_each_of_its_turns() -> None:
    """The last start of a block and turn; alone nobody is late, and what did not start is out."""
    rows = tuple(
        {"block": block, "turn": turn, "skew_ms": skew}
        for block, turn, skew in (
            (1, "", 0.0), (1, "", 30.0), (2, "w1s1", 0.0), (2, "w1s1", 50.0),
            (2, "w1s2", 70.0), (2, "w1s2", 0.0), (3, "", 90.0), (4, "", 0.0), (4, "", None),
        )
    )  # fmt: skip
    assert tables.skew(run(rows)) == {
        "blocks": {1: 30.0, "2 w1s1": 50.0, "2 w1s2": 70.0}, "largest": 70.0, "mean": 50.0,
    }  # fmt: skip
    assert tables.skew(run()) == {"blocks": {}, "largest": None, "mean": None}


def test_a_puppet_is_whole_that_lost_no_cell() -> None:
    """Failed, skipped, contaminated or still open: one such cell is enough; missing is a page."""

    def cell(puppet: str, outcome: str | None, status: str | None = "ok") -> dict[str, Any]:
        return {"puppet": puppet, "arm": puppet[0], "outcome": outcome, "status": status}

    cells = (
        cell("c-1", "done"), cell("c-1", "failed", None), cell("c-1", "skipped", None),
        cell("c-2", "done"), cell("c-2", "done", None), cell("c-2", "missing", "captcha"),
        cell("t-1", None, None), cell("t-2", "contaminated", None),
    )  # fmt: skip
    control, treated = tables.design(run(cells=cells))
    assert control == {
        "arm": "c", "description": "", "control": True, "planned": 3, "puppets": 2, "whole": 1,
        "cells": 6, "data": 3,
    }  # fmt: skip
    assert treated == {
        "arm": "t", "description": "", "control": False, "planned": 2, "puppets": 2, "whole": 0,
        "cells": 2, "data": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("author", "source", "link", "told"),
    [
        ("person", "Ann", PAGE + "ann", "people"),
        ("group", "Gardeners", PAGE + "groups/7", "Gardeners"),
        ("group", None, PAGE + "groups/7/", "groups/7"),
        ("page", "The Paper", PAGE + "paper", "paper"),
        ("page", "The Paper", None, "The Paper"),
        (None, "The Paper", "https://paper.example/", "https://paper.example"),
        ("page", None, None, None),
        ("page", None, PAGE, None),
    ],
)
def test_a_source_by_its_address_a_group_by_its_name(
    author: str | None, source: str | None, link: str | None, told: str | None
) -> None:
    post = json.dumps({"author": author}) if author else None
    row = {"post": post, "source": source, "source_link": link, "platform": "facebook"}
    assert feeds._source(row) == told
