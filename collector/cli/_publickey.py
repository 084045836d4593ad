"""``--public-key``: who must have signed, in the one spelling that all commands have.

A key that signs is a file (``--key FILE`` of ``collector pack``); this is what it is known by, as
the commands print it: a report's in base58, a pack's in hexadecimal digits. Either is read here.
"""

from __future__ import annotations

import re

import base58
import click

from collector.common.errors import UserError
from collector.common.identity import BadKey, check_public_key

_HEX = re.compile(r"[0-9A-Fa-f]{64}")


def read_public_key(text: str) -> bytes:
    """The 32 bytes of a public key.

    :raises UserError: it is none.
    """
    text = text.strip()
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        return check_public_key(text)
    except BadKey as error:
        raise UserError(
            f"{text[:80]!r} is not a public key",
            place="--public-key",
            fix="give it as the signer's `collector pack` or `collector verify` printed it: 64"
            " hexadecimal digits, or 43 to 44 characters of base58",
        ) from error


def read_option(context: click.Context, option: click.Parameter, value: str | None) -> bytes | None:
    """Return the key that was given, ``None`` without one; for ``click.option``."""
    return None if value is None else read_public_key(value)


def in_base58(key: bytes) -> str:
    """Return a public key as reports name it."""
    return base58.b58encode(key).decode("ascii")
