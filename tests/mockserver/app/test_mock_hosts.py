"""A page under a name of its own, led to this machine, is told nothing by any address."""

from __future__ import annotations

import pytest
from flask import Flask

from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.hosts import Names


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(MockConfig(clock="0", hosts=("mock.lab",)))


OPEN = ["/", "/openapi.json", "/api/v1/last", "/fbtrex/api/v2/languages", "/feeds/videos",
        "/tubearchivist/", "/tubearchivist/health", "/personal/x/data", "/nowhere"]  # fmt: skip


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "notlocalhost",
        "10.0.0.7",
        "xyoutube.tracking.exposed",
    ],
)
def test_other_names_are_refused_everywhere(app: Flask, path: str, host: str) -> None:
    answer = app.test_client().get(path, headers={"Host": host})
    assert answer.status_code == 403
    assert "token" not in answer.text.lower()
    assert "--allow-host" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.:1", "127.0.0.1:8000", "[::1]:8000", "a.localhost:1",
             "youtube.tracking.exposed", "dev.gdata.youtube.com", "mock.lab", "MOCK.lab:80"]
)  # fmt: skip
def test_own_names_are_answered(app: Flask, host: str) -> None:
    assert app.test_client().get("/api/v1/last", headers={"Host": host}).status_code != 403


def test_a_mock_for_other_machines_answers_to_addresses_in_digits() -> None:
    """Which nobody can lead elsewhere; a name must be given."""
    names = Names(["lab"], bound="0.0.0.0")
    assert names.hold("192.168.1.5:8000")
    assert names.hold("lab")
    assert not names.hold("evil.example")
    assert not Names(bound="127.0.0.1").hold("192.168.1.5")
