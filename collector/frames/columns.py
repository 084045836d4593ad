"""What each frame holds: every column with its type and a sentence; nothing is exported unnamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The type of a column. Every one may be missing."""

    WORD = "word"
    """One of few words: a category in pandas, a factor in R."""
    TEXT = "text"
    INT = "int"
    """A nullable whole number (``Int64``)."""
    FLOAT = "float"
    BOOL = "bool"
    """Nullable (``boolean``)."""
    TIME = "time"
    """UTC, milliseconds."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a frame."""

    kind: Kind
    about: str


@dataclass(frozen=True)
class Frame:
    """One frame. ``factor_*`` columns of the scenario's factors stand after ``arm``."""

    about: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    """Columns that name a row."""


def _word(about: str) -> Column:
    return Column(Kind.WORD, about)


def _text(about: str) -> Column:
    return Column(Kind.TEXT, about)


def _int(about: str) -> Column:
    return Column(Kind.INT, about)


def _float(about: str) -> Column:
    return Column(Kind.FLOAT, about)


def _bool(about: str) -> Column:
    return Column(Kind.BOOL, about)


def _time(about: str) -> Column:
    return Column(Kind.TIME, about)


_PUPPET = {
    "run": _word("Name of the run."),
    "arm": _word("Arm of the puppet; the control is the first category."),
    "puppet": _word("The puppet: the unit of inference."),
    "twin": _int("Its number among the identical puppets of the arm, from 1."),
    "block": _int("Its block, from 1: puppets of a block start together."),
}
_WHERE = _PUPPET | {
    "session": _word("The session."),
    "wave": _int("Wave of a repeated scenario, from 1."),
    "turn": _word("Which of the puppet's sessions (`w2s3`); empty where it has one only."),
    "phase": _word("`before`, `arms` (the treatment) or `after`: where the scenario has the step."),
    "slot": _word("The same for steps of different arms that are to be compared."),
    "step": _int("Number of the step in its session, from 0."),
    "puppet_step": _int("The same, counted through all sessions of the puppet."),
    "capture_label": _word("What the scenario calls the page (`label` of its step)."),
}
_TIMES = {
    "virtual_time": _time("The page's own clock, which a run may speed up."),
    "wall_time": _time("This machine's clock."),
}
_STEP_TIMES = {
    "virtual_time": _time(
        "The page's own clock when the step began; empty where it never did, and where a run of an"
        " earlier version, sped up, did not keep it."
    ),
    "wall_time": _time("This machine's clock when it began."),
}
_CAPTURE = _WHERE | {
    "capture": _text("Name of the capture."),
    "seq": _int("Number among the captures of the session, from 0."),
    "page": _word("Kind of the page: `home`, `video`, `search`, …"),
    "url": _text("Address of the page."),
    "status": _word("What came back: `ok`, or why the cell is missing."),
    "counted": _bool("It stands for its page load in the report: the last one with data."),
    "hurried": _bool("A search that came sooner than the declared spacing: no outcome."),
}
_ITEM = {
    "surface": _word("The list: `home`, `related`, `search`, `channel`, `feed`."),
    "position": _int("Place in reading order, from 1, advertising included."),
    "kind": _word("`video`, `short`, `live`, `mix`, `playlist`, `channel`, `post`, `ad`, …"),
    "item_id": _text("Video, post, playlist or channel id; of an ad what identifies it."),
    "title": _text("Title."),
    "channel": _text("Name of the channel."),
    "topic": _word("Its label, or that of its channel; empty: it has none."),
    "label_source": _word("Where the labels come from: `mock`, a file, `version N`."),
}

FRAMES: Mapping[str, Frame] = {
    "puppets": Frame(
        "A row a puppet, as assigned.",
        _PUPPET
        | {
            "seed": _int("Seed of the puppet."),
            "pseudonym": _text("Public name of its key at the submission API."),
            "locale": _word("Language of its persona."),
            "timezone": _word("Time zone of its persona."),
            "sessions": _int("Sessions that were planned."),
            "sessions_done": _int("Sessions that ended well."),
            "steps": _int("Steps that were planned."),
            "steps_done": _int("Steps that were done."),
            "skew_ms": _float("Largest delay behind the first start of its block, ms."),
            "delivered": _bool(
                "It began, had the declared share of its treatment, and no step of"
                " it may or may not have happened."
            ),
            "analysed": _bool("It has a value in at least one declared outcome."),
        },
        ("run", "puppet"),
    ),
    "steps": Frame(
        "A row a planned step: the ledger.",
        _WHERE
        | {
            "path": _text("Where the step stands in the scenario file."),
            "kind": _word("`visit`, `search`, `watch`, `follow`, …"),
            "outcome": _word("`done`, `missing`, `failed`, `skipped`, `contaminated`; or empty."),
            "detail": _text("What happened, in words."),
            "otherwise": _bool(
                "It found nothing of what it sought and took what its `otherwise` gives; empty"
                " where it has no such way out, or is not `done`."
            ),
            "args": _text("JSON: what the scenario asks for."),
            "started": _time("When it began, on this machine's clock."),
            "finished": _time("When its outcome was known."),
        }
        | _STEP_TIMES
        | {"virtual_finished": _time("The page's own clock when its outcome was known.")},
        ("run", "session", "step"),
    ),
    "cells": Frame(
        "A row a cell of the matrix puppet × step, missing ones included.",
        _WHERE
        | {
            "kind": _word("Kind of step."),
            "outcome": _word("Outcome in the ledger; empty if it never finished."),
            "captures": _int("How many captures it filed."),
            "status": _word("Page status of its last capture; empty if it filed none."),
            "missing": _bool("It is not data: not done, or a page that is not `ok`."),
            "detail": _text("What the ledger says."),
        }
        | _STEP_TIMES,
        ("run", "session", "step"),
    ),
    "captures": Frame(
        "A row a capture, of any status.",
        _CAPTURE
        | {
            "load": _text("One a page load; its captures share it."),
            "content_hash": _text("SHA-256 of the scrubbed page in `evidence/`."),
            "impressions": _int("Items that were read."),
            "unparsed": _int("Things that were seen and not understood."),
        }
        | _TIMES,
        ("run", "capture"),
    ),
    "impressions": Frame(
        "A row an item on any capture, whatever its status and whether it counts.",
        _CAPTURE
        | _ITEM
        | {
            "views": _int("Views, as shown."),
            "seconds": _int("Length, s."),
            "age_seconds": _int("Age, as shown, s."),
        }
        | _TIMES,
        ("run", "capture", "surface", "position"),
    ),
    "exposure": Frame(
        "A row an item that counts in the report: one capture a page load, only pages with data.",
        {name: each for name, each in _CAPTURE.items() if name not in ("status", "counted")}
        | _ITEM
        | {
            "rank": _int("Place in the list without advertising, from 1; empty for an ad."),
            "weight": _float(
                "Share of the list's attention that the rank gets by the declared model, 0–1; empty"
                " for an ad. Summed over the items of a topic it is the page's exposure share."
            ),
        }
        | _TIMES,
        ("run", "capture", "surface", "position"),
    ),
    "watches": Frame(
        "A row a watch, with what its receipt proves.",
        _WHERE
        | {
            "video_id": _text("The video."),
            "topic": _word("Its label."),
            "status": _word("`complete`, `short` or `failed`."),
            "planned_s": _float("Media seconds that were planned."),
            "watched_s": _float("Media seconds that playback advanced."),
            "watched_share": _float("Watched over planned."),
            "duration_s": _float("Length of the video, s; empty for a live one."),
            "ad_s": _float("Seconds of advertising."),
            "stalled_s": _float("Seconds in which playback stood still unasked."),
            "rate": _float("Playback rate."),
            "visible_share": _float("Share of samples with the document visible, 0–1."),
            "ended": _bool("The end was reached."),
            "error": _text("Text of the player's error."),
            "virtual_time": _time(
                "The page's own clock when the watch began; empty where a run of an earlier"
                " version, sped up, did not keep it."
            ),
            "wall_time": _time("This machine's clock then."),
        },
        ("run", "session", "step"),
    ),
    "receipts": Frame(
        "A row a sample of a watch: where playback stood, second by second.",
        _WHERE
        | {
            "video_id": _text("The video."),
            "sample": _int("Number of the sample, from 0."),
            "page_s": _float("Seconds since the watch began, on the page's clock."),
            "position_s": _float("The player's currentTime, s."),
            "virtual_time": _time("The page's own clock at the sample; empty as in `watches`."),
            "wall_time": _time(
                "This machine's clock when the watch began: what it showed at a sample is not kept."
            ),
        },
        ("run", "session", "step", "sample"),
    ),
    "outcomes": Frame(
        "A row a puppet and declared outcome: the values that are tested and permuted.",
        _PUPPET
        | {
            "surface": _word("The list."),
            "outcome": _word("Title of the outcome, with its label."),
            "metric": _word("Its name in `analysis.outcomes`."),
            "label": _word("The declared label; empty where the outcome has none."),
            "contrast": _word("Arm (or level of a factor) that is held against `control`."),
            "control": _word("What it is held against."),
            "treated": _bool("The puppet is of the treated side."),
            "stratum": _word("Block and levels of the other factors: arms are exchanged within."),
            "interaction": _bool("The contrast is an interaction of two factors."),
            "value": _float("The puppet's value in the measure's unit; empty: it has none."),
            "unit": _word("`share` (0–1), `items`, `labels`, `ratio`, `score`."),
            "slots": _int("Pages that the value is made of."),
        },
        ("run", "surface", "outcome", "contrast", "control", "puppet"),
    ),
    "served": Frame(
        "A row an item that the mock says it served; empty on a real site.",
        {
            "run": _PUPPET["run"],
            "puppet": _word("The puppet it was served to."),
            "load": _text("The site's id of the page load."),
            "surface": _word("The list."),
            "rank": _int("Place in the list, from 1."),
            "kind": _word("Kind of item."),
            "item_id": _text("The item."),
            "topic": _word("Its topic, as the mock has it."),
            "title": _text("Its title."),
            "score": _float("The recommender's score."),
        },
        ("run", "load", "surface", "rank"),
    ),
    "codings": Frame(
        "A row an item, coder and version: what somebody said after the run.",
        {
            "version": _int("Number of the version, from 1."),
            "coder": _word("Who said so; `resolved`: all together."),
            "item_id": _text("The item."),
            "label": _word("Topic or score; empty: looked at, and none given."),
            "unsure": _bool("The coder was not sure."),
            "note": _text("The coder's note."),
        },
        ("version", "coder", "item_id"),
    ),
}
"""Every frame by the name of its method and of its file."""
