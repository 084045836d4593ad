"""How a puppet's browser is to be: declared once, travelling whole from the click to the browser.

Protects the rule that an option stands in one place. ``collector run`` makes a
:class:`BrowserOptions` of what it was told; run, job and browser hand it on as it is, so that a new
option is a field here, an option of the command, and the place that heeds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from collector.browser.limits import PAGES, RECORDED_BYTES, SOFT_MB, Limits
from collector.egress import Egress, egress_of


@dataclass(frozen=True, slots=True)
class BrowserOptions:
    """What a run can be told about its browsers; the defaults are the command's own.

    >>> BrowserOptions(headed=True).asked()
    ('--headed',)
    """

    headed: bool = False
    """Show the browser's window."""
    tracing: str = "off"
    """``off``, ``on`` or ``retain-on-failure``; so is ``video``."""
    video: str = "off"
    screenshot: str = "off"
    """``off``, ``on`` or ``only-on-failure``: of the page that the session ends on."""
    record: str = "off"
    """``off``, ``har`` or ``trace``: what is kept of what the browser receives."""
    record_limit: int = RECORDED_BYTES
    """Bytes of answers that the recording of one step may hold."""
    page_budget: int = PAGES
    """Page loads after which the browser is replaced by a fresh one on the same profile."""
    memory_mb: int = SOFT_MB
    """Memory of the browser above which it is replaced; at three times as much it is ended."""
    proxy: Egress | None = None
    """By which way puppets reach the site whose arm and persona name none of their own."""
    ca: Path | None = None
    """A PEM file of authorities that have signed the site's certificate."""

    @classmethod
    def split(cls, given: Mapping[str, Any]) -> tuple[Self, dict[str, Any]]:
        """The options among ``given``, and what is left of it."""
        names = {each.name for each in fields(cls)}
        own = {name: value for name, value in given.items() if name in names}
        return cls(**own), {name: value for name, value in given.items() if name not in names}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; options that are newer than some manifests only where they are given."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        proxy, ca = found.pop("proxy"), found.pop("ca")
        if proxy is not None:
            found["proxy"] = proxy.to_dict()
        if ca is not None:
            found["ca"] = str(ca.resolve())
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Options as :meth:`to_dict` wrote them. Raises TypeError for others."""
        told = {**data, "proxy": egress_of(data.get("proxy"))}
        told["ca"] = Path(data["ca"]) if data.get("ca") else None
        return cls(**told)

    def asked(self) -> tuple[str, ...]:
        """The options given that need a browser with a window or files on this machine."""
        given = {
            "--headed": self.headed,
            "--tracing": self.tracing != "off",
            "--video": self.video != "off",
            "--screenshot": self.screenshot != "off",
            "--record": self.record != "off",
        }
        return tuple(name for name, on in given.items() if on)

    @property
    def keeps_traffic(self) -> bool:
        """Something is kept of the browser in which its own words to a proxy stand."""
        return self.tracing != "off" or self.record == "trace"

    @property
    def limits(self) -> Limits:
        """When the browser is worn, and when it is ended."""
        return Limits(self.page_budget, self.memory_mb, 3 * self.memory_mb)
