"""Which answers of a site's API are evidence beside a page, and which page each is of.

Protects the rule that a page has two witnesses: what it shows, and what the site sent for it. After
a navigation inside a page only such answers say what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from collector.common.model import Answer

#: Answers of one page that are kept; a list grows by some twenty items with each.
MOST_ANSWERS = 100
#: Bytes of an answer; real ones have up to 2 MB.
MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """Which answers of a site are evidence."""

    paths: re.Pattern[str]
    """Matches the whole path of an address that is asked with POST."""
    begins: Callable[[str], bool]
    """Text of an answer → True if it is another page, False if it is more of the page before."""
    beside: re.Pattern[str]
    """Paths that are asked together with a page, so that their answer may come before its."""
    leaves: re.Pattern[str] = re.compile(r"(?!)")
    """Paths that are asked with GET for another page, whose answer is no evidence."""
    lists: re.Pattern[str] = re.compile(r"(?!)")
    """Found in addresses whose answers hold lists, in whatever file a visitor saved them."""


class OfPage:
    """The answers of the page that stands, as they come.

    >>> rule = AnswerRule(re.compile("/(page|more|player)"), lambda text: text == "P",
    ...                   re.compile("/player"))
    >>> kept = OfPage(rule)
    >>> for path, text in (("/page", "P"), ("/more", "m"), ("/player", "x"), ("/page", "P")):
    ...     kept.add(Answer(path, text))
    >>> [answer.path for answer in kept.all]
    ['/player', '/page']
    """

    def __init__(self, rule: AnswerRule | None) -> None:
        self.rule = rule
        self.all: tuple[Answer, ...] = ()

    def clear(self) -> None:
        """Another document: what came before is of a page that is left."""
        self.all = ()

    def wants(self, method: str, path: str) -> bool:
        """True for a request whose answer is evidence."""
        return self.rule is not None and method == "POST" and bool(self.rule.paths.fullmatch(path))

    def ends(self, method: str, path: str) -> bool:
        """True for a request with which the page is left."""
        return self.rule is not None and method == "GET" and bool(self.rule.leaves.fullmatch(path))

    def add(self, answer: Answer) -> None:
        """One more answer, which may begin another page. One that is too large is left out."""
        if self.rule is None or len(answer.text) > MOST_BYTES:
            return
        if self.rule.begins(answer.text):
            beside = self.rule.beside
            self.all = tuple(a for a in self.all[-1:] if beside.fullmatch(a.path))
        if len(self.all) < MOST_ANSWERS:
            self.all = (*self.all, answer)
