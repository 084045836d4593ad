"""What our loop adds to a capture with Chromium, beside a bare Playwright loop on the same pages.

Two browsers of one Chromium, opened alike, take turns on watch pages of the bundled mock, one page
after the other, so that whatever else the machine does slows both. The bare loop goes to the
address, waits for the first recommendation, reads the document and writes it down. Ours carries out
a ``visit`` step as a session does: settled, captured, scrubbed, classified, filed as evidence with
its row and its place in the outbox, parsed, stored. Time is real, nothing is waited for politely.

Prints the ratio (1: nothing is added) and appends a line to ``docs/bench-results.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.adapters.youtube.runner import VideoRunner
from collector.browser import driver
from collector.browser.puppet import PuppetBrowser, open_puppet
from collector.evidence import EvidenceStore
from collector.platforms.registry import spec_of
from collector.platforms.youtube.actions import SITE_HOSTS, YouTubeActions
from collector.profile import visitor_id_of
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.scenario.planned import PlannedSession
from collector.session.filing import Filing
from collector.session.pacing import Pacing
from collector.session.steps import StepRunner
from collector.store import Outcome, Store
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "bench-results.jsonl"
WANTED = 0.93
FIRST_CARD = "#related yt-lockup-view-model, #related ytd-compact-video-renderer"


def plan_of(server: Server, pages: int) -> PlannedSession:
    """One session that visits so many watch pages."""
    videos = [v.id for v in server.mock.world.videos.values() if v.kind == "video"]
    steps: list[Any] = [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}]
    steps += [{"visit": f"/watch?v={video}"} for video in videos[:pages]]
    told = {"name": "captures", "persona": "marie-us", "arms": {"only": {"steps": steps}}}
    return make_plan(parse_scenario(told)).sessions[0]


@contextmanager
def filing(folder: Path) -> Iterator[Filing]:
    """The record of one session, in an empty folder."""
    with Store(folder / "store.db") as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        store.add_puppet("p", run="r", arm="only", twin=1, block=1)
        store.add_session("s", run="r", puppet="p", block=1, position=0)
        yield Filing(
            store, EvidenceStore(folder / "evidence"), spec=spec_of("youtube"), run="r", puppet="p",
            session="s", public_key="H7AsuUszehN4qKTj2GYYwNNzkJVqUQBRo2wgKevzeUwx", target="none",
            research_tag=None, experiment_id=None, versions={},
        )  # fmt: skip


@contextmanager
def browser(folder: Path, planned: PlannedSession, playwright: Any) -> Iterator[PuppetBrowser]:
    with open_puppet(
        state_dir=folder,
        persona=planned.persona,
        site_hosts=sorted(SITE_HOSTS),
        playwright=playwright,
    ) as opened:
        yield opened


def ours(puppet: PuppetBrowser, site: str, record: Filing, folder: Path) -> StepRunner:
    """A session's runner on a puppet, with nothing that makes it wait."""
    visitor = visitor_id_of(1)

    def known() -> list[str]:
        return [visitor, *(cookie["value"] for cookie in puppet.cookies())]

    return VideoRunner(
        puppet, YouTubeActions(puppet, site), record, record.store, session="s", known=known,
        screenshots=folder, pacing=Pacing(puppet),
    )  # fmt: skip


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def measure(pages: int) -> dict[str, Any]:
    """Both loops on the same pages; seconds a capture, by loop."""
    spent: dict[str, list[float]] = {"bare": [], "ours": []}
    sizes: list[int] = []
    with (
        tempfile.TemporaryDirectory(prefix="twinwatch-bench-") as name,
        serving(MockConfig(seed=1)) as server,
        driver.driver() as playwright,
    ):
        folder, site = Path(name), server.site()
        planned = plan_of(server, pages)
        with (
            browser(folder / "a" / "state", planned, playwright) as plain,
            browser(folder / "b" / "state", planned, playwright) as puppet,
            filing(folder) as record,
        ):
            runner = ours(puppet, site, record, folder)
            for step, following in zip(planned.steps[:2], planned.steps[1:], strict=False):
                runner.run(step, following.kind)
            actions = YouTubeActions(plain, site)
            actions.visit("home")
            actions.consent("reject")

            def bare(path: str, number: int) -> None:
                plain.page.goto(site + path, wait_until="domcontentloaded")
                plain.page.wait_for_selector(FIRST_CARD, state="attached")
                html = plain.page.content()
                (folder / f"{number}.html").write_text(html, "utf-8")
                sizes.append(len(html))

            def filed(step: Any) -> None:
                result = runner.run(step)
                if result.outcome is not Outcome.DONE:
                    raise SystemExit(f"a page was not captured: {result.detail}")

            for number, step in enumerate(planned.steps[2:]):
                turns = {
                    "bare": lambda: bare(step.args["url"], number),  # noqa: B023  called at once
                    "ours": lambda: filed(step),  # noqa: B023  called at once
                }
                # Who goes first changes: the mock has the second one's words ready.
                for loop in sorted(turns, reverse=number % 2 == 1):
                    spent[loop].append(seconds(turns[loop]))
    found = {loop: round(statistics.median(each) * 1000, 1) for loop, each in spent.items()}
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "captures",
        "pages": pages,
        "page_kb": round(statistics.median(sizes) / 1000),
        "processors": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "bare_ms": found["bare"],
        "ours_ms": found["ours"],
        "captures_a_second": {
            loop: round(len(each) / sum(each), 2) for loop, each in spent.items()
        },
        "ratio": round(sum(spent["bare"]) / sum(spent["ours"]), 3),
        "ratio_of_medians": round(found["bare"] / found["ours"], 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--dry", action="store_true", help="append nothing")
    given = parser.parse_args()
    line = measure(given.pages)
    if not given.dry:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    print(
        f"captures with Chromium: {line['captures_a_second']['ours']} a second, a bare loop"
        f" {line['captures_a_second']['bare']}: ratio {line['ratio']} (wanted: {WANTED})"
    )


if __name__ == "__main__":
    main()
