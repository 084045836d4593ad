"""A proxy as it is written, and where its login is: never in what is kept of it."""

from __future__ import annotations

import json
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from proxy_tools import proxy

from collector.bounded import client
from collector.browser.launch import browser_args
from collector.browser.reasons import explained
from collector.cli import main
from collector.common.errors import UserError
from collector.contract.job import Manners, SessionJob
from collector.contract.options import RunOptions
from collector.drivers.recorded import check_recording
from collector.drivers.ways import check_egress
from collector.egress import Egress, EgressRefused
from collector.problems import Fixable
from collector.scenario.load import load_of
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.session.egresscheck import address_of_check, checks, read_back


def scenario(**arm: Any) -> dict[str, Any]:
    steps = {"steps": [{"visit": "home"}]}
    return {"name": "t", "arms": {"a": {**steps, **arm}, "b": steps}}


@pytest.mark.parametrize(
    ("written", "server"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("https://proxy.example", "https://proxy.example:443"),
        ("socks5://10.0.0.7", "socks5://10.0.0.7:1080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("direct", "direct"),
    ],
)
def test_a_proxy_has_its_port_written_out(written: str, server: str) -> None:
    assert Egress.of(written).server == server
    assert Egress.of(Egress.of(written).to_dict()) == Egress.of(written)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("http://user:secret@proxy.example:3128", "do not belong in its address"),
        ("ftp://proxy.example", "is not a proxy"),
        ("proxy.example:3128", "is not a proxy"),
        ("http://proxy.example:1/path", "is not a proxy"),
        ({"server": "http://p:1", "country": "de"}, "is not a country"),
        ({"server": "http://p:1", "check": "nowhere"}, "is not an address"),
        ({"sever": "http://p:1"}, "has no 'sever'"),
        ({"server": "direct", "credentials": "LOGIN"}, "direct has no credentials"),
        (7, "is not a proxy"),
    ],
)
def test_what_is_no_proxy_is_refused_and_no_password_is_repeated(written: Any, said: str) -> None:
    with pytest.raises(Fixable, match=said) as caught:
        Egress.of(written)
    assert "secret" not in f"{caught.value} {caught.value.fix}"
    with pytest.raises(UserError) as refused:
        parse_scenario(scenario(proxy=written))
    assert "arms.a.proxy" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_login_is_read_from_the_environment_or_a_private_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("THE_LOGIN", "me:with:colons")
    login = Egress.of({"server": "http://p:1", "credentials": "THE_LOGIN"}).login()
    assert login is not None
    assert (login.user, login.password) == ("me", "with:colons")
    assert "colons" not in repr(login)
    file = tmp_path / "login"
    file.write_text("me:other\n")
    file.chmod(0o600)
    way = Egress.of({"server": "https://p", "credentials": str(file)})
    assert (login := way.login()) is not None
    assert login.password == "other"
    file.chmod(0o644)
    with pytest.raises(EgressRefused, match="readable by its owner") as caught:
        way.login()
    assert caught.value.fix == f"chmod 600 {file}"


@pytest.mark.parametrize("text", ["no-colon", ":nobody", "nothing:", "two\nlines:x"])
def test_a_login_that_is_none_is_refused_without_being_shown(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "THE_LOGIN", text)
    with pytest.raises(EgressRefused) as caught:
        Egress.of({"server": "http://p:1", "credentials": "THE_LOGIN"}).login()
    assert text not in str(caught.value)


def test_a_login_that_does_not_fit_into_what_socks_says_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """255 bytes each; a letter may have more than one."""
    for user, password in (("é" * 128, "few-1"), ("few-2", "x" * 256)):
        monkeypatch.setenv("THE_LOGIN", f"{user}:{password}")
        with pytest.raises(EgressRefused, match="at most 255 bytes each") as caught:
            Egress.of({"server": "socks5://p:1", "credentials": "THE_LOGIN"}).login()
        assert user not in str(caught.value)
        assert password not in str(caught.value)
        assert Egress.of({"server": "http://p:1", "credentials": "THE_LOGIN"}).login()
    monkeypatch.setenv("THE_LOGIN", "é" * 127 + ":" + "x" * 255)
    assert Egress.of({"server": "socks5://p:1", "credentials": "THE_LOGIN"}).login()


def test_no_log_shows_what_logs_in_to_a_proxy(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """httpcore's log has what it connects with, at the level DEBUG."""
    monkeypatch.setenv("THE_LOGIN", "auditor:s3cret-of-the-proxy")
    for socks, scheme in ((True, "socks5"), (False, "http")):
        with proxy(socks=socks, login="auditor:s3cret-of-the-proxy") as there, caplog.at_level(0):
            told = {"server": f"{scheme}://127.0.0.1:{there.port}", "credentials": "THE_LOGIN"}
            with (
                client(egress=Egress.of(told), trust_env=False) as asking,
                suppress(httpx.TransportError),  # behind the proxy is the proxy
            ):
                asking.get(f"http://127.0.0.1:{there.port}/")
        assert there.asked
        assert "connect_tcp.complete" in caplog.text
        assert "s3cret" not in caplog.text
        caplog.clear()


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_is_no_socks_proxy_is_an_error_of_the_way(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as one:
                one.recv(3)
                one.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        way = Egress.of(f"socks5://127.0.0.1:{listener.getsockname()[1]}")
        with client(egress=way, trust_env=False) as asking, pytest.raises(httpx.ProxyError):
            asking.get("http://site.localhost/")
        thread.join()


def test_a_run_whose_login_is_not_there_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_LOGIN", raising=False)
    out = tmp_path / "out"
    told = ["--proxy", "http://127.0.0.1:9", "--proxy-login", "NO_SUCH_LOGIN"]
    result = CliRunner().invoke(
        main, ["run", "quick", "--driver", "http", "--out", str(out), *told]
    )
    assert result.exit_code == 2
    assert "NO_SUCH_LOGIN is not set" in result.stderr
    assert not out.exists()


def test_a_trace_and_a_login_do_not_go_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Playwright's trace holds what a browser says to its proxy."""
    monkeypatch.setenv("THE_LOGIN", "me:secret")
    told = ["--proxy", "http://127.0.0.1:9", "--proxy-login", "THE_LOGIN", "--tracing", "on"]
    result = CliRunner().invoke(main, ["run", "quick", "--out", str(tmp_path / "out"), *told])
    assert result.exit_code == 2
    assert "user and password included" in result.stderr
    assert "secret" not in result.stderr
    # What tells it to a SOCKS proxy is not a part of the browser.
    way = Egress.of({"server": "socks5://127.0.0.1:9", "credentials": "THE_LOGIN"})
    options = RunOptions.of(out=tmp_path / "out", proxy=way, tracing="on")
    check_recording(options, make_plan(parse_scenario(scenario())))


def test_beyond_the_mock_somebody_says_where_a_proxy_leads_out(tmp_path: Path) -> None:
    """Or nobody is asked, as a choice, which the report then states. A run that goes on is not
    asked again, and a mock says it itself."""
    plain = make_plan(parse_scenario(scenario()))
    own = make_plan(parse_scenario(scenario(proxy={"server": "direct", "country": "DE"})))

    def told(plan: Plan, way_out: Any = None, **more: bool) -> tuple[str, ...]:
        way = None if way_out is None else Egress.of(way_out)
        options = RunOptions.of(out=tmp_path, proxy=way)
        return check_egress(plan, options, **{"here": True, "told": False, **more})

    for plan, given, place in ((plain, "http://p:1", "--proxy"), (own, None, "proxy.check")):
        with pytest.raises(UserError, match="nobody is named") as caught:
            told(plan, given)
        assert caught.value.place == place
        assert "none, which the report then states" in str(caught.value.fix)
        assert told(plan, given, begins=False) == told(plan, given, told=True) == ()
    assert told(plain, {"server": "http://p:1", "check": "https://ip.example/json"}) == ()
    assert told(plain, "direct") == ()
    (said,) = told(plain, {"server": "http://p:1", "check": "none"})
    assert said == (
        "by which address and country http://p:1 led to the site was not read back: check is none"
    )


def test_a_run_that_is_repeated_goes_the_way_it_went_and_that_is_said(tmp_path: Path) -> None:
    """Runs of before named nobody: as with check: none, and not refused."""
    for plan, way in (
        (make_plan(parse_scenario(scenario())), Egress.of("http://p:1")),
        (make_plan(parse_scenario(scenario(proxy={"server": "direct", "country": "DE"}))), None),
    ):
        options = RunOptions.of(out=tmp_path, proxy=way)
        (said,) = check_egress(plan, options, here=True, told=False, repeats=True)
        assert said.endswith("was not read back: the run that is repeated named nobody")
        assert check_egress(plan, options, here=True, told=True, repeats=True) == ()


@pytest.mark.slow
@pytest.mark.browser
def test_an_old_run_through_a_proxy_is_repeated(tmp_path: Path) -> None:
    """At the command: its manifest knows of no check; the repeated one says that nobody was asked,
    and so does its review."""
    page = b'<!doctype html><form id="captcha-form" action="index" method="post"></form>'
    old, again = tmp_path / "old", tmp_path / "again"
    told = {"name": "old", "labels": "later", "arms": {"a": {"steps": [{"visit": "home"}]}}}
    (tmp_path / "s.yaml").write_text(json.dumps(told), "utf-8")
    with proxy(captive=page) as site, proxy(captive=page) as way:
        asked = ["--site", f"http://127.0.0.1:{site.port}", "--out", str(old), "--yes"]
        through = ["--proxy", f"http://127.0.0.1:{way.port}", "--proxy-check", "none"]
        begun = CliRunner().invoke(main, ["run", str(tmp_path / "s.yaml"), *asked, *through])
        manifest = json.loads((old / "manifest.json").read_text("utf-8"))
        assert manifest["options"]["proxy"].pop("check") == "none", begun.output
        manifest["warnings"] = []
        (old / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        done = CliRunner().invoke(main, ["run", "--repeat", str(old), "--out", str(again), "--yes"])
    assert done.exit_code == begun.exit_code, done.output
    said = "was not read back: the run that is repeated named nobody"
    assert said in done.output.replace("\n", " ")
    warnings = json.loads((again / "manifest.json").read_text("utf-8"))["warnings"]
    assert [one for one in warnings if said in one]
    reviewed = CliRunner().invoke(main, ["review", str(again)])
    assert "no check, as in the run that is repeated, so nobody was asked" in " ".join(
        reviewed.output.split()
    )


def test_a_run_on_what_has_not_proved_to_be_a_mock_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "s.yaml").write_text(json.dumps(scenario() | {"labels": "later"}), "utf-8")
    with proxy(captive=b"no mock") as site:
        told = ["--site", f"http://127.0.0.1:{site.port}", "--proxy", "http://127.0.0.1:9"]
        result = CliRunner().invoke(
            main, ["run", str(tmp_path / "s.yaml"), *told, "--out", str(out)]
        )
    assert result.exit_code == 2
    assert "--proxy: nobody is named who says by which address" in result.stderr
    assert not out.exists()


def test_nobody_is_asked_where_that_was_the_choice() -> None:
    """Not even a mock, and nobody is counted as asked."""
    way = Egress.of({"server": "http://p:1", "check": "none"})
    assert address_of_check(way, "http://site.localhost", is_mock=True) is None
    told = make_plan(parse_scenario(scenario(proxy=way.to_dict())))
    assert load_of(told, 5.0).checked == ()


def test_plans_without_a_proxy_are_the_bytes_that_they_were() -> None:
    """And a plan with one reads back, an arm's own before its persona's."""
    assert b"proxy" not in make_plan(parse_scenario(scenario())).to_json()
    told = {"server": "http://p:1", "country": "DE", "credentials": "LOGIN"}
    written = {**scenario(proxy=told), "persona": {"proxy": "socks5://q:2"}}
    plan = Plan.from_json(make_plan(parse_scenario(written)).to_json())
    ways = {session.arm: session.persona.proxy for session in plan.sessions}
    assert ways == {"a": Egress.of(told), "b": Egress.of("socks5://q:2")}
    again = make_plan(parse_scenario(dict(plan.scenario)))
    assert {one.arm: one.persona.proxy for one in again.sessions} == ways


def test_a_proxy_can_be_what_arms_differ_in() -> None:
    told = scenario(proxy="http://p:1")
    told["factors"] = {"where": "persona.proxy"}
    assert make_plan(parse_scenario(told)).sessions


def test_nothing_is_asked_beside_a_proxy() -> None:
    """No other name resolves in the browser, whatever the site, and no other way is taken."""
    args = browser_args(isolated=True, site_hosts=("x.test",), egress=Egress.of("http://p.test:1"))
    assert "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE p.test" in args
    assert "--force-webrtc-ip-handling-policy=disable_non_proxied_udp" in args
    assert not any("x.test" in one for one in args)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('{"ip": "192.0.2.1", "country": "DE"}', ("192.0.2.1", "DE")),
        ('{"query": "192.0.2.1", "countryCode": "de"}', ("192.0.2.1", "DE")),
        ('{"ip": "192.0.2.1", "country": "Germany", "country_code": "DE"}', ("192.0.2.1", "DE")),
        ('{"origin": "192.0.2.1"}', ("192.0.2.1", None)),
        ('{"ip": "192.0.2.1", "country": "Germany"}', ("192.0.2.1", None)),
    ],
)
def test_the_usual_services_are_understood(text: str, seen: tuple[str, str | None]) -> None:
    class Puppet:
        def read_document(self, url: str) -> tuple[str, str]:
            return text, url

    assert read_back(Puppet(), "https://where.example/") == seen


def test_a_country_that_nobody_names_is_neither_right_nor_wrong() -> None:
    way = Egress.of({"server": "direct", "country": "DE"})
    agrees = {check.name: check.agrees for check in checks(way, ("192.0.2.1", None), None)}
    assert agrees == {"address": None, "country": None}


@pytest.mark.parametrize(
    ("login", "credentials", "said"),
    [
        ("auditor:right", "auditor:wrong", "the proxy refused user and password"),
        (None, "auditor:any", "the proxy takes no user and password"),
        ("auditor:right", None, "the proxy wants another user and password, or any"),
    ],
)
def test_what_a_socks_proxy_says_of_a_login_has_words(
    login: str | None, credentials: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_LOGIN", credentials or "")
    with proxy(socks=True, login=login) as there:
        told = {"server": f"socks5://127.0.0.1:{there.port}"}
        told |= {"credentials": "THE_LOGIN"} if credentials else {}
        with (
            client(egress=Egress.of(told), trust_env=False) as asking,
            pytest.raises(httpx.ProxyError) as caught,
        ):
            asking.get("http://site.localhost/")
    assert said in explained(str(caught.value))
    assert there.asked == []


def test_reasons_keep_the_networks_own_name() -> None:
    assert explained("net::ERR_CERT_AUTHORITY_INVALID").startswith("net::ERR_CERT_AUTHORITY_INV")
    assert "--ca" in explained("net::ERR_CERT_AUTHORITY_INVALID")
    assert explained("net::ERR_SOMETHING_ELSE") == "net::ERR_SOMETHING_ELSE"


def test_options_and_jobs_travel_with_a_proxy_and_without_its_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the manifest of a run that goes on, and to the process of a session."""
    monkeypatch.setenv("THE_LOGIN", "me:secret")
    way = Egress.of({"server": "http://p:1", "credentials": "THE_LOGIN", "country": "DE"})
    options = RunOptions.of(out=tmp_path, proxy=way, ca=tmp_path / "ca.pem", headed=True)
    kept = json.dumps(options.to_dict())
    assert RunOptions.from_dict(json.loads(kept)) == options
    job = SessionJob(
        "r", tmp_path, "s", "p", "https://site.example", False, browser=options.browser,
        manners=Manners(3.0, "23:00-07:00", 5, stop_on_bot_check=True),
        dialogs={"premium": "leave"}, signed_in=True,
    )  # fmt: skip
    assert SessionJob.from_json(job.to_json()) == job
    assert "secret" not in kept + job.to_json() + repr(options) + repr(job)
    plain = RunOptions.of(out=tmp_path).to_dict()
    assert not {"proxy", "ca"} & plain.keys(), "older manifests have the same keys"
