"""Posts of ``m.facebook.com`` (to 2022): ``article`` around ``div.story_body_container``.

A heading above the story is the reason for showing it. A story within the story is the post that it
passes on. Nothing tells how somebody reacted, only how many did; a film is a picture until it is
touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bs4.element import Tag

from collector.common.model import Nature, ParseError, Post, Reason, Visibility
from collector.platforms.facebook.parse import audience, counts, pictures
from collector.platforms.facebook.parse.card import card_of
from collector.platforms.facebook.parse.header import (
    author_kind,
    author_link,
    certain_kind,
    people_in,
)
from collector.platforms.facebook.parse.reading import (
    Reading,
    attr,
    select,
    select_own,
    visible_text,
)
from collector.platforms.facebook.times import parse_time
from collector.platforms.facebook.urls import external_link, post_link, profile_link
from collector.platforms.facebook.words import responses
from collector.platforms.locale.text import clean

MARKUP = "mobile"
ROOT = "article"
_BODY = "div.story_body_container"
SELECTOR = f"{ROOT}:has({_BODY})"
_NESTED = f"{ROOT}, {_BODY}"
_BAR = "[data-sigil*='reactions-bling-bar']"


def find_roots(tree: Tag) -> list[Tag]:
    """The outermost articles that hold a story, in reading order."""
    return [
        tag
        for tag in select(tree, ROOT)
        if select(tag, _BODY) and not any(parent.name == ROOT for parent in tag.parents)
    ]


def read(root: Tag, reading: Reading) -> Post:
    """One post, as it was shown; a private one without anything."""
    body = next(iter(select(root, _BODY)))
    nested = next(iter(select(body, _NESTED)), None)
    post = _post(body, [nested] if nested is not None else [], reading)
    if post.visibility is Visibility.PRIVATE:
        return post
    post = replace(_counted(root, post, reading), reason=_reason(root, body))
    if nested is None:
        return post
    story = nested if nested.name == "div" else next(iter(select(nested, _BODY)), None)
    original = _post(story, [], reading) if story is not None else None
    if original is None or original.visibility is Visibility.PRIVATE:
        return post
    return replace(post, shared=original, opengraph=post.opengraph or original.opengraph)


def _post(body: Tag, inner: Sequence[Tag], reading: Reading) -> Post:
    """One story, without those within it (``inner``)."""
    header = next(select_own(body, "header", inner), None)
    heading = next((h for h in select(header, "h3") if author_link(h)), header) if header else None
    link = author_link(heading) if heading is not None else None
    labels = [
        clean(attr(tag, "aria-label"))
        for tag in (select(header, "[aria-label]") if header is not None else ())
        if "profpic" not in attr(tag, "class").split()
    ]
    audiences = [label for label in labels if audience.is_label(label)]
    links = list(select_own(body, "a[href]", inner))
    paid = any(audience.is_ad_link(attr(tag, "href")) for tag in links) or any(
        audience.says_sponsored(tag) for tag in (select(header, "a, span") if header else ())
    )
    certain = certain_kind(link) if link is not None else None
    if audience.visibility(audiences, certain, paid=paid) is Visibility.PRIVATE:
        return audience.private(MARKUP, known=bool(labels))
    found = (post_link(attr(tag, "href")) for tag in links)
    located = next((each for each in found if each is not None), None)
    if located is None and not paid:
        reading.note(MARKUP, "permaLink", ParseError.NO_LINK)
    images = [
        tag
        for tag in select_own(body, "img, i", inner)
        if (pictures.is_picture(tag) if tag.name == "img" else pictures.is_painted(tag))
    ]
    without = [*inner, *([header] if header is not None else [])]
    words = list(select_own(body, "p, span[data-sigil='more']", without))
    card = card_of(
        (tag for tag in links if external_link(attr(tag, "href")) is not None), [*without, *words]
    )
    return Post(
        visibility=Visibility.PUBLIC,
        markup=MARKUP,
        nature=Nature.SPONSORED if paid else Nature.ORGANIC,
        post_id=located.post_id if located else None,
        permalink=located.path if located else None,
        link_type=located.kind if located else None,
        published=_published(body, inner, reading),
        source=clean(visible_text(link)) or None if link is not None else None,
        source_link=profile_link(attr(link, "href")) if link is not None else None,
        display_source=clean(visible_text(heading)) or None if heading is not None else None,
        author=author_kind(link) if link is not None else None,
        texts=_texts(words, card),
        images=len(images),
        captions=pictures.captions(images, people_in(links)),
        opengraph=card,
        lang=reading.languages[0] if reading.languages else None,
    )


def _published(body: Tag, inner: Sequence[Tag], reading: Reading) -> datetime | None:
    """The first time that is written; the page has no other."""
    if reading.when is None:
        return None
    for tag in select_own(body, "abbr", inner):
        found = parse_time(visible_text(tag), reading.when, reading.languages)
        if found is not None:
            return found
    return None


def _texts(words: Sequence[Tag], card: dict[str, object] | None) -> tuple[str, ...]:
    """Paragraphs of the story, then the card; each once."""
    found = [line for tag in words for line in visible_text(tag).split("\n")]
    found += [str(card[key]) for key in ("title", "description") if card and card.get(key)]
    return tuple(dict.fromkeys(text for text in found if text))


def _reason(root: Tag, body: Tag) -> Reason | None:
    """What the heading above the story says; whom it names is not kept."""
    for tag in select_own(root, "header", [body]):
        if audience.says_suggested(visible_text(tag)):
            return Reason.SUGGESTED
        if author_link(tag) is not None:
            return Reason.FRIEND
    return None


def _counted(root: Tag, post: Post, reading: Reading) -> Post:
    """Comments and shares under the story; in the row above the buttons."""
    row = [
        tag
        for bar in select(root, _BAR)
        for tag in select(bar, "span, a, div")
        if tag.find(True) is None
    ]
    return replace(
        post,
        comments=counts.noun_count(row, responses.COMMENTS, reading.languages),
        shares=counts.noun_count(row, responses.SHARES, reading.languages),
    )
