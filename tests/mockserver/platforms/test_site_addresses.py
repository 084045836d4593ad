"""A mock on ::1, or behind TLS with an authority of one's own, is a site like any other."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from proxy_tools import proxy, tls_before
from rich.console import Console

from collector.browser.authorities import certutil, home_with
from collector.browser.driver import driver
from collector.browser.errors import NavigationFailed
from collector.browser.puppet import open_puppet
from collector.certificates import CertificateRefused, fingerprints, public_key
from collector.cli import main
from collector.common.errors import UserError
from collector.contract.options import RunOptions
from collector.contract.places import Place
from collector.egress import Egress, EgressRefused
from collector.liveness import answers
from collector.mock.served import fresh_life, is_our_mock, met
from collector.profile import persona_from
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import PlainDisplay
from collector.testing import ScenarioRun
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

trustme = pytest.importorskip("trustme", reason="makes the certificates of these tests")

DRIVERS = ["http", pytest.param("chromium", marks=pytest.mark.browser)]
SCENARIO = {
    "name": "site",
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
    "arms": {
        "only": {"steps": [{"search": "street food"}, {"follow": {"rank": 99}}, {"visit": "home"}]}
    },
}


def refuse(question: str) -> bool:
    raise AssertionError(question)


def run(out: Path, **options: Any) -> ScenarioRun:
    token = options.pop("truth_token", "")
    return ScenarioRun(
        run_scenario(
            parse_scenario(SCENARIO),
            RunOptions.of(out=out, **{"submit_to": "none", **options}),
            display=PlainDisplay(Console(stderr=True)),
            confirm=refuse,
            truth_token=token,
        )
    )


def outcomes(run: ScenarioRun) -> list[tuple[str, str]]:
    return [(row["outcome"], row["detail"]) for row in run.store.steps()]


@pytest.fixture(scope="module")
def old_and_new() -> Iterator[Server]:
    """A mock on ::1 alone."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    with serving(MockConfig(seed=1), host="::1") as server:
        yield server


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_mock_on_ipv6_is_alive(old_and_new: Server, tmp_path: Path, driver: str) -> None:
    """A follow that finds nothing is a failed step there too, and the session goes on."""
    port = old_and_new.url.rpartition(":")[2]
    found = run(tmp_path / "run", driver=driver, site=f"http://youtube.localhost:{port}")
    (state,) = found.store.rows("SELECT state FROM sessions")
    assert state["state"] == "done"
    told = outcomes(found)
    assert [outcome for outcome, _ in told] == ["done", "done", "done", "failed", "done"]
    assert "no item of rank 99" in told[3][1]


class Secured:
    """The mock of these tests behind TLS, and the authority's file."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.authority = trustme.CA()
        self.other = trustme.CA()
        self.ca, self.wrong = folder / "ca.pem", folder / "other.pem"
        self.authority.cert_pem.write_to_path(str(self.ca))
        self.other.cert_pem.write_to_path(str(self.wrong))
        self.leaf = self.authority.issue_cert(*names)
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.leaf.configure_cert(self.tls)
        self.site = ""


@pytest.fixture(scope="module")
def secured(mock_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    names = ("youtube.localhost", "localhost", "127.0.0.1")
    about = Secured(tmp_path_factory.mktemp("ca"), *names)
    with tls_before(("127.0.0.1", int(mock_server.url.rpartition(":")[2])), about.tls) as port:
        about.site = f"https://youtube.localhost:{port}"
        yield about


@pytest.mark.parametrize(
    "driver", ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]
)
def test_a_site_with_an_authority_of_ones_own(
    secured: Secured, tmp_path: Path, driver: str
) -> None:
    found = run(tmp_path / "run", driver=driver, site=secured.site, ca=secured.ca)
    (state,) = found.store.rows("SELECT state FROM sessions")
    assert state["state"] == "done"
    assert [outcome for outcome, _ in outcomes(found)] == ["done", "done", "done", "failed", "done"]


@pytest.mark.parametrize(
    "driver", ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]
)
def test_a_mock_behind_tls_proves_that_it_is_one(
    mock_server: Server, tmp_path: Path, driver: str
) -> None:
    """Its certificate is of the site's name alone, as a reverse proxy before a mock has it: its
    truth log is kept, what it remembers is asked, its clock is moved."""
    about = Secured(tmp_path, "youtube.localhost")
    port = int(mock_server.url.rpartition(":")[2])
    with tls_before(("127.0.0.1", port), about.tls) as secure:
        found = run(
            tmp_path / "run", driver=driver, site=f"https://youtube.localhost:{secure}",
            ca=about.ca, speed="max", truth_token=mock_server.truth_token,
        )  # fmt: skip
    assert [outcome for outcome, _ in outcomes(found)] == ["done", "done", "done", "failed", "done"]
    (kept,) = found.store.rows("SELECT count(*) AS n FROM truth_impressions")
    assert kept["n"] > 0
    assert not list(found.store.rows("SELECT * FROM events WHERE kind = 'memory'"))


def test_who_proves_to_be_a_mock_behind_tls(
    secured: Secured, mock_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To him who knows its authority, by a file or by this machine's own; to nobody else."""
    place, token = Place(secured.site, on_loopback=True), mock_server.truth_token
    met_there = met(place, token, secured.ca)
    assert met_there.is_mock
    assert is_our_mock(secured.site, token, secured.ca)
    assert fresh_life(met_there.greeted, [["nobody"]], secured.ca) == 0
    assert not is_our_mock(secured.site, token, secured.wrong)
    with pytest.raises(UserError, match="certificate") as refused:
        met(place, token)
    assert "--ca" in (refused.value.fix or "")
    assert not met(place).greeted, "without a token it is a site as any other"
    monkeypatch.setenv("SSL_CERT_FILE", str(secured.ca))
    assert met(place, token).is_mock


@pytest.mark.slow
def test_evidence_goes_to_an_api_with_an_authority_of_ones_own(
    secured: Secured, tmp_path: Path
) -> None:
    api = secured.site.replace("youtube.localhost", "localhost") + "/yttrex/api"
    found = run(tmp_path / "run", driver="http", site=secured.site, ca=secured.ca, submit_to=api)
    assert found.result.submitted is not None
    assert (found.result.submitted.left, found.result.submitted.failed) == (0, 0)
    assert found.result.submitted.sent > 0
    # Without it nothing is taken, and all of it waits.
    out = run(tmp_path / "later", driver="http", site=secured.site, ca=secured.ca).result.out.root
    asked = ["submit", str(out), "--submit-to", api]
    alone = CliRunner().invoke(main, asked)
    assert alone.exit_code == 1
    assert "certificate" in alone.output
    assert "--ca" in alone.output
    trusting = CliRunner().invoke(main, [*asked, "--ca", str(secured.ca)])
    assert trusting.exit_code == 0, trusting.output
    none = tmp_path / "none.pem"
    none.write_text("nothing", encoding="utf-8")
    refused = CliRunner().invoke(main, [*asked, "--ca", str(none)])
    assert (refused.exit_code, "holds no certificate" in refused.output) == (2, True)


@pytest.mark.browser
@pytest.mark.slow  # plain proxies: tests/collector/drivers/test_egress_run.py
def test_through_a_proxy_behind_tls_too(secured: Secured, tmp_path: Path) -> None:
    with proxy(tls=secured.tls) as way:
        found = run(
            tmp_path / "run", driver="chromium", site=secured.site, ca=secured.ca,
            proxy=Egress.of({"server": f"https://localhost:{way.port}", "check": "none"}),
        )  # fmt: skip
    assert [outcome for outcome, _ in outcomes(found)] == ["done", "done", "done", "failed", "done"]
    assert {one.partition(" ")[0] for one in way.asked} >= {"CONNECT"}


@pytest.mark.slow
@pytest.mark.browser
def test_without_the_authority_the_certificate_is_named(secured: Secured, tmp_path: Path) -> None:
    """The site lives: the session is not contaminated, its steps say what is wrong."""
    found = run(tmp_path / "run", driver="chromium", site=secured.site)
    (session,) = found.store.rows("SELECT state FROM sessions")
    assert session["state"] != "contaminated"
    outcome, detail = outcomes(found)[0]
    assert outcome == "missing"
    assert "ERR_CERT_AUTHORITY_INVALID" in detail
    assert "--ca" in detail


@pytest.mark.browser
@pytest.mark.skipif(certutil() is None, reason="needs certutil (Debian: libnss3-tools)")
def test_an_authority_is_trusted_for_every_host_that_it_signed(
    secured: Secured, mock_server: Server, tmp_path: Path
) -> None:
    """No key is named to the browser here. Who signed another site is not trusted for it."""
    foreign = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secured.other.issue_cert("youtube.localhost", "localhost").configure_cert(foreign)
    plain = ("127.0.0.1", int(mock_server.url.rpartition(":")[2]))
    own = os.environ["HOME"]
    with (
        tls_before(plain, foreign) as port,
        driver() as playwright,
        open_puppet(
            state_dir=tmp_path / "state", persona=persona_from({}), isolated=True,
            site_hosts=("youtube.localhost",), ca=secured.ca, playwright=playwright,
        ) as puppet,
    ):  # fmt: skip
        for host in ("youtube.localhost", "localhost", "127.0.0.1"):
            puppet.goto(f"https://{host}:{secured.site.rpartition(':')[2]}/")
        with pytest.raises(NavigationFailed, match="ERR_CERT_AUTHORITY_INVALID"):
            puppet.goto(f"https://localhost:{port}/")
    assert os.environ["HOME"] == own


def test_without_certutil_no_home_is_made(
    secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not home_with(secured.ca, tmp_path / "home")
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(certutil() is None, reason="needs certutil (Debian: libnss3-tools)")
def test_a_file_without_an_authority_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    with pytest.raises(CertificateRefused, match="holds no certificate"):
        home_with(tmp_path / "ca.pem", tmp_path / "home")


def test_a_site_that_another_authority_signed_is_refused(secured: Secured) -> None:
    with pytest.raises(CertificateRefused, match="has signed"):
        fingerprints(secured.wrong, [secured.site])


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_does_not_let_in_is_no_certificates_fault(
    secured: Secured, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same certificate is fine with the right password."""
    with proxy(socks=scheme == "socks5", login="auditor:right") as way:
        egress = Egress.of(
            {"server": f"{scheme}://127.0.0.1:{way.port}", "credentials": "EGRESS_LOGIN"}
        )
        monkeypatch.setenv("EGRESS_LOGIN", "auditor:wrong")
        with pytest.raises(EgressRefused, match="did not lead to") as refused:
            fingerprints(secured.ca, [secured.site], egress)
        assert "proxy.credentials" in (refused.value.fix or "")
        monkeypatch.setenv("EGRESS_LOGIN", "auditor:right")
        assert fingerprints(secured.ca, [secured.site], egress)


def test_the_fingerprint_is_that_of_the_public_key(secured: Secured) -> None:
    """The same as the library that made the certificate says."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    made = x509.load_pem_x509_certificate(secured.leaf.cert_chain_pems[0].bytes())
    key = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert public_key(made.public_bytes(Encoding.DER)) == key
    expected = base64.b64encode(hashlib.sha256(key).digest()).decode()
    assert fingerprints(secured.ca, [secured.site]) == (expected,)


@pytest.mark.parametrize("data", [b"", b"0", b"not a certificate"])
def test_what_is_no_certificate_is_said(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        public_key(data)


def test_liveness_is_asked_of_the_site_itself(secured: Secured, old_and_new: Server) -> None:
    port = int(old_and_new.url.rpartition(":")[2])
    assert answers(secured.site)
    assert answers(f"http://youtube.localhost:{port}")
    assert answers(f"http://[::1]:{port}")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    assert not answers(f"http://youtube.localhost:{nobody}")
