"""The language reference tells the truth: every snippet loads, every step and key is in it."""

from __future__ import annotations

import re

import pytest
from design_tools import corrected, unmeasured
from places import ROOT
from verb_sections import page_with

from collector.platforms.registry import Genre
from collector.profile import PersonaFile
from collector.scenario.loader import parse_scenario
from collector.scenario.models import Analysis, Arm, Scenario
from collector.scenario.plan import make_plan
from collector.scenario.render import known_keys
from collector.scenario.steps import EXAMPLES, STEPS
from collector.yamlfile import parse_yaml

TEXT = (ROOT / "docs" / "scenario.md").read_text("utf-8")
SNIPPETS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SECTIONS = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
#: Verbs that the site of videos has not.
ON_A_FEED = {name for name, cls in STEPS.items() if Genre.VIDEOS not in cls.genres}


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_every_snippet_loads_and_plans(snippet: str) -> None:
    if snippet.startswith("-"):
        body = "".join(f"      {line}\n" for line in snippet.splitlines())
        feed = any(
            re.match(rf"- {verb}\b", line) for line in snippet.splitlines() for verb in ON_A_FEED
        )
        on = "platform: facebook\n" if feed else ""
        snippet = f"name: snippet\n{on}arms:\n  only:\n    steps:\n{body}"
    plan = make_plan(parse_scenario(snippet, place="snippet"))
    assert all(session.steps for session in plan.sessions)


README = (ROOT / "README.md").read_text("utf-8")
WHOLE = [text for text in (*SNIPPETS, *re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S))
         if text.startswith("name:")]  # fmt: skip


@pytest.mark.parametrize("snippet", WHOLE, ids=range(len(WHOLE)))
def test_every_experiment_in_the_docs_can_find_something(snippet: str) -> None:
    """Where arms are compared, the twins suffice for all outcomes that are declared, and each is
    measured on a page after the treatment."""
    plan = make_plan(parse_scenario(snippet, place="snippet"))
    if len(plan.arms) > 1:
        assert corrected(plan) <= 0.05
        assert unmeasured(plan) == set()


def test_there_is_a_section_for_every_step_and_it_is_the_class_s_own() -> None:
    """Else run ``python tests/tools/verb_sections.py``."""
    assert list(SECTIONS) == list(STEPS)
    assert page_with(TEXT) == TEXT


@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_key_of_a_step_is_explained(step: str) -> None:
    section = SECTIONS[step]
    shared = {"label", "capture", "on", "choice", "name", "selector", "query"}
    for key in set(known_keys(step)) - shared:
        assert re.search(rf"\b{key}\b", section), f"{step}.{key} is not explained"


@pytest.mark.parametrize("model", [Scenario, Arm, Analysis, PersonaFile])
def test_every_key_of_the_file_is_explained(model: type) -> None:
    unseen = {"display_name", "place"}
    for key in set(model.model_fields) - unseen:  # type: ignore[attr-defined]
        assert re.search(rf"`{key}\b|^  {key}:", TEXT, re.MULTILINE), f"{key} is not explained"


@pytest.mark.parametrize("step", sorted(EXAMPLES))
def test_the_examples_in_error_messages_load(step: str) -> None:
    (written,) = parse_yaml(EXAMPLES[step], place="example").data
    platform = "facebook" if step in ON_A_FEED else "youtube"
    parse_scenario({"name": "t", "platform": platform, "arms": {"a": {"steps": [written]}}})
