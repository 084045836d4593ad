"""Pages of the mock's own site, submitted to the mock's own API, come back as they were served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from yttrex_tools import item, signed

from collector.adapters.youtube.element import app_element
from collector.common.identity import KeyPair, js_json
from mockserver.app import create_app
from mockserver.context import MockConfig

HOST = "youtube.localhost:8000"


@pytest.fixture(scope="module", params=["2026", "2022"])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    made = create_app(MockConfig(era=request.param))
    yield made
    made.extensions["mock"].close()


@pytest.mark.parametrize("language", ["en", "fr", "ja", "ar"])
def test_a_watch_page_makes_the_round(app: Flask, language: str) -> None:
    world = app.extensions["mock"].world
    client = app.test_client()
    client.set_cookie("SOCS", "CAI", domain="youtube.localhost")
    path = "/watch?v=RN8Li7kYNnw"
    page = client.get(path, headers={"Host": HOST, "Accept-Language": language})
    assert page.status_code == 200
    sent = item(app_element(page.text), href=f"http://{HOST}{path}")
    body = js_json([sent]).encode()
    keys = KeyPair.generate(f"round {language}".encode())
    headers = signed(body, keys) | {"Accept-Language": language}
    reply = client.post("/api/v2/events", data=body, headers=headers).get_json()
    assert reply["results"][0]["status"] == "stored"
    token = reply["supporter"]["userToken"]
    (seen,) = client.get(f"/api/v1/personal/{token}").get_json()["recent"]
    video = world.videos["RN8Li7kYNnw"]
    channel = world.channels[video.channel_id]
    assert (seen["title"], seen["authorName"]) == (video.title, channel.name)
    assert seen["relatedN"] >= 10
    named = 0
    for shown in seen["related"]:
        recommended = world.videos[shown["videoId"]]
        assert shown["title"] == recommended.title
        # Short videos are shown without their channel.
        if "source" in shown:
            assert shown["source"] == world.channels[recommended.channel_id].name
            named += 1
    assert named >= 10
