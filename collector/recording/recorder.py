"""Keeps what a puppet's browser receives, step by step, while the session runs.

Playwright's own recorder listens in the driver, beside the browser, and the browser is told to hold
answers longer than the page they were for; nothing is intercepted, so a page is not slowed. Media
streams are not listened to. What cannot be kept is said and never stops the session.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
import time
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import BrowserContext, Page, Request
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from collector.browser.driver import make_folder
from collector.browser.errors import BrowserError
from collector.recording.clean import Cleaner
from collector.recording.har import archive
from collector.recording.options import Record
from collector.recording.steps import StepRecording
from collector.recording.stored import Head, RecordingStore

#: Video segments of the real site: gigabytes of what nobody looks at.
NOT_MEDIA = re.compile(r"^(?!https?://[^/]+\.googlevideo\.com/)")
CUT_LIMIT_S = 60.0
ARRIVAL_LIMIT_S = 2.0
"""What the end of a step waits for answers under way."""
HELD_BYTES = 64_000_000
"""Of answers that the browser holds for a page, so that they can still be asked for."""
LOST_BROWSER = "the browser was opened anew; what it got before is not here"
_AWAITED = frozenset({"document", "fetch", "script", "stylesheet", "xhr"})
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Recorded(Protocol):
    """What the recorder needs of a puppet."""

    @property
    def context(self) -> Any:
        """Return Playwright's browser context."""

    def settle(self) -> None:
        """Wait for the page's own requests under way; where time is real, for none."""

    def guard(self, what: str, limit_s: float) -> AbstractContextManager[None]:
        """Bound the block to ``limit_s`` seconds; ``what`` is its name in an error."""


class Recorder:
    """Records one session. Hand :meth:`prepare` to ``open_puppet``, then :meth:`attach` it."""

    def __init__(self, shelf: RecordingStore, head: Head, known: Callable[[], list[str]]) -> None:
        """``known``: values that identify the viewer and are no cookies."""
        self.shelf = shelf
        self.head = head
        self._known = known
        self._cleaner = Cleaner()
        self._scratch = make_folder()
        self._puppet: Recorded | None = None
        self._context: BrowserContext | None = None
        self._part = 0
        self._earlier: list[Path] = []
        """Where the browsers listened that this step has had before."""
        self._under_way: dict[Request, None] = {}
        self._heard = False
        """Something was asked for since the last cut."""
        shelf.begin(head)

    def prepare(self, context: BrowserContext) -> None:
        """A browser was opened: listen to it from its first request."""
        if self._context is not None:
            # Playwright writes the archive of a browser that is closed as it should be.
            self._earlier.append(self._folder())
            self._part += 1
        self._context = context
        self._under_way.clear()
        context.on("request", self._asked)
        for event in ("requestfinished", "requestfailed"):
            context.on(event, lambda request: self._under_way.pop(request, None))
        if self.head.record is Record.TRACE:
            context.tracing.start(screenshots=True, snapshots=True)
            return
        for page in context.pages:
            self._hold_bodies(page)
        context.on("page", self._hold_bodies)
        self._listen(context)

    def _asked(self, request: Request) -> None:
        self._heard = True
        self._under_way[request] = None

    def _hold_bodies(self, page: Page) -> None:
        """Let answers outlive their page: one that makes it navigate is gone with it otherwise."""
        with suppress(PlaywrightError):  # a page that closed at once has none
            page.context.new_cdp_session(page).send(
                "Network.enable",
                {
                    "enableDurableMessages": True,
                    "maxTotalBufferSize": HELD_BYTES,
                    "maxResourceBufferSize": min(self.head.limit_bytes, HELD_BYTES),
                },
            )

    def attach(self, puppet: Recorded) -> None:
        """Take the puppet whose steps are recorded, as soon as it is open."""
        self._puppet = puppet

    def close(self) -> None:
        """Nothing more comes."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    def end_step(self, step: int) -> StepRecording:
        """The step is over: keep what came in since the last one. Never raises for the browser."""
        puppet, context = self._puppet, self._context
        assert puppet is not None  # attached as soon as it is open
        assert context is not None
        part = self._folder()
        try:
            puppet.settle()
            with puppet.guard("keeping what was received", CUT_LIMIT_S):
                self._await_answers(context)
                self._cleaner.add([*self._known(), *(c["value"] for c in context.cookies())])
                if self.head.record is Record.TRACE:
                    context.tracing.stop_chunk(path=part / "trace.zip")
                    context.tracing.start_chunk()
                else:
                    context.tracing.stop_har()
                    self._part += 1
                    self._listen(context)
            return self._keep(step, part)
        except (BrowserError, PlaywrightError) as error:
            with suppress(BrowserError, PlaywrightError):  # where the browser is gone, so is this
                self._listen_again(puppet, context)
            return StepRecording(lack=f"it could not be recorded: {str(error).splitlines()[0]}")
        except OSError as error:
            if error.errno not in _FULL:
                raise
            return StepRecording(lack="it could not be recorded: the disk is full")
        finally:
            self._heard = False
            for folder in (*self._earlier, part):
                shutil.rmtree(folder, ignore_errors=True)
            self._earlier.clear()

    def _listen_again(self, puppet: Recorded, context: BrowserContext) -> None:
        """After a failure: the next step may be kept all the same."""
        if self.head.record is Record.HAR:
            self._part += 1
            with puppet.guard("listening again", CUT_LIMIT_S):
                self._listen(context)

    def _await_answers(self, context: BrowserContext) -> None:
        """Let what was asked for arrive whole. What takes longer is not waited for again."""
        until = time.monotonic() + ARRIVAL_LIMIT_S
        while any(one.resource_type in _AWAITED for one in self._under_way):
            left = until - time.monotonic()
            if left <= 0:
                self._under_way.clear()
                return
            with suppress(PlaywrightTimeout):  # a failed request never resolves the wait
                context.wait_for_event("requestfinished", timeout=min(left, 0.2) * 1000)

    def _keep(self, step: int, part: Path) -> StepRecording:
        if self.head.record is Record.TRACE:
            return self._keep_trace(step, part / "trace.zip")
        folders = [*self._earlier, part]
        whole = [folder for folder in folders if (folder / "step.har").exists()]
        notes = [LOST_BROWSER] if len(whole) < len(folders) and self._heard else []
        entries: list[Any] = []
        for folder in whole:
            entries += json.loads((folder / "step.har").read_bytes())["log"]["entries"]

        def read(name: str) -> bytes:
            files = (folder / Path(name).name for folder in whole)
            return next(file for file in files if file.exists()).read_bytes()

        made = archive(
            {"log": {"entries": entries}},
            read,
            self._cleaner,
            session=self.head.session,
            step=step,
            limit_bytes=self.head.limit_bytes,
            browser=self.head.browser,
            notes=notes,
        )
        lacks = list(notes)
        if made.left_out:
            size = sum(each["bytes"] for each in made.left_out)
            lacks.append(f"answers without their body: {len(made.left_out)} ({size} bytes)")
        return StepRecording(self.shelf.put_har(step, made.har), "; ".join(lacks))

    def _keep_trace(self, step: int, found: Path) -> StepRecording:
        size = found.stat().st_size
        if size > self.head.limit_bytes:
            return StepRecording(
                lack=f"its trace of {size} bytes is beyond the limit, and was not kept"
            )
        cleaned = found.with_name("clean.zip")
        clean_trace(found, cleaned, self._cleaner)
        lack = LOST_BROWSER if self._earlier and self._heard else ""
        return StepRecording(self.shelf.put_trace(step, cleaned), lack)

    def _listen(self, context: BrowserContext) -> None:
        folder = self._folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        context.tracing.start_har(folder / "step.har", content="attach", url_filter=NOT_MEDIA)

    def _folder(self) -> Path:
        return self._scratch / f"part-{self._part}"


def clean_trace(source: Path, target: Path, cleaner: Cleaner) -> None:
    """A copy of a trace without what is known of the viewer, or told by the pages in it, in
    everything that is text. Pictures stay as they are."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename.endswith((".html", ".json")):
                cleaner.learn(old.read(member).decode("utf-8", "replace"), "text/html")
        for member in old.infolist():
            data = old.read(member)
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                new.writestr(member, data)
                continue
            if member.filename.endswith(".network"):
                text = "\n".join(_clean_line(line, cleaner) for line in text.split("\n"))
            if member.filename.endswith(".trace"):
                text = cleaner.strings(text)
            new.writestr(member, cleaner.text(text).encode("utf-8"))


def _clean_line(line: str, cleaner: Cleaner) -> str:
    """A request in a trace, without cookies and proofs of identity."""
    if not line.strip():
        return line
    found = json.loads(line)
    for part in ("request", "response"):
        side = found.get("snapshot", {}).get(part)
        if side:
            side["headers"] = cleaner.headers(side.get("headers", []))
            side["cookies"] = []
    return json.dumps(found, ensure_ascii=False)
