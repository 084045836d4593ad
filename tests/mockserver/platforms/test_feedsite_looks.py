"""The feed as it looked in 2017, in 2023 and on phones: what is read of it is what was served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from feed_tools import LANGUAGES, differences
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from collector.browserless.feed import Feed, outermost
from collector.common.model import PageStatus, Visibility
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.platforms.facebook import actions, parse_page
from collector.platforms.facebook.parse import POST_SELECTOR, parse_post
from collector.platforms.facebook.timeline import evidence, parse_evidence
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.testing import ScenarioRun
from mockserver.context import MockConfig
from mockserver.platforms.facebook.looks import LOOKS, MOBILE_HOSTS
from mockserver.serve import Server, serving
from tests.mockserver.platforms.test_feedsite_markup import SITE, _client, _whole

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/14.0 Mobile/15E148 Safari/604.1"
)


@dataclass(frozen=True)
class Site:
    """The site in one look; one mock serves all tests of it."""

    look: str
    server: Server

    @property
    def persona(self) -> dict[str, Any]:
        """Who has this look."""
        phone = {"user_agent": PHONE, "viewport": [390, 844]}
        return {"locale": "en-US", **(phone if self.look == "mobile" else {})}

    def client(self, visitor: str, lang: str = "en") -> FlaskClient:
        client = _client(self.server.app, visitor, lang)
        if self.look == "mobile":
            client.environ_base["HTTP_USER_AGENT"] = PHONE
        return client

    def truth(self, visitor: str | None = None) -> list[dict[str, Any]]:
        return self.server.mock.world.truth.impressions(visitor=visitor)


@pytest.fixture(scope="module", params=["2017", "2023", "mobile"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    era = {"mobile": "2026"}.get(request.param, request.param)
    with serving(MockConfig(seed=5, era=era), demo=False) as server:
        yield Site(request.param, server)


EACH = [
    pytest.param(lang, marks=[] if lang in ("en", "ar") else [pytest.mark.slow])
    for lang in LANGUAGES
]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("lang", EACH)
def test_what_is_read_is_what_was_served(site: Site, lang: str) -> None:
    html = _whole(site.client(f"reader-{lang}", lang))
    page = parse_page(html, f"{SITE}/", client_time=datetime.now(UTC), languages=(lang,))
    rows = site.truth(f"reader-{lang}")
    posts = [row["post"] for row in rows]
    look = LOOKS[site.look]
    assert page.status is PageStatus.OK
    assert page.unparsed == ()
    assert [item.position for item in page.impressions] == [row["slot"] for row in rows]
    assert {item.renderer for item in page.impressions} == {look.markup}
    assert {post["markup"] for post in posts} == {look.markup}
    wrong = {
        (row["slot"], row["media"]): found
        for item, row in zip(page.impressions, rows, strict=True)
        if (found := differences(item, row["post"]))
    }
    assert wrong == {}
    # Everything that the look can tell is among them.
    assert {row["kind"] for row in rows} == {"post", "ad"}
    assert {post["visibility"] for post in posts} == {"public", "private"}
    assert {post.get("reason") for post in posts} >= {None, "friend", "suggested"}
    facts = ("shared", "opengraph", "comments", "shares", "captions", "published", "reactions")
    told = {name for name in facts if any(post.get(name) for post in posts)}
    assert told == set(facts) - set(look.untold)


@pytest.mark.sweep(1)
def test_the_markup_is_that_of_the_real_site(site: Site) -> None:
    tree = BeautifulSoup(site.client("marks").get("/").text, "lxml")
    marks = {
        "2017": ("#newsFeedHeading", "div.fbUserContent[role=article] .userContent p"),
        "2023": (
            "[role=main] [data-virtualized=false] > div[aria-posinset][aria-labelledby]",
            "[data-ad-rendering-role=story_message] > [data-ad-comet-preview=message]",
        ),
        "mobile": (
            "#m_news_feed_stream article[data-ft] > div.story_body_container",
            "header h3 strong a",
        ),
    }
    others = (".userContentWrapper", "[data-pagelet]", *sum(marks.values(), ()))
    for css in others:
        assert bool(tree.select(css)) is (css in marks[site.look]), css
    assert {tag["role"] for tag in tree.select("[role=feed]")} == (
        {"feed"} if site.look == "2017" else set()
    )


@pytest.mark.slow
def test_evidence_names_nobody_and_keeps_the_places_of_private_posts(site: Site) -> None:
    tree = BeautifulSoup(_whole(site.client("evidence")), "lxml")
    found = tree.select(POST_SELECTOR)
    known = {id(tag) for tag in found}
    posts = [tag for tag in found if not any(id(up) in known for up in tag.parents)]
    now = datetime.now(UTC).timestamp() * 1000
    record = {
        "started": now, "url": f"{SITE}/", "load": "one",
        "posts": [
            {"order": n, "time": now, "visible": 1000.0, "top": n, "bottom": n, "html": str(post)}
            for n, post in enumerate(posts, 1)
        ],
    }  # fmt: skip
    html = evidence(record, timeline_id="t", languages=("en",))
    for one in site.server.mock.world.social.sources.people:
        assert one.name not in html
        assert one.id not in html
        assert one.vanity is None or one.vanity not in html
    read = parse_evidence(html, f"{SITE}/", languages=("en",))
    rows = site.truth("evidence")
    assert read.unparsed == ()
    assert read.fields["private"] == sum(row["visibility"] == "private" for row in rows) > 0
    wrong = {
        row["slot"]: found
        for item, row in zip(read.impressions, rows, strict=True)
        if (found := differences(item, row["post"], scrubbed=True))
    }
    assert wrong == {}


def test_a_feed_without_a_browser_is_cut_at_its_posts(site: Site) -> None:
    feed = Feed.of(site.client("cut").get("/").text)
    assert feed.units
    assert feed.load
    assert feed.cursor
    for unit in feed.units:
        html = outermost(unit)
        (root, *others) = BeautifulSoup(html, "lxml").body.find_all(True, recursive=False)  # type: ignore[union-attr]
        assert others == []
        assert root.attrs.keys() & {"aria-posinset", "data-post"}
        post = parse_post(html, when=datetime.now(UTC), languages=("en",))
        assert post is not None


@pytest.mark.parametrize("host", MOBILE_HOSTS)
def test_phones_and_the_mobile_host_have_the_mobile_site(site: Site, host: str) -> None:
    visitor = host.replace(".", "-")
    client = FlaskClient(site.server.app, site.server.app.response_class)
    for name, value in (("datr", visitor), ("c_user", "100012345678901"), ("cb", "reject")):
        client.set_cookie(name, value, domain=host)
    page = client.get("/", base_url=f"http://{host}")
    assert 'class="story_body_container"' in page.text
    assert "User-Agent" in page.headers["Vary"]
    assert site.truth(visitor)[0]["post"]["markup"] == "mobile"


SCENARIO: dict[str, Any] = {
    "name": "look",
    "platform": "facebook",
    "seed": 5,
    "before": [
        {"visit": {"url": "home", "capture": False}},
        {"consent": "reject"},
        {"visit": "/music.en.1"},
        "subscribe",
        {"like": {"topic": "music", "count": 2}},
    ],
    "arms": {"only": {"steps": [{"visit": "home"}]}},
    "after": [
        {"scroll": "600px every 2s, 20 times or until 14 posts"},
        {"like": {"rank": 1}},
        "refresh",
        {"scroll": {"screens": 3}},
    ],
}


@pytest.mark.slow
@pytest.mark.browser
def test_a_session_sees_what_was_served(site: Site, tmp_path: Path) -> None:
    result = run_scenario(
        parse_scenario({**SCENARIO, "persona": site.persona}),
        RunOptions.of(out=tmp_path / "run", driver="chromium", submit_to="none", speed="max"),
        display=QuietDisplay(),
        confirm=lambda _: False,
        mock=MockSite.of(site.server),
    )
    run = ScenarioRun(result)
    try:
        assert result.exit_code == 0
        steps = run.store.rows("SELECT outcome FROM steps")
        assert {row["outcome"] for row in steps} == {"done"}
        captures = list(run.store.captures())
        truth = {(row["load"], row["slot"]): row for row in site.truth()}
        seen = []
        for capture in captures:
            page = run.store.observation(capture.id)
            assert page is not None
            assert page.unparsed == ()
            seen.append(len(page.impressions))
            for place, item in enumerate(page.impressions, 1):
                row = truth[str(capture.event), place]
                assert item.position == place
                assert differences(item, row["post"], scrubbed=True, slack_s=20) == {}
        assert len(seen) == 2
        assert seen[0] >= 14
        assert seen[1] >= 3
        visitor = truth[str(captures[0].event), 1]["visitor"]
        viewer = site.server.mock.world.social.viewer(visitor)
        assert (len(viewer.likes), len(viewer.follows)) == (3, 1)
    finally:
        run.store.close()


@pytest.mark.slow
@pytest.mark.browser
def test_posts_that_leave_the_document_and_come_back_are_seen_once(
    site: Site, browser: Browser
) -> None:
    """Of the virtualised list; of the others nothing ever leaves."""
    context = browser.new_context(
        user_agent=site.persona.get("user_agent"), viewport={"width": 1000, "height": 700}
    )
    origin = site.server.site("facebook")
    cookies = {"datr": "there-and-back", "c_user": "100012345678901", "cb": "reject"}
    context.add_cookies([{"name": n, "value": v, "url": origin} for n, v in cookies.items()])
    context.add_init_script(actions.recorder())
    page = context.new_page()
    page.goto(f"{origin}/")
    page.wait_for_selector(POST_SELECTOR)

    def scroll(pixels: int) -> tuple[int, int]:
        """Posts that were seen, and empty boxes, once that far down (or up)."""
        for _ in range(24):
            page.evaluate(actions.STEP, [pixels])
        return page.evaluate(
            "() => [window[Symbol.for('twinwatch.feed')].count(),"
            " document.querySelectorAll('[data-virtualized=true]:empty').length]"
        )  # type: ignore[no-any-return]

    seen, empty = scroll(250)
    assert seen > 8
    assert (empty > 3) is (site.look == "2023")
    assert page.locator("[aria-posinset='1']").count() == 0
    assert scroll(-250)[0] == seen
    assert page.locator("[aria-posinset='1']").count() == (1 if site.look == "2023" else 0)
    (line,) = page.evaluate("() => window[Symbol.for('twinwatch.feed')].take()")
    context.close()
    html = evidence(line, timeline_id="t", languages=("en",))
    read = parse_evidence(html, f"{origin}/", languages=("en",))
    rows = site.truth("there-and-back")[:seen]
    assert [item.extra["visibility"] for item in read.impressions] == [
        row["visibility"] for row in rows
    ]
    for item, row in zip(read.impressions, rows, strict=True):
        if item.extra["visibility"] == Visibility.PUBLIC:
            assert item.extra["postId"] == row["post"]["post_id"]
