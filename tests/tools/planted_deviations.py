"""Deviations from a registration, each as something that is done to a copy of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from registered_runs import Spoil, manifest, other_plan, sql

from collector.registration.deviations import Kind, Severity


def _analysis(**changes: Any) -> Spoil:
    return other_plan(lambda scenario: scenario["analysis"].update(changes))


def _labels_file(run: Path) -> None:
    (run / "labels.csv").write_text("video_id,label\nAAAAAAAAAAA,music\n", "utf-8")


def _lose_evidence(run: Path) -> None:
    next((run / "evidence").glob("*/*.zst")).unlink()


def _resumed(found: dict[str, Any]) -> None:
    versions = found["versions"] | {"browser": "http/9.9"}
    found["resumed"] = [{"at": "2026-01-01T00:00:00.000+00:00", "versions": versions}]


def _plan_edited(run: Path) -> None:
    path = run / "plan.json"
    path.write_bytes(path.read_bytes().replace(b"flat earth", b"round earth"))


def in_parts(apart: float) -> list[dict[str, Any]]:
    """The starts of two blocks; the second was divided, its parts so many seconds apart."""
    return [
        {"block": 1, "part": 0, "started": {"a": 100.0}},
        {"block": 2, "part": 0, "started": {"b": 130.0, "c": 130.01}},
        {"block": 2, "part": 1, "started": {"d": 130.0 + apart}},
    ]


OF_3 = "session IN (SELECT id FROM sessions WHERE puppet = 'neutral-3')"
#: What is done to a copy of the run → what it must be called, and how grave it is at least.
PLANTED: dict[str, tuple[Spoil, Kind, Severity]] = {
    "outcome": (_analysis(outcomes=["diversity"]), Kind.OUTCOME, Severity.CRITICAL),
    "surface": (_analysis(surfaces=["related"]), Kind.SURFACE, Severity.CRITICAL),
    "exposure labels": (_analysis(exposure=["music"]), Kind.LABELS, Severity.CRITICAL),
    "curve": (_analysis(attention="uniform"), Kind.CURVE, Severity.CRITICAL),
    "alpha": (_analysis(alpha=0.1), Kind.ANALYSIS, Severity.CRITICAL),
    "analysis in the store alone": (
        sql("UPDATE runs SET analysis = json_set(analysis, '$.control', 'conspiracy')"),
        Kind.ANALYSIS, Severity.CRITICAL,
    ),
    "treatment": (
        other_plan(lambda s: s["arms"]["conspiracy"].update(steps=[{"search": {"query": "x"}}])),
        Kind.TREATMENT, Severity.CRITICAL,
    ),
    "fewer twins planned": (
        other_plan(lambda s: s["arms"]["neutral"].update(twins=2)), Kind.TWIN, Severity.MAJOR,
    ),
    "stopping rule": (
        other_plan(lambda s: s["registration"].update(stopping="when it is significant")),
        Kind.REGISTRATION, Severity.MAJOR,
    ),
    "plan edited": (_plan_edited, Kind.PLAN, Severity.CRITICAL),
    "labels file": (_labels_file, Kind.LABELS, Severity.CRITICAL),
    "labels of another source": (
        sql("UPDATE labels SET source = 'afterwards.csv' WHERE rowid = 1"),
        Kind.LABELS, Severity.CRITICAL,
    ),
    "twin missing": (
        sql(f"DELETE FROM steps WHERE {OF_3}", "DELETE FROM sessions WHERE puppet = 'neutral-3'",
            "DELETE FROM puppets WHERE id = 'neutral-3'"),
        Kind.TWIN, Severity.MAJOR,
    ),
    "block missing": (
        sql("UPDATE sessions SET started = NULL, state = 'skipped' WHERE block = 2"),
        Kind.BLOCK, Severity.CRITICAL,
    ),
    "puppet in another arm": (
        sql("UPDATE puppets SET arm = 'neutral' WHERE id = 'conspiracy-1'"),
        Kind.ARM, Severity.CRITICAL,
    ),
    "puppet in another block": (
        sql("UPDATE puppets SET block = 2 WHERE id = 'conspiracy-1'"), Kind.BLOCK, Severity.MAJOR,
    ),
    "order in a block": (
        sql("UPDATE sessions SET position = 9 - position WHERE block = 1"),
        Kind.ORDER, Severity.MAJOR,
    ),
    "order of blocks": (
        sql("UPDATE sessions SET started = '2020-01-01T00:00:00.000Z' WHERE block = 2"),
        Kind.ORDER, Severity.MAJOR,
    ),
    "spacing": (
        sql("UPDATE queries SET gap_s = 0.4 WHERE gap_s IS NOT NULL"), Kind.SPACING, Severity.MAJOR,
    ),
    "start": (
        sql("UPDATE turns SET due = '2026-01-01T00:00:00.000Z', late_s = 4000"
            " WHERE session LIKE 'b02%'"),
        Kind.START, Severity.MINOR,
    ),
    "skew": (
        sql("UPDATE sessions SET skew_ms = 60000 WHERE puppet = 'neutral-1'"),
        Kind.SKEW, Severity.MINOR,
    ),
    "block in parts": (
        manifest(lambda m: m.update(blocks=in_parts(9.5))), Kind.SKEW, Severity.MINOR,
    ),
    "browser on the way": (
        sql("UPDATE captures SET versions = json_set(versions, '$.browser', 'chromium/1')"
            " WHERE puppet = 'neutral-2'"),
        Kind.BROWSER, Severity.MAJOR,
    ),
    "browser after a resumption": (manifest(_resumed), Kind.BROWSER, Severity.MAJOR),
    "another kind of browser": (
        manifest(lambda m: m["options"].update(driver="chromium")),
        Kind.BROWSER, Severity.CRITICAL,
    ),
    "parser": (
        sql("UPDATE observations SET parser = 'youtube/2030.1'"), Kind.PARSER, Severity.MAJOR,
    ),
    "software": (
        manifest(lambda m: m["versions"].update(collector="9.9.9")),
        Kind.SOFTWARE, Severity.MINOR,
    ),
    "persona": (
        sql("UPDATE puppets SET persona = json_set(persona, '$.locale', 'fr-FR')"
            " WHERE id = 'neutral-1'"),
        Kind.PERSONA, Severity.CRITICAL,
    ),
    "persona as the site saw it": (
        sql("UPDATE persona_checks SET agrees = 0, seen = '[\"de-DE\"]' WHERE name = 'languages'"
            " AND session LIKE '%neutral-1'"),
        Kind.PERSONA, Severity.CRITICAL,
    ),
    "nobody was asked from where": (
        manifest(
            lambda m: m["options"].update(proxy={"server": "http://127.0.0.1:9", "check": "none"})
        ),
        Kind.PERSONA, Severity.MINOR,
    ),
    "seed": (sql("UPDATE runs SET seed = 8"), Kind.SEED, Severity.MAJOR),
    "seed of a puppet": (
        sql("UPDATE puppets SET seed = 1 WHERE id = 'neutral-1'"), Kind.SEED, Severity.MAJOR,
    ),
    "site": (manifest(lambda m: m.update(site="http://x.localhost")), Kind.SITE, Severity.CRITICAL),
    "mock": (
        manifest(lambda m: m["environment"]["world"].update(recommender={"history": 0.0})),
        Kind.MOCK, Severity.CRITICAL,
    ),
    "short watch": (
        sql("UPDATE receipts SET watched_s = 1.0 WHERE session LIKE '%conspiracy-2'"),
        Kind.WATCH, Severity.MAJOR,
    ),
    "failed watch": (
        sql("UPDATE receipts SET status = 'failed' WHERE session LIKE '%conspiracy-2'"),
        Kind.WATCH, Severity.MAJOR,
    ),
    "no receipt": (
        sql("DELETE FROM receipts WHERE session LIKE '%conspiracy-2'"), Kind.WATCH, Severity.MAJOR,
    ),
    "early stop": (sql("UPDATE runs SET state = 'interrupted'"), Kind.EARLY_STOP, Severity.MAJOR),
    "steps never finished": (
        sql(f"UPDATE steps SET finished = NULL, outcome = NULL WHERE step > 4 AND {OF_3}"),
        Kind.EARLY_STOP, Severity.MAJOR,
    ),
    "a step left out": (
        sql(f"DELETE FROM steps WHERE step = 3 AND {OF_3}"), Kind.STEP, Severity.MAJOR,
    ),
    "a step done otherwise": (
        sql("UPDATE steps SET args = json_set(args, '$.query', 'x') WHERE kind = 'search'"
            f" AND {OF_3}"),
        Kind.TREATMENT, Severity.CRITICAL,
    ),
    "a step that failed": (
        sql(f"UPDATE steps SET outcome = 'failed' WHERE step = 3 AND {OF_3}"),
        Kind.STEP, Severity.MAJOR,
    ),
    "contamination": (
        sql("UPDATE sessions SET state = 'contaminated' WHERE puppet = 'neutral-2'"),
        Kind.CONTAMINATION, Severity.MAJOR,
    ),
    "a page that is none": (
        sql("UPDATE captures SET status = 'captcha' WHERE puppet = 'neutral-2'"),
        Kind.PAGE, Severity.MAJOR,
    ),
    "evidence lost": (_lose_evidence, Kind.EVIDENCE, Severity.CRITICAL),
}  # fmt: skip
