"""What no view has to think of when it reads a body: how large and how deep one may be.

Protects the rule that whatever is sent costs little: a body that says it is too large is refused
before it is read, and JSON that is nested too deep is refused before it is parsed.
"""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider

from collector.common.jsjson import refuse_depth

#: Most of a body that any view reads, bytes; APIs have lower limits of their own.
MOST_BODY_BYTES = 10 * 1024 * 1024


class ShallowJSON(DefaultJSONProvider):
    """Flask's JSON, but what is nested too deep is a ``ValueError`` as other errors."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse JSON text.

        :raises ValueError: it is none, or is nested deeper than 200 levels
        """
        refuse_depth(s)
        return super().loads(s, **kwargs)
