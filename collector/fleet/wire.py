"""What the ledger's server and its clients agree on: headers, limits, and how an error is told.

Protects the rule that a refusal means the same on both sides of the wire: every error that a worker
must tell apart travels by name and is raised there as what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import zstandard

from collector.common.errors import UserError
from collector.evidence import EvidenceCorrupt, EvidenceDiskFull
from collector.store import LeaseHeld, LeaseLost, NotClaimable, StoreCorrupt, StoreFull, WrongOrder
from collector.store.errors import StoreBusy

ROOT = "/ledger/v1"
TOKEN = "Fencing-Token"
"""Header of every request that writes: the token of the lease it is made under."""
MOST_BODY_BYTES = 64 * 1024 * 1024
"""Of a request as it is sent."""
MOST_PLAIN_BYTES = 256 * 1024 * 1024
"""Of a page, or of rows, once unpacked."""
LEVEL = 3
MOST_LEASE_S = 3600.0


class BadRequest(UserError):
    """A request says something that it cannot mean."""


class Unknown(UserError):
    """There is nothing of this name."""


#: What travels by name, with the status it travels under.
STATUS: Mapping[type[Exception], int] = {
    LeaseLost: 409,
    LeaseHeld: 423,
    NotClaimable: 410,
    WrongOrder: 422,
    BadRequest: 400,
    Unknown: 404,
    StoreBusy: 503,
    EvidenceDiskFull: 507,
    StoreFull: 507,
    StoreCorrupt: 500,
    EvidenceCorrupt: 400,
}
_BY_NAME = {kind.__name__: kind for kind in STATUS}


def error_to_json(error: Exception, **more: Any) -> dict[str, Any]:
    """An error as the body of an answer."""
    found: dict[str, Any] = {"error": type(error).__name__, "message": str(error), **more}
    if isinstance(error, UserError):
        found |= {"problem": error.problem, "place": error.place, "fix": error.fix}
    return found


def error_from_json(answer: Mapping[str, Any], place: str) -> Exception:
    """The error that a body tells of; UserError for one of no known name."""
    kind = _BY_NAME.get(str(answer.get("error")))
    if kind is not None and not issubclass(kind, UserError):
        return kind(str(answer.get("message")))
    problem = str(answer.get("problem") or answer.get("message") or "the ledger refused")
    made = kind or UserError
    return made(problem, place=str(answer.get("place") or place), fix=str(answer.get("fix") or ""))


def pack(data: Any) -> bytes:
    """JSON, compressed."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(orjson.dumps(data))


def unpack(body: bytes) -> bytes:
    """What was compressed. Raises BadRequest for anything else, or for too much."""
    try:
        with zstandard.ZstdDecompressor().stream_reader(body) as reader:
            plain = reader.read(MOST_PLAIN_BYTES + 1)
    except zstandard.ZstdError as error:
        raise BadRequest(f"the body is not a zstd frame ({error})") from error
    if len(plain) > MOST_PLAIN_BYTES:
        raise BadRequest(f"the body must decompress to at most {MOST_PLAIN_BYTES // 2**20} MB")
    return bytes(plain)
