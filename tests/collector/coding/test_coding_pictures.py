"""The pictures of a sheet: out of what the run kept, drawn anew, and never out of a network."""

from __future__ import annotations

import base64
import io
import shutil
import socket
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from coding_tools import fill, rows_of
from PIL import Image
from synthetic_run import Made, build

from collector.cli import main
from collector.coding.pictures import Picture
from collector.coding.sheets import HEAD
from collector.coding.thumbnails import SIZE, drawn_anew, file_of
from collector.evidence import EvidenceMissing, EvidenceStore
from collector.recording.options import Record
from collector.recording.stored import Head, RecordingStore
from collector.store import Store

CALAMINE = "python_calamine"
XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def image(form: str, size: tuple[int, int] = (640, 360), colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def collector(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Items with a picture in the page, in the recording, on the site, on the mock; SVG; none."""
    run = build(tmp_path_factory.mktemp("made") / "run", Made(twins=1, watches=1))
    inline = base64.b64encode(image("PNG")).decode()
    svg = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'>" + b" " * 99 + b"</svg>")
    parts = {
        "v0000000001": f'<img src="data:image/png;base64,{inline}">',
        "v0000000002": '<img src="https://i.example/vi/v0000000002/hq.jpg?sqp=1">',
        "v0000000004": '<img src="http://youtube.localhost:5000/vi/v0000000004/hq.jpg">',
        "v0000000005": f'<img src="data:image/svg+xml;base64,{svg.decode()}">',
        "v0000000006": '<img src="//i.example/6.jpg">',
    }
    html = "".join(f'<div><a href="/watch?v={item}">{img}</a></div>' for item, img in parts.items())
    # beside the link of 7 stands the picture of 8
    html += (
        '<div><a href="/watch?v=v0000000007">7</a><img src="https://i.example/vi/v0000000008/x.jpg">'
        '<a href="/watch?v=v0000000008">8</a></div>'
    )
    name = EvidenceStore(run / "evidence").put(f"<html>{html}</html>")
    with Store(run / "store.db") as store:
        store.db.execute("UPDATE captures SET content_hash = ?", [name])
    shelf = RecordingStore(run / "recordings" / "s")
    shelf.begin(Head("s", Record.HAR, "mock", "2026-01-01T00:00:00+00:00", True, 1, "b", 1))
    content = {"mimeType": "image/webp", "encoding": "base64",
               "text": base64.b64encode(image("WEBP", (90, 160), "blue")).decode()}  # fmt: skip
    url = "https://i.example/vi/v0000000003/hq.webp"
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {"method": "GET", "url": url},
        "response": {"status": 200, "headers": [], "content": content},
    }
    shelf.put_har(0, {"log": {"version": "1.2", "creator": {}, "entries": [entry]}})
    return run


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "run"))


WANTED = {
    "v0000000001": "pictures/v0000000001.jpg",
    "v0000000002": "https://i.example/vi/v0000000002/hq.jpg?sqp=1",
    "v0000000003": "pictures/v0000000003.jpg",
    "v0000000004": "",
    "v0000000005": "",
    "v0000000006": "https://i.example/6.jpg",
    "v0000000007": "",
    "v0000000008": "https://i.example/vi/v0000000008/x.jpg",
    "v0000000009": "",
}


def test_the_column_has_the_file_or_the_address(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each item its own; files are JPEGs of its pixels, and no network is asked for any."""

    def closed(*given: Any, **named: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket.socket, "connect", closed)
    monkeypatch.setattr(socket, "getaddrinfo", closed)
    done = collector("label", "export", run, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    assert '"pictures": 2' in done.output
    rows = {row["item_id"]: row for row in rows_of(tmp_path / "out" / "coder-A.csv")}
    assert list(next(iter(rows.values()))) == list(HEAD)
    assert {item: rows[item]["picture"] for item in WANTED} == WANTED
    with Image.open(tmp_path / "out" / WANTED["v0000000001"]) as first:
        pixel = first.convert("RGB").getpixel((9, 9))
    assert (first.format, first.size) == ("JPEG", (320, 180))
    red, green, blue = pixel  # type: ignore[misc]
    assert red > 240 > 20 > max(green, blue)
    with Image.open(tmp_path / "out" / WANTED["v0000000003"]) as tall:
        assert (tall.format, tall.size) == ("JPEG", (90, 160))
    there = {path.name for path in (tmp_path / "out" / "pictures").iterdir()}
    assert there == {"v0000000001.jpg", "v0000000003.jpg"}


@pytest.mark.parametrize("refused", [PermissionError(13, "no"), EvidenceMissing("none")])
def test_pages_that_cannot_be_read_have_no_pictures(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Exception
) -> None:
    """The sheets are whole without them: what the run recorded apart is still there."""

    def get(*given: Any) -> str:
        raise refused

    monkeypatch.setattr(EvidenceStore, "get", get)
    done = collector("label", "export", run, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    rows = rows_of(tmp_path / "out" / "coder-A.csv")
    assert {row["item_id"] for row in rows} >= WANTED.keys()
    assert {row["item_id"] for row in rows if row["picture"]} == {"v0000000003"}


def test_a_workbook_has_the_pictures_in_it(run: Path, tmp_path: Path) -> None:
    """Each over its own row, in the column of the same name; the same rows as the CSV; the same
    bytes twice."""
    for name in ("a", "b"):
        done = collector("label", "export", run, "--format", "xlsx", "--out", tmp_path / name)
        assert done.exit_code == 0, done.output
    book = tmp_path / "a" / "coder-A.xlsx"
    assert book.read_bytes() == (tmp_path / "b" / "coder-A.xlsx").read_bytes()
    assert collector("label", "export", run, "--out", tmp_path / "csv").exit_code == 0
    rows = rows_of(tmp_path / "csv" / "coder-A.csv")
    calamine = pytest.importorskip(CALAMINE, reason="workbooks need pip install '.[coding]'")
    read = calamine.CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()
    width = len(HEAD)
    assert [[*row, *[""] * (width - len(row))] for row in read] == [
        list(HEAD), *[list(row.values()) for row in rows]
    ]  # fmt: skip
    with zipfile.ZipFile(book) as parts:
        trees = {
            name: ElementTree.fromstring(parts.read(name))
            for name in parts.namelist()
            if name.endswith((".xml", ".rels"))
        }
        files = {n: parts.read(n) for n in parts.namelist() if n.startswith("xl/media/")}
    targets = {
        each.attrib["Id"]: "xl/" + each.attrib["Target"].removeprefix("../")
        for each in trees["xl/drawings/_rels/drawing1.xml.rels"]
    }
    seen = {}
    for anchor in trees["xl/drawings/drawing1.xml"]:
        place = anchor.find(f"{XDR}from")
        blip = anchor.find(f".//{A}blip")
        assert place is not None
        assert blip is not None
        assert place.findtext(f"{XDR}col") == str(HEAD.index("picture"))
        row = rows[int(place.findtext(f"{XDR}row") or 0) - 1]
        seen[row["item_id"]] = files[targets[blip.attrib[f"{REL}embed"]]]
    beside = {path.stem: path.read_bytes() for path in (tmp_path / "a" / "pictures").iterdir()}
    assert seen == beside
    assert len(seen) == 2
    (sheet,) = trees["xl/worksheets/_rels/sheet1.xml.rels"]
    assert sheet.attrib["Target"] == "../drawings/drawing1.xml"


def test_a_workbook_comes_back_as_it_was_coded(run: Path, tmp_path: Path) -> None:
    """Filled in as CSV and as XLSX, the labels are the same; a run without pictures has a workbook
    without a drawing."""
    pytest.importorskip(CALAMINE, reason="workbooks need pip install '.[coding]'")
    shutil.rmtree(run / "recordings")
    shutil.rmtree(run / "evidence")
    out = tmp_path / "out"
    assert collector("label", "export", run, "--format", "xlsx", "--out", out).exit_code == 0
    with zipfile.ZipFile(out / "coder-A.xlsx") as parts:
        assert not [name for name in parts.namelist() if "drawing" in name or "media" in name]
        assert b"drawing" not in parts.read("xl/worksheets/sheet1.xml")
    refused = collector("label", "import", run, out / "coder-A.xlsx")
    assert refused.exit_code == 2
    assert "holds no label" in refused.output
    assert collector("label", "export", run, "--out", tmp_path / "csv").exit_code == 0
    sheet = tmp_path / "csv" / "coder-A.csv"
    (tmp_path / "csv" / "codebook.yaml").write_text("labels:\n  music: songs\n")
    fill(sheet, {row["item_id"]: "music" for row in rows_of(sheet)})
    assert collector("label", "import", run, sheet).exit_code == 0


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("image/png", b"no picture at all" * 9),
        ("image/png", image("PNG")[:200]),
        ("image/png", image("BMP")),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("image/png", image("PNG", (4001, 4000))),
    ],
    ids=["noise", "cut off", "another format", "svg", "too many pixels"],
)
def test_what_is_no_picture_is_left_out(mime: str, data: bytes) -> None:
    """Damaged, huge, active: none of it lies beside a sheet."""
    assert drawn_anew(Picture(mime, data)) is None


def test_a_picture_is_small_and_without_what_was_hidden_in_it() -> None:
    """Pixels alone: no comment, no profile, whatever its bytes said."""
    out = io.BytesIO()
    told = Image.Exif()
    told[0x010E] = "a secret of the camera"
    Image.new("RGBA", (2000, 1000), (0, 0, 0, 0)).convert("RGB").save(out, "JPEG", exif=told)
    small = drawn_anew(Picture("image/jpeg", out.getvalue()))
    assert small is not None
    assert (small.width, small.height) == (SIZE[0], 160)
    assert b"secret" not in small.data


def test_a_name_of_a_file_is_made_of_any_id() -> None:
    """Ids of other platforms, and of somebody who would write elsewhere."""
    odd = ["../../etc/x", "@someone", "-rf", "a/b", "", "x" * 300, "pfbid0Ab"]
    names = [file_of(one) for one in odd]
    assert len(set(names)) == len(odd)
    assert all(Path(name).parent == Path("pictures") for name in names)
    assert names[-1] == "pictures/pfbid0Ab.jpg"
