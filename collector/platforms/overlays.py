"""Dialogs over a page, other than the one the scenario has a step for: one table of what they are,
and a declared answer to each.

Protects two rules. Nothing over a page is answered but as the scenario says (or by the defaults
below, which docs/scenario.md lists), and every answer stands in the run's event log. And no step
waits behind something without saying what it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from collector.platforms.overlaywords import ABOUT, AGREE, CLOSE, COOKIES, REFUSE

#: Dialogs that one page may open one after the other before it is left as it is.
_MOST = 5
#: Seconds that a dialog gets to go away once it is answered.
_GONE_S = 5.0
#: Attribute of the button that is about to be pressed.
MARK = "data-puppet-dialog"
#: Where the script is told what dialogs are known by.
_KNOWN = "const KNOWN = null;"


class DialogKind(StrEnum):
    """What lies over a page (closed vocabulary; ``dialogs:`` of a scenario)."""

    STILL_WATCHING = "still-watching"
    PREMIUM = "premium"
    NOTIFICATIONS = "notifications"
    COOKIES = "cookies"
    AGE = "age"
    REGION = "region"
    UPDATE_BROWSER = "update-browser"
    SIGN_IN = "sign-in"
    CONSENT = "consent"
    OTHER = "other"


class Choice(StrEnum):
    """What is answered. ``LEAVE``: nothing; it is named as the reason of what it prevents."""

    ACCEPT = "accept"
    DECLINE = "decline"
    LEAVE = "leave"


DEFAULTS: Mapping[DialogKind, Choice] = {
    DialogKind.STILL_WATCHING: Choice.ACCEPT,
    DialogKind.PREMIUM: Choice.DECLINE,
    DialogKind.NOTIFICATIONS: Choice.DECLINE,
    DialogKind.COOKIES: Choice.DECLINE,
    DialogKind.AGE: Choice.LEAVE,
    DialogKind.REGION: Choice.DECLINE,
    DialogKind.UPDATE_BROWSER: Choice.DECLINE,
    DialogKind.SIGN_IN: Choice.DECLINE,
    DialogKind.CONSENT: Choice.LEAVE,
    DialogKind.OTHER: Choice.LEAVE,
}

#: Elements that are known: kind, what it is, where its answers are. ``when``: a further condition.
_TABLE: tuple[Mapping[str, str], ...] = (
    {"kind": "consent", "is": "ytd-consent-bump-v2-lightbox, ytm-consent-bump-v2-renderer,"
     " [data-cookiebanner], form[action*='consent.']"},
    {"kind": "premium", "is": "ytd-mealbar-promo-renderer, yt-mealbar-promo-renderer,"
     " ytd-enforcement-message-view-model",
     "decline": "#dismiss-button button, #dismiss-button", "accept": "#action-button button"},
    {"kind": "notifications", "is": "ytd-notification-opt-in-renderer,"
     " yt-notification-opt-in-renderer",
     "decline": "#dismiss-button button", "accept": "#confirm-button button"},
    {"kind": "still-watching", "is": "yt-confirm-dialog-renderer",
     "when": "paused", "accept": "#confirm-button button, #confirm-button"},
    {"kind": "sign-in", "is": "ytd-modal-with-title-and-button-renderer"},
    {"kind": "update-browser", "is": "#browser-upgrade-dialog, ytd-alert-with-button-renderer"
     "[browser-upgrade], #outdated"},
)  # fmt: skip


@cache
def _script() -> str:
    """The script that looks at what lies over a page.

    What dialogs are known by is written into it: as an argument it would be taken apart and put
    together again for every page.
    """
    text = (files(__package__ or "") / "overlays.js").read_text(encoding="utf-8")
    known = {"table": list(_TABLE), "about": list(ABOUT.items()), "cookies": COOKIES}
    before, after = text.split(_KNOWN)
    # Playwright takes a text that begins with a comment for statements, not for a function.
    return before[before.index("(call) =>") :] + f"const KNOWN = {json.dumps(known)};" + after


@dataclass(frozen=True, slots=True)
class Met:
    """A dialog that lay over a page, and what became of it."""

    kind: DialogKind
    text: str
    """What it said, its first letters."""
    choice: Choice
    answered: bool
    """It is gone; otherwise it was to be left, has no such button, or stayed."""

    @property
    def key(self) -> tuple[DialogKind, str]:
        """Return what tells it from another one: kind and text."""
        return self.kind, self.text

    def __str__(self) -> str:
        what = f"{self.kind} dialog {self.text!r}"
        if self.choice is Choice.LEAVE:
            return f"{what} was left as it is"
        if not self.answered:
            return f"{what} has no button to {self.choice}, or stayed"
        return f"{what} was answered: {self.choice}"


class Asking(Protocol):
    """The part of a page's waits that is needed here."""

    def ask(self, js: str, arg: Any = None) -> Any:
        """Return what the script ``js`` answers to ``arg``."""

    def until(self, js: str, arg: Any, timeout_s: float) -> Any:
        """Return the first true answer of ``js``; ``None``: none came in ``timeout_s`` seconds."""


class Overlays:
    """Answers what lies over the pages of one puppet.

    :param policy: kind → choice, where it differs from :data:`DEFAULTS`.
    :param press: clicks the element that carries :data:`MARK`.
    :param escape: presses the key that closes what has no button to close it.
    """

    def __init__(
        self,
        asking: Asking,
        press: Callable[[], None],
        policy: Mapping[str, str],
        escape: Callable[[], None] | None = None,
    ) -> None:
        self._asking = asking
        self._press = press
        self._escape = escape
        self._mark = MARK
        self.policy = {**DEFAULTS, **{DialogKind(k): Choice(v) for k, v in policy.items()}}
        self.met: list[Met] = []
        """What was met since it was last taken from here."""
        self._told: set[tuple[DialogKind, str]] = set()
        self.left: tuple[Met, ...] = ()
        """What the last look left over the page, the last first."""

    def sweep(self) -> tuple[Met, ...]:
        """Answer what lies over the page, one after the other; what was met, the last first."""
        found: list[Met] = []
        skip: list[str] = []
        for _ in range(_MOST):
            seen = self._ask("find", {"skip": skip})
            if seen is None:
                break
            met = self._answer(seen)
            if not met.answered:
                skip.append(met.kind)
            found.insert(0, met)
            # What is left is said once, not at every look; consent has a step of its own.
            if met.kind is DialogKind.CONSENT and not met.answered:
                continue
            if met.answered or met.key not in self._told:
                self._told.add(met.key)
                self.met.append(met)
        self.left = tuple(met for met in found if not met.answered)
        return tuple(found)

    def cover(self, mark: str) -> str:
        """What lies over the element that carries ``mark``, in words; empty: nothing does."""
        return str(self._ask("cover", mark))

    def over(self, mark: str = "") -> str:
        """What lies over the element that carries ``mark``, without one over the middle of the
        page, in words, whatever it is; empty: nothing does."""
        return str(self._ask("over", mark))

    def _ask(self, what: str, arg: Any) -> Any:
        return self._asking.ask(_script(), {"do": what, "arg": arg})

    def _answer(self, seen: Mapping[str, Any]) -> Met:
        kind = DialogKind(seen["kind"])
        choice = self.policy[kind]
        if choice is Choice.LEAVE:
            return Met(kind, seen["text"], choice, answered=False)
        declining = choice is Choice.DECLINE
        arg = {
            "mark": self._mark,
            "css": seen[choice.value],
            "words": REFUSE if declining else AGREE,
            "other": AGREE if declining else REFUSE,
            "strict": not declining,
            # Closing is not an answer to a question about cookies: it may mean either.
            "close": CLOSE if declining and kind is not DialogKind.COOKIES else [],
        }
        close = self._press if self._ask("button", arg) else None
        if close is None and kind is DialogKind.SIGN_IN and declining:
            close = self._escape  # the site's has one button only, to sign in
        answered = False
        if close is not None:
            close()
            answered = bool(self._asking.until(_script(), {"do": "gone"}, _GONE_S))
            self._ask("unmark", self._mark)
        return Met(kind, seen["text"], choice, answered)
