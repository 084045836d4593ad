"""What a site's API answered to the page in a browser. Heard, never asked for: nothing in the page
can tell."""

from __future__ import annotations

import contextlib
from collections import deque

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Request

from collector.addresses import parts_of
from collector.common.model import Answer
from collector.platforms.answers import MOST_ANSWERS, MOST_BYTES, AnswerRule, OfPage


class Answers:
    """The answers of the visible page, with what has come and was not read yet."""

    def __init__(self, rule: AnswerRule | None) -> None:
        self._kept = OfPage(rule)
        self._finished: deque[Request] = deque(maxlen=MOST_ANSWERS)

    def begun(self, request: Request) -> None:
        """A request goes out; one for another document, or another page of it, ends the page."""
        if self._kept.rule is not None and _leaves(request, self._kept):
            self._finished.clear()
            self._kept.clear()

    def finished(self, request: Request) -> None:
        """A request is over. Its body is read later: the browser keeps it as long as the page."""
        if self._kept.wants(request.method, parts_of(request.url).path):
            self._finished.append(request)

    def take(self) -> tuple[Answer, ...]:
        """What came for the page that stands, in the order of coming. It may wait for a body."""
        finished = [*self._finished]
        self._finished.clear()
        for request in finished:
            if (answer := _read(request)) is not None:
                self._kept.add(answer)
        return self._kept.all


def _leaves(request: Request, kept: OfPage) -> bool:
    if request.is_navigation_request():
        with contextlib.suppress(PlaywrightError):  # a worker's request has no frame
            return request.frame.parent_frame is None
    return kept.ends(request.method, parts_of(request.url).path)


def _read(request: Request) -> Answer | None:
    """The answer to a request; ``None`` where there is none, or none that can be kept."""
    with contextlib.suppress(PlaywrightError, UnicodeDecodeError):
        response = request.response()
        if response is not None and response.status == 200:
            body = response.body()
            if len(body) <= MOST_BYTES:
                return Answer(parts_of(request.url).path, body.decode("utf-8"))
    return None
