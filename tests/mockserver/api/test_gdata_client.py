"""The Python client library of the feeds' own days reads every feed; only the host is changed.

It is asked in both ways that it knows: straight at the mock's address, and through the mock as an
HTTP proxy, so that it believes to speak to the historical host. It gives all text as bytes.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gdata_tools import YT, client, find, get, total, world, xml
from lxml import etree

from mockserver.serve import listening

with warnings.catch_warnings():
    # The library is from before today's syntax warnings.
    warnings.simplefilter("ignore")
    import atom.http
    import atom.http_core
    import gdata.test_data
    import gdata.youtube.client
    import gdata.youtube.service

HISTORICAL = "http://gdata.youtube.com"


class Http(atom.http.ProxiedHttpClient):
    """The library's own, which leaves the closing of its connections to whoever made it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Any] = []

    def _prepare_connection(self, url: Any, headers: Any) -> Any:
        self.opened.append(super()._prepare_connection(url, headers))
        return self.opened[-1]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(client().application) as port:
        yield port


@pytest.fixture(params=["proxy", "address"])
def service(
    request: pytest.FixtureRequest, port: int, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The library's service and, as ``service.base``, where it believes the feeds to be."""
    http = Http()
    made = gdata.youtube.service.YouTubeService(http_client=http, developer_key="K", client_id="C")
    made.ssl = False
    made.base = HISTORICAL
    if request.param == "proxy":
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    else:
        monkeypatch.delenv("http_proxy", raising=False)
        made.server = f"127.0.0.1:{port}"
        made.base = f"http://127.0.0.1:{port}"
    yield made
    for connection in http.opened:
        connection.close()


def said(value: Any) -> str:
    """The text of an element or an attribute."""
    text = getattr(value, "text", value)
    assert text is not None
    return text.decode() if isinstance(text, bytes) else str(text)


def links(thing: Any) -> dict[str, str]:
    return {said(link.rel): said(link.href) for link in thing.link}


def pages(read: Callable[[str], Any], address: str) -> Iterator[Any]:
    """A feed and those that its links call the next ones."""
    following: str | None = address
    while following:
        feed = read(following)
        yield feed
        following = links(feed).get("next")


def whole(entry: Any, base: str) -> None:
    """What every entry must have for the library."""
    assert said(entry.id).startswith(f"{base}/feeds/")
    assert said(entry.title)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)", said(entry.updated)
    )
    assert said(entry.author[0].name)
    assert said(entry.author[0].uri).startswith(f"{base}/feeds/")
    kinds = [said(each.term) for each in entry.category if "#kind" in said(each.scheme)]
    assert len(kinds) == 1
    assert kinds[0].startswith(f"{YT}#")
    assert links(entry)["alternate"].startswith("http://www.youtube.com/")
    assert links(entry)["self"].startswith(f"{base}/feeds/")


def is_video(entry: Any, base: str) -> None:
    """Every field of a video that the library maps is there and is the world's."""
    whole(entry, base)
    found = world().videos[said(entry.id).rpartition("/")[2]]
    assert said(entry.title) == said(entry.media.title) == found.title
    assert said(entry.content) == said(entry.media.description) == found.description
    assert said(entry.media.duration.seconds) == str(found.seconds or 0)
    assert said(entry.media.keywords or "") == ", ".join(found.tags)
    assert [said(each) for each in entry.media.category] == [found.category]
    assert said(entry.media.player.url) == f"http://www.youtube.com/watch?v={found.id}"
    assert [said(each.url)[-5] for each in entry.media.thumbnail] == ["2", "1", "3", "0"]
    assert all(int(said(each.width)) > 0 for each in entry.media.thumbnail)
    assert said(entry.statistics.view_count) == str(found.views)
    assert said(entry.published)
    raters = found.likes + found.dislikes
    if raters:
        assert said(entry.rating.num_raters) == str(raters)
        assert 1 <= float(said(entry.rating.average)) <= 5
    else:
        assert entry.rating is None
    if hasattr(entry, "GetSwfUrl"):
        entry.GetSwfUrl()  # reads the format of every content and fails without one


def test_a_search_and_its_next_pages(service: Any) -> None:
    address = f"{service.base}/feeds/videos?vq=cat&max-results=10&orderby=published"
    seen = []
    for feed in pages(service.GetYouTubeVideoFeed, address):
        assert said(feed.items_per_page) == "10"
        assert said(feed.generator) == "YouTube data API"
        assert said(feed.title) == "YouTube Videos matching query: cat"
        for entry in feed.entry:
            is_video(entry, service.base)
            assert said(entry.comments.feed_link[0].href).endswith("/comments")
            seen.append(said(entry.id))
    assert len(seen) == len(set(seen)) == int(said(feed.total_results)) > 30


def test_the_librarys_own_query(service: Any) -> None:
    query = gdata.youtube.service.YouTubeVideoQuery(feed=f"{service.base}/feeds/videos")
    query.vq, query.orderby, query.racy, query.lr = '"cat"', "viewCount", "include", "en"
    query.format, query.max_results, query.time = "1", 7, "all_time"
    query.categories.append("Animals")
    feed = service.YouTubeQuery(query)
    views = [int(said(entry.statistics.view_count)) for entry in feed.entry]
    assert views == sorted(views, reverse=True)
    assert len(views) == 7


def test_videos_and_what_belongs_to_them(service: Any) -> None:
    base = f"{service.base}/feeds/api/videos"
    entry = service.GetYouTubeVideoEntry(f"{base}/i2xMvKOLzYM")
    is_video(entry, service.base)
    assert (said(entry.rating.average), said(entry.rating.num_raters)) == ("5.00", "7")
    related = service.GetYouTubeRelatedVideoFeed(f"{base}/i2xMvKOLzYM/related")
    responses = service.GetYouTubeVideoResponseFeed(f"{base}/03YbknYlJK0/responses")
    for found in (related, responses):
        assert found.entry
        for each in found.entry:
            is_video(each, service.base)
    answer = service.GetYouTubeVideoResponseEntry(f"{base}/03YbknYlJK0/responses/ZTUVgYoeN_o")
    assert said(answer.title) == "My walk with Mr. Darcy"


def test_comments_and_the_one_they_answer(service: Any) -> None:
    feed = service.GetYouTubeVideoCommentFeed(
        f"{service.base}/feeds/api/videos/2cdgTWitj_o/comments"
    )
    assert said(feed.total_results) == str(len(feed.entry)) == "4"
    parents = set()
    for entry in feed.entry:
        whole(entry, service.base)
        assert said(entry.content)
        parents |= {href for rel, href in links(entry).items() if rel == f"{YT}#in-reply-to"}
    (parent,) = parents
    first = service.GetYouTubeVideoCommentEntry(parent)
    assert said(first.content) == "In vain have I struggled."


@pytest.mark.parametrize(
    "name",
    ["top_rated", "most_viewed", "recently_featured", "watch_on_mobile", "top_favorites",
     "most_recent", "most_discussed", "most_linked", "most_responded"],
)  # fmt: skip
def test_standard_feeds(service: Any, name: str) -> None:
    feed = service.GetYouTubeVideoFeed(f"{service.base}/feeds/api/standardfeeds/{name}")
    assert said(feed.title)
    assert feed.entry
    for entry in feed.entry[:5]:
        is_video(entry, service.base)


def test_a_user_and_all_that_is_the_users(service: Any) -> None:
    base = f"{service.base}/feeds/api/users"
    darcy = service.GetYouTubeUserEntry(f"{base}/darcy")
    whole(darcy, service.base)
    told = {
        name: said(getattr(darcy, name))
        for name in ("username", "age", "gender", "books", "company", "hobbies", "hometown",
                     "location", "movies", "music", "occupation", "school", "relationship")
    }  # fmt: skip
    assert told["occupation"] == "Gentleman"
    assert all(told.values())
    lists = {said(link.rel).rpartition(".")[2]: said(link.href) for link in darcy.feed_link}
    assert set(lists) == {
        "favorites", "contacts", "inbox", "playlists", "subscriptions", "uploads",
    }  # fmt: skip
    uploads = [
        e
        for f in pages(service.GetYouTubeUserFeed, f"{lists['uploads']}?max-results=10")
        for e in f.entry
    ]
    assert len(uploads) == total(xml("/feeds/users/darcy/uploads")) > 20
    favorites = service.GetYouTubeVideoFeed(f"{base}/liz/favorites")
    for entry in [*uploads[:5], *favorites.entry]:
        is_video(entry, service.base)
    messages = service.GetYouTubeVideoFeed(f"{base}/liz/inbox")
    contacts = service.GetYouTubeContactFeed(f"{base}/liz/contacts")
    assert messages.entry
    assert contacts.entry
    for entry in [*messages.entry, *contacts.entry]:
        whole(entry, service.base)
    assert {said(entry.status) for entry in contacts.entry} <= {"accepted", "requested"}
    contact = service.GetYouTubeContactEntry(links(contacts.entry[0])["self"])
    assert said(contact.username) == said(contacts.entry[0].username)


def test_an_uploader_in_today_s_shape(service: Any) -> None:
    name = next(
        user.name for user in world().users.values() if not user.profile and user.channel_id
    )
    entry = service.GetYouTubeUserEntry(f"{service.base}/feeds/api/users/{name}")
    channel = world().channels[world().users[name].channel_id or ""]
    assert said(entry.description) == channel.description
    assert said(entry.statistics.subscriber_count) == str(channel.subscribers)
    assert int(said(entry.statistics.view_count)) >= 0
    assert said(entry.location) == channel.country
    assert f"{YT}/channeltypes.cat" in [said(each.scheme) for each in entry.category]
    assert said(entry.thumbnail.url).startswith("http://")


def test_subscriptions_of_every_type(service: Any) -> None:
    feed = service.GetYouTubeSubscriptionFeed(f"{service.base}/feeds/api/users/liz/subscriptions")
    assert [said(entry.GetSubscriptionType()) for entry in map(decoded, feed.entry)] == [
        "channel", "query", "favorites",
    ]  # fmt: skip
    for entry in feed.entry:
        whole(entry, service.base)
        assert service.GetYouTubeVideoFeed(said(entry.feed_link[0].href)).entry
    assert said(feed.entry[1].query_string)
    assert said(feed.entry[0].username)
    again = service.GetYouTubeSubscriptionEntry(links(feed.entry[0])["self"])
    assert said(again.id) == said(feed.entry[0].id)


def decoded(entry: Any) -> Any:
    """The library compares the bytes it reads with text; what it was written for had no bytes."""
    for each in entry.category:
        each.scheme = said(each.scheme)
    return entry


def test_playlists_and_their_entries(service: Any) -> None:
    feed = service.GetYouTubePlaylistFeed(f"{service.base}/feeds/api/users/liz/playlists")
    (entry,) = feed.entry
    whole(entry, service.base)
    assert said(entry.description) == "Dance routines, shows."
    assert links(entry)["related"] == f"{service.base}/feeds/api/users/liz"
    again = service.GetYouTubePlaylistEntry(links(entry)["self"])
    assert said(again.title) == "Dance"
    videos = service.GetYouTubePlaylistVideoFeed(said(entry.feed_link[0].href))
    first = videos.entry[0]
    whole(first, service.base)
    assert said(first.title) == "Customized title"
    assert said(first.media.title) == "Original title"
    assert said(first.description) == "Customized description"
    assert [said(each.position) for each in videos.entry] == [
        str(place) for place in range(1, len(videos.entry) + 1)
    ]
    assert said(first.comments.feed_link[0].href).endswith("/videos/i2xMvKOLzYM/comments")
    assert said(first.statistics.view_count) == "4533"


def test_errors_are_told_with_status_and_body(service: Any) -> None:
    with pytest.raises(gdata.service.RequestError) as failed:
        service.GetYouTubeVideoEntry(f"{service.base}/feeds/api/videos/aaaaaaaaaaa")
    (told,) = failed.value.args
    assert (told["status"], told["body"]) == (404, b"Video not found")
    with pytest.raises(gdata.service.RequestError) as failed:
        service.GetYouTubeContactFeed(f"{service.base}/feeds/api/users/default/contacts")
    assert failed.value.args[0]["status"] == 401


def test_the_librarys_second_client(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    opened: list[Any] = []

    class Second(atom.http_core.ProxiedHttpClient):
        def _get_connection(self, uri: Any, headers: Any = None) -> Any:
            opened.append(super()._get_connection(uri, headers=headers))
            return opened[-1]

    second = gdata.youtube.client.YouTubeClient(http_client=Second())
    second.ssl = False
    feed = second.get_videos()
    assert int(said(feed.total_results)) == total(xml("/feeds/videos"))
    assert len(feed.entry) == 25
    uploads = second.get_user_feed(username="liz")
    assert said(uploads.title) == "Uploads by liz"
    entry = second.get_video_entry(video_id="ZTUVgYoeN_o")
    assert said(entry.id) == "tag:youtube.com,2008:video:ZTUVgYoeN_o"
    assert said(entry.title) == "My walk with Mr. Darcy"
    for connection in opened:
        connection.close()


def test_a_place_is_read_by_the_library(service: Any) -> None:
    feed = service.GetYouTubeVideoFeed(f"{service.base}/feeds/videos?location=!&max-results=5")
    assert feed.entry
    for entry in feed.entry:
        north, east = said(entry.geo.Point.pos).split()
        assert -90 <= float(north) <= 90
        assert -180 <= float(east) <= 180


def parts(root: Any) -> set[str]:
    """The paths of elements and attributes; links, feed links and categories by what they are."""
    found = set()
    for element in root.iter():
        path = [*reversed(list(element.iterancestors())), element]
        name = "/".join(each.tag for each in path)
        name += str(element.get("rel") or element.get("scheme") or "")
        found |= {name, *(f"{name}/@{key}" for key in element.attrib)}
    return found


#: What the recorded feeds have and those of the mock do not, because nothing can be written, no
#: program has tagged a video, and generated people tell little of themselves.
ABSENT = re.compile(
    r"developertags\.cat|link.*(#post|edit)|2007}(age|books|company|gender|hobbies|hometown|movies"
    r"|music|occupation|school|firstName|lastName)|user\.(contacts|inbox)/@countHint"
    r"|entry/{[^}]*2007}location"
)


@pytest.mark.parametrize(
    ("recorded", "path"),
    [
        ("VIDEO_FEED", "standardfeeds/top_rated?max-results=50"),
        ("COMMENT_FEED", "videos/2cdgTWitj_o/comments"),
        ("PLAYLIST_FEED", "users/liz/playlists"),
        ("PLAYLIST_VIDEO_FEED", "playlists/45C563323B344971"),
        ("SUBSCRIPTION_FEED", "users/liz/subscriptions"),
        ("VIDEO_RESPONSE_FEED", "videos/03YbknYlJK0/responses"),
        ("PROFILE", "users/rickastley"),
        ("CONTACTS_FEED", "users/liz/contacts"),
    ],
)
def test_all_that_the_librarys_recorded_feeds_have(recorded: str, path: str) -> None:
    sample = etree.fromstring(getattr(gdata.test_data, f"YOUTUBE_{recorded}"))
    missing = parts(sample) - parts(xml(f"/feeds/api/{path}"))
    assert [each for each in missing if not ABSENT.search(each)] == []


def test_behind_another_name_links_lead_there() -> None:
    seen = SimpleNamespace(links=[])
    for host in ("127.0.0.1:8000", "gdata.youtube.com", "mock.localhost:81", "[::1]:8000"):
        feed = xml("/feeds/api/videos?max-results=1", headers={"Host": host})
        found = find(feed, "//a:link[@type='application/atom+xml']/@href")
        seen.links += found
        assert all(href.startswith(f"http://{host}/feeds/api/") for href in found)
    assert seen.links
    prefixed = xml("/gdata/feeds/videos?max-results=1", headers={"Host": "mock.localhost"})
    own = find(prefixed, "a:link[@rel='next']/@href")[0]
    assert own.startswith("http://mock.localhost/gdata/feeds/videos?")
    assert get(own.removeprefix("http://mock.localhost")).status_code == 200
