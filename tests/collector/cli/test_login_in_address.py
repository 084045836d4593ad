"""A password that somebody types into an address is not repeated, in whichever option it stands."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from one_visit import SCENARIO

from collector.cli import main
from collector.common.errors import UserError
from collector.scenario.loader import parse_scenario

#: As a login stands in an address that is a good one otherwise, and in some that are none.
WRITTEN = [
    "me:s3cret@host",
    "me:s3cret@host:1",
    "http://me:s3cret@host/",
    "http://me:s3/cret@host/",
    "http://me:s3#cret@host/api",
    "tcp://me:s3cret@host:1",
    "s3cret@host",
    "http://host:x@s3@host",
]
#: Option → the command that it is given to, and what that needs beside it.
CALLS = {
    "--site": "run quick --driver http --out {out}",
    "--submit-to": "run quick --driver http --out {out}",
    "--proxy": "run quick --out {out}",
    "--proxy-login": "run quick --out {out} --proxy http://127.0.0.1:1",
    "--proxy-check": "run quick --out {out} --proxy http://127.0.0.1:1",
    "--scheduler": "run quick --driver http --out {out} --executor dask",
    "--ledger": "run quick --driver http --out {out} --executor dask --scheduler tcp://127.0.0.1:1",
    "--ca": "run quick --out {out}",
}


def options_with_addresses() -> set[str]:
    """The options of ``collector run`` that say that they take one, by their help."""
    run = main.get_command(click.Context(main), "run")
    assert run is not None
    return {
        max(each.opts, key=len)
        for each in run.params
        if isinstance(each, click.Option)
        and any(word in str(each.metavar) for word in ("URL", "ADDRESS", "HOST"))
    }


def test_every_option_with_an_address_is_tried() -> None:
    assert options_with_addresses() <= CALLS.keys()


@pytest.mark.sweep(16)
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("option", CALLS)
def test_it_is_refused_without_its_password(tmp_path: Path, option: str, written: str) -> None:
    words = CALLS[option].format(out=tmp_path / "run").split()
    refused = CliRunner().invoke(main, [*words, option, written])
    assert refused.exit_code == 2, refused.output
    if (option, written) != ("--ca", "s3cret@host"):  # the name of a file as good as any
        assert "s3" not in refused.output
    assert "host" in refused.output or "login" in refused.output or "proxy" in refused.output
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(
    "key", ["site: {}", "before: [{{visit: '{}'}}]", "proxy: '{}'", "proxy: {{server: '{}'}}"]
)
def test_a_scenario_is_refused_without_it_too(key: str, written: str) -> None:
    lines = [line for line in SCENARIO.splitlines() if not line.startswith(key.split(":")[0] + ":")]
    with pytest.raises(UserError) as refused:
        parse_scenario("\n".join([*lines, key.format(written)]))
    assert "s3" not in str(refused.value)
