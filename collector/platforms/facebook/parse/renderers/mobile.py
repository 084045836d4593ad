"""Posts of ``m.facebook.com`` (to 2022): ``article`` around ``div.story_body_container``."""

from __future__ import annotations

from bs4.element import Tag

from collector.common.model import Nature, ParseError, Post, Visibility
from collector.platforms.facebook.parse import audience, pictures
from collector.platforms.facebook.parse.header import author_kind, author_link, certain_kind
from collector.platforms.facebook.parse.reading import (
    Reading,
    attr,
    select,
    select_own,
    visible_text,
)
from collector.platforms.facebook.times import parse_time
from collector.platforms.facebook.urls import post_link, profile_link
from collector.platforms.locale.text import clean

MARKUP = "mobile"
ROOT = "article"
_BODY = "div.story_body_container"


def find_roots(tree: Tag) -> list[Tag]:
    """The outermost articles that hold a story, in reading order."""
    return [
        tag
        for tag in select(tree, ROOT)
        if select(tag, _BODY) and not any(parent.name == ROOT for parent in tag.parents)
    ]


def read(root: Tag, reading: Reading) -> Post:
    """One post, as it was shown; a private one without anything."""
    inner = [tag for tag in select(root, ROOT) if tag is not root]
    header = next(select_own(root, "header", inner), None)
    heading = next((h for h in select(header, "h3") if author_link(h)), header) if header else None
    link = author_link(heading) if heading is not None else None
    labels = [
        clean(attr(tag, "aria-label"))
        for tag in (select(header, "[aria-label]") if header is not None else ())
    ]
    paid = any(
        audience.is_ad_link(attr(tag, "href")) for tag in select_own(root, "a[href]", inner)
    ) or any(audience.says_sponsored(tag) for tag in (select(header, "a, span") if header else ()))
    certain = certain_kind(link) if link is not None else None
    if audience.visibility(labels, certain, paid=paid) is Visibility.PRIVATE:
        return audience.private(MARKUP, known=bool(labels) or link is not None)
    located = next(
        (
            found
            for tag in select_own(root, "a[href]", inner)
            if (found := post_link(attr(tag, "href"))) is not None
        ),
        None,
    )
    moments = (visible_text(tag) for tag in select_own(root, "abbr", inner))
    published = next(
        (
            moment
            for text in moments
            if reading.when is not None
            and (moment := parse_time(text, reading.when, reading.languages)) is not None
        ),
        None,
    )
    if located is None and not paid:
        reading.note(MARKUP, "permaLink", ParseError.NO_LINK)
    images = [img for img in select_own(root, "img", inner) if pictures.is_picture(img)]
    return Post(
        visibility=Visibility.PUBLIC,
        markup=MARKUP,
        nature=Nature.SPONSORED if paid else Nature.ORGANIC,
        post_id=located.post_id if located else None,
        permalink=located.path if located else None,
        link_type=located.kind if located else None,
        published=published,
        source=clean(visible_text(link)) or None if link is not None else None,
        source_link=profile_link(attr(link, "href")) if link is not None else None,
        display_source=clean(visible_text(heading)) or None if heading is not None else None,
        author=author_kind(link) if link is not None else None,
        texts=_texts(root, header, inner),
        images=len(images),
        lang=reading.languages[0] if reading.languages else None,
    )


def _texts(root: Tag, header: Tag | None, inner: list[Tag]) -> tuple[str, ...]:
    """Paragraphs of the story, without its header and without the stories in it."""
    without = [*inner, *([header] if header is not None else [])]
    found: list[str] = []
    for body in list(select_own(root, _BODY, inner))[:1]:
        for tag in select_own(body, "p, span[data-sigil='more']", without):
            found += visible_text(tag).split("\n")
    return tuple(dict.fromkeys(text for text in found if text))
