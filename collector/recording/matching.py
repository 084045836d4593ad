"""Which recorded answer a request gets: the same question in recorded order, else the nearest.

Protects the rule that a page never gets an answer to another question in silence: every way of
finding one has a name and is counted, and what is not found is a miss.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from collector.addresses import parts_of

#: Types that a page may load more often than it did, because its cache is off now.
_STATIC = frozenset({"stylesheet", "script", "image", "font", "media"})
_TOKEN = re.compile(r"[\w%.-]+")


class MatchKind(StrEnum):
    """How an answer was found."""

    EXACT = "exact"
    """Method, address and body are those recorded."""
    BODY = "other body"
    """Method and address are; of the bodies recorded for them, the most alike."""
    BEACON = "other values"
    """Method and path are, the parameters have other values; the answer has no body."""
    REPEATED = "repeated"
    """The same question once more than was recorded, of what does not change."""
    MISS = "miss"
    """Nothing of the kind was recorded."""
    LEFT_OUT = "left out"
    """Recorded without its body."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, without its viewer. ``body``: text, or base64 of what is not text."""

    method: str
    url: str
    body: str = ""
    kind: str = "other"

    @property
    def address(self) -> tuple[str, str]:
        """Return method and URL, the latter without its fragment: what must be the same."""
        return self.method, self.url.partition("#")[0]

    @property
    def path(self) -> tuple[str, str, tuple[str, ...]]:
        """Method, address without its query, and the names in it."""
        parts = parts_of(self.url)
        names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
        return self.method, f"{parts.scheme}://{parts.netloc}{parts.path}", tuple(names)


@dataclass(slots=True)
class Answer:
    """A recorded answer and the question it was given to."""

    question: Question
    step: int
    number: int
    """Place in the session, by when it was asked."""
    status: int
    headers: list[dict[str, str]] = field(default_factory=list)
    body: bytes = b""
    left_out: bool = False
    error: str = ""
    """Why there was no answer."""
    used: bool = False

    @property
    def location(self) -> str:
        """Where it sends the browser; empty: nowhere."""
        if self.status not in (301, 302, 303, 307, 308):
            return ""
        return next((h["value"] for h in self.headers if h["name"].lower() == "location"), "")


class Matcher:
    """The answers of one session, each given once."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self.answers = list(answers)
        self._exact: dict[tuple[tuple[str, str], str], list[Answer]] = {}
        self._address: dict[tuple[str, str], list[Answer]] = {}
        self._path: dict[tuple[str, str, tuple[str, ...]], list[Answer]] = {}
        for answer in self.answers:
            question = answer.question
            self._exact.setdefault((question.address, question.body), []).append(answer)
            self._address.setdefault(question.address, []).append(answer)
            self._path.setdefault(question.path, []).append(answer)

    def find(self, question: Question) -> tuple[MatchKind, Answer | None]:
        """The answer to give; it is used up by that."""
        how, answer = self._choose(question)
        if answer is None:
            return MatchKind.MISS, None
        answer.used = True
        answer = self._whole(answer)
        lost = answer.left_out or answer.status == 304
        return (MatchKind.LEFT_OUT, answer) if lost else (how, answer)

    @property
    def unused(self) -> int:
        """Answers that were never asked for."""
        return sum(not answer.used for answer in self.answers)

    def _choose(self, question: Question) -> tuple[MatchKind, Answer | None]:
        same = self._exact.get((question.address, question.body), [])
        for answer in same:
            if not answer.used:
                return MatchKind.EXACT, answer
        near = [each for each in self._address.get(question.address, []) if not each.used]
        if near:
            return MatchKind.BODY, max(
                near, key=lambda one: _alike(question.body, one.question.body)
            )
        if question.kind != "document":
            beacons = self._path.get(question.path, [])
            free = [each for each in beacons if not each.used and not each.body]
            if free:
                return MatchKind.BEACON, max(
                    free, key=lambda one: _alike(question.url, one.question.url)
                )
        again = [*self._address.get(question.address, ())]
        if again and (question.kind in _STATIC or not again[-1].body):
            return MatchKind.REPEATED, again[-1]
        return MatchKind.MISS, None

    def _whole(self, answer: Answer) -> Answer:
        """For an answer that says only "what you have is current": the one the browser had."""
        if answer.status != 304:
            return answer
        full = [each for each in self._address[answer.question.address] if each.status == 200]
        earlier = [each for each in full if each.number < answer.number]
        return (earlier or full or [answer])[-1]


def answers_of(hars: Iterable[tuple[int, Mapping[str, Any]]]) -> list[Answer]:
    """The answers in a session's archives (step, archive), in the order they were asked for."""
    found = [(step, entry) for step, har in hars for entry in har["log"]["entries"]]
    found.sort(key=lambda each: each[1]["startedDateTime"])
    return [_answer(step, number, entry) for number, (step, entry) in enumerate(found)]


def _answer(step: int, number: int, entry: Mapping[str, Any]) -> Answer:
    request, response = entry["request"], entry["response"]
    content = response["content"]
    text = content.get("text", "")
    packed = content.get("encoding") == "base64"
    return Answer(
        Question(
            request["method"],
            request["url"],
            (request.get("postData") or {}).get("text", ""),
            entry.get("_resourceType", "other"),
        ),
        step,
        number,
        response["status"],
        list(response["headers"]),
        base64.b64decode(text) if packed else text.encode("utf-8", "surrogatepass"),
        bool(content.get("_leftOut")),
        str(response.get("_error", "")),
    )


def _alike(one: str, other: str) -> float:
    """0 to 1: the share of words that two texts have in common."""
    a, b = Counter(_TOKEN.findall(one)), Counter(_TOKEN.findall(other))
    both = sum((a & b).values())
    return 2 * both / (sum(a.values()) + sum(b.values()) or 1)
