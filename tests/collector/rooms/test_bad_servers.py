"""Sites and APIs that hang up, lead in a circle or say half: what the commands say, and keep."""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from endless_tools import Answers, half, looping, server
from every_command import SCENARIO

from collector.cli import main
from mockserver.context import MockConfig
from mockserver.serve import serving


def reset(connection: socket.socket, over: threading.Event) -> None:
    """Hangs up as a program does that has crashed: not in order, but at once (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


BAD = [reset, looping, half]


def collector(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module", name="finished")
def _finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a mock of its own choice, which is gone."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "one.yaml").write_text(SCENARIO)
    with serving(MockConfig(seed=7), "127.0.0.1", 0) as mock:
        done = collector(
            "run", folder / "one.yaml", "--driver", "http", "--out", folder / "run",
            "--site", mock.site("youtube"), "--submit-to", "none",
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    return folder / "run"


@pytest.mark.parametrize("answers", BAD, ids=lambda each: each.__name__)
def test_a_run_on_a_site_that_does_not_answer_as_it_should(
    answers: Answers, tmp_path: Path
) -> None:
    """Nothing can be done there, so nothing is begun: one sentence with the site, exit code 2."""
    (tmp_path / "one.yaml").write_text(SCENARIO)
    with server(answers) as port:
        site = f"http://youtube.localhost:{port}"
        done = collector("run", tmp_path / "one.yaml", "--driver", "http", "--site", site,
                         "--submit-to", "none", "--out", tmp_path / "run")  # fmt: skip
    assert done.exit_code == 2, done.output
    assert done.stderr.count("error: ") == 1
    assert site in done.stderr
    assert "fix: " in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.parametrize("answers", BAD, ids=lambda each: each.__name__)
def test_an_api_that_does_not_answer_as_it_should_gets_everything_later(
    answers: Answers, finished: Path, tmp_path: Path
) -> None:
    """Exit code 1 with the reason and how many are left; all of them reach one that answers."""
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    with server(answers) as port:
        done = collector("submit", run, "--submit-to", f"http://127.0.0.1:{port}")
    assert done.exit_code == 1, done.output
    assert f"127.0.0.1:{port}" in done.stdout
    told = re.search(r"submitted: 0, (\d+) left, 0 refused", done.stdout)
    assert told is not None, done.stdout
    with serving(MockConfig(seed=7), "127.0.0.1", 0) as mock:
        again = collector("submit", run, "--submit-to", mock.url)
    assert again.exit_code == 0, again.output
    assert f"submitted: {told[1]}, 0 left, 0 refused" in again.stdout


def test_a_repeat_of_a_run_whose_site_is_gone(finished: Path, tmp_path: Path) -> None:
    done = collector("run", "--repeat", finished, "--out", tmp_path / "again")
    assert done.exit_code == 2, done.output
    assert done.stderr.count("error: ") == 1
    assert "nothing answers at http://youtube.localhost:" in done.stderr
    assert "fix: " in done.stderr
    assert not (tmp_path / "again").exists()


@pytest.mark.browser
@pytest.mark.sweep(1)
@pytest.mark.parametrize("home", ["/nowhere/at/all", "", None])
@pytest.mark.parametrize("command", ["doctor", "run"])
def test_a_browser_needs_no_home(home: str | None, command: str, tmp_path: Path) -> None:
    """As in a container whose user has none, or one that cannot be written."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    env.pop("HOME", None)
    if home is not None:
        env["HOME"] = home
    (tmp_path / "one.yaml").write_text(SCENARIO)
    words = {"doctor": ["doctor"], "run": ["run", "one.yaml", "--out", "run"]}[command]
    script = (
        "import pwd, sys\n"
        "def nobody(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = nobody\n"
        "from collector.start import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, env=env,
        cwd=tmp_path, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
