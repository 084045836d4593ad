"""The channels and videos of the documented examples; see ``documented``."""

from __future__ import annotations

from datetime import UTC, datetime

from collector.common.model import ItemKind
from mockserver.world.model import Channel, Video
from mockserver.world.seeded import token

#: Concepts (numbers within the topic) of documented videos.
_CONCEPTS = (0, 2, 6)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _channel(
    key: str,
    name: str,
    topic: str,
    lang: str = "en",
    *,
    channel_id: str = "",
    country: str = "US",
    verified: bool = True,
    subscribers: int = 1_200_000,
    created: str = "2006-05-01",
) -> Channel:
    return Channel(
        id=channel_id or "UC" + token(0, "documented-channel", key, size=16),
        handle=f"@{key}",
        legacy_path=f"/user/{key}",
        name=name,
        topic=topic,
        lang=lang,
        country=country,
        verified=verified,
        subscribers=subscribers,
        description=f"{name}.",
        created=day(created),
    )


def _video(
    video_id: str,
    channel: Channel,
    title: str,
    published: str,
    seconds: int,
    views: int,
    *,
    tags: tuple[str, ...] = (),
    category: str | None = None,
    topic: str | None = None,
    likes: int | None = None,
    dislikes: int | None = None,
    description: str = "",
    comments: int = 0,
) -> Video:
    likes = views // 40 if likes is None else likes
    words = {"music": "Music", "pets": "Animals", "gaming": "Games", "technology": "Tech"}
    return Video(
        id=video_id,
        channel_id=channel.id,
        title=title,
        description=description or title,
        topic=topic or channel.topic,
        lang=channel.lang,
        kind=ItemKind.VIDEO,
        published=day(published),
        seconds=seconds,
        views=views,
        likes=likes,
        dislikes=likes // 25 if dislikes is None else dislikes,
        comment_count=comments,
        tags=tags,
        category=category or words.get(topic or channel.topic, "Entertainment"),
        concepts=_CONCEPTS,
        pinned=True,
    )


_RICK = _channel(
    "rickastley",
    "Official Rick Astley",
    "music",
    channel_id="UCuAXFkgsw1L7xaCfnd5JJOw",
    country="GB",
)
_VILLAGE = _channel(
    "villagepeople", "Village People", "music", channel_id="UCeWkruiHm7NL7OvjPyVshkw"
)
COMPUTER = _channel(
    "computerphile",
    "Computerphile",
    "technology",
    channel_id="UC9-y-6csu5WGm29I7JiwpnA",
    country="GB",
)
_TIPS = _channel(
    "linustechtips",
    "Linus Tech Tips",
    "technology",
    channel_id="UCXuqSBlHAE6Xw-yeJA0Tunw",
    country="CA",
)
LIZ = _channel("liz", "Elizabeth Bennet", "travel", country="GB", verified=False, subscribers=31)
DARCY = _channel(
    "darcy", "Fitzwilliam Darcy", "comedy", country="GB", verified=False, subscribers=12
)
_TREX = _channel("trackingexposed", "Tracking Exposed", "technology", country="IT", subscribers=900)

#: (video id, channel, title, published, seconds, views) of the music videos of the documents.
_MUSIC = (
    ("qeMFqkcPYcg", "Eurythmics", "Eurythmics - Sweet Dreams (Are Made Of This) (Official Video)",
     "2009-10-24", 215, 345_611_986),
    ("Kr4EQDVETuA", "Michael Jackson", "Billie Jean", "2014-11-08", 294, 61_204_551),
    ("RcVuyiMUt9k", "Sunil Varghese", "Lipps Inc - Funky Town", "2011-03-02", 238, 24_118_020),
    ("bkWevngKTcw", "Omoto Nagie",
     "Olivia Newton John. John Travolta - GREASE / グリース　1978", "2012-06-17", 212, 18_420_117),
    ("5ZYgIrqELFw", "FourLyrics", "All Star - Smash Mouth [Lyrics]", "2013-01-09", 202, 70_118_402),
    ("HqK4-dIiKY8", "Lady Gaga", "Poker Face", "2014-10-21", 239, 9_812_330),
    ("PBDjUtCyMYo", "Mathiaz Gabriel 80's",
     "01.Donna Summer -  Hot Stuff (Bad Girls) 1979 HQ", "2012-09-30", 316, 31_020_118),
    ("I_izvAbhExY", "beegees", "Bee Gees - Stayin' Alive (1977)", "2009-11-13", 249, 120_553_108),
    ("Kt-tLuszKBA", "Felipe Thiesen",
     "Guardians of the Galaxy Awesome Mix Vol 1  Vol 2 Full Soundtrack",
     "2017-05-09", 6312, 41_332_870),
    ("YKQkTMGhxQo", "Fabricio Moreira", "a-ha - Take On Me (Legendado)",
     "2013-08-20", 229, 11_204_330),
    ("R14lGgHgVJM", "Whamtv", "Wake Me up Before You Go-Go", "2014-11-08", 231, 8_120_441),
    ("bu7h_md33So", "Janneke Al", "Mambo number 5 - Lou Bega - Lyrics",
     "2011-07-05", 222, 26_418_007),
    ("ZLyyT9yW9kA", "Robbie Williams", "Rock DJ", "2014-12-01", 258, 3_120_884),
    ("JEBpBUEuI-Q", "arthur hersan",
     "Queen - I want to break free (subtitulado al español)", "2015-02-27", 201, 14_902_115),
    ("oxPWVX-qSrQ", "ShakurC", "Los Lobos & Gipsy Kings - La Bamba (With Lyrics)",
     "2010-04-11", 176, 52_330_120),
    ("i3UVZaIcL6k", "Survivor Band", "Eye of the Tiger", "2014-10-14", 246, 5_330_019),
    ("qi8O1-SErr8", "mike max", "Top 10 Best Auditions The Voice In The World",
     "2017-03-14", 1032, 37_585_261),
)  # fmt: skip

_ITALIAN = (
    ("chq0kA6kJzs", "Mark The Hammer / Marco Arata", "LEZIONI DI CHITARRA IRRITANTI", "music",
     "2019-03-20", 294, 391_075),
    ("MW_WQENS98Y", "ErenBlaze", "RIESCI A SCAPPARE DAL TEATRO ABBANDONATO? - Minecraft ITA",
     "gaming", "2019-05-27", 1048, 5_593),
)  # fmt: skip

_CATS = (
    "asleep in the sink", "and the mirror", "versus the vacuum cleaner", "on the piano",
    "meets a snail", "opens the door", "in a cardboard box", "at the window", "and the red dot",
    "drinks from the tap", "steals the bacon", "hates Mondays", "on the keyboard", "learns to swim",
    "and the parrot", "in slow motion", "watches tennis", "climbs the curtain", "in the snow",
    "and her kittens", "under the sofa", "plays dead", "on the roof", "answers the phone",
    "at the vet", "and the goldfish", "in the garden", "says no", "in the washing basket",
    "dances", "and the cucumber", "goes shopping", "and the balloon", "falls off the bed",
    "on a skateboard", "and the moon",
)  # fmt: skip


def _slug(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum() and letter.isascii())


def channels_and_videos() -> tuple[tuple[Channel, ...], tuple[Video, ...]]:
    """The documented channels and videos."""
    channels = [_RICK, _VILLAGE, COMPUTER, _TIPS, LIZ, DARCY, _TREX]
    videos = [
        _video(
            "dQw4w9WgXcQ", _RICK, "Rick Astley - Never Gonna Give You Up (Video)",
            "2009-10-24", 213, 564_061_689, likes=3_831_159, dislikes=166_512,
            tags=("rick astley", "official video"), comments=1_204_331,
        ),
        _video(
            "RN8Li7kYNnw", _VILLAGE, "YMCA (Original Version 1978)", "2014-11-08", 287, 3_043_626,
            likes=34_353, dislikes=704, tags=("ymca", "disco"), comments=2_310,
        ),
        _video(
            "BXB-PoihfYI", _TREX, "How the recommendation algorithm shapes what we watch",
            "2018-09-12", 1_403, 12_480, tags=("algorithms", "AI explained"),
        ),
        _video(
            "NYj3DnI81AQ", COMPUTER, "How AI image generators work", "2024-03-01", 1_070,
            1_904_220, tags=("computers", "AI explained"),
        ),
        _video(
            "ZTUVgYoeN_o", LIZ, "My walk with Mr. Darcy", "2007-02-16T20:22:57", 79, 93,
            tags=("Steventon", "walk", "Darcy"), category="Entertainment", likes=2,
            description="Walk in the beautiful gardens of Steventon",
        ),
        _video(
            "ClBli0YWnCs", DARCY, "The dog who fetched the whole tree", "2006-11-10T15:30:35",
            64, 18_402, tags=("dog", "funny", "fritz", "laurie"), category="Comedy",
        ),
        _video(
            "03YbknYlJK0", LIZ, "A ball at Netherfield", "2006-12-03T18:04:11", 312, 2_301,
            tags=("ballroom", "dance"), category="Entertainment", comments=2,
        ),
        _video(
            "2cdgTWitj_o", LIZ, "Reading letters aloud", "2007-05-21T09:12:40", 188, 1_877,
            tags=("letters", "reading"), category="People", comments=4,
        ),
        _video(
            "i2xMvKOLzYM", DARCY, "Original title", "2007-03-30T10:00:00", 243, 4_533,
            tags=("Dance",), category="Entertainment", description="Original description", likes=7,
            dislikes=0,
        ),
        _video(
            token(0, "documented-video", "reply-1", size=8), DARCY,
            "Re: A ball at Netherfield - my answer to Elizabeth", "2007-01-09", 95, 640,
            tags=("answer", "ballroom"), category="Comedy",
        ),
        _video(
            token(0, "documented-video", "phrase", size=8), DARCY,
            "Elizabeth Bennet at the piano", "2007-06-02", 141, 811,
            tags=("piano",), category="Music",
        ),
        _video(
            token(0, "documented-video", "apart", size=8), DARCY,
            "Elizabeth, as painted by Miss Bennet's aunt", "2007-06-09", 77, 212,
            tags=("painting",), category="Howto",
        ),
        _video(
            token(0, "documented-video", "surname", size=8), DARCY,
            "Mrs. Bennet's nerves, a compilation", "2007-06-20", 201, 9_040,
            tags=("family dinner",), category="Comedy",
        ),
    ]  # fmt: skip
    for video_id, name, title, published, seconds, views in _MUSIC:
        channel = _channel(_slug(name), name, "music", country="GB")
        channels.append(channel)
        videos.append(
            _video(video_id, channel, title, published, seconds, views, tags=("rock classics",))
        )
    for video_id, name, title, topic, published, seconds, views in _ITALIAN:
        channel = _channel(_slug(name), name, topic, "it", country="IT")
        channels.append(channel)
        videos.append(_video(video_id, channel, title, published, seconds, views, tags=("italia",)))
    for number, what in enumerate(_CATS):
        videos.append(
            _video(
                token(0, "documented-video", "cat", number, size=8), (LIZ, DARCY)[number % 2],
                f"Our cat {what}", f"2007-{1 + number % 8:02d}-{1 + number % 28:02d}",
                20 + number * 7, 120 + number * number * 37, tags=("cat", "pets"),
                category="Animals", topic="pets",
            )
        )  # fmt: skip
    return tuple(channels), tuple(videos)
