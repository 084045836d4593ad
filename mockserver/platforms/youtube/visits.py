"""Who asks: visitor cookie, consent, account, language; and the id of each page load.

The visitor id comes from ``VISITOR_INFO1_LIVE`` and is respected if sent (runs preset it to be
reproducible). A load's id is a function of the visitor and the ordinal of the load.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from urllib.parse import unquote

from flask import Request, Response

from collector.platforms.clock import CLOCK_HEADER, heard
from mockserver.platforms.youtube.eras import era_of
from mockserver.platforms.youtube.i18n import choose
from mockserver.platforms.youtube.look import Look
from mockserver.world import World
from mockserver.world.viewers import Viewer

VISITOR = "VISITOR_INFO1_LIVE"
CONSENT = "SOCS"
PREFERENCES = "PREF"
ACCOUNT = "LOGIN_INFO"

_VISITOR_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")

#: Consent cookies by choice, and their beginnings as the real site's are.
CONSENT_VALUES = {"accept": "CAISNQgBEgE1", "reject": "CAESEwgDEgk0"}

#: ``PREF``'s field of the autoplay switch and its value when it is off.
_AUTOPLAY = ("f5", "30000")

_YEAR = 365 * 24 * 3600


@dataclass
class Visit:
    """One request's visitor."""

    world: World
    visitor: str
    viewer: Viewer
    look: Look
    known: bool
    """The visitor cookie came with the request."""
    consented: bool
    preferences: dict[str, str]

    @property
    def signed_in(self) -> bool:
        """Tell whether the visitor is signed in."""
        return self.look.account is not None

    def next_load(self) -> str:
        """The id of a new page load."""
        ordinal = self.viewer.next_load()
        digest = hashlib.sha256(f"{self.world.seed}/{self.visitor}/{ordinal}".encode()).digest()
        return base64.urlsafe_b64encode(digest)[:22].decode()

    def keep(self, response: Response) -> Response:
        """Set the cookies that the request lacked."""
        if not self.known:
            _set(response, VISITOR, self.visitor)
            response.set_cookie("YSC", self.visitor[::-1], samesite="Lax", httponly=True)
        return response


def _set(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_YEAR, path="/", samesite="Lax")


def set_consent(response: Response, choice: str) -> None:
    """Set the cookie that a choice at the consent gate leaves.

    :param choice: a key of ``CONSENT_VALUES``
    """
    _set(response, CONSENT, CONSENT_VALUES[choice])


def set_autoplay(response: Response, visit: Visit, on: bool) -> None:
    """Keep the state of the autoplay switch."""
    name, off = _AUTOPLAY
    preferences = {**visit.preferences, name: "20000" if on else off}
    _set(response, PREFERENCES, "&".join(f"{key}={value}" for key, value in preferences.items()))


def _preferences(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split("&")[:20])
    return {name: value for name, _, value in pairs if re.fullmatch(r"\w{1,10}", name)}


def _progress(viewer: Viewer) -> dict[str, int]:
    """Share (%) watched of the videos in the history."""
    return {
        event.target: max(round(event.fraction * 100), 1)
        for event in viewer.history
        if event.fraction > 0
    }


def arrived(request: Request, world: World, viewer: Viewer) -> None:
    """A request of a viewer, at the time that its clock says."""
    agent = request.headers.get("User-Agent", "")[:500]
    world.arrive(viewer, heard(request.headers.get(CLOCK_HEADER)), agent)


def is_mobile(host: str) -> bool:
    """Whether a ``Host`` is the mobile site's: its name decides, whatever the user agent is.

    >>> is_mobile("m.youtube.localhost:8000"), is_mobile("youtube.localhost:8000")
    (True, False)
    """
    return host.lower().startswith("m.youtube.")


def visit_of(request: Request, world: World) -> Visit:
    """The visitor behind a request; a new id is minted when the cookie is absent or unusable."""
    sent = request.cookies.get(VISITOR, "")
    known = bool(_VISITOR_ID.match(sent))
    visitor = sent if known else secrets.token_urlsafe(8)[:11]
    language, country = choose(request.headers.get("Accept-Language", ""))
    content_language = language.tag if language.tag == "zh-TW" else language.family
    viewer = world.viewer(visitor, lang=content_language, country=country)
    arrived(request, world, viewer)
    cookie = request.cookies.get(CONSENT, "")
    if cookie and viewer.consented is None:
        viewer.consent("reject" if cookie.startswith("CAES") else "accept")
    account = unquote(request.cookies.get(ACCOUNT, "")).strip()[:80] or None
    preferences = _preferences(request.cookies.get(PREFERENCES, ""))
    look = Look(
        world=world,
        language=language,
        country=country,
        era=era_of(world.era).name,
        now=world.now(),
        autoplay=preferences.get(_AUTOPLAY[0]) != _AUTOPLAY[1],
        account=account,
        progress=_progress(viewer),
        origin=request.host_url.rstrip("/"),
        mobile=is_mobile(request.host),
    )
    return Visit(
        world=world,
        visitor=visitor,
        viewer=viewer,
        look=look,
        known=known,
        consented=viewer.consented is not None,
        preferences=preferences,
    )
