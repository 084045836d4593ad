"""One self-contained HTML file of a run: what was done, what is missing, what was found, how sure.

Works on whatever a run left behind: crashed puppets, one arm, no truth, no capture at all. The same
store gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.analysis import plots, summary, tables, words
from collector.analysis.described import exploratory, sessions, trend
from collector.analysis.design import in_words
from collector.analysis.feeds import Feeds, feeds_data, load_feeds
from collector.analysis.judging import Judgement, judge
from collector.analysis.load import Page, RunData, load_run
from collector.analysis.measures import measures
from collector.analysis.outcomes import (
    Measured,
    attention_of,
    baseline,
    declared_labels,
    described_pages,
    measure_question,
    outcome_pages,
    surfaces_of,
)
from collector.analysis.truth import TruthCheck, check, truth_shares
from collector.environment import refusals

MOST_TOPICS = 10
"""Topics in a plot."""
MOST_MISSING = 40
"""Missing cells that are listed one by one; all are in the matrix and in the store."""

Dict = dict[str, Any]


def write_report(run_dir: Path, out: Path | None = None) -> Path:
    """Write ``report.html`` into the run's folder, or ``out``; returns the file.

    :raises UserError: there is no run, or its store cannot be read.
    """
    run_dir = Path(run_dir)
    feeds = load_feeds(run_dir)
    data = load_run(run_dir)
    text = render_published(data, feeds) if feeds and feeds.pages_only else render(data, feeds)
    target = out or run_dir / "report.html"
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    with refusals(target, fix="name a file that can be written: --out FILE"):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_text(text, "utf-8")
            draft.replace(target)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    return target


def report_data(run_dir: Path) -> Dict:
    """The numbers of the report as plain data for JSON.

    :raises UserError: there is no run, or its store cannot be read.
    """
    data = load_run(Path(run_dir))
    feeds = load_feeds(Path(run_dir))
    about = {
        key: data.run[key]
        for key in ("id", "scenario", "state", "seed", "plan_hash", "started", "finished")
    }
    if feeds and feeds.pages_only:
        return {"run": about, "feeds": feeds_data(feeds)}
    judgement = judge(data)
    agreement = check(data) if data.has_truth else None
    rows = sessions(data, judgement.declaration)
    return {
        "run": about,
        **({"feeds": feeds_data(feeds)} if feeds else {}),
        "arms": tables.design(data),
        "control": data.control,
        "cells": {
            key: value
            for key, value in tables.matrix(data).items()
            if key in ("planned", "data", "counts")
        },
        "attrition": tables.attrition(data),
        "skew_ms": tables.skew(data),
        "spacing": tables.spacing(data),
        "headline": summary.headline(data, judgement),
        "verdicts": [_plain(verdict) for verdict in judgement.verdicts],
        "gates": [
            {"outcome": answer.question.name, **_plain(gate)}
            for answer in judgement.answers
            for gate in answer.gates
        ],
        "power": _power(judgement),
        "methods": summary.methods(data, judgement),
        "exploratory": [_plain(row) for row in exploratory(data, judgement.declaration)],
        "sessions": [_plain(row) for row in rows],
        "trend": [
            {"surface": surface, "outcome": outcome, "arm": arm, "change": change}
            for (surface, outcome, arm), change in trend(rows).items()
        ],
        "truth": None
        if agreement is None
        else {
            "total": asdict(agreement.total) | {"exact": agreement.total.exact},
            "by_surface": {name: asdict(a) for name, a in agreement.by_surface.items()},
        },
        "coverage": list(data.coverage),
        "outbox": data.outbox,
        "summary": summary.abstract(data, judgement, agreement),
    }


def _plain(found: Any) -> Dict:
    return asdict(found)


def _power(judgement: Judgement) -> Dict | None:
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


def render_published(data: RunData, feeds: Feeds) -> str:
    """The HTML text of a store that holds nothing but timelines: published data."""
    return (
        _environment()
        .get_template("published.html.j2")
        .render(title=f"{data.run['scenario']}: timelines", run=data.run, feeds=feeds)
    )


def render(data: RunData, feeds: Feeds | None = None) -> str:
    """The HTML text."""
    judgement = judge(data)
    agreement = check(data) if data.has_truth else None
    context = _context(data, judgement, agreement) | {"feeds": feeds}
    return _environment().get_template("report.html.j2").render(context)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("collector.analysis", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": words.percent,
        "signed": words.signed,
        "p": words.p_value,
        "interval": words.interval,
        "surface": words.surface,
        "ms": lambda value: f"{value:.0f} ms" if value >= 1 or not value else "under 1 ms",
        "minutes": lambda seconds: f"{seconds / 60:.1f}",
        "when": lambda text: f"{text[:19].replace('T', ' ')} UTC" if text else "–",
        "pretty": lambda value: json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True),
    }
    environment.globals |= {
        "number": words.number,
        "listed": words.listed,
        "amount": words.amount,
        "level": words.level,
        "subject": words.subject,
    }
    return environment


def _context(data: RunData, judgement: Judgement, agreement: TruthCheck | None) -> Dict:
    declared = declared_labels(data)
    likenesses = _likenesses(data, judgement)
    return {
        "run": data.run,
        "data": data,
        "manifest": data.manifest,
        "title": f"{data.run['scenario']}: audit report",
        "summary": summary.abstract(data, judgement, agreement),
        "verdict": summary.headline(data, judgement),
        "design": tables.design(data),
        "twins": summary.smallest_arm(data),
        "blocks": len({puppet.block for puppet in data.puppets}),
        "steps": 1 + max((cell["step"] for cell in data.cells), default=-1),
        "colours": _legend(data),
        "puppets": tables.puppets(data),
        "manipulation": tables.manipulation(data),
        "skew": tables.skew(data),
        "spacing": tables.spacing(data),
        "matrix": tables.matrix(data),
        "most_missing": MOST_MISSING,
        "attrition": tables.attrition(data),
        "signs": words.STATUS,
        "declared": declared,
        "attention": attention_of(data).value,
        "verdicts": judgement.verdicts,
        "outcomes": [measure.title for measure in judgement.declaration.outcomes],
        "methods": summary.methods(data, judgement),
        "power": _power(judgement),
        "baseline": baseline(data),
        "exploratory": exploratory(data, judgement.declaration),
        "sessions": sessions(data, judgement.declaration),
        "overlaps": likenesses,
        "exposure_plots": _exposure_plots(data, declared),
        "session_plots": _session_plots(data, declared),
        "overlap_plot": _overlap_plot(data, likenesses),
        "surface_names": [words.surface(name) for name in surfaces_of(data)],
        "surfaces": tables.by_surface(data, declared),
        "agreement": agreement,
        "truth_exposure": _truth_exposure(data, declared) if agreement else [],
        "limits": summary.limits(data, judgement, agreement),
        "year": (data.run["started"] or "")[:4],
    }


def _legend(data: RunData) -> list[Dict]:
    return [
        {
            "arm": arm,
            "colour": plots.COLOURS[number % len(plots.COLOURS)],
            "marker": plots.MARKERS[number % len(plots.MARKERS)],
        }
        for number, arm in enumerate(data.arms)
    ]


def _exposure_plots(data: RunData, declared: Sequence[str]) -> list[Dict]:
    found = []
    for surface in surfaces_of(data):
        phase, pages = described_pages(data, surface)
        rows = tables.topic_rows(pages, data.arms, attention_of(data), declared, MOST_TOPICS)
        rows = {topic: arms for topic, arms in rows.items() if any(arms.values())}
        if rows:
            svg = plots.exposure_by_topic(
                rows, data.arms, declared=declared, name=f"topics-{surface}"
            )
            found.append(
                {
                    "surface": surface,
                    "phase": phase,
                    "pages": len(pages),
                    "svg": svg,
                    "rows": rows,
                }
            )
    return found


def _session_plots(data: RunData, declared: Sequence[str]) -> list[Dict]:
    if not declared:
        return []
    found = []
    for surface in dict.fromkeys([*surfaces_of(data), *(p.surface for p in data.pages)]):
        lines = tables.session_lines(data, surface, set(declared))
        if sum(len(points) for arm in lines.values() for points in arm.values()) > len(
            data.puppets
        ):
            svg = plots.over_session(
                lines, data.arms, phases=tables.phase_starts(data), name=f"session-{surface}"
            )
            found.append({"surface": surface, "svg": svg, "lines": lines})
    return found


def _likenesses(data: RunData, judgement: Judgement) -> list[Measured]:
    """Every likeness of lists, declared or not, of every surface and pair of arms."""
    found = {a.question.name: a.measured for a in judgement.answers if a.measured.overlap}
    for question in judgement.declaration.explored:
        if question.measure.likeness is not None:
            found[question.name] = measure_question(data, question, judgement.declaration)
    return [m for m in found.values() if m.overlap and m.overlap.pairs]


def _overlap_plot(data: RunData, found: Sequence[Measured]) -> str:
    """Rows: twins of each arm, then between the arms, for every surface and treated arm."""
    panels = {
        measure.title: _overlap_rows(data, own)
        for measure in measures().values()
        if measure.likeness is not None
        and (own := [m for m in found if m.question.measure is measure])
    }
    return plots.overlap(panels, name="overlap") if panels else ""


def _overlap_rows(data: RunData, found: Sequence[Measured]) -> list[tuple[str, list[float], int]]:
    rows: list[tuple[str, list[float], int]] = []
    several = len(data.arms) > 2
    for measured in found:
        overlap, question = measured.overlap, measured.question
        if overlap is None:
            continue
        for arm in question.contrast.arms:
            values = [p.similarity for p in overlap.pairs if p.twins and p.left.arm == arm]
            rows.append((f"{question.surface}: twins, {arm}", values, data.arms.index(arm)))
        between = [p.similarity for p in overlap.pairs if not p.twins]
        label = f"{question.surface}: between arms"
        rows.append((label + (f" ({question.contrast.arm})" if several else ""), between, -1))
    return rows


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
