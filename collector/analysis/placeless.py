"""A run as it may be shown to strangers: without the folders of the machine that it was made on.

Protects the rule that what is published tells nothing of its maker's machine: a command line and a
manifest name paths, and paths name people.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from collector.analysis.rundata import RunData


def without_places(command: str) -> str:
    """A command line without the folders of the machine that it was given on."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    return shlex.join(_placeless(word) for word in words)


def _placeless(word: str) -> str:
    """``/home/me/x.yaml`` → ``x.yaml``; also behind ``--out=``."""
    option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
    return option + equals + (Path(value).name if Path(value).is_absolute() else value)


def public_manifest(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest without what tells of the machine's folders."""
    found = dict(manifest)
    options = dict(found.get("options") or {})
    options |= {
        "out": None,
        "profiles": None,
        "command": without_places(options.get("command") or ""),
    }
    found["options"] = options
    found["command"] = without_places(str(found.get("command") or ""))
    found["labels"] = ", ".join(
        Path(one).name for one in str(found.get("labels") or "").split(", ") if one
    )
    return found


def placeless(data: RunData) -> RunData:
    """The same run for a published report; its folder bears the run's name."""
    return replace(
        data,
        folder=Path(str(data.run["id"])),
        run={**data.run, "command": without_places(str(data.run["command"] or ""))},
        manifest=public_manifest(data.manifest) if data.manifest else {},
    )
