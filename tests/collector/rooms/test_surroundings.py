"""What the environment says of connections: nothing for this machine leaves it, and what cannot be
used is named. Standard streams that are closed take nothing with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from synthetic_run import Made, build

from collector import bounded
from collector.surroundings import SurroundingsRefused, trusted

asked: list[str] = []


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked.append(f"{self.server.server_address[1]} {self.path}")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture(name="port")
def _port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        asked.clear()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "youtube.localhost"])
def test_no_proxy_is_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, port: int, variable: str, host: str
) -> None:
    """Evidence for a mock would be sent to another machine."""
    monkeypatch.delenv("no_proxy", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as proxy:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.server_address[1]}")
        to = f"http://{host}:{port}/api"
        with bounded.client(to=to, timeout=5) as client:
            assert client.get(to).status_code == 204
    assert asked == [f"{port} /api"]


def test_a_proxy_is_asked_for_another_machine(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    to = "http://collector.example/api"
    with bounded.client(to=to, timeout=5) as client:
        assert client.get(to).status_code == 204
    assert asked == [f"{port} {to}"]


@pytest.mark.parametrize("value", ["socks://127.0.0.1:1080", "socks9://bob:s3cret@x", "::::"])
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """As desktops write it; it is no matter where the way does not lead out."""
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(SurroundingsRefused, match="ALL_PROXY: names a proxy") as refused:
        bounded.client(to="https://collector.example/api")
    assert "s3cret" not in str(refused.value)
    bounded.client(to="http://127.0.0.1:9/api").close()


def test_authorities_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for path in (tmp_path / "none.pem", empty):
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        with pytest.raises(SurroundingsRefused, match="SSL_CERT_FILE: holds no certificate"):
            trusted()


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_end_nothing(tmp_path: Path, closed: str) -> None:
    run = build(tmp_path / "run", Made(twins=1, watches=0))
    for command in ("status RUN", "export RUN --table sessions", "scenarios"):
        words = command.replace("RUN", f"'{run}'")
        line = f"'{sys.executable}' -m collector.start {words} {closed}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 1), (command, done.stderr)
