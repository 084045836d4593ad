"""The browser room: find Chromium, keep a puppet's profile, drive its page, prove what it watched.

Nothing here knows a platform's data; it knows pages, players, clocks and processes. Every wait in
this room is bounded by a watchdog, because a page in an endless loop would otherwise hang a run.
"""

from __future__ import annotations

from collector.browser.errors import (
    BrowserError,
    BrowserGone,
    BrowserHung,
    BrowserMissing,
    BrowserTooBig,
    NavigationFailed,
    PageCrashed,
    ProfileLocked,
    SnapshotRefused,
)
from collector.browser.find import BrowserBinary, BrowserKind, find_browser

__all__ = [
    "BrowserBinary",
    "BrowserError",
    "BrowserGone",
    "BrowserHung",
    "BrowserKind",
    "BrowserMissing",
    "BrowserTooBig",
    "NavigationFailed",
    "PageCrashed",
    "ProfileLocked",
    "SnapshotRefused",
    "find_browser",
]
