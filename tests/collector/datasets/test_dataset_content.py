"""A dataset is what a run would have left: the site's own pages, a store, an export's tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from collector.cli import main
from collector.common.model import PageStatus
from collector.datasets import Built, DatasetSpec, build
from collector.export import Format, export_run
from collector.export.text import plain_cell
from collector.platforms.youtube import parse_page
from collector.profile import visitor_id_of
from collector.scenario.loader import load_scenario
from collector.scenario.plan import make_plan
from collector.store import TABLES, Store
from collector.store.rows import from_impression
from mockserver.app import create_app
from mockserver.context import MockConfig

SEED = 20260101


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("datasets") / "quick"
    return build(DatasetSpec(load_scenario("quick"), 400, out, processes=1))


@pytest.fixture
def store(videos: Built) -> Iterator[Store]:
    with Store(videos.out / "store.db", readonly=True) as store:
        yield store


def rows(store: Store, sql: str, *values: Any) -> list[dict[str, Any]]:
    return list(store.rows(sql, values))


class Browser:
    """The mock's site as a browser without a screen asks it."""

    def __init__(self, client: FlaskClient, visitor: str) -> None:
        self.client = client
        self.client.set_cookie("VISITOR_INFO1_LIVE", visitor, domain="youtube.localhost")

    def get(self, path: str) -> str:
        answer = self.client.get(
            path, base_url="http://youtube.localhost", headers={"Accept-Language": "en-US"}
        )
        return answer.get_data(as_text=True)

    def consent(self) -> None:
        answer = self.client.post(
            "/youtubei/v1/consent",
            base_url="http://youtube.localhost",
            json={"choice": "reject"},
            headers={"Accept-Language": "en-US"},
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)


def test_impressions_are_what_the_sites_own_page_shows(store: Store) -> None:
    app = create_app(MockConfig(seed=SEED, clock="0"))
    session = make_plan(load_scenario("quick")).sessions[0]
    browser = Browser(app.test_client(), visitor_id_of(session.seed))
    query = next(step.args["query"] for step in session.steps if step.kind == "search")
    browser.get("/")  # the consent dialog
    browser.consent()
    browser.get("/")
    url = "/results?search_query=" + query.replace(" ", "+")
    html = browser.get(url)
    world = app.extensions["mock"].world
    read = parse_page(html, f"http://youtube.localhost{url}", client_time=world.now())
    assert read.status is PageStatus.OK
    capture = rows(store, "SELECT * FROM captures WHERE session = ? AND seq = 0", session.id)[0]
    assert capture["url"] == f"http://youtube.localhost{url}"
    found = rows(
        store, "SELECT * FROM impressions WHERE capture = ? ORDER BY position", capture["id"]
    )
    assert found == [from_impression(capture["id"], item) for item in read.impressions]
    assert len(found) == 20


def test_what_was_seen_is_what_was_served(store: Store) -> None:
    seen = rows(
        store,
        "SELECT c.event, i.surface, i.position, i.item_id, i.kind FROM impressions i"
        " JOIN captures c ON c.id = i.capture",
    )
    served = {
        (row["load"], row["surface"], row["slot"]): (row["item_id"], row["kind"])
        for row in rows(store, "SELECT * FROM truth_impressions")
    }
    assert len(seen) >= 400
    for row in seen:
        place = (row["event"], row["surface"], row["position"])
        assert served[place] == (row["item_id"], row["kind"])


def test_watches_agree_with_the_truth_and_the_plan(store: Store) -> None:
    receipts = rows(
        store,
        "SELECT r.*, s.puppet FROM receipts r JOIN sessions s ON s.id = r.session"
        " ORDER BY s.puppet, r.step",
    )
    assert receipts
    truth = {
        (row["puppet"], row["video_id"]): row["seconds"]
        for row in rows(store, "SELECT * FROM truth_watches")
    }
    assert len(truth) == len(receipts)
    for receipt in receipts:
        assert receipt["status"] == "complete"
        assert truth[receipt["puppet"], receipt["video_id"]] == receipt["watched_s"]


def test_the_last_session_ends_with_a_page(store: Store, videos: Built) -> None:
    states = [row["state"] for row in rows(store, "SELECT state FROM sessions ORDER BY rowid")]
    assert states == ["done"] * (videos.sessions - 1) + ["interrupted"]
    left = rows(
        store,
        "SELECT s.outcome, s.detail FROM steps s JOIN sessions n ON n.id = s.session"
        " WHERE n.state = 'interrupted' AND s.outcome <> 'done'",
    )
    assert left == [{"outcome": "skipped", "detail": "the dataset ends before"}] * len(left)
    assert left


def test_a_reader_of_an_export_reads_a_dataset(videos: Built, tmp_path: Path) -> None:
    for form in (Format.JSONL, Format.CSV, Format.PARQUET):
        export_run(videos.out, form=form, tables=list(TABLES), out=tmp_path / form)
        for table in TABLES:
            name = f"{table}.{form}"
            exported = read_back(tmp_path / form / name, form)
            ours = read_back(videos.out / form / name, form)
            assert sorted(ours, key=repr) == sorted(exported, key=repr), name
            if exported:
                assert list(ours[0]) == list(exported[0])


def read_back(path: Path, form: Format) -> list[dict[str, Any]]:
    if form is Format.JSONL:
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if form is Format.CSV:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                {name: plain_cell(cell) for name, cell in row.items()}
                for row in csv.DictReader(file)
            ]
    return list(pq.read_table(path).to_pylist())


@pytest.mark.slow
def test_the_report_of_a_dataset(videos: Built) -> None:
    result = CliRunner().invoke(main, ["report", str(videos.out), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [arm["arm"] for arm in told["arms"]] == ["neutral", "conspiracy"]
    result = CliRunner().invoke(main, ["report", str(videos.out)])
    assert result.exit_code == 0, result.output
    assert (videos.out / "report.html").stat().st_size > 10_000
    assert list((videos.out / "report-figures").glob("*.pdf"))
    result = CliRunner().invoke(main, ["dataset", "check", str(videos.out)])
    assert result.exit_code == 0, result.output


def test_the_card_says_what_the_dataset_is(videos: Built) -> None:
    card = json.loads((videos.out / "datacard.json").read_text("utf-8"))
    assert card["plan_hash"] == videos.plan_hash == make_plan(load_scenario("quick")).hash
    assert card["licence"] == "CC0-1.0"
    assert card["counts"] == videos.counts
    assert card["recommender"]["params"]["history"] == 1.0
    assert "score(v)" in card["recommender"]["formula"]
    column = card["schema"]["impressions"]["columns"]["age_seconds"]
    assert (column["type"], column["unit"]) == ("INTEGER", "s")
    readme = (videos.out / "README.md").read_text("utf-8")
    for part in (card["cite"], card["command"], card["files"]["store.db"]["sha256"], "score(v)"):
        assert part in readme
