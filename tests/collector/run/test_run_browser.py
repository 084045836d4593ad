"""A whole run with real Chromium on the mock: what was captured is what was served, to the item."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from collector.common.model import Capture, PageKind, PageStatus, ReceiptStatus, Surface
from collector.evidence import EvidenceStore
from collector.platforms.registry import spec_of
from collector.platforms.youtube.actions import YouTubeActions
from collector.profile import ProfileStore
from collector.scenario.plan import Plan
from collector.session.filing import Filing
from collector.store import Outcome, Store
from collector.submit import Outbox
from collector.testing import ScenarioRun, visitor_id
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

pytestmark = pytest.mark.browser

LISTS = {
    PageKind.HOME: Surface.HOME,
    PageKind.VIDEO: Surface.RELATED,
    PageKind.SEARCH: Surface.SEARCH,
}
LANGUAGES = ["en", "fr", "es", "de", "it", "pt", "tr", "zh-TW", "ja", "ar"]
LOCALES = {"en": "en-US", "pt": "pt-BR", "zh-TW": "zh-TW", "ja": "ja-JP", "ar": "ar-EG"}

PAIR: dict[str, Any] = {
    "name": "pair",
    "seed": 11,
    "before": [{"visit": "home"}, {"consent": "reject"}],
    "arms": {
        "flat": {
            "steps": [
                {"search": "flat earth"},
                {"follow": {"topic": "conspiracy", "from": "search", "otherwise": "first"}},
                {"watch": "20s"},
                {"follow": {"rank": 2, "unseen": True}},
                {"watch": "5%"},
                "like",
                "subscribe",
            ]
        },
        "food": {
            "steps": [
                {"watch": {"video": "dQw4w9WgXcQ", "for": "15s"}},
                {"follow": "up_next"},
                {"watch": {"for": "end", "cap": "40s"}},
                {"scroll": {"screens": 2}},
                "capture",
            ]
        },
    },
    "after": [
        {"visit": {"url": "home", "label": "after"}},
        {"scroll": {"until": 40}},
        {"capture": "after, scrolled"},
        {"not_interested": {"rank": 2}},
        {"screenshot": "end"},
    ],
}


def compare(run: ScenarioRun) -> int:
    """Assert that every good capture shows what was served, in order; answers how many did.

    A later page of the same load belongs to a later capture: a capture shows a beginning of what
    the load was served, and the last capture of a load all of it.
    """
    served: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for row in run.truth():
        key = (row["load"], row["surface"])
        served.setdefault(key, []).append((row["slot"], row["kind"], row["item_id"]))
    good = [c for c in run.captures() if c.status is PageStatus.OK]
    last = {capture.event: capture.id for capture in good}
    for capture in good:
        surface = LISTS[capture.kind]
        observation = run.store.observation(capture.id)
        assert observation is not None
        assert observation.unparsed == ()
        seen = [
            (item.position, item.kind.value, item.item_id)
            for item in observation.impressions
            if item.surface is surface
        ]
        wanted = served[str(capture.event), surface.value]
        assert seen
        assert seen == wanted[: len(seen)], f"{capture.id} {capture.url}"
        if last[capture.event] == capture.id:
            assert len(seen) == len(wanted), f"{capture.id} {capture.url}"
    return len(good)


def test_a_run_captures_exactly_what_was_served_and_keeps_the_proof(
    run_scenario: Callable[..., ScenarioRun], tmp_path: Path
) -> None:
    run = run_scenario(PAIR, seed=11)
    result = run.result
    assert {row["outcome"] for row in run.store.steps()} == {Outcome.DONE}
    assert result.exit_code == 0
    assert result.missing == 0

    # Captured is what was served.
    assert compare(run) == result.captures == 12

    # Watched is what the server was told.
    told: dict[tuple[str, str], float] = {}
    for row in run.truth("watches"):
        key = (row["puppet"], row["video_id"])
        told[key] = told.get(key, 0) + row["seconds"]
    receipts = {
        (session.split("-", 1)[1], receipt.video_id): receipt
        for session, _, receipt in run.receipts()
    }
    assert len(receipts) == 4
    assert {key: pytest.approx(r.watched_s, abs=0.5) for key, r in receipts.items()} == told
    for receipt in receipts.values():
        assert receipt.status is ReceiptStatus.COMPLETE
        assert receipt.watched_s == pytest.approx(receipt.planned_s, abs=0.5)
        assert len(receipt.samples) >= 5

    # The barrier held, the environment is on record.
    manifest = json.loads(run.out.manifest.read_text())
    assert manifest["state"] == "finished"
    assert manifest["plan_hash"] == result.plan.hash
    starts = list(run.store.rows("SELECT skew_ms FROM sessions"))
    assert [block["skew_ms"] for block in manifest["blocks"]] == [
        max(row["skew_ms"] for row in starts)
    ]
    assert manifest["attrition"]["flat"]["steps_done"] == 14
    assert Plan.from_json(run.out.plan.read_bytes()).hash == result.plan.hash
    assert len(list(run.out.screenshots.iterdir())) == 2
    assert all(row["snapshot_after"] for row in run.store.sessions())

    # Everything was sent, and the server that kept it answers for it later.
    assert result.submitted is not None
    items = [row["capture"] for row in run.store.rows("SELECT capture FROM outbox")]
    assert sum("+element-" not in item for item in items) == 12
    assert (result.submitted.sent, result.submitted.left) == (len(items), 0)
    loads = {(c.puppet, c.event) for c in run.captures()}
    with serving(MockConfig(seed=11, db=run.out.mock_db)) as server:
        answers = read_back(run, server)
        assert sum(answer["total"] for answer in answers.values()) == len(loads)
        titles = {v["title"] for answer in answers.values() for v in answer["recent"]}
    watched = run.store.rows(
        "SELECT json_extract(fields, '$.title') AS title FROM observations WHERE kind = 'video'"
    )
    assert titles == {row["title"] for row in watched}

    # Nothing that was kept or sent names the visitor.
    assert_no_trace(run, [p.visitor_id for p in ProfileStore(run.out.profiles).list()])


def read_back(run: ScenarioRun, server: Server) -> dict[str, Any]:
    """What a server that has the run's database says of each puppet."""
    outbox = Outbox(sqlite_db(run))
    found: dict[str, Any] = {}
    for profile in ProfileStore(run.out.profiles).list():
        token = outbox.user_token(run.result.target, profile.public_key)
        assert token
        answer = httpx.get(f"{server.url}/api/v1/personal/{token}")
        assert answer.status_code == 200
        found[profile.name] = answer.json()
    outbox.db.close()
    return found


def sqlite_db(run: ScenarioRun) -> Any:
    from sqlite_utils import Database

    return Database(run.out.store)


def assert_no_trace(run: ScenarioRun, secrets: list[str]) -> None:
    """None of the strings is in the store, the evidence, the submissions or the plan."""
    evidence = EvidenceStore(run.out.evidence)
    texts = [evidence.get(name) for name in evidence]
    for path in (run.out.store, run.out.mock_db):
        connection = sqlite3.connect(path)
        texts.append("\n".join(connection.iterdump()))
        connection.close()
    texts += [run.out.plan.read_text(), run.out.manifest.read_text()]
    for secret in secrets:
        assert len(secret) >= 6
        assert not [text for text in texts if secret in text], secret


@pytest.mark.slow
def test_the_same_plan_shows_the_same_lists_again(
    run_scenario: Callable[..., ScenarioRun],
) -> None:
    """As a run without a browser does, which a browser's equals (``test_http_equals_chromium``)."""

    def story(run: ScenarioRun) -> list[Any]:
        return [
            (capture.puppet, capture.seq, capture.kind, [i.item_id for i in seen.impressions])
            for capture in run.captures()
            if (seen := run.store.observation(capture.id)) is not None
        ]

    first, again = (run_scenario(PAIR, submit_to="none") for _ in range(2))
    assert story(first) == story(again)
    assert first.result.submitted is None
    assert first.result.plan.hash == again.result.plan.hash


@pytest.mark.slow
@pytest.mark.parametrize(
    ("era", "languages"),
    [
        ("2026", ["ar"]),
        pytest.param("2022", ["zh-TW"], marks=pytest.mark.slow),
        pytest.param("2026", LANGUAGES, marks=pytest.mark.slow),
        pytest.param("2022", ["de", "tr", "zh-TW", "ar"], marks=pytest.mark.slow),
    ],
)
def test_in_every_language_what_was_captured_is_what_was_served(
    run_scenario: Callable[..., ScenarioRun], era: str, languages: list[str]
) -> None:
    arms = {
        language.lower(): {
            "persona": {
                "locale": LOCALES.get(language, f"{language}-{language.upper()}"),
                "timezone": "UTC",
            },
            "steps": [
                {"search": "flat earth"},
                {"follow": {"rank": 1}},
                {"scroll": {"screens": 3}},
            ],
        }
        for language in languages
    }
    scenario = {
        "name": "languages",
        "before": [{"visit": "home"}, {"consent": "accept"}],
        "arms": arms,
        "after": ["capture"],
    }
    run = run_scenario(scenario, submit_to="none", workers=2, mock_options={"era": era})
    assert {row["outcome"] for row in run.store.steps()} == {Outcome.DONE}
    assert compare(run) == 4 * len(languages)
    shown = {
        row["lang"].split("-")[0]
        for row in run.store.rows("SELECT DISTINCT lang FROM observations")
    }
    assert shown == {language.split("-")[0] for language in languages}


@pytest.mark.slow
def test_in_real_time_the_receipts_are_the_same(
    run_scenario: Callable[..., ScenarioRun],
) -> None:
    scenario = {
        "name": "real",
        "arms": {
            "a": {
                "steps": [
                    {"visit": {"url": "home", "capture": False}},
                    {"consent": "reject"},
                    {"watch": {"video": "dQw4w9WgXcQ", "for": "4s"}},
                    {"follow": "up_next"},
                ]
            }
        },
    }
    run = run_scenario(scenario, speed=None, mock_options={"recommender": {}})
    assert {row["outcome"] for row in run.store.steps()} == {Outcome.DONE}
    ((_, _, receipt),) = run.receipts()
    assert receipt.status is ReceiptStatus.COMPLETE
    assert receipt.watched_s == pytest.approx(4, abs=0.5)
    told = [row for row in run.truth("watches") if row["video_id"] == "dQw4w9WgXcQ"]
    assert sum(row["seconds"] for row in told) == pytest.approx(receipt.watched_s, abs=0.6)
    assert compare(run) == 2


@pytest.mark.parametrize("driver", ["http", pytest.param("chromium", marks=pytest.mark.slow)])
def test_pages_that_go_wrong_are_missing_cells_and_no_data(
    run_scenario: Callable[..., ScenarioRun], driver: str
) -> None:
    scenario = {
        "name": "faults",
        "arms": {
            "a": {"steps": [{"visit": {"url": "home"}}, {"search": "science"}, {"pause": "1s"}]}
        },
    }
    speed = "max" if driver == "chromium" else None
    run = run_scenario(
        scenario, driver=driver, speed=speed, mock_options={"faults": {"captcha": 1.0}}
    )
    assert [row["outcome"] for row in run.store.steps()] == ["missing", "missing", "done"]
    assert [c.status for c in run.captures()] == [PageStatus.CAPTCHA, PageStatus.CAPTCHA]
    assert run.result.exit_code == 1
    assert run.result.submitted is not None
    assert run.result.submitted.sent == 0
    assert list(run.store.rows("SELECT * FROM exposure")) == []


@pytest.mark.slow
def test_a_player_that_fails_is_a_missing_cell_with_a_receipt(
    run_scenario: Callable[..., ScenarioRun],
) -> None:
    scenario = {
        "name": "broken",
        "arms": {
            "a": {
                "steps": [
                    {"visit": {"url": "home", "capture": False}},
                    {"consent": "reject"},
                    {"watch": {"video": "dQw4w9WgXcQ", "for": "10s"}},
                ]
            }
        },
    }
    run = run_scenario(scenario, mock_options={"faults": {"player_error": 1.0}})
    assert [row["outcome"] for row in run.store.steps()] == ["done", "done", "missing"]
    ((_, _, receipt),) = run.receipts()
    assert receipt.status is ReceiptStatus.FAILED
    assert receipt.error
    assert run.result.exit_code == 1


def test_a_signed_in_viewer_is_scrubbed_out_of_everything(
    new_puppet: Callable[..., Any], mock_server: Server, tmp_path: Path
) -> None:
    puppet = new_puppet()
    account, mail = "Canary Kestrel", "k.kestrel@canary.example"
    puppet.context.add_cookies(
        [
            {"name": "LOGIN_INFO", "value": quote(f"{account}|{mail}"), "url": mock_server.site()},
            {"name": "SID", "value": "g.a000canarytoken0123456789", "url": mock_server.site()},
        ]
    )
    actions = YouTubeActions(puppet, mock_server.site())
    actions.visit("home")
    if actions.consent_asked():
        actions.consent("reject")
    raw = puppet.capture()
    assert account in raw.html
    with Store(tmp_path / "store.db") as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        store.add_puppet("p", run="r", arm="a", twin=1, block=1)
        store.add_session("s", run="r", puppet="p", block=1, position=0)
        filing = Filing(
            store, EvidenceStore(tmp_path / "evidence"), run="r", puppet="p", session="s",
            public_key="H7AsuUszehN4qKTj2GYYwNNzkJVqUQBRo2wgKevzeUwx", target="none",
            research_tag=None, experiment_id=None, versions={}, spec=spec_of("youtube"),
        )  # fmt: skip
        known = [cookie["value"] for cookie in puppet.context.cookies()]
        capture: Capture = filing.file(raw, 0, known=known).capture
        html = filing.evidence.get(capture.content_hash)
        rows = "\n".join(store.db.conn.iterdump())
    assert capture.status is PageStatus.OK
    for secret in (account, mail, "kestrel", visitor_id(puppet), "canarytoken"):
        assert secret.lower() not in html.lower()
        assert secret.lower() not in rows.lower()
