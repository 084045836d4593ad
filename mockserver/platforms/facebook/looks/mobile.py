"""``m.facebook.com`` to 2022: posts are ``article`` around ``div.story_body_container``.

Of no era: whoever asks from a phone, or asks the host of the mobile site, has it. It has no hover
cards, tells how many reacted but not how, and a film is a picture until it is touched.
"""

from __future__ import annotations

from mockserver.platforms.facebook.looks.look import Look

LOOK = Look(
    name="mobile",
    markup="mobile",
    styles="mobile.css",
    author_tail="__tn__=C-R",
    post_tail="__tn__=-R",
    full_headings=True,
    clocked=True,
    untold={"autoplay": None, "reactions": {}},
)
