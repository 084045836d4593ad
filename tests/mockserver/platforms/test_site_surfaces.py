"""Surfaces beside home, search, watch and channel: read as the truth log has them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from site_tools import GOES_ROUND, SITE, Visitor, address, shared_app

from collector.common.model import Answer, Observation, Surface
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.parse.page import parse_answer
from collector.testing import ScenarioRun
from mockserver.platforms.youtube.eras import ERAS

#: Each spelling of the markup; what is between them is in the sweep, and a puppet goes there.
FULL = [
    pytest.param(name, marks=[pytest.mark.slow] if name == "2026-01" else [])
    for name, era in ERAS.items()
    if era.full
]


@pytest.fixture(params=FULL)
def visitor(request: pytest.FixtureRequest) -> Visitor:
    visitor = Visitor(shared_app(request.param), f"surface-{request.param}")
    viewer = visitor.world.viewer(visitor.name)
    if not viewer.subscriptions:
        visitor.html("/")
        busiest = max(
            visitor.world.channels,
            key=lambda ident: sum(v.channel_id == ident for v in visitor.world.videos.values()),
        )
        visitor.post("/youtubei/v1/subscription/subscribe", {"channelId": busiest})
        assert viewer.subscriptions
        for video in list(visitor.world.videos)[:12]:
            viewer.watched(video, 30, load="seen", fraction=1.0)
    return visitor


SURFACES = ["trending", "history", "subscriptions", "hashtag", "playlist", "queue", "shorts"]


def listed(seen: Observation, surface: str) -> list[tuple[int, str, str]]:
    if surface == "queue":
        return [(row["position"], row["kind"], row["videoId"]) for row in seen.fields["queue"]]
    return [(item.position, item.kind.value, item.item_id) for item in seen.impressions]


@pytest.mark.sweep(6)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_page_is_read_as_it_was_served(visitor: Visitor, surface: str, lang: str) -> None:
    visitor.lang = lang
    path = address(visitor, surface)
    html = visitor.html(path)
    load = re.search(r'"EVENT_ID":"([^"]+)"', html)
    assert load
    truth = [row for row in visitor.truth(surface=surface) if row["load"] == load[1]]
    seen = parse_page(html, SITE + path)
    assert seen.status == "ok"
    assert not seen.unparsed
    assert seen.fields["inlineJson"] == "compared"
    assert truth
    assert listed(seen, surface) == [(r["slot"], r["kind"], r["item_id"]) for r in truth]
    if surface != "queue":
        assert {item.surface for item in seen.impressions} == {Surface(surface)}
        assert [item.title for item in seen.impressions] == [row["title"] for row in truth]


@pytest.mark.parametrize("surface", SURFACES)
def test_what_was_sent_is_read_alone(visitor: Visitor, surface: str) -> None:
    """The answer to a navigation inside the page, read without any document."""
    path = address(visitor, surface)
    endpoint = "next" if surface == "queue" else "browse"
    answer = visitor.post(f"/youtubei/v1/{endpoint}", {"url": path}).get_data(as_text=True)
    value: dict[str, Any] = json.loads(answer)
    load = value.pop("page")["load"]
    truth = [row for row in visitor.truth(surface=surface) if row["load"] == load]
    sent = parse_answer(value, SITE + path)
    assert sent is not None
    assert sent.status == "ok"
    found = listed(sent, surface)
    assert found[: len(truth)] == [(r["slot"], r["kind"], r["item_id"]) for r in truth]
    assert len(found) == len(truth) or surface == "shorts"


def test_screens_that_wait_behind_a_short_were_sent_and_not_shown(visitor: Visitor) -> None:
    path = address(visitor, "shorts")
    seen = parse_page(visitor.html(path), SITE + path)
    assert len(seen.impressions) == 1
    assert len(seen.fields["sentNotShown"]) == seen.fields["hiddenItems"] == 7


def test_a_short_without_an_id_of_its_own_has_that_of_the_address(visitor: Visitor) -> None:
    path = address(visitor, "shorts")
    html = re.sub(r"/vi/[\w-]{11}/frame0.jpg", "data:", visitor.html(path))
    (one,) = parse_page(html, SITE + path, witness=False).impressions
    assert one.item_id == path.removeprefix("/shorts/")


def test_a_playlist_answer_and_its_document_agree(visitor: Visitor) -> None:
    path = address(visitor, "playlist")
    answer = visitor.post("/youtubei/v1/browse", {"url": path}).get_data(as_text=True)
    head, _, tail = visitor.html("/").partition("<ytd-browse")
    html = head + json.loads(answer)["page"]["html"] + tail.partition("</ytd-browse>")[2]
    seen = parse_page(html, SITE + path, answers=[Answer("/youtubei/v1/browse", answer)])
    assert seen.fields["answers"] == "compared"
    assert not seen.unparsed


@pytest.mark.parametrize("era", ["2022", "2026"])
@pytest.mark.parametrize("path", ["/feed/trending", "/playlist?list=x", "/hashtag/cooking"])
def test_earlier_eras_know_them_not(era: str, path: str) -> None:
    visitor = Visitor(shared_app(era), "earlier")
    assert parse_page(visitor.get(path).get_data(as_text=True), SITE + path).impressions == ()


SCENARIO = {
    "name": "surfaces",
    "seed": 5,
    "arms": {
        "one": {
            "persona": "marie-us",
            "steps": [
                *GOES_ROUND,
            ],
        }
    },
}


@pytest.mark.slow
@pytest.mark.browser
def test_a_puppet_goes_there(run_scenario: Callable[..., ScenarioRun]) -> None:
    run = run_scenario(
        SCENARIO, submit_to="none", speed="max",
        mock_options={"era": "2026-01", "clock": "0.000001"},
    )  # fmt: skip
    found = set()
    for capture, seen in zip(run.captures(), run.observations(), strict=True):
        for surface in {item.surface for item in seen.impressions}:
            served = [
                (row["slot"], row["kind"], row["item_id"])
                for row in run.truth()
                if row["load"] == capture.event and row["surface"] == surface
            ]
            shown = [(i.position, i.kind.value, i.item_id) for i in seen.impressions]
            assert shown == sorted(served)[: len(shown)]
            found.add(surface.value)
    assert {"history", "subscriptions", "trending", "hashtag"} <= found
