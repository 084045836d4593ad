"""The download queue as a whole: what a query string chooses of it, changed or counted at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from werkzeug.datastructures import MultiDict

from mockserver.api.tubearchivist.columns import KINDS
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, choice, refuse, truth
from mockserver.api.tubearchivist.tables import Document

STATUSES = ("pending", "ignore")
_BULK = (*STATUSES, "priority")
#: What a status changes in a document.
STORED: dict[str, dict[str, Any]] = {
    "pending": {"status": "pending"},
    "ignore": {"status": "ignore"},
    "priority": {"status": "pending", "auto_start": True},
}
_MOST_GROUPS = 30


def filtered(call: Call, statuses: tuple[str, ...]) -> list[Document]:
    """What of the queue a query string asks for: by status, channel and, in v0.5, more."""
    status, channel = call.args.get("filter") or None, call.args.get("channel") or None
    if status is not None and status not in statuses:
        if call.modern:
            refuse(400, {"filter": choice(status)})
        bad(f"invalid url query filder: {status[:200]}")
    kind, words, error = None, None, None
    if call.modern:
        kind, words = call.args.get("vid_type"), call.args.get("q")
        if kind is not None and kind not in KINDS:
            refuse(400, {"vid_type": choice(kind)})
        if "error" in call.args:
            error = truth(call.args["error"])
            if error is None:
                refuse(400, {"error": ["Must be a valid boolean."]})

    def fits(document: Document) -> bool:
        auto = status == "priority"
        return (
            (status is None or document["status"] == ("pending" if auto else status))
            and (not auto or bool(document.get("auto_start")))
            and (channel is None or document.get("channel_id") == channel)
            and (kind is None or document.get("vid_type") == kind)
            and (words is None or words.lower() in str(document.get("title", "")).lower())
            and (error is None or bool(document.get("message")) == error)
        )

    return [document for document in call.archive.downloads.all() if fits(document)]


def _status_asked(call: Call, statuses: tuple[str, ...]) -> str:
    status = call.args.get("filter")
    if status is None or status not in statuses:
        if call.modern:
            refuse(400, {"filter": [REQUIRED] if status is None else choice(status)})
        bad(f"invalid url query filter: {False if status is None else status[:200]}")
    return status


def delete_by_status(call: Call) -> Any:
    """All of one status; v0.5 also of one channel or type."""
    status = _status_asked(call, STATUSES)
    if not call.modern:
        call.args = MultiDict({"filter": status})
    for document in filtered(call, STATUSES):
        call.archive.downloads.remove(str(document["youtube_id"]))
    return (None, 204) if call.modern else {"message": f"delete queue by status: {status}"}


def change_many(call: Call) -> Any:
    """v0.5: another status for all that the query string asks for."""
    _status_asked(call, _BULK)
    fields = call.fields()
    status = fields.get("status")
    if status not in (*_BULK, "clear_error"):
        refuse(400, {"status": [REQUIRED] if "status" not in fields else choice(status)})
    table = call.archive.downloads
    for document in filtered(call, _BULK):
        key = str(document["youtube_id"])
        if status == "clear_error":
            table.put(key, {name: document[name] for name in document if name != "message"})
        else:
            table.update(key, **STORED[status])
    return None, 204


def groups(call: Call) -> Any:
    """v0.5: how much of the queue each channel has, most first."""
    _status_asked(call, STATUSES)
    counted: Counter[tuple[str, str]] = Counter(
        (str(document.get("channel_name")), str(document.get("channel_id")))
        for document in filtered(call, STATUSES)
    )
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": sum(count for _, count in ranked[_MOST_GROUPS:]),
        "buckets": [
            {"key": list(names), "key_as_string": "|".join(names), "doc_count": count}
            for names, count in ranked[:_MOST_GROUPS]
        ],
    }
