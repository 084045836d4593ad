"""Takes the viewer out of a page before it is stored or sent: names, mail, avatar, cookies, tokens.

Protects pseudonymity. What identifies the viewer is *learned* from the few places that speak of
the viewer (masthead, account menu, comment box, page configuration) or given by the caller (cookies
of the browser); then each of these values is replaced wherever it stands, in every spelling a page
uses: any letter escaped for HTML, JSON, JavaScript, a style or a URL, also one in another; the
bytes of UTF-8 one by one (``\\303\\251``); soft hyphens, zero-width spaces, marks of direction and
of breaks between letters; bold and other elements over a part of it, or ruby; letters in another
form (:mod:`collector.scrub.forms`); base64; accents that are letters of their own. Everything else
stays as it is, byte for byte. Not found: a value written backwards, hashed, or in base64 twice, or
in letters of another alphabet; those are programs, not spellings. Nor a first name alone in a
sentence ("Ann's playlist"), nor initials: others bear them too.

The time it takes is in step with the page's size, whatever is on the page.

Decisions, all in favour of privacy where a choice had to be made:

* An account name is replaced as whole words, "Ann Lee" does not touch "Joann Leeds": one of several
  words in any case, without its accents ("Zofie" for "Žofie"), with other apostrophes and hyphens,
  and with its words in elements, or pieces of JSON, of their own; one of a single word as it is and
  in capitals. With its family name first ("Lee, Ann") it has its capitals. Its first word alone,
  and initials ("A. Lee"), go where they are greeted ("Welcome back, Ann"). A name of fewer than
  four letters ("Bo"), and initials, are replaced in the viewer's own places only.
* Mail addresses and handles are replaced whatever their case. A mail address in a video's
  description is content and stays, unless it is the viewer's.
* Values of fewer than six characters, and six plain lower-case letters ("reject"), are no secrets.
* Placeholders (``scrubbed-name``, ``scrubbed-token``, …) are the same for every page and survive a
  second scrubbing: ``scrub(scrub(x)) == scrub(x)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from collector.scrub.learn import learn
from collector.scrub.secret import Secret, SecretKind, Span, classify
from collector.scrub.spellings import occurrences
from collector.scrub.view import ENCODING, View

__all__ = ["Secret", "SecretKind", "learn", "scrub", "scrub_together", "secrets"]

MOST_LEARNED = 256
"""Values of one page that are looked for on all of it. Real pages hold a few dozen; what a page
holds beyond this many is replaced where the page speaks of its viewer, and nowhere else."""


def scrub(html: str, known: Iterable[str] = (), *, learning: bool = True) -> str:
    """The page without its viewer.

    :param html: a document or a fragment.
    :param known: values that the caller knows to identify the viewer: cookie values, the visitor
        id, account name, mail address.
    :param learning: look on the page for what speaks of the viewer. False for text that is not a
        page, such as a script: then only what is known is replaced.
    :returns: the page; the same object when there was nothing to take out.
    """
    view = View(html.encode(*ENCODING))
    learned, spans = learn(view) if learning else ([], [])
    return _without(html, view, _looked_for(known, learned), spans)


def _without(text: str, view: View, wanted: list[Secret], spans: list[Span]) -> str:
    for secret in wanted:
        spans += occurrences(secret, view)
    return _replaced(view.raw, spans).decode(*ENCODING) if spans else text


def scrub_together(
    texts: Sequence[str], known: Iterable[str] = (), *, mute: Sequence[str] = ()
) -> list[str]:
    """Texts of one viewer, each without what any of them says of the viewer.

    :param mute: texts that name nobody by themselves, such as addresses; they come last, without
        what the others tell.

    >>> page, answer = '{"VISITOR_DATA":"CgtKb2huX0RvZTEy"}', '{"seen":"CgtKb2huX0RvZTEy"}'
    >>> scrub_together([page, answer])[1]
    '{"seen":"scrubbed-token"}'
    """
    views = [View(text.encode(*ENCODING)) for text in texts]
    learned = [learn(view) for view in views]
    wanted = _looked_for(known, (one for found, _ in learned for one in found))
    clean = [
        _without(text, view, wanted, spans)
        for text, view, (_, spans) in zip(texts, views, learned, strict=True)
    ]
    return clean + [_without(one, View(one.encode(*ENCODING)), wanted, []) for one in mute]


def secrets(html: str, known: Iterable[str] = ()) -> tuple[Secret, ...]:
    """What ``scrub`` would look for on this page. For tests and for a puppet's own check."""
    learned, _ = learn(View(html.encode(*ENCODING)))
    return tuple(_looked_for(known, learned))


def _looked_for(known: Iterable[str], learned: Iterable[Secret]) -> list[Secret]:
    given = dict.fromkeys(s for value in known if (s := classify(value)))
    return [*given, *islice((s for s in dict.fromkeys(learned) if s not in given), MOST_LEARNED)]


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
