"""Where snapshots come from: each names its puppet, its step and the one that it descends from; one
that cannot be read is refused with the reason, and the one before it is used."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from snapshot_tools import Bed

from collector.browser import SnapshotRefused, lineage
from collector.browser.lineage import LineageUnreadable
from collector.browser.snapshot import SUFFIX
from collector.cli import main as collector
from collector.ledger.ledger import cut_off
from collector.ledger.resume_point import page_wanted
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.scenario.steps import StepKind
from collector.session.snapshots import Snapshots
from collector.store import Outcome, SessionState, Store
from mockserver.context import MockConfig
from mockserver.serve import serving
from tests.collector.browser.test_browser_snapshot import archive

HOME = {"visit": {"url": "home", "capture": False}}
#: Three sessions of one puppet.
WAVES = {
    "repeat": "daily",
    "waves": 3,
    "before": [HOME, {"consent": "reject"}],
    "arms": {"only": {"steps": [HOME, {"snapshot": "mid"}, HOME]}},
}


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """Two of three sessions are done."""
    with serving(MockConfig(seed=1)) as server:
        one = Bed(tmp_path_factory.mktemp("bed") / "run", server, WAVES)
        assert one.carry_out(0) is one.carry_out(1) is SessionState.DONE
        yield one


def test_every_snapshot_descends_from_the_one_before(bed: Bed) -> None:
    taken = bed.taken[:4]
    first, second = bed.plan.sessions[0].id, bed.plan.sessions[1].id
    assert [(each.session, each.at, each.name) for each in taken] == [
        (first, "4", "mid"), (first, "end", None), (second, "2", "mid"), (second, "end", None)
    ]  # fmt: skip
    assert [each.parent for each in taken] == [None, *(each.snapshot for each in taken[:-1])]
    rows = bed.rows("sessions")
    assert rows[0]["snapshot_after"] == rows[1]["snapshot_before"] == taken[1].snapshot
    for each in taken:
        blob = bed.out.snapshots / f"{each.snapshot}{SUFFIX}"
        assert blob.stat().st_size == each.size
        assert (each.plan, each.puppet, each.run) == (bed.plan.hash, "only-1", "bed")
        assert each.site is not None
        assert each.site["memory"]["youtube"]["consented"] == "reject"
    loads = [each.site["memory"]["youtube"]["loads"] for each in taken if each.site is not None]
    assert loads == sorted(set(loads))
    for path in (bed.out.snapshots / lineage.FOLDER).iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_command_lists_them(bed: Bed) -> None:
    root = str(bed.out.root)
    told = CliRunner().invoke(collector, ["profiles", "lineage", root, "--json"])
    assert [(each["at"], each["name"]) for each in json.loads(told.output)][:2] == [
        ("4", "mid"),
        ("end", None),
    ]
    table = CliRunner().invoke(collector, ["profiles", "lineage", root, "--puppet", "only-1"])
    assert table.exit_code == 0
    assert bed.taken[0].snapshot[:12] in table.output
    other = CliRunner().invoke(collector, ["profiles", "lineage", root, "--puppet", "b", "--json"])
    assert json.loads(other.output) == []


def test_a_file_of_the_lineage_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / lineage.FOLDER / "other.json"
    path.parent.mkdir()
    path.write_text('{"snapshot": 1}')
    with pytest.raises(LineageUnreadable, match=r"other\.json"):
        lineage.read(tmp_path)


@contextmanager
def damaged(path: Path, how: str) -> Iterator[None]:
    """A blob that is not what it was, for a while."""
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut short":
        path.write_bytes(content[:-20])
    elif how == "another's":
        other = archive(path.parent, (tarfile.TarInfo("a"), b"1"))
        other.replace(path)
    yield
    path.write_bytes(content)


DAMAGES = pytest.mark.parametrize(
    ("how", "why"),
    [("missing", "cannot be read"), ("cut short", "hash"), ("another's", "has the hash")],
)


def ends(bed: Bed) -> list[Path]:
    return [bed.out.snapshots / f"{t.snapshot}{SUFFIX}" for t in bed.taken if t.step is None]


@DAMAGES
def test_an_unreadable_snapshot_is_refused_and_the_previous_one_used(
    bed: Bed, how: str, why: str
) -> None:
    before, last = ends(bed)[:2]
    with Store(bed.out.store) as store, damaged(last, how):
        found = Snapshots(store, bed.out, bed.job_of(2), bed.puppets["only-1"], "")
        assert found.begin() == found.parent == before.name.removesuffix(SUFFIX)
    refused, used = found.remarks
    assert "the snapshot is refused" in refused
    assert why in refused
    assert f"left by {bed.plan.sessions[1].id}" in refused
    assert used == f"begun from what {bed.plan.sessions[0].id} left"


def test_without_an_earlier_one_the_session_is_refused(bed: Bed) -> None:
    before, last = ends(bed)[:2]
    with Store(bed.out.store) as store, damaged(last, "missing"), damaged(before, "another's"):
        found = Snapshots(store, bed.out, bed.job_of(2), bed.puppets["only-1"], "")
        with pytest.raises(SnapshotRefused, match="refused: it cannot be read") as caught:
            found.begin()
    assert "no earlier snapshot" in caught.value.fix


def test_the_session_says_so(bed: Bed) -> None:
    before, last = ends(bed)[:2]
    with damaged(last, "cut short"):
        assert bed.carry_out(2) is SessionState.DONE
    row = bed.rows("sessions")[2]
    assert row["snapshot_before"] == before.name.removesuffix(SUFFIX)
    assert "the snapshot is refused" in row["detail"]
    assert row["detail"].endswith(f"begun from what {bed.plan.sessions[0].id} left")
    assert any(event["kind"] == "snapshot refused" for event in bed.rows("events"))
    assert (
        next(each for each in bed.taken if each.session == row["id"]).parent
        == (row["snapshot_before"])
    )


@pytest.mark.parametrize("step", [{"follow": "up_next"}, {"watch": "5s"}, "like", "capture"])
def test_what_needs_a_page_cannot_come_after_a_snapshot(step: object) -> None:
    arms = {"a": {"steps": [HOME, {"snapshot": "s"}, {"pause": "5s"}, step]}}
    with pytest.raises(Exception, match="needs a page, and the snapshot before it closes") as told:
        parse_scenario({"name": "t", "arms": arms})
    assert "arms.a.steps.3" in str(told.value)


def test_a_round_that_ends_with_a_snapshot_has_to_begin_with_a_page() -> None:
    rounds = [{"repeat": {"times": 2, "steps": [{"follow": "up_next"}, {"snapshot": "s"}]}}]
    with pytest.raises(Exception, match="follow needs a page"):
        parse_scenario({"name": "t", "before": [HOME], "arms": {"a": {"steps": rounds}}})
    rounds = [{"repeat": {"times": 2, "steps": [HOME, {"snapshot": "s"}]}}]
    parse_scenario({"name": "t", "arms": {"a": {"steps": rounds}}})
    watch = {"watch": {"video": "dQw4w9WgXcQ", "for": "5s"}}
    parse_scenario({"name": "t", "arms": {"a": {"steps": [{"snapshot": "s"}, watch]}}})


def test_a_snapshot_that_was_cut_off_is_taken_again() -> None:
    assert cut_off(StepKind.SNAPSHOT) is Outcome.SKIPPED


def test_a_puppet_that_stops_before_a_snapshot_needs_no_page_later() -> None:
    steps = [{"visit": "home"}, {"snapshot": "s"}, {"visit": "home"}]
    plan = make_plan(parse_scenario({"name": "t", "arms": {"a": {"steps": steps}}}))
    assert page_wanted(plan.sessions[0].steps[1:]) is None
