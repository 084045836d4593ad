"""Evidence to observations again: the same pages through today's parser, one line a page.

Protects the rule that evidence is the truth and everything after it can be computed again: running
it twice gives the same bytes, and a broken or hostile file is one line with an error, never the end
of the run.
"""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from collector.errors import UserError
from collector.evidence import EvidenceStore
from collector.model import Observation, PageStatus, ParseError, Platform
from collector.platforms.youtube import PARSER, parse_page
from collector.platforms.youtube.historic import Source, reference_answer
from collector.platforms.youtube.reference import to_metadata
from collector.store import Store

#: Files larger than this, unpacked, are refused: no page is.
MAX_BYTES = 256_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """One page to read: a file, or captures of a run's store by their hashes."""

    id: str
    path: Path
    captures: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The line of a page, and the parsing times of its captures in seconds (reading apart)."""

    line: bytes
    parse_s: tuple[float, ...]


class Unreadable(ValueError):
    """A file that is no evidence; the message says why."""


def find_jobs(paths: Iterable[Path]) -> list[Job]:
    """All pages below the paths in a fixed order: run folders, ``.json.gz``, ``.json``, ``.html``.

    :raises UserError: a path does not exist or holds no evidence.
    """
    jobs: list[Job] = []
    for path in paths:
        if not path.exists():
            raise UserError(
                "there is no such file or folder", place=str(path), fix="check the path"
            )
        found = list(_jobs_of(path))
        if not found:
            raise UserError(
                "no evidence here",
                place=str(path),
                fix="name a run folder (with store.db), a folder of .json.gz pages, or HTML files",
            )
        jobs.extend(found)
    return jobs


def reparse(jobs: Sequence[Job], *, workers: int = 1, reference: bool = False) -> Iterator[Outcome]:
    """The outcome of every job, in their order. ``reference`` gives the reference's answers."""
    if workers <= 1:
        for job in jobs:
            yield process(job, reference)
        return
    yield from _in_processes(jobs, workers, reference)


def process(job: Job, reference: bool) -> Outcome:
    """Reads and parses one page. Never raises on what a file holds."""
    try:
        sources = _stored(job) if job.captures else _read_file(job.path)
        if reference:
            started = time.perf_counter()
            document = reference_answer(job.id, sources)
            spent = time.perf_counter() - started
            if not document:
                return _failure(job, "the reference parser fails on this page", (spent,))
            return _outcome(document, (spent,))
        return _parse(job, sources)
    except Unreadable as error:
        return _failure(job, str(error))
    except (RecursionError, MemoryError, UserError) as error:
        return _failure(job, f"{type(error).__name__}: {error}")


def best_capture(observations: Sequence[Observation]) -> Observation:
    """Of several captures of one page, in time order, the one that stands for it.

    Among those that are ok and were not caught between two pages, the fullest list; of equally
    full ones the latest: pages only grow while they are looked at.
    """
    return max(
        enumerate(observations),
        key=lambda pair: (
            pair[1].status is PageStatus.OK,
            not _between_pages(pair[1]),
            len(pair[1].impressions),
            pair[0],
        ),
    )[1]


def _between_pages(seen: Observation) -> bool:
    """True if the address and the visible page (or its player) were not of one mind."""
    return any(
        u.error is ParseError.DISAGREES and u.field in ("video-id", "hidden") for u in seen.unparsed
    )


def _parse(job: Job, sources: Sequence[Source]) -> Outcome:
    ordered = sorted(sources, key=lambda s: s.client_time or datetime.min.replace(tzinfo=UTC))
    seen: list[Observation] = []
    times: list[float] = []
    for source in ordered:
        hints = (source.blang,) if source.blang else ()
        started = time.perf_counter()
        seen.append(
            parse_page(source.html, source.href, client_time=source.client_time, languages=hints)
        )
        times.append(time.perf_counter() - started)
    best = best_capture(seen)
    source = ordered[seen.index(best)]
    document = to_metadata(
        best,
        id=job.id,
        client_time=source.client_time,
        saving_time=source.saving_time,
        blang=source.blang,
    )
    document["status"] = best.status.value
    document["parser"] = best.parser
    document["lang"] = best.lang
    document["unparsed"] = [
        {"renderer": u.renderer, "field": u.field, "error": u.error.value, "sample": u.sample}
        for u in best.unparsed
    ]
    document["captures"] = len(ordered)
    return _outcome(document, tuple(times))


def _outcome(document: Mapping[str, Any], times: tuple[float, ...]) -> Outcome:
    return Outcome(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE), times)


def _failure(job: Job, problem: str, times: tuple[float, ...] = ()) -> Outcome:
    return _outcome(
        {
            "id": job.id,
            "status": PageStatus.ERROR.value,
            "parser": PARSER,
            "problem": problem[:300],
            "unparsed": [],
        },
        times,
    )


def _jobs_of(path: Path) -> Iterator[Job]:
    if path.is_dir() and (path / "store.db").exists():
        yield from _run_jobs(path)
        return
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if _is_page(p, path))
    for file in files:
        yield Job(file.name.split(".")[0], file)


def _is_page(file: Path, below: Path) -> bool:
    folders = file.relative_to(below).parts[:-1]
    named = file.name.endswith((".json.gz", ".json", ".html", ".html.gz", ".htm"))
    return named and file.is_file() and not any(f.startswith(("leaves", ".")) for f in folders)


def _run_jobs(folder: Path) -> Iterator[Job]:
    """The pages of a run that are YouTube's: captures of one page load and address are one page."""
    with Store(folder / "store.db", readonly=True) as store:
        captures = sorted(
            (c for c in store.captures() if c.platform is Platform.YOUTUBE),
            key=lambda c: (c.session, c.page_uuid, c.url, c.seq),
        )
    for (_, uuid, _), group in groupby(captures, key=lambda c: (c.session, c.page_uuid, c.url)):
        members = list(group)
        rows = tuple(
            {
                "hash": c.content_hash,
                "href": c.url,
                "blang": c.languages[0] if c.languages else None,
                "client": c.client_time,
                "saved": c.saved_time,
            }
            for c in members
        )
        yield Job(members[0].id if len(members) == 1 else uuid, folder, rows)


def _stored(job: Job) -> list[Source]:
    evidence = EvidenceStore(job.path / "evidence")
    return [
        Source(evidence.get(c["hash"]), c["href"], c["blang"], c["client"], c["saved"])
        for c in job.captures
    ]


def _read_file(path: Path) -> list[Source]:
    data = _bytes(path)
    name = path.name.removesuffix(".gz")
    if not name.endswith(".json"):
        return [Source(_text(data), _saved_from(data), None, None, None)]
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error}") from error
    sources = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(sources, list) or not sources:
        raise Unreadable("no list of captures under 'sources'")
    return [_source(item) for item in sources]


def _bytes(path: Path) -> bytes:
    try:
        if path.name.endswith(".gz"):
            with gzip.open(path) as file:
                data = file.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"cannot be read: {error}") from error
    if len(data) > MAX_BYTES:
        raise Unreadable(f"larger than {MAX_BYTES} bytes")
    return data


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return data.decode(encoding, errors="replace")


def _saved_from(data: bytes) -> str:
    """The address of a bare HTML file: its canonical link, or nothing."""
    head = data[:200_000].decode("utf-8", errors="replace")
    at = head.find('rel="canonical"')
    start = head.find('href="', at) if at >= 0 else -1
    return head[start + 6 : head.find('"', start + 6)] if start >= 0 else ""


def _source(item: Any) -> Source:
    if not isinstance(item, dict) or not isinstance(item.get("html"), str):
        raise Unreadable("a capture without 'html'")
    blang = item.get("blang")
    return Source(
        item["html"],
        str(item.get("href") or ""),
        blang if isinstance(blang, str) else None,
        _moment(item.get("clientTime")),
        _moment(item.get("savingTime")),
    )


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _in_processes(jobs: Sequence[Job], workers: int, reference: bool) -> Iterator[Outcome]:
    """Parsing in processes. A page that kills its process is a line with an error."""
    done = 0
    with ProcessPoolExecutor(workers) as pool:
        futures = [pool.submit(process, job, reference) for job in jobs]
        try:
            for future in futures:
                yield future.result()
                done += 1
        except BrokenProcessPool:
            pool.shutdown(wait=False, cancel_futures=True)
    for number in range(done, len(jobs)):
        yield _finished(futures[number]) or _alone(jobs[number], reference)


def _finished(future: Future[Outcome]) -> Outcome | None:
    """The outcome of a job that was done before the pool broke."""
    if future.done() and not future.cancelled() and future.exception() is None:
        return future.result()
    return None


def _alone(job: Job, reference: bool) -> Outcome:
    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(process, job, reference).result()
        except BrokenProcessPool:
            return _failure(job, "the page killed the process that read it")
