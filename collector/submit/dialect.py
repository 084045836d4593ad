"""What the sender asks of a kind of server: how an item, a request and an answer look.

The outbox and the sender know no server; whatever differs between two of them is a dialect, which
the platform of the run names (:mod:`collector.platforms.registry`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import httpx

from collector.common.identity import KeyPair
from collector.common.model import Capture
from collector.submit.answers import Answer
from collector.submit.rows import Waiting


class Dialect(Protocol):
    """One kind of server: how an item, a request and an answer look.

    ``PlatformSpec.dialect`` refers to an object with these methods; :mod:`collector.adapters.trex`
    has the parts that servers of the historical APIs have in common. The sender calls it so::

        answer = dialect.judge(response, sent=len(rows), now=datetime.now(UTC))
        if answer.verdict is Verdict.RETRY:
            wait(answer.wait_s)  # seconds

    None of them raises for what a server sends: :meth:`judge` has a verdict for any answer.
    """

    @property
    def body_limit(self) -> int:
        """The largest body that the server takes, bytes."""

    @property
    def events_path(self) -> str:
        """Where batches go, below the API's root."""

    def fields_of(
        self, capture: Capture, *, research_tag: str | None, experiment_id: str | None
    ) -> dict[str, Any] | None:
        """What is queued of a capture besides its page; ``None``: it is not submitted.

        :param research_tag: of the run, which the server keeps with each item.
        :param experiment_id: as the server calls the experiment, where it gave it a name.
        """

    def parts_of(
        self,
        capture: Capture,
        fields: Mapping[str, Any],
        html: str,
        earlier: Sequence[Mapping[str, Any]],
    ) -> list[dict[str, Any]]:
        """What is queued of a capture in its order: ``fields`` (of :meth:`fields_of`) for the page
        itself, then single elements of it where the server wants them.

        :param earlier: the elements that were queued of the captures before in this session.
        """

    def item_json(self, row: Waiting, html_of: Callable[[str], str]) -> str:
        """One item (``row``) as JSON text; ``html_of(content_hash)`` is the stored page."""

    def headers(self, body: bytes, keys: KeyPair, first: Waiting) -> dict[str, str]:
        """The headers of the request, ``body`` signed with ``keys``.

        :param first: the batch's first item; what headers say is the same for all of them.
        """

    def greeting(self, keys: KeyPair, first: Waiting) -> tuple[str, bytes, dict[str, str]]:
        """Path, body and headers of the handshake that asks for the token of ``keys``.

        :param first: the first item that waits.
        """

    def token_in(self, response: httpx.Response) -> str | None:
        """The read token that the handshake's answer (``response``) gives, if it gives one."""

    def judge(self, response: httpx.Response, *, sent: int, now: datetime) -> Answer:
        """What an answer (``response``) to ``sent`` items means for them at the moment ``now``."""
