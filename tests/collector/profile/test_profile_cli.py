"""``collector profiles``: everything but the secret key can be seen."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.profile import ProfileStore

Run = Callable[..., Result]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "profiles"


@pytest.fixture
def run(root: Path) -> Run:
    def invoke(*words: str, told: str | None = None) -> Result:
        arguments = ["profiles", "--root", str(root), *words]
        return CliRunner().invoke(main, arguments, input=told)

    return invoke


def test_a_life_of_a_profile(run: Run, root: Path, tmp_path: Path) -> None:
    outputs = []

    def do(*words: str) -> str:
        result = run(*words)
        assert result.exit_code == 0, result.output
        outputs.append(result.output)
        return str(result.stdout)

    public = do("new", "anna", "--locale", "fr-FR", "--seed", "7").strip()
    anna = json.loads(do("show", "anna"))
    assert anna["public_key"] == public
    assert anna["persona"]["locale"] == "fr-FR"
    assert anna["pseudonym"] == ProfileStore(root).get("anna").pseudonym
    do("clone", "anna", "bea")
    do("reset", "bea", "--yes")
    assert json.loads(do("show", "bea"))["resets"] == 1
    file = Path(do("export", "anna", str(tmp_path / "anna.tar.zst")).strip())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    do("import", str(file), "--name", "carl")
    names = [each["name"] for each in json.loads(do("list", "--json"))]
    assert names == ["anna", "bea", "carl"]
    shown = do()
    assert "carl" in shown
    assert "camille-fr" in shown
    for name in names:
        secret = ProfileStore(root).get(name).keys.secret_key
        assert not any(secret in output for output in outputs)


def test_the_export_says_whether_it_holds_the_key(run: Run, tmp_path: Path) -> None:
    run("new", "anna")
    assert "SECRET KEY" in run("export", "anna", str(tmp_path / "a.zip")).stderr
    told = run("export", "anna", str(tmp_path / "b.zip"), "--without-key").stderr
    assert "without its secret key" in told


def test_reset_asks_first(run: Run, root: Path) -> None:
    run("new", "anna", "--seed", "1")
    before = ProfileStore(root).get("anna").visitor_id
    assert run("reset", "anna", told="n\n").exit_code == 1
    assert ProfileStore(root).get("anna").visitor_id == before
    assert run("reset", "anna", told="y\n").exit_code == 0
    assert ProfileStore(root).get("anna").visitor_id != before


def test_personas_can_be_shown_and_taken(run: Run, root: Path, tmp_path: Path) -> None:
    assert json.loads(run("show", "haruto-jp").stdout)["persona"]["color_scheme"] == "dark"
    assert run("new", "anna", "--persona", "haruto-jp").exit_code == 0
    assert ProfileStore(root).get("anna").persona.locale == "ja-JP"
    own = tmp_path / "own.yaml"
    own.write_text("locale: it-IT\n")
    assert run("new", "bea", "--persona", str(own)).exit_code == 0
    assert ProfileStore(root).get("bea").persona.timezone == "Europe/Rome"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("new", "Anna"), "cannot be a profile's name"),
        (("new", "a", "--persona", "haruto"), "did you mean 'haruto-jp'"),
        (("new", "a", "--persona", "haruto-jp", "--locale", "fr-FR"), "leave one of them out"),
        (("new", "a", "--locale", "fr"), "no personas can be made for 'fr'"),
        (("show", "nobody"), "no profile or persona 'nobody'"),
        (("reset", "nobody", "--yes"), "make it: collector profiles new nobody"),
        (("clone", "nobody", "x"), "no profile 'nobody'"),
        (("import", "/nowhere.zip"), "No such file"),
    ],
)
def test_mistakes_are_told_with_a_fix(run: Run, words: tuple[str, ...], told: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_the_root_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setenv("TWINWATCH_PROFILES", str(root))
    assert CliRunner().invoke(main, ["profiles", "new", "anna"]).exit_code == 0
    assert ProfileStore(root).names() == ["anna"]
