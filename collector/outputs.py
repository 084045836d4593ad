"""What a command writes where it is told to: there whole, or the older file as it was.

Protects the rule that nothing half-written is left: a kill or a full disk in the middle changes
nothing under the file's own name (:mod:`collector.drafts`).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.common.errors import UserError
from collector.drafts import drafting
from collector.environment import refusals, something_there

#: What to do about a place that cannot be written, of most commands.
ELSEWHERE = "name a place that can be written: --out"


@contextmanager
def output(target: Path, *, fix: str = ELSEWHERE, new: bool = False) -> Iterator[Path]:
    """Where to write what takes the place of ``target`` when the block ends without an error.

    Of a link, what it leads to is replaced; who may read an older file may read the new one. What
    is no file (``/dev/stdout``, a pipe) is written straight.

    :param fix: what to do where it cannot be written, as an error says it.
    :param new: nothing may be there yet.
    :raises UserError: it cannot be written, is a folder, or, with ``new``, is there already.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     with output(Path(here, "a.json")) as draft:
    ...         _ = draft.write_text("{}")
    ...     Path(here, "a.json").read_text()
    '{}'
    """
    with refusals(target, fix=fix):
        if new and something_there(target):
            raise UserError("already exists", place=str(target), fix="choose another name")
        older = None if new else _mode_of(target)
        if older is not None and stat.S_ISDIR(older):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        if older is not None and not stat.S_ISREG(older):
            yield target
            return
        with drafting(target if new else Path(os.path.realpath(target)), new=new) as draft:
            yield draft
            with draft.open("rb+") as file:
                os.fsync(file.fileno())  # what a disk says late, before the older file has gone
            if older is not None:
                draft.chmod(stat.S_IMODE(older))


def write_output(
    target: Path, content: str | bytes, *, fix: str = ELSEWHERE, new: bool = False
) -> None:
    """Write text (UTF-8, ``\\n`` as it is) or bytes to ``target`` as :func:`output` does.

    :raises UserError: as :func:`output`.
    """
    data = content.encode() if isinstance(content, str) else content
    with output(target, fix=fix, new=new) as draft, draft.open("wb") as file:
        file.write(data)


def _mode_of(path: Path) -> int | None:
    """What is at the end of a path's links, and who may read it; ``None``: nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
