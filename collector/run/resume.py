"""Taking up a run that was interrupted or killed: ``collector run --resume``.

Protects two rules. Before anything is done, nothing of the earlier attempt does anything any more:
its processes have ended and its leases are void. What is taken up is the very same plan: its hash
is checked, and another version of anything that matters is said and kept in the manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.contract.layout import RunDir, open_run
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.ledger.recovery import recover_session
from collector.run import manifest as written
from collector.run.context import RunContext
from collector.run.prepare import options_in, plan_in, prepare
from collector.run.remains import check_ledger, check_whole
from collector.run.result import RunResult
from collector.run.runlock import RunLock
from collector.run.start import with_own_mock
from collector.scenario.loader import Loaded
from collector.scenario.plan import Plan, make_plan
from collector.schedule.display import Display
from collector.session.worker import CUT_GRACE_S, ORPHAN_GRACE_S
from collector.store import SessionState, Store
from collector.store.leases import revoke

_CUT = "the run was cut off"


class ResumeRefused(UserError):
    """The directory's run cannot be taken up."""


def resume(
    root: Path,
    *,
    display: Display,
    confirm: Callable[[str], bool],
    loaded: Loaded | None = None,
    workers: int | None = None,
    mock: MockSite | None = None,
    scheduler: str | None = None,
    ledger: str | None = None,
    truth_token: str = "",
) -> RunResult:
    """Carry on the run in ``root``; one that has ended already is only submitted.

    :param loaded: the scenario it must be a run of, if one was named.
    :param workers: how many sessions at once, in place of what the run was begun with.
    :param scheduler: of a cluster, in place of the one that the run was begun with; ``ledger``:
        where its workers reach this machine now.
    :param mock: the mock that it was begun on, where that was not its own.
    :param truth_token: of the mock at the site that was named.
    :raises UserError: it cannot be taken up; see also ``run_scenario``.
    """
    out = open_run(root)
    check_whole(out)
    with RunLock(out.root) as lock:
        manifest = out.read_manifest() or {}
        options = options_in(manifest, out, ResumeRefused)
        options = replace(
            options,
            scheduler=scheduler or options.scheduler,
            ledger=ledger or options.ledger,
        )
        plan = _plan(manifest, out, loaded, options)
        check_ledger(out, plan, manifest["run"])
        ready = prepare(
            options,
            plan,
            confirm=confirm,
            truth_token=truth_token,
            started=datetime.fromisoformat(manifest["started"]),
            workers=workers,
        )
        _end_left(lock, display)
        pace, order, versions = ready.pace, ready.order, ready.versions
        ended: set[str] = set()
        if out.store.exists():
            with Store(out.store) as store:
                store.check()
                ended = _take_up(store, plan, out, display, virtual=pace.virtual)
                for name, was, now in written.differences(manifest.get("versions", {}), versions):
                    note = f"{name} was {was} when the run began and is {now} now"
                    display.say(f"warning: {note}")
                    if store.runs():
                        store.log(manifest["run"], "version", note, level="warning")
        for block in order.blocks:
            block.lost |= ended & set(block.members)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        setting = RunContext(
            run=manifest["run"],
            plan=plan,
            options=options,
            place=ready.place,
            pace=pace,
            order=order,
            out=out,
            versions=manifest["versions"],
            started=ready.started,
            labels_path=labels_of_run(manifest, out),
            warnings=tuple(manifest.get("warnings", ())),
            lock=lock,
            before=manifest,
            resumed=(*manifest.get("resumed", ()), {"at": at, "versions": versions}),
        )
        setting = replace(setting, order=replace(order, notes=()))
        return with_own_mock(
            setting,
            ready.target,
            mock,
            display,
            False,
            port=manifest.get("mock_port") or 0,
        )


def _plan(
    manifest: Mapping[str, Any], out: RunDir, loaded: Loaded | None, options: RunOptions
) -> Plan:
    """The run's plan, if it is still the one that was begun."""
    plan = plan_in(manifest, out, ResumeRefused)
    if loaded is not None and make_plan(loaded, options.seed).hash != plan.hash:
        raise ResumeRefused(
            "the scenario is not the one that this run was begun with",
            place=str(out.root),
            fix="leave the scenario out, or choose another --out for it",
        )
    return plan


def labels_of_run(manifest: Mapping[str, Any], out: RunDir) -> Path | None:
    """The file of labels that a run was begun with: its copy, or where it lay."""
    if not manifest.get("labels_sha256"):
        return None
    return out.labels if out.labels.exists() else Path(manifest["labels"])


def _end_left(lock: RunLock, display: Display) -> None:
    """Let what an earlier attempt left come to rest, and end what does not."""
    if not lock.left:
        return
    display.say(f"waiting for {len(lock.left)} processes of the earlier attempt to end")
    for one in lock.end_left(ORPHAN_GRACE_S + CUT_GRACE_S + 5):
        display.say(f"ended process {one.pid} ({one.role}), which did not end by itself")


def _take_up(store: Store, plan: Plan, out: RunDir, display: Display, *, virtual: bool) -> set[str]:
    """Judge every session; answers those that have ended for good.

    The others stand in the ledger as planned, from their first step that never began.
    """
    rows = {row["id"]: SessionState(row["state"]) for row in store.sessions()}
    over: set[str] = set()
    for session in plan.sessions if rows else ():  # none: nothing was entered yet
        with store.transaction():
            revoke(store, session.id)
            if rows[session.id] in (SessionState.DONE, SessionState.CONTAMINATED):
                over.add(session.id)
                continue
            contaminated = recover_session(
                store, plan, session, out.profiles, why=_CUT, virtual=virtual
            )
            if not contaminated:
                continue
            over.add(session.id)
        display.say(f"{session.puppet} is contaminated and excluded: {contaminated}")
    return over
