"""Two runs side by side, both written by hand: what differs, what is design, how far they agree."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis import sidebyside as module
from collector.analysis.blinding import Blinded
from collector.analysis.judging import judge
from collector.analysis.labelling import Labelling
from collector.analysis.measures import Unit
from collector.analysis.rundata import RunData
from collector.analysis.sidebyside import (
    Compared,
    Differs,
    Outcome,
    Side,
    as_data,
    as_html,
    compare_runs,
    headline,
)
from collector.analysis.verdicts import Verdict, VerdictKind

ONE, TWO = Path("/runs/one"), Path("/runs/two")
MORE: dict[str, Any] = {
    "plan_hash": "abc", "started": "2026-03-01", "platform": "youtube", "site": "mock",
    "recommender": {}, "versions": {"collector": "1"},
}  # fmt: skip


def run(news: int = 5, arms: str = "ct", twins: int = 7, **changes: Any) -> RunData:
    """Pairs; of ten items so many of the treated are news, and some of all vary."""
    lists = {
        f"{arm}-{n}": {
            "after.0": " ".join(
                f"{k}:{'news' if k < n % 3 + (news if arm != 'c' else 0) else 'x'}"
                for k in range(10)
            )
        }
        for arm in arms
        for n in range(1, twins + 1)
    }
    data = hand_run(lists, **({"exposure": ["news"], "attention": "uniform"} | changes))
    return replace(data, run={**data.run, **MORE})


@pytest.fixture(name="compared")
def _compared(monkeypatch: pytest.MonkeyPatch) -> Any:
    def made(first: RunData, second: RunData, *labels: object) -> Compared:
        asked: list[object] = []
        runs = {ONE: replace(first, folder=ONE), TWO: replace(second, folder=TWO)}

        def load(folder: Path, wanted: object) -> RunData:
            asked.append(wanted)
            return runs[folder]

        monkeypatch.setattr(module, "load_run", load)
        found = compare_runs(ONE, TWO, *labels)  # type: ignore[arg-type]
        assert asked == [labels[0] if labels else None] * 2
        return found

    return made


def test_a_run_and_itself(compared: Any) -> None:
    """The same design and plan, nothing differs, every verdict is the same, no change."""
    data = run()
    found = compared(data, data, 3)
    side = Side(
        folder=str(ONE), run="hand", scenario="hand", state="finished", seed=1, plan_hash="abc",
        started="2026-03-01", site="mock", puppets={"c": 7, "t": 7}, cells=14, missing=0,
        labels="none", labels_sha256="", versions={"collector": "1"},
    )  # fmt: skip
    verdict = judge(data).verdicts[0]
    assert verdict.interval is not None
    low, high = verdict.interval
    assert verdict.estimate is not None
    down = math.hypot(verdict.estimate - low, high - verdict.estimate)
    assert found == Compared(
        side, replace(side, folder=str(TWO)), True, True, (),
        (
            Outcome(
                "home page: exposure share: news, t against c", Unit.SHARE, verdict, verdict, 0.0,
                (pytest.approx(-down), pytest.approx(down)), "same verdict",  # type: ignore[arg-type]
            ),
        ),
    )  # fmt: skip
    assert found.stable == 1


@pytest.mark.parametrize(
    ("outcome", "status", "missing"),
    [("done", "ok", 0), ("done", None, 0), ("done", "captcha", 1), ("failed", "ok", 1),
     (None, None, 1)],
)  # fmt: skip
def test_what_is_missing_of_a_run(
    compared: Any, outcome: str | None, status: str | None, missing: int
) -> None:
    data = run()
    cell = data.cells[0] | {"outcome": outcome, "status": status}
    found = compared(data, replace(data, cells=(cell, *data.cells[1:])))
    assert (found.first.missing, found.second.missing) == (0, missing)
    assert (found.first.cells, found.second.cells) == (14, 14)


def with_run(data: RunData, **changes: Any) -> RunData:
    return replace(data, run={**data.run, **changes})


def with_scenario(data: RunData, **changes: Any) -> RunData:
    return with_run(data, scenario_json={**data.run["scenario_json"], **changes})


def differences(compared: Any, first: RunData, second: RunData) -> list[Differs]:
    found = compared(first, second)
    assert found.same_design is not any(each.design for each in found.differences)
    return list(found.differences)


@pytest.mark.parametrize(
    ("key", "design"),
    [
        ("description", False), ("name", False), ("seed", False), ("labels", False),
        ("mock", False), ("site", False), ("before", True), ("sessions", True), ("persona", True),
    ],
)  # fmt: skip
def test_what_of_a_scenario_is_design(compared: Any, key: str, design: bool) -> None:
    data = run()
    for first, second, told in (
        ("a", "b", ("a", "b")), (None, [1], ("null", "[1]")), ({"z": 1, "a": "ü"}, None,
        ('{"a": "ü", "z": 1}', "null")),
    ):  # fmt: skip
        pair = [with_scenario(data, **({key: each} if each is not None else {}))
                for each in (first, second)]  # fmt: skip
        assert differences(compared, *pair) == [Differs(f"scenario: {key}", *told, design)]


def test_a_scenarios_own_analysis_is_told_by_the_runs(compared: Any) -> None:
    data = run()
    other = with_scenario(data, analysis={"alpha": 0.1})
    assert differences(compared, data, other) == []
    changed = with_run(data, analysis={**data.run["analysis"], "alpha": 0.1})
    assert differences(compared, data, changed) == [Differs("analysis: alpha", "null", "0.1", True)]
    assert differences(compared, changed, data) == [Differs("analysis: alpha", "0.1", "null", True)]


@pytest.mark.parametrize(
    ("key", "what", "design"),
    [
        ("platform", "platform", True), ("site", "site", False), ("seed", "seed", False),
        ("plan_hash", "plan hash", False), ("recommender", "recommender", False),
    ],
)  # fmt: skip
def test_what_of_a_run_is_design(compared: Any, key: str, what: str, design: bool) -> None:
    data = run()
    other = with_run(data, **{key: 7})
    first = data.run[key] if isinstance(data.run[key], str) else json.dumps(data.run[key])
    assert differences(compared, data, other) == [Differs(what, first, "7", design)]
    assert compared(data, other).same_plan is (key != "plan_hash")


def test_versions_machines_and_labels_are_no_design(compared: Any) -> None:
    """In their order; a side that lacks one has none."""
    data = run()
    first = replace(
        with_run(data, versions={"b": "1", "same": "1"}),
        manifest={"environment": {"cpu": "x", "duration_s": 1}},
        labelling=Labelling(sources={"mock": 3}, sha256="aa"),
    )
    second = replace(
        with_run(data, versions={"a": "2", "b": "2", "same": "1"}),
        manifest={"environment": None},
        labelling=Labelling(version=2, sha256="bb"),
    )
    assert differences(compared, first, second) == [
        Differs("version of a", "null", "2", False),
        Differs("version of b", "1", "2", False),
        Differs("environment: cpu", "x", "null", False),
        Differs("environment: duration", "1", "null", False),
        Differs("labels", "mock", "version 2", False),
        Differs("labels, SHA-256", "aa", "bb", False),
    ]
    found = compared(first, second)
    assert (found.first.labels, found.second.labels) == ("mock", "version 2")
    assert (found.first.labels_sha256, found.second.labels_sha256) == ("aa", "bb")


def test_arms_and_their_puppets_are_design(compared: Any) -> None:
    """Of either run, those of the first in their order first."""
    found = differences(compared, run(arms="ct", twins=7), run(arms="cu", twins=6))
    assert [each for each in found if each.what.startswith("puppets")] == [
        Differs("puppets of c", "7", "6", True),
        Differs("puppets of t", "7", "0", True),
        Differs("puppets of u", "0", "6", True),
    ]


@pytest.mark.parametrize("length", [120, 121, 500])
def test_a_long_value_is_cut(compared: Any, length: int) -> None:
    data = run()
    found = differences(compared, data, with_run(data, site="x" * length))
    told = "x" * length if length <= 120 else "x" * 117 + "…"
    assert found == [Differs("site", "mock", told, False)]


def test_a_blinded_run_is_not_compared(compared: Any) -> None:
    data = run()
    hidden = with_scenario(data, registration={"blinded": True})
    for pair, place in (((hidden, data), ONE), ((data, hidden), TWO)):
        with pytest.raises(Blinded) as caught:
            compared(*pair)
        assert caught.value.problem == (
            "the run is blinded, and a comparison tells its arms by their names"
        )
        assert caught.value.place == str(place)
        assert caught.value.fix == (
            "use the report of each run; collector unblind ends the blinding"
        )


# ---- outcomes

BASE = judge(run()).verdicts[0]


def verdict(
    kind: VerdictKind = VerdictKind.UNDECIDED,
    estimate: float | None = 0.1,
    ends: tuple[float, float] | None = (0.0, 0.3),
    bounded: bool = True,
) -> Verdict:
    return replace(BASE, verdict=kind, estimate=estimate, interval=ends, bounded=bounded)


def test_a_change_and_its_interval() -> None:
    """The half-widths as the sides of a right triangle: 3, 4 and 5 hundredths; 5, 12 and 13."""
    first = verdict(estimate=0.20, ends=(0.15, 0.24))
    second = verdict(estimate=0.50, ends=(0.47, 0.62))
    change, ends = module._change(first, second)
    assert change == pytest.approx(0.3)
    assert ends == pytest.approx((0.3 - 0.05, 0.3 + 0.13))


def test_what_is_not_known_gives_no_change() -> None:
    known = verdict()
    for pair in ((None, known), (known, None), (known, verdict(estimate=None)),
                 (verdict(estimate=None), known)):  # fmt: skip
        assert module._change(*pair) == (None, None)
    loose = (verdict(ends=None), verdict(bounded=False))
    for other in loose:
        for pair in ((other, known), (known, other), (other, other)):
            assert module._change(*pair) == (0.0, None)


@pytest.mark.parametrize("first", VerdictKind)
@pytest.mark.parametrize("second", VerdictKind)
@pytest.mark.parametrize("signs", list(itertools.product((0.1, -0.1, 0.0, None), repeat=2)))
def test_how_far_two_verdicts_agree(
    first: VerdictKind, second: VerdictKind, signs: tuple[float | None, float | None]
) -> None:
    """The same word is the same verdict, but for two effects in opposite directions."""
    one, other = signs
    found = module._stable(verdict(first, one), verdict(second, other))
    if VerdictKind.WITHHELD in (first, second) or one is None or other is None:
        assert found == "not comparable"
        return
    opposite = (one > 0 > other) or (one < 0 < other)
    if first is second and not (first is VerdictKind.EFFECT and opposite):
        assert found == "same verdict"
    else:
        assert found == ("opposite sign" if opposite else "same sign")
    assert module._stable(None, verdict()) == module._stable(verdict(), None) == "not comparable"


def test_outcomes_are_paired_by_what_they_ask(compared: Any) -> None:
    """Of the first run in their order, then what the second alone declares."""
    first = run(outcomes=["exposure-share", "list-length"])
    second = run(outcomes=["list-length", "diversity"])
    found = compared(first, second)
    names = ["exposure share: news", "list length", "diversity"]
    assert [each.name for each in found.outcomes] == [
        f"home page: {name}, t against c" for name in names
    ]
    sides = [(each.first is not None, each.second is not None) for each in found.outcomes]
    assert sides == [(True, False), (True, True), (False, True)]
    assert [each.unit for each in found.outcomes] == [Unit.SHARE, Unit.ITEMS, Unit.LABELS]
    assert [each.stable for each in found.outcomes][::2] == ["not comparable"] * 2
    other = compared(run(arms="ct"), run(arms="cu"))
    assert [each.name.rpartition(", ")[2] for each in other.outcomes] == [
        "t against c", "u against c",
    ]  # fmt: skip


def test_plain_data_for_json(compared: Any) -> None:
    found = compared(run(), run(news=2))
    told = as_data(found)
    assert told["stable"] == found.stable
    assert told["first"]["puppets"] == {"c": 7, "t": 7}
    assert told["outcomes"][0]["change"] == found.outcomes[0].change
    assert told["outcomes"][0]["first"]["estimate"] == pytest.approx(0.5)
    json.dumps(told)


def outcome(first: Verdict | None, second: Verdict | None) -> Outcome:
    return Outcome("a name", Unit.SHARE, first, second, None, None, module._stable(first, second))


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        (verdict(), verdict(), "same verdict: a name: undecided (+10.0 points) in both"),
        (verdict(VerdictKind.EFFECT), verdict(estimate=-0.2),
         "opposite sign: a name: effect (+10.0 points) in the first, undecided (−20.0 points) in"
         " the second"),
        (None, verdict(VerdictKind.WITHHELD),
         "not comparable: a name: not declared in the first, withheld in the second"),
        (verdict(VerdictKind.UNDECIDED, None), verdict(VerdictKind.UNDECIDED, None),
         "not comparable: a name: undecided in both"),
        (replace(verdict(VerdictKind.NO_LARGER), smallest_effect=0.05), None,
         "not comparable: a name: no effect larger than 5.0 points (+10.0 points) in the first, not"
         " declared in the second"),
    ],
)  # fmt: skip
def test_a_line_an_outcome(
    compared: Any, first: Verdict | None, second: Verdict | None, line: str
) -> None:
    found = replace(compared(run(), run()), outcomes=(outcome(first, second),))
    assert headline(found)[1:] == [line]


def test_what_is_said_first(compared: Any) -> None:
    data = run()
    same = compared(data, data)
    assert headline(same)[0] == (
        "the same design, the same plan; the same verdict in both runs: 1 of 1 outcomes"
    )
    assert headline(replace(same, same_plan=False))[0] == (
        "the same design; the same verdict in both runs: 1 of 1 outcomes"
    )
    two = replace(same, outcomes=(*same.outcomes, outcome(None, verdict())))
    assert headline(two)[0].endswith("1 of 2 outcomes")
    assert headline(replace(same, same_design=False))[0] == (
        "not the same design: what is below differs in the question, and is no replication"
    )


def test_the_page_has_both_runs_and_what_differs(compared: Any) -> None:
    data = run()
    found = compared(with_run(data, id="run-1"), with_run(data, id="run-2", site="<b>other</b>"))
    page = as_html(found)
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>run-1 and run-2: two runs side by side</title>" in page
    assert "&lt;b&gt;other&lt;/b&gt;" in page
    assert "<b>other" not in page
    assert "exposure share: news, t against c" in page
