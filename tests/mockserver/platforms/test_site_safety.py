"""Hostile titles, addresses and headers; pages that go wrong on purpose."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from site_tools import ERAS, SITE, Visitor, shared_app

from collector.platforms.youtube.status import page_status
from mockserver.app import create_app
from mockserver.context import MockConfig

TITLES = {
    "hostile0001": "</script><script>document.title='owned'</script>",
    "hostile0002": '"><img src=x onerror=alert(1)> \' onmouseover="x',
    "hostile0003": "<!--<script> &lt;b&gt; ]]> {{7*7}} {% raw %}",
    "hostile0004": "שלום \u202eRTL\u202c 😀👩‍👩‍👧 \u2028new\u2029line {n}",
}
CHANNEL = "UChostilehostilehostileA"


@pytest.fixture(scope="module", params=ERAS)
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A world with a channel of nasty names."""
    world = {
        "era": request.param,
        "sizes": {"channels": 20, "videos": 200},
        "channels": [
            {"id": CHANNEL, "handle": "@hostile", "name": "<b>'\"&</b></title>", "topic": "music",
             "description": "</script><svg onload=alert(1)>"}
        ],
        "videos": [
            {"id": key, "channel": CHANNEL, "title": title, "seconds": 61, "views": 10_000_000,
             "tags": ["hostile"], "description": title}
            for key, title in TITLES.items()
        ],
    }  # fmt: skip
    path: Path = tmp_path_factory.mktemp("world") / "hostile.json"
    path.write_text(json.dumps(world), encoding="utf-8")
    return create_app(MockConfig(seed=1, world=str(path), era=request.param))


@pytest.mark.sweep(1)
def test_titles_stay_text_everywhere(hostile: Flask) -> None:
    visitor = Visitor(hostile, "hostile")
    pages = ["/@hostile", "/results?search_query=hostile", *(f"/watch?v={v}" for v in TITLES)]
    seen: set[str] = set()
    for path in pages:
        html = visitor.html(path)
        soup = BeautifulSoup(html, "html.parser")
        sources = {s.get("src") for s in soup.find_all("script") if s.get("src")}
        assert sources == {"/_static/player.js", "/_static/site.js"}
        assert all(s.get("nonce") for s in soup.find_all("script"))
        assert not soup.find_all(onerror=True)
        assert not soup.find_all(onload=True)
        assert "49" not in (soup.title.get_text() if soup.title else "")
        seen |= {str(tag["title"]) for tag in soup.find_all(title=True)}
        for name in ("ytInitialData", "ytInitialPlayerResponse", "ytInitialPlayerConfig"):
            found = re.search(rf"var {name} = (.*?);</script>", html)
            assert found is not None
            json.loads(found[1])
    assert set(TITLES.values()) <= seen
    watch = BeautifulSoup(visitor.html("/watch?v=hostile0001"), "html.parser")
    heading = watch.select_one("h1 > yt-formatted-string")
    assert heading is not None
    assert heading.get_text() == TITLES["hostile0001"]


def test_search_words_stay_text(hostile: Flask) -> None:
    visitor = Visitor(hostile, "searcher")
    query = "\"></script><script>alert('x')</script>"
    answer = visitor.client.get(
        "/results", base_url="http://youtube.localhost", query_string={"search_query": query}
    )
    soup = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    box = soup.select_one('input[name="search_query"]')
    assert box is not None
    assert box["value"] == query
    assert len(soup.find_all("script")) == 6
    assert all(script.get("nonce") for script in soup.find_all("script"))


def test_account_names_stay_text(hostile: Flask) -> None:
    visitor = Visitor(hostile, "named")
    name = "</script><b>Eve"
    visitor.client.set_cookie("LOGIN_INFO", "%3C/script%3E%3Cb%3EEve", domain="youtube.localhost")
    soup = BeautifulSoup(visitor.html("/"), "html.parser")
    shown = soup.select_one("#account-name")
    assert shown is not None
    assert shown.get_text() == name


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "",
     "/youtubei/v1/like/like", "/_static/site.js"],
)  # fmt: skip
def test_navigation_leads_nowhere_else(target: str) -> None:
    visitor = Visitor(shared_app("2026"), "astray")
    answer = visitor.client.get(
        "/youtubei/v1/navigate", base_url="http://youtube.localhost", query_string={"url": target}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/watch", 404), ("/watch?v=short", 404), ("/channel/UCnobody", 404),
     ("/@nobody-at-all", 404), ("/watch?v=<script>", 404), ("/feed/history", 200)],
)  # fmt: skip
def test_addresses_of_nothing(path: str, status: int) -> None:
    answer = Visitor(shared_app("2026"), "lost").get(path)
    assert answer.status_code == status
    assert "ytd-error-renderer" in answer.get_data(as_text=True)


@pytest.mark.parametrize("era", ERAS)
def test_an_unknown_video_is_a_real_unavailable_page(era: str) -> None:
    visitor = Visitor(shared_app(era), "gone")
    answer = visitor.get("/watch?v=AAAAAAAAAAA")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    soup = BeautifulSoup(html, "lxml")
    assert soup.select_one("#error-screen:not([hidden]) yt-player-error-message-renderer")
    assert soup.select_one("#movie_player") is None
    assert page_status(html, "http://youtube.localhost/watch?v=AAAAAAAAAAA").value == "unavailable"


def test_a_short_is_watched_on_the_watch_page() -> None:
    answer = Visitor(shared_app("2026"), "short").get("/shorts/dQw4w9WgXcQ?feature=x")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/watch?v=dQw4w9WgXcQ")


@pytest.mark.sweep(4)
@pytest.mark.parametrize(
    ("fault", "http", "status"),
    [("captcha", 429, "captcha"), ("login", 200, "login"), ("server_error", 500, "error"),
     ("unavailable", 200, "unavailable")],
)  # fmt: skip
@pytest.mark.parametrize("era", ERAS)
def test_faults_are_pages_that_are_recognised(era: str, fault: str, http: int, status: str) -> None:
    app = create_app(MockConfig(era=era, faults={fault: 1.0}))
    visitor = Visitor(app, "unlucky")
    answer = visitor.client.get(
        "/watch?v=dQw4w9WgXcQ", base_url="http://youtube.localhost", follow_redirects=True
    )
    assert answer.status_code == http
    url = answer.request.url
    assert page_status(answer.get_data(as_text=True), url).value == status
    # The marks are in the page itself, not only in its address.
    shown = page_status(answer.get_data(as_text=True), "http://youtube.localhost/watch?v=x")
    assert shown.value == status
    assert visitor.truth() == []
    logged = visitor.world.truth.rows("pages", visitor="unlucky")[0]
    assert [row["status"] for row in logged] == [status]


@pytest.mark.parametrize(("fault", "where"), [("captcha", "/sorry/"), ("login", "/signin")])
def test_faults_in_the_middle_of_a_visit_leave_the_application(fault: str, where: str) -> None:
    visitor = Visitor(create_app(MockConfig(faults={fault: 1.0})), "unlucky")
    answer = visitor.get("/youtubei/v1/navigate?url=/")
    assert answer.json is not None
    assert answer.json["location"].startswith(where)


@pytest.mark.parametrize("fault", ["stall", "player_error"])
def test_playback_faults_are_told_to_the_player(fault: str) -> None:
    visitor = Visitor(create_app(MockConfig(faults={fault: 1.0})), "unlucky")
    assert f'"fault":"{fault}"' in visitor.html("/watch?v=dQw4w9WgXcQ")


def test_pictures_need_no_known_id_and_run_no_script() -> None:
    visitor = Visitor(shared_app("2026"), "pictures")
    for path in (
        "/vi/dQw4w9WgXcQ/hqdefault.jpg", "/vi/%3Cscript%3E/oardefault.jpg", "/banner/x.jpg",
        "/ytc/%22%3E%3Cscript%3Ealert(1)=s68", "/favicon.ico",
    ):  # fmt: skip
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == "image/svg+xml"
        assert "<script" not in answer.get_data(as_text=True)
        assert "Set-Cookie" not in answer.headers


def test_static_files_stay_in_their_folder() -> None:
    visitor = Visitor(shared_app("2026"), "files")
    with visitor.get("/_static/site.js") as script:
        assert "siteNavigate" in script.get_data(as_text=True)
    for path in ("/_static/../routes.py", "/_static/%2e%2e/routes.py", "/_static/none.js"):
        assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("name", ["site.js", "mobile.js"])
def test_both_sites_scripts_have_their_common_part_inside(name: str) -> None:
    """No script more is loaded for it, and it leaves no name on the page."""
    visitor = Visitor(shared_app("2026"), "scripts")
    with visitor.get(f"/_static/{name}") as answer:
        text, etag = answer.get_data(as_text=True), answer.headers["ETag"]
        assert answer.mimetype == "text/javascript"
    assert text.index("(() => {") < text.index("function videoOf(") < text.index("})();")
    assert "@shared" not in text.replace("`@shared`", "")
    for each in ("const $ =", "async function post(", "function videoOf(", "function probe("):
        assert text.count(each) == 1, each
    again = visitor.client.get(f"/_static/{name}", base_url=SITE, headers={"If-None-Match": etag})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_pages_ask_nothing_of_other_hosts() -> None:
    for era in ERAS:
        visitor = Visitor(shared_app(era), "outside")
        for path in ("/", "/watch?v=dQw4w9WgXcQ", "/results?search_query=pasta"):
            soup = visitor.soup(path)
            loaded = [
                str(tag.get("src") or tag.get("href"))
                for tag in soup.select("img, script[src], link, iframe, video[src], source")
            ]
            own = [url.removeprefix(SITE) for url in loaded]
            assert [url for url in own if not url.startswith("/") or url.startswith("//")] == []
            assert "@import" not in str(soup.style)
            assert "url(" not in str(soup.style)
