"""Who may ask: the administrator, the viewer, and every visitor of the sites.

A visitor of the mock's video site is a user of the archive, so that a puppet's watches can be read
back as its own progress: it logs in by its visitor id.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.common.errors import UserError
from mockserver.world import World

PASSWORD = "verysecret"
ADMIN = "tubearchivist"
VIEWER = "viewer"
_OPTION_NAMES = {"admin": ADMIN, "viewer": VIEWER}
_MOST_SESSIONS = 1000

#: Settings of a user that may be changed, and their defaults where a profile has none.
SETTINGS: dict[str, Any] = {
    "page_size": 12,
    "sort_by": "published",
    "sort_order": "desc",
    "view_style_home": "grid",
    "view_style_channel": "list",
    "view_style_downloads": "list",
    "view_style_playlist": "grid",
    "grid_items": 3,
    "hide_watched": False,
    "show_ignored_only": False,
    "show_subed_only": False,
    "sponsorblock_id": "",
    "stylesheet": "dark.css",
}

_STYLES = ("grid", "list")
#: What some of them may be.
CHOICES: dict[str, tuple[Any, ...]] = {
    "sort_by": (
        "published", "downloaded", "views", "likes", "duration", "filesize", "mediasize",
        "width", "height",
    ),
    "sort_order": ("asc", "desc"),
    "view_style_home": _STYLES,
    "view_style_channel": _STYLES,
    "view_style_downloads": _STYLES,
    "view_style_playlist": _STYLES,
    "grid_items": tuple(range(3, 8)),
    "stylesheet": ("dark.css", "light.css", "matrix.css", "midnight.css", "custom.css"),
}  # fmt: skip


@dataclass
class User:
    """Somebody who may ask. A visitor of the sites is one too, and is never an administrator."""

    id: int
    name: str
    admin: bool
    token: str
    visitor: str | None = None
    """The visitor of the sites that this user is."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What was changed of ``SETTINGS``."""


class Users:
    """``secret`` derives the tokens that are not given."""

    def __init__(self, world: World, secret: str, tokens: Mapping[str, str]) -> None:
        self._world = world
        self._secret = secret
        self._lock = threading.Lock()
        self._by_name: dict[str, User] = {}
        self._by_token: dict[str, User] = {}
        self._sessions: OrderedDict[str, tuple[User, float]] = OrderedDict()
        for option in tokens:
            if option not in _OPTION_NAMES:
                raise UserError(
                    f"there is no user {option!r} whose token can be set",
                    place="--tubearchivist-token",
                    fix="use admin=TOKEN and viewer=TOKEN",
                )
        for option, name in _OPTION_NAMES.items():
            self._add(name, admin=option == "admin", token=tokens.get(option))

    def _add(
        self,
        name: str,
        *,
        admin: bool = False,
        token: str | None = None,
        visitor: str | None = None,
    ) -> User:
        made = token or hashlib.sha256(f"{self._secret}\0{name}".encode()).hexdigest()[:40]
        user = User(len(self._by_name) + 1, name, admin, made, visitor)
        self._by_name[name] = user
        self._by_token[made] = user
        return user

    @property
    def admin(self) -> User:
        """Give the administrator."""
        return self._by_name[ADMIN]

    def by_token(self, token: str) -> User | None:
        """Give the user whose token it is; ``None``: nobody's."""
        return self._by_token.get(token)

    def renew(self, user: User) -> None:
        """Another token in place of the user's."""
        with self._lock:
            self._by_token.pop(user.token, None)
            user.token = secrets.token_hex(20)
            self._by_token[user.token] = user

    def login(self, name: str, password: str) -> User | None:
        """The user, when the password is right."""
        if not secrets.compare_digest(password.encode("utf-8", "replace"), PASSWORD.encode()):
            return None
        with self._lock:
            known = self._by_name.get(name)
            if known is not None:
                return known
            if any(viewer.visitor_id == name for viewer in self._world.viewers()):
                return self._add(name, visitor=name)
        return None

    def begin(self, user: User, until: float) -> str:
        """A session's cookie; ``until``: epoch seconds."""
        with self._lock:
            cookie = secrets.token_hex(16)
            self._sessions[cookie] = (user, until)
            while len(self._sessions) > _MOST_SESSIONS:
                self._sessions.popitem(last=False)
        return cookie

    def session(self, cookie: str, now: float) -> User | None:
        """Give the user of a session's cookie; ``None`` where it is unknown or over.

        :param now: epoch seconds
        """
        found = self._sessions.get(cookie)
        return found[0] if found is not None and now < found[1] else None

    def end(self, cookie: str) -> None:
        """End the session of a cookie, if there is one."""
        with self._lock:
            self._sessions.pop(cookie, None)
