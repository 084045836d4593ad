"""What the descriptions of several endpoints share: answers, and who may ask."""

from __future__ import annotations

from mockserver.openapi.operations import Media, Needs, json_of

ERROR: Media = json_of("@FbtrexError")
#: A path of series that is not whole, or names what there is not.
WRONG: Media = json_of(("@FbtrexWrongSeries", "@FbtrexError"))
_REFUSAL: Media = json_of("@FbtrexRefusal")
#: What a signed request may be answered instead.
INGESTION: dict[int, Media] = {400: _REFUSAL, 401: _REFUSAL, 413: _REFUSAL, 415: _REFUSAL}
SIGNED: Needs = {"fbtrexKey": [], "fbtrexSignature": []}
#: What one reads of oneself with the token beside the path.
OWN: tuple[Needs, ...] = ({"fbtrexBearer": []}, {"fbtrexToken": []})
HEADERS = ("X-Fbtrex-Build", "X-Fbtrex-Version", "X-Fbtrex-UserId")
