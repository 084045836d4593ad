"""Cards and shelves as the page's inline JSON: the items of the DOM again, from the same cards."""

from __future__ import annotations

from collector.common.model import ItemKind, Surface
from mockserver.platforms.youtube.cards import Card
from mockserver.platforms.youtube.innertube import ITEMS, Json, splice
from mockserver.platforms.youtube.look import Look


def _watch(video_id: str, list_id: str = "") -> Json:
    url = f"/watch?v={video_id}" + (f"&list={list_id}" if list_id else "")
    endpoint: Json = {"videoId": video_id}
    if list_id:
        endpoint["playlistId"] = list_id
    web = {"url": url, "webPageType": "WEB_PAGE_TYPE_WATCH", "rootVe": 3832}
    return {"commandMetadata": {"webCommandMetadata": web}, "watchEndpoint": endpoint}


def _browse(channel_id: str, href: str) -> Json:
    web = {
        "url": href,
        "webPageType": "WEB_PAGE_TYPE_CHANNEL",
        "rootVe": 3611,
        "apiUrl": "/youtubei/v1/browse",
    }
    endpoint = {"browseId": channel_id, "canonicalBaseUrl": href}
    return {"commandMetadata": {"webCommandMetadata": web}, "browseEndpoint": endpoint}


def _thumbnails(url: str) -> Json:
    return {
        "thumbnails": [
            {"url": f"{url}?w=168", "width": 168, "height": 94},
            {"url": f"{url}?w=336", "width": 336, "height": 188},
        ]
    }


def _menu(card: Card, look: Look) -> Json:
    def service(key: str, icon: str) -> Json:
        return {
            "menuServiceItemRenderer": {
                "text": {"runs": [{"text": look.t(key)}]},
                "icon": {"iconType": icon},
                "serviceEndpoint": {
                    "commandMetadata": {
                        "webCommandMetadata": {"sendPost": True, "apiUrl": "/youtubei/v1/feedback"}
                    },
                    "feedbackEndpoint": {"contentId": card.content_id},
                },
            }
        }

    return {
        "menuRenderer": {
            "items": [service(key, icon) for key, icon in _MENU],
            "accessibility": {"accessibilityData": {"label": look.t("action_menu")}},
        }
    }


#: Entries of a card's menu: words, icon.
_MENU = (
    ("add_to_queue", "ADD_TO_QUEUE_TAIL"),
    ("watch_later", "WATCH_LATER"),
    ("not_interested", "NOT_INTERESTED"),
    ("dont_recommend", "REMOVE"),
    ("report", "FLAG"),
)


def _sheet(look: Look) -> Json:
    """Today's menu of a card."""
    items: list[Json] = []
    for key, icon in _MENU:
        image = {"sources": [{"clientResource": {"imageName": icon}}]}
        items.append(
            {"listItemViewModel": {"title": {"content": look.t(key)}, "leadingImage": image}}
        )
    sheet = {"sheetViewModel": {"content": {"listViewModel": {"listItems": items}}}}
    return {"panelLoadingStrategy": {"inlineContent": sheet}}


def _runs(text: str, endpoint: Json | None = None) -> Json:
    run: Json = {"text": text}
    if endpoint is not None:
        run["navigationEndpoint"] = endpoint
    return {"runs": [run]}


def _video_renderer(card: Card, look: Look) -> Json:
    channel = _browse(card.channel_id, card.channel_href)
    made: Json = {
        "videoId": card.content_id,
        "thumbnail": _thumbnails(card.thumbnail),
        "title": {
            "runs": [{"text": card.title}],
            "accessibility": {"accessibilityData": {"label": card.label}},
        },
        "longBylineText": _runs(card.channel_name, channel),
        "ownerText": _runs(card.channel_name, channel),
        "shortBylineText": _runs(card.channel_name, channel),
        "navigationEndpoint": _watch(card.content_id),
        "shortViewCountText": {"simpleText": card.facts[0].text if card.facts else ""},
        "menu": _menu(card, look),
        "channelThumbnailSupportedRenderers": {
            "channelThumbnailWithLinkRenderer": {
                "thumbnail": {"thumbnails": [{"url": card.avatar, "width": 68, "height": 68}]},
                "navigationEndpoint": channel,
            }
        },
        "trackingParams": f"CBkQ{card.content_id}",
    }
    if card.kind not in {ItemKind.LIVE, ItemKind.UPCOMING}:
        made["viewCountText"] = {"simpleText": card.views_exact}
        made["publishedTimeText"] = {"simpleText": card.age}
        made["lengthText"] = {
            "accessibility": {"accessibilityData": {"label": card.badge_label}},
            "simpleText": card.badge,
        }
    if card.kind is ItemKind.UPCOMING:
        made["upcomingEventData"] = {"startTime": str(card.starts)}
    if card.verified:
        made["ownerBadges"] = [
            {
                "metadataBadgeRenderer": {
                    "icon": {"iconType": "CHECK_CIRCLE_THICK"},
                    "style": "BADGE_STYLE_TYPE_VERIFIED",
                    "tooltip": look.t("verified"),
                }
            }
        ]
    if card.kind is ItemKind.LIVE:
        made["badges"] = [
            {
                "metadataBadgeRenderer": {
                    "style": "BADGE_STYLE_TYPE_LIVE_NOW",
                    "label": look.t("live_now"),
                }
            }
        ]
    if card.snippet:
        made["detailedMetadataSnippets"] = [{"snippetText": _runs(card.snippet)}]
    return made


def _lockup(card: Card, look: Look) -> Json:
    video_id = card.href.partition("v=")[2].partition("&")[0] or card.content_id
    listed = card.kind in {ItemKind.MIX, ItemKind.PLAYLIST}
    parts: list[list[Json]] = [[{"text": {"content": card.byline}}]] if card.byline else []
    if card.facts:
        parts.append(
            [
                {"text": {"content": fact.text}}
                | ({"accessibilityLabel": fact.label} if fact.label else {})
                for fact in card.facts
            ]
        )
    badge = {
        "thumbnailBadgeViewModel": {
            "text": card.badge,
            "badgeStyle": "THUMBNAIL_OVERLAY_BADGE_STYLE_DEFAULT",
            "rendererContext": {"accessibilityContext": {"label": card.badge_label}},
        }
    }
    image = {
        "image": {
            "sources": [
                {"url": f"{card.thumbnail}?w=168", "width": 168, "height": 94},
                {"url": f"{card.thumbnail}?w=336", "width": 336, "height": 188},
            ]
        },
        "overlays": [
            {"thumbnailBottomOverlayViewModel": {"badges": [badge]}},
            {
                "thumbnailHoverOverlayToggleActionsViewModel": {
                    "buttons": [
                        {"toggleButtonViewModel": {"title": look.t("watch_later")}},
                        {"toggleButtonViewModel": {"title": look.t("add_to_queue")}},
                    ]
                }
            },
        ],
    }
    content_image: Json = {"thumbnailViewModel": image}
    if listed:
        content_image = {
            "collectionThumbnailViewModel": {"primaryThumbnail": {"thumbnailViewModel": image}}
        }
    metadata: Json = {
        "title": {"content": card.title},
        "metadata": {
            "contentMetadataViewModel": {
                "metadataRows": [{"metadataParts": row} for row in parts],
                "delimiter": " • ",
            }
        },
        "menuButton": {
            "buttonViewModel": {
                "iconName": "MORE_VERT",
                "accessibilityText": look.t("more_actions"),
                "onTap": {"innertubeCommand": {"showSheetCommand": _sheet(look)}},
            }
        },
    }
    if card.avatar and card.vertical:
        metadata["image"] = {
            "decoratedAvatarViewModel": {
                "avatar": {
                    "avatarViewModel": {
                        "image": {"sources": [{"url": card.avatar, "width": 68, "height": 68}]},
                        "avatarImageSize": "AVATAR_SIZE_M",
                    }
                },
                "a11yLabel": look.t("go_to_channel_named", name=card.channel_name),
                "rendererContext": {
                    "commandContext": {
                        "onTap": {"innertubeCommand": _browse(card.channel_id, card.channel_href)}
                    }
                },
            }
        }
    return {
        "contentImage": content_image,
        "metadata": {"lockupMetadataViewModel": metadata},
        "contentId": card.content_id,
        "contentType": {
            ItemKind.MIX: "LOCKUP_CONTENT_TYPE_PLAYLIST",
            ItemKind.PLAYLIST: "LOCKUP_CONTENT_TYPE_PLAYLIST",
        }.get(card.kind, "LOCKUP_CONTENT_TYPE_VIDEO"),
        "rendererContext": {
            "accessibilityContext": {"label": card.link_label},
            "commandContext": {
                "onTap": {"innertubeCommand": _watch(video_id, card.content_id if listed else "")}
            },
        },
    }


def _short(card: Card) -> Json:
    web = {"url": card.href, "webPageType": "WEB_PAGE_TYPE_SHORTS"}
    return {
        "entityId": f"shorts-shelf-item-{card.content_id}",
        "accessibilityText": card.link_label,
        "thumbnail": {"sources": [{"url": card.thumbnail, "width": 405, "height": 720}]},
        "onTap": {
            "innertubeCommand": {
                "commandMetadata": {"webCommandMetadata": web},
                "reelWatchEndpoint": {"videoId": card.content_id},
            }
        },
        "overlayMetadata": {
            "primaryText": {"content": card.title},
            "secondaryText": {"content": card.views_short},
        },
    }


def _list_renderer(card: Card) -> Json:
    made: Json = {
        "playlistId": card.content_id,
        "title": {"simpleText": card.title},
        "thumbnail": _thumbnails(card.thumbnail),
        "navigationEndpoint": _watch(
            card.firsts[0].video_id if card.firsts else "", card.content_id
        ),
        "videoCountText": {"runs": [{"text": card.badge}]},
        "videos": [
            {
                "childVideoRenderer": {
                    "title": {"simpleText": first.title},
                    "videoId": first.video_id,
                    "lengthText": {"simpleText": first.length},
                }
            }
            for first in card.firsts
        ],
    }
    return made


def row_json(card: Card, look: Look) -> Json:
    """A video of a playlist, on its page or in the panel beside a video."""
    made = _video_renderer(card, look)
    first = "&list="
    made["navigationEndpoint"] = _watch(
        card.content_id, card.href.partition(first)[2].partition("&")[0]
    )
    return made


def card_json(card: Card, look: Look) -> Json:
    """The renderer object of one card."""
    if card.kind is ItemKind.AD:
        ad = {
            "inFeedAdLayoutRenderer": {
                "adLayoutMetadata": {"layoutId": card.content_id},
                "renderingContent": {
                    "displayAdRenderer": {
                        "titleText": {"simpleText": card.title},
                        "secondaryText": {"simpleText": card.sponsor},
                        "badge": {"metadataBadgeRenderer": {"label": card.ad_badge}},
                        "clickCommand": {"urlEndpoint": {"url": card.href}},
                    }
                },
            }
        }
        return {
            "adSlotRenderer": {
                "adSlotMetadata": {"slotId": card.content_id, "slotType": "SLOT_TYPE_IN_FEED"},
                "fulfillmentContent": {"fulfilledLayout": ad},
            }
        }
    listed = card.kind in {ItemKind.MIX, ItemKind.PLAYLIST}
    if look.modern:
        if card.kind is ItemKind.SHORT and card.slim:
            return {"shortsLockupViewModel": _short(card)}
        if card.surface is Surface.SEARCH and not listed:
            return {"videoRenderer": _video_renderer(card, look)}
        return {"lockupViewModel": _lockup(card, look)}
    compact = card.surface is Surface.RELATED
    if listed:
        name = "radioRenderer" if card.mix else "playlistRenderer"
        return {f"compact{name[0].upper()}{name[1:]}" if compact else name: _list_renderer(card)}
    if card.kind is ItemKind.SHORT and card.slim and card.surface is not Surface.HOME:
        return {"reelItemRenderer": {**_video_renderer(card, look), "headline": _runs(card.title)}}
    name = {Surface.RELATED: "compactVideoRenderer", Surface.CHANNEL: "gridVideoRenderer"}.get(
        card.surface, "videoRenderer"
    )
    return {name: _video_renderer(card, look)}


def shelf_json(renderer: str, title: str, items: str) -> str:
    """A shelf around items that are JSON already."""
    body: Json = {"title": _runs(title), "contents": [ITEMS]}
    if renderer == "shelfRenderer":
        body = {"title": _runs(title), "content": {"verticalListRenderer": {"items": [ITEMS]}}}
    made: Json = {renderer: body}
    if renderer == "richShelfRenderer":
        made = {"richSectionRenderer": {"content": made}}
    return splice(made, items)
