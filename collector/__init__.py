"""twinwatch: drive sock-puppet browsers through scripted sessions and keep the proof."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("twinwatch")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+source"
