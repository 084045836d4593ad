"""Small hand-written pages in the site's two vocabularies, for tests of the parser."""

from __future__ import annotations

from html import escape


def app(*roots: str, lang: str = "en", masthead: str = "") -> str:
    """A whole document around page roots."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>YouTube</title></head><body><ytd-app>'
        f'<div id="content"><ytd-masthead id="masthead">{masthead}</ytd-masthead>'
        f'<ytd-page-manager id="page-manager">{"".join(roots)}</ytd-page-manager></div>'
        "</ytd-app></body></html>"
    )


def home(*items: str, hidden: bool = False) -> str:
    return (
        f'<ytd-browse page-subtype="home"{" hidden" if hidden else ""}><ytd-rich-grid-renderer>'
        f'<div id="contents">{"".join(items)}</div></ytd-rich-grid-renderer></ytd-browse>'
    )


def results(*items: str, hidden: bool = False, correction: str = "") -> str:
    return (
        f"<ytd-search{' hidden' if hidden else ''}><ytd-two-column-search-results-renderer>"
        f'<div id="primary">{correction}<ytd-item-section-renderer><div id="contents">'
        f"{''.join(items)}</div></ytd-item-section-renderer></div>"
        "</ytd-two-column-search-results-renderer></ytd-search>"
    )


def watch(*items: str, title: str = "A video", video: str = "", hidden: bool = False) -> str:
    return (
        f'<ytd-watch-flexy{" hidden" if hidden else ""} video-id="{video}"><div id="columns">'
        f'<div id="primary"><ytd-watch-metadata><div id="title"><h1><yt-formatted-string '
        f'title="{escape(title)}">{escape(title)}</yt-formatted-string></h1></div>'
        '<ytd-video-owner-renderer><a href="/@maker"><img></a><ytd-channel-name '
        'id="channel-name"><div id="text-container"><yt-formatted-string id="text">'
        '<a href="/@maker">Maker</a></yt-formatted-string></div></ytd-channel-name>'
        "</ytd-video-owner-renderer><like-button-view-model><button "
        'aria-label="like this video along with 1,234 other people"></button>'
        '</like-button-view-model><div id="info-container"><yt-formatted-string id="info">'
        "<span>12,345 views</span><span> </span><span>Aug 15, 2021</span>"
        "</yt-formatted-string></div></ytd-watch-metadata></div>"
        '<div id="secondary"><div id="related"><ytd-watch-next-secondary-results-renderer>'
        f'<div id="items">{"".join(items)}</div></ytd-watch-next-secondary-results-renderer>'
        "</div></div></div></ytd-watch-flexy>"
    )


def lockup(
    video: str,
    title: str = "Title",
    *,
    badge: str = "12:29",
    facts: tuple[str, ...] = ("1.2M views", "5 months ago"),
    channel: str = "Maker",
    href: str = "",
    label: str = "",
    style: str = "camel",
    badge_class: str = "",
) -> str:
    """Today's card. ``style`` spells the class names ``camel`` (2026) or ``bem`` (2024–2025)."""
    c = _CAMEL if style == "camel" else _BEM
    href = href or f"/watch?v={video}"
    spans = f'<span class="{c["delimiter"]}"> • </span>'.join(
        f'<span class="{c["text"]}">{escape(fact)}</span>' for fact in facts
    )
    byline = (
        f'<div class="{c["row"]}"><span class="{c["text"]}"><a href="/@maker">'
        f"{escape(channel)}</a></span></div>"
        if channel
        else ""
    )
    return (
        f'<yt-lockup-view-model><div class="{c["host"]} content-id-{video}">'
        f'<a class="{c["image"]}" href="{href}"><badge-shape class="{badge_class}">'
        f'<div class="{c["badge"]}">{badge}</div></badge-shape></a>'
        f'<h3 class="{c["heading"]}" title="{escape(title)}"><a class="{c["title"]}" '
        f'href="{href}" aria-label="{escape(label)}"><span>{escape(title)}</span></a></h3>'
        f'{byline}<div class="{c["row"]}">{spans}</div></div></yt-lockup-view-model>'
    )


_CAMEL = {
    "host": "ytLockupViewModelHost",
    "image": "ytLockupViewModelContentImage",
    "badge": "ytBadgeShapeText",
    "heading": "ytLockupMetadataViewModelHeadingReset",
    "title": "ytLockupMetadataViewModelTitle",
    "row": "ytContentMetadataViewModelMetadataRow",
    "text": "ytContentMetadataViewModelMetadataText",
    "delimiter": "ytContentMetadataViewModelDelimiter",
}
_BEM = {
    "host": "yt-lockup-view-model-wiz",
    "image": "yt-lockup-view-model-wiz__content-image",
    "badge": "badge-shape-wiz__text",
    "heading": "yt-lockup-metadata-view-model-wiz__heading-reset",
    "title": "yt-lockup-metadata-view-model-wiz__title",
    "row": "yt-content-metadata-view-model-wiz__metadata-row",
    "text": "yt-content-metadata-view-model-wiz__metadata-text",
    "delimiter": "yt-content-metadata-view-model-wiz__delimiter",
}


def rich(content: str) -> str:
    return f'<ytd-rich-item-renderer><div id="content">{content}</div></ytd-rich-item-renderer>'


def classic(
    video: str,
    title: str = "Title",
    *,
    tag: str = "ytd-video-renderer",
    channel: str = "Maker",
    length: str = "25:33",
    style: str = "DEFAULT",
    facts: tuple[str, ...] = ("1.1M views", "5 months ago"),
    label: str = "",
    href: str = "",
) -> str:
    """A card of 2022: grid (``ytd-rich-grid-media``), list, side column or channel tile."""
    href = href or f"/watch?v={video}"
    spans = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    return (
        f'<{tag}><a id="thumbnail" href="{href}"><img src="https://i.ytimg.com/vi/{video}/hq.jpg'
        f'?sqp=x"><ytd-thumbnail-overlay-time-status-renderer overlay-style="{style}">'
        f'<span id="text" aria-label="words">{length}</span>'
        "</ytd-thumbnail-overlay-time-status-renderer></a>"
        f'<h3><a id="video-title" title="{escape(title)}" href="{href}" '
        f'aria-label="{escape(label)}">{escape(title)}</a></h3>'
        '<ytd-video-meta-block><div id="metadata"><ytd-channel-name id="channel-name">'
        f'<div id="text-container"><a href="/c/maker">{escape(channel)}</a></div>'
        '<div class="badge badge-style-type-verified"></div></ytd-channel-name>'
        f'<div id="metadata-line">{spans}</div></div></ytd-video-meta-block></{tag}>'
    )


def shelf(title: str, *items: str) -> str:
    return (
        '<ytd-shelf-renderer><h2><span id="title">'
        f'{escape(title)}</span></h2><div id="items">{"".join(items)}</div></ytd-shelf-renderer>'
    )


def mix(list_id: str, video: str, title: str = "My mix") -> str:
    href = f"/watch?v={video}&amp;list={list_id}&amp;start_radio=1"
    return (
        f'<ytd-compact-radio-renderer><a id="thumbnail" href="{href}"></a>'
        f'<span id="video-title" title="{title}">{title}</span></ytd-compact-radio-renderer>'
    )


def ad(href: str, title: str = "Buy this") -> str:
    return (
        "<ytd-ad-slot-renderer><ytd-in-feed-ad-layout-renderer><ytd-display-ad-renderer>"
        f'<div class="title"><a href="{escape(href)}"><span class="title-text">{title}</span></a>'
        '</div><span id="secondary-text">Shop</span></ytd-display-ad-renderer>'
        "</ytd-in-feed-ad-layout-renderer></ytd-ad-slot-renderer>"
    )


def short(video: str, title: str = "A short") -> str:
    return (
        "<ytm-shorts-lockup-view-model-v2><ytm-shorts-lockup-view-model>"
        f'<a href="/shorts/{video}"></a><h3 aria-label="{title}, 1.2 million views - play Short">'
        f'<a href="/shorts/{video}" title="{title}"><span>{title}</span></a></h3>'
        '<div class="shortsLockupViewModelHostOutsideMetadataSubhead"><span>1.2M views</span>'
        "</div></ytm-shorts-lockup-view-model></ytm-shorts-lockup-view-model-v2>"
    )
