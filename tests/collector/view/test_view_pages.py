"""The page of a run without a browser: what it says, who may see it, that it changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from synthetic_run import START, Made, build

from collector.cli import main
from collector.common.errors import UserError
from collector.common.model import FeedImpression, Post, Timeline, Visibility
from collector.evidence import EvidenceStore
from collector.store import Store
from collector.view import captured, live, viewing
from collector.view.app import make_app
from collector.view.clock import Clock
from collector.view.course import courses_of
from collector.view.curves import HEIGHT, WIDTH, arms_of, charts_of
from collector.view.pages import Item, items_of, pages_of
from collector.view.serve import Blinded
from collector.view.sides import Mark, align, longest_rising, shown_to
from collector.view.tiles import board

TOKEN = "t0ken-of-this-test"
MADE = Made(
    twins=3, watches=2, blocked={"neutral-2": 2}, stalls={"conspiracy-1": 5},
    lost={"conspiracy-3": 6},
)  # fmt: skip
PATHS = (
    "/", "/receipts", "/compare", "/compare?by=shown", "/search", "/search?q=video",
    "/puppet/neutral-1", "/puppet/conspiracy-3", "/page/b01-neutral-1-0",
    "/evidence/b01-neutral-1-0", "/text/b01-neutral-1-0", "/static/view.css", "/static/view.js",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built") / "run", MADE)


@pytest.fixture
def run(built: Path, tmp_path: Path) -> Path:
    """Its own for each test: some change it."""
    return Path(shutil.copytree(built, tmp_path / "run"))


def client_of(run: Path, *, follow: bool = False) -> FlaskClient:
    app = make_app(run, TOKEN, frozenset({"localhost"}), threading.Event(), follow=follow)
    return app.test_client()


@pytest.fixture
def get(run: Path) -> Callable[[str], LexborHTMLParser]:
    client = client_of(run)

    def asked(path: str) -> LexborHTMLParser:
        answer = client.get(f"/{TOKEN}{path}")
        assert answer.status_code == 200, path
        return LexborHTMLParser(answer.get_data(as_text=True))

    return asked


def texts(tree: LexborHTMLParser, css: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree.css(css)]


def items(*names: str) -> list[Item]:
    return [Item("home", n, "video", name, name, "", "", "") for n, name in enumerate(names, 1)]


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


# ---- side by side --------------------------------------------------------------------------------


def test_items_in_order_are_as_many_as_can_be() -> None:
    """Against all subsets: the longest rising subsequence, of 300 random orders."""
    chance = random.Random(7)
    for _ in range(300):
        values = chance.sample(range(9), chance.randint(0, 8))
        found = [values[at] for at in longest_rising(values)]
        assert found == sorted(found)
        best = max(
            n
            for n in range(len(values) + 1)
            if any(list(some) == sorted(some) for some in combinations(values, n))
        )
        assert len(found) == best


def test_aligned_lists_keep_every_item_once_in_its_order() -> None:
    """300 random pairs: both columns read as the pages do, marks agree with sets of ids."""
    chance = random.Random(8)
    for _ in range(300):
        names = "abcdefghij"
        left = items(*chance.sample(names, chance.randint(0, 8)))
        right = items(*chance.sample(names, chance.randint(0, 8)))
        both = {i.id for i in left} & {i.id for i in right}
        for one in align(left, right):
            cells = [[row[side] for row in one.rows if row[side]] for side in (0, 1)]
            assert [[c.item for c in column if c] for column in cells] == [left, right]
            for column in cells:
                assert {c.item.id for c in column if c and c.mark is not Mark.ALONE} == both
            joined = {a.item.id for a, b in one.rows if a and b and a.item.id == b.item.id
                      and a.mark is Mark.SHARED}  # fmt: skip
            assert len(joined) == one.shared
            assert one.shared + one.moved == len(both)
            assert one.alone == (len(left) - len(both), len(right) - len(both))
            every = len(left) + len(right) - len(both)
            assert one.jaccard == pytest.approx(len(both) / every)


def test_one_item_that_jumped_moved_and_not_the_others() -> None:
    """From the last place to the first; what stands twice or has no id is not shared."""
    (one,) = align(items("a", "b", "c", "d"), items("d", "a", "b", "c"))
    assert {a.item.id: a.mark for a, _ in one.rows if a} == {
        "a": Mark.SHARED, "b": Mark.SHARED, "c": Mark.SHARED, "d": Mark.MOVED,
    }  # fmt: skip
    assert [(b.other, b.places) for _, b in one.rows if b and b.item.id == "d"] == [(4, -3)]
    (odd,) = align(items("a", "a", ""), items("a", ""))
    assert (odd.shared, odd.moved, odd.alone) == (1, 0, (2, 1))


def test_who_else_was_shown_an_item(run: Path) -> None:
    """Counted again from the view ``exposure``, at the home page after the treatment."""
    with Store(run / "store.db", readonly=True) as store:
        arms = arms_of(store.puppets())
        shown, there = shown_to(store, pages_of(store), "after.0", arms)
        rows = list(
            store.rows(
                "SELECT DISTINCT e.item_id, e.arm, e.puppet FROM exposure e JOIN steps s"
                " ON s.session = e.session AND s.step = e.step WHERE s.path = 'after.0'"
            )
        )
    assert there == {"neutral": 3, "conspiracy": 2}  # one was lost before
    for item in {row["item_id"] for row in rows}:
        for arm in there:
            count = sum(row["item_id"] == item and row["arm"] == arm for row in rows)
            assert shown[item].get(arm, 0) == count


def test_the_comparison_page(get: Callable[[str], LexborHTMLParser]) -> None:
    """Chosen puppets and slot, each item with its place and topic, or who else was shown it."""
    tree = get("/compare?a=neutral-1&b=conspiracy-1&slot=after.0")
    assert texts(tree, ".sides th a") == ["neutral-1", "conspiracy-1"]
    left = [row.css("td")[0] for row in tree.css(".sides tbody tr")]
    places = [texts(LexborHTMLParser(cell.html or ""), ".place") for cell in left]
    assert [int(place[0]) for place in places if place] == list(range(1, 25))
    hues = {
        " ".join(node.text().split()): (node.attributes["class"] or "").split()[-1]
        for node in tree.css(".topics li")
    }
    assert len(set(hues.values())) == len(hues) >= 5
    for cell in tree.css(".sides td.hue"):
        about = LexborHTMLParser(cell.html or "").css_first(".about").text().split()[0]
        assert hues[about] in (cell.attributes["class"] or "")
    other = get("/compare?a=neutral-1&b=conspiracy-1&slot=after.0&by=shown")
    assert any(re.search(r"neutral \d of 3", text) for text in texts(other, ".about"))
    nonsense = get("/compare?a=x&b=%3Cscript%3E&slot=%27&by=9")
    assert texts(nonsense, ".sides th a") == ["conspiracy-1", "neutral-1"]


# ---- one session, receipts -----------------------------------------------------------------------


def test_a_clock_goes_through_the_known_moments() -> None:
    """Between them in proportion, outside at the run's speed; a clock set back is not followed."""
    clock = Clock([(10, 1000), (20, 1300), (15, 900), (30, 1400)], speed=5)
    assert [clock.virtual(at) for at in (10, 15, 20, 25, 30)] == [1000, 1150, 1300, 1350, 1400]
    assert (clock.virtual(8), clock.virtual(32)) == (990, 1410)
    assert Clock([]).virtual(7) == 7


def test_a_session_in_the_time_of_its_pages(run: Path) -> None:
    """Pages' clocks run thirty times as fast: captures and steps stand where those clocks say."""
    with Store(run / "store.db") as store:
        rows = list(store.rows("SELECT id, saved_time FROM captures ORDER BY saved_time"))
        for row in rows:
            since = datetime.fromisoformat(row["saved_time"]) - START
            fast = (START + 30 * since).astimezone(UTC).isoformat(timespec="milliseconds")
            moment = fast.replace("+00:00", "Z")
            store.db.execute(
                "UPDATE captures SET client_time = ? WHERE id = ?", [moment, row["id"]]
            )
        (course,) = courses_of(store, "neutral-1")
        steps = store.steps("b01-neutral-1")
    first = datetime.fromisoformat(steps[0]["started"])
    for shown, row in zip(course.steps, steps, strict=True):
        begun = datetime.fromisoformat(row["started"])
        assert shown.start_s == pytest.approx(30 * (begun - first).total_seconds(), abs=0.1)
        assert 0 <= shown.x <= shown.x + shown.width <= 1000.01
    assert [page.seq for _, page in course.captures] == sorted(
        page.seq for _, page in course.captures
    )
    assert len(course.captures) == 7


def test_curves_are_the_samples_of_the_receipts(run: Path) -> None:
    """Points scaled back are the samples in the store; all charts have one scale."""
    with Store(run / "store.db", readonly=True) as store:
        charts = charts_of(store, arms_of(store.puppets()))
        samples = {
            (row["session"], row["step"]): json.loads(row["samples"])
            for row in store.rows("SELECT session, step, samples FROM receipts")
        }
    curves = [curve for chart in charts for curve in chart.curves]
    assert {(one.session, one.step) for one in curves} == set(samples)
    assert len({(chart.time_s, chart.position_s) for chart in charts}) == 1
    scale = charts[0]
    for one in curves:
        points = [tuple(map(float, pair.split(","))) for pair in one.points.split()]
        for (x, y), (at, position) in zip(points, samples[one.session, one.step], strict=True):
            assert x / WIDTH * scale.time_s == pytest.approx(at, abs=0.05)
            assert (HEIGHT - y) / HEIGHT * scale.position_s == pytest.approx(position, abs=0.05)


# ---- evidence and search -------------------------------------------------------------------------

HOSTILE = """<!doctype html><html manifest=x><head><base href="http://evil.example/">
<meta http-equiv="refresh" content="0;url=http://evil.example/1">
<link rel=preconnect href="http://evil.example"><link rel=stylesheet href="http://evil.example/2">
<script src="http://evil.example/3"></script><script>alert(1)</script></head>
<body onload="alert(2)" background="http://evil.example/4"><p>kept text</p>
<style>p { color: green; background: url(http://evil.example/5) } @import "http://evil.example/6";
</style><img src="http://evil.example/7" onerror="alert(3)"><img src="data:image/png;base64,AAAA">
<iframe src="http://evil.example/8"></iframe><object data="http://evil.example/9"></object>
<video poster="http://evil.example/10" src="http://evil.example/11"></video>
<svg onload="alert(4)"><image href="http://evil.example/12"/></svg>
<form action="http://evil.example/13"><button autofocus>x</button></form>
<a href="javascript:alert(5)" ping="http://evil.example/14">link</a></body></html>"""


def plant(run: Path, html: str) -> str:
    """Let the first capture be this page; its id."""
    name = EvidenceStore(run / "evidence").put(html)
    with Store(run / "store.db") as store:
        capture = "b01-neutral-1-0"
        store.db.execute("UPDATE captures SET content_hash = ? WHERE id = ?", [name, capture])
    return capture


def test_evidence_is_shown_without_what_acts(run: Path) -> None:
    """No element that runs, frames, refreshes or connects; text, own styles and pictures stay; the
    text as filed is the same to the byte."""
    capture = plant(run, HOSTILE)
    client = client_of(run)
    answer = client.get(f"/{TOKEN}/evidence/{capture}")
    tree = LexborHTMLParser(answer.text)
    assert not tree.css("script, link, base, meta[http-equiv], iframe, object, [onload], [onerror]")
    assert not tree.css("[ping], [poster], [autofocus], [background], [manifest], [src^='http']")
    assert not tree.css("image[href]")
    assert "kept text" in answer.text
    assert len(tree.css("style")) == 1
    assert tree.css_first("img[src^='data:image/png']") is not None
    policy = {
        part.split()[0]: part.split()[1:]
        for part in answer.headers["Content-Security-Policy"].split("; ")
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'unsafe-inline'"]
    assert policy["img-src"] == ["data:"]
    assert policy["sandbox"] == []
    filed = client.get(f"/{TOKEN}/text/{capture}")
    assert (filed.text, filed.mimetype) == (HOSTILE, "text/plain")
    frame = LexborHTMLParser(client.get(f"/{TOKEN}/page/{capture}").text).css_first("iframe")
    assert frame.attributes["sandbox"] in ("", None)
    assert "sandbox" in frame.attributes


def test_evidence_that_is_gone_or_damaged_is_said_with_its_fix(run: Path) -> None:
    """One page that says so, no traceback; the items that were read are still there."""
    for path in (run / "evidence").rglob("*.zst"):
        path.unlink()
    client = client_of(run)
    gone = client.get(f"/{TOKEN}/evidence/b01-neutral-1-0")
    assert gone.status_code == 503
    assert "copy the whole folder" in gone.text
    assert client.get(f"/{TOKEN}/page/b01-neutral-1-0").status_code == 200


def test_search_takes_words_for_words(run: Path) -> None:
    """Every word has to be there; % and _ mean themselves; what is found is escaped."""
    title = "50%_off <b>now</b> & then"
    with Store(run / "store.db") as store:
        store.db.execute(
            "UPDATE impressions SET title = ?, channel_name = 'Kanal Ä' WHERE item_id = ?",
            [title, "v0000000003"],
        )
        shown = len(list(store.rows("SELECT 1 FROM impressions WHERE item_id = 'v0000000003'")))
    client = client_of(run)
    with Store(run / "store.db", readonly=True) as store:
        for words in ("50%_off", "%_", "NOW then", "kanal", "v0000000003"):
            found, more = captured.search(store, words)
            assert [(one.item.id, one.pages) for one in found] == [("v0000000003", shown)], words
            assert not more
        for words in ("50%off", "now nothing", "%%", "", "  "):
            assert captured.search(store, words)[0] == [], words
        assert len(captured.search(store, "video")[0]) > 20
    text = client.get(f"/{TOKEN}/search?q=50%25_off").text
    assert "50%_off &lt;b&gt;now&lt;/b&gt; &amp; then" in text
    assert "<b>now" not in text


def test_a_feed_is_looked_at_as_pages_are(run: Path) -> None:
    """Timelines are pages: with posts by their texts, found by a word, compared by the step that
    loaded them, and no frame where there is nothing filed as a page."""
    posts = [("100", "Eins zwei"), ("200", "Drei <i>vier</i>"), ("300", "Sonst was")]
    with Store(run / "store.db") as store:
        for puppet, order in (("neutral-1", posts), ("conspiracy-1", posts[::-1])):
            seen = tuple(
                FeedImpression(
                    order=number,
                    time=START,
                    visibility=Visibility.PUBLIC,
                    post=Post(Visibility.PUBLIC, post_id=name, source="Seite", texts=(text,)),
                )
                for number, (name, text) in enumerate(order, 1)
            )
            later = START + timedelta(days=1)
            timeline = Timeline(id=f"t-{puppet}", started=later, url="/", impressions=seen)
            store.add_timeline(
                timeline, run="run-1", puppet=puppet, session=f"b01-{puppet}", step=2
            )
    client = client_of(run)
    tile = LexborHTMLParser(client.get(f"/{TOKEN}/").text).css_first("[data-puppet='neutral-1']")
    assert texts(LexborHTMLParser(tile.html or ""), ".mini li") == [text for _, text in posts]
    page = client.get(f"/{TOKEN}/page/timeline:t-neutral-1").text
    assert "Drei &lt;i&gt;vier" in page
    assert "<iframe" not in page
    both = LexborHTMLParser(
        client.get(f"/{TOKEN}/compare?a=neutral-1&b=conspiracy-1&slot=before.2").text
    )
    assert any(text.startswith("3 shared (2 moved)") for text in texts(both, "p.quiet"))
    found = client.get(f"/{TOKEN}/search?q=vier").text
    assert f'href="/{TOKEN}/page/timeline%3At-conspiracy-1"' in found
    assert "on 2 pages" in found


def test_pages_of_one_load_are_one(run: Path) -> None:
    """A page captured twice is one page, at the step that opened it, with what was seen last."""
    with Store(run / "store.db") as store:
        store.db.execute(
            "UPDATE captures SET page_uuid = (SELECT page_uuid FROM captures WHERE id = ?)"
            " WHERE id = ?",
            ["b01-neutral-1-0", "b01-neutral-1-1"],
        )
        pages = pages_of(store, ["neutral-1"])
        seen = items_of(store, [pages[0].id])[pages[0].id]
        whole = store.observation("b01-neutral-1-1")
    assert [page.id for page in pages[:2]] == ["b01-neutral-1-1", "b01-neutral-1-2"]
    assert (pages[0].slot, pages[0].step) == ("before.0", 0)
    assert whole is not None
    assert [item.id for item in seen] == [one.item_id for one in whole.impressions]


# ---- the command ---------------------------------------------------------------------------------


def test_what_cannot_be_shown_is_one_line(run: Path, tmp_path: Path) -> None:
    """No run, a blinded run, a port that is taken: exit code 2, the place and the fix."""
    nothing = CliRunner().invoke(main, ["view", str(tmp_path / "nothing")])
    assert nothing.exit_code == 2
    assert "store.db is missing" in nothing.output
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = CliRunner().invoke(main, ["view", str(run), "--port", str(port)])
    assert busy.exit_code == 2
    assert f"127.0.0.1:{port}" in busy.output
    with Store(run / "store.db") as store:
        store.update_run("run-1", scenario_json={"registration": {"blinded": True}})
    blinded = CliRunner().invoke(main, ["view", str(run)])
    assert blinded.exit_code == 2
    assert "collector unblind" in blinded.output
    with pytest.raises(Blinded), viewing(run):
        pass
    with Store(run / "store.db") as store:
        store.log("run-1", "unblind", "now")
    with viewing(run) as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", address)
    assert issubclass(Blinded, UserError)
