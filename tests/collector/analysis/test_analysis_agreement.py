"""Labels that two have coded: kappa and error by hand, and what errors can do."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hand_runs import hand_run
from synthetic_run import Made, build

from collector.analysis import summary
from collector.analysis.agreement import could_move, disagreement, error, kappa, pairs
from collector.analysis.gates import Gate, Ruling, ask
from collector.analysis.judging import declaration_of, judge
from collector.analysis.load import load_run
from collector.analysis.outcomes import measure_question
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import VerdictKind
from collector.store import Store


def coded(*counts: int) -> dict[str, dict[str, str]]:
    """Two coders: so many items yes/yes, yes/no, no/yes, no/no."""
    said = list(itertools.chain.from_iterable(
        [pair] * n for pair, n in zip((("y", "y"), ("y", "n"), ("n", "y"), ("n", "n")), counts,
                                      strict=True)
    ))  # fmt: skip
    return {
        name: {f"i{n}": pair[at] for n, pair in enumerate(said)} for at, name in enumerate("ab")
    }


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((20, 5, 10, 15), 0.4),  # agreed 0.7, by chance 0.5
        ((45, 15, 25, 15), (0.6 - 0.54) / 0.46),
        ((5, 0, 0, 5), 1.0),
        ((0, 5, 5, 0), -1.0),
        ((10, 0, 0, 0), 1.0),  # one label only, and all agree
    ],
)
def test_kappa_is_cohens(counts: tuple[int, ...], expected: float) -> None:
    """The textbook's 2 × 2 tables, worked by hand."""
    assert kappa(coded(*counts)) == pytest.approx(expected)


def test_kappa_of_three_coders_weighs_pairs_by_their_items() -> None:
    """a and b share two items and agree on both; a and c share three and agree by chance."""
    codings = {
        "a": {"1": "x", "2": "y", "3": "x", "4": "y", "5": "x"},
        "b": {"1": "x", "2": "y"},
        "c": {"3": "y", "4": "y", "5": "x"},
    }
    agreed = (2 / 3 - (1 / 3 * 2 / 3 + 2 / 3 * 1 / 3)) / (1 - 4 / 9)
    assert kappa(codings) == pytest.approx((2 * 1 + 3 * agreed) / 5)
    assert kappa({"a": {"1": "x"}, "b": {"2": "x"}}) is None
    assert kappa(codings, lambda label: label != "") == 1.0


def test_disagreement_counts_every_item_alike() -> None:
    """Three coders of one item are three pairs; an item with one coder is none."""
    codings = {"a": {"1": "x", "2": "x", "3": "x"}, "b": {"1": "x", "2": "y"}, "c": {"1": "y"}}
    found = pairs(codings)
    assert {item: len(said) for item, said in found.items()} == {"1": 3, "2": 1}
    assert disagreement(found) == pytest.approx((2 / 3 + 1) / 2)
    assert list(pairs(codings, ["2", "9"])) == ["2"]
    assert disagreement({}) is None


@pytest.mark.parametrize("wrong", [0.0, 0.05, 0.2, 0.5])
def test_the_error_is_what_makes_coders_disagree(wrong: float) -> None:
    """Two who err with chance e disagree on 2 e (1 − e)."""
    assert error(2 * wrong * (1 - wrong)) == pytest.approx(wrong)
    assert error(0.9) == 0.5


def test_what_errors_can_do() -> None:
    """Twenty items of which one is wrong: one of twenty of the share; any of them is met."""
    assert could_move("exposure-share", 0.05) == 0.05
    assert could_move("exposure-over-supply", 0.05, supply=0.1) == pytest.approx(0.5)
    assert could_move("exposure-over-supply", 0.05) is None
    none_wrong = math.prod([0.95] * 20)
    assert could_move("incidence", 0.05, items=20) == pytest.approx(1 - none_wrong)
    assert could_move("diversity", 0.05) is None


# ---- the gate

LENGTH = 20


def audit(seed: int, wrong: dict[str, float], twins: int = 7, pool: int = 150) -> RunData:
    """No effect: half of each arm's items are news. Coder a labels; it is wrong of such a share of
    each arm's items; coder b is right."""
    generator = np.random.default_rng(seed)
    truth = {f"{arm}{n}": "news" if n % 2 else "x" for arm in "ct" for n in range(pool)}
    flip = {"news": "x", "x": "news"}
    coder = {
        item: flip[label] if generator.random() < wrong[item[0]] else label
        for item, label in truth.items()
    }
    lists = {}
    for arm in "ct":
        for twin in range(1, twins + 1):
            shown = generator.choice(pool, LENGTH, replace=False)
            lists[f"{arm}-{twin}"] = {
                "after.0": " ".join(f"{arm}{n}:{coder[f'{arm}{n}']}" for n in shown)
            }
    data = hand_run(lists, exposure=["news"], attention="uniform", outcomes=["exposure-share"])
    return dataclasses.replace(data, codings={"a": coder, "b": truth})


def gate_of(data: RunData) -> Gate:
    declaration = declaration_of(data)
    (question,) = declaration.questions
    found = ask(data, measure_question(data, question, declaration), declaration)
    return next(gate for gate in found if gate.gate == "agreement")


def test_labels_that_are_wrong_in_one_arm_are_flagged() -> None:
    """One in ten in one arm: in 95 of 100 runs; alike in both: it never says more than is there."""
    flagged = sum(
        gate_of(audit(s, {"c": 0, "t": 0.1})).ruling is not Ruling.PASSED for s in range(60)
    )
    assert flagged >= 57
    quiet = [gate_of(audit(s, {"c": 0.0, "t": 0.0})) for s in range(5)]
    assert {(gate.ruling, gate.number) for gate in quiet} == {(Ruling.PASSED, 1.0)}


def test_one_arms_errors_withhold_what_they_could_have_made() -> None:
    """No effect, so that errors could make all of it: withheld. Of a large effect: noted."""
    data = audit(1, {"c": 0.0, "t": 0.2})
    gate = gate_of(data)
    assert gate.ruling is Ruling.WITHHELD
    assert "t 1" in gate.reason  # about 10 %: b is right, and half of the disagreement is laid on a
    (verdict,) = judge(data).verdicts
    assert (verdict.verdict, verdict.gate) == (VerdictKind.WITHHELD, "agreement")
    lists = {f"c-{n}": {"after.0": " ".join(f"c{i}:x" for i in range(LENGTH))} for n in range(1, 8)}
    lists |= {f"t-{n}": {"after.0": " ".join(f"t{i}:news" for i in range(LENGTH))}
              for n in range(1, 8)}  # fmt: skip
    large = hand_run(lists, exposure=["news"], attention="uniform", outcomes=["exposure-share"])
    whole = {f"{arm}{i}": "x" if arm == "c" else "news" for arm in "ct" for i in range(LENGTH)}
    large = dataclasses.replace(large, codings={"a": whole, "b": whole | {"t1": "x", "t2": "x"}})
    assert gate_of(large).ruling is Ruling.NOTED
    (verdict,) = judge(large).verdicts
    assert verdict.verdict is VerdictKind.EFFECT
    assert any("coders disagree more" in note for note in verdict.notes)


def test_coders_who_hardly_agree_and_few_items_are_noted() -> None:
    """κ stands in the number; withheld it is not."""
    data = audit(3, {"c": 0.35, "t": 0.35})
    gate = gate_of(data)
    assert gate.ruling is Ruling.NOTED
    assert gate.number == pytest.approx(kappa(data.codings, lambda label: label == "news"))
    assert "κ = 0." in gate.reason
    few = {
        name: dict(list(said.items())[:10])
        for name, said in audit(4, {"c": 0, "t": 0}).codings.items()
    }
    gate = gate_of(dataclasses.replace(data, codings=few))
    assert gate.ruling is Ruling.NOTED
    assert "fewer than 20 items of arm c" in gate.reason


def test_without_double_codings_small_effects_are_annotated() -> None:
    """4 points is less than wrong labels of 5 % of the items could do; 18 points is not."""
    for share, noted in ((12, True), (40, False)):
        lists = {
            f"{arm}-{n}": {
                "after.0": " ".join(
                    f"{arm}{i}:{'news' if i < (share if arm == 't' else 4) + n % 2 else 'x'}"
                    for i in range(200)
                )
            }
            for arm in "ct"
            for n in range(1, 9)
        }
        data = hand_run(lists, exposure=["news"], attention="uniform", outcomes=["exposure-share"])
        judgement = judge(data)
        (verdict,) = judgement.verdicts
        assert verdict.verdict is VerdictKind.EFFECT
        assert noted == any("labels were not coded twice" in note for note in verdict.notes)
        assert gate_of(data).ruling is Ruling.PASSED
        assert any("wrong labels of 5 %" in each for each in summary.limits(data, judgement, None))
        checked = dataclasses.replace(data, codings={
            name: {f"{arm}{i}": "x" for arm in "ct" for i in range(200)} for name in "ab"
        })  # fmt: skip
        (verdict,) = judge(checked).verdicts
        assert not any("wrong labels" in note for note in verdict.notes)
        assert not any("wrong labels" in each for each in summary.limits(checked, judgement, None))


def test_codings_are_read_from_the_store(tmp_path: Path) -> None:
    """Those of the newest version, by coder; what the coders say together is none of theirs."""
    folder = build(tmp_path / "run", Made(twins=2, watches=1))
    assert load_run(folder).codings == {}
    with Store(folder / "store.db") as store:
        for version in (1, 2):
            store.db["label_versions"].insert(
                {"version": version, "made": "", "coders": "[]", "files": "[]", "sha256": ""}
            )
        for version, item, coder, label in (
            (1, "v1", "ann", "x"),
            (1, "v3", "ann", "x"),
            (2, "v1", "ann", "z"),
            (2, "v1", "bob", "y"),
            (2, "v2", "bob", None),
            (2, "v1", "resolved", "z"),
        ):
            store.db["codings"].insert(
                {"version": version, "item_id": item, "coder": coder, "label": label, "unsure": 0}
            )
    assert load_run(folder).codings == {"ann": {"v1": "z"}, "bob": {"v1": "y"}}
