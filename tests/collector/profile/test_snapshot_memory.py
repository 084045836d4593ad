"""What a mock remembers of a visitor can be read, given to another, and outlives the mock; what is
no memory is refused and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from collector.common.model import Surface
from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.world import World
from mockserver.world.journal import Journal
from mockserver.world.memory import NoMemory

TOKEN = "t"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(MockConfig(seed=1, truth_token=TOKEN)).test_client()


def world_of(client: FlaskClient) -> World:
    world: World = client.application.extensions["mock"].world
    return world


def live(world: World, visitor: str) -> None:
    """Do a little of everything on both sites."""
    videos = list(world.videos)
    viewer = world.viewer(visitor, lang="it", country="IT")
    viewer.next_load()
    viewer.consent("accept")
    viewer.searched("piano")
    viewer.watched(videos[3], 70.0, 0.4, load="l")
    viewer.like(videos[3])
    viewer.dislike(videos[4])
    viewer.subscribe(next(iter(world.channels)))
    viewer.not_interested(videos[5])
    reader = world.social.viewer(visitor)
    reader.follow("a")
    reader.like("b")
    reader.hide("c")
    reader.saw("b")
    reader.saw("b")


def ask(client: FlaskClient, visitor: str) -> Any:
    return client.get("/_truth/memory", query_string={"visitor": visitor}, headers=AUTH)


def give(client: FlaskClient, visitor: str, memory: Any) -> Any:
    there = {"visitor": visitor}
    return client.put("/_truth/memory", query_string=there, json=memory, headers=AUTH)


def test_another_visitor_is_known_as_the_first_was(client: FlaskClient) -> None:
    world = world_of(client)
    live(world, "first")
    told = ask(client, "first").json
    assert give(client, "second", told).status_code == 200
    assert ask(client, "second").json == told
    one, two = world.viewer("first").snapshot(), world.viewer("second").snapshot()
    for name in ("events", "subscriptions", "likes", "dislikes", "not_interested", "lang"):
        assert getattr(one, name) == getattr(two, name)
    assert world.social.viewer("second").snapshot().seen == {"b": 2}
    lists = [
        {
            entry.video.id: entry.parts["history"]
            for entry in feed
            if entry.video and "history" in entry.parts
        }
        for feed in (
            world.feed(Surface.HOME, world.viewer(name), load="x") for name in ("first", "second")
        )
    ]
    shared = lists[0].keys() & lists[1].keys()
    assert shared
    assert {lists[0][video] for video in shared} != {0.0}
    assert all(lists[0][video] == lists[1][video] for video in shared)
    world.viewer("second").searched("chess")
    assert len(ask(client, "first").json["memory"]["youtube"]["events"]) == len(one.events)


def test_it_replaces_what_was_known(client: FlaskClient) -> None:
    world = world_of(client)
    live(world, "third")
    world.viewer("fourth").searched("chess")
    give(client, "fourth", ask(client, "third").json)
    assert next(event.target for event in world.viewer("fourth").events) == "piano"


GOOD: dict[str, Any] = {
    "lang": "en", "country": "US", "consented": None, "loads": 1,
    "events": [{"kind": "search", "target": "x", "seconds": 0, "fraction": 0, "on": True,
                "load": ""}],
    "subscriptions": [], "likes": [], "dislikes": [], "hidden": [],
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": 5},
        {"events": [5]},
        {"events": [{"kind": "bought"}]},
        {"events": [GOOD["events"][0] | {"seconds": "1"}]},
        {"events": [GOOD["events"][0] | {"seconds": float("inf")}]},
        {"loads": None},
        {"loads": float("inf")},
        {"likes": 3},
        {"consented": "perhaps"},
    ],
)
def test_what_is_no_memory_is_refused_and_changes_nothing(
    client: FlaskClient, wrong: dict[str, Any]
) -> None:
    viewer = world_of(client).viewer("fifth")
    viewer.consent("reject")
    before = viewer.memory()
    here = {name: ask(client, "fifth").json[name] for name in ("seed", "world", "era")}
    refused = give(client, "fifth", {**here, "memory": {"youtube": GOOD | wrong}})
    assert refused.status_code == 400
    assert viewer.memory() == before
    with pytest.raises(NoMemory):
        viewer.remember({})
    with pytest.raises(NoMemory):
        world_of(client).social.viewer("fifth").remember({"seen": []})


def test_who_asks_for_nobody_or_brings_nothing_is_told(client: FlaskClient) -> None:
    assert ask(client, "nobody").status_code == 404
    assert give(client, "", {}).status_code == 400
    assert give(client, "sixth", {"seed": 1}).status_code == 400
    live(world_of(client), "sixth")
    told = ask(client, "sixth").json
    other = give(client, "seventh", told | {"seed": 2})
    assert other.status_code == 409
    assert "another world (seed 2); this one has seed 1" in other.json["message"]
    assert client.get("/_truth/memory").status_code == 403


def test_a_mock_that_comes_back_has_it_still(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state")
    world = World.build(seed=1, journal=journal)
    live(world, "first")
    memory, feed = world.viewer("first").memory(), world.social.viewer("first").memory()
    world.viewer("clone").remember(memory)
    world.social.viewer("clone").remember(feed)
    world.close()
    again = World.build(seed=1, journal=Journal(tmp_path / "state"))
    assert again.viewer("clone").memory() == memory
    assert again.social.viewer("clone").memory() == feed
    again.close()
