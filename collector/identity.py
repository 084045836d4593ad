"""The old name of :mod:`collector.common.identity`, for two releases."""

from __future__ import annotations

from warnings import warn

from collector.common.identity import *  # noqa: F403

warn("collector.identity has moved to collector.common.identity", DeprecationWarning, stacklevel=2)
