"""The description of the JSON APIs is whole, valid and true of its own examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import fbtrex_tools
import jsonschema_rs
import openapi_tools as tools
import pytest
import schemathesis
from flask import Flask
from places import ROOT

from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.document import LEFT_OUT, described_apis, document
from mockserver.openapi.operations import Operation, Route
from mockserver.openapi.shapes import schema

#: Answer 400 by their nature: the path says what is missing in it.
_INCOMPLETE = re.compile(r"/v2/statistics/\{name\}(?:/\{unit\})?$")


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    made = tools.made()
    yield made
    made.extensions["mock"].close()


@pytest.fixture(scope="module")
def described(app: Flask) -> dict[str, Any]:
    return tools.description(app)


def test_it_is_openapi(described: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(described).validate()
    assert described["openapi"].startswith("3.1")


def test_its_paths_stand_in_the_order_of_their_text(described: dict[str, Any]) -> None:
    """A client made from the description, and a comparison of two, do not depend on the faces."""
    paths = list(described["paths"])
    assert paths == sorted(paths)
    assert len({path.split("/")[1] for path in paths}) > 1


def test_its_names_are_unique_and_used(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in tools.operations(described)]
    assert len(ids) == len(set(ids))
    components = described["components"]
    used = set(re.findall(r"#/components/schemas/(\w+)", str(described)))
    assert used <= set(components["schemas"])
    named = {
        name
        for _, _, operation in tools.operations(described)
        for choice in operation.get("security", ())
        for name in choice
    }
    assert named == set(components["securitySchemes"])


def _routes(app: Flask) -> set[tuple[str, str]]:
    """(method, path) of every route that must be described."""
    found = set()
    client = app.test_client(use_cookies=False)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(tuple(LEFT_OUT)):
            continue
        path = tools.parts(rule.rule)
        methods = set(rule.methods or ())
        if rule.endpoint.startswith("tubearchivist."):
            # One rule takes all methods; the endpoint tells which it knows in this profile.
            there = re.sub(r"{\w+}", "x", path)
            answer = client.options(there, headers=tools.auth(there), base_url=tools.LOCAL)
            methods = set(answer.headers.get("Allow", "").split(", ")) & methods
        found |= {(method, path) for method in methods - {"HEAD", "OPTIONS"}}
    return found


def test_every_route_is_described_and_every_description_has_a_route(
    app: Flask, described: dict[str, Any]
) -> None:
    told = {
        (method.upper(), path)
        for method, path, _ in tools.operations(described)
        if not path.startswith("/gdata/")
    }
    routes = _routes(app)
    assert routes - told == set()
    assert told - routes == set()


def test_an_operation_stands_at_its_route() -> None:
    """One for all methods of a route or one a method; a route without one is not described."""
    bp = ApiBlueprint("demo", __name__)
    both, one = Operation("Both", {}), Operation("One", {})

    @bp.route("/a/<int:number>/<name>", methods=["GET", "DELETE"], operation=both)
    def view(number: int, name: str) -> str:
        return ""

    bp.add_url_rule("/b/", "b", view, methods=["GET", "POST"], operation={"POST": one})
    bp.add_url_rule("/c/", "c", view)
    assert bp.operations == [
        Route("GET", "/a/{number}/{name}", both),
        Route("DELETE", "/a/{number}/{name}", both),
        Route("POST", "/b/", one),
    ]
    app = Flask(__name__)
    app.register_blueprint(bp)
    assert len([rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]) == 3


def test_what_is_left_out_exists(app: Flask) -> None:
    endpoints = [rule.endpoint for rule in app.url_map.iter_rules()]
    for beginning in LEFT_OUT:
        assert any(endpoint.startswith(beginning) for endpoint in endpoints), beginning


def test_feeds_are_those_of_their_documentation(described: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "api-gdata.md").read_text("utf-8")
    listed = {
        re.sub(r"\$(\w+)", "{}", path)
        for path in re.findall(
            r"^\| `(/(?:videos|standardfeeds|users|playlists)[^`]*)`", page, re.M
        )
    }
    told = {
        re.sub(r"{\w+}", "{}", path.removeprefix("/gdata/feeds"))
        for path in described["paths"]
        if path.startswith("/gdata/")
    }
    assert told - {"/videos/-/{}", "/users/{}/favorites/{}", "/users/{}/subscriptions/{}"} == {
        path for path in listed if not path.startswith("/videos/-/")
    } - {"/users/{}/favorites/{}", "/users/{}/subscriptions/{}"}


def _rest(app: Flask) -> dict[str, str]:
    """Ids that only this mock's content has."""
    client = app.test_client()
    stored = client.get(f"/fbtrex/api/v2/personal/{fbtrex_tools.TOKEN}/exporter/1-0").json
    feed = client.get("/gdata/feeds/users/liz/subscriptions?alt=json").json["feed"]["entry"]
    visitors = client.get("/_truth/visitors", headers=tools.auth("/_truth"), base_url=tools.LOCAL)
    archive, token = "/tubearchivist/api", tools.auth("/tubearchivist")
    snapshots = client.get(f"{archive}/snapshot/", headers=token).json["snapshots"]
    tasks = client.get(f"{archive}/task-name/", headers=token).json
    return {
        "name": snapshots[0]["id"],
        "filename": client.get(f"{archive}/backup/", headers=token).json[0]["filename"],
        "key": tasks[0]["task_id"],
        "timeline": stored[0][2]["id"],
        "html_id": stored[0][1][0]["id"],
        "subscription": feed[0]["id"]["$t"].rpartition("/")[2],
        "visitor": visitors.json["content"][0]["visitor"],
    }


def _wanted(method: str, path: str) -> int:
    """The status of an example."""
    if _INCOMPLETE.search(path):
        return 400
    if method == "post" and "/playlist/" in path and path.endswith("{playlist_id}/"):
        return 400  # Only custom playlists can be changed, and the example is another.
    if (method, path) == ("delete", "/tubearchivist/api/schedule/"):
        return 404  # A new archive has no schedule.
    if (method, path) == ("delete", "/tubearchivist/api/snapshot/{name}/"):
        return 400  # It was deleted at its other path.
    return {"/yttrex/api/v1/events": 410, "/tubearchivist/api/user/login/": 204}.get(path, 200)


def test_every_example_is_answered_as_described(app: Flask, described: dict[str, Any]) -> None:
    registry = {"components": described["components"]}
    rest = _rest(app)
    problems = []
    for method, path, operation in tools.operations(described):
        answer = tools.send_example(app, method, path, operation, rest)
        told = operation["responses"].get(str(answer.status_code))
        where = f"{method} {path}: {answer.status_code} {answer.text[:200]}"
        if told is None or answer.status_code != _wanted(method, path):
            problems.append(where)
            continue
        if answer.mimetype == "application/json":
            shape = told["content"]["application/json"]["schema"]
            validator = jsonschema_rs.Draft202012Validator({**shape, **registry})
            problems += [f"{where}: {error}" for error in validator.iter_errors(answer.json)][:2]
        elif answer.data:
            assert answer.mimetype in told["content"], where
    assert problems == []


def test_the_described_archive_is_there_in_every_profile() -> None:
    for profile, prefix in (("v0.4", "/tubearchivist/api"), ("v0.5", "/tubearchivist/v0.4/api")):
        app = create_app(MockConfig(clock="0", tubearchivist_profile=profile))
        assert [each.prefix for each in described_apis(app)][2] == prefix
        assert f"{prefix}/ping/" in document(app)["paths"]
        app.extensions["mock"].close()


def test_a_shape_that_is_no_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no type"):
        schema("strin")


def test_other_origins_may_read_it(app: Flask) -> None:
    answer = app.test_client().get("/openapi.json", base_url=tools.LOCAL)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.mimetype == "application/json"
