"""What a page that stands is and shows, as the steps of a session ask it: read from its HTML.

Protects the rule that a step is decided by what filing the page would put on record.
"""

from __future__ import annotations

from collector.common.model import Observation, PageStatus, RawPage
from collector.platforms.registry import PlatformSpec
from collector.scrub.secret import MARK


class Reader:
    """Reads the pages of one session.

    :param spec: the platform whose pages they are.
    """

    def __init__(self, spec: PlatformSpec) -> None:
        self.spec = spec
        self._on_record: tuple[RawPage, Observation] | None = None
        """The page that was filed last, and what was read from its evidence."""

    def status(self, raw: RawPage) -> PageStatus:
        """What came back, before anything else of it is read."""
        return self.spec.status_of(raw.html, raw.url)

    def read(self, raw: RawPage) -> Observation:
        """A page as filing it would read it, with nothing taken out."""
        return self.spec.read(
            raw.html, raw.url, client_time=raw.client_time, languages=raw.languages,
            answers=raw.answers,
        )  # fmt: skip

    def filed(self, raw: RawPage, observation: Observation) -> None:
        """A page went on record, and ``observation`` is what was read from its evidence."""
        self._on_record = (raw, observation)

    def shown(self, raw: RawPage) -> Observation:
        """A page for what it lists: from the record where this very page was filed last and
        nothing of the viewer had to be taken out of its items, whose ages are of that moment."""
        if self._on_record is not None:
            before, observation = self._on_record
            same = (raw.html, raw.url, raw.languages) == (before.html, before.url, before.languages)
            if same and MARK not in repr(observation.impressions):
                return observation
        return self.read(raw)
