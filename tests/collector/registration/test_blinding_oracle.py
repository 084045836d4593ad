"""A blinded run field by field: what is renamed, what is hidden, what stays, written out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis.blinding import Blinded, blinded, codes, is_blinded, refuse_blinded
from collector.analysis.rundata import Done, Item, RunData

BLIND = {"registration": {"blinded": True}}


def mark(value: object) -> str:
    """Eight letters of the hash of the value as JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return "#" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def plan_of(wanted: dict[str, str], arms: tuple[str, ...]) -> str:
    """A plan's hash under which the arms are called so."""
    return next(h for h in map(str, range(1000)) if codes({"plan_hash": h}, arms) == wanted)


# ---- names


def test_two_arms_are_called_either_way_and_nothing_else() -> None:
    """Of 200 plans about a half turn them; the same plan says the same."""
    found = [codes({"plan_hash": str(n)}, ("c", "t")) for n in range(200)]
    assert all(one.keys() == {"c", "t"} and set(one.values()) == {"A", "B"} for one in found)
    turned = sum(one["c"] == "B" for one in found)
    assert 72 <= turned <= 128
    assert found == [codes({"plan_hash": str(n)}, ("c", "t")) for n in range(200)]


def test_of_more_arms_the_control_is_a_and_the_others_are_permuted() -> None:
    arms = ("c", "x", "y", "z")
    found = [codes({"plan_hash": str(n)}, arms) for n in range(200)]
    assert {one["c"] for one in found} == {"A"}
    assert all(sorted(one.values()) == ["A", "B", "C", "D"] for one in found)
    assert len({tuple(one.items()) for one in found}) == 6
    assert len({tuple(codes({"plan_hash": str(n)}, arms[:3]).items()) for n in range(99)}) == 2


def test_names_follow_the_plan_for_ever() -> None:
    """Written down once: a report made again has the same letters."""
    assert codes({"plan_hash": "2" * 64}, ("c", "t")) == {"t": "A", "c": "B"}
    assert codes({"plan_hash": "1" * 64}, ("c", "t")) == {"c": "A", "t": "B"}


def test_more_arms_than_letters_have_a_number() -> None:
    arms = tuple(f"arm{n}" for n in range(54))
    called = list(codes({"plan_hash": "h"}, arms).values())
    letters = [chr(65 + n) for n in range(26)]
    assert called == [*letters, *(f"{one}2" for one in letters), "A3", "B3"]


# ---- when


@pytest.mark.parametrize(
    ("scenario", "kinds", "expected"),
    [
        (BLIND, (), True),
        (BLIND, ("run", "version"), True),
        (BLIND, ("run", "unblind"), False),
        ({"registration": {"blinded": False}}, (), False),
        ({"registration": {}}, (), False),
        ({"registration": None}, (), False),
        ({}, (), False),
    ],
)
def test_a_run_is_blinded_until_it_is_unblinded(
    scenario: dict[str, Any], kinds: tuple[str, ...], expected: bool
) -> None:
    run = {"scenario_json": scenario, "plan_hash": "h"}
    events = tuple({"kind": kind} for kind in kinds)
    assert is_blinded(run, events) is expected
    given = (run, events, Path("/runs/7"), "the page shows which", "the report")
    if not expected:
        refuse_blinded(*given)
        return
    with pytest.raises(Blinded) as caught:
        refuse_blinded(*given)
    assert caught.value.problem == "the run is blinded, and the page shows which"
    assert caught.value.place == "/runs/7"
    assert caught.value.fix == "use the report; collector unblind ends the blinding"


# ---- the whole


SESSIONS = tuple(
    {"id": f"s-{name}", "puppet": name, "turn": ""} for name in ("neutral-1", "flat-1")
)


def run(arms: dict[str, Any], **changes: Any) -> RunData:
    """Two puppets with a page each of before, of the treatment and after it."""
    lists = {
        name: {"before.0": "a:x", f"arms.{name[:-2]}.steps.0": f"{name}:news -:ad",
               "after.0": "b:x"}
        for name in ("neutral-1", "flat-1")
    }  # fmt: skip
    data = hand_run(lists, exposure=["news"], arms=arms)
    hash_ = plan_of({"neutral": "B", "flat": "A"}, ("neutral", "flat"))
    scenario = {**data.run["scenario_json"], **BLIND, "persona": {"locale": "en"}}
    pages = tuple(replace(p, label="mine", capture=f"{p.session}-0003") for p in data.pages)
    own = {
        "run": {**data.run, "plan_hash": hash_, "scenario_json": scenario, "command": "collector"},
        "sessions": SESSIONS,
        "pages": pages,
    }
    return replace(data, **(own | changes))


ARMS = {
    "neutral": {"description": "nothing", "steps": [{"watch": "5s"}]},
    "flat": {"description": "flat earth", "twins": 7, "persona": {"locale": "ü"}},
}


def test_a_run_that_is_not_blinded_is_itself() -> None:
    data = run(ARMS)
    open_ = replace(data, events=({"kind": "unblind"},))
    assert blinded(open_) is open_
    nobody = replace(data, puppets=(), run={**data.run, "scenario_json": {**BLIND, "arms": {}}})
    assert blinded(nobody) is nobody


def test_the_scenario_tells_what_differs_and_not_how() -> None:
    data = run(ARMS)
    told = blinded(data).run
    scenario = told["scenario_json"]
    assert scenario["arms"] == {
        "A": {"description": "", "twins": 7, "persona": {"locale": mark("ü")},
              "steps": [{"capture": {"label": mark([])}}]},
        "B": {"description": "", "twins": 1, "persona": None,
              "steps": [{"capture": {"label": mark([{"watch": "5s"}])}}]},
    }  # fmt: skip
    assert list(scenario["arms"]) == ["A", "B"]
    assert scenario["persona"] == {"locale": mark("en")}
    assert told["analysis"] == {**data.run["analysis"], "control": "A"}
    assert told["command"] == ""
    assert data.run["command"] == "collector"
    assert data.run["scenario_json"]["arms"] is ARMS
    kept = {k: v for k, v in told.items() if k not in ("scenario_json", "analysis", "command")}
    assert kept == {k: data.run[k] for k in kept}
    bare = replace(data, run={**data.run, "scenario_json": {**BLIND, "factors": 1}})
    assert blinded(bare).run["scenario_json"] == {
        **BLIND, "factors": 1, "arms": {}, "persona": {},
    }  # fmt: skip


def test_an_order_of_keys_is_no_difference() -> None:
    """A mark is of what is said: two arms with the same persona, written otherwise, look alike."""
    one = {"persona": {"place": {"a": 1, "b": 2}}}
    other = {"persona": {"place": {"b": 2, "a": 1}}}
    found = blinded(run({"neutral": one, "flat": other})).run["scenario_json"]["arms"]
    assert found["A"] == found["B"]


def test_puppets_and_pages_have_other_names() -> None:
    found = blinded(run(ARMS))
    assert [(p.name, p.arm, p.twin, p.block) for p in found.puppets] == [
        ("A-1", "A", 1, 1), ("B-1", "B", 1, 1),
    ]  # fmt: skip
    assert found.arms == ("A", "B")
    shown = [
        (p.puppet.name, p.session, p.capture, p.path, p.url, p.label, p.ids) for p in found.pages
    ]
    for name, was in (("B-1", "neutral-1"), ("A-1", "flat-1")):
        own = [row[1:] for row in shown if row[0] == name]
        session, capture = f"s-{name}", f"s-{name}-0003"
        assert own == [
            (session, capture, "before.0", "/", "mine", ["a"]),
            (session, capture, f"arms.{name[0]}.steps.0", "", "", [was]),
            (session, capture, "after.0", "/", "mine", ["b"]),
        ]


def test_a_page_of_the_treatment_has_items_and_not_what_they_are_about() -> None:
    pages = blinded(run(ARMS)).pages
    treated = next(p for p in pages if p.path == "arms.A.steps.0")
    assert treated.items == (
        Item(1, "video", "flat-1", "", None), Item(2, "ad", "-", "", None),
    )  # fmt: skip
    after = next(p for p in pages if p.path == "after.0")
    assert after.items == (Item(1, "video", "b", "title of b", "x"),)


ROW = {
    "id": "s-flat-1", "session": "s-flat-1", "puppet": "flat-1", "arm": "flat", "step": 3,
    "path": "arms.flat.steps.0.repeat[0].steps.1", "topic": "flat earth", "detail": "flat earth",
    "error": "on flat earth", "url": "/flat",
}  # fmt: skip
VEILED = {
    "id": "s-A-1", "session": "s-A-1", "puppet": "A-1", "arm": "A", "step": 3,
    "path": "arms.A.steps.0.repeat[0].steps.1", "topic": None, "detail": "", "error": "",
    "url": "",
}  # fmt: skip


OTHERS = (
    {"puppet": "somebody", "arm": "none", "session": "x", "path": "after.0", "kept": 1},
    {"path": "arms.unknown.steps.0", "session": None},
    {"path": None, "step": 1},
)


@pytest.mark.parametrize("table", ["cells", "captures", "visitors", "receipts"])
def test_rows_of_the_ledger(table: str) -> None:
    """Who and where under other names, what in particular left out, the rest as it is."""
    found = getattr(blinded(run(ARMS, **{table: (ROW, *OTHERS)})), table)
    more = {"video_id": ""} if table == "receipts" else {}
    assert found == tuple({**row, **more} for row in (VEILED, *OTHERS))


def test_sessions_bear_the_names_of_their_puppets() -> None:
    found = blinded(run(ARMS, sessions=(*SESSIONS, {**ROW, "turn": "w1"}))).sessions
    assert found == (
        {"id": "s-B-1", "puppet": "B-1", "turn": ""},
        {"id": "s-A-1", "puppet": "A-1", "turn": ""},
        {**VEILED, "turn": "w1"},
    )


def test_of_a_session_the_name_of_its_puppet_is_exchanged_once() -> None:
    """Not what stands before it or comes after it."""
    sessions = (
        {"id": "flat-1x-flat-1-flat-1", "puppet": "flat-1", "turn": ""},
        {"id": "s-neutral-1", "puppet": "neutral-1", "turn": ""},
    )
    found = blinded(run(ARMS, sessions=sessions)).sessions
    assert [row["id"] for row in found] == ["flat-1x-A-1-flat-1", "s-B-1"]


def test_the_rest_of_a_run() -> None:
    """Served lists, gaps and treatment under other names; what was watched and said is left out."""
    steps = tuple(
        Done(f"{arm}-1", arm, f"arms.{arm}.steps.2", "watch", "done", "said", {"for": "5s"}, ("x",))
        for arm in ("neutral", "flat")
    )
    data = run(
        ARMS,
        served={("flat-1", "l", "home"): ({"slot": 1},), ("gone-1", "l", "home"): ()},
        watched={("flat-1", "v"): 3.0},
        events=({"kind": "note"},),
        manifest={"format": 1, "run": "r", "plan_hash": "h", "command": "x", "labels": "flat.csv"},
        gaps={"neutral-1": (1.0, 2.0), "gone-1": (3.0,)},
        treatment=steps,
    )
    found = blinded(data)
    assert found.served == {("A-1", "l", "home"): ({"slot": 1},)}
    assert found.watched == {}
    assert found.events == ()
    assert found.manifest == {"format": 1, "run": "r", "plan_hash": "h"}
    assert found.gaps == {"B-1": (1.0, 2.0)}
    assert found.treatment == (
        replace(steps[0], puppet="B-1", arm="B", path="arms.B.steps.2"),
        replace(steps[1], puppet="A-1", arm="A", path="arms.A.steps.2"),
    )
    changed = {
        "run", "puppets", "pages", "cells", "receipts", "sessions", "captures", "served",
        "watched", "events", "manifest", "gaps", "treatment", "visitors",
    }  # fmt: skip
    for field in fields(RunData):
        if field.name not in changed:
            assert getattr(found, field.name) == getattr(data, field.name), field.name
