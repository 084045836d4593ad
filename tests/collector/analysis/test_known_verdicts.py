"""Known worlds get the right verdict: each of the cases in which a report once said the wrong one.

The cases are those of the measured list S1 to S15; sessions are simulated on the mock's own world,
with its recommender as it is or with all influence of what a viewer does taken out (NULL).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from known_worlds import (
    CONSPIRACY,
    NULL,
    base,
    block_pages,
    judged,
    run,
    verdicts,
    watches,
    write_labels,
)

from collector.analysis import summary, words
from collector.analysis.verdicts import VerdictKind
from collector.common.errors import UserError
from collector.mock.examine import examine
from collector.problems import BadFile
from collector.scenario.loader import parse_scenario
from collector.store import Store

EFFECT, UNDECIDED, WITHHELD = VerdictKind.EFFECT, VerdictKind.UNDECIDED, VerdictKind.WITHHELD


def said(folder: Path) -> str:
    """Headline and abstract, all that a hurried reader sees."""
    data, judgement = judged(folder)
    head = summary.headline(data, judgement)["text"]
    return " ".join([head, *summary.abstract(data, judgement, None)])


@pytest.fixture(scope="module")
def base7(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("base7") / "run", base(7))


@pytest.fixture(scope="module")
def null7(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("null7") / "run", base(7), parameters=NULL)


def spoiled(folder: Path, tmp_path: Path, fault: Callable[[Store], None]) -> Path:
    """A copy of a run with a fault in it."""
    copy = tmp_path / "spoiled"
    copy.mkdir()
    (copy / "store.db").write_bytes((folder / "store.db").read_bytes())
    with Store(copy / "store.db") as store:
        fault(store)
    return copy


def declare(**analysis: Any) -> Callable[[Store], None]:
    """Change what the run has declared."""

    def fault(store: Store) -> None:
        row = next(store.rows("SELECT analysis FROM runs"))
        changed = json.dumps(json.loads(row["analysis"]) | analysis)
        store.db.execute("UPDATE runs SET analysis = ?", [changed])

    return fault


def test_an_effect_is_found_and_named(base7: Path) -> None:
    """The truth is +65 points on the home page; the headline names arm, surface and topic."""
    found = verdicts(base7)["home exposure-share"]
    assert found.verdict is EFFECT
    assert found.estimate == pytest.approx(0.65, abs=0.05)
    assert found.interval is not None
    assert found.interval[0] < 0.65 < found.interval[1]
    text = said(base7)
    assert "Effect: conspiracy on the home page (exposure share), treated against neutral" in text


def test_s1_a_run_without_labels_is_withheld(base7: Path, tmp_path: Path) -> None:
    def fault(store: Store) -> None:
        store.db.execute("DELETE FROM labels")

    folder = spoiled(base7, tmp_path, fault)
    for found in verdicts(folder).values():
        assert (found.verdict, found.gate, found.estimate) == (WITHHELD, "labels", None)
        assert "not computable" in found.reason
    assert "no effect" not in said(folder).lower()


def test_s2_pages_of_the_treatment_are_never_tested(tmp_path: Path) -> None:
    """A null world in which each arm's own watch pages differ: the scenario is refused, and a run
    that declares it all the same says withheld."""
    changes: dict[str, Any] = {
        "after": [{"visit": "home"}],
        "arms": {
            "neutral": {"twins": 7, "steps": [{"watch": {"video": "RN8Li7kYNnw", "for": "30s"}}]},
            "treated": {
                "twins": 7,
                "steps": [{"search": "flat earth"}, {"follow": {"rank": 1}}, {"watch": "30s"}],
            },
        },
    }
    with pytest.raises(BadFile, match="no page of related is captured after the treatment"):
        parse_scenario(base(7, **changes))
    undeclared = parse_scenario(base(7, **changes, analysis={"surfaces": None}))
    assert undeclared.scenario.snapshot()["analysis"]["surfaces"] == ["home"]
    folder = run(tmp_path / "run", undeclared, parameters=NULL)
    assert {v.verdict for v in verdicts(folder).values()} <= {UNDECIDED}
    with Store(folder / "store.db") as store:
        declare(surfaces=["home", "related"])(store)
    found = verdicts(folder)["related exposure-share"]
    assert (found.verdict, found.gate) == (WITHHELD, "after")
    assert "no page of related was taken after the treatment" in found.reason


def test_s3_pages_from_before_are_never_tested(tmp_path: Path) -> None:
    home = {"visit": "home"}
    changes: dict[str, Any] = {
        "before": [home, {"consent": "reject"}, home],
        "arms": {
            name: {"twins": 2, "steps": [{"search": "street food"}, {"watch": "20s"}]}
            for name in ("neutral", "treated")
        },
        "after": [],
    }
    with pytest.raises(BadFile, match="home is captured after the treatment"):
        parse_scenario(base(2, **changes, analysis={"surfaces": ["home"]}))
    folder = run(tmp_path / "run", base(2, **changes, analysis={"surfaces": None}))
    with Store(folder / "store.db") as store:
        declare(surfaces=["home"])(store)
    (found,) = verdicts(folder).values()
    assert (found.verdict, found.gate) == (WITHHELD, "after")


def test_s4_a_topic_that_no_label_has(tmp_path: Path, base7: Path) -> None:
    """Refused where the scenario has its own labels; withheld where the run has it declared."""
    labels = write_labels(tmp_path / "labels.csv")
    for changes in ({"labels": str(labels)}, {}):
        asked = base(analysis={"exposure": ["conspiracy", "sailing"]}, **changes)
        with pytest.raises(UserError, match="sailing"):
            examine(parse_scenario(asked), seed=1)
    folder = spoiled(base7, tmp_path, declare(exposure=["sailing"]))
    for found in verdicts(folder).values():
        assert (found.verdict, found.gate) == (WITHHELD, "labels")
        assert "“sailing”" in found.reason


def test_s4_a_treatment_that_was_replaced_is_not_delivered(tmp_path: Path) -> None:
    """``otherwise: first`` takes any video: every step is done, and the topic was never watched."""
    steps = [
        {"search": "flat earth"},
        {"follow": {"topic": "sailing", "from": "search", "otherwise": "first"}},
        {"watch": "60s"},
    ]
    arms = {"neutral": {"twins": 3, "steps": []}, "treated": {"twins": 3, "steps": steps}}
    folder = run(tmp_path / "run", base(arms=arms))
    for found in verdicts(folder).values():
        assert (found.verdict, found.gate) == (WITHHELD, "dose")
        assert "arm treated has had 0 % of the follows it was to make" in found.reason


@pytest.mark.sweep(2)
@pytest.mark.parametrize("seed", [1, 2, 6, 8])
def test_s5_noise_of_three_twins_is_undecided(seed: int, tmp_path: Path) -> None:
    """The least p of three twins comes in one of four nulls: it means nothing."""
    watching = watches(CONSPIRACY)
    arms = {"neutral": {"twins": 3, "steps": watching}, "treated": {"twins": 3, "steps": watching}}
    folder = run(tmp_path / "run", base(arms=arms), seed=seed)
    assert {v.verdict for v in verdicts(folder).values()} == {UNDECIDED}
    assert "differ as clearly" not in said(folder)


@pytest.mark.sweep(1)
@pytest.mark.parametrize("twins", [3, 5, 7])
def test_s6_two_puppets_that_met_one_item_decide_nothing(twins: int, tmp_path: Path) -> None:
    def fault(store: Store) -> None:
        store.db.execute("INSERT INTO labels VALUES ('rarerarerar', 'rare', 'mock')")
        for puppet in ("treated-1", "treated-2"):
            store.db.execute(
                "UPDATE impressions SET item_id = 'rarerarerar', kind = 'video' WHERE position = 3"
                " AND surface = 'home' AND capture IN (SELECT id FROM captures WHERE puppet = ?)",
                [puppet],
            )

    folder = run(tmp_path / "run", base(twins), parameters=NULL, fault=fault)
    with Store(folder / "store.db") as store:
        declare(exposure=["rare"], surfaces=["home"])(store)
    (found,) = verdicts(folder).values()
    assert found.verdict is UNDECIDED
    assert found.p == pytest.approx(0.5)
    assert found.interval != (0.0, 0.0)


@pytest.mark.sweep(1)
@pytest.mark.parametrize("twins", [2, 3])
def test_s7_so_few_twins_say_what_would_do(twins: int, tmp_path: Path) -> None:
    folder = run(tmp_path / "run", base(twins))
    for found in verdicts(folder).values():
        assert (found.verdict, found.twins_needed, found.bounded) == (UNDECIDED, 7, False)
    assert "unbounded" in said(folder)
    assert "7 twins an arm" in said(folder)


def test_s9_languages_differ_in_rank_overlap(tmp_path: Path) -> None:
    """The overlap is an outcome of its own, in the headline beside the share."""
    arms = {
        name: {"twins": 7, "persona": persona, "steps": []}
        for name, persona in (("neutral", "marie-us"), ("french", "camille-fr"))
    }
    outcomes = ["exposure-share", "rank-overlap"]
    analysis = {"outcomes": outcomes, "surfaces": ["home"]}
    folder = run(tmp_path / "run", base(arms=arms, analysis=analysis))
    assert verdicts(folder)["home rank-overlap"].verdict is EFFECT
    assert "rank overlap (RBO) on the home page, french against neutral: lists of the two" in said(
        folder
    )


def test_s10_without_a_declared_exposure_the_lists_are_compared(
    base7: Path, tmp_path: Path
) -> None:
    folder = spoiled(base7, tmp_path, declare(exposure=[]))
    found = verdicts(folder)
    assert found["home rank-overlap"].verdict is EFFECT
    assert found["home rank-overlap"].p_adjusted == pytest.approx(2 / 64)


def test_s11_advertising_is_an_outcome(null7: Path, tmp_path: Path) -> None:
    def fault(store: Store) -> None:
        for where, kind in (("'neutral-%' AND i.kind = 'ad'", "video"),
                            ("'treated-%' AND i.position = 4", "ad")):  # fmt: skip
            store.db.execute(
                f"UPDATE impressions SET kind = '{kind}' WHERE rowid IN (SELECT i.rowid FROM"
                f" impressions i JOIN captures c ON c.id = i.capture WHERE c.puppet LIKE {where})"
            )
        declare(outcomes=["ad-share"], surfaces=["home"])(store)

    found = verdicts(spoiled(null7, tmp_path, fault))
    assert found["home ad-share"].verdict is EFFECT
    assert found["home ad-share"].control_mean == 0


def test_s12_an_arm_without_data_is_named(base7: Path, tmp_path: Path) -> None:
    folder = spoiled(base7, tmp_path, block_pages("puppet LIKE 'treated-%'"))
    for found in verdicts(folder).values():
        assert (found.verdict, found.gate) == (WITHHELD, "arms")
        assert "arm treated has no data" in found.reason


def test_s13_crossed_factors_are_analysed_as_such(tmp_path: Path) -> None:
    """Language × history with 3 twins: each main effect has 6 pairs, so p can be 2/2^6."""
    trained = watches(CONSPIRACY)
    french = {"locale": "fr-FR", "timezone": "Europe/Paris"}
    arms: dict[str, Any] = {
        "english": {"twins": 3},
        "french": {"twins": 3, "persona": french},
        "english-trained": {"twins": 3, "steps": trained},
        "french-trained": {"twins": 3, "steps": trained, "persona": french},
    }
    scenario = base(
        arms=arms,
        persona={"locale": "en-US", "timezone": "America/New_York"},
        factors={
            "language": ["persona.locale", "persona.timezone", "persona.geolocation"],
            "history": "steps",
        },
        analysis={"control": "english", "surfaces": ["home"]},
    )
    _, judgement = judged(run(tmp_path / "run", scenario))
    found = {v.arm: v for v in judgement.verdicts}
    assert list(found) == [
        "history=english-trained + french-trained",
        "language=fr-FR",
        "history × language",
    ]
    history = found["history=english-trained + french-trained"]
    assert history.control == "history=english + french"
    assert history.p == pytest.approx(2 / 2**6)
    assert history.puppets == (6, 6)
    assert history.estimate is not None
    assert history.estimate > 0.4
    # Of three outcomes two can be significant; Holm: the least p twice.
    assert history.p_adjusted == pytest.approx(2 * 2 / 2**6)
    assert found["history × language"].verdict is UNDECIDED


def test_s14_a_list_that_was_cut_is_not_identical(null7: Path, tmp_path: Path) -> None:
    """RBO of a list and its own first item is 1: the lengths stand beside it, and withhold it."""

    def fault(store: Store) -> None:
        store.db.execute(
            "DELETE FROM impressions WHERE position > 1 AND capture IN"
            " (SELECT id FROM captures WHERE puppet LIKE 'treated-%')"
        )
        declare(outcomes=["rank-overlap", "jaccard", "list-length"], surfaces=["home"])(store)

    found = verdicts(spoiled(null7, tmp_path, fault))
    for metric in ("rank-overlap", "jaccard"):
        verdict = found[f"home {metric}"]
        assert (verdict.verdict, verdict.gate) == (WITHHELD, "coverage")
        assert "items shorter in treated" in verdict.reason
    assert found["home list-length"].verdict is EFFECT


def test_s15_visitors_with_a_history_are_withheld(base7: Path, tmp_path: Path) -> None:
    def fault(store: Store) -> None:
        store.db.execute(
            "UPDATE steps SET outcome = 'failed', detail = 'no consent dialog on this page'"
            " WHERE kind = 'consent'"
        )

    for found in verdicts(spoiled(base7, tmp_path, fault)).values():
        assert (found.verdict, found.gate) == (WITHHELD, "freshness")
        assert "14 of 14 puppets" in found.reason


@pytest.mark.parametrize("word", ["No effect was found", "at the limit", "as clearly as"])
def test_the_old_words_are_gone(word: str, null7: Path, base7: Path) -> None:
    for folder in (null7, base7):
        assert word not in said(folder)


def test_every_sentence_of_a_verdict_names_arm_surface_and_topic(null7: Path) -> None:
    for verdict in verdicts(null7).values():
        sentence = words.verdict_sentence(verdict)
        for name in ("conspiracy", words.surface(verdict.surface), "treated", "neutral"):
            assert name in sentence
