"""Who submits, and under what name: key pairs, signatures, pseudonyms and content ids.

Floor 1. The algorithms are those of the ytTREX servers and its 2022 collector, byte for byte:
a signature or an id that differs in one byte is refused or files the same page twice. Two rules
are kept here: the secret key never shows itself (``repr`` hides it), and the three-word pseudonym
is for showing only (about 4 % of 20,000 keys share one) and is never a join key.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass, field
from typing import Any

import base58
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from collector.common.errors import UserError
from collector.common.foodwords import WORDS
from collector.common.jsjson import UNDEFINED, iso_z, js_json, js_loads, parse_iso

__all__ = [
    "UNDEFINED",
    "BadKey",
    "KeyPair",
    "check_public_key",
    "check_signature",
    "content_id",
    "content_id_2019",
    "html_hash",
    "iso_z",
    "js_json",
    "js_loads",
    "parse_iso",
    "pseudonym",
    "utf16_length",
    "verify",
]

_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]+\Z")


class BadKey(UserError):
    """A key or signature that is not base58 of the right number of bytes."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An Ed25519 key pair in base58, as the ytTREX tools write it.

    ``public_key`` is 32 bytes (43–44 characters), ``secret_key`` 64 bytes: the seed, then the
    public key.
    """

    public_key: str
    secret_key: str = field(repr=False)

    @classmethod
    def generate(cls, seed: bytes | None = None) -> KeyPair:
        """A new pair; the same ``seed`` gives the same pair.

        Thirty-two bytes are the Ed25519 seed itself, any other length is first hashed (SHA-256).
        """
        if seed is None:
            key = SigningKey.generate()
        else:
            key = SigningKey(seed if len(seed) == 32 else hashlib.sha256(seed).digest())
        public = bytes(key.verify_key)
        return cls(_encode(public), _encode(bytes(key) + public))

    @classmethod
    def from_secret(cls, secret_key: str) -> KeyPair:
        """The pair of a base58 secret key. Raises :class:`BadKey`."""
        raw = _decode(secret_key, 64, "secret key")
        public = bytes(SigningKey(raw[:32]).verify_key)
        if public != raw[32:]:
            raise BadKey(
                "the secret key's two halves do not belong together",
                fix="copy the whole key again, or make a new profile",
            )
        return cls(_encode(public), _encode(raw))

    def sign(self, message: bytes) -> str:
        """The detached signature of ``message``, 64 bytes in base58."""
        seed = base58.b58decode(self.secret_key)[:32]
        return _encode(SigningKey(seed).sign(message).signature)


def check_public_key(public_key: str) -> bytes:
    """The 32 bytes of a public key. Raises :class:`BadKey` when it is none."""
    return _decode(public_key, 32, "public key")


def check_signature(signature: str) -> bytes:
    """The 64 bytes of a signature. Raises :class:`BadKey` when it is none."""
    return _decode(signature, 64, "signature")


def verify(public_key: str, signature: str, message: bytes) -> bool:
    """Did the owner of ``public_key`` sign exactly ``message``? Malformed input is a no."""
    try:
        VerifyKey(check_public_key(public_key)).verify(message, check_signature(signature))
    except (BadKey, BadSignatureError):
        return False
    return True


def pseudonym(public_key: str) -> str:
    """Three food words for a public key, such as ``pasta-cake-romaine``.

    Raises ValueError for a text so long that it overflows a double (no key is).

    >>> pseudonym("H7AsuUszehN4qKTj2GYYwNNzkJVqUQBRo2wgKevzeUwx")
    'pasta-cake-romaine'
    """
    return "-".join(_food(f"{i}{public_key}") for i in range(3))


def _food(text: str) -> str:
    total = 1.0
    for unit in _utf16_units(text):
        # Not total * (1 + unit / 23): the rounding of each operation is part of the algorithm.
        total = total + (total * unit) / 23
    if not math.isfinite(total):
        raise ValueError("text too long for a pseudonym")
    rounded = total if total >= 2.0**52 else math.floor(total + 0.5)
    return WORDS[int(math.fmod(rounded, len(WORDS)))]


def content_id(**fields: Any) -> str:
    """SHA-1 (40 hex digits) over ``name∴JSON,`` of every field, in the order given.

    ``UNDEFINED`` stands for a missing value; ``None`` is JSON's null.

    >>> content_id(impressionTime="2022-03-24 00:00:00")
    '868b3bacbae5a6f33d43be21e075bc35ff88e5fa'
    """
    return _sha1(
        "".join(
            f"{name}∴{js_json('…miss!' if value is UNDEFINED else value)},"
            for name, value in fields.items()
        )
    )


def content_id_2019(**fields: str) -> str:
    """The 2019 form of :func:`content_id`: values are concatenated without quotes."""
    return _sha1("".join(f"{name}∴{value}," for name, value in fields.items()))


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def utf16_length(text: str) -> int:
    """What JavaScript calls the ``length`` of a string."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def html_hash(html: str) -> int:
    """The signed 32-bit string hash that collectors give a leaf's HTML.

    >>> html_hash('<a href="/channel/X">é</a>')
    -1798030027
    """
    value = 0
    for unit in _utf16_units(html):
        value = (value * 31 + unit) & 0xFFFFFFFF
    return value - 0x100000000 if value & 0x80000000 else value


def _utf16_units(text: str) -> Any:
    if text.isascii():
        return text.encode("ascii")
    raw = text.encode("utf-16-le", "surrogatepass")
    return memoryview(raw).cast("H")


def _encode(raw: bytes) -> str:
    return base58.b58encode(raw).decode("ascii")


def _decode(text: str, size: int, what: str) -> bytes:
    fix = f"a {what} is {size} bytes in base58 (no 0, O, I or l)"
    if not isinstance(text, str) or len(text) > 2 * size or not _BASE58.match(text):
        raise BadKey(f"the {what} is not base58 of {size} bytes", fix=fix)
    raw = base58.b58decode(text)
    if len(raw) != size:
        raise BadKey(f"the {what} has {len(raw)} bytes instead of {size}", fix=fix)
    return raw
