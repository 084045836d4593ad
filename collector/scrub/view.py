"""A page as it reads once its escapes are undone, and where each piece of that stands on the page.

A page may write any character for HTML (``&#122;``), for JSON (``\\u007a``, once more when JSON
lies in a string), for JavaScript (``\\x7a``, ``\\172``, ``%u007a``), for a style (``\\7a``) or for
a URL (``%7A``), in full width, and may put what no reader sees between two letters: soft hyphens,
zero-width spaces, marks of direction, ``<wbr>``, the empty comments of a template. All of these are
read the same here, and once more where one comes out of another (``%5Cu007a``), so a value is found
by a plain search. Costs are in step with the page's size, whatever it holds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property, lru_cache
from html.entities import html5
from itertools import accumulate, chain, pairwise

from collector.scrub.forms import ordinary_bytes, other_forms

ENCODING = ("utf-8", "surrogatepass")

#: What no reader sees: soft hyphen, zero-width spaces and joiners, marks of direction and the ends
#: of what they hold, invisible operators, variants of signs (and kanji), fillers, tags.
_UNSEEN = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u180e\ufeff"
    + "".join(map(chr, chain(range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070),
                             range(0xFE00, 0xFE10))))
)  # fmt: skip
_UNSEEN_BEYOND = frozenset(map(chr, chain(range(0xE0000, 0xE0080), range(0xE0100, 0xE01F0))))
#: Letters, digits and what is in addresses, in full width → as they are otherwise.
_WIDE = {code: code - 0xFEE0 for code in map(ord, "０１２３４５６７８９＠．－＿")} | {
    code: code - 0xFEE0 for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
#: ``%`` and what it becomes in an address within an address.
_PERCENT = rb"%(?:25){0,4}"
_UNSEEN_IN_URL = b"|".join(
    [
        *(_PERCENT.join(b"(?i:%02x)" % byte for byte in char.encode()) for char in sorted(_UNSEEN)),
        _PERCENT.join((rb"[fF]3", rb"[aA]0", rb"8[014-7]", rb"[89abAB][0-9a-fA-F]")),
    ]
)
#: First byte of an escape → what follows it.
_ESCAPES = {
    b"%": rb"(?:25){0,4}(?:" + _UNSEEN_IN_URL + rb"|[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})",
    b"&": (
        rb"(?:amp;){0,4}"
        rb"(?:\#0{0,24}[0-9]{1,8};?|\#[xX]0{0,24}[0-9A-Fa-f]{1,7};?|[A-Za-z][A-Za-z0-9]{1,31};)"
    ),
    b"\\": (
        # a pair of surrogates is one character
        rb"(?:\\{0,7}+u[dD][89abAB][0-9A-Fa-f]{2}\\{1,8}+u[dD][c-fC-F][0-9A-Fa-f]{2}"
        rb"|\\{0,7}+(?:u[0-9A-Fa-f]{4}|u\{0{0,24}[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|[\"'/.@+ -]"
        rb"|[1-3][0-7]{2}|0?[4-7][0-7]))"  # from the blank on
    ),
    b"<": rb"(?:wbr ?/?|!-- ?--)>",
    b"\xc2": rb"\xad",
    b"\xcd": rb"\x8f",
    b"\xd8": rb"\x9c",
    b"\xe1": rb"(?:\xa0\x8e|\x85[\x9f\xa0])",
    b"\xe2": rb"(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xaf])",
    b"\xef": (
        rb"(?:\xbb\xbf|\xb8[\x80-\x8f]|\xbc[\x8d\x8e\x90-\x99\xa0-\xba\xbf]|\xbd[\x81-\x9a])"
    ),
    b"\xf3": rb"\xa0(?:[\x80\x81][\x80-\xbf]|[\x84-\x86][\x80-\xbf]|\x87[\x80-\xaf])",
}
_ALONE = {first: re.compile(re.escape(first) + rest) for first, rest in _ESCAPES.items()}


def _any_of(firsts: Iterable[bytes]) -> re.Pattern[bytes]:
    """Begins with a set of single bytes, which is what makes the search for the next one fast."""
    rests = (b"(?<=" + re.escape(first) + b")" + _ESCAPES[first] for first in firsts)
    return re.compile(b"([" + b"".join(map(re.escape, firsts)) + b"](?:" + b"|".join(rests) + b"))")


_ALL = _any_of([*_ESCAPES])
#: A page is full of the first byte of these, and few have one of them.
_MARKS = (b"<wbr", b"<!-- -->", b"<!---->")
_ALL_BUT_MARKS = _any_of([first for first in _ESCAPES if first != b"<"])
_LETTER = rb"0-9A-Za-z\x80-\xff@._=+'\-"
_OVER = rb"/?(?i:b|i|u|em|strong|mark|span)(?: [ !-$'-;=?-\[\]-~]{0,200}+)?>"
#: Between two signs of a word or a value, elements that a page lays over a part of it, as over what
#: was searched for. No escape is within their tags.
OVER_LETTERS = re.compile(
    # an escape may be the one before, or the one after
    rb"<(?<=["
    + _LETTER
    + rb";]<)"
    + _OVER
    + rb"(?:<"
    + _OVER
    + rb"|(?!)){0,3}+(?=["
    + _LETTER
    + rb"&\\%])"
)
#: What ruby lays between the signs of a word: its tags, and how the sign before is read.
RUBY = re.compile(
    rb"(?i:</?(?:ruby|rb|rbc|rtc)(?: [^<>]{0,200}+)?>"
    rb"|<rp(?: [^<>]{0,200}+)?>[^<>]{0,40}+(?:</rp>|(?=<))"
    rb"|<rt(?: [^<>]{0,200}+)?>[^<>]{0,200}+(?:</rt>|(?=<)))"
)
_RARE = 64
"""Bytes of a page for each that may begin an escape, from which on these are rare."""
_SHORT = 1000
"""Bytes of a text of which one search takes less than to count what may begin an escape."""
_HEX4 = re.compile(rb"u\{?0{0,24}([0-9A-Fa-f]{1,6})")
#: How a style writes a letter. The same signs may be another one to a script: a page is read both
#: ways.
_IN_STYLE = re.compile(rb"\\{1,8}+([0-9A-Fa-f]{2,6})(?:\r\n|[ \t\r\n\f])?")

_HIGH = rb"\\{1,8}+(?:(?P<octal>[23][0-7]{2})|x(?P<hex>[89A-Fa-f][0-9A-Fa-f]))"
_BYTE = re.compile(_HIGH)
#: Two bytes of one letter, or more.
_IN_BYTES = re.compile(re.sub(rb"\?P<[a-z]+>", rb"?:", _HIGH) * 2)
_DEEPEST = 3
"""How many times escapes that come out of others are undone."""


class View:
    """The bytes of a page (UTF-8) with all escapes undone.

    :param outer: the view whose ``plain`` is taken apart here once more, in place of a page.
    :ivar raw: the page.
    :ivar plain: the page as it reads.
    """

    def __init__(
        self,
        data: bytes,
        pieces: list[bytes] | None = None,
        reading: Callable[[bytes], bytes] | None = None,
        outer: View | None = None,
    ) -> None:
        self.raw: bytes = outer.raw if outer else data
        self._data = data
        self._outer = outer
        pieces = _taken_apart(data) if pieces is None else pieces
        read = list(pieces)
        read[1::2] = map(reading or _read, pieces[1::2])
        self.plain = b"".join(read) if len(pieces) > 1 else data
        self.greetings: set[Hashable] = set()
        """First names, with their initials, whose greetings were looked for already."""
        self.greeted: dict[Hashable, list[tuple[int, int, bool]]] = {}
        """First name → where it is greeted, and whether by an honorific."""
        self._pieces = pieces
        self._read = read

    @cached_property
    def folded(self) -> bytes:
        """``plain`` with ASCII letters in lower case: same length, same places."""
        return self.plain.lower()

    @cached_property
    def joined(self) -> View | None:
        """The same page with the words in one that elements lie over in part; ``None`` where there
        is no such word."""
        places = [found.span() for found in OVER_LETTERS.finditer(self.raw)]
        if b"<ruby" in self.raw or b"<RUBY" in self.raw:
            places += [found.span() for found in RUBY.finditer(self.raw)]
        if not places:
            return None
        ends = self._starts[1]
        places += zip(ends[1:-1:2], ends[2::2], strict=False)
        cuts = chain.from_iterable(sorted(places))
        return View(self.raw, [self.raw[a:b] for a, b in pairwise((0, *cuts, len(self.raw)))])

    @cached_property
    def deeper(self) -> View | None:
        """The same page with the escapes undone that come out of others, as ``\\u0061`` does of
        ``%5Cu0061``; ``None`` where none do."""
        pieces = _taken_apart(self.plain)
        if self._depth >= _DEEPEST or len(pieces) == 1:
            return None
        found = View(self.plain, pieces, outer=self)
        return None if found.plain == self.plain else found

    @cached_property
    def ordinary(self) -> View | None:
        """The same page with letters in the ordinary form (:mod:`collector.scrub.forms`); ``None``
        where all are."""
        pieces = other_forms(self.plain)
        if len(pieces) == 1:
            return None
        return View(self.plain, pieces, ordinary_bytes, self)

    @cached_property
    def _depth(self) -> int:
        return 1 + self._outer._depth if self._outer else 0

    @cached_property
    def bytewise(self) -> View | None:
        """The same page with ``\\303\\251`` and ``\\xc3\\xa9`` read as the bytes of UTF-8, in which
        some programs write letters; ``None`` where none may be."""
        if not _IN_BYTES.search(self._data):
            return None
        return View(self._data, self._pieces, _read_in_bytes, self._outer)

    @cached_property
    def styled(self) -> View | None:
        """The same page as it reads where styles escape letters; ``None`` where none may."""
        data = self._data
        if b"\\" not in data:
            return None
        pieces, end = [], 0
        for found in _IN_STYLE.finditer(data):
            pieces += [*_taken_apart(data[end : found.start()]), found[0]]
            end = found.end()
        if not pieces:
            return None
        return View(data, [*pieces, *_taken_apart(data[end:])], _read_in_style, self._outer)

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        """Where each piece begins, as it reads and on the page."""
        return (
            list(accumulate(map(len, self._read), initial=0)),
            list(accumulate(map(len, self._pieces), initial=0)),
        )

    def on_page(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the page behind ``plain[start:end]``, escapes whole; ``end > start``."""
        start, end = self._before_reading(start, end)
        return self._outer.on_page(start, end) if self._outer else (start, end)

    def _before_reading(self, start: int, end: int) -> tuple[int, int]:
        """The same in what was taken apart here."""
        if len(self._pieces) == 1:
            return start, end
        read, raw = self._starts
        first = bisect_right(read, start, hi=len(self._pieces)) - 1
        last = bisect_right(read, end - 1, hi=len(self._pieces)) - 1
        begin = raw[first] + (0 if first % 2 else start - read[first])
        return begin, (raw[last + 1] if last % 2 else raw[last] + end - read[last])


def has_marks(data: bytes) -> bool:
    """Whether there may be a mark between letters that a browser does not show."""
    return any(mark in data for mark in _MARKS)


def _taken_apart(data: bytes) -> list[bytes]:
    """Text and escapes in turn, as a page has them; text is first and last.

    No escape has the first byte of another kind within it, so each kind can be looked for alone,
    which is several times as fast where escapes are rare: a search for one byte.
    """
    marked = has_marks(data)
    every = _ALL if marked else _ALL_BUT_MARKS
    if len(data) < _SHORT:
        return every.split(data)
    there = [first for first in _ESCAPES if first != b"<" and first in data]
    if sum(map(data.count, there)) * _RARE > len(data):
        return every.split(data)
    there += [b"<"] * marked
    places = sorted(found.span() for first in there for found in _ALONE[first].finditer(data))
    ends = chain.from_iterable(places)
    return [data[start:end] for start, end in pairwise((0, *ends, len(data)))]


def reads(data: bytes) -> bytes:
    """A value as it reads, all escapes undone."""
    return View(data).plain


def _read_in_style(escape: bytes) -> bytes:
    """A space that ends an escape is a part of it."""
    found = _IN_STYLE.fullmatch(escape)
    return _char(int(found[1], 16)) if found else _read(escape)


def _read_in_bytes(escape: bytes) -> bytes:
    found = _BYTE.fullmatch(escape)
    if not found:
        return _read(escape)
    return bytes([int(found["octal"], 8) if found["octal"] else int(found["hex"], 16)])


@lru_cache(maxsize=4096)
def _read(escape: bytes) -> bytes:
    """What one escape stands for; nothing for what cannot be seen, itself for what is no escape."""
    head = escape[:1]
    if head == b"%":
        if escape[-5:-4] == b"u":
            return _char(int(escape[-4:], 16))
        byte = bytes([int(escape[-2:], 16)])
        return b"" if escape.count(b"%") > 1 else byte
    if head == b"\\":
        if found := _HEX4.findall(escape):
            units = [int(unit, 16) for unit in found]
            if len(units) == 2:
                return _char(0x10000 + ((units[0] - 0xD800) << 10) + units[1] - 0xDC00)
            return _char(units[0])
        if escape[-3:-2] == b"x":
            return _char(int(escape[-2:], 16))
        digits = escape.lstrip(b"\\")
        return _char(int(digits, 8)) if digits.isdigit() else escape[-1:]
    if head == b"&":
        name = escape.rpartition(b"amp;")[2].lstrip(b"&") or b"amp;"
        if name.startswith((b"#x", b"#X")):
            return _char(int(name[2:].rstrip(b";"), 16))
        if name.startswith(b"#"):
            return _char(int(name[1:].rstrip(b";")))
        found_name = html5.get(name.decode())
        if found_name is None:
            return escape
        return b"".join(_char(ord(char)) for char in found_name)
    if head == b"<":
        return b""
    return b"".join(_char(ord(char)) for char in escape.decode())


def _char(code: int) -> bytes:
    if code > 0x10FFFF:
        return b"\xef\xbf\xbd"
    char = chr(_WIDE.get(code, code))
    return b"" if char in _UNSEEN or char in _UNSEEN_BEYOND else char.encode(*ENCODING)
