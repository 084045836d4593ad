"""``make docs``: the site builds without a warning and asks nobody but the folder it lies in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest
from axe_tools import EVERY, violations
from click.testing import CliRunner
from docs_tools import DOCS, PROGRAMS
from playwright.sync_api import Browser

for module in ("sphinx", "myst_parser", "furo", "sphinx_click"):
    pytest.importorskip(module, reason="the site needs 'twinwatch[docs]'")

#: Attributes that make a browser load something, by element; a link to follow (``a``) is none.
LOADS = {
    "script": ("src",), "link": ("href",), "img": ("src", "srcset"), "iframe": ("src",),
    "source": ("src", "srcset"), "video": ("src", "poster"), "audio": ("src",),
    "object": ("data",), "embed": ("src",), "use": ("href", "xlink:href"), "image": ("href",),
}  # fmt: skip


class Page(HTMLParser):
    """What a page loads, where its links lead, and which places it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        self.loads += [given[name] for name in LOADS.get(tag, ()) if name in given]
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if "id" in given:
            self.ids.add(given["id"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents, built as ``make docs`` does."""
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html",
         "-d", str(out / "trees"), str(DOCS), str(out / "html")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out / "html"


@pytest.fixture(scope="module")
def built(site: Path) -> dict[str, Page]:
    return {
        path.relative_to(site).as_posix(): Page(path.read_text("utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def foreign(address: str) -> bool:
    """Is this address another host's? ``//host`` is, ``data:`` and a path are not."""
    return re.match(r"(?:[a-z]+:)?//", address.strip(), re.IGNORECASE) is not None


def test_the_check_for_foreign_hosts_can_fail() -> None:
    page = Page('<script src="https://a.example/x.js"></script><img src="//b.example/p.png">')
    assert [foreign(one) for one in page.loads] == [True, True]
    assert not foreign("_static/x.css")
    assert not foreign("data:image/png;base64,AA")


@pytest.mark.slow
def test_no_page_loads_anything_from_elsewhere(site: Path, built: dict[str, Page]) -> None:
    """Scripts, styles, fonts, images: of this folder, in pages and in style sheets; and they are
    there."""
    assert len(built) > 30
    for name, page in built.items():
        assert page.loads, name
        for address in page.loads:
            assert not foreign(address), f"{name}: {address}"
            path = unquote(urlsplit(address).path)
            if path and not address.startswith("data:"):
                assert ((site / name).parent / path).exists(), f"{name}: {address}"
    for sheet in site.rglob("*.css"):
        text = sheet.read_text("utf-8")
        asked = re.findall(r"url\(\s*['\"]?([^)'\"]+)|@import\s+['\"]([^'\"]+)", text)
        assert not [one for pair in asked for one in pair if foreign(one)], sheet


@pytest.mark.slow
def test_every_link_leads_somewhere(site: Path, built: dict[str, Page]) -> None:
    """Within the site: the page is there, and so is the place on it."""
    for name, page in built.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = ((site / name).parent / unquote(parts.path)) if parts.path else site / name
            assert target.exists(), f"{name}: {link}"
            found = built.get(target.resolve().relative_to(site.resolve()).as_posix())
            if parts.fragment and found is not None:
                assert unquote(parts.fragment) in found.ids, f"{name}: {link}"


@pytest.mark.slow
def test_the_four_parts_reach_every_page(site: Path, built: dict[str, Page]) -> None:
    """From the first page, link by link, as a reader without a search box."""
    reached, waiting = set[str](), ["index.html"]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in built:
            continue
        reached.add(name)
        for link in built[name].links:
            path = urlsplit(link).path
            if path and not urlsplit(link).netloc:
                target = ((site / name).parent / unquote(path)).resolve()
                waiting.append(target.relative_to(site.resolve()).as_posix())
    sources = {
        page.relative_to(DOCS).with_suffix(".html").as_posix()
        for page in DOCS.rglob("*.md")
        if not {"_build", "_generated"} & set(page.parts)
    }
    assert sources <= reached
    first = (site / "index.html").read_text("utf-8")
    assert re.findall(r'class="caption-text">([^<]+)<', first)[:4] == [
        "Tutorial", "How-to", "Reference", "Explanation",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_reference_has_every_command_and_option(site: Path) -> None:
    """As the programs have them, two dashes and all."""
    for name, program in PROGRAMS.items():
        text = (site / "reference" / f"{name}.html").read_text("utf-8")
        waiting: list[click.Command] = [program]
        while waiting:
            command = waiting.pop()
            if isinstance(command, click.Group):
                context = click.Context(command)
                names = command.list_commands(context)
                found = (command.get_command(context, one) for one in names)
                waiting += [one for one in found if one is not None]
            assert f">{command.name}<a" in text or command is program, command.name
            for option in command.params:
                if isinstance(option, click.Option) and not option.hidden:
                    assert option.opts[0] in text, f"{name} {command.name} {option.opts[0]}"
        assert "–" not in re.sub(r"<title>.*?</title>", "", text)


@pytest.mark.slow
def test_the_schema_on_its_page_is_the_commands(site: Path) -> None:
    """The page shows what ``collector scenarios schema`` prints, key by key."""
    shown = json.loads((DOCS / "_generated" / "scenario.schema.json").read_text("utf-8"))
    printed = CliRunner().invoke(PROGRAMS["collector"], ["scenarios", "schema"])
    assert shown == json.loads(printed.stdout)
    page = (site / "reference" / "scenario-schema.html").read_text("utf-8")
    assert all(key in page for key in shown["properties"])


#: A page of each kind: prose with blocks, wide tables, what is made of the programs, an index, the
#: search.
KINDS = ("index", "tutorial", "howto/index", "fleet", "reference/collector", "search")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(
    ("names", "scheme", "width"),
    [(KINDS[1:4:2], "dark", 390), (KINDS, "dark", 390), (KINDS, "light", 1280)],
)
def test_the_pages_are_for_everybody(
    site: Path, browser: Browser, names: tuple[str, ...], scheme: str, width: int
) -> None:
    """axe finds nothing at all, no page is wider than the screen, and Tab reaches a block that
    scrolls, and no other; on paper nothing is cut."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"  # type: ignore[arg-type]
    )  # fmt: skip
    try:
        page = context.new_page()
        for name in names:
            page.goto((site / f"{name}.html").as_uri())
            assert violations(page, EVERY) == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.goto((site / "tutorial.html").as_uri())
        page.wait_for_function("document.readyState === 'complete'")
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        reached = page.locator("article pre[tabindex='0']").count()
        assert reached == page.evaluate(
            "[...document.querySelectorAll('article pre')].filter("
            "e => e.scrollWidth > e.clientWidth).length"
        )
        assert reached or width > 390
        assert reached < page.locator("article pre").count()
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
        for name in ("tutorial", "calibration", "statistics"):
            page.goto((site / f"{name}.html").as_uri())
            cut = page.evaluate(
                "[...document.querySelectorAll('article pre, article .table-wrapper')]"
                ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
            )
            assert cut == [], name
    finally:
        context.close()
