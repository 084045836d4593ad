"""YouTube above its parser: runner, actions without a browser, the dialect of its servers."""

from __future__ import annotations

import re

from collector.platforms.answers import AnswerRule
from collector.platforms.registry import Genre, PlatformSpec
from collector.platforms.youtube import PARSER, page_status, parse_page, parse_url
from collector.platforms.youtube.ids import id_in, lowered
from collector.platforms.youtube.parse.page import parse_answer
from collector.platforms.youtube.parse.witness import begins_page
from collector.platforms.youtube.privacy import CREDENTIALS, OWN_CHANNEL
from collector.platforms.youtube.reference import to_metadata
from collector.platforms.youtube.urls import SITE_HOSTS, surface_opened

PLATFORM = PlatformSpec(
    name="youtube",
    genre=Genre.VIDEOS,
    host="youtube",
    mobile_host="m.youtube",
    site="https://www.youtube.com",
    hosts=re.compile(r"\A(?:[\w-]+\.)*(?:youtube(?:-nocookie|kids)?\.\w+|youtu\.be)\Z"),
    marks=re.compile(
        r"<yt[dm]-[a-z]|<yt-lockup-view-model|\bytInitial(?:Data|PlayerResponse)\b|\bytcfg\.set\b"
        r"|\byt-(?:kids-)?restricted-access"
    ),
    parser=PARSER,
    kind_of=lambda url: parse_url(url).kind,
    status_of=page_status,
    parse=parse_page,
    parse_answer=parse_answer,
    answers=AnswerRule(
        paths=re.compile(r"/youtubei/v1/(?:browse|search|next|player|reel/\w+)"),
        begins=begins_page,
        beside=re.compile(r"/youtubei/v1/player"),
        leaves=re.compile(r"/youtubei/v1/navigate"),
        lists=re.compile(r"/youtubei/v1/(?:browse|next|search|reel/\w+)\b|[?&]pbj=1\b"),
    ),
    line_of=to_metadata,
    elements="collector.platforms.youtube.parse.registry",
    reference="collector.adapters.youtube.historic:answer_of",
    site_hosts=SITE_HOSTS,
    paths_of=SITE_HOSTS - {"youtu.be"},
    surface_of=surface_opened,
    id_in=id_in,
    spoilt=lowered,
    runner="collector.adapters.youtube.runner:VideoRunner",
    actions="collector.platforms.youtube.actions:YouTubeActions",
    http_actions="collector.adapters.youtube.browserless:HttpYouTubeActions",
    simulated="collector.datasets.youtube.videos:VideoSession",
    cookies=lambda visitor: {"VISITOR_INFO1_LIVE": visitor},
    accounts=frozenset({"LOGIN_INFO", "SAPISID", "__Secure-3PSID"}),
    own_channel=OWN_CHANNEL,
    credentials=CREDENTIALS,
    server="ytTREX",
    eras_read=("2022",),
    dialect="collector.adapters.youtube.yttrex:YTTREX",
    read_back="v1/personal/{token}",
)
