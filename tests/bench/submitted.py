"""What collectors have sent to the measured mock, and the requests that read it.

Some months of a mid-sized study: 5,000 observations of watch pages by 50 supporters with 20
recommendations each, and 400 timelines of 30 posts by 20 accounts. Rows are filed by the APIs' own
functions; only signatures and parsing are left out.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.common.identity import KeyPair, content_id, content_id_2019
from collector.common.model import Visibility
from mockserver.api.fbtrex import demo
from mockserver.api.fbtrex import tables as feed_tables
from mockserver.api.fbtrex.events import ImpressionEvent, TimelineEvent
from mockserver.api.fbtrex.filing import Batch, Read, read_post
from mockserver.api.yttrex import tables
from mockserver.context import Mock
from mockserver.platforms.facebook.fragments import Author, Shown, classic
from mockserver.world._vocabulary import WORDS

SUPPORTERS, OBSERVATIONS, RELATED = 50, 5000, 20
ACCOUNTS, TIMELINES, POSTS = 20, 400, 30
EXPERIMENT = "e" * 40
START = datetime(2026, 1, 5, 8, tzinfo=UTC)

#: ``{token}`` is a supporter's with a hundred observations, ``{id}`` one of its pages.
YTTREX: tuple[str, ...] = (
    "/api/v1/personal/{token}",
    "/api/v1/personal/{token}/10-50",
    "/api/v1/personal/{token}/csv",
    "/api/v1/research/study",
    "/api/v1/research/study/40-1000",
    "/api/v1/videoId/{video}",
    "/api/v1/videoId/{video}/10-0",
    "/api/v1/related/{video}/40-0",
    "/api/v1/videoCSV/{video}/40-0",
    "/api/v1/last",
    "/api/v1/htmlId/47c16bdc2358e51110003a626d822a61e6bc908f",
    "/api/v1/author/{video}/20-0",
    "/api/v1/home",
    "/api/v2/statistics",
    "/api/v2/statistics/related/day/90",
    "/api/v2/statistics/nature/hours/200",
    "/api/v2/personal/{token}/selector/id/{id}",
    "/api/v2/personal/{token}/video/csv",
    "/api/v2/metadata?amount=20",
    "/api/v2/metadata?researchTag=study&amount=20&skip=2000",
    "/api/v2/metadata?filter%5Btitle%5D=jazz&amount=20",
    "/api/v2/guardoni/list",
    "/api/v2/directives/public",
    "/api/v0/health",
)
#: ``{token}`` is an account's with 20 timelines, ``{timeline}`` one of them.
FBTREX: tuple[str, ...] = (
    "/fbtrex/api/v2/personal/{token}/summary/200-0",
    "/fbtrex/api/v2/personal/{token}/summary/20-300",
    "/fbtrex/api/v2/personal/{token}/stats/5-0",
    "/fbtrex/api/v2/personal/{token}/csv/200-0",
    "/fbtrex/api/v2/personal/{token}/enrich/100-0",
    "/fbtrex/api/v2/personal/{token}/exporter/3-0",
    "/fbtrex/api/v2/personal/{token}/daily/10-0",
    "/fbtrex/api/v2/statistics/counter",
    "/fbtrex/api/v2/statistics/impressions/day/90",
    "/fbtrex/api/v2/statistics/metadata/hours/200",
    "/fbtrex/api/v2/en/labels",
    "/fbtrex/api/v2/en/semantics",
    "/fbtrex/api/v2/en/enrich",
    "/fbtrex/api/v2/en/loud",
    "/fbtrex/api/v2/en/noogle/Homemade%20pizza",
    "/fbtrex/api/v2/en/langinfo",
    "/fbtrex/api/v2/languages",
    "/fbtrex/api/v2/keywords/en",
    "/fbtrex/api/v2/timeline/{timeline}/csv?token={token}",
    "/fbtrex/api/v2/impressionlist/{timeline}?token={token}",
    "/fbtrex/feeds/0/en/Homemade%20pizza",
    "/fbtrex/personal/{token}/data",
)


def fill(mock: Mock) -> dict[str, dict[str, str]]:
    """File everything; what the requests' words in braces stand for, by API."""
    return {"YTTREX": _watched(mock), "FBTREX": _scrolled(mock)}


def _watched(mock: Mock) -> dict[str, str]:
    draw = random.Random("watched")
    videos = list(mock.world.videos.values())[:4000]
    popular = videos[:200]
    people = [
        tables.upsert_supporter(
            mock.db, KeyPair.generate(f"bench {n}".encode()).public_key, "2.8.5"
        )
        for n in range(SUPPORTERS)
    ]
    metadata_id = ""
    with mock.db.writing():
        for number in range(OBSERVATIONS):
            who = people[number % SUPPORTERS]
            moment = START + timedelta(minutes=11 * number)
            watched = draw.choice(popular)
            metadata_id = content_id(bench=number)
            channel = mock.world.channels[watched.channel_id]
            doc: dict[str, Any] = {
                "id": metadata_id,
                "type": "video",
                "href": f"https://www.youtube.com/watch?v={watched.id}",
                "params": {"v": watched.id},
                "videoId": watched.id,
                "title": watched.title,
                "authorName": channel.name,
                "authorSource": f"/channel/{channel.id}",
                "publicationString": "15 Aug 2021",
                "viewInfo": {"viewStr": "1,608,156 views", "viewNumber": 1608156},
                "likeInfo": {"likes": None, "dislikes": None},
                "related": [
                    {
                        "index": index,
                        "kind": "video",
                        "videoId": item.id,
                        "params": {"v": item.id},
                        "verified": False,
                        "recommendedSource": mock.world.channels[item.channel_id].name,
                        "recommendedTitle": item.title,
                        "recommendedDisplayL": "25:33",
                        "recommendedLengthText": "25 minutes, 33 seconds",
                        "recommendedRelativeSeconds": 13_000_000,
                        "recommendedViews": 1113926,
                        "label": f"{item.title} by X 5 months ago 25 minutes 1,113,926 views",
                    }
                    for index, item in enumerate(draw.sample(videos, RELATED), start=1)
                ],
            }
            tables.put_metadata(
                mock.db,
                doc,
                public_key=who.public_key,
                saving_time=moment,
                seen=0,
                research_tag="study" if number % 2 else None,
                experiment_id=EXPERIMENT if number % 5 == 0 else None,
            )
    owner = people[(OBSERVATIONS - 1) % SUPPORTERS]
    return {"token": owner.user_token, "video": popular[0].id, "id": metadata_id}


def _scrolled(mock: Mock) -> dict[str, str]:
    demo.ensure(mock.db)
    draw = random.Random("scrolled")
    posts = [_post(draw, number) for number in range(300)]
    timeline = ""
    accounts = [
        feed_tables.upsert_supporter(
            mock.db, KeyPair.generate(f"feed {n}".encode()).public_key, str(70_000 + n), "2.0.0"
        )
        for n in range(ACCOUNTS)
    ]
    for number in range(TIMELINES):
        who = accounts[number % ACCOUNTS]
        start = START + timedelta(hours=number)
        timeline = content_id_2019(uuid=f"bench-{number}", user=who.user_id)
        rows: list[Any] = [TimelineEvent(timeline, _iso(start), False, None)]
        for order in range(1, POSTS + 1):
            read, html = draw.choice(posts)
            public = order % 3 > 0
            event = ImpressionEvent(
                id=content_id_2019(uuid=f"bench-{number}", user=who.user_id, order=str(order)),
                timeline_id=timeline,
                order=order,
                time=_iso(start + timedelta(seconds=5 * order)),
                visibility=Visibility.PUBLIC if public else Visibility.PRIVATE,
                html=html if public else None,
                html_id=content_id_2019(n=str(number), order=str(order)) if public else None,
                kind=None,
                came_from=None,
            )
            rows.append(Read(event, read if public else None, None))
        Batch(mock.db, who, "127.0.0.1").file(rows)
    owner = accounts[(TIMELINES - 1) % ACCOUNTS]
    return {"token": owner.user_token, "timeline": timeline}


def _post(draw: random.Random, number: int) -> tuple[Any, str]:
    topic = draw.choice(sorted(WORDS))
    words = draw.sample(list(WORDS[topic]["en"]), 2)
    shown = Shown(
        author=Author(f"Page {number % 40}", f"/page{number % 40}/", str(8_000_000 + number % 40)),
        post_id=str(10_000_000_000 + number),
        link=f"/page{number % 40}/posts/{10_000_000_000 + number}",
        second=int(START.timestamp()) - 3600 * number,
        time_text="2 hrs",
        audience="Public",
        paragraphs=(f"Today we talk about {words[0]} and {words[1]}, and why it matters to us.",),
        sponsored="",
        reactions={"LIKE": "29 Like"},
        comments="3 Comments",
        shares="1 Share",
    )
    html = classic(shown)
    event = ImpressionEvent(
        "x", "y", 1, _iso(START), Visibility.PUBLIC, html, "z", kind=None, came_from=None
    )
    read = read_post(event, ("en",))
    if read.post is None:
        raise AssertionError(f"the bench's own post cannot be read: {read.problem}")
    return read.post, html


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
