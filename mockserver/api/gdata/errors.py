"""What is wrong with a request, in the words and shapes of the service: text, XML or JSON."""

from __future__ import annotations

import json

from lxml import etree

from mockserver.api.gdata.names import GD, Version
from mockserver.api.gdata.xmltext import legal

_CODES = {
    400: "InvalidRequestUriException",
    401: "AuthenticationRequiredException",
    403: "ServiceForbiddenException",
    404: "ResourceNotFoundException",
}


class FeedError(Exception):
    """An answer that is an error; ``reason`` is what the client reads."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason

    @property
    def code(self) -> str:
        """Give the name that the second dialect has for the status; for one without a name that of
        403."""
        return _CODES.get(self.status, "ServiceForbiddenException")


def as_xml(error: FeedError) -> bytes:
    """The second dialect's body; on one line, because clients match it with a regular expression.

    >>> as_xml(FeedError(404, "Video not found"))[-34:]
    b'</internalReason></error></errors>'
    """
    root = etree.Element(f"{{{GD}}}errors", nsmap={None: GD})
    inside = etree.SubElement(root, f"{{{GD}}}error")
    for name, text in (
        ("domain", "GData"),
        ("code", error.code),
        ("internalReason", " ".join(legal(error.reason).split())),
    ):
        etree.SubElement(inside, f"{{{GD}}}{name}").text = text
    return bytes(etree.tostring(root, encoding="UTF-8"))


def as_jsonc(error: FeedError) -> bytes:
    """Render an error as JSON-C (``alt=jsonc``), which only the second dialect had."""
    detail = {"domain": "GData", "code": error.code, "internalReason": error.reason}
    body = {"code": error.status, "message": error.reason, "errors": [detail]}
    return json.dumps({"apiVersion": Version.V2.label, "error": body}).encode()
