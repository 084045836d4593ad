"""The mock as a fixture of other languages: its readiness line, and every example is run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
import yaml
from places import ROOT

from collector.browser.node import PACKAGES
from collector.cli import main as collector
from mockserver.cli import main as mockserver

HERE = ROOT
EXAMPLES = HERE / "examples"
#: The commands of this environment come first, as they would in one that was installed.
PATHS = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
COMMAND = [sys.executable, "-m", "mockserver.cli", "serve", "--port", "0", "--seed", "7"]


@contextmanager
def served(*given: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A mock and the first line that it prints; it is ended with the block."""
    process = subprocess.Popen(
        [*COMMAND, *given], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


@pytest.mark.slow
def test_the_readiness_line_says_where_everything_is(tmp_path: Path) -> None:
    """One line of JSON, printed once requests are answered; each address in it answers; and when
    standard input closes the mock stops as asked."""
    with served("--json", "--until-eof") as (process, line):
        told: dict[str, Any] = json.loads(line)
        assert told["ready"] is True
        assert told["pid"] == process.pid
        assert httpx.get(told["openapi"]).json()["openapi"].startswith("3.")
        assert set(told["apis"]) == {"yttrex", "fbtrex", "tubearchivist", "gdata"}
        related = httpx.get(f"{told['apis']['yttrex']}/api/v1/related/dQw4w9WgXcQ")
        assert related.status_code == 200
        port = told["url"].rpartition(":")[2]
        assert told["sites"] == {
            name: f"http://{name}.localhost:{port}" for name in ("youtube", "facebook")
        }
        bearer = {"Authorization": f"Bearer {told['truth_token']}"}
        assert httpx.get(f"{told['truth']}/visitors", headers=bearer).status_code == 200
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        assert process.wait(timeout=120) == 0


@pytest.mark.slow
def test_a_token_that_is_kept_in_a_file_is_not_printed(tmp_path: Path) -> None:
    """The line names the file; the secret stays in it. Without --until-eof a signal ends it."""
    token = tmp_path / "token"
    with served("--json", "--truth-token-file", str(token)) as (process, line):
        told = json.loads(line)
        assert told["truth_token"] is None
        assert told["truth_token_file"] == str(token)
        assert token.read_text("ascii").strip() not in line
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        assert httpx.get(told["openapi"]).status_code == 200  # it goes on
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0


def _run(command: list[str], **given: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, **given
    )


def _needs(*programs: str) -> None:
    for program in programs:
        if shutil.which(program, path=PATHS["PATH"]) is None:
            pytest.skip(f"{program} is not installed on this machine")


@pytest.mark.slow
def test_the_shell_example_runs() -> None:
    """With sh and curl: it starts the mock, asks it, and leaves no process behind."""
    _needs("sh", "curl", "mkfifo", "mockserver")
    done = _run(["sh", str(EXAMPLES / "mock-fixture.sh")], env=PATHS)
    assert done.returncode == 0, done.stdout + done.stderr
    url = re.fullmatch(r"ok: (http://127\.0\.0\.1:\d+) answers with related videos\n", done.stdout)
    assert url is not None
    with pytest.raises(httpx.ConnectError):
        httpx.get(url[1])


@pytest.mark.slow
def test_the_javascript_example_runs() -> None:
    """With node's own test runner: both tests pass, and the mock ends with them."""
    _needs("node", "mockserver")
    done = _run(["node", "--test", str(EXAMPLES / "mock-fixture.mjs")], env=PATHS)
    if "bad option" in done.stderr:
        pytest.skip("this node has no test runner (node 20 has)")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^(# |ℹ )pass 2$", done.stdout, re.MULTILINE)


@pytest.mark.slow
def test_the_workflow_for_github_runs_here(tmp_path: Path) -> None:
    """Its steps, but for checking out and installing, in their order in one folder, with the
    variables that one step leaves to the next."""
    _needs("bash", "curl", "mockserver")
    told = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text("utf-8"))
    steps = told["jobs"]["test"]["steps"]
    assert told["permissions"] == {"contents": "read"}
    (installed,) = (step["run"] for step in steps if "pip" in step.get("run", ""))
    assert installed.split()[-1].startswith("./"), "a folder, not a name that an index would have"
    variables = tmp_path / "env"
    variables.touch()
    env = {**PATHS, "GITHUB_ENV": str(variables)}
    ran = []
    try:
        for step in (step for step in steps if "run" in step and "pip" not in step["run"]):
            done = _run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=env)
            assert done.returncode == 0, f"{step['name']}: {done.stdout}{done.stderr}"
            ran.append(step["name"])
            env |= dict(line.split("=", 1) for line in variables.read_text("utf-8").splitlines())
    finally:
        if "Stop the mock" not in ran and "MOCK_PID" in env:
            os.kill(int(env["MOCK_PID"]), signal.SIGKILL)
    assert ran == ["Start the mock", "Test the client", "Stop the mock"]
    assert json.loads((tmp_path / "ready.json").read_text("utf-8"))["url"] == env["MOCK_URL"]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("name", ["Containerfile", "Containerfile.mockserver"])
def test_an_image_installs_what_a_checkout_installs(name: str, tmp_path: Path) -> None:
    """The package is built of what the container file copies and of nothing else, in a folder of
    its own: every module and the shipped scenarios are in it. (No image is built here.)"""
    pytest.importorskip("hatchling", reason="building needs 'twinwatch[dev]'")
    text = (HERE / name).read_text("utf-8").replace("\\\n", " ")
    source = tmp_path / "source"
    source.mkdir()
    for copied in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
        *names, target = shlex.split(copied)
        for one in names:
            if (HERE / one).is_dir():
                shutil.copytree(HERE / one, source / target)
            else:
                shutil.copyfile(HERE / one, source / target / one)
    assert "wheel --no-cache-dir --no-deps --no-index --find-links /wheels" in text
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "out")],
        cwd=source, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "out").glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        inside = set(built.namelist())
    modules = {
        path.relative_to(HERE).as_posix()
        for top in ("collector", "mockserver") for path in (HERE / top).rglob("*.py")
    }  # fmt: skip
    assert {"twinwatch.py", "collector/_shipped/scenarios/quick.yaml", *modules} <= inside


def _wanted() -> set[str]:
    """What `pip install .` needs, by pyproject.toml: packages, modules, shipped folders, texts."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    return {
        "pyproject.toml",
        "requirements.lock",
        project["project"]["readme"],
        *project["project"]["license-files"],
        *wheel["only-include"],
        *wheel["force-include"],
    }


BASE = "python:3.11-slim-bookworm"
CONTAINERS = {"Containerfile": collector, "Containerfile.mockserver": mockserver}


def test_the_image_has_what_playwrights_driver_links_to() -> None:
    """Debian's Chromium brings the C++ library; nothing there brings the other one."""
    (line,) = re.findall(r"apt-get install [^\\]*", (HERE / "Containerfile").read_text("utf-8"))
    assert {*PACKAGES.values()} - {"libstdc++6"} <= {*line.split()}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_file_builds_from_what_is_here(name: str) -> None:
    """A plain image, sources that exist, no host of a registry, an ordinary user, and a command
    with options that there are."""
    text = re.sub(r"^#.*\n", "", (HERE / name).read_text("utf-8"), flags=re.MULTILINE)
    lines = [line.split(None, 1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    told: dict[str, list[str]] = {}
    for instruction, rest in lines:
        told.setdefault(instruction, []).append(rest)
    base, of_base, *rest = lines
    assert (base, of_base) == (["ARG", f"BASE={BASE}"], ["FROM", "${BASE} AS built"])
    here = [shlex.split(each) for each in told["COPY"] if not each.startswith("--from=built ")]
    copied = {source for each in here for source in each[:-1]}
    assert all((HERE / source).exists() for source in copied), copied
    assert _wanted() <= copied, "the image is built of less than the project is"
    # The pinned packages are checked, and nothing else is installed; the image has no tools.
    assert "--require-hashes --wheel-dir /wheels -r requirements.lock" in told["RUN"][0]
    (installed,) = re.findall(r"/opt/venv/bin/pip install (.*)", told["RUN"][0])
    assert re.fullmatch(
        r'--no-cache-dir --no-index --find-links /wheels "?twinwatch[^ ]*', installed
    )
    image = rest[rest.index(["FROM", "${BASE}"]) :]
    assert ["COPY", "--from=built /opt/venv /opt/venv"] in image
    assert "PATH=/opt/venv/bin:$PATH" in told["ENV"][0]
    # What it works in is an ordinary user's, and everything is installed before.
    order = [instruction for instruction, _ in image]
    assert order.index("USER") > max(at for at, one in enumerate(order) if one in ("RUN", "COPY"))
    user = told["USER"][0]
    assert re.search(rf"useradd [^&]*\b{user}\b", " ".join(told["RUN"]))
    for volume in told.get("VOLUME", ()):
        assert re.search(rf"install -d -o {user} -g {user} {volume}\b", " ".join(told["RUN"]))
    assert not re.search(r"https?://|\.io\b|\.org\b|\.com\b", text)
    assert told["USER"][0] not in ("root", "0")
    (entry,), given = json.loads(told["ENTRYPOINT"][0]), json.loads(told["CMD"][0])
    assert entry in ("collector", "mockserver")
    with click.Context(CONTAINERS[name]) as context:
        command = CONTAINERS[name]
        if given[0] in command.commands:
            sub = command.commands[given[0]]
            asked = sub.make_context(given[0], given[1:], parent=context)
            # Published by its port, so it listens beyond the container's own loopback.
            assert asked.params["host"] == "0.0.0.0"
            assert told["EXPOSE"] == [str(asked.params["port"])]
