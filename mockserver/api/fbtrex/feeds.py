"""RSS feeds of a label: ``/feeds/0/<lang>/<label>``, what the semantic query tells, as a feed."""

from __future__ import annotations

import re
from email.utils import format_datetime
from xml.sax.saxutils import escape

from flask import Blueprint, Response

from collector.common.identity import parse_iso
from mockserver.api.fbtrex import topics
from mockserver.api.trex.envelope import route
from mockserver.context import mock

_MOST = 80
_TTL_MIN, _TTL_EMPTY_MIN = 60, 20
#: What XML cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def register(bp: Blueprint) -> None:
    """Route the feed of a label on ``bp``."""
    route(bp, "/feeds/0/<lang>/<path:label>", feed)


def _e(text: object) -> str:
    return escape(_CONTROL.sub("", str(text)))


def feed(lang: str, label: str) -> Response:
    """Posts that have exactly this label; a feed with one explaining item where there is none."""
    label = label.strip("/")
    items = []
    if lang in topics.LANGUAGES:
        for doc in topics.labelled(lang, label, _MOST, 0):
            post = doc["summary"]
            texts = " ".join(post.get("texts", ()))
            items.append(
                _item(
                    f"[{post.get('source', '')} 🖉 {post.get('textsize', 0)}] {texts[:90]}",
                    texts,
                    f"https://www.facebook.com{post.get('permaLink') or ''}",
                    doc["semanticId"],
                    post.get("publicationTime") or doc["when"],
                )
            )
    ttl = _TTL_MIN if items else _TTL_EMPTY_MIN
    if not items:
        why = (
            "No post with this label is two days old yet."
            if lang in topics.LANGUAGES
            else f"Unknown language: the known ones are {', '.join(topics.LANGUAGES)}."
        )
        items = [_item("Nothing to show", why, "", "nothing", None)]
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>fbTREX ⏩ {_e(lang)} ∕ {_e(label)}</title>"
        f"<link>https://facebook.tracking.exposed/</link><description>{_e(label)}</description>"
        f"<ttl>{ttl}</ttl>{''.join(items)}</channel></rss>\n"
    )
    return Response(body, content_type="application/rss+xml; charset=utf-8")


def _item(title: str, text: str, link: str, guid: str, when: str | None) -> str:
    moment = parse_iso(when) if when else mock().db.now()
    return (
        f"<item><title>{_e(title)}</title><description>{_e(text)}</description>"
        f"<link>{_e(link)}</link>"
        f'<guid isPermaLink="false">{_e(guid)}</guid>'
        f"<pubDate>{format_datetime(moment)}</pubDate></item>"
    )
