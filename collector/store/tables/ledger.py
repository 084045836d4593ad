"""What is planned and who does it: runs, puppets, sessions, steps, leases, receipts."""

from __future__ import annotations

from collections.abc import Mapping

from collector.store.columns import RUN, SESSION, Table, integer, json_text, real, text

TABLES: Mapping[str, Table] = {
    "runs": Table(
        "One row a run of a scenario.",
        {
            "id": text("Name of the run."),
            "scenario": text("Name of the scenario.", required=True),
            "platform": text("Platform, by the name that scenarios write.", required=True),
            "site": text("Where the puppets browsed: `mock` or the address."),
            "submit_to": text("Where evidence was sent: `mock`, `none` or the address."),
            "seed": integer("Master seed: every random choice derives from it.", required=True),
            "plan_hash": text("SHA-256 of the canonical plan.", required=True),
            "experiment_id": text("Experiment id in the ytTREX sense, where one exists."),
            "state": text(
                "`running`, `finished`, `waiting`, `interrupted` or `failed`.", required=True
            ),
            "started": text("When the run began."),
            "finished": text("When it ended; empty while it runs or after a crash."),
            "command": text("The command line that repeats the run."),
            "scenario_json": json_text("the scenario as it was read."),
            "analysis": json_text("the outcomes declared before the run."),
            "versions": json_text("collector, parser, browser, Python and mock versions."),
            "environment": json_text("machine, speed, workers, display."),
            "recommender": json_text("formula and parameters of the mock's recommender."),
        },
        ("id",),
    ),
    "puppets": Table(
        "One row a puppet. Puppets are the unit of inference.",
        {
            "id": text("Name of the puppet, such as `control-1`."),
            "run": RUN,
            "arm": text("The arm it was assigned to.", required=True),
            "twin": integer(
                "Number among the identical puppets of the arm, from 1.", required=True
            ),
            "block": integer("Block, from 1: its puppets start together.", required=True),
            "seed": integer("Seed of the puppet, derived from the master seed."),
            "pseudonym": text("Public name of its key at the submission API."),
            "persona": json_text("locale, timezone, geolocation, viewport, user agent, colours."),
        },
        ("id",),
        (("run", "arm"),),
    ),
    "sessions": Table(
        "One row a session of a puppet.",
        {
            "id": text("Name of the session."),
            "run": RUN,
            "puppet": text("The puppet.", required=True, references="puppets(id)"),
            "block": integer("Block of the schedule.", required=True),
            "position": integer("Place in the seeded order of its block, from 1.", required=True),
            "seed": integer("Seed of the session."),
            "state": text(
                "`planned`, `ready`, `running`, `done`, `failed`, `interrupted`, `contaminated`,"
                " `skipped`.",
                required=True,
            ),
            "ready": text("When its browser stood at the barrier."),
            "started": text("When the barrier opened for it."),
            "finished": text("When it ended."),
            "skew_ms": real("Milliseconds after the first start of its block."),
            "detail": text("Why it is not `done`."),
            "snapshot_before": text("Hash of the profile snapshot it began from."),
            "snapshot_after": text("Hash of the profile snapshot it left."),
        },
        ("id",),
        (("run", "block", "position"), ("puppet",)),
    ),
    "steps": Table(
        "The ledger: one row a planned step, planned → started → finished.",
        {
            "session": SESSION,
            "step": integer("Number of the step in its session, from 0.", required=True),
            "path": text("Where the step stands in the scenario file."),
            "kind": text("`visit`, `search`, `watch`, `follow`, `capture`, …", required=True),
            "args": json_text("what the scenario asks for."),
            "seed": integer("Seed of the step."),
            "planned": text("When it was entered into the ledger.", required=True),
            "started": text("When it began; empty if it never did."),
            "finished": text("When its outcome was known."),
            "outcome": text("`done`, `missing`, `failed`, `skipped` or `contaminated`."),
            "detail": text("In words: why it is not `done`, or which item it took."),
        },
        ("session", "step"),
        (("outcome",),),
    ),
    "clocks": Table(
        "The page's own clock at the ends of a step that a puppet carried out: a run may speed"
        " it up. A data set, and a run of an earlier version, has none.",
        {
            "session": SESSION,
            "step": integer("Number of the step in its session, from 0.", required=True),
            "began": text("What the page's clock showed when the step began.", required=True),
            "ended": text("What it showed when the step's outcome was known.", required=True),
            "watch_began": text("What it showed when a watch began, its page being there."),
            "watch_wall": text("This machine's clock then."),
        },
        ("session", "step"),
    ),
    "leases": Table(
        "Who may write a session: one worker at a time, until its lease is over.",
        {
            "session": text("The session.", references="sessions(id)"),
            "token": integer("Fencing token: grows with every claim, never falls.", required=True),
            "owner": text("Who holds it: the machine's name and the process."),
            "pid": integer("Process of the owner, on its machine."),
            "process_started": real(
                "When that process started, s since 1970 by a clock that nobody moves."
            ),
            "claimed": text("When it was claimed."),
            "expires": text("When it is over unless it is renewed before.", required=True),
            "released": text("When it was given back or taken away; empty while it is held."),
        },
        ("session",),
    ),
    "receipts": Table(
        "Proof of what was watched; at most one a step.",
        {
            "session": SESSION,
            "step": integer("The step that watched.", required=True),
            "video_id": text("Video, 11 characters.", required=True),
            "status": text("`complete`, `short` or `failed`.", required=True),
            "planned_s": real("Media seconds the scenario asked for.", required=True),
            "watched_s": real("Media seconds that playback advanced.", required=True),
            "duration_s": real("Length of the video, s; empty for a live one."),
            "ad_s": real("Seconds of advertising before and within.", required=True),
            "stalled_s": real("Seconds in which playback stood still unasked.", required=True),
            "rate": real("Playback rate.", required=True),
            "visible_share": real("Share of samples with the document visible, 0–1."),
            "ended": integer("1 if the end was reached.", required=True),
            "error": text("Text of the player's error overlay."),
            "next_video_id": text("Video that autoplay went on to."),
            "samples": json_text("pairs of page seconds and media position, s."),
        },
        ("session", "step"),
        (("video_id",),),
    ),
}
