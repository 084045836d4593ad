"""Doing a run again from its manifest: the same plan, by its hash, in a directory of its own.

Protects the rule that a finding can be repeated from what was published with it. The plan is not
made again but taken as it was; what may make the answer another one (versions, labels) is compared
and said, and stands in the new manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.contract.layout import RunDir
from collector.contract.mocksite import MockSite
from collector.run import manifest as written
from collector.run.prepare import options_in, plan_in, prepare
from collector.run.result import RunResult
from collector.run.resume import labels_of_run
from collector.run.start import start
from collector.schedule.display import Display


class RepeatRefused(UserError):
    """The run cannot be repeated from what is there."""


def repeat(
    source: Path,
    *,
    display: Display,
    confirm: Callable[[str], bool],
    out: Path | None = None,
    workers: int | None = None,
    command: str = "",
    placed: Mapping[str, Any] | None = None,
    mock: MockSite | None = None,
    truth_token: str = "",
) -> RunResult:
    """Run the plan of an earlier run once more.

    :param source: its directory, or its ``manifest.json`` with ``plan.json`` beside it.
    :param out: a new directory for the new run.
    :param workers: how many sessions at once, in place of what the run had.
    :param placed: the options ``executor``, ``scheduler`` and ``ledger``; without them the sessions
        are carried out on this machine, wherever those of the run were.
    :param truth_token: of the mock at the site that the run named.
    :raises UserError: manifest or plan are missing, or do not belong together.
    """
    folder = source.parent if source.name == "manifest.json" else source
    there = RunDir(folder)
    manifest = there.read_manifest()
    if manifest is None:
        raise RepeatRefused(
            "manifest.json is missing",
            place=str(folder),
            fix="name the directory of a run, or its manifest.json",
        )
    options = replace(
        options_in(manifest, there, RepeatRefused),
        out=out,
        seed=None,
        purpose="run",
        command=command,
        workers=workers or manifest["options"].get("workers"),
        **(placed or {"executor": "local", "scheduler": None}),
    )
    plan = plan_in(manifest, there, RepeatRefused)
    ready = prepare(options, plan, confirm=confirm, truth_token=truth_token, repeats=True)
    notes = [f"repeats the run {manifest['run']}"]
    notes += [
        f"{name} was {was} in that run and is {now} now"
        for name, was, now in written.differences(manifest.get("versions", {}), ready.versions)
    ]
    for note in notes:
        display.say(note)
    return start(
        plan,
        options,
        ready,
        display=display,
        labels_path=_labels(manifest, there),
        warnings=tuple(notes),
        mock=mock,
    )


def _labels(manifest: Mapping[str, Any], there: RunDir) -> Path | None:
    """The file of labels, if the run had one and it is still the same."""
    path = labels_of_run(manifest, there)
    if path is None:
        return None
    expected = manifest["labels_sha256"]
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
        raise RepeatRefused(
            f"the labels {path} are missing, or not those of the run",
            place=str(there.manifest),
            fix=f"put back the file with the SHA-256 {expected[:12]}…",
        )
    return path
