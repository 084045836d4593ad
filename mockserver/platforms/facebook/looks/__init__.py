"""The looks of the site: a new one is a module here, its name in the list, and its templates."""

from __future__ import annotations

import re

from mockserver.platforms.facebook.looks import mobile, of2017, of2019, of2020, of2023
from mockserver.platforms.facebook.looks.look import Look

LOOKS = {module.LOOK.name: module.LOOK for module in (of2017, of2019, of2020, of2023, mobile)}

#: Names of the mobile site's host: the mock's, and the real site's, asked for by way of a proxy.
MOBILE_HOSTS = ("m.facebook.localhost", "m.facebook.com")

_BY_ERA = {era: look for look in LOOKS.values() for era in look.eras}
_PHONE = re.compile(r"\b(?:Mobile|Android|iPhone|iPod|Windows Phone)\b")


def look_of(era: str, *, host: str = "", agent: str = "") -> Look:
    """The look that a visitor has.

    :param era: of the world; one without a look of its own has that of 2020.
    :param host: the host that was asked, without its port.
    :param agent: the browser's ``User-Agent``.

    >>> look_of("2019").name, look_of("2026-01").name
    ('2019', '2020')
    >>> look_of("2019", host="m.facebook.localhost").name
    'mobile'
    >>> look_of("2026", agent="Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X)").name
    'mobile'
    """
    if host in MOBILE_HOSTS or _PHONE.search(agent):
        return mobile.LOOK
    return _BY_ERA.get(era, of2020.LOOK)


__all__ = ["LOOKS", "MOBILE_HOSTS", "Look", "look_of"]
