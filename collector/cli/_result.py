"""The result of a run and of a submission: as plain data, and as lines for people."""

from __future__ import annotations

from typing import Any

from collector.common.typed import typed
from collector.contract.options import RunOptions
from collector.run.result import RunResult
from collector.submit import FlushResult


def summary(result: RunResult) -> dict[str, Any]:
    """A run's result as plain data."""
    return {
        "run": result.run,
        "out": str(result.out.root),
        "plan_hash": result.plan.hash,
        "sessions": {session: state.value for session, state in sorted(result.states.items())},
        "captures": result.captures,
        "missing": result.missing,
        "interrupted": result.interrupted,
        "next_due": result.next_due and result.next_due.isoformat(timespec="milliseconds"),
        "submitted": None if result.submitted is None else flush_json(result.submitted),
        "read_back": result.read_back,
        "exit_code": result.exit_code,
    }


def in_words(result: RunResult, options: RunOptions) -> str:
    """A run's result for people, and what to do next."""
    out, where = result.out.root, typed(result.out.root)
    done = sum(state.value == "done" for state in result.states.values())
    lines = [
        f"run:       {result.run}, plan {result.plan.hash[:12]}",
        f"sessions:  {done} of {len(result.plan.sessions)} complete",
        f"captures:  {result.captures} in {out}",
        f"missing:   {result.missing} of {sum(len(s.steps) for s in result.plan.sessions)} steps",
    ]
    if result.submitted is not None:
        lines += flush_lines(result.submitted, result.target)
    if result.read_back is not None:
        lines.append(f"read back: {result.read_back} observations from the API")
    if result.interrupted:
        url = result.target if options.submit_to not in ("mock", "none") else "URL"
        lines.append(
            f"interrupted; to send what was captured: collector submit {where} --submit-to {url}"
        )
        lines.append(f"to go on:  collector run --resume {where}")
    elif result.next_due is not None:
        due = f"{result.next_due.astimezone():%Y-%m-%d %H:%M}"
        lines.append(f"next wave due {due}; continue with: collector run --resume {where}")
    elif result.unsent:
        lines.append(f"to send the rest: collector submit {where} --submit-to URL")
    if options.purpose == "run":
        lines.append(f"next:      collector report {where}")
    return "\n".join(lines)


def flush_json(result: FlushResult) -> dict[str, Any]:
    """What a submission came to, as data for ``--json``."""
    return {
        "sent": result.sent,
        "duplicates": result.duplicates,
        "left": result.left,
        "refused": result.failed,
        "stopped": result.stopped,
        "problems": [
            {"capture": p.capture, "state": p.state.value, "reason": p.reason}
            for p in result.problems
        ],
    }


def flush_lines(result: FlushResult, target: str) -> list[str]:
    """What a submission to ``target`` came to, for people: five of its problems at most."""
    known = f", {result.duplicates} known already" if result.duplicates else ""
    lines = [f"submitted: {result.sent}{known}, {result.left} left, {result.failed} refused"]
    lines[0] += f" ({target})"
    if result.stopped:
        lines.append(f"stopped:   {result.stopped}")
    lines += [f"  {p.capture} {p.state.value}: {p.reason}" for p in result.problems[:5]]
    if len(result.problems) > 5:
        lines.append(f"  … and {len(result.problems) - 5} more")
    return lines
