"""The demo supporter: the documentation's token for tests opens its data on every mock.

Made-up pages, the same in every mock, among them the two posts that the documentation prints. It
is made when a server starts (elsewhere with the first request that needs it), and nobody can delete
it: its deletion is counted only.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from textwrap import shorten
from typing import Any

from collector.common.identity import KeyPair, content_id_2019, iso_z, js_json, parse_iso, pseudonym
from collector.common.jsondata import load
from collector.common.model import Post, Visibility
from mockserver.api.fbtrex.events import ImpressionEvent, TimelineEvent
from mockserver.api.fbtrex.filing import Batch, Read, read_post
from mockserver.api.fbtrex.tables import Supporter
from mockserver.db import Submissions
from mockserver.platforms.facebook.fragments import Author, Card, Shown, classic
from mockserver.world._vocabulary import WORDS

TOKEN = "thisisaworkingtokenusablewhenperformtest"
USER_ID = "100013896528265"

#: The newest timeline of the documentation's examples.
_LAST = datetime(2019, 5, 2, 8, 33, 40, tzinfo=UTC)
#: (impressions, public ones) of the newest timelines; those of "5" add up as documented.
_NEWEST = ((12, 7), (13, 7), (13, 7), (12, 7), (13, 7))
_TIMELINES = 31
_PAGES = (
    ("La Gaceta del Alba", "es"), ("Radio Nueve Voces", "es"), ("Ciencia a Mano", "es"),
    ("Cocina de Marta", "es"), ("Diario del Puerto", "es"), ("Plaza Mayor TV", "es"),
    ("The Morning Ferry", "en"), ("Planet Notebook", "en"), ("Small Kitchen Club", "en"),
    ("Free Speech Weekly", "en"), ("Open Court Sports", "en"), ("Common Ground News", "en"),
)  # fmt: skip
_SENTENCES = {
    "es": "Hoy hablamos de {0} y de {1}: lo que se sabe, lo que no, y por qué es tan importante"
    " para la gente del barrio.",
    "en": "Today we talk about {0} and {1}: what is known, what is not, and why it matters to the"
    " people of this town.",
}

#: Posts that the documentation prints, as it prints them, oldest first; ``user`` and ``timeline``
#: are filled in.
_DOCUMENTED: tuple[dict[str, Any], ...] = load(__package__, "documented.json")

#: What a heading says after the name: the reference reads it as part of ``displaySource``.
_ADDED_PHOTO = {"es": "agregó una foto nueva.", "en": "added a new photo."}

#: Held while the data are made, so that two requests do not make them twice.
_MAKING = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Seen:
    timeline: str
    start: datetime
    reads: tuple[Read, ...]


def token_exists(db: Submissions) -> bool:
    """Say whether the demo supporter is in this database."""
    return bool(db.rows("SELECT 1 FROM fbtrex_supporters WHERE user_token = ?", [TOKEN]))


def ensure(db: Submissions) -> None:
    """File the demo supporter's data, once a database."""
    if db.cache.get("fbtrex-demo"):
        return
    with _MAKING:  # not under the database's lock, which every other request needs
        _dataset()
    with db.writing() as connection:
        if not token_exists(db):
            first = iso_z(_LAST - timedelta(days=60))
            connection.execute(
                "INSERT INTO fbtrex_supporters (public_key, user_id, user_token, pseudo, version,"
                " key_time, last_activity, demo) VALUES (?, ?, ?, ?, '1.4.99', ?, ?, 1)",
                [
                    KeyPair.generate(b"fbtrex demo supporter").public_key,
                    USER_ID,
                    TOKEN,
                    pseudonym(f"user{USER_ID}"),
                    first,
                    iso_z(_LAST),
                ],
            )
            row = db.one("SELECT * FROM fbtrex_supporters WHERE user_token = ?", [TOKEN])
            _file(db, Supporter(**row))
    db.cache["fbtrex-demo"] = True


def _file(db: Submissions, supporter: Supporter) -> None:
    batch = Batch(db, supporter, "ES")
    for seen in _dataset():
        batch.now = iso_z(seen.start + timedelta(minutes=3))
        batch.file([TimelineEvent(seen.timeline, iso_z(seen.start), False, None), *seen.reads])
    for documented in _DOCUMENTED:
        _print_as_documented(db, supporter, documented)


def _print_as_documented(db: Submissions, supporter: Supporter, given: dict[str, Any]) -> None:
    """The documented posts under the documentation's own ids and sizes."""
    rows = db.rows(
        "SELECT timeline_id, impression_id, id FROM fbtrex_summaries WHERE supporter = ?"
        " AND impression_time = ?",
        [supporter.supporter, given["impressionTime"]],
    )
    for row in rows:
        timeline = pseudonym(f"timeline{row['timeline_id']}")
        doc = {
            key: {"user": supporter.pseudo, "timeline": timeline}.get(key, value)
            for key, value in given.items()
        } | {"id": row["id"]}
        db.db.execute(
            "UPDATE fbtrex_summaries SET doc = ?, semantic_id = ? WHERE supporter = ?"
            " AND impression_id = ?",
            [js_json(doc), doc["semanticId"], supporter.supporter, row["impression_id"]],
        )
        Batch(db, supporter, "ES").understand(
            doc["semanticId"], doc["texts"], doc["impressionTime"]
        )


@lru_cache(maxsize=1)
def _dataset() -> tuple[_Seen, ...]:
    """All timelines, oldest first; parsed once a process."""
    draw = random.Random("fbtrex demo")
    found = []
    for number in range(_TIMELINES):
        start = _start(number)
        total, public = _NEWEST[number] if number < len(_NEWEST) else (0, 0)
        documented = [d for d in _DOCUMENTED if abs(start - parse_iso(d["impressionTime"])) < _NEAR]
        if number >= len(_NEWEST):
            total, public = (46, 26) if documented else (draw.randint(11, 15), draw.randint(6, 9))
        found.append(_timeline(draw, number, start, total, public, documented))
    return tuple(reversed(found))


_NEAR = timedelta(minutes=5)


def _start(number: int) -> datetime:
    """The newest is the documentation's; two a day before that, and those of the documented."""
    fixed = {21: "2019-04-21T15:04:10.000Z", 25: "2019-04-19T18:03:20.000Z"}
    if number in fixed:
        return parse_iso(fixed[number])
    return _LAST - timedelta(hours=12 * number, seconds=37 * number % 60)


def _timeline(
    draw: random.Random,
    number: int,
    start: datetime,
    total: int,
    public: int,
    documented: list[dict[str, Any]],
) -> _Seen:
    uuid = f"demo-{number:04d}"
    timeline = content_id_2019(uuid=uuid, user=USER_ID)
    fixed = {d["impressionOrder"]: d for d in documented}
    orders = set(draw.sample([n for n in range(1, total + 1) if n not in fixed],
                             public - len(fixed))) | set(fixed)  # fmt: skip
    reads = []
    for order in range(1, total + 1):
        moment = iso_z(start + timedelta(seconds=5 * (order - 1)))
        event = ImpressionEvent(
            id=content_id_2019(uuid=uuid, user=USER_ID, order=str(order)),
            timeline_id=timeline,
            order=order,
            time=fixed[order]["impressionTime"] if order in fixed else moment,
            visibility=Visibility.PUBLIC if order in orders else Visibility.PRIVATE,
            html=None,
            html_id=None,
            kind=None,
            came_from=None,
        )
        if order in orders:
            html = classic(_documented_post(fixed[order]) if order in fixed
                           else _made_up(draw, start, 1000 * number + order))  # fmt: skip
            event = replace(event, html=html, html_id=content_id_2019(html=html))
        reads.append(_read(event))
    return _Seen(timeline, start, tuple(reads))


def _read(event: ImpressionEvent) -> Read:
    read = read_post(event, ("es", "en"))
    if read.problem or (event.html and not isinstance(read.post, Post)):
        raise AssertionError(f"the demo's own post cannot be read: {read.problem}")
    return read


def _made_up(draw: random.Random, start: datetime, number: int) -> Shown:
    place = draw.randrange(len(_PAGES))
    name, lang = _PAGES[place]
    path = "/" + "".join(c for c in name if c.isascii() and c.isalnum())
    author = Author(name, f"{path}/", str(2_000_000_000 + place))
    topic = draw.choice(("science", "news-left", "news-right", "cooking", "sports"))
    words = draw.sample(list(WORDS[topic][lang]), 2)
    text = _SENTENCES[lang].format(*words)
    paid = draw.random() < 0.14
    kind = draw.choice(("posts", "posts", "posts", "photos", "videos"))
    post_id = str(10_150_000_000_000_000 + number * 7919)
    rarer = random.Random(f"fbtrex demo {number}")  # the other draws stay as they were
    post = Shown(
        author=author,
        post_id=post_id,
        link="" if paid else f"{path}/{kind}/{post_id}",
        second=int((start - timedelta(minutes=draw.randint(8, 2400))).timestamp()),
        time_text=f"{draw.randint(1, 23)} hrs",
        audience="Public",
        paragraphs=(text,),
        sponsored="Sponsored" if paid else "",
        reactions={
            reaction: f"{draw.randint(1, most)} {reaction.title()}"
            for reaction, most in (("LIKE", 900), ("LOVE", 80), ("HAHA", 60), ("ANGRY", 90))
            if reaction == "LIKE" or draw.random() < 0.5
        }
        | {
            reaction: f"{rarer.randint(1, most)} {reaction.title()}"
            for reaction, most in (("WOW", 50), ("SAD", 40))
            if rarer.random() < 0.3
        },
        comments=f"{draw.randint(1, 90)} Comments",
        shares=f"{draw.randint(1, 60)} Shares",
    )
    if kind == "posts":
        site = f"{path[1:].lower()}.example"
        about = shorten(text, 90, placeholder="…")
        card = Card(f"https://{site}/{number}", site, f"{words[0].capitalize()}", about)
        return replace(post, card=card)
    if kind == "videos":
        return replace(post, video=True)
    picture = f"https://scontent.xx.fbcdn.net/v/t1.0-0/p526x395/{number}_n.jpg"
    action = _ADDED_PHOTO[lang] if rarer.random() < 0.7 else ""
    return replace(post, pictures=((picture, "Image may contain: text"),), action=action)


def _documented_post(given: dict[str, Any]) -> Shown:
    """A fragment that says what the documentation prints, as nobody published the page."""
    path = given["sourceLink"].removeprefix("https://www.facebook.com")
    card = given.get("opengraph")
    return Shown(
        author=Author(given["source"], path, "8585811569"),
        post_id=given["postId"],
        link=given["permaLink"],
        second=int(parse_iso(given["publicationTime"]).timestamp()),
        time_text=given["publicationTime"][:10],
        audience="Public",
        paragraphs=tuple(text for text in given["texts"][:1] if text),
        card=Card(card["link"], card["siteName"], card["title"], card["description"])
        if card
        else None,
        reactions={
            name: f"{given[name]} {name.title()}"
            for name in ("LIKE", "ANGRY", "HAHA")
            if name in given
        },
    )
