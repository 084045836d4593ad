"""Posts of 2017–2020: ``div.userContentWrapper`` (2017 ``div.fbUserContent``), with ids and times
in attributes.

A post that is shown because a friend reacted wraps the real one: the outer heading is the reason,
the inner article the post, and the author is the inner's. A shared post has text of its own above
the article that it passes on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bs4.element import Tag

from collector.common.model import (
    AuthorKind,
    Nature,
    ParseError,
    Post,
    Reason,
    Visibility,
)
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
from collector.platforms.facebook.urls import PostLink, post_link, profile_link
from collector.platforms.facebook.words import responses
from collector.platforms.locale.text import clean

MARKUP = "2019"
ROOT = ".userContentWrapper"
#: Posts of 2017 have no wrapper of their own.
ROOT_2017 = ".fbUserContent"
SELECTOR = f"{ROOT}, {ROOT_2017}"
_NESTED = ".userContentWrapper, [role='article']"
_TITLE_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}) (\d{1,2}):(\d{2})")
_AUDIENCE = "[data-tooltip-content][aria-label], [data-hover='tooltip'][aria-label]"


def find_roots(tree: Tag) -> list[Tag]:
    """The outermost posts, in reading order."""
    roots = [
        tag
        for tag in select(tree, SELECTOR)
        if "userContentWrapper" in attr(tag, "class").split() or not select(tag, ROOT)
    ]
    known = {id(tag) for tag in roots}
    return [tag for tag in roots if not any(id(parent) in known for parent in tag.parents)]


def read(root: Tag, reading: Reading) -> Post:
    """One post, as it was shown; a private one without anything."""
    comments = select(root, "form.commentable_item, form[rel='async'], .UFIList")
    nested = _nested(root, comments)
    if nested is None:
        return _post(root, root, comments, [], reading)
    own_text = any(
        visible_text(tag) for tag in select_own(root, ".userContent", [nested, *comments])
    )
    if not own_text and not _subtitle(root, [nested, *comments]):
        # The reason names the friend: only the kind of reason is kept.
        inner = _passed_on(nested, root, [*comments, *_forms(nested)], reading)
        return (
            inner
            if inner.visibility is Visibility.PRIVATE
            else replace(inner, reason=inner.reason or Reason.FRIEND)
        )
    return _passed_on(root, root, comments, reading)


def _nested(root: Tag, comments: list[Tag]) -> Tag | None:
    return next((tag for tag in select_own(root, _NESTED, comments) if tag is not root), None)


def _passed_on(root: Tag, counted: Tag, comments: list[Tag], reading: Reading) -> Post:
    """A post and, where it holds another, the one that it passes on."""
    nested = _nested(root, comments)
    outer = _post(root, counted, comments, [nested] if nested is not None else [], reading)
    if nested is None or outer.visibility is Visibility.PRIVATE:
        return outer
    original = _post(nested, nested, comments, [], reading)
    if original.visibility is Visibility.PRIVATE:
        return outer
    return replace(outer, shared=original, opengraph=outer.opengraph or original.opengraph)


def _forms(tag: Tag) -> list[Tag]:
    return select(tag, "form")


def _subtitle(root: Tag, without: Sequence[Tag]) -> Tag | None:
    return next(select_own(root, "[id*='feed_subtitle_']", without), None)


def _post(root: Tag, counted: Tag, comments: list[Tag], inner: list[Tag], reading: Reading) -> Post:
    """``root`` holds header and content, ``counted`` the reactions (the outermost article)."""
    without = [*comments, *inner]
    subtitle = _subtitle(root, without)
    heading = _heading(root, without)
    link = author_link(heading) if heading is not None else None
    author = author_kind(link) if link is not None else None
    certain = certain_kind(link) if link is not None else None
    labels = [
        clean(attr(tag, "data-tooltip-content") or attr(tag, "aria-label"))
        for tag in select_own(root, _AUDIENCE, without)
        if tag.name in ("a", "div", "span", "i")
        and not attr(tag, "ajaxify")
        and not attr(tag, "data-hovercard")
    ]
    paid = _paid(root, subtitle, without)
    if audience.visibility(labels, certain, paid=paid) is Visibility.PRIVATE:
        return audience.private(MARKUP, known=bool(labels))
    here = Reading(
        reading.when,
        tuple(dict.fromkeys((*reading.languages, *audience.languages_of_labels(labels)))),
        reading.unparsed,
    )
    located = _located(root, subtitle, without)
    ids = _subtitle_ids(subtitle)
    post_id = (located.post_id if located else None) or ids.get("post")
    published = _published(root, ids, without, here)
    if located is None and not paid:
        here.note(MARKUP, "permaLink", ParseError.NO_LINK)
    if published is None and not paid:
        here.note(MARKUP, "publicationTime", ParseError.BAD_DATE)
    if link is None:
        here.note(MARKUP, "source", ParseError.MISSING_ELEMENT)
    images = [img for img in select_own(root, "img", without) if pictures.is_picture(img)]
    people = people_in(select(root, "a[href]"))
    card = card_of(select_own(root, "a[href]", without), _content(root, without))
    video = next(select_own(root, "video", without), None)
    return Post(
        visibility=Visibility.PUBLIC,
        markup=MARKUP,
        nature=_nature(paid, located, post_id, here),
        post_id=post_id,
        permalink=located.path if located else None,
        link_type=located.kind if located else None,
        published=published,
        source=clean(visible_text(link)) or None if link is not None else None,
        source_link=profile_link(attr(link, "href")) if link is not None else None,
        display_source=clean(visible_text(heading).replace("\n", " ")) or None,
        author=author,
        reason=_reason(root, without),
        texts=_texts(root, without, card),
        images=len(images),
        captions=pictures.captions(images, people),
        autoplay=None if video is None else video.has_attr("autoplay"),
        opengraph=card,
        reactions=counts.reactions(
            select(counted, "[ajaxify*='/ufi/reaction/'], a[href*='/ufi/reaction/']"),
            here,
            MARKUP,
        ),
        comments=counts.noun_count(
            (
                tag
                for tag in select(counted, "a, [data-testid*='CommentsCount']")
                if tag.find_parent("form") is not None or "comment" in attr(tag, "href")
            ),
            responses.COMMENTS,
            here.languages,
        ),
        shares=counts.noun_count(
            select(
                counted,
                "a[href*='/shares/view'], a[href*='/ajax/shares/'], [data-testid*='SharesCount']",
            ),
            responses.SHARES,
            here.languages,
        ),
        lang=here.languages[0] if here.languages else None,
    )


def _heading(root: Tag, without: Sequence[Tag]) -> Tag | None:
    """The first heading that names somebody; a reason ("Suggested Post") names nobody."""
    for tag in select_own(root, "h5, h6", without):
        if "accessible_elem" not in attr(tag, "class").split() and author_link(tag) is not None:
            return tag
    return None


def _paid(root: Tag, subtitle: Tag | None, without: Sequence[Tag]) -> bool:
    """By structure (the advertising link, a carousel, a partnership), else by the label."""
    for tag in select_own(root, "a[href]", without):
        href = attr(tag, "href")
        if audience.is_ad_link(href) or "uiStreamSponsoredLink" in attr(tag, "class").split():
            return True
        if href.startswith("/business/") and subtitle is not None and subtitle in tag.parents:
            return True
    if next(select_own(root, "[data-ad-preview='carousel-cta']", without), None) is not None:
        return True
    if subtitle is None:
        return False
    return any(
        audience.says_sponsored(tag) for tag in select(subtitle, "a, span") if tag.name != "abbr"
    )


def _located(root: Tag, subtitle: Tag | None, without: Sequence[Tag]) -> PostLink | None:
    """The link around the time; without one, any link of the subtitle to a post."""
    for abbr in select_own(root, "a[href] abbr", without):
        around = abbr.find_parent("a")
        found = post_link(attr(around, "href")) if around is not None else None
        if found is not None:
            return found
    for tag in select(subtitle, "a[href]") if subtitle is not None else ():
        found = post_link(attr(tag, "href"))
        if found is not None:
            return found
    return None


def _subtitle_ids(subtitle: Tag | None) -> dict[str, str]:
    """Author, post and second of publication that the subtitle's id bears."""
    found: dict[str, str] = {}
    pieces = attr(subtitle, "id").rpartition("feed_subtitle_")[2].split(";")
    for name, place in (("author", 1), ("post", 3), ("epoch", 4)):
        piece = pieces[place].partition(":")[0] if len(pieces) > place else ""
        if piece.isascii() and piece.isdigit() and 5 <= len(piece) <= 25:
            found[name] = piece
    return found


def _published(
    root: Tag, ids: dict[str, str], without: Sequence[Tag], reading: Reading
) -> datetime | None:
    for abbr in select_own(root, "abbr", without):
        second = attr(abbr, "data-utime")
        if second.isascii() and second.isdigit() and len(second) <= 11:
            return datetime.fromtimestamp(int(second), UTC)
        title = attr(abbr, "title")
        numeric = _TITLE_DATE.search(title)
        if numeric is not None:
            day, month, year, hour, minute = (int(part) for part in numeric.groups())
            try:
                return datetime(year, month, day, hour, minute, tzinfo=UTC)
            except ValueError:
                pass
        for text in (title, visible_text(abbr)):
            if reading.when is not None and text:
                found = parse_time(text, reading.when, reading.languages)
                if found is not None:
                    return found
    if "epoch" in ids and len(ids["epoch"]) <= 11:
        return datetime.fromtimestamp(int(ids["epoch"]), UTC)
    return None


def _nature(
    paid: bool, located: PostLink | None, post_id: str | None, reading: Reading
) -> Nature | None:
    if paid:
        return Nature.SPONSORED
    if located is not None or post_id is not None:
        return Nature.ORGANIC
    reading.note(MARKUP, "nature", ParseError.MISSING_ELEMENT)
    return None


def _reason(root: Tag, without: Sequence[Tag]) -> Reason | None:
    for tag in select_own(root, "h5, h6, span, div.fwn", without):
        if len(tag.contents) <= 3 and audience.says_suggested(visible_text(tag)):
            return Reason.SUGGESTED
    return None


def _content(root: Tag, without: Sequence[Tag]) -> list[Tag]:
    return list(select_own(root, ".userContent, [id*='feed_subtitle_'], form", without))


def _texts(root: Tag, without: Sequence[Tag], card: dict[str, object] | None) -> tuple[str, ...]:
    """Paragraphs of the post, what an advertisement says, then the card; each once."""
    found: list[str] = []
    for content in select_own(root, ".userContent", without):
        more = select(content, ".see_more_link, .text_exposed_hide, .text_exposed_link")
        paragraphs = [
            tag
            for tag in select(content, "p")
            if not any(parent.name == "p" for parent in tag.parents)
        ]
        for tag in paragraphs or [content]:
            found += visible_text(tag, more).split("\n")
    for tag in select_own(root, "[data-ad-preview]", without):
        if attr(tag, "data-ad-preview") in ("message", "headline", "link-description"):
            found += visible_text(tag).split("\n")
    for key in ("title", "description"):
        if card and isinstance(card.get(key), str):
            found.append(str(card[key]))
    return tuple(dict.fromkeys(text for text in found if text))


__all__ = ["MARKUP", "ROOT", "AuthorKind", "find_roots", "read"]
