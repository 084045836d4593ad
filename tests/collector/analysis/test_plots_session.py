"""The figure over a session, legends, and figures as text: each mark with numbers written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from collector.analysis import plots
from collector.analysis.tables import Part


@pytest.fixture(autouse=True)
def _style() -> Iterator[None]:
    with plots.style():
        yield


LINES = {
    "neutral": {"news": {4: [0.1, 0.3], 2: [0.2]}, "x": {2: [0.5, 0.7]}},
    "flat " * 20: {"y": {3: [0.25, 0.75]}},
}
PARTS = {
    "neutral": (Part(0, "before", "w1s1"), Part(3, "treatment"), Part(6, "after", "w1s2")),
}


def drawn(**changes: Any) -> Figure:
    given: dict[str, Any] = {"lines": LINES, "parts": PARTS, "names": {4: "the end", 2: "front"}}
    given |= changes
    return plots.over_session(given["lines"], parts=given["parts"], names=given["names"])


def marked(axes: Axes) -> list[tuple[list[float], list[float], str, str]]:
    return [
        (list(map(float, line.get_xdata())), list(map(float, line.get_ydata())),
         str(line.get_color()), str(line.get_marker()))
        for line in axes.lines if line.get_marker() not in ("None", None)
    ]  # fmt: skip


def test_a_line_a_topic_with_its_band() -> None:
    """Means in the order of the steps; every puppet lies in the band; a look a topic, in all."""
    first, second = drawn().axes
    seen = plots.looks()
    assert marked(first) == [
        ([2.0, 4.0], [0.2, pytest.approx(0.2)], seen.colour(0), seen.marker(0)),
        ([2.0], [pytest.approx(0.6)], seen.colour(1), seen.marker(1)),
    ]
    assert marked(second) == [([3.0], [0.5], seen.colour(2), seen.marker(2))]
    band, span, _, _ = first.collections
    (outline,) = band.get_paths()
    corners = {(float(x), float(y)) for x, y in outline.vertices}
    assert corners == {(2.0, 0.2), (4.0, 0.1), (4.0, 0.3)}
    assert (band.get_alpha(), band.get_linewidth().tolist()) == (0.16, [0.0])
    assert to_hex(band.get_facecolor()[0]) == seen.colour(0)
    assert [own.tolist() for own in span.get_segments()] == [
        [[2.0, 0.2], [2.0, 0.2]], [[4.0, 0.1], [4.0, 0.3]],
    ]  # fmt: skip
    assert (span.get_alpha(), span.get_linewidth().tolist()) == (0.35, [1])
    assert to_hex(span.get_color()[0]) == seen.colour(0)


def test_limits_titles_and_axes() -> None:
    figure = drawn()
    first, second = figure.axes
    for axes in (first, second):
        assert axes.get_ylim() == pytest.approx((-0.03 * 0.75, 0.75 * 1.32))
        assert axes.get_xlim() == pytest.approx((-0.8, 6.8))
        assert axes.yaxis.get_major_formatter()(0.256, 0) == "26%"
        assert all(tick == int(tick) for tick in axes.xaxis.get_major_locator()())
    assert first.get_title(loc="left") == "neutral"
    assert max(map(len, second.get_title(loc="left").split("\n"))) in range(50, 61)
    assert figure.get_supylabel() == "share of attention"
    assert first.get_xlabel() == ""
    assert second.get_xlabel() == "step of the session (2: front; 4: the end)"
    assert figure.get_size_inches().tolist() == pytest.approx([6.4, 0.9 + 1.75 * 2])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["news", "x", "y"]


def test_a_share_near_nothing_still_has_a_scale_and_names_are_wrapped() -> None:
    lines = {"a": {"news": {1: [0.01]}}}
    figure = drawn(lines=lines, parts={}, names={})
    (axes,) = figure.axes
    assert axes.get_ylim() == pytest.approx((-0.003, 0.132))
    assert axes.get_xlim() == pytest.approx((0.2, 1.8))
    assert axes.get_xlabel() == "step of the session"
    assert not axes.texts
    wide = drawn(lines=lines, parts={}, names=dict.fromkeys(range(9), "a page of this name"))
    told = wide.axes[0].get_xlabel().split("\n")
    assert len(told) == 3
    assert max(map(len, told)) <= 84
    assert wide.get_size_inches()[1] == pytest.approx(0.9 + 1.75 + 0.16 * 2)


def test_phases_are_dashed_and_sessions_solid() -> None:
    """Half a step before their first; a session is named above the panel."""
    first, second = drawn().axes
    rules = [line for line in first.lines if line.get_marker() in ("None", None)]
    edge = first.spines["left"].get_edgecolor()
    assert [(float(r.get_xdata()[0]), r.get_linewidth(), r.get_linestyle()) for r in rules] == [
        (-0.5, 1.1, "-"), (2.5, 0.8, "--"), (5.5, 1.1, "-"),
    ]  # fmt: skip
    assert [r.get_color() for r in rules] == [plots.INK, edge, plots.INK]
    assert all(r.get_zorder() == 1 for r in rules)
    words = [t for t in first.texts if not isinstance(t, Annotation)]
    assert [(t.get_text(), t.get_position()) for t in words] == [
        ("before", (pytest.approx(-0.38), pytest.approx(0.975))),
        ("treatment", (pytest.approx(2.62), pytest.approx(0.975))),
        ("after", (pytest.approx(5.62), pytest.approx(0.975))),
    ]
    for word in words:
        assert (word.get_va(), word.get_rotation()) == ("top", 0.0)
        assert word.get_fontsize() == pytest.approx(9.5 * 0.694)
    notes = [t for t in first.texts if isinstance(t, Annotation)]
    assert [(t.get_text(), t.xy, t.xyann) for t in notes] == [
        ("w1s1", (-0.5, 1), (2, 1)), ("w1s2", (5.5, 1), (2, 1)),
    ]  # fmt: skip
    for note in notes:
        assert (note.xycoords, note.anncoords) == (("data", "axes fraction"), "offset points")
        assert note.get_fontsize() == pytest.approx(9.5 * 0.694)
    assert not second.texts


def test_titles_stand_higher_where_sessions_are_named() -> None:
    plain = {"neutral": (Part(0, "before"),)}
    for parts, pad in ((PARTS, 15), (plain, 6)):
        axes = drawn(parts=parts).axes[0]
        assert axes.titleOffsetTrans.get_matrix()[1, 2] == pytest.approx(pad / 72 * 100)


def test_a_legend_has_as_many_columns_as_fit() -> None:
    for names, columns in ((["a"], 1), (["a"] * 9, 9), (["a" * 17] * 9, 4), (["a" * 90] * 2, 1)):
        figure = Figure()
        plots._legend(figure, names)
        (legend,) = figure.legends
        assert legend._ncols == columns
        assert (legend.borderaxespad, legend.handletextpad) == (0.2, 0.2)
        assert legend._outside_loc == "upper"
    none = Figure()
    plots._legend(none, [], between=True)
    assert not none.legends
    pairs, seen = Figure(), plots.looks()
    plots._legend(pairs, ["a", "b"], between=True)
    told = [(h.get_label(), h.get_color(), h.get_marker(), h.get_linestyle())
            for h in pairs.legends[0].legend_handles]  # fmt: skip
    assert told == [
        ("twins, a", seen.colour(0), seen.marker(0), "None"),
        ("twins, b", seen.colour(1), seen.marker(1), "None"),
        ("between arms", plots.INK, "x", "None"),
    ]


def test_colours_and_markers_repeat() -> None:
    seen = plots.looks()
    assert len(seen.colours) == len(seen.markers) == 8
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in seen.colours)
    assert seen.colour(0) == seen.colour(8) == "#0b7fc4"
    assert (seen.marker(1), seen.marker(9)) == ("s", "s")
    assert (seen.colour(-1), seen.marker(-1)) == (plots.INK, "x")
    assert plots.page_looks() == seen


def test_numbers_of_a_file_have_two_decimals_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """No zeros at their end; a name or a colour is no number; nothing of when it was made."""
    written = (
        '<svg><metadata>\n<date>2026</date>\n</metadata><path id="m1.2345" fill="#1.2345"'
        ' d="M 0.5012 3.0004 L -20.0000 100.1250001 1.25 7 40.000" /></svg>'
    )
    monkeypatch.setattr("collector.analysis.canvas.as_svg", lambda figure: written)
    assert plots.svg(Figure()) == (
        '<svg><path id="m1.2345" fill="#1.2345" d="M 0.5 3 L -20 100.13 1.25 7 40" /></svg>'
    )


def test_an_element_of_the_page_is_not_the_file() -> None:
    """Ids of its own, no size in points, the colours of the text; hidden from readers aloud."""
    svg = (
        '<?xml version="1.0"?>\n<svg width="10.5pt" height="7pt" viewBox="0 0 1 1">'
        '<path id="m1" fill="#010203"/><use xlink:href="#m1" clip-path="url(#p2)" width="3pt"/>'
        "</svg>\n"
    )
    assert plots.inline(svg, "a<b") == (
        '<svg aria-hidden="true" focusable="false" viewBox="0 0 1 1">'
        '<path id="a&lt;b-m1" fill="currentColor"/><use xlink:href="#a&lt;b-m1"'
        ' clip-path="url(#a&lt;b-p2)" width="3pt"/></svg>'
    )
