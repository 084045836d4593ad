"""The figures of a report: on the page, and as SVG and PDF files in a folder beside it.

The same numbers give the same bytes. A style file of the reader's own is laid over the project's
for the files; the page keeps its own look, which follows light and dark.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector.analysis import canvas, paperplots, plots, tables, words
from collector.analysis.flow import Stream
from collector.analysis.judging import Judgement
from collector.analysis.measures import measures
from collector.analysis.outcomes import (
    Measured,
    attention_of,
    declared_labels,
    described_pages,
    measure_question,
    surfaces_of,
)
from collector.analysis.papertables import Table, as_csv, as_latex
from collector.analysis.papertables import sensitivity as sensitivity_table
from collector.analysis.rundata import RunData
from collector.analysis.sensitivity import Choice
from collector.common.errors import UserError
from collector.files import shared_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_TOPICS = 10
"""Topics in a plot of exposure."""
MOST_LINES = 5
"""Topics in a plot over the session: more lines cannot be told apart."""


@dataclass(frozen=True)
class Picture:
    """One figure, not yet drawn."""

    name: str
    """Of its files, without suffix."""
    title: str
    draw: Callable[[], Figure]
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """What the page says of it."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    """The numbers that are drawn, for a file beside it."""


@dataclass(frozen=True)
class Drawn:
    """A figure as text: ``svg`` is the file, ``inline`` the element of the page."""

    picture: Picture
    svg: str
    pdf: bytes

    @property
    def inline(self) -> str:
        """Return the SVG as an element of an HTML page, its ids its own."""
        return plots.inline(self.svg, self.picture.name)


def draw(picture: Picture, own: Path | None = None) -> Drawn:
    """Draw it once, in the project's style or with another file's laid over it."""
    with plots.style(own):
        figure = picture.draw()
        return Drawn(picture, plots.svg(figure), canvas.as_pdf(figure))


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(" ".join(record.getMessage().split()))


def check_style(own: Path) -> None:
    """Matplotlib leaves a line that it does not understand out, with a warning: here that is an
    error, before anything is drawn.

    :raises UserError: the file is no style, or has such a line.
    """
    log, heard = logging.getLogger("matplotlib"), _Complaints()
    before, log.propagate = log.propagate, False
    log.addHandler(heard)
    try:
        with plots.style(own):
            pass
    except (OSError, ValueError, KeyError) as error:
        heard.said.append(str(error))
    finally:
        log.removeHandler(heard)
        log.propagate = before
    if heard.said:
        raise UserError(
            f"matplotlib cannot use the style file: {heard.said[0]}",
            place=str(own),
            fix="write one `key: value` a line, as collector/analysis/figures.mplstyle does",
        )


OURS = ("figure-*.svg", "figure-*.pdf", "figure-*.csv", "table-*.csv", "table-*.tex")
"""What a report writes into its folder, and removes from it."""


def write(drawn: Sequence[Drawn], folder: Path, given: Sequence[Table] = ()) -> None:
    """A figure as SVG and PDF with its numbers as CSV, a table as CSV and LaTeX; older ones that
    this report has not are removed."""
    wanted: dict[str, bytes] = {}
    for each in drawn:
        wanted[f"{each.picture.name}.svg"] = each.svg.encode()
        wanted[f"{each.picture.name}.pdf"] = each.pdf
        if each.picture.columns:
            text = as_csv(each.picture.columns, each.picture.rows)
            wanted[f"{each.picture.name}.csv"] = text.encode()
    for table in given:
        wanted[f"table-{table.name}.csv"] = as_csv(table.columns, table.rows).encode()
        if table.in_print:
            wanted[f"table-{table.name}.tex"] = as_latex(table).encode()
    shared_files(folder, wanted)
    ours = [path for kind in OURS for path in folder.glob(kind)]
    for old in sorted(ours):
        if old.name not in wanted:
            old.unlink()


def folder_of(report: Path) -> Path:
    """``report.html`` → ``report-figures`` beside it."""
    return report.with_name(f"{report.stem}-figures")


def exposure(data: RunData) -> list[Picture]:
    """One figure a surface: exposure by topic."""
    declared, found = declared_labels(data), []
    for surface in surfaces_of(data):
        phase, pages = described_pages(data, surface)
        rows = tables.topic_rows(pages, data.arms, attention_of(data), declared, MOST_TOPICS)
        rows = {topic: arms for topic, arms in rows.items() if any(arms.values())}
        if rows:
            found.append(
                Picture(
                    f"figure-exposure-{surface}",
                    words.surface(surface),
                    lambda rows=rows: plots.exposure_by_topic(  # type: ignore[misc]
                        rows, data.arms, declared=declared
                    ),
                    {
                        "surface": surface,
                        "phase": phase,
                        "pages": len(pages),
                        "names": list(dict.fromkeys(p.label for p in pages if p.label)),
                        "rows": rows,
                    },
                    ("surface", "topic", "arm", "share"),
                    tuple(
                        (surface, topic, arm, share)
                        for topic, arms in rows.items()
                        for arm, shares in arms.items()
                        for share in shares
                    ),
                )
            )
    return found


def session(data: RunData) -> list[Picture]:
    """One figure a surface that was seen at more than one step: exposure over the session."""
    parts = {arm: tables.session_parts(data, arm) for arm in data.arms}
    declared, found = declared_labels(data), []
    for surface in dict.fromkeys([*surfaces_of(data), *(p.surface for p in data.pages)]):
        pages = [page for page in data.pages if page.surface == surface]
        topics = tables.topic_rows(pages, data.arms, attention_of(data), declared, MOST_LINES)
        lines = tables.session_lines(data, surface, list(topics))
        if not any(len(points) > 1 for arm in lines.values() for points in arm.values()):
            continue
        names = tables.page_names(pages)
        found.append(
            Picture(
                f"figure-session-{surface}",
                words.surface(surface),
                lambda lines=lines, names=names: plots.over_session(  # type: ignore[misc]
                    lines, parts=parts, names=names
                ),
                {"surface": surface, "lines": lines, "names": names, "topics": list(topics)},
                ("surface", "arm", "topic", "step", "share"),
                tuple(
                    (surface, arm, topic, step, share)
                    for arm, by_topic in lines.items()
                    for topic, points in by_topic.items()
                    for step, shares in points.items()
                    for share in shares
                ),
            )
        )
    return found


def likenesses(data: RunData, judgement: Judgement) -> list[Measured]:
    """Every likeness of lists, declared or not, of every surface and pair of arms."""
    found = {a.question.name: a.measured for a in judgement.answers if a.measured.overlap}
    for question in judgement.declaration.explored:
        if question.measure.likeness is not None:
            found[question.name] = measure_question(data, question, judgement.declaration)
    return [m for m in found.values() if m.overlap and m.overlap.pairs]


def overlap(data: RunData, found: Sequence[Measured]) -> list[Picture]:
    """One figure: twins of each arm and pairs of arms, for every surface, a panel a measure."""
    panels = {
        measure.title: _overlap_rows(data, own)
        for measure in measures().values()
        if measure.likeness is not None
        and (own := [m for m in found if m.question.measure is measure])
    }
    if not panels:
        return []
    rows = tuple(
        (measure, about, "between arms" if number < 0 else data.arms[number], similarity)
        for measure, found_rows in panels.items()
        for about, values, number in found_rows
        for similarity in values
    )
    return [
        Picture(
            "figure-overlap",
            "rank overlap",
            lambda: plots.overlap(panels, data.arms),
            columns=("measure", "surface", "twins of", "similarity"),
            rows=rows,
        )
    ]


def paper(streams: Sequence[Stream], found: Sequence[Choice]) -> dict[str, list[Picture]]:
    """The flow of puppets, and the sensitivity to the choices."""
    pictures = {
        "flow": [
            Picture(
                "figure-flow",
                "flow of puppets",
                lambda: paperplots.flow(streams),
                columns=("arm", "assigned", "begun", "delivered", "analysed", "analysed in all"),
                rows=tuple(
                    (each.arm, each.assigned, each.begun, each.delivered, each.analysed,
                     each.in_all)
                    for each in streams
                ),
            )
        ]
    }  # fmt: skip
    known = [choice for choice in found if choice.estimate is not None]
    if known:
        table = sensitivity_table(found)
        pictures["sensitivity"] = [
            Picture(
                "figure-sensitivity",
                "sensitivity",
                lambda: paperplots.sensitivity(known),
                columns=table.columns,
                rows=table.rows,
            )
        ]
    return pictures


def _overlap_rows(data: RunData, found: Sequence[Measured]) -> list[tuple[str, list[float], int]]:
    rows: list[tuple[str, list[float], int]] = []
    several = len(data.arms) > 2
    for measured in found:
        pairs, question = measured.overlap, measured.question
        if pairs is None:
            continue
        about = words.surface(question.surface)
        if several:
            about += f", {question.contrast.arm} against {question.contrast.control}"
        for arm in question.contrast.arms:
            values = [p.similarity for p in pairs.pairs if p.twins and p.left.arm == arm]
            rows.append((about, values, data.arms.index(arm)))
        rows.append((about, [p.similarity for p in pairs.pairs if not p.twins], -1))
    return rows
