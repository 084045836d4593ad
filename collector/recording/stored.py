"""Where the recording of a session lies: ``recordings/SESSION/``, one file a step, for its owner.

``session.json`` says where the session began; ``0003.har.zst`` (or ``0003.trace.zip``) is what
came in during step 3. A step without a file has no recording; a file is there whole or not at all.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import zstandard

from collector.addresses import parts_of
from collector.profile.files import private_dir, private_file
from collector.recording.errors import RecordingRefused
from collector.recording.options import Record

FORMAT = "twinwatch-recording/1"
_SUFFIXES = {Record.HAR: ".har.zst", Record.TRACE: ".trace.zip"}
_LEVEL = 6
_MOST_BYTES = 1 << 30
"""No archive of a step is larger; bounds what a damaged file can make the reader allocate."""


@dataclass(frozen=True, slots=True)
class Head:
    """How a recorded session began. ``clock``: where the page's clock was set, ISO."""

    session: str
    record: Record
    site: str
    clock: str
    virtual: bool
    limit_bytes: int
    browser: str
    steps: int
    """How many the plan has."""
    snapshot: str | None = None
    """Hash of the profile's state that the session began from; none for a new puppet."""

    @classmethod
    def from_dict(cls, data: Any, place: Path) -> Self:
        """Raises RecordingRefused."""
        try:
            if data["format"] != FORMAT:
                raise ValueError(f"its format is {data['format']!r}")
            found = cls(**{name: data[name] for name in cls.__dataclass_fields__})
            if datetime.fromisoformat(found.clock).tzinfo is None:
                raise ValueError("its clock has no time zone")
            if not isinstance(found.steps, int) or not isinstance(found.site, str):
                raise ValueError("a field is of the wrong type")
            if found.snapshot is not None and not re.fullmatch("[0-9a-f]{64}", found.snapshot):
                raise ValueError("its snapshot is not a hash")
            return cls(**{**asdict(found), "record": Record(found.record)})
        except (KeyError, TypeError, ValueError) as error:
            raise RecordingRefused(
                f"this does not describe a recording ({error})",
                place=str(place),
                fix="restore the file from a copy of the run",
            ) from error


@dataclass(frozen=True, slots=True)
class RecordingStore:
    """One session's recording."""

    folder: Path

    @property
    def head_path(self) -> Path:
        """Return the path of the file that says how the session was recorded."""
        return self.folder / "session.json"

    def begin(self, head: Head) -> None:
        """Make the folder. A session that goes on keeps the head of its beginning."""
        private_dir(self.folder.parent)
        private_dir(self.folder)
        if not self.head_path.exists():
            text = json.dumps({"format": FORMAT, **asdict(head)}, indent=2, ensure_ascii=False)
            private_file(self.head_path, text.encode() + b"\n")

    def head(self) -> Head:
        """Raises RecordingRefused."""
        try:
            data = json.loads(self.head_path.read_bytes())
        except FileNotFoundError:
            raise RecordingRefused(
                "the session has no recording",
                place=str(self.folder),
                fix="record a run with: collector run SCENARIO --record",
            ) from None
        except (OSError, ValueError) as error:
            raise RecordingRefused(
                f"the file cannot be read ({error})",
                place=str(self.head_path),
                fix="restore it from a copy of the run",
            ) from error
        return Head.from_dict(data, self.head_path)

    def path(self, step: int, record: Record) -> Path:
        """Return where a step's recording lies; ``record`` decides what kind of file it is."""
        return self.folder / f"{step:04d}{_SUFFIXES[record]}"

    def put_har(self, step: int, har: Mapping[str, Any]) -> int:
        """Keep a step's archive; answers its size on disk. Raises OSError, leaving nothing."""
        data = json.dumps(har, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
        packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(data)
        private_file(self.path(step, Record.HAR), packed)
        return len(packed)

    def put_trace(self, step: int, source: Path) -> int:
        """Keep a step's trace; answers its size on disk. Raises OSError, leaving nothing."""
        data = source.read_bytes()
        private_file(self.path(step, Record.TRACE), data)
        return len(data)

    def steps(self) -> dict[int, Path]:
        """Step → its file, in order."""
        found = {}
        for path in sorted(self.folder.glob("[0-9]*.*")):
            number = path.name.partition(".")[0]
            if number.isdigit() and path.name.endswith(tuple(_SUFFIXES.values())):
                found[int(number)] = path
        return found

    def har(self, step: int) -> dict[str, Any]:
        """A step's archive. Raises RecordingRefused, naming the file."""
        path = self.path(step, Record.HAR)
        try:
            packed = path.read_bytes()
            data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MOST_BYTES)
            found = json.loads(data.decode("utf-8", "surrogatepass"))
            for number, entry in enumerate(found["log"]["entries"], 1):
                try:
                    _check(entry)
                except (LookupError, TypeError, ValueError) as error:
                    raise ValueError(f"entry {number}: {error}") from error
        except (
            OSError,
            zstandard.ZstdError,
            ValueError,
            LookupError,
            TypeError,
            RecursionError,
        ) as error:
            raise RecordingRefused(
                f"this is not a whole HTTP archive ({type(error).__name__}: {error})",
                place=str(path),
                fix="restore the file from a copy of the run",
            ) from error
        return dict(found)


def recordings_in(root: Path) -> Iterator[RecordingStore]:
    """The recorded sessions below ``recordings/``, by name."""
    for head in sorted(root.glob("*/session.json")):
        yield RecordingStore(head.parent)


def summary(root: Path, begun: Mapping[str, list[int]]) -> dict[str, Any]:
    """What is kept of a run, for its manifest.

    :param begun: session → the steps that began.
    :returns: session → ``record``, ``steps``, ``bytes`` and ``missing`` (steps that began and
        have no recording).
    """
    found = {}
    for shelf in recordings_in(root):
        head, files = shelf.head(), shelf.steps()
        found[head.session] = {
            "record": head.record.value,
            "steps": len(files),
            "bytes": sum(path.stat().st_size for path in files.values()),
            "missing": [step for step in begun.get(head.session, []) if step not in files],
        }
    return found


def _check(entry: Any) -> None:
    """What replay reads of an entry. Raises LookupError, TypeError or ValueError."""
    request, response = entry["request"], entry["response"]
    content = response["content"]
    for value in (
        entry["startedDateTime"], request["method"], request["url"], content["mimeType"]
    ):  # fmt: skip
        if not isinstance(value, str):
            raise TypeError("a time, a method, an address or a type is not text")
    if not parts_of(request["url"]).is_web:
        raise ValueError(f"{request['url'][:200]!r} is not an address")
    if not isinstance(response["status"], int) or isinstance(response["status"], bool):
        raise TypeError("a status is not a number")
    for header in response["headers"]:
        if not isinstance(header["name"], str) or not isinstance(header["value"], str):
            raise TypeError("a header is not text")
    if not isinstance(content.get("text", ""), str):
        raise TypeError("a body is not text")
    if content.get("encoding") == "base64":
        base64.b64decode(content.get("text", ""), validate=True)
    posted = request.get("postData")
    if posted is not None and not isinstance(posted.get("text", ""), str):
        raise TypeError("a request's body is not text")
