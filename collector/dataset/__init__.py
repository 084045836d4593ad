"""The old name of :mod:`collector.datasets`, for two releases."""

from __future__ import annotations

from warnings import warn

from collector.datasets import *  # noqa: F403

warn("collector.dataset has moved to collector.datasets", DeprecationWarning, stacklevel=2)
