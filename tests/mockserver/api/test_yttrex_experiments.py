"""Experiments: registered once, listed, fetched, and what they gathered."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from yttrex_tools import Bench, item, leaf

from collector.common.identity import js_json

HREF = "https://www.youtube.com/watch?v=SU31AEXDLrM"
STEPS = [{"title": "T", "url": HREF, "urltag": "t1", "watchFor": "10s", "type": "openURL"}]
ID = "adf0b6a08ef67acc0707215f89f7332825a0f91d"


def register(api: Bench, steps: Any) -> Any:
    return api.client.post("/api/v2/directives", data=js_json(steps))


def test_the_same_steps_are_the_same_experiment(api: Bench) -> None:
    first = register(api, STEPS).get_json()
    assert (first["status"], first["experimentId"]) == ("created", ID)
    assert first["steps"][0]["watchFor"] == 10_000
    again = register(api, [{**STEPS[0], "watchFor": 10_000}]).get_json()
    assert (again["status"], again["since"]) == ("exist", first["since"])
    (fetched,) = api.get(f"/v2/directives/{ID}").get_json()
    assert fetched == {"loadFor": 5000, **STEPS[0], "watchFor": 10_000}
    listed = api.get("/v2/guardoni/list?amount=10&skip=0").get_json()
    assert (listed["total"], listed["pagination"]) == (1, {"amount": 10, "skip": 0})
    assert listed["content"][0]["experimentId"] == ID
    assert listed["content"][0]["humanizedWhen"] == "2026-03-04"
    assert api.get("/v2/directives/public").get_json()[0]["experimentId"] == ID
    assert api.get("/v2/directives/" + "0" * 40).status_code == 404


@pytest.mark.parametrize("kind", ["comparison", "chiaroscuro"])
def test_a_kind_of_list_in_the_address_is_taken_and_ignored(api: Bench, kind: str) -> None:
    """As Guardoni of 2022 registers its lists; GET of the same address is still an experiment's."""
    plain = register(api, STEPS).get_json()
    reply = api.client.post(f"/api/v2/directives/{kind}", data=js_json(STEPS))
    assert reply.status_code == 200
    assert reply.get_json() == {**plain, "status": "exist"}
    other = [{**STEPS[0], "title": "another"}]
    made = api.client.post(f"/api/v2/directives/{kind}", data=js_json(other)).get_json()
    assert made["status"] == "created"
    (fetched,) = api.get(f"/v2/directives/{made['experimentId']}").get_json()
    assert fetched["title"] == "another"
    assert api.get(f"/v2/directives/{kind}").status_code == 404
    empty = api.client.post(f"/api/v2/directives/{kind}", data=b"[]")
    assert (empty.status_code, empty.get_json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [(5000, 5000), ("2m", 120_000), ("end", "end"), ("10000", None), (100, None), ([], None)],
)
def test_watching_times_are_converted_as_they_were(api: Bench, given: Any, kept: Any) -> None:
    told = register(api, [{"url": HREF, "watchFor": given}]).get_json()
    assert told["steps"] == [{"url": HREF, "watchFor": kept}]


@pytest.mark.parametrize(
    "steps",
    [[], {}, None, [1], [{}], [{"url": 5}], [{"url": HREF, "watchFor": 10}], [{"type": "dance"}]],
)
def test_what_is_no_list_of_steps_is_refused(api: Bench, steps: Any) -> None:
    reply = register(api, steps)
    assert reply.status_code == 400
    assert reply.get_json()["error"] is True


def test_a_guardoni_file_and_the_server_agree_on_the_id(api: Bench) -> None:
    from collector.scenario.guardoni import parse_guardoni

    text = f"url,watchFor,incrementScrollByPX,totalScroll\n{HREF},10s,,\n{HREF},,400,1600\n"
    loaded = parse_guardoni(text, path=Path("climate.csv"))
    steps = [
        {"url": HREF, "watchFor": "10s", "type": "openURL"},
        {"url": HREF, "type": "openURL"},
        {"type": "scroll", "incrementScrollByPX": 400, "totalScroll": 1600},
    ]
    assert register(api, steps).get_json()["experimentId"] == loaded.experiment_id


def test_what_an_experiment_gathered(api: Bench) -> None:
    api.post([item(experimentId=ID, researchTag="spring"), item(uuid="x")])
    api.post([leaf("<p><h3>Firm</h3><b id='website-text'>a.b/</b></p>", experimentId=ID)])
    gathered = api.get(f"/v2/experiment/{ID}/json").get_json()
    assert [o["videoId"] for o in gathered] == ["SU31AEXDLrM"]
    reply = api.get(f"/v2/experiment/{ID}/csv/video")
    assert 'filename="experiment-adf0b6a0-video-1.csv"' in reply.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(reply.text, newline=""))
    assert (row["experimentId"], row["researchTag"], row["originalHref"]) == (ID, "spring", HREF)
    (paid,) = csv.DictReader(io.StringIO(api.get(f"/v2/experiment/{ID}/csv/adv").text, newline=""))
    assert (paid["sponsoredName"], paid["sponsoredSite"]) == ("Firm", "a.b")
    assert api.get(f"/v2/experiment/{ID}/csv/dance").status_code == 400
    mine = api.get(f"/v2/personal/{api.token()}/experiments/{ID}/json").get_json()
    assert len(mine["metadata"]) == 1
    assert api.get(f"/v2/personal/{api.token()}/experiments/{ID}/csv").status_code == 200
