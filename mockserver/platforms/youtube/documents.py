"""Whole documents: a page with the masthead, guide, dialog, scripts and configuration around it."""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from markupsafe import Markup

from collector.addresses import parts_of
from collector.common.model import PageKind
from mockserver.platforms.youtube import fullness
from mockserver.platforms.youtube.eras import era_of, spelled_css
from mockserver.platforms.youtube.guide import Account, account_of, guide_sections, mini_guide
from mockserver.platforms.youtube.innertube import dumps
from mockserver.platforms.youtube.mobile import data as mobile
from mockserver.platforms.youtube.pages import Page
from mockserver.platforms.youtube.rendering import page as render
from mockserver.platforms.youtube.visits import Visit

STATIC = Path(__file__).parent / "static"

#: Words that the page's script needs.
_SCRIPT_WORDS = (
    "add_to_queue", "watch_later", "not_interested", "dont_recommend", "share", "report", "removed",
    "subscribe", "subscribed", "error", "retry", "autoplay_on", "autoplay_off", "sign_out",
)  # fmt: skip


@lru_cache(maxsize=16)
def _css(era: str, mobile: bool) -> Markup:
    year = era_of(era)
    text = (STATIC / "site.css").read_text(encoding="utf-8")
    if mobile:
        return Markup(spelled_css(text + (STATIC / "mobile.css").read_text(encoding="utf-8"), year))
    return Markup(spelled_css(text, year) + (fullness.CSS if year.full else ""))


def configuration(visit: Visit, page: Page, account: Account | None) -> dict[str, Any]:
    """``ytcfg``. ``EVENT_ID`` is the id of the page load."""
    look = visit.look
    language = look.language
    name, platform = ("MWEB", "MOBILE") if look.mobile else ("WEB", "DESKTOP")
    visitor_data = base64.urlsafe_b64encode(f"\n\x0b{visit.visitor}(\x01".encode()).decode()
    client = {
        "hl": language.tag,
        "gl": look.country,
        "remoteHost": "127.0.0.1",
        "visitorData": visitor_data,
        "clientName": name,
        "clientVersion": look.year.client,
        "originalUrl": page.url,
        "platform": platform,
    }
    config: dict[str, Any] = {
        "CLIENT_CANARY_STATE": "none",
        "DEVICE": f"cplatform={platform}",
        "EVENT_ID": page.load,
        "GOOGLE_FEEDBACK_PRODUCT_ID": "59",
        "HL": language.tag,
        "GL": look.country,
        "HTML_DIR": "rtl" if language.rtl else "ltr",
        "HTML_LANG": language.tag,
        "INNERTUBE_API_VERSION": "v1",
        "INNERTUBE_CLIENT_NAME": name,
        "INNERTUBE_CLIENT_VERSION": client["clientVersion"],
        "INNERTUBE_CONTEXT": {"client": client, "user": {"lockedSafetyMode": False}},
        "INNERTUBE_CONTEXT_HL": language.tag,
        "INNERTUBE_CONTEXT_GL": look.country,
        "LOGGED_IN": account is not None,
        "PAGE_BUILD_LABEL": f"youtube.{platform.lower()}.web_mock",
        "VISITOR_DATA": visitor_data,
        "XSRF_FIELD_NAME": "session_token",
        "XSRF_TOKEN": base64.urlsafe_b64encode(f"xsrf|{visit.visitor}".encode()).decode(),
        "I18N": {key: language.text[key] for key in _SCRIPT_WORDS},
    }
    if look.full:
        config["NAVIGATION"] = "innertube"
    if account is not None:
        config |= {
            "ID_TOKEN": base64.urlsafe_b64encode(f"id|{account.email}".encode()).decode(),
            "DELEGATED_SESSION_ID": account.datasync[::-1][:21],
            "DATASYNC_ID": f"{account.datasync}||",
            "USER_SESSION_ID": account.datasync,
        }
    return config


def _topbar(account: Account | None) -> str:
    """What ``ytInitialData`` says of the masthead."""
    if account is None:
        return dumps({"desktopTopbarRenderer": {"topbarButtons": []}})
    menu = {
        "topbarMenuButtonRenderer": {
            "avatar": {"thumbnails": [{"url": account.avatar}]},
            "menuRequest": {
                "multiPageMenuRenderer": {
                    "activeAccountHeaderRenderer": {
                        "accountName": {"simpleText": account.name},
                        "email": {"simpleText": account.email},
                    }
                }
            },
        }
    }
    return dumps({"desktopTopbarRenderer": {"topbarButtons": [menu]}})


def document(visit: Visit, page: Page) -> str:
    """The HTML document of a first request."""
    look = visit.look
    account = account_of(look)
    subscriptions = [
        look.world.channels[channel_id]
        for channel_id in list(visit.viewer.subscriptions)
        if channel_id in look.world.channels
    ]
    query = ""
    if page.kind is PageKind.SEARCH:
        query = parse_qs(parts_of(page.url).query).get("search_query", [""])[0]
    if look.mobile:
        return _mobile(visit, page, query)
    head, _, rest = page.data.partition("{")
    data = f'{head}{{"topbar":{_topbar(account)}{"," if rest != "}" else ""}{rest}'
    made = render(
        look.language.tag,
        look.era,
        "document.html",
        page=page,
        response_data=Markup(data),
        look=look,
        language=look.language,
        account=account,
        query=query,
        guide=guide_sections(look, subscriptions),
        mini_links=mini_guide(look),
        ytcfg=Markup(dumps(configuration(visit, page, account))),
        player=Markup(dumps(page.player)),
        css=_css(look.era, False),
        nonce=secrets.token_urlsafe(12),
        consented=visit.consented,
    )
    return fullness.document(made, look) if look.full else made


def _mobile(visit: Visit, page: Page, query: str) -> str:
    """The document of a page of the mobile site; nothing in it tells of an account."""
    look = visit.look
    return render(
        look.language.tag, look.era, "mobile/document.html", page=page, language=look.language,
        query=query, response_data=Markup(mobile.script(page.data)),
        ytcfg=Markup(dumps(configuration(visit, page, None))), player=Markup(dumps(page.player)),
        css=_css(look.era, True), nonce=secrets.token_urlsafe(12), consented=visit.consented,
    )  # fmt: skip


def interstitial(visit: Visit, template: str, url: str, **context: object) -> str:
    """A page outside the application: captcha, sign-in, server error."""
    look = visit.look
    return render(look.language.tag, look.era, template, language=look.language, url=url, **context)
