"""What can go wrong with a browser, one exception a cause, each message saying what to do.

Causes a person mends (no browser, a profile in use, a bad snapshot) are user errors; causes that
end a session (hung, crashed, gone) are :class:`BrowserError` so that the engine can tell a dead
puppet from a bug.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.browser.reasons import of_the_proxy
from collector.common.errors import UserError
from collector.egress import ANOTHER
from collector.environment import refusals


class BrowserMissing(UserError):
    """No Chromium that can be started."""


class ProfileLocked(UserError):
    """Another process has this puppet's profile open."""

    def __init__(self, problem: str, *, pid: int | None, place: str = "", fix: str = "") -> None:
        self.pid = pid
        super().__init__(problem, place=place, fix=fix)


class SnapshotRefused(UserError):
    """A snapshot that must not be unpacked: unreadable, altered, or pointing outside."""


class BrowserError(RuntimeError):
    """The browser failed; the session with it is over unless a subclass says otherwise."""


class BrowserHung(BrowserError):
    """An answer did not come in time; the watchdog has killed the browser."""

    def __init__(self, what: str, limit_s: float) -> None:
        self.what = what
        self.limit_s = limit_s
        super().__init__(
            f"{what} gave no answer for {limit_s:g} s; the browser was killed. "
            "Relaunch the puppet from its last snapshot."
        )


class PageCrashed(BrowserError):
    """The renderer died. This page cannot be used again; a new page in the same browser can."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"the page {url or '(blank)'} crashed; open a new page or relaunch the puppet."
        )


class BrowserGone(BrowserError):
    """The browser process ended or the connection to it was lost."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "the browser is gone (killed, out of memory, or closed by hand)"
            + (f": {detail}" if detail else "")
            + ". Relaunch the puppet from its last snapshot."
        )


class BrowserTooBig(BrowserError):
    """The browser used more memory than it may, and was ended for it."""

    def __init__(self, used_mb: int, limit_mb: int) -> None:
        self.used_mb = used_mb
        self.limit_mb = limit_mb
        super().__init__(
            f"the browser used {used_mb} MB, more than the {limit_mb} MB it may, and was ended"
        )


class NavigationFailed(BrowserError):
    """A page did not load: unreachable, refused, or too slow. The browser itself is fine."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"could not load {url}: {reason}")

    @property
    def instead(self) -> str:
        """What answered in the site's place, in words; empty: nothing did."""
        if self.reason.startswith(ANOTHER):
            return self.reason
        return f"refused by the proxy: {self.reason}" if of_the_proxy(self.reason) else ""


@contextmanager
def told(origin: str, state: Path) -> Iterator[None]:
    """Make what goes wrong in the block the user's error: there is no run that could note it.

    :param origin: the site that was asked for with ``--site``.
    :param state: where the browser's state lies.
    :raises UserError: the browser failed, or the machine refused what it needs.

    >>> with told("http://site.localhost:9", Path("state")):  # doctest: +ELLIPSIS
    ...     raise NavigationFailed("http://site.localhost:9/", "net::ERR_CONNECTION_REFUSED")
    Traceback (most recent call last):
    collector.common.errors.UserError: ...: could not load ...: net::ERR_CONNECTION_REFUSED
      fix: start it (mockserver serve), or check --site
    """
    with refusals(state):
        try:
            yield
        except NavigationFailed as error:
            fix = "start it (mockserver serve), or check --site"
            raise UserError(str(error), place=f"--site {origin}", fix=fix) from error
        except BrowserError as error:
            fix = "try it again; collector doctor says whether the browser works"
            raise UserError(str(error), place=f"--site {origin}", fix=fix) from error
