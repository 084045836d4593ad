"""Where a page speaks of its viewer. Reads only small pieces: a page of 1 MB costs milliseconds.

Three sources: keys of the page's configuration and data (``"DATASYNC_ID":"…"``), the elements that
show the account (:mod:`collector.scrub.places`), and a few texts that tell it wherever they stand
(``Google Account: …``). Every search goes on where the last one ended.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator
from contextlib import suppress

from collector.platforms.registry import platforms
from collector.scrub.places import Places, avatar
from collector.scrub.secret import EMAIL, MARK, Secret, SecretKind, Span, classify, secret
from collector.scrub.sieve import Sieve
from collector.scrub.spellings import occurrences, short_forms, shortened
from collector.scrub.view import View, reads
from collector.scrub.words import LABELLED

__all__ = ["Secret", "SecretKind", "Span", "classify", "learn"]

_TOKEN_KEYS = (
    "ID_TOKEN",
    "XSRF_TOKEN",
    "VISITOR_DATA",
    "DATASYNC_ID",
    "DELEGATED_SESSION_ID",
    "USER_SESSION_ID",
    "SESSION_INDEX",
    "LOGIN_INFO",
    "SAPISID",
    "visitorData",
    "datasyncId",
    "delegatedSessionId",
    "onBehalfOfUser",
    "sessionIndex",
    "idToken",
    "xsrfToken",
    "session_token",
    "rolloutToken",
    "deviceExperimentId",
    "aiaId",
    "GAIA_ID",
    "gaia_id",
    "VISITOR_INFO1_LIVE",
    "VISITOR_PRIVACY_METADATA",
)
"""Keys (or ends of keys: ``aiaId`` is that of ``gaiaId`` and ``obfuscatedGaiaId``) of tokens."""

_KEYS = {key.encode(): SecretKind.TOKEN for key in _TOKEN_KEYS} | {
    b"remoteHost": SecretKind.ADDRESS,
    b"clientIp": SecretKind.ADDRESS,
    b"accountName": SecretKind.NAME,
    b"ACCOUNT_NAME": SecretKind.NAME,
    b"accountEmail": SecretKind.EMAIL,
    b"USER_EMAIL": SecretKind.EMAIL,
    b"accountByline": SecretKind.EMAIL,
    b"accountPhotoUrl": SecretKind.AVATAR,
}

#: Objects of the page's data that are the viewer's, and what their fields are.
_OBJECTS: tuple[tuple[bytes, dict[bytes, SecretKind]], ...] = (
    (
        b"activeAccountHeaderRenderer",
        {
            b"email": SecretKind.EMAIL,
            b"channelHandle": SecretKind.HANDLE,
            b"url": SecretKind.AVATAR,
        },
    ),
    (
        b"googleAccountHeaderRenderer",
        {b"name": SecretKind.NAME, b"email": SecretKind.EMAIL, b"url": SecretKind.AVATAR},
    ),
    (b"topbarMenuButtonRenderer", {b"url": SecretKind.AVATAR}),
    (b"accountPhoto", {b"url": SecretKind.AVATAR}),
)
#: A name that is too common to be looked for elsewhere.
_FIRST_NAME = b"SHORT_NAME"
#: The same of objects without others in them: they end with the first brace that closes.
_FLAT_OBJECTS: tuple[tuple[bytes, dict[bytes, SecretKind]], ...] = (
    (
        b"CurrentUserInitialData",
        {
            # with its quote: SHORT_NAME is another key
            b'"NAME': SecretKind.NAME,
            b"USER_ID": SecretKind.TOKEN,
            b"ACCOUNT_ID": SecretKind.TOKEN,
            _FIRST_NAME: SecretKind.NAME,
        },
    ),
    (b"DTSGInit", {b"token": SecretKind.TOKEN}),
)
#: Which of all these a page holds.
_SIEVE = Sieve(
    [*_KEYS, *(opening for opening, _ in (*_OBJECTS, *_FLAT_OBJECTS))],
    around=(b"account", b"_", b"I", b"T", b"H"),
)
_MAX_OBJECT = 4000
"""Bytes of such an object that are read."""

_QUOTE = rb"(?:\\{0,8}[\"']|&quot;|&\#34;|&\#39;|\\{1,8}x22|\\{1,8}u0022)"
_OPEN = re.compile(
    rb"(?:" + _QUOTE + rb")?\s{0,8}(?P<joint>[:,=])\s{0,8}"
    # {"simpleText": "…"} and {"runs": [{"text": "…"}]} are the site's ways to write a text
    rb"(?:\{\s{0,80}" + _QUOTE + rb"(?:simpleText|content|runs)" + _QUOTE + rb"\s{0,80}:\s{0,80}"
    rb"(?:\[\s{0,80}\{\s{0,80}" + _QUOTE + rb"text" + _QUOTE + rb"\s{0,80}:\s{0,80})?)?"
    rb"(?P<quote>" + _QUOTE + rb")?"
)
_BARE = re.compile(rb"[^\s\"'<>&\\,;{}\[\]]{6,4096}+")
_MAX_VALUE = 4096

MOST_NAMES = 24
"""Names of one page: who is signed in, and the accounts of a switcher."""

_CALL = re.compile(rb"\(\s{0,8}" + _QUOTE + rb"\Z")

_MAIL_ELEMENT = re.compile(
    rb"email\"[^<>]{0,400}+>\s{0,80}+(?P<mail>[^<\s@]{1,64}@[^<\s@]{3,190})\s{0,80}+<"
)
_OWN_IMAGE = re.compile(rb"/yti/([\w-]{12,200})")
#: ``ip=`` of an address that media come from; its path may be written as ``/ip/…``.
_MEDIA_IP = re.compile(rb"[?&/]ip[=/]([0-9A-Fa-f.:]{7,45})(?![0-9A-Fa-f.:])")
_GOOGLE = re.compile(rb"Google[^<>\"]{0,300}+")


def learn(view: View) -> tuple[list[Secret], list[Span]]:
    """What identifies the viewer of this page.

    :returns: secrets to replace everywhere, and spans that hold the viewer's values where they
        stand, however short.
    """
    data = view.raw
    found: list[Secret | None] = []
    spans: list[Span] = []
    there = _SIEVE.through(data)
    for key, kind in _KEYS.items():
        if key not in there:
            continue
        for start, end in _values(data, key, 0, len(data)):
            if kind.placeholder not in data[start:end]:
                spans.append(Span(start, end, kind))
            for value in _decoded(data[start:end]):
                found += [_named(kind, part) for part in dict.fromkeys((value, *value.split("||")))]
    places = Places(data)
    found += places.found
    found += _told(view)
    labelled = [name for name in _labelled(view) if MARK not in name]
    names = dict.fromkeys([*places.names, *labelled][:MOST_NAMES])
    found += [secret(SecretKind.NAME, name) for name in sorted(names)]
    spans += _in_place(view, places, names)
    for start, end, fields in _own_objects(data, there):
        for key, kind in fields.items():
            for first, last in _values(data, key, start, end):
                if key == _FIRST_NAME:
                    spans.append(Span(first, last, kind))
                    continue
                found += [_named(kind, value) for value in _decoded(data[first:last])]
    found += _own_playlists(data)
    return [one for one in dict.fromkeys(found) if one], spans


def _named(kind: SecretKind, value: str) -> Secret | None:
    if kind is SecretKind.EMAIL and not EMAIL.fullmatch(value.strip()):
        return secret(SecretKind.HANDLE, value.strip())
    if kind is SecretKind.AVATAR:
        return avatar(value) if "/" in value else None
    return secret(kind, value)


def _values(data: bytes, key: bytes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where the values of a key stand, by whatever quotes."""
    at = data.find(key, start, stop)
    while at >= 0:
        after = at + len(key)
        match = _OPEN.match(data, after, after + 1200)
        # a comma joins key and value in a call, ytcfg.set("KEY", "value"), and nowhere else
        if match and (match["joint"] != b"," or _CALL.search(data, max(0, at - 12), at)):
            first, last = match.end(), -1
            if match["quote"]:
                last = data.find(match["quote"], first, first + _MAX_VALUE)
            elif bare := _BARE.match(data, first):
                last = bare.end()
            if last > first:
                yield first, last
                after = last
        at = data.find(key, after, stop)


def _own_objects(
    data: bytes, there: Collection[bytes]
) -> Iterator[tuple[int, int, dict[bytes, SecretKind]]]:
    """Objects that are the viewer's: where they are, and what their fields are.

    :param there: the openings that the page holds.
    """
    for opening, fields in _OBJECTS:
        for start, end in _objects(data, opening) if opening in there else ():
            yield start, end, fields
    for opening, fields in _FLAT_OBJECTS:
        for start, end in _objects(data, opening) if opening in there else ():
            yield start, max(start, data.find(b"}", start, end)), fields


def _objects(data: bytes, opening: bytes) -> Iterator[tuple[int, int]]:
    """The bytes after each ``opening``, none of them twice."""
    done = 0
    at = data.find(opening)
    while at >= 0:
        start = max(done, at + len(opening))
        done = max(done, at + len(opening) + _MAX_OBJECT)
        yield start, min(done, len(data))
        at = data.find(opening, at + len(opening))


def _decoded(raw: bytes) -> set[str]:
    """The value behind the escapes of HTML, JSON and URLs."""
    text = reads(raw).decode("utf-8", "replace")
    return {text} if "\ufffd" not in text else {raw.decode("utf-8", "replace")}


def _told(view: View) -> Iterator[Secret | None]:
    """Single values that are the viewer's wherever they stand."""
    plain = view.plain
    for match in _MAIL_ELEMENT.finditer(view.raw):
        # the end of the tag that has id="…email"
        tag = view.raw.rfind(b'id="', max(0, match.start() - 60), match.start())
        if tag >= 0 and b'"' not in view.raw[tag + 4 : match.start()]:
            for mail in _decoded(match["mail"]):
                yield secret(SecretKind.EMAIL, mail)
    for spec in platforms().values():
        for match in spec.own_channel.finditer(plain) if spec.own_channel else ():
            yield secret(SecretKind.CHANNEL, match[1].decode())
    for match in _OWN_IMAGE.finditer(plain):
        yield secret(SecretKind.AVATAR, match[1].decode())
    for start, end in _objects(plain, b"videoplayback"):
        for match in _MEDIA_IP.finditer(plain, start, end):
            address = match[1].decode()
            with suppress(ValueError):
                ipaddress.ip_address(address)
                yield secret(SecretKind.ADDRESS, address)


def _labelled(view: View) -> Iterator[str]:
    """The name in ``Google Account: NAME (MAIL)``, in any language, wherever it stands."""
    for match in _GOOGLE.finditer(view.plain):
        label = LABELLED.search(match[0].decode("utf-8", "replace"))
        if label and label.start() <= 24:
            yield " ".join(label["name"].split())


def _in_place(view: View, places: Places, names: dict[str, None]) -> list[Span]:
    """Where the names stand in the viewer's own places: there even "Bo" is a name, and "J. D." of
    "Jane Doe"."""
    mine = [name for name in names if MARK not in name]
    spans = [
        span
        for name in mine
        if secret(SecretKind.NAME, name) is None
        for span in occurrences(Secret(SecretKind.NAME, name), view)
        if places.hold(span.start)
    ]
    short = short_forms(mine)
    for first, last in places.ranges if short else ():
        for start, end in shortened(short, View(view.raw[first:last])):
            spans.append(Span(first + start, first + end, SecretKind.NAME))
    return spans


def _own_playlists(data: bytes) -> Iterator[Secret | None]:
    """Playlists in the side menu: each leads to the channel of the viewer who made it."""
    start = data.find(b"<ytd-guide-renderer")
    end = data.find(b"</ytd-guide-renderer>", start)
    if 0 <= start < end:
        for match in re.finditer(rb"[?&;]list=(PL[\w-]{10,60})", data[start:end]):
            yield secret(SecretKind.PLAYLIST, match[1].decode())
