"""A pack without secrets, with what servers answered, and tamper-evident to the byte."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey
from packing_tools import tool, valid
from record_tools import made, raw_entry
from registered_runs import call
from warcio.archiveiterator import ArchiveIterator

from collector.packing.container import Container
from collector.packing.errors import PackRefused
from collector.packing.numbers import MAY_DIFFER, comparable, report_hash
from collector.packing.signature import SIGNATURE, SUMS, check_signature, sign, sums_file
from collector.packing.verify import verify_pack
from collector.packing.wacz import CHAIN
from collector.recording.options import Record
from collector.recording.stored import Head, RecordingStore

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


@pytest.mark.slow
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
    valid([tool("wacz"), "validate", "-f", str(tmp_path / "one.wacz")], cwd=tmp_path)


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


# ---- what was changed is found


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


def test_what_may_differ_is_left_out_and_nothing_else() -> None:
    """Names, times, skew and submissions do not change the hash; any other number does."""
    report = {
        "run": {"id": "a", "started": "1", "finished": "2", "seed": 7},
        "certificate": {"run": "a", "experiments": 9},
        "skew_ms": {"largest": 1.5},
        "spacing": {"asked_s": 2.0, "puppets": {"a-1": {"least_s": 5.25}}},
        "outbox": {"x": {"acked": 1}},
        "verdicts": [{"estimate": 0.25, "interval": (0.1, 0.4)}],
        "methods": "the puppets of a block started together. Seven more.",
    }
    again: dict[str, Any] = json.loads(json.dumps(report))
    again["run"] |= {"id": "b", "started": "3", "finished": "4"}
    again["certificate"]["run"] = "b"
    again |= {"skew_ms": {"largest": 9}, "outbox": {}}
    again["spacing"]["puppets"]["a-1"]["least_s"] = 5.3
    parts = ", 2 blocks in parts, one after the other"
    again["methods"] = f"the puppets of a block started together{parts}. Seven more."
    assert report_hash(comparable(report)) == report_hash(comparable(again))
    assert len(MAY_DIFFER) == 8
    wider = {"spacing": {"asked_s": 9.0, "puppets": {}}}
    for change in (
        {"run": report["run"] | {"seed": 8}}, {"verdicts": []}, {"new": None}, wider,
        {"methods": "the puppets of a block started together. Six more."},
    ):  # fmt: skip
        assert report_hash(comparable(again | change)) != report_hash(comparable(report))
