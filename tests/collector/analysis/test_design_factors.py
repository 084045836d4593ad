"""What a design of crossed factors can show, counted dealing by dealing.

Arms ``aa``, ``ab``, ``ba``, ``bb`` are the cells of two factors, and ``ca``, ``cb`` a third level
of the first one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis.declared import Contrast, Declaration, Question, declare
from collector.analysis.design import Blocks, attainable, detectable, in_words
from collector.analysis.designed import design_of, full, least_of, twins_that_do
from collector.analysis.judging import judge
from collector.analysis.verdicts import Verdict, VerdictKind

FACTORS = {"city": ["persona.city"], "language": ["persona.language"]}
LEVELS = {"a": "Rome", "b": "Oslo", "c": "Bern"}
TWO, THREE = ("aa", "ab", "ba", "bb"), ("aa", "ab", "ba", "bb", "ca", "cb")


def cells(arms: Sequence[str]) -> dict[str, Any]:
    return {
        arm: {"persona": {"city": LEVELS[arm[0]], "language": {"a": "en", "b": "fr"}[arm[1]]}}
        for arm in arms
    }


def declared(*outcomes: str, arms: Sequence[str] = TWO) -> Declaration:
    analysis = {"exposure": ["news"], "outcomes": list(outcomes), "surfaces": ["home"]}
    return declare(analysis, {"arms": cells(arms), "factors": FACTORS})


def planned(arms: Sequence[str], twins: int, block: int) -> list[tuple[str, int]]:
    return [(arm, twin // block) for arm in arms for twin in range(twins)]


def counted(contrast: Contrast, puppets: Sequence[tuple[str, int]]) -> float:
    """The least p of a likeness: every dealing, pair by pair, of lists that no two are alike and
    arms that differ as far as can be."""
    own = [(arm, block) for arm, block in puppets if arm in contrast.arms]
    strata: dict[tuple[str, int], list[int]] = {}
    for n, (arm, block) in enumerate(own):
        strata.setdefault((contrast.strata[arm], block), []).append(n)
    observed = {n for n, (arm, _) in enumerate(own) if arm in contrast.treated}
    noise = np.random.default_rng(5).normal(size=len(own))
    place = {n: 100 * (n in observed) + float(noise[n]) for n in range(len(own))}
    pairs = [
        (i, j)
        for i, j in itertools.combinations(range(len(own)), 2)
        if own[i][1] != own[j][1] and contrast.strata[own[i][0]] == contrast.strata[own[j][0]]
    ]

    def excess(treated: set[int]) -> float:
        apart = [abs(place[i] - place[j]) for i, j in pairs if (i in treated) != (j in treated)]
        twins = [abs(place[i] - place[j]) for i, j in pairs if (i in treated) == (j in treated)]
        return sum(apart) / len(apart) - sum(twins) / len(twins) if apart and twins else -math.inf

    ways = [
        itertools.combinations(members, len(observed.intersection(members)))
        for members in strata.values()
    ]
    found = [excess(set().union(*dealt)) for dealt in itertools.product(*ways)]
    return sum(value >= excess(observed) - 1e-9 for value in found) / len(found)


@pytest.mark.parametrize(
    ("arms", "twins", "block"), [(TWO, 2, 1), (TWO, 3, 1), (TWO, 3, 2), (THREE, 2, 1)]
)
def test_the_least_p_of_a_likeness_is_that_of_the_count(
    arms: Sequence[str], twins: int, block: int
) -> None:
    """Turning every label of one level of the other factors changes no pair."""
    puppets = planned(arms, twins, block)
    for question in declared("rank-overlap", arms=arms).questions:
        expected = counted(question.contrast, puppets)
        assert least_of(question, puppets) == pytest.approx(expected)


def test_a_group_of_one_block_takes_no_part_in_a_likeness() -> None:
    """French puppets are left in the first block alone: no pair of theirs counts."""
    puppets = [p for p in planned(TWO, 4, 2) if p[0][1] == "a" or p[1] == 0]
    city = declared("rank-overlap").questions[0]
    assert city.contrast.arm == "city=Oslo"
    assert least_of(city, puppets) == pytest.approx(2 / 6**2)
    assert least_of(city, [p for p in puppets if p[1] == 0]) == 1


def test_plan_and_report_know_that_overlaps_of_three_twins_show_nothing() -> None:
    """2 / 144 would do for two outcomes; the overlaps have 4 / 144 at best."""
    found = design_of(declared("rank-overlap"), planned(TWO, 3, 2), 2)
    assert found is not None
    assert (found.least_p, found.adjusted) == pytest.approx((4 / 144, 8 / 144))
    assert not found.possible
    assert found.shift == math.inf
    assert (found.twins, found.twins_one_lost) == (4, 4)
    assert in_words(found).startswith("6 puppets a level in 4 strata, 2 outcomes: the least")
    shares = design_of(declared("exposure-share"), planned(TWO, 3, 2), 2)
    assert shares is not None
    assert (shares.least_p, shares.possible) == (pytest.approx(2 / 144), True)


def test_twins_of_a_level_are_those_of_its_arms() -> None:
    """Each block holds every arm, so a level has two strata in it: 2 / 2^(2k) of k twins, and half
    of these dealings where one puppet is lost. Of two twins nothing can be shown."""
    found = design_of(declared("exposure-share"), planned(TWO, 2, 1), 1)
    assert found is not None
    assert (found.outcomes, found.possible) == (3, False)
    enough = next(k for k in range(1, 20) if 3 * 2 / 2 ** (2 * k) <= 0.05)
    bear = next(k for k in range(1, 20) if 3 * 2 / 2 ** (2 * k - 1) <= 0.05)
    assert (found.twins, found.twins_one_lost) == (enough, bear) == (4, 4)


def test_an_interaction_needs_blocks_and_not_twins() -> None:
    """Blocks of two turn one sign each: three outcomes need seven of them, the last of one twin."""
    both = declared("exposure-share").questions[-1]
    assert both.contrast.crossed is not None
    blocks = next(n for n in range(1, 20) if 3 * 2 / 2**n <= 0.05)
    assert twins_that_do(both, 3, 2, alpha=0.05) == 2 * blocks - 1 == 13
    # a cell of two bears the loss of one, a cell of one does not
    assert twins_that_do(both, 3, 2, alpha=0.05, one_lost=True) == 2 * blocks == 14
    assert twins_that_do(both, 3, 200, alpha=0.05) is None


# ---- in a verdict


def hundred(news: float) -> str:
    return " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(100))


def verdicts(
    twins: int, block: int, effect: dict[str, float], spread: float = 1.0, **changes: Any
) -> dict[str, Verdict]:
    """Arm → hundredths of news that its puppets have more than 20, beside noise."""
    noise = np.random.default_rng(8).integers(0, 6, size=(4, twins)) * spread
    lists = {
        f"{arm}-{twin}": {"after.0": hundred(20 + effect[arm] + noise[at, twin - 1])}
        for at, arm in enumerate(TWO)
        for twin in range(1, twins + 1)
    }
    blocks = {f"{arm}-{n}": (n - 1) // block + 1 for arm in TWO for n in range(1, twins + 1)}
    about = {"exposure": ["news"], "attention": "uniform", "outcomes": ["exposure-share"]}
    made = hand_run(lists, blocks=blocks, arms=cells(TWO), factors=FACTORS, **(about | changes))
    return {verdict.arm: verdict for verdict in judge(made).verdicts}


def test_what_could_be_found_beside_others_is_not_called_hopeless() -> None:
    """Six blocks: the interaction has 2 / 64, three times that is over 0.05; but where both main
    effects are effects it stands last in Holm's correction, and is none of less than 2 / 64."""
    found = verdicts(6, 1, {"aa": 0, "ab": 20, "ba": 20, "bb": 42})
    assert found["city=Oslo"].verdict is found["language=fr"].verdict is VerdictKind.EFFECT
    both = found["city × language"]
    assert (both.verdict, both.twins_needed) == (VerdictKind.UNDECIDED, None)
    assert both.reason == f"p after correction is {both.p:.3g}"
    clear = verdicts(6, 1, {"aa": 0, "ab": 20, "ba": 20, "bb": 70})["city × language"]
    assert (clear.verdict, clear.p_adjusted) == (VerdictKind.EFFECT, pytest.approx(2 / 64))


def test_the_least_p_after_correction_is_not_above_the_adjusted_one() -> None:
    """Two blocks turn two signs: 2 / 4 at best, and last in the correction not more than that."""
    both = verdicts(3, 2, {"aa": 0, "ab": 0, "ba": 40, "bb": 40})["city × language"]
    assert both.verdict is VerdictKind.UNDECIDED
    assert both.reason.endswith("the least attainable p is 0.5 after correction")
    assert both.p_adjusted is not None
    assert both.p_adjusted >= 0.5
    assert both.twins_needed == 13  # beside the two main effects that share the correction


def test_twins_for_a_size_are_those_of_the_strata() -> None:
    """The fewest twins of four arms, by walking up: two strata a block."""
    found = verdicts(4, 2, dict.fromkeys(TWO, 0), spread=9.0, smallest_effect="15 points")
    city = found["city=Oslo"]
    assert (city.verdict, city.detectable is not None) == (VerdictKind.UNDECIDED, True)
    assert city.detectable is not None
    now = Blocks(((2, 2),) * 4)
    noise = city.detectable / detectable(1.0, now, 2)

    def walked(question: Question) -> int:
        return next(
            k
            for k in range(1, 100)
            if detectable(noise, Blocks(question.contrast.sizes(planned(TWO, k, 2))), 2) <= 0.15
        )

    question = declared("exposure-share").questions[0]
    assert city.twins_needed == walked(question)
    assert full(question.contrast, 3, 2) == planned(question.contrast.arms, 3, 2)


def test_with_one_puppet_lost_the_outcomes_share_what_is_left() -> None:
    """Pairs of two arms, eight blocks, two outcomes: 2 of 2^8 dealings, and of 2^7 with a pair
    less."""
    analysis = {"exposure": ["news", "music"], "outcomes": ["exposure-share"], "surfaces": ["home"]}
    arms = {arm: {"steps": [{"search": arm}]} for arm in ("a", "b")}
    pairs = Blocks(((1, 1),) * 8)
    for alpha in (0.05, 0.2):
        declaration = declare({**analysis, "alpha": alpha}, {"arms": arms})
        found = design_of(declaration, planned(("a", "b"), 8, 1), 1)
        assert found is not None
        assert found.outcomes == 2
        assert (found.adjusted, found.one_lost) == (2 * 2 / 2**8, 2 * 2 / 2**7)
        assert found.shift == attainable(pairs, 2, block=1, alpha=alpha).shift
