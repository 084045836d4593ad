"""Why a recording cannot be used: one class, with the file in the place."""

from __future__ import annotations

from collector.common.errors import UserError


class RecordingRefused(UserError):
    """The recording is missing, damaged, or not of a kind that can be given again."""
