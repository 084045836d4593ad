"""The page of a run without a browser: what it says, who may see it, that it changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser
from synthetic_run import START, Made, build
from view_tools import TOKEN, client_of, texts

from collector.analysis.report import report_data
from collector.store import Store
from collector.view import live, viewing
from collector.view.tiles import board

PATHS = (
    "/", "/receipts", "/numbers", "/compare", "/compare?by=shown", "/search", "/search?q=video",
    "/puppet/neutral-1", "/puppet/conspiracy-3", "/page/b01-neutral-1-0",
    "/evidence/b01-neutral-1-0", "/text/b01-neutral-1-0", "/static/view.css", "/static/view.js",
)  # fmt: skip


# ---- who may see it ------------------------------------------------------------------------------


def test_only_this_machine_with_the_address_may_look(run: Path) -> None:
    """No token, another token, another name, or a request that would change something: refused."""
    client = client_of(run)
    for path in PATHS:
        assert client.get(f"/{TOKEN}{path}").status_code == 200, path
        for wrong in (path, f"/wrong{path}", f"/{TOKEN}x{path}", f"/{TOKEN[:-1]}{path}"):
            assert client.get(wrong).status_code in (308, 404), wrong
        for host in ("evil.example", "localhost:99", "127.0.0.1.evil.example"):
            refused = client.get(f"/{TOKEN}{path}", headers={"Host": host})
            assert (refused.status_code, "neutral" in refused.text) == (403, False)
        for method in ("post", "put", "delete", "patch"):
            assert getattr(client, method)(f"/{TOKEN}{path}").status_code == 405
    assert client.get(f"/{TOKEN}/events").status_code == 404
    for path in ("/puppet/nobody", "/page/nothing", "/evidence/nothing", "/picture/neutral-1",
                 "/static/app.py", "/static/..%2fapp.py"):  # fmt: skip
        assert client.get(f"/{TOKEN}{path}").status_code == 404, path


def test_every_answer_has_a_policy_that_loads_nothing_from_elsewhere(run: Path) -> None:
    """Also errors; nothing inline, no other origin, no cookie."""
    client = client_of(run)
    for path in (*PATHS, "/puppet/nobody"):
        answer = client.get(f"/{TOKEN}{path}")
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if path.startswith(("/evidence", "/text")):
            assert "sandbox" in policy
            assert "script-src" not in policy
        else:
            assert "unsafe" not in policy
            tree = LexborHTMLParser(answer.text)
            assert not tree.css("[style], style, script:not([src]), [onclick]")
            for node in tree.css("[src], [href], [action]"):
                for name in ("src", "href", "action"):
                    assert re.match(rf"(/{TOKEN}/|#|data:,|$)", node.attributes.get(name) or "")


def test_looking_changes_nothing(run: Path) -> None:
    """The bytes of every file of the run are the same after every page was looked at."""

    def prints() -> dict[str, str]:
        return {
            str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in run.rglob("*")
            if path.is_file() and not path.name.endswith(("-shm", "-wal"))
        }

    before = prints()
    client = client_of(run)
    for path in PATHS:
        client.get(f"/{TOKEN}{path}")
    assert prints() == before


def test_a_folder_that_cannot_be_written(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made in it, not even what SQLite makes beside a database."""
    for left in run.glob("store.db-*"):
        left.unlink()
    true = os.access
    monkeypatch.setattr(
        "os.access", lambda path, mode, **kw: not mode & os.W_OK and true(path, mode, **kw)
    )
    before = sorted(run.rglob("*"))
    client = client_of(run)
    for path in PATHS:
        assert client.get(f"/{TOKEN}{path}").status_code == 200, path
    assert sorted(run.rglob("*")) == before


def test_a_killed_run_in_a_folder_that_cannot_be_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in the log only is shown, nothing is made in the folder, and no copy is left."""
    killed = tmp_path / "killed"
    with Store(run / "store.db") as writer:
        writer.update_session("b01-neutral-1", detail="known to the log alone")
        subprocess.run(["cp", "-r", run, killed], check=True)  # as another process sees it
    (killed / "store.db-shm").unlink()
    assert (killed / "store.db-wal").stat().st_size
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    true = os.access
    monkeypatch.setattr(
        "os.access",
        lambda path, mode, **kw: (
            not (mode & os.W_OK and Path(path).is_relative_to(killed)) and true(path, mode, **kw)
        ),
    )
    before = {path: path.stat().st_mtime_ns for path in killed.rglob("*")}
    with viewing(killed) as address:
        assert "<title>killed</title>" in httpx.get(address).text
        assert "known to the log alone" in httpx.get(f"{address}puppet/neutral-1").text
        assert httpx.get(f"{address}text/b01-neutral-1-0").status_code == 200
        (shadow,) = scratch.iterdir()
        assert shadow.stat().st_mode & 0o077 == 0
    assert {path: path.stat().st_mtime_ns for path in killed.rglob("*")} == before
    assert not any(scratch.iterdir())


# ---- tiles ---------------------------------------------------------------------------------------


def test_a_tile_says_what_the_store_says(run: Path, get: Callable[[str], LexborHTMLParser]) -> None:
    """Steps, missing, unsent, captures and the last page's items, counted by other queries."""
    tree = get("/")
    tiles = {node.attributes["data-puppet"]: node for node in tree.css(".tile")}
    with Store(run / "store.db", readonly=True) as store:
        for puppet in store.puppets():
            name = puppet["id"]
            said = " ".join(tiles[name].text().split())
            cells = list(store.rows("SELECT * FROM cells WHERE puppet = ?", [name]))
            bad = sum(cell["outcome"] != "done" for cell in cells)
            assert f"{puppet['arm']} · twin {puppet['twin']} · block {puppet['block']}" in said
            assert f"{len(cells)} of {len(cells)} steps" in said
            assert (f"{bad} missing" in said) == bool(bad)
            seen = list(store.captures(puppet=name))
            assert f"{len(seen)} captures" in said
            queued = len(list(store.rows("SELECT 1 FROM outbox WHERE puppet = ?", [name])))
            assert f"{queued} unsent" in said
            last = store.observation(max(seen, key=lambda one: one.saved_time).id)
            assert last is not None
            assert texts(LexborHTMLParser(tiles[name].html or ""), ".mini li") == [
                one.title for one in last.impressions[:5]
            ]
        missing = sum(row["outcome"] != "done" for row in store.rows("SELECT * FROM cells"))
    assert "step 7 follow: the browser is gone" in tiles["conspiracy-3"].text()
    totals = dict(zip(texts(tree, ".totals dt"), texts(tree, ".totals dd"), strict=True))
    assert totals["missing cells"] == str(missing)
    assert totals["contaminated"] == "1"


def test_a_step_is_told_as_the_scenario_spells_it(
    run: Path, get: Callable[[str], LexborHTMLParser]
) -> None:
    """No argument of the plan's own, such as ``for_s 60.0``, is shown."""
    asked = '{"video": null, "for_s": 90.0, "percent": null, "until_end": false, "cap_s": null}'
    with Store(run / "store.db") as store:
        store.db.execute("UPDATE steps SET kind = 'watch', args = ? WHERE step = 1", [asked])
        store.db.execute(
            "UPDATE steps SET kind = 'pause', args = '{\"for_s\": 60.0}' WHERE step = 0"
        )
    tree = get("/puppet/neutral-1")
    cells = texts(tree, '[data-label="asked"]')
    assert cells[:2] == ["1m", "1m30s"]
    assert not any("_s " in cell for cell in cells)


def test_who_is_at_work_comes_first(run: Path) -> None:
    """Running, then ready, then what went wrong, then what is to come, then what is done."""
    with Store(run / "store.db") as store:
        store.update_run("run-1", state="running", finished=None)
        for session, state in (("b03-neutral-3", "running"), ("b02-neutral-2", "ready"),
                               ("b01-neutral-1", "planned")):  # fmt: skip
            store.update_session(session, state=state)
        found = board(run, store)
    assert [tile.status.name for tile in found.tiles] == [
        "neutral-3", "neutral-2", "conspiracy-3", "neutral-1", "conspiracy-1", "conspiracy-2",
    ]  # fmt: skip
    assert [tile.active for tile in found.tiles[:3]] == [True, True, False]
    assert found.run.state == "running" or found.run.state == "broken off"


def test_what_is_unsent_is_a_warning_once_the_run_is_over(
    run: Path, get: Callable[[str], LexborHTMLParser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Captures are sent at the end of a run; until then it is no trouble that they are unsent."""

    def warned() -> list[str]:
        return texts(get("/"), ".totals .warn dt")

    assert warned() == ["missing cells", "unsent"]
    with Store(run / "store.db") as store:
        store.update_run("run-1", state="running", finished=None)
    monkeypatch.setattr("collector.run.status.holder", lambda root: 1)
    assert warned() == ["missing cells"]


def test_one_capture_is_not_several(run: Path, get: Callable[[str], LexborHTMLParser]) -> None:
    with Store(run / "store.db") as store:
        (_first, *others) = [one.id for one in store.captures(puppet="neutral-1")]
    with closing(sqlite3.connect(run / "store.db")) as plain, plain:
        plain.execute("PRAGMA foreign_keys = OFF")
        for other in others:
            plain.execute("DELETE FROM captures WHERE id = ?", [other])
    (tile,) = get("/").css('.tile[data-puppet="neutral-1"]')
    assert "1 capture" in " ".join(tile.text().split())
    assert "1 captures" not in " ".join(tile.text().split())


def test_the_time_that_is_left_is_the_pace_so_far(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 of 40 steps in half an hour leave ten minutes; a run that nobody works on has none."""
    with Store(run / "store.db") as store:
        store.update_run("run-1", state="running", finished=None)
        ended = store.steps()
        for number in range(len(ended) // 3):
            store.step_planned("b01-neutral-1", 100 + number, kind="visit")
        now = START + timedelta(minutes=30)
        assert board(run, store, now=now).left_s is None
        monkeypatch.setattr("collector.run.status.holder", lambda root: 1)
        left = board(run, store, now=now).left_s
    assert left == pytest.approx(1800 / len(ended) * (len(ended) // 3))


def test_a_board_takes_as_many_queries_for_forty_puppets_as_for_four(tmp_path: Path) -> None:
    """First paint does not grow by queries: what is asked does not depend on how many there are."""

    def queries(twins: int) -> int:
        run = build(tmp_path / str(twins), Made(twins=twins, watches=0, with_outbox=False))
        asked: list[str] = []
        with Store(run / "store.db", readonly=True) as store:
            store.db.conn.set_trace_callback(asked.append)
            assert len(board(run, store).tiles) == 2 * twins
        return len([sql for sql in asked if sql.startswith("\nSELECT") or "SELECT" in sql])

    assert queries(20) == queries(2)


def test_pictures_are_the_newest_and_no_links(run: Path, tmp_path: Path) -> None:
    """A step's screenshot, or one kept at the end; a link out of the folder is not followed."""
    png = b"\x89PNG\r\n\x1a\n"
    shots = run / "screenshots"
    shots.mkdir()
    kept = run / "artefacts" / "b01-neutral-1"
    kept.mkdir(parents=True)
    for number, (path, text) in enumerate((
        (shots / "b01-neutral-1-0002-old-0001-x.png", b"old"),
        (shots / "b01-neutral-1-0005-end.png", b"middle"),
        (kept / "puppet-screenshot.png", b"newest"),
        (shots / "b99-nobody-0001-x.png", b"nobody"),
        (shots / "b01-conspiracy-1-0001-x.png", b""),
    )):  # fmt: skip
        path.write_bytes(png + text if text else b"")
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    secret = tmp_path / "secret.png"
    secret.write_bytes(png + b"secret")
    (shots / "b02-neutral-2-0001-x.png").symlink_to(secret)
    client = client_of(run)
    assert client.get(f"/{TOKEN}/picture/neutral-1").data == png + b"newest"
    (kept / "puppet-screenshot.png").unlink()
    assert client.get(f"/{TOKEN}/picture/neutral-1").data == png + b"middle"
    for name in ("neutral-2", "conspiracy-1", "nobody", "conspiracy-2"):
        assert client.get(f"/{TOKEN}/picture/{name}").status_code == 404
    tree = LexborHTMLParser(client.get(f"/{TOKEN}/").text)
    assert [node.attributes["alt"] for node in tree.css(".tile img")] == [
        "Last picture of neutral-1"
    ]


# ---- live ----------------------------------------------------------------------------------------


def told(stream: Iterator[str]) -> dict[str, object]:
    """The next event that is not a sign of life."""
    while not (event := next(stream)).startswith("data: "):
        assert event.startswith(":")
    assert event.endswith("\n\n")
    assert "\n" not in event[:-2]
    found: dict[str, object] = json.loads(event.removeprefix("data: "))
    return found


def test_a_stream_tells_what_changed_and_ends_with_the_server(run: Path) -> None:
    """First every tile, then the one that changed, then nothing more once the server ends."""
    over = threading.Event()
    with Store(run / "store.db") as writer:
        stream = live.changes(
            run, over, lambda tile: f"{tile.status.name} {tile.status.state}",
            lambda found: f"{found.active} at work",
        )  # fmt: skip
        first = told(stream)
        assert len(first["tiles"]) == len(first["order"]) == 6  # type: ignore[arg-type]
        assert first["totals"] == "0 at work"
        writer.update_session("b02-neutral-2", state="running")
        second = told(stream)
        assert second["tiles"] == {"neutral-2": "neutral-2 running"}
        assert second["totals"] == "1 at work"
        assert second["order"][0] == "neutral-2"  # type: ignore[index]
        over.set()
        assert list(stream) == []


def test_more_followers_than_seats_are_told_so(run: Path) -> None:
    """The fifth is refused, and has a seat when one of the others has left."""
    client = client_of(run, follow=True)
    open_ones = [client.get(f"/{TOKEN}/events", buffered=False) for _ in range(live.MOST_STREAMS)]
    assert {one.status_code for one in open_ones} == {200}
    assert open_ones[0].mimetype == "text/event-stream"
    assert client.get(f"/{TOKEN}/events").status_code == 503
    open_ones[0].close()
    again = client.get(f"/{TOKEN}/events", buffered=False)
    assert again.status_code == 200
    for one in (*open_ones[1:], again):
        one.close()


def test_every_number_leads_to_its_captures(
    run: Path, get: Callable[[str], LexborHTMLParser]
) -> None:
    """A section a verdict, a row a puppet; each link opens the capture, and what is new is told."""
    tree = get("/numbers")
    verdicts = report_data(run)["verdicts"]
    assert len(tree.css("section")) == len(verdicts) > 1
    links = {str(a.attributes["href"]) for a in tree.css("td a")}
    assert links
    for link in sorted(links):
        assert get(link.removeprefix(f"/{TOKEN}")).css_first("h1") is not None
    with Store(run / "store.db") as store:
        store.db.execute("UPDATE captures SET status = 'captcha'")
    assert "captcha" not in get("/numbers").text()
    assert not get("/numbers").css("td a")
