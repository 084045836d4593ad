"""The documentation's own sample requests give the documentation's own sample entities."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
from gdata_tools import GD, YT, find, get, ids, js, total, xml

KIND = "a:category[@scheme='http://schemas.google.com/g/2005#kind']/@term"
KEYWORDS = f"a:category[@scheme='{YT}/keywords.cat']/@term"
BOTH = pytest.mark.parametrize("prefix", ["/feeds", "/feeds/api", "/gdata/feeds"])


@BOTH
def test_uploads_of_liz(prefix: str) -> None:
    feed = xml(f"{prefix}/users/liz/uploads?max-results=50")
    (entry,) = [e for e in find(feed, "a:entry") if "ZTUVgYoeN_o" in find(e, "a:id/text()")[0]]
    base = f"http://localhost{prefix}"
    assert find(entry, "a:id/text()") == [f"{base}/videos/ZTUVgYoeN_o"]
    assert find(entry, "a:published/text()") == ["2007-02-16T20:22:57.000Z"]
    assert find(entry, "a:updated/text()") == ["2007-02-16T20:22:57.000Z"]
    assert find(entry, KIND) == [f"{YT}#video"]
    assert find(entry, KEYWORDS) == ["Steventon", "walk", "Darcy"]
    assert find(entry, f"a:category[@scheme='{YT}/categories.cat']/@label") == ["Entertainment"]
    assert find(entry, "a:title/text()") == ["My walk with Mr. Darcy"]
    assert find(entry, "a:author/a:name/text()") == ["Elizabeth Bennet"]
    assert find(entry, "a:author/a:uri/text()") == [f"{base}/users/liz"]
    for name in ("responses", "ratings", "complaints", "related"):
        assert find(entry, f"a:link[@rel='{YT}#video.{name}']/@href") == [
            f"{base}/videos/ZTUVgYoeN_o/{name}"
        ]
    group = find(entry, "m:group")[0]
    assert find(group, "m:description/text()") == ["Walk in the beautiful gardens of Steventon"]
    assert find(group, "m:keywords/text()") == ["Steventon, walk, Darcy"]
    assert find(group, "y:duration/@seconds") == ["79"]
    assert find(group, "m:content/@y:format") == ["1"]
    assert find(group, "m:content/@url") == [
        "rtsp://rtsp.youtube.com/youtube/videos/ZTUVgYoeN_o/video.3gp"
    ]
    assert [url[-5] for url in find(group, "m:thumbnail/@url")] == ["2", "1", "3", "0"]
    assert find(entry, "y:statistics/@viewCount") == ["93"]
    comments = f"{base}/videos/ZTUVgYoeN_o/comments"
    assert find(entry, "g:feedLink[@rel='comments']/@href") == [comments]
    assert find(entry, "g:comments/g:feedLink/@href") == [comments]


def test_the_author_parameter_is_the_uploads_feed() -> None:
    for page in ("", "&start-index=10&max-results=7"):
        by_author = xml(f"/feeds/videos?author=liz{page}")
        uploads = xml(f"/feeds/users/liz/uploads?{page[1:]}")
        assert ids(by_author) == ids(uploads)
        assert total(by_author) == total(uploads)


def test_mobile_cats_by_views_as_rss() -> None:
    path = "/feeds/videos?format=1&vq=cat&start-index=10&max-results=20&orderby=viewCount"
    channel = xml(f"{path}&alt=rss")[0]
    items = channel.findall("item")
    assert len(items) == 20
    views = [int(item.find(f"{{{YT}}}statistics").get("viewCount")) for item in items]
    assert views == sorted(views, reverse=True)
    for item in items:
        assert "1" in item.xpath(".//@yt:format", namespaces={"yt": YT})
    feed = xml(path)
    assert total(feed) >= 30
    assert find(feed, "a:link[@rel='next']")
    assert [item.findtext("guid").rpartition("/")[2] for item in items] == ids(feed)


def test_comedies_with_a_dog() -> None:
    feed = xml("/feeds/videos/-/Comedy/dog")
    assert "ClBli0YWnCs" in ids(feed)
    for entry in find(feed, "a:entry"):
        assert find(entry, f"a:category[@scheme='{YT}/categories.cat']/@term") == ["Comedy"]
        assert "dog" in find(entry, KEYWORDS)
    (dog,) = [e for e in find(feed, "a:entry") if "ClBli0YWnCs" in find(e, "a:id/text()")[0]]
    assert find(dog, "a:published/text()") == ["2006-11-10T15:30:35.000Z"]


def test_words_and_phrases() -> None:
    any_word = "/feeds/videos?vq=Elizabeth+Bennet&max-results=50&author=darcy"
    either = find(xml(any_word), "a:entry/a:title/text()")
    for title in (
        "Elizabeth Bennet at the piano",
        "Elizabeth, as painted by Miss Bennet's aunt",
        "Mrs. Bennet's nerves, a compilation",
    ):
        assert title in either
    phrase = "/feeds/videos?vq=%22Elizabeth+Bennet%22&author=darcy"
    assert find(xml(phrase), "a:entry/a:title/text()") == ["Elizabeth Bennet at the piano"]


def test_todays_top_rated() -> None:
    sizes = [
        total(xml(f"/feeds/standardfeeds/top_rated?time={time}"))
        for time in ("today", "this_week", "this_month", "all_time")
    ]
    assert 0 < sizes[0] < sizes[1] < sizes[2] < sizes[3]


def test_favorites_and_responses() -> None:
    feed = xml("/feeds/users/liz/favorites")
    assert ids(feed) == ["i2xMvKOLzYM", "ClBli0YWnCs", "dQw4w9WgXcQ"]
    assert find(feed, "a:entry[1]/a:author/a:uri/text()") == ["http://localhost/feeds/users/darcy"]
    assert "ZTUVgYoeN_o" in ids(xml("/feeds/videos/03YbknYlJK0/responses"))


def test_comments_and_the_one_they_answer() -> None:
    feed = xml("/feeds/videos/2cdgTWitj_o/comments")
    assert total(feed) == len(find(feed, "a:entry")) == 4
    made = find(feed, "a:entry/a:published/text()")
    assert made == sorted(made, reverse=True)
    parents = set(find(feed, f"a:entry/a:link[@rel='{YT}#in-reply-to']/@href"))
    assert parents == {"http://localhost/feeds/videos/2cdgTWitj_o/comments/978A9E10911314AC"}
    comment = xml(parents.pop())
    assert find(comment, KIND) == [f"{YT}#comment"]
    assert find(comment, "a:content/text()") == ["In vain have I struggled."]


def test_playlists_of_liz() -> None:
    (entry,) = find(xml("/feeds/users/liz/playlists"), "a:entry")
    assert find(entry, "a:published/text()") == ["2007-07-08T09:48:28.000-07:00"]
    assert find(entry, "a:updated/text()") == ["2007-07-08T09:48:30.000-07:00"]
    assert find(entry, f"a:category[@scheme='{YT}/tags.cat']/@term") == ["ballroom", "dance"]
    assert find(entry, "a:title/text()") == ["Dance"]
    assert find(entry, "y:description/text()") == ["Dance routines, shows."]
    (href,) = find(entry, f"g:feedLink[@rel='{YT}#playlist']/@href")
    assert href == "http://localhost/feeds/playlists/45C563323B344971"
    assert ids(xml("/feeds/users/liz/playlists/-/ballroom")) == ["45C563323B344971"]
    assert ids(xml("/feeds/users/liz/playlists/-/opera")) == []


def test_the_renamed_playlist_entry() -> None:
    entry = find(xml("/feeds/playlists/45C563323B344971"), "a:entry")[0]
    end = "/playlists/45C563323B344971/f8bcc0d63a08ada4"
    assert find(entry, "a:id/text()")[0].endswith(end)
    assert find(entry, "a:updated/text()") == ["2007-08-23T20:11:41.252Z"]
    assert find(entry, KIND) == [f"{YT}#playlist"]
    assert find(entry, "a:title/text()") == ["Customized title"]
    assert find(entry, "m:group/m:title/text()") == ["Original title"]
    assert find(entry, "m:group/m:description/text()") == ["Original description"]
    assert find(entry, "m:group/m:keywords/text()") == ["Dance"]
    assert find(entry, "m:group/m:content/@y:format") == ["5"]
    assert find(entry, "m:group/m:thumbnail/@time")[0] == "00:02:01.500"
    assert find(entry, "a:author/a:name/text()") == ["Fitzwilliam Darcy"]
    assert find(entry, "y:statistics/@viewCount") == ["4533"]
    (rating,) = find(entry, "g:rating")
    assert dict(rating.attrib) == {"min": "1", "max": "5", "numRaters": "7", "average": "5.00"}
    assert find(entry, "y:description/text()") == ["Customized description"]
    assert find(entry, "y:position/text()") == ["1"]
    assert find(entry, "a:link[@rel='related']/@href")[0].endswith("/videos/i2xMvKOLzYM")


def test_subscriptions_of_all_three_types() -> None:
    feed = xml("/feeds/users/liz/subscriptions")
    types = find(feed, f"a:entry/a:category[@scheme='{YT}/subscriptiontypes.cat']/@term")
    assert types == ["channel", "query", "favorites"]
    for href in find(feed, "a:entry/g:feedLink/@href"):
        assert get(href).status_code == 200


def test_the_profile_of_darcy() -> None:
    entry = xml("/feeds/users/darcy")
    assert entry.tag.endswith("}entry")
    assert find(entry, "a:published/text()") == ["2006-03-19T11:35:56.000-08:00"]
    assert find(entry, "a:updated/text()") == ["2007-08-13T12:37:03.000-07:00"]
    assert find(entry, KIND) == [f"{YT}#userProfile"]
    assert find(entry, "a:title/text()") == ["Darcy"]
    told = [(e.tag.partition("}")[2], e.text) for e in find(entry, "y:*")]
    assert told == [
        ("age", "32"),
        ("username", "darcy"),
        ("books", "Pride and Prejudice"),
        ("company", "Self employed"),
        ("hobbies", "Reading, arguing with Liz"),
        ("hometown", "Steventon"),
        ("location", "Longbourn in Hertfordshire, Pemberley in Derbyshire"),
        ("movies", "Pride and Prejudice, 2005"),
        ("music", "Air Con Varizzioni, The Pleasure of the Town"),
        ("occupation", "Gentleman"),
        ("school", "Home schooling"),
        ("gender", "m"),
        ("relationship", "taken"),
    ]
    rels = find(entry, "g:feedLink/@rel")
    names = ("favorites", "contacts", "inbox", "playlists", "subscriptions", "uploads")
    assert rels == [f"{YT}#user.{name}" for name in names]
    assert xml("/feeds/users/DARCY").find(f"{{{YT}}}username").text == "darcy"


def test_every_link_of_the_samples_can_be_followed() -> None:
    for path in ("/feeds/users/darcy", "/feeds/api/videos/ZTUVgYoeN_o", "/feeds/users/liz/inbox",
                 "/feeds/playlists/45C563323B344971", "/feeds/users/liz/contacts?v=2"):  # fmt: skip
        tree = xml(path)
        links = tree.xpath("//*[@type='application/atom+xml']/@href")
        links += [e.get("href") for e in tree.iter(f"{{{GD}}}feedLink")]
        assert links
        for href in links:
            assert get(href).status_code == 200, href


def test_the_printed_id_of_the_sample_playlist_names_it() -> None:
    entry = xml("/feeds/users/liz/playlists/ABCDEFABCDEFABCDEF")
    assert find(entry, "a:title/text()") == ["Dance"]


def test_the_sample_of_two_tags_has_a_video_with_both() -> None:
    both = find(xml("/feeds/videos/-/fritz/laurie"), "a:entry")
    assert both
    for entry in both:
        terms = find(entry, f"a:category[@scheme='{YT}/keywords.cat']/@term")
        assert {"fritz", "laurie"} <= set(terms)


@pytest.mark.parametrize("space", ["+", "%20"])
def test_a_plus_in_a_category_path_is_a_space(space: str) -> None:
    """As the Python client of those days writes it; ``%2B`` is a plus."""
    assert ids(xml(f"/feeds/videos/-/Music/rick{space}astley")) == ["dQw4w9WgXcQ"]
    assert ids(xml("/feeds/videos/-/Music/rick%2Bastley")) == []
    assert "dQw4w9WgXcQ" in ids(xml(f"/feeds/videos/-/Comedy%7Crick{space}astley?max-results=50"))


@pytest.mark.parametrize(
    ("name", "some", "fixed"),
    [
        ("subscriptiontypes", {"channel", "query", "favorites"}, "yes"),
        ("channeltypes", {"Standard", "Director"}, "yes"),
        ("contact", {"Friends", "Family"}, "yes"),
        ("keywords", set(), "no"),
        ("tags", set(), "no"),
    ],
)
def test_the_documents_of_the_schemes_can_be_read(name: str, some: set[str], fixed: str) -> None:
    tree = xml(f"/schemas/2007/{name}.cat")
    assert tree.get("scheme") == f"{YT}/{name}.cat"
    assert tree.get("fixed") == fixed
    assert some <= set(find(tree, "a:category/@term"))


def test_a_scheme_that_nobody_has_is_not_found() -> None:
    assert get("/schemas/2007/nothing.cat").status_code == 404


@pytest.mark.parametrize(
    ("host", "path", "to"),
    [
        ("www.youtube.com", "/view_play_list?p=45C563323B344971", "/watch?v=i2xMvKOLzYM&list="),
        ("www.youtube.com", "/profile?user=darcy", "/user/darcy"),
        ("www.youtube.com", "/watch?v=ZTUVgYoeN_o", None),
        ("img.youtube.com", "/vi/ZTUVgYoeN_o/2.jpg", None),
        ("img.youtube.com", "/vi/ZTUVgYoeN_o/0.jpg", None),
        ("www.youtube.com", "/img/pic_youtubelogo_123x63.gif", None),
        ("www.youtube.com", "/t/terms", None),
    ],
)
def test_pages_and_pictures_that_feeds_link_to_are_there(
    host: str, path: str, to: str | None
) -> None:
    """For a client whose proxy is the mock."""
    reply = get(path, base_url=f"http://{host}")
    if to is None:
        assert reply.status_code == 200
    else:
        assert reply.status_code == 302
        assert reply.headers["Location"].startswith(to)
        assert get(reply.headers["Location"], base_url=f"http://{host}").status_code == 200


@pytest.mark.parametrize("alt", ["atom", "json", "rss"])
def test_every_address_in_the_feeds_leads_somewhere(alt: str) -> None:
    """Not one of a kind of address at the site's own hosts is missing, in any feed of the
    documents and its neighbours; of each kind two are asked."""
    feeds = [
        *(f"/feeds/users/liz/{what}" for what in
          ("uploads", "favorites", "playlists", "subscriptions", "contacts", "inbox")),
        "/feeds/users/darcy", "/feeds/videos/2cdgTWitj_o/comments", "/feeds/videos?vq=cat",
        "/feeds/playlists/45C563323B344971", "/feeds/standardfeeds/top_rated",
        "/feeds/videos/03YbknYlJK0/responses", "/feeds/videos/ZTUVgYoeN_o/related",
        "/feeds/api/videos?v=2&q=cat", "/feeds/api/users/rickastley?v=2",
        "/feeds/api/playlists/snippets?v=2&q=dance",
    ]  # fmt: skip
    kinds: dict[tuple[str, str, str], set[str]] = {}
    for feed in feeds:
        asked = f"{feed}{'&' if '?' in feed else '?'}alt={alt}"
        text = html.unescape(get(asked, base_url="http://gdata.youtube.com").text)
        for url in re.findall(r"https?://[^\s\"'<>\\]+", text.replace("\\/", "/")):
            parts = urlsplit(url)
            ours = parts.netloc.endswith(("youtube.com", "ytimg.com"))
            if ours and "/schemas/" not in url and url != "http://gdata.youtube.com/":
                path = re.sub(r"[\w-]{9,}|(?<=user=)[^&]+", "*", parts.path)
                kinds.setdefault((parts.netloc, path, parts.query.partition("=")[0]), set()).add(
                    url
                )
    lost = []
    for url in (url for urls in kinds.values() for url in sorted(urls)[:2]):
        parts, hops = urlsplit(url), 0
        reply = get(f"{parts.path or '/'}?{parts.query}", base_url=f"http://{parts.netloc}")
        while reply.status_code == 302 and (hops := hops + 1) < 5:
            reply = get(reply.headers["Location"], base_url=f"http://{parts.netloc}")
        if reply.status_code != 200:
            lost.append((reply.status_code, url))
    assert lost == []


def test_the_picture_in_a_user_s_feed_is_there() -> None:
    (picture,) = re.findall(
        r"http://i\.ytimg\.com(/i/[^'\"]+)", get("/feeds/api/users/rickastley?v=2").text
    )
    reply = get(picture, base_url="http://i.ytimg.com")
    assert (reply.status_code, reply.mimetype) == (200, "image/svg+xml")


def test_the_feeds_show_what_the_site_shows() -> None:
    entry = js("/feeds/videos/dQw4w9WgXcQ?alt=json")["entry"]
    page = get("/watch?v=dQw4w9WgXcQ", headers={"Host": "youtube.localhost"})
    assert entry["title"]["$t"] in page.text
