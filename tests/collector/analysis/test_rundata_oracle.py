"""What a report takes its numbers and words from, by hand: a run's arms, pages and moments, the
filters of its templates, what was stated, the load counted, the captures behind each verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hand_runs import hand_run
from jinja2 import StrictUndefined, UndefinedError

from collector.analysis import words
from collector.analysis.behind import behind, captures_table
from collector.analysis.judging import judge
from collector.analysis.rundata import in_time, phase_of, slot_of
from collector.analysis.stated import STATED, Asked, Load, limits_set, load, stated
from collector.analysis.templating import environment


@pytest.mark.parametrize(
    ("path", "phase", "slot"),
    [
        ("before.0", "before", "before.0"), ("after.2.steps.1", "after", "after.2.steps.1"),
        ("arms.news.steps.3", "arms", "arms.3"),
        ("arms.a-b.steps.1.steps.0", "arms", "arms.1.steps.0"),
        ("afterwards.1", "arms", "afterwards.1"), ("", "arms", "step 7"),
        ("arms.x.other.3", "arms", "arms.x.other.3"),
        ("after.arms.x.steps.1", "after", "after.arms.x.steps.1"),
    ],
)  # fmt: skip
def test_a_steps_phase_and_the_slot_that_arms_share(path: str, phase: str, slot: str) -> None:
    assert phase_of(path) == phase
    assert slot_of(path, 7, "") == slot
    assert slot_of(path, 7, "w2s3") == f"w2s3 {slot}"


def test_a_page_says_where_it_stands_and_what_of_it_is_no_advertising() -> None:
    run = hand_run({"a-1": {"w1s2 arms.a.steps.4": "v:news x:ad w"}})
    (page,) = run.pages
    assert (page.phase, page.slot) == ("arms", "w1s2 arms.4")
    assert page.ids == ["v", "w"]
    assert page.topics == ["news", None]
    assert [item.position for item in page.organic] == [1, 3]


def test_turns_stand_in_the_order_of_their_numbers() -> None:
    turns = ["w2s10", "w10s1", "w2s9", "w1s1", ""]
    assert sorted(turns, key=in_time) == ["", "w1s1", "w2s9", "w2s10", "w10s1"]
    assert in_time("w12s3") == (12, 3)


@pytest.mark.parametrize(
    ("puppets", "written", "declared", "arms", "control"),
    [
        ("t c", None, None, ("t", "c"), None),
        ("t control", None, None, ("control", "t"), "control"),
        ("t neutral", None, None, ("neutral", "t"), "neutral"),
        ("neutral control t", None, None, ("control", "neutral", "t"), "control"),
        ("t neutral c", None, "c", ("c", "t", "neutral"), "c"),
        ("t neutral", None, "gone", ("neutral", "t"), "neutral"),
        ("t", "u t c", "c", ("c", "u", "t"), "c"),
        ("c", None, "c", ("c",), None), ("", None, None, (), None),
    ],
)  # fmt: skip
def test_the_control_comes_first_and_an_arm_without_puppets_is_there(
    puppets: str, written: str | None, declared: str | None, arms: tuple[str, ...],
    control: str | None,
) -> None:  # fmt: skip
    """One alone is no control; of two names that are usual ``control`` goes before ``neutral``."""
    run = hand_run({f"{arm}-1": {} for arm in puppets.split()}, control=declared)
    named = {arm: {} for arm in written.split()} if written else None
    run.run["scenario_json"]["arms"] = named
    assert run.arms == arms
    assert run.control == (control or (arms[0] if len(arms) > 1 else None))


def test_an_arms_puppets_the_moments_after_and_the_truth() -> None:
    """A moment is a session of which a page after the treatment was planned, seen or not."""
    cells = [
        {"session": session, "path": path}
        for session, path in (
            ("p", "after.0"), ("q", "after.1"), ("r", "arms.a.steps.0"), ("s", None),
            ("t", "afterwards.0"), ("u", "after.0"),
        )
    ]  # fmt: skip
    run = hand_run({"a-2": {}, "b-1": {}, "a-1": {}}, cells=cells)
    turns = {"p": "w10s1", "q": "w2s1", "r": "w1s1", "s": "w1s2", "t": "w1s3", "u": "w10s1"}
    run = replace(run, sessions=tuple({"id": name, "turn": turn} for name, turn in turns.items()))
    assert run.moments == ("w2s1", "w10s1")
    assert [puppet.name for puppet in run.of_arm("a")] == ["a-2", "a-1"]
    assert run.of_arm("c") == ()
    assert not run.has_truth
    assert replace(run, served={("a-1", "l", "home"): ()}).has_truth


# ---- templates


@pytest.mark.parametrize(
    ("shown", "value", "text"),
    [
        ("value | ms", 0, "0 ms"), ("value | ms", 0.4, "under 1 ms"),
        ("value | ms", 0.999, "under 1 ms"),
        ("value | ms", 1, "1 ms"), ("value | ms", 1234.5, "1234 ms"),
        ("value | minutes", 90, "1.5"), ("value | minutes", 3600, "60.0"),
        ("value | when", "2026-01-05T09:00:01.123456+00:00", "2026-01-05 09:00:01 UTC"),
        ("value | when", "", "–"), ("value | when", None, "–"),
        ("value | pretty | safe", {"b": "é", "a": [1]}, '{\n "a": [\n  1\n ],\n "b": "é"\n}'),
        ("value | breaks", "short words-of-twelve stay", "short words-of-twelve stay"),
        ("value | breaks", "a" * 12, "a" * 12), ("value | breaks", "a" * 13, "a" * 10 + "<wbr>aaa"),
        ("value | breaks", "b " + "a" * 21, "b " + "a" * 10 + "<wbr>" + "a" * 10 + "<wbr>a"),
        ("value | breaks", "<" + "a" * 12, "&lt;" + "a" * 9 + "<wbr>aaa"),
        ("value", "<b>&", "&lt;b&gt;&amp;"),
        ("  {% if 1 %}\nx\n  {% endif %}\ny", None, "x\ny"),
    ],
)  # fmt: skip
def test_how_a_value_stands_in_a_page(shown: str, value: Any, text: str) -> None:
    source = shown if "%" in shown else "{{ " + shown + " }}"
    assert environment().from_string(source).render(value=value) == text


def test_the_templates_say_what_words_says_and_know_no_blank() -> None:
    """Each name stands for its sentence; one that nobody gave is an error, not an empty place."""
    made = environment()
    assert made is environment()
    named = {
        "percent": words.percent, "signed": words.signed, "p": words.p_value,
        "interval": words.interval, "surface": words.surface, "word": words.verdict_word,
        "because": words.because,
    }  # fmt: skip
    assert {name: made.filters[name] for name in named} == named
    given = {
        "number": words.number, "listed": words.listed, "amount": words.amount,
        "level": words.level, "subject": words.subject,
    }  # fmt: skip
    assert {name: made.globals[name] for name in given} == given
    assert made.undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        made.from_string("{{ nobody }}").render()
    assert "report.html.j2" in made.list_templates()


# ---- what was stated, and the load


def test_each_field_that_a_study_states_and_empty_where_it_does_not() -> None:
    nothing = dict.fromkeys(("question", "risk", "why_metric", "ethics", "data_protection"), "")
    assert list(STATED) == list(nothing)
    assert stated({"scenario_json": {}}) == nothing
    assert stated({"scenario_json": {"registration": None}}) == nothing
    told = {"risk": "minors", "ethics": None, "question": 7, "further": "x"}
    assert stated({"scenario_json": {"registration": told}}) == {
        **nothing, "risk": "minors", "question": "7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("politeness", "told"),
    [
        (None, {}), ({}, {}), ("slow", {"politeness": "slow"}), (True, {"politeness": "True"}),
        ({"seconds": 8, "quiet": None, "a": False, "b": "", "c": [], "d": 0.5, "e": [1], "f": True},
         {"seconds": "8", "d": "0.5", "e": "[1]", "f": "True"}),
    ],
)  # fmt: skip
def test_the_limits_that_were_set_are_told_and_no_other(
    politeness: object, told: dict[str, str]
) -> None:
    assert limits_set({"scenario_json": {"politeness": politeness}}) == told
    assert limits_set({"scenario_json": {}}) == {}


def test_the_load_is_counted_over_all_puppets() -> None:
    """Kinds by how often they were planned, then by name; a watch that never played is no view."""
    cells = [
        {"kind": kind, "outcome": outcome, "session": "s", "path": None}
        for kind, outcome in (
            ("visit", "done"), ("watch", "done"), ("watch", "failed"), ("watch", None),
            ("like", "done"), ("like", "skipped"), *[("capture", "done")] * 3,
        )
    ]  # fmt: skip
    watches = [("v", 3.0), ("v", 1.0), ("w", 0.5), ("x", 0.0), ("y", None), (None, 2.0)]
    run = replace(
        hand_run({"a-1": {}, "b-1": {}}, cells=cells,
                 receipts=[{"video_id": video, "watched_s": s} for video, s in watches]),
        sessions=({"started": "t"}, {"started": None}, {"started": ""}),
        captures=({}, {}, {}, {}),
    )  # fmt: skip
    assert load(run) == Load(
        puppets=2, sessions=2, captures=4,
        steps=(Asked("capture", 3, 3), Asked("watch", 3, 1), Asked("like", 2, 1),
               Asked("visit", 1, 1)),
        views=4, videos=2, most_views=2,
    )  # fmt: skip
    none = load(replace(run, receipts=(), cells=()))
    assert (none.views, none.videos, none.most_views, none.steps) == (0, 0, 0, ())


# ---- from a verdict to its captures


def test_each_verdict_names_what_every_puppet_gives_to_it() -> None:
    """In the order of the verdicts: who is in use first, then who has no page after."""
    pages = {
        "c-1": {"after.0": "v:news", "after.1": "w:music"},
        "c-2": {"after.0": "w:music", "after.1": "w:music"},
        "t-1": {"after.0": "v:news", "after.1": "v:news"}, "t-2": {"before.0": "v:news"},
    }  # fmt: skip
    run = hand_run(pages, exposure=["news", "music"], control="c")
    judgement = judge(run)
    first, second = found = behind(judgement)
    assert [each.verdict for each in found] == list(judgement.verdicts)
    assert [(one.puppet, one.arm, one.block, one.value, one.counts) for one in first.given] == [
        ("c-1", "c", 1, 0.5, True), ("c-2", "c", 2, 0.0, True), ("t-1", "t", 1, 1.0, True),
        ("t-2", "t", 2, None, False),
    ]  # fmt: skip
    assert [one.value for one in second.given] == [0.5, 1.0, 0.0, None]
    assert [[page.capture for page in one.pages] for one in first.given] == [
        ["c-1/after.0", "c-1/after.1"], ["c-2/after.0", "c-2/after.1"],
        ["t-1/after.0", "t-1/after.1"], [],
    ]  # fmt: skip
    assert first.captures == 6
    unused = replace(first, given=(replace(first.given[0], counts=False), *first.given[1:]))
    assert unused.captures == 4
    table = captures_table([unused])
    assert (table.name, table.in_print, table.said) == ("captures", False, ())
    assert table.caption == "The captures behind each declared outcome"
    told = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    verdict = first.verdict
    assert told[1] == {
        "surface": "home", "outcome": verdict.outcome, "arm": "t", "control": "c",
        "puppet": "c-1", "puppet_arm": "c", "block": 1, "value": 0.5, "counts": False,
        "slot": "after.1", "label": "", "session": "s-c-1", "step": 2, "capture": "c-1/after.1",
    }  # fmt: skip
    assert [row["capture"] for row in told] == [
        page.capture for one in first.given for page in one.pages
    ]
