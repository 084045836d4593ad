"""What a view needs to know of the request it answers: the world, the query, where links lead."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from mockserver.api.gdata.accounts import Accounts
from mockserver.api.gdata.build import add
from mockserver.api.gdata.index import Index
from mockserver.api.gdata.names import Version
from mockserver.api.gdata.query import Query
from mockserver.world import User, World


@lru_cache(maxsize=8192)
def _quoted(part: str) -> str:
    return quote(part, safe="")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The world, the indexes and the query of one request, and how ids and links are written
    for it."""

    world: World
    index: Index
    accounts: Accounts
    query: Query
    root: str
    """What ids and links begin with, e.g. ``http://127.0.0.1:8000/feeds/api``."""

    @property
    def second(self) -> bool:
        """Is the second dialect spoken?"""
        return self.query.version is Version.V2

    def url(self, *parts: str) -> str:
        """Give the address of a feed or entry below the API's root; each part is quoted."""
        return "/".join([self.root, *map(_quoted, parts)])

    def ident(self, parts: tuple[str, ...], tag: str) -> str:
        """An entity's id: its URL, or in the second dialect a tag."""
        return f"tag:youtube.com,2008:{tag}" if self.second else self.url(*parts)

    def author(self, parent: Any, user: User, name: str | None = None) -> None:
        """The element ``author``; ``name`` defaults to the user name."""
        made = add(parent, "author")
        add(made, "name", name or user.name)
        add(made, "uri", self.url("users", user.name))
        if self.second and user.channel_id:
            add(made, "yt:userId", user.channel_id[2:])

    def text_type(self) -> dict[str, str | int | None]:
        """The attributes of a text construct, which only the first dialect spells out."""
        return {} if self.second else {"type": "text"}
