"""One self-contained HTML file of a run: what was done, what is missing, what was found, how sure.

Works on whatever a run left behind: crashed puppets, one arm, no truth, no capture at all. The same
store gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.analysis import plots, tables, words
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
    text = render(load_run(run_dir))
    target = out or run_dir / "report.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    draft.write_text(text, "utf-8")
    draft.replace(target)
    return target


def report_data(run_dir: Path) -> Dict:
    """The numbers of the report as plain data for JSON.

    :raises UserError: there is no run, or its store cannot be read.
    """
    data = load_run(Path(run_dir))
    outcomes = compute(data)
    agreement = check(data) if data.has_truth else None
    return {
        "run": {
            key: data.run[key]
            for key in ("id", "scenario", "state", "seed", "plan_hash", "started", "finished")
        },
        "arms": tables.design(data),
        "control": data.control,
        "cells": {
            key: value
            for key, value in tables.matrix(data).items()
            if key in ("planned", "data", "counts")
        },
        "attrition": tables.attrition(data),
        "skew_ms": tables.skew(data),
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
        "summary": _summary(data, outcomes, agreement),
    }


def _plain(found: Any, without: Sequence[str] = ()) -> Dict:
    return {key: value for key, value in asdict(found).items() if key not in without}


def render(data: RunData) -> str:
    """The HTML text."""
    outcomes = compute(data)
    agreement = check(data) if data.has_truth else None
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
        "minutes": lambda seconds: f"{seconds / 60:.1f}",
        "when": lambda text: f"{text[:19].replace('T', ' ')} UTC" if text else "–",
        "pretty": lambda value: json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True),
    }
    environment.globals |= {"number": words.number, "listed": words.listed}
    return environment.get_template("report.html.j2").render(_context(data, outcomes, agreement))


def _context(data: RunData, outcomes: Outcomes, agreement: TruthCheck | None) -> Dict:
    declared = declared_labels(data)
    return {
        "run": data.run,
        "data": data,
        "manifest": data.manifest,
        "title": f"{data.run['scenario']}: audit report",
        "summary": _summary(data, outcomes, agreement),
        "verdict": _headline(data, outcomes),
        "design": tables.design(data),
        "twins": _twins(data),
        "blocks": len({puppet.block for puppet in data.puppets}),
        "steps": 1 + max((cell["step"] for cell in data.cells), default=-1),
        "colours": _legend(data),
        "puppets": tables.puppets(data),
        "manipulation": tables.manipulation(data),
        "skew": tables.skew(data),
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
        "limits": _limits(data, outcomes, agreement),
        "year": (data.run["started"] or "")[:4],
    }


def _twins(data: RunData) -> int:
    """The smallest number of puppets in an arm."""
    return min((len(data.of_arm(arm)) for arm in data.arms), default=0)


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


def _headline(data: RunData, outcomes: Outcomes) -> Dict:
    """The one line that a hurried reader takes away."""
    found = [words.verdict(e.test, outcomes.adjusted.get(e.name)) for e in outcomes.exposures]
    if not data.pages:
        return {"kind": "none", "text": "No data: no page of this run has status ok."}
    if data.control is None:
        return {"kind": "none", "text": "One arm: there is nothing to compare it with."}
    if not found:
        return {"kind": "none", "text": "No exposure was declared or could be compared."}
    if "effect" in found:
        which = [
            f"{e.label} on the {words.surface(e.surface)} ({words.points(e.difference)})"
            for e, verdict in zip(outcomes.exposures, found, strict=True)
            if verdict == "effect"
        ]
        return {"kind": "effect", "text": f"An effect was found: {words.listed(which)}."}
    if "at the limit" in found:
        which = [
            f"{e.label} on the {words.surface(e.surface)} ({words.points(e.difference)})"
            for e, verdict in zip(outcomes.exposures, found, strict=True)
            if verdict == "at the limit"
        ]
        return {
            "kind": "limit",
            "text": "The arms differ as clearly as so few puppets can show:"
            f" {words.listed(which)}. More twins are needed to establish an effect.",
        }
    return {"kind": "no", "text": "No effect was found beyond what identical puppets differ by."}


def _summary(data: RunData, outcomes: Outcomes, agreement: TruthCheck | None) -> list[str]:
    """The abstract: a few sentences, each true of this run."""
    found = tables.matrix(data)
    share = found["data"] / found["planned"] if found["planned"] else 0.0
    sentences = [
        f"{words.number(len(data.puppets), 'puppet')} in {words.number(len(data.arms), 'arm')}"
        f" took the scenario “{data.run['scenario']}” on"
        f" {'the bundled mock platform' if data.run['site'] == 'mock' else data.run['site']}"
        f" (seed {data.run['seed']}). "
        + (
            f"All {found['planned']} planned cells are data."
            if found["data"] == found["planned"]
            else f"{found['data']} of {found['planned']} planned cells ({_floor(share)} %) are"
            " data; the others are missing and listed below."
        )
    ]
    sentences += [words.exposure_sentence(e, outcomes) for e in outcomes.exposures]
    sentences += words.limit_sentences(outcomes)
    sentences += [words.overlap_sentence(o) for o in outcomes.overlaps if o.measure == "rbo"]
    if agreement is not None:
        total = agreement.total
        sentences.append(
            f"Against the platform’s own log, the captures of"
            f" {words.number(total.loads, 'list')} missed {total.missed} and invented"
            f" {total.invented} of {total.captured + total.missed - total.invented:,} impressions."
        )
    return sentences


def _floor(share: float) -> int:
    """Whole percent, never rounded up to 100."""
    return int(100 * share + 1e-9)


def _limits(data: RunData, outcomes: Outcomes, agreement: TruthCheck | None) -> list[str]:
    """What this run cannot say, from its own numbers."""
    found = []
    twins = _twins(data)
    complete = min(
        (len({p.puppet for p in data.pages if p.puppet.arm == arm}) for arm in data.arms),
        default=0,
    )
    smallest = [e.test.smallest_p for e in outcomes.exposures if e.test]
    if smallest and max(smallest) > words.ALPHA:
        found.append(
            f"With {words.number(twins, 'twin')} an arm"
            f"{'' if twins == complete else f' ({complete} of them with data)'} the smallest"
            f" attainable p is {words.p_value(max(smallest))}: no result of these puppets can fall"
            f" below {words.ALPHA}. {words.twins_needed(len(smallest))} twins an arm could."
        )
    if data.control is not None and twins < 5:
        found.append(
            "Fewer than five twins cannot tell a platform’s random test groups (A/B buckets) from"
            " the treatment."
        )
    if twins < 2:
        found.append("Without twins there is no measure of noise: differences may be chance.")
    rates = [row["share"] for row in tables.attrition(data) if row["share"] is not None]
    if rates and min(rates) < 1:
        found.append(
            "Cells are missing"
            + (
                f", and not equally in all arms (from {100 * min(rates):.0f} % to"
                f" {100 * max(rates):.0f} % of cells are data): what is missing may not be missing"
                " by chance."
                if max(rates) - min(rates) > 0.05
                else ": see the matrix."
            )
        )
    short = [receipt for receipt in data.receipts if receipt["status"] != "complete"]
    if short:
        found.append(
            f"{words.number(len(short), 'watch', 'watches')} fell short of the plan: those puppets"
            " had less treatment than their arm was assigned, and count in it all the same."
        )
    if data.run["state"] != "finished":
        found.append(f"The run’s state is “{data.run['state']}”: what is here is partial.")
    for surface, phase in outcomes.phases.items():
        if phase == "arms" and any(page.surface == surface for page in data.pages):
            found.append(
                f"No page of the {words.surface(surface)} was taken after the treatment; those"
                " during it depend on what each arm watched at that moment."
            )
    if not data.labels:
        found.append("No item has a label: exposure to topics cannot be computed.")
    if data.run["site"] == "mock":
        found.append(
            "The platform is a mock whose recommender is known: the run proves the instrument, it"
            " says nothing about a real platform."
        )
    elif agreement is None:
        found.append("A real platform keeps no log for us: what was served cannot be checked.")
    found.append(
        "Exposure tests are one-sided: they ask whether the treatment raises the declared share. A"
        " fall shows in the difference and its interval, not in the p-value."
    )
    found.append(
        "Shares are weighted by a model of attention, not by measured attention; the table of"
        " surfaces shows how they change with the model."
    )
    return found
