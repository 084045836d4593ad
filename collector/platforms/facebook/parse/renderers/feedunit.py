"""Posts since 2020: ``div[data-pagelet^="FeedUnit"]``, obfuscated classes, meaning in roles.

Nothing is found by class. Headings divide a unit: one that is followed by a time, an audience or
the word "Sponsored" before the next heading begins a post; one that is not is the reason for
showing it; a second such heading begins the post that is passed on. What comes after the toolbar of
reactions are comments and is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bs4.element import Tag

from collector.common.model import AuthorKind, Nature, ParseError, Post, Reason, Visibility
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
    order_of,
    select,
    visible_text,
)
from collector.platforms.facebook.times import parse_time
from collector.platforms.facebook.urls import PostLink, external_link, post_link, profile_link
from collector.platforms.facebook.words import responses
from collector.platforms.locale.text import clean

MARKUP = "2020"
ROOT = SELECTOR = "div[data-pagelet^='FeedUnit']"
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_FAR = 10**9


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of a unit, from its heading to the next, by places in reading order."""

    heading: Tag
    start: int
    end: int
    tags: tuple[Tag, ...]

    def all(self, *names: str) -> Iterator[Tag]:
        return (tag for tag in self.tags if tag.name in names)


def find_roots(tree: Tag) -> list[Tag]:
    """The outermost units, in reading order."""
    return [
        tag
        for tag in select(tree, ROOT)
        if not any(attr(parent, "data-pagelet").startswith("FeedUnit") for parent in tag.parents)
    ]


def read(root: Tag, reading: Reading) -> Post:
    """One post, as it was shown; a private one without anything."""
    place = order_of(root)
    toolbars = select(root, "[role='toolbar']")
    end = min((place[id(tag)] for tag in toolbars), default=_FAR)
    tags = [tag for tag in root.find_all(True) if place[id(tag)] < end and not _comment(tag, root)]
    sections = _sections(tags, place, end)
    starts = [number for number, section in enumerate(sections) if _is_post(section, reading)]
    if not starts:
        labels = [label for tag in tags for label in _audience(tag)]
        if audience.visibility(labels, None, paid=False) is Visibility.PRIVATE:
            stands_for_one = any(attr(tag, "href") == "/private" for tag in tags)  # in evidence
            return audience.private(MARKUP, known=bool(labels) or stands_for_one)
        reading.note(MARKUP, "source", ParseError.MISSING_ELEMENT)
        return Post(Visibility.PUBLIC, markup=MARKUP)
    first = starts[0]
    before = sections[:first]
    outer = _joined(sections[first : starts[1] if len(starts) > 1 else None])
    post = _post(outer, reading)
    if post.visibility is Visibility.PRIVATE:
        return post
    post = _counted(root, toolbars, post, reading)
    if any(audience.says_suggested(visible_text(tag)) for tag in _early(tags, outer)):
        post = replace(post, reason=Reason.SUGGESTED)
    elif before or _somebody_else(tags, outer, post):
        post = replace(post, reason=Reason.FRIEND)
    if len(starts) > 1:
        original = _post(_joined(sections[starts[1] :]), reading)
        if original.visibility is Visibility.PUBLIC:
            post = replace(post, shared=original, opengraph=post.opengraph or original.opengraph)
    return post


def _comment(tag: Tag, root: Tag) -> bool:
    for parent in (tag, *tag.parents):
        if parent is root:
            return False
        if parent.name == "form":
            return True
    return False


def _early(tags: Sequence[Tag], outer: _Section) -> Iterator[Tag]:
    """Small elements above the post's own heading, and that heading's neighbours."""
    for tag in tags:
        if tag is outer.heading:
            return
        if tag.name in ("span", *_HEADINGS):
            yield tag


def _somebody_else(tags: Sequence[Tag], outer: _Section, post: Post) -> bool:
    """Does a line above the post name another than its author ("Jane Doe commented")?"""
    for tag in tags:
        if tag is outer.heading:
            return False
        link = profile_link(attr(tag, "href")) if tag.name == "a" else None
        if link not in (None, post.source_link) and visible_text(tag):
            return True
    return False


def _sections(tags: Sequence[Tag], place: dict[int, int], end: int) -> list[_Section]:
    headings = [tag for tag in tags if tag.name in _HEADINGS and author_link(tag) is not None]
    found = []
    for number, heading in enumerate(headings):
        start = place[id(heading)]
        stop = place[id(headings[number + 1])] if number + 1 < len(headings) else end
        own = tuple(tag for tag in tags if start <= place[id(tag)] < stop)
        found.append(_Section(heading, start, stop, own))
    return found


def _joined(sections: Sequence[_Section]) -> _Section:
    tags = tuple(tag for section in sections for tag in section.tags)
    return _Section(sections[0].heading, sections[0].start, sections[-1].end, tags)


def _is_post(section: _Section, reading: Reading) -> bool:
    """True where a heading is followed by a time, an audience or the advertising link."""
    if any(True for tag in section.tags for _ in _audience(tag)):
        return True
    return any(
        audience.is_ad_link(attr(tag, "href")) or _time_of(tag, reading) is not None
        for tag in section.all("a")
    )


def _audience(tag: Tag) -> list[str]:
    """Labels of audience icons: small images with a role, drawings with a title, or (2023)
    whatever says "Shared with"."""
    if tag.name == "i" and attr(tag, "role") == "img" and attr(tag, "aria-label"):
        return [clean(attr(tag, "aria-label"))]
    label = attr(tag, "aria-label") if tag.name in ("div", "span") else ""
    if label and audience.is_audience_label(label):
        return [clean(label)]
    if tag.name == "svg" and tag.find("title") is not None:
        return [clean(tag.find("title").get_text())]  # type: ignore[union-attr]
    return []


def _time_of(link: Tag, reading: Reading) -> datetime | None:
    href = attr(link, "href")
    if reading.when is None or not href:
        return None
    if post_link(href) is None and profile_link(href) is not None:
        return None  # somebody's name, even if it ends like an age: "All about 3D"
    for text in (attr(link, "aria-label"), visible_text(link).replace("\n", "")):
        if text and len(text) < 80:
            found = parse_time(text, reading.when, reading.languages)
            if found is not None:
                return found
    return None


def _post(section: _Section, reading: Reading) -> Post:
    heading = section.heading
    link = author_link(heading)
    author = author_kind(link) if link is not None else None
    certain = certain_kind(link) if link is not None else None
    labels = [label for tag in section.tags for label in _audience(tag)]
    header = _header(section)
    paid = any(audience.is_ad_link(attr(tag, "href")) for tag in section.all("a")) or any(
        audience.says_sponsored(tag) for tag in header if tag.name in ("a", "span")
    )
    if paid and certain is None and link is not None:
        author = AuthorKind.PAGE  # only pages advertise
    if audience.visibility(labels, certain, paid=paid) is Visibility.PRIVATE:
        return audience.private(MARKUP, known=bool(labels))
    here = Reading(
        reading.when,
        tuple(dict.fromkeys((*reading.languages, *audience.languages_of_labels(labels)))),
        reading.unparsed,
    )
    located, published = _located(section, here)
    if located is None and not paid:
        here.note(MARKUP, "permaLink", ParseError.NO_LINK)
    if published is None and not paid and here.when is not None:
        here.note(MARKUP, "publicationTime", ParseError.BAD_DATE)
    images = [img for img in section.all("img") if pictures.is_picture(img)]
    videos = list(section.all("video"))
    messages = _messages(section)
    card = card_of(
        (tag for tag in section.all("a") if external_link(attr(tag, "href")) is not None),
        [heading, *messages],
    )
    nature: Nature | None = Nature.SPONSORED if paid else Nature.ORGANIC
    if not paid and located is None and published is None:
        here.note(MARKUP, "nature", ParseError.MISSING_ELEMENT)
        nature = None
    return Post(
        visibility=Visibility.PUBLIC,
        markup=MARKUP,
        nature=nature,
        post_id=located.post_id if located else None,
        permalink=located.path if located else None,
        link_type=located.kind if located else None,
        published=published,
        source=clean(visible_text(link)) or None if link is not None else None,
        source_link=profile_link(attr(link, "href")) if link is not None else None,
        display_source=clean(visible_text(heading).replace("\n", " ")) or None,
        author=author,
        texts=_texts(messages, card),
        images=len(images),
        captions=pictures.captions(images, people_in(section.all("a"))),
        autoplay=videos[0].has_attr("autoplay") if videos else None,
        opengraph=card,
        lang=here.languages[0] if here.languages else None,
    )


def _header(section: _Section) -> list[Tag]:
    """What stands between the heading and the message."""
    found = []
    for tag in section.tags:
        if attr(tag, "data-ad-preview") or attr(tag, "data-ad-comet-preview") or tag.name == "img":
            break
        found.append(tag)
    return found


def _located(section: _Section, reading: Reading) -> tuple[PostLink | None, datetime | None]:
    """The link that reads as a time, and that time; else the first link to a post."""
    fallback: PostLink | None = None
    published: datetime | None = None
    for tag in section.all("a"):
        found = post_link(attr(tag, "href"))
        moment = _time_of(tag, reading)
        if found is not None and moment is not None:
            return found, moment
        if moment is not None and published is None:
            published = moment
        fallback = fallback or found
    return fallback, published


def _messages(section: _Section) -> list[Tag]:
    """The post's own words: marked as such, else paragraphs that stand in no link or button."""
    marked = [
        tag
        for tag in section.tags
        if attr(tag, "data-ad-preview") == "message"
        or attr(tag, "data-ad-comet-preview") == "message"
    ]
    if marked:
        return [tag for tag in marked if not any(parent in marked for parent in tag.parents)]
    known = {id(tag) for tag in section.tags}
    found = []
    for tag in section.all("div"):
        if attr(tag, "dir") != "auto" or not attr(tag, "style").startswith("text-align"):
            continue
        around = [parent for parent in tag.parents if id(parent) in known]
        if not any(parent.name in ("a", *_HEADINGS) for parent in around):
            found.append(tag)
    return found


def _texts(messages: Sequence[Tag], card: dict[str, object] | None) -> tuple[str, ...]:
    found: list[str] = []
    for tag in messages:
        more = list(select(tag, "[role='button']"))
        found += visible_text(tag, more).split("\n")
    for key in ("title", "description"):
        if card and isinstance(card.get(key), str):
            found.append(str(card[key]))
    return tuple(dict.fromkeys(text for text in found if text))


def _counted(root: Tag, toolbars: Sequence[Tag], post: Post, reading: Reading) -> Post:
    """The numbers under the post: from the first toolbar on, before the comments."""
    if not toolbars:
        return post
    bar = toolbars[0]
    hints = (post.lang,) if post.lang else ()
    here = Reading(reading.when, (*reading.languages, *hints), reading.unparsed)
    beside = [
        tag
        for tag in bar.find_all_next(["span", "a", "div"], limit=40)
        if root in tag.parents and tag.find(["div", "a"]) is None
    ]
    return replace(
        post,
        reactions=counts.reactions(select(bar, "[aria-label]"), here, MARKUP),
        comments=counts.noun_count(beside, responses.COMMENTS, here.languages),
        shares=counts.noun_count(beside, responses.SHARES, here.languages),
    )
