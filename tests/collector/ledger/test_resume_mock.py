"""A mock that was killed comes back with the viewers and the truth log that it had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.common.errors import UserError
from collector.common.model import Surface
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.world import World
from mockserver.world.clock import EPOCH, WorldClock
from mockserver.world.journal import Journal, Kind


def world(path: Path) -> tuple[World, Journal]:
    journal = Journal(path)
    return World.build(seed=3, journal=journal), journal


def visit(made: World) -> None:
    """A visitor does one of everything."""
    viewer = made.viewer("anna", lang="de", country="AT")
    load = f"load-{viewer.next_load()}"
    viewer.consent("reject")
    viewer.searched("flat earth")
    shown = made.feed(Surface.HOME, viewer, load=load)
    made.truth.served(
        "anna", load=load, surface=Surface.HOME, context=None, entries=shown, lang="de"
    )
    first, _, third = [entry.video for entry in shown if entry.video][:3]
    assert first is not None
    assert third is not None
    for seconds in (10.0, 20.0):
        viewer.watched(first.id, seconds, 0.5, load=load)
        made.truth.beacon("anna", load=load, video_id=first.id, segments=[(0.0, seconds)])
    viewer.like(first.id)
    viewer.dislike(first.id)
    viewer.subscribe(first.channel_id)
    viewer.not_interested(third.id)
    made.truth.page("anna", load=load, path="/", kind="home", status="ok", lang="de")
    made.truth.probe("anna", {"headers": {"a": "b"}})
    reader = made.social.viewer("berta", lang="it")
    reader.consent("accept")
    stories = made.social.timeline(reader, f"load-{reader.next_load()}")
    made.social.served(reader, "load-1", stories, {}, "it")
    reader.like(stories[0].post.id)
    reader.hide(stories[1].post.id)
    reader.follow(made.social.sources.pages[0].id)


def state(made: World) -> dict[str, object]:
    tables = ("impressions", "watches", "pages", "probes")
    return {
        "viewers": [(v.snapshot(), v.consented, v.loads) for v in made.viewers()],
        "readers": [(v.snapshot(), v.consented, v.loads) for v in made.social.viewers()],
        "truth": {table: made.truth.rows(table) for table in tables},
        "mixes": made.truth.mixes(),
        "start": made.clock.start,
    }


def jsonable(value: object) -> object:
    import json

    return json.loads(json.dumps(value, default=repr))


def test_a_world_made_again_on_its_journal_is_where_it_was(tmp_path: Path) -> None:
    before, journal = world(tmp_path / "state")
    visit(before)
    journal.close()  # nothing is flushed and nobody says goodbye: every line is in the file
    after, again = world(tmp_path / "state")
    assert jsonable(state(after)) == jsonable(state(before))
    # And it goes on: the same list for the same load, the log is not written twice.
    viewers = [made.viewer("anna") for made in (before, after)]
    lists = [
        made.feed(Surface.HOME, viewer, load="x")
        for made, viewer in zip((before, after), viewers, strict=True)
    ]
    assert [e.item_id for e in lists[0]] == [e.item_id for e in lists[1]]
    after.truth.beacon(
        "anna", load="load-1", video_id=after.truth.watches()[0]["video_id"], segments=[(20, 30)]
    )
    assert [row["seconds"] for row in after.truth.watches()] == [30.0]
    again.close()
    third, _ = world(tmp_path / "state")
    assert [row["seconds"] for row in third.truth.watches()] == [30.0]


def test_a_line_that_a_kill_cut_short_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "state"
    made, journal = world(path)
    made.viewer("anna").next_load()
    journal.close()
    with path.open("ab") as file:
        file.write(b'["viewer","anna","next_l')
    again, journal = world(path)
    assert again.viewer("anna").loads == 1
    again.viewer("anna").next_load()
    journal.close()
    assert world(path)[0].viewer("anna").loads == 2


def test_one_mock_at_a_time_has_a_journal(tmp_path: Path) -> None:
    kept = Journal(tmp_path / "state")
    with pytest.raises(UserError, match="another mock server keeps its state"):
        Journal(tmp_path / "state")
    kept.close()
    Journal(tmp_path / "state").close()


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_text('["viewer", "x", "next_load", [], {}]\n')
    with pytest.raises(UserError, match="not the journal"):
        Journal(path)
    path.write_text("hello")
    with pytest.raises(UserError, match="not the journal"):
        Journal(path)
    assert path.read_text() == "hello"


def test_the_clock_goes_on_where_it_would_be() -> None:
    since = datetime(2026, 3, 1, tzinfo=UTC)
    now = since + timedelta(hours=2)
    real = WorldClock("real", since=since, wall=lambda: now, monotonic=lambda: 5.0)
    assert (real.start, real.now()) == (since, now)
    fast = WorldClock("60", since=since, wall=lambda: now, monotonic=lambda: 5.0)
    assert fast.now() == EPOCH + timedelta(hours=120)


def test_a_server_keeps_its_state_where_it_is_told(tmp_path: Path) -> None:
    config = MockConfig(db=tmp_path / "mock.db", state=tmp_path / "state")
    for visits in (1, 2):
        app = create_app(config)
        mock: Mock = app.extensions["mock"]
        client = app.test_client()
        client.set_cookie("VISITOR_INFO1_LIVE", "anna", domain="youtube.localhost")
        assert client.get("/", base_url="http://youtube.localhost").status_code == 200
        assert mock.world.viewer("anna").loads == visits
        assert len(mock.world.truth.rows("pages")[0]) == visits
        mock.close()
    assert Kind.WORLD.value in (tmp_path / "state").read_text("utf-8").splitlines()[0]
