"""What Python 3.11.0 to 3.11.4 does otherwise: Debian 12 has 3.11.2, and nobody should notice."""

from __future__ import annotations

import ast
import re

import pytest
from places import ROOT

#: A possessive repetition of a group, in the text of an expression.
_OF_A_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+(?![^\[\]]*\])")
#: What its last alternative has to be: nothing that is ever there.
_NEVER = "|(?!)"


def unsafe(source: str) -> list[int]:
    """Lines of texts in which a group is repeated possessively and has no last alternative that
    never matches. Those Pythons go on behind what a last, broken-off try has read."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            found += [
                node.lineno
                for match in _OF_A_GROUP.finditer(text)
                if not text.endswith(_NEVER, 0, match.start())
            ]
    return found


def test_no_group_is_repeated_possessively_without_an_end() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for top in ("collector", "mockserver")
        for path in sorted((ROOT / top).rglob("*.py"))
        if re.search(r"[*+?}]\+", source := path.read_text("utf-8"))
        for line in unsafe(source)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"(?:ab?c)*+", True),
        (r"(?:ab?c){1,3}+x", True),
        (r"){0,3}+(?=[", True),
        (r"(?:ab?c|(?!))*+", False),
        (r"(?:(?:a|(?!))?+b)++", True),
        (r"[^<>]*+", False),
        (r"(ab)+", False),
    ],
)
def test_the_search_finds_them(text: str, found: bool) -> None:
    """Or the test above would prove nothing."""
    assert bool(unsafe(repr(text))) is found
    assert bool(unsafe(repr(text.encode()))) is found


def test_an_alternative_that_is_never_there_ends_a_repetition() -> None:
    """On every Python, as newer ones do without it: where the last whole try ended."""
    for text in ("(?:ab?c|(?!))++", "(?:ab?c|(?!)){1,3}+", "(?:ab?c|(?!))*+"):
        found = re.match(text, "aca")
        assert found is not None
        assert found.span() == (0, 2)
