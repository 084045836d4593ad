"""``submit_run``: what is left of a run's folder goes to a server named by its address."""

from __future__ import annotations

from pathlib import Path

import pytest
from submit_tools import capture, keys_of, served
from yttrex_tools import Clock

from collector.adapters.youtube.yttrex import YTTREX
from collector.common.errors import UserError
from collector.common.model import Capture, PageStatus
from collector.evidence import EvidenceStore
from collector.store import Store
from collector.submit import Outbox, RetryPolicy, submit_run


def run_folder(root: Path, count: int, *, queued_for: str | None) -> Path:
    """A run of ``count`` captures, the last of them no good page."""
    evidence = EvidenceStore(root / "evidence")
    with Store(root / "store.db") as store:
        store.add_run("run", scenario="s", seed=1, plan_hash="0" * 64)
        store.add_puppet("control-1", run="run", arm="control", twin=1, block=1)
        store.add_session("session", run="run", puppet="control-1", block=1, position=1)
        outbox = Outbox(store.db)
        for n in range(count):
            store.step_planned("session", n, kind="visit")
            page = f"<html><ytd-app>{n} é</ytd-app></html>"
            made: Capture = capture(n, content_hash=evidence.put(page), step=n)
            if n == count - 1:
                made = capture(n, content_hash=evidence.put(page), status=PageStatus.CONSENT)
            with store.transaction():
                store.add_capture(made)
                if queued_for:
                    outbox.enqueue(
                        made,
                        target=queued_for,
                        public_key=keys_of(made.puppet).public_key,
                        research_tag="spring",
                        dialect=YTTREX,
                    )
    return root


@pytest.mark.parametrize("queued_for", [None, "none", "http://127.0.0.1:9/api"])
def test_what_is_left_is_sent_once(tmp_path: Path, queued_for: str | None) -> None:
    folder = run_folder(tmp_path, 4, queued_for=queued_for)
    with served() as server:
        seen = []
        target = server.url.removesuffix("/api") if queued_for is None else server.url
        result = submit_run(folder, target, keys=keys_of, progress=seen.append)
        assert (result.sent, result.left, result.failed) == (3, 0, 0)
        assert seen[-1].sent == 3
        assert len(server.stored) == 3
        again = submit_run(folder, target, keys=keys_of)
        assert (again.sent, again.duplicates, again.left) == (0, 0, 0)
        assert len(server.bodies) == 1
        tags = {r["research_tag"] for r in server.bench.db.rows("SELECT * FROM yttrex_htmls")}
        assert tags == ({None, "spring"} if queued_for else {None})


def test_a_dead_server_leaves_everything_for_later(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, 3, queued_for=None)
    clock = Clock()
    dead = "http://127.0.0.1:9/api"
    result = submit_run(folder, dead, keys=keys_of, clock=clock, policy=RetryPolicy(tries=2))
    assert (result.sent, result.left) == (0, 2)
    assert result.stopped
    assert len(clock.slept) == 1
    with served() as server:
        assert submit_run(folder, server.url, keys=keys_of).sent == 2


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"store\.db"):
        submit_run(tmp_path, "http://127.0.0.1:9", keys=keys_of)
    with pytest.raises(UserError, match="address"):
        submit_run(tmp_path, "not an address", keys=keys_of)
