"""Background work as clients see it: snapshots, tasks, refreshing and notifications."""

from __future__ import annotations

from typing import Any

from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.described import WRONG, ok
from mockserver.api.tubearchivist.dispatch import OLD, Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, bad, choice, refuse
from mockserver.api.tubearchivist.jobs import NAMES, STARTABLE, Job
from mockserver.api.tubearchivist.profile import V03, V04, V05, minute
from mockserver.api.tubearchivist.saving import Snapshot
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Body, Operation
from mockserver.openapi.shapes import Values

_DAY_S = 86_400
_ES_VERSION = "8.12.2"
#: What a filter of notifications shows, by the beginnings of groups.
_GROUPS: dict[str | None, tuple[str, ...]] = {
    "": ("",),
    "download": ("download",),
    "settings": ("setting",),
    "channel": ("channel", "subscription"),
}
_OLD_TASKS = {"download_pending": "download_pending", "rescan_pending": "update_subscribed"}


def register(bp: ApiBlueprint) -> None:
    """Route snapshots, tasks, refreshing and notifications on ``bp``."""
    # fmt: off
    listed = Endpoint("Snapshot Api List", {"GET": snapshots, "POST": take}, {
        "GET": Operation("Snapshots of the archive", ok({
            "next_exec": "integer", "next_exec_str": "string", "expire_after": "string",
            "snapshots": ["@ArchiveSnapshot"]})),
        "POST": Operation("Take one", ok({"snapshot_name": "string"})),
    }, admin=True)
    one = Endpoint("Snapshot Api", {"GET": snapshot, "POST": restore, "DELETE": delete}, {
        "GET": Operation("A snapshot", ok("@ArchiveSnapshot")),
        "POST": Operation("Restore it", {**ok({"accepted": "boolean"}), **WRONG}),
        "DELETE": Operation("Remove it", {**ok({"acknowledged": "boolean"}), **WRONG}),
    }, admin=True)
    for path, profiles in (("/snapshot/", OLD), ("/appsettings/snapshot/", (V04, V05))):
        route(bp, path, listed, profiles)
        route(bp, f"{path}<slug:name>/", one, profiles)
    route(bp, "/task/", Endpoint("Task", {"GET": old_tasks, "POST": start_old}, {
        "GET": Operation("Whether something runs",
                         ok({"rescan": "boolean", "downloading": "boolean"})),
        "POST": Operation("Start something", ok({"success": "boolean", "task": "string"}),
                          body=Body({"run": Values("download_pending", "rescan_pending")},
                                    {"run": "rescan_pending"})),
    }, admin=True), OLD)
    example = {"name": "download_pending"}
    names = Endpoint("Task List", {"GET": results}, {
        "GET": Operation("Every task", ok("@ArchiveTasks"))}, admin=True)
    name = Endpoint("Task Name", {"GET": results_of, "POST": start}, {
        "GET": Operation("Tasks of a name", ok("@ArchiveTasks"), examples=example),
        "POST": Operation("Start a task", {**ok({"message": {
            "task_id": "string", "status": "string", "task_name": "string"}}), **WRONG},
            examples=example),
    }, admin=True)
    key = Endpoint("Task ID", {"GET": result, "POST": command}, {
        "GET": Operation("A task", ok("@ArchiveTask")),
        "POST": Operation("Stop a task", ok({"message": "string"}), body=Body(
            {"command": Values("stop", "kill")}, {"command": "stop"})),
    }, admin=True)
    for by_name, by_id, profiles in (
        ("/task-name/", "/task-id/", (V04,)), ("/task/by-name/", "/task/by-id/", (V04, V05)),
    ):
        route(bp, by_name, names, profiles)
        route(bp, f"{by_name}<slug:name>/", name, profiles)
        route(bp, f"{by_id}<slug:key>/", key, profiles)
    route(bp, "/notification/", Endpoint("Notification", {"GET": notifications}, {
        "GET": Operation("What runs now", {**ok([{
            "title": "string", "group": "string", "level": "string", "id": "string",
            "messages": ["string"], "progress": "number"}]), **WRONG})}), (V04, V05))
    # fmt: on


# -- snapshots ---------------------------------------------------------------------------------


def _shown(archive: Archive, found: Snapshot) -> dict[str, Any]:
    return {
        "id": found.name,
        "state": "IN_PROGRESS" if found.tables is None else "SUCCESS",
        "es_version": _ES_VERSION,
        "start_date": minute(archive.moment(found.began)),
        "end_date": minute(archive.moment(found.ended)),
        "end_stamp": int(found.ended),
        "duration_s": int(found.ended - found.began),
    }


def snapshots(call: Call) -> Any:
    """Answer all snapshots, newest first, and when the next would be taken: at midnight, in
    epoch seconds."""
    archive = call.archive
    following = (int(archive.now()) // _DAY_S + 1) * _DAY_S
    rows = [_shown(archive, found) for found in reversed(archive.saving.snapshots.values())]
    none: Any = False if call.profile is V03 else []
    return {
        "next_exec": following,
        "next_exec_str": minute(archive.moment(following)),
        "expire_after": "30d",
        "snapshots": rows or none,
    }


def take(call: Call) -> Any:
    """Begin a snapshot, and answer its name."""
    return {"snapshot_name": call.archive.saving.take()}


def failed(call: Call, status: int, message: str) -> Any:
    """Make a failure's body and status; v0.5 says ``error`` where the others say ``message``."""
    return {"error" if call.modern else "message": message}, status


def snapshot(call: Call, name: str) -> Any:
    """Answer one snapshot; 404 for an unknown one."""
    found = call.archive.saving.snapshots.get(name)
    if found is None:
        return failed(call, 404, "snapshot not found")
    return _shown(call.archive, found)


def restore(call: Call, name: str) -> Any:
    """Begin to restore a snapshot; 400 where it is unknown or not finished."""
    if not call.archive.saving.restore(name):
        return failed(call, 400, "failed to restore snapshot")
    return {"accepted": True}


def delete(call: Call, name: str) -> Any:
    """Delete a snapshot, finished or not; 400 for an unknown one."""
    if call.archive.saving.snapshots.pop(name, None) is None:
        return failed(call, 400, "failed to delete snapshot")
    return (None, 204) if call.modern else {"acknowledged": True}


# -- tasks -------------------------------------------------------------------------------------


def begin(archive: Archive, name: str, *, named: bool = True) -> Job:
    """Start a task that needs no arguments."""
    effects = {
        "download_pending": archive.download_pending,
        "update_subscribed": archive.rescan,
        "run_backup": archive.saving.back_up,
    }
    effect = effects.get(name)
    if effect is None:
        return archive.jobs.start(name, named=named)
    waiting = sum(document["status"] == "pending" for document in archive.downloads.all())
    times = max(waiting, 1) if name == "download_pending" else 1
    return archive.jobs.start(name, effect, times=times, named=named)


def old_tasks(call: Call) -> Any:
    """Answer whether subscriptions are read or downloads done at this moment (v0.3 and v0.4)."""
    jobs = call.archive.jobs
    return {
        "rescan": bool(jobs.running("update_subscribed")),
        "downloading": bool(jobs.running("download_pending")),
    }


def start_old(call: Call) -> Any:
    """Start one of the two tasks of v0.3 and v0.4.

    :raises Refused: 400, another name in ``run``
    """
    name = call.fields().get("run")
    if not isinstance(name, str) or name not in _OLD_TASKS:
        bad(f"run is one of {', '.join(_OLD_TASKS)}")
    begin(call.archive, _OLD_TASKS[name], named=False)
    return {"success": True, "task": name}


def results(call: Call) -> Any:
    """Answer the results of all tasks. Before v0.5 only those that were started by name are
    listed, and none is ``false``."""
    return _results(call, None)


def results_of(call: Call, name: str) -> Any:
    """Answer the results of one task; 404 for a name that is not a task's."""
    if name not in NAMES:
        return failed(call, 404, "invalid task name")
    return _results(call, name)


def _results(call: Call, name: str | None) -> Any:
    jobs = call.archive.jobs
    found = [job.as_result() for job in (jobs.all(name) if call.modern else jobs.listed(name))]
    return found or ([] if call.modern else False)


def start(call: Call, name: str) -> Any:
    """Start a task by its name; 404 for an unknown one, 400 for one that cannot be started so."""
    if name not in NAMES:
        return failed(call, 404, "invalid task name")
    if name not in STARTABLE:
        return failed(call, 400, "can not start task through this endpoint")
    job = begin(call.archive, name)
    if call.modern:
        return {"task_id": job.id, "status": "PENDING"}
    return {"message": {"task_id": job.id, "status": "PENDING", "task_name": name}}


def result(call: Call, key: str) -> Any:
    """Answer state and result of the task with an id; 404 for an unknown one."""
    job = call.archive.jobs.get(key)
    if job is None:
        return failed(call, 404, "task id not found")
    return job.as_result()


def command(call: Call, key: str) -> Any:
    """Stop or kill the task with an id; 400 for another command, 404 for a task that is not
    running."""
    asked = call.fields().get("command")
    if asked not in ("stop", "kill"):
        return failed(call, 400, "no valid command found")
    if not call.archive.jobs.stop(key):
        return failed(call, 404, "task id not found")
    if call.modern:
        return None, 204
    return {"message": "command sent"}


def notifications(call: Call) -> Any:
    """What runs now, with its progress (0–1)."""
    wanted = call.args.get("filter")
    if wanted not in _GROUPS:
        if call.modern and wanted is not None:
            refuse(400, {"filter": choice(wanted)})
        wanted = ""  # The older server shows everything then.
    prefixes = _GROUPS[wanted]
    jobs = call.archive.jobs
    start_key, stop_key = ("api_start", "api_stop") if call.modern else ("api-start", "api-stop")
    found = []
    for job in jobs.running():
        title, group = NAMES[job.name]
        if group.startswith(prefixes):
            share = jobs.share(job)
            found.append(
                {
                    "title": title,
                    "group": group,
                    start_key: job.name in STARTABLE,
                    stop_key: job.name in STARTABLE,
                    "level": "info",
                    "id": job.id,
                    "command": False,
                    "messages": [f"{title}: {share:.0%}"],
                    "progress": round(share, 4),
                }
            )
    return found
