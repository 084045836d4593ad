"""A run through a proxy: everything goes through it, its login is nowhere, faults are named."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from proxy_tools import proxy
from rich.console import Console

from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.evidence import EvidenceStore
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import PlainDisplay
from collector.testing import ScenarioRun
from mockserver.serve import Server

Run = Callable[..., ScenarioRun]


def refuse(question: str) -> bool:
    raise AssertionError(question)


@pytest.fixture(name="run_scenario")
def _run(mock_server: Server, tmp_path: Path) -> Run:
    """Runs a scenario on a mock that serves all tests here."""

    def carry_out(told: dict[str, Any], **options: Any) -> ScenarioRun:
        result = run_scenario(
            parse_scenario(told),
            RunOptions.of(out=tmp_path / "run", **options),
            display=PlainDisplay(Console(stderr=True)),
            confirm=refuse,
            mock=MockSite.of(mock_server),
        )
        return ScenarioRun(result)

    return carry_out


SECRET = "s3cret-of-the-proxy"
LOGIN = f"auditor:{SECRET}"
CAPTIVE = b"<title>Welcome</title><p>Accept the terms of Hotel Wi-Fi"
DRIVERS = ["http", pytest.param("chromium", marks=pytest.mark.browser)]
#: Where the driver only brings the page: what is claimed is decided outside of it.
MORE = ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]


def scenario(way: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": "egress",
        "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
        "arms": {"only": {"proxy": way, "steps": [{"search": "street food"}, {"visit": "home"}]}},
        **more,
    }


def given(driver: str) -> dict[str, Any]:
    return {"driver": driver, "submit_to": "none", "speed": None if driver == "http" else "max"}


def checks(run: ScenarioRun) -> dict[str, tuple[Any, Any, Any]]:
    rows = run.store.rows("SELECT * FROM persona_checks WHERE seen_by = 'egress'")
    return {
        row["name"]: (
            row["claimed"] and json.loads(row["claimed"]),
            row["seen"] and json.loads(row["seen"]),
            row["agrees"],
        )
        for row in rows
    }


def holds(folder: Path, secret: str) -> list[str]:
    """Files in which a secret stands, as it is or as a header has it."""
    forms = {secret.encode(), base64.b64encode(LOGIN.encode()), base64.b64encode(secret.encode())}
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and any(form in part for form in forms for part in contents(path))
    ]


def contents(path: Path) -> list[bytes]:
    """What a file holds, and what is packed in it."""
    if not zipfile.is_zipfile(path):
        return [path.read_bytes()]
    with zipfile.ZipFile(path) as packed:
        return [path.read_bytes(), *map(packed.read, packed.namelist())]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_run_over_a_proxy_with_a_password(
    run_scenario: Run, driver: str, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Every page comes through the proxy, the address and country are read back before the first
    step, and the password is in no file of the run and in nothing that it says."""
    monkeypatch.setenv("EGRESS_LOGIN", LOGIN)
    with proxy(login=LOGIN, country="DE") as way:
        told = {
            "server": f"http://127.0.0.1:{way.port}",
            "credentials": "EGRESS_LOGIN",
            "country": "DE",
        }
        record = {"record": "har"} if driver == "chromium" else {}
        run = run_scenario(scenario(told), **given(driver), **record)
    assert run.result.exit_code == 0
    assert any("street" in one for one in way.asked)
    assert sum("/egress" in one for one in way.asked) == 2, "before the first step and at the end"
    assert checks(run) == {
        "address": (None, "203.0.113.7", None),
        "country": ("DE", "DE", 1),
        "address at the end": ("203.0.113.7", "203.0.113.7", 1),
    }
    said = capfd.readouterr()
    assert SECRET not in said.out + said.err
    assert holds(run.out.root, SECRET) == []
    assert "auditor" not in (run.out.root / "plan.json").read_text("utf-8")


@pytest.mark.parametrize("driver", MORE)
def test_a_run_over_a_socks_proxy_with_a_password(
    run_scenario: Run, driver: str, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Names are resolved by the proxy, and the password is nowhere, a browser's trace included."""
    monkeypatch.setenv("EGRESS_LOGIN", LOGIN)
    with proxy(socks=True, login=LOGIN) as way:
        told = {"server": f"socks5://127.0.0.1:{way.port}", "credentials": "EGRESS_LOGIN"}
        trace = {"tracing": "on"} if driver == "chromium" else {}
        run = run_scenario(scenario(told), **given(driver), **trace)
    assert run.result.exit_code == 0
    assert way.asked
    assert all(one.startswith("SOCKS youtube.localhost:") for one in way.asked)
    assert way.refused == []
    assert set(checks(run)) == {"address", "country", "address at the end"}
    said = capfd.readouterr()
    assert SECRET not in said.out + said.err
    assert holds(run.out.root, SECRET) == []
    assert "auditor" not in (run.out.root / "plan.json").read_text("utf-8")
    if driver == "chromium":
        assert list(run.out.artefacts.rglob("*trace*.zip"))


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    ("scheme", "named"),
    [
        ("http", "407 (the proxy wants another user and password"),
        ("socks5", "(the proxy refused user and password"),
    ],
)
def test_a_refused_login_is_named(
    run_scenario: Run, driver: str, scheme: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the reason of the session; nothing is done and nothing is captured as data."""
    monkeypatch.setenv("EGRESS_LOGIN", "auditor:wrong")
    with proxy(socks=scheme == "socks5", login=LOGIN) as way:
        told = {"server": f"{scheme}://127.0.0.1:{way.port}", "credentials": "EGRESS_LOGIN"}
        run = run_scenario(scenario(told), **given(driver))
    assert way.asked == []
    assert way.refused
    (session,) = run.store.rows("SELECT state, detail FROM sessions")
    assert session["state"] == "failed"
    assert named in session["detail"]
    assert run.result.captures == 0
    assert run.result.exit_code == 1


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_socks_proxy_that_is_not_there_refused_nobody(
    run_scenario: Run, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGRESS_LOGIN", LOGIN)
    with proxy(socks=True) as way:
        pass
    told = {"server": f"socks5://127.0.0.1:{way.port}", "credentials": "EGRESS_LOGIN"}
    run = run_scenario(scenario(told), **given(driver))
    (session,) = run.store.rows("SELECT state, detail FROM sessions")
    assert session["state"] == "failed"
    assert ("the proxy does not answer" if driver == "chromium" else "refused") in session["detail"]
    assert "refused user" not in session["detail"]


@pytest.mark.parametrize("driver", MORE)
def test_another_country_than_planned_ends_the_session(run_scenario: Run, driver: str) -> None:
    with proxy(country="FR") as way:
        told = {"server": f"http://127.0.0.1:{way.port}", "country": "DE"}
        run = run_scenario(scenario(told), **given(driver))
    (session,) = run.store.rows("SELECT state, detail FROM sessions")
    assert (session["state"], session["detail"]) == (
        "failed", "the page sees another persona: country is FR, the persona says DE",
    )  # fmt: skip
    assert run.result.captures == 0


@pytest.mark.browser
def test_a_captive_page_is_named(run_scenario: Run) -> None:
    """A network that answers everything with its own log-in page."""
    with proxy(captive=CAPTIVE) as way:
        told = f"http://127.0.0.1:{way.port}"
        run = run_scenario(scenario(told), **given("chromium"))
    (session,) = run.store.rows("SELECT state, detail FROM sessions")
    assert session["state"] == "failed"
    assert "a captive page of the network" in session["detail"]
    assert "Accept the terms of Hotel Wi-Fi" in session["detail"]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("portal", ["", "http://portal.localhost/login?mac=1"])
@pytest.mark.parametrize("driver", MORE)
def test_a_captive_page_that_comes_up_on_the_way_is_named(
    run_scenario: Run, driver: str, portal: str
) -> None:
    """In the place of the site's page, or where the network leads to instead; unasked by any
    check of the egress."""

    def moved(address: str, cookies: str) -> None:
        if "street" in address:
            way.captive = CAPTIVE

    with proxy(moved=moved, portal=portal) as way:
        told = {"server": f"http://127.0.0.1:{way.port}", "check": "none"}
        run = run_scenario(scenario(told), **given(driver))
    (visit,) = run.store.rows("SELECT outcome, detail FROM steps WHERE step = 3")
    assert visit["outcome"] == "missing"
    at = " at http://portal.localhost" if portal else ""
    named = f"answered by something else{at}, such as a captive page of the network"
    assert named in visit["detail"]
    assert "mac=1" not in visit["detail"]
    if not portal or driver == "chromium":
        assert "Accept the terms of Hotel Wi-Fi" in visit["detail"]
    (event,) = run.store.rows("SELECT level, step, message FROM events WHERE kind = 'instead'")
    assert (event["level"], event["step"]) == ("warning", 3)
    assert event["message"].startswith(f"a page was {named}")
    filed = list(run.store.rows("SELECT status, content_hash FROM captures WHERE step = 3"))
    if portal and driver == "http":  # it asks nothing of another site, and has no page to file
        assert filed == []
        return
    assert [one["status"] for one in filed] == ["unknown"]
    page = EvidenceStore(run.out.evidence).get(filed[0]["content_hash"])
    assert "Accept the terms of Hotel Wi-Fi" in page


@pytest.mark.slow
@pytest.mark.parametrize("driver", MORE)
def test_a_captive_page_in_place_of_a_feed_is_filed(run_scenario: Run, driver: str) -> None:
    def moved(address: str, cookies: str) -> None:
        if "street" in address:
            way.captive = CAPTIVE

    with proxy(moved=moved) as way:
        told = {"server": f"http://127.0.0.1:{way.port}", "check": "none"}
        steps = [{"visit": "home"}, {"visit": "/street"}, {"visit": "home"}]
        arms = {"only": {"proxy": told, "steps": steps}}
        run = run_scenario(scenario(told, platform="facebook", arms=arms), **given(driver))
    found = list(run.store.rows("SELECT outcome, detail FROM steps ORDER BY step"))
    assert [row["outcome"] for row in found][-1] == "missing"
    assert "Accept the terms of Hotel Wi-Fi" in found[-1]["detail"]
    (filed,) = run.store.rows("SELECT status FROM captures WHERE step = ?", [len(found) - 1])
    assert filed["status"] == "unknown"


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", MORE)
@pytest.mark.parametrize("then", [{"visit": "home"}, {"follow": {"rank": 2}}])
@pytest.mark.parametrize(
    ("scheme", "named"),
    [
        ("http", "407 (the proxy wants another user and password"),
        ("socks5", "(the proxy refused user and password"),
    ],
)
def test_a_login_that_ends_on_the_way_is_named(
    run_scenario: Run,
    driver: str,
    then: dict[str, Any],
    scheme: str,
    named: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A password that is taken back in mid-run, as where a contingent is used up: the reason of
    the step and a warning; the session before it stands."""
    monkeypatch.setenv("EGRESS_LOGIN", LOGIN)

    def moved(address: str, cookies: str) -> None:
        if "street" in address:
            way.login = "auditor:another"

    def passes(data: bytes) -> bytes:
        if b"street" in data.partition(b"\r\n")[0]:
            way.login = "auditor:another"
            return data.replace(b"keep-alive", b"close")
        return data if way.login == LOGIN else b""

    with proxy(socks=scheme == "socks5", login=LOGIN, moved=moved, passes=passes) as way:
        told = {
            "server": f"{scheme}://127.0.0.1:{way.port}",
            "credentials": "EGRESS_LOGIN",
            "check": "none",
        }
        steps = [{"search": "street food"}, then, {"visit": "home"}]
        arms = {"only": {"proxy": told, "steps": steps}}
        run = run_scenario(scenario(told, arms=arms), **given(driver))
    found = list(run.store.rows("SELECT outcome, detail FROM steps ORDER BY step"))
    assert [row["outcome"] for row in found] == ["done", "done", "done", "missing", "missing"]
    events = list(run.store.rows("SELECT level, step, message FROM events WHERE kind = 'instead'"))
    assert [(row["level"], row["step"]) for row in events] == [("warning", 3), ("warning", 4)]
    for row, event in zip(found[3:], events, strict=True):
        assert named in row["detail"]
        assert named in event["message"]
    assert run.result.captures == 1


class Moving:
    """An address that is another one each time it is said."""

    def __init__(self) -> None:
        self.said = 0

    def __str__(self) -> str:
        self.said += 1
        return f"203.0.113.{self.said}"


def test_an_address_that_changes_is_named(run_scenario: Run) -> None:
    """A pool of addresses behind one proxy: said in the event log and in the session's detail."""
    with proxy(country="DE", address=Moving()) as way:
        run = run_scenario(scenario(f"http://127.0.0.1:{way.port}"), **given("http"))
    (session,) = run.store.rows("SELECT state, detail FROM sessions")
    (event,) = run.store.rows("SELECT level, message FROM events WHERE kind = 'egress'")
    assert session["state"] == "done"
    assert event["level"] == "warning"
    assert event["message"] in session["detail"]
    assert "changed from 203.0.113.1 to 203.0.113." in event["message"]
    assert checks(run)["address at the end"][2] == 0


@pytest.mark.slow
@pytest.mark.browser
def test_a_socks_proxy_resolves_the_names(run_scenario: Run) -> None:
    with proxy(socks=True) as way:
        run = run_scenario(scenario(f"socks5://127.0.0.1:{way.port}"), **given("chromium"))
    assert run.result.exit_code == 0
    assert any(one.startswith("SOCKS youtube.localhost:") for one in way.asked)


def test_a_socks_proxy_without_a_browser(run_scenario: Run) -> None:
    with proxy(socks=True) as way:
        run = run_scenario(scenario(f"socks5://127.0.0.1:{way.port}"), **given("http"))
    assert run.result.exit_code == 0
    assert any(one.startswith("SOCKS youtube.localhost:") for one in way.asked)


@pytest.mark.parametrize("driver", MORE)
def test_arms_leave_from_their_own_countries(run_scenario: Run, driver: str) -> None:
    """One arm a country: each puppet's requests come through its own proxy, and no other's."""
    with proxy(country="DE", address="203.0.113.1") as one, proxy(country="FR") as two:
        told = scenario(None)
        steps = told["arms"]["only"]["steps"]
        told["arms"] = {
            country.lower(): {
                "proxy": {"server": f"http://127.0.0.1:{way.port}", "country": country},
                "steps": steps,
            }
            for country, way in (("DE", one), ("FR", two))
        }
        run = run_scenario(told, **given(driver))
    assert run.result.exit_code == 0
    rows = run.store.rows(
        "SELECT s.puppet, c.seen FROM persona_checks c JOIN sessions s ON s.id = c.session"
        " WHERE c.name = 'country'"
    )
    assert {(row["puppet"], row["seen"]) for row in rows} == {("de-1", '"DE"'), ("fr-1", '"FR"')}
    assert all(any("street" in line for line in way.asked) for way in (one, two))
