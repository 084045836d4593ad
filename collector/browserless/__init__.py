"""A puppet without a browser, for mocks only: fetches pages, sends what their scripts would send.

The same scenario language and session code drive it as drive Chromium, on a clock of its own, many
times faster. What it hands to the parser is what a browser would have handed over; what scripts add
that no parser reads (the player's controls, menus) is not made. It refuses to talk to anything but
a mock: a platform must never meet a client that only pretends to have watched.
"""

from __future__ import annotations

from collector import __version__

#: What stands for the browser's version in a capture.
VERSION = f"http/{__version__}"
