"""Serving the ledger by command, its token, and clusters that are refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from fleet_tools import ME, ONE, TOKEN, make_run

from collector.cli import main
from collector.common.errors import UserError
from collector.contract.options import RunOptions
from collector.contract.places import Place
from collector.fleet import cluster
from collector.fleet.client import HttpLedger, LedgerEndpoint
from collector.fleet.serve import Served, serving, token_in
from collector.fleet.wire import ROOT
from collector.run.executors import check_executor
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.schedule.barrier import schedule_of


def test_the_command_serves_until_it_is_ended_and_its_token_is_the_owners_alone(
    tmp_path: Path,
) -> None:
    out, plan = make_run(tmp_path / "run")
    token = tmp_path / "secrets" / "token"
    call = ["ledger", "serve", str(out.root), "--token-file", str(token)]
    with subprocess.Popen(
        [sys.executable, "-c", "from collector.cli import main; main()", *call],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert token.stat().st_mode & 0o777 == 0o600
        with HttpLedger(LedgerEndpoint(url, token.read_text().strip())) as ledger:
            assert ledger.plan() == plan.to_json()
            lease = ledger.claim(ONE, ME, 60)
            ledger.step_started(lease, 0)
        assert httpx.get(f"{url}{ROOT}/plan").status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_token_is_made_once_and_refused_when_others_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "token"
    made = token_in(path)
    assert len(made) > 40
    assert token_in(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(UserError, match="readable by its owner"):
        token_in(path)
    path.chmod(0o600)
    for wrong in ("", "short", "two words and more\n", "two\nlines of a token, and\n"):
        path.write_text(wrong)
        with pytest.raises(UserError, match="not a token"):
            token_in(path)


def test_a_folder_without_a_run_and_an_address_that_is_not_ours_are_refused(
    tmp_path: Path,
) -> None:
    said = CliRunner().invoke(main, ["ledger", "serve", str(tmp_path)])
    assert (said.exit_code, "not the directory of a run" in said.stderr) == (2, True)
    out, _ = make_run(tmp_path / "run")
    with serving(out, TOKEN) as served:
        call = ["ledger", "serve", str(out.root), "--port", str(served.port)]
        said = CliRunner().invoke(main, call)
    assert (said.exit_code, "cannot listen" in said.stderr) == (2, True)


def test_beyond_this_machine_it_says_what_that_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, _ = make_run(tmp_path / "run")

    monkeypatch.setattr(threading.Event, "wait", lambda event: True)
    for host, warned in (("127.0.0.1", False), ("10.9.8.7", True)):
        monkeypatch.setattr("collector.cli.ledger.serving", Pretending)  # no socket is opened
        said = CliRunner().invoke(main, ["ledger", "serve", str(out.root), "--host", host])
        assert said.exit_code == 0, said.output
        assert ("plain HTTP" in said.stderr) == warned


class Pretending:
    def __init__(self, out: Any, token: str, host: str, port: int) -> None:
        self.served = Served(None, host, 8090)  # type: ignore[arg-type]

    def __enter__(self) -> Served:
        return self.served

    def __exit__(self, *error: object) -> None:
        return None


# ---- clusters

SCENARIO: dict[str, Any] = {"name": "s", "seed": 1, "arms": {"a": {"steps": [{"visit": "home"}]}}}
MOCK = Place(None, on_loopback=True)
FAR = RunOptions(executor="dask", scheduler="tcp://127.0.0.1:1")


def checked(options: RunOptions, scenario: dict[str, Any] = SCENARIO) -> UserError:
    plan = make_plan(parse_scenario(scenario))
    with pytest.raises(UserError) as refused:
        check_executor(options, plan, MOCK, schedule_of(plan))
    return refused.value


def test_a_run_that_no_cluster_can_do_is_refused_before_one_is_asked() -> None:
    assert "requires --scheduler" in checked(RunOptions(executor="dask")).problem
    assert (
        "--scheduler requires --executor"
        in checked(RunOptions(scheduler="tcp://127.0.0.1:1")).problem
    )
    for name, value in {
        "headed": True,
        "tracing": "on",
        "video": "on",
        "screenshot": "on",
        "record": "har",
    }.items():
        assert (
            f"--{name} cannot be used"
            in checked(RunOptions.from_dict(FAR.to_dict() | {name: value})).problem
        )
    shot = {"name": "s", "arms": {"a": {"steps": [{"visit": "home"}, {"screenshot": "one"}]}}}
    assert "'screenshot' cannot be used with Dask" in checked(FAR, shot).problem
    for wrong in ("host:port", ":1", "host:70000", ""):
        assert "not an address" in checked(replace(FAR, ledger=wrong)).problem


@pytest.mark.parametrize(
    ("given", "host", "port"),
    [("h", "h", 0), ("10.0.0.1:80", "10.0.0.1", 80), ("::1", "::1", 0), ("[::1]:80", "::1", 80)],
)
def test_addresses_of_the_ledger(given: str, host: str, port: int) -> None:
    assert cluster.address_of(given) == (host, port)


def test_without_dask_or_without_a_scheduler_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.2)
    assert "no Dask scheduler answers" in checked(FAR).problem
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused = checked(FAR)
    assert ("not installed" in refused.problem, "twinwatch[fleet]" in refused.fix) == (True, True)


HERE = {"host": os.uname().nodename, "version": cluster.__version__, "problem": ""}
THERE = {**HERE, "host": "elsewhere"}
SITE = Place("https://site.example", on_loopback=False)


@pytest.mark.parametrize(
    ("about", "place", "ledger", "problem"),
    [
        (HERE, MOCK, "127.0.0.1", ""),
        (THERE, SITE, "10.0.0.1", ""),
        (THERE, MOCK, "10.0.0.1", "a mock on this machine"),
        (THERE, SITE, "127.0.0.1", "would listen on 127.0.0.1 alone"),
        ({**HERE, "version": "0"}, SITE, "10.0.0.1", "has twinwatch 0"),
        ({**HERE, "problem": "no browser"}, SITE, "10.0.0.1", "no browser"),
    ],
)
def test_a_worker_that_cannot_do_it_is_refused(
    about: dict[str, str], place: Place, ledger: str, problem: str
) -> None:
    if not problem:
        cluster._check_worker("tcp://10.0.0.9:1", about, place, ledger)
        return
    with pytest.raises(UserError, match=problem) as refused:
        cluster._check_worker("tcp://10.0.0.9:1", about, place, ledger)
    assert refused.value.fix
