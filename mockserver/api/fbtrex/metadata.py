"""What the parser of 2020 called a post's metadata, made from the summary that is kept.

The API's ``enrich`` gave the parser's own envelope from February 2020 on; its documentation says
"the metadata, stripped of few fields".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def metadata_of(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The envelope's fields that a summary can tell; what it does not know is absent.

    ``attributions`` (whose post it is), ``linkontime`` and ``feed_id`` (the post's own address and
    moment), ``external`` (links that lead away), ``fullText`` (all texts, a line each),
    ``commentable`` (whether people answered).

    >>> metadata_of({"source": "El País", "displaySource": "El País", "texts": ["a", "b"]})
    {'attributions': [{'type': 'authorName', 'content': 'El País', 'display': 'El País', \
'href': None}], 'fullText': 'a\\nb'}
    """
    found: dict[str, Any] = {}
    if summary.get("source"):
        found["attributions"] = [
            {
                "type": "authorName",
                "content": summary["source"],
                "display": summary.get("displaySource"),
                "href": summary.get("sourceLink"),
            }
        ]
    if summary.get("permaLink"):
        found["linkontime"] = {
            "permaLink": summary["permaLink"],
            "postId": summary.get("postId"),
            "publicationTime": summary.get("publicationTime"),
            "fblinktype": summary.get("fblinktype"),
        }
    if summary.get("postId"):
        found["feed_id"] = {
            "postId": summary["postId"],
            "publicationTime": summary.get("publicationTime"),
        }
    link = (summary.get("opengraph") or {}).get("link")
    if link:
        found["external"] = [link]
    texts = [text for text in summary.get("texts", ()) if text]
    if texts:
        found["fullText"] = "\n".join(texts)
    if summary.get("comments") is not None:
        found["commentable"] = True
    return found
