"""A post under the reference's names: sizes, ids and picture counts."""

from __future__ import annotations

from dataclasses import replace

from facebook_posts import PERSON, WHEN, html, post

from collector.common.model import Post
from collector.platforms.facebook import parse_post
from collector.platforms.facebook.reference import (
    semantic_id,
    summary_fields,
)
from collector.platforms.symbols import symbols


def read(markup: str, **more: object) -> Post:
    found = parse_post(html(markup, **more), when=WHEN, languages=["en"])
    assert found is not None
    return found


def test_text_sizes_are_what_readers_see() -> None:
    assert [symbols(t) for t in ("✍️ OPINIÓN", "👨‍👩‍👧 ok", "🇮🇹🇫🇷", "👍🏽x", "")] == [9, 4, 2, 2, 0]
    assert semantic_id(["hello", "world"]) == "79c8e4f7ad2ea6886874b5a3be91e8f91ae01fa7"
    assert semantic_id(["hello"], generation="2020") == "8a8f2c48cac71f729fb869a482991d15b4e4d87c"
    assert semantic_id([]) is None


def test_pictures_of_a_shared_post_count_as_they_lie_in_the_same_fragment() -> None:
    """The servers of 2019 counted every picture below the post's element."""

    def images(found: Post) -> object:
        return summary_fields(found)["images"]

    inside = post("2019")
    found = read("2019", paragraphs=("look at this",), card=None, shared=inside)
    assert found.shared is not None
    assert (found.images, found.shared.images) == (0, 1)
    assert images(found) == {"count": 1, "captions": []}
    told = replace(found.shared, captions=("Image may contain: text",))
    both = replace(found, images=2, captions=("Image may contain: sky", *told.captions))
    assert images(replace(both, shared=told)) == {
        "count": 3,
        "captions": ["Image may contain: sky", "Image may contain: text"],
    }
    private = replace(inside, author=PERSON, audience="Friends")
    assert images(read("2019", card=None, shared=private)) == {"count": 0, "captions": []}
