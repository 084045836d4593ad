"""The report's HTML: the numbers laid before the template, verdicts first.

Protects the rule that a table is read wherever it is shown: on a narrow screen each cell stands
under the name of its column, and the matrix of cells is cut into parts that fit a printed page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from collector.analysis import figures, gatetable, papertables, plots, summary, tables, words
from collector.analysis.behind import behind, captures_table
from collector.analysis.certificate import certify
from collector.analysis.coders import under_coders
from collector.analysis.described import Described, exploratory, sessions, trend
from collector.analysis.design import in_words
from collector.analysis.feeds import Feeds
from collector.analysis.flow import streams
from collector.analysis.judging import Judgement, judge
from collector.analysis.measures import Unit
from collector.analysis.mechanism import mechanisms
from collector.analysis.methods import methods
from collector.analysis.outcomes import (
    attention_of,
    baseline,
    declared_labels,
    outcome_pages,
    surfaces_of,
)
from collector.analysis.papertables import Table
from collector.analysis.rundata import Page, RunData
from collector.analysis.sealed import report_key, seal
from collector.analysis.sensitivity import choices
from collector.analysis.spaced import spaced
from collector.analysis.stated import STATED, limits_set, load, stated
from collector.analysis.templating import environment
from collector.analysis.truth import TruthCheck, check, truth_shares

MOST_MISSING = 40
"""Missing cells that are listed one by one; all are in the matrix and in the store."""
STEPS = 10
"""Steps in one part of the matrix: as many as fit a phone; two stand side by side on paper."""

Dict = dict[str, Any]


def render_published(data: RunData, feeds: Feeds) -> str:
    """The HTML text of a store that holds nothing but timelines: published data."""
    template = environment().get_template("published.html.j2")
    title = f"{data.run['scenario']}: timelines"
    return labelled(template.render(title=title, run=data.run, feeds=feeds))


def render(
    data: RunData, feeds: Feeds | None, beside: str = "report-figures"
) -> tuple[str, list[figures.Drawn], list[Table]]:
    """The HTML text with its seal, its figures, and its tables for a paper. Of where it is written
    to, the text has the name of the folder of its figures alone; the seal depends on whose key
    signs it.

    :param beside: name of the folder beside the page in which figures and tables will lie.
    """
    judgement = judge(data)
    agreement = check(data) if data.has_truth else None
    certificate = certify(data, judgement, agreement)
    likenesses = figures.likenesses(data, judgement)
    streams_found, choices_found = streams(data, judgement), choices(data, judgement)
    pictures = {
        "exposure": figures.exposure(data),
        "session": figures.session(data),
        "overlap": figures.overlap(data, likenesses),
        **figures.paper(streams_found, choices_found),
    }
    drawn = {kind: [figures.draw(each) for each in found] for kind, found in pictures.items()}
    under = behind(judgement)
    given = list(papertables.tables(judgement, streams_found, choices_found, data.labelling))
    given.append(captures_table(under))
    context = _context(data, judgement, agreement) | {
        "behind": under,
        "feeds": feeds,
        "coders": _coders(data, judgement),
        "overlaps": likenesses,
        "figures": {"sensitivity": [], **drawn},
        "streams": streams_found,
        "choices": choices_found,
        "certificate": certificate,
        "beside": beside,
        "tables": given,
    }
    text = labelled(environment().get_template("report.html.j2").render(context))
    drawings = [each for found in drawn.values() for each in found]
    return seal(text, certificate, report_key()), drawings, given


_TABLE = re.compile(r"<table(?! class=\"matrix)[^<>]*>(?:(?!<table).)*?</table>", re.DOTALL)
_HEAD = re.compile(r"<thead>(?:(?!<thead).)*?</thead>", re.DOTALL)
_NAME = re.compile(r"<th\b[^<>]*>((?:(?!<th\b).)*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr\b[^<>]*>(?:(?!<tr\b).)*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b(?![^<>]*\bcolspan)")
_TAG = re.compile(r"<[^<>]+>")


def labelled(html: str) -> str:
    """Every cell of every table with the name of its column in ``data-label``: a narrow screen
    shows it before the cell. The matrix stays a matrix."""

    def table(found: re.Match[str]) -> str:
        text = found[0]
        head = _HEAD.search(text)
        if head is None:
            return text
        names = [" ".join(_TAG.sub("", name).split()) for name in _NAME.findall(head[0])]

        def row(match: re.Match[str]) -> str:
            labels = iter(names)
            return _CELL.sub(lambda cell: f'{cell[0]} data-label="{next(labels, "")}"', match[0])

        return text[: head.end()] + _ROW.sub(row, text[head.end() :])

    return _TABLE.sub(table, html)


def power(judgement: Judgement) -> Dict | None:
    """What the plan could show at all: the numbers of ``collector plan`` and ``check``."""
    design = judgement.design
    if design is None:
        return None
    return {
        "outcomes": design.outcomes,
        "alpha": design.alpha,
        "least_p": design.least_p,
        "adjusted": design.adjusted,
        "twins": design.twins,
        "possible": design.possible,
        "sentence": in_words(design),
    }


def _context(data: RunData, judgement: Judgement, agreement: TruthCheck | None) -> Dict:
    declared = declared_labels(data)
    matrix = tables.matrix(data)
    rows = sessions(data, judgement.declaration)
    return {
        "run": data.run,
        "data": data,
        "manifest": data.manifest,
        "title": f"{data.run['scenario']}: audit report",
        "summary": summary.about(data, agreement),
        "headline": summary.headline(data, judgement),
        "heads": summary.parts(judgement),
        "design": tables.design(data),
        "twins": summary.smallest_arm(data),
        "blocks": len({puppet.block for puppet in data.puppets}),
        "steps": 1 + max((cell["step"] for cell in data.cells), default=-1),
        "colours": _legend(data),
        "puppets": tables.puppets(data),
        "manipulation": tables.manipulation(data),
        "skew": tables.skew(data),
        "divided": tables.divided(data),
        "spacing": tables.spacing(data),
        "carry": spaced(data, judgement.declaration),
        "matrix": matrix,
        "parts": [
            range(at, min(at + STEPS, len(matrix["columns"])))
            for at in range(0, len(matrix["columns"]), STEPS)
        ],
        "most_missing": MOST_MISSING,
        "attrition": tables.attrition(data),
        "signs": words.STATUS,
        "declared": declared,
        "attention": attention_of(data).value,
        "verdicts": judgement.verdicts,
        "gates": gatetable.asked(judgement),
        "doses": gatetable.dose_table(data, judgement.declaration),
        "least_dose": judgement.declaration.dose,
        "stated": [(STATED[name], text) for name, text in stated(data.run).items()],
        "load": load(data),
        "limits_set": limits_set(data.run),
        "outcomes": [measure.title for measure in judgement.declaration.outcomes],
        "methods": methods(data, judgement),
        "power": power(judgement),
        "mechanisms": mechanisms(data, judgement),
        "baseline": baseline(data),
        "exploratory": exploratory(data, judgement.declaration),
        "sessions": _by_outcome(rows),
        "surface_names": [words.surface(name) for name in surfaces_of(data)],
        "surfaces": tables.by_surface(data, declared),
        "agreement": agreement,
        "truth_exposure": _truth_exposure(data, declared) if agreement else [],
        "limits": summary.limits(data, judgement, agreement),
        "year": (data.run["started"] or "")[:4],
    }


def _coders(data: RunData, judgement: Judgement) -> list[Dict]:
    """Each outcome by the labels in force and by each coder's own."""
    found = under_coders(
        data,
        judgement.declaration,
        [answer.measured for answer in judgement.answers],
        int(data.run["seed"]),
    )
    return [
        {
            "name": each.question.name,
            "unit": each.question.measure.unit,
            "by": answers,
            "interval": next(a.verdict.labelled for a in judgement.answers if a.measured is each),
        }
        for each, answers in found
    ]


def _by_outcome(rows: tuple[Described, ...]) -> list[Dict]:
    """The rows of each outcome together, with the trend of its difference."""
    found: dict[tuple[str, str, str, str], list[Described]] = {}
    for row in rows:
        found.setdefault((row.surface, row.outcome, row.arm, row.control), []).append(row)
    return [
        {
            "name": f"{outcome}, {words.surface(surface)}, {arm} against {control}",
            "rows": own,
            "unit": Unit(own[0].unit),
            "trend": next(iter(trend(tuple(own)).values()), None),
        }
        for (surface, outcome, arm, control), own in found.items()
    ]


def _legend(data: RunData) -> list[Dict]:
    seen = plots.page_looks()
    return [
        {"arm": arm, "colour": seen.colour(number), "marker": seen.marker(number)}
        for number, arm in enumerate(data.arms)
    ]


def _truth_exposure(data: RunData, declared: Sequence[str]) -> list[Dict]:
    rows = []
    for surface in surfaces_of(data):
        pages = outcome_pages(data, surface)
        for label in declared:
            measured = _arm_means(data, pages, label)
            truth = truth_shares(data, pages, label, attention_of(data))
            rows.append({"surface": surface, "label": label, "measured": measured, "truth": truth})
    return rows


def _arm_means(data: RunData, pages: Sequence[Page], label: str) -> Mapping[str, float]:
    values = tables.shares(pages, {label}, attention_of(data))
    return {
        arm: sum(own) / len(own)
        for arm in data.arms
        if (own := [value for puppet, value in values.items() if puppet.arm == arm])
    }
