"""A post under the reference's names, as an observation and the fbTREX API's ``summary`` say it.

Presence of keys is the documentation's: a reaction that was not on the page is absent, not zero;
``videoautoplay`` exists only where there is a video.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from collector.common.identity import content_id_2019, iso_z, js_json
from collector.common.model import Post
from collector.platforms.symbols import symbols

#: Reactions in the order of the documentation's own example.
REACTIONS = ("LIKE", "LOVE", "ANGRY", "HAHA", "WOW", "SAD", "CARE", "THANKFUL")


def semantic_id(texts: Sequence[str], *, generation: str = "2019") -> str | None:
    """The id that posts with the same text share (40 hex digits); ``None`` without text.

    >>> semantic_id(["hello", "world"])
    '79c8e4f7ad2ea6886874b5a3be91e8f91ae01fa7'
    """
    if not any(texts):
        return None
    if generation == "2020":
        return content_id_2019(t=js_json(list(texts)))
    return content_id_2019(text="\n".join(texts))


def wire_time(moment: datetime | None) -> str | None:
    """A moment as the API writes it."""
    return None if moment is None else iso_z(moment)


def summary_fields(post: Post) -> dict[str, Any]:
    """What a summary says of the post itself; who saw it, when and where is the caller's."""
    fields: dict[str, Any] = {
        "publicationTime": wire_time(post.published),
        "postId": post.post_id,
        "permaLink": post.permalink,
        "fblinktype": post.link_type,
        "nature": post.nature.value if post.nature else None,
        "images": _images(post),
    }
    if post.autoplay is not None:
        fields["videoautoplay"] = post.autoplay
    for key, value in (
        ("displaySource", post.display_source),
        ("source", post.source),
        ("sourceLink", post.source_link),
    ):
        if value is not None:
            fields[key] = value
    fields["texts"] = list(post.texts)
    fields["textsize"] = symbols("\n".join(post.texts))
    fields |= {name: post.reactions[name] for name in REACTIONS if name in post.reactions}
    return (
        {
            "semanticId": semantic_id(post.texts, generation=post.markup),
            "opengraph": dict(post.opengraph) if post.opengraph else None,
        }
        | fields
        | {key: value for key, value in _more(post).items() if value is not None}
    )


def _images(post: Post) -> dict[str, Any]:
    """Pictures as the servers counted them: those of a post that it shares lie in its fragment."""
    inside = [post] if post.shared is None else [post, post.shared]
    return {
        "count": sum(one.images for one in inside),
        "captions": list(dict.fromkeys(text for one in inside for text in one.captions)),
    }


def _more(post: Post) -> dict[str, Any]:
    """What the documentation does not know; kept under names of its own."""
    return {
        "comments": post.comments,
        "shares": post.shares,
        "authorKind": post.author.value if post.author else None,
        "reason": post.reason.value if post.reason else None,
        "shared": _shared(post.shared),
    }


def _shared(post: Post | None) -> dict[str, Any] | None:
    if post is None:
        return None
    return {
        "postId": post.post_id,
        "permaLink": post.permalink,
        "publicationTime": wire_time(post.published),
        "source": post.source,
        "sourceLink": post.source_link,
        "texts": list(post.texts),
    }
