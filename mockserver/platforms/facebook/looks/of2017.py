"""2017: posts are ``div.fbUserContent``; reactions, shares and comments are rows of one list."""

from __future__ import annotations

from mockserver.platforms.facebook.looks.look import Look

LOOK = Look(
    name="2017",
    markup="2019",
    eras=frozenset({"2017"}),
    kin="2019",
    styles="2017.css",
    author_tail="fref=nf",
    post_tail="__tn__=-R",
    photo_tail="type=3&theater",
    hover_cards=True,
    full_headings=True,
    clocked=True,
    seconds=True,
    captions="2019",
    joint=": ",
)
