"""Outcomes against tables worked out by hand: which pages count, and what each measure gives."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis.comparison import compare
from collector.analysis.declared import declare
from collector.analysis.judging import declaration_of
from collector.analysis.measures import measures
from collector.analysis.outcomes import (
    Measured,
    _twin_gap,
    described_pages,
    measure_question,
    outcome_pages,
    same_slots,
)
from collector.analysis.rundata import Puppet, RunData


def answers(data: RunData) -> dict[str, Measured]:
    declaration = declaration_of(data)
    return {q.outcome: measure_question(data, q, declaration) for q in declaration.questions}


def measured(data: RunData) -> Measured:
    (found,) = answers(data).values()
    return found


#: Two arms of two; the treatment's own pages would say the contrary of those after it.
TWO = {
    "control-1": {"before.0": "a:news b:news", "arms.control.steps.0": "a:news b:news",
                  "after.0": "a:music b:music c:news d:music"},
    "control-2": {"before.0": "a:news b:news", "arms.control.steps.0": "a:news b:news",
                  "after.0": "a:music b:music e:music d:music"},
    "treated-1": {"before.0": "a:music b:music", "arms.treated.steps.0": "a:music b:music",
                  "after.0": "a:news f:news c:news d:music"},
    "treated-2": {"before.0": "a:music b:music", "arms.treated.steps.0": "a:music b:music",
                  "after.0": "f:news a:news x:ad d:music g:music"},
}  # fmt: skip


def test_only_pages_after_the_treatment_count() -> None:
    """Uniform shares of news, by hand: control 1/4 and 0, treated 3/4 and 2/4."""
    found = measured(hand_run(TWO, exposure=["news"], attention="uniform"))
    assert found.values == {"control-1": 0.25, "control-2": 0, "treated-1": 0.75, "treated-2": 0.5}
    assert (found.mean(False), found.mean(True)) == (0.125, 0.625)
    assert found.slots == ("after.0",)


def test_without_a_page_after_the_treatment_there_is_nothing() -> None:
    """Pages of the treatment may be described; none is ever an outcome."""
    during = {
        puppet: {path: text for path, text in pages.items() if not path.startswith("after")}
        for puppet, pages in TWO.items()
    }
    data = hand_run(during, exposure=["news"])
    assert outcome_pages(data, "home") == ()
    found = measured(data)
    assert found.values == {}
    assert compare(found, 1) is None
    phase, pages = described_pages(data, "home")
    assert (phase, len(pages)) == ("arms", 4)
    assert {page.path for page in pages} == {"arms.control.steps.0", "arms.treated.steps.0"}


def test_geometric_attention_by_hand() -> None:
    """Weights 1, 0.85, 0.85², 0.85³ over their sum."""
    found = measured(hand_run(TWO, exposure=["news"]))
    weights = [0.85**rank for rank in range(4)]
    assert found.values["control-1"] == pytest.approx(weights[2] / sum(weights))
    assert found.values["treated-1"] == pytest.approx(sum(weights[:3]) / sum(weights))


def test_twins_differ_whatever_the_sign() -> None:
    """|0.25 − 0| and |0.75 − 0.5|; with signs they would cancel in part."""
    found = measured(hand_run(TWO, exposure=["news"], attention="uniform"))
    assert found.twin_gap == pytest.approx(0.25)
    assert _twin_gap([[0.1, 0.5], [0.9, 0.2, 0.4]]) == pytest.approx((0.4 + 0.7 + 0.5 + 0.2) / 4)
    assert _twin_gap([[0.1], []]) is None


LISTS = {
    "control-1": "a b c d",
    "control-2": "a b c e",
    "control-3": "b a d c",
    "treated-1": "a x y z",
    "treated-2": "x y z a",
    "treated-3": "b a d w",
}


def by_hand(measure: str) -> dict[tuple[str, str], float]:
    """Jaccard of every pair, with sets."""
    found = {}
    for left, right in itertools.combinations(LISTS, 2):
        one, two = set(LISTS[left].split()), set(LISTS[right].split())
        found[left, right] = len(one & two) / len(one | two)
    assert measure == "jaccard"
    return found


def test_likeness_counts_pairs_of_different_blocks_only() -> None:
    """Between arms: the six pairs whose twins' numbers differ. Pairs of one block saw the same
    moment, and would make the arms look more alike than twins can ever be."""
    data = hand_run({name: {"after.0": text} for name, text in LISTS.items()}, outcomes=["jaccard"])
    overlap = measured(data).overlap
    assert overlap is not None
    pairs = by_hand("jaccard")
    between = [v for (a, b), v in pairs.items() if a[:3] != b[:3] and a[-1] != b[-1]]
    within = [v for (a, b), v in pairs.items() if a[:3] == b[:3]]
    assert (len(between), len(within)) == (6, 6)
    same_block = [v for (a, b), v in pairs.items() if a[:3] != b[:3] and a[-1] == b[-1]]
    assert sum(same_block) / 3 != pytest.approx(sum(between) / 6)
    assert overlap.between == pytest.approx(sum(between) / 6)
    assert overlap.within == pytest.approx(sum(within) / 6)
    assert overlap.excess == pytest.approx(sum(within) / 6 - sum(between) / 6)
    assert {(p.left.name, p.right.name): p.similarity for p in overlap.pairs} == pytest.approx(
        pairs
    )


def test_twins_of_one_block_do_not_count_as_noise() -> None:
    """In larger blocks twins can share a moment too: those pairs are left out on both sides."""
    blocks = dict(zip(LISTS, (1, 1, 2, 1, 2, 2), strict=True))
    data = hand_run(
        {name: {"after.0": text} for name, text in LISTS.items()},
        blocks=blocks,
        outcomes=["jaccard"],
    )
    overlap = measured(data).overlap
    assert overlap is not None
    pairs = by_hand("jaccard")
    apart = {pair: v for pair, v in pairs.items() if blocks[pair[0]] != blocks[pair[1]]}
    twins = [v for (a, b), v in apart.items() if a[:3] == b[:3]]
    assert len(twins) == 4
    assert overlap.within == pytest.approx(sum(twins) / 4)
    test = compare(measured(data), 1)
    assert test is not None
    assert test.estimate == pytest.approx(overlap.excess)


ONE = "a:news b:music c:news -:ad d:sport"
TABLE: dict[str, tuple[dict[str, str], float]] = {
    "exposure-share": ({"after.0": ONE}, 2 / 4),
    "incidence": ({"after.0": ONE}, 1.0),
    "list-length": ({"after.0": ONE}, 4.0),
    "ad-share": ({"after.0": ONE}, 1 / 5),
    "repetition": ({"before.0": "a:news z:news", "arms.c.steps.0": "d:sport", "after.0": ONE}, 0.5),
    # Shares 1/2, 1/4, 1/4: exp(½ ln 2 + ½ ln 4)
    "diversity": ({"after.0": ONE}, math.exp(0.5 * math.log(2) + 0.5 * math.log(4))),
    # 2 of 4 against a supply of 8 of 16
    "exposure-over-supply": ({"after.0": ONE}, 0.5 / 0.5),
    "time-to-exposure": ({"after.0": "b:music c:sport", "after.1": "d:sport a:news"}, 4.0),
    "mean-score": ({"after.0": "a:1 b:-1 c:0.5 d:1 e"}, 1.5 / 4),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_measure_by_hand(name: str) -> None:
    """One puppet's pages and the number that comes of them, worked out on paper."""
    pages, expected = TABLE[name]
    puppets = ("c-1", "c-2", "t-1", "t-2")
    numeric = name == "mean-score"
    data = hand_run(
        dict.fromkeys(puppets, pages),
        exposure=[] if numeric else ["news"],
        outcomes=[name],
        attention="uniform",
    )
    found = measured(data)
    assert found.values == pytest.approx(dict.fromkeys(puppets, expected))


def test_every_measure_that_gives_a_number_has_its_table() -> None:
    """A new outcome comes with one worked out by hand."""
    assert {m.name for m in measures().values() if m.value is not None} == set(TABLE)


def test_never_met_is_later_than_the_last_item_and_incidence_nought() -> None:
    pages = {"after.0": "b:music c:sport", "after.1": "d:sport"}
    for name, expected in (("time-to-exposure", 4.0), ("incidence", 0.0), ("exposure-share", 0.0)):
        lists = {"c-1": {**pages}, "t-1": {"after.0": "a:news b:news", "after.1": "c:news"}}
        found = measured(hand_run(lists, exposure=["news"], outcomes=[name]))
        assert found.values["c-1"] == expected


def test_order_is_that_of_common_items() -> None:
    """a b c against c b a: no pair in the same order; against a x c: the one common pair is."""
    lists = {"c-1": "a b c", "c-2": "c b a", "t-1": "a x c", "t-2": "q"}
    data = hand_run({n: {"after.0": text} for n, text in lists.items()}, outcomes=["order"])
    overlap = measured(data).overlap
    assert overlap is not None
    assert {(p.left.name, p.right.name): p.similarity for p in overlap.pairs} == {
        ("c-1", "c-2"): 0.0,
        ("c-1", "t-1"): 1.0,
        ("c-2", "t-1"): 0.0,
    }


def test_rank_overlap_of_the_published_example() -> None:
    """Webber, Moffat and Zobel, figure 3 and equation 32, p = 0.9, by the sum itself."""
    lists = {"c-1": "a b c d e f g", "c-2": "q", "t-1": "r", "t-2": "z c a v w x y"}
    data = hand_run({n: {"after.0": text} for n, text in lists.items()}, outcomes=["rank-overlap"])
    overlap = measured(data).overlap
    assert overlap is not None
    (value,) = [p.similarity for p in overlap.pairs if p.similarity > 0]
    seen = sum(x / d * 0.9**d for d, x in enumerate([0, 0, 2, 2, 2, 2, 2], 1))
    assert value == pytest.approx(2 / 7 * 0.9**7 + 0.1 / 0.9 * seen)


def slots(filled: dict[str, list[str]]) -> tuple[tuple[str, ...], list[str]]:
    data = hand_run({name: dict.fromkeys(places, "a:x") for name, places in filled.items()})
    found, pages = same_slots(data.pages, data.puppets)
    for puppet, own in pages.items():
        assert [page.slot for page in own] == list(found), puppet
    return found, [puppet.name for puppet in pages]


def test_every_puppet_is_measured_on_the_same_slots() -> None:
    """Of slots × puppets as many pages as can be; who lacks a slot in use has no value."""
    full = ["after.0", "after.1"]
    assert slots(dict.fromkeys(("c-1", "c-2", "t-1"), full) | {"t-2": ["after.0"]}) == (
        ("after.0", "after.1"), ["c-1", "c-2", "t-1"],
    )  # fmt: skip
    most = {"c-1": full, "c-2": ["after.1"], "t-1": ["after.1"], "t-2": ["after.1"]}
    assert slots(most) == (("after.1",), ["c-1", "c-2", "t-1", "t-2"])
    assert slots({"c-1": [], "t-1": []}) == ((), [])


def test_the_arms_own_steps_share_a_slot_by_their_place() -> None:
    data = hand_run({"c-1": {"arms.c.steps.2": "a"}, "t-1": {"arms.t.steps.2": "a"}})
    assert {page.slot for page in data.pages} == {"arms.2"}


SESSIONS = {
    f"{arm}-{twin}": {
        f"w{wave}s{slot} after.0": "a:news b:music" if arm == "t" and wave == 10 else "b:music a:x"
        for wave in (1, 2, 10)
        for slot in (2,)
    }
    for arm in "ct"
    for twin in (1, 2)
}


@pytest.mark.parametrize(
    ("moment", "share", "count"), [("first", 0.0, 1), ("last", 0.5, 1), ("all", 0.5 / 3, 3)]
)
def test_of_several_sessions_the_declared_one_is_tested(
    moment: str, share: float, count: int
) -> None:
    """Wave 10 is later than wave 2, and news come in it alone."""
    data = hand_run(SESSIONS, exposure=["news"], attention="uniform", moment=moment)
    assert data.moments == ("w1s2", "w2s2", "w10s2")
    found = measured(data)
    assert found.mean(True) == pytest.approx(share)
    assert len(found.slots) == count


def test_pages_after_hurried_searches_are_left_out() -> None:
    lists = {name: {"after.0": "a:news", "after.1": "b:music"} for name in ("c-1", "t-1")}
    found = measured(hand_run(lists, exposure=["news"], hurried=["after.0"]))
    assert found.slots == ("after.1",)
    assert set(found.values.values()) == {0.0}


def test_lost_puppets_are_named() -> None:
    lists = {"c-1": {"after.0": "a:news"}, "c-2": {"before.0": "a"}, "t-1": {"after.0": "a:news"}}
    found = measured(hand_run(lists, exposure=["news"]))
    assert found.lost == (Puppet("c-2", "c", 2, 2),)


def contrasts(**analysis: Any) -> list[tuple[str, str]]:
    arms = ("b", "neutral", "c")
    lists = {f"{arm}-1": {"after.0": "a:news"} for arm in arms}
    declaration = declaration_of(hand_run(lists, exposure=["news"], **analysis))
    return [(q.contrast.arm, q.contrast.control) for q in declaration.questions]


def test_each_arm_against_the_control_or_every_pair() -> None:
    assert contrasts() == [("b", "neutral"), ("c", "neutral")]
    assert contrasts(control="c") == [("b", "c"), ("neutral", "c")]
    assert contrasts(pairs="all") == [("b", "neutral"), ("c", "neutral"), ("c", "b")]


def test_a_family_is_every_surface_outcome_label_and_pair() -> None:
    declaration = declare(
        {"surfaces": ["home", "search"], "exposure": ["x", "y"],
         "outcomes": ["exposure-share", "ad-share"], "pairs": "all"},
        {"arms": {"a": {}, "b": {}, "c": {}}},
    )  # fmt: skip
    assert len(declaration.questions) == 2 * (2 + 1) * 3
    assert len({q.name for q in declaration.questions}) == 18


def test_smallest_effects_have_units() -> None:
    def smallest(text: Any) -> dict[str, float]:
        names = ["exposure-share", "list-length", "jaccard"]
        declared = {"exposure": ["x"], "outcomes": names, "smallest_effect": text}
        return dict(declare(declared, {"arms": {"a": {}, "b": {}}}).smallest)

    assert smallest("5 points") == {"exposure-share": 0.05}
    assert smallest("7.5 %") == {"exposure-share": 0.075}
    assert smallest("3 items") == {"list-length": 3}
    assert smallest({"exposure-share": "5 points", "list-length": "2"}) == {
        "exposure-share": 0.05,
        "list-length": 2,
    }
    assert smallest(None) == {}
    for nothing in ("0", "0 points", "0.0 %"):
        with pytest.raises(ValueError, match="is not a smallest effect"):
            smallest(nothing)


def crossed(**analysis: Any) -> RunData:
    """Language × history, two twins a cell, both in a block of their own."""
    arms: dict[str, Any] = {
        f"{language}-{history}": {"persona": {"locale": language}, "steps": [history]}
        for language in ("en", "fr")
        for history in ("none", "some")
    }
    lists = {
        f"{arm}-{twin}": {"after.0": f"{arm} {arm[:2]} {arm[3:]} x{twin}:news"}
        for arm in arms
        for twin in (1, 2)
    }
    return hand_run(
        lists,
        arms=arms,
        factors={"language": ["persona.locale"], "history": ["steps"]},
        control="en-none",
        **analysis,
    )


def test_crossed_factors_give_main_effects_by_strata_and_an_interaction() -> None:
    """Four strata (two blocks × two levels of the other factor) with a pair each; the interaction
    has two blocks whose sign can be turned."""
    declaration = declaration_of(crossed(exposure=["news"]))
    assert declaration.factorial
    history, language, interaction = declaration.contrasts
    assert (language.arm, language.control) == ("language=fr", "language=en")
    assert set(history.treated) == {"en-some", "fr-some"}
    assert set(history.untreated) == {"en-none", "fr-none"}
    puppets = [(p.arm, p.block) for p in crossed().puppets]
    assert history.sizes(puppets) == language.sizes(puppets) == ((1, 1),) * 4
    assert interaction.sizes(puppets) == ((1, 1),) * 2
    assert interaction.sizes(puppets[:-1]) == ((1, 1),)
    assert history.sizes(puppets[:-1]) == ((1, 1),) * 3
    by_arm = declaration_of(crossed(exposure=["news"], pairs="control"))
    assert (len(by_arm.contrasts), by_arm.factorial) == (3, False)


def test_likeness_by_a_factor_looks_at_pairs_that_share_the_other_levels() -> None:
    """Of history: en-none with en-some and fr-none with fr-some, never en-none with fr-some."""
    data = crossed(outcomes=["jaccard"])
    declaration = declaration_of(data)
    history, language = declaration.questions  # an interaction of likenesses is not asked
    for question, shared in ((history, slice(0, 2)), (language, slice(3, 7))):
        overlap = measure_question(data, question, declaration).overlap
        assert overlap is not None
        assert len(overlap.pairs) == 2 * 6
        for pair in overlap.pairs:
            assert pair.left.arm[shared] == pair.right.arm[shared]
        assert overlap.between is not None
        assert overlap.between == pytest.approx(1 / 7)
        assert overlap.within == pytest.approx(3 / 5)
