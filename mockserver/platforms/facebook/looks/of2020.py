"""2020 to 2022: posts are ``div[data-pagelet^=FeedUnit]``; classes mean nothing, times are whole
hours and days. The look of every world whose era has none of its own."""

from __future__ import annotations

from mockserver.platforms.facebook.looks.look import Look

LOOK = Look(
    name="2020",
    markup="2020",
    eras=frozenset({"2020", "2022", "2026"}),
    author_tail="__cft__[0]=AZ{trace}&__tn__=-UC%2CP-R",
    post_tail="__cft__[0]=AZ{trace}&__tn__=%2CO%2CP-R",
)
