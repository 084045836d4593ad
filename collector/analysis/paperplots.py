"""Two figures for a paper: the flow of puppets, and how far the choices matter."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from collector.analysis import canvas, words
from collector.analysis.flow import Stream
from collector.analysis.measures import Unit
from collector.analysis.metrics import Attention
from collector.analysis.plots import INK, WIDTH, looks
from collector.analysis.sensitivity import Choice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PER_ROW = 4
"""Arms side by side in the flow."""


def flow(streams: Sequence[Stream]) -> Figure:
    """A column an arm: assigned, begun, delivered, analysed, and what was lost between."""
    rows = -(-len(streams) // _PER_ROW)
    columns = min(_PER_ROW, len(streams))
    figure = canvas.new_figure(WIDTH, 3.5 * rows, w_pad=0.02, h_pad=0.08)
    panels = figure.subplots(rows, columns, squeeze=False)
    each = [axes for row in panels for axes in row]
    width = {1: 60, 2: 30, 3: 19, 4: 14}[columns]
    for number, axes in enumerate(each):
        axes.axis("off")
        if number < len(streams):
            _stream(axes, streams[number], looks().colour(number), width)
    return figure


def _stream(axes: Axes, stream: Stream, colour: str, width: int) -> None:
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.05, 4.05)
    axes.set_title(textwrap.fill(stream.arm, width + 3), loc="center")
    analysed = f"analysed: {stream.analysed}"
    if stream.analysed != stream.in_all:
        analysed += f"\nin all outcomes: {stream.in_all}"
    boxes = (
        (f"assigned: {stream.assigned}", ()),
        (f"begun: {stream.begun}", _lost("not begun", stream.not_begun)),
        (f"delivered: {stream.delivered}", _lost("not delivered", stream.not_delivered)),
        (analysed, _lost("not analysed", stream.not_analysed)),
    )
    heights = [3.75, 2.6, 1.45, 0.2]
    for at, ((text, lost), y) in enumerate(zip(boxes, heights, strict=True)):
        axes.text(
            0.5, y, text, ha="center", va="center",
            bbox={"boxstyle": "round,pad=0.45", "facecolor": "none", "edgecolor": colour,
                  "linewidth": 1.4},
        )  # fmt: skip
        if at:
            before = heights[at - 1]
            axes.annotate(
                "", (0.5, y + 0.26), (0.5, before - 0.24),
                arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 0.9,
                            "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
            if lost:
                axes.text(
                    0.53, (y + before) / 2, textwrap.fill("; ".join(lost), width),
                    ha="left", va="center", fontsize="x-small",
                )  # fmt: skip


def _lost(head: str, reasons: Sequence[str]) -> tuple[str, ...]:
    return (f"{head}: {reasons[0]}", *reasons[1:]) if reasons else ()


def sensitivity(found: Sequence[Choice], title_width: int = 30) -> Figure:
    """A group an outcome, in it a line for each choice: estimate and interval; a panel a unit."""
    units = list(dict.fromkeys(choice.unit for choice in found))
    heights = [max(2, sum(c.unit == unit for c in found)) for unit in units]
    figure = canvas.new_figure(WIDTH, 1.0 + 0.2 * sum(heights) + 0.55 * len(units))
    panels = figure.subplots(len(units), 1, squeeze=False, height_ratios=heights)
    for (axes,), unit in zip(panels, units, strict=True):
        _choices(axes, [choice for choice in found if choice.unit == unit], unit, title_width)
    _legend(figure, found)
    return figure


def _choices(axes: Axes, found: Sequence[Choice], unit: Unit, width: int) -> None:
    seen, curves = looks(), list(Attention)
    groups: dict[str, list[float]] = {}
    y = 0.0
    limits = {choice.smallest_effect for choice in found} - {None}
    before = found[0].outcome if found else ""
    for choice in found:
        if choice.outcome != before:
            y, before = y + 0.9, choice.outcome
        groups.setdefault(choice.outcome, []).append(y)
        number = curves.index(choice.attention)
        colour = seen.colour(number)
        if choice.interval is not None:
            axes.hlines(y, *choice.interval, color=colour, alpha=0.55, linewidth=1.4)
        if choice.estimate is not None:
            axes.plot(
                [choice.estimate], [y], linestyle="none", marker=seen.marker(number), color=colour,
                markerfacecolor="none" if choice.incomplete else colour, markeredgewidth=1.2,
            )  # fmt: skip
        if choice.declared:
            axes.annotate(
                "declared", (1, y), xycoords=("axes fraction", "data"), xytext=(3, 0),
                textcoords="offset points", va="center", fontsize="x-small",
            )  # fmt: skip
        y += 1
    axes.axvline(0, color=INK, linewidth=0.9)
    if len(limits) == 1:
        for edge in (-1, 1):
            at = edge * float(next(iter(limits)) or 0)
            axes.axvline(at, color=INK, linewidth=0.7, linestyle=(0, (3, 3)))
    axes.set_yticks(
        [sum(ys) / len(ys) for ys in groups.values()],
        [textwrap.fill(name, width) for name in groups],
    )
    axes.set_ylim(y - 0.3, -0.7)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(
        lambda value, at: words.amount(float(value), unit).split(" ")[0] if value else "0"
    )
    suffix = words.amount(1.0, unit).partition(" ")[2]
    axes.set_xlabel(f"arm minus control{f', {suffix}' if suffix else ''}")


def _legend(figure: Figure, found: Sequence[Choice]) -> None:
    seen, curves = looks(), list(Attention)
    used = [curve for curve in curves if any(choice.attention == curve for choice in found)]
    handles = [
        canvas.legend_mark(
            f"{curve.value} attention",
            color=seen.colour(curves.index(curve)),
            marker=seen.marker(curves.index(curve)),
        )
        for curve in used
    ]
    handles += [
        canvas.legend_mark("complete puppets", color=INK, marker="o"),
        canvas.legend_mark(
            "incomplete ones too", color=INK, marker="o", markerfacecolor="none",
            markeredgewidth=1.2,
        ),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper left", ncols=3, borderaxespad=0.2)
