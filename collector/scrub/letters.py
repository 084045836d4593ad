"""In which letters a page may write one word: another case, accents apart or left out, other signs.

Protects pseudonymity from values that are the same to a reader and not to a search. An accent may
be a character of its own (``e`` + U+0301) wherever the letter is known whole, and the other way
round; a page sets ``’`` for the ``'`` that somebody typed, and a hyphen that does not break.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

from collector.scrub.secret import SecretKind
from collector.scrub.view import ENCODING

#: What one sign may be set as; each group is one sign to a reader.
_ALIKE = ("'’‘ʼ", "-‐‑", "σςΣ", "ßẞ", "iİı", "её")
_TURKISH = re.compile("[ıİğĞşŞ]")


def spelt(word: str) -> bytes:
    """What finds a word of a name, in any case, on a page whose ASCII letters are in lower case."""
    whole = normalize("NFC", word)
    turkish = bool(_TURKISH.search(whole))
    return b"".join(_letter(char, turkish=turkish) for char in whole)


def written(kind: SecretKind, value: str) -> set[str]:
    """A value that is looked for as it is, in the ways in which a page may have it."""
    if kind is SecretKind.NAME:
        forms = {value, value.upper(), *(value.replace("'", sign) for sign in "’‘ʼ")}
        forms |= {value.replace(sign, "'") for sign in "’‘ʼ"}
    elif kind.folded:
        forms = {value, _ascii_lower(value.lower()), _ascii_lower(value.upper()), *_punycode(value)}
    else:
        return {value}
    return {normalize(form, each) for each in forms for form in ("NFC", "NFD")} | forms


def _letter(char: str, *, turkish: bool) -> bytes:
    if char.isascii() and char not in "'-" and not (turkish and char in "iI"):
        return re.escape(char.lower().encode())
    alike = {char, char.lower(), char.upper()}
    for group in _ALIKE:
        if char in group or char.lower() in group:
            alike |= {*group, *group.upper()}
    alike |= {normalize("NFD", one) for one in alike}
    alike |= {_bare(one) for one in alike if _has_accents_to_leave_out(one)}
    # the longest first, so that an accent goes with its letter
    forms = {_ascii_lower(one).encode(*ENCODING) for one in alike}
    return b"(?:" + b"|".join(map(re.escape, sorted(forms, key=lambda f: (-len(f), f)))) + b")"


def _has_accents_to_leave_out(text: str) -> bool:
    """Latin and Greek letters are the same with and without; ``が`` and ``か`` are two letters."""
    return text[:1] < "\u0400" or "\u1e00" <= text[:1] < "\u2000"


def _bare(text: str) -> str:
    return "".join(char for char in normalize("NFD", text) if category(char) != "Mn") or text


def _ascii_lower(text: str) -> str:
    return text.encode(*ENCODING).lower().decode(*ENCODING)


def _punycode(value: str) -> set[str]:
    """A mail address whose domain is written as the network knows it."""
    name, _, domain = value.rpartition("@")
    if not name or domain.isascii():
        return set()
    try:
        return {f"{name}@{domain.encode('idna').decode()}"}
    except UnicodeError:
        return set()
