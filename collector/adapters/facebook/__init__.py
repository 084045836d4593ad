"""Facebook above its parser: runner, actions without a browser, the dialect of its servers."""

from __future__ import annotations

import re

from collector.common.model import Surface
from collector.platforms.facebook import PARSER, page_status, parse_url
from collector.platforms.facebook.account import ACCOUNT, BROWSER, account_of
from collector.platforms.facebook.ids import id_in
from collector.platforms.facebook.timeline import parse_evidence
from collector.platforms.facebook.urls import SITE, SITE_HOSTS
from collector.platforms.registry import Genre, PlatformSpec

PLATFORM = PlatformSpec(
    name="facebook",
    genre=Genre.FEED,
    host="facebook",
    mobile_host="m.facebook",
    site=SITE,
    hosts=re.compile(r"\A(?:[\w-]+\.)*(?:facebook\.\w+|fb\.com)\Z"),
    marks=re.compile(
        r"data-twinwatch=\"timeline/|\bfbUserContent\b|\buserContentWrapper\b"
        r"|data-pagelet=\"(?:FeedUnit|root|page)|\bstory_body_container\b|id=\"mount_0_0"
        r"|data-ad-rendering-role=\"(?:story_message|profile_name)|static\.xx\.fbcdn\.net"
        r"|id=\"(?:facebook|globalContainer|m_news_feed_stream)\""
    ),
    parser=PARSER,
    kind_of=lambda url: parse_url(url).kind,
    status_of=page_status,
    parse=parse_evidence,
    site_hosts=SITE_HOSTS,
    surface_of=lambda url: Surface.FEED if url in ("home", "/") else None,
    id_in=id_in,
    published={"e18": "collector.adapters.facebook.e18:import_e18"},
    runner="collector.adapters.facebook.runner:FeedRunner",
    actions="collector.platforms.facebook.actions:FacebookActions",
    http_actions="collector.adapters.facebook.browserless:HttpFacebookActions",
    simulated="collector.datasets.facebook.feeds:FeedSession",
    cookies=lambda visitor: {BROWSER: visitor, ACCOUNT: account_of(visitor)},
    accounts=frozenset({ACCOUNT}),
    server="fbTREX",
    eras_read=("2019",),
    dialect="collector.adapters.facebook.fbtrex:FBTREX",
    read_back="v2/personal/{token}/stats/1000-0",
)
