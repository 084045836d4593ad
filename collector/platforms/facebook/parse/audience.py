"""Whom a post was meant for, and whether somebody paid for it.

Structure first, words second. A label that nobody knows is private: what is not surely public is
never data. A page's own post is public by nature, whatever the language of the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bs4.element import Tag

from collector.common.model import AuthorKind, ParseError, Post, Unparsed, Visibility
from collector.platforms.facebook.parse.reading import attr, select, visible_text
from collector.platforms.facebook.words import audiences
from collector.platforms.locale.text import clean

_COLON = re.compile("[:：]")
_AD_LINK = re.compile(r"/(?:ads/about|about/ads|ads/ad_choices)\b")
_SPONSORED = {label.casefold() for row in audiences.SPONSORED.values() for label in row}
_SUGGESTED = {label.casefold() for row in audiences.SUGGESTED.values() for label in row}
_PUBLIC = {
    label.casefold()
    for table in (audiences.PUBLIC, audiences.PUBLIC_GROUP)
    for row in table.values()
    for label in row
}


def _halves(label: str) -> list[str]:
    """What stands before and after the first colon; the label alone where it has none."""
    return [half.strip() for half in _COLON.split(label, maxsplit=1)]


@lru_cache(maxsize=4096)
def is_public_label(label: str) -> bool:
    """True for a label that names the public, alone or after "Shared with"."""
    label = clean(label)
    if label.casefold() in _PUBLIC:
        return True
    head, *rest = _halves(label)
    if rest and head in audiences.SHARED_WITH:
        return rest[0].casefold() in _PUBLIC
    for lead in audiences.SHARED_WITH:
        if label.startswith(lead + " "):
            return label[len(lead) + 1 :].casefold() in _PUBLIC
    return False


def is_audience_label(label: str) -> bool:
    """True for a label that says with whom a post is shared, whoever that is."""
    label = clean(label)
    head, *rest = _halves(label)
    if rest and head in audiences.SHARED_WITH:
        return True
    return any(label.startswith(lead + " ") for lead in audiences.SHARED_WITH)


def is_label(label: str) -> bool:
    """True for a label that is of an audience at all."""
    return is_public_label(label) or is_audience_label(label)


def visibility(labels: list[str], author: AuthorKind | None, *, paid: bool) -> Visibility:
    """From the audience labels of a post's own header: the first is its own, others may be those of
    a post in it."""
    if any(is_public_label(label) for label in labels[:1]):
        return Visibility.PUBLIC
    # Advertising and pages address everybody; people and groups are asked for their label.
    public = paid or author is AuthorKind.PAGE
    return Visibility.PUBLIC if public else Visibility.PRIVATE


def private(markup: str, *, known: bool) -> Post:
    """A post that is not surely public. ``known`` is false where nothing in it says for whom it is:
    then that is noted, so that it is not taken for somebody's private post."""
    note = Unparsed(markup, "audience", ParseError.MISSING_ELEMENT)
    return Post(Visibility.PRIVATE, markup=markup, unparsed=() if known else (note,))


def is_ad_link(href: str) -> bool:
    """True for the link behind the word "Sponsored"."""
    return _AD_LINK.search(href) is not None


def says_sponsored(tag: Tag) -> bool:
    """True for an element that reads "Sponsored" in some language.

    The letters may be scattered over many elements, with hidden ones between them, or stand in
    another element that is named as the label; who paid may follow after a dot.
    """
    for text in (attr(tag, "aria-label"), visible_text(tag).replace("\n", ""), *_named_by(tag)):
        bare = clean(text).strip("· ").partition(" · ")[0].casefold()
        if bare and (bare in _SPONSORED or bare.replace(" ", "") in _SPONSORED):
            return True
    return False


def _named_by(tag: Tag) -> Iterator[str]:
    """The texts of the elements that ``aria-labelledby`` names."""
    names = attr(tag, "aria-labelledby").split()[:4]
    if names:
        *_, top = tag.parents
        for label in select(top, "[id]"):
            if attr(label, "id") in names:
                yield visible_text(label).replace("\n", "")


def says_suggested(text: str) -> bool:
    """Whether a text is the site's word for a post that nobody asked for, in any language."""
    return clean(text).strip("· ").casefold() in _SUGGESTED


def languages_of_labels(labels: list[str]) -> tuple[str, ...]:
    """The languages in which one of the labels is a word of the site."""
    found: list[str] = []
    for label in labels:
        bare = clean(_COLON.split(label)[-1])
        for table in (
            audiences.PUBLIC,
            audiences.SPONSORED,
            audiences.SUGGESTED,
            audiences.PUBLIC_GROUP,
        ):
            found += audiences.languages_of(table, bare)
    return tuple(dict.fromkeys(found))
