"""2018 to 2020: posts are ``div.userContentWrapper``, with ids and times in attributes."""

from __future__ import annotations

from mockserver.platforms.facebook.looks.look import Look

LOOK = Look(
    name="2019",
    markup="2019",
    eras=frozenset({"2019"}),
    author_tail="ref=nf_target&fref=nf",
    post_tail="__tn__=-R",
    photo_tail="type=3&theater",
    hover_cards=True,
    full_headings=True,
    clocked=True,
    seconds=True,
    captions="2019",
    joint=": ",
)
