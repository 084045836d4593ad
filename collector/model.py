"""The old name of :mod:`collector.common.model`, for two releases."""

from __future__ import annotations

from warnings import warn

from collector.common.model import *  # noqa: F403

warn("collector.model has moved to collector.common.model", DeprecationWarning, stacklevel=2)
