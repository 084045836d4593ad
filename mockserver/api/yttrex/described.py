"""What the descriptions of several endpoints share: answers, and who may ask."""

from __future__ import annotations

from mockserver.openapi.operations import Media, Needs, json_of

ERROR: Media = json_of("@YttrexError")
REFUSAL: Media = json_of("@YttrexRefusal")
#: A path of series that is not whole, or names what there is not.
WRONG: Media = json_of(("@YttrexWrongSeries", "@YttrexError"))
SIGNED: Needs = {"yttrexKey": [], "yttrexSignature": []}
