"""When tasks are to run by themselves, and whom they tell. Both are kept, and nothing runs."""

from __future__ import annotations

import re
from typing import Any

from mockserver.api.tubearchivist.described import WRONG, ok
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, choice, refuse, text
from mockserver.api.tubearchivist.jobs import NAMES
from mockserver.api.tubearchivist.profile import V04, V05
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Operation, json_of

#: Tasks that a schedule can be made for.
_SCHEDULED = (
    "update_subscribed",
    "download_pending",
    "check_reindex",
    "thumbnail_check",
    "run_backup",
    "version_check",
)
_FIELD = re.compile(r"(?:\*|\d{1,2})(?:[-,/]\d{1,2})*\Z", re.ASCII)
_MOST_URLS = 20


def register(bp: ApiBlueprint) -> None:
    """Route schedules and notifications on ``bp``: together in v0.4, a path a task in v0.5."""
    # fmt: off
    route(bp, "/schedule/", Endpoint("Schedule", {"GET": schedules, "DELETE": delete_named}, {
        "GET": Operation("When tasks are to run", ok([
            {"name": "string", "schedule": "string", "config": "object"}])),
        "DELETE": Operation("Forget a task's schedule", {
            **ok({"success": "boolean"}), **WRONG, 404: json_of("@ArchiveMessage")},
            ("task_name",)),
    }, admin=True), (V04,))
    told = Endpoint("Schedule Notification", {"GET": urls, "DELETE": forget_url}, {
        "GET": Operation("Whom tasks tell",
                         ok({"*": {"urls": ["string"], "title": "string"}})),
        "DELETE": Operation("Tell nobody, or not this one",
                            {**ok({"success": "boolean"}), **WRONG}, ("task_name", "url")),
    }, admin=True)
    route(bp, "/schedule/notification/", told, (V04,))
    route(bp, "/task/schedule/", Endpoint("Schedule List", {"GET": schedules}, admin=True), (V05,))
    one = Endpoint("Schedule", {"GET": schedule, "POST": change, "DELETE": delete}, admin=True)
    route(bp, "/task/schedule/<slug:name>/", one, (V05,))
    told = Endpoint(
        "Task Notification", {"GET": urls, "POST": add_url, "DELETE": forget_url}, admin=True
    )
    route(bp, "/task/notification/", told, (V05,))
    # fmt: on


def _shown(call: Call, name: str) -> dict[str, Any]:
    found = call.archive.schedules[name]
    return {
        "name": name,
        "schedule": found["schedule"],
        "schedule_human": found["schedule"],
        "last_run_at": None,
        "config": found["config"],
    }


def schedules(call: Call) -> Any:
    """Answer every schedule that was set. ``last_run_at`` is always null."""
    return [_shown(call, name) for name in call.archive.schedules]


def _missing(call: Call) -> Any:
    return {"error" if call.modern else "message": "schedule not found"}, 404


def schedule(call: Call, name: str) -> Any:
    """Answer the schedule of one task; 404 where none was set."""
    return _shown(call, name) if name in call.archive.schedules else _missing(call)


def change(call: Call, name: str) -> Any:
    """``schedule``: minute, hour and day of the week as cron writes them, or ``auto``."""
    fields = call.fields()
    if name not in _SCHEDULED:
        refuse(400, {"error": f"there is no schedule for this, only for {', '.join(_SCHEDULED)}"})
    known = call.archive.schedules.get(name, {"schedule": "auto", "config": {}})
    given, config = fields.get("schedule", known["schedule"]), fields.get("config", {})
    parts = given.split() if isinstance(given, str) else []
    if given != "auto" and not (len(parts) == 3 and all(_FIELD.match(part) for part in parts)):
        refuse(400, {"error": "schedule is auto, or minute, hour and day of the week"})
    if not isinstance(config, dict) or any(type(value) is not int for value in config.values()):
        refuse(400, {"error": "config is an object of whole numbers"})
    if len(config) > 10 or any(abs(value) > 1_000_000 for value in config.values()):
        refuse(400, {"error": "config has too much in it"})
    call.archive.schedules[name] = {"schedule": given, "config": {**known["config"], **config}}
    return _shown(call, name)


def delete(call: Call, name: str) -> Any:
    """Delete the schedule of one task (204); 404 where none was set."""
    return (None, 204) if call.archive.schedules.pop(name, None) else _missing(call)


def delete_named(call: Call) -> Any:
    """v0.4: the schedule of ``task_name``."""
    name = call.args.get("task_name")
    if name not in NAMES:
        bad("invalid task_name")
    if call.archive.schedules.pop(name, None) is None:
        return _missing(call)
    return {"success": True}


def urls(call: Call) -> Any:
    """Answer, by task, the addresses that are told of its end; a task without one is left out."""
    return {
        name: {"urls": list(found), "title": NAMES[name][0]}
        for name, found in call.archive.told.items()
        if found
    }


def _named(call: Call, fields: dict[str, Any]) -> str:
    name = fields.get("task_name")
    if not isinstance(name, str) or name not in NAMES:
        if call.modern:
            refuse(400, {"task_name": [REQUIRED] if name is None else choice(name)})
        bad("invalid task_name")
    return name


def add_url(call: Call) -> Any:
    """Add an address that the task ``task_name`` tells; of too many the oldest are dropped.

    :raises Refused: 400, an unknown task or an address without a scheme
    """
    fields = call.fields()
    name, url = _named(call, fields), text(fields.get("url"))
    if url is None or ":" not in url:
        refuse(400, {"url": [REQUIRED] if "url" not in fields else ["Not a valid address."]})
    known = call.archive.told.setdefault(name, [])
    if url not in known:
        known.append(url)
        del known[:-_MOST_URLS]
    return urls(call)


def forget_url(call: Call) -> Any:
    """Of ``task_name``, all addresses or the one that is named."""
    fields = {**call.fields(), **call.args.to_dict()}
    name, url = _named(call, fields), fields.get("url")
    known = call.archive.told.get(name, [])
    known[:] = [one for one in known if url is not None and one != url]
    return (None, 204) if call.modern else {"success": True}
