"""The parser reads these pages as the truth log has them, in every language and both eras."""

from __future__ import annotations

import pytest
from site_tools import ERAS, HEADERS, SITE, Visitor, pages_of, shared_app

from collector.common.model import ItemKind, Surface
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.historic import Source, reference_answer

#: Three scripts and directions of writing; the other languages are in the sweep.
EACH = [
    pytest.param(lang, marks=[] if lang in ("en", "zh-TW", "ar") else [pytest.mark.slow])
    for lang in HEADERS
]


@pytest.mark.sweep(3)
@pytest.mark.parametrize("lang", EACH)
@pytest.mark.parametrize("era", ERAS)
def test_parsed_pages_equal_the_truth(era: str, lang: str) -> None:
    visitor = Visitor(shared_app(era), f"parse-{lang}", lang)
    world = visitor.world
    family = lang if lang == "zh-TW" else lang.partition("-")[0]
    own = [video for video in world.videos.values() if video.lang == family]
    paths = [*pages_of(world).values(), *(f"/watch?v={video.id}" for video in own[:40:10])]
    for path in paths:
        before = len(visitor.truth())
        page = parse_page(
            visitor.html(path), SITE + path, client_time=world.now(), languages=(HEADERS[lang],)
        )
        served = visitor.truth()[before:]
        assert [(i.position, i.kind.value, i.item_id) for i in page.impressions] == [
            (row["slot"], row["kind"], row["item_id"]) for row in served
        ]
        assert page.unparsed == ()
        assert page.lang is not None
        assert page.lang.partition("-")[0] == lang.partition("-")[0]
        for shown in page.impressions:
            video = world.videos.get(shown.item_id)
            if shown.kind is not ItemKind.VIDEO or video is None:
                continue
            assert shown.title == video.title
            assert shown.seconds == video.seconds
            assert shown.age_seconds is not None
            if era == "2022" or shown.surface is Surface.SEARCH:
                assert shown.views == video.views
            else:
                assert shown.views is not None
                assert shown.views <= video.views <= shown.views * 1.12
            if shown.surface is not Surface.CHANNEL:
                assert shown.channel_name == world.channels[video.channel_id].name


@pytest.mark.sweep(3)
@pytest.mark.parametrize("lang", EACH)
@pytest.mark.parametrize("era", ERAS)
def test_parsed_watch_pages_have_the_videos_facts(era: str, lang: str) -> None:
    visitor = Visitor(shared_app(era), f"facts-{lang}", lang)
    world = visitor.world
    ordinary = [video for video in world.videos.values() if video.kind is ItemKind.VIDEO]
    for video in ordinary[5::400]:
        path = f"/watch?v={video.id}"
        page = parse_page(
            visitor.html(path), SITE + path, client_time=world.now(), languages=(HEADERS[lang],)
        )
        fields = page.fields
        channel = world.channels[video.channel_id]
        assert fields["title"] == video.title
        assert fields["authorName"] == channel.name
        assert fields["viewInfo"]["viewNumber"] == video.views
        assert (fields["likeInfo"]["watchedLikes"] or 0) == video.likes
        published = fields["publicationTime"]
        assert published is not None
        assert abs((published - video.published).total_seconds()) < 86400
        assert page.login is False


@pytest.mark.parametrize("lang", ["en", "fr", "de", "es"])
def test_the_parser_of_2022_reads_lengths_and_pictures_of_2022s_pages(lang: str) -> None:
    """Servers of that year took a length only without a blank before it, and the picture's
    address only with a host."""
    visitor = Visitor(shared_app("2022"), f"reference-{lang}", lang)
    world = visitor.world
    videos = [v for v in world.videos.values() if v.lang == lang and v.kind is ItemKind.VIDEO]
    for path, items in (("/", "selected"), (f"/watch?v={videos[0].id}", "related")):
        source = Source(visitor.html(path), SITE + path, HEADERS[lang], world.now(), world.now())
        read = [
            item
            for item in reference_answer("page", [source])[items]
            if item["videoId"] in world.videos
            and world.videos[item["videoId"]].kind is ItemKind.VIDEO
        ]
        assert len(read) > 5
        for item in read:
            video = world.videos[item["videoId"]]
            assert item["recommendedLength"] == video.seconds
            picture = item.get("thumbnailHref") or item["recommendedThumbnail"]
            assert picture == f"https://youtube.localhost/vi/{video.id}/hqdefault.jpg"
