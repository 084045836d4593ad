"""A program: every regular expression that this project compiles, as lines of JSON.

``re`` is watched from before the first import: expressions at the top of a module, in tables, in
functions, and those made of locale data, are all found. The functions are run over pages of both
platforms, in several languages, so that they compile what they compile late.

Each line: ``{"module": who compiled it, "pattern": text, "bytes": of bytes or not, "flags": int}``.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from typing import Any

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


def read_pages() -> None:
    """What is compiled only when a page is read."""
    import facebook_posts as posts
    import youtube_pages as y

    from collector.platforms.facebook.parse import parse_post
    from collector.platforms.youtube import parse_page
    from collector.platforms.youtube.historic import Source, reference_answer
    from collector.scrub import scrub

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
    for language in posts.LANGUAGES:
        for markup in posts.MARKUPS:
            parse_post(posts.html(markup, language), when=posts.WHEN, languages=[language])


def main() -> None:
    found = watch()
    for name in modules():
        importlib.import_module(name)
    read_pages()
    for (pattern, of_bytes, flags), module in found.items():
        line = {"module": module, "pattern": pattern, "bytes": of_bytes, "flags": flags}
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
