"""A bad scenario is refused with file, line, path, problem and fix; all its problems at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.common.errors import UserError
from collector.problems import BadFile
from collector.scenario.loader import load_scenario, parse_scenario

HEAD = "name: t\narms:\n  flat-earth:\n    steps:\n"


def refusal(text: str | dict[str, object]) -> BadFile:
    with pytest.raises(BadFile) as caught:
        parse_scenario(text, place="f.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("step", "path", "words"),
    [
        ("watch: {for: 30}", "3.watch.for", "30 has no unit\n  fix: write 30s, 30m, 30% or end"),
        ("watch: 30", "3.watch.for", "30 has no unit"),
        ("watch: {fro: 30s}", "3.watch.fro", "unknown key\n  fix: did you mean 'for'?"),
        ("watch: {for: 30s, cap: end}", "3.watch.cap", "'end' is not a duration"),
        ("watch: {video: tooshort}", "3.watch.video", "is not a video"),
        ("watch: {video: 12345678901}", "3.watch.video", 'put it in quotes: "12345678901"'),
        ("wacth: 30s", "3", "unknown step 'wacth'\n  fix: did you mean 'watch'?"),
        ("fly: up", "3", "known: visit, consent, search"),
        ("visit:", "3", "visit needs something\n  fix: see an example: - visit: home"),
        ("visit: watch", "3.visit.url", "write home, /watch?v=ID or https://…"),
        ("visit: //evil.example/x", "3.visit.url", "is not an address"),
        ("visit: javascript:alert(1)", "3.visit.url", "is not an address"),
        ("visit: file:///etc/passwd", "3.visit.url", "is not an address"),
        ("visit: '/a b'", "3.visit.url", "write %20 for a space"),
        ("consent: no", "3.consent.choice", "'accept' or 'reject', not 'no'"),
        (
            "search: 2024",
            "3.search.query",
            'must be text, not 2024\n  fix: put it in quotes: "2024"',
        ),
        ("search: ''", "3.search.query", "must not be empty"),
        (
            "follow: {}",
            "3.follow",
            "needs exactly one of rank, random, topic, title, channel and up_next",
        ),
        ("follow: {rank: 1, random: true}", "3.follow", "needs exactly one of"),
        ("follow: {rank: 0}", "3.follow.rank", "must be 1 or more, not 0"),
        ("follow: {rank: 1, from: sidebar}", "3.follow.from", "write home, related or search"),
        ("follow: {rank: 1, top: 5}", "3.follow", "top goes with random or topic"),
        ("follow: {rank: 1, otherwise: first}", "3.follow", "otherwise goes with topic or unseen"),
        ("follow: {up_next: true, unseen: true}", "3.follow", "up_next takes no"),
        ("follow: next", "3.follow", "write follow: {rank: 1} or follow: up_next"),
        ("scroll: 2", "3.scroll", "write scroll: {screens: 2}"),
        ("scroll: {screens: 2, until: 5}", "3.scroll", "needs exactly one of"),
        ("like: 1", "3.like.on", "must be true or false, not 1"),
        ("pause: 5", "3.pause.for", "5 has no unit"),
        ("pause: 1:30", "3.pause.for", "fix: write 1m30s"),
        ("screenshot: ../x", "3.screenshot.name", "a character that is not allowed"),
        ("keypress: {key: Space, times: many}", "3.keypress.times", "must be a whole number"),
        ("repeat: {times: 3}", "3.repeat.steps", "is missing"),
        ("repeat: {times: 3, steps: []}", "3.repeat.steps", "needs at least 1 entries"),
        ("repeat: {times: 3, steps: [{watch: 3}]}", "3.repeat.steps.0.watch.for", "3 has no unit"),
        ("{visit: home, watch: 30s}", "3", "one step has 2 keys (visit, watch)"),
        ("{}", "3", "an empty step"),
        ("[visit, home]", "3", "is not a step"),
        ("12", "3", "12 is not a step"),
        ("watch: {do: x}", "3", "unknown key 'do'"),
    ],
)
def test_a_bad_step_is_named_by_path_and_line(step: str, path: str, words: str) -> None:
    text = HEAD + "      - visit: home\n" * 3 + f"      - {step}\n"
    error = refusal(text)
    (problem,) = error.problems
    assert problem.path == f"arms.flat-earth.steps.{path}"
    assert problem.line == 8
    assert str(error).startswith(f"f.yaml:8: arms.flat-earth.steps.{path}: ")
    assert words in str(error)


def test_a_key_that_slipped_to_the_left_is_recognised() -> None:
    error = refusal(HEAD + "      - watch:\n        for: 30s\n")
    assert "fix: indent for below watch:" in str(error)


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("arms: {a: {steps: [capture]}}", "name", "is missing"),
        ("name: t", "arms", "is missing"),
        ("name: t\narms: {}", "arms", "needs at least 1"),
        ("name: t\narms: [a]", "arms", "must be a mapping"),
        ("name: t\narms: {A b: {steps: [capture]}}", "arms", "write a-b (a-z, 0-9 and -)"),
        ("name: t\narms: {a: {twins: 0, steps: [capture]}}", "arms.a.twins", "1 or more"),
        ("name: t\narms: {a: {twin: 2, steps: [capture]}}", "arms.a.twin", "did you mean 'twins'"),
        ("name: t\narms: {a: {}}", "arms.a", "has nothing to do"),
        ("name: t\nseed: -1\narms: {a: {steps: [capture]}}", "seed", "0 or more"),
        ("name: t\nseed: 1.5\narms: {a: {steps: [capture]}}", "seed", "whole number"),
        ("name: t\nplatform: youtub\narms: {a: {steps: [capture]}}", "platform", "'youtube'"),
        (
            "name: t\nsite: ftp://x\narms: {a: {steps: [capture]}}",
            "site",
            "write mock, or an origin",
        ),
        ("name: t\npersona: mari\narms: {a: {steps: [capture]}}", "persona", "marie-us"),
        (
            "name: t\npersona: {locale: fr_FR}\narms: {a: {steps: [capture]}}",
            "persona.locale",
            "fr-FR",
        ),
        (
            "name: t\narms: {a: {persona: {viewprt: x}, steps: [capture]}}",
            "arms.a.persona.viewprt",
            "did you mean 'viewport'",
        ),
        (
            "name: t\nanalysis: {attention: geom}\narms: {a: {steps: [capture]}}",
            "analysis.attention",
            "'uniform', 'geometric' or 'log'",
        ),
        (
            "name: t\nanalysis: {control: b}\narms: {a: {steps: [capture]}}",
            "analysis.control",
            "there is no arm 'b'",
        ),
        (
            "name: t\nlabels: gone.csv\narms: {a: {steps: [capture]}}",
            "labels",
            "no file 'gone.csv'",
        ),
        ("name: t\nstep: []\narms: {a: {steps: [capture]}}", "step", "unknown key"),
        ("- a\n- b", "", "must be a mapping"),
    ],
)
def test_the_rest_of_the_file_is_checked_as_well(text: str, path: str, words: str) -> None:
    error = refusal(text)
    (problem,) = error.problems
    assert problem.path == path
    assert words in str(error)
    assert problem.line


def test_all_problems_come_in_one_error_in_the_order_of_the_file() -> None:
    error = refusal("nam: x\narms:\n  a:\n    twins: two\n    steps: [{watch: 3}, {wach: 1s}]\n")
    assert [problem.line for problem in error.problems] == [1, 1, 4, 5, 5]
    assert str(error).startswith("f.yaml: 5 problems\n  line 1: ")
    assert str(error).count("fix:") >= 3


def test_plain_data_is_refused_in_the_same_words() -> None:
    error = refusal({"name": "t", "arms": {"a": {"steps": [{"watch": 3}]}}})
    assert "arms.a.steps.0.watch.for: 3 has no unit" in str(error)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no shipped scenario of that name"):
        load_scenario(tmp_path / "gone.yaml")
    with pytest.raises(UserError, match="is a directory"):
        load_scenario(tmp_path)
    with pytest.raises(UserError, match="did you mean 'quick'"):
        load_scenario("quikc")


def test_the_command_line_shows_one_error_and_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(HEAD + "      - watch: 30\n")
    result = CliRunner().invoke(main, ["plan", str(file)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: bad.yaml:5: arms.flat-earth.steps.0.watch.for: ")
    assert "Traceback" not in result.output
