"""The old name of :mod:`collector.common.errors`, for two releases."""

from __future__ import annotations

from warnings import warn

from collector.common.errors import *  # noqa: F403

warn("collector.errors has moved to collector.common.errors", DeprecationWarning, stacklevel=2)
