"""Who asks: browser cookie, account, consent, language; and the id of each load of the feed.

``datr`` knows the browser and ``c_user`` the account. Both are respected when sent: runs preset
them to be reproducible. A load's id is a function of the visitor and the ordinal of the load.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import Request, Response

from mockserver.platforms.facebook.language import Language, choose
from mockserver.platforms.facebook.looks import Look, look_of
from mockserver.world import World
from mockserver.world.seeded import key64
from mockserver.world.social import FeedViewer, SocialWorld

BROWSER = "datr"
ACCOUNT = "c_user"
CONSENT = "cb"

_BROWSER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_ACCOUNT_ID = re.compile(r"[0-9]{5,20}\Z")
_YEAR = 365 * 24 * 3600

_FIRST = ("Alex", "Robin", "Kim", "Sascha", "Noor", "Andrea", "Jean", "Sam")
_LAST = ("Watcher", "Leser", "Lettore", "Lecteur", "Lector", "Leitor", "Qari", "Reader")


@dataclass
class Visit:
    """One request's visitor."""

    world: World
    visitor: str
    viewer: FeedViewer
    language: Language
    look: Look
    account: str | None
    """Numeric id of the account that is signed in."""
    known: bool
    """The browser cookie came with the request."""
    now: datetime
    origin: str = ""
    """Scheme, host and port of the site."""

    @property
    def social(self) -> SocialWorld:
        """Give the world's social site."""
        return self.world.social

    @property
    def consented(self) -> bool:
        """Tell whether the visitor has answered the cookie dialog, either way."""
        return self.viewer.consented is not None

    @property
    def name(self) -> str:
        """The account's name, as the site greets it."""
        number = key64(1, "account", self.account or "")
        return f"{_FIRST[number % 8]} {_LAST[number // 8 % 8]}"

    def next_load(self) -> str:
        """The id of a new load of the feed."""
        ordinal = self.viewer.next_load()
        text = f"feed/{self.world.seed}/{self.visitor}/{ordinal}"
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())[:22].decode()

    def keep(self, response: Response) -> Response:
        """Set the cookie that the request lacked."""
        if not self.known:
            remember(response, BROWSER, self.visitor)
        return response


def remember(response: Response, name: str, value: str) -> None:
    """Set a cookie of the site for a year."""
    response.set_cookie(name, value, max_age=_YEAR, path="/", samesite="Lax")


def visit_of(request: Request, world: World) -> Visit:
    """The visitor behind a request; a new id is minted when the cookie is absent or unusable."""
    sent = request.cookies.get(BROWSER, "")
    known = bool(_BROWSER_ID.match(sent))
    visitor = sent if known else secrets.token_urlsafe(18)[:24]
    language = choose(request.headers.get("Accept-Language", ""))
    viewer = world.social.viewer(visitor, lang=language.tag)
    choice = request.cookies.get(CONSENT, "")
    if choice in {"accept", "reject"} and viewer.consented is None:
        viewer.consent(choice)
    account = request.cookies.get(ACCOUNT, "")
    return Visit(
        world=world,
        visitor=visitor,
        viewer=viewer,
        language=language,
        look=look_of(
            world.era,
            host=request.host.partition(":")[0].lower(),
            agent=request.headers.get("User-Agent", ""),
        ),
        account=account if _ACCOUNT_ID.match(account) else None,
        known=known,
        now=world.now(),
        origin=request.host_url.rstrip("/"),
    )
