"""``import twinwatch``: frames that are the report's own numbers, typed, the same in every form."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from known_worlds import base
from known_worlds import run as world_run
from synthetic_run import Made, build

import twinwatch
from collector.analysis.load import load_run
from collector.analysis.metrics import exposure_share
from collector.analysis.outcomes import attention_of
from collector.analysis.report import report_data
from collector.cli import main
from collector.export.text import plain_cell

pd = pytest.importorskip("pandas", reason="frames need pandas: pip install 'twinwatch[frames]'")

MADE = Made(
    arms=("neutral", "conspiracy", "science"), twins=3, lost={"science-2": 6},
    blocked={"neutral-1": 0}, stalls={"conspiracy-1": 5},
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("frames") / "run", MADE)


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sessions a puppet."""
    scenario = base(2, name="waves", block=2, repeat="weekly", waves=3)
    return world_run(tmp_path_factory.mktemp("waves") / "run", scenario, seed=3)


@pytest.fixture(params=["one session", "waves"])
def each(request: pytest.FixtureRequest, folder: Path, waves: Path) -> Path:
    return folder if request.param == "one session" else waves


def test_means_of_the_arms_are_the_reports(each: Path) -> None:
    """Three lines of pandas, to 1e-12, for every verdict that has numbers."""
    run = twinwatch.load(each)
    outcomes = run.outcomes()
    means = outcomes.groupby(["surface", "outcome", "contrast", "arm"], observed=True).value.mean()
    held = 0
    for verdict in report_data(each)["verdicts"]:
        for arm, key in ((verdict["arm"], "arm_mean"), (verdict["control"], "control_mean")):
            if verdict[key] is not None:
                place = (verdict["surface"], verdict["outcome"], verdict["arm"], arm)
                assert means[place] == pytest.approx(verdict[key], abs=1e-12)
                held += 1
    assert held >= 2


def test_exposure_is_what_the_report_counts_page_by_page(each: Path) -> None:
    """Every list of every page load: items, topics, place in the session, share of attention."""
    data = load_run(each)
    frame = twinwatch.load(each).exposure()
    lists: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in frame.itertuples():
        lists[row.capture, row.surface].append(row)
    assert set(lists) == {(page.capture, page.surface) for page in data.pages}
    for page in data.pages:
        rows = lists[page.capture, page.surface]
        assert [(r.position, r.kind, r.item_id) for r in rows] == [
            (i.position, i.kind, i.item_id) for i in page.items
        ]
        assert [None if pd.isna(r.topic) else r.topic for r in rows] == [
            i.topic for i in page.items
        ]
        head = rows[0]
        assert (head.arm, head.puppet, head.twin, head.block) == (
            page.puppet.arm, page.puppet.name, page.puppet.twin, page.puppet.block,
        )  # fmt: skip
        assert (head.phase, head.slot, head.puppet_step) == (page.phase, page.slot, page.step)
        assert ("" if pd.isna(head.capture_label) else head.capture_label) == page.label
        assert ("" if pd.isna(head.turn) else head.turn) == page.turn
        ranks = [r.rank for r in rows if not pd.isna(r.rank)]
        assert ranks == list(range(1, len(page.organic) + 1))
        for topic in {"conspiracy", "music"}:
            share = exposure_share(page.topics, {topic}, attention_of(data))
            got = sum(r.weight for r in rows if r.topic == topic and not pd.isna(r.weight))
            assert got == pytest.approx(share or 0.0, abs=1e-12)


def test_frames_hold_every_row_of_the_store(folder: Path) -> None:
    """Nothing is lost on the way: counts by plain SQL beside those of the frames."""
    run = twinwatch.load(folder)
    with sqlite3.connect(folder / "store.db") as db:

        def count(sql: str) -> int:
            return int(db.execute(sql).fetchone()[0])

        assert len(run.steps()) == len(run.cells()) == count("SELECT count(*) FROM steps")
        assert run.cells().missing.sum() == count("SELECT count(*) FROM missing_cells")
        assert len(run.captures()) == count("SELECT count(*) FROM captures")
        assert len(run.impressions()) == count("SELECT count(*) FROM impressions")
        assert len(run.watches()) == count("SELECT count(*) FROM receipts")
        samples = [json.loads(r[0]) for r in db.execute("SELECT samples FROM receipts")]
        assert len(run.receipts()) == sum(map(len, samples))
        assert len(run.served()) == count("SELECT count(*) FROM truth_impressions")
        watched = count("SELECT round(sum(watched_s) * 1000) FROM receipts")
    assert round(run.watches().watched_s.sum() * 1000) == watched
    db.close()
    puppets = run.puppets().set_index("puppet")
    assert not puppets.delivered["science-2"]
    assert puppets.delivered.sum() == len(puppets) - 1
    assert run.puppets().arm.cat.categories[0] == "neutral"  # the control
    assert not run.captures().query("puppet == 'neutral-1' and step == 0").counted.any()


def test_types_are_what_the_columns_say(folder: Path) -> None:
    """Words are categories, whole numbers nullable, times UTC, in every frame, full or empty."""
    run = twinwatch.load(folder)
    wanted = {"word": "category", "int": "Int64", "float": "float64", "bool": "boolean",
              "time": "datetime64[ms, UTC]"}  # fmt: skip
    for name, spec in twinwatch.FRAMES.items():
        frame = getattr(run, name)()
        assert list(frame.columns) == list(spec.columns)
        for column, about in spec.columns.items():
            if about.kind in wanted:
                assert str(frame[column].dtype) == wanted[about.kind], (name, column)
        assert not frame.duplicated(list(spec.key)).any(), name


def test_factors_are_columns(tmp_path: Path) -> None:
    """A scenario's factors stand behind the arm, each puppet with its level."""
    run = build(tmp_path / "run", Made(twins=1))
    with sqlite3.connect(run / "store.db") as db:
        (text,) = db.execute("SELECT scenario_json FROM runs").fetchone()
        scenario = json.loads(text) | {"factors": {"language": ["persona.locale"]}}
        for arm, locale in (("neutral", "en-US"), ("conspiracy", "fr-FR")):
            scenario["arms"][arm]["persona"] = {"locale": locale}
        db.execute("UPDATE runs SET scenario_json = ?", [json.dumps(scenario)])
    db.close()
    frame = twinwatch.load(run).exposure()
    assert list(frame.columns[:3]) == ["run", "arm", "factor_language"]
    pairs = set(zip(frame.arm, frame.factor_language, strict=True))
    assert pairs == {("neutral", "en-US"), ("conspiracy", "fr-FR")}


def test_without_pandas_the_error_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence with the command; the Arrow table is there all the same."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    run = twinwatch.load(folder)
    with pytest.raises(twinwatch.UserError, match=r"twinwatch\[frames\].*run.table\('exposure'\)"):
        run.exposure()
    assert run.table("exposure").num_rows > 0
    with pytest.raises(twinwatch.UserError, match="choose: puppets"):
        run.table("exposures")


@pytest.mark.slow
def test_files_are_the_frames(folder: Path, tmp_path: Path) -> None:
    """Parquet, CSV and JSON Lines hold the same rows; nothing in Parquet is nested."""
    for form in ("parquet", "csv", "jsonl"):
        done = CliRunner().invoke(main, ["export", str(folder), "--frames", "--format", form,
                                         "--out", str(tmp_path / form)])  # fmt: skip
        assert done.exit_code == 0, done.output
    run = twinwatch.load(folder)
    for name in twinwatch.FRAMES:
        table = pq.read_table(tmp_path / "parquet" / f"{name}.parquet")
        assert table.equals(run.table(name))
        assert not any(pa.types.is_nested(f.type) for f in table.schema)
        with (tmp_path / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == table.column_names
        assert len(rows) - 1 == table.num_rows
        lines = (tmp_path / "jsonl" / f"{name}.jsonl").read_text("utf-8").splitlines()
        assert len(lines) == table.num_rows
        for row, line in list(zip(rows[1:], lines, strict=True))[:50]:
            told = json.loads(line)
            assert [plain_cell(cell) for cell in row] == [
                "" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
                for v in told.values()
            ]
    exposure = pq.read_table(tmp_path / "parquet" / "exposure.parquet").to_pylist()
    seen = [r for r in exposure if r["surface"] == "home" and r["phase"] == "after"]
    by_puppet: dict[str, float] = defaultdict(float)
    for row in seen:
        if row["topic"] == "conspiracy" and row["arm"] == "conspiracy":
            by_puppet[row["puppet"]] += row["weight"] or 0.0
    (verdict,) = (v for v in report_data(folder)["verdicts"]
                  if v["surface"] == "home" and v["arm"] == "conspiracy")  # fmt: skip
    assert fmean(by_puppet.values()) == pytest.approx(verdict["arm_mean"], abs=1e-12)


def test_exports_describe_themselves(folder: Path, tmp_path: Path) -> None:
    """Every file stands in datapackage.json with all columns; the validator finds it valid."""
    cli = CliRunner()
    assert cli.invoke(main, ["export", str(folder), "--format", "csv", "--out",
                             str(tmp_path / "tables")]).exit_code == 0  # fmt: skip
    assert cli.invoke(main, ["export", str(folder), "--frames", "--format", "csv", "--out",
                             str(tmp_path / "frames")]).exit_code == 0  # fmt: skip
    for kind in ("tables", "frames"):
        about = json.loads((tmp_path / kind / "datapackage.json").read_text("utf-8"))
        assert {r["path"] for r in about["resources"]} == {
            path.name for path in (tmp_path / kind).glob("*.csv")
        }
        for resource in about["resources"]:
            with (tmp_path / kind / resource["path"]).open(encoding="utf-8", newline="") as file:
                head = next(csv.reader(file))
            fields = resource["schema"]["fields"]
            assert [field["name"] for field in fields] == head
            assert all(len(field["description"]) > 2 for field in fields)
    frictionless = pytest.importorskip(
        "frictionless", reason="no validator here: pip install frictionless"
    )
    for kind in ("tables", "frames"):
        report = frictionless.validate(str(tmp_path / kind / "datapackage.json"))
        assert report.valid, report.flatten(["title", "message"])[:5]


def test_a_wrong_choice_is_refused(folder: Path, tmp_path: Path) -> None:
    """Each with exit code 2 and what to do."""
    for arguments, told in (
        (["--frames"], "--out"),
        (["--frames", "--table", "nope", "--out", str(tmp_path / "a")], "choose from"),
        (["--frames", "--format", "sqlite", "--out", str(tmp_path / "b")], "parquet, csv or jsonl"),
        (["--labels", "1"], "--frames"),
        (["--table", "nope"], "choose from"),
    ):
        done = CliRunner().invoke(main, ["export", str(folder), *arguments])
        assert (done.exit_code, told in done.output) == (2, True), done.output
    with pytest.raises(twinwatch.UserError, match=r"store\.db is missing"):
        twinwatch.load(tmp_path)


@pytest.mark.slow
def test_two_hundred_thousand_impressions_are_one_table(tmp_path: Path) -> None:
    """A large run: every item is there once, ranks count organic items, weights sum to 1 a list."""
    run = build(tmp_path / "run", Made(twins=1, watches=1))
    with sqlite3.connect(run / "store.db") as db:
        captures = [row[0] for row in db.execute("SELECT id FROM captures WHERE status = 'ok'")]
        db.execute("DELETE FROM impressions")
        each_list = 200_000 // len(captures)
        db.executemany(
            "INSERT INTO impressions (capture, surface, position, kind, item_id)"
            " VALUES (?, 'home', ?, ?, ?)",
            (
                (capture, place, "ad" if place % 7 == 0 else "video", f"v{place:010d}")
                for capture in captures
                for place in range(1, each_list + 1)
            ),
        )
        (total,) = db.execute("SELECT count(*) FROM impressions").fetchone()
    db.close()
    frame = twinwatch.load(run).exposure()
    assert len(frame) == total
    sums = frame.groupby("capture").weight.sum()
    assert (abs(sums - 1) < 1e-9).all()
    assert (frame.groupby("capture")["rank"].max() == each_list - each_list // 7).all()
