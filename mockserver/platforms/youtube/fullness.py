"""What a real page holds besides its list: hidden items, panels, a miniplayer, a framework's rests.

Real pages of 2025 and 2026 have 6,600 to 15,700 elements, most of which nobody sees. A reader has
to find the list among them, and must count none of what is hidden. Nothing of this is in a truth
log, for none of it is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from markupsafe import Markup, escape

from collector.common.model import ItemKind, PageKind
from mockserver.platforms.youtube.look import Look, clock_text
from mockserver.world.model import Entry, Video

#: Items of a truncated shelf that stay hidden behind "Show more".
HIDDEN = 4
#: Videos among which they are chosen: the first of the catalogue.
_AMONG = 60

_PANELS = (
    "engagement-panel-structured-description", "engagement-panel-searchable-transcript",
    "engagement-panel-macro-markers-description-chapters", "engagement-panel-clip-create",
    "engagement-panel-comments-section", "engagement-panel-ads", "PAyouchat", "PAplaylist",
    "engagement-panel-error-corrections", "PAmodern_transcript_view", "shopping_panel",
    "engagement-panel-comment-replies", "PAproduct_list", "engagement-panel-macro-markers-problem",
)  # fmt: skip


def waiting(run: Sequence[Entry], look: Look) -> list[Entry]:
    """Entries that a truncated shelf was sent and does not show; of the shelf's own kind."""
    kind = ItemKind.SHORT if run[0].kind is ItemKind.SHORT else ItemKind.VIDEO
    shown = {entry.item_id for entry in run}
    start = hashlib.sha256(run[0].item_id.encode()).digest()[0] % _AMONG
    found: list[Video] = [
        video
        for video in islice(look.world.videos.values(), start, start + 400)
        if video.kind is kind and video.id not in shown
    ]
    return [
        Entry(slot=0, kind=kind, item_id=video.id, video=video, section=run[0].section)
        for video in found[:HIDDEN]
    ]


def page(html: Markup, kind: PageKind, look: Look, video: Video | None = None) -> Markup:
    """A page element with what stands in it besides its list."""
    head, _, end = str(html).rpartition("</")
    rests = _rests(f"ytd-{'watch-flexy' if kind is PageKind.VIDEO else 'browse'}", 1400)
    if kind is PageKind.VIDEO and video is not None:
        return Markup(f"{head}{_panels(look, video)}{_ghosts('ghost-comments', 30)}{rests}</{end}")
    return Markup(f"{head}{_ghosts('ghost-grid', 36)}{rests}</{end}")


def document(html: str, look: Look) -> str:
    """A document with what stands beside its page: miniplayer, preview, menus, templates."""
    html = html.replace(
        "<html ", '<html dark="" darker-dark-theme="" standardized-themed-scrollbar="" ', 1
    )
    around = _miniplayer(look) + _preview(look) + _rests("ytd-app", 1600) + _hotkeys()
    return html.replace("</ytd-app>\n</body>", f"{around}</ytd-app>\n</body>", 1)


def card_rests(html: Markup) -> Markup:
    """A card with what a framework leaves in each."""
    head, _, end = str(html).rpartition("</")
    return Markup(f"{head}{_rests('ytd-rich-item-renderer', 36)}</{end}")


@lru_cache(maxsize=32)
def _rests(of: str, count: int) -> str:
    """Conditions that were false: their elements are there, and empty."""
    one = (
        f'<ps-dom-if class="style-scope {of}"><template></template></ps-dom-if>'
        f'<dom-if class="style-scope {of}"><template is="dom-if"></template></dom-if>'
        f'<div id="interaction" class="style-scope {of}" hidden=""></div>'
    )
    return one * max(1, count // 3)


@lru_cache(maxsize=8)
def _ghosts(name: str, count: int) -> str:
    """Grey boxes that stood where the content would come, hidden since it came."""
    text = '<div class="ghost-text"></div><div class="ghost-text short"></div>'
    line = f'<div class="ghost-box">{text}</div>'
    grid = '<ytd-ghost-grid-renderer class="style-scope ytd-continuation-item-renderer">'
    return f'<div class="{name}" hidden="">{grid}{line * count}</ytd-ghost-grid-renderer></div>'


@lru_cache(maxsize=1)
def _hotkeys() -> str:
    """The dialog of keys, closed."""
    row = (
        '<div class="option style-scope yt-hotkey-dialog-section-option-renderer">'
        '<div class="label style-scope yt-hotkey-dialog-section-option-renderer"></div>'
        '<div class="hotkey style-scope yt-hotkey-dialog-section-option-renderer"></div></div>'
    )
    return (
        '<tp-yt-paper-dialog class="style-scope ytd-popup-container" style="display: none;"'
        f' aria-hidden="true">{row * 60}</tp-yt-paper-dialog>'
    )


def _any_video(look: Look) -> Video:
    """A video that has nothing to do with the page."""
    return next(v for v in look.world.videos.values() if v.kind is ItemKind.VIDEO)


def _miniplayer(look: Look) -> str:
    video = _any_video(look)
    title, link = escape(video.title), f"/watch?v={video.id}"
    return (
        '<ytd-miniplayer class="style-scope ytd-app" hidden=""><div id="card"'
        ' class="style-scope ytd-miniplayer"><div id="info-bar" class="style-scope ytd-miniplayer">'
        f'<h1 class="style-scope ytd-miniplayer"><a href="{link}">{title}</a></h1>'
        '<ytd-playlist-panel-renderer class="style-scope ytd-miniplayer" hidden="">'
        '<div id="items" class="playlist-items style-scope ytd-playlist-panel-renderer"></div>'
        "</ytd-playlist-panel-renderer></div></div></ytd-miniplayer>"
    )


def _preview(look: Look) -> str:
    video = _any_video(look)
    return (
        '<ytd-video-preview class="style-scope ytd-app" hidden="">'
        '<div id="video-preview-container" class="style-scope ytd-video-preview">'
        f'<a id="media-container-link" class="style-scope ytd-video-preview"'
        f' href="/watch?v={video.id}"></a></div></ytd-video-preview>'
    )


def _panels(look: Look, video: Video) -> str:
    """Panels beside a watch page, none of them open: description, transcript, and others."""
    inside = {
        "engagement-panel-structured-description": _description(look, video),
        "engagement-panel-searchable-transcript": _transcript(video),
    }
    return "".join(
        '<ytd-engagement-panel-section-list-renderer class="style-scope ytd-watch-flexy"'
        f' visibility="ENGAGEMENT_PANEL_VISIBILITY_HIDDEN" target-id="{name}"'
        ' enable-anchored-panel=""><div id="header" class="style-scope'
        ' ytd-engagement-panel-section-list-renderer"><ytd-engagement-panel-title-header-renderer'
        ' class="style-scope ytd-engagement-panel-section-list-renderer"><div id="banner"></div>'
        '<div id="header"><h2 id="title"></h2></div></ytd-engagement-panel-title-header-renderer>'
        '</div><div id="content" class="style-scope ytd-engagement-panel-section-list-renderer">'
        f"{inside.get(name, '')}</div></ytd-engagement-panel-section-list-renderer>"
        for name in _PANELS
    )


def _description(look: Look, video: Video) -> str:
    """The description as a panel: it links moments of the video, and another video."""
    other = _any_video(look)
    moments = "".join(
        f'<a class="yt-core-attributed-string--link" href="/watch?v={video.id}&amp;t={at}s">'
        f"{clock_text(at)}</a>"
        for at in range(0, 300, 30)
    )
    return (
        '<ytd-structured-description-content-renderer class="style-scope'
        ' ytd-engagement-panel-section-list-renderer"><div id="items">'
        f"<yt-attributed-string>{moments}</yt-attributed-string>"
        f'<a class="ytp-infocard" href="/watch?v={other.id}">{escape(other.title)}</a>'
        "</div></ytd-structured-description-content-renderer>"
    )


def _transcript(video: Video) -> str:
    """A transcript of one empty segment each five seconds."""
    segments = "".join(
        '<ytd-transcript-segment-renderer class="style-scope'
        ' ytd-transcript-segment-list-renderer"><div class="segment" role="button" tabindex="0">'
        f'<div class="segment-start-offset"><div class="segment-timestamp">{clock_text(at)}</div>'
        '</div><yt-formatted-string class="segment-text"></yt-formatted-string></div>'
        "</ytd-transcript-segment-renderer>"
        for at in range(0, min(video.seconds or 300, 1500), 5)
    )
    return (
        '<ytd-transcript-renderer><div id="body"><ytd-transcript-segment-list-renderer>'
        f'<div id="segments-container">{segments}</div></ytd-transcript-segment-list-renderer>'
        "</div></ytd-transcript-renderer>"
    )


#: What hides these parts, in the site's style sheet.
CSS = Markup(
    "ytd-engagement-panel-section-list-renderer[visibility$=HIDDEN],ps-dom-if,dom-if,"
    "ytd-miniplayer[hidden],ytd-video-preview[hidden],[is-truncated] [hidden]"
    "{display:none!important}"
)
