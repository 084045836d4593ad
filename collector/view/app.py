"""The pages: tiles, one puppet, two side by side, receipts, a capture, search.

Protects two rules: nothing here writes, and everything that a run holds is shown as text.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.exceptions import HTTPException

from collector.analysis import words as said
from collector.contract.layout import RunDir
from collector.environment import refusal_of
from collector.evidence import EvidenceStore
from collector.store import Store
from collector.view import captured, curves, live, words
from collector.view.course import WIDTH, courses_of
from collector.view.guard import guarded
from collector.view.numbers import Numbers
from collector.view.pages import TIMELINE, Page, items_of, page_of, pages_of
from collector.view.sides import align, shown_to
from collector.view.tiles import Board, Tile, board, pictures

_STATIC = {"view.css": "text/css; charset=utf-8", "view.js": "text/javascript; charset=utf-8"}
_COLOURS = 14
"""Topics that have a colour of their own; the others share."""


def make_app(
    root: Path,
    token: str,
    names: frozenset[str],
    over: threading.Event,
    *,
    name: str = "",
    follow: bool = False,
) -> Flask:
    """The pages of one run.

    :param token: the first part of every path.
    :param names: the values of ``Host`` that are answered.
    :param over: set when the server ends: streams then end, too.
    :param name: what the run is called; else as its folder.
    :param follow: the tiles follow the run.
    """
    app = Flask(__name__, static_folder=None)
    guarded(app, token, names)
    draw = _Drawing(name or root.resolve().name, token, follow)
    evidence = EvidenceStore(RunDir(root).evidence)
    verdicts = Numbers(root)
    streams = threading.BoundedSemaphore(live.MOST_STREAMS)

    @contextmanager
    def opened() -> Iterator[tuple[Store, dict[str, str]]]:
        """The store, and puppet → arm in the order in which they are listed."""
        with Store(RunDir(root).store, create=False, readonly=True) as store:
            yield store, curves.arms_of(store.puppets())

    @app.errorhandler(Exception)
    def plainly(error: Exception) -> Any:
        if isinstance(error, HTTPException):
            known = request.path.startswith(f"/{token}/")
            text = draw("trouble", problem=error.name, fix="") if known else f"{error.name}\n"
            return Response(text, error.code, mimetype="text/html" if known else "text/plain")
        found = refusal_of(error)
        if found is None:
            raise error
        return draw("trouble", problem=f"{found.place}: {found.problem}", fix=found.fix), 503

    @app.get("/<token>/")
    def tiles(token: str) -> str:
        with opened() as (store, _):
            return draw("tiles", here="tiles", board=board(root, store))

    @app.get("/<token>/events")
    def events(token: str) -> Response:
        if not follow:
            abort(404)
        if not streams.acquire(blocking=False):
            abort(503)
        answer = Response(
            live.changes(root, over, draw.tile, draw.totals), mimetype="text/event-stream"
        )
        answer.call_on_close(streams.release)
        return answer

    @app.get("/<token>/picture/<puppet>")
    def picture(token: str, puppet: str) -> Response:
        with opened() as (store, _):
            found = pictures(root, {row["id"]: row["puppet"] for row in store.sessions()})
        if puppet not in found:
            abort(404)
        return Response(found[puppet].read_bytes(), content_type="image/png")

    @app.get("/<token>/puppet/<puppet>")
    def one(token: str, puppet: str) -> str:
        with opened() as (store, arms):
            if puppet not in arms:
                abort(404)
            order = list(arms)
            at = order.index(puppet)
            charts = curves.charts_of(store, arms, [puppet])
            return draw(
                "puppet",
                here="tiles",
                puppet=puppet,
                arm=arms[puppet],
                courses=courses_of(store, puppet),
                chart=charts[0] if charts else None,
                before=order[at - 1] if at else None,
                after=order[at + 1] if at + 1 < len(order) else None,
                drawing_width=WIDTH,
            )

    @app.get("/<token>/receipts")
    def receipts(token: str) -> str:
        with opened() as (store, arms):
            return draw("receipts", here="receipts", charts=curves.charts_of(store, arms))

    @app.get("/<token>/numbers")
    def numbers(token: str) -> str:
        return draw("numbers", here="numbers", found=verdicts.found())

    @app.get("/<token>/compare")
    def compare(token: str) -> str:
        with opened() as (store, arms):
            return draw("compare", here="compare", **_compared(store, arms, request.args))

    @app.get("/<token>/search")
    def search(token: str) -> str:
        asked = request.args.get("q", "")[:200].strip()
        with opened() as (store, _):
            found, more = captured.search(store, asked)
        return draw("search", here="search", asked=asked, found=found, more=more)

    @app.get("/<token>/page/<path:page>")
    def capture(token: str, page: str) -> str:
        with opened() as (store, arms):
            found = page_of(store, page)
            if found is None:
                abort(404)
            near = _near(pages_of(store, [found.puppet]), found)
            return draw(
                "capture",
                here="",
                page=found,
                arm=arms[found.puppet],
                items=items_of(store, [page])[page],
                unread=list(
                    store.rows("SELECT * FROM unparsed WHERE capture = ? ORDER BY number", [page])
                ),
                framed=not page.startswith(TIMELINE),
                before=near[0],
                after=near[1],
            )

    @app.get("/<token>/evidence/<capture>")
    def framed(token: str, capture: str) -> Response:
        answer = Response(captured.shown(html_of(capture)), content_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = captured.POLICY
        return answer

    @app.get("/<token>/text/<capture>")
    def text(token: str, capture: str) -> Response:
        answer = Response(
            html_of(capture).encode("utf-8", "replace"), content_type="text/plain; charset=utf-8"
        )
        answer.headers["Content-Security-Policy"] = captured.POLICY
        return answer

    def html_of(capture: str) -> str:
        with opened() as (store, _):
            try:
                return evidence.get(store.capture(capture).content_hash)
            except KeyError:
                abort(404)

    @app.get("/<token>/static/<name>")
    def static(token: str, name: str) -> Response:
        if name not in _STATIC:
            abort(404)
        found = files("collector.view").joinpath("static", name).read_bytes()
        return Response(found, content_type=_STATIC[name])

    return app


class _Drawing:
    """The templates, with what all of them need."""

    def __init__(self, name: str, token: str, follow: bool) -> None:
        env = Environment(
            loader=PackageLoader("collector.view"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.filters |= {
            "lasting": words.lasting, "clock": words.clock, "share": words.share,
            "slot": words.slot_name, "surface": said.surface, "word": said.verdict_word,
            "amount": said.amount, "level": said.level, "p": said.p_value,
        }  # fmt: skip
        env.globals |= {"base": f"/{token}", "follow": follow, "name": name}
        self._env = env
        self._macros = env.get_template("_tile.html.j2").module

    def __call__(self, template: str, /, **values: Any) -> str:
        values = {"here": "", **values}
        return self._env.get_template(f"{template}.html.j2").render(values)

    def tile(self, tile: Tile) -> str:
        return str(self._macros.tile(tile))  # type: ignore[attr-defined]

    def totals(self, found: Board) -> str:
        return str(self._macros.totals(found))  # type: ignore[attr-defined]


def _compared(store: Store, arms: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, Any]:
    """What the comparison shows: of the asked puppets and slot, or else of two of two arms."""
    names = list(arms)
    first = asked["a"] if asked.get("a") in arms else (names[0] if names else "")
    others = sorted(names, key=lambda name: (name == first, arms[name] == arms.get(first)))
    second = asked["b"] if asked.get("b") in arms else (others[0] if others else "")
    every = pages_of(store)
    of_first = {page.slot: page for page in every if page.puppet == first}
    of_second = {page.slot: page for page in every if page.puppet == second}
    slots = [slot for slot in of_first if slot in of_second]
    ends = [slot for slot in slots if of_first[slot].phase == "after"]
    slot = asked["slot"] if asked.get("slot") in slots else next(iter(ends or slots), "")
    by = "shown" if asked.get("by") == "shown" else "topic"
    pair = (of_first[slot], of_second[slot]) if slot else None
    items = items_of(store, [page.id for page in pair]) if pair else {}
    lists = align(items[pair[0].id], items[pair[1].id]) if pair else ()
    shown, there = shown_to(store, every, slot, arms) if pair else ({}, {})
    topics = sorted({item.topic for one in items.values() for item in one if item.topic})
    at = slots.index(slot) if slot else 0
    return {
        "puppets": arms,
        "first": first,
        "second": second,
        "slots": [(name, of_first[name]) for name in slots],
        "slot": slot,
        "by": by,
        "pair": pair,
        "lists": lists,
        "hues": {topic: number % _COLOURS for number, topic in enumerate(topics)},
        "shown": shown,
        "there": there,
        "before": slots[at - 1] if at else None,
        "after": slots[at + 1] if at + 1 < len(slots) else None,
    }


def _near(pages: list[Page], here: Page) -> tuple[Page | None, Page | None]:
    """The puppet's pages before and after one, in time."""
    in_time = sorted(pages, key=lambda page: (page.wall, page.seq))
    others = [page for page in in_time if page.id != here.id]
    earlier = [page for page in others if (page.wall, page.seq) <= (here.wall, here.seq)]
    later = [page for page in others if (page.wall, page.seq) > (here.wall, here.seq)]
    return (earlier[-1] if earlier else None, later[0] if later else None)
