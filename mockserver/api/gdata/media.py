"""The element ``media:group`` of a video: what Media RSS says of it, in both dialects."""

from __future__ import annotations

from mockserver.api.gdata.build import Element, add, stamp
from mockserver.api.gdata.columns import MOBILE, SWF, restricted
from mockserver.api.gdata.filters import Restricted
from mockserver.api.gdata.names import (
    CATEGORIES,
    CATEGORY_SCHEME,
    FLASH_TYPE,
    SITE,
    watch_page,
)
from mockserver.api.gdata.request_context import RequestContext
from mockserver.world import Video

#: (file, height, width, share of the length, name) of the pictures, by dialect.
_PICTURES = {
    False: (
        ("2", 97, 130, 0.5, None),
        ("1", 97, 130, 0.25, None),
        ("3", 97, 130, 0.75, None),
        ("0", 240, 320, 0.5, None),
    ),
    True: (
        ("default", 90, 120, 0.5, "default"),
        ("mqdefault", 180, 320, None, "mqdefault"),
        ("hqdefault", 360, 480, None, "hqdefault"),
        ("1", 90, 120, 0.25, "start"),
        ("2", 90, 120, 0.5, "middle"),
        ("3", 90, 120, 0.75, "end"),
    ),
}


def group_first(entry: Element, video: Video, bits: int) -> None:
    """Add ``media:group`` as the first dialect orders it.

    :param bits: which of the formats the video exists in (``columns.py``); each is one
    ``media:content``
    """
    group = add(entry, "media:group")
    add(group, "media:title", video.title, {"type": "plain"})
    add(group, "media:description", video.description, {"type": "plain"})
    add(group, "media:keywords", ", ".join(video.tags))
    add(group, "yt:duration", attributes={"seconds": video.seconds or 0})
    _category(group, video)
    _contents(group, video, bits)
    add(group, "media:player", attributes={"url": watch_page(video.id)})
    _pictures(group, video, second=False)


def group_second(entry: Element, here: RequestContext, video: Video, bits: int) -> None:
    """Add ``media:group`` as the second dialect orders it, which also has uploader, licence,
    rating and ids.

    :param bits: which of the formats the video exists in (``columns.py``); each is one
    ``media:content``
    """
    uploader = here.accounts.uploader(video.channel_id)
    group = add(entry, "media:group")
    _category(group, video)
    _contents(group, video, bits)
    add(group, "media:credit", uploader.name, {"role": "uploader", "scheme": "urn:youtube"})
    add(group, "media:description", video.description, {"type": "plain"})
    add(group, "media:keywords")
    add(group, "media:license", "youtube", {
        "type": "text/html", "href": f"{SITE}/t/terms",
    })  # fmt: skip
    add(group, "media:player", attributes={"url": f"{watch_page(video.id)}&feature=youtube_gdata"})
    if restricted(video) is Restricted.RACY:
        add(group, "media:rating", "adult", {"scheme": "urn:simple"})
    _pictures(group, video, second=True)
    add(group, "media:title", video.title, {"type": "plain"})
    add(group, "yt:aspectRatio", "widescreen")
    add(group, "yt:duration", attributes={"seconds": video.seconds or 0})
    add(group, "yt:uploaded", stamp(video.published))
    add(group, "yt:uploaderId", video.channel_id)
    add(group, "yt:videoid", video.id)


def _category(group: Element, video: Video) -> None:
    label = CATEGORIES.get(video.category, video.category)
    add(group, "media:category", video.category, {"label": label, "scheme": CATEGORY_SCHEME})


def addresses(video: Video, bits: int) -> list[tuple[int, str, str]]:
    """(number, URL, media type) of every format, the default one first."""
    found = []
    if bits & SWF:
        found.append((5, f"{SITE}/v/{video.id}", FLASH_TYPE))
    for number, file in ((1, "video.3gp"), (6, "video.mpeg4.3gp")):
        if bits & MOBILE & (1 if number == 1 else 4):
            url = f"rtsp://rtsp.youtube.com/youtube/videos/{video.id}/{file}"
            found.append((number, url, "video/3gpp"))
    return found


def _contents(group: Element, video: Video, bits: int) -> None:
    for place, (number, url, media_type) in enumerate(addresses(video, bits)):
        add(group, "media:content", attributes={
            "url": url, "type": media_type, "medium": "video",
            "isDefault": None if place else "true", "expression": "full",
            "duration": video.seconds or 0, "yt:format": number,
        })  # fmt: skip


def _pictures(group: Element, video: Video, *, second: bool) -> None:
    for file, height, width, share, name in _PICTURES[second]:
        add(group, "media:thumbnail", attributes={
            "url": f"http://img.youtube.com/vi/{video.id}/{file}.jpg",
            "height": height, "width": width,
            "time": None if share is None else _clock((video.seconds or 0) * share),
            "yt:name": name,
        })  # fmt: skip


def _clock(seconds_s: float) -> str:
    """``00:02:01.500``."""
    minutes, rest = divmod(round(seconds_s * 1000), 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
