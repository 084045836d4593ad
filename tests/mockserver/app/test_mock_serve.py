"""Serving: a free port, a clean stop, one clear error for bad input; index page, command."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask, request

from collector.common.errors import UserError
from mockserver.cli import main
from mockserver.context import MockConfig
from mockserver.serve import Server, listening, serving
from mockserver.servecommand import _is_loopback


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(MockConfig(seed=3, truth_token="secret")) as running:
        yield running


def test_the_index_page_lists_what_is_there(server: Server) -> None:
    page = httpx.get(server.url + "/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for text in (server.site("youtube"), "/yttrex/", "youtube.tracking.exposed", "_truth/"):
        assert text in page.text
    assert f"<b>{len(server.mock.world.videos):,}</b> videos" in page.text


def test_one_app_answers_by_host_prefix_and_root(server: Server) -> None:
    root = httpx.get(f"{server.url}/api/v1/related/dQw4w9WgXcQ")
    prefixed = httpx.get(f"{server.url}/yttrex/api/v1/related/dQw4w9WgXcQ")
    hosted = httpx.get(
        f"{server.url}/api/v1/related/dQw4w9WgXcQ", headers={"Host": "youtube.tracking.exposed"}
    )
    assert root.status_code == prefixed.status_code == hosted.status_code == 200
    assert root.json()[0]["videoId"] == prefixed.json()[0]["videoId"] == hosted.json()[0]["videoId"]


def test_an_unknown_path_is_a_short_json_404(server: Server) -> None:
    answer = httpx.get(f"{server.url}/no/such/path")
    assert answer.status_code == 404
    assert "/no/such/path" in answer.json()["message"]
    assert httpx.get(f"{server.url}/_site/youtube/").status_code == 404


def test_the_truth_needs_the_token_and_the_api_host(server: Server) -> None:
    auth = {"Authorization": "Bearer secret"}
    assert httpx.get(f"{server.url}/_truth/visitors").status_code == 403
    assert httpx.get(f"{server.url}/_truth/visitors", headers=auth).status_code == 200
    site = {**auth, "Host": f"youtube.localhost:{server.port}"}
    answer = httpx.get(f"{server.url}/_truth/visitors", headers=site)
    assert "content" not in answer.text or answer.headers["content-type"].startswith("text/html")


def test_the_same_configuration_serves_the_same_world(server: Server) -> None:
    with serving(MockConfig(seed=3, clock="0")) as other:
        assert other.mock.world.fingerprint() == server.mock.world.fingerprint()
        assert other.port != server.port
        assert other.truth_token != server.truth_token
        assert len(other.truth_token) >= 32


def test_database_and_truth_lie_side_by_side(tmp_path: Path) -> None:
    with serving(MockConfig(db=tmp_path / "mock.db")) as running:
        running.mock.world.truth.page("v", load="l", path="/", kind="home", status="ok", lang="en")
    assert (tmp_path / "mock.db").exists()
    assert (tmp_path / "mock.truth.db").exists()


def small_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "here", endpoint="here")
    return app


def test_a_stopped_server_frees_its_port_and_threads() -> None:
    before = threading.active_count()
    with listening(small_app()) as port:
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "here"
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/")
    with listening(small_app(), port=port) as again:
        assert again == port


def test_a_request_being_answered_is_finished() -> None:
    begun, released = threading.Event(), threading.Event()
    app = Flask(__name__)

    @app.get("/")
    def slow() -> str:
        begun.set()
        released.wait(60)
        return f"done {request.path}"

    answers: list[str] = []
    with listening(app) as port:
        asking = threading.Thread(
            target=lambda: answers.append(httpx.get(f"http://127.0.0.1:{port}/").text)
        )
        asking.start()
        assert begun.wait(60)
        threading.Timer(0.1, released.set).start()
    asking.join(60)
    assert answers == ["done /"]


def test_addresses() -> None:
    def at(host: str) -> Server:
        return Server(host, 80, small_app(), None)  # type: ignore[arg-type]

    assert at("0.0.0.0").url == "http://127.0.0.1:80"
    assert at("::1").url == "http://[::1]:80"
    assert at("127.0.0.1").site("facebook") == "http://facebook.localhost:80"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_says_so(taken: int) -> None:
    with (
        pytest.raises(UserError, match=f"port {taken} is taken"),
        listening(small_app(), port=taken),
    ):
        pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "nön sense"])
def test_an_address_that_is_not_ours_says_so(host: str) -> None:
    with pytest.raises(UserError, match="cannot listen"), listening(small_app(), host=host):
        pass


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--world", "huge"], "huge: no such world"),
        (["--clock", "soon"], "--clock"),
        (["--fault", "stall"], "'stall' is not NAME=NUMBER"),
        (["--fault", "stall=often"], "--fault"),
        (["--fault", "stalling=0.1"], "stalling"),
        (["--fault", "stall=2"], "faults.stall"),
        (["--recommender", "histroy=0"], "histroy"),
        (["--recommender", "history=nan"], "recommender.history"),
        (["--seed", "one"], "--seed"),
        (["--seed", "-1"], "--seed"),
        (["--port", "99999"], "--port"),
        (["--era", "1999"], "--era"),
        (["--host", "192.0.2.1"], "--host"),
    ],
)
def test_bad_input_is_one_error_and_exit_2(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--port", "0", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not result.stdout


def test_a_taken_port_is_exit_2(taken: int) -> None:
    result = CliRunner().invoke(main, ["serve", "--port", str(taken)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "use --port 0" in result.stderr


def test_help_shows_examples() -> None:
    assert "mockserver serve" in CliRunner().invoke(main, ["--help"]).stdout
    shown = CliRunner().invoke(main, ["serve", "--help"]).stdout
    assert "--recommender history=0" in shown


@pytest.mark.sweep(1)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_its_url_first_and_stops_when_told(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mockserver.cli", "serve", "--port", "0", "--seed", "5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert "Seed 5" in httpx.get(url).text
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert out == ""
    token = re.search(r"truth token ([0-9a-f]{40})", err)
    assert token
    assert "Traceback" not in err
    assert err.endswith("stopped\n")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("x.y", False)],
)
def test_which_hosts_deserve_a_warning(host: str, loopback: bool) -> None:
    assert _is_loopback(host) is loopback
