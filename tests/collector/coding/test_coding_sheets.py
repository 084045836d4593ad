"""Labels after the run: sheets are blind and whole, and come back exactly or are refused."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from coding_tools import as_xlsx, exposure_of, fill, rows_of, truth_of
from synthetic_run import Made, build

from collector.analysis.report import report_data
from collector.cli import main
from collector.coding import write_sheets
from collector.coding.codebook import Codebook
from collector.coding.items import ToCode
from collector.coding.reading import read_sheet
from collector.coding.sheets import HEAD, write_sheet
from collector.common.errors import UserError
from collector.store import Store


def collector(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run and with sheets of two coders, of which each test has a copy."""
    folder = tmp_path_factory.mktemp("made")
    run, out = build(folder / "run", Made(twins=3, watches=2)), folder / "coding"
    assert collector("label", "export", run, "--coder", "A", "--coder", "B", "--out", out
                     ).exit_code == 0  # fmt: skip
    topics = sorted(set(truth_of(run).values()))
    lines = [f"  {topic}: what it is" for topic in topics]
    (out / "codebook.yaml").write_text("labels:\n" + "\n".join(lines) + "\n  other: none\n")
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "run", tmp_path / "run"))


@pytest.fixture
def free(made: Path, run: Path, tmp_path: Path) -> Path:
    """A folder of sheets of two coders, with a codebook of the run's topics."""
    return Path(shutil.copytree(made / "coding", tmp_path / "coding"))


def test_a_mix_lends_no_video_its_title_and_is_named_where_it_stands_alone(
    run: Path, tmp_path: Path
) -> None:
    """What is coded is the video that it begins with: its own title, from wherever it was seen."""

    def exported(name: str, *options: str) -> dict[str, dict[str, str]]:
        out = tmp_path / name
        assert collector("label", "export", run, "--out", out, *options).exit_code == 0
        (sheet,) = out.glob("*.csv")
        return {row["item_id"]: row for row in rows_of(sheet)}

    with Store(run / "store.db") as store:
        seen = "SELECT item_id, title, count(*) AS n FROM impressions WHERE kind = 'video'"
        often = list(store.rows(f"{seen} GROUP BY item_id HAVING n > 2 ORDER BY item_id"))
        both, alone = often[0], often[1]
        as_mix = "UPDATE impressions SET kind = 'mix', title = 'Mix – many', item_id = ?"
        first = (
            "SELECT i.rowid FROM impressions i JOIN captures c ON c.id = i.capture"
            " WHERE i.item_id = ? ORDER BY c.puppet, c.session, c.seq, i.position LIMIT 1"
        )
        store.db.execute(
            f"{as_mix} WHERE rowid = ({first})", [f"RD{both['item_id']}", both["item_id"]]
        )
        mix, item = f"RD{alone['item_id']}", alone["item_id"]
        store.db.execute(f"{as_mix} WHERE item_id = ?", [mix, item])
        store.db.execute("DELETE FROM receipts WHERE video_id = ?", [item])
        store.db.execute(
            "DELETE FROM observations WHERE json_extract(fields, '$.videoId') = ?", [item]
        )
        store.db.commit()
    rows = exported("sheets")
    told = {key: (rows[key]["kind"], rows[key]["title"]) for key in (both["item_id"], item)}
    assert told == {both["item_id"]: ("video", both["title"]), item: ("mix", "Mix – many")}
    assert mix not in rows
    assert rows[item]["url"].endswith(f"watch?v={item}")
    with Store(run / "store.db") as store:  # on one list as a mix, on another as itself
        on = "SELECT item_id FROM impressions WHERE kind = 'video' AND surface = ?"
        (third, *_) = store.rows(f"{on} INTERSECT {on} ORDER BY item_id DESC", ["home", "related"])
        third = third["item_id"]
        store.db.execute(f"{as_mix} WHERE surface = 'home' AND item_id = ?", [f"RD{third}", third])
        store.db.commit()
    there, home = exported("all")[third], exported("home", "--surface", "home")[third]
    assert home == there
    assert (home["kind"], home["title"] != "Mix – many") == ("video", True)


def test_what_is_exported_filled_from_the_truth_and_imported_is_the_mocks_exposure(
    run: Path, free: Path
) -> None:
    """Exactly the exposures and verdicts of ``labels: mock``: item by item, number by number."""
    before, told = exposure_of(run), report_data(run)
    truth = truth_of(run)
    with Store(run / "store.db") as store:  # the mock knows more than was seen
        store.db.execute("UPDATE labels SET label = 'never' WHERE item_id NOT IN"
                         " (SELECT item_id FROM impressions)"
                         " AND item_id NOT IN (SELECT video_id FROM receipts)")  # fmt: skip
    sheets = [fill(free / f"coder-{name}.csv", truth) for name in "AB"]
    done = collector("label", "import", run, *sheets)
    assert done.exit_code == 0, done.output
    assert "labels version 1" in done.output
    assert exposure_of(run) == before
    again = report_data(run)
    assert again["verdicts"]
    assert len(again["verdicts"]) == len(told["verdicts"])
    for old, new in zip(told["verdicts"], again["verdicts"], strict=True):
        assert [old[key] for key in ("estimate", "p", "interval", "verdict", "control_mean")] == [
            new[key] for key in ("estimate", "p", "interval", "verdict", "control_mean")
        ]
        # coders who agree on everything widen nothing
        assert new["labelled"] == pytest.approx(new["interval"], abs=1e-12)
    assert again["dose"] == told["dose"]


def test_a_sheet_is_blind_and_holds_each_item_once(run: Path, free: Path) -> None:
    """Nothing of arm, puppet, rank or count; the same items in another order for each coder."""
    sheets = {name: rows_of(free / f"coder-{name}.csv") for name in "AB"}
    with Store(run / "store.db", readonly=True) as store:
        seen = {row["item_id"] for row in store.rows(
            "SELECT item_id FROM impressions WHERE kind <> 'ad'"
            " UNION SELECT video_id FROM receipts")}  # fmt: skip
    for rows in sheets.values():
        assert list(rows[0]) == list(HEAD)
        assert Counter(row["item_id"] for row in rows) == Counter(seen)
        assert not any(row["label"] or row["unsure"] or row["note"] for row in rows)
        assert all(row["url"].startswith("https://www.youtube.com/watch?v=") for row in rows)
    orders = [[row["item_id"] for row in rows] for rows in sheets.values()]
    assert orders[0] != orders[1] != sorted(orders[1])
    for name in "AB":
        text = (free / f"coder-{name}.csv").read_text("utf-8")
        assert not any(word in text for word in ("neutral", "conspiracy", "-1,", "localhost"))
    there = (free / "not-for-coders" / "where-shown.csv").read_text("utf-8")
    assert "conspiracy" in there


def test_overlap_and_sample_deal_items_out(run: Path, tmp_path: Path) -> None:
    """40 items, 20 % to both: 8 shared, the other 32 dealt out evenly; the same twice."""

    def export(name: str) -> list[set[str]]:
        written = write_sheets(run, tmp_path / name, coders=["A", "B"], sample=40, overlap=0.2)
        assert (written.items, written.shared) == (40, 8)
        return [{row["item_id"] for row in rows_of(path)} for path in written.sheets.values()]

    a, b = export("one")
    assert (len(a), len(b), len(a & b), len(a | b)) == (24, 24, 8, 40)
    assert export("two") == [a, b]
    home = write_sheets(run, tmp_path / "home", surfaces=["home"])
    with Store(run / "store.db", readonly=True) as store:
        (count,) = (row["n"] for row in store.rows(
            "SELECT count(DISTINCT item_id) AS n FROM impressions"
            " WHERE surface = 'home' AND kind <> 'ad'"))  # fmt: skip
    assert home.items == count


def test_what_was_watched_has_its_title_on_a_sheet_of_some_lists(run: Path, tmp_path: Path) -> None:
    """From any list that had it, and, where none had, from the video's own page: a coder who sees
    an id alone has nothing to judge by."""
    with Store(run / "store.db") as store:
        watched = sorted({row["video_id"] for row in store.rows("SELECT video_id FROM receipts")})
        listed = {
            row["item_id"]: row["title"]
            for row in store.rows("SELECT item_id, title FROM impressions WHERE title <> ''")
        }
        seen, unseen = watched[0], watched[-1]
        assert seen != unseen
        assert seen in listed
        store.db.execute("DELETE FROM impressions WHERE item_id = ?", (unseen,))
        page = {"videoId": unseen, "title": "Of its own page", "authorName": "A channel"}
        store.db.execute(
            "UPDATE observations SET kind = 'video', fields = ? WHERE capture ="
            " (SELECT id FROM captures WHERE status = 'ok' ORDER BY id DESC LIMIT 1)",
            (json.dumps(page),),
        )
    sheets = write_sheets(run, tmp_path / "some", surfaces=["watched"]).sheets
    rows = {row["item_id"]: row for row in rows_of(*sheets.values())}
    assert set(rows) == set(watched)
    assert rows[seen]["title"] == listed[seen]
    assert (rows[unseen]["title"], rows[unseen]["channel"]) == ("Of its own page", "A channel")


def test_a_sheet_that_may_be_coded_is_never_overwritten(run: Path, free: Path) -> None:
    """A second export into the folder is refused and changes nothing."""
    before = (free / "coder-A.csv").read_bytes()
    again = collector("label", "export", run, "--out", free)
    assert again.exit_code == 2
    assert "coder-A.csv" in again.output
    assert (free / "coder-A.csv").read_bytes() == before


def test_addresses_and_workbooks_are_read_as_they_were_meant(run: Path, free: Path) -> None:
    """Ids as addresses are said to be read so; an XLSX gives the labels of its CSV."""
    truth = truth_of(run)
    fill(free / "coder-A.csv", truth)
    rows = rows_of(free / "coder-A.csv")
    for row in rows[:3]:
        row["item_id"] = row["url"]
    with (free / "coder-A.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    fill(free / "coder-B.csv", truth)
    book = as_xlsx(free / "coder-B.csv", free / "coder-B.xlsx")
    done = collector("label", "import", run, free / "coder-A.csv", book, "--json")
    found = json.loads(done.stdout)
    assert [sheet["addresses"] for sheet in found["sheets"]] == [3, 0]
    assert found["agreement"]["pairs"][0]["agree"] == 1.0
    assert found["items"] == len(rows)


def _put(sheet: Path, text: str) -> None:
    sheet.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("url,label\nx,music\n", [":1", "item_id"]),
        ("item_id,topic\n{a},music\n", [":1", "label or score"]),
        ("item_id,video_id,label\n{a},{a},music\n", [":1", "item_id and video_id"]),
        ("item_id,label\n{a},musik\n", [":2", "'musik' is not in the codebook", "'music'",
                                         "into codebook.yaml"]),
        ("item_id,label\n{a},music\nv9999999999,music\n", [":3", "never saw v9999999999"]),
        ("item_id,label\n{a},music\n{b},music\n{a},science\n", [":4", "line 2"]),
        ("item_id,label\n1.23E+10,music\n", [":2", "spreadsheet made a number"]),
        ("item_id,label,unsure\n{a},music,perhaps\n", [":2", "unsure is 'perhaps'"]),
        ("item_id,label\n{a},\n", ["holds no label"]),
        ("item_id,label\n", ["holds no item", "has nothing to settle"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_line(
    run: Path, free: Path, text: str, told: list[str]
) -> None:
    """One error with file, line and fix, exit code 2, and nothing of it in the store."""
    a, b = sorted(row["item_id"] for row in rows_of(free / "coder-A.csv"))[:2]
    _put(free / "coder-A.csv", text.replace("{a}", a).replace("{b}", b))
    done = collector("label", "import", run, free / "coder-A.csv")
    assert done.exit_code == 2, done.output
    assert all(word in done.output for word in ["coder-A.csv", "fix:", *told]), done.output
    assert "Traceback" not in done.output
    with Store(run / "store.db", readonly=True) as store:
        assert not list(store.rows("SELECT * FROM label_versions"))
        assert not list(store.rows("SELECT * FROM codings"))


@pytest.mark.slow
def test_versions_are_kept_and_a_report_is_made_with_any(run: Path, free: Path) -> None:
    """Two imports, the run's own and a file: four reports, each with its labels; no double."""
    truth = truth_of(run)
    own = report_data(run)
    fill(free / "coder-A.csv", truth)
    assert collector("label", "import", run, free / "coder-A.csv").exit_code == 0
    assert collector("label", "import", run, free / "coder-A.csv").exit_code == 0
    swapped = {item: "music" if topic == "conspiracy" else topic for item, topic in truth.items()}
    fill(free / "coder-B.csv", swapped)
    assert "version 2" in collector("label", "import", run, free / "coder-B.csv").output
    share = "exposure share: conspiracy"

    def mean(labels: Any) -> float:
        found = [v for v in report_data(run, labels)["verdicts"] if v["outcome"] == share]
        return float(found[0]["arm_mean"] or 0.0)

    assert report_data(run)["labels"]["version"] == 2
    assert report_data(run)["labels"]["versions"] == [1, 2]
    expected = next(v for v in own["verdicts"] if v["outcome"] == share)["arm_mean"]
    assert mean(1) == mean("run") == mean("1") == expected > 0
    exported = run.parent / "labels.csv"
    exported.write_text(
        "video_id,label\nUnseenVideo,music\n" + "".join(f"{i},{t}\n" for i, t in truth.items())
    )
    assert mean(exported) == expected
    assert mean(2) == mean(None) == 0.0
    missing = collector("report", run, "--json", "--labels", "7")
    assert missing.exit_code == 2
    assert "its versions are 1, 2" in missing.output
    assert truth_of(run) == truth  # what the puppets were run with is as it was


def test_scores_are_labels_too(run: Path, free: Path) -> None:
    """Numbers of a codebook survive a spreadsheet; on a scale two coders make their mean."""
    (free / "codebook.yaml").write_text("scale: {from: -1, to: 1}\n")
    fill(free / "coder-A.csv", lambda item: ("0.5", "", ""))
    fill(free / "coder-B.csv", lambda item: ("-1.0", "", ""))
    assert collector("label", "import", run, *(free / f"coder-{n}.csv" for n in "AB")
                     ).exit_code == 0  # fmt: skip
    with Store(run / "store.db", readonly=True) as store:
        assert {row["label"] for row in store.rows("SELECT label FROM topics")} == {"-0.25"}
    fill(free / "coder-A.csv", lambda item: ("1.5", "", ""))
    refused = collector("label", "import", run, free / "coder-A.csv")
    assert refused.exit_code == 2
    assert "from -1 to 1" in refused.output
    book = Codebook({"-1": "against", "0": "neither", "1": "for"})
    assert [book.canonical(text) for text in ("1.0", "-1", "+1", "0.5", "x")] == [
        "1", "-1", "1", None, None,
    ]  # fmt: skip


def test_what_is_contested_is_settled_by_a_third(run: Path, free: Path) -> None:
    """Coders who differ leave an item open, unless one was unsure; a third settles it."""
    truth = truth_of(run)
    rows = sorted(row["item_id"] for row in rows_of(free / "coder-A.csv"))
    first, second = rows[:2]
    fill(free / "coder-A.csv", truth)
    other = dict.fromkeys((first, second), "other")
    fill(
        free / "coder-B.csv",
        lambda item: (other.get(item, truth[item]), "1" if item == second else "", "hm"),
    )
    still = free / "open.csv"
    sheets = [free / "coder-A.csv", free / "coder-B.csv"]
    done = collector("label", "import", run, *sheets, "--contested", still)
    assert done.exit_code == 1
    assert f"settle them in {still}, then --adjudicate {still}" in done.output
    assert [row["item_id"] for row in rows_of(still)] == [first]
    with Store(run / "store.db", readonly=True) as store:
        labels = {row["item_id"]: row["label"] for row in store.rows("SELECT * FROM topics")}
        notes = {row["note"] for row in store.rows("SELECT note FROM codings WHERE coder = 'B'")}
    assert first not in labels
    assert labels[second] == truth[second]
    assert notes == {"hm"}
    again = collector("label", "import", run, sheets[0], "--contested", still)
    assert again.exit_code == 2
    assert f"{still}: is there already" in again.output
    with Store(run / "store.db", readonly=True) as store:
        assert (
            len(list(store.rows("SELECT version FROM label_versions"))) == 1
        )  # nothing was written
    fill(still, {first: "other"})
    done = collector("label", "import", run, *sheets, "--adjudicate", still)
    assert done.exit_code == 0, done.output
    with Store(run / "store.db", readonly=True) as store:
        labels = {row["item_id"]: row["label"] for row in store.rows("SELECT * FROM topics")}
    assert labels[first] == "other"
    assert report_data(run)["labels"]["version"] == 2


def test_a_codebook_is_refused_with_its_line(run: Path, free: Path) -> None:
    """What is no codebook is said with file, line and fix."""
    fill(free / "coder-A.csv", truth_of(run))
    for text, told in (
        ("labels:\n  music: [a]\n", "codebook.yaml:2"),
        ("words:\n  music: a\n", "labels"),
        ("scale: {from: 1, to: 1}\n", "smaller first"),
    ):
        (free / "codebook.yaml").write_text(text)
        done = collector("label", "import", run, free / "coder-A.csv")
        assert (done.exit_code, told in done.output) == (2, True), done.output


def test_ten_thousand_items_are_no_work(tmp_path: Path) -> None:
    """10,000 coded rows go in whole: every row a coding and a resolved label of one version."""
    run = build(tmp_path / "run", Made(twins=1, watches=0))
    with Store(run / "store.db") as store:
        store.add_labels({f"w{n:010d}": "music" for n in range(10_000)}, source="mock")
    sheet = tmp_path / "coder-A.csv"
    rows = "".join(f"w{n:010d},{'music' if n % 3 else 'science'}\n" for n in range(10_000))
    sheet.write_text("item_id,label\n" + rows)
    done = collector("label", "import", run, sheet, "--json")
    assert json.loads(done.stdout)["items"] == 10_000
    with Store(run / "store.db", readonly=True) as store:
        (count,) = store.rows("SELECT count(*) AS n, sum(label = 'science') AS s FROM codings")
    assert (count["n"], count["s"]) == (20_000, 2 * 3334)


def test_a_run_without_items_has_nothing_to_code(tmp_path: Path) -> None:
    """Said so, with what to do."""
    run = build(tmp_path / "run", Made(captures=False, watches=0))
    with pytest.raises(UserError, match="nothing to code") as caught:
        write_sheets(run, tmp_path / "out")
    assert f"collector status {run} says" in caught.value.fix


def test_a_spreadsheet_makes_no_number_of_an_id(run: Path, tmp_path: Path) -> None:
    """Digits stand behind an apostrophe in a CSV, and are read back as they were."""
    ids = ["123456789012345678", "00000000123", "12345678E12"]
    items = [ToCode(item, "", "post", "=1", "") for item in ids]
    write_sheet(tmp_path / "a.csv", items)
    told = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1:]
    assert told == [f"'{item},,post,'=1,,,,," for item in ids]
    text = (tmp_path / "a.csv").read_text("utf-8-sig").replace(",,,,,", ",,,music,,")
    (tmp_path / "b.csv").write_text(text, "utf-8")
    sheet = read_sheet(tmp_path / "b.csv", coder="A", codebook=Codebook({}), known=ids)
    assert {i: said.label for i, said in sheet.codings.items()} == dict.fromkeys(ids, "music")
