"""The forms of an answer: Atom, and everything that is made from it.

An entry is a function of the world, of where its links lead and of the dialect, so entries are kept
as they were sent and only put together anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lxml import etree

from mockserver.api.gdata import jsons
from mockserver.api.gdata.build import Element, qualified, spelled
from mockserver.api.gdata.feed import Feed, Item, entry_tree, feed_head
from mockserver.api.gdata.fields import prune, prune_object
from mockserver.api.gdata.names import Version
from mockserver.api.gdata.query import Alt
from mockserver.api.gdata.request_context import RequestContext
from mockserver.api.gdata.rss import rss_feed, rss_item

_JSON = "application/json; charset=UTF-8"
#: What ends a line in a script, even within a string, and not in JSON.
_LINE_ENDS = (("\u2028".encode(), rb"\u2028"), ("\u2029".encode(), rb"\u2029"))
_RSS = "application/rss+xml; charset=UTF-8"


def render(found: Feed | Item, here: RequestContext) -> tuple[bytes, str]:
    """The body and its content type."""
    query = here.query
    if query.alt is Alt.JSONC:
        return _compact(found, here), _JSON
    if query.alt in {Alt.JSON, Alt.SCRIPT}:
        body = _json(found, here)
        if query.alt is Alt.JSON:
            return body, _JSON
        for separator, escape in _LINE_ENDS:
            body = body.replace(separator, escape)
        return b"%s(%s);" % (query.callback.encode(), body), "text/javascript; charset=UTF-8"
    if query.alt is Alt.RSS:
        return _written(_rss(found, here), here), _RSS
    content_type = "application/atom+xml; charset=UTF-8"
    if query.version is Version.V2:
        content_type += "; type=feed" if isinstance(found, Feed) else "; type=entry"
    return _written(_atom(found, here), here), content_type


def _written(tree: Element, here: RequestContext) -> bytes:
    return bytes(
        etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=here.query.pretty)
    )


def _kept(form: str, item: Item, here: RequestContext, make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives; of entries that can be told apart by a key, made once in a while."""
    if item.key is None:
        return make()
    return here.index.entries.get((form, here.query.version, here.root, item.key), make)


def _entry(item: Item, here: RequestContext) -> Element:
    made = _kept("atom", item, here, lambda: bytes(etree.tostring(entry_tree(item, here))))
    return etree.fromstring(made)


def _atom(found: Feed | Item, here: RequestContext) -> Element:
    """The whole tree, or the part that was asked for."""
    if isinstance(found, Feed):
        tree = feed_head(found, here)
        tree.extend([_entry(item, here) for item in found.items])
    else:
        tree = _entry(found, here)
    wanted = here.query.fields
    if wanted is not None:
        prune(tree, wanted, lambda name: spelled(name, here.query.version))
    return tree


def _rss(found: Feed | Item, here: RequestContext) -> Element:
    version = here.query.version
    if not isinstance(found, Feed):
        return rss_item(_atom(found, here), version)
    if here.query.fields is not None:
        tree = _atom(found, here)
        entries = [child for child in tree if child.tag == qualified("entry")]
        return rss_feed(tree, [rss_item(entry, version) for entry in entries], version)

    def made(item: Item) -> bytes:
        return bytes(etree.tostring(rss_item(_entry(item, here), version)))

    items = [
        etree.fromstring(_kept("rss", item, here, partial(made, item))) for item in found.items
    ]
    return rss_feed(feed_head(found, here), items, version)


def _json(found: Feed | Item, here: RequestContext) -> bytes:
    query = here.query
    if not isinstance(found, Feed) or query.fields is not None or query.pretty:
        return jsons.document(_atom(found, here), query.version, pretty=query.pretty)

    def made(item: Item) -> bytes:
        return jsons.entry(_entry(item, here), query.version)

    entries = [_kept("json", item, here, partial(made, item)) for item in found.items]
    return jsons.document(feed_head(found, here), query.version, entries)


def _compact(found: Feed | Item, here: RequestContext) -> bytes:
    made = jsons.compact_feed(found, here) if isinstance(found, Feed) else found.jsonc(here)
    if here.query.fields is not None:
        made = prune_object(made, here.query.fields)
    return jsons.compact(made, pretty=here.query.pretty)
