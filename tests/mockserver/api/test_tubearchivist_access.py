"""Who may ask: the 403 bodies, sessions and CSRF, the administrator's endpoints, other origins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tubearchivist_tools import ADMIN, VIEWER, Bench, bench, stored


@pytest.fixture(scope="module")
def ta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    file: Path = stored(tmp_path_factory.mktemp("ta"))
    with bench(tubearchivist_load=file) as made:
        yield made


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        (f"Bearer {ADMIN}", "Authentication credentials were not provided."),
        ("Token", "Invalid token header. No credentials provided."),
        ("Token a b", "Invalid token header. Token string should not contain spaces."),
        ("Token nope", "Invalid token."),
    ],
)
def test_a_refusal_says_which_it_is(ta: Bench, header: str | None, detail: str) -> None:
    response = ta("GET", "/ping/", token=None, headers={"Authorization": header} if header else {})
    assert (response.status_code, response.json) == (403, {"detail": detail})
    assert "WWW-Authenticate" not in response.headers


def test_ping_tells_the_version_of_its_profile(ta: Bench) -> None:
    assert ta.get("/ping/") == {"response": "pong", "user": 1, "version": "v0.4.7"}
    assert ta.get("/ping", token=VIEWER)["user"] == 2
    assert ta.get("/ping/", profile="v0.3") == {"response": "pong", "user": 1}
    modern = ta.get("/ping/", profile="v0.5")
    assert (modern["version"], modern["ta_update"]) == ("v0.5.10", None)
    lower = ta("GET", "/ping/", token=None, headers={"Authorization": f"token {ADMIN}"})
    assert lower.status_code == 200


@pytest.mark.parametrize("body", [{"json": {}}, {"data": {}}])
def test_login_names_what_is_missing(ta: Bench, body: dict[str, Any]) -> None:
    response = ta("POST", "/login/", token=None, **body)
    required = ["This field is required."]
    assert (response.status_code, response.json) == (
        400,
        {"username": required, "password": required},
    )


def test_login_gives_the_token_with_or_without_slash_json_or_form(ta: Bench) -> None:
    pair = {"username": "tubearchivist", "password": "verysecret"}
    for path in ("/login", "/login/"):
        assert ta.post(path, pair, token=None) == {"token": ADMIN, "user_id": 1}
    assert ta("POST", "/login/", token=None, data=pair).json == {"token": ADMIN, "user_id": 1}
    wrong = ta("POST", "/login/", {**pair, "password": "bad"}, token=None)
    assert wrong.status_code == 400
    assert wrong.json == {"non_field_errors": ["Unable to log in with provided credentials."]}


def test_a_session_reads_freely_and_changes_only_with_its_csrf_token(ta: Bench) -> None:
    pair = {"username": "tubearchivist", "password": "verysecret"}
    begun = ta("POST", "/user/login/", pair, token=None, profile="v0.5")
    assert begun.status_code == 204
    cookies = dict(
        cookie.partition(";")[0].split("=", 1) for cookie in begun.headers.getlist("Set-Cookie")
    )
    session = {"Cookie": f"sessionid={cookies['sessionid']}"}
    both = {"Cookie": f"sessionid={cookies['sessionid']}; csrftoken={cookies['csrftoken']}"}
    assert ta.get("/ping/", token="nope", headers=session)["user"] == 1

    def detail(headers: dict[str, str]) -> str:
        response = ta("POST", "/watched/", {}, token=ADMIN, headers=headers)
        assert response.status_code == 403
        return str(response.json["detail"])

    assert detail(session) == "CSRF Failed: CSRF cookie not set."
    assert detail(both) == "CSRF Failed: CSRF token missing."
    assert detail({**both, "X-CSRFToken": "other"}) == (
        "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect."
    )
    right = {**both, "X-CSRFToken": cookies["csrftoken"]}
    assert ta("POST", "/watched/", {}, token=None, headers=right).status_code == 400
    ta.now += 3 * 86_400
    assert ta("GET", "/ping/", token=None, headers=session).status_code == 403
    bogus = ta("POST", "/watched/", {}, headers={"Cookie": "sessionid=bogus"})
    assert bogus.status_code == 400, "a token needs no CSRF beside a cookie that is no session"


def test_the_login_form_stays_on_this_server(ta: Bench) -> None:
    client = ta.app.test_client()
    page = client.get("/login/")
    token = client.get_cookie("csrftoken")
    assert page.status_code == 200
    assert token is not None
    form = {
        "username": "tubearchivist",
        "password": "verysecret",
        "csrfmiddlewaretoken": token.value,
        "next": "//evil.example/",
    }
    assert client.post("/login/", data={**form, "csrfmiddlewaretoken": "x"}).status_code == 403
    failed = client.post("/login/", data={**form, "password": "bad"})
    assert (failed.status_code, failed.headers["Location"]) == (302, "/login?failed=true")
    done = client.post("/login/", data=form)
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert client.get("/api/ping/").json["user"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/download/"),
        ("GET", "/snapshot/"),
        ("GET", "/refresh/"),
        ("GET", "/cookie/"),
        ("GET", "/task-name/"),
        ("POST", "/channel/"),
        ("POST", "/playlist/"),
        ("DELETE", "/video/vid00000029/"),
    ],
)
def test_a_viewer_changes_and_administers_nothing(ta: Bench, method: str, path: str) -> None:
    response = ta(method, path, token=VIEWER)
    assert response.status_code == 403
    assert response.json == {"detail": "You do not have permission to perform this action."}


def test_a_wrong_method_comes_after_the_question_who_asks(ta: Bench) -> None:
    assert ta("POST", "/ping/", token=None).status_code == 403
    response = ta("POST", "/ping/", {})
    assert (response.status_code, response.json) == (
        405,
        {"detail": 'Method "POST" not allowed.'},
    )
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_types_of_bodies_and_answers(ta: Bench) -> None:
    text = ta("POST", "/login/", token=None, data="x", content_type="text/plain")
    assert (text.status_code, text.json) == (
        415,
        {"detail": 'Unsupported media type "text/plain" in request.'},
    )
    untold = ta("POST", "/login/", token=None, data="x", content_type=None)
    assert (untold.status_code, untold.json) == (text.status_code, text.json)
    broken = ta("POST", "/login/", token=None, data="{x", content_type="application/json")
    assert broken.status_code == 400
    assert broken.json["detail"].startswith("JSON parse error - ")
    xml = ta("GET", "/ping/", token=None, headers={"Accept": "application/xml"})
    assert xml.status_code == 406
    assert ta("HEAD", "/ping/").data == b""
    described = ta.app.test_client().options(
        "/api/ping/", headers={"Authorization": f"Token {ADMIN}"}
    )
    assert described.json["renders"] == ["application/json", "text/html"]


def test_a_browser_extension_asks_before_it_logs_in(ta: Bench) -> None:
    origin = "chrome-extension://abcdefghijklmnop"
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    response = ta("OPTIONS", "/download/", token=None, headers=asked)
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert "mode" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Max-Age"] == "86400"
    answer = ta("GET", "/ping/", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    other = ta("GET", "/ping/", headers={"Origin": "https://evil.example"})
    assert other.status_code == 200
    assert "Access-Control-Allow-Origin" not in other.headers


def test_pictures_need_the_same_credentials(ta: Bench) -> None:
    client = ta.app.test_client()
    assert client.get("/cache/videos/v/vid00000000.jpg").status_code == 403
    sent = {"Authorization": f"Token {ADMIN}"}
    picture = client.get("/cache/videos/v/vid00000000.jpg", headers=sent)
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")


#: Requests of every kind and the bodies they need, in an order in which each can be answered.
UNSLASHED: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/ping", None),
    ("GET", "/video", None),
    ("GET", "/video/vid00000007", None),
    ("POST", "/video/vid00000007/progress", {"position": 3}),
    ("GET", "/video/vid00000007/progress", None),
    ("DELETE", "/video/vid00000007/progress", None),
    ("POST", "/video/vid00000007/sponsor", {"vote": {"uuid": "u", "yourVote": 1}}),
    ("GET", "/channel", None),
    ("POST", "/channel", {"data": []}),
    ("POST", "/playlist", {"data": []}),
    ("GET", "/download", None),
    ("POST", "/download", {"data": []}),
    ("DELETE", "/download?filter=ignore", None),
    ("POST", "/download/dl_00000000", {"status": "ignore"}),
    ("DELETE", "/download/dl_00000000", None),
    ("POST", "/snapshot", None),
    ("POST", "/login", {"username": "tubearchivist", "password": "verysecret"}),
    ("POST", "/task", {"run": "download_pending"}),
    ("POST", "/refresh", {"videos": []}),
    ("GET", "/refresh", None),
    ("PUT", "/cookie", {"cookie": "# Netscape HTTP Cookie File"}),
    ("POST", "/cookie", None),
    ("GET", "/search?query=rivers", None),
    ("POST", "/task-name/rescan_filesystem", None),
    ("POST", "/config/user", {"page_size": 12}),
    ("DELETE", "/video/vid00000007", None),
)


def test_a_path_without_its_slash_is_served_as_written(ta: Bench) -> None:
    for method, path, body in UNSLASHED:
        assert ta(method, path, body).status_code == 200, (method, path)


def test_the_other_profiles_send_on_to_the_slash_as_recorded(ta: Bench) -> None:
    for method, path, body in UNSLASHED:
        for profile in ("v0.3", "v0.5"):
            sent = ta(method, path, body, profile=profile)
            if sent.status_code != 404:
                bare = path.partition("?")[0]
                assert sent.status_code == 301, (method, path)
                assert sent.headers["Location"].partition("?")[0].endswith(f"/api{bare}/")


def test_the_watched_mark_is_set_at_its_own_path_only(ta: Bench) -> None:
    body = {"id": "vid00000008", "is_watched": True}
    sent = ta("POST", "/watched", body)
    assert (sent.status_code, sent.headers["Location"]) == (308, "/tubearchivist/api/watched/")
    assert sent.json == {"message": "continue at /tubearchivist/api/watched/"}
    assert ta.get("/video/vid00000008/")["data"]["player"]["watched"] is False
