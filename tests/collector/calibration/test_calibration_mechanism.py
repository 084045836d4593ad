"""An effect's mechanism is named: audits are made in which it is known, and the answers counted.

Lists are written by hand: 24 items of a pool of 200 with six labels, drawn with a popularity that
all share, so that twins have items in common. Each mechanism changes the lists of one arm by far
more than the least that seven twins find; the share of right names has to be at least 90 % (so many
of 40 that fewer come in 2 of 100 at that rate).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis.gates import Gate, Ruling
from collector.analysis.judging import judge
from collector.analysis.mechanism import Mechanism, explain, mechanisms
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import VerdictKind

RUNS = 40
FEWEST = 32
TWINS = 7
LABELS = ("news", "sport", "music", "food", "games", "science")
POOL = [(f"v{n}", LABELS[n % len(LABELS)]) for n in range(200)]

Made = Callable[[np.random.Generator, int, int, bool], Sequence[tuple[str, str]]]
"""(chance, twin, page, treated) → (item, label), best first."""


def ranked(generator: np.random.Generator, scores: np.ndarray, noise: float = 0.3) -> list[int]:
    """The 24 best of the pool by score and Gumbel noise."""
    return np.argsort(-(scores + noise * generator.gumbel(size=len(POOL))))[:24].tolist()


POPULAR = -0.03 * np.arange(200)
TOPIC = np.array([label == "news" for _, label in POOL])


def listed(rows: Sequence[int]) -> list[tuple[str, str]]:
    return [POOL[row] for row in rows]


def same(generator: np.random.Generator, twin: int, page: int, treated: bool) -> list:  # type: ignore[type-arg]
    return listed(ranked(generator, POPULAR))


def topic(generator: np.random.Generator, twin: int, page: int, treated: bool) -> list:  # type: ignore[type-arg]
    return listed(ranked(generator, POPULAR + 2.0 * TOPIC * treated))


def replace(generator: np.random.Generator, twin: int, page: int, treated: bool) -> list:  # type: ignore[type-arg]
    """Half of the items give way to others of the same label that nobody else is shown."""
    rows = ranked(generator, POPULAR)
    if not treated:
        return listed(rows)
    return [(f"{POOL[row][0]}-other", POOL[row][1]) if row % 12 < 6 else POOL[row] for row in rows]


def reorder(generator: np.random.Generator, twin: int, page: int, treated: bool) -> list:  # type: ignore[type-arg]
    """The same 24 items for all; those of the treated the other way round, with some noise."""
    place = np.arange(24) * (-1.0 if treated else 1.0)
    return listed(np.argsort(place + 4 * generator.gumbel(size=24)).tolist())


def ads(generator: np.random.Generator, twin: int, page: int, treated: bool) -> list:  # type: ignore[type-arg]
    rows: list[tuple[str, str]] = listed(ranked(generator, POPULAR))
    for _ in range(generator.binomial(6, 0.7 if treated else 0.15)):
        rows.insert(int(generator.integers(0, 20)), (f"ad{generator.integers(99)}", "ad"))
    return rows[:24]


def run(
    make: Made,
    seed: int,
    *,
    outcomes: Sequence[str],
    pages: int = 2,
    surface: str = "home",
    persona: bool = False,
    drift: float = 0.0,
) -> RunData:
    """Seven twins an arm in blocks of four, some pages each."""
    generator = np.random.default_rng(seed)
    lists: dict[str, dict[str, str]] = {}
    for arm in ("c", "t"):
        for twin in range(1, TWINS + 1):
            lists[f"{arm}-{twin}"] = {
                f"after.{page}": " ".join(
                    f"{item}:{label}" for item, label in make(generator, twin, page, arm == "t")
                )
                for page in range(pages)
            }
    return hand_run(
        lists,
        blocks={name: 1 + (int(name[2:]) - 1) // 4 for name in lists},
        surface=surface,
        arms={"c": {"persona": {"locale": "en-US"}},
              "t": {"persona": {"locale": "fr-FR" if persona else "en-US"}}},
        outcomes=list(outcomes), exposure=["news"], attention="uniform", control="c",
    )  # fmt: skip


def named(make: Made, wanted: Mechanism, outcomes: Sequence[str], **more: object) -> int:
    """Of ``RUNS`` audits with an effect, how many name the mechanism for the first effect."""
    right = 0
    for seed in range(RUNS):
        data = run(make, seed, outcomes=outcomes, **more)  # type: ignore[arg-type]
        judgement = judge(data)
        found = mechanisms(data, judgement)
        effects = [v for v in judgement.verdicts if v.verdict is VerdictKind.EFFECT]
        assert len(found) == len(effects)
        right += bool(found) and found[0].mechanism is wanted
    return right


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("make", "wanted", "outcome"),
    [
        (topic, Mechanism.TOPIC, "exposure-share"),
        (replace, Mechanism.REPLACE, "rank-overlap"),
        (reorder, Mechanism.REORDER, "rank-overlap"),
        (ads, Mechanism.ADS, "ad-share"),
    ],
)
def test_a_known_mechanism_is_named(make: Made, wanted: Mechanism, outcome: str) -> None:
    """At least 90 of 100."""
    assert named(make, wanted, [outcome]) >= FEWEST


@pytest.mark.slow
def test_another_language_is_named_where_the_arms_differ_in_it() -> None:
    assert named(replace, Mechanism.PLACE, ["rank-overlap"], persona=True) >= FEWEST


@pytest.mark.slow
def test_test_groups_are_not_taken_for_the_treatment() -> None:
    """Puppets of either arm fall into two groups with lists of other labels. Where that looks like
    an effect (more of one arm in a group), the groups are named in at least 90 of 100."""

    def grouped(generator: np.random.Generator, twin: int, page: int, treated: bool) -> list:  # type: ignore[type-arg]
        inside = twin <= (5 if treated else 2)
        return listed(ranked(generator, POPULAR + 2.5 * TOPIC * inside))

    right = effects = 0
    for seed in range(RUNS):
        data = run(grouped, seed, outcomes=["rank-overlap"])
        found = mechanisms(data, judge(data))
        effects += bool(found)
        right += bool(found) and found[0].mechanism is Mechanism.BUCKET
    assert effects >= RUNS / 8
    assert right >= 0.9 * effects


def searched(
    seed: int, carried: Callable[[int, bool], int], lift: Callable[[int, bool], float]
) -> RunData:
    """A search before the treatment and two of something else after it, which show so many of the
    first one's items, and lift a label by so much, by twin and arm."""
    generator = np.random.default_rng(seed)
    lists = {}
    for name in (f"{arm}-{twin}" for arm in "ct" for twin in range(1, TWINS + 1)):
        told = int(name[2:]), name[0] == "t"
        taste = lift(*told) * TOPIC
        first, count = ranked(generator, POPULAR + taste), carried(*told)
        pages = {"before.0": first}
        for page in range(2):
            later = ranked(generator, POPULAR[::-1] + taste)
            pages[f"after.{page}"] = [*later[:8], *first[:count], *later[8:]][:24]
        lists[name] = {
            place: " ".join(f"{item}:{label}" for item, label in listed(rows))
            for place, rows in pages.items()
        }
    return hand_run(
        lists, blocks={name: 1 + (int(name[2:]) - 1) // 4 for name in lists}, surface="search",
        outcomes=["rank-overlap"], exposure=["news"], attention="uniform", control="c",
    )  # fmt: skip


def answers(make: Callable[[int], RunData]) -> list[Mechanism]:
    """What the first effect of each audit is put down to, audits without one left out."""
    found = []
    for seed in range(RUNS):
        data = make(seed)
        found += [each.mechanism for each in mechanisms(data, judge(data))[:1]]
    return found


@pytest.mark.slow
def test_a_search_that_is_carried_over_is_not_taken_for_test_groups() -> None:
    """A puppet's own earlier list lasts from page to page, as a group does; in at least 90 of 100
    it is named."""
    found = answers(lambda seed: searched(seed, lambda twin, treated: 10 * treated, lambda *_: 0.0))
    assert len(found) >= RUNS / 2
    assert found.count(Mechanism.CARRY_OVER) >= 0.9 * len(found)


@pytest.mark.slow
def test_groups_that_see_more_of_their_search_again_are_groups() -> None:
    """More of one arm are in the group that is shown its search again: the group does it."""
    inside = lambda twin, treated: twin <= (5 if treated else 2)  # noqa: E731
    found = answers(
        lambda seed: searched(
            seed,
            lambda twin, treated: 8 * inside(twin, treated),
            lambda twin, treated: 3.0 * inside(twin, treated),
        )
    )
    assert found
    assert found.count(Mechanism.BUCKET) >= 0.8 * len(found)


def test_one_page_tells_of_no_test_groups() -> None:
    """Puppets of a moderate effect, each seen once, fall into two halves that lie across the arms
    as easily: nothing is said of groups, which show in what lasts from page to page."""

    def moderate(generator: np.random.Generator, twin: int, page: int, treated: bool) -> list:  # type: ignore[type-arg]
        return listed(ranked(generator, POPULAR + 1.2 * TOPIC * treated, noise=1.2))

    found: list[Mechanism] = []
    for seed in range(RUNS):
        data = run(moderate, seed, outcomes=["exposure-share"], pages=1)
        found += [each.mechanism for each in mechanisms(data, judge(data))]
    assert len(found) >= RUNS / 2
    assert Mechanism.BUCKET not in found


def test_where_nothing_differs_nothing_is_explained() -> None:
    """No effect, no mechanism: it is never asked for without a verdict."""
    for seed in range(10):
        data = run(same, seed, outcomes=["exposure-share"])
        judgement = judge(data)
        if not any(v.verdict is VerdictKind.EFFECT for v in judgement.verdicts):
            assert mechanisms(data, judgement) == ()


@pytest.mark.parametrize(
    ("gate", "drifts"),
    [
        (Gate("stability", Ruling.NOTED, "5 pairs cannot show", number=5.0, threshold=6.0), False),
        (Gate("stability", Ruling.NOTED, "the level moved", number=0.001, threshold=0.01), True),
    ],
)
def test_too_few_pairs_to_see_a_change_are_no_drift(gate: Gate, drifts: bool) -> None:
    """An effect that few pairs found has the mechanism that its lists show."""
    data = run(topic, 1, outcomes=["exposure-share"])
    judgement = judge(data)
    answer = dataclasses.replace(judgement.answers[0], gates=(gate,))
    found = explain(data, answer, judgement.declaration)
    assert found.mechanism is (Mechanism.DRIFT if drifts else Mechanism.TOPIC)
