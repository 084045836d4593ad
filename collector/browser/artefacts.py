"""Traces, videos and screenshots of a puppet, kept always or only when its session failed.

The words are pytest-playwright's, so that its options mean the same for persistent puppets, which
its own fixtures leave out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Keep(StrEnum):
    OFF = "off"
    ON = "on"
    ON_FAILURE = "retain-on-failure"

    @classmethod
    def _missing_(cls, value: object) -> Keep | None:
        return cls.ON_FAILURE if value == "only-on-failure" else None

    def wanted(self, failed: bool) -> bool:
        return self is Keep.ON or (self is Keep.ON_FAILURE and failed)


@dataclass(frozen=True, slots=True)
class ArtefactOptions:
    """What to keep of a session, and where. ``full_page`` concerns screenshots."""

    folder: Path
    trace: Keep = Keep.OFF
    video: Keep = Keep.OFF
    screenshot: Keep = Keep.OFF
    full_page: bool = False
    name: str = "puppet"

    def launch_options(self, scratch: Path) -> dict[str, Any]:
        """For ``launch_persistent_context``: a video has to be begun with the browser."""
        if self.video is Keep.OFF:
            return {}
        return {"record_video_dir": scratch / "video"}

    def file(self, kind: str, suffix: str, number: int = 0) -> Path:
        """Where one artefact goes; the folder is made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        tail = f"-{number}" if number else ""
        return self.folder / f"{self.name}-{kind}{tail}{suffix}"
