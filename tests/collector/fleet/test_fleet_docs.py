"""The page about fleets names only what there is."""

from __future__ import annotations

import re

import click
import pytest
import yaml
from places import ROOT

from collector.cli import main
from collector.fleet import wire

PAGE = (ROOT / "docs" / "fleet.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.M | re.S)


def _calls() -> list[list[str]]:
    """The words of every ``collector`` command line, those that go on in the next line too."""
    found: list[list[str]] = []
    for _, text in BLOCKS:
        for line in text.splitlines():
            words = line.replace("\\", "").split()
            if words[:1] == ["collector"]:
                found.append(words)
            elif words and re.match("--[a-z]", words[0]) and found:
                found[-1] += words
    return found


CALLS = _calls()


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_call_has_options_that_there_are(call: list[str]) -> None:
    command: click.Command = main
    words = call[1:]
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    known = {option for param in command.params for option in param.opts}
    given = {word for word in words if word.startswith("--")}
    assert given
    assert given <= known


def test_the_calls_were_found() -> None:
    assert len(CALLS) == 4


def test_the_manifests_belong_together() -> None:
    (text,) = [text for kind, text in BLOCKS if kind == "yaml"]
    found = list(yaml.safe_load_all(text))
    assert [each["kind"] for each in found] == ["Service", "Deployment", "Deployment", "Job"]
    service, scheduler, workers, job = found
    labels = scheduler["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == labels == scheduler["spec"]["selector"]["matchLabels"]
    assert (
        workers["spec"]["template"]["metadata"]["labels"]
        == (workers["spec"]["selector"]["matchLabels"])
    )
    (worker,) = workers["spec"]["template"]["spec"]["containers"]
    threads = workers["spec"]["replicas"] * int(worker["command"][4])
    (supervisor,) = job["spec"]["template"]["spec"]["containers"]
    assert f"--workers {threads} " in supervisor["args"][0]


def test_limits_are_those_of_the_program() -> None:
    assert f"a request of {wire.MOST_BODY_BYTES // 2**20} MB" in PAGE
    assert f"of {wire.MOST_PLAIN_BYTES // 2**20} MB unpacked" in PAGE
    assert wire.MOST_LEASE_S == 3600
    (workers,) = [param for param in main.commands["run"].params if param.name == "workers"]
    assert isinstance(workers.type, click.IntRange)
    assert f"{workers.type.max} puppets at once" in PAGE
