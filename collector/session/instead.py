"""Which page stands where a page of the site was asked for: a network's or a proxy's own.

Protects the reason of a missing cell: a log-in page that comes up in mid-run has nothing to do with
the platform, and every page after it is missing for that one reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from collector.addresses import parts_of
from collector.common.model import PageStatus, RawPage
from collector.common.pagetext import text_of
from collector.egress import another_page
from collector.platforms.registry import PlatformSpec
from collector.scrub import scrub_together

#: Kind of the line in the run's event log that tells of such a page.
INSTEAD = "instead"

#: A captive page is small; only so many characters of one are looked through for words.
_MOST = 400_000


def instead(
    raw: RawPage,
    status: PageStatus,
    spec: PlatformSpec,
    site: str,
    known: Callable[[], Iterable[str]] = tuple,
) -> str:
    """What stands in the place of the site's page, in words; empty: the site's own, or nothing.

    A page is somebody else's if it is no data and either its host is neither the site's nor the
    platform's, or nothing in it is the platform's.

    :param status: what the page was judged to be.
    :param site: origin of the site; empty: only the platform's own hosts are known.
    :param known: asked for the values that identify the viewer where another's page is quoted.
    """
    here = parts_of(raw.url)
    if status not in (PageStatus.UNKNOWN, PageStatus.ERROR) or not here.is_web:
        return ""
    own = spec.owns(here.host) or here.host == parts_of(site).host
    if own and (status is not PageStatus.UNKNOWN or spec.marks.search(raw.html)):
        return ""
    shown = text_of(scrub_together([raw.html[:_MOST]], known())[0])
    if own and not shown:
        return ""
    return another_page(shown, "" if own else f" at {here.scheme}://{here.netloc}")
