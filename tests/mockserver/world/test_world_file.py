"""World files: override what is generated; every mistake is refused at its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from places import ROOT

from collector.common.errors import UserError
from collector.common.model import ItemKind, Surface
from mockserver.world import World

EXAMPLE = ROOT / "docs" / "world.example.yaml"
CHANNEL = "UCexampleexampleexample1"


def test_the_example_in_the_docs_is_a_world() -> None:
    world = World.build(seed=1, size=str(EXAMPLE))
    assert {"science", "conspiracy", "gardening"} <= set(world.topics)
    assert world.channel_by_path("/@rosegarden") is world.channels[CHANNEL]
    assert world.videos["exampleVid1"].title == "Pruning roses in ten minutes"
    assert world.search("pruning roses in ten minutes")[0].id == "exampleVid1"
    assert "dQw4w9WgXcQ" in world.videos
    assert world.recommender.params["half_life_watches"] == 5
    assert {v.lang for v in world.videos.values() if not v.pinned} == {"en", "fr"}
    assert world.recipe.name == "world.example"
    garden = [video for video in world.videos.values() if video.topic == "gardening"]
    assert len(garden) > 200
    viewer = world.viewer("g")
    for number, video in enumerate(garden[:5]):
        viewer.watched(video.id, 600, 1.0, load=f"{number}")
    topics = [entry.topic for entry in world.feed(Surface.HOME, viewer, load="l")]
    assert topics.count("gardening") > 12
    again = World.build(seed=1, size=str(EXAMPLE))
    assert again.fingerprint() == world.fingerprint()


def test_the_order_of_keys_means_nothing(tmp_path: Path) -> None:
    """A plan holds the file with sorted keys; who repeats it must meet the same world."""
    said = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    turned = {key: said[key] for key in reversed(said)}
    turned["topics"] = {key: said["topics"][key] for key in reversed(said["topics"])}
    path = tmp_path / EXAMPLE.name
    path.write_text(yaml.safe_dump(turned, sort_keys=False))
    assert list(yaml.safe_load(path.read_text())) != list(said)
    same = World.build(seed=1, size=str(path), clock="0")
    assert same.fingerprint() == World.build(seed=1, size=str(EXAMPLE), clock="0").fingerprint()


def write(tmp_path: Path, text: str, name: str = "w.yaml") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_empty_file_is_the_small_world(tmp_path: Path) -> None:
    world = World.build(seed=3, size=write(tmp_path, ""), clock="0")
    assert world.fingerprint() == World.build(seed=3, clock="0").fingerprint()


def test_json_and_options_over_the_file(tmp_path: Path) -> None:
    document = {
        "sizes": {"channels": 5, "videos": 30, "playlists": 0, "viewers": 0, "ads": 0},
        "era": "2022",
        "recommender": {"history": 0.5, "noise": 2},
        "faults": {"stall": 0.5},
    }
    size = write(tmp_path, json.dumps(document), "w.json")
    world = World.build(size=size, era="2026", recommender={"history": 0}, faults={"slow": 1})
    assert world.era == "2022"
    assert world.recommender.params["history"] == 0
    assert world.recommender.params["noise"] == 2
    assert (world.faults.shares["stall"], world.faults.shares["slow"]) == (0.5, 1)
    assert not world.ads
    entries = world.feed(Surface.HOME, world.viewer("v"), count=60, load="l")
    assert ItemKind.AD not in {entry.kind for entry in entries}
    assert world.preroll(world.viewer("v"), "dQw4w9WgXcQ", "l") is None


def test_live_and_dated_extras(tmp_path: Path) -> None:
    text = f"""
channels:
  - {{id: {CHANNEL}, handle: "@mine", name: Mine, topic: science, legacy_path: /c/mine}}
videos:
  - {{id: liveVideo-1, channel: {CHANNEL}, title: On air, kind: live, watching: 7, age_days: 0.1}}
  - {{id: datedVideo1, channel: {CHANNEL}, title: Old, seconds: 5, published: 2020-02-03T04:05:06Z}}
"""
    world = World.build(size=write(tmp_path, text))
    live = world.videos["liveVideo-1"]
    assert (live.kind, live.seconds, live.watching) == (ItemKind.LIVE, None, 7)
    assert (world.now() - live.published).total_seconds() == pytest.approx(8640, abs=60)
    assert world.videos["datedVideo1"].published.isoformat() == "2020-02-03T04:05:06+00:00"
    assert world.channel_by_path("/c/mine") is world.channels[CHANNEL]


_CHANNEL = f'channels: [{{id: {CHANNEL}, handle: "@mine", name: M, topic: science}}]\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("colour: red", "w.yaml: colour: unknown key"),
        ("sizes: {videso: 3}", "w.yaml: sizes.videso: unknown key"),
        ("sizes: {videos: many}", "w.yaml: sizes.videos"),
        ("sizes: {videos: 0}", "w.yaml: sizes.videos"),
        ("era: '2010'", "w.yaml: era"),
        ("shares: {short: 2}", "w.yaml: shares.short"),
        ("faults: {stall: 3}", "w.yaml: faults.stall"),
        ("languages: {xx: 1}", "w.yaml: languages.xx"),
        ("topics: {gardening: 1}", "w.yaml: topics.gardening"),
        ("topics: {}", "w.yaml: topics"),
        ("words: {gardening: {en: [a, b]}}", "w.yaml: words.gardening.en"),
        ("neighbours: [[science, magic, 0.1]]", "w.yaml: neighbours.0"),
        ("- a list", "w.yaml: a world file is a mapping"),
        ("a: [1", "w.yaml: not valid YAML"),
        ("recommender: {histroy: 1}", "recommender: the recommender has no parameter 'histroy'"),
        (_CHANNEL.replace("topic: science", "topic: magic"), "w.yaml: channels.0.topic"),
        (_CHANNEL.replace(CHANNEL, "UCshort"), "w.yaml: channels.0.id"),
        ("videos: [{id: abcdefghijk, channel: UCaaaaaaaaaaaaaaaaaaaaaa, title: T, seconds: 3}]",
         "w.yaml: videos.0.channel"),
        (_CHANNEL + f"videos: [{{id: abcdefghijk, channel: {CHANNEL}, title: T}}]",
         "w.yaml: videos.0"),
    ],
)  # fmt: skip
def test_mistakes_are_refused_at_their_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(UserError) as caught:
        World.build(size=write(tmp_path, text))
    assert place in str(caught.value)
    assert "fix:" in str(caught.value)


def test_no_such_world(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such world"):
        World.build(size="huge")
    with pytest.raises(UserError, match="cannot be read"):
        World.build(size=str(tmp_path))
    with pytest.raises(UserError, match="not valid JSON"):
        World.build(size=write(tmp_path, "{", "w.json"))
