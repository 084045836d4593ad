"""Puppets on a feed, with real Chromium: what they saw is what was served, and nobody is named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from feed_tools import differences

from collector.evidence import EvidenceStore
from collector.experiment.conduct import conduct
from collector.experiment.display import QuietDisplay
from collector.experiment.mocksite import MockSite
from collector.experiment.terms import RunOptions, RunResult
from collector.model import Platform, Visibility
from collector.platforms.facebook.account import account_of
from collector.platforms.facebook.timeline import head_of, parse_timeline
from collector.profile import ProfileStore
from collector.scenario.loader import parse_scenario
from collector.store import SessionState, Store
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

pytestmark = pytest.mark.browser

#: Two arms that like different pages, two twins each, three timelines a puppet.
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
    twins: 2
    steps: [{visit: /newsleft.%s.1}, {like: {topic: news-left, count: 3}}]
  right:
    twins: 2
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


@pytest.fixture(scope="module", params=[("2019", "it-IT"), ("2026", "en-US")], ids=lambda p: p[0])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    era, locale = request.param
    out = tmp_path_factory.mktemp("feed") / "out"
    lang = locale[:2]
    scenario = parse_scenario(SCENARIO % (locale, *[lang] * 5))
    options = RunOptions(out=out, submit_to="none", speed="max")
    with serving(MockConfig(seed=11, era=era)) as server:
        result = conduct(
            scenario,
            options,
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )
        with Store(result.out.store) as store:
            files = EvidenceStore(result.out.evidence)
            evidence = {c.id: files.get(c.content_hash) for c in store.captures()}
            yield Run(result, server, store, evidence)


def _truth(run: Run) -> dict[tuple[str, int], dict[str, Any]]:
    rows = run.server.mock.world.truth.impressions()
    return {(row["load"], row["slot"]): row for row in rows}


def test_every_puppet_brings_three_timelines(run: Run) -> None:
    assert set(run.result.states.values()) == {SessionState.DONE}
    assert run.result.missing == 0
    captures = list(run.store.captures())
    assert Counter(c.puppet for c in captures) == {
        "left-1": 3, "left-2": 3, "right-1": 3, "right-2": 3,
    }  # fmt: skip
    assert {(c.platform, c.status.value) for c in captures} == {(Platform.FACEBOOK, "ok")}
    assert len({c.event for c in captures}) == 12
    assert len({c.page_uuid for c in captures}) == 12


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
    assert compared > 150


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
            post = run.server.mock.world.social.post(row["item_id"])
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
    named = {name for row in _truth(run).values() for name in row["post"]["people"].values()}
    assert named, "the feed has named people"
    # Labels such as "Maria Rossi's friends" go with the posts that bear them.
    for label in ("Amici di", "'s friends"):
        assert f'aria-label="Condiviso con: {label}' not in everything
        assert f"Shared with scrubbed-name{label}" not in everything


def test_the_viewer_is_in_no_evidence(run: Run) -> None:
    profiles = ProfileStore(run.result.out.profiles)
    for name in ("left-1", "right-2"):
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
    for puppet in ("left-1", "left-2", "right-1", "right-2"):
        viewer = social.viewer(profiles.get(puppet).visitor_id)
        topics = {post.topic for one in viewer.likes if (post := social.post(one))}
        assert len(viewer.likes) == 3
        assert topics == {"news-left" if puppet.startswith("left") else "news-right"}
        assert len(viewer.follows) == 2


def test_a_timeline_knows_itself(run: Run) -> None:
    heads = [head_of(html) for html in run.evidence.values()]
    assert len({head["timeline"] for head in heads}) == 12
    assert {head["url"].rpartition("/")[2] for head in heads} == {""}
