"""Receipts are the same in real and in virtual time, whatever else the machine does."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browser_bench import NEXT, Bench, advert, puppet
from playwright.sync_api import Playwright

from collector.browser.running import PuppetBrowser
from collector.common.model import Receipt

#: Receipts and beacons are rounded to milliseconds.
GRAIN_S = 0.001


@pytest.fixture(scope="module")
def real(
    bench: Bench, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PuppetBrowser]:
    folder = tmp_path_factory.mktemp("real")
    with puppet(folder, bench, playwright=playwright) as one:
        yield one


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(
    ("cfg", "wanted", "watched_s"),
    [
        ({"seconds": 2.0}, {"until_end": True}, 2),
        ({"seconds": 30}, {"planned_s": 2}, 2),
        ({"seconds": 30, "ad": 1.5}, {"planned_s": 1}, 1),
        ({"seconds": 30, "fault": "player_error"}, {"planned_s": 1}, 0),
        ({"seconds": 4}, {"share": 0.5}, 2),
    ],
    ids=["to-the-end", "planned", "advert", "error", "share"],
)
def test_real_and_virtual_time_give_the_same_receipt(
    bench: Bench,
    mine: PuppetBrowser,
    real: PuppetBrowser,
    cfg: dict[str, Any],
    wanted: dict[str, Any],
    watched_s: float,
) -> None:
    """In virtual time to the millisecond. In real time playback goes on while a busy machine is
    late to stop it: nothing short of what was planned, and no more than the player's own clock
    says, counts, whatever the machine does."""
    ad_s = cfg.get("ad", 0)
    if ad_s:
        cfg = {**cfg, "ad": advert(bench, ad_s)}
    found: list[Receipt] = []
    urls = [bench.watch_page(**cfg) for _ in range(2)]
    for browser, url in zip((real, mine), urls, strict=True):
        browser.goto(url)
        found.append(browser.watch(**wanted))
        if browser is real:  # in real time nobody waits for the page's last word to the server
            bench.heard_of(url, found[0].watched_s)
    actual, virtual = found
    assert (virtual.watched_s, virtual.ad_s, virtual.stalled_s) == (watched_s, ad_s, 0)
    player_s = real.evaluate("document.querySelector('video')?.currentTime ?? 0")
    assert watched_s - GRAIN_S <= actual.watched_s <= player_s + GRAIN_S
    assert 0 <= actual.ad_s <= ad_s
    for receipt in found:
        clock, places = zip(*receipt.samples, strict=True) if receipt.samples else ((), ())
        assert [*clock] == sorted({*clock})
        assert [*places] == sorted(places)
        assert not places or places[-1] <= receipt.watched_s

    def rest(receipt: Receipt) -> Receipt:
        error = receipt.error and receipt.error.partition("\n")[0].partition(" Playback ID")[0]
        blank = {"watched_s": 0.0, "ad_s": 0.0, "stalled_s": 0.0, "rate": 1.0, "samples": ()}
        return replace(receipt, error=error, **blank)  # type: ignore[arg-type]

    assert rest(actual) == rest(virtual)
    told, exact = (bench.truth(url) for url in urls)
    if told is None or exact is None:
        assert told == exact
    else:
        assert (exact["seconds"], exact["ad_seconds"]) == (watched_s, ad_s)
        assert actual.watched_s - GRAIN_S <= told["seconds"] <= player_s + GRAIN_S
        assert told["ad_seconds"] <= ad_s
        assert told["state"] == exact["state"]


@pytest.mark.browser
def test_virtual_time_begins_where_it_is_told_and_moves_every_timer(
    bench: Bench, playwright: Playwright, tmp_path: Any
) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with puppet(
        tmp_path, bench, virtual=True, virtual_start=start, playwright=playwright
    ) as browser:
        browser.goto(bench.page("/ticks", "<script>n = 0; setInterval(() => n++, 1000)</script>"))
        browser.let_pass(90)
        assert browser.evaluate("n") == 90
        assert browser.capture().client_time == start + timedelta(seconds=90)
        browser.goto(bench.origin + "/ticks")
        assert browser.capture().client_time == start + timedelta(seconds=90), "loading takes none"
        browser.let_pass(0.25)
        assert browser.evaluate("[Date.now(), performance.now()]") == [
            (start.timestamp() + 90.25) * 1000,
            90_250,
        ]
        assert browser.now() == start + timedelta(seconds=90.25)
        browser.relaunch()
        browser.let_pass(1)
        assert browser.now() == start + timedelta(seconds=91.25) == browser.capture().client_time


BUSY = "import os, time\nparent = os.getppid()\nuntil = time.monotonic() + 60\n"
BUSY += "print(flush=True)\nwhile os.getppid() == parent and time.monotonic() < until: pass"


@contextlib.contextmanager
def busy_processor(loops: int) -> Iterator[None]:
    """So many processes that compute and do nothing else, for a minute at most."""
    with contextlib.ExitStack() as stack:
        for _ in range(loops):
            process = subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE)
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            process.stdout.readline()
        yield


def one_session(bench: Bench, folder: Path, playwright: Playwright) -> tuple[Any, ...]:
    """Watches of every kind, pauses and reloads on one virtual clock: all times there are of it."""
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with puppet(folder, bench, virtual=True, virtual_start=start, playwright=playwright) as browser:
        urls, made, seen = [], [], []

        def load(**cfg: Any) -> None:
            urls.append(bench.watch_page(**cfg))
            browser.goto(urls[-1])
            browser.wait_for("document.querySelector('video').readyState === 4")

        def note(**wanted: Any) -> None:
            made.append(browser.watch(**wanted))
            seen.append(browser.capture().client_time)

        load(seconds=600)
        note(planned_s=20)
        note(planned_s=15)
        load(seconds=100, ad=advert(bench, 6))
        browser.let_pass(0.25)
        note(share=0.2)
        load(seconds=60, fault="stall")
        note(planned_s=9.5)
        load(seconds=3, next=NEXT, autoplay=True)
        note(until_end=True, after_end_s=8)
        load(seconds=600)
        browser.evaluate(
            "() => { setTimeout(() => document.querySelector('video').pause(), 4321) }"
        )
        note(planned_s=60)
    rows = [bench.truth(url) for url in urls]
    told = [row and {k: row[k] for k in ("seconds", "ad_seconds", "beacons")} for row in rows]
    return made, seen, told


@pytest.mark.browser
def test_a_receipt_is_the_same_to_the_millisecond_whatever_else_the_machine_does(
    bench: Bench, playwright: Playwright, tmp_path: Path
) -> None:
    """No real time gets into virtual time: every sample, second and clock is equal."""
    alone = one_session(bench, tmp_path / "alone", playwright)
    with busy_processor(4):
        beside = one_session(bench, tmp_path / "beside", playwright)
    assert beside == alone
    first, second = alone[0][:2]
    assert (first.watched_s, second.watched_s, second.samples[-1]) == (20, 15, (15, 35))


@pytest.mark.browser
def test_a_speed_is_kept(bench: Bench, playwright: Playwright, tmp_path: Any) -> None:
    with puppet(tmp_path, bench, virtual=True, speed=20, playwright=playwright) as browser:
        browser.goto(bench.watch_page(seconds=600))
        began = time.perf_counter()
        receipt = browser.watch(20)
        assert time.perf_counter() - began >= 0.95
        assert receipt.watched_s == pytest.approx(20, abs=0.01)
