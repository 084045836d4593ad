"""A report that cannot be changed unnoticed: all parts are hashed, and the hashes are signed.

A comment at the end of the page is a JSON document: the certificate, the SHA-256 of each part of
the page in order, the public key, and an Ed25519 signature of all that. Verifying needs the file
alone. A part is what lies between two headings of sections, so that a change is named by its place.

The signature proves that the page is as its signer wrote it. Who the signer is, the key says: it is
printed, and ``collector verify --public-key`` asks for a certain one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.common.identity import BadKey, KeyPair, verify
from collector.common.typed import typed
from collector.drafts import scratch
from collector.files import private_dir, private_file

OPENS = "<!-- twinwatch seal "
CLOSES = " -->"
_SECTION = re.compile(r'(?=<section id="([\w-]+)")')


class NotSealed(UserError):
    """The file has no seal, or more than one."""


@dataclass(frozen=True)
class Verified:
    """What a seal says."""

    ok: bool
    problems: tuple[str, ...]
    """What differs, each with its place."""
    public_key: str
    certificate: Mapping[str, Any]


def parts_of(html: str) -> Iterator[tuple[str, str, int]]:
    """(name, text, line of its beginning) of every part; together they are the page."""
    line, starts = 1, [found.start() for found in _SECTION.finditer(html)]
    names = ["head", *(found[1] for found in _SECTION.finditer(html))]
    for name, begin, end in zip(names, [0, *starts], [*starts, len(html)], strict=True):
        text = html[begin:end]
        yield name, text, line
        line += text.count("\n")


def seal(html: str, certificate: Mapping[str, Any], key: KeyPair) -> str:
    """The page with its seal before ``</body>``.

    :raises ValueError: there is no ``</body>``, or a seal already.
    """
    if html.count("</body>") != 1 or OPENS in html:
        raise ValueError("a page is sealed once, before its only </body>")
    signed = {
        "certificate": certificate,
        "parts": [[name, _hash(text)] for name, text, _ in parts_of(html)],
        "public_key": key.public_key,
    }
    told = {**signed, "signature": key.sign(_canonical(signed))}
    return html.replace("</body>", f"{OPENS}{_text(told)}{CLOSES}\n</body>")


def opened(html: str) -> tuple[str, str]:
    """The page as it was before it was sealed, and the seal's own text.

    :raises NotSealed: there is no seal, or more than one.
    """
    if html.count(OPENS) != 1:
        raise NotSealed(
            "this report has no seal" if OPENS not in html else "this report has two seals",
            place="the end of the file",
            fix="write it again: collector report RUN_DIR",
        )
    before, _, rest = html.partition(OPENS)
    text, closed, after = rest.partition(f"{CLOSES}\n")
    if not closed:
        raise NotSealed(
            "the seal has no end", place=_at(before), fix="write it again: collector report RUN_DIR"
        )
    return before + after, text


def check(html: str, public_key: str | None = None) -> Verified:
    """Is the page as it was signed?

    :param public_key: the only one that is accepted.
    :raises NotSealed: there is no seal.
    """
    page, text = opened(html)
    place = f"the seal, {_at(html.partition(OPENS)[0])}"
    try:
        told = json.loads(text)
        parts = [(str(name), str(digest)) for name, digest in told["parts"]]
        key, signature = str(told["public_key"]), str(told["signature"])
        certificate = dict(told["certificate"])
    except (ValueError, KeyError, TypeError) as error:
        return Verified(False, (f"{place}: it cannot be read ({error})",), "", {})
    problems = []
    signed = {name: told[name] for name in told if name != "signature"}
    if _text(told) != text or not verify(key, signature, _canonical(signed)):
        problems.append(f"{place}: the signature is not that of what is sealed")
    if public_key is not None and key != public_key:
        problems.append(f"{place}: signed with {key}, not with {public_key}")
    found = list(parts_of(page))
    if [name for name, _, _ in found] != [name for name, _ in parts]:
        problems.append(
            f"sections: {', '.join(name for name, _, _ in found)}; sealed were"
            f" {', '.join(name for name, _ in parts)}"
        )
    for (name, content, line), (_, digest) in zip(found, parts, strict=False):
        if _hash(content) != digest:
            last = line + content.count("\n")
            problems.append(f"section {name}, lines {line} to {last}: not as it was sealed")
    return Verified(not problems, tuple(problems), key, certificate)


def report_key(folder: Path | None = None) -> KeyPair:
    """The key of this user that reports are signed with; made when first asked for.

    In ``$TWINWATCH_KEYS``, or ``twinwatch/keys`` in the XDG data directory: 0600 in a folder 0700.

    :raises UserError: it is not a key, others can read it, or it cannot be made.
    """
    home = folder or _folder()
    path = home / "report.key"
    try:
        if not home.is_dir():
            private_dir(home)
        if not path.exists():
            # Written whole under another name: two reports at once agree on the first.
            with scratch(home, path.name) as place:
                private_file(place / path.name, f"{KeyPair.generate().secret_key}\n".encode())
                with suppress(FileExistsError):
                    os.link(place / path.name, path)
        if path.stat().st_mode & 0o077:
            raise UserError(
                "the key that signs reports must be readable by its owner alone",
                place=str(path),
                fix=f"chmod 600 {typed(path)}, or remove it: a new one is made",
            )
        return KeyPair.from_secret(path.read_text("ascii").strip())
    except (BadKey, UnicodeDecodeError) as error:
        raise UserError(
            "this is not a key", place=str(path), fix="remove it: a new one is made"
        ) from error


def _folder() -> Path:
    if named := os.environ.get("TWINWATCH_KEYS"):
        return Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return base / "twinwatch" / "keys"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(signed: Mapping[str, Any]) -> bytes:
    return json.dumps(signed, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _text(told: Mapping[str, Any]) -> str:
    """As it stands in the page: with nothing that could end a comment or begin an element."""
    text = _canonical(told).decode()
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.replace("--", "-\\u002d")


def _at(text: str) -> str:
    return f"line {1 + text.count(chr(10))}"
