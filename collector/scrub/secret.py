"""What can identify a viewer, and what is too short or too common to be replaced everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize
from urllib.parse import unquote

MARK = "scrubbed-"


class SecretKind(StrEnum):
    """What a secret is; its placeholder and how it is looked for follow from that."""

    NAME = "name"
    EMAIL = "email"
    HANDLE = "handle"
    AVATAR = "avatar"
    CHANNEL = "channel"
    PLAYLIST = "playlist"
    ADDRESS = "address"
    TOKEN = "token"

    @property
    def placeholder(self) -> bytes:
        """Return what stands in a page for a secret of this kind."""
        return (MARK + self.value).encode()

    @property
    def folded(self) -> bool:
        """Upper and lower case are the same to it."""
        return self in (SecretKind.EMAIL, SecretKind.HANDLE)


@dataclass(frozen=True)
class Secret:
    """One value that tells who the viewer is."""

    kind: SecretKind
    value: str

    @property
    def bounded(self) -> bool:
        """Only as a whole word: letters and digits beside it make it something else."""
        if self.kind is SecretKind.NAME:
            return not is_unspaced(self.value)
        if self.kind in (SecretKind.EMAIL, SecretKind.HANDLE, SecretKind.ADDRESS):
            return True
        return len(self.value) < 10


@dataclass(frozen=True)
class Span:
    """Bytes ``start`` to ``end`` of a page are to be replaced."""

    start: int
    end: int
    kind: SecretKind


EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]+(?:\.[\w\-]+)+")
_CHANNEL = re.compile(r"UC[\w-]{22}")
_HANDLE = re.compile(r"@[\w.\-·]{3,30}")
_LOCAL_ADDRESS = re.compile(r"127\.|10\.|192\.168\.|::1$|0\.0\.0\.0")
_PLACEHOLDERS = "".join(f" {MARK}{kind}" for kind in SecretKind)


def secret(kind: SecretKind, value: str) -> Secret | None:
    """A secret to look for on the whole page, or ``None`` when the value is no such thing."""
    value = " ".join(value.split())
    if kind is SecretKind.NAME or kind.folded:
        value = normalize("NFC", value)
    if MARK in value or value in _PLACEHOLDERS:
        return None
    if kind is SecretKind.NAME:
        if len(value) < (2 if is_unspaced(value) else 4) or value.isdigit():
            return None
    elif kind is SecretKind.HANDLE:
        if not _HANDLE.fullmatch(value):
            return None
    elif kind is SecretKind.CHANNEL:
        if not _CHANNEL.fullmatch(value):
            return None
        value = value[2:]  # the uploads list (UU…), favourites (FL…) and likes bear the same tail
    elif kind is SecretKind.ADDRESS:
        if _LOCAL_ADDRESS.match(value) or len(value) < 7:
            return None
    elif not _distinctive(value):
        return None
    if kind.folded:
        # As the page is folded: its bytes know the case of ASCII letters alone.
        value = value.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    return Secret(kind, value)


def classify(value: str) -> Secret | None:
    """What a value given by the caller is, by its shape."""
    plain = normalize("NFC", unquote(value)).strip()
    if EMAIL.fullmatch(plain):
        return secret(SecretKind.EMAIL, plain)
    if _CHANNEL.fullmatch(plain):
        return secret(SecretKind.CHANNEL, plain)
    if _HANDLE.fullmatch(plain):
        return secret(SecretKind.HANDLE, plain)
    if plain.isalpha() or " " in plain:
        # One word or several: a name, or a token without digits; both only as whole words.
        return secret(SecretKind.NAME, plain) if _distinctive(plain) or is_unspaced(plain) else None
    return secret(SecretKind.TOKEN, value)


def is_unspaced(value: str) -> bool:
    """Is it in a script without spaces between words, that needs few characters for a name?"""
    return max(value, default="") >= "\u2e80"


def _distinctive(value: str) -> bool:
    if value.isdigit():
        return len(value) >= 8
    return len(value) > 6 or (len(value) == 6 and not re.fullmatch("[a-z]{6}", value))
