"""How the run went: turns, searches, checks of the persona, events; and the dictionary itself."""

from __future__ import annotations

from collections.abc import Mapping

from collector.store.columns import RUN, SESSION, Table, integer, json_text, real, text

TABLES: Mapping[str, Table] = {
    "turns": Table(
        "One row a session: its place among the sessions of its puppet.",
        {
            "session": SESSION,
            "wave": integer("Wave of a repeated scenario, from 1.", required=True),
            "slot": integer("Number among the sessions of its wave, from 1.", required=True),
            "due": text("When it was planned to start; empty: as soon as its turn had come."),
            "late_s": real("Seconds from then to its start, on the puppet's clock."),
            "clock": text("The puppet's clock at its end, where the next session goes on."),
        },
        ("session",),
    ),
    "queries": Table(
        "One row a search: when, and how long after the puppet's search before.",
        {
            "session": SESSION,
            "step": integer("The step that searched.", required=True),
            "time": text("When it was asked, on the page's clock.", required=True),
            "gap_s": real("Seconds since the puppet's search before; empty for its first."),
        },
        ("session", "step"),
    ),
    "persona_checks": Table(
        "What a page could see of the puppet before the first step, against what its persona says.",
        {
            "session": SESSION,
            "name": text("`languages`, `timezone`, `user_agent`, `viewport`, …", required=True),
            "seen_by": text(
                "`page` (a script in it), `site` (the mock's own word) or `egress` (who is asked)."
            ),
            "claimed": json_text("what the persona says; empty: it leaves that open."),
            "seen": json_text("what was seen; empty: the page was not told."),
            "agrees": integer("1 if they agree, 0 if not, empty: cannot be told."),
        },
        ("session", "seen_by", "name"),
    ),
    "events": Table(
        "Event log of the run: what happened that is no step.",
        {
            "id": integer("Number."),
            "time": text("When.", required=True),
            "run": RUN,
            "session": text("The session it belongs to, if any."),
            "step": integer("The step it belongs to, if any."),
            "level": text("`info`, `warning` or `error`.", required=True),
            "kind": text("What kind of event, one word.", required=True),
            "message": text("What happened.", required=True),
            "data": json_text("details."),
        },
        ("id",),
        (("session",), ("kind",)),
    ),
    "data_dictionary": Table(
        "This description, inside the file.",
        {
            "name": text("Table or view."),
            "column": text("Column; empty for the table itself."),
            "type": text("SQLite type."),
            "about": text("What it holds."),
        },
        ("name", "column"),
    ),
}
