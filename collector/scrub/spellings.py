"""Where a value stands on a page, in whatever spelling.

A page is searched as it reads, with escapes undone (:class:`View`). A name is found in any case and
with its accents as they may be (:mod:`collector.scrub.letters`), with its words in elements of
their own, and by its first word alone where the page greets somebody.
A value may also be packed into base64 between other bytes, where it has three forms, one for each
alignment.
"""

from __future__ import annotations

import base64
import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote

from collector.scrub.forms import ordinary
from collector.scrub.initials import Initials, before_last, in_capitals, initials
from collector.scrub.letters import spelt, written
from collector.scrub.secret import Secret, SecretKind, Span, is_unspaced
from collector.scrub.secret import secret as classified
from collector.scrub.view import ENCODING, OVER_LETTERS, RUBY, View, has_marks, reads
from collector.scrub.words import GREETINGS, HONORIFICS

_MIN_BASE64 = 8
"""Bytes; shorter values are too common by chance within other base64 text."""

_TAG = rb"<[a-zA-Z/!][^<>]{0,300}+>"
#: What may stand between two words of a name: spaces of all kinds, and the ends and beginnings of
#: elements. Possessive, so that a page cannot make the search try again; ``(?!)``, what is never
#: there: Python before 3.11.5 goes on after a possessive repetition where a last try broke off, and
#: not where that began, unless one more is tried in its place.
_SPACES = (
    rb"(?:[\s+]|\xe3\x83\xbb|\xc2\xa0|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80"
    rb"|\\{1,8}[nrt]|(?!)){1,100}+"
)
#: The same in JSON: pieces of one text, and a name under two keys. The text is in lower case.
_RUNS = rb"\"\s{0,4}\},\s{0,4}\{\s{0,4}\"text\"\s{0,4}:\s{0,4}\""
_KEYS = rb"\"\s{0,4},\s{0,4}\"[a-z_]{0,20}name[a-z_]{0,8}\"\s{0,4}:\s{0,4}\""
_IN_JSON = rb"(?:" + _RUNS + rb"|" + _KEYS + rb")"
_GAP = rb"(?:" + _SPACES + rb"|" + _TAG + rb"|" + _IN_JSON + rb"|(?!)){1,12}+"
#: Between the family name and what goes before it elsewhere, also as a list has it.
_COMMA = rb"(?:,|\xd8\x8c|\xe3\x80\x81|\xef\xbc\x8c)"
_TURN = rb"(?:(?:" + _GAP + rb")?" + _COMMA + rb"(?:" + _GAP + rb")?|" + _GAP + rb")"
_COMMAS = ",\u060c\u3001\uff0c"
_AFTER_GREETING = " \t\r\n\xa0\u3000,!\u060c\u3001\uff0c\uff01"
_GREETINGS = frozenset(GREETINGS)
_LENGTHS = sorted({len(words) for words in GREETINGS})
#: The text of ruby's that says how a sign is read.
_READING = re.compile(rb"(?i:<rt)[^<>]*>([^<>]+)(?:</..>)?")
_BETWEEN = re.compile(
    _TAG + rb"|" + _IN_JSON + rb"|(?:[\s+]|\xe3\x83\xbb|" + _COMMA + rb")+", re.IGNORECASE
)
_WORD_BEFORE = re.compile(r"(?:^|\W)(\w)\w*[ \xa0]\Z")
_BLANKS = (" ", "\xa0")
_WORD_BYTES = re.compile(rb"[0-9A-Za-z_]*")
_ESCAPE_BEFORE = re.compile(rb"\\[nrtbf]\Z")


def occurrences(secret: Secret, view: View) -> list[Span]:
    """Where the secret stands on the page."""
    kind, plain = secret.kind, _in_ordinary_letters(secret)
    spans = [Span(*part, kind) for each in _readings(view) for part in _found(secret, plain, each)]
    if view.joined is not None:
        for start, end in _found(secret, plain, view.joined):
            spans += [Span(*part, kind) for part in _under_elements(view.raw, start, end)]
    for form in _forms(secret).packed | (_forms(plain).packed if plain else set()):
        spans += [Span(start, end, kind) for start, end in _each(form, view.raw)]
    return spans


def _in_ordinary_letters(secret: Secret) -> Secret | None:
    """What it is called in letters of the ordinary form; ``None`` of what nobody spells out."""
    if secret.kind is not SecretKind.NAME and not secret.kind.folded:
        return None
    plain = ordinary(secret.value)
    return secret if plain == secret.value else classified(secret.kind, plain)


def _readings(view: View) -> Iterator[View]:
    """The page as it reads, and as it reads to a style, and to who writes letters in bytes; then
    once more where escapes come out of others."""
    each: View | None = view
    while each is not None:
        yield from (
            reading for reading in (each, each.styled, each.bytewise) if reading is not None
        )
        each = each.deeper


def _found(secret: Secret, plain: Secret | None, view: View) -> Iterator[tuple[int, int]]:
    """Where it stands in one reading of a page, as it is and in ordinary letters."""
    look = _names if secret.kind is SecretKind.NAME else _values
    for one in dict.fromkeys((secret, plain)):
        if one is not None:
            yield from (view.on_page(*place) for place in look(one, view))
    if plain is not None and view.ordinary is not None:
        yield from (view.ordinary.on_page(*place) for place in look(plain, view.ordinary))


def _under_elements(raw: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The letters of what elements lie over in part, without their tags; nothing of another. What
    ruby says of how they are read goes with them."""
    over = sorted(
        [*OVER_LETTERS.finditer(raw, start, end), *RUBY.finditer(raw, start, end)],
        key=lambda found: found.start(),
    )
    while after := RUBY.match(raw, over[-1].end() if over and over[-1].start() >= end else end):
        over.append(after)
    for tag in over:
        if tag.start() > start:
            yield start, tag.start()
        if reading := _READING.fullmatch(tag[0]):
            yield tag.start() + reading.start(1), tag.start() + reading.end(1)
        start = tag.end()
    if start < end:
        yield start, end


class _Forms:
    """What to search for. Made once a secret."""

    def __init__(self, secret: Secret) -> None:
        value = secret.value
        plain = {value, unquote(value), html.unescape(value)} - {""}
        if secret.kind is SecretKind.NAME:
            plain |= {normalize(form, each) for each in plain for form in ("NFC", "NFD")}
        raw = value.encode(*ENCODING)
        self.packed = {form for text in plain for form in _base64(text.encode(*ENCODING))}
        forms = (form.encode(*ENCODING) for form in written(secret.kind, value))
        self.exact = {reads(form) for form in forms} - {b""}
        self.tagged = b"<" in reads(raw)
        self.pattern: re.Pattern[bytes] | None = None
        self.last: re.Pattern[bytes] | None = None
        self.turned: list[re.Pattern[bytes]] = []
        self.initials: Initials | None = None
        self.first: re.Pattern[bytes] | None = None
        self.joined: re.Pattern[bytes] | None = None
        if secret.kind is SecretKind.NAME:
            words = re.split(r"[\s・]+", reads(raw).decode("utf-8", "replace").strip(" ・"))
            if len(words) > 1:
                self.pattern = re.compile(_pattern(words, _SPACES if self.tagged else _GAP))
                self.last = re.compile(spelt(words[-1].strip(_COMMAS) or words[-1]))
                self.initials = initials(tuple(words))
                self.turned = [re.compile(form) for form in _turned(words)]
                self.joined = re.compile(spelt("".join(words)))
                self.first = re.compile(spelt(words[0])) if len(words[0]) > 1 else None


@lru_cache(maxsize=1024)
def _forms(secret: Secret) -> _Forms:
    return _Forms(secret)


def _values(secret: Secret, view: View) -> Iterator[tuple[int, int]]:
    haystack = view.folded if secret.kind.folded else view.plain
    for form in _forms(secret).exact:
        yield from _standing(form, haystack, view.plain, bounded=secret.bounded)


def _names(secret: Secret, view: View) -> Iterator[tuple[int, int]]:
    forms = _forms(secret)
    if forms.pattern is None or forms.last is None:
        for form in forms.exact:
            yield from _standing(form, view.plain, view.plain, bounded=secret.bounded)
        return
    if forms.last.search(view.folded):
        yield from _of_words(forms, forms.pattern, view, bounded=secret.bounded)
    if forms.joined and has_marks(view.raw):
        for start, end in _whole_words(forms.joined, view, bounded=True):
            first, last = view.on_page(start, end)
            if b"<" in view.raw[first:last]:  # a mark stands where its space would be
                yield start, end
    if forms.first and (forms.first, forms.initials) not in view.greetings:
        view.greetings.add((forms.first, forms.initials))
        yield from _greeted(forms.first, forms.initials, view)


def _of_words(
    forms: _Forms, pattern: re.Pattern[bytes], view: View, *, bounded: bool
) -> Iterator[tuple[int, int]]:
    """A name of several words, in its order and turned round."""
    whole = list(_whole_words(pattern, view, bounded=bounded))
    ends = [end for _, end in whole]
    for turned in forms.turned:
        for start, end in _whole_words(turned, view, bounded=bounded, capital=True):
            after = bisect_right(ends, start)  # "Ann Lee, Ann Other" has no "Lee, Ann"
            if (after == len(whole) or end <= whole[after][0]) and not _of_two(view, start, end):
                yield from _without_tags(view.plain, start, end)
    for start, end in whole:
        if forms.tagged:
            yield start, end
        else:
            yield from _without_tags(view.plain, start, end)


def short_forms(names: Iterable[str]) -> list[Initials]:
    """In which ways initials take the place of words of the names, each as it is written and in
    ordinary letters."""
    every = dict.fromkeys(each for name in names for each in (name, ordinary(name)))
    found = (_forms(Secret(SecretKind.NAME, each)).initials for each in every)
    return [short for short in found if short is not None]


def shortened(short: Sequence[Initials], view: View) -> Iterator[tuple[int, int]]:
    """Where one of the short forms of names stands, for pieces of a page that are the viewer's."""
    for each in [view] if view.ordinary is None else [view, view.ordinary]:
        for form in short:
            for match in form.any.finditer(each.folded):
                start, end = match.span()
                if _stands_alone(each.plain, start, end) and in_capitals(each.plain, start, end):
                    yield each.on_page(start, end)


def _whole_words(
    pattern: re.Pattern[bytes], view: View, *, bounded: bool, capital: bool = False
) -> Iterator[tuple[int, int]]:
    """
    :param capital: the groups of the pattern do not begin with a small letter of ASCII's.
    """
    at = 0
    while match := pattern.search(view.folded, at):
        start, at = match.span()
        if bounded and not _stands_alone(view.plain, start, at):
            at = _beyond(view.plain, start)
        elif not (
            capital and any(view.plain[one : one + 1].islower() for one, _ in match.regs[1:])
        ):
            yield start, at


def _of_two(view: View, start: int, end: int) -> bool:
    """Whether the words are of two names: "Lee, Ann" of "Bob Lee, Ann Other"."""
    before = view.plain[max(0, start - 80) : start].decode("utf-8", "ignore")
    after = view.plain[end : end + 8].decode("utf-8", "ignore")
    word = _WORD_BEFORE.search(before)
    return bool(word and word[1].isupper() and after[:1] in _BLANKS and after[1:2].isupper())


def _pattern(words: list[str], gap: bytes) -> bytes:
    """The words of a name in lower case, in the order given, with something between them."""
    parts = [spelt(word) for word in words]
    found = parts[0]
    for number, part in enumerate(parts[1:], 1):
        close = is_unspaced(words[number - 1]) and is_unspaced(words[number])
        found += (b"(?:" + gap + b")?" if close else gap) + part
    return found


def _turned(words: list[str]) -> Iterator[bytes]:
    """The last word first ("Doe, Jane Maria"), or the first last ("García Márquez, Gabriel"), with
    a comma or without. Groups are of what begins with a capital in the name too."""
    bare = [word for each in words if (word := each.strip(_COMMAS))]
    cuts = {1, len(bare) - 1} if bare == words else {len(bare), 1}
    for cut in sorted(cuts - {0}):
        head, tail = bare[cut:], bare[:cut]
        parts = [part for part in (head, tail) if part]
        if all(part[0][:1].islower() for part in parts):
            continue
        close = is_unspaced(parts[0][-1]) and is_unspaced(parts[-1][0])
        yield (_TURN + b"?" if close else _TURN).join(
            (b"(?:" if part[0][:1].islower() else b"(") + _pattern(part, _GAP) + b")"
            for part in parts
        )


def _without_tags(plain: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A name whole, or its words one by one where elements, or a piece of JSON, stand between."""
    if not {*b'<"'} & {*plain[start:end]}:
        yield start, end
        return
    for gap in _BETWEEN.finditer(plain, start, end):
        if gap.start() > start:
            yield start, gap.start()
        start = gap.end()
    if start < end:
        yield start, end


def _greeted(
    first: re.Pattern[bytes], short: Initials | None, view: View
) -> Iterator[tuple[int, int]]:
    """The first word of a name after a greeting or before an honorific, and nowhere else; with
    initials that follow it, or in its place."""
    if first not in view.greeted:  # the same for all who are called so
        view.greeted[first] = list(_greeted_alone(first, view))
    for start, end, honoured in view.greeted[first]:
        rest = short.rest.match(view.folded, end) if short and not honoured else None
        if rest and _stands_alone(view.plain, start, rest.end()):
            end = rest.end()
        yield start, end
    for start, end in before_last(short, view.folded) if short else ():
        small = view.plain[start : start + 1].islower()
        if not small and _stands_alone(view.plain, start, end) and _greets(view, start):
            yield start, end


def _greeted_alone(first: re.Pattern[bytes], view: View) -> Iterator[tuple[int, int, bool]]:
    """Start, end, and whether an honorific follows."""
    ascii_alone = first.pattern.isascii()
    for match in first.finditer(view.folded):
        start, end = match.span()
        if ascii_alone and view.plain[start : start + 1].islower():
            continue  # "hello world" greets nobody called World
        if view.folded.startswith(HONORIFICS, end):
            if not _joins(_before(view.plain, start)):
                yield start, end, True
        elif _stands_alone(view.plain, start, end) and _greets(view, start):
            yield start, end, False


def _greets(view: View, start: int) -> bool:
    """A greeting stands before as a word of its own: "Delhi" greets nobody."""
    before = view.folded[max(0, start - 160) : start].decode("utf-8", "ignore")
    before = before.rstrip(_AFTER_GREETING)
    while before.endswith(">"):
        before = before[: max(0, before.rfind("<"))].rstrip(_AFTER_GREETING)
    return before.endswith(GREETINGS) and any(
        before[-length:] in _GREETINGS and not _joins(before[: len(before) - length][-1:])
        for length in _LENGTHS
    )


def _standing(
    form: bytes, haystack: bytes, plain: bytes, *, bounded: bool
) -> Iterator[tuple[int, int]]:
    if not bounded:
        yield from _each(form, haystack)
        return
    at = haystack.find(form)
    while at >= 0:
        end = at + len(form)
        if _stands_alone(plain, at, end):
            yield at, end
            at = haystack.find(form, end)
        else:
            at = haystack.find(form, _beyond(plain, at))


def _each(form: bytes, haystack: bytes) -> Iterator[tuple[int, int]]:
    """Every place of ``form``, each going on where the one before ended; those that follow each
    other at once are one."""
    at = haystack.find(form)
    while at >= 0:
        end = at + len(form)
        while haystack.startswith(form, end):
            end += len(form)
        yield at, end
        at = haystack.find(form, end)


def _beyond(data: bytes, at: int) -> int:
    """Where the next whole word can begin, after one at ``at`` that is none: not within its
    letters. A page of one repeated letter costs no more than any other."""
    letters = _WORD_BYTES.match(data, at)
    assert letters is not None, "none are some too"
    return max(at + 1, letters.end())


def _base64(raw: bytes) -> Iterator[bytes]:
    if len(raw) < _MIN_BASE64:
        return
    for offset in range(3):
        # Characters that also depend on the bytes before or after are left out.
        packed = base64.b64encode(b"\0" * offset + raw)
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        form = packed[first:last]
        yield form
        yield form.translate(bytes.maketrans(b"+/", b"-_"))


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    """No letter or digit right before or after."""
    right = data[end : end + 4].decode("utf-8", "ignore")[:1]
    return not (_joins(_before(data, start)) or _joins(right))


def _before(data: bytes, start: int) -> str:
    before = data[max(0, start - 4) : start]
    return "" if _ESCAPE_BEFORE.search(before) else before.decode("utf-8", "ignore")[-1:]


def _joins(character: str) -> bool:
    return bool(character) and (character.isalnum() or character == "_")
