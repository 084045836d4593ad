"""Takes the viewer out of a page before it is stored or sent: names, mail, avatar, cookies, tokens.

Protects pseudonymity. What identifies the viewer is *learned* from the few places that speak of
the viewer (masthead, account menu, comment box, page configuration) or given by the caller (cookies
of the browser); then each of these values is replaced wherever it stands, in every spelling a page
uses (HTML, JSON and URL escapes, base64). Everything else stays as it is, byte for byte.

Decisions, all in favour of privacy where a choice had to be made:

* An account name is replaced as a whole word, case-sensitively; "Ann Lee" does not touch "Joann
  Leeds". A name of fewer than four letters ("Bo") is replaced in the viewer's own places only.
* Mail addresses and handles are replaced whatever their case. A mail address in a video's
  description is content and stays, unless it is the viewer's.
* Values of fewer than six characters, and six plain lower-case letters ("reject"), are no secrets.
* Placeholders (``scrubbed-name``, ``scrubbed-token``, …) are the same for every page and survive a
  second scrubbing: ``scrub(scrub(x)) == scrub(x)``.
"""

from __future__ import annotations

from collections.abc import Iterable

from collector.scrub.learn import Secret, SecretKind, Span, classify, learn
from collector.scrub.spellings import occurrences

__all__ = ["Secret", "SecretKind", "learn", "scrub", "secrets"]

_ENCODING = ("utf-8", "surrogatepass")


def scrub(html: str, known: Iterable[str] = (), *, learning: bool = True) -> str:
    """The page without its viewer.

    :param html: a document or a fragment.
    :param known: values that the caller knows to identify the viewer: cookie values, the visitor
        id, account name, mail address.
    :param learning: look on the page for what speaks of the viewer. False for text that is no page,
        such as a script: then only what is known is replaced.
    :returns: the page; the same object when there was nothing to take out.
    """
    data = html.encode(*_ENCODING)
    learned, spans = learn(data) if learning else ([], [])
    found = _deduplicated([*(s for value in known if (s := classify(value))), *learned])
    folded = data.lower() if any(s.kind.folded for s in found) else b""
    for secret in found:
        spans += occurrences(secret, folded if secret.kind.folded else data, data)
    if not spans:
        return html
    return _replaced(data, spans).decode(*_ENCODING)


def secrets(html: str, known: Iterable[str] = ()) -> tuple[Secret, ...]:
    """What ``scrub`` would look for on this page. For tests and for a puppet's own check."""
    learned, _ = learn(html.encode(*_ENCODING))
    return tuple(_deduplicated([*(s for value in known if (s := classify(value))), *learned]))


def _deduplicated(found: Iterable[Secret]) -> list[Secret]:
    return list(dict.fromkeys(found))


def _replaced(data: bytes, spans: list[Span]) -> bytes:
    """Spans that overlap become one, under the placeholder of the first (the longest, at a tie)."""
    out: list[bytes] = []
    end = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start >= end:
            out += [data[end : span.start], span.kind.placeholder]
            end = span.end
        else:
            end = max(end, span.end)
    out.append(data[end:])
    return b"".join(out)
