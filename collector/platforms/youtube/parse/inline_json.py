"""The page's own inline JSON: ``ytInitialData`` (its lists) and ``ytInitialPlayerResponse``.

It is what the server sent with the document; after a navigation inside the page it still describes
the page that was left. Whoever uses it must first see that it belongs to the visible page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from collector.platforms.locale.clock import parse_clock
from collector.platforms.locale.text import clean
from collector.platforms.youtube import urls

Json = Mapping[str, Any]


class BadJson(ValueError):
    """The script is there and is not JSON."""


@dataclass(frozen=True, slots=True)
class JsonItem:
    """A card of the inline JSON: ``item_id`` is a video or a list."""

    renderer: str
    item_id: str
    title: str | None
    seconds: int | None


def load(html: str, name: str) -> Json | None:
    """The object assigned to a name in a script, ``None`` if there is none.

    :raises BadJson: it cannot be read.
    """
    if html.startswith("<ytd-app") or name not in html:
        return None  # the application's element alone holds no scripts
    for prefix in (f"var {name} = ", f'window["{name}"] = ', f"window.{name} = "):
        at = html.find(prefix)
        if at < 0:
            continue
        start = at + len(prefix)
        end = html.find("</script>", start)
        text = html[start : end if end >= 0 else len(html)].strip().rstrip(";")
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise BadJson(f"{name}: {error}") from error
        return value if isinstance(value, dict) else None
    return None


def items(data: Json) -> Iterator[JsonItem]:
    """All cards in the order of the JSON; ads and channels, whose ids differ from what a card
    shows, are left out."""
    stack: list[Any] = [data.get("contents")]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            inner: list[Any] = []
            for key, child in value.items():
                if key in _LEFT_OUT:
                    continue
                reader = _READERS.get(key)
                if reader is None:
                    if isinstance(child, dict | list):
                        inner.append(child)
                elif isinstance(child, dict):
                    item = reader(key, child)
                    if item is not None:
                        yield item
            stack.extend(reversed(inner))


def dig(value: Any, *path: str | int) -> Any:
    """The value at a path of keys and places, ``None`` where the path ends early."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def words(value: Any) -> str:
    """The text of one of the JSON's three ways to write one."""
    if not isinstance(value, dict):
        return ""
    for key in ("simpleText", "content"):
        if isinstance(value.get(key), str):
            return clean(value[key])
    runs = value.get("runs")
    parts = (
        [r["text"] for r in runs if isinstance(r, dict) and isinstance(r.get("text"), str)]
        if (isinstance(runs, list))
        else []
    )
    return clean("".join(parts))


def _video(key: str, value: Json) -> JsonItem | None:
    video = value.get("videoId")
    if not isinstance(video, str):
        return None
    title = words(value.get("title")) or words(value.get("headline"))
    return JsonItem(key, video, title or None, parse_clock(words(value.get("lengthText"))))


def _list(key: str, value: Json) -> JsonItem | None:
    playlist = value.get("playlistId")
    if not isinstance(playlist, str):
        return None
    return JsonItem(key, playlist, words(value.get("title")) or None, None)


def _lockup(key: str, value: Json) -> JsonItem | None:
    content = value.get("contentId")
    if not isinstance(content, str):
        return None
    title = words(dig(value, "metadata", "lockupMetadataViewModel", "title"))
    seconds: int | None = None
    overlays = dig(value, "contentImage", "thumbnailViewModel", "overlays")
    for overlay in overlays if isinstance(overlays, list) else ():
        badges = dig(overlay, "thumbnailBottomOverlayViewModel", "badges")
        for badge in badges if isinstance(badges, list) else ():
            text = dig(badge, "thumbnailBadgeViewModel", "text")
            seconds = seconds or (parse_clock(text) if isinstance(text, str) else None)
    return JsonItem(key, content, title or None, seconds)


def _short(key: str, value: Json) -> JsonItem | None:
    command = dig(value, "onTap", "innertubeCommand")
    video = dig(command, "reelWatchEndpoint", "videoId")
    if not isinstance(video, str):
        url = dig(command, "commandMetadata", "webCommandMetadata", "url")
        video = urls.video_id(url) if isinstance(url, str) else None
    if not isinstance(video, str):
        return None
    return JsonItem(key, video, words(dig(value, "overlayMetadata", "primaryText")) or None, None)


_READERS: dict[str, Callable[[str, Json], JsonItem | None]] = {
    **dict.fromkeys(
        (
            "videoRenderer",
            "compactVideoRenderer",
            "gridVideoRenderer",
            "compactMovieRenderer",
            "movieRenderer",
            "gridMovieRenderer",
            "reelItemRenderer",
        ),
        _video,
    ),
    **dict.fromkeys(
        (
            "radioRenderer",
            "compactRadioRenderer",
            "gridRadioRenderer",
            "playlistRenderer",
            "compactPlaylistRenderer",
            "gridPlaylistRenderer",
        ),
        _list,
    ),
    "lockupViewModel": _lockup,
    "shortsLockupViewModel": _short,
}

_LEFT_OUT = frozenset(
    (
        "adSlotRenderer",
        "displayAdRenderer",
        "promotedVideoRenderer",
        "compactPromotedVideoRenderer",
        "promotedSparklesWebRenderer",
        "promotedSparklesTextSearchRenderer",
        "searchPyvRenderer",
        "channelRenderer",
        "gridChannelRenderer",
        "playlist",
        "secondaryContents",
        "channelVideoPlayerRenderer",
    )
)
