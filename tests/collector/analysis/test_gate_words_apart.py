"""What the gates on drift and test groups say, word by word: every outcome of each.

As in ``test_gate_words.py``: the smallest run, and the whole gate that it has to give. The least p
of a drift is 1 of 20,001 (the noise is drawn 20,000 times), of test groups 1 of 5,000.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gate_tools import asked, items, same
from hand_runs import hand_run

from collector.analysis import gates as module
from collector.analysis.buckets import twin_excess
from collector.analysis.gates import Gate, Ruling, ask
from collector.analysis.gates.base import difference, passed
from collector.analysis.gates.buckets import _by_page, buckets
from collector.analysis.gates.stability import stability
from collector.analysis.judging import declaration_of
from collector.analysis.losses import imbalance
from collector.analysis.measures import Measure, Sight, Unit
from collector.analysis.metrics import Attention
from collector.analysis.outcomes import at_moment, measure_question, outcome_pages
from collector.analysis.rundata import RunData

PASSED, NOTED, WITHHELD = Ruling.PASSED, Ruling.NOTED, Ruling.WITHHELD
P4 = 1 / 70


def told(gate: str, data: RunData, at: int = 0) -> Gate:
    """What one gate says of a declared outcome."""
    declaration, measured = declaration_of(data), asked(data, at)
    made: dict[str, Callable[[], Gate]] = {
        "stability": lambda: stability(measured, len(declaration.questions), 1),
        "buckets": lambda: buckets(measured, declaration.attention, 1),
    }
    return made[gate]()


# ---- stability

STEP = [0.5, 0.475, 0.5, 0.525, 0.0, 0.025, 0.0, 0.025]
LEAST = 1 / 20_001
BLOCKS = "look at the blocks one by one, and run it again in larger blocks"


def in_blocks(effect: Sequence[float], level: Sequence[float], **changes: Any) -> RunData:
    """One pair a block: lists of 40 with so large a share of news, control and treated."""
    lists = {}
    for block, (shift, base) in enumerate(zip(effect, level, strict=True), 1):
        for arm, share in (("c", base), ("t", base + shift)):
            lists[f"{arm}-{block}"] = {"after.0": items("i", round(40 * share), 40)}
    return hand_run(lists, exposure=["news"], attention="uniform", **changes)


def few_pairs(c: Sequence[int], t: Sequence[int]) -> RunData:
    """Twins in these blocks, with one list."""
    blocks = {
        f"{arm}-{n}": block for arm, own in (("c", c), ("t", t)) for n, block in enumerate(own, 1)
    }
    lists = {name: {"after.0": items("i", 2, 4)} for name in blocks}
    return hand_run(lists, exposure=["news"], blocks=blocks)


def unseen(pairs: int, said: str) -> Gate:
    words = f"{said} cannot show whether the platform changed in the course of the run"
    return Gate("stability", NOTED, words, "", float(pairs), 6.0)


def moved_effect(alpha: float, p: str = "5e-05", number: float = LEAST) -> Gate:
    said = (
        "the difference between t and c changed from block to block in the course of the run"
        f" (p = {p}): the platform may have changed, and no average describes it"
    )
    return Gate("stability", WITHHELD, said, BLOCKS, number, alpha)


def test_an_effect_that_moved() -> None:
    data = in_blocks(STEP, [0.2, 0.225] * 4)
    same(told("stability", data), moved_effect(0.01))
    two = in_blocks(STEP, [0.2, 0.225] * 4, outcomes=["exposure-share", "incidence"])
    same(told("stability", two), moved_effect(0.005))


def test_a_level_that_moved() -> None:
    said = (
        "the level of c changed in the course of the run (p = 5e-05); arms are compared within"
        " blocks, which bears it"
    )
    data = in_blocks([0.1, 0.125] * 4, STEP)
    same(told("stability", data), Gate("stability", NOTED, said, "", LEAST, 0.01))


def test_what_can_not_be_seen_and_what_did_not_move() -> None:
    same(
        told("stability", few_pairs([1] * 4 + [2], [1] * 4 + [2])), unseen(5, "5 pairs in 2 blocks")
    )
    same(told("stability", few_pairs([1, 1, 2], [1, 2, 2])), unseen(2, "2 pairs in 2 blocks"))
    same(told("stability", few_pairs([1, 2], [1, 3])), unseen(1, "1 pair in 1 block"))
    same(told("stability", few_pairs([1] * 4, [1] * 4)), passed("stability"))
    same(told("stability", few_pairs(range(1, 7), range(1, 7))), passed("stability", 1.0, 0.01))
    many = in_blocks([0.1] * 6, [0.2] * 6, outcomes=["exposure-share", "incidence"])
    same(told("stability", many), passed("stability", 1.0, 0.005))


def like(early: str, late: str) -> RunData:
    """Two blocks of six: the treated puppets' own list in the first and in the second."""
    blocks = {f"{arm}-{n}": 1 + (n > 6) for arm in "ct" for n in range(1, 13)}
    lists = {}
    for name, block in blocks.items():
        own = "a b c d e f" if name[0] == "c" else (early, late)[block - 1]
        lists[name] = {"after.0": f"{own} x{name}"}
    return hand_run(lists, outcomes=["jaccard"], blocks=blocks)


def test_a_likeness_has_a_fourth_of_the_level() -> None:
    found = told("stability", like("g h i j k l", "a b c d e f"))
    same(found, moved_effect(0.0025))
    same(told("stability", like("g h i j k l", "g h i j k l")), passed("stability", 1.0, 0.0025))


# ---- buckets

STAY = (
    "twins stay apart from page to page (intraclass correlation 1.00, p = 0.0002): different"
    " test groups of the platform, or what each happened to be shown before"
)
GROUPS = Gate("buckets", NOTED, STAY, "", 1 / 5000, 0.05)


def too_few(arm: str, count: int) -> Gate:
    said = (
        f"fewer than 5 twins with data in arm {arm} cannot tell a platform’s random test groups"
        " (A/B buckets) from the treatment"
    )
    return Gate("buckets", NOTED, said, "", float(count), 5, arm)


def two_groups(arm: str) -> Gate:
    """Of six values one stands apart: skewness √6, kurtosis 9.25 + 3: (6 + 1) / 12.25 = 4/7."""
    said = (
        f"the twins of arm {arm} fall into two groups (Sarle’s coefficient 0.57): the platform"
        " may have put them into different test groups"
    )
    return Gate("buckets", NOTED, said, "", 4 / 7, 5 / 9, arm)


def shown(c: Sequence[str], t: Sequence[str], pages: int = 1, **changes: Any) -> RunData:
    """A list a twin, the same on so many pages."""
    lists = {
        f"{arm}-{n}": {f"after.{page}": text for page in range(pages)}
        for arm, own in (("c", c), ("t", t))
        for n, text in enumerate(own, 1)
    }
    lists |= changes.pop("lists", {})
    return hand_run(lists, **({"exposure": ["news"], "attention": "uniform"} | changes))


N, X, LONG = "a:news b:news", "a:x b:x", "a:news b:news c:news d:news"
TURNS = [N, X] * 4
LENGTHS = [N, LONG] * 4
LENGTH: dict[str, Any] = {"exposure": [], "outcomes": ["list-length"]}
BUCKETS: dict[str, tuple[Callable[[], RunData], Gate]] = {
    "a likeness": (lambda: shown([N], [N], outcomes=["jaccard"]), passed("buckets")),
    "four and five": (lambda: shown([N] * 4, [N] * 5), too_few("c", 4)),
    "five and four": (lambda: shown([N] * 5, [N] * 4), too_few("t", 4)),
    "five": (lambda: shown([N] * 5, [N] * 5), passed("buckets")),
    "none": (lambda: hand_run({"c-1": {}, "t-1": {}}, exposure=["news"]), too_few("c", 0)),
    "one of six controls": (lambda: shown([N] * 5 + [X], [N] * 6), two_groups("c")),
    "one of six treated": (lambda: shown([N] * 6, [X] * 5 + [N]), two_groups("t")),
    "one of five": (lambda: shown([N] * 5, [X] * 4 + [N]), passed("buckets")),
    "on every page": (lambda: shown(TURNS, TURNS, 4), GROUPS),
    "on one page": (lambda: shown(TURNS, TURNS, 1), passed("buckets")),
    "in one arm": (lambda: shown(TURNS, [N] * 4, 4), GROUPS),
    "a page was lost": (
        lambda: shown(TURNS, TURNS, 4, lists={"t-8": {f"after.{n}": X for n in (0, 1, 3)}}), GROUPS
    ),
    "in other labels": (lambda: shown(["a:y b:y", X] * 4, ["a:y b:y", X] * 4, 4), GROUPS),
    "in length": (lambda: shown(LENGTHS, LENGTHS, 4, **LENGTH), GROUPS),
    "in length with a page lost": (
        lambda: shown(LENGTHS, LENGTHS, 4, lists={"t-8": {f"after.{n}": LONG for n in (0, 1, 3)}},
                      **LENGTH), GROUPS,
    ),
    "not in length": (lambda: shown(TURNS, TURNS, 4, **LENGTH), passed("buckets")),
    "length alone": (lambda: shown(LENGTHS, LENGTHS, 4), passed("buckets")),
}  # fmt: skip


@pytest.mark.parametrize("case", BUCKETS)
def test_buckets(case: str) -> None:
    made, expected = BUCKETS[case]
    same(told("buckets", made()), expected)


def test_an_outcome_is_told_what_it_needs_to_know_of_each_page() -> None:
    """Its label, the attention, the supply, and the puppet's pages; a lost one is NaN."""
    sights: list[Sight] = []

    def value(sight: Sight) -> float | None:
        sights.append(sight)
        return None if sight.pages[0].items[0].item_id == "b" else float(len(sight.pages))

    own = shown([N, X], [N, X], 2, lists={"t-2": {"after.1": "b:x"}})
    measured = asked(own)
    made = Measure(name="m", title="m", about="m", unit=Unit.ITEMS, value=value, by_page=True)
    measured = replace(measured, question=replace(measured.question, measure=made))
    table = _by_page(measured, Attention.LOG)
    assert [[str(each) for each in row] for row in table] == [["1.0", "1.0"]] * 3 + [["nan"] * 2]
    pages = measured.shown
    told_of = [(page, pages[puppet]) for puppet in measured.puppets for page in pages[puppet]]
    assert [(s.pages, s.label, s.attention, s.earlier, s.supply) for s in sights] == [
        ((page,), "news", Attention.LOG, own, {"news": 8 / 13, "x": 5 / 13})
        for page, own in told_of
    ]


# ---- all of them


def test_every_gate_is_asked_with_the_seed_of_the_run() -> None:
    """Nine twins have 48,620 dealings: 19,999 of them are drawn with the run's seed."""
    whole, less = items("a", 30, 60), f"{items('a', 30, 59)} z"
    names = [f"{arm}-{n}" for arm in "ct" for n in range(1, 10)]
    odd = [name for name in names if name[0] == "t" and int(name[2:]) < 7]
    lists = {name: {"after.0": less if name in odd else whole} for name in names}
    data = hand_run(lists, exposure=["news"], unparsed=dict.fromkeys(odd, 1))
    cells = [
        {**cell, "status": "captcha" if cell["puppet"] in odd else "ok"} for cell in data.cells
    ]
    data = replace(data, cells=tuple(cells), run={**data.run, "seed": 7})
    said: dict[str, dict[str, str]] = {"a": {}, "b": {}}
    for page in data.pages:
        for item in page.items:
            said["a"][item.item_id] = said["b"][item.item_id] = "x"
    said["b"]["z"] = "news"
    data = replace(data, codings=said)
    found = {gate.gate: gate for gate in ask(data, asked(data), declaration_of(data))}
    treated = np.array([name[0] == "t" for name in names])
    p = imbalance(np.array([float(name in odd) for name in names]), treated, seed=7).p
    assert 0.001 < p < 0.05
    for gate in ("labels", "agreement", "attrition", "coverage"):
        assert (gate, found[gate].ruling, found[gate].number) == (gate, WITHHELD, p)


def test_test_groups_are_asked_for_with_the_seed_of_the_run() -> None:
    """Seven twins of two kinds: dealt out anew, pages agree again in about 1 of C(7, 3) = 35."""
    data = shown([N, X, N, X, N, X, N], [N] * 7, 2)
    data = replace(data, run={**data.run, "seed": 7})
    table = np.array(
        [[[1.0, 0.0] if n in (0, 2, 4, 6) or n > 6 else [0.0, 1.0]] * 2 for n in range(14)]
    )
    excess = twin_excess(table, ["c"] * 7 + ["t"] * 7, seed=7)
    assert excess is not None
    assert 0.02 < excess.p < 0.04
    measured = asked(data)
    gate = ask(data, measured, declaration_of(data))[-1]
    assert gate == buckets(measured, Attention.UNIFORM, 7)
    assert (gate.ruling, gate.number) == (NOTED, excess.p)


def test_every_gate_is_asked_with_what_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that draw with the run's seed; buckets with the declared attention."""
    data = hand_run(
        {f"{arm}-{n}": {"after.0": "a:news b:music"} for arm in "ct" for n in range(1, 4)},
        exposure=["news"], outcomes=["exposure-share", "list-length"], attention="log",
    )  # fmt: skip
    data = replace(data, run=dict(data.run) | {"seed": 41})
    declaration = declaration_of(data)
    measured = measure_question(data, declaration.questions[0], declaration)
    question, contrast = measured.question, measured.contrast
    pages = at_moment(data, outcome_pages(data, question.surface), declaration.moment)
    asked: dict[str, tuple[object, ...]] = {}
    for name in ("freshness", "after_treatment", "arms", "labels", "agreement", "dose", "attrition",
                 "coverage", "spacing", "stability", "buckets"):  # fmt: skip

        def gate(*given: object, name: str = name) -> Gate:
            asked[name] = given
            return Gate(name, PASSED)

        monkeypatch.setattr(module, name, gate)
    assert [gate.gate for gate in ask(data, measured, declaration)] == list(asked)
    assert asked == {
        "freshness": (data,), "after_treatment": (data, question, declaration),
        "arms": (measured, ""), "labels": (data, question, pages, declaration, 41),
        "agreement": (data, measured, pages, 41), "dose": (data, contrast, declaration),
        "attrition": (data, contrast, 41), "coverage": (question, pages, 41),
        "spacing": (data, question), "stability": (measured, 2, 41),
        "buckets": (measured, declaration.attention, 41),
    }  # fmt: skip


def test_a_difference_is_drawn_by_its_seed() -> None:
    """Of twelve twins an arm not all exchanges are tried: another seed tries others."""
    data = hand_run(
        {f"{arm}-{n}": {"after.0": "a:news"} for arm in "ct" for n in range(12)}, exposure=["news"]
    )
    contrast = declaration_of(data).questions[0].contrast
    dice = np.random.default_rng(3)
    values = {puppet: dice.random() + (puppet.arm == "t") / 4 for puppet in data.puppets}
    treated = np.array([puppet.arm == "t" for puppet in values])
    found = [
        difference(dict(values), replace(contrast), seed=seed) == (one.difference, one.p)
        for seed in (3, 4)
        for one in [imbalance(np.array([*values.values()]), treated, seed=seed)]
    ]
    assert found == [True, True]
    ps = {imbalance(np.array([*values.values()]), treated, seed=seed).p for seed in (3, 4)}
    assert len(ps) == 2
