"""Signing a pack: checksums of every file, and an Ed25519 signature over them.

``SHA256SUMS`` is what ``sha256sum -c`` reads. ``pack.sig`` is one JSON document: the hash of
``SHA256SUMS``, the head of the chain over the captures, the public key, and a signature over the
three. A signature says that whoever has the key signed these bytes; who that is, the public key
says only to those who have it from elsewhere (a preregistration, a web page, a paper).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from collector.common.typed import typed
from collector.files import private_dir, private_file
from collector.packing.errors import PackRefused

FORMAT = "twinwatch-pack/1"
SUMS, SIGNATURE = "SHA256SUMS", "pack.sig"


def signing_key(path: Path) -> SigningKey:
    """The key in ``path`` (64 hex digits), made there for its owner alone if there is none.

    :raises PackRefused: the file holds something else, or others can read it.
    """
    if not path.exists():
        if not path.parent.exists():
            private_dir(path.parent)
        private_file(path, SigningKey.generate().encode().hex().encode() + b"\n")
    if path.stat().st_mode & 0o077:
        raise PackRefused(
            "the signing key must be readable by its owner alone",
            place=str(path),
            fix=f"chmod 600 {typed(path)}, or take another",
        )
    try:
        return SigningKey(bytes.fromhex(path.read_text("ascii").strip()))
    except (ValueError, UnicodeDecodeError) as error:
        raise PackRefused(
            "the file holds no signing key",
            place=str(path),
            fix="name a file that is not there yet",
        ) from error


def sums_file(sums: Mapping[str, str]) -> bytes:
    """``SHA256SUMS`` of these files, sorted by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()


def read_sums(data: bytes) -> dict[str, str]:
    """Name → SHA-256. Raises ValueError for anything else than :func:`sums_file` writes."""
    found = {}
    for line in data.decode().splitlines():
        digest, gap, name = line.partition("  ")
        if len(digest) != 64 or not gap or not name:
            raise ValueError(f"not a line of checksums: {line[:80]!r}")
        found[name] = digest
    if sums_file(found) != data:
        raise ValueError("not in its canonical form")
    return found


def _message(sums: bytes, head: str) -> bytes:
    return f"{FORMAT}\n{hashlib.sha256(sums).hexdigest()}\n{head}\n".encode()


def sign(sums: bytes, head: str, key: SigningKey) -> bytes:
    """``pack.sig``.

    :param sums: the bytes of ``SHA256SUMS``.
    :param head: the last hash of the chain over the captures; empty without captures.
    """
    found = {
        "format": FORMAT,
        "algorithm": "Ed25519",
        "sums_sha256": hashlib.sha256(sums).hexdigest(),
        "chain_head": head,
        "public_key": key.verify_key.encode().hex(),
        "signature": key.sign(_message(sums, head)).signature.hex(),
    }
    return json.dumps(found, indent=2).encode() + b"\n"


def check_signature(signature: bytes, sums: bytes, head: str, public_key: str = "") -> str:
    """What is wrong with a signature; empty: it is good.

    :param public_key: (hex) the key that must have signed; empty: the one that is named in it.
    """
    try:
        told = json.loads(signature)
        if told["format"] != FORMAT or told["algorithm"] != "Ed25519":
            return "it is of another format"
        if json.dumps(told, indent=2).encode() + b"\n" != signature:
            return "it is not in its canonical form"
        if told["sums_sha256"] != hashlib.sha256(sums).hexdigest():
            return f"it was given to other checksums than {SUMS} holds"
        if told["chain_head"] != head:
            return "it names another chain of captures"
        if public_key and told["public_key"] != public_key:
            return f"it is of the key {told['public_key'][:16]}…, not of {public_key[:16]}…"
        key = VerifyKey(bytes.fromhex(told["public_key"]))
        key.verify(_message(sums, head), bytes.fromhex(told["signature"]))
    except BadSignatureError:
        return "the key that it names did not sign these checksums"
    except (ValueError, KeyError, TypeError) as error:
        return f"it cannot be read: {error}"
    return ""
