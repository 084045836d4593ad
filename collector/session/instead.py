"""Which page stands where a page of the site was asked for: a network's or a proxy's own.

Protects the reason of a missing cell: a log-in page that comes up in mid-run has nothing to do with
the platform, and every page after it is missing for that one reason.
"""

from __future__ import annotations

from collections.abc import Iterable

from collector.addresses import parts_of
from collector.common.model import PageStatus, RawPage
from collector.egress import another_page
from collector.platforms.registry import PlatformSpec
from collector.scrub import scrub_together

#: Kind of the line in the run's event log that tells of such a page.
INSTEAD = "instead"

#: What nobody sees the text of.
_UNSEEN = frozenset(("script", "style", "template"))
#: A captive page is small; only so many characters of one are looked through for words.
_MOST = 400_000


def instead(
    raw: RawPage, status: PageStatus, spec: PlatformSpec, site: str, known: Iterable[str] = ()
) -> str:
    """What stands in the place of the site's page, in words; empty: the site's own, or nothing.

    A page is somebody else's if it is no data and either its host is neither the site's nor the
    platform's, or nothing in it is the platform's.

    :param status: what the page was judged to be.
    :param site: origin of the site; empty: only the platform's own hosts are known.
    :param known: values that identify the viewer.
    """
    here = parts_of(raw.url)
    if status not in (PageStatus.UNKNOWN, PageStatus.ERROR) or not here.is_web:
        return ""
    own = spec.owns(here.host) or here.host == parts_of(site).host
    if own and (status is not PageStatus.UNKNOWN or spec.marks.search(raw.html)):
        return ""
    shown = _seen(scrub_together([raw.html[:_MOST]], known)[0])
    if own and not shown.strip():
        return ""
    return another_page(shown, "" if own else f" at {here.scheme}://{here.netloc}")


def _seen(html: str) -> str:
    """The text of a page without its markup, in one pass over it.

    >>> _seen("<!-- a <b> --><title>Hotel</title><script>x < y</script><p>Log in").split()
    ['Hotel', 'Log', 'in']
    """
    first, *pieces = html.split("<")
    found, until = [first], ""
    for piece in pieces:
        tag, _, text = piece.partition(">")
        name = (tag.split(maxsplit=1) or [""])[0].casefold()
        if until == "-->" or (not until and tag.startswith("!--")):
            _, ended, text = piece.partition("-->")
            until = "" if ended else "-->"
        elif until:
            until = "" if name == until else until
        elif name in _UNSEEN:
            until = f"/{name}"
        if not until:
            found.append(text)
    return " ".join(found)
