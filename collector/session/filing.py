"""From the page in the browser to evidence, capture row, outbox row and observation.

Protects three rules: nothing is stored before the viewer is scrubbed out of it; the status is
judged before anything is read; a capture and its place in the outbox are one transaction, so that a
kill at any moment loses and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from collector.common.identity import utf16_length
from collector.common.model import Answer, Capture, Observation, PageStatus, RawPage
from collector.evidence import EvidenceStore, kept_answers
from collector.platforms.registry import PlatformSpec
from collector.scrub import scrub_together
from collector.store import Store
from collector.submit import Outbox
from collector.submit.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Filed:
    """A capture that is on record, and what was read from it."""

    capture: Capture
    observation: Observation

    @property
    def status(self) -> PageStatus:
        """What the page was when it was filed."""
        return self.capture.status


class Filing:
    """Files the captures of one session, in order."""

    def __init__(
        self,
        store: Store,
        evidence: EvidenceStore,
        *,
        spec: PlatformSpec,
        run: str,
        puppet: str,
        session: str,
        public_key: str,
        target: str,
        research_tag: str | None,
        experiment_id: str | None,
        versions: Mapping[str, str],
        on_filed: Callable[[Filed], None] = lambda filed: None,
    ) -> None:
        """``on_filed`` hears of every capture as soon as it is on record.

        :param spec: the platform whose pages are filed.
        """
        self.spec = spec
        self.dialect: Dialect | None = spec.load("dialect")
        self.store = store
        self.evidence = evidence
        self.outbox = Outbox(store.db)
        self.run = run
        self.puppet = puppet
        self.session = session
        self.public_key = public_key
        self.target = target
        self.research_tag = research_tag
        self.experiment_id = experiment_id
        self.versions = versions
        self.on_filed = on_filed
        self.filed = 0
        self._loads = 0
        self._load: tuple[str | None, str] | None = None

    def go_on(self) -> None:
        """The session was begun by an earlier process: number on from what it filed."""
        for capture in self.store.captures(session=self.session):
            self.filed = capture.seq + 1
            self._loads = max(self._loads, int(capture.page_uuid.rpartition("/")[2]))
            if self.store.observation(capture.id) is None:
                html = self.evidence.get(capture.content_hash)
                read = self.spec.read(
                    html,
                    capture.url,
                    client_time=capture.client_time,
                    languages=capture.languages,
                    answers=kept_answers(self.store, self.evidence, capture.id),
                )
                self.store.add_observation(capture.id, replace(read, status=capture.status))

    def new_load(self) -> None:
        """The puppet has gone somewhere: what comes next is another page load."""
        self._load = None

    def file(
        self,
        raw: RawPage,
        step: int,
        *,
        known: Sequence[str] = (),
        settled: bool = True,
        also: Callable[[Capture, str], None] | None = None,
    ) -> Filed:
        """Put a page on record.

        :param known: values that identify the viewer, such as the browser's cookies.
        :param settled: False when the page never came to rest: it is no data then, whatever it
            looks like.
        :param also: told the capture and its scrubbed HTML in the transaction that files them.
        """
        html, url, answers = _scrubbed(raw, known)
        # Packing and the disk take no time of this thread's while the page is read.
        with ThreadPoolExecutor(1, "evidence") as beside:
            kept = beside.submit(self.evidence.put, html)
            named = [(one.path, beside.submit(self.evidence.put, one.text)) for one in answers]
            observation = self.spec.read(
                html, url, client_time=raw.client_time, languages=raw.languages, answers=answers
            )
        content_hash = kept.result()
        answered = [(path, put.result()) for path, put in named]
        # Only reading a page finds cards of unknown kinds, or that there is no list after all.
        status = observation.status
        if not settled and status is PageStatus.OK:
            status = PageStatus.UNKNOWN
            observation = replace(observation, status=status)
        capture = Capture(
            id=f"{self.session}-{self.filed:04d}",
            run=self.run,
            puppet=self.puppet,
            session=self.session,
            step=step,
            seq=self.filed,
            page_uuid=self._page_uuid(raw),
            platform=self.spec.platform,
            url=url,
            kind=self.spec.kind_of(url),
            status=status,
            content_hash=content_hash,
            size=utf16_length(html),
            client_time=raw.client_time,
            saved_time=raw.saved_time,
            viewport=raw.viewport,
            languages=raw.languages,
            event=raw.event,
            versions=self.versions,
        )
        parts = self._parts(capture, html)  # before anybody has to wait for the store
        with self.store.transaction():
            self.store.add_capture(capture)
            self.store.add_answers(capture.id, answered)
            self.outbox.enqueue_parts(
                capture,
                parts,
                target=self.target,
                public_key=self.public_key,
                research_tag=self.research_tag,
            )
            if also is not None:
                also(capture, html)
        self.filed += 1
        self.store.add_observation(capture.id, observation)
        filed = Filed(capture, observation)
        self.on_filed(filed)
        return filed

    def _parts(self, capture: Capture, html: str) -> list[dict[str, Any]]:
        """What is queued of a capture; nothing, where its platform has no API to send it to."""
        if self.dialect is None:
            return []
        return self.outbox.parts(
            capture,
            target=self.target,
            dialect=self.dialect,
            html_of=lambda: html,
            research_tag=self.research_tag,
            experiment_id=self.experiment_id,
        )

    def _page_uuid(self, raw: RawPage) -> str:
        load = (raw.event, raw.url)
        if load != self._load:
            self._load = load
            self._loads += 1
        return f"{self.run}/{self.session}/{self._loads}"


def _scrubbed(raw: RawPage, known: Sequence[str]) -> tuple[str, str, tuple[Answer, ...]]:
    """The page, its address and its answers without their viewer: what one of them says of the
    viewer is taken out of all."""
    told = [raw.html, *(answer.text for answer in raw.answers)]
    named = [raw.url, *(answer.path for answer in raw.answers)]
    clean = scrub_together(told, known, mute=named)
    (html, *texts), (url, *paths) = clean[: len(told)], clean[len(told) :]
    return html, url, tuple(Answer(*pair) for pair in zip(paths, texts, strict=True))
