"""Published data of others, read into a store of ours, so that one report serves both.

A format is the platform's that its data are of: its :class:`PlatformSpec` names the reader.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from collector.common.errors import UserError
from collector.imports.published import Imported
from collector.platforms.registry import platforms

__all__ = ["Imported", "import_published"]


def import_published(form: str, source: Path, out: Path) -> Imported:
    """Read a file of published data into the new store ``out/store.db``.

    :param form: the name of its format, such as ``e18``.
    :raises UserError: no platform reads the format, there is no such file, it is not in the format
        (with the place in it), or ``out`` holds a run.
    """
    for spec in platforms().values():
        if (reader := spec.reader_of(form)) is not None:
            return cast("Imported", reader(source, out))
    raise UserError(
        f"no platform reads published data called {form!r}",
        place="the installation",
        fix="install twinwatch again (pip install -e .): its entry points are missing",
    )
