"""Where puppets may go, how fast, and who must have said so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collector.common.errors import UserError
from collector.contract.job import Pace
from collector.contract.places import (
    Place,
    is_loopback,
    pace_of,
    place_of,
    stays_here,
    target_of,
)
from collector.egress import Egress
from collector.problems import Fixable
from collector.scenario.reading import as_site
from collector.scenario.values import as_address


def never(question: str) -> bool:
    raise AssertionError(f"asked: {question}")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("youtube.localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost.example", False),
        ("www.youtube.com", False),
        ("10.0.0.1", False),
        (None, False),
    ],
)
def test_loopback_is_this_machine_alone(host: str | None, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_mock_and_loopback_need_no_confirmation() -> None:
    assert place_of(None, "mock", confirm=never).is_own_mock
    place = place_of("http://youtube.localhost:8000/", "mock", confirm=never)
    assert place == Place("http://youtube.localhost:8000", on_loopback=True)
    assert place.politeness_s == 0


def test_a_site_beyond_this_machine_must_be_named_on_the_command_line() -> None:
    with pytest.raises(UserError, match=r"--site https://www\.youtube\.com"):
        place_of(None, "https://www.youtube.com", confirm=never)


def test_a_site_beyond_this_machine_must_be_confirmed_and_is_visited_slowly() -> None:
    asked: list[str] = []

    def answer(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    with pytest.raises(UserError, match="not confirmed"):
        place_of("https://www.youtube.com", "mock", confirm=answer)
    place = place_of("https://www.youtube.com", "mock", confirm=answer)
    assert place.politeness_s == 5
    assert "https://www.youtube.com" in asked[0]


@pytest.mark.parametrize(
    "site", ["youtube.com", "ftp://x", "https://", "https://x/watch", "http://[x", "http://x:y"]
)
def test_what_is_no_site_is_refused(site: str) -> None:
    with pytest.raises(UserError, match="is not a site"):
        place_of(site, "mock", confirm=never)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "example.org", "[::1", "a b", "x:y"])
@pytest.mark.parametrize("user", ["bob:s3cret", ":s3cret", "s3cret", "a:b:s3cret", "bob:s3cret@x"])
def test_a_password_in_an_address_is_refused_and_not_repeated(host: str, user: str) -> None:
    """It would stand in plan, manifest, store and report; it does not stand in the error either."""
    address = f"http://{user}@{host}"
    refusals: list[Callable[[], object]] = [
        lambda: place_of(address, "mock", confirm=never),
        lambda: target_of(address),
        lambda: Egress.of(address),
        lambda: Egress.of(f"{user}@{host}"),
        lambda: Egress.of({"server": "http://127.0.0.1:9", "check": f"{address}/me"}),
        lambda: as_site(address),
        lambda: as_address(f"{address}/watch".replace(" ", "%20")),
    ]
    for refuse in refusals:
        with pytest.raises((UserError, Fixable)) as refused:
            refuse()
        assert "s3cret" not in f"{refused.value} {getattr(refused.value, 'fix', '')}"


def test_speed_is_for_the_own_mock_alone() -> None:
    mock = Place(None, on_loopback=True)
    assert pace_of(None, mock) == Pace()
    assert pace_of("max", mock) == Pace(virtual=True)
    assert pace_of("20", mock) == Pace(virtual=True, factor=20)
    assert pace_of("2.5x", mock) == Pace(virtual=True, factor=2.5)
    for elsewhere in (Place("http://127.0.0.1:1", True), Place("https://example.org", False)):
        with pytest.raises(UserError, match="bundled mock only"):
            pace_of("max", elsewhere)


@pytest.mark.parametrize("speed", ["fast", "0", "-3", "0.5", "nan", "inf", ""])
def test_what_is_no_speed_is_refused(speed: str) -> None:
    with pytest.raises(UserError, match="is not a speed"):
        pace_of(speed, Place(None, on_loopback=True))


def test_targets() -> None:
    assert target_of("mock") is None
    assert target_of("none") == "none"
    assert target_of("http://127.0.0.1:8000") == "http://127.0.0.1:8000/api"
    with pytest.raises(UserError):
        target_of("nonsense")


@pytest.mark.parametrize(
    ("named", "here"),
    [
        ("mock", True),
        ("none", True),
        ("http://127.0.0.1:8000", True),
        ("https://collector.example.org/api", False),
    ],
)
def test_only_evidence_that_stays_here_is_signed_with_keys_of_the_plan(
    named: str, here: bool
) -> None:
    assert stays_here(target_of(named)) is here


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("HTTP://YouTube.LocalHost:8000/", "http://youtube.localhost:8000"),
        ("http://youtube.localhost:08000", "http://youtube.localhost:8000"),
        ("http://youtube.localhost:80", "http://youtube.localhost"),
        ("https://youtube.localhost:443/", "https://youtube.localhost"),
        ("http://ＹouTube.localhost:8000", "http://youtube.localhost:8000"),
        ("http://youtube。localhost", "http://youtube.localhost"),
        ("http://bücher.localhost", "http://xn--bcher-kva.localhost"),
        ("http://straße.localhost", "http://xn--strae-oqa.localhost"),
        ("http://bu\u0308cher.localhost", "http://xn--bcher-kva.localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("http://a_b.localhost:1", "http://a_b.localhost:1"),
    ],
)
def test_a_site_is_named_as_browsers_name_it(written: str, origin: str) -> None:
    """An origin is compared with what requests carry; an API is asked at the same host."""
    assert place_of(written, "mock", confirm=never) == Place(origin, on_loopback=True)
    assert target_of(written) == f"{origin}/api"


@pytest.mark.parametrize(
    "host",
    ["", "a..b", ".localhost", f"{'a' * 64}.localhost", "a%41.localhost", "ab\u0378.localhost",
     "[::1%25eth0]", "[::g]", "a,b", "a'b", "xn--\u00fc.localhost", f"{'ab.' * 90}localhost"],
)  # fmt: skip
def test_a_host_that_no_network_knows_is_refused(host: str) -> None:
    for refuse in (lambda: place_of(f"http://{host}", "mock", confirm=never),
                   lambda: target_of(f"http://{host}")):  # fmt: skip
        with pytest.raises(UserError, match="is not"):
            refuse()


@pytest.mark.parametrize("site", ["", " ", "http://x.localhost?a=1", "http://x.localhost#a"])
def test_a_site_of_an_empty_variable_is_not_the_mock(site: str) -> None:
    with pytest.raises(UserError, match="is not a site"):
        place_of(site, "mock", confirm=never)
