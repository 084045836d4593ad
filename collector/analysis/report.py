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
from collector.analysis.feeds import Feeds, feeds_data, load_feeds
from collector.analysis.load import Page, RunData, load_run
from collector.analysis.outcomes import (
    SIMILARITIES,
    Outcomes,
    Overlap,
    attention_of,
    compute,
    declared_labels,
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
    outcomes = compute(data)
    agreement = check(data) if data.has_truth else None
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
        "exposure": [
            _plain(e) | {"adjusted_p": outcomes.adjusted.get(e.name)} for e in outcomes.exposures
        ],
        "overlap": [
            _plain(o, without=("pairs",)) | {"adjusted_p": outcomes.adjusted.get(o.name)}
            for o in outcomes.overlaps
        ],
        "truth": None
        if agreement is None
        else {
            "total": asdict(agreement.total) | {"exact": agreement.total.exact},
            "by_surface": {name: asdict(a) for name, a in agreement.by_surface.items()},
        },
        "coverage": list(data.coverage),
        "outbox": data.outbox,
        "summary": summary.abstract(data, outcomes, agreement),
    }


def _plain(found: Any, without: Sequence[str] = ()) -> Dict:
    return {key: value for key, value in asdict(found).items() if key not in without}


def render_published(data: RunData, feeds: Feeds) -> str:
    """The HTML text of a store that holds nothing but timelines: published data."""
    return (
        _environment()
        .get_template("published.html.j2")
        .render(title=f"{data.run['scenario']}: timelines", run=data.run, feeds=feeds)
    )


def render(data: RunData, feeds: Feeds | None = None) -> str:
    """The HTML text."""
    outcomes = compute(data)
    agreement = check(data) if data.has_truth else None
    context = _context(data, outcomes, agreement) | {"feeds": feeds}
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
        "surface": words.surface,
        "ms": lambda value: f"{value:.0f} ms" if value >= 1 or not value else "under 1 ms",
        "minutes": lambda seconds: f"{seconds / 60:.1f}",
        "when": lambda text: f"{text[:19].replace('T', ' ')} UTC" if text else "–",
        "pretty": lambda value: json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True),
    }
    environment.globals |= {"number": words.number, "listed": words.listed}
    return environment


def _context(data: RunData, outcomes: Outcomes, agreement: TruthCheck | None) -> Dict:
    declared = declared_labels(data)
    return {
        "run": data.run,
        "data": data,
        "manifest": data.manifest,
        "title": f"{data.run['scenario']}: audit report",
        "summary": summary.abstract(data, outcomes, agreement),
        "verdict": summary.headline(data, outcomes),
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
        "outcomes": outcomes,
        "exposure_plots": _exposure_plots(data, declared),
        "session_plots": _session_plots(data, declared),
        "overlap_plot": _overlap_plot(data, outcomes),
        "overlap_words": [
            words.overlap_sentence(o) for o in outcomes.overlaps if o.measure == "rbo"
        ],
        "verdict_of": lambda e: words.verdict(e.test, outcomes.adjusted.get(e.name)),
        "surfaces": tables.by_surface(data, declared),
        "agreement": agreement,
        "truth_exposure": _truth_exposure(data, declared) if agreement else [],
        "limits": summary.limits(data, outcomes, agreement),
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
        phase, pages = outcome_pages(data, surface)
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


def _overlap_plot(data: RunData, outcomes: Outcomes) -> str:
    """Rows: twins of each arm, then between the arms, for every surface and treated arm."""
    if not any(found.pairs for found in outcomes.overlaps):
        return ""
    panels = {
        measure.upper() if measure == "rbo" else measure.capitalize(): _overlap_rows(
            data, [o for o in outcomes.overlaps if o.measure == measure]
        )
        for measure in SIMILARITIES
    }
    return plots.overlap(panels, name="overlap")


def _overlap_rows(data: RunData, found: Sequence[Overlap]) -> list[tuple[str, list[float], int]]:
    rows: list[tuple[str, list[float], int]] = []
    several = len(data.arms) > 2
    for overlap in found:
        for arm in (overlap.control, overlap.arm):
            values = [p.similarity for p in overlap.pairs if p.twins and p.left.arm == arm]
            rows.append((f"{overlap.surface}: twins, {arm}", values, data.arms.index(arm)))
        between = [p.similarity for p in overlap.pairs if not p.twins]
        label = f"{overlap.surface}: between arms" + (f" ({overlap.arm})" if several else "")
        rows.append((label, between, -1))
    return rows


def _truth_exposure(data: RunData, declared: Sequence[str]) -> list[Dict]:
    rows = []
    for surface in surfaces_of(data):
        _, pages = outcome_pages(data, surface)
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
