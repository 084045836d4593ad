"""What is drawn where: dots, bars and spans of a row, limits, and the inches of a figure.

Called directly, with numbers written out: no run is made for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from collector.analysis import plots


@pytest.fixture(autouse=True)
def _style() -> Iterator[None]:
    with plots.style():
        yield


def axes_of() -> Axes:
    return Figure().subplots()


def segments(axes: Axes) -> list[list[list[float]]]:
    """Ends of what was drawn as lines, in the order of drawing."""
    return [[list(map(float, end)) for end in own.get_segments()[0]] for own in axes.collections]


@pytest.mark.parametrize(("number", "edge"), [(0, 0.0), (1, 0.0), (-1, 1.2)])
def test_a_row_has_a_dot_a_value_its_span_and_its_mean(number: int, edge: float) -> None:
    axes, seen = axes_of(), plots.looks()
    plots._row(axes, [0.1, 0.2, 0.6], 3.0, number)
    (dots,) = axes.lines
    assert list(dots.get_xdata()) == [0.1, 0.2, 0.6]
    assert list(dots.get_ydata()) == [3.0] * 3
    assert (dots.get_marker(), dots.get_linestyle()) == (seen.marker(number), "None")
    assert (dots.get_color(), dots.get_alpha()) == (seen.colour(number), 0.75)
    assert (dots.get_markeredgewidth(), dots.get_zorder()) == (edge, 3)
    span, mean = segments(axes)
    assert span == [[0.1, 3.0], [0.6, 3.0]]
    assert mean == [[pytest.approx(0.3), 2.62], [pytest.approx(0.3), 3.38]]
    drawn = [to_hex(own.get_color()[0]) for own in axes.collections]
    assert drawn == [seen.colour(number)] * 2
    assert [own.get_alpha() for own in axes.collections] == [0.35, None]
    assert axes.collections[0].get_linewidth() == [2]
    assert axes.collections[1].get_zorder() == 4


def test_of_many_values_the_middle_half_is_a_bar() -> None:
    """80 dots are dots; of 0, 1, … 80 the quartiles are 20 and 60."""
    axes = axes_of()
    plots._row(axes, [0.5] * plots.MOST_DOTS, 0.0, 0)
    assert len(axes.lines) == 1
    axes = axes_of()
    plots._row(axes, [float(n) for n in range(81)], 2.0, 0)
    assert not list(axes.lines)
    assert segments(axes)[0] == [[20.0, 2.0], [60.0, 2.0]]
    assert (axes.collections[0].get_alpha(), axes.collections[0].get_linewidth()) == (0.5, [6])
    axes = axes_of()
    plots._row(axes, [], 2.0, 0)
    assert not axes.has_data()


@pytest.mark.parametrize(
    ("arms", "lines"),
    [((), 0), (("a",), 1), (("x" * 84,), 1), (("x" * 85,), 2), (("x" * 39,) * 2, 1),
     (("x" * 40,) * 2, 2)],
)  # fmt: skip
def test_a_figure_grows_by_the_lines_of_its_legend(arms: tuple[str, ...], lines: int) -> None:
    """A fifth of an inch for each 90 letters, of which each arm takes six more than its name."""
    figure, axes = plots._figure(2.0, arms)
    assert figure.get_size_inches().tolist() == pytest.approx([6.4, 2.0 + 0.2 * lines])
    assert len(axes) == 1
    assert len(figure.legends) == bool(arms)


def test_columns_stand_wider_apart_than_a_figure_alone() -> None:
    for columns, pad in ((1, 0.04), (2, 0.12), (3, 0.12)):
        figure, axes = plots._figure(2.0, (), columns=columns)
        engine = figure.get_layout_engine()
        assert engine is not None
        assert engine.get()["w_pad"] == pad
        assert len(axes) == columns


def test_rows_of_likeness_stand_in_groups_from_top_to_bottom() -> None:
    """Four rows of two groups: 0.2 inches a row, a thin line between the groups."""
    rows = [("home", [0.2], 0), ("home", [0.4], -1), ("news", [0.6], 0), ("news", [], -1)]
    figure = plots.overlap({"one": rows, "other": rows}, ["a"])
    assert figure.get_size_inches().tolist() == pytest.approx([6.4, 1.2 + 0.2 * 4 + 0.2])
    first, second = figure.axes
    for axes, names in ((first, ["home", "news"]), (second, ["", ""])):
        assert axes.get_ylim() == pytest.approx((3.6, -0.6))
        assert axes.get_xlim() == pytest.approx((-0.03, 1.03))
        assert axes.get_yticks().tolist() == [0.5, 2.5]
        assert [label.get_text() for label in axes.get_yticklabels()] == names
        assert axes.get_xlabel() == "similarity (0–1)"
        assert [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "None"] == [1.5]
    assert [each.get_title(loc="left") for each in (first, second)] == ["one", "other"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["twins, a", "between arms"]


def test_topics_stand_with_a_row_an_arm() -> None:
    """Two topics of two arms, three places each; what was declared is bold."""
    rows = {"news": {"a": [0.1], "b": [0.3]}, "other": {"a": [0.2]}}
    figure = plots.exposure_by_topic(rows, ["a", "b"], declared=["news"])
    assert figure.get_size_inches().tolist() == pytest.approx([6.4, 1.2 + 0.16 * 2 * 3 + 0.2])
    (axes,) = figure.axes
    assert axes.get_ylim() == pytest.approx((5.5, -1.0))
    assert axes.get_yticks().tolist() == [0.5, 3.5]
    labels = [(each.get_text(), each.get_fontweight()) for each in axes.get_yticklabels()]
    assert labels == [("news", "bold"), ("other", "normal")]
    dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines[:3]]
    assert dots == [(0.1, 0.0), (0.3, 1.0), (0.2, 3.0)]
    assert axes.lines[3].get_ydata()[0] == 2
    assert axes.get_xlim()[0] == pytest.approx(-0.008 * axes.get_xlim()[1])


class Box:
    """A text whose place and letters are told."""

    def __init__(self, told: str, x0: float, x1: float, at: str = "left", seen: bool = True):
        self.told, self.box, self.at, self.seen = told, Bbox([[x0, 0], [x1, 9]]), at, seen

    def get_window_extent(self) -> Bbox:
        return self.box

    def get_text(self) -> str:
        return self.told

    def set_text(self, told: str) -> None:
        self.told = told

    def get_horizontalalignment(self) -> str:
        return self.at

    def get_visible(self) -> bool:
        return self.seen


WORDS = "one two three four five six"


@pytest.mark.parametrize(
    ("text", "most", "lines"),
    [
        (Box(WORDS, 0, 300), None, [WORDS]),
        (Box(WORDS, 0, 300), 400.0, [WORDS]),
        # 27 letters in 300 pixels, of which 250 are there: 0.95 of 22.5
        (Box(WORDS, 50, 350), None, ["one two three four", "five six"]),
        (Box(WORDS, -50, 250), None, ["one two three four", "five six"]),
        # one in the middle leaves as much on the other side: 0.95 of 18
        (Box(WORDS, 50, 350, "center"), None, ["one two three", "four five six"]),
        # 0.95 of 0.95 of 150 pixels: 12 letters
        (Box(WORDS, 0, 300), 150.0, ["one two", "three four", "five six"]),
        (Box(WORDS, 0, 300), 1.0, ["one two", "three", "four", "five six"]),  # never below 8
        (Box("x one-and-a-half-word x", 0, 300), 1.0, ["x one-", "and-a-", "half-", "word x"]),
        (Box("a pneumonoultramicroscopic b", 0, 300), 1.0, ["a", "pneumonoultramicroscopic", "b"]),
        # the longer line of two has 18 letters; they are filled anew
        (Box("one\ntwo three four fiv", 0, 300), 200.0, ["one two", "three four", "fiv"]),
        (Box("one-long-word", 50, 350), None, ["one-long-word"]),
        (Box(WORDS, 50, 350, seen=False), None, [WORDS]),
    ],
)
def test_a_text_that_leaves_the_figure_gets_more_lines(
    text: Box, most: float | None, lines: list[str]
) -> None:
    """A figure of 300 pixels; whether the text has other lines than before is said."""
    before = text.told
    changed = plots._broken(text, 300.0, most)  # type: ignore[arg-type]
    assert text.told.split("\n") == lines
    assert changed is (text.told != before)


def test_a_narrower_figure_keeps_its_letters() -> None:
    """Its height too, with one panel; a long title has more lines, a wide legend fewer columns."""
    figure = Figure(figsize=(9, 3))
    axes = figure.subplots()
    told = "a title of so many words that a narrow figure cannot hold it in one line"
    axes.set_title(told, loc="center")
    for n in range(6):
        axes.plot([0, 1], [n, n], label=f"a line that is called {n}")
    figure.legend(loc="outside upper left", ncols=6)
    size = axes.title.get_fontsize()
    assert plots.narrowed(figure, 3.5) is figure
    assert figure.get_size_inches().tolist() == [3.5, 3]
    assert axes.title.get_fontsize() == size
    assert axes.title.get_text().count("\n") >= 1
    (legend,) = figure.legends
    assert legend.get_window_extent().width <= figure.bbox.width
    assert [text.get_text() for text in legend.get_texts()] == [
        f"a line that is called {n}" for n in range(6)
    ]


def test_panels_side_by_side_make_room_for_their_titles() -> None:
    """Each title fits its panel, and the figure is as much higher as the lines take."""
    figure = Figure(figsize=(9, 3))
    panels = figure.subplots(1, 2)
    for axes in panels:
        axes.set_title("what is measured in this panel, word by word", loc="center")
        axes.set_xlabel("short")
    plots.narrowed(figure, 4.0)
    width, height = figure.get_size_inches().tolist()
    assert (width, height > 3) == (4.0, True)
    between = panels[1].bbox.x0 - panels[0].bbox.x0
    for axes in panels:
        assert axes.title.get_text().count("\n") >= 1
        assert axes.title.get_window_extent().width <= between
        assert axes.get_xlabel() == "short"
