"""Whatever the documents print as an example leads somewhere, at the hosts that they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from places import ROOT
from werkzeug.test import TestResponse

from mockserver.api.yttrex.seeds import demo_token
from mockserver.app import create_app
from mockserver.context import MockConfig

ENDPOINTS = ROOT / "docs" / "endpoints.md"
ROUTE = re.compile(r"^\| `?[^|]*\| `(GET|POST|PUT|DELETE) (/[^`]*)` \|", re.MULTILINE)

YT = "youtube.tracking.exposed"
FB = "facebook.tracking.exposed"
TA = "tubearchivist.local"
GD = "gdata.youtube.com"
MOUNTS = {YT: "/yttrex", FB: "/fbtrex", TA: "/tubearchivist", GD: "/gdata", f"dev.{GD}": "/gdata"}


@dataclass(frozen=True)
class Example:
    """A request, and a text that its answer holds.

    What its answer says of others is asked for later: ``learns`` is a pattern with a named group,
    and ``<name>`` in a later path stands for what it found.
    """

    method: str
    host: str
    path: str
    holds: str
    body: Any = None
    learns: str = ""
    status: int | None = None


def gets(host: str, prefix: str, told: str) -> Iterator[Example]:
    """One a line: the path, and what the answer holds."""
    for line in told.strip().splitlines():
        path, holds = line.split(maxsplit=1)
        yield Example("GET", host, prefix + path, holds)


OURS = "thisisaworkingtokenusablewhenperformtest"
PAGE = "47c16bdc2358e51110003a626d822a61e6bc908f"
YTTREX = (
    *gets(YT, "/api", f"""
        /v1/personal/{demo_token()}/10-5        "skip":5
        /v1/personal/{demo_token()}/20-0        "videoId":"dQw4w9WgXcQ"
        /v1/personal/{demo_token()}/csv         dQw4w9WgXcQ
        /v1/videoId/dQw4w9WgXcQ                 "videoId":"dQw4w9WgXcQ"
        /v1/related/dQw4w9WgXcQ                 "videoId":"dQw4w9WgXcQ"
        /v1/videoCSV/dQw4w9WgXcQ/10-0           dQw4w9WgXcQ
        /v2/statistics/                         "allowedNames"
        /v1/last                                "content":[{{"
        /v1/htmlId/{PAGE}                       "html":"
    """),
    Example("GET", YT, "/api/v1/research/nobody-has-this-tag", '"error":true', status=404),
)  # fmt: skip
FBTREX = (
    *gets(FB, f"/api/v2/personal/{OURS}", """
        /summary/1-0     "postId"
        /summary/3-0/    "postId"
        /summary/3-2/    "postId"
        /summary/5-3/    "postId"
        /summary/2000-0  "postId":"10125221421413523523"
        /summary/200-50  "postId"
        /stats/1-0       "impressionOrder"
        /csv/1-0         ,
        /enrich/         "postId"
        /enrich/2-0      "postId"
        /exporter/       "timelineId"
        /exporter/1-0    "timelineId"
        /daily/0-3       "stats":[{"day":"
        /remove/5        "timelines":
    """),
    *gets(FB, "/api/v2", """
        /statistics/counter   "
        /en/enrich            [
        /en/loud              [
        /languages            "
    """),
    Example("GET", FB, "/api/v2/en/labels", '"semanticId"', learns='"semanticId":"(?P<unit>\\w+)"'),
    Example("GET", FB, "/api/v2/en/semantics", '"label"', learns='"label":"(?P<label>[^"]+)"'),
    Example("GET", FB, "/api/v2/unit/<unit>", "<unit>"),
    Example("GET", FB, "/api/v2/en/noogle/<label>", "<label>"),
)  # fmt: skip
VIDEO = "BXB-PoihfYI"
CHANNEL = "UC9-y-6csu5WGm29I7JiwpnA"
QUEUED = ("video", "channel", "playlist")
ARCHIVE = (
    Example("POST", TA, "/api/login", '"token"',
            {"username": "tubearchivist", "password": "verysecret"}),
    Example("POST", TA, "/api/login/", '"user_id":1',
            {"username": "tubearchivist", "password": "verysecret"}),
    *gets(TA, "/api", f"""
        /video/                            "data":[{{"
        /video/?page=0                     "current_page":0
        /video/?page=1                     "page_from":0
        /video/?page=2                     "page_from":12
        /video/{VIDEO}/                    {VIDEO}
        /video/b9kOL8yRlIU/comment/        "data"
        /video/{VIDEO}/similar/            "data":[{{"
        /video/{VIDEO}/sponsor/            [
        /channel/                          "data":[{{"
        /channel/{CHANNEL}/                {CHANNEL}
        /channel/{CHANNEL}/video/          "data":[{{"
        /search/?query=image               "results"
        /ping                              "pong"
        /ping/                             "pong"
        /download/?filter=pending          "data":[{{"
        /download/?filter=ignore           "data":[{{"
        /snapshot/                         "expire_after"
        /task/                             "downloading"
        /refresh/                          "total_queued"
        /refresh/?type=video               "type":"video"
        /refresh/?type=channel             "type":"channel"
        /refresh/?type=playlist            "type":"playlist"
        /cookie/                           "cookie_enabled"
    """),
    Example("GET", TA, "/api/video/?page=600", '"data":[]', status=404),
    Example("GET", TA, "/api/download/", '"data":[{"', learns='"channel_id":"(?P<asked>[^"]+)"'),
    Example("GET", TA, "/api/download/?filter=pending&channel=<asked>", "<asked>"),
    Example("GET", TA, "/api/download/?filter=ignore&channel=<asked>", '"data":['),
    Example("GET", TA, "/api/playlist/", '"data":[{"',
            learns='"playlist_id":"(?P<playlist>[^"]+)"'),
    Example("GET", TA, "/api/playlist/<playlist>/", "<playlist>"),
    Example("GET", TA, "/api/playlist/<playlist>/video/", '"data":[{"'),
    Example("POST", TA, "/api/snapshot/", '"snapshot_name"',
            learns='"snapshot_name":"(?P<snapshot>[^"]+)"'),
    Example("GET", TA, "/api/snapshot/<snapshot>/", "<snapshot>"),
    Example("POST", TA, "/api/snapshot/<snapshot>/", ""),
    Example("DELETE", TA, "/api/snapshot/<snapshot>/", ""),
    Example("POST", TA, f"/api/video/{VIDEO}/progress", '"position":100', {"position": 100}),
    Example("GET", TA, f"/api/video/{VIDEO}/progress", '"position":100'),
    Example("DELETE", TA, f"/api/video/{VIDEO}/progress", ""),
    *(Example("POST", TA, f"/api/video/{VIDEO}/sponsor/", "",
              {"vote": {"uuid": "x", "yourVote": vote}}) for vote in (0, 1, 20)),
    Example("POST", TA, f"/api/video/{VIDEO}/sponsor/", "",
            {"segment": {"startTime": 10.5, "endTime": 5}}, status=400),
    Example("POST", TA, f"/api/video/{VIDEO}/sponsor/", "",
            {"segment": {"startTime": 5, "endTime": 10}}),
    Example("POST", TA, "/api/channel/", CHANNEL,
            {"data": [{"channel_id": CHANNEL, "channel_subscribed": True}]}),
    Example("POST", TA, "/api/download/", "NYj3DnI81AQ",
            {"data": [{"youtube_id": "NYj3DnI81AQ", "status": "pending"}]}),
    Example("GET", TA, "/api/download/NYj3DnI81AQ/", "pending"),
    Example("POST", TA, "/api/download/NYj3DnI81AQ/", "", {"status": "ignore"}),
    Example("GET", TA, "/api/download/NYj3DnI81AQ/", "ignore"),
    Example("POST", TA, "/api/download/NYj3DnI81AQ/", "", {"status": "pending"}),
    Example("DELETE", TA, "/api/download/NYj3DnI81AQ/", ""),
    Example("DELETE", TA, "/api/download/?filter=ignore", ""),
    Example("DELETE", TA, "/api/download/?filter=pending", ""),
    Example("POST", TA, "/api/task/", "", {"run": "download_pending"}),
    Example("POST", TA, "/api/task/", "", {"run": "rescan_pending"}),
    *(Example("POST", TA, "/api/refresh/", "",
              {f"{kind}{end}": [f"{kind}{n}" for n in (1, 2)] for kind in QUEUED})
      for end in ("", "s")),
    Example("POST", TA, "/api/refresh/?extract_videos=true", "",
            {"video": [VIDEO], "channel": [CHANNEL]}),
    Example("GET", TA, f"/api/refresh/?type=video&id={VIDEO}", f'"id":"{VIDEO}"'),
    Example("PUT", TA, "/api/cookie/", '"cookie_import":"fail"',
            {"cookie": "your-cookie-as-string"}, status=400),
    Example("POST", TA, "/api/cookie/", '"cookie_validated"'),
    Example("PUT", TA, "/api/cookie/", '"cookie_validated"',
            {"cookie": "# Netscape HTTP Cookie File\n"
                       ".youtube.com\tTRUE\t/\tTRUE\t4102444800\tSID\tx\n"}),
    *(Example("POST", TA, "/api/watched/", "", {"id": one, "is_watched": True})
      for one in (VIDEO, CHANNEL)),
)  # fmt: skip
GDATA = (
    *gets(GD, "/feeds", """
        /videos?author=liz                         ZTUVgYoeN_o
        /videos?vq=%22Elizabeth+Bennet%22          <entry
        /videos?format=1&vq=cat&start-index=10&max-results=20&orderby=viewCount&alt=rss   <item
        /videos?vq=cat&alt=atom&orderby=relevance  <entry
        /videos?vq=cat&alt=json&max-results=1      "entry"
        /videos/-/Comedy                           <entry
        /videos/-/Comedy/dog                       <entry
        /videos/-/fritz/laurie                     <entry
        /videos/ZTUVgYoeN_o                        Mr. Darcy
        /videos/ZTUVgYoeN_o/comments               <feed
        /videos/ZTUVgYoeN_o/complaints             <feed
        /videos/ZTUVgYoeN_o/ratings                <feed
        /videos/ZTUVgYoeN_o/related                <entry
        /videos/ZTUVgYoeN_o/responses              <feed
        /videos/i2xMvKOLzYM                        i2xMvKOLzYM
        /videos/i2xMvKOLzYM/comments               <feed
        /videos/i2xMvKOLzYM/complaints             <feed
        /videos/i2xMvKOLzYM/ratings                <feed
        /videos/i2xMvKOLzYM/related                <entry
        /videos/i2xMvKOLzYM/responses              <feed
        /videos/03YbknYlJK0/responses              <entry
        /videos/2cdgTWitj_o/comments               <entry
        /videos/2cdgTWitj_o/comments/978A9E10911314AC   <entry
        /standardfeeds/most_viewed                 <entry
        /standardfeeds/top_rated?time=today        <entry
        /standardfeeds/recently_featured           <entry
        /standardfeeds/watch_on_mobile             <entry
        /users/darcy                               darcy
        /users/liz                                 liz
        /users/liz/favorites                       <entry
        /users/liz/playlists                       <entry
        /users/liz/playlists/ABCDEFABCDEFABCDEF    <entry
        /users/liz/subscriptions                   <entry
        /users/liz/uploads                         <entry
        /users/liz/contacts                        <entry
        /users/liz/inbox                           <feed
        /playlists/45C563323B344971                <entry
        /playlists/45C563323B344971/f8bcc0d63a08ada4   <entry
    """),
    *gets(f"dev.{GD}", "/feeds", """
        /playlists/45C563323B344971                <entry
        /users/darcy                               darcy
        /users/liz/contacts                        <entry
        /users/liz/favorites                       <entry
        /users/liz/inbox                           <feed
        /users/liz/playlists/45C563323B344971      <entry
        /users/liz/subscriptions                   <entry
        /users/liz/uploads                         <entry
        /videos/ClBli0YWnCs                        ClBli0YWnCs
    """),
    *gets(GD, "/schemas/2007", """
        /categories.cat          Comedy
        /keywords.cat            <
        /subscriptiontypes.cat   favorites
        /tags.cat                <
    """),
)  # fmt: skip
ELSEWHERE = (
    *gets("www.youtube.com", "", """
        /watch?v=ZTUVgYoeN_o                        ZTUVgYoeN_o
        /watch?v=i2xMvKOLzYM                        i2xMvKOLzYM
        /view_play_list?p=45C563323B344971          <
        /profile?user=darcy                         <
        /v/i2xMvKOLzYM                              <
    """),
    *(
        Example("GET", "img.youtube.com", f"/vi/{video}/{number}.jpg", "")
        for video in ("ZTUVgYoeN_o", "i2xMvKOLzYM") for number in range(4)
    ),
)  # fmt: skip
FEED = gets(
    "www.facebook.com",
    "",
    """
    /elpais/                                        <
    /CatalunyaDiari/                                <
    /CatalunyaDiari/posts/1247146142126177          <
""",
)
EVERY = {
    "ytTREX": YTTREX, "fbTREX": FBTREX, "TubeArchivist": ARCHIVE, "GData": GDATA,
    "addresses in GData": ELSEWHERE,
    "addresses in fbTREX": FEED,
}  # fmt: skip


def asked(app: Flask, each: Example, token: str) -> TestResponse:
    client = app.test_client(use_cookies=False)
    headers = {"Host": each.host} | ({"Authorization": f"Token {token}"} if token else {})
    more = {} if each.body is None else {"json": each.body}
    return client.open(
        each.path, method=each.method, base_url=f"http://{each.host}", headers=headers,
        follow_redirects=True, **more,
    )  # fmt: skip


def filled(each: Example, learnt: dict[str, str]) -> Example:
    """With what earlier answers said in the place of ``<name>``."""
    path, holds = each.path, each.holds
    for name, value in learnt.items():
        path, holds = path.replace(f"<{name}>", quote(value)), holds.replace(f"<{name}>", value)
    return replace(each, path=path, holds=holds)


@pytest.mark.sweep(4)
@pytest.mark.parametrize("document", EVERY)
def test_every_example_of_a_document_leads_somewhere(document: str) -> None:
    """In the document's order, on a fresh mock: a good answer that holds what was asked for."""
    app = create_app(MockConfig(seed=1))
    token = ""
    learnt: dict[str, str] = {}
    wrong = []
    for printed in EVERY[document]:
        each = filled(printed, learnt)
        answer = asked(app, each, token)
        told = answer.get_data()
        good = answer.status_code == each.status if each.status else answer.status_code < 400
        if not good or (not told and answer.status_code != 204):
            wrong.append((each.method, each.path, answer.status_code))
        elif each.holds.encode() not in told:
            wrong.append((each.method, each.path, told[:200]))
        elif each.learns:
            found = re.search(each.learns, told.decode())
            learnt |= found.groupdict() if found else {}
        if each.path.startswith("/api/login"):
            token = answer.get_json()["token"]
        if each.path.endswith(".jpg"):
            assert (answer.mimetype or "").startswith("image/")
    assert not wrong, "\n".join(map(str, wrong))


def _matches(route: str) -> Callable[[str], bool]:
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route.rstrip("/")))
    return lambda path: bool(re.fullmatch(pattern + "/?", path))


def test_every_documented_endpoint_has_an_example_here() -> None:
    rows = ROUTE.findall(ENDPOINTS.read_text("utf-8"))
    assert len(rows) > 60
    known = {
        (each.method, MOUNTS[each.host] + each.path.partition("?")[0])
        for examples in (YTTREX, FBTREX, ARCHIVE, GDATA)
        for each in examples
    }
    without = [
        f"{method} {route}"
        for method, route in rows
        if not any(method == m and _matches(route)(path) for m, path in known)
    ]
    assert not without, "\n".join(without)
