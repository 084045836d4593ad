"""What a puppet does beside watching on the site for phones: the site knows it, or why not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.contract.layout import RunDir
from collector.evidence import EvidenceStore
from collector.store import Store
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

#: What the cookie PREF holds of who has turned autoplay off.
_OFF = "f5=30000"
TOKEN = "a-token-of-a-test"
SCENARIO = {
    "name": "acts",
    "seed": 5,
    "persona": "marie-us",
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "accept"}],
    "arms": {
        "one": {
            "steps": [
                {"visit": "home"}, {"not_interested": {"rank": 2}},
                {"dont_recommend_channel": {"rank": 2}},
                {"visit": "/watch?v=dQw4w9WgXcQ"}, {"like": True}, {"dislike": True},
                {"autoplay": "off"}, {"visit": "/watch?v=dQw4w9WgXcQ"},
                {"dislike": False}, {"autoplay": "on"}, {"visit": "/watch?v=dQw4w9WgXcQ"},
            ],
        }
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(MockConfig(seed=7, truth_token=TOKEN, clock="0.000001"), demo=False) as found:
        yield found


def told(html: str) -> tuple[bool, bool]:
    """Whether the page says of this viewer: liked, disliked."""
    liked, disliked = (
        re.search(rf"<{name}-button-view-model\b.*?aria-pressed=\"(\w+)\"", html, re.DOTALL)
        for name in ("like", "dislike")
    )
    assert liked
    assert disliked
    return liked[1] == "true", disliked[1] == "true"


@pytest.fixture
def switches(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether autoplay was on for who asked for a watch page, one after the other."""
    found: list[bool] = []
    site = server.app.wsgi_app

    def asked(environ: Any, start: Any) -> Any:
        if environ["PATH_INFO"] == "/watch":
            found.append(_OFF not in unquote(environ.get("HTTP_COOKIE", "")))
        return site(environ, start)

    monkeypatch.setattr(server.app, "wsgi_app", asked)
    return found


@pytest.mark.parametrize("driver", [pytest.param("chromium", marks=pytest.mark.browser), "http"])
def test_a_puppet_dislikes_and_turns_autoplay_off_and_on(
    server: Server,
    switches: list[bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    driver: str,
) -> None:
    """The next page knows it. The mock's cards for phones have no menu, and both drivers say so."""
    monkeypatch.setenv("TWINWATCH_TRUTH_TOKEN", TOKEN)
    file, out = tmp_path / "acts.yaml", RunDir(tmp_path / "run")
    file.write_text(json.dumps(SCENARIO))
    done = CliRunner().invoke(
        main,
        ["run", str(file), "--site", server.site("m.youtube"), "--submit-to", "none",
         "--speed", "max", "--driver", driver, "--out", str(out.root)],
    )  # fmt: skip
    assert done.exit_code == 1, done.output  # two steps cannot be done
    with Store(out.store, readonly=True) as store:
        steps = [(row["kind"], row["outcome"], row["detail"]) for row in store.steps()][2:]
        evidence = EvidenceStore(out.evidence)
        pages = [evidence.get(c.content_hash) for c in store.captures() if "/watch" in c.url]
    refused = [(kind, why) for kind, outcome, why in steps if outcome != "done"]
    assert [kind for kind, _ in refused] == ["not_interested", "dont_recommend_channel"]
    assert all(re.fullmatch(r"the card at rank \d+ has no menu", why) for _, why in refused)
    assert switches == [True, False, True]
    assert [told(page) for page in pages] == [(False, False), (False, True), (False, False)]
