"""What an effect is put down to: p-values put in by hand, every order of them; then the parts.

Each question of the mechanism is one p-value. Here they are given, so that the rule that makes one
answer of them can be held against a table in words; what each is asked of is looked at apart.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis import mechanism as module
from collector.analysis.comparison import compare
from collector.analysis.declared import Question
from collector.analysis.gates import Gate, Ruling
from collector.analysis.judging import declaration_of, judge
from collector.analysis.measures import Measure, measures
from collector.analysis.mechanism import Explained, Mechanism, explain, mechanisms
from collector.analysis.outcomes import measure_question
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import VerdictKind

LOW, HIGH = 0.05, 0.0501
ONE_PAGE = "; one page a puppet does not tell this from test groups"


def run(surface: str = "home", outcome: str = "rank-overlap", **changes: Any) -> RunData:
    lists = {f"{arm}-{n}": {"after.0": f"{arm}{n}:news x:music"} for arm in "ct" for n in (1, 2)}
    return hand_run(
        lists, surface=surface, **{"outcomes": [outcome], "exposure": ["news"]} | changes
    )


def told(
    monkeypatch: pytest.MonkeyPatch,
    p: Mapping[str, float],
    data: RunData,
    gates: tuple[Gate, ...] = (),
    groups: str | None = None,
) -> tuple[Mechanism, str]:
    """The answer where the questions have these p-values, all others 1."""
    asked: list[tuple[object, ...]] = []

    def given(of: RunData, question: Question, measure: Measure, declared: object) -> float:
        asked.append((of, question, declared))
        return p.get(measure.name, 1.0)

    def grouped(*arguments: object) -> str | None:
        assert arguments == (data, answer, judgement.declaration, data.run["seed"])
        return groups

    monkeypatch.setattr(module, "_p", given)
    monkeypatch.setattr(module, "_groups", grouped)
    judgement = judge(data)
    answer = dataclasses.replace(judgement.answers[0], gates=gates)
    found = explain(data, answer, judgement.declaration)
    for of, question, declared in asked:
        assert of is data
        assert question is answer.question
        assert declared is judgement.declaration
    name = answer.question
    assert found == Explained(
        name.surface, name.outcome, "t", "c", found.mechanism, found.why
    )  # fmt: skip
    return found.mechanism, found.why


@pytest.mark.parametrize("ads", [LOW, HIGH])
@pytest.mark.parametrize("items", [LOW, HIGH])
@pytest.mark.parametrize("mixed", [LOW, HIGH])
@pytest.mark.parametrize("order", [LOW, HIGH])
@pytest.mark.parametrize("surface", ["home", "search"])
@pytest.mark.parametrize("again", [LOW, HIGH])
def test_which_answer_the_questions_have(
    monkeypatch: pytest.MonkeyPatch, ads: float, items: float, mixed: float, order: float,
    surface: str, again: float,
) -> None:  # fmt: skip
    """At most 0.05 is a difference. Advertising alone; then a search of before; labels before
    items; and order only of the same items."""
    p = {"ad-share": ads, "jaccard": items, "label-mix": mixed, "order": order,
         "carried": again}  # fmt: skip
    if ads == LOW and items == mixed == HIGH:
        wanted = Mechanism.ADS, "the share of advertising differs (p = 0.05)"
    elif surface == "search" and again == LOW:
        wanted = (
            Mechanism.CARRY_OVER,
            "another share of the items stood in the puppet's search before (p = 0.05)",
        )
    elif mixed == LOW:
        wanted = Mechanism.TOPIC, f"items of other labels (p = 0.05){ONE_PAGE}"
    elif items == LOW:
        wanted = (
            Mechanism.REPLACE, f"other items (p = 0.05) of the same labels (p = 0.05){ONE_PAGE}",
        )  # fmt: skip
    elif order == LOW:
        wanted = (
            Mechanism.REORDER, "the same items (p = 0.05) in another order (p = 0.05)",
        )  # fmt: skip
    else:
        wanted = (
            Mechanism.UNKNOWN, "neither advertising, items, labels nor order differ beyond twins",
        )  # fmt: skip
    assert told(monkeypatch, p, run(surface)) == wanted


@pytest.mark.parametrize(
    ("p", "wanted"),
    [
        ({"order": 0.01, "jaccard": 0.03}, Mechanism.REORDER),
        ({"order": 0.01, "label-mix": 0.03}, Mechanism.REORDER),
        ({"order": 0.01, "jaccard": 0.025}, Mechanism.REPLACE),
        ({"order": 0.017, "jaccard": 0.03}, Mechanism.REPLACE),
        ({"order": 0.001, "ad-share": 0.04}, Mechanism.REORDER),
        ({"order": 0.04, "ad-share": 0.04}, Mechanism.ADS),
        ({"ad-share": 0.01, "jaccard": 0.03}, Mechanism.ADS),
        ({"ad-share": 0.01, "label-mix": 0.025}, Mechanism.TOPIC),
        ({"ad-share": 0.017, "label-mix": 0.03}, Mechanism.TOPIC),
        ({"ad-share": 0.01, "order": 0.001, "jaccard": 0.03}, Mechanism.REORDER),
        ({"jaccard": 0.01, "label-mix": 0.03}, Mechanism.REPLACE),
        ({"jaccard": 0.01, "label-mix": 0.01}, Mechanism.TOPIC),
        ({"jaccard": 0.02, "label-mix": 0.03}, Mechanism.TOPIC),
    ],
)
def test_what_is_beyond_doubt_is_not_put_down_to_chance(
    monkeypatch: pytest.MonkeyPatch, p: dict[str, float], wanted: Mechanism
) -> None:
    """A third of 0.05 for advertising or order, where neither items nor labels are at half of it;
    and where the order differs more than advertising does, it is the order. Where items are at a
    third of it, labels have to be."""
    assert told(monkeypatch, p, run())[0] is wanted


def test_what_the_same_search_shows_again_is_not_carried_over() -> None:
    """Two pages of the search that is tested and one of another before them: alone what stood in
    the other one counts; and a tested one of another address does for the next."""
    lists = {
        f"{arm}-{n}": {"before.0": "a b c", "after.0": "a d e f", "after.1": "a b d e"}
        for arm in "ct" for n in (1, 2)
    }  # fmt: skip
    data = hand_run(lists, surface="search", outcomes=["rank-overlap"])
    judgement = judge(data)
    question = judgement.answers[0].question

    def shares(of: RunData) -> set[float]:
        found = module._measured(of, question, module._CARRIED, judgement.declaration)
        return {round(value, 9) for value in found.values.values()}

    assert shares(data) == {round((1 / 4 + 2 / 4) / 2, 9)}
    other = tuple(
        dataclasses.replace(p, url="/other") if p.path == "after.0" else p for p in data.pages
    )
    assert shares(dataclasses.replace(data, pages=other)) == {round((1 / 4 + 4 / 4) / 2, 9)}


def test_numbers_have_two_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, why in (
        ("ad-share", "the share of advertising differs (p = 0.012)"),
        ("label-mix", f"items of other labels (p = 0.012){ONE_PAGE}"),
        ("jaccard", f"other items (p = 0.012) of the same labels (p = 0.68){ONE_PAGE}"),
        ("order", "the same items (p = 1) in another order (p = 0.012)"),
    ):
        p = {"label-mix": 0.6789, name: 0.01234}
        assert told(monkeypatch, p, run())[1] == why
    search = told(monkeypatch, {"carried": 0.01234}, run("search"))
    assert search[1].endswith("in the puppet's search before (p = 0.012)")


def test_an_effect_on_advertising_is_one_of_advertising(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, {"ad-share": 0.3, "jaccard": 0.01}, run(outcome="ad-share"))
    assert found == (Mechanism.ADS, "the share of advertising differs (p = 0.3)")


def gate(ruling: Ruling, count: bool = False, name: str = "stability") -> Gate:
    number = (5.0, 6.0) if count else (0.001, 0.01)
    return Gate(name, ruling, "it moved", number=number[0], threshold=number[1])


@pytest.mark.parametrize(
    ("gates", "drifts"),
    [
        ((gate(Ruling.WITHHELD),), True),
        ((gate(Ruling.PASSED, name="dose"), gate(Ruling.NOTED)), True),
        ((gate(Ruling.NOTED, count=True),), False),
        ((gate(Ruling.PASSED),), False),
        ((gate(Ruling.NOTED, name="dose"),), False),
        ((), False),
    ],
)
def test_a_platform_that_moved_goes_before_all_but_advertising(
    monkeypatch: pytest.MonkeyPatch, gates: tuple[Gate, ...], drifts: bool
) -> None:
    p = {"label-mix": 0.01}
    found = told(monkeypatch, p, run(), gates, groups="two groups")
    assert found == ((Mechanism.DRIFT, "it moved") if drifts else (Mechanism.BUCKET, "two groups"))
    assert told(monkeypatch, {"ad-share": 0.01}, run(), gates)[0] is Mechanism.ADS


def arms(**of_t: Any) -> dict[str, Any]:
    own = {"locale": "en-US", "timezone": "UTC", "city": "Rome"}
    return {"c": {"persona": own}, "t": {"persona": own | of_t}}


@pytest.mark.parametrize("name", ["jaccard", "label-mix"])
@pytest.mark.parametrize(
    ("of_t", "keys"),
    [
        ({}, None),
        ({"city": "Oslo"}, None),
        ({"locale": "fr-FR"}, "locale"),
        ({"country": "FR", "timezone": "CET"}, "timezone and country"),
        ({"geolocation": {"latitude": 1}, "locale": "x", "country": "y"},
         "locale and geolocation and country"),
    ],
)  # fmt: skip
def test_another_language_or_place(
    monkeypatch: pytest.MonkeyPatch, name: str, of_t: dict[str, Any], keys: str | None
) -> None:
    """Only where lists differ in their items; what it is in is named."""
    found, why = told(monkeypatch, {name: 0.01}, run(arms=arms(**of_t)))
    if keys is None:
        assert found in (Mechanism.REPLACE, Mechanism.TOPIC)
    else:
        assert (found, why) == (
            Mechanism.PLACE, f"other items, and the arms differ in {keys}",
        )  # fmt: skip
    assert told(monkeypatch, {"order": 0.01}, run(arms=arms(**of_t)))[0] is Mechanism.REORDER


def test_a_persona_that_all_share_or_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """An arm without one has the scenario's; a name of a persona says nothing of its keys."""
    p = {"jaccard": 0.01}
    data = run(arms={"c": {}, "t": {"persona": {"locale": "fr-FR"}}})
    scenario = data.run["scenario_json"]

    def found(**changes: Any) -> Mechanism:
        other = {**data.run, "scenario_json": {**scenario, **changes}}
        return told(monkeypatch, p, dataclasses.replace(data, run=other))[0]

    assert found(persona={"locale": "en-US"}) is Mechanism.PLACE
    assert found(persona={"locale": "fr-FR"}) is Mechanism.REPLACE
    assert found() is Mechanism.PLACE
    assert found(persona="marie-us") is Mechanism.PLACE
    assert found(arms={"c": None, "t": None}) is Mechanism.REPLACE
    bare = {key: value for key, value in scenario.items() if key != "arms"}
    plain = dataclasses.replace(data, run={**data.run, "scenario_json": bare})
    assert told(monkeypatch, p, plain)[0] is Mechanism.REPLACE


def test_sides_of_several_arms_have_to_share_nothing() -> None:
    """A side is all its arms: one language in common is enough to look alike."""
    data = run(arms={"c": {"persona": {"locale": "en"}}, "t": {"persona": {"locale": "fr"}},
                     "u": {"persona": {"locale": "en"}}})  # fmt: skip
    question = judge(data).answers[0].question
    for treated, keys in ((("t",), ["locale"]), (("t", "u"), [])):
        contrast = dataclasses.replace(question.contrast, treated=treated)
        asked = dataclasses.replace(question, contrast=contrast)
        assert module._differ_in(data, asked) == keys


def test_an_interaction_has_no_lists_of_its_own() -> None:
    data = run()
    judgement = judge(data)
    (answer,) = judgement.answers
    contrast = dataclasses.replace(answer.question.contrast, crossed={})
    crossed = dataclasses.replace(
        answer, question=dataclasses.replace(answer.question, contrast=contrast)
    )
    found = explain(data, crossed, judgement.declaration)
    assert found == Explained(
        "home", "rank overlap (RBO)", "t", "c", Mechanism.UNKNOWN,
        "an interaction has no lists of its own",
    )  # fmt: skip


def test_one_for_each_effect_in_the_order_of_the_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    data = run()
    judgement = judge(data)
    (answer,) = judgement.answers
    kinds = [VerdictKind.EFFECT, VerdictKind.UNDECIDED, VerdictKind.EFFECT, VerdictKind.WITHHELD]
    answers = tuple(
        dataclasses.replace(
            answer,
            verdict=dataclasses.replace(answer.verdict, verdict=kind),
            question=dataclasses.replace(answer.question, surface=f"s{n}"),
        )
        for n, kind in enumerate(kinds)
    )
    asked: list[Any] = []

    def fitting(*given: Any) -> Any:
        asked.append(given)
        return iter([(Mechanism.TOPIC, "so"), (Mechanism.ADS, "not this")])

    monkeypatch.setattr(module, "_fitting", fitting)
    found = mechanisms(data, dataclasses.replace(judgement, answers=answers))
    assert [(one.surface, one.mechanism, one.why) for one in found] == [
        ("s0", Mechanism.TOPIC, "so"), ("s2", Mechanism.TOPIC, "so"),
    ]  # fmt: skip
    assert asked == [(data, answers[n], judgement.declaration) for n in (0, 2)]


# ---- what the questions are asked of


def uneven() -> RunData:
    """Six pairs whose lists differ in labels, order and length."""
    labels = ("news", "music", "food")
    lists = {}
    for arm, n in itertools.product("ct", range(1, 7)):
        shift = 2 * (arm == "t")
        words = [
            f"i{(k * n + shift) % 9}:{labels[(k * k + n + shift) % 3]}" for k in range(n % 3 + 4)
        ]
        lists[f"{arm}-{n}"] = {"after.0": " ".join(dict.fromkeys(words))}
    return hand_run(lists, exposure=["news"], attention="uniform", outcomes=["exposure-share"])


def test_a_question_is_asked_anew_of_the_same_lists() -> None:
    """p of another measure, without the label; 1 where nothing can be compared."""
    data = uneven()
    declaration = declaration_of(data)
    (question,) = declaration.questions
    for name in ("jaccard", "ad-share", "list-length", "order"):
        measure = measures()[name]
        other = dataclasses.replace(question, measure=measure, label=None)
        tested = compare(measure_question(data, other, declaration), 1)
        assert tested is not None
        assert module._p(data, question, measure, declaration) == tested.test.p
    other_seed = dataclasses.replace(data, run={**data.run, "seed": 7})
    assert 0 < module._p(other_seed, question, measures()["jaccard"], declaration) <= 1
    gone = dataclasses.replace(data, pages=tuple(p for p in data.pages if p.puppet.arm == "c"))
    assert module._p(gone, question, measures()["jaccard"], declaration) == 1.0


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("a:x b:x c:y d:y", "e:x f:y", 1.0),
        ("a:x b:x", "c:y d:y", 0.0),
        ("a:x b:x c:x d:y", "e:x f:y", 0.75),
        ("a:x b", "c:x d:y", 0.5),
        ("a:x -:ad -:ad", "c:x", 1.0),
        ("", "c:x", None),
        ("c:x", "", None),
        ("-:ad", "c:x", None),
        ("a:x b:y c:z d", "e:z f:w", 0.25),
    ],
)
def test_how_alike_the_shares_of_labels_are(left: str, right: str, alike: float | None) -> None:
    """What two lists have in common of each label, over all: advertising left out."""
    data = hand_run({"c-1": {"after.0": left}, "t-1": {"after.0": right}})
    one, other = data.pages
    for pair in ((one, other), (other, one)):
        found = module._alike(*pair)
        assert found == (None if alike is None else pytest.approx(alike))
