"""2023 to 2025: posts are ``div[aria-posinset]`` in a virtualised list, headed by who published
them. What is scrolled far away leaves the document; an empty box holds its place."""

from __future__ import annotations

from mockserver.platforms.facebook.looks.look import Look

LOOK = Look(
    name="2023",
    markup="2023",
    eras=frozenset({"2023"}),
    kin="2020",
    styles="2023.css",
    script="virtual.js",
    author_tail="__cft__[0]=AZ{trace}&__tn__=-UC%2CP-R",
    post_tail="__cft__[0]=AZ{trace}&__tn__=%2CO%2CP-R",
)
