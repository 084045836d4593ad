"""What a viewer can do: consent, like, subscribe, refuse a video, switch autoplay.

All are POSTs with a JSON body from this origin; each changes the viewer and says what is now.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, NotFound

from mockserver.context import mock
from mockserver.platforms.origin import check_origin
from mockserver.platforms.youtube import visits
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.viewers import FEEDBACK

#: What a card's menu says of the channel of its video.
CHANNEL_FEEDBACK = "DONT_RECOMMEND_CHANNEL"


def register(bp: Blueprint) -> None:
    """Add the actions' addresses."""
    for path, view in (
        ("/youtubei/v1/consent", consent),
        ("/youtubei/v1/like/<what>", like),
        ("/youtubei/v1/subscription/<what>", subscription),
        ("/youtubei/v1/feedback", feedback),
        ("/youtubei/v1/autoplay", autoplay),
        ("/youtubei/v1/history/<what>", history),
        ("/youtubei/v1/log_event", log_event),
    ):
        bp.add_url_rule(path, view_func=view, methods=["POST"])


def _begin() -> tuple[Visit, dict[str, Any]]:
    """The visitor and the body of an action.

    :raises Forbidden: the request comes from another origin
    :raises BadRequest: the body is not a JSON object
    """
    check_origin(request)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return visits.visit_of(request, mock().world), body


def _answer(visit: Visit, **values: object) -> Response:
    return visit.keep(jsonify({"ok": True, **values}))


def _video(visit: Visit, body: dict[str, Any]) -> str:
    video_id = body.get("videoId")
    if not isinstance(video_id, str) or video_id not in visit.world.videos:
        raise NotFound("no such video")
    return video_id


def consent() -> Response:
    """``{"choice": "accept" | "reject"}``."""
    visit, body = _begin()
    choice = body.get("choice")
    if not isinstance(choice, str) or choice not in visits.CONSENT_VALUES:
        raise BadRequest("choice must be accept or reject")
    visit.viewer.consent(choice)
    response = _answer(visit, consented=choice)
    visits.set_consent(response, choice)
    return response


def like(what: str) -> Response:
    """``like``, ``dislike`` or ``removelike`` with ``{"videoId": …}``."""
    visit, body = _begin()
    video_id = _video(visit, body)
    if what == "like":
        visit.viewer.like(video_id)
    elif what == "dislike":
        visit.viewer.dislike(video_id)
    elif what == "removelike":
        visit.viewer.unvote(video_id)
    else:
        raise NotFound("like, dislike or removelike")
    video = visit.world.videos[video_id]
    liked = video_id in visit.viewer.likes
    language = visit.look.language
    count = video.likes + (1 if liked else 0)
    return _answer(
        visit,
        liked=liked,
        disliked=video_id in visit.viewer.dislikes,
        text=language.short(count, era=visit.look.era) if count else language.t("like"),
        label=language.t("likes", n=language.number(count)),
    )


def subscription(what: str) -> Response:
    """``subscribe`` or ``unsubscribe`` with ``{"channelId": …}``."""
    visit, body = _begin()
    channel_id = body.get("channelId")
    if not isinstance(channel_id, str) or channel_id not in visit.world.channels:
        raise NotFound("no such channel")
    if what not in {"subscribe", "unsubscribe"}:
        raise NotFound("subscribe or unsubscribe")
    visit.viewer.subscribe(channel_id, on=what == "subscribe")
    return _answer(visit, subscribed=channel_id in visit.viewer.subscriptions)


def feedback() -> Response:
    """What a card or its menu says of a video: ``{"videoId": …, "feedback": "NOT_INTERESTED"}``,
    with ``seconds`` where it took time."""
    visit, body = _begin()
    video_id, seconds = _video(visit, body), body.get("seconds", 0)
    what = body.get("feedback", "NOT_INTERESTED")
    known = (*FEEDBACK, CHANNEL_FEEDBACK)
    if not isinstance(what, str) or what not in known:
        raise BadRequest(f"feedback must be {' or '.join(known)}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e6:
        raise BadRequest("seconds must be a number from 0")
    if what == CHANNEL_FEEDBACK:
        visit.viewer.refuse_channel(visit.world.videos[video_id].channel_id)
    else:
        FEEDBACK[what](visit.viewer, video_id, float(seconds))
    return _answer(visit, isProcessed=True)


def autoplay() -> Response:
    """``{"on": true | false}``: the autoplay switch."""
    visit, body = _begin()
    on = body.get("on")
    if not isinstance(on, bool):
        raise BadRequest("on must be true or false")
    response = _answer(visit, on=on)
    visits.set_autoplay(response, visit, on)
    return response


def history(what: str) -> Response:
    """``clear``; ``pause`` or ``resume``: what is watched is not remembered, or is again."""
    visit, _ = _begin()
    if what == "clear":
        visit.viewer.clear_history()
    elif what in ("pause", "resume"):
        visit.viewer.pause_history(what == "pause")
    else:
        raise NotFound("clear, pause or resume")
    return _answer(visit, paused=visit.viewer.paused)


def log_event() -> Response:
    """What a page's script sees of its browser; kept as the visitor's last probe."""
    visit, body = _begin()
    facts = {str(key)[:40]: value for key, value in list(body.items())[:40]}
    visit.world.truth.probe(visit.visitor, {"script": facts})
    return _answer(visit)
