"""By what a page or a request of the site says who is signed in, for the scrubber."""

from __future__ import annotations

import re

#: The address of the page on which a viewer manages a channel: it is the viewer's own, group 1.
OWN_CHANNEL = re.compile(rb"studio\.youtube\.com/channel/(UC[\w-]{22})")
#: Request headers that are nothing but proof of who asks.
CREDENTIALS = frozenset({"x-youtube-identity-token"})
