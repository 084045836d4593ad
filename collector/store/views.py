"""The views of a run's database: what people ask for most, ready for any SQLite tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """One view: what its rows are, its columns in words, and its SQL."""

    about: str
    columns: Mapping[str, str]
    sql: str
    reads: tuple[str, ...]
    """The tables it stands on."""
    order: tuple[str, ...]
    """Columns that put its rows into one order, always."""


_WHO = {
    "run": "The run.",
    "arm": "Arm of the puppet.",
    "puppet": "The puppet.",
    "twin": "Its number among identical puppets.",
    "block": "Its block.",
    "session": "The session.",
    "step": "Number of the step.",
}

VIEWS: Mapping[str, View] = {
    "topics": View(
        "The labels in force: those of the newest version that was brought in after the run, or"
        " else the run's own.",
        {
            "item_id": "Video, post, playlist or channel id.",
            "label": "Topic, or score.",
            "source": "`mock` or a file, as in `labels`; `codings` with the number of a version.",
        },
        """
        SELECT item_id, label, 'codings ' || version AS source FROM codings
        WHERE coder = 'resolved' AND label IS NOT NULL
          AND version = (SELECT max(version) FROM label_versions)
        UNION ALL
        SELECT item_id, label, source FROM labels
        WHERE NOT EXISTS (SELECT 1 FROM label_versions)
        """,
        reads=("labels", "codings", "label_versions"),
        order=("item_id",),
    ),
    "exposure": View(
        "Every item seen on a page with status `ok`, with who saw it and what it is about; not"
        " those of a contaminated step.",
        _WHO
        | {
            "capture": "The capture.",
            "seq": "Number of the capture in the session.",
            "saved_time": "When it was captured.",
            "page": "Kind of the page.",
            "url": "Address of the page.",
            "surface": "The list.",
            "position": "Place in the list, from 1.",
            "kind": "Kind of item.",
            "item_id": "The item.",
            "title": "Its title.",
            "channel_name": "Its channel.",
            "topic": "Its label (a mix: of the video it begins with), or that of its channel.",
        },
        """
        SELECT c.run, p.arm, c.puppet, p.twin, p.block, c.session, c.step, i.capture, c.seq,
               c.saved_time, c.kind AS page, c.url, i.surface, i.position, i.kind, i.item_id,
               i.title, i.channel_name,
               coalesce(l.label, lm.label, lc.label) AS topic
        FROM impressions i
        JOIN captures c ON c.id = i.capture AND c.status = 'ok'
        JOIN puppets p ON p.id = c.puppet
        LEFT JOIN topics l ON l.item_id = i.item_id
        LEFT JOIN topics lm ON i.kind = 'mix' AND lm.item_id = substr(i.item_id, -11)
        LEFT JOIN topics lc ON lc.item_id = replace(i.channel_href, '/channel/', '')
        WHERE NOT EXISTS (
            SELECT 1 FROM steps s
            WHERE s.session = c.session AND s.step = c.step AND s.outcome = 'contaminated')
        """,
        reads=(
            "impressions",
            "captures",
            "puppets",
            "labels",
            "codings",
            "label_versions",
            "steps",
        ),
        order=("run", "session", "seq", "capture", "surface", "position"),
    ),
    "cells": View(
        "The matrix puppet × step: what was planned, what came back.",
        _WHO
        | {
            "kind": "Kind of step.",
            "path": "Where it stands in the scenario.",
            "outcome": "Outcome in the ledger; empty if it never finished.",
            "captures": "How many captures it filed.",
            "status": "Page status of its last capture; empty if it filed none.",
            "detail": "What the ledger says.",
        },
        """
        SELECT n.run, p.arm, n.puppet, p.twin, p.block, s.session, s.step, s.kind, s.path,
               s.outcome,
               (SELECT count(*) FROM captures c WHERE c.session = s.session AND c.step = s.step)
                 AS captures,
               (SELECT c.status FROM captures c WHERE c.session = s.session AND c.step = s.step
                ORDER BY c.seq DESC LIMIT 1) AS status,
               s.detail
        FROM steps s
        JOIN sessions n ON n.id = s.session
        JOIN puppets p ON p.id = n.puppet
        """,
        reads=("steps", "sessions", "puppets", "captures"),
        order=("run", "session", "step"),
    ),
    "missing_cells": View(
        "The cells that are not data: a step without outcome `done`, or a page that is not `ok`.",
        _WHO
        | {
            "kind": "Kind of step.",
            "path": "Where it stands in the scenario.",
            "outcome": "Outcome in the ledger; empty if it never finished.",
            "captures": "How many captures it filed.",
            "status": "Page status of its last capture; empty if it filed none.",
            "detail": "What the ledger says.",
        },
        """
        SELECT * FROM cells
        WHERE outcome IS NULL OR outcome <> 'done' OR (status IS NOT NULL AND status <> 'ok')
        """,
        reads=("steps", "sessions", "puppets", "captures"),
        order=("run", "session", "step"),
    ),
    "watch_receipts": View(
        "What each puppet watched, with who and which arm.",
        _WHO
        | {
            "video_id": "The video.",
            "topic": "Its label.",
            "status": "`complete`, `short` or `failed`.",
            "planned_s": "Media seconds planned.",
            "watched_s": "Media seconds watched.",
            "watched_share": "Watched over planned, 0–1 and above.",
            "ad_s": "Seconds of advertising.",
            "stalled_s": "Seconds of standing still.",
            "visible_share": "Share of samples with the document visible.",
            "ended": "1 if the end was reached.",
            "error": "The player's error.",
        },
        """
        SELECT n.run, p.arm, n.puppet, p.twin, p.block, r.session, r.step, r.video_id,
               l.label AS topic, r.status, r.planned_s, r.watched_s,
               CASE WHEN r.planned_s > 0 THEN r.watched_s / r.planned_s END AS watched_share,
               r.ad_s, r.stalled_s, r.visible_share, r.ended, r.error
        FROM receipts r
        JOIN sessions n ON n.id = r.session
        JOIN puppets p ON p.id = n.puppet
        LEFT JOIN topics l ON l.item_id = r.video_id
        """,
        reads=("receipts", "sessions", "puppets", "labels", "codings", "label_versions"),
        order=("run", "session", "step"),
    ),
    "coverage": View(
        "What the parsers could not read, counted.",
        {
            "renderer": "Element.",
            "field": "Field of it.",
            "error": "Why.",
            "count": "How often.",
            "captures": "On how many captures.",
            "sample": "One of the things that stood there.",
        },
        """
        SELECT renderer, field, error, count(*) AS count, count(DISTINCT capture) AS captures,
               min(sample) AS sample
        FROM unparsed GROUP BY renderer, field, error
        """,
        reads=("unparsed",),
        order=("renderer", "field", "error"),
    ),
}
