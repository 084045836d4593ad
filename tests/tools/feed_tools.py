"""What the tests of the feed share: how a post that was read is held against the truth log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.common.model import Impression
from collector.platforms.facebook.privacy import ADDRESS, NAME, NUMBER

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar")

#: The summary's field and the truth's.
_FIELDS = {
    "nature": "nature",
    "postId": "post_id",
    "permaLink": "permalink",
    "fblinktype": "link_type",
    "source": "source",
    "sourceLink": "source_link",
    "displaySource": "display_source",
    "texts": "texts",
    "videoautoplay": "autoplay",
    "opengraph": "opengraph",
    "comments": "comments",
    "shares": "shares",
    "authorKind": "author",
    "reason": "reason",
}
_REACTIONS = ("LIKE", "LOVE", "HAHA", "WOW", "SAD", "ANGRY", "CARE")


def _without(value: Any, named: Mapping[str, Any]) -> Any:
    """``value`` as it is once the people of a row of the truth are scrubbed."""
    if isinstance(value, str):
        for number, name in sorted(named.get("people", {}).items(), key=lambda one: -len(one[1])):
            value = value.replace(name, NAME).replace(number, NUMBER)
        for address in named.get("addresses", ()):
            value = value.replace(f"/{address}/", f"/{ADDRESS}/")
    if isinstance(value, list):
        return [_without(each, named) for each in value]
    return value


def differences(
    read: Impression, truth: Mapping[str, Any], *, scrubbed: bool = False, slack_s: float = 2.0
) -> dict[str, tuple[Any, Any]]:
    """Field → (what was read, what is true), where they differ.

    :param truth: the ``post`` of a row of the truth log.
    :param scrubbed: the evidence has no people's names any more.
    :param slack_s: between the page's clock and the site's.
    """
    told = read.extra
    found = {"visibility": (told["visibility"], truth["visibility"])}
    if truth["visibility"] == "public" and told["visibility"] == "public":
        people = truth if scrubbed else {}
        found |= {
            name: (told.get(name), _without(truth[fact], people)) for name, fact in _FIELDS.items()
        }
        pictures = {"count": truth["images"], "captions": truth["captions"]}
        found["images"] = (told["images"], pictures)
        reactions = {name: told[name] for name in _REACTIONS if name in told}
        found["reactions"] = (reactions, dict(truth["reactions"]))
        found["published"] = (told.get("publicationTime"), truth["published"])
        if all(found["published"]):
            said, really = (datetime.fromisoformat(str(time)) for time in found["published"])
            if abs((said - really).total_seconds()) <= truth["precision_s"] + slack_s:
                del found["published"]
        original, shared = told.get("shared"), truth["shared"]
        found["shared"] = (original and original["postId"], shared and shared["post_id"])
        if original and shared:
            found["shared texts"] = (original["texts"], shared["texts"])
            found["shared source"] = (original["source"], _without(shared["source"], people))
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}
