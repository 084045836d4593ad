"""What servers answered, of a run that was recorded: the text of pages and of what pages fetched.

Protects pseudonymity: of an archive of a step only bodies that are text get out, of documents and
of what scripts fetched, searched for their viewer once more; of headers only the type. Pictures,
scripts, what was sent, cookies and every other header stay in ``recordings/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.packing.wacz import Answer
from collector.recording.clean import Cleaner, is_text
from collector.recording.options import Record
from collector.recording.stored import RecordingStore
from collector.store import Store

#: What a browser asked for as a page, or a script as data.
_KINDS = frozenset({"document", "xhr", "fetch"})


def payloads_of(store: Store, recordings: Path, puppet: str) -> list[Answer]:
    """The answers of one puppet's recorded sessions, in the order of their moments.

    Empty where nothing was recorded, or as traces only.

    :raises RecordingRefused: an archive is damaged; the error names the file.
    """
    found: list[Answer] = []
    for row in store.rows("SELECT id FROM sessions WHERE puppet = ? ORDER BY id", [puppet]):
        shelf = RecordingStore(recordings / row["id"])
        if not shelf.head_path.is_file() or shelf.head().record is not Record.HAR:
            continue
        for step in shelf.steps():
            found += _answers(shelf.har(step)["log"]["entries"], row["id"], step)
    return sorted(found, key=lambda answer: (answer.saved, answer.name))


def _answers(entries: list[dict[str, Any]], session: str, step: int) -> Iterator[Answer]:
    cleaner = Cleaner()
    texts = []
    for number, entry in enumerate(entries):
        content = entry["response"]["content"]
        text, mime = content.get("text"), str(content.get("mimeType") or "")
        wanted = entry.get("_resourceType") in _KINDS and entry["response"]["status"] > 0
        if wanted and text and content.get("encoding") != "base64" and is_text(mime):
            cleaner.learn(text, mime)
            texts.append((number, entry, text, mime))
    for number, entry, text, mime in texts:
        yield Answer(
            name=f"{session}/{step}/{number}",
            url=cleaner.address(entry["request"]["url"]),
            saved=datetime.fromisoformat(entry["startedDateTime"]),
            method=str(entry["request"]["method"]),
            status=int(entry["response"]["status"]),
            mime=mime.partition(";")[0].strip().lower() or "text/plain",
            body=cleaner.body(text, mime).encode("utf-8", "surrogatepass"),
            session=session,
            step=step,
        )
