"""A run on a site that asks before it goes on: answered, waited for, or the reason."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from proxy_tools import proxy
from rich.console import Console

from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import PlainDisplay
from collector.testing import ScenarioRun
from mockserver.serve import Server

Rules = Callable[[str, str], str]

pytestmark = pytest.mark.browser


STILL = """<script>(() => { let done = 0; setInterval(() => {
const v = document.querySelector('ytd-watch-flexy:not([hidden]) video');
if (!v || done || document.querySelector('.ad-showing') || v.currentTime < 6) return;
done = 1; v.pause(); const d = document.createElement('div');
d.innerHTML = `<ytd-popup-container><tp-yt-paper-dialog role="dialog" style="display:block;
position:fixed;z-index:9999;left:30%;top:40%;background:#fff;padding:20px">
<yt-confirm-dialog-renderer dialog="true" style="display:block"><div id="main">
<yt-formatted-string class="line-text">Video paused. Continue watching?</yt-formatted-string></div>
<div class="buttons"><yt-button-renderer id="confirm-button"><button aria-label="Yes">Yes</button>
</yt-button-renderer></div></yt-confirm-dialog-renderer></tp-yt-paper-dialog>
<tp-yt-iron-overlay-backdrop opened style="position:fixed;inset:0;z-index:9998;
background:rgba(0,0,0,.6)"></tp-yt-iron-overlay-backdrop></ytd-popup-container>`;
document.body.append(d); d.querySelector('button').onclick = () => { d.remove(); v.play(); };
}, 200); })()</script>"""
BUMP = re.compile(r"<ytd-consent-bump-v2-lightbox.*?</ytd-consent-bump-v2-lightbox>", re.S)


def still(path: str, html: str) -> str:
    return html.replace("</body>", STILL + "</body>")


def unasked(path: str, html: str) -> str:
    return BUMP.sub("", html)


LATE = """<script>if (!document.cookie.includes('answered')) setTimeout(() => {
const box = document.createElement('div'); box.innerHTML = `<ytd-consent-bump-v2-lightbox
style="display:block;position:fixed;inset:0;z-index:99;background:#fff"><div class="eom-buttons">
<button>Reject all</button><button>Accept all</button></div></ytd-consent-bump-v2-lightbox>`;
for (const one of box.querySelectorAll('button')) one.onclick = () => {
document.cookie = 'answered=1'; box.remove(); };
document.body.append(box); }, 3000)</script>"""


def late(path: str, html: str) -> str:
    """The dialog is drawn three seconds after its page."""
    return html.replace("</body>", LATE + "</body>") if path == "/" else html


def refuse(question: str) -> bool:
    raise AssertionError(question)


def carry_out(
    out: Path,
    server: Server,
    rules: Rules,
    cookie: str = "",
    answers: dict[str, bytes] | None = None,
    *,
    about: dict[str, Any] | None = None,
    **told: Any,
) -> ScenarioRun:
    with proxy(page=rules, cookie=cookie, answers=answers or {}, **(about or {})) as way:
        told = {
            "name": "dialogs",
            "persona": {"proxy": f"http://127.0.0.1:{way.port}"},
            "before": [{"visit": "home"}, {"consent": "reject"}],
            "after": [{"visit": "home"}],
            **told,
        }
        result = run_scenario(
            parse_scenario(told),
            RunOptions(out=out, submit_to="none", speed="max"),
            display=PlainDisplay(Console(stderr=True)),
            confirm=refuse,
            mock=MockSite.of(server),
        )
    return ScenarioRun(result)


SIGN_IN = """<script>addEventListener('click', e => {
if (!e.target.closest('like-button-view-model')) return;
e.preventDefault(); e.stopImmediatePropagation();
const d = document.createElement('tp-yt-iron-dropdown'); d.style = 'display:block;position:fixed;' +
'left:40%;top:40%;z-index:9999;background:#fff';
d.innerHTML = `<ytd-modal-with-title-and-button-renderer style="display:block"><h3>Like this video?
</h3><p>Sign in to make your opinion count.</p><a href="https://accounts.google.com/ServiceLogin">
Sign in</a></ytd-modal-with-title-and-button-renderer>`;
document.body.append(d); addEventListener('keydown', k => { if (k.key === 'Escape') d.remove(); });
}, true)</script>"""


def signed_out(path: str, html: str) -> str:
    """Who is not signed in is asked to where a button wants to know who it is."""
    return html.replace("</body>", SIGN_IN + "</body>")


@pytest.mark.slow
def test_who_is_asked_to_sign_in_has_not_liked_and_goes_on(
    mock_server: Server, tmp_path: Path
) -> None:
    """The prompt drops down as a menu does; it is named, closed, and in no later step's way."""
    arms = {"only": {"steps": [
        {"search": "street food"}, {"follow": {"rank": 1}}, {"like": True}, {"follow": {"rank": 1}},
    ]}}  # fmt: skip
    run = carry_out(tmp_path / "run", mock_server, signed_out, arms=arms)
    steps = [(row["kind"], row["outcome"], row["detail"]) for row in run.store.steps()]
    assert [outcome for _, outcome, _ in steps] == [
        "done", "done", "done", "done", "failed", "done", "done",
    ]  # fmt: skip
    said = (
        "sign-in dialog 'Like this video? Sign in to make your opinion count. Sign in' was"
        " answered: decline"
    )
    assert steps[4][2] == f"the like button did not change: {said}"
    events = run.store.rows("SELECT message FROM events WHERE kind = 'dialog'")
    assert [row["message"] for row in events] == [said]


SEEN = {"only": {"steps": [{"search": "street food"}, {"follow": {"rank": 1}}, {"watch": "20s"},
                           {"follow": {"rank": 1}}, {"watch": "5s"}]}}  # fmt: skip


@pytest.mark.slow
def test_a_puppet_goes_on_watching_when_it_is_asked(mock_server: Server, tmp_path: Path) -> None:
    """Case 01: the question is answered, the watch is whole, and the event log says so."""
    run = carry_out(tmp_path / "run", mock_server, still, arms=SEEN)
    assert run.result.exit_code == 0
    receipts = [(r.status, r.watched_s) for _, _, r in run.receipts()]
    assert [status for status, _ in receipts] == ["complete", "complete"]
    assert receipts[0][1] == pytest.approx(20, abs=0.5)
    said = [row["message"] for row in run.store.rows("SELECT * FROM events WHERE kind = 'dialog'")]
    assert said == [
        "still-watching dialog 'Video paused. Continue watching? Yes' was answered: accept"
    ]


@pytest.mark.slow
def test_or_it_is_the_reason_why_the_watch_is_short(mock_server: Server, tmp_path: Path) -> None:
    policy = {"still-watching": "leave"}
    run = carry_out(tmp_path / "run", mock_server, still, arms=SEEN, dialogs=policy)
    steps = [(row["outcome"], row["detail"]) for row in run.store.steps()]
    outcome, detail = steps[4]
    assert outcome == "missing"
    assert re.match("watched 6 of 20 s: playback stopped: still-watching dialog", detail)
    outcome, detail = steps[5]
    assert outcome == "failed"
    assert "still-watching dialog" in detail


CONSENTED = "SOCS=CAESxx"


def invited(path: str, html: str) -> str:
    """A fresh visitor's home since 2023: no videos, an invitation to search."""
    if path != "/":
        return html
    first = html.find("<ytd-rich-item-renderer")
    last = html.rfind("</ytd-rich-item-renderer>") + len("</ytd-rich-item-renderer>")
    nudge = (
        "<ytd-rich-section-renderer><ytd-feed-nudge-renderer style='display:block'>"
        "<div id='title'>Try searching to get started</div></ytd-feed-nudge-renderer>"
        "</ytd-rich-section-renderer>"
    )
    return BUMP.sub("", html[:first] + nudge + html[last:])


@pytest.mark.slow
def test_a_home_without_videos_is_what_a_new_visitor_is_shown(
    mock_server: Server, tmp_path: Path
) -> None:
    """Case 07: data with no items, so that the untrained arm can be compared."""
    arms = {"only": {"steps": [{"visit": "home"}]}}
    run = carry_out(
        tmp_path / "run", mock_server, invited, CONSENTED, {"/youtubei/v1/browse": b"{}"},
        arms=arms, before=[], after=[],
    )  # fmt: skip
    assert run.result.exit_code == 0
    (page,) = run.observations()
    assert (page.status, page.fields["statusReason"], page.impressions) == ("ok", "new-visitor", ())


SHORT = {"only": {"steps": [{"search": "street food"}]}}


@pytest.mark.slow
def test_a_visitor_who_is_not_asked_for_consent(mock_server: Server, tmp_path: Path) -> None:
    """Case 05: a regular outcome, so the arms of a country design stay complete."""
    run = carry_out(tmp_path / "run", mock_server, unasked, CONSENTED, arms=SHORT)
    assert run.result.exit_code == 0
    (step,) = [row for row in run.store.steps() if row["kind"] == "consent"]
    assert (step["outcome"], step["detail"]) == (
        "done", "not asked (no consent dialog on this page)",
    )  # fmt: skip


def test_a_consent_dialog_that_comes_late_is_waited_for(
    mock_server: Server, tmp_path: Path
) -> None:
    """Its page stands already, and is filed; the step waits, and answers."""
    run = carry_out(tmp_path / "run", mock_server, late, CONSENTED, arms=SHORT)
    assert run.result.exit_code == 0
    visited, consent = list(run.store.steps())[:2]
    assert (visited["outcome"], visited["detail"]) == ("done", None)
    assert (consent["outcome"], consent["detail"]) == ("done", None)


class _ConsentHost(BaseHTTPRequestHandler):
    """The site asks on a host of its own, in German: two forms, and the way back."""

    chosen: list[str]

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        back = parse_qs(urlsplit(self.path).query)["continue"][0]
        forms = "".join(
            f'<form action="http://{self.headers["Host"]}/save" method="post">'
            f'<input type="hidden" name="continue" value="{back}">'
            f'<input type="hidden" name="set" value="{choice}"><button>{words}</button></form>'
            for choice, words in (("no", "Alle ablehnen"), ("yes", "Alle akzeptieren"))
        )
        body = f"<html lang=de><body><h1>Bevor Sie fortfahren</h1>{forms}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        told = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.chosen += told["set"]
        self.send_response(303)
        self.send_header("Set-Cookie", "ANSWERED=1; Domain=youtube.localhost; Path=/")
        self.send_header("Location", told["continue"][0])
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("choice", "sent"), [("reject", "no"), pytest.param("accept", "yes", marks=pytest.mark.slow)]
)
def test_consent_that_is_asked_on_its_own_host(
    mock_server: Server, tmp_path: Path, choice: str, sent: str
) -> None:
    """The site moves a new visitor to another host, and back when it has been answered."""
    chosen: list[str] = []
    host = "consent.youtube.localhost"
    asking = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Asking", (_ConsentHost,), {"chosen": chosen})
    )
    thread = threading.Thread(target=asking.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()

    def moved(address: str, cookies: str) -> str | None:
        parts = urlsplit(address)
        if parts.hostname == host or parts.path != "/" or "ANSWERED=1" in cookies:
            return None
        return f"http://{host}/m?continue={quote(address, safe='')}"

    about = {"moved": moved, "hosts": {host: ("127.0.0.1", asking.server_port)}}
    before = [{"visit": "home"}, {"consent": choice}]
    try:
        run = carry_out(
            tmp_path / "run", mock_server, unasked, CONSENTED, arms=SHORT, before=before,
            about=about,
        )  # fmt: skip
    finally:
        asking.shutdown()
        asking.server_close()
        thread.join()
    assert run.result.exit_code == 0
    assert chosen == [sent]
    steps = [(row["kind"], row["outcome"], row["detail"]) for row in run.store.steps()]
    assert steps[:2] == [
        ("visit", "done", "consent dialog, answered by the next step"),
        ("consent", "done", None),
    ]
    assert [page.status for page in run.observations()] == ["ok", "ok", "ok"]
