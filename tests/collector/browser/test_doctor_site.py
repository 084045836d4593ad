"""``collector doctor --site``: what a page sees of a puppet, and whether it agrees."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from places import ROOT

from collector.browser.appearance import Sign, judged
from collector.browser.find import BrowserKind, candidates, kind_of
from collector.cli import main
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from mockserver.serve import Server

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari"
#: What a person's Chromium of version 156 on Linux says.
PERSON: dict[str, Any] = {
    "user_agent": AGENT, "app_version": AGENT.partition("/")[2], "platform": "Linux x86_64",
    "vendor": "Google Inc.", "languages": ["de-DE", "de"], "webdriver": False, "plugins": 5,
    "cores": 8, "memory_gb": 8, "touch_points": 0, "cookies": True,
    "hints": {"brands": ["Not:A-Brand 8", "Chromium 156"], "mobile": False, "platform": "Linux",
              "full": None},
    "chrome_object": True, "secure": True, "notification": "default",
    "notification_asked": "prompt", "screen": [1920, 1080], "window": [1400, 900],
    "viewport": [1366, 768], "timezone": "Europe/Berlin", "graphics": "Mesa Intel",
}  # fmt: skip
HEADERS = {
    "user-agent": AGENT, "accept-language": "de-DE,de;q=0.9",
    "sec-ch-ua": '"Not:A-Brand";v="8", "Chromium";v="156"',
}  # fmt: skip


def signs(page: dict[str, Any], headers: dict[str, str]) -> dict[str, Sign]:
    return {one.name: one.sign for one in judged(page, headers)}


def test_a_persons_browser_agrees_and_leaves_no_trace() -> None:
    assert not {Sign.DIFFERS, Sign.TRACE} & set(signs(PERSON, HEADERS).values())


@pytest.mark.parametrize(
    ("change", "name", "sign"),
    [
        ({"user_agent": AGENT.replace("156", "120")}, "user agent", Sign.DIFFERS),
        ({"user_agent": AGENT.replace("156", "120")}, "version in user agent and client hints",
         Sign.DIFFERS),
        ({"platform": "Win32"}, "system in user agent, hints and navigator.platform",
         Sign.DIFFERS),
        ({"languages": ["fr-FR"]}, "languages", Sign.DIFFERS),
        ({"webdriver": True}, "navigator.webdriver", Sign.TRACE),
        ({"plugins": 0}, "plugins", Sign.TRACE),
        ({"chrome_object": False}, "window.chrome", Sign.TRACE),
        ({"notification": "denied"}, "notifications", Sign.TRACE),
        ({"window": [0, 0]}, "window and viewport", Sign.TRACE),
        ({"graphics": "ANGLE (SwiftShader)"}, "graphics", Sign.TRACE),
        ({"hints": None}, "client hints", Sign.TRACE),
    ],
)  # fmt: skip
def test_one_thing_that_differs_is_found(change: dict[str, Any], name: str, sign: Sign) -> None:
    assert signs(PERSON | change, HEADERS)[name] is sign


@pytest.mark.browser
def test_the_table_of_a_real_page(mock_server: Server) -> None:
    """What this machine's browser says of itself agrees with itself; that it is driven shows."""
    found = CliRunner().invoke(main, ["doctor", "--site", mock_server.site("youtube"), "--json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    seen = {one["name"]: one for one in told["seen"]}
    assert not [name for name, one in seen.items() if one["sign"] == "differs"]
    assert seen["user agent"]["sign"] == seen["languages"]["sign"] == "agrees"
    assert seen["navigator.webdriver"]["sign"] == "trace"
    assert "HeadlessChrome" in seen["user agent"]["said"]["header"]


def test_a_site_beyond_this_machine_is_confirmed_first() -> None:
    refused = CliRunner().invoke(main, ["doctor", "--site", "https://www.example.org"])
    assert refused.exit_code == 2
    assert "was not confirmed" in refused.stderr


def test_a_full_browser_comes_first_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from collector.browser import find

    for name in ("chromium-headless-shell", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for paths in ("_SHELL_PATHS", "_FULL_PATHS", "_MAC_PATHS"):
        monkeypatch.setattr(find, paths, ())
    monkeypatch.setattr(find, "_downloaded", list)
    kinds = [kind_of(path) for path in candidates(BrowserKind.FULL)]
    assert kinds == [BrowserKind.FULL, BrowserKind.HEADLESS_SHELL]
    assert kind_of(candidates()[0]) is BrowserKind.HEADLESS_SHELL


PAGE = (ROOT / "docs" / "real-server.md").read_text("utf-8")


def test_the_experiment_of_the_page_can_be_planned() -> None:
    (snippet,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    plan = make_plan(parse_scenario(snippet, place="snippet"))
    ways = {session.arm: session.persona.proxy for session in plan.sessions}
    assert {arm: way and way.country for arm, way in ways.items()} == {
        "germany": "DE", "france": "FR",
    }  # fmt: skip


def test_the_tables_of_the_page_name_what_there_is() -> None:
    """Every dialog with its usual answer, every key of politeness and of a proxy."""
    from collector.egress import Egress
    from collector.platforms.overlays import DEFAULTS, DialogKind
    from collector.scenario.politeness import Politeness

    for kind in set(DialogKind) - {DialogKind.CONSENT}:
        (row,) = [
            line for line in PAGE.splitlines() if line.startswith("|") and f"`{kind}`" in line
        ]
        assert f"`{DEFAULTS[kind]}`" in row
    for key in (*Politeness.model_fields, *Egress.__dataclass_fields__):
        assert f"| `{key}`" in PAGE
