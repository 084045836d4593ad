"""Inputs of public fault reports, where they are at hand, give the answer that is called right.

Each kind has a small test elsewhere, with input of our own; here are the reports' own inputs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from places import ROOT

from collector.cli import main
from collector.common.model import ItemKind, PageStatus
from collector.labelfile import read_labels
from collector.platforms.youtube import parse_page
from collector.store import Store
from collector.testing import ScenarioRun
from mockserver.serve import Server

CASES = Path(os.environ.get("TWINWATCH_CASES") or ROOT.parent / "shared" / "cases")
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"no reports' inputs in {CASES}")

Run = Callable[..., ScenarioRun]


def steps(run: ScenarioRun, puppet: str = "") -> list[tuple[str, str, str]]:
    rows = run.store.rows(
        "SELECT kind, outcome, COALESCE(detail, '') AS detail FROM steps"
        " WHERE instr(session, ?) ORDER BY session, step",
        [puppet],
    )
    return [(row["kind"], row["outcome"], row["detail"]) for row in rows]


@contextmanager
def changed(case: Path, server: Server) -> Iterator[str]:
    """The address of the report's page-changing proxy before a mock."""
    upstream = server.url.rpartition(":")[2]
    with subprocess.Popen(
        [sys.executable, str(case / "mproxy.py"), upstream, str(case / "rules.py")],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as program:  # fmt: skip
        try:
            assert program.stdout is not None
            yield f"http://127.0.0.1:{program.stdout.readline().strip()}"
        finally:
            program.kill()


def browsed(name: str, server: Server, run_scenario: Run, **more: Any) -> ScenarioRun:
    case = CASES / name
    with changed(case, server) as site:
        return run_scenario(case / "scenario.yaml", site=site, submit_to="none", speed=None, **more)


def test_a_watch_whose_page_did_not_come_about_is_missing(run_scenario: Run) -> None:
    case = CASES / "09-watch-on-the-wrong-video" / "scenario.yaml"
    run = run_scenario(case, driver="http", submit_to="none")
    played = [
        tuple(row.values()) for row in run.store.rows("SELECT video_id, status FROM receipts")
    ]
    assert played == [("dQw4w9WgXcQ", "complete")] * 2
    treated = steps(run, "treated")[4:9]
    assert [(kind, outcome) for kind, outcome, _ in treated] == [
        ("visit", "failed"), ("watch", "missing"), ("follow", "missing"), ("watch", "missing"),
        ("like", "missing"),
    ]  # fmt: skip
    assert all("did not lead here" in detail for _, _, detail in treated[1:])
    assert "2 of 4 planned watches" in run.report().read_text("utf-8")


def test_an_id_that_export_writes_is_read_as_a_label(tmp_path: Path) -> None:
    """Its scenario has nothing to test after the treatment, which is no reason not to collect."""
    case, out = CASES / "19-labels-round-trip", tmp_path / "run"
    labels = read_labels(case / "apos.csv", "youtube")
    assert labels == {"dQw4w9WgXcQ": "bad", "-hostDSH013": "bad"}
    asked = ["run", str(case / "scenario.yaml"), "--driver", "http", "--submit-to", "none"]
    told = CliRunner().invoke(main, [*asked, "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert "no page of home is captured after the treatment" in told.output
    with Store(out / "store.db", readonly=True) as store:
        rows = store.rows("SELECT item_id, label FROM labels WHERE source <> 'mock'")
        assert {row["item_id"]: row["label"] for row in rows} == labels


@pytest.mark.parametrize("tag", ["es-419", "de-CH", "zh-Hant-TW", "sr-Latn-RS", "hi-IN", "nb-NO"])
def test_tags_with_script_or_area_need_no_time_zone(tag: str, tmp_path: Path) -> None:
    case = (CASES / "21-persona-locales" / "es-419.yaml").read_text("utf-8")
    assert "es-419" in case
    file = tmp_path / "mine.yaml"
    file.write_text(case.replace("es-419", tag), "utf-8")
    told = CliRunner().invoke(main, ["plan", str(file)])
    assert told.exit_code == 0, told.output
    assert tag in told.output


def test_cards_of_an_unknown_element_keep_their_places() -> None:
    html = (CASES / "23-new-card-element" / "page.html").read_text("utf-8")
    read = parse_page(html, "http://x.localhost/")
    assert read.status is PageStatus.PARTIAL
    assert [each.position for each in read.impressions] == list(range(1, 25))
    assert sum(each.kind is ItemKind.UNKNOWN for each in read.impressions) == 10
    assert len(read.unparsed) == 10


@pytest.mark.slow
@pytest.mark.browser
def test_still_watching_is_answered_and_the_watch_goes_on(
    mock_server: Server, run_scenario: Run
) -> None:
    run = browsed("01-still-watching", mock_server, run_scenario)
    assert {outcome for _, outcome, _ in steps(run)} == {"done"}
    assert {row["status"] for row in run.store.rows("SELECT status FROM receipts")} == {"complete"}
    said = [row["message"] for row in run.store.rows("SELECT message FROM events")]
    assert any("still-watching" in each for each in said), said


@pytest.mark.slow
@pytest.mark.browser
def test_an_endless_feed_ends_and_its_page_is_filed(mock_server: Server, run_scenario: Run) -> None:
    run = browsed("03-endless-feed", mock_server, run_scenario)
    scroll, capture = steps(run)[-2:]
    assert scroll[:2] == ("scroll", "done")
    assert "stopped after" in scroll[2]
    assert "items" in scroll[2]
    assert capture[:2] == ("capture", "done")
    told = CliRunner().invoke(
        main, ["scenarios", "check", str(CASES / "03-endless-feed" / "scenario.yaml")]
    )
    assert "end" in told.output
    assert "0 warnings" not in told.output


@pytest.mark.slow
@pytest.mark.browser
def test_who_is_not_asked_for_consent_is_done(mock_server: Server, run_scenario: Run) -> None:
    run = browsed("05-no-consent-asked", mock_server, run_scenario)
    assert {outcome for _, outcome, _ in steps(run)} == {"done"}
    assert "not asked" in next(detail for kind, _, detail in steps(run) if kind == "consent")


@pytest.mark.slow
@pytest.mark.browser
def test_a_new_visitors_home_without_videos_is_data(mock_server: Server, run_scenario: Run) -> None:
    run = browsed("07-empty-home", mock_server, run_scenario)
    assert {outcome for _, outcome, _ in steps(run)} == {"done"}
    shown = [row["status"] for row in run.store.rows("SELECT status FROM captures")]
    assert len(shown) == 2
    assert not {"empty", "unknown", "error"} & set(shown)
