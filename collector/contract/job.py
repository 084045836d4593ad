"""What one session's process is told, as JSON on its standard input.

A job says everything: the process reads no configuration of its own, so the same job does the same
thing on any machine. Only the puppet's secret key is not in it; it lies in the profile's folder.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from collector.browser.limits import PAGES, SOFT_MB
from collector.recording.options import LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes in the browser.

    ``virtual``: the page's clock is moved by the puppet, on the mock only. ``factor``: that many
    page seconds a real second; ``None`` with ``virtual``: as fast as the machine can.
    """

    virtual: bool = False
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class SessionJob:
    """One planned session and all that is needed to carry it out."""

    run: str
    out: Path
    session: str
    """Id of the session in ``plan.json`` of ``out``."""
    puppet: str
    site: str
    """Origin of the site, without a slash."""
    on_loopback: bool
    """The site is on this machine, so a mock: nothing but loopback resolves, and the visitor cookie
    is set by the plan."""
    pace: Pace = Pace()
    tells_clock: bool = False
    """Every request says the page's virtual time: the mock holds truths that depend on time."""
    begins: str | None = None
    """When the session is planned to start (ISO, UTC), where it is not at once. On a virtual clock
    the page's time begins there."""
    driver: str = "chromium"
    """What opens the puppet: one of ``collector.drivers.base.DRIVERS``."""
    headed: bool = False
    submit_to: str = "none"
    """Under which target captures are queued; sending is the supervisor's business."""
    research_tag: str | None = None
    experiment_id: str | None = None
    politeness_s: float = 0.0
    """Least real seconds between two page loads."""
    spacing_s: float = 0.0
    """Least seconds between two searches of the puppet, on its own clock."""
    lease_s: float = 60.0
    """How long the session stays its worker's without a sign of life."""
    page_timeout_s: float = 30.0
    tracing: str = "off"
    """``off``, ``on`` or ``retain-on-failure``; so is ``video``."""
    video: str = "off"
    screenshot: str = "off"
    """``off``, ``on`` or ``only-on-failure``: of the page that the session ends on."""
    record: str = "off"
    """``off``, ``har`` or ``trace``: what is kept of what the browser receives."""
    record_limit: int = LIMIT_BYTES
    """Bytes of answers that the recording of one step may hold."""
    replay: str | None = None
    """Folder of the recording that answers in place of the network."""
    snapshot: str | None = None
    """File of the snapshot that a replayed session begins from."""
    truth_api: str = ""
    truth_token: str = ""
    """Where and how the mock that is browsed is asked what it remembers; empty: it is no mock."""
    page_budget: int = PAGES
    """Page loads after which the browser is replaced by a fresh one on the same profile."""
    memory_mb: int = SOFT_MB
    """Memory of the browser above which it is replaced; at three times as much it is ended."""

    def to_json(self) -> str:
        found = asdict(self)
        found["out"] = str(self.out)
        return json.dumps(found, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        found: dict[str, Any] = json.loads(text)
        found["out"] = Path(found["out"])
        found["pace"] = Pace(**found["pace"])
        return cls(**found)
