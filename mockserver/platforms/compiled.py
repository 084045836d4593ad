"""Templates compiled before anybody asks for a page, so that the first page costs what others do.

Each language has an environment of its own, for its words are the environment's; the compiled code
is the same, and is made once a process.
"""

from __future__ import annotations

from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache


class Shared(BytecodeCache):
    """Compiled templates of all environments of a site, in memory."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was compiled for it, if it was."""
        code = self._code.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled for the bucket."""
        self._code[bucket.key] = bucket.bytecode_to_string()


def compile_all(environment: Environment) -> None:
    """Compile every template of an environment."""
    for name in environment.list_templates(extensions=("html",)):
        environment.get_template(name)
