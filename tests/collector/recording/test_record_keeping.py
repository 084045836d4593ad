"""Recording a session: private files, lacks that are told, and trouble that never stops it."""

from __future__ import annotations

import errno
import json
import os
import stat
import zipfile
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from record_tools import SITE, made, raw_entry

from collector.common.errors import UserError
from collector.recording import LIMIT_BYTES, Record, RecordingRefused, bytes_of
from collector.recording import stored as shelf_module
from collector.recording.clean import Cleaner
from collector.recording.recorder import Recorder, clean_trace
from collector.recording.stored import Head, RecordingStore, summary

HEAD = Head(
    session="b01-a-1", record=Record.HAR, site=SITE, clock="2026-03-01T10:00:00+00:00",
    virtual=True, limit_bytes=1000, browser="1.0", steps=3,
)  # fmt: skip


class Tracing:
    """Playwright's recorder as far as it is used: writes what it is given."""

    def __init__(self, *parts: list[dict[str, Any]]) -> None:
        self.parts = list(parts)
        self.path: Path | None = None
        self.fails: list[Exception] = []

    def start_har(self, path: Path, **options: Any) -> None:
        assert self.path is None
        self.path = path

    def stop_har(self) -> None:
        assert self.path is not None
        path, self.path = self.path, None
        if self.fails:
            raise self.fails.pop()
        entries = self.parts.pop(0) if self.parts else []
        for entry in entries:
            name = entry["response"]["content"].get("_file")
            if name:
                (path.parent / name).write_bytes(bytes.fromhex(name))
        path.write_text(json.dumps({"log": {"entries": entries}}), "utf-8")


@dataclass(frozen=True)
class Request:
    resource_type: str


class Puppet:
    """A puppet and its browser's context in one."""

    def __init__(self, tracing: Tracing) -> None:
        self.tracing = tracing
        self.pages: list[Any] = []
        self.handlers: dict[str, Any] = {}

    @property
    def context(self) -> Any:
        return self

    def on(self, event: str, handler: Any) -> None:
        self.handlers[event] = handler

    def cookies(self) -> list[dict[str, str]]:
        return [{"name": "SID", "value": "cookie-secret-1"}]

    def settle(self) -> None:
        pass

    def guard(self, what: str, limit_s: float) -> AbstractContextManager[None]:
        return nullcontext()


def recorder(folder: Path, tracing: Tracing, head: Head = HEAD) -> Recorder:
    found = Recorder(
        RecordingStore(folder / "recordings" / head.session), head, lambda: ["visitor-0001"]
    )
    puppet = Puppet(tracing)
    found.prepare(puppet)  # type: ignore[arg-type]
    found.attach(puppet)
    return found


def test_each_step_has_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with_steps = recorder(tmp_path, Tracing([raw_entry()], []))
        kept = [with_steps.end_step(0), with_steps.end_step(1)]
        with_steps.close()
    finally:
        os.umask(old)
    assert [one.lack for one in kept] == ["", ""]
    shelf = RecordingStore(tmp_path / "recordings" / "b01-a-1")
    assert list(shelf.steps()) == [0, 1]
    assert shelf.head() == HEAD
    assert [len(shelf.har(step)["log"]["entries"]) for step in (0, 1)] == [1, 0]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in shelf.folder.rglob("*")}
    assert set(modes.values()) == {0o600}
    for folder in (shelf.folder, shelf.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_cookies_and_visitor_are_known_to_the_recorder(tmp_path: Path) -> None:
    page = b"<p>cookie-secret-1 visitor-0001</p>"
    kept = recorder(tmp_path, Tracing([raw_entry(body=page)]))
    kept.end_step(0)
    text = json.dumps(kept.shelf.har(0))
    assert "cookie-secret-1" not in text
    assert "visitor-0001" not in text


def test_what_is_beyond_the_limit_is_told(tmp_path: Path) -> None:
    head = replace(HEAD, limit_bytes=10)
    found = recorder(tmp_path, Tracing([raw_entry(body=b"a" * 100)]), head)
    kept = found.end_step(0)
    assert kept.size > 0
    assert kept.lack == "answers without their body: 1 (100 bytes)"
    assert found.shelf.har(0)["log"]["_twinwatch"]["complete"] is False


def test_a_page_that_cannot_be_recorded_is_told_and_the_next_step_is_kept(tmp_path: Path) -> None:
    tracing = Tracing([raw_entry()])
    tracing.fails = [PlaywrightError("Target page has been closed\nmore")]
    found = recorder(tmp_path, tracing)
    lost, kept = found.end_step(0), found.end_step(1)
    assert (lost.size, lost.lack) == (0, "it could not be recorded: Target page has been closed")
    assert kept.size > 0
    assert list(found.shelf.steps()) == [1]
    assert summary(tmp_path / "recordings", {"b01-a-1": [0, 1]})["b01-a-1"]["missing"] == [0]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_the_session_goes_on_and_the_step_has_no_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    found = recorder(tmp_path, Tracing([raw_entry()], [raw_entry()]))

    def full(path: Path, data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(shelf_module, "private_file", full)
        lost = found.end_step(0)
    assert (lost.size, lost.lack) == (0, "it could not be recorded: the disk is full")
    assert found.end_step(1).lack == ""
    assert list(found.shelf.steps()) == [1]
    assert [path.name for path in found.shelf.folder.iterdir() if path.name[0] == "."] == []


def test_another_trouble_of_the_disk_is_no_full_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = recorder(tmp_path, Tracing([raw_entry()]))

    def broken(path: Path, data: bytes) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(shelf_module, "private_file", broken)
    with pytest.raises(OSError, match="input/output"):
        found.end_step(0)


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("closed", [True, False])
def test_what_a_browser_got_that_was_opened_anew_in_the_step(
    tmp_path: Path, asked: bool, closed: bool
) -> None:
    """One that was closed has left its archive; of one that was killed it is told."""
    first = Puppet(Tracing([raw_entry(body=b"one")]))
    found = Recorder(RecordingStore(tmp_path / "recordings" / "s"), HEAD, list)
    found.prepare(first)  # type: ignore[arg-type]
    found.attach(first)
    if asked:
        image = Request("image")
        first.handlers["request"](image)
        first.handlers["requestfinished"](image)
    if closed:
        first.tracing.stop_har()
    found.prepare(Puppet(Tracing([raw_entry(body=b"two")])))  # type: ignore[arg-type]
    kept = found.end_step(0)
    log = found.shelf.har(0)["log"]
    bodies = [entry["response"]["content"]["text"] for entry in log["entries"]]
    assert bodies == (["one", "two"] if closed else ["two"])
    lost = asked and not closed
    assert ("opened anew" in kept.lack) is lost
    assert log["_twinwatch"]["complete"] is not lost
    assert found.end_step(1).lack == ""


def test_a_session_that_goes_on_keeps_where_it_began(tmp_path: Path) -> None:
    recorder(tmp_path, Tracing([raw_entry()])).end_step(0)
    later = replace(HEAD, clock="2027-01-01T00:00:00+00:00")
    again = recorder(tmp_path, Tracing([raw_entry()]), later)
    again.end_step(1)
    assert again.shelf.head().clock == HEAD.clock
    assert list(again.shelf.steps()) == [0, 1]


def test_a_trace_is_without_its_viewer_and_still_a_trace(tmp_path: Path) -> None:
    snapshot = {
        "request": {"headers": [{"name": "Cookie", "value": "SID=unknown-value-77"}],
                    "cookies": [{"name": "SID", "value": "unknown-value-77"}]},
        "response": {"headers": [{"name": "Set-Cookie", "value": "SID=unknown-value-77; Path=/"}]},
    }  # fmt: skip
    lines = [{"type": "resource-snapshot", "snapshot": snapshot}, {"type": "other"}]
    source, target = tmp_path / "a.zip", tmp_path / "b.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("trace.network", "\n".join(json.dumps(line) for line in lines) + "\n")
        archive.writestr("resources/page.html", "<p>visitor-0001</p>")
        archive.writestr("screencast/1.jpeg", b"\xff\xd8\xff\x00")
    clean_trace(source, target, Cleaner(["visitor-0001"]))
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["trace.network", "resources/page.html", "screencast/1.jpeg"]
        text = archive.read("trace.network").decode() + archive.read("resources/page.html").decode()
        assert archive.read("screencast/1.jpeg") == b"\xff\xd8\xff\x00"
    assert "unknown-value-77" not in text
    assert "visitor-0001" not in text
    assert [json.loads(line)["type"] for line in text.splitlines()[:2]] == [
        "resource-snapshot", "other"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "size"),
    [("20MB", 20_000_000), ("500 kB", 500_000), ("1g", 10**9), ("1.5mb", 1_500_000), ("7", 7)],
)
def test_sizes(text: str, size: int) -> None:
    assert bytes_of(text) == size
    assert bytes_of("20MB") == LIMIT_BYTES


@pytest.mark.parametrize("text", ["", "0", "-1", "20 MiB", "much", "1e9", "9" * 40])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(UserError, match="is not a size"):
        bytes_of(text)


@pytest.mark.parametrize("cut", [0, 1, 10, -10])
def test_a_cut_off_archive_is_refused_by_name(tmp_path: Path, cut: int) -> None:
    shelf = RecordingStore(tmp_path / "s")
    shelf.begin(HEAD)
    shelf.put_har(0, made(raw_entry()).har)
    path = shelf.path(0, Record.HAR)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(RecordingRefused) as refused:
        shelf.har(0)
    assert refused.value.place == str(path)


@pytest.mark.parametrize(
    "har",
    [
        [],
        {"log": {}},
        {"log": {"entries": [{}]}},
        {"log": {"entries": [{"request": {"method": 1, "url": ""}, "response": {"content": {}}}]}},
        {"log": {"entries": 3}},
    ],
)
def test_an_archive_of_another_shape_is_refused(tmp_path: Path, har: Any) -> None:
    shelf = RecordingStore(tmp_path / "s")
    shelf.begin(HEAD)
    shelf.put_har(0, har)
    with pytest.raises(RecordingRefused, match="not a whole HTTP archive"):
        shelf.har(0)


@pytest.mark.parametrize(
    "change", [{"startedDateTime": 3}, {"request": None}, {"response": {"content": {}}}]
)
def test_an_entry_that_was_tampered_with_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    shelf = RecordingStore(tmp_path / "s")
    shelf.begin(HEAD)
    har = made(raw_entry()).har
    har["log"]["entries"][0] |= change
    shelf.put_har(0, har)
    with pytest.raises(RecordingRefused, match="not a whole HTTP archive"):
        shelf.har(0)


def test_a_body_that_is_no_base64_is_refused(tmp_path: Path) -> None:
    shelf = RecordingStore(tmp_path / "s")
    shelf.begin(HEAD)
    har = made(raw_entry(body=b"\xff", mime_type="image/png", kind="image")).har
    har["log"]["entries"][0]["response"]["content"]["text"] = "_w=="
    shelf.put_har(0, har)
    with pytest.raises(RecordingRefused, match="not a whole HTTP archive"):
        shelf.har(0)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "x"},
        {"clock": "noon"},
        {"clock": "2026-01-01T00:00"},
        {"record": "no"},
        {"snapshot": "../../x"},
    ],
)
def test_a_head_of_another_shape_is_refused(tmp_path: Path, change: dict[str, str]) -> None:
    shelf = RecordingStore(tmp_path / "s")
    shelf.begin(HEAD)
    found = json.loads(shelf.head_path.read_bytes())
    shelf.head_path.write_text(json.dumps({**found, **change}), "utf-8")
    with pytest.raises(RecordingRefused, match="does not describe a recording"):
        shelf.head()


def test_what_the_pages_of_a_trace_tell_is_gone_from_all_of_it(tmp_path: Path) -> None:
    """A name that only a page in it tells goes from the pages, the requests and the elements, where
    its words may stand apart; keys and names of elements stay."""
    elements = [
        ["SPAN", {"alt": "Span Quillfeather"}, "Span Quillfeather", ["SPAN", {}, "Span"],
         "quillfeather", "Span Novak"],
    ]  # fmt: skip
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as file:
        file.writestr(
            "resources/a.html", '<ytd-commentbox><b id="account-name">Span Quillfeather</b>'
        )
        file.writestr("trace.trace", json.dumps(elements, separators=(",", ":")))
    clean_trace(tmp_path / "raw.zip", tmp_path / "clean.zip", Cleaner())
    with zipfile.ZipFile(tmp_path / "clean.zip") as file:
        page, trace = file.read("resources/a.html"), json.loads(file.read("trace.trace"))
    assert b"Quillfeather" not in page
    gone = "scrubbed-name"
    assert trace == [["SPAN", {"alt": gone}, gone, ["SPAN", {}, gone], gone, "Span Novak"]]
