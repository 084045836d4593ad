"""Templates compiled before anybody asks for a page, so that the first page costs what others do.

Each language has an environment of its own, for its words are the environment's; the compiled code
is the same, and is made once a process. It is kept where Python keeps that of its own modules, on
the same terms, so that the next process need not make it at all.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache

_HASH = hashlib.sha256().digest_size


class Shared(BytecodeCache):
    """Compiled templates of all environments of a site, in memory and beside their sources."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the template's file: what is kept of it lies beside it."""
        return filename or name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was compiled for it, if it was."""
        code = self._code.get(bucket.key) or _kept(bucket)
        if code is not None:
            self._code[bucket.key] = code
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled for the bucket; on the disk if Python may keep its own there."""
        code = bucket.bytecode_to_string()
        self._code[bucket.key] = code
        if sys.dont_write_bytecode:
            return
        path = place_of(bucket.key)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            fresh.write_bytes(_made_by(bucket.environment) + hashlib.sha256(code).digest() + code)
            fresh.replace(path)


def place_of(template: str) -> Path:
    """Where the code of a template's file is kept, under an ending that no template has."""
    return Path(cache_from_source(template)).with_suffix(".jinja")


def _kept(bucket: Bucket) -> bytes | None:
    """What another process compiled for a bucket in the same way; ``None``: nothing, or no more
    as it was written. Whether its source is still the same, the bucket asks itself."""
    try:
        found = place_of(bucket.key).read_bytes()
    except OSError:
        return None
    made_by, code = found[:_HASH], found[2 * _HASH :]
    if made_by != _made_by(bucket.environment):
        return None
    return code if hashlib.sha256(code).digest() == found[_HASH : 2 * _HASH] else None


def _made_by(environment: Environment) -> bytes:
    """A hash of all that the code of a template depends on but its source and this Python."""
    settings = (
        jinja2.__version__,
        environment.trim_blocks,
        environment.lstrip_blocks,
        environment.keep_trailing_newline,
        environment.autoescape,
        environment.optimized,
        environment.is_async,
        sorted(environment.extensions),
    )
    return hashlib.sha256(repr(settings).encode()).digest()


def compile_all(environment: Environment) -> None:
    """Compile every template of an environment."""
    for name in environment.list_templates(extensions=("html",)):
        environment.get_template(name)
