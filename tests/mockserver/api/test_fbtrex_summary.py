"""A post as the API's summary says it: the documentation's keys, in its order."""

from __future__ import annotations

from facebook_posts import WHEN, html

from collector.platforms.facebook import parse_post
from collector.platforms.facebook.reference import semantic_id
from mockserver.api.fbtrex.summary import documented, to_summary


def test_the_summary_has_the_documentations_keys_in_its_order() -> None:
    markup = html("2019", reactions={"LIKE": "29 Like", "ANGRY": "18 Angry", "HAHA": "8 Haha"})
    found = parse_post(markup, when=WHEN, languages=["en"])
    assert found is not None
    doc = to_summary(found, time=WHEN, order=41, html_id="0" * 40, user="a-b-c", timeline="d-e-f")
    assert list(documented(doc)) == [
        "impressionTime", "impressionOrder", "semanticId", "opengraph", "user", "timeline",
        "publicationTime", "postId", "permaLink", "fblinktype", "nature", "images",
        "displaySource", "source", "sourceLink", "texts", "textsize", "LIKE", "ANGRY", "HAHA",
    ]  # fmt: skip
    assert doc["impressionTime"] == "2026-03-04T18:06:49.000Z"
    assert doc["semanticId"] == semantic_id(found.texts)
    assert "SAD" not in doc
