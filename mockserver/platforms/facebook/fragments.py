# ruff: noqa: E501
"""One post as markup: what a feed serves for it, in both generations of the site.

A view on facts: nothing here is random, looks anything up or knows the time. The words of the
interface come from the caller, so that every language is a table and not a branch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

#: ``reaction_type`` of the site's links.
REACTION_TYPES: Mapping[str, int] = {
    "LIKE": 1,
    "LOVE": 2,
    "WOW": 3,
    "HAHA": 4,
    "SAD": 7,
    "ANGRY": 8,
    "CARE": 16,
}


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    path: str
    """``/elpais/`` or ``/profile.php?id=1000…``."""
    id: str
    kind: str = "page"
    """``page``, ``user`` or ``group``: the word of the hover card."""


@dataclass(frozen=True, slots=True)
class Card:
    """A link with its opengraph card."""

    url: str
    site: str
    title: str
    description: str = ""
    picture: str = "https://external.xx.fbcdn.net/safe_image.php?d=AQ&w=476&h=249&url=x"


@dataclass(frozen=True, slots=True)
class Shown:
    """One post as somebody is shown it: facts, and the texts that the interface makes of them."""

    author: Author
    post_id: str
    link: str
    """Path of the post; empty for an advertisement that has none."""
    second: int
    """Unix time of publication."""
    time_text: str
    """``3 hrs``, ``12 March at 14:05``."""
    audience: str
    """The label: ``Public``, ``Friends``."""
    paragraphs: tuple[str, ...] = ()
    action: str = ""
    """What follows the name above the post: ``added a new photo.``"""
    sponsored: str = ""
    """The word for "Sponsored", where the post is an advertisement."""
    card: Card | None = None
    pictures: tuple[tuple[str, str], ...] = ()
    """(address, description)."""
    video: bool = False
    autoplay: bool = False
    reactions: Mapping[str, str] = field(default_factory=dict)
    """Reaction → its whole label, such as ``471 Like``."""
    comments: str = ""
    """``13 Comments``"""
    shares: str = ""
    friend: Author | None = None
    """Because of whom it is shown."""
    friend_text: str = ""
    """What follows the friend's name: ``likes this.``"""
    suggested: str = ""
    """The heading of a suggested post."""
    shared: Shown | None = None
    replies: tuple[tuple[Author, str], ...] = ()
    """Comments below the post."""


def _e(text: str) -> str:
    return escape(text, quote=True)


def _shim(url: str, token: str = "AT1x9") -> str:
    """An address out of the site as the site writes it."""
    return (
        f"https://l.facebook.com/l.php?u={quote(url, safe='')}%3Ffbclid%3DIwAR0x&h={token}&enc=AZ0"
    )


# -- 2019 ----------------------------------------------------------------------------------------


def classic(post: Shown) -> str:
    """The post as ``div.userContentWrapper`` (2017–2020)."""
    if post.friend is not None:
        reason = (
            f'<h5 class="_14f3 _14f5"><span class="fwn fcg">{_classic_link(post.friend)} '
            f"{_e(post.friend_text)}</span></h5>"
        )
        inner = _classic_article(post, heading="h6")
        return (
            '<div class="_5pcr userContentWrapper" role="article" aria-label="Story">'
            f'<div class="_1dwg _1w_m"><div class="_5x46">{_classic_avatar(post.friend)}{reason}'
            f'</div><div class="_5pbx userContent"></div><div class="_3x-2">{inner}</div></div>'
            f"{_classic_form(post)}</div>"
        )
    shared = ""
    if post.shared is not None:
        shared = (
            f'<div class="_3x-2"><div class="mtm">{_classic_article(post.shared, "h6")}</div></div>'
        )
    return (
        '<div class="_5pcr userContentWrapper" role="article" aria-label="Story">'
        f"{_classic_body(post, 'h5', shared)}{_classic_form(post)}</div>"
    )


def _classic_article(post: Shown, heading: str) -> str:
    return f'<div class="_5r69" role="article">{_classic_body(post, heading, "")}</div>'


def _classic_link(author: Author) -> str:
    mark = "&" if "?" in author.path else "?"
    return (
        f'<a class="profileLink" href="https://www.facebook.com{_e(author.path)}{_e(mark)}__tn__=%2CdC-R'
        f'&amp;fref=nf" data-hovercard="/ajax/hovercard/{author.kind}.php?id={author.id}'
        f'&amp;extragetparams=x">{_e(author.name)}</a>'
    )


def _classic_avatar(author: Author) -> str:
    return (
        f'<a class="_5pb8 profile link" href="{_e(author.path)}" data-hovercard="/ajax/hovercard/'
        f'{author.kind}.php?id={author.id}"><img class="_s0 _4ooo" src="https://scontent.xx.fbcdn.net/'
        f'v/t1.0-1/p50x50/1_{author.id}_n.png" alt="" aria-label="{_e(author.name)}"></a>'
    )


def _classic_body(post: Shown, heading: str, shared: str) -> str:
    suggested = f'<span class="fsm fwn fcg">{_e(post.suggested)}</span>' if post.suggested else ""
    action = f" {_e(post.action)}" if post.action else ""
    return (
        f'<div class="_1dwg _1w_m">{suggested}<div class="_5x46"><div class="clearfix">'
        f"{_classic_avatar(post.author)}"
        f'<{heading} class="_7tae _14f3 _14f5"><span class="fwn fcg"><span class="fwb fcg">'
        f"{_classic_link(post.author)}</span>{action}</span></{heading}>{_classic_subtitle(post)}"
        "</div></div>"
        f"{_classic_content(post)}{_classic_attachment(post)}{shared}</div>"
    )


def _classic_subtitle(post: Shown) -> str:
    if post.sponsored:
        when = (
            '<span class="fsm fwn fcg"><a class="_3e_2 _14bx uiStreamSponsoredLink" '
            'href="https://www.facebook.com/about/ads?ref=feed" rel="nofollow">'
            f"<span>{_e(post.sponsored)}</span></a></span>"
        )
    else:
        when = (
            f'<span class="fsm fwn fcg"><a class="_5pcq" href="{_e(post.link)}'
            f'{"&amp;" if "?" in post.link else "?"}__xts__[0]=68.ARB&amp;__tn__=-R">'
            f'<abbr title="{_e(post.time_text)}" data-utime="{post.second}" class="_5ptz">'
            f'<span class="timestampContent">{_e(post.time_text)}</span></abbr></a></span>'
        )
    ids = f"{post.author.id};{post.author.id};;{post.post_id};{post.second}:{post.post_id}"
    return (
        f'<div class="_5pcp _5lel" id="feed_subtitle_{ids}">{when} <span> · </span>'
        f'<a class="uiStreamPrivacy" data-hover="tooltip" data-tooltip-content="{_e(post.audience)}" '
        f'role="button" aria-label="{_e(post.audience)}" href="#"><i class="lock img"></i></a></div>'
    )


def _classic_content(post: Shown) -> str:
    if not post.paragraphs:
        return '<div class="_5pbx userContent" data-ft="{&quot;tn&quot;:&quot;K&quot;}"></div>'
    lines = "".join(f"<p>{_e(text)}</p>" for text in post.paragraphs)
    return (
        '<div class="_5pbx userContent _3576" data-ft="{&quot;tn&quot;:&quot;K&quot;}" '
        f'data-ad-preview="message">{lines}</div>'
    )


def _classic_attachment(post: Shown) -> str:
    found = ""
    for address, alt in post.pictures:
        found += (
            f'<div class="_3x-2"><a href="{_e(post.link or "#")}" rel="theater"><div class="uiScaledImageContainer">'
            f'<img class="scaledImageFitWidth img" src="{_e(address)}" alt="{_e(alt)}" width="476" height="317">'
            "</div></a></div>"
        )
    if post.video:
        auto = " autoplay" if post.autoplay else ""
        found += f'<div class="_3x-2"><video class="_ox1"{auto} src="blob:x"></video></div>'
    if post.card is not None:
        href = _e(_shim(post.card.url))
        found += (
            '<div class="_3x-2"><div class="mtm"><div class="_6m2 _1zpr clearfix">'
            f'<div class="lfloat"><a href="{href}" rel="noopener nofollow" target="_blank">'
            f'<img class="scaledImageFitWidth img" src="{_e(post.card.picture)}" alt="" width="476" height="249"></a></div>'
            f'<div class="_3n1k"><div class="mbs _6m6"><a href="{href}">{_e(post.card.title)}</a></div>'
            f'<div class="_6m7 _3bt9">{_e(post.card.description)}</div>'
            f'<div class="_59tj _2iau"><div class="_6lz _6mb ellipsis">{_e(post.card.site)}</div></div>'
            "</div></div></div></div>"
        )
    return found


def _classic_form(post: Shown) -> str:
    links = "".join(
        f'<span class="_1n9k"><a aria-label="{_e(label)}" href="#" ajaxify="/ufi/reaction/profile/dialog/'
        f'?ft_ent_identifier={post.post_id}&amp;reaction_type={REACTION_TYPES[name]}&amp;av=VIEWER">'
        '<i class="_1n9l"></i></a></span>'
        for name, label in post.reactions.items()
    )
    comments = (
        f'<a class="_3hg- _42ft" href="#" data-testid="UFI2CommentsCount/root">{_e(post.comments)}</a>'
        if post.comments
        else ""
    )
    shares = (
        f'<a class="_3rwx _42ft" href="/shares/view?id={post.post_id}">{_e(post.shares)}</a>'
        if post.shares
        else ""
    )
    replies = "".join(
        f'<li><div role="article" aria-label="Comment"><h6 class="accessible_elem">Comments</h6>'
        f"{_classic_link(author)} <span><p>{_e(text)}</p></span></div></li>"
        for author, text in post.replies
    )
    return (
        '<form rel="async" class="commentable_item" method="post" action="/ajax/ufi/modify.php">'
        '<div class="_66lg"><span role="toolbar" aria-label="See who reacted to this">'
        f"{links}</span>{comments}{shares}</div><ul>{replies}</ul></form>"
    )


# -- 2020 and later ------------------------------------------------------------------------------


def feed_unit(post: Shown, number: int = 1) -> str:
    """The post as ``div[data-pagelet^="FeedUnit"]`` (2020 and later)."""
    reason = ""
    if post.friend is not None:
        reason = (
            f'<div class="x1a"><span dir="auto"><h3 class="x2b">{_unit_link(post.friend)} '
            f"{_e(post.friend_text)}</h3></span></div>"
        )
    if post.suggested:
        reason += f'<div class="x1a"><span dir="auto" class="x3c">{_e(post.suggested)}</span></div>'
    shared = ""
    if post.shared is not None:
        shared = f'<div class="x78"><div class="x79">{_unit_body(post.shared, "h4")}</div></div>'
    replies = "".join(
        f'<li><div role="article" aria-label="Comment by {_e(author.name)}"><h4>{_unit_link(author)}</h4>'
        f'<div dir="auto" style="text-align: start;">{_e(text)}</div></div></li>'
        for author, text in post.replies
    )
    return (
        f'<div data-pagelet="FeedUnit_{number}" class="x1lliihq"><div class="x9f619"><div role="article" '
        f'aria-posinset="{number}" class="x1yztbdb">{reason}{_unit_body(post, "h4")}{shared}'
        f"{_unit_bar(post)}<ul>{replies}</ul></div></div></div>"
    )


def _unit_link(author: Author) -> str:
    mark = "&amp;" if "?" in author.path else "?"
    return (
        f'<a role="link" tabindex="0" class="oajrlxb2" href="https://www.facebook.com{_e(author.path)}'
        f'{mark}__cft__[0]=AZX&amp;__tn__=-UC%2CP-R"><strong><span>{_e(author.name)}</span></strong></a>'
    )


def _unit_body(post: Shown, heading: str) -> str:
    action = f" {_e(post.action)}" if post.action else ""
    if post.sponsored:
        # The word is scattered over elements, with letters between them that nobody sees.
        letters = "".join(
            f'<span class="x{i}">{_e(c)}</span><span style="display: none">{"qzx"[i % 3]}</span>'
            for i, c in enumerate(post.sponsored)
        )
        when = (
            '<a role="link" class="x4d" href="/ads/about/?__cft__[0]=AZX" '
            f'aria-label="{_e(post.sponsored)}"><span>{letters}</span></a>'
        )
    else:
        mark = "&amp;" if "?" in post.link else "?"
        when = (
            f'<a role="link" class="x4d" href="https://www.facebook.com{_e(post.link)}{mark}__cft__[0]=AZX'
            f'&amp;__tn__=%2CO%2CP-R" aria-label="{_e(post.time_text)}"><span>{_e(post.time_text)}</span></a>'
        )
    kind = f'<{heading} class="x5e" id="jsc_{post.author.id}">'
    return (
        f'<div class="x6f"><a aria-hidden="true" role="link" href="{_e(post.author.path)}"><svg role="none">'
        f'<image href="https://scontent.xx.fbcdn.net/v/t1.0-1/p40x40/{post.author.id}_n.jpg"></image></svg></a>'
        f"<div>{kind}{_unit_link(post.author)}{action}</{heading}>"
        f'<span class="x7g"><span>{when}</span><span aria-hidden="true"> · </span><span>'
        f'<i class="x8h" aria-label="{_e(post.audience)}" role="img"></i></span></span></div></div>'
        f"{_unit_message(post)}{_unit_attachment(post)}"
    )


def _unit_message(post: Shown) -> str:
    if not post.paragraphs:
        return ""
    lines = "".join(
        f'<div dir="auto" style="text-align: start;">{_e(text)}</div>' for text in post.paragraphs
    )
    return (
        '<div data-ad-comet-preview="message" data-ad-preview="message" class="x9i">'
        f'<div class="xaj"><span dir="auto">{lines}</span></div></div>'
    )


def _unit_attachment(post: Shown) -> str:
    found = ""
    for address, alt in post.pictures:
        found += (
            f'<div class="xbk"><a role="link" href="{_e(post.link or "#")}"><img height="630" width="1200" '
            f'alt="{_e(alt)}" referrerpolicy="origin-when-cross-origin" src="{_e(address)}"></a></div>'
        )
    if post.video:
        auto = " autoplay" if post.autoplay else ""
        found += f'<div class="xcl"><video class="k4urcfbm"{auto} src="blob:x"></video></div>'
    if post.card is not None:
        href = _e(_shim(post.card.url))
        found += (
            f'<div class="xdm"><a role="link" rel="nofollow noopener" target="_blank" href="{href}">'
            f'<img height="261" width="500" alt="" src="{_e(post.card.picture)}"></a>'
            f'<a role="link" rel="nofollow noopener" target="_blank" href="{href}"><div><div>'
            f'<span dir="auto"><span>{_e(post.card.site)}</span></span></div>'
            f'<div><span dir="auto"><span>{_e(post.card.title)}</span></span></div>'
            f'<div><span dir="auto"><span>{_e(post.card.description)}</span></span></div></div></a></div>'
        )
    return found


def _unit_bar(post: Shown) -> str:
    buttons = "".join(
        f'<span class="xen"><div aria-label="{_e(label)}" role="button" tabindex="-1"><img height="18" '
        'width="18" role="presentation" src="data:image/svg+xml,x"></div></span>'
        for label in post.reactions.values()
    )
    counts = "".join(
        f'<div role="button" tabindex="0"><span dir="auto">{_e(text)}</span></div>'
        for text in (post.comments, post.shares)
        if text
    )
    return (
        f'<div class="xfo"><span role="toolbar" aria-label="See who reacted to this">{buttons}</span>'
        f"<div>{counts}</div></div>"
    )
