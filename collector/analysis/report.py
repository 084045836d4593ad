"""The report of a run: one self-contained HTML file, its figures as files beside it, its numbers.

Works on whatever a run left behind: crashed puppets, one arm, no truth, no capture at all. The same
store gives the same bytes.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from collector.analysis import figures, page, summary, tables
from collector.analysis.blinding import blinded
from collector.analysis.certificate import certify
from collector.analysis.coders import under_coders
from collector.analysis.described import exploratory, sessions, trend
from collector.analysis.feeds import feeds_data, load_feeds
from collector.analysis.flow import streams
from collector.analysis.gatetable import dose_table
from collector.analysis.judging import Judgement, judge
from collector.analysis.labelling import Wanted
from collector.analysis.load import load_run
from collector.analysis.mechanism import mechanisms
from collector.analysis.methods import methods
from collector.analysis.placeless import placeless
from collector.analysis.rundata import RunData
from collector.analysis.sensitivity import choices
from collector.analysis.spaced import spaced
from collector.analysis.stated import load, stated
from collector.analysis.truth import check
from collector.environment import refusals, something_there
from collector.files import shared_dir, shared_file

Dict = dict[str, Any]


def write_report(
    run_dir: Path,
    out: Path | None = None,
    style: Path | None = None,
    labels: Wanted = None,
    *,
    public: bool = False,
) -> Path:
    """Write ``report.html`` into the run's folder, or ``out``; returns the file.

    The figures go as SVG and PDF into the folder ``…-figures`` beside it, their numbers as CSV,
    the tables as CSV and LaTeX.

    :param style: a Matplotlib style file laid over the project's, for those files.
    :param labels: a version of labels, ``"run"``, or a file; else the newest.
    :param public: leave out what tells of this machine (paths in the command line).
    :raises UserError: there is no run, its store cannot be read, or the style file is none.
    """
    run_dir = Path(run_dir)
    target = out or run_dir / "report.html"
    something_there(target)  # refuses a link that leads nowhere, before the work is done
    if style is not None:
        figures.check_style(style)
    feeds = load_feeds(run_dir)
    data = load_run(run_dir, labels)
    if public:
        data = placeless(data)
    if (shown := blinded(data)) is not data:
        data, feeds = shown, None  # what a feed held is told once the arms are
    if feeds and feeds.pages_only:
        _write(target, page.render_published(data, feeds))
        return target
    folder = figures.folder_of(target)
    text, drawn, given = page.render(data, feeds, folder.name)
    if style is not None:
        drawn = [figures.draw(each.picture, style) for each in drawn]
    with refusals(target, fix="name a file that can be written: --out FILE"):
        figures.write(drawn, folder, given)
    _write(target, text)
    return target


def _write(target: Path, text: str) -> None:
    with refusals(target, fix="name a file that can be written: --out FILE"):
        shared_dir(target.parent)
        shared_file(target, text.encode())


def report_data(run_dir: Path, labels: Wanted = None) -> Dict:
    """The numbers of the report as plain data for JSON.

    :raises UserError: there is no run, or its store cannot be read.
    """
    data = load_run(Path(run_dir), labels)
    feeds = load_feeds(Path(run_dir))
    hidden = False
    if (shown := blinded(data)) is not data:
        data, feeds, hidden = shown, None, True
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
        **({"blinded": True} if hidden else {}),
        **({"feeds": feeds_data(feeds)} if feeds else {}),
        "arms": tables.design(data),
        "control": data.control,
        "cells": {
            key: value
            for key, value in tables.matrix(data).items()
            if key in ("planned", "data", "counts")
        },
        "attrition": tables.attrition(data),
        "dose": [asdict(row) for row in dose_table(data, judgement.declaration)],
        "skew_ms": tables.skew(data),
        "spacing": tables.spacing(data),
        "carry_over": [asdict(each) for each in spaced(data, judgement.declaration)],
        "headline": summary.headline(data, judgement),
        "verdicts": [asdict(verdict) for verdict in judgement.verdicts],
        "gates": [
            {"outcome": answer.question.name, **asdict(gate)}
            for answer in judgement.answers
            for gate in answer.gates
        ],
        "power": page.power(judgement),
        "stated": stated(data.run),
        "load": asdict(load(data)),
        "methods": methods(data, judgement),
        "labels": labels_data(data, judgement),
        "flow": [asdict(each) for each in streams(data, judgement)],
        "sensitivity": [asdict(each) for each in choices(data, judgement)],
        "exploratory": [asdict(row) for row in exploratory(data, judgement.declaration)],
        "sessions": [asdict(row) for row in rows],
        "trend": [
            {
                "surface": surface,
                "outcome": outcome,
                "arm": arm,
                "control": control,
                "change": change,
            }
            for (surface, outcome, arm, control), change in trend(rows).items()
        ],
        "truth": None
        if agreement is None
        else {
            "total": asdict(agreement.total) | {"exact": agreement.total.exact},
            "by_surface": {name: asdict(a) for name, a in agreement.by_surface.items()},
        },
        "mechanisms": [asdict(each) for each in mechanisms(data, judgement)],
        "certificate": certify(data, judgement, agreement),
        "coverage": list(data.coverage),
        "outbox": data.outbox,
        "summary": summary.abstract(data, judgement, agreement),
    }


def labels_data(data: RunData, judgement: Judgement) -> Dict:
    """The labels that a report was made with, and what the coders' disagreement does to it."""
    labelling = data.labelling
    measured = [answer.measured for answer in judgement.answers]
    return {
        "version": labelling.version,
        "versions": list(labelling.others),
        "sources": dict(labelling.sources),
        "sha256": labelling.sha256,
        "files": [dict(each) for each in labelling.files],
        "coders": list(labelling.coded),
        "agreement": dict(labelling.agreement),
        "outcomes": [
            {"outcome": each.question.name, "unit": each.question.measure.unit}
            | {"by": [asdict(one) for one in answers]}
            for each, answers in under_coders(
                data, judgement.declaration, measured, int(data.run["seed"])
            )
        ],
    }
