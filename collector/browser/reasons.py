"""Why a page did not load, in words: the network's own name for it, and what to do.

Protects the rule that a missing cell has a reason that a person can mend.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

#: The HTTP status by which a proxy asks for user and password.
PROXY_LOGIN = 407

#: Chromium's name for whatever went wrong before a SOCKS proxy had let it in.
SOCKS_FAILED = "ERR_SOCKS_CONNECTION_FAILED"
LOGIN_REFUSED = "the proxy refused user and password: see proxy.credentials"
LOGIN_UNWANTED = "the proxy takes no user and password: leave proxy.credentials out"

_LOGIN = "the proxy wants another user and password, or any: see proxy.credentials"
_PROXY = "the proxy does not answer, or not as a proxy: see proxy.server"
_TUNNEL = (
    "the proxy refused the way to the site: it does not know its login, or does not let it through"
)
_CERTIFICATE = "the site's certificate is signed by nobody whom this machine trusts: see --ca"

_WORDS: Mapping[str, str] = {
    str(PROXY_LOGIN): _LOGIN,
    "ERR_PROXY_AUTH_UNSUPPORTED": _LOGIN,
    "ERR_PROXY_AUTH_REQUESTED": _LOGIN,
    "ERR_UNEXPECTED_PROXY_AUTH": _LOGIN,
    "ERR_PROXY_CONNECTION_FAILED": _PROXY,
    SOCKS_FAILED: _PROXY,
    "ERR_SOCKS_CONNECTION_HOST_UNREACHABLE": "the proxy does not reach the site",
    # In httpcore's words, of a SOCKS proxy:
    "Invalid username/password": LOGIN_REFUSED,
    "Requested USERNAME/PASSWORD": LOGIN_UNWANTED,
    "Requested NO AUTHENTICATION": _LOGIN,
    "ERR_TUNNEL_CONNECTION_FAILED": _TUNNEL,
    "ERR_PROXY_CERTIFICATE_INVALID": "the proxy's own certificate is signed by nobody whom this"
    " machine trusts: see --ca",
    "ERR_CERT_AUTHORITY_INVALID": _CERTIFICATE,
    "CERTIFICATE_VERIFY_FAILED": _CERTIFICATE,
    "ERR_CERT_COMMON_NAME_INVALID": "the site's certificate is for another name",
    "ERR_CERT_DATE_INVALID": "the site's certificate is not valid now (check this machine's clock)",
    "ERR_INTERNET_DISCONNECTED": "this machine has no network",
    "ERR_NAME_NOT_RESOLVED": "nobody knows the site's name",
}
#: What a proxy says who stands between a puppet and a site that may be as well as ever.
_REFUSALS = (_LOGIN, LOGIN_REFUSED, LOGIN_UNWANTED, _TUNNEL)
_CODE = re.compile(
    r"ERR_[A-Z_]+|CERTIFICATE_VERIFY_FAILED|\b407\b"
    r"|Invalid username/password|Requested (?:USERNAME/PASSWORD|NO AUTHENTICATION)"
)


def explained(reason: str) -> str:
    """``reason`` with what its code means, where that is known.

    >>> explained("net::ERR_INTERNET_DISCONNECTED")
    'net::ERR_INTERNET_DISCONNECTED (this machine has no network)'
    """
    found = _CODE.search(reason)
    words = _WORDS.get(found[0]) if found else None
    return f"{reason} ({words})" if words else reason


def of_the_proxy(reason: str) -> bool:
    """Whether it was the proxy that refused, by a ``reason`` as :func:`explained` words it.

    >>> of_the_proxy(explained("407"))
    True
    """
    return any(words in reason for words in _REFUSALS)
