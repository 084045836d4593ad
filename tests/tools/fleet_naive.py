"""A watch as a plain Dask task, with nothing that remembers what was done."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

from collector.adapters.youtube.browserless import HttpYouTubeActions
from collector.browserless.puppet import open_http_puppet
from collector.common.model import Platform
from collector.platforms.registry import spec_of
from collector.profile import generate_persona


def watch_and_die_once(site: str, visitor: str, video: str, died: str) -> float:
    """Watch 30 s of a video; the first time, the worker's process is killed right after."""
    with (
        tempfile.TemporaryDirectory() as state,
        open_http_puppet(
            state_dir=Path(state),
            persona=generate_persona(1),
            site=site,
            cookies=dict(spec_of(Platform.YOUTUBE).cookies(visitor)),
        ) as puppet,
    ):
        actions = HttpYouTubeActions(puppet, site)
        actions.visit("/")
        if actions.consent_asked():
            actions.consent("reject")
        actions.visit(f"/watch?v={video}")
        receipt = puppet.watch(30.0)
        if not Path(died).exists():
            Path(died).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt.watched_s
