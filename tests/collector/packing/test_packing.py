"""A pack is valid by its formats' validators, complete, and the same report when it is repeated."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from coding_tools import fill, truth_of
from packing_tools import tool, valid
from places import TOOLS
from registered_runs import call, copy_of, make_run, sql
from warcio.archiveiterator import ArchiveIterator

from collector.evidence import EvidenceStore
from collector.packing.signature import SIGNATURE, SUMS
from collector.packing.verify import verify_pack
from collector.packing.wacz import urlkey
from collector.store import TABLES

FEED = """\
name: small-feed
platform: facebook
seed: 3
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms: {only: {steps: [{visit: home}, {scroll: "800px every 5s, 5 times"}]}}
"""


def test_every_web_archive_is_valid(folder: Path) -> None:
    """By ``wacz validate``: structure, hashes of all its files, and the package's own hash."""
    archives = sorted((folder / "captures").glob("*.wacz"))
    assert len(archives) == 6
    valid([tool("wacz"), "validate", "-f", str(archives[0])], cwd=folder)
    valid([tool("wacz"), "validate", "-f", str(archives[-1])], cwd=folder)


@pytest.mark.slow
def test_the_tables_are_a_valid_data_package(folder: Path) -> None:
    """By ``frictionless validate``: every row of every table, types, keys, references, hashes."""
    valid([tool("frictionless"), "validate", "datapackage.json"], cwd=folder)


@pytest.mark.slow
def test_a_table_with_a_wrong_value_is_not_valid(folder: Path, tmp_path: Path) -> None:
    """The descriptor is held against the rows: a word where a number belongs is refused."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    table = copy / "tables" / "receipts.csv.gz"
    text = gzip.decompress(table.read_bytes()).decode().replace(",5.0,", ",five,")
    table.write_bytes(gzip.compress(text.encode()))
    command = [tool("frictionless"), "validate", "datapackage.json"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "five" in done.stdout


def test_the_citation_is_valid(folder: Path) -> None:
    """By ``cffconvert --validate``; with the authors that the scenario names."""
    valid([tool("cffconvert"), "--validate", "-i", "CITATION.cff"], cwd=folder)
    text = (folder / "CITATION.cff").read_text("utf-8")
    assert "family-names: Doe" in text
    assert "name: An Institute" in text
    assert "license: CC-BY-4.0" in text


@pytest.mark.slow
def test_the_certificate_is_the_reports(folder: Path, run: Path, tmp_path: Path) -> None:
    """Of this design, and named in the research object; one of the run's folder goes before."""
    told = json.loads((folder / "certificate.json").read_text("utf-8"))
    assert told == json.loads(call("report", run, "--json").stdout)["certificate"]
    assert told["design"]["arms"]
    assert told["plan"] == json.loads((folder / "manifest.json").read_text("utf-8"))["plan_hash"]
    about = json.loads((folder / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    (named,) = (each for each in about if each["@id"] == "certificate.json")
    assert "how often this very design is wrong" in named["description"]
    copy = copy_of(run, tmp_path)
    (copy / "certificate.json").write_text('{"of": "a laboratory"}\n')
    call("pack", copy, "--out", tmp_path / "own.zip")
    with zipfile.ZipFile(tmp_path / "own.zip") as pack:
        assert json.loads(pack.read("certificate.json")) == {"of": "a laboratory"}


def test_the_research_object_is_valid(folder: Path) -> None:
    """By roc-validator (all that RO-Crate 1.3 requires), in an interpreter that has it."""
    python = os.environ.get("TWINWATCH_ROCRATE_PYTHON", "")
    if not python and find_spec("rocrate_validator"):
        python = sys.executable
    if not python:
        pytest.skip(
            "roc-validator wants rich below 14 and cannot stand beside our packages; name the"
            " interpreter of an environment that has it in TWINWATCH_ROCRATE_PYTHON"
        )
    found = find_spec("rocrate")
    assert found is not None
    assert found.origin is not None
    context = Path(found.origin).parent / "data" / "ro-crate.jsonld"
    script = TOOLS / "rocrate_offline.py"
    valid([python, str(script), str(folder), str(context)], cwd=folder)


def test_the_research_object_names_every_file_and_nothing_else(folder: Path) -> None:
    """Each file but the descriptor is a part of the root with its size and hash; every reference
    leads somewhere; and the library of the format reads it."""
    told = json.loads((folder / "ro-crate-metadata.json").read_text("utf-8"))
    entities = {each["@id"]: each for each in told["@graph"]}
    assert len(entities) == len(told["@graph"])
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {part["@id"] for part in entities["./"]["hasPart"]} == files - {"ro-crate-metadata.json"}
    for name in files - {"ro-crate-metadata.json", SUMS, SIGNATURE}:
        data = (folder / name).read_bytes()
        assert entities[name]["contentSize"] == str(len(data))
        assert entities[name]["sha256"] == hashlib.sha256(data).hexdigest()
    crates = ("https://w3id.org/ro/crate/", "http://schema.org/")
    assert {ref for ref in _references(told["@graph"]) if not ref.startswith(crates)} <= set(
        entities
    )
    code = "import sys; from rocrate.rocrate import ROCrate; c = ROCrate('.');"
    code += "assert len(c.data_entities) >= 50, c.data_entities; assert c.license"
    if find_spec("rocrate") is None:
        pytest.skip("the library rocrate is not installed (pip install twinwatch[dev])")
    valid([sys.executable, "-c", code], cwd=folder)


def _references(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if set(found) == {"@id"}:
            yield found["@id"]
        for value in found.values():
            yield from _references(value)
    elif isinstance(found, list):
        for value in found:
            yield from _references(value)


def test_sha256sum_agrees(folder: Path) -> None:
    """The checksums are in the form of the usual tool, and name every other file."""
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    told = {line[66:]: line[:64] for line in lines}
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert set(told) == set(files) - {SUMS, SIGNATURE}
    assert told == {n: hashlib.sha256(files[n].read_bytes()).hexdigest() for n in told}


# ---- what is in it


def _pages(wacz: Path) -> Iterator[tuple[str, str, bytes]]:
    with zipfile.ZipFile(wacz) as archive:
        stream = io.BytesIO(archive.read("archive/data.warc.gz"))
    for record in ArchiveIterator(stream):
        if record.rec_type == "resource":
            header = record.rec_headers.get_header
            name = header("WARC-Twinwatch-Capture")
            yield name, header("WARC-Target-URI"), record.content_stream().read()


def test_every_captured_page_is_in_it_as_it_was_filed(run: Path, folder: Path) -> None:
    """Read by warcio: address and bytes of each capture, under its puppet, none missing or more."""
    with closing(sqlite3.connect(run / "store.db")) as db:
        rows = db.execute("SELECT id, puppet, url, content_hash FROM captures").fetchall()
        answers = db.execute(
            "SELECT c.puppet, a.content_hash FROM answers a JOIN captures c ON c.id = a.capture"
        ).fetchall()
    evidence = EvidenceStore(run / "evidence")
    wanted = {(p, i, u, evidence.get(h).encode()) for i, p, u, h in rows}
    found = {
        (wacz.stem, name, url, html)
        for wacz in (folder / "captures").glob("*.wacz")
        for name, url, html in _pages(wacz)
    }
    assert wanted <= found
    assert len(wanted) == 24
    # what the site's API answered to a puppet is in it once, however often it came
    told = sorted((p, html) for p, _, url, html in found - wanted if ":answer:" in url)
    assert len(told) == len(found - wanted) > 0
    assert told == sorted({(p, evidence.get(h).encode()) for p, h in answers})


def test_the_index_of_an_archive_finds_every_record(folder: Path) -> None:
    """Each line leads to the gzip member of its address; keys are in order; and no two captures
    share an address and a second, which a viewer could not tell apart."""
    for wacz in (folder / "captures").glob("*.wacz"):
        with zipfile.ZipFile(wacz) as archive:
            data = archive.read("archive/data.warc.gz")
            lines = archive.read("indexes/index.cdx").decode().splitlines()
            pages = archive.read("pages/pages.jsonl").decode().splitlines()
        assert lines == sorted(lines)
        keys = set()
        for line in lines:
            key, moment, fields = line.split(" ", 2)
            told = json.loads(fields)
            start = int(told["offset"])
            record = gzip.decompress(data[start : start + int(told["length"])]).decode()
            assert f"WARC-Target-URI: {told['url']}\r\n" in record
            assert told["digest"] in record
            keys.add((key, moment))
        assert len(keys) == len(lines)
        assert sum('"text/html"' in line for line in lines) == 4
        assert [json.loads(page)["puppet"] for page in pages[1:]] == [wacz.stem] * 4


@pytest.mark.parametrize(
    "url",
    [
        "http://youtube.localhost:42481/watch?v=aBcDeFgHiJk",
        "https://www.youtube.com/results?search_query=flat+earth&b=1&a=2",
        "https://www.youtube.com/",
        "https://www.youtube.com/@Name/Videos/",
        "http://facebook.localhost:80/music.en.1",
        "https://m.facebook.com/story.php?story_fbid=1&id=2",
        "urn:twinwatch:feed:x:1",
    ],
)
def test_addresses_are_indexed_as_web_archives_do(url: str) -> None:
    """The key of an address is that of the library that indexers of web archives use."""
    surt = pytest.importorskip("surt")
    expected = url if url.startswith("urn:") else surt.surt(url)
    assert urlkey(url) == expected


def test_the_tables_hold_the_rows_of_the_store(run: Path, folder: Path) -> None:
    """Row by row, value by value as text; the machine's own table is not among them."""
    with closing(sqlite3.connect(run / "store.db")) as db:
        for name in ("captures", "impressions", "steps", "receipts", "exposure"):
            wanted = db.execute(f"SELECT * FROM {name}").fetchall()
            text = gzip.decompress((folder / f"tables/{name}.csv.gz").read_bytes()).decode()
            rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
            told = [tuple("" if v is None else str(v) for v in row) for row in wanted]
            plain = [tuple(v[1:] if v[:1] == "'" else v for v in row) for row in rows]
            assert sorted(plain) == sorted(told)
    assert not (folder / "tables/leases.csv.gz").exists()


def test_every_column_is_described(folder: Path) -> None:
    """The descriptor has the sentence of each column that the store's own description has."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    told = {each["name"]: each["schema"]["fields"] for each in package["resources"]}
    for name, table in TABLES.items():
        if name in told:
            wanted = {column: spec.about for column, spec in table.columns.items()}
            assert {field["name"]: field["description"] for field in told[name]} == wanted
    assert set(TABLES) - set(told) == {"leases", "data_dictionary"}


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_the_posts_of_a_feed_are_in_it(tmp_path: Path) -> None:
    """A timeline's posts, each under its own name; the pack of such a run is good as well."""
    run = make_run(tmp_path, FEED)
    call("pack", run, "--out", tmp_path / "feed.zip")
    assert verify_pack(tmp_path / "feed.zip") == []
    with zipfile.ZipFile(tmp_path / "feed.zip") as source:
        source.extract("captures/only-1.wacz", tmp_path)
    with closing(sqlite3.connect(run / "store.db")) as db:
        rows = db.execute(
            "SELECT timeline, number, content_hash FROM feed WHERE content_hash IS NOT NULL"
        ).fetchall()
    assert rows
    found = {
        (url, hashlib.sha256(html).hexdigest())
        for _, url, html in _pages(tmp_path / "captures/only-1.wacz")
        if url.startswith("urn:")
    }
    assert found == {(f"urn:twinwatch:feed:{t}:{n}", digest) for t, n, digest in rows}


def test_the_same_run_gives_the_same_bytes(run: Path, pack: Path, tmp_path: Path) -> None:
    """Packed again with the same key and licence, it is the same file; no clock is in it."""
    call("pack", run, "--out", tmp_path / "again.zip", "--licence", "CC-BY-4.0")
    assert (tmp_path / "again.zip").read_bytes() == pack.read_bytes()


# ---- again


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_a_pack_repeated_on_the_mock_gives_the_same_report(run: Path, tmp_path: Path) -> None:
    """From the file alone, in another folder: the hash of all numbers that may not differ; with
    the labels that coders gave after the run, which the run itself never had."""
    copy, alone = copy_of(run, tmp_path), tmp_path / "alone.zip"
    truth = truth_of(copy)
    call("label", "export", copy, "--coder", "A", "--coder", "B", "--out", tmp_path / "coding")
    (tmp_path / "coding" / "codebook.yaml").unlink()
    sheets = [tmp_path / "coding" / f"coder-{name}.csv" for name in "AB"]
    fill(sheets[0], lambda item: (truth.get(item, "other"), "", "=1"))
    fill(sheets[1], lambda item: ("other" if item < "G" else truth.get(item, "other"), "1", "'"))
    call("label", "import", copy, *sheets, code=None)
    call("pack", copy, "--out", alone)
    with zipfile.ZipFile(alone) as source:
        packed = json.loads(source.read("report/report.json"))
    assert packed["numbers"]["labels"]["version"] == 1
    shutil.rmtree(copy)
    result = call("repeat", alone, "--out", tmp_path / "again", "--json")
    told = json.loads(result.stdout)
    assert told["differences"] == []
    assert told["equal"] is True
    assert told["was"] == told["now"] == packed["sha256"]


# ---- what cannot be packed


def test_nothing_is_overwritten(run: Path, pack: Path) -> None:
    """A pack that is there stays as it is."""
    before = pack.read_bytes()
    assert "a file of this name" in call("pack", run, "--out", pack, code=2).stderr
    assert pack.read_bytes() == before


@pytest.mark.usefixtures("undrawn")
def test_lost_evidence_is_refused(run: Path, tmp_path: Path) -> None:
    """A page that the ledger names and that is not there ends the packing; nothing is left."""
    copy = copy_of(run, tmp_path)
    next((copy / "evidence").glob("*/*.zst")).unlink()
    result = call("pack", copy, "--out", tmp_path / "x.zip", code=2)
    assert "no evidence has the hash" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["copy"]


@pytest.mark.usefixtures("undrawn")
def test_a_run_that_broke_off_is_packed_and_says_so(run: Path, tmp_path: Path) -> None:
    """What is there can be shown; its state is said, and stands in review.json."""
    copy = copy_of(run, tmp_path)
    sql("UPDATE runs SET state = 'interrupted', finished = NULL")(copy)
    result = call("pack", copy, "--out", tmp_path / "x.zip")
    assert "interrupted" in result.stderr
    with zipfile.ZipFile(tmp_path / "x.zip") as source:
        (only,) = json.loads(source.read("review.json"))["deviations"]
    assert only["kind"] == "early stop"


@pytest.mark.parametrize("what", ["absent", "text", "zip", "cut"])
def test_what_is_no_pack_is_refused(what: str, pack: Path, tmp_path: Path) -> None:
    """One message, exit code 2, or the list of what is missing."""
    file = tmp_path / "file.zip"
    match what:
        case "text":
            file.write_text("no zip", "utf-8")
        case "zip":
            with zipfile.ZipFile(file, "w") as out:
                out.writestr("a", "b")
        case "cut":
            file.write_bytes(pack.read_bytes()[:50_000])
    result = call("pack", "--verify", file, code=1 if what == "zip" else 2)
    assert "error:" in result.stderr or "is missing" in result.stdout
    assert "Traceback" not in result.stderr
    assert call("repeat", file, "--out", tmp_path / "out", code=2).stderr.startswith("error:")
    assert not (tmp_path / "out").exists()
