"""Where a run keeps its things: one directory, one owner, nothing of anybody else touched.

Protects the rule that evidence is written once: a directory that holds something already is
refused, and only a demo's own directory may be made anew.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.common.typed import typed
from collector.environment import refusals
from collector.files import FOR_YOU_ALONE, private_dir, shared_dir, shared_file
from collector.manifestshape import check_shape

#: What ``manifest.json`` of a run directory names itself.
FORMAT = "twinwatch-run/1"

#: What in a run's directory nobody else may have, and why; all of it 0600, in folders of 0700.
ALONE = {
    "profiles/": "cookies and keys of the puppets: whoever has them is the puppet",
    "snapshots/": "the same, as they were at moments of the run",
    "recordings/": "what the browsers received: cleaned of the viewer, but pictures show what was"
    " on the screen",
    "artefacts/": "traces and pictures of the raw browser, with its names, cookies and tokens",
    "screenshots/": "pictures of pages, with the name of whoever was signed in",
    "keys/": "what packs are signed with: whoever has it signs in your name",
    "logs/": "what browsers and servers said",
    "store.db": "keys and tokens of what was submitted",
    "mock.db": "tokens of the run's own mock, and what it was sent",
    "mock.truth.db": "the addresses that its sites were asked, and by whom",
    "mock.state": "what its sites know of each puppet",
    "run.lock": "which processes of this machine carry the run out",
}


class OutRefused(UserError):
    """The output directory holds something that a new run would mix with."""


@dataclass(frozen=True, slots=True)
class RunDir:
    """The paths below one run's directory."""

    root: Path

    @property
    def store(self) -> Path:
        """Return the path of the run's database."""
        return self.root / "store.db"

    @property
    def evidence(self) -> Path:
        """Return the folder of the captured pages."""
        return self.root / "evidence"

    @property
    def profiles(self) -> Path:
        """Keys and browser state of the puppets, readable by the owner alone."""
        return self.root / "profiles"

    @property
    def snapshots(self) -> Path:
        """Return the folder of the profiles' snapshots."""
        return self.root / "snapshots"

    @property
    def screenshots(self) -> Path:
        """Return the folder of the screenshots that steps take."""
        return self.root / "screenshots"

    @property
    def artefacts(self) -> Path:
        """Traces and videos, when asked for: one folder a session."""
        return self.root / "artefacts"

    @property
    def recordings(self) -> Path:
        """What the browsers received, when asked for: one folder a session, for the owner alone."""
        return self.root / "recordings"

    @property
    def logs(self) -> Path:
        """What each session's process said on standard error."""
        return self.root / "logs"

    @property
    def plan(self) -> Path:
        """Return the path of the plan."""
        return self.root / "plan.json"

    @property
    def labels(self) -> Path:
        """The scenario's own file of labels, as it was when the run began."""
        return self.root / "labels.csv"

    @property
    def prereg(self) -> Path:
        """The preregistration that the run was begun under, canonical; ``prereg.md`` to be read."""
        return self.root / "prereg.json"

    @property
    def manifest(self) -> Path:
        """Return the path of the manifest."""
        return self.root / "manifest.json"

    @property
    def report(self) -> Path:
        """Return the path of the report's page."""
        return self.root / "report.html"

    @property
    def mock_db(self) -> Path:
        """What the run's own mock server was sent; ``mockserver serve --db`` serves it again."""
        return self.root / "mock.db"

    @property
    def mock_state(self) -> Path:
        """What visitors did on the run's own mock, which a resumed run goes on from."""
        return self.root / "mock.state"

    def read_manifest(self) -> dict[str, Any] | None:
        """The manifest, or ``None`` where there is none of ours. Raises BadFile: it was altered."""
        try:
            found = json.loads(self.manifest.read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            return None
        check_shape(found, self.manifest)
        return found

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Write ``manifest.json`` whole or not at all."""
        text = json.dumps({"format": FORMAT, **manifest}, indent=2, ensure_ascii=False)
        shared_file(self.manifest, f"{text}\n".encode())


def open_run(root: Path) -> RunDir:
    """The directory of a finished or interrupted run. Raises :class:`OutRefused` for another."""
    run = RunDir(root)
    if run.read_manifest() is None:
        raise OutRefused(
            "this is not the directory of a run (no manifest.json of ours in it)",
            place=str(root),
            fix="name the directory given to `collector run --out`",
        )
    return run


def new_run(root: Path, *, remake_demo: bool = False) -> RunDir:
    """Make ``root`` for a new run. Raises :class:`OutRefused` when something is in it.

    With ``remake_demo`` a directory that an earlier demo made is emptied first; no other ever is.
    """
    run = RunDir(root)
    if not _is_text(root):
        raise OutRefused("the name must be text (UTF-8)", place=ascii(str(root)),
                         fix="choose another --out")  # fmt: skip
    if root.is_symlink() and not root.exists():
        raise OutRefused(
            "this is a link that leads nowhere", place=str(root), fix="remove it, or choose another"
        )
    if root.exists() and not root.is_dir():
        raise OutRefused("there is a file of this name", place=str(root), fix="name a directory")
    if root.is_dir() and any(root.iterdir()):
        manifest = run.read_manifest()
        if manifest is None:
            raise OutRefused(
                "the directory is not empty and was not made by a run",
                place=str(root),
                fix="choose an empty or a new directory with --out",
            )
        if not (remake_demo and manifest.get("purpose") == "demo"):
            raise OutRefused(
                f"the directory already holds a run of scenario {manifest.get('scenario', '?')!r}",
                place=str(root),
                fix="choose another --out; evidence is never overwritten"
                + (
                    f" (what is left to send: collector submit {typed(root)} --submit-to URL)"
                    if manifest.get("purpose") != "demo"
                    else ""
                ),
            )
        for entry in root.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    with refusals(run.root, fix="choose another --out, where you may write"):
        shared_dir(run.root)
        # Of the logs: what a browser says on standard error may be of its viewer.
        for private in (run.profiles, run.logs, run.evidence):
            private_dir(private)
        shared_file(run.root / FOR_YOU_ALONE, _mark().encode())
    return run


def _mark() -> str:
    """What stands beside the things that are for their owner alone."""
    width = max(map(len, ALONE))
    return "\n".join(
        [
            "Of this folder these are for you alone. Do not publish them, nor send them on:",
            "",
            *(f"  {name:{width}}  {why}" for name, why in ALONE.items()),
            "",
            "Evidence, plan, manifest and report have been cleaned of the viewer. `collector pack`"
            " puts together what can be given to others.",
            "",
        ]
    )


def _is_text(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def default_out(scenario_name: str, base: Path = Path("runs")) -> Path:
    """``runs/<scenario>-<n>`` with the first free number, from 1."""
    number = 1
    while (base / f"{scenario_name}-{number}").exists():
        number += 1
    return base / f"{scenario_name}-{number}"
