"""Traces, videos and screenshots of a puppet, kept always or only when its session failed.

They are the raw browser, with every name, cookie and token that it had: for whoever runs it alone,
in files that nobody else can read from their first byte, and never part of what is published.

The words are pytest-playwright's, so that its options mean the same for persistent puppets, which
its own fixtures leave out.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import playwright

from collector.browser.find import playwright_folder
from collector.browser.options import BrowserOptions
from collector.common.errors import UserError
from collector.files import FOR_YOU_ALONE, make_private, private_dir, private_file

_MARKED = b"""\
Traces, videos and screenshots here are the raw browser: names, cookies and tokens of whoever was
signed in are in them. They are for you alone. Do not publish them, nor send them on.
"""


class VideoImpossible(UserError):
    """A video was asked for and there is nothing to encode it with."""


class Keep(StrEnum):
    """When a trace, a video or a picture is kept; ``only-on-failure`` means the third."""

    OFF = "off"
    ON = "on"
    ON_FAILURE = "retain-on-failure"

    @classmethod
    def _missing_(cls, value: object) -> Keep | None:
        return cls.ON_FAILURE if value == "only-on-failure" else None

    def wanted(self, failed: bool) -> bool:
        """Return whether it is kept of a session that has ``failed``, or has not."""
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

    @classmethod
    def of(cls, options: BrowserOptions, folder: Path) -> ArtefactOptions:
        """What a run keeps of a session, in ``folder``."""
        return cls(folder, Keep(options.tracing), Keep(options.video), Keep(options.screenshot))

    def launch_options(self, scratch: Path) -> dict[str, Any]:
        """For ``launch_persistent_context``: a video has to be begun with the browser."""
        if self.video is Keep.OFF:
            return {}
        provide_ffmpeg()
        return {"record_video_dir": scratch / "video"}

    def file(self, kind: str, suffix: str, number: int = 0) -> Path:
        """Where one artefact goes: an empty file of mode 0600, to be written into. Beside it stands
        that it is for its owner alone."""
        private_dir(self.folder)
        private_file(self.folder / FOR_YOU_ALONE, _MARKED)
        tail = f"-{number}" if number else ""
        path = self.folder / f"{self.name}-{kind}{tail}{suffix}"
        make_private(path)
        return path


def provide_ffmpeg() -> Path:
    """The encoder that Playwright looks for: its own, else a link to the system's in its place.

    Playwright takes no path for it and may not be able to download it. Raises VideoImpossible.
    """
    if sys.platform == "win32":
        raise VideoImpossible("videos are not recorded on Windows", fix="leave --video off")
    registry = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    known = json.loads(registry.read_text(encoding="utf-8"))["browsers"]
    revision = next(each["revision"] for each in known if each["name"] == "ffmpeg")
    name = "ffmpeg-mac" if sys.platform == "darwin" else "ffmpeg-linux"
    path = playwright_folder() / f"ffmpeg-{revision}" / name
    if path.exists():
        return path
    installed = shutil.which("ffmpeg")
    if installed is None:
        raise VideoImpossible(
            "a video needs ffmpeg, and none was found",
            fix=f"{sys.executable} -m playwright install ffmpeg",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # a link that leads nowhere
    path.symlink_to(installed)
    return path
