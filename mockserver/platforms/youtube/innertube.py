"""The page's inline JSON (``ytInitialData``): what may stand in a script, and how lists are put in.

:func:`script_safe` keeps any title from ending the script it stands in.
"""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

_ESCAPES = (
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)


def script_safe(text: str) -> str:
    """JSON text that can stand inside ``<script>``."""
    for sign, escape in _ESCAPES:  # twenty times as fast as str.translate on a page's markup
        text = text.replace(sign, escape)
    return text


def dumps(value: object) -> str:
    """Compact JSON that can stand inside ``<script>``."""
    return script_safe(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


#: Stands for items that are JSON already; no title can hold it.
ITEMS = "\x00items"


def splice(value: object, items: str) -> str:
    """``value`` as JSON with ``items`` in the place of the list entry :data:`ITEMS`."""
    return dumps(value).replace(dumps(ITEMS), items, 1)


def continuation_json(token: str) -> str:
    """The last item of a list that has more."""
    return dumps(
        {
            "continuationItemRenderer": {
                "trigger": "CONTINUATION_TRIGGER_ON_ITEM_SHOWN",
                "continuationEndpoint": {
                    "continuationCommand": {
                        "token": token,
                        "request": "CONTINUATION_REQUEST_TYPE_BROWSE",
                    }
                },
            }
        }
    )
