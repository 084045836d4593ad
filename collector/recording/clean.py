"""Takes the viewer out of what was received, so that replay still works.

Protects pseudonymity in files that nobody reads before they are kept. The same value becomes the
same placeholder in an answer, in the addresses and in the bodies that a page makes of it, so that
a page which is given the answer again asks the same questions again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collector.addresses import without_userinfo
from collector.platforms.registry import platforms
from collector.scrub import scrub, secrets
from collector.scrub.secret import MARK, SecretKind, classify

PLACEHOLDER = "scrubbed-token"

#: Headers that are nothing but proof of who asks, on any site.
_CREDENTIALS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "x-csrf-token",
        "x-goog-authuser",
        "x-goog-pageid",
        "x-goog-visitor-id",
        "x-xsrf-token",
    }
)
_TEXT = ("json", "xml", "javascript", "ecmascript", "x-www-form-urlencoded", "urlencoded")
_CODE = ("javascript", "ecmascript", "css")


def _is_of_a_platform(header: str) -> bool:
    """One that only a platform's own pages send."""
    return any(header in spec.credentials for spec in platforms().values())


def is_text(mime_type: str) -> bool:
    """Is a body of this type characters?"""
    plain = mime_type.lower()
    return plain.startswith("text/") or any(word in plain for word in _TEXT)


class Cleaner:
    """What is known to identify one viewer; it grows with what is learned from its pages."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: dict[str, None] = dict.fromkeys(known)

    @property
    def known(self) -> tuple[str, ...]:
        """Return the values that are known to identify the viewer, first learned first."""
        return tuple(self._known)

    def add(self, values: Iterable[str]) -> None:
        """Further values that identify the viewer, such as cookies."""
        self._known |= dict.fromkeys(values)

    def learn(self, text: str, mime_type: str) -> None:
        """Remember what an answer says of its viewer, for everything around it."""
        if is_text(mime_type) and not _is_code(mime_type):
            self.add(secret.value for secret in secrets(text))

    def text(self, text: str) -> str:
        """An address, a header, a request's body: without what is known."""
        return scrub(text, self._known, learning=False)

    def strings(self, text: str) -> str:
        """JSON in which the elements of a page are lists: a string that is one word of the viewer's
        name and nothing else is a piece of it (``["B",{},"Ada"]," ",["I",{},"Lovelace"]``)."""
        names = [found.value.split() for value in self._known if (found := classify(value))
                 if found.kind is SecretKind.NAME]  # fmt: skip
        for word in sorted({word for words in names if len(words) > 1 for word in words}):
            for form in dict.fromkeys((word, word.upper(), word.lower(), word.capitalize())):
                for end in (",", "]", ","):  # a text among others; no key, no element's name
                    text = text.replace(f',"{form}"{end}', f',"{MARK}{SecretKind.NAME}"{end}')
        return text

    def body(self, text: str, mime_type: str) -> str:
        """An answer's text. Scripts and styles are not searched for tokens, so that they work."""
        return scrub(text, self._known, learning=not _is_code(mime_type))

    def headers(self, headers: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        """Without cookies sent and proofs of identity; cookies set keep their names."""
        kept = []
        for header in headers:
            name, value = str(header["name"]), str(header["value"])
            match name.lower():
                case "cookie":
                    continue
                case "set-cookie":
                    kept.append({"name": name, "value": _without_value(value)})
                case plain if plain in _CREDENTIALS or _is_of_a_platform(plain):
                    kept.append({"name": name, "value": PLACEHOLDER})
                case _:
                    kept.append({"name": name, "value": self.text(value)})
        return kept

    def address(self, url: str) -> str:
        """An address without what is known and without a name and password in it."""
        return self.text(without_userinfo(url))


def _is_code(mime_type: str) -> bool:
    return any(word in mime_type.lower() for word in _CODE)


def _without_value(cookie: str) -> str:
    """A ``Set-Cookie`` whose value tells nobody from another; short plain words stay."""
    pair, semicolon, attributes = cookie.partition(";")
    name, equals, value = pair.partition("=")
    if equals and classify(value.strip()) is not None:
        value = PLACEHOLDER
    return f"{name}{equals}{value}{semicolon}{attributes}"
