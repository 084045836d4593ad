"""The watch page's strings, its player's configuration and its inline JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from collector.common.model import ItemKind
from mockserver.platforms.youtube.cards import avatar_url, thumbnail_url
from mockserver.platforms.youtube.guide import watch_chips
from mockserver.platforms.youtube.innertube import ITEMS, splice
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Channel, Comment, Video

_PLAYER_WORDS = {
    "sponsored": "sponsored", "skip": "skip_ad", "skipIn": "skip_in", "visit": "visit_site",
    "live": "live_badge", "upNext": "up_next_in", "cancel": "cancel", "playNow": "play_now",
    "play": "play", "pause": "pause", "mute": "mute", "unmute": "unmute",
    "fullscreen": "full_screen", "progress": "seek", "autoplay": "autoplay_on",
    "autoplayOff": "autoplay_off", "error": "player_error", "errorHint": "playback_id",
}  # fmt: skip


@dataclass(frozen=True)
class WatchFacts:
    """What a watch page says of its video."""

    video: Video
    channel: Channel
    channel_href: str
    avatar: str
    subscribers: str
    subscribed: bool
    views: str
    views_short: str
    published: str
    age: str
    likes: str
    """The count on the like button, abbreviated."""
    likes_label: str
    like_label: str
    liked: bool
    disliked: bool
    comments: str
    chips: list[str]
    autoplay: bool
    length: int


def facts(visit: Visit, video: Video) -> WatchFacts:
    """Strings of one video for one viewer; a like of theirs counts."""
    look, viewer = visit.look, visit.viewer
    language = look.language
    channel = look.world.channels[video.channel_id]
    liked = video.id in viewer.likes
    likes = video.likes + (1 if liked else 0)
    views, short = look.views(video), look.views_short(video.views)
    if video.kind is ItemKind.LIVE:
        views = look.t("watching_now", n=language.number(video.watching or 0))
        short = look.t("watching", n=language.short(video.watching or 0, era=look.era))
    elif video.kind is ItemKind.UPCOMING:
        views = short = look.t("waiting", n=language.number(video.watching or 0))
    others = video.likes
    return WatchFacts(
        video=video,
        channel=channel,
        channel_href=look.channel_href(channel),
        avatar=avatar_url(channel.id),
        subscribers=language.subscribers(channel.subscribers, look.era),
        subscribed=channel.id in viewer.subscriptions,
        views=views,
        views_short=short,
        published=look.published(video),
        age=look.card_age(video) or look.published(video),
        likes=language.short(likes, era=look.era) if likes else look.t("like"),
        likes_label=look.t("likes", n=language.number(likes)),
        like_label=look.t("like_along", n=language.number(others))
        if others
        else look.t("like_first"),
        liked=liked,
        disliked=video.id in viewer.dislikes,
        comments=language.t(
            "comments_1" if video.comment_count == 1 else "comments_count",
            n=language.number(video.comment_count),
        ),
        chips=watch_chips(look, channel),
        autoplay=look.autoplay,
        length=video.seconds or 0,
    )  # fmt: skip


def player_config(visit: Visit, video: Video, load: str) -> dict[str, Any]:
    """What ``MockPlayer.load`` is given; an upcoming video has nothing to play yet."""
    world, look = visit.world, visit.look
    key = f"{load}/{video.id}"
    stall = world.stall(visit.viewer, key)
    fault = "stall" if stall is not None else None
    if world.fault("player_error", visit.visitor, key):
        fault = "player_error"
    ad = (
        world.preroll(visit.viewer, video.id, load) if video.kind is not ItemKind.UPCOMING else None
    )
    up_next = world.up_next(visit.viewer, video.id, load)
    return {
        "videoId": video.id,
        "seconds": video.seconds,
        "load": load,
        "ad": {
            "id": ad.id, "seconds": ad.seconds, "title": ad.title, "sponsor": ad.sponsor,
            "site": ad.site,
        } if ad else None,
        "fault": fault,
        **({"stall": {"at": stall.at_s, "for": stall.for_s}} if stall is not None else {}),
        "next": up_next.id if up_next else None,
        "autoplay": look.autoplay,
        "clip": "/_media/clip.webm",
        "upcoming": video.kind is ItemKind.UPCOMING,
        "strings": {
            name: look.language.text[key]
            for name, key in _PLAYER_WORDS.items()
        },
    }  # fmt: skip


def unavailable_response(look: Look) -> dict[str, Any]:
    """``ytInitialPlayerResponse`` of a video that is not there."""
    return {
        "playabilityStatus": {
            "status": "ERROR",
            "reason": look.t("unavailable"),
            "errorScreen": {
                "playerErrorMessageRenderer": {
                    "reason": {"simpleText": look.t("unavailable")},
                    "subreason": {"simpleText": look.t("unavailable_why")},
                }
            },
        }
    }


def player_response(f: WatchFacts, look: Look) -> dict[str, Any]:
    """``ytInitialPlayerResponse``: details and microformat of the video."""
    video, channel = f.video, f.channel
    live = video.kind is ItemKind.LIVE
    return {
        "playabilityStatus": {"status": "OK", "playableInEmbed": True},
        "videoDetails": {
            "videoId": video.id,
            "title": video.title,
            "lengthSeconds": str(video.seconds or 0),
            "keywords": list(video.tags),
            "channelId": channel.id,
            "isOwnerViewing": False,
            "shortDescription": video.description,
            "isCrawlable": True,
            "thumbnail": {
                "thumbnails": [{"url": thumbnail_url(video.id), "width": 480, "height": 270}]
            },
            "allowRatings": True,
            "viewCount": str(video.views),
            "author": channel.name,
            "isPrivate": False,
            "isLiveContent": live,
            "isUpcoming": video.kind is ItemKind.UPCOMING,
        },
        "microformat": {
            "playerMicroformatRenderer": {
                "title": {"simpleText": video.title},
                "description": {"simpleText": video.description},
                "lengthSeconds": str(video.seconds or 0),
                "ownerProfileUrl": f"http://www.youtube.com{f.channel_href}",
                "externalChannelId": channel.id,
                "isFamilySafe": True,
                "isUnlisted": False,
                "viewCount": str(video.views),
                "likeCount": str(video.likes),
                "category": video.category,
                "publishDate": video.published.isoformat(),
                "ownerChannelName": channel.name,
                "uploadDate": video.published.isoformat(),
                **({"liveBroadcastDetails": {"isLiveNow": True}} if live else {}),
            }
        },
    }


def initial_data(f: WatchFacts, related: str, look: Look) -> str:
    """``ytInitialData`` of a watch page around the related items' JSON."""
    primary = {
        "title": {"runs": [{"text": f.video.title}]},
        "viewCount": {
            "videoViewCountRenderer": {
                "viewCount": {"simpleText": f.views},
                "shortViewCount": {"simpleText": f.views_short},
                **({"isLive": True} if f.video.kind is ItemKind.LIVE else {}),
            }
        },
        "videoActions": {
            "menuRenderer": {
                "topLevelButtons": [
                    {
                        "segmentedLikeDislikeButtonViewModel": {
                            "likeButtonViewModel": {
                                "accessibilityText": f.like_label,
                                "title": f.likes,
                                "isToggled": f.liked,
                            }
                        }
                    }
                ]
            }
        },
        "dateText": {"simpleText": f.published},
        "relativeDateText": {"simpleText": f.age},
    }
    browse = {"browseId": f.channel.id, "canonicalBaseUrl": f.channel_href}
    secondary = {
        "owner": {
            "videoOwnerRenderer": {
                "thumbnail": {"thumbnails": [{"url": f.avatar, "width": 88, "height": 88}]},
                "title": {"runs": [{"text": f.channel.name,
                                    "navigationEndpoint": {"browseEndpoint": browse}}]},
                "subscriberCountText": {"simpleText": f.subscribers},
            }
        },
        "attributedDescription": {"content": f.video.description},
        "metadataRowContainer": {
            "metadataRowContainerRenderer": {
                "rows": [{"metadataRowRenderer": {"title": {"simpleText": look.t("category")},
                                                  "contents": [{"simpleText": f.video.category}]}}]
            }
        },
    }  # fmt: skip
    infos = [{"videoPrimaryInfoRenderer": primary}, {"videoSecondaryInfoRenderer": secondary}]
    results = {
        "results": {"results": {"contents": infos}},
        "secondaryResults": {"secondaryResults": {"results": [ITEMS]}},
    }
    whole = {
        "contents": {"twoColumnWatchNextResults": results},
        "currentVideoEndpoint": {"watchEndpoint": {"videoId": f.video.id}},
    }
    return splice(whole, related)


@dataclass(frozen=True)
class CommentView:
    """One comment as its thread shows it."""

    id: str
    author: str
    href: str
    avatar: str
    text: str
    ago: str
    link: str
    likes: str
    like_label: str
    replies: str = ""
    replies_token: str = ""


def comment_view(comment: Comment, look: Look, replies: int = 0, token: str = "") -> CommentView:
    """A comment's strings; ``token`` continues to its replies."""
    language = look.language
    user = look.world.users.get(comment.author)
    name = user.display_name if user else comment.author
    channel = look.world.channels.get(user.channel_id or "") if user else None
    href = look.channel_href(channel) if channel else f"/@{comment.author}"
    age = max(look.now - comment.published, timedelta(seconds=1))
    return CommentView(
        id=comment.id,
        author=f"@{comment.author}" if look.modern else name,
        href=href,
        avatar=avatar_url(f"user-{comment.author}"),
        text=comment.text,
        ago=language.ago(age),
        link=f"/watch?v={comment.video_id}&lc={comment.id}",
        likes=language.short(comment.likes, era=look.era) if comment.likes else "",
        like_label=look.t("like_comment_along", n=language.number(comment.likes))
        if comment.likes
        else look.t("like_comment"),
        replies=language.count("replies", replies) if replies else "",
        replies_token=token,
    )
