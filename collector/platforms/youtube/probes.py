"""Scripts that look at a YouTube page from inside: has it settled, where is the thing to click?

They read the visible page only (in-page navigation leaves earlier pages hidden in the document),
know both the markup of 2022 and today's, and change nothing but one marking attribute on the
element that is about to be clicked, which is taken off again.
"""

from __future__ import annotations

from collector.common.model import PageKind, Surface
from collector.platforms.acting import FRAMES
from collector.platforms.youtube.parse.registry import AD_TAGS, ITEM_TAGS

#: Attribute that marks the element to click, for as long as the click takes.
MARK = "data-puppet-target"

#: The element that holds a page of each kind, on the site and on its mobile one.
ROOTS = {
    PageKind.HOME: "ytd-browse, ytm-browse",
    PageKind.CHANNEL: "ytd-browse, ytm-browse",
    PageKind.SEARCH: "ytd-search, ytm-search",
    PageKind.VIDEO: "ytd-watch-flexy, ytm-watch",
}

#: What stands at the end of a list that has more.
MORE = "ytd-continuation-item-renderer, ytm-continuation-item-renderer"

#: What a list is made of, from the element table; cards inside cards are counted once.
CARDS = ", ".join(sorted(ITEM_TAGS - AD_TAGS))

ADS = ", ".join(sorted(AD_TAGS))

#: Where the list of a surface lies inside its page.
LISTS = {
    Surface.HOME: ROOTS[PageKind.HOME],
    Surface.CHANNEL: ROOTS[PageKind.CHANNEL],
    Surface.SEARCH: ROOTS[PageKind.SEARCH],
    Surface.RELATED: "ytd-watch-flexy #secondary, ytd-watch-flexy #related,"
    " ytm-watch ytm-item-section-renderer[section-identifier='related-items']",
} | dict.fromkeys(
    (Surface.PLAYLIST, Surface.SUBSCRIPTIONS, Surface.HISTORY, Surface.TRENDING, Surface.HASHTAG),
    ROOTS[PageKind.HOME],
)

_SHARED = f"""
const CARDS = {CARDS!r}, ADS = {ADS!r}, MARK = {MARK!r}, MORE = {MORE!r};
const shown = e => !!e && !e.closest('[hidden]') && e.getClientRects().length > 0;
const visible = (css, root = document) => [...root.querySelectorAll(css)].filter(shown);
const cards = root => visible(CARDS, root).filter(c => !c.parentElement.closest(CARDS));
const videoOf = href => {{
  try {{
    const url = new URL(href, location.href);
    if (url.pathname === '/watch') return url.searchParams.get('v');
    const parts = url.pathname.split('/');
    return ['shorts', 'live'].includes(parts[1]) ? parts[2] : null;
  }} catch (e) {{ return null; }}
}};
const bump = () => visible('ytd-consent-bump-v2-lightbox, ytm-consent-bump-v2-renderer')[0];
const mark = e => {{
  document.querySelectorAll('[' + MARK + ']').forEach(o => o.removeAttribute(MARK));
  if (e) e.setAttribute(MARK, '');
  return !!e;
}};
"""


def script(body: str) -> str:
    """A function of one argument ``arg`` with the shared helpers in scope."""
    return f"(arg) => {{ {_SHARED} {body} }}"


#: arg {root, list}: ``null`` while the page is on its way, else {state, items}; state is ``ready``
#: (the list has items), ``stopped`` (something else than the page came) or ``bare`` (the document
#: is complete and holds no page of this site at all).
SETTLED = script("""
if (document.readyState === 'loading') return null;
if (bump() || document.querySelector(
    'form[action*="/sorry"], #captcha-form, .g-recaptcha, form[action*="consent."],'
    + ' form[action*="/save"]')) {
  return {state: 'stopped', items: 0};
}
if (!document.querySelector('ytd-app, ytm-app')) {
  return document.readyState === 'complete' ? {state: 'bare', items: 0} : null;
}
const root = visible(arg.root)[0];
if (!root) {
  return visible('#error-screen, #error-page, ytd-error-renderer,'
    + ' yt-player-error-message-renderer, ytd-background-promo-renderer,'
    + ' ytm-background-promo-renderer')
    .length ? {state: 'stopped', items: 0} : null;
}
const lists = [...document.querySelectorAll(arg.list)].filter(shown);
const items = lists.length ? cards(lists[0]).length : 0;
if (items) return {state: 'ready', items};
return visible('#error-screen, #error-page, ytd-error-renderer,'
  + ' yt-player-error-message-renderer, ytd-background-promo-renderer,'
  + ' ytd-feed-nudge-renderer, ytd-message-renderer, ytm-background-promo-renderer,'
  + ' ytm-message-renderer', root).length
  ? {state: 'stopped', items: 0} : null;
""")

#: arg {list}: how many cards the visible list has, whether more can come, and where the page ends.
LIST_STATE = script("""
const lists = [...document.querySelectorAll(arg.list)].filter(shown);
const list = lists[0];
const more = list ? [...list.querySelectorAll(MORE)]
  .some(e => !e.closest('[hidden]')) : false;
const page = document.scrollingElement || document.documentElement;
return {items: list ? cards(list).length : 0, more,
        bottom: Math.ceil(page.scrollTop + innerHeight) >= page.scrollHeight - 2};
""")

#: arg {list}: :data:`LIST_STATE` after :data:`FRAMES`, in one question.
RESTED = f"async (arg) => {{ await ({FRAMES})(); return ({LIST_STATE})(arg); }}"

#: arg: share of a screen to move down by.
SCROLL = script("""
const page = document.scrollingElement || document.documentElement;
page.scrollTop += Math.round(innerHeight * arg);
return page.scrollTop;
""")

#: arg: CSS pixels to move down by.
SCROLL_PIXELS = script("""
const page = document.scrollingElement || document.documentElement;
page.scrollTop += arg;
return page.scrollTop;
""")

SCROLL_END = script("""
const page = document.scrollingElement || document.documentElement;
page.scrollTop = page.scrollHeight;
return page.scrollTop;
""")

#: arg {list, video, nth}: mark the link of the nth (from 0) card of that video, ads left out.
MARK_CARD_LINK = script("""
const found = [];
for (const list of [...document.querySelectorAll(arg.list)].filter(shown).slice(0, 1)) {
  for (const a of list.querySelectorAll('a[href]')) {
    if (videoOf(a.getAttribute('href')) !== arg.video) continue;
    if (a.closest(ADS) || a.closest('[hidden]')) continue;
    const card = a.closest(CARDS) || a;
    if (!found.includes(card)) found.push(card);
  }
}
const card = found[arg.nth];
if (!card) return mark(null);
const links = (card.matches('a') ? [card] : [...card.querySelectorAll('a[href]')])
  .filter(a => videoOf(a.getAttribute('href')) === arg.video && shown(a));
const title = links.find(a => a.matches(
  '#video-title, #video-title-link, .ytLockupMetadataViewModelTitle,'
  + ' .yt-lockup-metadata-view-model__title, .yt-lockup-metadata-view-model-wiz__title, h3 a'));
return mark(title || links[0]);
""")

#: arg {list, video, nth}: mark the menu button of that card.
MARK_CARD_MENU = script("""
const found = [];
for (const list of [...document.querySelectorAll(arg.list)].filter(shown).slice(0, 1)) {
  for (const card of cards(list)) {
    if (card.closest(ADS)) continue;
    const ids = [...card.querySelectorAll('a[href]')].map(a => videoOf(a.getAttribute('href')));
    if (ids.includes(arg.video)) found.push(card);
  }
}
const card = found[arg.nth];
if (!card) return mark(null);
const menu = visible('.ytLockupMetadataViewModelMenuButton button,'
  + ' .yt-lockup-metadata-view-model__menu-button button,'
  + ' .yt-lockup-metadata-view-model-wiz__menu-button button, ytd-menu-renderer button,'
  + ' #menu button, ytm-menu-renderer button', card);
return mark(menu[menu.length - 1]);
""")

#: arg: words of "not interested" in the languages known; mark that item of the open menu.
MARK_NOT_INTERESTED = script("""
const items = visible('ytd-menu-popup-renderer ytd-menu-service-item-renderer,'
  + ' ytd-menu-popup-renderer [role="menuitem"], ytd-menu-popup-renderer [role="option"],'
  + ' ytm-menu-service-item-renderer, ytm-menu-item, yt-list-item-view-model');
const said = e => ((e.getAttribute('aria-label') || '') + ' ' + e.textContent).toLowerCase();
const item = items.find(e => arg.some(word => said(e).includes(word)));
const inner = item && (item.matches('button, [role="menuitem"]') ? item
  : item.querySelector('button, [role="menuitem"], tp-yt-paper-item, a') || item);
return mark(inner);
""")

#: arg {choice, reject, accept}: mark the consent button; by its words, else by its place.
MARK_CONSENT = script("""
const box = bump()
  || (document.querySelector('form[action*="/save"]') || {closest: () => null}).closest('body');
if (!box) return mark(null);
const all = visible('button, tp-yt-paper-button, a[role="button"]', box)
  .filter(b => !b.parentElement.closest('button, tp-yt-paper-button, a[role="button"]'));
const said = b => [b, ...b.querySelectorAll('[aria-label]')]
  .map(e => e.getAttribute('aria-label') || '').concat(b.textContent).join(' ').toLowerCase();
const has = (b, words) => words.some(w => said(b).includes(w));
const rejecting = all.filter(b => has(b, arg.reject));
const accepting = all.filter(b => has(b, arg.accept) && !has(b, arg.reject));
const wanted = arg.choice === 'reject' ? rejecting : accepting;
if (wanted.length) return mark(wanted[0]);
const row = visible('.eom-buttons button, .eom-buttons tp-yt-paper-button', box);
const pair = row.length === 2 ? row : all.slice(-2);
return mark(pair.length === 2 ? pair[arg.choice === 'reject' ? 0 : 1] : null);
""")

CONSENT_OPEN = script("""
return !!bump() || !!document.querySelector('form[action*="/save"], form[action*="consent."]');
""")

#: What is voted for: the visible watch page, or the short that plays.
VOTED = """
const root = visible('ytd-watch-flexy, ytm-watch, ytd-reel-video-renderer[is-active],'
  + ' ytm-reel-player-overlay-renderer[data-is-active="true"]')[0];
"""

#: Mark the like button of the open video; answers its state: null (none) or on/off.
MARK_LIKE = script(
    VOTED
    + """
const button = root && (visible('like-button-view-model button', root)[0]
  || visible('#like-button button[aria-pressed]', root)[0]
  || visible('#top-level-buttons-computed ytd-toggle-button-renderer button,'
    + ' #top-level-buttons-computed ytd-toggle-button-renderer', root)[0]);
if (!mark(button)) return null;
const host = button.closest('ytd-toggle-button-renderer');
return button.getAttribute('aria-pressed') === 'true'
  || (!!host && host.classList.contains('style-default-active'));
"""
)

#: Mark the subscribe button of the visible page; answers its state: null (none) or on/off.
MARK_SUBSCRIBE = script("""
const root = visible('ytd-watch-flexy, ytd-browse, ytm-watch, ytm-browse')[0];
const host = root && visible('ytd-subscribe-button-renderer, yt-subscribe-button-view-model,'
  + ' ytm-subscribe-button-renderer', root)[0];
const button = host && (visible('button, tp-yt-paper-button', host)[0] || host);
if (!mark(button)) return null;
return host.hasAttribute('subscribed') || button.hasAttribute('subscribed')
  || button.getAttribute('aria-pressed') === 'true';
""")

MARK_SEARCHBOX = script("""
return mark(visible('input[name="search_query"], input#search')[0]);
""")

UNMARK = script("mark(null); return true;")

#: Begin to count arrivals of in-page navigation in this document.
LISTEN = script("""
window.__arrivals = 0;
document.addEventListener('yt-navigate-finish', () => { window.__arrivals += 1; }, {once: true});
return location.href;
""")

#: arg: the address before, or null. True once the page has moved on (in-page or a new document).
ARRIVED = script("""
return location.href !== arg && (window.__arrivals === undefined || window.__arrivals > 0);
""")
