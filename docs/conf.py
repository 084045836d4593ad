"""How Sphinx builds the documents (``make docs``): offline, and every warning is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from sphinx.application import Sphinx

from collector import __version__
from collector.scenario.render import known_keys
from collector.scenario.schema import scenario_schema
from collector.scenario.steps import STEPS

HERE = Path(__file__).parent
GENERATED = HERE / "_generated"

project = "twinwatch"
author = "the twinwatch authors"
project_copyright = "the twinwatch authors, MIT licence"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
# Two dashes are the beginning of an option, and quotes those that a shell takes.
smartquotes = False
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_generated"]

# A heading may be linked to as on GitHub, down to the fourth level.
myst_heading_anchors = 4

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = f"twinwatch {release}"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_js_files = ["docs.js"]
html_show_sphinx = False
html_copy_source = False
pygments_style = "default"
pygments_dark_style = "github-dark"


def keys_by_object(schema: dict[str, Any]) -> str:
    """Two Markdown tables: each object of the scenario's schema, and each step, with its keys."""
    objects = {
        "(the file)": schema["properties"],
        **{
            name.removesuffix("File").lower(): about["properties"]
            for name, about in schema["$defs"].items()
            if "properties" in about
        },
    }
    steps = {f"`{step}`": known_keys(step) for step in sorted(STEPS)}
    return f"{_table('object', objects)}\n{_table('step', steps)}"


def _table(what: str, rows: Mapping[str, Iterable[str]]) -> str:
    told = (f"| {name} | {', '.join(f'`{key}`' for key in keys)} |" for name, keys in rows.items())
    return "\n".join([f"| {what} | keys |", "|---|---|", *told, ""])


def more_pages() -> str:
    """A list of the pages in docs/ that no index names yet, so that none is out of reach."""
    indexes = [HERE / "index.md", *HERE.glob("*/index.md")]
    named = {
        Path(line.strip()).name
        for page in indexes
        for body in re.findall(r"^```{toctree}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
        for line in body.splitlines()
    }
    rest = sorted(page.stem for page in HERE.glob("*.md") if page.stem not in {*named, "index"})
    entries = "".join(f"/{name}\n" for name in rest)
    return f"```{{toctree}}\n:caption: More\n\n{entries}```\n" if rest else ""


def as_literals(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Help texts are plain text: a star is a star, what is in backticks is code, and lines that
    are to stay lines are a block to copy."""
    told: list[str] = []
    for line in lines:
        if line.startswith("| "):
            if not (told and told[-1].startswith("   ")):
                told += ["", ".. code-block:: text", ""]
            told.append(f"   {line[2:]}")
        else:
            if told and told[-1].startswith("   "):
                told.append("")
            plain = line.replace("*", r"\*")
            told.append(re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", plain))
    lines[:] = [*told, ""]


#: What the theme leaves unsaid to a screen reader: a caption above a list of pages is a heading and
#: needs a level, two lists beside the text need a name each, and the page of a search a heading.
UNSAID = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
}


def with_names(app: Sphinx, error: Exception | None) -> None:
    """Say on every page what :data:`UNSAID` lists."""
    if error is None and app.builder.format == "html":
        for page in Path(app.outdir).rglob("*.html"):
            was = text = page.read_text("utf-8")
            for bare, told in UNSAID.items():
                text = text.replace(bare, told)
            if text != was:
                page.write_text(text, "utf-8")


def setup(app: Sphinx) -> None:
    app.connect("sphinx-click-process-description", as_literals)
    app.connect("build-finished", with_names)


def _write(name: str, text: str) -> None:
    """Only where it differs, so that a second build reads nothing again."""
    path = GENERATED / name
    path.parent.mkdir(exist_ok=True)
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


_SCHEMA = scenario_schema()
_write("keys.md", keys_by_object(_SCHEMA))
_write("more.md", more_pages())
_write("scenario.schema.json", json.dumps(_SCHEMA, indent=2, ensure_ascii=False) + "\n")
