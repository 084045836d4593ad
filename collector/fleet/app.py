"""The ledger over HTTP: one small Flask app, JSON in and out, pages and rows compressed.

Protects two rules: nothing is answered without the bearer token, compared in constant time; what
is refused is refused with a status that says whose fault it is and a message that says what to do.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from collector.common.errors import UserError
from collector.fleet import files
from collector.fleet.service import LedgerService
from collector.fleet.wire import (
    MOST_BODY_BYTES,
    ROOT,
    STATUS,
    TOKEN,
    BadRequest,
    error_to_json,
    pack,
    unpack,
)
from collector.store import LeaseHeld, NotClaimable
from collector.store.leases import Lease, Owner

_SESSION = f"{ROOT}/sessions/<session>"


def make_app(service: LedgerService, token: str) -> Flask:
    """The app for one run.

    :param token: every request has to bring it: ``Authorization: Bearer TOKEN``.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES

    @app.before_request
    def known() -> Response | None:
        """Who asks, and whether the session that is asked about is one of the plan."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
        if scheme.lower() == "bearer" and right:
            if "session" in (request.view_args or {}):
                service.check_name((request.view_args or {})["session"])
            return None
        answer = _json({"error": "Unauthorized", "message": "the bearer token is missing or wrong"})
        answer.status_code = 401
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    @app.errorhandler(Exception)
    def refused(error: Exception) -> Response:
        more: dict[str, Any] = {}
        session = (request.view_args or {}).get("session", "")
        status = STATUS.get(type(error), 500)
        if isinstance(error, HTTPException):
            status = error.code or 500
            message = error.description
            answer = _json({"error": type(error).__name__, "message": message})
            answer.status_code = status
            return answer
        if type(error) not in STATUS and not isinstance(error, UserError):
            app.logger.error("%s %s", request.method, request.path, exc_info=error)
            answer = _json({"error": "Defect", "message": "a defect of the ledger; see its log"})
            answer.status_code = 500
            return answer
        if isinstance(error, LeaseHeld):
            more["wait_s"] = service.waiting_s(session)
        if isinstance(error, NotClaimable):
            more |= service.ended(session)
        answer = _json(error_to_json(error, **more))
        answer.status_code = status
        return answer

    _reading(app, service)
    _leases(app, service)
    _writing(app, service)
    return app


def _reading(app: Flask, service: LedgerService) -> None:
    @app.get(f"{ROOT}/plan")
    def plan() -> Response:
        return Response(service.out.plan.read_bytes(), mimetype="application/json")

    @app.get(f"{_SESSION}/job")
    def job(session: str) -> Response:
        return _json(service.job(session))

    @app.get(f"{_SESSION}/steps")
    def steps(session: str) -> Response:
        return _json(service.steps(session))

    @app.get(f"{_SESSION}/kit")
    def kit(session: str) -> Response:
        return Response(
            pack(service.session_bundle(session, _token())), mimetype="application/zstd"
        )

    @app.get(f"{ROOT}/snapshots/<name>")
    def snapshot(name: str) -> Response:
        return Response(files.snapshot(service.out, name), mimetype="application/zstd")


def _leases(app: Flask, service: LedgerService) -> None:
    @app.post(f"{_SESSION}/claim")
    def claim(session: str) -> Response:
        body = _Body()
        owner = Owner(body.text("host"), int(body.number("pid")), body.number("process_started"))
        length_s = body.number("length_s")
        return _lease(service.claim(session, owner, length_s, again=body.again), length_s)

    @app.post(f"{_SESSION}/renew")
    def renew(session: str) -> Response:
        length_s = _Body().number("length_s")
        return _lease(service.renew(session, _token(), length_s), length_s)

    @app.get(f"{_SESSION}/lease")
    def check(session: str) -> Response:
        service.check(session, _token())
        return _json({})

    @app.post(f"{_SESSION}/release")
    def release(session: str) -> Response:
        body = _Body()
        state, detail = body.text("state"), body.text("detail")
        ended = service.release(session, _token(), state, detail, again=body.again)
        return _json({"state": ended})


def _writing(app: Flask, service: LedgerService) -> None:
    @app.post(f"{_SESSION}/note")
    def note(session: str) -> Response:
        service.note(session, _token(), _Body().data)
        return _json({})

    @app.post(f"{_SESSION}/steps/<int:step>/started")
    def started(session: str, step: int) -> Response:
        service.step_started(session, _token(), step, again=_Body().again)
        return _json({})

    @app.post(f"{_SESSION}/steps/<int:step>/finished")
    def finished(session: str, step: int) -> Response:
        body = _Body()
        outcome, detail = body.text("outcome"), body.text("detail")
        service.step_finished(session, _token(), step, outcome, detail, again=body.again)
        return _json({})

    @app.post(f"{_SESSION}/rows")
    def rows(session: str) -> Response:
        found = _parsed(unpack(request.get_data()))
        if not isinstance(found, list):
            raise BadRequest("the body is not a list of rows")
        return _json({"new": service.rows(session, _token(), found)})

    @app.put(f"{_SESSION}/mark")
    def mark(session: str) -> Response:
        service.keep_mark(session, _token(), _Body().data)
        return _json({})

    @app.post(f"{_SESSION}/lineage")
    def lineage(session: str) -> Response:
        service.keep_descent(session, _token(), _Body().data)
        return _json({})

    def keeper(keep: Callable[[str, int, str, bytes], None]) -> Callable[[str, str], Response]:
        def put(session: str, name: str) -> Response:
            keep(session, _token(), name, request.get_data())
            return _json({})

        return put

    for kind, keep in (("evidence", service.keep_evidence), ("snapshots", service.keep_snapshot)):
        app.add_url_rule(f"{_SESSION}/{kind}/<name>", kind, keeper(keep), methods=["PUT"])


class _Body:
    """The JSON object of a request, field by field. Raises BadRequest where one is not so."""

    def __init__(self) -> None:
        found = _parsed(request.get_data() or b"{}")
        if not isinstance(found, dict):
            raise BadRequest("the body is not a JSON object")
        self.data: dict[str, Any] = found

    @property
    def again(self) -> bool:
        return self.data.get("again") is True

    def text(self, name: str) -> str:
        value = self.data.get(name)
        if not isinstance(value, str):
            raise BadRequest("it must be text", place=name)
        return value

    def number(self, name: str) -> float:
        value = self.data.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise BadRequest("it must be a number", place=name)
        return value


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON ({error})") from error


def _token() -> int:
    given = request.headers.get(TOKEN, "")
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        raise BadRequest("the fencing token is missing or no number", place=TOKEN)
    return int(given)


def _lease(lease: Lease, length_s: float) -> Response:
    return _json(
        {
            "session": lease.session,
            "token": lease.token,
            "owner": lease.owner,
            "expires": lease.expires.isoformat(),
            "length_s": length_s,
        }
    )


def _json(data: Any) -> Response:
    return Response(orjson.dumps(data), mimetype="application/json")
