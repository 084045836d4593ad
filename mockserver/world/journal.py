"""What a world cannot work out again: what visitors did and were shown, line by line in a file.

Catalogue and lists follow from the seed; viewers and the truth log do not. With a journal a mock
that was killed comes back as it was. A line is written before the answer that it is about is sent,
in one call, so a kill loses at most a request that was never answered.
"""

from __future__ import annotations

import functools
import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from collector.common.errors import UserError
from collector.files import private_handle
from collector.posix import lock

P = ParamSpec("P")
R = TypeVar("R")


class Kind(StrEnum):
    """What a line is about."""

    WORLD = "world"
    VIEWER = "viewer"
    """A visitor of the video site did something: id, method, arguments."""
    FEED_VIEWER = "feed-viewer"
    """The same on the social site."""
    TRUTH = "truth"
    """A row of the truth log is new or has changed: table, row."""


#: Where lines go: kind, then what it says.
Note = Callable[..., None]


class _Noted(Protocol):
    """Protocol of objects whose mutations are journalled."""

    visitor_id: str
    lock: threading.RLock
    note: Note | None


V = TypeVar("V", bound=_Noted)


def noted(method: Callable[Concatenate[V, P], R]) -> Callable[Concatenate[V, P], R]:
    """A method that changes a visitor: done and noted under the visitor's lock, in one order."""

    @functools.wraps(method)
    def done(self: V, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            result = method(self, *args, **kwargs)
            if self.note is not None:
                self.note(self.visitor_id, method.__name__, args, kwargs)
            return result

    return done


class Journal:
    """The file of one world; one process at a time.

    :param path: made when it is missing; a line that a kill cut short is dropped.
    :param patient: wait until no other mock has it open. The mock of a supervisor that was killed
        while it started, or that sessions still hold, has not ended yet when the run is resumed; it
        will.
    :raises UserError: another mock has it open, or it is no journal.
    """

    def __init__(self, path: Path, *, patient: bool = False) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._fd = private_handle(path, os.O_RDWR | os.O_APPEND)
        if not lock(self._fd, wait=patient):
            os.close(self._fd)
            raise UserError(
                "another mock server keeps its state in this file",
                place=str(path),
                fix="end that one first",
            )
        try:
            self._drop_torn_line()
            self.since = self._begin()
            """When the world was first made, aware."""
        except BaseException:
            self.close()
            raise

    def _drop_torn_line(self) -> None:
        content = self.path.read_bytes()
        if content and not content.startswith(b'["world",'):
            raise self._refusal(1)
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.ftruncate(self._fd, whole)

    def _begin(self) -> datetime:
        first = next(self.lines(), None)
        if first is None:
            now = datetime.now(UTC)
            self.write(Kind.WORLD, now.isoformat())
            return now
        return datetime.fromisoformat(first[1])

    def write(self, kind: Kind, *said: Any) -> None:
        """Append a line, in one piece, whatever thread it comes from.

        :param said: values that JSON has
        :raises OSError: the file cannot be written
        """
        line = json.dumps([kind.value, *said], ensure_ascii=False, separators=(",", ":"))
        with self._lock:
            os.write(self._fd, line.encode("utf-8", "surrogatepass") + b"\n")

    def lines(self) -> Iterator[list[Any]]:
        """Everything written so far. :raises UserError: a line is none of ours."""
        with self.path.open(encoding="utf-8", errors="surrogatepass") as file:
            for number, line in enumerate(file, 1):
                try:
                    found = json.loads(line)
                    found[0] = Kind(found[0])
                except (ValueError, TypeError, IndexError, KeyError) as error:
                    raise self._refusal(number) from error
                yield found

    def _refusal(self, number: int) -> UserError:
        return UserError(
            "not the journal of a mock server",
            place=f"{self.path}:{number}",
            fix="name another file, or move this one away",
        )

    def close(self) -> None:
        """Give the file back; a second call does nothing."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1
