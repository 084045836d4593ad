"""Two figures for a paper: each text and mark at its place, with numbers written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.text import Annotation

from collector.analysis import paperplots, plots
from collector.analysis.flow import Stream
from collector.analysis.measures import Unit
from collector.analysis.metrics import Attention
from collector.analysis.sensitivity import Choice


@pytest.fixture(autouse=True)
def _style() -> Iterator[None]:
    with plots.style():
        yield


WHOLE = Stream("neutral", 7, 7, 7, 6, 6, (), (), ())
LOSSY = Stream(
    "flat earth", 7, 6, 5, 4, 3, ("late (1)",), ("unsure (1)",), ("captcha (1)", "x (2)")
)


def texts(axes: Axes) -> list[tuple[str, float, float]]:
    return [(t.get_text(), *t.get_position()) for t in axes.texts if not isinstance(t, Annotation)]


def arrows(axes: Axes) -> list[tuple[Any, Any]]:
    return [(t.xyann, t.xy) for t in axes.texts if isinstance(t, Annotation)]


def test_a_column_of_boxes_with_what_was_lost_between() -> None:
    """Four boxes from top to bottom; a loss stands beside the arrow to the box that lacks it."""
    figure = paperplots.flow([WHOLE, LOSSY])
    whole, lossy = figure.axes
    assert [axes.get_title() for axes in (whole, lossy)] == ["neutral", "flat earth"]
    assert texts(whole) == [
        ("assigned: 7", 0.5, 3.75), ("begun: 7", 0.5, 2.6), ("delivered: 7", 0.5, 1.45),
        ("analysed: 6", 0.5, 0.2),
    ]  # fmt: skip
    assert texts(lossy) == [
        ("assigned: 7", 0.5, 3.75),
        ("begun: 6", 0.5, 2.6), ("not begun: late (1)", 0.53, pytest.approx(3.175)),
        ("delivered: 5", 0.5, 1.45), ("not delivered: unsure (1)", 0.53, pytest.approx(2.025)),
        ("analysed: 4\nin all outcomes: 3", 0.5, 0.2),
        ("not analysed: captcha (1); x\n(2)", 0.53, pytest.approx(0.825)),
    ]  # fmt: skip
    for axes in figure.axes:
        assert arrows(axes) == [
            ((0.5, pytest.approx(3.75 - 0.24)), (0.5, pytest.approx(2.86))),
            ((0.5, pytest.approx(2.6 - 0.24)), (0.5, pytest.approx(1.71))),
            ((0.5, pytest.approx(1.45 - 0.24)), (0.5, pytest.approx(0.46))),
        ]
        assert (axes.get_xlim(), axes.get_ylim()) == ((0, 1), (-0.05, 4.05))
        assert not axes.axison


def test_how_boxes_arrows_and_losses_look() -> None:
    (axes,) = paperplots.flow([LOSSY]).axes
    boxes = [t for t in axes.texts if t.get_bbox_patch() is not None]
    assert len(boxes) == 4
    for text in boxes:
        patch = text.get_bbox_patch()
        assert patch is not None
        assert to_hex(patch.get_edgecolor()) == plots.looks().colour(0)
        assert patch.get_facecolor() == (0.0, 0.0, 0.0, 0.0)
        assert patch.get_linewidth() == 1.4
        assert (patch.get_boxstyle().pad, type(patch.get_boxstyle()).__name__) == (0.45, "Round")
        assert (text.get_ha(), text.get_va()) == ("center", "center")
    for arrow in (t for t in axes.texts if isinstance(t, Annotation)):
        assert arrow.arrow_patch is not None
        assert to_hex(arrow.arrow_patch.get_edgecolor()) == plots.INK
        assert arrow.arrow_patch.get_linewidth() == 0.9
        assert (arrow.arrow_patch.shrinkA, arrow.arrow_patch.shrinkB) == (0, 0)
        assert arrow.arrow_patch.get_arrowstyle().__class__.__name__ == "CurveFilledB"
    lost = [t for t in axes.texts if t.get_text().startswith("not ")]
    assert len(lost) == 3
    for text in lost:
        assert (text.get_ha(), text.get_va()) == ("left", "center")
        assert text.get_fontsize() == pytest.approx(9.5 * 0.694)


@pytest.mark.parametrize(
    ("arms", "rows", "columns", "width"),
    [(1, 1, 1, 60), (2, 1, 2, 30), (3, 1, 3, 19), (4, 1, 4, 14), (5, 2, 4, 14), (9, 3, 4, 14)],
)
def test_arms_stand_four_in_a_row(arms: int, rows: int, columns: int, width: int) -> None:
    """With an empty place where they do not fill one; text is as wide as its column."""
    word = "ab " * 40
    found = [replace(LOSSY, arm=f"{n} {word}", not_begun=(word,)) for n in range(arms)]
    figure = paperplots.flow(found)
    assert figure.get_size_inches().tolist() == pytest.approx([6.4, 3.5 * rows])
    assert len(figure.axes) == rows * columns
    engine = figure.get_layout_engine()
    assert engine is not None
    assert (engine.get()["w_pad"], engine.get()["h_pad"]) == (0.02, 0.08)
    for number, axes in enumerate(figure.axes):
        assert not axes.axison
        if number >= arms:
            assert not axes.texts
            continue
        title = axes.get_title().split("\n")
        assert title[0].startswith(f"{number} ab")
        lost = next(t.get_text() for t in axes.texts if t.get_text().startswith("not begun"))
        for lines, most in ((title, width + 3), (lost.split("\n"), width)):
            assert most - 3 < max(map(len, lines)) <= most
        patch = axes.texts[0].get_bbox_patch()
        assert patch is not None
        assert to_hex(patch.get_edgecolor()) == plots.looks().colour(number)


# ---- sensitivity


def choice(outcome: str = "one", attention: Attention = Attention.UNIFORM, **more: Any) -> Choice:
    own: dict[str, Any] = {
        "outcome": outcome, "surface": "home", "unit": Unit.SHARE, "attention": attention,
        "incomplete": False, "declared": False, "estimate": 0.1, "interval": (-0.05, 0.25),
        "puppets": 12, "smallest_effect": None,
    }  # fmt: skip
    return Choice(**(own | more))


FOUND = (
    choice("one", Attention.UNIFORM), choice("one", Attention.LOG, incomplete=True, estimate=0.2),
    choice("two", Attention.GEOMETRIC, declared=True, interval=None),
    choice("two", Attention.LOG, estimate=None, interval=None),
    choice("three", Attention.UNIFORM, unit=Unit.ITEMS, estimate=-2.0, interval=(-3.0, 1.0)),
)  # fmt: skip


def marks(axes: Axes) -> list[tuple[float, float, str, str, bool]]:
    """(x, y, marker, colour, filled) of each estimate."""
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]), str(line.get_marker()),
         str(line.get_color()), line.get_markerfacecolor() != "none")
        for line in axes.lines if line.get_marker() not in ("None", None)
    ]  # fmt: skip


def test_a_line_a_choice_and_a_group_an_outcome() -> None:
    """Estimates and intervals at their heights; a panel a unit; hollow: incomplete puppets too."""
    figure = paperplots.sensitivity(FOUND)
    seen = plots.looks()
    shares, items = figure.axes
    order = list(Attention)
    look = {a: (seen.marker(order.index(a)), seen.colour(order.index(a))) for a in Attention}
    assert marks(shares) == [
        (0.1, 0.0, *look[Attention.UNIFORM], True), (0.2, 1.0, *look[Attention.LOG], False),
        (0.1, 2.9, *look[Attention.GEOMETRIC], True),
    ]  # fmt: skip
    assert marks(items) == [(-2.0, 0.0, *look[Attention.UNIFORM], True)]
    spans = [own.get_segments()[0].tolist() for own in shares.collections]
    assert spans == [[[-0.05, 0.0], [0.25, 0.0]], [[-0.05, 1.0], [0.25, 1.0]]]
    for own, attention in zip(shares.collections, (Attention.UNIFORM, Attention.LOG), strict=True):
        assert to_hex(own.get_color()[0]) == look[attention][1]
        assert (own.get_alpha(), own.get_linewidth()) == (0.55, [1.4])
    assert items.collections[0].get_segments()[0].tolist() == [[-3.0, 0.0], [1.0, 0.0]]
    for line in shares.lines[:3]:
        if line.get_marker() not in ("None", None):
            assert (line.get_linestyle(), line.get_markeredgewidth()) == ("None", 1.2)
    assert shares.get_yticks().tolist() == pytest.approx([0.5, 3.4])
    assert [t.get_text() for t in shares.get_yticklabels()] == ["one", "two"]
    assert [t.get_text() for t in items.get_yticklabels()] == ["three"]
    assert shares.get_ylim() == pytest.approx((4.6, -0.7))
    assert items.get_ylim() == pytest.approx((0.7, -0.7))


def test_what_was_declared_is_named_beside_its_line() -> None:
    shares, items = paperplots.sensitivity(FOUND).axes
    (note,) = [t for t in shares.texts if isinstance(t, Annotation)]
    assert (note.get_text(), note.xy, note.xyann) == ("declared", (1, 2.9), (3, 0))
    assert (note.xycoords, note.anncoords) == (("axes fraction", "data"), "offset points")
    assert note.get_va() == "center"
    assert note.get_fontsize() == pytest.approx(9.5 * 0.694)
    assert not items.texts


def upright(axes: Axes) -> list[tuple[float, str, float, bool]]:
    """(x, colour, width, dashed) of the lines from top to bottom."""
    return [
        (float(line.get_xdata()[0]), str(line.get_color()), float(line.get_linewidth()),
         line.get_linestyle() != "-")
        for line in axes.lines if line.get_marker() in ("None", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "drawn"), [((None, None), ()), ((0.05, 0.05), (-0.05, 0.05)),
                          ((0.05, None), (-0.05, 0.05)), ((0.05, 0.1), ())]
)  # fmt: skip
def test_zero_and_the_smallest_effect(
    limits: tuple[float | None, ...], drawn: tuple[float, ...]
) -> None:
    """Where all outcomes of a panel have one and the same."""
    found = [choice(f"o{n}", smallest_effect=limit) for n, limit in enumerate(limits)]
    (axes,) = paperplots.sensitivity(found).axes
    assert upright(axes) == [
        (0.0, plots.INK, 0.9, False), *((at, plots.INK, 0.7, True) for at in drawn),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "label", "ticks"),
    [
        (Unit.SHARE, "arm minus control, points", {0.1: "+10.0", -0.05: "−5.0", 0.0: "0"}),
        (Unit.ITEMS, "arm minus control, items", {2.0: "+2", -0.5: "−0.5", 0.0: "0"}),
        (Unit.RATIO, "arm minus control, times the supply", {1.0: "+1", 0.0: "0"}),
        (Unit.SCORE, "arm minus control", {1.5: "+1.5", 0.0: "0"}),
    ],
)
def test_the_axis_is_in_the_unit(unit: Unit, label: str, ticks: dict[float, str]) -> None:
    (axes,) = paperplots.sensitivity([choice(unit=unit)]).axes
    assert axes.get_xlabel() == label
    told = axes.xaxis.get_major_formatter()
    assert {value: told(value, 0) for value in ticks} == ticks


def test_the_inches_of_panels() -> None:
    """A fifth an outcome's line, two at least a panel, and what stands above and below."""
    figure = paperplots.sensitivity(FOUND)
    height = 1.0 + 0.2 * (4 + 2) + 0.55 * 2
    assert figure.get_size_inches().tolist() == pytest.approx([6.4, height])
    spec = figure.axes[0].get_subplotspec()
    assert spec is not None
    assert list(spec.get_gridspec().get_height_ratios()) == [4, 2]
    assert type(figure.get_layout_engine()).__name__ == "ConstrainedLayoutEngine"


@pytest.mark.parametrize("width", [30, 10])
def test_long_names_are_wrapped(width: int) -> None:
    found = [choice("word " * 12)]
    figure = paperplots.sensitivity(found) if width == 30 else paperplots.sensitivity(found, width)
    (label,) = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert max(map(len, label.split("\n"))) in range(width - 5, width + 1)
    assert not any(line.get_visible() for line in figure.axes[0].get_ygridlines())


def test_the_legend_has_the_models_that_are_used() -> None:
    """In their order, and what a filled and a hollow mark are."""
    (legend,) = paperplots.sensitivity(FOUND[1:2] + FOUND[:1]).legends
    names = [t.get_text() for t in legend.get_texts()]
    assert names == ["uniform attention", "log attention", "complete puppets",
                     "incomplete ones too"]  # fmt: skip
    seen, order = plots.looks(), list(Attention)
    handles = legend.legend_handles
    for handle, attention in zip(handles, (Attention.UNIFORM, Attention.LOG), strict=False):
        number = order.index(attention)
        assert (handle.get_marker(), handle.get_color()) == (
            seen.marker(number), seen.colour(number),
        )  # fmt: skip
    filled, hollow = handles[2:]
    for handle in (filled, hollow):
        assert (handle.get_marker(), handle.get_color()) == ("o", plots.INK)
    assert (filled.get_markerfacecolor(), hollow.get_markerfacecolor()) == (plots.INK, "none")
    assert hollow.get_markeredgewidth() == 1.2
    assert all(handle.get_linestyle() == "None" for handle in handles)
    assert legend._ncols == 3
    assert legend.borderaxespad == 0.2
    assert legend._outside_loc == "upper"
