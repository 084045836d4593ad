"""The relay before a SOCKS proxy with a login: who may use it, what it hands on, how it ends."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from browser_bench import puppet, serving
from proxy_tools import Proxy, proxy

from collector.addresses import parts_of
from collector.browser import relay as module
from collector.browser.relay import Relay, descends
from collector.egress import Egress, EgressRefused

LOGIN = "auditor:s3cret:with:colons"
FAILED = "net::ERR_SOCKS_CONNECTION_FAILED"
NO_LOGIN, GREETED, REFUSED = b"\x05\x01\x00", b"\x05\x00", b"\x05\xff"


def anybody(*_: Any) -> bool:
    return True


def way_to(port: int) -> Egress:
    return Egress.of({"server": f"socks5://127.0.0.1:{port}", "credentials": "THE_LOGIN"})


@pytest.fixture(autouse=True)
def _login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_LOGIN", LOGIN)


@contextmanager
def site(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server for one connection at a time; answers its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)

        def run() -> None:
            with listener.accept()[0] as one:
                serve(one)

        thread = threading.Thread(target=run)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(60)
        assert not thread.is_alive()


def read(one: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (part := one.recv(size - len(found))):
        found += part
    return found


def connected(relay: Relay) -> socket.socket:
    return socket.create_connection(("127.0.0.1", relay._here[1]), timeout=60)


def greeting(relay: Relay) -> bytes:
    """What the relay answers to a browser's greeting, and that it ends there if it refuses."""
    with connected(relay) as browser:
        browser.sendall(NO_LOGIN)
        answer = read(browser, 2)
        assert answer == GREETED or browser.recv(1) == b""
        return answer


@contextmanager
def through(relay: Relay, port: int, name: bytes = b"site.localhost") -> Iterator[socket.socket]:
    """A browser's connection to a site by its name."""
    with connected(relay) as browser:
        browser.sendall(NO_LOGIN)
        assert read(browser, 2) == GREETED
        browser.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2))
        assert read(browser, 10)[:2] == b"\x05\x00"
        yield browser


def test_bytes_go_through_both_ways_and_the_proxy_resolves_the_name() -> None:
    sent = bytes(range(256)) * 8000  # more than fits into the buffers between

    def upper(one: socket.socket) -> None:
        assert read(one, len(sent)) == sent
        one.sendall(sent[::-1])

    with (
        proxy(socks=True, login=LOGIN) as there,
        site(upper) as port,
        Relay(way_to(there.port), anybody) as relay,
        through(relay, port) as browser,
    ):
        browser.sendall(sent)
        assert read(browser, len(sent)) == sent[::-1]
    assert there.asked == [f"SOCKS site.localhost:{port}"]
    assert there.refused == []


def test_what_the_browser_is_given_has_no_login() -> None:
    with Relay(way_to(9), anybody) as relay:
        assert relay.way == Egress.of(f"socks5://127.0.0.1:{relay._here[1]}")
        assert relay._here[0] == "127.0.0.1"
        assert "s3cret" not in repr(vars(relay))


def test_a_refused_login_is_named_until_one_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        proxy(socks=True, login="auditor:other") as there,
        Relay(way_to(there.port), anybody) as relay,
    ):
        assert greeting(relay) == REFUSED
        assert there.refused == ["SOCKS user auditor"]
        assert relay.explained(FAILED).startswith(
            f"{FAILED} (the proxy refused user and password: see proxy.credentials"
        )
        assert "refused" not in relay.explained("net::ERR_NAME_NOT_RESOLVED")
        there.login = LOGIN
        assert greeting(relay) == GREETED
        assert "does not answer" in relay.explained(FAILED)


def test_a_proxy_that_takes_no_login_is_named() -> None:
    with proxy(socks=True) as there, Relay(way_to(there.port), anybody) as relay:
        assert greeting(relay) == REFUSED
        assert "takes no user and password" in relay.explained(FAILED)
    assert there.asked == []


def silent(one: socket.socket) -> None:
    while one.recv(10):  # until the other side gives up
        pass


@pytest.mark.parametrize(
    "serve", [None, lambda one: None, lambda one: one.sendall(b"HTTP/1.1 400 \r\n\r\n"), silent]
)
def test_a_proxy_that_is_none_is_not_taken_for_one_that_refuses(
    serve: Callable[[socket.socket], None] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody there, one that hangs up, one that speaks something else, one that says nothing."""
    monkeypatch.setattr(module, "LOGIN_LIMIT_S", 0.5)
    if serve is None:
        with Relay(way_to(unused()), anybody) as relay:
            assert greeting(relay) == REFUSED
            assert "the proxy does not answer" in relay.explained(FAILED)
        return
    with site(serve) as port, Relay(way_to(port), anybody) as relay:
        assert greeting(relay) == REFUSED
        assert "the proxy does not answer" in relay.explained(FAILED)


def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
    return port


def test_one_side_may_have_said_all_and_the_other_not() -> None:
    """A connection is closed one way at a time: an answer that comes after the question's end."""

    def serve(one: socket.socket) -> None:
        question = b""
        while part := one.recv(100):
            question += part
        one.sendall(b"answer to " + question)

    with (
        one_to_one(serve) as port,
        Relay(way_to(port), anybody) as relay,
        connected(relay) as browser,
    ):
        browser.sendall(NO_LOGIN)
        assert read(browser, 2) == GREETED
        browser.sendall(b"question")
        browser.shutdown(socket.SHUT_WR)
        assert read(browser, 100) == b"answer to question"


def test_an_answer_that_breaks_off_is_not_taken_for_whole() -> None:
    def serve(one: socket.socket) -> None:
        one.recv(8)
        one.sendall(b"half")
        one.recv(8)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with (
        one_to_one(serve) as port,
        Relay(way_to(port), anybody) as relay,
        connected(relay) as browser,
    ):
        browser.sendall(NO_LOGIN)
        assert read(browser, 2) == GREETED
        browser.sendall(b"question")
        assert read(browser, 4) == b"half"
        browser.sendall(b"go on")
        with pytest.raises(ConnectionResetError):
            browser.recv(1)


def one_to_one(serve: Callable[[socket.socket], None]) -> Any:
    """A proxy that, once it is logged in to, is what answers."""

    def log_in_first(one: socket.socket) -> None:
        assert read(one, 3) == b"\x05\x01\x02"
        one.sendall(b"\x05\x02")
        user, password = (part.encode() for part in LOGIN.split(":", 1))
        told = b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password
        assert read(one, len(told)) == told
        one.sendall(b"\x01\x00")
        serve(one)

    return site(log_in_first)


def test_nothing_is_left_when_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that are open, that are being made and that nobody has greeted on end with it."""
    monkeypatch.setattr(module, "LOGIN_LIMIT_S", 100_000.0)  # that nothing ends by it
    fds = psutil.Process().num_fds()
    threads = set(threading.enumerate())
    with (
        proxy(socks=True, login=LOGIN) as there,
        site(lambda one: read(one, 1) and None) as port,
        Relay(way_to(there.port), anybody) as relay,
        through(relay, port) as browser,
        connected(relay) as mute,
    ):
        closing = threading.Thread(target=relay.__exit__, args=(None, None, None), daemon=True)
        closing.start()
        closing.join(120)  # a guard against hanging: neither the browser nor the site says a word
        assert not closing.is_alive()
        assert browser.recv(1) == b""
        assert mute.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            connected(relay)
    deadline = time.monotonic() + 60
    while psutil.Process().num_fds() > fds and time.monotonic() < deadline:
        os.sched_yield()  # the test's own proxy has threads that end a moment later
    assert psutil.Process().num_fds() == fds
    assert {one for one in threading.enumerate() if one.name == "relay"} <= threads


def test_a_stranger_is_not_answered_and_the_proxy_not_asked() -> None:
    seen = []

    def nobody(here: tuple[str, int], peer: tuple[str, int]) -> bool:
        seen.append((here, peer))
        return False

    with (
        proxy(socks=True, login=LOGIN) as there,
        Relay(way_to(there.port), nobody) as relay,
        connected(relay) as stranger,
    ):
        ends = (stranger.getpeername(), stranger.getsockname())
        assert stranger.recv(1) == b""
    assert seen == [ends]
    assert there == Proxy(login=LOGIN, port=there.port)


#: Connects to the port that is its argument, greets, and prints what it is answered.
ASKS = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60) as one:
    try:
        one.sendall(b"\\x05\\x01\\x00")
        print(one.recv(2).hex())
    except ConnectionError:
        print()
"""
#: As another program of this machine: its parent is gone, so it descends from nobody here.
STRANGER = f"""
import os, time
before = os.getpid()
if os.fork():
    os._exit(0)
while os.getppid() == before:
    time.sleep(0.01)
{ASKS}
"""
GRANDCHILD = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {ASKS!r}, sys.argv[1]], check=True)
"""


@pytest.mark.parametrize(
    ("program", "answer"),
    [(ASKS, GREETED.hex()), (GRANDCHILD, GREETED.hex()), (STRANGER, "")],
)
def test_only_what_descends_from_this_process_is_served(program: str, answer: str) -> None:
    with proxy(socks=True, login=LOGIN) as there, Relay(way_to(there.port)) as relay:
        told = subprocess.run(
            [sys.executable, "-c", program, str(relay._here[1])],
            stdout=subprocess.PIPE, text=True, timeout=300, check=True,
        )  # fmt: skip
    assert told.stdout.strip() == answer


def test_this_process_is_no_browser() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as one,
        listener.accept()[0],
    ):
        assert not descends(listener.getsockname(), one.getsockname())


@pytest.mark.browser
def test_it_is_open_as_long_as_the_browser_is(tmp_path: Path) -> None:
    """Over a relaunch too; a page that is asked for is asked of the proxy, by its name."""

    def relays() -> list[threading.Thread]:
        return [one for one in threading.enumerate() if one.name == "relay"]

    with proxy(socks=True, login=LOGIN) as there, serving() as bench:
        page = bench.page("/page", "<p>hello").replace("127.0.0.1", "site.localhost")
        with puppet(tmp_path, bench, egress=way_to(there.port)) as one:
            one.goto(page)
            one.relaunch()
            one.goto(page)
            assert len(relays()) == 1
            line = " ".join(psutil.Process(one.pid).cmdline())
            environment = psutil.Process(one.pid).environ()
        assert relays() == []
    assert {f"SOCKS {parts_of(page).netloc}"} == set(there.asked)
    assert "s3cret" not in line + repr(environment)


def test_a_login_that_is_not_there_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THE_LOGIN")
    with pytest.raises(EgressRefused, match="THE_LOGIN is not set"):
        Relay(way_to(9))
