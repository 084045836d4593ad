"""Evidence to observations again: the same pages through today's parser, one line a page.

Protects the rule that evidence is the truth and everything after it can be computed again: running
it twice gives the same bytes, and a broken or hostile file is one line with an error, never the end
of the run.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from collector.common.errors import UserError
from collector.common.model import (
    DEFAULT_PLATFORM,
    Answer,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
)
from collector.evidence import EvidenceStore
from collector.platforms.registry import PlatformSpec, platform_of, platforms, spec_of
from collector.saved import NAMES, Saved, Unreadable, load
from collector.store import Store

#: ``statusReason`` of a page that no installed platform knows as its own.
OTHER_PLATFORM = "other-platform"
#: The same of a page on which nothing was drawn.
NOT_DRAWN = "not-drawn"


@dataclass(frozen=True, slots=True)
class Job:
    """One page to read: a file, or captures of a run's store by their hashes."""

    id: str
    path: Path
    captures: tuple[Mapping[str, Any], ...] = ()
    place: str = ""
    """The file's path below the folder that was named."""
    platform: Platform | None = None
    """Where it is known; else it is told from the page."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The line of a page, and the parsing times of its captures in seconds (reading apart)."""

    line: bytes
    parse_s: tuple[float, ...]


def find_jobs(paths: Iterable[Path]) -> list[Job]:
    """All files of pages below the paths in a fixed order (``collector.saved.NAMES``), and runs.

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
                fix="name a run folder (with store.db), or files or folders of .html, .mhtml,"
                " .json, .har, .warc or .wacz pages, packed (.gz, .zst) or not",
            )
        jobs.extend(found)
    return _with_own_names(jobs)


def reparse(jobs: Sequence[Job], *, workers: int = 1, reference: bool = False) -> Iterator[Outcome]:
    """The outcome of every job, in their order. ``reference`` gives the reference's answers."""
    if workers <= 1:
        for job in jobs:
            yield from process(job, reference)
        return
    yield from _in_processes(jobs, workers, reference)


def process(job: Job, reference: bool) -> list[Outcome]:
    """Reads and parses one file or one page of a run. Never raises on what it holds."""
    try:
        pages = load_job(job)
        if reference:
            return [_reference(job, pages)]
        return [_parse(one, group) for one, group in _visits(job, pages)]
    except Unreadable as error:
        return [_failure(job, str(error))]
    except (RecursionError, MemoryError, UserError) as error:
        return [_failure(job, f"{type(error).__name__}: {error}")]


def load_job(job: Job) -> list[Saved]:
    """The pages of a file, or the captures of a page of a run.

    :raises Unreadable: it is no evidence or broken.
    """
    return _stored(job) if job.captures else load(job.path)


def _reference(job: Job, pages: Sequence[Saved]) -> Outcome:
    spec = _spec_of(job)
    answer_of = spec.load("reference")
    if answer_of is None:
        return _failure(job, f"there is no reference parser of {spec.name}")
    started = time.perf_counter()
    document = answer_of(job.id, pages)
    spent = time.perf_counter() - started
    if not document:
        return _failure(job, "the reference parser fails on this page", (spent,))
    return _outcome(document, (spent,))


def _visits(job: Job, pages: Sequence[Saved]) -> Iterator[tuple[Job, Sequence[Saved]]]:
    """The pages of a file: captures of one page are one, those of an archive are many."""
    if job.captures or (_stem(job.path.name) and not _is_archive(job.path.name)):
        yield job, pages
        return
    for number, page in enumerate(pages, start=1):
        yield replace(job, id=f"{job.id}/{number}"), [page]


def _is_archive(name: str) -> bool:
    return re.search(r"\.(?:har(?:\.zip)?|warc|wacz)(?:\.gz|\.zst)?\Z", name.lower()) is not None


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
    """True if the address and the visible page (or its player) disagree."""
    return any(
        u.error is ParseError.DISAGREES and u.field in ("video-id", "hidden") for u in seen.unparsed
    )


def _parse(job: Job, pages: Sequence[Saved]) -> Outcome:
    ordered = sorted(pages, key=lambda p: p.client_time or datetime.min.replace(tzinfo=UTC))
    seen: list[Observation] = []
    times: list[float] = []
    for page in ordered:
        started = time.perf_counter()
        seen.append(read_page(page, job.platform))
        times.append(time.perf_counter() - started)
    best = best_capture(seen)
    page = ordered[seen.index(best)]
    if (line_of := spec_of(best.platform).line_of) is not None:
        document = line_of(
            best,
            id=job.id,
            client_time=page.client_time,
            saving_time=page.saving_time,
            blang=page.language,
        )
    else:
        document = _plain(best, job.id, page)
    document["status"] = best.status.value
    document["parser"] = best.parser
    document["lang"] = best.lang
    document["unparsed"] = [
        {"renderer": u.renderer, "field": u.field, "error": u.error.value, "sample": u.sample}
        for u in best.unparsed
    ]
    document["captures"] = len(ordered)
    return _outcome(document, tuple(times))


def read_page(page: Saved, platform: Platform | None = None) -> Observation:
    """One page as data, by the parser of the platform that it is of.

    :raises Unreadable: a JSON document that is none of a platform's answers.
    """
    languages = (page.language,) if page.language else ()
    if page.answer is not None:
        for spec in platforms().values():
            answer = spec.parse_answer(
                page.answer, page.href, languages=languages, client_time=page.client_time
            )
            if answer is not None:
                return answer
        raise Unreadable("no captures under 'sources', no HAR and no answer of the site")
    told = platform or platform_of(page.html, page.href)
    seen = spec_of(told or DEFAULT_PLATFORM).read(
        page.html,
        page.href,
        client_time=page.client_time,
        languages=languages,
        answers=page.answers,
    )
    if told is None and seen.status is PageStatus.UNKNOWN:
        nothing = not page.href and seen.fields.get("statusReason") == NOT_DRAWN
        reason = NOT_DRAWN if nothing else OTHER_PLATFORM  # nothing tells whose page it is
        fields = {**seen.fields, "statusReason": reason}
        seen = replace(seen, fields=fields, kind=PageKind.OTHER)
    return seen


def _plain(seen: Observation, ident: str, page: Saved) -> dict[str, Any]:
    """A page of a platform whose observations have no form of the reference's."""
    return {
        "id": ident,
        "platform": seen.platform.value,
        "type": seen.kind.value,
        "href": seen.url,
        "login": seen.login,
        "clientTime": page.client_time.isoformat() if page.client_time is not None else None,
        **seen.fields,
        "items": [
            {
                "position": item.position,
                "kind": item.kind.value,
                "itemId": item.item_id,
                "href": item.href,
                "title": item.title,
                "recommendedSource": item.channel_name,
                "recommendedHref": item.channel_href,
                "renderer": item.renderer,
                **item.extra,
            }
            for item in seen.impressions
        ],
    }


def _outcome(document: Mapping[str, Any], times: tuple[float, ...]) -> Outcome:
    line = orjson.dumps(document, default=str, option=orjson.OPT_APPEND_NEWLINE)
    return Outcome(line, times)


def _spec_of(job: Job) -> PlatformSpec:
    """The platform of a job, where it is known; else the one that most pages are of."""
    return spec_of(job.platform or DEFAULT_PLATFORM)


def _failure(job: Job, problem: str, times: tuple[float, ...] = ()) -> Outcome:
    return _outcome(
        {
            "id": job.id,
            "status": PageStatus.ERROR.value,
            "parser": _spec_of(job).parser,
            "problem": problem[:300],
            "unparsed": [],
        },
        times,
    )


def _jobs_of(path: Path) -> Iterator[Job]:
    if path.is_dir() and (path / "store.db").exists():
        yield from _run_jobs(path)
        return
    below = path if path.is_dir() else path.parent
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if _is_page(p, path))
    for file in files:
        yield Job(_stem(file.name), file, place=str(file.relative_to(below)))


def _stem(name: str) -> str:
    """A file's name without the ending that says its form (``page.2024-01.html`` keeps its
    date)."""
    ending = next((end for end in NAMES if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)] or name


def _with_own_names(jobs: list[Job]) -> list[Job]:
    """The jobs, those with the same name under their paths: no two pages have one name."""
    for rename in (lambda j: _stem(j.place), lambda j: j.place, lambda j: str(j.path)):
        count = Counter(job.id for job in jobs)
        jobs = [
            replace(job, id=rename(job)) if count[job.id] > 1 and job.place else job for job in jobs
        ]
    return jobs


def _is_page(file: Path, below: Path) -> bool:
    folders = file.relative_to(below).parts[:-1]
    named = file.name.lower().endswith(NAMES)
    return named and file.is_file() and not any(f.startswith(("leaves", ".")) for f in folders)


def _run_jobs(folder: Path) -> Iterator[Job]:
    """The pages of a run: captures of one page load and address are one page."""
    with Store(folder / "store.db", readonly=True) as store:
        captures = sorted(store.captures(), key=lambda c: (c.session, c.page_uuid, c.url, c.seq))
        answers = {c.id: store.answers(c.id) for c in captures}
    for (_, uuid, _), group in groupby(captures, key=lambda c: (c.session, c.page_uuid, c.url)):
        members = list(group)
        rows = tuple(
            {
                "hash": c.content_hash,
                "href": c.url,
                "blang": c.languages[0] if c.languages else None,
                "client": c.client_time,
                "saved": c.saved_time,
                "answers": answers[c.id],
            }
            for c in members
        )
        ident = members[0].id if len(members) == 1 else uuid
        yield Job(ident, folder, rows, platform=members[0].platform)


def _stored(job: Job) -> list[Saved]:
    evidence = EvidenceStore(job.path / "evidence")
    return [
        Saved(
            html=evidence.get(c["hash"]),
            href=c["href"],
            language=c["blang"],
            client_time=c["client"],
            saving_time=c["saved"],
            answers=tuple(Answer(path, evidence.get(name)) for path, name in c["answers"]),
        )
        for c in job.captures
    ]


def _in_processes(jobs: Sequence[Job], workers: int, reference: bool) -> Iterator[Outcome]:
    """Parsing in processes. A page that kills its process is a line with an error."""
    done = 0
    with ProcessPoolExecutor(workers) as pool:
        futures = [pool.submit(process, job, reference) for job in jobs]
        try:
            for future in futures:
                yield from future.result()
                done += 1
        except BrokenProcessPool:
            pool.shutdown(wait=False, cancel_futures=True)
    for number in range(done, len(jobs)):
        yield from _finished(futures[number]) or _alone(jobs[number], reference)


def _finished(future: Future[list[Outcome]]) -> list[Outcome] | None:
    """The outcome of a job that was done before the pool broke."""
    if future.done() and not future.cancelled() and future.exception() is None:
        return future.result()
    return None


def _alone(job: Job, reference: bool) -> list[Outcome]:
    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(process, job, reference).result()
        except BrokenProcessPool:
            return [_failure(job, "the page killed the process that read it")]
