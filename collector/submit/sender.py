"""The loop that empties an outbox: make up a batch, sign it, post it, file the answer.

One process flushes an outbox at a time (the system releases its lock when the process dies, however
it dies), so an item found ``sending`` is left over from a dead flush and goes out again in its
batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx

from collector import posix
from collector.bounded import exchange
from collector.browser.reasons import explained
from collector.common.errors import UserError
from collector.common.identity import KeyPair, parse_iso
from collector.contract.targets import api_root
from collector.environment import refusals
from collector.files import open_private
from collector.submit.answers import Answer, ItemAnswer, Verdict
from collector.submit.dialect import Dialect
from collector.submit.outbox import Outbox
from collector.submit.retry import Clock, RetryPolicy, SystemClock
from collector.submit.rows import OutboxState, Problem, Waiting

#: For one request and its whole answer, seconds: 10 MB over a slow line.
ANSWER_LIMIT_S = 300.0
#: An account of 2,000 items is far below this.
MOST_ANSWER_BYTES = 8 * 1024 * 1024


class OutboxBusy(UserError):
    """Another process is sending from this outbox."""


@dataclass(frozen=True, slots=True)
class FlushResult:
    """What a flush did, and what is still to do."""

    sent: int = 0
    """Items the server accepted in this flush, duplicates left out."""
    duplicates: int = 0
    """Items the server already had."""
    left: int = 0
    """Items still queued."""
    failed: int = 0
    """Items parked as refused, now and earlier."""
    problems: tuple[Problem, ...] = ()
    stopped: str | None = None
    """Why the flush ended before the outbox was empty."""


def flush(
    outbox: Outbox,
    client: httpx.Client,
    keys: Callable[[str], KeyPair],
    *,
    dialect: Dialect,
    html_of: Callable[[str], str],
    target: str,
    url: str | None = None,
    policy: RetryPolicy | None = None,
    clock: Clock | None = None,
    progress: Callable[[FlushResult], None] | None = None,
) -> FlushResult:
    """Send everything that waits for ``target`` to ``url`` (by default the target itself).

    :param keys: puppet → its key pair.
    :param dialect: how the server is spoken to.
    :param html_of: content hash → the stored page.
    :param progress: called after each batch.
    :raises OutboxBusy: another process is sending from this outbox.
    :raises BadTarget: the address cannot be one.
    """
    return Sender(
        outbox,
        client,
        keys,
        html_of,
        target=target,
        url=api_root(url or target),
        policy=policy or RetryPolicy(),
        clock=clock or SystemClock(),
        progress=progress,
        dialect=dialect,
    ).run()


class Sender:
    """One flush of an outbox, from its first batch to its last (see :func:`flush`)."""

    def __init__(
        self,
        outbox: Outbox,
        client: httpx.Client,
        keys: Callable[[str], KeyPair],
        html_of: Callable[[str], str],
        *,
        target: str,
        url: str,
        policy: RetryPolicy,
        clock: Clock,
        progress: Callable[[FlushResult], None] | None,
        dialect: Dialect,
    ) -> None:
        self.dialect = dialect
        self.outbox = outbox
        self.client = client
        self.keys = keys
        self.html_of = html_of
        self.target = target
        self.url = url
        self.policy = policy
        self.clock = clock
        self.progress = progress
        self.result = FlushResult()
        self.unlucky = 0
        self.greeted: set[str] = set()
        self.composed: dict[int, str] = {}
        """Texts of the batch that was just made up, so that no page is read twice."""

    def run(self) -> FlushResult:
        """Send what an earlier flush began, then what waits, and tell what became of it.

        :raises OutboxBusy: another process sends from this outbox.
        """
        with _only_one(self.outbox):
            for batch in self.outbox.started_batches(self.target):
                if self._stopped:
                    break
                self._deliver(batch)
            while not self._stopped:
                rows = self._compose()
                if not rows:
                    break
                self._deliver(self.outbox.make_batch(rows))
        return self._tally()

    @property
    def _stopped(self) -> bool:
        return self.result.stopped is not None

    def _compose(self) -> list[Waiting]:
        """The next items that fit in one request; what can never be sent is parked."""
        most = min(self.policy.batch_bytes, self.dialect.body_limit)
        while True:
            waiting = self.outbox.unbatched(self.target, self.policy.batch_items)
            chosen: list[Waiting] = []
            size = 2
            for row in waiting:
                if chosen and row.group != chosen[0].group:
                    break
                text = self._item(row)
                if text is None:
                    continue
                length = len(text.encode()) + 1
                if length + 2 > most:
                    self._park(row, f"the item has {length:,} bytes; a request holds {most:,}")
                    continue
                if size + length > most:
                    break
                chosen.append(row)
                self.composed[row.id] = text
                size += length
            if chosen or not waiting:
                return chosen

    def _item(self, row: Waiting) -> str | None:
        if row.id in self.composed:
            return self.composed.pop(row.id)
        try:
            return self.dialect.item_json(row, self.html_of)
        except (UserError, OSError, KeyError, ValueError) as error:
            self._park(row, f"evidence {row.content_hash[:12]} cannot be read: {error}")
            return None

    def _park(self, row: Waiting, reason: str) -> None:
        self.outbox.refuse(row, reason, self.clock.now())

    def _deliver(self, batch: int) -> None:
        """Send one batch until it is answered or the attempts are used up."""
        until = self.outbox.waits_until(batch)
        if until and parse_iso(until) > self.clock.now():
            self._stop(f"the server asked to wait until {until}")
            return
        rows = self.outbox.batch(batch)
        texts = [text for row in rows if (text := self._item(row)) is not None]
        if len(texts) < len(rows):
            # Evidence went missing since the batch was made; what is left is another batch.
            if texts:
                self._deliver(self.outbox.make_batch(self.outbox.batch(batch)))
            return
        try:
            keys = self.keys(rows[0].puppet)
        except (UserError, OSError, KeyError) as error:
            self.outbox.put_back(batch, f"no key of {rows[0].puppet}: {error}")
            return
        if keys.public_key != rows[0].public_key:
            reason = f"{rows[0].puppet} has another key now than when the page was captured"
            for row in rows:
                self._park(row, reason)
            return
        body = f"[{','.join(texts)}]".encode()
        for attempt in range(1, self.policy.tries + 1):
            self.outbox.mark_sending(batch)
            answer = self._post(body, keys, rows)
            if answer.verdict is not Verdict.RETRY:
                self._file(batch, rows, answer)
                return
            wait_s = answer.wait_s
            if wait_s is not None and wait_s > self.policy.patience_s:
                until_then = self.clock.now() + timedelta(seconds=min(wait_s, 86400.0 * 365))
                self.outbox.put_back(batch, answer.reason, until_then)
                self._stop(f"{answer.reason}; the server asks for {wait_s:.0f} s of patience")
                return
            self.outbox.put_back(batch, answer.reason)
            if attempt < self.policy.tries:
                self.clock.sleep(max(wait_s or 0.0, self.policy.delay_s(attempt)))
        if len(rows) > 1 and answer.reason.startswith("HTTP "):
            # The server lives but cannot digest this batch: let one bad item not hold up the rest.
            for single in self.outbox.divide(batch, answer.reason):
                self.outbox.put_back(single, answer.reason)
        self._unlucky(batch, answer.reason)

    def _post(self, body: bytes, keys: KeyPair, rows: list[Waiting]) -> Answer:
        first = rows[0]
        sent = self.dialect.headers(body, keys, first)
        where = self.url + self.dialect.events_path
        try:
            self._greet(keys, first)
            response = self._send(where, body, sent)
        except httpx.RequestError as error:
            return Answer(Verdict.RETRY, explained(f"{type(error).__name__}: {error}"))
        return self.dialect.judge(response, sent=len(rows), now=self.clock.now())

    def _send(self, where: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """The whole answer, which may take no longer than a slow line needs and is no novel."""
        return exchange(
            self.client,
            "POST",
            where,
            limit_s=ANSWER_LIMIT_S,
            most_bytes=MOST_ANSWER_BYTES,
            content=body,
            headers=headers,
        )

    def _greet(self, keys: KeyPair, first: Waiting) -> None:
        """The handshake, once a key and flush; evidence is sent whatever the answer."""
        if keys.public_key in self.greeted:
            return
        path, body, sent = self.dialect.greeting(keys, first)
        response = self._send(self.url + path, body, sent)
        if token := self.dialect.token_in(response):
            self.outbox.keep_token(self.target, keys.public_key, token)
        self.greeted.add(keys.public_key)

    def _file(self, batch: int, rows: list[Waiting], answer: Answer) -> None:
        now = self.clock.now()
        match answer.verdict:
            case Verdict.ACCEPTED:
                self.outbox.acknowledge(rows, answer, now)
                if answer.user_token:
                    self.outbox.keep_token(self.target, rows[0].public_key, answer.user_token)
                items = answer.items or tuple(ItemAnswer() for _ in rows)
                again = sum(item.duplicate for item in items)
                refused = sum(item.refused is not None for item in items)
                self.result = replace(
                    self.result,
                    sent=self.result.sent + len(rows) - again - refused,
                    duplicates=self.result.duplicates + again,
                )
                self.unlucky = 0
            case Verdict.REFUSED:
                for row in rows:
                    self._park(row, answer.reason)
            case Verdict.DIVIDE:
                for single in self.outbox.divide(batch, answer.reason):
                    if not self._stopped:
                        self._deliver(single)
            case Verdict.STOP:
                self.outbox.put_back(batch, answer.reason)
                self._stop(answer.reason)
            case Verdict.RETRY:
                raise AssertionError("retries are handled where they happen")
        if self.progress:
            self.progress(self._tally())

    def _unlucky(self, batch: int, reason: str) -> None:
        self.outbox.put_back(batch, reason)
        self.unlucky += 1
        if not reason.startswith("HTTP ") or self.unlucky >= self.policy.unlucky_batches:
            self._stop(reason)

    def _stop(self, reason: str) -> None:
        self.result = replace(self.result, stopped=reason)

    def _tally(self) -> FlushResult:
        counts = self.outbox.counts(self.target)
        return replace(
            self.result,
            left=counts[OutboxState.QUEUED] + counts[OutboxState.SENDING],
            failed=counts[OutboxState.REFUSED],
            problems=self.outbox.problems(self.target),
        )


@contextmanager
def _only_one(outbox: Outbox) -> Iterator[None]:
    """Hold the outbox's lock; a database in memory is this process's own and needs none."""
    path = next((row[2] for row in outbox.db.execute("PRAGMA database_list") if row[2]), "")
    if not path:
        yield
        return
    with open_private(Path(f"{path}.outbox-lock"), "ab") as lock:
        with refusals(path):
            free = posix.lock(lock)
        if not free:
            raise OutboxBusy(
                "another process is sending from this outbox",
                place=path,
                fix="wait for it to end, then submit again",
            )
        yield
