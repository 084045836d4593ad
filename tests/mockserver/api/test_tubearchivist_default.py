"""The default profile, request by request: what the two recorded servers beside it, and what is
documented of it, say that it answers.

The recorded servers are one generation older and one younger. Where the older one's answer holds,
its body is expected with the default's dates, art and index names; where the default differs from
both, the answer is written here with what it is known from.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from places import CORPUS
from tubearchivist_tools import ADMIN, VIEWER, Bench, bench

FOLDER = CORPUS / "tubearchivist"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not (FOLDER / "fixtures.json").is_file(),
        reason="the recorded servers are not at hand (TWINWATCH_CORPUS)",
    ),
]

NO_ADMIN = (403, {"detail": "You do not have permission to perform this action."})
SUCCESS = (200, {"message": "success"})
INCOMPLETE = (400, {"message": "missing id or is_watched"})
#: By the number of the recorded request: what differs from the older server, and why.
DIFFERENT: dict[int, tuple[int, Any]] = {
    # The version is told since 0.4.
    **dict.fromkeys((5, 6, 12), (200, {"response": "pong", "user": 1, "version": "v0.4.7"})),
    # Served without the slash, as the documents write paths; the newer path sends on.
    8: (200, {"response": "pong", "user": 1, "version": "v0.4.7"}),
    9: (308, None),
    22: (200, {"token": ADMIN, "user_id": 1}),
    # Documented: a page that holds nothing is not found. The body stays that of an empty list.
    **dict.fromkeys((31, 32, 74, 109), (404, {"data": []})),
    # An error page in the recorded servers; a reason here.
    **dict.fromkeys((33, 34, 63, 66, 69, 70, 89, 116, 185, 186), (400, {})),
    36: (404, {}),
    49: (404, {"message": "video not found"}),
    126: (400, {"message": "dl_00000000: invalid status None"}),
    127: (404, {"message": "nope: item not found 404"}),
    171: (200, {"cookie_validated": False}),
    # Documented: a vote is 0, 1 or 20, and a segment does not end before it begins.
    **dict.fromkeys((65, 68), (400, {})),
    # The filter of channels came with 0.3.3, and knows one word.
    72: (200, {"paginate": {"total_hits": 2, "params": "filter=subscribed"}}),
    73: (400, {"message": "invalid url query filder: unsubscribed"}),
    # Channels are searched by id since 0.4.1.
    82: (404, {"message": "channel not found: foo", "data": False}),
    83: (400, {"message": "missing expected q parameter", "data": False}),
    84: (404, {"data": False}),
    85: (400, {"message": "expected type channel", "data": False}),
    # Unsubscribing, which the older server passes over, shows in the channel's videos.
    97: (
        200,
        {
            "data": [
                {"youtube_id": "vid00000000", "channel": {"channel_subscribed": False}},
                {"youtube_id": "vid00000001"},
            ]
        },
    ),
    # Playlists are filtered by type, and subscribed to since 0.4.1.
    93: (200, {"data": []}),
    94: (400, {"message": "invalid playlist_type bad"}),
    100: (
        200,
        {
            "data": [
                {"playlist_id": "PL00000000000000000000000000000001", "playlist_subscribed": True}
            ]
        },
    ),
    101: (400, {"message": "missing expected data key"}),
    # Since 0.4.3 a viewer administers nothing.
    **dict.fromkeys((91, 133, 143, 169, 176), NO_ADMIN),
    124: (200, {"status": "priority"}),
    # As documented, where the recorded server said false.
    134: (200, {"snapshots": []}),
    # Tasks by name and id since 0.3.5.
    **dict.fromkeys((149, 150), (200, False)),
    151: (200, {"message": {"status": "PENDING", "task_name": "download_pending"}}),
    152: (404, {"message": "invalid task name"}),
    153: (400, {"message": "can not start task through this endpoint"}),
    **dict.fromkeys((154, 155), (404, {"message": "task id not found"})),
    156: (400, {"message": "no valid command found"}),
    **dict.fromkeys((147, 148), (400, {})),
    # The refresh queue is documented with the default's version.
    157: (200, {"total_queued": 0, "type": "all", "state": "empty"}),
    158: (200, {"total_queued": 0, "type": "video", "state": "empty"}),
    **dict.fromkeys((159, 160, 163), (400, {"status": "Bad Request"})),
    161: (200, {"total_queued": 0, "type": "video", "id": "vid00000000", "state": False}),
    162: (200, {"total_queued": 0, "type": "channel", "state": "empty"}),
    173: (
        400,
        {
            "cookie_import": "fail",
            "cookie_validated": False,
            "message": {"cookie_import": "fail", "cookie_validated": False},
        },
    ),
    # Watched marks since 0.3.1.
    **dict.fromkeys((189, 190, 191, 192, 198, 199), SUCCESS),
    193: (404, {"message": "video not found"}),
    194: (400, {}),
    **dict.fromkeys((195, 196, 197), INCOMPLETE),
    200: (405, {"detail": 'Method "GET" not allowed.'}),
    # Marked by the request for its playlist; the recorded index could not do that.
    201: (200, {"data": {"youtube_id": "vid00000001", "player": {"watched": True}}}),
    202: NO_ADMIN,
    203: (404, {"video": "vid99999999", "state": "not found"}),
    204: (200, []),
    # Settings of a user since 0.4.3.
    205: (200, {"user_id": 1}),
    206: (200, {"page_size": 5, "user_id": 1}),
    207: (200, {"paginate": {"page_size": 5, "last_page": 6, "next_pages": [2, 3, 4, 5]}}),
    208: (
        400,
        {
            "status": "Bad Request",
            "message": "failed updating page_size to 'x', Invalid value for page_size: x",
        },
    ),
    209: (400, {"status": "Bad Request"}),
    210: (200, {"page_size": 12, "user_id": 1}),
    211: (200, {"doc_count": 30, "duration": 18435, "duration_str": "05h 07m 15s"}),
}
#: The younger server's channel, which the older one could not look up, is compared by its name.
SEARCHED_CHANNEL = 81
#: Drawn names and moments.
DRAWN = frozenset({"id", "start_date", "end_date", "end_stamp", "duration_s", "es_version",
                   "next_exec", "next_exec_str", "snapshot_name", "timestamp", "validated",
                   "validated_str", "config", "_score"})  # fmt: skip
_OLD_DATE = re.compile(r"\d{2} [A-Z][a-z]{2}, \d{4}\Z")


@pytest.fixture(scope="module")
def ta() -> Iterator[Bench]:
    with bench(tubearchivist_load=FOLDER / "fixtures.json") as made:
        yield made


def _recorded() -> list[dict[str, Any]]:
    with gzip.open(FOLDER / "captured-v0.3.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _send(ta: Bench, request: dict[str, Any], names: dict[str, str]) -> Any:
    path = request["path"].removeprefix("/api")
    for recorded, ours in names.items():
        path = path.replace(recorded, ours)
    auth = request["auth"]
    headers = dict(auth) if isinstance(auth, dict) else {}
    if request["label"] == "accept xml":
        headers["Accept"] = "application/xml"
    more: dict[str, Any] = {}
    form = request["req_form"]
    if isinstance(form, dict):
        more["data"] = form
    elif isinstance(form, str):
        more["data"] = form.encode()
        more["content_type"] = headers.pop("Content-Type", "text/plain")
    token = {"admin": ADMIN, "viewer": VIEWER}.get(auth) if isinstance(auth, str) else None
    return ta(request["method"], path, request["req_json"], token=token, headers=headers, **more)


def _renewed(found: Any) -> Any:
    """An answer of the older server with the default's dates and art."""
    if isinstance(found, list):
        return [_renewed(one) for one in found]
    if isinstance(found, dict):
        renewed = {key: _renewed(value) for key, value in found.items()}
        if renewed.get("channel_tvart_url") is False:
            thumb = str(renewed["channel_thumb_url"])
            renewed["channel_tvart_url"] = thumb.replace("_thumb", "_tvart")
        return renewed
    if isinstance(found, str) and _OLD_DATE.match(found):
        return datetime.strptime(found, "%d %b, %Y").date().isoformat()
    return found


def _differences(expected: Any, found: Any, where: str = "") -> Iterator[str]:
    """What of ``expected`` is not in ``found``; keys that are only found do not count."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key not in found:
                yield f"{where}.{key} is missing"
            elif key not in DRAWN:
                yield from _differences(value, found[key], f"{where}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, pair in enumerate(zip(expected, found, strict=True)):
            yield from _differences(*pair, f"{where}[{number}]")
    elif expected != found:
        yield f"{where}: {str(expected)[:80]} expected, not {str(found)[:80]}"


def test_every_recorded_request_is_answered_as_the_default_profile_does(ta: Bench) -> None:
    names: dict[str, str] = {}
    wrong: list[str] = []
    for number, request in enumerate(_recorded()):
        answer = _send(ta, request, names)
        body = answer.get_json(silent=True)
        known = request["body"]
        if isinstance(known, dict) and "snapshot_name" in known and isinstance(body, dict):
            names[known["snapshot_name"]] = body["snapshot_name"]
        browser = request["label"] == "browser accept"
        if request["method"] in {"OPTIONS", "HEAD"} or browser:
            assert answer.status_code == 200
            continue
        status, expected = DIFFERENT.get(number, (request["status"], _renewed(known)))
        if number == SEARCHED_CHANNEL:
            status, expected = 200, {"data": {"channel_name": "Channel 1", "_index": "ta_channel"}}
        found = list(_differences(expected, body)) if expected not in (None, "") else []
        if "search" in request["path"] and isinstance(expected, dict) and "results" in expected:
            found = list(_differences(dict.fromkeys(expected["results"]), body["results"]))
            found = [one for one in found if "missing" in one]
        if answer.status_code != status:
            found.insert(0, f"status {answer.status_code}, {status} expected")
        if found:
            wrong.append(f"#{number} {request['method']} {request['path']}: {found[:3]}")
    assert not wrong, "\n".join(wrong)


def test_documents_name_their_index_in_the_default_profile(ta: Bench) -> None:
    for path, index in (
        ("/video/", "ta_video"),
        ("/channel/", "ta_channel"),
        ("/playlist/", "ta_playlist"),
        ("/download/", "ta_download"),
    ):
        first = ta.get(path)["data"][0]
        assert (first["_index"], list(first)[-2:]) == (index, ["_index", "_score"])
        key = first.get("youtube_id") or first.get("playlist_id") or first["channel_id"]
        if index == "ta_channel":
            key = first["channel_id"]
        item = ta.get(f"{path}{key}/")["data"]
        assert (item["_index"], item["_score"]) == (index, 0)
    hits = ta.get("/search/?query=title")["results"]["video_results"]
    assert {hit["_index"] for hit in hits} == {"ta_video"}
