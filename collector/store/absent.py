"""What to say of a folder whose store is not there, or holds nothing yet.

Protects the rule that looking is harmless, and true: a run makes its folder, plan and manifest
first and then builds its site; whoever looks in those seconds is told so, not that there is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector.common.typed import typed
from collector.files import FOR_YOU_ALONE
from collector.store.errors import NotBegun, StoreMissing

_NAME_A_RUN = "give the folder of a run (collector run … --out FOLDER makes one)"


def had_begun(manifest: Mapping[str, Any]) -> bool:
    """Whether ``manifest.json`` says that the run had its store and ledger.

    One of an earlier version says it by its state or its blocks.
    """
    if "begun" in manifest:
        return bool(manifest["begun"])
    return manifest.get("state") not in (None, "running") or bool(manifest.get("blocks"))


def no_run(store: Path) -> StoreMissing:
    """The error of ``store``, the path of a run's database, in which there is no run to be read.

    :returns: a :class:`NotBegun` while the run is still to write its first row; otherwise that the
        file was lost, that it is empty, or that this is no run's folder.
    """
    folder = store.parent
    manifest = _manifest(folder)
    made_here = bool(manifest) or (folder / FOR_YOU_ALONE).is_file()
    if made_here and not had_begun(manifest):
        return NotBegun(
            "the run has not begun yet: its site is being started, and its store is still to come",
            place=str(folder),
            fix="ask again in a moment; if it was ended before it began:"
            f" collector run --resume {typed(folder)}",
        )
    if store.is_file():
        return StoreMissing("the store holds no run", place=str(store), fix=_NAME_A_RUN)
    if manifest:
        return StoreMissing(
            "store.db is missing though manifest.json says that the run began",
            place=str(store),
            fix="put it back from a copy of the run's folder",
        )
    return StoreMissing(
        "not a run directory: store.db is missing", place=str(store), fix=_NAME_A_RUN
    )


def _manifest(folder: Path) -> dict[str, Any]:
    """What ``manifest.json`` says; nothing where it cannot be read, which is said elsewhere."""
    try:
        found = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
