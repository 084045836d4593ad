"""The reading endpoints over what was really submitted."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from yttrex_tools import Bench, item, leaf, watch_page

from collector.common.identity import KeyPair, pseudonym

OTHER = KeyPair.generate(b"other")
EXPERIMENT = "e" * 40
COLUMNS = [
    "id", "videoId", "title", "verified", "source", "vizstr", "foryou", "suggestionOrder",
    "displayLength", "watched", "since", "credited", "channel", "savingTime", "watcher",
    "watchedId",
]  # fmt: skip


def submit(api: Bench, count: int = 3, keys: KeyPair | None = None, **more: Any) -> list[str]:
    """``count`` visits to one video, a minute apart; their metadata ids, oldest first."""
    ids = []
    for _ in range(count):
        api.clock.moment += timedelta(minutes=1)
        page = item(
            watch_page(related=("aaaaaaaaaa1", "aaaaaaaaaa2")),
            uuid=f"{api.clock.moment:%s}—0.5-7",
            **more,
        )
        (result,) = api.post([page], keys).get_json()["results"]
        assert result["status"] == "stored"
        ids.append(result["metadataId"])
    return ids


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_an_observation_has_the_documented_shape(api: Bench) -> None:
    submit(api, 1)
    (seen,) = api.get("/v1/videoId/SU31AEXDLrM").get_json()
    documented = api.get("/v1/videoId/dQw4w9WgXcQ").get_json()[0]
    assert list(seen) == list(documented)
    assert seen["title"] == "I Placed Maximum Ads On This Video."
    assert seen["authorName"] == "Drumsy"
    assert seen["authorSource"] == "/channel/UCoUmahSj6YHyUb8kuGR-lwg"
    assert seen["viewInfo"] == {"viewStr": "1,608,156 views", "viewNumber": 1608156}
    assert seen["watcher"] == pseudonym(api.keys.public_key)
    assert seen["savingTime"] == "2026-03-04T05:07:07.891Z"
    assert seen["relatedN"] == 2
    assert seen["related"][0] == {
        "index": 1,
        "title": "Film aaaaaaaaaa1",
        "verified": False,
        "source": "Drumsy",
        "vizstr": "1,113,926 views",
        "foryou": False,
        "videoId": "aaaaaaaaaa1",
        "displayTime": "25:33",
        "expandedTime": "25 minutes, 33 seconds",
        "viz": "1,113,926 views",
        "duration": "25 minutes, 33 seconds",
        "timeago": "5 months ago",
    }


def test_related_finds_the_pages_that_recommended_a_video(api: Bench) -> None:
    submit(api, 1)
    api.clock.moment += timedelta(days=60)
    (seen,) = api.get("/v1/related/aaaaaaaaaa2").get_json()
    assert (seen["videoId"], seen["timeago"]) == ("SU31AEXDLrM", "2 months")
    assert seen["related"][1] == {
        "title": "Film aaaaaaaaaa2",
        "source": "Drumsy",
        "index": 2,
        "videoId": "aaaaaaaaaa2",
    }
    assert api.get("/v1/related/zzzzzzzzzzz").get_json() == []


def test_paging_is_newest_first_and_capped(api: Bench) -> None:
    ids = submit(api, 5)

    def page(paging: str) -> list[str]:
        return [o["id"] for o in api.get(f"/v1/videoId/SU31AEXDLrM/{paging}").get_json()]

    newest = ids[::-1]
    assert page("2-0") == newest[:2]
    assert page("2-1") == newest[1:3]
    assert page("20") == newest
    for malformed in (
        "0-0",
        "abc",
        "-5",
        "10-",
        "1-2-3",
        "1.5-0",
        "٣-٠",
        "9" * 30,
        "1-" + "9" * 30,
    ):
        assert page(malformed) == newest, malformed
    assert page("99999-0") == newest
    token = api.token()
    personal = api.get(f"/v1/personal/{token}/2-1").get_json()
    assert [o["id"] for o in personal["recent"]] == newest[1:3]
    assert personal["total"] == 5
    assert personal["request"]["amount"] == 2
    assert len(rows_of(api.get("/v1/videoCSV/SU31AEXDLrM/2-0").text)) == 4
    capped = api.get(f"/v1/personal/{token}/99999-0").get_json()
    assert capped["request"]["amount"] == 1000


def test_only_the_user_token_reads_personal_data(api: Bench, old_api: Bench) -> None:
    submit(api, 1)
    public = api.keys.public_key
    assert api.get(f"/v1/personal/{public}").status_code == 404
    assert api.get("/v1/personal/short").status_code == 400
    assert api.get(f"/v1/personal/{'0' * 40}/csv").status_code == 404
    assert api.get(f"/v1/personal/{api.token()}").status_code == 200
    submit(old_api, 1)
    assert old_api.get(f"/v1/personal/{public}").get_json()["total"] == 1
    short = old_api.get("/v1/personal/short")
    assert (short.status_code, short.get_json()) == (
        200,
        {"message": "Invalid publicKey", "error": True},
    )
    unknown = old_api.get(f"/v1/personal/{'0' * 40}")
    assert (unknown.status_code, unknown.get_json()["error"]) == (200, True)


def test_public_answers_show_no_key_and_no_token(api: Bench) -> None:
    submit(api, 1, experimentId=EXPERIMENT, researchTag="spring")
    result = api.post([leaf()]).get_json()["results"][0]
    html_id = api.db.rows("SELECT id FROM yttrex_htmls ORDER BY rowid DESC")[0]["id"]
    for path in (
        "/v1/videoId/SU31AEXDLrM",
        "/v1/related/aaaaaaaaaa1",
        "/v1/videoCSV/SU31AEXDLrM",
        "/v1/last",
        "/v2/statistics",
        f"/v1/htmlId/{html_id}",
        f"/v1/htmlId/{result['metadataId']}",
        "/v1/research/spring",
        "/v1/home",
        "/v1/author/SU31AEXDLrM",
        "/v2/metadata",
        "/v2/metadata?format=csv",
        f"/v2/experiment/{EXPERIMENT}/json",
        f"/v2/experiment/{EXPERIMENT}/csv/video",
        f"/v2/experiment/{EXPERIMENT}/csv/adv",
        "/v2/guardoni/list",
        "/",
        "/v0/health",
    ):
        reply = api.get(path)
        assert reply.status_code in (200, 404), path
        assert api.keys.public_key not in reply.text, path
        assert api.token() not in reply.text, path


def test_last_is_computed_at_most_every_two_minutes(api: Bench) -> None:
    first = api.get("/v1/last").get_json()
    assert list(first) == ["content", "computedt", "next", "cacheTimeSeconds"]
    assert first["cacheTimeSeconds"] == 120
    assert (first["computedt"], first["next"]) == (
        "2026-03-04T05:06:07.891Z",
        "2026-03-04T05:08:07.891Z",
    )
    submit(api, 1)
    assert api.get("/v1/last").get_json() == first
    api.clock.moment += timedelta(seconds=60)
    later = api.get("/v1/last").get_json()
    assert len(later["content"]) == 20
    newest = later["content"][0]
    assert list(newest)[:2] == ["watcher", "title"]
    assert list(newest)[-3:] == ["related", "timeago", "secondsago"]
    assert newest["timeago"] == "a minute ago"
    assert newest["secondsago"] == -60
    submit(api, 25)
    api.clock.moment += timedelta(minutes=3)
    assert len(api.get("/v1/last").get_json()["content"]) == 20


def test_the_csvs_have_sixteen_columns_and_parse(api: Bench) -> None:
    hostile = 'He said "hi",\r\nit\'s ok 🤷'
    page = watch_page(related=("-aaaaaaaaa1",)).replace(
        "Film -aaaaaaaaa1", hostile.replace('"', "&quot;")
    )
    api.post([item(page)])
    for path in (f"/v1/personal/{api.token()}/csv", "/v1/videoCSV/SU31AEXDLrM"):
        reply = api.get(path)
        assert reply.content_type == "text/csv; charset=utf-8"
        (row,) = rows_of(reply.text)
        assert list(row) == COLUMNS
        assert row["videoId"] == "'-aaaaaaaaa1"
        assert row["watched"] == "I Placed Maximum Ads On This Video."
        assert row["suggestionOrder"] == "1"
        assert row["watcher"] == pseudonym(api.keys.public_key)
        assert "He said" in row["title"]
        assert reply.text.endswith("\r\n")
    assert len(rows_of(api.get(f"/v1/personal/{api.token()}/csv").text)[0]["id"]) == 40
    video = api.get("/v1/videoCSV/SU31AEXDLrM")
    assert len(rows_of(video.text)[0]["id"]) == 20
    assert video.headers["Content-Disposition"] == (
        'attachment; filename="video-SU31AEXDLrM-26-03-04.csv"'
    )
    empty = api.get("/v1/videoCSV/zzzzzzzzzzz")
    assert rows_of(empty.text) == []
    assert empty.text.count(",") == 15


def test_the_historical_csv_dialect(old_api: Bench) -> None:
    from collector.common.identity import parse_iso
    from mockserver.api.yttrex.csvs import historical

    row = {
        "id": "ab",
        "title": 'He said "hi", it\'s ok\nline2',
        "verified": True,
        "foryou": None,
        "n": 3,
        "f": 1.5,
        "nul": None,
        "savingTime": parse_iso("2019-05-27T16:32:28.196Z"),
        "badTime": None,
    }
    assert historical(list(row), [row]) == (
        '"id","title","verified","foryou","n","f","nul","savingTime","badTime"\n'
        '"ab","He said 〃hi〃, it’s ok\nline2","true","",3,"1.5","",2019-05-27T16:32:28.196Z,null\n'
    )
    reply = old_api.get("/v1/videoCSV/dQw4w9WgXcQ")
    assert reply.content_type == "csv/text; charset=utf-8"
    assert reply.headers["Content-Disposition"].startswith("attachment; filename=video-dQw4")
    assert old_api.get("/v1/videoCSV/zzzzzzzzzzz").text == "Error, Zorry: 🤷"


def test_research_gathers_a_tag_or_an_experiment(api: Bench) -> None:
    submit(api, 2, researchTag="spring")
    submit(api, 1, OTHER, researchTag="spring", experimentId=EXPERIMENT)
    found = api.get("/v1/research/spring").get_json()
    assert list(found) == ["researchToken", "supporters", "total", "content"]
    assert found["total"] == len(found["content"]) == 3
    assert found["supporters"] == [
        pseudonym(api.keys.public_key),
        pseudonym(OTHER.public_key),
    ]
    assert api.get(f"/v1/research/{EXPERIMENT}").get_json()["total"] == 1
    assert api.get("/v1/research/unknown").status_code == 404


def test_raw_html_under_its_id(api: Bench) -> None:
    page = watch_page()
    (result,) = api.post([item(page)]).get_json()["results"]
    for path in ("htmlId", "html"):
        shown = api.get(f"/v1/{path}/{result['id']}").get_json()
        assert list(shown) == ["html", "metadata"]
        assert shown["html"] == page
        assert shown["metadata"]["p"] == pseudonym(api.keys.public_key)
        assert shown["metadata"]["isVideo"] is True
    assert api.get("/v1/htmlId/" + "0" * 40).status_code == 404


def test_statistics_are_live(api: Bench) -> None:
    submit(api, 2)
    hours = api.get("/v2/statistics/supporters/hours/3")
    assert hours.headers["name"] == "supporters"
    series = hours.get_json()
    assert [doc["newcomers"] for doc in series] == [0, 0, 0, 1]
    assert series[-1]["hour"] == "2026-03-04T05:00:00.000Z"
    (before, today) = api.get("/v2/statistics/nature/day/1").get_json()
    assert today == {
        "total": 2,
        "homepages": 0,
        "videos": 2,
        "searches": 0,
        "dayId": today["dayId"],
        "day": "2026-03-04T00:00:00.000Z",
        "name": "nature",
    }
    assert before["total"] == 0
    submit(api, 1)
    assert api.get("/v2/statistics/nature/day/1").get_json()[1]["total"] == 3
    for name in api.get("/v2/statistics").get_json()["allowedNames"]:
        assert api.get(f"/v2/statistics/{name}/days/2").status_code == 200, name
    assert len(api.get("/v2/statistics/active/hours/999999999").get_json()) == 1001


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("nothing/day/1", "allowedNames"),
        ("nature/week/1", "allowedRanges"),
        ("nature/day/x", "invalidNumber"),
        ("nature/day/-1", "invalidNumber"),
        ("nature/day/0", "invalidNumber"),
        ("nature", "allowedRanges"),
    ],
)
def test_statistics_explain_themselves(api: Bench, old_api: Bench, path: str, key: str) -> None:
    for made, status in ((api, 400), (old_api, 200)):
        reply = made.get(f"/v2/statistics/{path}")
        assert reply.status_code == status
        told = reply.get_json()
        assert told["error"] is True
        assert told["expectedFormat"] == "/api/v2/statistics/:name/:unit/:amount"
        assert key in told


def test_evidence_is_deleted_whole_and_only_by_its_owner(api: Bench) -> None:
    (mine,) = submit(api, 1)
    api.post([leaf(randomUUID=f"{api.clock.moment:%s}—0.5-7")])
    (theirs,) = submit(api, 1, OTHER)
    token = api.token()
    refused = api.client.delete(f"/api/v2/personal/{token}/selector/id/{theirs}")
    assert refused.status_code == 404
    by_key = api.client.delete(f"/api/v2/personal/{api.keys.public_key}/selector/id/{mine}")
    assert by_key.status_code == 404
    selected = api.get(f"/v2/personal/{token}/selector/id/{mine}").get_json()
    assert [o["id"] for o in selected] == [mine]
    done = api.client.delete(f"/api/v2/personal/{token}/selector/id/{mine}")
    assert done.get_json() == {
        "success": True,
        "result": {"metadata": {"acknowledged": True, "deletedCount": 1}},
    }
    for table in ("yttrex_htmls", "yttrex_leaves", "yttrex_related"):
        assert api.db.rows(f"SELECT * FROM {table} WHERE metadata_id = ?", [mine]) == []
    assert api.get(f"/v1/htmlId/{mine}").status_code == 404
    assert [o["id"] for o in api.get("/v1/videoId/SU31AEXDLrM").get_json()] == [theirs]
    assert api.client.delete(f"/api/v2/personal/{token}/selector/id/{mine}").status_code == 404


def test_no_compatibility_lets_a_public_key_delete(old_api: Bench) -> None:
    (mine,) = submit(old_api, 1)
    url = f"/api/v2/personal/{old_api.keys.public_key}/selector/id/{mine}"
    old_api.client.delete(url)
    assert len(old_api.get("/v1/videoId/SU31AEXDLrM").get_json()) == 1


def test_metadata_by_filter(api: Bench) -> None:
    submit(api, 2, researchTag="spring")
    submit(api, 1, OTHER)
    assert len(api.get("/v2/metadata?researchTag=spring").get_json()["data"]) == 2
    mine = api.get(f"/v2/metadata?publicKey={api.token()}").get_json()
    assert mine["totals"] == {"video": 2, "search": 0, "home": 0, "hashtag": 0, "channel": 0}
    assert all(len(o["id"]) == 20 and o["supporter"] for o in mine["data"])
    chosen = json.dumps({"nature": "video", "title": "MAXIMUM ads"})
    assert len(api.get("/v2/metadata", query_string={"filter": chosen}).get_json()["data"]) == 3
    assert len(api.get("/v2/metadata?filter[title]=Maximum&amount=1").get_json()["data"]) == 1
    shouted = {"filter": json.dumps({"authorName": "DRUMSY"})}
    assert len(api.get("/v2/metadata", query_string=shouted).get_json()["data"]) == 3
    table = rows_of(api.get("/v2/metadata?format=csv&researchTag=spring").text)
    assert [row["items"] for row in table] == ["2", "2"]
    for bad in ("filter=[]", "filter={", 'filter={"x":1}', "format=xml", "filter[evil]=1&filter=3"):
        assert api.get(f"/v2/metadata?{bad}").status_code == 400, bad


def test_the_authors_other_recommendations(api: Bench) -> None:
    submit(api, 2)
    told = api.get("/v1/author/SU31AEXDLrM/1-0").get_json()
    assert told["authorName"] == "Drumsy"
    assert told["authorSource"] == "UCoUmahSj6YHyUb8kuGR-lwg"
    assert (told["overflow"], told["total"]) == (True, 2)
    assert told["content"][0]["recommendedVideoId"] == "aaaaaaaaaa1"
    assert api.get("/v1/author/zzzzzzzzzzz").status_code == 404


def test_flat_rows_of_a_supporter(api: Bench) -> None:
    ids = submit(api, 1)
    rows = rows_of(api.get(f"/v2/personal/{api.token()}/video/csv").text)
    assert [row["id"] for row in rows] == [f"{ids[0][:8]}V01", f"{ids[0][:8]}V12"]
    assert rows[0]["watchedVideoId"] == "SU31AEXDLrM"
    assert rows[0]["recommendedViews"] == "1113926"
    assert list(rows[0])[-1] == "kind"
    assert rows[0]["kind"] == "video"
    assert api.get(f"/v2/personal/{api.token()}/shorts/csv").status_code == 400
