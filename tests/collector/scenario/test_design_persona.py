"""Who the page sees before the first step: who was planned, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collector.contract.job import SessionJob
from collector.contract.layout import new_run
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.drivers.base import Opened
from collector.ledger.ledger import enter_plan
from collector.profile import Persona
from collector.run.puppets import make_puppets
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.schedule.display import QuietDisplay
from collector.session import personacheck
from collector.session.personacheck import Check, checks, of_the_site, same_clock, wrong
from collector.session.session import run_session
from collector.store import SessionState, Store
from mockserver.context import MockConfig
from mockserver.serve import serving

ROME = Persona(
    locale="it-IT", timezone="Europe/Rome", geolocation=(41.9, 12.5), viewport=(1280, 720)
)
SEEN: dict[str, Any] = {
    "languages": ["it-IT", "it"],
    "timezone": "Europe/Rome",
    "user_agent": "Mozilla/5.0",
    "viewport": [1280, 720],
    "color_scheme": "light",
}


def agreement(persona: Persona = ROME, **seen: Any) -> dict[str, bool | None]:
    return {check.name: check.agrees for check in checks(persona, SEEN | seen, "page")}


def test_what_was_planned_agrees_and_what_was_left_open_cannot_be_told() -> None:
    assert agreement() == {
        "languages": True,
        "timezone": True,
        "user_agent": None,
        "viewport": True,
        "color_scheme": True,
    }
    assert agreement(replace(ROME, user_agent="Mozilla/5.0"))["user_agent"] is True
    assert agreement(replace(ROME, color_scheme="no-preference"))["color_scheme"] is None


@pytest.mark.parametrize(
    ("name", "value", "vital"),
    [
        ("languages", ["en-US", "it-IT"], True),
        ("languages", [], True),
        ("timezone", "Europe/London", True),
        ("timezone", "Nowhere/Atall", True),
        ("viewport", [1280, 600], False),
        ("color_scheme", "dark", False),
    ],
)
def test_a_difference_is_named_and_a_vital_one_ends_the_session(
    name: str, value: Any, vital: bool
) -> None:
    found = checks(ROME, SEEN | {name: value}, "page")
    assert [check.name for check in found if check.agrees is False] == [name]
    assert bool(wrong(found)) is vital
    if vital:
        assert name in wrong(found)


def test_another_user_agent_is_vital_where_one_is_claimed() -> None:
    found = checks(replace(ROME, user_agent="Mine/1.0"), SEEN, "page")
    assert wrong(found) == (
        "the page sees another persona: user_agent is Mozilla/5.0, the persona says Mine/1.0"
    )


def test_two_names_of_a_zone_are_one_clock() -> None:
    assert same_clock("Asia/Kolkata", "Asia/Calcutta")
    assert same_clock("Europe/Rome", "Europe/Berlin"), "no page can tell them apart"
    assert not same_clock("Europe/Rome", "Europe/London")


def test_the_site_s_word_comes_from_the_headers() -> None:
    facts = {"headers": {"Accept-Language": "it-IT,it;q=0.9", "User-Agent": "X"}}
    found = {check.name: check for check in of_the_site(ROME, facts)}
    assert found["languages"] == Check("languages", ["it-IT"], ["it-IT", "it"], True, "site")
    assert found["user_agent"].agrees is None
    assert of_the_site(ROME, {}) == []


SCENARIO = """
name: who
persona: {locale: it-IT, user_agent: Mozilla/5.0 (X11; Linux x86_64) Test/1.0, color_scheme: dark}
arms:
  only: {steps: [{visit: {url: home, capture: false}}, {consent: reject}]}
"""


def rows(out: Path) -> dict[tuple[str, str], Any]:
    with Store(out / "store.db", readonly=True) as store:
        found = store.rows("SELECT * FROM persona_checks")
        return {(row["seen_by"], row["name"]): row["agrees"] for row in found}


def run(out: Path, **options: Any) -> Any:
    with serving(MockConfig(seed=3)) as server:
        return run_scenario(
            parse_scenario(SCENARIO),
            RunOptions(out=out, submit_to="none", **options),
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )


class Seen:
    """A driver whose page sees what it is told, and does nothing."""

    virtual = False

    def __init__(self, seen: dict[str, Any]) -> None:
        self.seen = seen
        self.asked: list[str] = []
        self.url = "about:blank"

    @contextmanager
    def open(self, *_: Any) -> Iterator[Any]:
        yield Opened(self, self, "1.0")  # type: ignore[arg-type]

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        self.asked.append(js)
        return self.seen if js == personacheck.PROBE else None


def test_a_session_of_somebody_else_ends_before_its_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan(parse_scenario(SCENARIO))
    out = new_run(tmp_path / "out")
    out.plan.write_bytes(plan.to_json())
    make_puppets(plan, out.profiles, reproducible=True)
    (session,) = plan.sessions
    page = Seen({**SEEN, "languages": ["en-US"], "viewport": [1, 1]})
    monkeypatch.setattr("collector.session.session.driver_of", lambda job: page)
    with Store(out.store) as store:
        store.add_run("r", scenario="who", seed=1, plan_hash=plan.hash)
        enter_plan(store, "r", plan, {})
        job = SessionJob("r", out.root, session.id, session.puppet, "http://127.0.0.1:9", True)
        state = run_session(job, lambda _: None, wait_for_go=lambda: None, stopped=lambda: False)
        (row,) = store.sessions()
        assert state is SessionState.FAILED
        assert row["state"] == "failed"
        assert "languages is en-US, the persona says it-IT" in row["detail"]
        assert "viewport" not in row["detail"], "that alone would not have ended it"
        assert row["snapshot_after"] is None
        assert {step["outcome"] for step in store.steps()} == {"skipped"}
    assert page.asked == [personacheck.PROBE]
    seen = rows(out.root)
    assert seen["page", "languages"] == seen["page", "viewport"] == 0
    assert seen["page", "timezone"] == 1


@pytest.mark.browser
def test_a_browser_is_seen_as_it_was_planned(tmp_path: Path) -> None:
    result = run(tmp_path / "out", speed="max")
    assert result.missing == 0
    names = ("languages", "timezone", "user_agent", "viewport", "color_scheme", "geolocation")
    assert rows(tmp_path / "out") == {
        **{("page", name): 1 for name in names},
        ("site", "languages"): 1,
        ("site", "user_agent"): 1,
    }


def test_a_page_that_runs_no_script_is_no_mismatch() -> None:
    class Mute:
        def evaluate(self, js: str) -> Any:
            from collector.browserless.puppet import NeedsBrowser

            raise NeedsBrowser("a script")

    puppet: Any = Mute()
    assert personacheck.look(puppet, ROME) == []
    assert personacheck.look_for_position(puppet, ROME) == []
