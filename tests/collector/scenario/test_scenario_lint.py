"""Warnings about a design: each appears when it should, and not when it should not."""

from __future__ import annotations

from typing import Any

import pytest

from collector.analysis.design import in_words
from collector.common.errors import UserError
from collector.problems import BadFile
from collector.scenario.lint import attainable_by, hopeless, warnings
from collector.scenario.loader import load_scenario, parse_scenario
from collector.scenario.plan import make_plan
from collector.scenario.shipped import shipped_scenarios

SHIPPED = sorted(shipped_scenarios())
START: list[Any] = [{"visit": "home"}, {"consent": "reject"}]


def lint(**changes: Any) -> list[str]:
    sound: dict[str, Any] = {
        "name": "t",
        "before": START,
        "arms": {"a": {"twins": 6}, "b": {"twins": 6, "steps": [{"search": "x"}]}},
        "analysis": {"exposure": ["music"]},
        "factors": {"treatment": "steps"},
        "after": [{"visit": "home"}],
    }
    return warnings(parse_scenario(sound | changes))


def test_a_sound_design_is_left_alone() -> None:
    assert lint() == []


def test_a_way_that_nobody_reads_back_is_refused_beyond_this_machine() -> None:
    """With its place and what to write; that nobody is asked can be said."""

    def told(site: str, **proxy: str) -> list[str]:
        way = {"server": "http://127.0.0.1:3128", "country": "DE", **proxy}
        arms = {"a": {"twins": 6, "proxy": way}, "b": {"twins": 6, "steps": [{"search": "x"}]}}
        factors = {"way": ["steps", "persona.proxy"]}
        found = lint(site=site, arms=arms, labels="later", factors=factors)
        return [one for one in found if ".proxy:" in one]

    with pytest.raises(UserError) as refused:
        told("https://www.youtube.com")
    assert "arms.a.proxy: nobody is named who says by which address and country" in str(
        refused.value
    )
    assert "or check: none, which the report then states" in str(refused.value)
    with pytest.raises(UserError, match="nobody is named"):
        told("https://www.youtube.com", server="direct")
    for site, proxy in (
        ("https://www.youtube.com", {"check": "https://ip.example/json"}),
        ("https://www.youtube.com", {"check": "none"}),
        ("http://youtube.localhost:8000", {}),
        ("mock", {}),
    ):
        assert told(site, **proxy) == []


def design(twins: int, **analysis: Any) -> dict[str, Any]:
    arms = {name: {"twins": twins, "steps": [{"search": name}]} for name in "abc"[:2]}
    return {
        "name": "t",
        "arms": arms,
        "after": [{"visit": "home"}, {"visit": "/watch?v=dQw4w9WgXcQ"}],
        "analysis": {"exposure": ["music"], **analysis},
    }


def test_the_least_p_counts_every_declared_outcome() -> None:
    """Seven blocks of one pair: 2 / 2^7 for each of m outcomes, by hand."""
    for analysis, outcomes in (
        ({"surfaces": ["home"]}, 1),
        ({}, 2),
        ({"exposure": ["music", "news"]}, 4),
        ({"outcomes": ["exposure-share", "rank-overlap", "ad-share"]}, 6),
    ):
        loaded = parse_scenario(design(7, **analysis))
        plan = make_plan(loaded)
        blocks = {session.block for session in plan.sessions}
        least = attainable_by(plan)
        assert least is not None
        if len(blocks) == 7:
            assert least.adjusted == pytest.approx(min(1, outcomes * 2 / 2**7))
        assert least.outcomes == outcomes
        assert hopeless(loaded, plan) == (least.adjusted > 0.05)


def test_all_pairs_are_more_outcomes_than_each_against_the_control() -> None:
    arms = {name: {"twins": 7, "steps": [{"search": name}]} for name in "abc"}
    for pairs, outcomes in (("control", 2), ("all", 3)):
        made = design(7, surfaces=["home"], pairs=pairs) | {"arms": arms}
        found = attainable_by(make_plan(parse_scenario(made)))
        assert found is not None
        assert found.outcomes == outcomes


@pytest.mark.parametrize(
    ("analysis", "place", "words"),
    [
        ({"outcomes": ["exposure-shar"]}, "analysis.outcomes.0", "exposure-share"),
        ({"outcomes": ["incidence"], "exposure": []}, "analysis.outcomes.0", "add exposure"),
        ({"surfaces": ["home", "search"]}, "analysis.surfaces.1", "add search: WORDS to after"),
        ({"smallest_effect": {"jaccard": "5 points"}}, "analysis.smallest_effect.jaccard", "shift"),
        ({"smallest_effect": {"x": "5 points"}}, "analysis.smallest_effect.x", "no outcome"),
        ({"smallest_effect": "much"}, "analysis.smallest_effect", "not a smallest effect"),
        ({"smallest_effect": "0 points"}, "analysis.smallest_effect", "not a smallest effect"),
        ({"smallest_effect": "5"}, "analysis.smallest_effect", "5 points"),
        ({"smallest_effect": "500 points"}, "analysis.smallest_effect", "excludes nothing"),
        (
            {"smallest_effect": {"exposure-share": "100 %"}},
            "analysis.smallest_effect.exposure-share",
            "excludes nothing",
        ),
        (
            {"smallest_effect": "5 points", "outcomes": ["list-length"]},
            "analysis.smallest_effect",
            "not a size of list-length",
        ),
        ({"pairs": "factors"}, "analysis.pairs", "at least two factors"),
    ],
)
def test_an_analysis_that_cannot_be(analysis: dict[str, Any], place: str, words: str) -> None:
    """Refused with the place and the fix, before anything runs."""
    with pytest.raises(BadFile) as refused:
        parse_scenario(design(7, **analysis))
    found = [(p.path, f"{p.message} {p.fix}") for p in refused.value.problems]
    assert [path for path, _ in found] == [place]
    assert words in found[0][1]


def test_a_surface_named_twice_is_one() -> None:
    """Else one outcome would be told, and corrected for, twice."""
    found = [attainable_by(make_plan(parse_scenario(design(7, surfaces=names))))
             for names in (["home"], ["home", "home"])]  # fmt: skip
    assert found[0] is not None
    assert found[0] == found[1]


def test_pages_of_the_treatment_may_be_described() -> None:
    """``phase: during`` is declared by hand; nothing is tested, so nothing can be significant."""
    told = parse_scenario(design(7, surfaces=["search"], phase="during"))
    assert attainable_by(make_plan(told)) is None
    assert not hopeless(told, make_plan(told))


def test_an_arm_alone_needs_no_page_after_anything() -> None:
    one = design(7, surfaces=["search"])
    one["arms"].pop("b")
    loaded = parse_scenario(one)
    assert not hopeless(loaded, make_plan(loaded))


def test_arms_without_a_page_after_the_treatment_can_show_nothing() -> None:
    bare = design(7) | {"after": [{"visit": {"url": "home", "capture": False}}]}
    loaded = parse_scenario(bare)
    assert hopeless(loaded, make_plan(loaded))
    assert any("no page is captured after the treatment" in w for w in warnings(loaded))


def test_surfaces_that_nobody_declares_are_those_of_the_pages_after() -> None:
    made = design(7)
    assert parse_scenario(made).scenario.snapshot()["analysis"]["surfaces"] == ["home", "related"]
    made["after"] = [{"search": "x"}, {"visit": {"url": "home", "capture": False}}]
    assert parse_scenario(made).scenario.snapshot()["analysis"]["surfaces"] == ["search"]


def test_a_snapshot_with_declared_outcomes_reads_back() -> None:
    declared = {"outcomes": ["ad-share"], "smallest_effect": "5 points", "alpha": 0.01,
                "moment": "all", "partial": "kept", "thresholds": {"dose": 0.5, "labelled": 0.7},
                "pairs": "all", "phase": "during"}  # fmt: skip
    snapshot = parse_scenario(design(7, **declared)).scenario.snapshot()
    assert snapshot["analysis"].items() >= declared.items()
    assert parse_scenario(snapshot).scenario.snapshot() == snapshot
    plain = parse_scenario(design(7)).scenario.snapshot()["analysis"]
    assert set(plain) == {"exposure", "surfaces", "attention", "control"}


@pytest.mark.parametrize(
    ("twins", "words"),
    [
        ((1, 1), "one puppet an arm shows no noise"),
        ((3, 3), "no result could be significant"),
        ((4, 4), "4 twins are too few to tell the random buckets"),
        ((6, 7), "unequal numbers of twins (a 6, b 7)"),
    ],
)
def test_too_few_twins(twins: tuple[int, int], words: str) -> None:
    steps = [{"search": "x"}]
    told = lint(
        factors={},
        arms={name: {"twins": k, "steps": steps} for name, k in zip("ab", twins, strict=True)},
    )
    assert any(words in sentence for sentence in told)
    if twins == (6, 7):
        assert len(told) == 1


def test_a_single_arm_compares_nothing_and_needs_no_twins() -> None:
    assert lint(factors=None, arms={"a": {"steps": [{"search": "x"}]}}) == []


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([{"visit": "home"}, {"search": "x"}], "no consent step before the first search"),
        ([{"search": "x"}, {"consent": "reject"}], "no consent step before the first search"),
        ([{"visit": "home"}, "capture"], "no consent step before the first capture"),
        ([{"consent": "reject"}, {"visit": "home"}], "consent comes before any page is open"),
        ([*START, {"search": "x"}, {"watch": "5s"}], "watch right after search"),
    ],
)
def test_steps_that_cannot_happen(before: list[Any], words: str) -> None:
    told = lint(factors={}, before=before, arms={"a": {"steps": [{"visit": "home"}]}})
    assert any(words in sentence for sentence in told), told


def test_a_language_far_from_home() -> None:
    (told,) = lint(persona={"locale": "fr-FR", "timezone": "Asia/Tokyo"})
    assert "speaks fr-FR in Asia/Tokyo; usual would be Europe/Paris" in told
    assert lint(persona={"locale": "fr-FR", "timezone": "Europe/Brussels"}) == []


def test_searches_too_close() -> None:
    def told(*between: Any, **keys: Any) -> list[str]:
        steps = [{"search": "x"}, *between, {"search": "y"}]
        return lint(factors={}, arms={"a": {"steps": steps}}, **keys)

    assert "searches less than 11m apart" in told({"pause": "10m"})[0]
    assert told({"pause": "11m"}) == []
    assert told(spacing="11m") == []
    assert "less than 11m apart" in told(spacing="5m")[0]
    watching = {"repeat": {"times": 4, "steps": [{"follow": "up_next"}, {"watch": "3m"}]}}
    assert told(watching) == []
    again = {"repeat": {"times": 2, "steps": [{"search": "z"}]}}
    (sentence,) = lint(factors={}, arms={"a": {"steps": [again]}})
    assert "add spacing: 11m" in sentence


def test_what_has_no_end() -> None:
    """A scroll to the end of a feed ends where the site lets it, unless it has a cap."""
    arms = {"a": {"twins": 5, "steps": [{"visit": "home"}, {"scroll": "end"}]}}
    (told,) = [line for line in lint(arms=arms) if "no end" in line]
    assert told.startswith("arms.a: scroll: a feed may have no end; the step stops after 240 s")
    for sound in ({"end": True, "cap": "2m"}, {"until": 40}, {"screens": 2}):
        arms["a"]["steps"] = [{"visit": "home"}, {"scroll": sound}]
        assert not [line for line in lint(arms=arms) if "no end" in line]


@pytest.mark.parametrize(("share", "said"), [("50%", "50%"), ("end", "end"), ({}, "end")])
def test_what_has_no_length(share: Any, said: str) -> None:
    """Neither a share nor the end of a live video ever comes, unless the watch has a cap."""
    arms = {"a": {"twins": 5, "steps": [{"visit": "home"}, {"watch": share}]}}
    (told,) = [line for line in lint(arms=arms) if "no length" in line]
    assert told.startswith("arms.a: watch: a live video has no length")
    assert told.endswith(f"stops after 4 h; say where: watch: {{for: {said}, cap: 10m}}")
    for sound in ("30s", {"for": "50%", "cap": "10m"}, {"cap": "10m"}):
        arms["a"]["steps"] = [{"visit": "home"}, {"watch": sound}]
        assert not [line for line in lint(arms=arms) if "no length" in line]


def test_each_way_without_an_end_is_told_once_an_arm() -> None:
    steps = [
        {"visit": "home"}, {"watch": "end"}, {"scroll": "end"}, {"watch": "50%"},
        {"scroll": "end"}, {"watch": "end"},
    ]  # fmt: skip
    arms = {"a": {"twins": 5, "steps": steps}, "b": {"twins": 5, "steps": steps[:3]}}
    told = [line for line in lint(arms=arms) if "step stops after" in line]
    assert sorted(line.partition(" a ")[0] for line in told) == [
        "arms.a: scroll:", "arms.a: watch:", "arms.a: watch:", "arms.b: scroll:", "arms.b: watch:",
    ]  # fmt: skip
    assert sum("so 50% of it" in line for line in told) == 1


def test_topics_without_labels() -> None:
    assert (
        "labels: mock requires the bundled mock, and the site is another"
        in lint(site="https://www.youtube.com")[0]
    )
    assert "exposure: empty" in lint(analysis={})[0]


@pytest.mark.parametrize("name", ["quick", "filter-bubble", "search-personalisation", "null"])
def test_the_shipped_scenarios_lack_only_twins(name: str) -> None:
    told = warnings(load_scenario(name))
    few = ("no result could be significant", "twins are too few", "follow takes another video")
    assert all(any(words in sentence for words in few) for sentence in told), told


def test_what_a_foreign_file_asked_for_comes_first(tmp_path: Any) -> None:
    file = tmp_path / "own.csv"
    file.write_text("url,colour\nhttps://www.youtube.com/,red\n")
    assert warnings(load_scenario(file))[0].startswith("column 'colour'")


def test_twins_2_and_3_get_the_same_advice() -> None:
    """The block is as large as the twins let it be; the advice is for one that is full."""
    found = [attainable_by(make_plan(parse_scenario(design(twins)))) for twins in (1, 2, 3)]
    advice = {(each.twins, each.twins_one_lost, each.block) for each in found if each is not None}
    assert advice == {(5, 6, 4)}


def test_a_declared_block_that_is_full_is_what_the_advice_is_for() -> None:
    """Pairs of twins, seven of them, stay pairs."""
    found = attainable_by(make_plan(parse_scenario(design(7) | {"block": 1})))
    assert found is not None
    assert (found.block, found.twins) == (1, 7)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_ready_made_scenario_passes_strict(name: str) -> None:
    """No warning at all; where arms are compared something declared can be significant."""
    loaded = load_scenario(name)
    plan = make_plan(loaded)
    assert warnings(loaded, plan) == []
    assert not hopeless(loaded, plan)


@pytest.mark.parametrize(
    "sought", [{"topic": "music"}, {"title": "x"}, {"channel": "x"}, {"rank": 1, "unseen": True}],
    ids=["topic", "title", "channel", "unseen"],
)  # fmt: skip
def test_a_follow_that_may_take_another_video_is_said_until_misses_are_declared(
    sought: dict[str, Any],
) -> None:
    """The share of misses that is borne is a decision of the study."""
    steps = [{"search": "x"}, {"follow": {**sought, "otherwise": "first"}}]
    changes: dict[str, Any] = {"arms": {"a": {"twins": 6}, "b": {"twins": 6, "steps": steps}}}
    (told,) = lint(**changes)
    assert "each counts as a miss" in told
    assert "analysis.thresholds: {dose: 0.8}" in told
    borne = {"exposure": ["music"], "thresholds": {"dose": 0.8}}
    assert lint(**changes, analysis=borne) == []
    assert lint(**changes, analysis={"exposure": ["music"], "thresholds": {"labelled": 0.8}})


def test_a_likeness_in_one_block_can_never_be_tested() -> None:
    """Four twins start together: pairs of one block never count."""
    made = design(4, outcomes=["rank-overlap"], exposure=[], surfaces=["home"])
    loaded = parse_scenario(made | {"factors": {"treatment": "steps"}})
    plan = make_plan(loaded)
    (told,) = [each for each in warnings(loaded, plan) if each.startswith("block:")]
    assert "write block: 2" in told
    assert hopeless(loaded, plan)
    found = attainable_by(plan)
    assert found is not None
    assert (found.twins, found.twins_one_lost, found.least_p, found.adjusted) == (5, 6, 1, 1)
    assert in_words(found).startswith("4 puppets an arm in 1 block, one outcome: the least")
    halved = parse_scenario(made | {"block": 2})
    assert not [each for each in warnings(halved) if each.startswith("block:")]
    both = {"outcomes": ["rank-overlap", "ad-share"], "surfaces": ["home"]}
    mixed = parse_scenario(made | {"analysis": both})
    assert not hopeless(mixed, make_plan(mixed))


def test_no_label_is_missed_where_the_outcomes_are_said() -> None:
    """Without labels and outcomes ranks are compared, and that is said; else it was chosen."""
    for analysis, count in (({}, 1), ({"outcomes": ["list-length"]}, 0)):
        made = design(5, exposure=[], surfaces=["home"], **analysis)
        told = [each for each in warnings(parse_scenario(made)) if "exposure" in each]
        assert len(told) == count
