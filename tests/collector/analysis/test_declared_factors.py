"""When declared factors are analysed as crossed, and how the levels of arms are called."""

from __future__ import annotations

from typing import Any

import pytest

from collector.analysis.declared import declare, levels_of

FACTORS = {"language": ["persona.locale"], "history": ["steps"]}


def scenario(*arms: str, factors: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Arms called ``language-history``."""
    return {
        "arms": {
            arm: {"persona": {"locale": arm[:2]}, "steps": [arm[3:]] if arm[3:] else []}
            for arm in arms
        },
        "factors": FACTORS if factors is None else factors,
    }


@pytest.mark.parametrize(
    ("arms", "contrasts"),
    [
        (
            ("en-none", "en-some", "fr-none", "fr-some"),
            ("history=en-some + fr-some", "language=fr", "history × language"),
        ),
        (  # an interaction is of two levels each
            ("en-none", "en-some", "fr-none", "fr-some", "de-none", "de-some"),
            ("history=en-some + fr-some + de-some", "language=fr", "language=de"),
        ),
        (("en-none", "en-some", "fr-none"), ()),  # a cell is missing
        (("en-none", "en-some"), ()),  # one factor has one level
        (("en-none", "fr-some"), ()),  # both differ at once: nobody could tell them apart
    ],
)
def test_factors_are_crossed_if_every_cell_has_its_arm(
    arms: tuple[str, ...], contrasts: tuple[str, ...]
) -> None:
    """Else each arm is held against the control."""
    found = declare({"exposure": ["x"], "surfaces": ["home"]}, scenario(*arms))
    assert found.factorial is bool(contrasts)
    assert tuple(one.arm for one in found.contrasts) == (contrasts or arms[1:])


def test_a_factor_that_no_arm_differs_in_is_left_out_of_the_crossing() -> None:
    """Three factors are declared, two of them cross."""
    cells = ("en-none", "en-some", "fr-none", "fr-some")
    three = {**FACTORS, "place": ["persona.country"]}
    found = declare({"exposure": ["x"], "surfaces": ["home"]}, scenario(*cells, factors=three))
    assert found.factorial
    assert not [one for one in found.contrasts if "place" in one.arm]
    assert len(found.contrasts) == 3


def test_levels_are_called_by_their_value() -> None:
    """The bare value of one key; of several keys or of steps the arms that have it; an arm that is
    not written out (a run of other people's files) has none."""
    cells = ("en-none", "fr-some", "fr-none")
    told = scenario(*cells, factors={**FACTORS, "both": ["persona.locale", "steps"]})
    none = "en-none, fr-none"
    assert levels_of(told, [*cells, "strange"]) == {
        "language": {"en-none": "en", "fr-some": "fr", "fr-none": "fr"},
        "history": {"en-none": none, "fr-some": "fr-some", "fr-none": none},
        "both": {cell: cell for cell in cells},
    }


def test_contrasts_of_two_factors_arm_by_arm() -> None:
    """Who is held against whom, and within which strata: those of the other factor's level; of an
    interaction all arms are one stratum, and each is a cell of its own."""
    cells = ("en-none", "en-some", "fr-none", "fr-some")
    found = declare({"exposure": ["x"], "surfaces": ["home"]}, scenario(*cells))
    history, language, both = found.contrasts
    for contrast, treated, untreated, groups in (
        (history, ("en-some", "fr-some"), ("en-none", "fr-none"), {"en": 2, "fr": 2}),
        (language, ("fr-none", "fr-some"), ("en-none", "en-some"), {"none": 2, "some": 2}),
    ):
        assert (contrast.treated, contrast.untreated) == (treated, untreated)
        assert contrast.crossed is None
        assert contrast.strata.keys() == set(cells)
        for name, size in groups.items():
            own = {contrast.strata[arm] for arm in cells if name in arm.split("-")}
            assert (len(own), list(contrast.strata.values()).count(own.pop())) == (1, size)
    assert (both.arm, both.control) == ("history × language", "no interaction")
    assert (both.treated, both.untreated) == (("en-none", "fr-some"), ("en-some", "fr-none"))
    assert both.strata == dict.fromkeys(cells, "")
    assert both.crossed == {
        "en-none": (False, False), "en-some": (True, False),
        "fr-none": (False, True), "fr-some": (True, True),
    }  # fmt: skip
    pairs = declare({"exposure": ["x"], "surfaces": ["home"], "pairs": "all"}, scenario(*cells))
    assert [(one.arm, one.control) for one in pairs.contrasts] == [
        ("en-some", "en-none"), ("fr-none", "en-none"), ("fr-some", "en-none"),
        ("fr-none", "en-some"), ("fr-some", "en-some"), ("fr-some", "fr-none"),
    ]  # fmt: skip
    for one in pairs.contrasts:
        assert (one.treated, one.untreated, one.crossed) == ((one.arm,), (one.control,), None)
        assert one.strata == {one.arm: "", one.control: ""}
