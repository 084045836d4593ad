"""What one session's process is told, as JSON on its standard input.

A job says everything: the process reads no configuration of its own, so the same job does the same
thing on any machine. Only the puppet's secret key is not in it; it lies in the profile's folder.

``dataclasses.asdict`` writes it and the constructors read it: five fields are not plain JSON, each
one line in ``from_json``, which is less than a converter (cattrs) needs to be told about them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from collector.browser.options import BrowserOptions
from collector.labelpatterns import LabelPatterns
from collector.scenario.politeness import Politeness


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes in the browser.

    ``virtual``: the page's clock is moved by the puppet, on the mock only. ``factor``: that many
    page seconds a real second; ``None`` with ``virtual``: as fast as the machine can.
    """

    virtual: bool = False
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class Manners:
    """What a session owes the site besides the time between two page loads."""

    jitter_s: float = 0.0
    """At most so much more between two page loads."""
    quiet: str | None = None
    """Hours without page loads on the persona's clock: ``23:00-07:00``."""
    views_per_channel: int | None = None
    stop_on_bot_check: bool = False

    @classmethod
    def of(cls, asked: Politeness, *, stated: bool, beyond: bool) -> Self:
        """Those of a scenario.

        :param stated: the scenario says something of politeness.
        :param beyond: the site is not on this machine; there time is not waited for.
        """
        return cls(
            jitter_s=asked.jitter.total_seconds() if asked.jitter and beyond else 0.0,
            quiet=asked.quiet if beyond else None,
            views_per_channel=asked.views_per_channel,
            stop_on_bot_check=asked.bot_check == "stop" and (beyond or stated),
        )


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
    submit_to: str = "none"
    """Under which target captures are queued; sending is the supervisor's business."""
    research_tag: str | None = None
    experiment_id: str | None = None
    politeness_s: float = 0.0
    """Least real seconds between two page loads."""
    spacing_s: float = 0.0
    """Least seconds between two searches of the puppet, on its own clock."""
    manners: Manners = field(default_factory=Manners)
    """What else is polite."""
    lease_s: float = 60.0
    """How long the session stays its worker's without a sign of life."""
    page_timeout_s: float = 30.0
    browser: BrowserOptions = field(default_factory=BrowserOptions)
    signed_in: bool = False
    """The puppet has to be signed in at the site before its first step."""
    dialogs: Mapping[str, str] = field(default_factory=dict)
    """Kind of what lies over a page → what is answered, where it is not the usual."""
    replay: str | None = None
    """Folder of the recording that answers in place of the network."""
    snapshot: str | None = None
    """File of the snapshot that a replayed session begins from."""
    patterns: LabelPatterns = field(default_factory=LabelPatterns)
    """What labels items that no label of the run names."""
    truth_api: str = ""
    truth_token: str = ""
    """Where and how the mock that is browsed is asked what it remembers; empty: not a mock."""

    def to_json(self) -> str:
        """Return the job as one JSON text, for the process's standard input."""
        found = asdict(self)
        found["out"] = str(self.out)
        found["browser"] = self.browser.to_dict()
        return json.dumps(found, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a job as :meth:`to_json` writes it."""
        found: dict[str, Any] = json.loads(text)
        found["out"] = Path(found["out"])
        found["pace"] = Pace(**found["pace"])
        found["browser"] = BrowserOptions.from_dict(found["browser"])
        found["manners"] = Manners(**found["manners"])
        found["patterns"] = LabelPatterns.of(found.get("patterns", {}))
        return cls(**found)
