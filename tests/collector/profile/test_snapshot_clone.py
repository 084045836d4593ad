"""One trained puppet forked into arms: the clones share its past, on a mock that never saw it, and
nothing but chance and their treatment tells them apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from snapshot_tools import Bed

from collector.browser import SnapshotRefused
from collector.browser.snapshot import SUFFIX
from collector.cli import main as collector
from collector.common.errors import UserError
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.mock.truth import Truth
from collector.profile import Origin, ProfileStore, export_profile, import_profile
from collector.profile.store import state_files
from collector.run.forking import fork, moment
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import SessionState, Store
from mockserver.context import MockConfig
from mockserver.serve import serving
from mockserver.world.rates import COMPOSITION

#: A site that shows the same to who has the same past: no chance, no buckets, nothing mixed in.
SAME = {"noise": 0.0, "bucket_effect": 0.0, **dict.fromkeys(COMPOSITION, 0.0)}
SEED = 5
HOME = {"visit": {"url": "home", "capture": False}}
TRAIN: dict[str, Any] = {
    "seed": SEED,
    "before": [HOME, {"consent": "reject"}],
    "arms": {
        "trained": {
            "steps": [
                {"search": {"query": "speedrun", "capture": False}},
                {"follow": {"rank": 1, "capture": False}},
                {"watch": "60s"},
                {"snapshot": "trained"},
                {"search": {"query": "piano", "capture": False}},
            ]
        }
    },
}
LOOK: dict[str, Any] = {
    "name": "look",
    "seed": SEED,
    "persona": "marie-us",
    "factors": {},
    "arms": {"one": {"steps": [{"visit": "home"}]}, "two": {"steps": [{"visit": "home"}]}},
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with serving(MockConfig(seed=SEED, recommender=SAME)) as server:
        one = Bed(tmp_path_factory.mktemp("train") / "run", server, TRAIN)
        assert one.carry_out() is SessionState.DONE
        yield one


@pytest.fixture
def clones(trained: Bed, tmp_path: Path) -> ProfileStore:
    store = ProfileStore(tmp_path / "clones")
    fork(moment(trained.out.root, "trained-1", "trained"), ["one-1", "two-1"], store)
    return store


def go(out: Path, mock: MockSite | None, **options: Any) -> Any:
    told = {"submit_to": "none", "driver": "http", "out": out, **options}
    return run_scenario(
        parse_scenario(LOOK),
        RunOptions(**told),
        display=QuietDisplay(),
        confirm=lambda _: False,
        mock=mock,
    )


def shown(out: Path) -> dict[str, list[str]]:
    """Item ids of each puppet's home page."""
    found: dict[str, list[str]] = {}
    with Store(out / "store.db", readonly=True) as store:
        for capture in store.captures():
            seen = store.observation(capture.id)
            assert seen is not None
            found[capture.puppet] = [item.item_id for item in seen.impressions]
    return found


def test_clones_are_shown_the_same_and_not_what_a_stranger_is(
    clones: ProfileStore, trained: Bed, tmp_path: Path
) -> None:
    with serving(MockConfig(seed=SEED, recommender=SAME)) as server:  # it never saw the trained one
        site = MockSite.of(server)
        assert not go(tmp_path / "clones-run", site, profiles=clones.root).missing
        there = LOOK | {"before": [HOME, {"consent": "reject"}]}
        strangers = Bed(tmp_path / "strangers", server, there)
        strangers.carry_out()
        with Truth(site) as truth:
            pasts = [truth.memory(each.visitor_id) for each in clones.list()]
    feeds = shown(tmp_path / "clones-run")
    assert len(feeds["one-1"]) > 10
    assert feeds["one-1"] == feeds["two-1"]
    (stranger,) = shown(strangers.out.root).values()
    assert stranger != feeds["one-1"]
    assert set(stranger) - set(feeds["one-1"]), "not in another order only"
    past = trained.taken[0].site
    assert past is not None
    events = past["memory"]["youtube"]["events"]
    assert [event["kind"] for event in events] == ["search", "watch"]
    for one in pasts:
        assert one is not None
        assert one["memory"]["youtube"]["events"] == events
    with Truth(trained.site) as truth:
        own = truth.memory(trained.puppets["trained-1"].visitor_id)
    assert own is not None
    assert len(own["memory"]["youtube"]["events"]) == 3, "the trained one went on"
    manifest = json.loads((tmp_path / "clones-run" / "manifest.json").read_text())
    assert manifest["profiles"]["two-1"]["snapshot"] == trained.taken[0].snapshot
    assert manifest["profiles"]["two-1"]["at"] == "6"


def test_a_clone_is_a_visitor_and_a_signer_of_its_own_in_the_same_state(
    clones: ProfileStore, trained: Bed
) -> None:
    one, two = clones.list()
    source = trained.puppets["trained-1"]
    assert len({each.visitor_id for each in (one, two, source)}) == 3
    assert len({each.public_key for each in (one, two, source)}) == 3
    assert one.persona == two.persona == source.persona
    states = [
        {path.name: path.read_bytes() for path in state_files(each.state_dir)}
        for each in (one, two)
    ]
    assert states[0] == states[1] != {}
    origin = Origin.read(one.path)
    assert origin is not None
    assert (origin.puppet, origin.at, origin.plan) == ("trained-1", "6", trained.plan.hash)
    assert (one.path / "origin.json").stat().st_mode & 0o777 == 0o600


def test_the_same_clone_has_the_same_visitor_id_each_time(trained: Bed, tmp_path: Path) -> None:
    at = moment(trained.out.root, "trained-1", "6")
    made = [fork(at, ["a"], ProfileStore(tmp_path / str(n)))[0] for n in range(2)]
    assert made[0].visitor_id == made[1].visitor_id


def test_the_first_snapshot_of_a_clone_descends_from_its_source(
    clones: ProfileStore, trained: Bed, tmp_path: Path
) -> None:
    with serving(MockConfig(seed=SEED)) as server:
        bed = Bed(tmp_path / "bed", server, {"arms": {"one": {"steps": [HOME]}}})
        fresh = ProfileStore(bed.out.profiles)
        (fresh.root / "one-1").rename(tmp_path / "aside")
        fresh.adopt(clones.get("one-1"))
        bed.carry_out()
    assert bed.taken[0].parent == trained.taken[0].snapshot


def test_a_clone_travels_with_its_past(clones: ProfileStore, tmp_path: Path) -> None:
    file = export_profile(clones.get("one-1"), tmp_path / "one.tar.zst")
    store = ProfileStore(tmp_path / "elsewhere")
    made = import_profile(store, file)
    assert Origin.read(made.path) == Origin.read(clones.get("one-1").path)
    store.reset("one-1")
    assert Origin.read(made.path) is None, "a new visitor has no past"


@pytest.mark.parametrize(
    ("at", "found"),
    [(None, "end"), ("end", "end"), ("6", "6"), ("trained", "6"), ("b01-trained-1:6", "6")],
)
def test_a_moment_is_named_in_several_ways(trained: Bed, at: str | None, found: str) -> None:
    assert moment(trained.out.root, "trained-1", at).taken.at == found


def test_a_moment_by_the_beginning_of_its_hash(trained: Bed) -> None:
    first = trained.taken[0]
    assert moment(trained.out.root, "trained-1", first.snapshot[:10]).taken == first


def test_a_step_without_a_snapshot_names_those_that_have_one(trained: Bed) -> None:
    with pytest.raises(UserError, match="no snapshot after step 4") as caught:
        moment(trained.out.root, "trained-1", "4")
    assert caught.value.fix == "there is one after: 6 (trained), end"
    with pytest.raises(UserError, match="no profile 'trained-2'"):
        moment(trained.out.root, "trained-2")


def test_all_clones_are_made_or_none(trained: Bed, clones: ProfileStore) -> None:
    at = moment(trained.out.root, "trained-1")
    for names, why in ((["new", "one-1"], "already"), (["new", "new"], "twice"), (["N"], "name")):
        with pytest.raises(UserError, match=why):
            fork(at, names, clones)
    assert clones.names() == ["one-1", "two-1"]
    blob = trained.out.snapshots / f"{at.taken.snapshot}{SUFFIX}"
    content = blob.read_bytes()
    blob.write_bytes(b"x")
    with pytest.raises(SnapshotRefused):
        fork(at, ["new"], clones)
    blob.write_bytes(content)
    assert clones.names() == ["one-1", "two-1"]


def test_profiles_that_cannot_be_begun_from_are_refused_before_anything_is_written(
    clones: ProfileStore, tmp_path: Path, plain_site: str
) -> None:
    out = tmp_path / "out"
    with pytest.raises(UserError, match="world of seed 5") as caught:
        go(out, None, profiles=clones.root, seed=6)
    assert caught.value.fix == "--seed 5"
    with pytest.raises(UserError, match="was made on a mock"):
        go(out, None, profiles=clones.root, site=plain_site, driver="chromium")
    (clones.root / "two-1").rename(tmp_path / "aside")
    with pytest.raises(UserError, match="no profile is called 'two-1'"):
        go(out, None, profiles=clones.root)
    fork_of = ProfileStore(clones.root)
    fork_of.new("two-1")
    with pytest.raises(UserError, match="another persona"):
        go(out, None, profiles=clones.root)
    assert not out.exists()


def test_another_era_is_another_world(clones: ProfileStore, tmp_path: Path) -> None:
    with (
        serving(MockConfig(seed=SEED, era="2019")) as server,
        pytest.raises(UserError, match=r"another world \(era '2026'\)"),
    ):
        go(tmp_path / "out", MockSite.of(server), profiles=clones.root)


def test_the_command_forks(trained: Bed, tmp_path: Path) -> None:
    def call(*words: str) -> Any:
        line = ["profiles", "--root", str(tmp_path / "mine"), "clone", *words]
        return CliRunner().invoke(collector, line)

    run = str(trained.out.root)
    told = call(run, "--puppet", "trained-1", "--at", "6", "--as", "a-1, b-1", "--json")
    assert [each["name"] for each in json.loads(told.stdout)] == ["a-1", "b-1"]
    assert "as it was at 6 of b01-trained-1" in told.stderr
    shown = CliRunner().invoke(
        collector, ["profiles", "--root", str(tmp_path / "mine"), "show", "a-1"]
    )
    told_of = json.loads(shown.stdout)["cloned_from"]
    assert (told_of["puppet"], told_of["at"]) == ("trained-1", "6")
    assert "site" not in told_of
    for words, why in (
        ((run, "--puppet", "trained-1"), "must have a name"),
        (("a-1", "c", "--at", "6"), "--at requires --puppet"),
        ((run, "c", "--puppet", "trained-1", "--no-state"), "together"),
        ((run, "c", "--puppet", "trained-1", "--at", "2"), "no snapshot after step 2"),
        ((str(tmp_path), "c", "--puppet", "trained-1"), "not the directory of a run"),
    ):
        refused = call(*words)
        assert refused.exit_code == 2
        assert why in refused.stderr
