"""Uploads from workers: evidence and snapshots, named by content, checked before they are kept.

Protects the rule that a file is what its name says, whoever brought it; one that is there already
is the same, so bringing it again changes nothing.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from collector.browser.snapshot import SUFFIX
from collector.contract.layout import RunDir
from collector.evidence import EvidenceStore
from collector.fleet.wire import BadRequest, Unknown, unpack
from collector.profile.files import private_dir, private_file

_HASH = re.compile(r"[0-9a-f]{64}")


def keep_evidence(out: RunDir, name: str, body: bytes) -> None:
    """A page, compressed. Raises BadRequest: it is not what its name says."""
    try:
        html = _checked(name, body).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise BadRequest(f"it is not text ({error})", place=name) from error
    EvidenceStore(out.evidence).put(html)


def keep_snapshot(out: RunDir, name: str, body: bytes) -> None:
    """The state of a profile, compressed. Raises BadRequest: it is not what its name says."""
    path = snapshot_path(out, name)
    _checked(name, body)
    private_dir(out.snapshots)
    private_file(path, body)


def snapshot(out: RunDir, name: str) -> bytes:
    """The file of a snapshot. Raises Unknown: there is none of this hash."""
    try:
        return snapshot_path(out, name).read_bytes()
    except FileNotFoundError:
        raise Unknown("no snapshot has this hash", place=name) from None


def snapshot_path(out: RunDir, name: object) -> Path:
    """Where a snapshot lies or would lie. Raises BadRequest: it is not a hash."""
    if not isinstance(name, str) or not _HASH.fullmatch(name):
        raise BadRequest("it is not a SHA-256 in hex", place=str(name)[:80])
    return out.snapshots / f"{name}{SUFFIX}"


def _checked(name: str, body: bytes) -> bytes:
    plain = unpack(body)
    if hashlib.sha256(plain).hexdigest() != name:
        raise BadRequest("its content has another hash", place=name[:80])
    return plain
