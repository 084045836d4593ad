"""Gives a recorded session to a browser again: every request is answered from the recording.

Protects the rule that a replay needs no network and cannot fall back on one: the browser is opened
with its network cut off, and what was not recorded is refused and reported.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import BrowserContext, Route
from playwright.sync_api import Error as PlaywrightError

from collector.profile.files import private_dir, private_file
from collector.recording.clean import Cleaner
from collector.recording.har import posted
from collector.recording.matching import Answer, Matcher, MatchKind, Question, answers_of
from collector.recording.steps import StepRecording
from collector.recording.stored import RecordingStore

_MOST_MISSES = 200
_MOST_HOPS = 10
#: Headers of the way here, not of what is in the archive.
_OF_THE_WAY = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive",
     "alt-svc", "date"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Miss:
    """A request that got no answer."""

    step: int
    method: str
    url: str
    kind: str
    why: str


class Player:
    """Plays one session. Hand :meth:`prepare` to ``open_puppet``."""

    def __init__(self, shelf: RecordingStore, report: Path, known: Callable[[], list[str]]) -> None:
        """
        :param report: file that says at the end what was asked for.
        :param known: values that identify the viewer.
        :raises RecordingRefused: a file of the recording is damaged.
        """
        steps = shelf.steps()
        self.matcher = Matcher(answers_of((step, shelf.har(step)) for step in steps))
        self._report = report
        self._known = known
        self._cleaner = Cleaner()
        self._step = 0
        self._counts: Counter[MatchKind] = Counter()
        self._misses: list[Miss] = []

    def prepare(self, context: BrowserContext) -> None:
        """A browser was opened: answer all that it asks."""
        self._cleaner.add(self._known())
        context.route("**/*", self._answer)
        context.route_web_socket("**/*", lambda socket: socket.close())

    def attach(self, puppet: Any) -> None:
        """Nothing is needed of the puppet."""

    def end_step(self, step: int) -> StepRecording:
        """A step is over."""
        self._step = step + 1
        return StepRecording()

    def close(self) -> None:
        """Write the report."""
        private_dir(self._report.parent)
        found = {
            "answers": {how.value: self._counts[how] for how in MatchKind},
            "unused": self.matcher.unused,
            "misses": [asdict(miss) for miss in self._misses],
        }
        private_file(
            self._report, json.dumps(found, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"
        )

    def _answer(self, route: Route) -> None:
        request = route.request
        body = request.post_data_buffer
        question = Question(
            request.method,
            self._cleaner.address(request.url),
            posted(body, self._cleaner)["text"] if body else "",
            request.resource_type,
        )
        answer = self._find(question)
        with suppress(PlaywrightError):  # the page has gone on meanwhile
            if answer is not None and answer.location and request.is_navigation_request():
                self._redirect(route, urljoin(request.url, answer.location))
                return
            answer = self._followed(question, answer)
            if answer is None or answer.error or not answer.status:
                route.abort("failed")
            else:
                self._give(route, answer)

    def _find(self, question: Question) -> Answer | None:
        """What is recorded for a question; ``None``, and noted, where that is nothing."""
        how, answer = self.matcher.find(question)
        self._counts[how] += 1
        if answer is None or how is MatchKind.LEFT_OUT:
            self._note(question, how)
            return None
        return answer

    def _followed(self, question: Question, answer: Answer | None) -> Answer | None:
        """The answer at the end of a chain of redirections: the browser is not asked for those."""
        for _ in range(_MOST_HOPS):
            if answer is None or not answer.location:
                return answer
            url = urljoin(answer.question.url, answer.location)
            method = question.method if answer.status in (307, 308) else "GET"
            answer = self._find(Question(method, url, question.body, question.kind))
        return None

    def _redirect(self, route: Route, url: str) -> None:
        # What Playwright's own replay does: a redirection of a document cannot be given as it is.
        inner = route._impl_obj
        route._sync(inner._redirect_navigation_request(url))

    def _give(self, route: Route, answer: Answer) -> None:
        headers: dict[str, str] = {}
        for header in answer.headers:
            name = header["name"].lower()
            if name in _OF_THE_WAY:
                continue
            joint = "\n" if name == "set-cookie" else ", "
            headers[name] = (
                f"{headers[name]}{joint}{header['value']}" if name in headers else (header["value"])
            )
        route.fulfill(status=answer.status, headers=headers, body=answer.body)

    def _note(self, question: Question, how: MatchKind) -> None:
        if len(self._misses) < _MOST_MISSES:
            why = "was not recorded" if how is MatchKind.MISS else "was recorded without its body"
            self._misses.append(Miss(self._step, question.method, question.url, question.kind, why))
