"""The tables and views of a run, with a sentence for every column.

One source for three things: the DDL, the ``data_dictionary`` table inside the file, and the check
that ``docs/store.md`` tells the same. All times are ISO-8601 UTC text with milliseconds; JSON is
text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from collector.store.views import VIEWS

SCHEMA_VERSION = 5
"""Kept in ``PRAGMA user_version``; a file with a larger number is refused."""

APPLICATION_ID = 0x54574E57
"""``PRAGMA application_id``: "TWNW"."""


class Outcome(StrEnum):
    """How a step of the ledger ended."""

    DONE = "done"
    MISSING = "missing"
    """The step ran, but the page or the playback was not what it should be: a missing cell."""
    FAILED = "failed"
    SKIPPED = "skipped"
    CONTAMINATED = "contaminated"
    """It may or may not have happened: nothing of this puppet counts from here on."""


class SessionState(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CONTAMINATED = "contaminated"
    SKIPPED = "skipped"
    """Never started: its slot was missed, or an earlier session of the puppet did not end well."""


@dataclass(frozen=True)
class Column:
    """One column: its type in SQLite, and what it holds in words."""

    type: str
    about: str
    required: bool = False
    references: str = ""
    """``table(column)``"""
    json: bool = False
    """Its text is JSON; where a table is written as nested data, so is what it holds."""


@dataclass(frozen=True)
class Table:
    """One table: what its rows are, its columns, its key and what is looked up fast."""

    about: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    indices: tuple[tuple[str, ...], ...] = field(default=())


def _text(about: str, *, required: bool = False, references: str = "") -> Column:
    return Column("TEXT", about, required, references)


def _json(about: str) -> Column:
    return Column("TEXT", f"JSON: {about}", json=True)


def _int(about: str, *, required: bool = False) -> Column:
    return Column("INTEGER", about, required)


def _real(about: str, *, required: bool = False) -> Column:
    return Column("REAL", about, required)


_RUN = _text("The run.", required=True, references="runs(id)")
_SESSION = _text("The session.", required=True, references="sessions(id)")
_CAPTURE = _text("The capture it was read from.", required=True, references="captures(id)")

TABLES: Mapping[str, Table] = {
    "runs": Table(
        "One row a run of a scenario.",
        {
            "id": _text("Name of the run."),
            "scenario": _text("Name of the scenario.", required=True),
            "platform": _text("`youtube` or `facebook`.", required=True),
            "site": _text("Where the puppets browsed: `mock` or the address."),
            "submit_to": _text("Where evidence was sent: `mock`, `none` or the address."),
            "seed": _int("Master seed: every random choice derives from it.", required=True),
            "plan_hash": _text("SHA-256 of the canonical plan.", required=True),
            "experiment_id": _text("Experiment id in the ytTREX sense, where one exists."),
            "state": _text(
                "`running`, `finished`, `waiting`, `interrupted` or `failed`.", required=True
            ),
            "started": _text("When the run began."),
            "finished": _text("When it ended; empty while it runs or after a crash."),
            "command": _text("The command line that repeats the run."),
            "scenario_json": _json("the scenario as it was read."),
            "analysis": _json("the outcomes declared before the run."),
            "versions": _json("collector, parser, browser, Python and mock versions."),
            "environment": _json("machine, speed, workers, display."),
            "recommender": _json("formula and parameters of the mock's recommender."),
        },
        ("id",),
    ),
    "puppets": Table(
        "One row a puppet. Puppets are the unit of inference.",
        {
            "id": _text("Name of the puppet, such as `control-1`."),
            "run": _RUN,
            "arm": _text("The arm it was assigned to.", required=True),
            "twin": _int("Number among the identical puppets of the arm, from 1.", required=True),
            "block": _int("Block, from 1: its puppets start together.", required=True),
            "seed": _int("Seed of the puppet, derived from the master seed."),
            "pseudonym": _text("Public name of its key at the submission API."),
            "persona": _json("locale, timezone, geolocation, viewport, user agent, colours."),
        },
        ("id",),
        (("run", "arm"),),
    ),
    "sessions": Table(
        "One row a session of a puppet.",
        {
            "id": _text("Name of the session."),
            "run": _RUN,
            "puppet": _text("The puppet.", required=True, references="puppets(id)"),
            "block": _int("Block of the schedule.", required=True),
            "position": _int("Place in the seeded order of its block, from 1.", required=True),
            "seed": _int("Seed of the session."),
            "state": _text(
                "`planned`, `ready`, `running`, `done`, `failed`, `interrupted`, `contaminated`,"
                " `skipped`.",
                required=True,
            ),
            "ready": _text("When its browser stood at the barrier."),
            "started": _text("When the barrier opened for it."),
            "finished": _text("When it ended."),
            "skew_ms": _real("Milliseconds after the first start of its block."),
            "detail": _text("Why it is not `done`."),
            "snapshot_before": _text("Hash of the profile snapshot it began from."),
            "snapshot_after": _text("Hash of the profile snapshot it left."),
        },
        ("id",),
        (("run", "block", "position"), ("puppet",)),
    ),
    "steps": Table(
        "The ledger: one row a planned step, planned → started → finished.",
        {
            "session": _SESSION,
            "step": _int("Number of the step in its session, from 0.", required=True),
            "path": _text("Where the step stands in the scenario file."),
            "kind": _text("`visit`, `search`, `watch`, `follow`, `capture`, …", required=True),
            "args": _json("what the scenario asks for."),
            "seed": _int("Seed of the step."),
            "planned": _text("When it was entered into the ledger.", required=True),
            "started": _text("When it began; empty if it never did."),
            "finished": _text("When its outcome was known."),
            "outcome": _text("`done`, `missing`, `failed`, `skipped` or `contaminated`."),
            "detail": _text("What happened, in words, when it is not `done`."),
        },
        ("session", "step"),
        (("outcome",),),
    ),
    "leases": Table(
        "Who may write a session: one worker at a time, until its lease is over.",
        {
            "session": _text("The session.", references="sessions(id)"),
            "token": _int("Fencing token: grows with every claim, never falls.", required=True),
            "owner": _text("Who holds it: the machine's name and the process."),
            "pid": _int("Process of the owner, on its machine."),
            "process_started": _real("When that process started, s since 1970."),
            "claimed": _text("When it was claimed."),
            "expires": _text("When it is over unless it is renewed before.", required=True),
            "released": _text("When it was given back or taken away; empty while it is held."),
        },
        ("session",),
    ),
    "receipts": Table(
        "Proof of what was watched; at most one a step.",
        {
            "session": _SESSION,
            "step": _int("The step that watched.", required=True),
            "video_id": _text("Video, 11 characters.", required=True),
            "status": _text("`complete`, `short` or `failed`.", required=True),
            "planned_s": _real("Media seconds the scenario asked for.", required=True),
            "watched_s": _real("Media seconds that playback advanced.", required=True),
            "duration_s": _real("Length of the video, s; empty for a live one."),
            "ad_s": _real("Seconds of advertising before and within.", required=True),
            "stalled_s": _real("Seconds in which playback stood still unasked.", required=True),
            "rate": _real("Playback rate.", required=True),
            "visible_share": _real("Share of samples with the document visible, 0–1."),
            "ended": _int("1 if the end was reached.", required=True),
            "error": _text("Text of the player's error overlay."),
            "next_video_id": _text("Video that autoplay went on to."),
            "samples": _json("pairs of page seconds and media position, s."),
        },
        ("session", "step"),
        (("video_id",),),
    ),
    "captures": Table(
        "Evidence as filed: written once, never edited. The HTML lies under its hash.",
        {
            "id": _text("Name of the capture."),
            "run": _RUN,
            "puppet": _text("The puppet.", required=True, references="puppets(id)"),
            "session": _SESSION,
            "step": _int("The step that filed it.", required=True),
            "seq": _int("Number among the captures of the session, from 0.", required=True),
            "page_uuid": _text("One per page load; captures of a page share it.", required=True),
            "platform": _text("`youtube` or `facebook`.", required=True),
            "url": _text("Address of the page.", required=True),
            "kind": _text("What the address asks for: `home`, `video`, `search`, …", required=True),
            "status": _text(
                "What came back: `ok`, or why the cell is missing (`consent`, `captcha`, `login`,"
                " `unavailable`, `error`, `empty`, `unknown`).",
                required=True,
            ),
            "content_hash": _text("SHA-256 of the scrubbed HTML.", required=True),
            "size": _int("Length of the scrubbed HTML in UTF-16 units.", required=True),
            "client_time": _text("The page's own clock.", required=True),
            "saved_time": _text("This machine's clock.", required=True),
            "viewport_width": _int("CSS pixels.", required=True),
            "viewport_height": _int("CSS pixels.", required=True),
            "languages": _json("the browser's languages."),
            "event": _text("The site's id of this page load."),
            "versions": _json("collector, parser and browser versions."),
        },
        ("id",),
        (("session", "seq"), ("puppet", "saved_time"), ("content_hash",), ("event",)),
    ),
    "answers": Table(
        "What the site's API answered to a captured page: the second witness of what it shows."
        " Written once; the scrubbed text lies under its hash, as the HTML does.",
        {
            "capture": _CAPTURE,
            "number": _int("Order of coming within the capture, from 0.", required=True),
            "path": _text("Path that was asked, such as `/youtubei/v1/browse`.", required=True),
            "content_hash": _text("SHA-256 of the scrubbed answer.", required=True),
        },
        ("capture", "number"),
        (("content_hash",),),
    ),
    "observations": Table(
        "One page as data: what the parser read from a capture.",
        {
            "capture": _CAPTURE,
            "parser": _text("Version of the parser.", required=True),
            "platform": _text("`youtube` or `facebook`.", required=True),
            "kind": _text("Kind of the page.", required=True),
            "status": _text("Status of the page, as in captures.", required=True),
            "url": _text("Address of the page.", required=True),
            "lang": _text("Language of the site's interface."),
            "login": _int("1 signed in, 0 not, empty: cannot be told."),
            "fields": _json("page-level values under the reference's names."),
            "impressions": _int("How many items were read.", required=True),
            "unparsed": _int("How many things were seen and not understood.", required=True),
        },
        ("capture",),
        (("kind", "status"),),
    ),
    "impressions": Table(
        "One row an item that was on a page.",
        {
            "capture": _CAPTURE,
            "surface": _text("The list: `home`, `related`, `search`, `channel`.", required=True),
            "position": _int("Place in reading order, from 1.", required=True),
            "kind": _text(
                "`video`, `short`, `live`, `upcoming`, `mix`, `playlist`, `channel`, `ad`."
            ),
            "item_id": _text("Video, playlist or channel id; for an ad what identifies it."),
            "href": _text("Where the item leads."),
            "title": _text("Title."),
            "channel_name": _text("Name of the channel."),
            "channel_href": _text("Link of the channel."),
            "views": _int("Views, as shown."),
            "seconds": _int("Length, s."),
            "age_seconds": _int("Age as shown (`3 months ago`), s."),
            "is_live": _int("1 if live."),
            "verified": _int("1 if the channel bears a badge, 0 if not, empty: not shown."),
            "section": _text("Heading of the shelf it stood in."),
            "label": _text("Accessible label."),
            "renderer": _text("Element that was read."),
            "extra": _json("values only one dialect needs."),
        },
        ("capture", "surface", "position"),
        (("item_id",), ("surface", "kind")),
    ),
    "unparsed": Table(
        "One row a thing seen on a page and not understood.",
        {
            "capture": _CAPTURE,
            "number": _int("Number within the capture, from 0.", required=True),
            "renderer": _text("Element.", required=True),
            "field": _text("Field of it that could not be read.", required=True),
            "error": _text("Why (closed vocabulary).", required=True),
            "sample": _text("What stood there, shortened."),
        },
        ("capture", "number"),
        (("renderer", "field"),),
    ),
    "timelines": Table(
        "One row a load of a feed: everything that came into view until the next load.",
        {
            "id": _text("Name of the timeline: a UUID, or the id of published data."),
            "run": _RUN,
            "puppet": _text("Who scrolled.", required=True, references="puppets(id)"),
            "session": _text("The session; empty for published data."),
            "step": _int("The step that loaded the feed."),
            "started": _text("When it began.", required=True),
            "url": _text("Address of the feed."),
            "event": _text("The site's id of this load."),
            "impressions": _int("How many posts came into view.", required=True),
        },
        ("id",),
        (("run", "puppet", "started"), ("event",)),
    ),
    "feed": Table(
        "One row a post that came into view; of a private one, only that, when and where.",
        {
            "timeline": _text("The timeline.", required=True, references="timelines(id)"),
            "number": _int("Number in the timeline, from 1.", required=True),
            "position": _int("Order of coming into view, as recorded.", required=True),
            "time": _text("When it came into view.", required=True),
            "visibility": _text("`public` or `private`.", required=True),
            "visible_s": _real("Seconds in view."),
            "top": _int("CSS pixels from the top of the document."),
            "bottom": _int("CSS pixels from the top of the document."),
            "content_hash": _text("SHA-256 of the scrubbed fragment."),
            "post_id": _text("The post."),
            "permalink": _text("Its path, without host and trackers."),
            "media": _text("`posts`, `photo`, `videos`, `notes`, …"),
            "nature": _text("`organic` or `sponsored`."),
            "reason": _text("`friend` or `suggested`, where the feed says why it is shown."),
            "source": _text("Who published it."),
            "source_link": _text("Link of the publisher."),
            "published": _text("When it was published."),
            "delay_s": _real("Seconds from publication to coming into view."),
            "reactions": _int("All reactions, as shown."),
            "comments": _int("Comments, as shown."),
            "shares": _int("Shares, as shown."),
            "post": _json("the whole post as it was read."),
        },
        ("timeline", "number"),
        (("post_id",), ("source",), ("content_hash",)),
    ),
    "labels": Table(
        "What an item is about, as the run itself knew it; never changed by a later import.",
        {
            "item_id": _text("Video or channel id."),
            "label": _text("Topic.", required=True),
            "source": _text("Where the label comes from: `mock`, a file, a coder.", required=True),
        },
        ("item_id",),
        (("label",),),
    ),
    "label_versions": Table(
        "Labels that were given after the run: one row an import. The newest is in force.",
        {
            "version": _int("Number of the version, from 1."),
            "made": _text("When it was brought in.", required=True),
            "coders": _text("JSON: who coded, in the order of their sheets.", required=True),
            "files": _text(
                "JSON: the sheets: coder, file name, SHA-256; `adjudicates` of the one that"
                " settles.",
                required=True,
            ),
            "codebook": _text("JSON: the labels with their definitions, or the scale of scores."),
            "agreement": _text("JSON: how far the coders agree; empty with one coder."),
            "sha256": _text("Of item and label of all resolved items, sorted.", required=True),
        },
        ("version",),
    ),
    "codings": Table(
        "One row an item and coder: what it is about, as somebody said after the run.",
        {
            "version": Column(
                "INTEGER", "The version.", required=True, references="label_versions(version)"
            ),
            "coder": _text(
                "Who said so; `resolved`: what the coders (or who settled it) say together.",
                required=True,
            ),
            "item_id": _text("Video, post, playlist or channel id.", required=True),
            "label": _text("Topic or score; empty: looked at, and none given."),
            "unsure": _int("1 if the coder was not sure.", required=True),
            "note": _text("The coder's note."),
            "file_sha256": _text("SHA-256 of the sheet; empty for `resolved`."),
        },
        ("version", "coder", "item_id"),
    ),
    "truth_impressions": Table(
        "What the mock says it served (empty on a real site).",
        {
            "seq": _int("Number in the mock's log."),
            "time": _text("When it was served, on the mock's clock."),
            "puppet": _text("The puppet it was served to; empty if it was no puppet of the run."),
            "load": _text("The site's id of the page load.", required=True),
            "surface": _text("The list.", required=True),
            "context": _text("What the list depends on: video, query or channel."),
            "slot": _int("Place in the list, from 1.", required=True),
            "kind": _text("Kind of item."),
            "item_id": _text("The item."),
            "topic": _text("Its topic."),
            "title": _text("Its title."),
            "score": _real("The recommender's score."),
            "parts": _json("the parts of the score."),
            "lang": _text("Language of the page."),
            "extra": _json("everything else the log says of it."),
        },
        ("seq",),
        (("load", "surface", "slot"), ("puppet",)),
    ),
    "truth_pages": Table(
        "The pages that the mock sent, and what they were.",
        {
            "seq": _int("Number in the mock's log."),
            "time": _text("When it was sent, on the mock's clock."),
            "puppet": _text("The puppet; empty if it was no puppet of the run."),
            "load": _text("The site's id of the page load.", required=True),
            "path": _text(
                "Path and query; in a run as captured, without the viewer, and empty for a page"
                " that was not."
            ),
            "kind": _text("Kind of page."),
            "status": _text("The status it should be read as."),
            "lang": _text("Language of the page."),
        },
        ("seq",),
        (("load",),),
    ),
    "truth_watches": Table(
        "What the mock says was watched: one row a playback, from its watch beacons.",
        {
            "seq": _int("Number in the mock's log."),
            "time": _text("When it began, on the mock's clock."),
            "puppet": _text("The puppet; empty if it was no puppet of the run."),
            "load": _text("The site's id of the page load."),
            "video_id": _text("The video.", required=True),
            "seconds": _real("Media seconds reported, advertising left out.", required=True),
            "extra": _json("everything else the beacons said."),
        },
        ("seq",),
        (("puppet", "video_id"),),
    ),
    "turns": Table(
        "One row a session: its place among the sessions of its puppet.",
        {
            "session": _SESSION,
            "wave": _int("Wave of a repeated scenario, from 1.", required=True),
            "slot": _int("Number among the sessions of its wave, from 1.", required=True),
            "due": _text("When it was planned to start; empty: as soon as its turn had come."),
            "late_s": _real("Seconds from then to its start, on the puppet's clock."),
            "clock": _text("The puppet's clock at its end, where the next session goes on."),
        },
        ("session",),
    ),
    "queries": Table(
        "One row a search: when, and how long after the puppet's search before.",
        {
            "session": _SESSION,
            "step": _int("The step that searched.", required=True),
            "time": _text("When it was asked, on the page's clock.", required=True),
            "gap_s": _real("Seconds since the puppet's search before; empty for its first."),
        },
        ("session", "step"),
    ),
    "persona_checks": Table(
        "What a page could see of the puppet before the first step, against what its persona says.",
        {
            "session": _SESSION,
            "name": _text("`languages`, `timezone`, `user_agent`, `viewport`, …", required=True),
            "seen_by": _text(
                "`page` (a script in it), `site` (the mock's own word) or `egress` (who is asked)."
            ),
            "claimed": _json("what the persona says; empty: it leaves that open."),
            "seen": _json("what was seen; empty: the page was not told."),
            "agrees": _int("1 if they agree, 0 if not, empty: cannot be told."),
        },
        ("session", "seen_by", "name"),
    ),
    "events": Table(
        "Event log of the run: what happened that is no step.",
        {
            "id": _int("Number."),
            "time": _text("When.", required=True),
            "run": _RUN,
            "session": _text("The session it belongs to, if any."),
            "step": _int("The step it belongs to, if any."),
            "level": _text("`info`, `warning` or `error`.", required=True),
            "kind": _text("What kind of event, one word.", required=True),
            "message": _text("What happened.", required=True),
            "data": _json("details."),
        },
        ("id",),
        (("session",), ("kind",)),
    ),
    "data_dictionary": Table(
        "This description, inside the file.",
        {
            "name": _text("Table or view."),
            "column": _text("Column; empty for the table itself."),
            "type": _text("SQLite type."),
            "about": _text("What it holds."),
        },
        ("name", "column"),
    ),
}


def ddl() -> list[str]:
    """Every statement that makes an empty store, in order."""
    return [statement for name in TABLES for statement in ddl_of(name)] + _views()


def _views() -> list[str]:
    return [f'CREATE VIEW "{name}" AS {view.sql.strip()}' for name, view in VIEWS.items()]


#: Schema version → the tables that came with it.
ADDED: Mapping[int, tuple[str, ...]] = {
    2: ("timelines", "feed"),
    3: ("turns", "queries", "persona_checks"),
    4: ("label_versions", "codings"),
    5: ("answers",),
}


def upgrade(version: int) -> list[str]:
    """The statements that bring a file of an earlier version up to this one."""
    names = [name for added, tables in ADDED.items() if added > version for name in tables]
    tables = [statement for name in names for statement in ddl_of(name)]
    return [*tables, *(f'DROP VIEW IF EXISTS "{name}"' for name in VIEWS), *_views()]


def ddl_of(name: str) -> list[str]:
    """The statements that make one table and its indices."""
    table = TABLES[name]
    lines = []
    for column, spec in table.columns.items():
        if table.key == (column,):
            lines.append(f'"{column}" {spec.type} PRIMARY KEY NOT NULL')
        else:
            lines.append(f'"{column}" {spec.type}' + (" NOT NULL" if spec.required else ""))
    if len(table.key) > 1:
        lines.append("PRIMARY KEY (" + ", ".join(f'"{k}"' for k in table.key) + ")")
    for column, spec in table.columns.items():
        if spec.references:
            lines.append(f'FOREIGN KEY ("{column}") REFERENCES {spec.references}')
    statements = [f'CREATE TABLE "{name}" (\n  ' + ",\n  ".join(lines) + "\n)"]
    for index in table.indices:
        columns = ", ".join(f'"{c}"' for c in index)
        statements.append(f'CREATE INDEX "{name}_{"_".join(index)}" ON "{name}" ({columns})')
    return statements


def dictionary() -> list[dict[str, str]]:
    """Rows of the ``data_dictionary`` table."""
    rows = []
    for name, table in TABLES.items():
        rows.append({"name": name, "column": "", "type": "table", "about": table.about})
        rows += [
            {"name": name, "column": column, "type": spec.type, "about": spec.about}
            for column, spec in table.columns.items()
        ]
    for name, view in VIEWS.items():
        rows.append({"name": name, "column": "", "type": "view", "about": view.about})
        rows += [
            {"name": name, "column": column, "type": "", "about": about}
            for column, about in view.columns.items()
        ]
    return rows
