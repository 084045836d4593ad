"""What a simulated session leaves, as rows: captures without evidence, receipts.

Protects the rule that a data set has the tables of a run. It stands where a session has its filing
and its store, and answers what steps ask of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.common.model import Observation, PageStatus, Receipt
from collector.datasets.clock import Clock
from collector.datasets.records import Enough, Session
from collector.datasets.site import Page, Reader
from collector.platforms.registry import PlatformSpec
from collector.scenario.planned import PlannedSession
from collector.store.rows import from_receipt, packed


@dataclass(frozen=True, slots=True)
class Filed:
    """A page that is on record."""

    status: PageStatus
    observation: Observation


@dataclass(frozen=True, slots=True)
class _Captured:
    url: str


class RowFiling:
    """Files the captures of one session, in order.

    :param labels: topic by item id, for steps that follow a topic.
    :param had: addresses of the pages that the puppet has on record; grows.
    :param most: end at the page on which so many impressions are reached.
    """

    def __init__(
        self,
        spec: PlatformSpec,
        made: Session,
        clock: Clock,
        *,
        run: str,
        planned: PlannedSession,
        reader: Reader,
        labels: Mapping[str, str],
        had: dict[str, None],
        most: int | None,
    ) -> None:
        self.spec, self.made, self.clock, self.run = spec, made, clock, run
        self.planned, self.puppet, self.session = planned, planned.puppet, planned.id
        self._reader, self._labels, self._had, self._most = reader, labels, had, most
        self._filed = 0
        #: Stand in every capture of the session.
        self._languages = packed([planned.persona.locale])
        self._versions = packed({"parser": spec.parser})

    # ---- pages

    def new_load(self) -> None:
        """A page knows itself which load it is."""

    def file(
        self,
        page: Page,
        step: int,
        *,
        known: Sequence[str] = (),
        settled: bool = True,
        also: Callable[[Any, str], None] | None = None,
    ) -> Filed:
        """A capture, its observation and its impressions.

        :raises Enough: with this page there are as many rows as were asked for.
        """
        persona, made, ok = self.planned.persona, self.made, page.status == "ok"
        name, time = f"{self.session}-{self._filed:04d}", self.clock.written()
        items = page.enter(made, name)
        shown = "\n".join(items)
        made.add(
            "captures",
            id=name,
            run=self.run,
            puppet=self.puppet,
            session=self.session,
            step=step,
            seq=self._filed,
            page_uuid=f"{self.run}/{self.session}/{page.number}",
            platform=self.spec.name,
            url=page.url,
            kind=str(page.kind),
            status=str(page.status),
            # There is no HTML: the hash is that of what was shown, and the length is none.
            content_hash=hashlib.sha256(f"{page.url}\n{page.status}\n{shown}".encode()).hexdigest(),
            size=0,
            client_time=time,
            saved_time=time,
            viewport_width=persona.viewport[0],
            viewport_height=persona.viewport[1],
            languages=self._languages,
            event=page.event,
            versions=self._versions,
        )
        made.add(
            "observations",
            capture=name,
            parser=self.spec.parser,
            platform=self.spec.name,
            kind=str(page.kind),
            status=str(page.status),
            url=page.url,
            lang=page.lang if ok else None,
            login=page.login if ok else None,
            fields=packed(dict(page.fields)) if ok else "{}",
            impressions=len(items),
            unparsed=0,
        )
        self._filed += 1
        made.rows += len(items) if page.counted is None else page.counted
        self._had[page.url] = None
        if self._most is not None and made.rows >= self._most:
            raise Enough
        return Filed(page.status, self._reader.read(page))

    # ---- what a store takes and answers

    def add_receipt(self, session: str, step: int, receipt: Receipt) -> None:
        """Add the receipt of a watch to the session's rows."""
        self.made.add("receipts", **from_receipt(session, step, receipt))

    def labels_of(self, items: Collection[str]) -> dict[str, tuple[str, str]]:
        """Return item id → its label and an empty source; an item without a label is left out."""
        labels = self._labels
        return {item: (labels[item], "") for item in items if item in labels}

    def captures(self, *, puppet: str) -> Iterator[_Captured]:
        """The addresses of the puppet's pages, of earlier sessions too."""
        return map(_Captured, self._had)

    def timelines_of(self, session: str) -> int:
        """A session is simulated from its beginning."""
        return 0
