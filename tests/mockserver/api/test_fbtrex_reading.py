"""The reading endpoints: the documentation's shapes, keys and order; paging; deletion; access."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from facebook_posts import PERSON, html
from fbtrex_tools import TOKEN, Bench, bench, timeline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.common.identity import KeyPair, pseudonym

SUMMARY = [
    "impressionTime", "impressionOrder", "semanticId", "opengraph", "user", "timeline",
    "publicationTime", "postId", "permaLink", "fblinktype", "nature", "images", "displaySource",
    "source", "sourceLink", "texts", "textsize",
]  # fmt: skip
COLUMNS = [
    "nature", "publicationTime", "postId", "permaLink", "fblinktype", "source", "sourceLink",
    "displaySource", "textsize", "texts", "impressionTime", "impressionOrder", "user", "timeline",
    "semanticId",
]  # fmt: skip
COUNTER = [
    "impressions",
    "aggregated",
    "labels",
    "semantics",
    "anomalies",
    "summary",
    "errors",
    "metadata",
    "htmls",
    "accesses",
    "timelines",
    "supporters",
]


@pytest.fixture(scope="module")
def api() -> Iterator[Bench]:
    made = bench()
    made.post([event for n in range(1, 4) for event in timeline(n, day=n)])
    yield made
    made.db.close()


@pytest.fixture
def fresh() -> Iterator[Bench]:
    made = bench()
    yield made
    made.db.close()


def test_where_the_document_and_the_server_differ(api: Bench) -> None:
    """What was recorded stands, and the page of the API says so."""
    rows = api.personal("summary", "2000-0")
    types = {(row["nature"], row["fblinktype"]) for row in rows}
    assert types == {("sponsored", None), *(("organic", t) for t in ("posts", "photo", "videos"))}
    for row in rows:
        optional = [row[key] is None for key in ("publicationTime", "postId", "permaLink")]
        assert optional == [row["nature"] == "sponsored"] * 3
        assert all(row[name] > 0 for name in row if name.isupper())
    ids = [(row["semanticId"], tuple(row["texts"])) for row in rows if row["texts"]]
    assert len(dict(ids)) == len(set(ids))
    stats = api.personal("stats", "1-0")
    assert stats["served"] == {"amount": 1, "skip": 0}
    assert {("htmlId" in r) == (r["visibility"] == "public") for r in stats["content"]} == {True}
    assert {len(row["summary"]) for row in stats["content"]} == {0, 1}
    daily = api.personal("daily", "0-3")
    assert (daily["dayamount"], daily["skipped"], len(daily["stats"])) == (3, 3, 3)


def test_the_documented_post(api: Bench) -> None:
    rows = [r for r in api.personal("summary", "2000-0") if r["source"] == "El País"]
    assert len(rows) == 1
    (row,) = rows
    assert list(row) == [*SUMMARY, "LIKE", "ANGRY", "HAHA"]
    assert row["impressionTime"] == "2019-04-19T18:06:49.000Z"
    assert row["impressionOrder"] == 41
    assert row["semanticId"] == "7cd2480750f1cdb23215da6da4186b30cbe2f424"
    assert list(row["opengraph"]) == [
        "fblinktype", "link", "isValid", "siteName", "title", "description",
    ]  # fmt: skip
    assert row["opengraph"]["siteName"] == "elpais.com"
    assert (row["postId"], row["permaLink"]) == (
        "10125221421413523523", "/elpais/posts/10156260262981570",
    )  # fmt: skip
    assert row["images"] == {"count": 1, "captions": []}
    assert (row["textsize"], row["LIKE"], row["ANGRY"], row["HAHA"]) == (547, 29, 18, 8)
    assert row["user"] == pseudonym("user100013896528265")


def test_summary_is_newest_first_and_paged(api: Bench) -> None:
    everything = api.personal("summary", "2000-0")
    times = [(row["impressionTime"], row["impressionOrder"]) for row in everything]
    assert times == sorted(times, reverse=True)
    assert api.personal("summary", "3-2") == everything[2:5]
    assert api.personal("summary", "5") == everything[:5]
    assert len(api.personal("summary")) == 200
    assert len(api.personal("summary", "0-0")) == 200
    assert len(api.personal("summary", "abc-2")) == 200
    assert api.personal("summary", "5-100000") == []


def test_stats(api: Bench) -> None:
    found = api.personal("stats", "1-0")
    assert list(found) == ["storedTimelines", "served", "content", "timelines"]
    assert found["storedTimelines"] == 31
    assert found["served"] == {"amount": 1, "skip": 0}
    assert list(found["timelines"].values()) == [12]
    rows = found["content"]
    assert [row["impressionOrder"] for row in rows] == list(range(1, 13))
    assert rows[0]["startTime"] == "2019-05-02T08:33:40.000Z"
    public = [row for row in rows if "htmlId" in row]
    assert len(public) == 7
    assert list(public[0]) == [
        "startTime", "geoip", "impressionOrder", "impressionTime", "htmlId", "timelineId",
        "summary", "visibility",
    ]  # fmt: skip
    assert all(len(row["summary"]) == 1 for row in public)
    assert all(row["summary"] == [] for row in rows if "htmlId" not in row)
    one_later = api.personal("stats", "1-1")
    assert list(one_later["timelines"]) != list(found["timelines"])


def test_the_documented_csv(api: Bench) -> None:
    reply = api.get(f"/v2/personal/{TOKEN}/csv/2000-0")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = pseudonym("user100013896528265")
    assert reply.headers["Content-Disposition"] == f'attachment; filename="summary--{name}.csv"'
    rows = list(csv.reader(io.StringIO(reply.get_data(as_text=True))))
    assert rows[0] == COLUMNS
    documented = next(row for row in rows if row[5] == "Catalunya Diari")
    assert documented == [
        "organic", "2019-04-18T17:21:30.000Z", "1247146142126177",
        "/CatalunyaDiari/posts/1247146142126177", "posts", "Catalunya Diari",
        "https://www.facebook.com/CatalunyaDiari/", "Catalunya Diari", "171", " ‖▩‖ ",
        "2019-04-21T15:05:15.000Z", "14", name, documented[13],
        "82a416a63569d1b65ddfae1ff5b5812b13a247cf",
    ]  # fmt: skip
    texts = {row[10]: row[9] for row in rows[1:]}
    for doc in api.personal("summary", "2000-0"):
        assert texts[doc["impressionTime"]].lstrip("'") == " ‖▩‖ ".join(doc["texts"])
    assert all(line.startswith('"') for line in reply.text.split("\r\n") if line)


def test_cells_no_spreadsheet_runs(fresh: Bench) -> None:
    event = timeline(public=1, private=0)
    event[1]["html"] = html(paragraphs=("=HYPERLINK(1)", 'say "hi", all'), card=None)
    fresh.post(event)
    reply = fresh.get(f"/v2/personal/{fresh.token()}/csv/")
    (_, row) = csv.reader(io.StringIO(reply.get_data(as_text=True)))
    assert row[9] == '\'=HYPERLINK(1) ‖▩‖ say "hi", all'


def test_the_documented_deletion_leaves_the_demo(api: Bench) -> None:
    for _ in range(2):
        reply = api.get(f"/v2/personal/{TOKEN}/remove/5")
        assert reply.get_json() == {"timelines": 5, "impressions": 63, "htmls": 35, "summaries": 35}
        assert "X-Fbtrex-Simulated" in reply.headers
    assert api.personal("stats", "1-0")["storedTimelines"] == 31


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_deletion_counts_what_it_removes_and_removes_it_all(fresh: Bench, method: str) -> None:
    fresh.post([event for n in range(1, 4) for event in timeline(n, day=n)])
    other = KeyPair.generate(b"other")
    fresh.post(timeline(9), other)
    token = fresh.token()
    before = fresh.personal("exporter", token=token)
    gone = fresh.client.open(f"/fbtrex/api/v2/personal/{token}/remove/2", method=method)
    assert gone.get_json() == {"timelines": 2, "impressions": 6, "htmls": 4, "summaries": 4}
    assert fresh.personal("exporter", token=token) == before[2:]
    fresh.client.open(f"/fbtrex/api/v2/personal/{token}/remove/9", method=method)
    owner = fresh.db.one("SELECT supporter FROM fbtrex_supporters WHERE user_token = ?", [token])
    for table in ("timelines", "impressions", "htmls", "summaries"):
        where = f"SELECT COUNT(*) AS n FROM fbtrex_{table} WHERE supporter = ?"
        assert fresh.db.one(where, [owner["supporter"]])["n"] == 0
    assert len(fresh.personal("summary", token=fresh.token(other))) == 2
    kept = {r["semantic_id"] for r in fresh.db.rows("SELECT semantic_id FROM fbtrex_summaries")}
    for table in ("labels", "semantics"):
        left = {r["semantic_id"] for r in fresh.db.rows(f"SELECT semantic_id FROM fbtrex_{table}")}
        assert left <= kept


def test_daily(api: Bench) -> None:
    found = api.personal("daily", "0-3")
    assert list(found) == ["dayamount", "skipped", "stats", "pseudo"]
    assert (found["dayamount"], found["skipped"], len(found["stats"])) == (3, 3, 3)
    assert [list(day) for day in found["stats"]] == [
        ["day", "dayTime", "id", "ntimelines", "npost", "nature", "totalSeconds", "duration",
         "sources"]
    ] * 3  # fmt: skip
    newest = api.personal("daily")["stats"][0]
    assert newest["day"] == "2019-05-02"
    assert (newest["ntimelines"], newest["npost"], newest["totalSeconds"]) == (1, 7, 55)
    assert sum(newest["nature"].values()) == 7
    assert newest["duration"] == "a minute"
    assert api.personal("daily", "1")["dayamount"] == 3


def test_time_is_the_sum_over_timelines_not_the_span_of_the_day(fresh: Bench) -> None:
    fresh.post([*timeline(1), *timeline(20)])
    (day,) = fresh.personal("daily", token=fresh.token())["stats"]
    assert (day["ntimelines"], day["npost"], day["totalSeconds"]) == (2, 4, 4)
    assert (day["nature"], day["sources"]) == ({"organic": 4, "sponsored": 0}, 1)


def test_enrich_has_the_summary_and_the_metadata(api: Bench) -> None:
    """What servers answered before February 2020 and what they answered after it, in one."""
    rows = api.personal("enrich", "50-0")
    summaries = api.personal("summary", "50-0")
    assert len(rows) == len(summaries) == 50
    for row, summary in zip(rows, summaries, strict=True):
        assert {key: value for key, value in summary.items() if key != "id"}.items() <= row.items()
        assert row["attributions"][0]["content"] == row["source"]
        assert row["fullText"] == "\n".join(text for text in row["texts"] if text)
        assert ("linkontime" in row) == bool(row["permaLink"])


def test_the_test_profile_has_what_the_document_prints(api: Bench) -> None:
    """Every reaction somewhere, and a heading that says more than the source."""
    rows = api.personal("summary", "2000-0")
    for reaction in ("LIKE", "LOVE", "ANGRY", "HAHA", "WOW", "SAD"):
        assert any(row.get(reaction) for row in rows), reaction
    more = {row["displaySource"] for row in rows if row["displaySource"] != row["source"]}
    assert any(each.endswith("added a new photo.") for each in more)


def test_enrich_by_paging_and_by_day(api: Bench) -> None:
    rows = api.personal("enrich", "2000-0")
    assert not any({"_id", "id"} & set(row) for row in rows)
    labelled = [row for row in rows if "labels" in row]
    assert labelled
    assert all(row["lang"] in ("es", "en") and row["labels"] for row in labelled)
    day = api.personal("enrich", "2019-04-21")
    assert day
    assert {row["impressionTime"][:10] for row in day} == {"2019-04-21"}
    assert api.personal("enrich", "1999-01-01") == []


def test_exporter(api: Bench) -> None:
    (one,) = api.personal("exporter", "1-0")
    impressions, htmls, about, summaries = one
    assert list(about) == ["startTime", "userId", "geoip", "id"]
    assert len(impressions) == 12
    assert [h["impressionId"] for h in htmls] == [i["id"] for i in impressions if "htmlId" in i]
    assert "userContentWrapper" in htmls[0]["html"]
    assert [s["id"] for s in summaries] == [h["id"] for h in htmls]


def test_nothing_stored_is_empty_not_an_error(fresh: Bench) -> None:
    token = fresh.token()
    for verb, nothing in (("summary", []), ("enrich", []), ("exporter", [])):
        assert fresh.personal(verb, token=token) == nothing
    assert fresh.personal("stats", token=token) == {
        "storedTimelines": 0, "served": {"amount": 20, "skip": 0}, "content": [], "timelines": {},
    }  # fmt: skip
    assert fresh.personal("daily", token=token)["stats"] == []
    assert fresh.personal("remove", token=token) == {
        "timelines": 0, "impressions": 0, "htmls": 0, "summaries": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "verb", ["summary", "stats", "csv", "enrich", "exporter", "remove", "daily"]
)
def test_other_tokens_open_nothing(api: Bench, verb: str) -> None:
    for token in ("0" * 40, "x", api.keys.public_key, "' OR 1=1 --", "%00", "a" * 5000):
        reply = api.get(f"/v2/personal/{token}/{verb}/1-0")
        assert reply.status_code == 403, token


def test_counter(fresh: Bench) -> None:
    fresh.post(timeline())
    first = fresh.get("/v2/statistics/counter").get_json()
    assert list(first) == ["content", "computedt", "next", "cacheTimeSeconds"]
    assert list(first["content"]) == [k for name in COUNTER for k in (name, f"{name}_lw")]
    assert first["cacheTimeSeconds"] == 120
    assert first["content"]["impressions_lw"] == 3
    assert first["content"]["supporters"] == 2
    fresh.post(timeline(2))
    assert fresh.get("/v2/statistics/counter").get_json() == first
    fresh.clock.sleep(121)
    assert fresh.get("/v2/statistics/counter").get_json()["content"]["impressions_lw"] == 6


def test_semantic_queries(api: Bench) -> None:
    labels = api.get("/v2/es/labels/3").get_json()
    assert list(labels[0]) == ["_id", "semanticId", "lang", "when", "l", "textsize"]
    semantics = api.get("/v2/es/semantics/3").get_json()
    assert list(semantics[0]) == [
        "_id", "semanticId", "label", "lang", "title", "spot", "wp", "confidence", "when",
    ]  # fmt: skip
    found = api.get(f"/v2/es/noogle/{semantics[0]['label']}/5").get_json()
    assert found
    private = {"id", "user", "timeline", "impressionOrder", "impressionTime"}
    for doc in (*found, *api.get("/v2/es/enrich/5").get_json()):
        assert not private & set(doc["summary"])
    unit = api.get(f"/v2/unit/{semantics[0]['semanticId']}").get_json()
    assert list(unit) == ["labels", "posts"]
    assert unit["labels"]
    assert not private & set(unit["posts"][0])
    assert api.get("/v2/unit/none").get_json() == {"labels": [], "posts": []}
    info = api.get("/v2/es/langinfo").get_json()
    assert list(info) == ["content", "computedAt", "next"]
    languages = api.get("/v2/languages").get_json()
    assert set(languages["available"]) == {"en", "es"}
    wrong = api.get("/v2/xx/labels")
    assert wrong.status_code == 400
    assert list(wrong.get_json()) == ["error", "message", "supported", "reminder"]
    feed = api.client.get(f"/fbtrex/feeds/0/es/{semantics[0]['label']}")
    assert feed.headers["Content-Type"].startswith("application/rss+xml")
    assert "<guid" in feed.text


def test_what_people_say_is_told_to_nobody_else(fresh: Bench) -> None:
    event = timeline(public=1, private=0)
    text = "Today the people talk about vaccines and climate change, and that is the news for you."
    event[1]["html"] = html(
        author=PERSON, link="/permalink.php?story_fbid=333333&id=1", paragraphs=(text,), card=None
    )
    fresh.post(event)
    (mine,) = fresh.personal("enrich", token=fresh.token())
    assert "Vaccines" in mine["labels"]
    fresh.clock.sleep(5 * 86400)
    for path in ("en/labels/2000", "en/semantics/2000", "en/enrich/2000", "en/noogle/Vaccines",
                 f"unit/{mine['semanticId']}"):  # fmt: skip
        reply = fresh.get(f"/v2/{path}").text
        assert mine["semanticId"] not in reply or reply == '{"labels":[],"posts":[]}'
        assert "Ann Lee" not in reply


def test_single_timelines_take_their_owners_token(api: Bench) -> None:
    (about,) = api.personal("stats", "1-0")["timelines"]
    html_id = next(
        row["htmlId"] for row in api.personal("stats", "1-0")["content"] if "htmlId" in row
    )
    paths = [f"/v2/timeline/{about}/csv", f"/v2/impressionlist/{about}", f"/v2/debug/{about}",
             f"/v2/debug/html/{html_id}"]  # fmt: skip
    for path in paths:
        assert api.get(path).status_code == 401
        own = api.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
        assert own.status_code == 200
        stranger = api.get(path, headers={"Authorization": f"Bearer {api.token()}"})
        assert stranger.status_code == 404
    day = api.get("/v2/impressionStats/2019-05-02", query_string={"token": TOKEN}).get_json()
    assert len(day) == 1
    assert set(day[0]["info"]) == {"private", "organic", "ad"}


def test_the_root_tells_fbtrex_by_the_paths_shape(api: Bench) -> None:
    for path in ("summary/1-0", "stats/1-0", "enrich/1-0", "exporter/1-0", "daily/", "csv/1-0"):
        assert api.client.get(f"/api/v2/personal/{TOKEN}/{path}").status_code == 200
    assert api.client.get("/api/v2/statistics/counter").status_code == 200
    host = {"Host": "facebook.tracking.exposed"}
    assert api.client.get("/api/v2/languages", headers=host).status_code == 200
    assert api.client.get(f"/personal/{TOKEN}/data", headers=host).status_code == 200


def test_headers(api: Bench) -> None:
    reply = api.get("/v2/health")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert api.get("/v2/nothing/here").status_code == 404
    assert api.client.delete("/fbtrex/api/v2/health").status_code == 405


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(
        ["/v2/personal/{t}/{v}/{x}", "/v2/personal/{x}/{v}", "/v2/{x}/labels/{x}", "/v2/{x}",
         "/v2/es/noogle/{x}/{x}", "/v2/unit/{x}", "/v2/statistics/{x}/{x}/{x}", "/{x}/events",
         "/v2/debug/html/{x}?token={t}", "/v2/impressionStats/{x}?token={t}", "/../feeds/0/{x}/{x}",
         "/../personal/{x}/data", "/v2/timeline/{x}/csv?token={t}"]
    ),
    st.sampled_from(["summary", "stats", "csv", "enrich", "exporter", "daily", "remove"]),
    st.text(max_size=20),
    st.sampled_from(["GET", "POST", "DELETE", "OPTIONS"]),
)  # fmt: skip
def test_hostile_requests_are_never_a_500(
    api: Bench, shape: str, verb: str, text: str, method: str
) -> None:
    safe = re.sub(r"[/?#]", "_", text).encode("utf-8", "replace").decode() or "x"
    path = shape.format(t=TOKEN, v=verb, x=safe)
    prefix = "/fbtrex" if path.startswith("/../") else "/fbtrex/api"
    reply: Any = api.client.open(prefix + path.removeprefix("/.."), method=method, data=b"{")
    assert reply.status_code < 500
