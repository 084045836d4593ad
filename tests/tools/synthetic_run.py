"""A made-up run, written through the store's public API: what an engine leaves behind, at will."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.common.model import (
    Capture,
    Impression,
    ItemKind,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
    Receipt,
    ReceiptStatus,
    Surface,
    Unparsed,
)
from collector.evidence import EvidenceStore
from collector.store import Outcome, SessionState, Store

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TOPICS = (
    "conspiracy",
    "science",
    "cooking",
    "music",
    "news-left",
    "news-right",
    "gaming",
    "sports",
)


@dataclass
class Made:
    """How the run is to be."""

    arms: Sequence[str] = ("neutral", "conspiracy")
    twins: int = 2
    effect: float = 0.5
    """Chance that an item of the home page after treatment is about the arm's topic."""
    watches: int = 4
    seed: int = 20260101
    length: int = 24
    exposure: Sequence[str] = ("conspiracy",)
    surfaces: Sequence[str] = ("home", "related")
    control: str | None = "neutral"
    truth: bool = True
    labels: bool = True
    lost: Mapping[str, int] = field(default_factory=dict)
    """Puppet → step at which its browser crashes."""
    blocked: Mapping[str, int] = field(default_factory=dict)
    """Puppet → step whose page is a captcha."""
    stalls: Mapping[str, int] = field(default_factory=dict)
    """Puppet → step whose playback fails."""
    missed: int = 0
    """Served items that the captures lack (one list)."""
    finished: bool = True
    captures: bool = True
    with_outbox: bool = True


def build(folder: Path, made: Made | None = None) -> Path:
    """Write the run; returns its folder."""
    _Builder(folder, made or Made()).build()
    return folder


def declared(folder: Path, **changes: Any) -> Path:
    """The run with another ``analysis``."""
    with Store(folder / "store.db") as store:
        analysis = json.loads(next(store.rows("SELECT analysis FROM runs"))["analysis"])
        store.db.execute("UPDATE runs SET analysis = ?", [json.dumps(analysis | changes)])
    return folder


def _steps(arm: str, watches: int) -> list[tuple[str, str, dict[str, Any]]]:
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("before.0", "visit", {"url": "home"}),
        ("before.1", "consent", {"choice": "reject"}),
        ("before.2", "capture", {}),
        (f"arms.{arm}.steps.0", "search", {"query": arm}),
    ]
    for n in range(watches):
        steps.append((f"arms.{arm}.steps.1.repeat[{n}].steps.0", "follow", {"topic": arm}))
        steps.append((f"arms.{arm}.steps.1.repeat[{n}].steps.1", "watch", {"for": "60s"}))
    return [*steps, ("after.0", "visit", {"url": "home"}), ("after.1", "visit", {"url": "/watch"})]


class _Builder:
    def __init__(self, folder: Path, made: Made) -> None:
        self.made = made
        self.random = random.Random(made.seed)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.store = Store(folder / "store.db")
        self.evidence = EvidenceStore(folder / "evidence")
        self.videos = {
            f"v{number:010d}": TOPICS[number % len(TOPICS)] for number in range(len(TOPICS) * 60)
        }
        self.truth: list[dict[str, Any]] = []
        self.watches: list[dict[str, Any]] = []
        self.clock = START

    def build(self) -> None:
        with self.store:
            with self.store.transaction():
                self._run()
                for twin in range(1, self.made.twins + 1):
                    for position, arm in enumerate(self.made.arms, 1):
                        self._session(arm, twin, position)
                if self.made.truth:
                    puppets = {f"visit-{row['id']}": row["id"] for row in self.store.puppets()}
                    self.store.add_truth(
                        impressions=self.truth, watches=self.watches, puppets=puppets
                    )
                    self.store.update_run("run-1", recommender=RECOMMENDER)
                if self.made.labels:
                    self.store.add_labels(self.videos, source="mock")
                if self.made.finished:
                    self.store.update_run("run-1", state="finished", finished=self.clock)
            if self.made.with_outbox:
                self._outbox()
        self._manifest()

    def _run(self) -> None:
        made = self.made
        self.store.add_run(
            "run-1",
            scenario="quick",
            seed=made.seed,
            plan_hash="3f" * 32,
            command="collector run quick --seed 20260101 --out runs/quick",
            scenario_json={
                "name": "quick",
                "description": "Does watching conspiracy videos change the home page?",
                "arms": {
                    arm: {"description": f"watches {arm} videos", "twins": made.twins, "steps": []}
                    for arm in made.arms
                },
            },
            analysis={
                "exposure": list(made.exposure),
                "surfaces": list(made.surfaces),
                "attention": "geometric",
                "control": made.control,
            },
            versions={
                "collector": "0.1.0",
                "parser": "youtube/2026.1",
                "browser": "HeadlessChrome/140.0.7339.16",
                "python": "3.11.7",
            },
            environment={"system": "Linux", "processors": 2, "speed": 30.0, "workers": 2},
            started=START,
        )

    def _session(self, arm: str, twin: int, position: int) -> None:
        made, puppet = self.made, f"{arm}-{twin}"
        session = f"b{twin:02d}-{puppet}"
        steps = _steps(arm, made.watches)
        self.clock = START + timedelta(minutes=5 * twin, milliseconds=40 * position)
        self.store.add_puppet(
            puppet, run="run-1", arm=arm, twin=twin, block=twin, seed=twin, pseudonym="fig-plum-oat"
        )
        self.store.add_session(
            session, run="run-1", puppet=puppet, block=twin, position=position, seed=twin
        )
        for number, (path, kind, args) in enumerate(steps):
            self.store.step_planned(session, number, kind=kind, path=path, args=args)
        self.store.update_session(
            session, state=SessionState.RUNNING, started=self.clock, skew_ms=40.0 * (position - 1)
        )
        self.seq = 0
        self.loads = 0
        for number, (path, kind, _) in enumerate(steps):
            if made.lost.get(puppet) == number:
                self.store.step_started(session, number, self.clock)
                self.store.step_finished(
                    session, number, Outcome.CONTAMINATED, "the browser is gone", self.clock
                )
                for left in range(number + 1, len(steps)):
                    self.store.step_finished(
                        session, left, Outcome.SKIPPED, "the browser is gone", self.clock
                    )
                self.store.update_session(
                    session, state=SessionState.FAILED, detail="the browser is gone"
                )
                return
            self._step(arm, puppet, session, number, path, kind)
        self.store.update_session(session, state=SessionState.DONE, finished=self.clock)

    def _step(self, arm: str, puppet: str, session: str, number: int, path: str, kind: str) -> None:
        self.clock += timedelta(seconds=3)
        self.store.step_started(session, number, self.clock)
        outcome, detail = Outcome.DONE, ""
        blocked = self.made.blocked.get(puppet) == number
        if kind == "watch":
            outcome, detail = self._watch(arm, puppet, session, number)
        elif self.made.captures and kind != "consent":
            surface = Surface.HOME
            if kind == "search":
                surface = Surface.SEARCH
            elif kind == "follow" or path == "after.1":
                surface = Surface.RELATED
            self._capture(arm, puppet, session, number, path, surface, blocked=blocked)
            if blocked:
                outcome, detail = Outcome.MISSING, "captcha"
        self.clock += timedelta(seconds=2)
        self.store.step_finished(session, number, outcome, detail, self.clock)

    def _watch(self, arm: str, puppet: str, session: str, number: int) -> tuple[Outcome, str]:
        failed = self.made.stalls.get(puppet) == number
        watched = 11.5 if failed else 60.2
        video = self._pick(arm if arm in TOPICS else "cooking")
        self.store.add_receipt(
            session,
            number,
            Receipt(
                video_id=video,
                status=ReceiptStatus.SHORT if failed else ReceiptStatus.COMPLETE,
                planned_s=60.0,
                watched_s=watched,
                duration_s=312.0,
                ad_s=6.0 if number % 4 == 1 else 0.0,
                stalled_s=48.0 if failed else 0.0,
                rate=1.0,
                visible_share=1.0,
                ended=False,
                error="An error occurred. Please try again later." if failed else None,
                next_video_id=None,
                samples=tuple((float(s), min(float(s), watched)) for s in range(0, 61, 5)),
            ),
        )
        self.watches.append(
            {"seq": len(self.watches) + 1, "time": "t", "visitor": f"visit-{puppet}",
             "load": f"{puppet}-{self.loads}", "video_id": video, "seconds": watched}
        )  # fmt: skip
        self.clock += timedelta(seconds=60)
        return (Outcome.MISSING, "watched 12 of 60 s") if failed else (Outcome.DONE, "")

    def _pick(self, topic: str) -> str:
        return self.random.choice([v for v, t in self.videos.items() if t == topic])

    def _items(self, arm: str, path: str, surface: Surface) -> list[tuple[ItemKind, str]]:
        pull = 0.0
        if arm in TOPICS and not path.startswith("before"):
            pull = self.made.effect * (1.0 if surface is Surface.HOME else 0.6)
            if path.startswith("arms"):
                pull = min(0.9, pull + 0.3)
        found: list[tuple[ItemKind, str]] = []
        known = list(self.videos)[:60]
        popular = iter(sorted(known, key=lambda v: known.index(v) + self.random.gauss(0, 6)))
        while len(found) < self.made.length:
            if len(found) % 9 == 8:
                found.append((ItemKind.AD, f"ad-{self.random.randrange(20)}"))
                continue
            topical = self.random.random() < pull
            video = self._pick(arm) if topical else next(popular)
            if all(video != item for _, item in found):
                found.append((ItemKind.VIDEO, video))
        return found

    def _capture(
        self, arm: str, puppet: str, session: str, number: int, path: str, surface: Surface,
        *, blocked: bool,
    ) -> None:  # fmt: skip
        self.loads += 1
        load = f"{puppet}-{self.loads}"
        status = PageStatus.CAPTCHA if blocked else PageStatus.OK
        items = [] if blocked else self._items(arm, path, surface)
        html = f"<ytd-app>{load} {' '.join(item for _, item in items)}</ytd-app>"
        kind = {
            Surface.HOME: PageKind.HOME,
            Surface.RELATED: PageKind.VIDEO,
            Surface.SEARCH: PageKind.SEARCH,
        }[surface]
        capture = Capture(
            id=f"{session}-{self.seq}", run="run-1", puppet=puppet, session=session, step=number,
            seq=self.seq, page_uuid=f"{self.loads}—{load}", platform=Platform.YOUTUBE,
            url=f"http://youtube.localhost/{'' if surface is Surface.HOME else surface.value}",
            kind=kind, status=status, content_hash=self.evidence.put(html), size=len(html),
            client_time=self.clock, saved_time=self.clock, viewport=(1280, 720),
            languages=("en-US",), event=load,
            versions={"collector": "0.1.0", "parser": "youtube/2026.1", "browser": "140"},
        )  # fmt: skip
        self.store.add_capture(capture)
        self.seq += 1
        shown = items
        if self.made.missed and path == "after.0" and puppet == f"{self.made.arms[0]}-1":
            shown = items[self.made.missed :]
        impressions = tuple(
            Impression(place, surface, kind, item, href=f"/watch?v={item}", title=f"Video {item}")
            for place, (kind, item) in enumerate(shown, 1)
        )
        unread = (Unparsed("ytd-rich-shelf-renderer", "title", ParseError.MISSING_ELEMENT, "<h2>"),)
        self.store.add_observation(
            capture.id,
            Observation(
                platform=Platform.YOUTUBE, kind=kind, status=status, url=capture.url, lang="en",
                login=False, parser="youtube/2026.1", impressions=impressions,
                unparsed=unread if number == 2 else (),
            ),
        )  # fmt: skip
        for slot, (item_kind, item) in enumerate(items, 1):
            self.truth.append(
                {"seq": len(self.truth) + 1, "time": "t", "visitor": f"visit-{puppet}",
                 "load": load, "surface": surface.value, "context": None, "slot": slot,
                 "kind": item_kind.value, "item_id": item, "topic": self.videos.get(item),
                 "title": f"Video {item}", "score": 1.0, "parts": {"noise": 0.5}, "lang": "en"}
            )  # fmt: skip

    def _outbox(self) -> None:
        from collector.adapters.youtube.yttrex import YTTREX
        from collector.submit import Outbox

        outbox = Outbox(self.store.db)
        with self.store.transaction():
            for capture in self.store.captures():
                outbox.enqueue(
                    capture,
                    target="http://127.0.0.1:9/yttrex/api",
                    public_key="PUBLICKEYCANARY",
                    dialect=YTTREX,
                )

    def _manifest(self) -> None:
        (self.folder / "manifest.json").write_text(
            json.dumps(
                {
                    "format": "twinwatch-run/1",
                    "run": "run-1",
                    "scenario": "quick",
                    "scenario_sha256": "5a" * 32,
                    "plan_hash": "3f" * 32,
                    "seeds": {"master": self.made.seed},
                    "blocks": [{"block": b + 1, "skew_ms": 40.0} for b in range(self.made.twins)],
                    "warnings": [],
                }
            )
        )


RECOMMENDER = {
    "formula": "score(v) = W[popularity] * P(v) + W[history] * H(v, u) + W[noise] * Gumbel noise",
    "params": {"popularity": 1.0, "history": 1.0, "noise": 1.0, "half_life_watches": 10.0},
    "weights": {
        "home": {"popularity": 1.0, "history": 2.4, "noise": 0.4},
        "related": {"popularity": 0.7, "history": 1.2, "noise": 0.35},
    },
}
