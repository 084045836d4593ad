"""Gates on what was lost, on what moved in mid-run, and on blocks that say too little."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from gate_runs import FULL, NOTED, PASSED, WITHHELD, alike, asked, puppets
from hand_runs import hand_run

from collector.analysis.gates import Gate
from collector.analysis.gates.attrition import attrition, lost_cells
from collector.analysis.gatetable import asked as gates_asked
from collector.analysis.judging import declaration_of, judge
from collector.analysis.rundata import RunData

# ---- attrition


def with_losses(missing: dict[str, list[bool]]) -> RunData:
    """Cells of which these are missing, in the order of the puppets' steps."""
    cells = [
        {"puppet": name, "arm": name[0], "session": f"s-{name}", "step": n, "kind": "visit",
         "path": "after.0", "outcome": "missing" if lost else "done",
         "status": "captcha" if lost else "ok", "detail": ""}
        for name, own in missing.items()
        for n, lost in enumerate(own)
    ]  # fmt: skip
    return alike(lists={name: {"after.0": FULL} for name in missing}, cells=cells)


def test_lost_cells_by_hand() -> None:
    data = with_losses({"c-1": [True, False, False, False], "t-1": [True, True, False, True]})
    lost = {puppet.name: share for puppet, share in lost_cells(data).items()}
    assert lost["c-1"] == 0.25
    assert lost["t-1"] == 0.75


def test_pages_read_in_part_are_missing_unless_they_are_kept() -> None:
    cells = [
        {"puppet": "c-1", "arm": "c", "session": "s", "step": n, "kind": "visit",
         "path": "after.0", "outcome": outcome, "status": status, "detail": ""}
        for n, (outcome, status) in enumerate(
            [("done", "ok"), ("missing", "partial"), ("done", "partial"), ("failed", None)]
        )
    ]  # fmt: skip
    for partial, share in (("missing", 0.75), ("kept", 0.25)):
        (found,) = lost_cells(alike(cells=cells, partial=partial)).values()
        assert found == share


def test_which_arm_lost_more_is_named() -> None:
    lost = {name: [name[0] == "c"] * 4 for name in puppets()}
    gate = asked(with_losses(lost))["attrition"]
    assert (gate.ruling, gate.arm) == (WITHHELD, "c")
    assert "100 points more cells are missing in c than in t" in gate.reason


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("rates", "least", "most"),
    [((0.5, 0.0), 0.95, 1.0), ((0.2, 0.2), 0.0, 0.05), ((0.5, 0.5), 0.0, 0.05)],
)
def test_loss_by_arm_is_flagged_and_uniform_loss_is_not(
    rates: tuple[float, float], least: float, most: float
) -> None:
    """200 runs of 7 twins and 14 cells: 50 v 0 % at least 95 %; uniform at most 5 %, give or take
    the noise of 200 draws (two standard errors, 3 points)."""
    generator = np.random.default_rng(20260101)
    names = puppets(7)
    flagged = 0
    for seed in range(200):
        missing = {
            name: list(generator.random(14) < rates[0 if name[0] == "t" else 1]) for name in names
        }
        data = with_losses(missing)
        contrast = declaration_of(data).contrasts[0]
        flagged += attrition(data, contrast, seed).ruling is WITHHELD
    assert least <= flagged / 200 <= most + 0.03


# ---- stability and buckets


def in_blocks(effect: list[float], level: list[float]) -> RunData:
    """One pair a block: lists of 40 with so large a share of news, control and treated."""
    lists = {}
    for block, (shift, base) in enumerate(zip(effect, level, strict=True), 1):
        for arm, share in (("c", base), ("t", base + shift)):
            news = round(40 * share)
            names = " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(40))
            lists[f"{arm}-{block}"] = {"after.0": names}
    return hand_run(lists, exposure=["news"], attention="uniform")


STEP = [0.5, 0.475, 0.5, 0.525, 0.0, 0.025, 0.0, 0.025]


def test_an_effect_that_ends_in_mid_run_is_withheld() -> None:
    gate = asked(in_blocks(STEP, [0.2, 0.225] * 4))["stability"]
    assert gate.ruling is WITHHELD
    assert "changed from block to block" in gate.reason


def test_a_level_that_moves_is_noted_and_borne() -> None:
    gate = asked(in_blocks([0.1, 0.125] * 4, STEP))["stability"]
    assert gate.ruling is NOTED
    assert "the level of c changed" in gate.reason


def test_noise_is_no_drift() -> None:
    gate = asked(in_blocks([0.1, 0.2, 0.05, 0.15, 0.2, 0.1, 0.15, 0.05], [0.2, 0.1] * 4))
    assert gate["stability"].ruling is PASSED


def test_too_few_twins_for_buckets_are_said() -> None:
    few = hand_run({name: {"after.0": FULL} for name in puppets(4)}, exposure=["news"])
    gate = asked(few)["buckets"]
    assert (gate.ruling, gate.number, gate.threshold) == (NOTED, 4.0, 5)
    assert asked(alike())["buckets"].ruling is PASSED


def test_twins_that_stay_apart_from_page_to_page_are_said() -> None:
    """Half of the twins see other lists, on every page: a test group, or another history."""
    other = "a:x b:x c:x d:news"
    lists = {
        name: {f"after.{n}": other if int(name[-1]) % 2 else FULL for n in range(4)}
        for name in puppets(8)
    }
    gate = asked(hand_run(lists, exposure=["news"]))["buckets"]
    assert gate.ruling is NOTED
    assert "stay apart" in gate.reason or "two groups" in gate.reason


# ---- what is in no comparison, and likenesses that cannot be taken


def test_loss_in_a_block_of_one_arm_says_nothing_of_the_arms() -> None:
    """Four twins against eight: what the second four lost at their own moment is no attrition."""
    lists = {f"c-{n}": {"after.0": FULL} for n in range(1, 9)}
    lists |= {f"t-{n}": {"after.0": FULL} for n in range(1, 5)}
    blocks = {name: 1 + (int(name[2:]) > 4) for name in lists}
    data = hand_run(lists, exposure=["news"], blocks=blocks)
    lost = [
        {**cell, "outcome": "failed", "status": None} if blocks[cell["puppet"]] == 2 else cell
        for cell in data.cells
    ]
    data = hand_run(lists, exposure=["news"], blocks=blocks, cells=lost)
    assert asked(data)["attrition"].ruling is PASSED
    turned = [
        {**cell, "outcome": "failed", "status": None} if cell["puppet"][0] == "c" else cell
        for cell in data.cells
    ]
    data = hand_run(lists, exposure=["news"], blocks=blocks, cells=turned)
    assert asked(data)["attrition"].ruling is WITHHELD


@pytest.mark.parametrize("outcome", ["order", "rank-overlap"])
def test_a_likeness_in_one_block_is_withheld_with_the_reason(outcome: str) -> None:
    """Pairs of one block saw the same moment and never count, so nothing is left."""
    data = alike(outcomes=[outcome], exposure=[], blocks=dict.fromkeys(puppets(), 1))
    gate = asked(data)["arms"]
    assert gate.ruling is WITHHELD
    assert "one block" in gate.reason
    assert "more twins" in gate.mend


def test_an_order_without_common_items_is_withheld_with_the_reason() -> None:
    """Every puppet sees other items: no pair has two in common."""
    lists = {name: {"after.0": f"{name}a {name}b {name}c"} for name in puppets()}
    gate = asked(alike(lists=lists, outcomes=["order"], exposure=[]))["arms"]
    assert (gate.ruling, gate.number) == (WITHHELD, 0)
    assert "items in common" in gate.reason
    assert "jaccard" in gate.mend
    assert asked(alike(lists=lists, outcomes=["jaccard"], exposure=[]))["arms"].ruling is PASSED


def test_an_order_that_only_twins_have_in_common_is_withheld() -> None:
    """The arms see other items altogether; which side has no pair is said."""
    lists = {name: {"after.0": f"{name[0]}a {name[0]}b"} for name in puppets()}
    gate = asked(alike(lists=lists, outcomes=["order"], exposure=[]))["arms"]
    assert gate.ruling is WITHHELD
    assert "no pair of t and c" in gate.reason


def test_a_likeness_of_puppets_alone_in_their_block_is_withheld_with_the_reason() -> None:
    """Only block 1 holds both arms: pairs with the puppets of other blocks are in no test."""
    blocks = {name: 1 if name in ("c-1", "t-1") else 10 * (name[0] == "t") + int(name[-1])
              for name in puppets()}  # fmt: skip
    gate = asked(alike(blocks=blocks, outcomes=["rank-overlap"], exposure=[]))["arms"]
    assert (gate.ruling, gate.number) == (WITHHELD, 0)
    assert gate.reason.startswith("all puppets to compare are of one block")


# ---- drift


def test_too_few_pairs_to_see_a_change_are_said() -> None:
    """Five twins in blocks of four: four pairs at one time and one at another."""
    lists = {name: {"after.0": FULL} for name in puppets(5)}
    blocks = {name: 1 + (int(name[2:]) > 4) for name in lists}
    gate = asked(hand_run(lists, exposure=["news"], blocks=blocks))["stability"]
    assert gate.ruling is NOTED
    assert "5 pairs in 2 blocks cannot show" in gate.reason
    one = hand_run(lists, exposure=["news"], blocks=dict.fromkeys(lists, 1))
    assert asked(one)["stability"].ruling is PASSED  # all at one moment: nothing to move over


@pytest.mark.parametrize(
    ("gate", "number", "needed"),
    [
        (Gate("stability", NOTED, number=3.0, threshold=6.0), "3", "at least 6"),
        (Gate("stability", WITHHELD, number=0.002, threshold=0.02), "p = 0.002", "p above 0.02"),
        (Gate("attrition", PASSED, number=1.0, threshold=0.05), "p = 1", "p above 0.05"),
        (Gate("buckets", NOTED, number=3.0, threshold=5.0), "3", "5"),
    ],
)
def test_the_table_tells_a_count_from_a_p(gate: Gate, number: str, needed: str) -> None:
    """A gate may look at how many pairs there are, or at a p: the column says which."""
    judgement = judge(alike())
    answer = dataclasses.replace(judgement.answers[0], gates=(gate,))
    (row,) = gates_asked(dataclasses.replace(judgement, answers=(answer,)))
    assert (row.number, row.threshold) == (number, needed)


def with_lists(early: str, late: str) -> RunData:
    """Two blocks of six: the treated puppets' own list in the first and in the second."""
    common = " ".join(f"c{n}" for n in range(12))
    lists = {}
    for twin in range(1, 13):
        noise = f"n{twin} m{twin}"
        lists[f"c-{twin}"] = {"after.0": f"{common} x{noise.replace(' ', ' x')}"}
        own = (early if twin <= 6 else late) or common
        lists[f"t-{twin}"] = {"after.0": f"{own} y{noise.replace(' ', ' y')}"}
    blocks = {name: 1 + (int(name[2:]) > 6) for name in lists}
    return hand_run(lists, outcomes=["jaccard"], blocks=blocks)


def test_lists_that_cease_to_differ_in_mid_run_are_withheld() -> None:
    """A likeness is not a number a puppet, so its places between the arms are followed."""
    other = " ".join(f"d{n}" for n in range(12))
    gate = asked(with_lists(other, ""))["stability"]
    assert gate.ruling is WITHHELD
    assert "changed from block to block" in gate.reason
    assert asked(with_lists(other, other))["stability"].ruling is PASSED
    assert asked(with_lists("", ""))["stability"].ruling is PASSED


def test_groups_are_told_from_all_labels_where_the_declared_one_is_rare() -> None:
    """Half of the twins are shown sport, half music, on every page; the declared label nobody."""
    lists = {
        name: {
            f"after.{n}": " ".join(
                f"{n}{item}:{'sport' if (int(name[-1]) + (item == n)) % 2 else 'music'}"
                for item in range(6)
            )
            for n in range(3)
        }
        for name in puppets(6)
    }
    gate = asked(hand_run(lists, exposure=["news"]))["buckets"]
    assert gate.ruling is NOTED
    assert "stay apart" in gate.reason
