"""A program: every regular expression that this project compiles, as lines of JSON.

``re`` is watched from before the first import: expressions at the top of a module, in tables, in
functions, and those made of locale data, are all found. The functions are run over pages of both
platforms, in several languages, so that they compile what they compile late. What is written as one
literal is found in the source too, whether anything runs it or not.

Each line: ``{"module": who compiled it, "pattern": text, "bytes": of bytes or not, "flags": int}``.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from typing import Any

from places import ROOT

CALLS = frozenset({"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall",
                   "finditer"})  # fmt: skip
OURS = ("collector", "mockserver")


def watch() -> dict[tuple[str, bool, int], str]:
    """From now on: (pattern, of bytes, flags) → the module that compiled it."""
    found: dict[tuple[str, bool, int], str] = {}
    compile_as_before: Any = re._compile  # type: ignore[attr-defined]

    def compile_and_note(pattern: Any, flags: int) -> Any:
        made = compile_as_before(pattern, flags)
        module = str(sys._getframe(2).f_globals.get("__name__", ""))
        if module.split(".")[0] in OURS:
            raw = made.pattern
            text = raw if isinstance(raw, str) else raw.decode("latin-1")
            found.setdefault((text, isinstance(raw, bytes), made.flags), module)
        return made

    re._compile = compile_and_note  # type: ignore[attr-defined]
    return found


def modules() -> Iterator[str]:
    """The names of all modules, but the one that runs a program when it is imported."""
    for name in OURS:
        yield name
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                yield module.name


def written() -> Iterator[tuple[str, ast.expr, int]]:
    """The expression of every call of ``re`` in the source: its module, node and flags."""
    for path in sorted(path for name in OURS for path in (ROOT / name).rglob("*.py")):
        text = path.read_text("utf-8")
        if not re.search(r"\bre\b", text):  # most files, whose trees would cost seconds to walk
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of = node.func.value
            if not (isinstance(of, ast.Name) and of.id == "re" and node.func.attr in CALLS):
                continue
            flags = 0
            for name in ast.walk(node):
                if isinstance(name, ast.Attribute) and name.attr.isupper():
                    flags |= int(getattr(re, name.attr, 0))
            yield module, node.args[0], flags


def read_pages() -> None:
    """What is compiled only when a page is read."""
    import facebook_posts as posts
    import youtube_pages as y

    from collector import mending
    from collector.labelpatterns import flaw
    from collector.platforms.facebook.parse import parse_post
    from collector.platforms.youtube import parse_page
    from collector.platforms.youtube.historic import Source, reference_answer
    from collector.scrub import scrub
    from mockserver.api.yttrex import shapes

    card = y.lockup("A" * 11, label="Title 12 minutes, 29 seconds")
    classic = y.classic("E" * 11, tag="ytd-compact-video-renderer")
    ad = y.ad("https://shop.example/")
    for language in ("en", "de", "ja", "ar", "he", "ru", "tr", "zh-TW", "hi", "cs", "pl"):
        for page, path in (
            (y.home(y.rich(card), y.rich(ad)), "/"),
            (y.results(y.classic("C" * 11)), "/results?search_query=x"),
            (y.watch(classic, y.mix("RDx", "F" * 11)), "/watch?v=AAAAAAAAAAA"),
        ):
            html = scrub(y.app(page, lang=language))
            parse_page(html, f"https://www.youtube.com{path}")
            source = Source(html, f"https://www.youtube.com{path}", language, None, None)
            reference_answer("x", [source])
    for name in ("ytd-new-card", "newCardRenderer"):
        mending._pattern(name)
    assert flaw("flat earth|hollow (moon|sun)") is None  # as a label file names titles
    shapes._views_text({"recommendedViews": 12345, "label": "Title by Channel 12,345 views"})
    for language in posts.LANGUAGES:
        for markup in posts.MARKUPS:
            parse_post(posts.html(markup, language), when=posts.WHEN, languages=[language])


def main() -> None:
    found = watch()
    for name in modules():
        importlib.import_module(name)
    read_pages()
    for module, node, flags in written():
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            raw = node.value
            text = raw if isinstance(raw, str) else raw.decode("latin-1")
            given = re.compile(raw, flags).flags
            found.setdefault((text, isinstance(raw, bytes), given), module)
    for (pattern, of_bytes, flags), module in found.items():
        line = {"module": module, "pattern": pattern, "bytes": of_bytes, "flags": flags}
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
