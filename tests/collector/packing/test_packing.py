"""A pack is valid by its formats' validators, complete, without secrets, and tamper-evident."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from coding_tools import fill, truth_of
from matplotlib.figure import Figure
from nacl.signing import SigningKey
from places import TOOLS
from record_tools import made, raw_entry
from registered_runs import call, copy_of, make_run, sql
from warcio.archiveiterator import ArchiveIterator

from collector.analysis import figures, plots
from collector.evidence import EvidenceStore
from collector.packing.container import Container
from collector.packing.errors import PackRefused
from collector.packing.numbers import MAY_DIFFER, comparable, report_hash
from collector.packing.signature import SIGNATURE, SUMS, check_signature, sign, sums_file
from collector.packing.verify import verify_pack
from collector.packing.wacz import CHAIN, urlkey
from collector.recording.options import Record
from collector.recording.stored import Head, RecordingStore
from collector.store import TABLES

FEED = """\
name: small-feed
platform: facebook
seed: 3
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms: {only: {steps: [{visit: home}, {scroll: "800px every 5s, 5 times"}]}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="module")
def pack(run: Path) -> Path:
    call("pack", run, "--out", run.parent / "run.zip", "--licence", "CC-BY-4.0")
    return run.parent / "run.zip"


@pytest.fixture(scope="module")
def folder(pack: Path) -> Path:
    """The pack, unpacked."""
    out = pack.parent / "unpacked"
    with zipfile.ZipFile(pack) as source:
        source.extractall(out)
    return out


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty figures in the report of a pack whose figures nobody looks at: most of its time."""
    empty = plots.svg(Figure())
    monkeypatch.setattr(figures, "draw", lambda picture: figures.Drawn(picture, empty, b""))


# ---- validators of the formats


def _tool(name: str) -> str:
    """A validator's command beside this interpreter; without it the test is left out."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"the validator {name} is not installed (pip install twinwatch[dev])")
    return str(path)


def _valid(command: list[str], *, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_web_archive_is_valid(folder: Path) -> None:
    """By ``wacz validate``: structure, hashes of all its files, and the package's own hash."""
    archives = sorted((folder / "captures").glob("*.wacz"))
    assert len(archives) == 6
    _valid([_tool("wacz"), "validate", "-f", str(archives[0])], cwd=folder)
    _valid([_tool("wacz"), "validate", "-f", str(archives[-1])], cwd=folder)


def test_the_tables_are_a_valid_data_package(folder: Path) -> None:
    """By ``frictionless validate``: every row of every table, types, keys, references, hashes."""
    _valid([_tool("frictionless"), "validate", "datapackage.json"], cwd=folder)


def test_a_table_with_a_wrong_value_is_not_valid(folder: Path, tmp_path: Path) -> None:
    """The descriptor is held against the rows: a word where a number belongs is refused."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    table = copy / "tables" / "receipts.csv.gz"
    text = gzip.decompress(table.read_bytes()).decode().replace(",5.0,", ",five,")
    table.write_bytes(gzip.compress(text.encode()))
    command = [_tool("frictionless"), "validate", "datapackage.json"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "five" in done.stdout


def test_the_citation_is_valid(folder: Path) -> None:
    """By ``cffconvert --validate``; with the authors that the scenario names."""
    _valid([_tool("cffconvert"), "--validate", "-i", "CITATION.cff"], cwd=folder)
    text = (folder / "CITATION.cff").read_text("utf-8")
    assert "family-names: Doe" in text
    assert "name: An Institute" in text
    assert "license: CC-BY-4.0" in text


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
    _valid([python, str(script), str(folder), str(context)], cwd=folder)


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
    _valid([sys.executable, "-c", code], cwd=folder)


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


# ---- what is not in it


CANARY = "CANARY-5f1d0e7c"


def _everything(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file, and of all that is packed in it."""
    yield name, data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            for member in inner.namelist():
                yield from _everything(inner.read(member), f"{name}/{member}")
    elif data[:2] == b"\x1f\x8b":
        yield f"{name} (unpacked)", gzip.decompress(data)


def test_no_secret_is_in_it(run: Path, tmp_path: Path) -> None:
    """Words planted wherever secrets lie, and the puppets' real keys, are nowhere in the pack, not
    even in what is compressed inside; nor is the folder of the machine."""
    copy = Path(shutil.copytree(run, tmp_path / "home-of-somebody"))
    places = (
        "profiles/neutral-1/cookies.json", "recordings/b01/step-0.har", "artefacts/x/trace.zip",
        "screenshots/s.png", "snapshots/x.tar.zst", "logs/mock.log", "mock.db", "mock.truth.db",
        "mock.state", "keys/pack.key.old", ".env", "run.lock", "notes.txt", "store.db-journal.bak",
    )  # fmt: skip
    for place in places:
        (copy / place).parent.mkdir(parents=True, exist_ok=True)
        with (copy / place).open("ab") as file:
            file.write(f"\n{CANARY} {place}\n".encode())
    with closing(sqlite3.connect(copy / "store.db")) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS outbox_tokens (target, public_key, user_token)")
        db.execute("INSERT INTO outbox_tokens VALUES ('t', 'k', ?)", (CANARY,))
        db.execute("UPDATE leases SET owner = ?", (CANARY,))
        db.execute(
            "UPDATE runs SET command = ?", (f"collector run /srv/{CANARY}/x --out /{CANARY}/y",)
        )
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["options"] |= {"out": f"/{CANARY}/x", "command": f"collector run x --out=/{CANARY}/x"}
    manifest["command"] = f"collector run /{CANARY}/x.yaml"
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    call("pack", copy, "--out", tmp_path / "pack.zip")
    secrets = [CANARY, "home-of-somebody", str(tmp_path)]
    for path in (copy / "profiles").rglob("*"):
        if path.is_file() and "key" in path.name:
            found = json.loads(path.read_text("utf-8"))
            secrets += [value for name, value in found.items() if "secret" in name.lower()]
    secrets.append((copy / "keys" / "pack.key").read_text("ascii").strip())
    assert len(secrets) > 4, "no key of a puppet was found to look for"
    for name, data in _everything((tmp_path / "pack.zip").read_bytes(), "pack"):
        for secret in secrets:
            assert secret.encode() not in data, (name, secret)
        assert not any(
            part in name for part in ("profiles", "recordings", "artefacts", "mock.", ".key")
        ), name


SAID = '{"title": "what the server said", "visitorData": "CgtBQkNERUZHSElKSyj-signed-in"}'


def _recorded(run: Path, folder: Path) -> tuple[Path, str]:
    """A copy of the run with a recording of one session; answers it and the session."""
    copy = Path(shutil.copytree(run, folder / "recorded"))
    with closing(sqlite3.connect(copy / "store.db")) as db:
        session, url = db.execute("SELECT session, url FROM captures ORDER BY id").fetchone()
    entries = [
        raw_entry(url, b"<title>sent</title>", headers={"Set-Cookie": f"SID={CANARY}"}),
        raw_entry(
            "http://youtube.localhost/youtubei/v1/next", SAID.encode(), method="POST", kind="fetch",
            mime_type="application/json", posted=CANARY.encode(), second=1, status=203,
        ),
        raw_entry("http://youtube.localhost/p.png", CANARY.encode(), kind="image", second=2,
                  mime_type="text/plain"),
        raw_entry("http://youtube.localhost/s.js", CANARY.encode(), kind="script", second=3,
                  mime_type="text/javascript"),
        raw_entry("http://youtube.localhost/raw", b"\xff\xfe", kind="xhr", second=4,
                  mime_type="application/octet-stream"),
    ]  # fmt: skip
    shelf = RecordingStore(copy / "recordings" / session)
    shelf.begin(Head(session, Record.HAR, "http://youtube.localhost", "2026-03-01T10:00:00+00:00",
                     True, 1000, "x", 2))  # fmt: skip
    shelf.put_har(1, made(*entries).har)
    return copy, session


@pytest.mark.usefixtures("undrawn")
def test_what_servers_answered_is_in_it(run: Path, tmp_path: Path) -> None:
    """Of a recorded run: text of pages and of what they fetched, as responses; nothing that was
    sent, no picture, no script, no header but the type. The pages stay what they were, and the
    archive is valid."""
    copy, session = _recorded(run, tmp_path)
    told = json.loads(call("pack", copy, "--out", tmp_path / "p.zip", "--json").stdout)
    assert told["answers"] == 2
    assert verify_pack(tmp_path / "p.zip") == []
    responses, pages, index = [], 0, ""
    with zipfile.ZipFile(tmp_path / "p.zip") as pack:
        for name in pack.namelist():
            if name.endswith(".wacz"):
                data = pack.read(name)
                with zipfile.ZipFile(io.BytesIO(data)) as wacz:
                    warc = io.BytesIO(wacz.read("archive/data.warc.gz"))
                    some = wacz.read("indexes/index.cdx").decode()
                for record in ArchiveIterator(warc, check_digests=True):
                    address = record.rec_headers.get_header("WARC-Target-URI") or ""
                    pages += record.rec_type == "resource" and address.startswith("http")
                    if record.rec_type == "response":
                        responses.append((record, record.content_stream().read().decode()))
                        (tmp_path / "one.wacz").write_bytes(data)
                        index = some
                    assert record.digest_checker.problems == []
        for name, data in _everything((tmp_path / "p.zip").read_bytes(), "pack"):
            assert CANARY.encode() not in data, name
    assert pages == told["captures"]
    (page, html), (fetched, body) = responses
    assert html == "<title>sent</title>"
    assert json.loads(body)["title"] == "what the server said"
    assert "CgtBQkNERUZHSElKSyj" not in body
    assert page.http_headers.get_statuscode() == "200"
    assert fetched.http_headers.get_statuscode() == "203"
    assert [name for name, _ in fetched.http_headers.headers] == ["Content-Type", "Content-Length"]
    assert fetched.rec_headers.get_header("WARC-Twinwatch-Answer") == f"POST {session} 1"
    stamps = [line.split(" ")[:2] for line in index.splitlines()]
    assert len({tuple(stamp) for stamp in stamps}) == len(stamps)
    _valid([_tool("wacz"), "validate", "-f", str(tmp_path / "one.wacz")], cwd=tmp_path)


@pytest.mark.usefixtures("undrawn")
def test_answers_can_be_left_out(run: Path, tmp_path: Path) -> None:
    copy, _ = _recorded(run, tmp_path)
    told = call("pack", copy, "--no-payloads", "--out", tmp_path / "p.zip", "--json").stdout
    assert json.loads(told)["answers"] == 0


@pytest.mark.usefixtures("undrawn")
def test_a_damaged_recording_is_named(run: Path, tmp_path: Path) -> None:
    copy, session = _recorded(run, tmp_path)
    next((copy / "recordings" / session).glob("*.har.zst")).write_bytes(b"no archive")
    said = call("pack", copy, "--out", tmp_path / "p.zip", code=2).stderr
    assert "0001.har.zst" in said
    assert not (tmp_path / "p.zip").exists()


def test_the_key_is_for_its_owner_alone(run: Path, pack: Path, tmp_path: Path) -> None:
    """Made with mode 0600 in a folder of mode 0700; one that others can read is refused."""
    key = run / "keys" / "pack.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
    loose = tmp_path / "loose.key"
    loose.write_text(SigningKey.generate().encode().hex(), "ascii")
    loose.chmod(0o644)
    given = ("--out", tmp_path / "x.zip", "--key", loose)
    assert (
        "the signing key must be readable by its owner alone"
        in call("pack", run, *given, code=2).stderr
    )
    assert not (tmp_path / "x.zip").exists()


# ---- what was changed is found


def test_an_untouched_pack_is_good(pack: Path) -> None:
    """Offline, with exit code 0, whichever key is asked for if it is the right one."""
    assert verify_pack(pack) == []
    with zipfile.ZipFile(pack) as source:
        key = json.loads(source.read(SIGNATURE))["public_key"]
    call("pack", "--verify", pack, "--public-key", key)
    assert "as it was signed" in call("verify", pack, "--key", key).stdout
    assert call("verify", pack, "--key", "00" * 32, code=1).stderr
    result = call("pack", "--verify", pack, "--public-key", "00" * 32, code=1)
    assert "pack.sig: it is of the key" in result.stdout


def _spoilt(pack: Path, target: Path, offset: int) -> Path:
    data = bytearray(pack.read_bytes())
    data[offset] ^= 0x10
    target.write_bytes(data)
    return target


@pytest.mark.parametrize(
    "name",
    [
        "plan.json", "manifest.json", "prereg.json", "report/report.html", CHAIN, SUMS, SIGNATURE,
        "captures/neutral-1.wacz", "tables/impressions.csv.gz", "ro-crate-metadata.json",
    ],
)  # fmt: skip
def test_a_changed_byte_is_named(name: str, pack: Path, tmp_path: Path) -> None:
    """One bit anywhere in a file of the pack is found, and the file is named."""
    with zipfile.ZipFile(pack) as source:
        info = source.getinfo(name)
    start = info.header_offset + 30 + len(name)
    at = start + random.Random(name).randrange(info.file_size)
    found = verify_pack(_spoilt(pack, tmp_path / "spoilt.zip", at))
    assert name in {each.where for each in found}


def _noticed(path: Path) -> bool:
    """Something is wrong with the file, or it is refused as no pack."""
    try:
        return bool(verify_pack(path))
    except PackRefused:
        return True


def test_a_changed_byte_of_the_container_is_found(pack: Path, tmp_path: Path) -> None:
    """Dates, modes, comments and offsets of the zip file are covered like its content."""
    with zipfile.ZipFile(pack) as source:
        info, directory = source.getinfo("plan.json"), source.start_dir
    for at in (info.header_offset + 10, directory + 12, directory + 38, pack.stat().st_size - 22):
        assert _noticed(_spoilt(pack, tmp_path / "spoilt.zip", at)), at
    longer = tmp_path / "longer.zip"
    longer.write_bytes(pack.read_bytes() + b"\0")
    assert _noticed(longer)


def test_no_byte_of_a_small_pack_can_be_changed_unnoticed(tmp_path: Path) -> None:
    """Every byte, one after the other, turned by one bit; some turned whole, or left out."""
    path, other = tmp_path / "small.zip", tmp_path / "other.zip"
    plan = b"{}"
    manifest = {"run": "r", "plan_hash": hashlib.sha256(plan).hexdigest()}
    files = {"plan.json": plan, "manifest.json": json.dumps(manifest).encode(), CHAIN: b""}
    sums = sums_file({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    with Container(path) as out:
        for name, data in files.items():
            out.add(name, data)
        out.add(SUMS, sums)
        out.add(SIGNATURE, sign(sums, "", SigningKey(bytes(32))))
    assert verify_pack(path) == []
    whole = path.read_bytes()
    for at in range(len(whole)):
        for mask in (1 << at % 8, 0xFF) if at % 8 == 0 else (1 << at % 8,):
            data = bytearray(whole)
            data[at] ^= mask
            other.write_bytes(data)
            assert _noticed(other), (at, mask)
        if at % 16 == 0:
            other.write_bytes(whole[:at] + whole[at + 1 :])
            assert _noticed(other), f"without byte {at}"


def _rewritten(
    pack: Path, target: Path, change: Mapping[str, bytes | None], *, signed: bool
) -> Path:
    """The pack with other files; with new checksums, and, where asked, a signature of another."""
    with zipfile.ZipFile(pack) as source:
        files = {name: source.read(name) for name in source.namelist()}
    files |= {name: data for name, data in change.items() if data is not None}
    for name in (name for name, data in change.items() if data is None):
        del files[name]
    if signed:
        files.pop(SIGNATURE)
        files.pop(SUMS)
        sums = sums_file({n: hashlib.sha256(d).hexdigest() for n, d in files.items()})
        head = files[CHAIN].decode().splitlines()[-1].partition(" ")[0]
        files |= {SUMS: sums, SIGNATURE: sign(sums, head, SigningKey.generate())}
    with Container(target) as out:
        for name, data in files.items():
            out.add(name, data)
    return target


def test_a_file_that_is_left_out_or_added_is_named(pack: Path, tmp_path: Path) -> None:
    """Also where the container itself is perfect."""
    left = _rewritten(pack, tmp_path / "left.zip", {"checklist.md": None}, signed=False)
    assert ("checklist.md", "is missing") in {(f.where, f.problem) for f in verify_pack(left)}
    more = _rewritten(pack, tmp_path / "more.zip", {"notes.txt": b"x"}, signed=False)
    assert {f.where for f in verify_pack(more)} == {"notes.txt"}


def test_a_pack_that_somebody_else_signed_anew_is_found_by_its_key(
    pack: Path, tmp_path: Path
) -> None:
    """Who changes a table and signs again is found by the published key, and by nothing else."""
    with zipfile.ZipFile(pack) as source:
        key = json.loads(source.read(SIGNATURE))["public_key"]
    forged = _rewritten(pack, tmp_path / "forged.zip", {"checklist.md": b"all well"}, signed=True)
    assert verify_pack(forged) == []
    assert {f.where for f in verify_pack(forged, key)} == {SIGNATURE}


def test_a_capture_that_is_swapped_or_left_out_breaks_the_chain(pack: Path, tmp_path: Path) -> None:
    """Whoever signs again must also make archives, chain, plan and numbers agree."""
    with zipfile.ZipFile(pack) as source:
        one, other = (source.read(f"captures/neutral-{n}.wacz") for n in (1, 2))
        lines = source.read(CHAIN).decode().splitlines(keepends=True)
        report = json.loads(source.read("report/report.json"))
    swapped = {"captures/neutral-1.wacz": other, "captures/neutral-2.wacz": one}
    assert verify_pack(_rewritten(pack, tmp_path / "a.zip", swapped, signed=True)) == []
    gone = {"captures/neutral-1.wacz": other}
    found = verify_pack(_rewritten(pack, tmp_path / "b.zip", gone, signed=True))
    assert {f.where for f in found} == {CHAIN}
    # the captures, and what was answered to them, of the puppet whose archive is another's
    own = [line for line in lines if "b01-neutral-1-" in line]
    assert len(found) == len(own) > 4
    moved = {CHAIN: "".join([lines[1], lines[0], *lines[2:]]).encode()}
    found = verify_pack(_rewritten(pack, tmp_path / "c.zip", moved, signed=True))
    assert [f.problem for f in found] == ["link 1 does not follow from the one before it"]
    report["numbers"]["control"] = "somebody"
    better = {"report/report.json": json.dumps(report).encode()}
    found = verify_pack(_rewritten(pack, tmp_path / "d.zip", better, signed=True))
    assert {f.where for f in found} == {"report/report.json"}
    found = verify_pack(_rewritten(pack, tmp_path / "e.zip", {"plan.json": b"{}"}, signed=True))
    assert "plan.json" in {f.where for f in found}


def test_a_signature_is_of_these_bytes_and_this_chain() -> None:
    """Another list, chain, key or form is refused, each with its reason."""
    key = SigningKey(bytes(range(32)))
    sums = sums_file({"a": "0" * 64})
    good = sign(sums, "head", key)
    assert check_signature(good, sums, "head") == ""
    assert "other checksums" in check_signature(good, sums + b"x", "head")
    assert "another chain" in check_signature(good, sums, "other")
    assert "canonical" in check_signature(good.rstrip(), sums, "head")
    assert "cannot be read" in check_signature(b"{}", sums, "head")
    told = json.loads(good)
    told["public_key"] = SigningKey.generate().verify_key.encode().hex()
    forged = json.dumps(told, indent=2).encode() + b"\n"
    assert "did not sign" in check_signature(forged, sums, "head")


# ---- again


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


def test_what_may_differ_is_left_out_and_nothing_else() -> None:
    """Names, times, skew and submissions do not change the hash; any other number does."""
    report = {
        "run": {"id": "a", "started": "1", "finished": "2", "seed": 7},
        "certificate": {"run": "a", "experiments": 9},
        "skew_ms": {"largest": 1.5},
        "spacing": {"asked_s": 2.0, "puppets": {"a-1": {"least_s": 5.25}}},
        "outbox": {"x": {"acked": 1}},
        "verdicts": [{"estimate": 0.25, "interval": (0.1, 0.4)}],
    }
    again: dict[str, Any] = json.loads(json.dumps(report))
    again["run"] |= {"id": "b", "started": "3", "finished": "4"}
    again["certificate"]["run"] = "b"
    again |= {"skew_ms": {"largest": 9}, "outbox": {}}
    again["spacing"]["puppets"]["a-1"]["least_s"] = 5.3
    assert report_hash(comparable(report)) == report_hash(comparable(again))
    assert len(MAY_DIFFER) == 8
    wider = {"spacing": {"asked_s": 9.0, "puppets": {}}}
    for change in ({"run": report["run"] | {"seed": 8}}, {"verdicts": []}, {"new": None}, wider):
        assert report_hash(comparable(again | change)) != report_hash(comparable(report))


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
