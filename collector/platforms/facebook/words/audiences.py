"""Whom a post is meant for, and why it is shown: labels of audiences, advertising, suggestions.

Audiences are compared as whole labels, never by their last word: "Members of Go Public" is no
public audience. What the page's structure says goes before any of these words. The labels are in
``audiences.json``.
"""

from __future__ import annotations

from collector.common.jsondata import load

_DATA = load(__package__, "audiences.json")

#: Labels of the public audience, by language.
PUBLIC: dict[str, tuple[str, ...]] = _DATA["public"]

#: Labels of groups that everybody can read, by language.
PUBLIC_GROUP: dict[str, tuple[str, ...]] = _DATA["public_group"]

#: What stands before an audience in an accessible label.
SHARED_WITH: tuple[str, ...] = _DATA["shared_with"]

#: Labels of advertising, by language.
SPONSORED: dict[str, tuple[str, ...]] = _DATA["sponsored"]

#: Headings of posts of somebody that the viewer does not follow, by language.
SUGGESTED: dict[str, tuple[str, ...]] = _DATA["suggested"]


def languages_of(table: dict[str, tuple[str, ...]], label: str) -> tuple[str, ...]:
    """The languages whose row of ``table`` holds exactly this label."""
    return tuple(tag for tag, words in table.items() if label in words)
