"""Puppets on a feed: what they saw is what was served, and nobody is named.

With real Chromium on the markup of today; on that of 2019 without a browser, and slowly with one.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from feed_tools import differences

from collector.analysis.report import report_data
from collector.common.model import Impression, ItemKind, Platform, Surface, Visibility
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.evidence import EvidenceStore
from collector.platforms.facebook.account import account_of
from collector.platforms.facebook.timeline import head_of, parse_timeline
from collector.profile import ProfileStore
from collector.run.result import RunResult
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import SessionState, Store
from collector.submit import Outbox
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

pytestmark = pytest.mark.browser

#: Two arms that like different pages, a puppet each, three timelines a puppet.
SCENARIO = """
name: feed-small
platform: facebook
seed: 11
persona: {locale: %s}
analysis: {exposure: [music], surfaces: [feed], control: left}
before:
  - visit: {url: home, capture: false}
  - consent: reject
  - visit: /newsleft.%s.1
  - subscribe
  - visit: /newsright.%s.1
  - subscribe
arms:
  left:
    twins: 1
    steps: [{visit: /newsleft.%s.1}, {like: {topic: news-left, count: 3}}]
  right:
    twins: 1
    steps: [{visit: /newsright.%s.1}, {like: {source: newsright.%s.1, count: 3}}]
after:
  - visit: home
  - scroll: 800px every 5s, 30 times or until 20 posts
  - refresh
  - scroll: 800px every 5s, 4 times
  - visit: home
  - scroll: {until: 12}
"""


@dataclass
class Run:
    result: RunResult
    server: Server
    store: Store
    evidence: dict[str, str]
    """HTML by capture."""
    api: httpx.Client
    """At the root of the API that everything was submitted to."""

    def token(self, puppet: str) -> str:
        """The read token that the server gave the puppet."""
        profile = ProfileStore(self.result.out.profiles).get(puppet)
        found = Outbox(self.store.db).user_token(self.result.target, profile.public_key)
        assert found is not None
        return found

    def personal(self, puppet: str, verb: str, paging: str = "") -> Any:
        answer = self.api.get(f"v2/personal/{self.token(puppet)}/{verb}/{paging}")
        answer.raise_for_status()
        return answer.json() if "json" in answer.headers["content-type"] else answer.text

    def served(self, puppet: str) -> list[list[dict[str, Any]]]:
        """Of each timeline of the puppet, oldest first, the truth of the posts that were seen."""
        truth = _truth(self)
        lines = [parse_timeline(self.evidence[c.id]) for c in self.store.captures(puppet=puppet)]
        return [
            [truth[str(line.event), one.order] for one in line.impressions]
            for line in sorted(lines, key=lambda line: line.started)
        ]


@pytest.fixture(
    scope="module",
    params=[
        # Without a browser: tests/collector/browserless/test_http_feed.py.
        pytest.param(("2019", "it-IT", "http"), marks=pytest.mark.slow),
        ("2026", "en-US", "chromium"),
        pytest.param(("2019", "it-IT", "chromium"), marks=pytest.mark.slow),
    ],
    ids=lambda p: f"{p[0]}-{p[2]}",
)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    era, locale, driver = request.param
    out = tmp_path_factory.mktemp("feed") / "out"
    lang = locale[:2]
    scenario = parse_scenario(SCENARIO % (locale, *[lang] * 5))
    speed = "max" if driver == "chromium" else None
    options = RunOptions.of(out=out, driver=driver, speed=speed)
    with serving(MockConfig(seed=11, era=era)) as server:
        result = run_scenario(
            scenario,
            options,
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )
        with Store(result.out.store) as store:
            files = EvidenceStore(result.out.evidence)
            evidence = {c.id: files.get(c.content_hash) for c in store.captures()}
            with httpx.Client(base_url=result.target, timeout=60) as api:
                yield Run(result, server, store, evidence, api)


def _truth(run: Run) -> dict[tuple[str, int], dict[str, Any]]:
    rows = run.server.mock.world.truth.impressions()
    return {(row["load"], row["slot"]): row for row in rows}


def test_every_puppet_brings_three_timelines(run: Run) -> None:
    assert set(run.result.states.values()) == {SessionState.DONE}
    assert run.result.missing == 0
    captures = list(run.store.captures())
    assert Counter(c.puppet for c in captures) == {
        "left-1": 3, "right-1": 3,
    }  # fmt: skip
    assert {(c.platform, c.status.value) for c in captures} == {(Platform.FACEBOOK, "ok")}
    assert len({c.event for c in captures}) == 6
    assert len({c.page_uuid for c in captures}) == 6


def test_what_was_seen_is_what_was_served_in_order(run: Run) -> None:
    truth = _truth(run)
    compared = 0
    for capture in run.store.captures():
        observation = run.store.observation(capture.id)
        assert observation is not None
        for item in observation.impressions:
            row = truth[str(capture.event), item.position]
            assert item.extra["impressionOrder"] == item.position
            assert differences(item, row["post"], scrubbed=True, slack_s=20) == {}
            compared += 1
        assert observation.unparsed == ()
    assert compared > 75


def test_impressions_have_moments_places_and_seconds_in_view(run: Run) -> None:
    for html in run.evidence.values():
        timeline = parse_timeline(html)
        orders = [one.order for one in timeline.impressions]
        assert orders == list(range(1, len(orders) + 1))
        times = [one.time for one in timeline.impressions]
        assert times == sorted(times)
        assert all(one.visible_s is not None and one.visible_s >= 0 for one in timeline.impressions)
        tops = [one.top or 0 for one in timeline.impressions]
        assert tops == sorted(tops)
        assert timeline.event
    # Five seconds after every step of the slow timelines: most posts were in view for some.
    slow = [c for c in run.store.captures() if c.seq % 3 == 0]
    for capture in slow:
        seen = parse_timeline(run.evidence[capture.id]).impressions
        assert sum(one.visible_s or 0 for one in seen) > 5 * 8
        assert len(seen) >= 20


def test_private_posts_leave_order_and_time_only(run: Run) -> None:
    truth = _truth(run)
    private = 0
    for capture in run.store.captures():
        html = run.evidence[capture.id]
        for one in parse_timeline(html).impressions:
            row = truth[str(capture.event), one.order]
            if row["visibility"] != "private":
                continue
            private += 1
            assert one.visibility is Visibility.PRIVATE
            assert one.post is None
            assert one.content_hash is None
            post = run.server.mock.world.social.post(row["post_id"])
            assert post is not None
            assert post.id not in html
            assert post.source_id not in html
    assert private > 0


def test_nobody_is_named(run: Run) -> None:
    social = run.server.mock.world.social
    everything = "".join(run.evidence.values())
    everything += json.dumps(list(map(dict, run.store.rows("SELECT * FROM impressions"))),
                             ensure_ascii=False)  # fmt: skip
    for person in social.sources.people:
        assert person.name not in everything
        assert person.id not in everything
        assert person.vanity is None or person.vanity not in everything
    named = {name for row in _truth(run).values() for name in row["post"]["people"].values()}
    assert named, "the feed has named people"
    # Labels such as "Maria Rossi's friends" go with the posts that bear them.
    for label in ("Amici di", "'s friends"):
        assert f'aria-label="Condiviso con: {label}' not in everything
        assert f"Shared with scrubbed-name{label}" not in everything


def test_the_viewer_is_in_no_evidence(run: Run) -> None:
    profiles = ProfileStore(run.result.out.profiles)
    for name in ("left-1", "right-1"):
        visitor = profiles.get(name).visitor_id
        for html in run.evidence.values():
            assert visitor not in html
            assert account_of(visitor) not in html
    names = ("Watcher", "Leser", "Lettore", "Lecteur", "Lector", "Leitor", "Qari", "Reader")
    for html in run.evidence.values():
        for name in names:
            assert f" {name}" not in html, "the account's name"


def test_arms_liked_what_the_scenario_says(run: Run) -> None:
    social = run.server.mock.world.social
    profiles = ProfileStore(run.result.out.profiles)
    for puppet in ("left-1", "right-1"):
        viewer = social.viewer(profiles.get(puppet).visitor_id)
        topics = {post.topic for one in viewer.likes if (post := social.post(one))}
        assert len(viewer.likes) == 3
        assert topics == {"news-left" if puppet.startswith("left") else "news-right"}
        assert len(viewer.follows) == 2


def test_a_timeline_knows_itself(run: Run) -> None:
    heads = [head_of(html) for html in run.evidence.values()]
    assert len({head["timeline"] for head in heads}) == 6
    assert {head["url"].rpartition("/")[2] for head in heads} == {""}


def test_the_report_finds_nothing_missed_or_invented(run: Run) -> None:
    data = report_data(run.result.out.root)
    truth = data["truth"]["by_surface"]["feed"]
    assert (truth["missed"], truth["invented"], truth["disordered"]) == (0, 0, 0)
    assert truth["loads"] == 6
    profiles = {one["profile"]: one for one in data["feeds"]["profiles"]}
    assert {one["timelines"] for one in profiles.values()} == {3}
    assert any(one["impressions_per_post"] > 1 for one in profiles.values())
    assert all(one["median_delay_h"] is not None for one in profiles.values())
    assert all(one["ad_share"] is not None for one in profiles.values())


# ---- what the server holds


PUPPETS = ("left-1",)
"""Those whose data stays; that of right-1 is deleted."""


def _as_read(summary: dict[str, Any]) -> Impression:
    extra = {"visibility": "public", **summary}
    return Impression(summary["impressionOrder"], Surface.FEED, ItemKind.POST, "", extra=extra)


#: What a summary does not say: it keeps to the documentation's fields.
_UNSAID = {"comments", "shares", "authorKind", "reason", "shared", "shared texts", "shared source"}


def _differences(summary: dict[str, Any], post: dict[str, Any]) -> dict[str, Any]:
    found = differences(_as_read(summary), post, scrubbed=True, slack_s=600)
    return {name: pair for name, pair in found.items() if name not in _UNSAID}


def test_everything_was_sent_and_acknowledged(run: Run) -> None:
    assert run.result.submitted is not None
    assert run.result.unsent == 0
    seen = sum(len(parse_timeline(html).impressions) for html in run.evidence.values())
    assert run.result.submitted.sent == seen + 6


def test_stats_hold_every_impression_in_its_order(run: Run) -> None:
    for puppet in PUPPETS:
        stats = run.personal(puppet, "stats", "20-0")
        assert stats["storedTimelines"] == 3
        rows = iter(stats["content"])
        for line in reversed(run.served(puppet)):
            for order, row in enumerate(line, 1):
                held = next(rows)
                assert held["impressionOrder"] == order
                assert held["visibility"] == row["visibility"]
                assert ("htmlId" in held) is (row["visibility"] == "public")
                assert len(held["summary"]) == (row["visibility"] == "public")
                for summary in held["summary"]:
                    assert _differences(summary, row["post"]) == {}
        assert next(rows, None) is None


def test_summary_enrich_and_csv_hold_the_public_posts(run: Run) -> None:
    for puppet in PUPPETS:
        lines = run.served(puppet)
        newest_first = [
            row for line in reversed(lines) for row in reversed(line) if _is_public(row)
        ]
        paging = "500-0"
        summaries = run.personal(puppet, "summary", paging)
        enriched = run.personal(puppet, "enrich", paging)
        table = list(csv.reader(run.personal(puppet, "csv", paging).splitlines()))
        assert len(summaries) == len(enriched) == len(newest_first)
        assert len(table[0]) == 15
        for summary, rich, row in zip(summaries, enriched, newest_first, strict=True):
            assert _differences(summary, row["post"]) == {}
            assert rich["postId"] == row["post"]["post_id"]
        orders = [line[table[0].index("impressionOrder")] for line in table[1:]]
        assert orders == [str(row["slot"]) for row in newest_first]


def _is_public(row: dict[str, Any]) -> bool:
    return str(row["visibility"]) == "public"


def test_exporter_gives_back_the_very_fragments(run: Run) -> None:
    for puppet in PUPPETS:
        everything = "".join(run.evidence.values())
        exported = run.personal(puppet, "exporter", "20-0")
        assert len(exported) == 3
        for impressions, htmls, about, summaries in exported:
            assert about["id"]
            public = [one for one in impressions if one["visibility"] == "public"]
            assert len(public) == len(htmls) == len(summaries)
            assert all(one["html"] in everything for one in htmls)
            private = [one for one in impressions if one["visibility"] == "private"]
            assert not any("htmlId" in one for one in private)


def test_daily_and_counter_count_what_was_seen(run: Run) -> None:
    for puppet in PUPPETS:
        days = run.personal(puppet, "daily", "3-0")["stats"]
        rows = [row for line in run.served(puppet) for row in line if _is_public(row)]
        natures = Counter(row["post"]["nature"] for row in rows)
        assert sum(day["ntimelines"] for day in days) == 3
        assert sum(day["npost"] for day in days) == len(rows)
        for nature in ("organic", "sponsored"):
            assert sum(day["nature"][nature] for day in days) == natures[nature]
    counter = run.api.get("v2/statistics/counter").json()["content"]
    assert counter["timelines"] >= 3
    assert counter["impressions"] >= counter["htmls"]


def test_a_topic_label_is_found_for_posts(run: Run) -> None:
    languages = run.api.get("v2/languages").json()
    assert languages
    labelled = [
        row for puppet in PUPPETS for row in run.personal(puppet, "enrich", "500-0")
        if row.get("labels")
    ]  # fmt: skip
    assert all(row["lang"] for row in labelled)


def test_deleting_takes_everything_it_counts(run: Run) -> None:
    puppet = "right-1"
    token = run.token(puppet)
    lines = run.served(puppet)
    seen = [row for line in lines for row in line]
    public = sum(map(_is_public, seen))
    gone = run.api.delete(f"v2/personal/{token}/remove/10-0").json()
    assert gone == {
        "timelines": 3, "impressions": len(seen), "htmls": public, "summaries": public,
    }  # fmt: skip
    assert run.personal(puppet, "summary", "500-0") == []
    assert run.personal(puppet, "stats")["storedTimelines"] == 0
