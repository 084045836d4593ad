"""The account of a puppet on the mock: a number that is a function of the puppet's browser id."""

from __future__ import annotations

import hashlib

#: Cookies by which the site knows a browser and an account.
BROWSER, ACCOUNT = "datr", "c_user"


def account_of(visitor_id: str) -> str:
    """Fifteen digits, like the numbers of the site's own accounts.

    >>> account_of("abcdefghijk")
    '100090773228379'
    """
    digest = hashlib.sha256(f"account {visitor_id}".encode()).digest()
    return str(1000 * 10**11 + int.from_bytes(digest[:8]) % 10**11)
