"""What the puppets did, against the plan: who, when, in which order, which steps, what came back.

One function a rule; :mod:`collector.registration.review` puts them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from collector.drivers.ways import not_read_back
from collector.egress import NOBODY, Egress
from collector.evidence import EvidenceStore
from collector.registration.deviations import Deviation, Kind, Severity, short
from collector.registration.facts import Facts
from collector.registration.prereg import SKEW_MS
from collector.scenario.plan import PlannedSession
from collector.scenario.steps import StepKind
from collector.store import Outcome, SessionState
from collector.store.rows import Row

#: Media seconds by which a watch may fall short of what was asked.
SHORT_S = 0.5

#: Seconds after its moment from which a session deviates from its start.
LATE_S = 300.0


def _listed(names: list[str], most: int = 6) -> str:
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")


def _firsts(facts: Facts) -> dict[str, PlannedSession]:
    """Puppet → its first session as planned."""
    found: dict[str, PlannedSession] = {}
    for session in facts.plan.sessions:
        found.setdefault(session.puppet, session)
    return found


def assignment(facts: Facts) -> Iterator[Deviation]:
    """Every puppet is there, in its arm and block, with its seed and persona; nobody else is."""
    planned, there = _firsts(facts), {row["id"]: row for row in facts.puppets}
    for name, session in planned.items():
        row = there.get(name)
        if row is None:
            yield Deviation(
                Kind.TWIN, Severity.MAJOR, name, f"a twin of {session.arm}", "no such puppet"
            )
            continue
        for what, kind, severity in (
            ("arm", Kind.ARM, Severity.CRITICAL),
            ("twin", Kind.TWIN, Severity.MAJOR),
            ("block", Kind.BLOCK, Severity.MAJOR),
            ("seed", Kind.SEED, Severity.MAJOR),
        ):
            was, now = getattr(session, what), row[what]
            if was != now:
                yield Deviation(kind, severity, f"{name}: {what}", str(was), str(now))
        persona = session.persona.to_dict()
        differ = sorted(key for key in persona if persona[key] != row["persona"].get(key))
        for key in differ:
            yield Deviation(
                Kind.PERSONA,
                Severity.CRITICAL,
                f"{name}: persona.{key}",
                short(persona[key]),
                short(row["persona"].get(key)),
            )
    for name in sorted(set(there) - set(planned)):
        yield Deviation(Kind.TWIN, Severity.MAJOR, name, "no such puppet", "a puppet of the run")


def seen_persona(facts: Facts) -> Iterator[Deviation]:
    """What a page saw of a puppet is what its persona says."""
    for row in facts.checks:
        yield Deviation(
            Kind.PERSONA,
            Severity.CRITICAL,
            f"{row['puppet']}: {row['name']} as the {row['seen_by']} saw it",
            short(row["claimed"]),
            short(row["seen"]),
        )


def unasked(facts: Facts) -> Iterator[Deviation]:
    """From where the site saw a puppet was read back, unless nobody was to be asked."""
    ways = {one.persona.proxy for one in facts.plan.sessions}
    run = (facts.manifest.get("options") or {}).get("proxy")
    ways |= {Egress.of(run)} if run else set()
    said = facts.manifest.get("warnings") or ()
    for way in {str(one): one for one in sorted(filter(None, ways), key=repr)}.values():
        if way.check == NOBODY or not_read_back(way) in said:
            none = way.check == NOBODY
            yield Deviation(
                Kind.PERSONA,
                Severity.MINOR,
                f"proxy {way}",
                "address and country are read back",
                f"{'check: none' if none else 'no check, as in the run that is repeated'}, so"
                " nobody was asked",
            )


def sessions(facts: Facts) -> Iterator[Deviation]:
    """Every planned session was begun and ended well; where a whole block was not, it is named."""
    there = {row["id"]: row for row in facts.sessions}
    blocks: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    begun: set[tuple[int, int, int]] = set()
    for session in facts.plan.sessions:
        row = there.get(session.id)
        blocks[session.start].append(session.id)
        if row is not None and row["started"]:
            begun.add(session.start)
    for start, members in sorted(blocks.items()):
        if start not in begun:
            yield Deviation(
                Kind.BLOCK,
                Severity.CRITICAL,
                f"block {start[2]}"
                + (f" of wave {start[0]}, slot {start[1]}" if start[:2] != (1, 1) else ""),
                f"{len(members)} sessions",
                "none was begun",
            )
    for session in facts.plan.sessions:
        row = there.get(session.id)
        if row is None:
            yield Deviation(
                Kind.SESSION, Severity.MAJOR, session.id, "a session", "no such session"
            )
        elif row["state"] == SessionState.CONTAMINATED:
            yield Deviation(
                Kind.CONTAMINATION,
                Severity.MAJOR,
                session.id,
                "done",
                short(row["detail"] or row["state"]),
            )
        elif row["state"] != SessionState.DONE:
            kind = (
                Kind.EARLY_STOP
                if row["state"] in (SessionState.PLANNED, SessionState.INTERRUPTED)
                else Kind.SESSION
            )
            found = row["state"] + (f": {row['detail']}" if row["detail"] else "")
            yield Deviation(kind, Severity.MAJOR, session.id, "done", short(found))
    planned = {session.id for session in facts.plan.sessions}
    for name in sorted(set(there) - planned):
        yield Deviation(
            Kind.SESSION, Severity.MAJOR, name, "no such session", "a session of the run"
        )


def order(facts: Facts) -> Iterator[Deviation]:
    """Blocks began one after the other as planned, each with its members in their places, and a
    puppet's later session after its earlier one had ended."""
    there = {row["id"]: row for row in facts.sessions}
    last: tuple[str, tuple[int, int, int]] | None = None
    for block in facts.plan.blocks:
        rows = [there[s.id] for s in block if s.id in there]
        placed = [row["id"] for row in sorted(rows, key=lambda row: (row["position"], row["id"]))]
        wanted = [s.id for s in block if s.id in there]
        if placed != wanted:
            yield Deviation(
                Kind.ORDER,
                Severity.MAJOR,
                f"block {block[0].block}",
                _listed(wanted),
                _listed(placed),
            )
        starts = [row["started"] for row in rows if row["started"]]
        if not starts:
            continue
        if last is not None and min(starts) < last[0]:
            yield Deviation(
                Kind.ORDER,
                Severity.MAJOR,
                f"block {block[0].block}",
                f"after block {last[1][2]}, which began at {last[0]}",
                f"began at {min(starts)}",
            )
        last = min(starts), block[0].start
    for session, before in facts.plan.before.items():
        one, other = there.get(session), there.get(before)
        if one and other and one["started"] and (other["finished"] or "") > one["started"]:
            yield Deviation(
                Kind.ORDER, Severity.MAJOR, session, f"after {before} had ended", "before that"
            )


def _parts(facts: Facts) -> dict[int, tuple[int, float]]:
    """Block → how many parts it was divided into, and the seconds from the first to the last.

    The skew in the ledger is that within a part; a block of several sessions counts as its worst.
    """
    found: dict[int, tuple[int, float]] = {}
    first: dict[int, float] = {}
    for start in facts.manifest.get("blocks") or ():
        began = min((start.get("started") or {}).values(), default=None)
        if began is None:
            continue
        block, part = start["block"], start.get("part", 0)
        if part == 0:
            first[block] = began
        elif block in first:
            parts, apart = found.get(block, (1, 0.0))
            found[block] = max(parts, part + 1), max(apart, began - first[block])
    return found


def starts(facts: Facts) -> Iterator[Deviation]:
    """The puppets of a block started together, and none late for its moment."""
    limit = facts.prereg.fields["limits"]["skew_ms"] if facts.prereg else SKEW_MS
    for row in facts.sessions:
        if row["skew_ms"] is not None and row["skew_ms"] > limit:
            yield Deviation(
                Kind.SKEW,
                Severity.MINOR,
                row["id"],
                f"within {limit:g} ms of the first of its block",
                f"{row['skew_ms']:g} ms after it",
            )
    for block, (parts, apart) in sorted(_parts(facts).items()):
        if apart > limit / 1000:
            yield Deviation(
                Kind.SKEW,
                Severity.MINOR,
                f"block {block}",
                "its puppets start at one barrier",
                f"in {parts} parts, as far as {apart:.1f} s apart",
            )
    for row in facts.sessions:
        if row["due"] and row["late_s"] is not None and abs(row["late_s"]) > LATE_S:
            yield Deviation(
                Kind.START,
                Severity.MINOR,
                row["id"],
                f"within {LATE_S:g} s of {row['due']}",
                f"{row['late_s']:g} s after it",
            )


def steps(facts: Facts) -> Iterator[Deviation]:
    """Every planned step stands in the ledger as planned, and was done."""
    there: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in facts.steps:
        there[row["session"]][row["step"]] = row
    lost: dict[tuple[str, str], list[int]] = defaultdict(list)
    open_: dict[str, list[int]] = defaultdict(list)
    for session in facts.plan.sessions:
        rows = there.get(session.id)
        if rows is None:
            continue  # told with the sessions
        for step in session.steps:
            where = f"{session.id}, step {step.index + 1}"
            if step.index not in rows:
                yield Deviation(Kind.STEP, Severity.MAJOR, where, step.kind.value, "no such step")
                continue
            row = rows.pop(step.index)
            was = (step.kind.value, step.path, dict(step.args), step.seed)
            now = (row["kind"], row["path"], row["args"], row["seed"])
            if was[:3] != now[:3]:
                yield Deviation(
                    Kind.TREATMENT, Severity.CRITICAL, where, short(was[:3]), short(now[:3])
                )
            elif was != now:
                yield Deviation(Kind.SEED, Severity.MINOR, where, str(was[3]), str(now[3]))
            if row["outcome"] is None:
                open_[session.id].append(step.index + 1)
            elif row["outcome"] != Outcome.DONE:
                lost[session.id, row["outcome"]].append(step.index + 1)
        for number in sorted(rows):
            yield Deviation(
                Kind.STEP,
                Severity.MAJOR,
                f"{session.id}, step {number + 1}",
                "no such step",
                rows[number]["kind"],
            )
    for name, numbers in open_.items():
        found = f"steps {_listed(list(map(str, numbers)))} were never finished"
        yield Deviation(Kind.EARLY_STOP, Severity.MAJOR, name, "all steps done", found)
    for (name, outcome), numbers in lost.items():
        kind = Kind.CONTAMINATION if outcome == Outcome.CONTAMINATED else Kind.STEP
        found = f"steps {_listed(list(map(str, numbers)))}: {outcome}"
        yield Deviation(kind, Severity.MAJOR, name, "all steps done", found)


def spacing(facts: Facts) -> Iterator[Deviation]:
    """A puppet's searches are as far apart as was asked."""
    if facts.plan.spacing is None:
        return
    least = facts.plan.spacing.total_seconds()
    for row in facts.gaps:
        if row["gap_s"] < least - 0.001:
            where = f"{row['session']}, step {row['step'] + 1}"
            yield Deviation(
                Kind.SPACING,
                Severity.MAJOR,
                where,
                f"at least {least:g} s after the search before",
                f"{row['gap_s']:g} s",
            )


def watches(facts: Facts) -> Iterator[Deviation]:
    """Every watch that counts as done has a receipt for as long as was asked."""
    receipts = {(row["session"], row["step"]): row for row in facts.receipts}
    asked = {
        (session.id, step.index): step.args["for_s"]
        for session in facts.plan.sessions
        for step in session.steps
        if step.kind is StepKind.WATCH
    }
    for row in facts.steps:
        key = (row["session"], row["step"])
        if key not in asked:
            continue
        where = f"{row['session']}, step {row['step'] + 1}"
        receipt = receipts.get(key)
        if receipt is None:
            if row["outcome"] == Outcome.DONE:
                yield Deviation(Kind.WATCH, Severity.MAJOR, where, "a receipt", "none")
            continue
        wanted = receipt["planned_s"] if asked[key] is None else asked[key]
        if receipt["ended"] and receipt["duration_s"] is not None:
            wanted = min(wanted, receipt["duration_s"])
        fell_short = receipt["watched_s"] < wanted - max(SHORT_S, 0.02 * wanted)
        if receipt["status"] != "complete" or fell_short:
            found = f"{receipt['watched_s']:g} s ({receipt['status']})"
            yield Deviation(Kind.WATCH, Severity.MAJOR, where, f"{wanted:g} s watched", found)


def pages(facts: Facts) -> Iterator[Deviation]:
    """Captured pages are what they should be, and their evidence is there."""
    bad: dict[tuple[str, str], int] = defaultdict(int)
    evidence = EvidenceStore(facts.there.evidence)
    for row in facts.captures:
        if row["status"] != "ok":
            bad[row["puppet"], row["status"]] += 1
        if row["content_hash"] not in evidence:
            yield Deviation(
                Kind.EVIDENCE, Severity.CRITICAL, row["id"], "its page in evidence/", "no such file"
            )
    for (puppet, status), count in sorted(bad.items()):
        yield Deviation(
            Kind.PAGE,
            Severity.MAJOR,
            puppet,
            "pages with status ok",
            f"{count} with status {status}",
        )


EXECUTED: tuple[Callable[[Facts], Iterator[Deviation]], ...] = (
    assignment,
    seen_persona,
    unasked,
    sessions,
    order,
    starts,
    steps,
    spacing,
    watches,
    pages,
)
