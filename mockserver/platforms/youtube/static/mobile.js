// The mobile site's script: each page is a document of its own; lists grow, buttons act, a video plays.
//
// No timers: everything starts from an event, an answer, or an intersection.
(() => {
  "use strict";

  // @shared

  // -- going elsewhere ----------------------------------------------------------------------------

  async function go(to) {
    await unloadPlayer();
    location.assign(to);
  }

  window.siteNavigate = go;

  // -- lists that grow ----------------------------------------------------------------------------

  const ENDPOINTS = { "YTM-BROWSE": "browse", "YTM-SEARCH": "search", "YTM-WATCH": "next" };
  const MORE = "ytm-continuation-item-renderer[data-continuation]";

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

  async function grow(item) {
    const root = item.closest("ytm-browse, ytm-search, ytm-watch");
    try {
      const path = `/youtubei/v1/${ENDPOINTS[root.tagName]}`;
      const more = await post(path, { continuation: item.dataset.continuation });
      const template = document.createElement("template");
      template.innerHTML = more.html;
      item.replaceWith(template.content);
      $$(MORE, root).forEach((next) => nearby.observe(next));
    } catch (error) {
      failed(error);
      nearby.observe(item);
    }
  }

  // -- buttons ------------------------------------------------------------------------------------

  async function consent(choice) {
    await post("/youtubei/v1/consent", { choice });
    location.reload();
  }

  async function vote(button, kind) {
    const root = button.closest("ytm-watch, reel-action-bar-view-model");
    const on = button.getAttribute("aria-pressed") !== "true";
    const videoId = root.getAttribute("video-id") ?? /^\/shorts\/([\w-]{11})/.exec(location.pathname)?.[1];
    const now = await post(`/youtubei/v1/like/${on ? kind : "removelike"}`, { videoId });
    const like = $("like-button-view-model button", root);
    like.setAttribute("aria-pressed", String(now.liked));
    $("dislike-button-view-model button", root).setAttribute("aria-pressed", String(now.disliked));
    const host = like.closest("like-button-view-model");
    $(".yt-spec-button-shape-next__button-text-content, .yt-spec-button-shape-with-label__label span", host).textContent = now.text;
  }

  async function subscribe(host) {
    const on = !host.hasAttribute("subscribed");
    const path = `/youtubei/v1/subscription/${on ? "subscribe" : "unsubscribe"}`;
    const now = await post(path, { channelId: host.dataset.channel });
    const [subscribeText, subscribedText, subscribeLabel, unsubscribeLabel] = JSON.parse(host.dataset.labels);
    const button = $("button", host);
    host.toggleAttribute("subscribed", now.subscribed);
    button.setAttribute("aria-pressed", String(now.subscribed));
    button.setAttribute("aria-label", now.subscribed ? unsubscribeLabel : subscribeLabel);
    $('[role="text"]', button).textContent = now.subscribed ? subscribedText : subscribeText;
  }

  // What was watched is forgotten, or no more remembered: the page shows it once the site has done so.
  async function remember(button) {
    await post(`/youtubei/v1/history/${button.dataset.history}`, {});
    location.reload();
  }

  // -- menus --------------------------------------------------------------------------------------

  const CARD =
    "ytm-video-with-context-renderer, ytm-compact-video-renderer, ytm-compact-radio-renderer, " +
    "ytm-compact-playlist-renderer, ytm-playlist-video-renderer, ytm-playlist-panel-video-renderer, " +
    "ytm-shorts-lockup-view-model-v2";
  const MENU_BUTTON = "ytm-menu-renderer button, .shortsLockupViewModelHostOutsideMetadataMenu button";
  const MENU = [
    ["add_to_queue", null], ["watch_later", null], ["not_interested", "NOT_INTERESTED"],
    ["dont_recommend", "DONT_RECOMMEND_CHANNEL"], ["share", null], ["report", null],
  ];

  const closeSheet = () => $("bottom-sheet-container")?.remove();

  // The menu of a card is a sheet at the foot of the window, over all else.
  function openMenu(button) {
    closeSheet();
    const card = button.closest(CARD);
    const sheet = document.createElement("bottom-sheet-container");
    sheet.innerHTML =
      '<div class="bottom-sheet-overlay"></div><bottom-sheet-layout>' +
      '<div class="bottom-sheet-media-menu-item" role="menu"></div></bottom-sheet-layout>';
    for (const [key, feedback] of MENU) {
      const entry = document.createElement("ytm-menu-service-item-renderer");
      entry.innerHTML = '<ytm-menu-item><button class="menu-item-button" role="menuitem"><span></span></button></ytm-menu-item>';
      $("span", entry).textContent = ytcfg.get("I18N", {})[key];
      entry.addEventListener("click", () => {
        closeSheet();
        if (feedback) tell(card, feedback).catch(failed);
      });
      $('[role="menu"]', sheet).append(entry);
    }
    $(".bottom-sheet-overlay", sheet).addEventListener("click", closeSheet);
    $("ytm-app").append(sheet);
  }

  async function tell(card, feedback) {
    const videoId = videoOf(card);
    if (!videoId) return;
    card.setAttribute("is-dismissed", "");
    card.dataset.dismissed = ytcfg.get("I18N", {}).removed;
    await post("/youtubei/v1/feedback", { videoId, feedback });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSheet();
  });

  // First match wins: [what was pressed, what to do with it].
  const BUTTONS = [
    ["[data-consent] button", (b) => consent(b.closest("[data-consent]").dataset.consent)],
    ["[data-history]", remember],
    ["like-button-view-model button", (b) => vote(b, "like")],
    ["dislike-button-view-model button", (b) => vote(b, "dislike")],
    ["ytm-subscribe-button-renderer", subscribe],
    [MENU_BUTTON, async (b) => b.closest(CARD) && openMenu(b)],
  ];

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.defaultPrevented) return;
    for (const [css, action] of BUTTONS) {
      const target = event.target.closest(css);
      if (!target) continue;
      event.preventDefault();
      action(target).catch(failed);
      return;
    }
    const link = event.target.closest("a[href]");
    if (!link || link.target === "_blank" || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.origin !== location.origin) return;
    event.preventDefault();
    go(link.href);
  });

  document.addEventListener("submit", (event) => {
    const query = new FormData(event.target).get("search_query").trim();
    event.preventDefault();
    if (query) go(`/results?search_query=${encodeURIComponent(query).replaceAll("%20", "+")}`);
  });

  document.addEventListener("mockplayer-autoplay", (event) => {
    post("/youtubei/v1/autoplay", { on: event.detail.on }).catch(failed);
  });

  // -- begin --------------------------------------------------------------------------------------

  const config = window.ytInitialPlayerConfig;
  if (config && !config.upcoming && $("#movie_player")) {
    try {
      window.MockPlayer.load(config);
    } catch (error) {
      failed(error);
    }
  }
  $$(MORE).forEach((item) => nearby.observe(item));
  probe();
})();
