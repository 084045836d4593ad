"""The report's pictures: SVG text, the same bytes for the same numbers, readable in light and dark.

Each puppet is a dot (a marker of its arm's shape and colour), each mean a bar: what identical
puppets differ by is always visible beside what arms differ by.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from statistics import fmean
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import PercentFormatter

INK = "#010203"
"""Stands for the page's text colour; becomes ``currentColor``."""
FAINT = "#8a9099"
COLOURS = ("#0b7fc4", "#d9590a", "#0a9c72", "#c066a0", "#b58400", "#6a5acd", "#a0522d", "#5f7a8a")
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "h")

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "twinwatch",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "grid.color": FAINT,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}

Groups = Mapping[str, Sequence[float]]
"""Arm → one value a puppet."""


def exposure_by_topic(
    rows: Mapping[str, Groups], arms: Sequence[str], *, declared: Sequence[str], name: str
) -> str:
    """Topics from top to bottom, each puppet a dot, each arm's mean a bar. Values are 0–1.

    :param rows: topic → arm → values, in the order to be drawn.
    """
    topics = list(rows)
    with _axes(7.0, 1.0 + 0.16 * len(topics) * (len(arms) + 1)) as (figure, axes):
        step = len(arms) + 1.0
        for row, topic in enumerate(topics):
            for number, arm in enumerate(arms):
                values = list(rows[topic].get(arm, ()))
                y = row * step + number
                _dots(axes, values, [y] * len(values), number)
                if values:
                    _mean(axes, fmean(values), y, number, values)
        middles = [row * step + (len(arms) - 1) / 2 for row in range(len(topics))]
        axes.set_yticks(middles, topics)
        for label, topic in zip(axes.get_yticklabels(), topics, strict=True):
            label.set_fontweight("bold" if topic in declared else "normal")
        axes.set_ylim(len(topics) * step - 0.5, -1.0)
        axes.grid(axis="y", visible=False)
        for row in range(1, len(topics)):
            axes.axhline(row * step - 1, color=FAINT, alpha=0.25, linewidth=0.6)
        axes.set_xlim(left=-0.008 * max(1e-9, axes.get_xlim()[1]))
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlabel("share of attention (%)")
        return _svg(figure, name)


def over_session(
    lines: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]],
    arms: Sequence[str],
    *,
    phases: Sequence[tuple[float, str]],
    name: str,
) -> str:
    """Share over the steps of the session: thin lines are puppets, thick ones their arms' means.

    :param lines: arm → puppet → (step, share 0–1).
    :param phases: where each part of the session begins, and its name.
    """
    with _axes(7.0, 2.5) as (figure, axes):
        for number, arm in enumerate(arms):
            colour = COLOURS[number % len(COLOURS)]
            marker = MARKERS[number % len(MARKERS)]
            by_step: dict[float, list[float]] = {}
            for points in lines.get(arm, {}).values():
                xs, ys = [x for x, _ in points], [y for _, y in points]
                axes.plot(xs, ys, color=colour, alpha=0.4, linewidth=0.8, marker=marker, ms=2.5)
                for x, y in points:
                    by_step.setdefault(x, []).append(y)
            means = sorted((x, fmean(ys)) for x, ys in by_step.items())
            if means:
                axes.plot(
                    *zip(*means, strict=True), color=colour, linewidth=2.2, marker=marker, ms=5
                )
        top = max(0.1, axes.get_ylim()[1])
        axes.set_ylim(-0.02 * top, top * 1.12)
        for start, words in phases:
            axes.axvline(start - 0.5, color=FAINT, linewidth=0.8, linestyle=(0, (3, 3)))
            axes.text(start - 0.4, top * 1.11, words, va="top", fontsize=8.5, color=INK)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel("step of the session")
        axes.set_ylabel("share of attention (%)")
        return _svg(figure, name)


def overlap(panels: Mapping[str, Sequence[tuple[str, Sequence[float], int]]], *, name: str) -> str:
    """How alike two puppets' lists are: one dot a pair, one panel a measure.

    :param panels: measure → rows of (words, similarities 0–1, colour number; -1: between arms).
    """
    rows = [row for row, _, _ in next(iter(panels.values()))]
    with _axes(7.0, 0.9 + 0.27 * len(rows), columns=len(panels)) as (figure, axes_list):
        for axes, (measure, found) in zip(axes_list, panels.items(), strict=True):
            for y, (_, values, number) in enumerate(found):
                _dots(axes, list(values), [y] * len(values), number)
                if values:
                    _mean(axes, fmean(values), y, number, values)
            axes.set_title(measure)
            axes.set_yticks(range(len(rows)), rows if axes is axes_list[0] else [""] * len(rows))
            axes.set_ylim(len(rows) - 0.4, -0.6)
            axes.set_xlim(-0.02, 1.02)
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
            axes.grid(axis="y", visible=False)
            axes.set_xlabel("similarity (0–1)")
        return _svg(figure, name)


def _dots(axes: Axes, xs: Sequence[float], ys: Sequence[float], number: int) -> None:
    axes.scatter(
        xs,
        ys,
        s=20,
        color=_colour(number),
        marker=MARKERS[number % len(MARKERS)] if number >= 0 else "x",
        alpha=0.75,
        linewidths=1.2 if number < 0 else 0,
        zorder=3,
    )


def _mean(axes: Axes, mean: float, y: float, number: int, values: Sequence[float]) -> None:
    axes.plot([min(values), max(values)], [y, y], color=_colour(number), alpha=0.35, linewidth=2)
    axes.plot([mean, mean], [y - 0.38, y + 0.38], color=_colour(number), linewidth=2.2, zorder=4)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)] if number >= 0 else INK


@contextmanager
def _axes(width: float, height: float, columns: int = 0) -> Iterator[tuple[Figure, Any]]:
    """A figure in inches with one axes, or a list of ``columns`` axes side by side."""
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # The browser draws the text: a script that the measuring font lacks is no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        gap = 0.12 if columns > 1 else 0.04
        figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=gap))
        axes = figure.subplots(1, columns or 1, squeeze=False)[0]
        yield figure, list(axes) if columns else axes[0]


_ID = re.compile(r'(\bid="|url\(#|xlink:href="#)')


def _svg(figure: Figure, name: str) -> str:
    """The figure as an element of an HTML page: ids of its own, scaling, colours of the page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _ID.sub(rf"\g<1>{escape(name)}-", text).replace(INK, "currentColor")
    text = re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)
    text = text.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
    # numbers with nine decimals say no more than with two
    return re.sub(
        r"(?<![\w#])-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), text
    ).strip()
