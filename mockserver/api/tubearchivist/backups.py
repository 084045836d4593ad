"""Backup files: the older way to save the archive, beside snapshots."""

from __future__ import annotations

from typing import Any

from mockserver.api.tubearchivist.described import ok
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, refuse
from mockserver.api.tubearchivist.profile import V04, V05
from mockserver.api.tubearchivist.saving import Backup
from mockserver.api.tubearchivist.tasks import begin
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Operation


def register(bp: ApiBlueprint) -> None:
    """Route backup files on ``bp``; v0.5 has them below ``/appsettings``."""
    # fmt: off
    begun = ok({"message": "string", "task_id": "string|null"})
    listed = Endpoint("Backup Api List", {"GET": backups, "POST": start}, {
        "GET": Operation("Backup files, newest first", ok(["@ArchiveBackup"])),
        "POST": Operation("Make one", begun),
    }, admin=True)
    one = Endpoint("Backup Api", {"GET": backup, "POST": restore, "DELETE": delete}, {
        "GET": Operation("A backup file", ok("@ArchiveBackup")),
        "POST": Operation("Restore it", begun),
        "DELETE": Operation("Delete it", ok({"message": "string"})),
    }, admin=True)
    for path, profiles in (("/backup/", (V04,)), ("/appsettings/backup/", (V05,))):
        route(bp, path, listed, profiles)
        route(bp, f"{path}<file:filename>/", one, profiles)
    # fmt: on


def _shown(call: Call, found: Backup) -> dict[str, Any]:
    return {
        "filename": found.filename,
        "file_path": f"/cache/backup/{found.filename}",
        "file_size": found.size,
        "timestamp": call.archive.moment(found.made).date().isoformat().replace("-", ""),
        "reason": found.filename.removesuffix(".zip").rpartition("-")[2],
    }


def _found(call: Call, filename: str) -> Backup:
    found = call.archive.saving.backups.get(filename)
    if found is None:
        refuse(404, {"error" if call.modern else "message": "file not found"})
    return found


def backups(call: Call) -> Any:
    """Newest first."""
    return [_shown(call, found) for found in reversed(call.archive.saving.backups.values())]


def start(call: Call) -> Any:
    """Begin a backup, as a job."""
    job = begin(call.archive, "run_backup")
    return {"message": "backup task started", "task_id": job.id}


def backup(call: Call, filename: str) -> Any:
    """Answer one backup file.

    :raises Refused: 404, no such file
    """
    return _shown(call, _found(call, filename))


def restore(call: Call, filename: str) -> Any:
    """Begin to restore a backup, as a job.

    :raises Refused: 404, no such file
    """
    _found(call, filename)
    job = call.archive.saving.restore_backup(filename)
    return {
        "message": "backup restore task started",
        "filename": filename,
        "task_id": job.id if job is not None else None,
    }


def delete(call: Call, filename: str) -> Any:
    """Delete a backup file; v0.5 answers 204 without a body.

    :raises Refused: 404, no such file
    """
    _found(call, filename)
    del call.archive.saving.backups[filename]
    return (None, 204) if call.modern else {"message": f"file {filename} deleted"}
