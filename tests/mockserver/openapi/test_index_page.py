"""The page at the root: every face with its counts, and every example that it prints works."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import openapi_tools as tools
import pytest
from flask import Flask
from lxml import html as markup
from playwright.sync_api import Browser
from werkzeug.test import TestResponse

from mockserver.context import MockConfig
from mockserver.serve import serving

ROOT = "http://127.0.0.1:8123"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    made = tools.made()
    yield made
    made.extensions["mock"].close()


@pytest.fixture(scope="module")
def told(app: Flask) -> str:
    answer = app.test_client().get("/", base_url=ROOT)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer.text


def examples(page: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r"<pre><code>(.*?)</code></pre>", page)]


def run(app: Flask, command: str) -> TestResponse:
    """What ``curl`` would do: -d and -H are known."""
    words = shlex.split(command.replace("TOKEN", tools.TRUTH))
    assert words.pop(0) == "curl"
    headers, data, url = {}, None, None
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            data = words.pop(0)
        else:
            assert url is None, command
            url = word
    assert url
    assert url.startswith(f"{ROOT}/")
    parts = urlsplit(url)
    host = headers.pop("Host", parts.netloc)
    return app.test_client(use_cookies=False).open(
        f"{parts.path}?{parts.query}",
        method="POST" if data else "GET",
        base_url=f"http://{host}",
        headers=headers,
        data=data,
    )


def test_every_example_works(app: Flask, told: str) -> None:
    found = examples(told)
    assert len(found) >= 17
    for command in found:
        answer = run(app, command)
        assert answer.status_code in (200, 204), (command, answer.text[:200])
        if answer.status_code == 200:
            assert len(answer.data) > 40, command
            assert b"<title>Not Found" not in answer.data, command
        if answer.is_json:
            assert answer.json not in ([], {}), command


def test_every_face_is_there_with_its_counts(app: Flask) -> None:
    client = app.test_client()
    world = app.extensions["mock"].world
    seen = len(world.viewers())
    tree = markup.fromstring(client.get("/", base_url=ROOT).text)
    counts: dict[str, dict[str, int]] = {}
    for section in tree.findall(".//section"):
        rows = [item.text_content().partition(" ") for item in section.iter("li")]
        counts[section.get("id")] = {name: int(n.replace(",", "")) for n, _, name in rows}
    assert [*counts] == [
        "youtube",
        "facebook",
        "yttrex",
        "fbtrex",
        "tubearchivist",
        "gdata",
        "truth",
    ]
    assert counts["youtube"]["videos"] == counts["gdata"]["videos"] == len(world.videos)
    assert counts["youtube"]["visitors seen"] == seen
    # The two documented observations, 24 before them and the one that the test's mock was sent.
    assert counts["yttrex"] == {"observations stored": 27, "supporters": 3, "experiments": 1}
    assert counts["fbtrex"]["supporters"] == 2
    assert counts["fbtrex"]["timelines stored"] == 32
    archived = client.get("/tubearchivist/api/stats/video/", headers=tools.auth("/tubearchivist"))
    assert counts["tubearchivist"]["videos"] == archived.json["doc_count"]


def test_every_link_leads_somewhere(app: Flask, told: str) -> None:
    links = markup.fromstring(told).xpath("//a/@href")
    assert "/openapi.json" in links
    assert "http://facebook.localhost:8123/" in links
    assert "http://youtube.localhost:8123/" in links
    client = app.test_client()
    for link in links:
        parts = urlsplit(link)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        answer = client.get(path, base_url=f"http://{parts.netloc or '127.0.0.1:8123'}")
        assert answer.status_code < 400, link


def test_it_needs_nothing_but_itself(told: str) -> None:
    assert not re.findall(r"<(?:script|img|iframe)|@import|url\(", told)
    assert re.findall(r'<link rel="(\w+)" href="([^"]*)"', told) == [("icon", "data:,")]


def test_other_paths_are_a_short_json_404(app: Flask) -> None:
    answer = app.test_client().get("/nowhere", base_url=ROOT)
    assert answer.status_code == 404
    assert answer.json["message"] == f"nothing at /nowhere; {ROOT}/ lists what there is"


@pytest.mark.browser
def test_it_fits_a_telephone_and_a_dark_room(browser: Browser) -> None:
    with serving(MockConfig()) as server:
        shown: dict[str, Any] = {}
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 360, "height": 740},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            tab = context.new_page()
            tab.goto(server.url)
            shown[scheme] = tab.evaluate(
                """() => [document.documentElement.scrollWidth,
                          getComputedStyle(document.querySelector('a')).color]"""
            )
            context.close()
    assert shown["light"][0] == shown["dark"][0] == 360
    assert shown["light"][1] != shown["dark"][1]
