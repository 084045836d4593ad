// The site's own script: in-page navigation, lazy lists, dialogs, buttons.
//
// Earlier pages stay in the document with `hidden`, as on the real site. No timers: everything starts
// from an event, an answer, or an intersection.
(() => {
  "use strict";

  // @shared

  const manager = () => $("ytd-page-manager");
  const words = () => ytcfg.get("I18N", {});
  const KEPT_PAGES = 4;

  const fragment = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  // -- pages --------------------------------------------------------------------------------------

  // Records of the pages in the document by load id; `player` is taken out of hidden watch pages.
  const pages = new Map();
  let current = null;
  let navigation = 0;

  function show(record) {
    current = record;
    record.element.hidden = false;
    if (record.player) {
      record.slot.append(record.player);
      record.player = null;
    }
    ytcfg.set({ EVENT_ID: record.load });
    window.ytInitialData = record.data;
    window.ytInitialPlayerResponse = record.response;
    document.title = record.title;
    const query = new URL(record.url, location.href).searchParams.get("search_query");
    const box = $('input[name="search_query"]');
    if (box && document.activeElement !== box && record.kind === "search") box.value = query ?? "";
    $$("ytd-mini-guide-entry-renderer").forEach((entry) => {
      entry.toggleAttribute("is-active", $("a", entry)?.getAttribute("href") === record.url);
    });
    startPlayer(record);
    watchContinuations(record.element);
  }

  // Resolves when the player's last report has arrived, so that what is asked for next knows of it.
  async function leave() {
    if (!current) return;
    closePopups();
    await unloadPlayer();
  }

  function hide(record) {
    record.element.hidden = true;
    const player = $("#movie_player", record.element);
    if (player) {
      record.slot = player.parentElement;
      record.player = player;
      player.remove();
    }
    const old = [...pages.values()].filter((other) => other !== current && other.element.hidden);
    for (const other of old.slice(0, Math.max(0, old.length - KEPT_PAGES))) {
      other.element.remove();
      pages.delete(other.id);
    }
  }

  function startPlayer(record) {
    if (!record.config || !$("#movie_player", record.element)) return;
    if (record.config.upcoming) return;
    if (!window.MockPlayer) {
      console.warn("site: the player's script is missing");
      return;
    }
    try {
      window.MockPlayer.load(record.config);
    } catch (error) {
      failed(error);
    }
  }

  function adopt(element, page) {
    const record = {
      id: page.load, element, url: page.url, title: page.title, load: page.load, kind: page.kind,
      config: page.player, data: page.response, response: page.playerResponse, player: null,
      slot: null, scroll: 0,
    };
    pages.set(record.id, record);
    return record;
  }

  const internal = (url) =>
    url.origin === location.origin && !/^\/(pagead|sorry|signin|_|api|youtubei|vi|ytc)/.test(url.pathname);

  async function askForMarkup(path) {
    const answer = await fetch(`/youtubei/v1/navigate?url=${encodeURIComponent(path)}`);
    return answer.json();
  }

  // As the real site asks: one endpoint for each kind of page, and the player's beside a video. The
  // player's question names the load that the page's answer has.
  async function askForPage(url, path) {
    const api = async (endpoint, body) => {
      const answer = await fetch(`/youtubei/v1/${endpoint}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ context: context(), ...body }),
      });
      return answer.json();
    };
    const query = url.searchParams;
    if (url.pathname === "/watch") {
      const videoId = query.get("v");
      const sent = await api("next", { url: path, videoId });
      if (sent.location) return sent;
      const of = { ...context(), event: sent.page.load };
      return { ...sent.page, response: sent, playerResponse: await api("player", { context: of, videoId }) };
    }
    const sent = await (url.pathname === "/results"
      ? api("search", { url: path, query: query.get("search_query") })
      : api("browse", { url: path }));
    return sent.location ? sent : { ...sent.page, response: sent, playerResponse: null };
  }

  // Go to an address of this site without loading a new document.
  async function siteNavigate(to, { history: how = "push" } = {}) {
    const url = new URL(to, location.href);
    if (!internal(url)) {
      location.assign(url);
      return;
    }
    const ticket = (navigation += 1);
    const path = url.pathname + url.search;
    document.dispatchEvent(new CustomEvent("yt-navigate", { detail: { url: path } }));
    document.dispatchEvent(new CustomEvent("yt-navigate-start", { detail: { url: path } }));
    $("#progress-bar").hidden = false;
    await leave();
    let page;
    try {
      page = await (ytcfg.get("NAVIGATION") === "innertube" ? askForPage(url, path) : askForMarkup(path));
    } catch (error) {
      failed(error);
      if (ticket === navigation) location.assign(path);
      return;
    }
    if (ticket !== navigation) return;
    if (page.location) {
      location.assign(page.location);
      return;
    }
    const from = current;
    if (from) {
      from.scroll = window.scrollY;
      hide(from);
    }
    const element = fragment(page.html).firstElementChild;
    manager().append(element);
    const record = adopt(element, page);
    const state = { page: record.id };
    if (how === "push") history.pushState(state, "", record.url);
    else if (how === "replace") history.replaceState(state, "", record.url);
    show(record);
    window.scrollTo(0, 0);
    if (how === "replace" && from) {
      from.element.remove();
      pages.delete(from.id);
    }
    $("#progress-bar").hidden = true;
    document.dispatchEvent(new CustomEvent("yt-page-data-updated", { detail: { pageType: record.kind } }));
    document.dispatchEvent(
      new CustomEvent("yt-navigate-finish", {
        detail: { url: record.url, pageType: record.kind, response: page.response },
      }),
    );
  }

  window.addEventListener("popstate", async (event) => {
    const record = pages.get(event.state?.page);
    const path = location.pathname + location.search;
    if (!record) {
      await siteNavigate(path, { history: "none" });
      history.replaceState({ page: current.id }, "", path);
      return;
    }
    if (record === current) return;
    const ticket = (navigation += 1);
    await leave();
    if (ticket !== navigation) return;
    current.scroll = window.scrollY;
    hide(current);
    show(record);
    window.scrollTo(0, record.scroll);
    document.dispatchEvent(new CustomEvent("yt-navigate-finish", { detail: { url: record.url, pageType: record.kind } }));
  });

  // -- lists that grow ----------------------------------------------------------------------------

  const ENDPOINTS = { "YTD-BROWSE": "browse", "YTD-SEARCH": "search", "YTD-WATCH-FLEXY": "next" };

  async function grow(item) {
    if (item.hasAttribute("active")) return;
    item.setAttribute("active", "");
    $("tp-yt-paper-spinner", item)?.setAttribute("active", "");
    const root = item.closest("ytd-browse, ytd-search, ytd-watch-flexy, ytd-shorts");
    const endpoint = ENDPOINTS[root.tagName];
    try {
      const more = await post(`/youtubei/v1/${endpoint}`, { continuation: item.dataset.continuation });
      item.replaceWith(fragment(more.html));
      watchContinuations(root);
      document.dispatchEvent(new CustomEvent("yt-service-request-completed"));
    } catch (error) {
      failed(error);
      item.removeAttribute("active");
    }
  }

  const nearby = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        nearby.unobserve(entry.target);
        grow(entry.target);
      }
    },
    { rootMargin: "400px 0px" },
  );

  function watchContinuations(root) {
    $$("ytd-continuation-item-renderer[data-continuation]", root).forEach((item) => nearby.observe(item));
  }

  async function openReplies(button) {
    const holder = $("#contents", button.closest("ytd-comment-replies-renderer"));
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    holder.hidden = open;
    if (open || holder.childElementCount) return;
    const more = await post("/youtubei/v1/next", { continuation: button.dataset.continuation });
    holder.append(fragment(more.html));
  }

  // -- menus --------------------------------------------------------------------------------------

  const CARD =
    "ytd-rich-item-renderer, yt-lockup-view-model, ytd-video-renderer, ytd-compact-video-renderer, " +
    "ytd-compact-radio-renderer, ytd-compact-playlist-renderer, ytd-grid-video-renderer, ytd-radio-renderer, " +
    "ytd-playlist-renderer, ytm-shorts-lockup-view-model-v2, ytd-reel-item-renderer, ytd-ad-slot-renderer, " +
    "ytd-compact-promoted-video-renderer, ytd-promoted-sparkles-text-search-renderer, " +
    "ytd-playlist-video-renderer, ytd-playlist-panel-video-renderer";
  const MENU_BUTTON =
    ".ytLockupMetadataViewModelMenuButton button, [class*='lockup-metadata-view-model'][class*='__menu-button'] button, " +
    ".shortsLockupViewModelHostOutsideMetadataMenu button, " +
    "feed-ad-metadata-view-model button, ytd-menu-renderer yt-icon-button.dropdown-trigger button";

  let opener = null;

  function closePopups() {
    $$("ytd-popup-container > tp-yt-iron-dropdown").forEach((popup) => {
      if (popup.dataset.popup === "account") {
        popup.hidden = true;
        popup.setAttribute("aria-hidden", "true");
      } else {
        popup.remove();
      }
    });
    opener?.removeAttribute("aria-expanded");
    opener = null;
  }

  const cardOf = (node) => {
    let card = node.closest(CARD);
    while (card?.parentElement.closest(CARD)) card = card.parentElement.closest(CARD);
    return card;
  };

  const MENU = [
    ["add_to_queue", null], ["watch_later", null], ["not_interested", refuse], ["dont_recommend", avoid],
    ["share", null], ["report", null],
  ];

  function openMenu(button) {
    const again = opener === button;
    closePopups();
    if (again) return;
    const card = cardOf(button);
    const popup = document.createElement("tp-yt-iron-dropdown");
    popup.className = "style-scope ytd-popup-container";
    popup.innerHTML =
      '<div id="contentWrapper" class="style-scope tp-yt-iron-dropdown">' +
      '<ytd-menu-popup-renderer class="style-scope ytd-popup-container" slot="dropdown-content" tabindex="-1">' +
      '<tp-yt-paper-listbox id="items" class="style-scope ytd-menu-popup-renderer" role="menu" tabindex="0">' +
      "</tp-yt-paper-listbox></ytd-menu-popup-renderer></div>";
    const list = $("#items", popup);
    for (const [key, action] of MENU) {
      const entry = fragment(
        '<ytd-menu-service-item-renderer class="style-scope ytd-menu-popup-renderer" role="menuitem" tabindex="-1">' +
          '<tp-yt-paper-item class="style-scope ytd-menu-service-item-renderer" role="option" tabindex="-1">' +
          '<yt-formatted-string class="style-scope ytd-menu-service-item-renderer"></yt-formatted-string>' +
          "</tp-yt-paper-item></ytd-menu-service-item-renderer>",
      ).firstElementChild;
      $("yt-formatted-string", entry).textContent = words()[key];
      const choose = () => {
        closePopups();
        action?.(card);
      };
      entry.addEventListener("click", choose);
      entry.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          choose();
        }
      });
      list.append(entry);
    }
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const items = [...list.children];
      items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
    });
    $("ytd-popup-container").append(popup);
    const box = button.getBoundingClientRect();
    const size = popup.getBoundingClientRect();
    const left = document.dir === "rtl" || document.body.dir === "rtl" ? box.left : box.right - size.width;
    popup.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8)) + scrollX}px`;
    const below = box.bottom + size.height < innerHeight - 8;
    popup.style.top = `${(below ? box.bottom : Math.max(64, box.top - size.height)) + scrollY}px`;
    opener = button;
    button.setAttribute("aria-expanded", "true");
    list.firstElementChild.focus({ preventScroll: true });
  }

  async function refuse(card) {
    const videoId = videoOf(card);
    if (!videoId) return;
    card.setAttribute("is-dismissed", "");
    card.dataset.dismissed = words().removed;
    await post("/youtubei/v1/feedback", { videoId, feedback: "NOT_INTERESTED" }).catch(failed);
  }

  async function avoid(card) {
    const videoId = videoOf(card);
    if (!videoId) return;
    card.setAttribute("is-dismissed", "");
    card.dataset.dismissed = words().removed;
    await post("/youtubei/v1/feedback", { videoId, feedback: "DONT_RECOMMEND_CHANNEL" }).catch(failed);
  }

  // What was watched is forgotten, or no more remembered: the page shows it once the site has done so.
  async function remember(button) {
    const done = await post(`/youtubei/v1/history/${button.dataset.history}`, {}).catch(failed);
    if (done) location.reload();
  }

  // -- previews -----------------------------------------------------------------------------------

  const PREVIEW_MS = 500;
  // Where the pointer was last. What moves under a pointer that stands still is no hovering.
  let pointer = "";
  let resting = null;

  function rest(card) {
    if (resting?.card === card) return;
    const { videoId, since } = resting ?? {};
    resting = null;
    const now = Date.now();
    if (videoId && now - since >= PREVIEW_MS) {
      post("/youtubei/v1/feedback", { videoId, feedback: "PREVIEW", seconds: (now - since) / 1000 }).catch(failed);
    }
    if (card) resting = { card, videoId: videoOf(card), since: now };
  }

  document.addEventListener("mousemove", (event) => {
    const place = `${event.clientX} ${event.clientY}`;
    if (place !== pointer) rest(event.target instanceof Element ? cardOf(event.target) : null);
    pointer = place;
  });
  // Who presses a button has decided: what follows is another page or a menu.
  document.addEventListener("mousedown", () => { resting = null; }, true);

  // -- buttons ------------------------------------------------------------------------------------

  // Where the count of the likes stands: in the button, or below it beside a short.
  const VOTES = ".yt-spec-button-shape-next__button-text-content, .yt-spec-button-shape-with-label__label span";

  const openVideo = (watch) => watch?.getAttribute("video-id") ?? /^\/shorts\/([\w-]{11})/.exec(location.pathname)?.[1];

  async function vote(button, kind) {
    const on = button.getAttribute("aria-pressed") !== "true";
    const videoId = openVideo(button.closest("ytd-watch-flexy"));
    const now = await post(`/youtubei/v1/like/${on ? kind : "removelike"}`, { videoId });
    const bar = button.closest("#top-level-buttons-computed, reel-action-bar-view-model");
    const buttons = $$("like-button-view-model button, dislike-button-view-model button", bar);
    const toggles = $$("ytd-toggle-button-renderer", bar);
    const [like, dislike] = buttons.length ? buttons : toggles.map((toggle) => $("button", toggle));
    like.setAttribute("aria-pressed", String(now.liked));
    dislike?.setAttribute("aria-pressed", String(now.disliked));
    [now.liked, now.disliked].forEach((state, index) => {
      toggles[index]?.classList.toggle("style-default-active", state);
      toggles[index]?.classList.toggle("style-text", !state);
    });
    const text = $(toggles.length ? "#text" : VOTES, toggles[0] ?? like.closest("like-button-view-model"));
    text.textContent = now.text;
    if (toggles.length) text.setAttribute("aria-label", now.label);
  }

  async function subscribe(host) {
    const on = !host.hasAttribute("subscribed");
    const now = await post(`/youtubei/v1/subscription/${on ? "subscribe" : "unsubscribe"}`, {
      channelId: host.dataset.channel,
    });
    const [subscribeText, subscribedText, subscribeLabel, unsubscribeLabel] = JSON.parse(host.dataset.labels);
    const button = $("button, tp-yt-paper-button", host);
    host.toggleAttribute("subscribed", now.subscribed);
    if (button.tagName !== "BUTTON") button.toggleAttribute("subscribed", now.subscribed);
    else button.setAttribute("aria-pressed", String(now.subscribed));
    button.setAttribute("aria-label", now.subscribed ? unsubscribeLabel : subscribeLabel);
    ($('[role="text"]', button) ?? $("yt-formatted-string", button)).textContent = now.subscribed
      ? subscribedText
      : subscribeText;
  }

  async function consent(choice) {
    await post("/youtubei/v1/consent", { choice });
    await siteNavigate(location.pathname + location.search, { history: "replace" });
    $("ytd-app").removeAttribute("consent-pending");
    $("ytd-consent-bump-v2-lightbox")?.remove();
  }

  function search(form) {
    const query = $('input[name="search_query"]', form).value.trim();
    if (query) siteNavigate(`/results?search_query=${encodeURIComponent(query).replaceAll("%20", "+")}`);
  }

  function toggleGuide(open = $("tp-yt-app-drawer").hidden) {
    $("tp-yt-app-drawer").hidden = !open;
    $("#guide-button button").setAttribute("aria-pressed", String(open));
  }

  function expand(host, open) {
    if (host.tagName === "YTD-TEXT-INLINE-EXPANDER") {
      $("#expanded", host).hidden = !open;
      $("#snippet", host).hidden = open;
      $("#expand", host).hidden = open;
      host.toggleAttribute("is-expanded", open);
      return;
    }
    host.toggleAttribute("collapsed", !open);
    $("#collapsible", host)?.toggleAttribute("hidden", !open);
    $("#less", host)?.toggleAttribute("hidden", !open);
    $("#more", host)?.toggleAttribute("hidden", open);
  }

  // First match wins: [what was pressed, what to do with it].
  const BUTTONS = [
    ["[data-consent] button, [data-consent] tp-yt-paper-button", (b) => consent(b.closest("[data-consent]").dataset.consent)],
    ["[data-history]", (b) => remember(b)],
    ["#sign-in-button", () => location.assign("/signin")],
    [MENU_BUTTON, (b) => cardOf(b) && openMenu(b)],
    ["like-button-view-model button", (b) => vote(b, "like")],
    ["dislike-button-view-model button", (b) => vote(b, "dislike")],
    ["#top-level-buttons-computed ytd-toggle-button-renderer:nth-of-type(1)", (b) => vote($("button", b), "like")],
    ["#top-level-buttons-computed ytd-toggle-button-renderer:nth-of-type(2)", (b) => vote($("button", b), "dislike")],
    ["ytd-subscribe-button-renderer", (b) => subscribe(b)],
    ["#search-icon-legacy, .ytSearchboxComponentSearchButton", () => search($("#search-form, .ytSearchboxComponentSearchForm"))],
    ["[data-next]", (b) => siteNavigate(b.dataset.next)],
    ["#guide-button", () => toggleGuide()],
    ["tp-yt-app-drawer #scrim", () => toggleGuide(false)],
    ["#avatar-btn", () => {
      const menu = $('[data-popup="account"]');
      const open = menu.hidden;
      closePopups();
      menu.hidden = !open;
      menu.setAttribute("aria-hidden", String(!open));
    }],
    ["#more-replies button", (b) => openReplies(b)],
    ["ytd-text-inline-expander #expand, ytd-watch-metadata #snippet", (b) => expand(b.closest("ytd-text-inline-expander"), true)],
    ["ytd-text-inline-expander #collapse", (b) => expand(b.closest("ytd-text-inline-expander"), false)],
    ["ytd-expander > #more", (b) => expand(b.parentElement, true)],
    ["ytd-expander > #less", (b) => expand(b.parentElement, false)],
    [".comment-vote", (b) => b.setAttribute("aria-pressed", String(b.getAttribute("aria-pressed") !== "true"))],
    ["[data-retry]", () => siteNavigate(location.pathname + location.search, { history: "replace" })],
    ["[data-href]", (b) => siteNavigate(b.dataset.href)],
  ];

  function press(event) {
    for (const [css, action] of BUTTONS) {
      const target = event.target.closest(css);
      if (!target) continue;
      if (action(target) === null) continue;
      return target;
    }
    return null;
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (!event.target.closest("tp-yt-iron-dropdown") && !event.target.closest(`${MENU_BUTTON}, #avatar-btn`)) closePopups();
    const link = event.target.closest("a[href]");
    const inside = event.target.closest("button, tp-yt-paper-button, [data-href]");
    if (!link || (inside && link.contains(inside))) {
      const pressed = press(event);
      if (pressed) event.preventDefault();
      if (pressed || !link) return;
    }
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.href.startsWith("https://accounts.google.com/")) {
      event.preventDefault();
      location.assign("/signin");
      return;
    }
    if (link.target === "_blank" || link.hash && link.pathname === location.pathname) return;
    const url = new URL(link.href, location.href);
    if (!internal(url)) return;
    event.preventDefault();
    toggleGuide(false);
    siteNavigate(url.pathname + url.search);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const back = opener;
      closePopups();
      back?.focus();
      return;
    }
    // What is a button in role only answers to the keys of one.
    const target = event.target instanceof Element ? event.target : null;
    if ((event.key === "Enter" || event.key === " ") && target?.matches('tp-yt-paper-button, [role="button"]:not(button)')) {
      event.preventDefault();
      target.click();
    }
    if (event.key === "/" && !target?.closest("input, textarea")) {
      event.preventDefault();
      $('input[name="search_query"]')?.focus();
    }
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("#search-form, .ytSearchboxComponentSearchForm")) return;
    event.preventDefault();
    $('input[name="search_query"]', event.target).blur();
    search(event.target);
  });

  document.addEventListener("mockplayer-autoplay", (event) => {
    if (current?.config) current.config.autoplay = event.detail.on;
    post("/youtubei/v1/autoplay", { on: event.detail.on }).catch(failed);
  });

  // -- begin --------------------------------------------------------------------------------------

  window.siteNavigate = siteNavigate;
  history.scrollRestoration = "manual";
  const first = $("ytd-page-manager > :not([hidden])");
  if (first) {
    const kinds = { "YTD-SEARCH": "search", "YTD-WATCH-FLEXY": "video" };
    const record = adopt(first, {
      url: location.pathname + location.search, title: document.title, load: ytcfg.get("EVENT_ID"),
      kind: kinds[first.tagName] ?? first.getAttribute("page-subtype"), player: window.ytInitialPlayerConfig,
      response: window.ytInitialData, playerResponse: window.ytInitialPlayerResponse,
    });
    history.replaceState({ page: record.id }, "");
    show(record);
  }
  probe();
  document.dispatchEvent(new CustomEvent("yt-navigate-finish", { detail: { url: location.pathname + location.search } }));
})();
