"""The report's pictures: the same bytes for the same numbers, for a page and for files beside it.

Each puppet is a dot (a marker of its arm's shape and colour), each mean a bar: what identical
puppets differ by is always visible beside what arms differ by. Colours, markers, sizes and fonts
stand in ``figures.mplstyle`` alone.
"""

from __future__ import annotations

import re
import textwrap
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from statistics import fmean, quantiles
from typing import TYPE_CHECKING, Any

from collector.analysis import canvas
from collector.analysis.tables import Part

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

STYLE = Path(__file__).with_name("figures.mplstyle")
INK = "#010203"
"""Stands for the page's text colour; becomes ``currentColor``."""
WIDTH = 6.4
"""Inches: on a phone the letters stay legible, on paper it is the width of a column of text."""
MOST_DOTS = 80
"""Values in a row beyond which the middle half is drawn as a bar and no longer dot by dot."""
_WRAP = 22
_PASSES, _LINE = 3, 0.15
"""So often texts are wrapped at most: what one wins, another may lose. Inches of a line."""

Groups = Mapping[str, Sequence[float]]
"""Arm → one value a puppet."""


@dataclass(frozen=True)
class Looks:
    """What stands for an arm: from the style's ``axes.prop_cycle``."""

    colours: tuple[str, ...]
    markers: tuple[str, ...]

    def colour(self, number: int) -> str:
        """Return an arm's colour by its number (from 0; colours repeat); below 0 that of ink."""
        return self.colours[number % len(self.colours)] if number >= 0 else INK

    def marker(self, number: int) -> str:
        """Return an arm's marker by its number (from 0; markers repeat); below 0 a cross."""
        return self.markers[number % len(self.markers)] if number >= 0 else "x"


def looks() -> Looks:
    """Of the style that is in force."""
    cycle = canvas.settings()["axes.prop_cycle"].by_key()
    colours = tuple(c if str(c).startswith("#") else canvas.as_hex(c) for c in cycle["color"])
    return Looks(colours, tuple(cycle.get("marker", ("o", "s", "D", "^", "v", "P", "X", "h"))))


@cache
def page_looks() -> Looks:
    """Of the project's own style, for the legends of the page."""
    with style():
        return looks()


@contextmanager
def style(own: Path | None = None) -> Iterator[None]:
    """The figures' style, and over it another file's; a matplotlibrc does not count."""
    sheets = [str(STYLE), *([str(own)] if own else [])]
    with canvas.styled(sheets), warnings.catch_warnings():
        # The reader's program draws the text: a script that the measuring font lacks is no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def exposure_by_topic(
    rows: Mapping[str, Groups], arms: Sequence[str], *, declared: Sequence[str]
) -> Figure:
    """Topics from top to bottom, each puppet a dot, each arm's mean a bar. Values are 0–1.

    :param rows: topic → arm → values, in the order to be drawn.
    """
    topics = list(rows)
    step = len(arms) + 1.0
    figure, (axes,) = _figure(1.2 + 0.16 * len(topics) * step, arms)
    for row, topic in enumerate(topics):
        for number, arm in enumerate(arms):
            _row(axes, list(rows[topic].get(arm, ())), row * step + number, number)
    middles = [row * step + (len(arms) - 1) / 2 for row in range(len(topics))]
    axes.set_yticks(middles, [_wrapped(topic) for topic in topics])
    for label, topic in zip(axes.get_yticklabels(), topics, strict=True):
        label.set_fontweight("bold" if topic in declared else "normal")
    axes.set_ylim(len(topics) * step - 0.5, -1.0)
    axes.grid(axis="y", visible=False)
    for row in range(1, len(topics)):
        axes.axhline(row * step - 1, **_thin())
    axes.set_xlim(left=-0.008 * max(1e-9, axes.get_xlim()[1]))
    canvas.in_percent(axes.xaxis)
    axes.set_xlabel("share of attention (one mark a puppet, a bar the mean of the arm)")
    return figure


Points = Mapping[int, Sequence[float]]
"""Step → one share, 0–1, a puppet."""


def over_session(
    lines: Mapping[str, Mapping[str, Points]],
    *,
    parts: Mapping[str, Sequence[Part]],
    names: Mapping[int, str],
) -> Figure:
    """A panel an arm, in it a line a topic: mean over puppets; the band holds all of them.

    :param lines: arm → topic → points.
    :param parts: arm → the parts of its sessions.
    :param names: step → what the scenario calls the page of that step.
    """
    topics = list(dict.fromkeys(topic for arm in lines.values() for topic in arm))
    seen = looks()
    named = "; ".join(f"{step}: {name}" for step, name in sorted(names.items()))
    under = textwrap.fill(f"step of the session ({named})" if named else "step of the session", 84)
    figure, panels = _figure(
        0.9 + 1.75 * len(lines) + 0.16 * under.count("\n"), (), rows=len(lines)
    )
    steps = [step for arm in lines.values() for points in arm.values() for step in points]
    starts = [part.start for found in parts.values() for part in found]
    left, right = min([*steps, *starts]), max([*steps, *starts])
    values = [v for arm in lines.values() for p in arm.values() for own in p.values() for v in own]
    top = max(0.1, *values)
    several = any(part.session for found in parts.values() for part in found)
    for axes, (arm, found) in zip(panels, lines.items(), strict=True):
        for topic, points in found.items():
            number = topics.index(topic)
            xs = sorted(points)
            means = [fmean(points[x]) for x in xs]
            low, high = [min(points[x]) for x in xs], [max(points[x]) for x in xs]
            colour, marker = seen.colour(number), seen.marker(number)
            axes.fill_between(xs, low, high, color=colour, alpha=0.16, linewidth=0)
            axes.vlines(xs, low, high, color=colour, alpha=0.35, linewidth=1)
            axes.plot(xs, means, color=colour, marker=marker)
        _parts(axes, parts.get(arm, ()), top)
        axes.set_ylim(-0.03 * top, top * 1.32)
        axes.set_xlim(left - 0.8, right + 0.8)
        axes.set_title(textwrap.fill(arm, 60), pad=15 if several else 6)
        canvas.in_percent(axes.yaxis)
        canvas.in_whole_numbers(axes.xaxis)
    panels[-1].set_xlabel(under)
    figure.supylabel("share of attention", fontsize="medium")
    _legend(figure, topics)
    return figure


def _parts(axes: Axes, parts: Sequence[Part], top: float) -> None:
    """Dashed where a phase begins, solid where a session does."""
    for part in parts:
        at = part.start - 0.5
        solid = bool(part.session)
        axes.axvline(
            at, color=INK if solid else axes.spines["left"].get_edgecolor(), zorder=1,
            linewidth=1.1 if solid else 0.8, linestyle="-" if solid else (0, (3, 3)),
        )  # fmt: skip
        axes.text(at + 0.12, top * 1.3, part.phase, va="top", rotation=0, fontsize="x-small")
        if part.session:
            axes.annotate(
                part.session, (at, 1), xycoords=("data", "axes fraction"), xytext=(2, 1),
                textcoords="offset points", fontsize="x-small",
            )  # fmt: skip


Rows = Sequence[tuple[str, Sequence[float], int]]
"""(what the row is about, similarities 0–1, number of the arm; −1: between arms)."""


def overlap(panels: Mapping[str, Rows], arms: Sequence[str]) -> Figure:
    """How alike two puppets' lists are: one dot a pair, one panel a measure, rows in groups."""
    rows = next(iter(panels.values()))
    counts = Counter(about for about, _, _ in rows)
    tallest = max(  # inches a row, so that the words of no group run into those of the next
        0.15 * (_wrapped(about).count("\n") + 1.6) / count for about, count in counts.items()
    )
    figure, drawn = _figure(
        1.2 + max(0.2, tallest) * len(rows), arms, columns=len(panels), between=True
    )
    for axes, (measure, found) in zip(drawn, panels.items(), strict=True):
        groups: dict[str, list[int]] = {}
        for y, (about, values, number) in enumerate(found):
            groups.setdefault(about, []).append(y)
            _row(axes, list(values), y, number)
        axes.set_title(textwrap.fill(measure, 16))
        middles = [fmean(ys) for ys in groups.values()]
        names = [_wrapped(about) if axes is drawn[0] else "" for about in groups]
        axes.set_yticks(middles, names)
        for ys in list(groups.values())[1:]:
            axes.axhline(ys[0] - 0.5, **_thin())
        axes.set_ylim(len(found) - 0.4, -0.6)
        axes.set_xlim(-0.03, 1.03)
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("similarity (0–1)")
    return figure


def _row(axes: Axes, values: list[float], y: float, number: int) -> None:
    """The values as dots, or beyond ``MOST_DOTS`` their middle half; span and mean as lines."""
    if not values:
        return
    seen = looks()
    colour = seen.colour(number)
    if len(values) > MOST_DOTS:
        low, _, high = quantiles(values, n=4, method="inclusive")
        axes.hlines(y, low, high, color=colour, alpha=0.5, linewidth=6)
    else:
        axes.plot(
            values, [y] * len(values), linestyle="none", color=colour, alpha=0.75, zorder=3,
            marker=seen.marker(number), markeredgewidth=1.2 if number < 0 else 0,
        )  # fmt: skip
    mean = fmean(values)
    axes.hlines(y, min(values), max(values), color=colour, alpha=0.35, linewidth=2)
    axes.vlines(mean, y - 0.38, y + 0.38, color=colour, zorder=4)


def _thin() -> dict[str, Any]:
    given = canvas.settings()
    return {
        "color": given["grid.color"],
        "alpha": given["grid.alpha"],
        "linewidth": given["grid.linewidth"],
    }


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WRAP)


def _figure(
    height: float,
    arms: Sequence[str],
    *,
    rows: int = 1,
    columns: int = 1,
    between: bool = False,
) -> tuple[Figure, list[Axes]]:
    """A figure in inches with its axes, and a legend of the arms where there are any."""
    lines = -(-sum(len(arm) + 6 for arm in arms) // 90)
    figure = canvas.new_figure(WIDTH, height + 0.2 * lines, w_pad=0.12 if columns > 1 else 0.04)
    axes = figure.subplots(rows, columns, squeeze=False, sharex=rows > 1, sharey=rows > 1)
    _legend(figure, arms, between=between)
    return figure, [each for row in axes for each in row]


def _legend(figure: Figure, names: Sequence[str], *, between: bool = False) -> None:
    if not names:
        return
    seen = looks()
    entries = [*enumerate(names), *([(-1, "between arms")] if between else [])]
    handles = [
        canvas.legend_mark(
            f"twins, {name}" if between and n >= 0 else name,
            color=seen.colour(n),
            marker=seen.marker(n),
        )
        for n, name in entries
    ]
    longest = max(len(handle.get_label()) for handle in handles)  # type: ignore[arg-type]
    figure.legend(
        handles=handles, loc="outside upper left", borderaxespad=0.2, handletextpad=0.2,
        ncols=max(1, min(len(handles), 88 // (longest + 5))),
    )  # fmt: skip


def narrowed(figure: Figure, inches: float) -> Figure:
    """Give a figure another width; its letters stay, and its height, unless panels stand side by
    side whose titles need more lines.

    A legend that is too wide for it gets fewer columns, a title and the name of an axis more lines.
    """
    figure.set_size_inches(inches, figure.get_size_inches()[1])
    drawing = canvas.measured(figure)
    drawing.draw()
    for legend in list(figure.legends):
        handles = [each for each in legend.legend_handles if each is not None]
        names = [each.get_text() for each in legend.get_texts()]
        columns = len(names)
        while columns > 1 and legend.get_window_extent().width > figure.bbox.width:
            columns -= 1
            legend.remove()
            legend = figure.legend(
                handles, names, loc="outside upper left", borderaxespad=0.2, ncols=columns
            )
            drawing.draw()
    sides = sorted({round(axes.bbox.x0) for axes in figure.axes})
    between = min((b - a for a, b in pairwise(sides)), default=None)
    for _ in range(_PASSES):
        texts = [(text, None) for text in canvas.texts_in(figure)]
        for axes in figure.axes if between else ():
            named = {axes.get_xlabel(), *(axes.get_title(at) for at in ("left", "center", "right"))}
            texts += [(t, between) for t in canvas.texts_in(axes) if t.get_text() in named]
        before = figure.get_tightbbox().height
        changed = [_broken(text, figure.bbox.width, most) for text, most in texts]
        if not any(changed):
            break
        drawing.draw()
        if between:
            grown = max(0.0, figure.get_tightbbox().height - before)
            figure.set_size_inches(inches, figure.get_size_inches()[1] + grown + _LINE)
            drawing.draw()
    return figure


def _broken(text: Text, width: float, most: float | None) -> bool:
    """Break a text that leaves a figure of so many pixels, or is wider than ``most``; say whether
    it was."""
    box, told = text.get_window_extent(), text.get_text()
    over = max(-box.x0, box.x1 - width)
    room = (
        box.width - over * (2 if text.get_horizontalalignment() == "center" else 1)
        if over > 0
        else box.width
    )
    room = min(room, 0.95 * most) if most else room
    if room >= box.width or " " not in told or not text.get_visible():
        return False
    letters = max(map(len, told.split("\n")))
    letters = max(8, int(0.95 * letters * room / box.width))
    text.set_text(textwrap.fill(told, letters, break_long_words=False))
    return text.get_text() != told


def svg(figure: Figure) -> str:
    """The figure as the text of an SVG file."""
    text = re.sub(r"<metadata>.*?</metadata>", "", canvas.as_svg(figure), flags=re.DOTALL)
    # numbers with nine decimals say no more than with two
    return re.sub(
        r"(?<![\w#])-?\d+\.\d{3,}",
        lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."),
        text,
    )


_ID = re.compile(r'(\bid="|url\(#|xlink:href="#)')


def inline(text: str, name: str) -> str:
    """An SVG file as an element of an HTML page: ids of its own, scaling, colours of the page."""
    text = text[text.index("<svg") :]
    text = _ID.sub(rf"\g<1>{escape(name)}-", text).replace(INK, "currentColor")
    text = re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)
    return text.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1).strip()
