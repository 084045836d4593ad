// The site's own script: endless scrolling, refresh in the page, likes, follows, the cookie dialog.
//
// No timers: everything starts from an event, an answer, or an intersection.
(() => {
  "use strict";

  const $ = (css, root = document) => root.querySelector(css);
  const failed = (error) => console.warn(`site: ${error.message}`);

  async function post(path, body) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  const fragment = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  // -- the feed grows ------------------------------------------------------------------------------

  let loading = null;

  async function grow(end) {
    if (loading === end) return;
    loading = end;
    try {
      const answer = await fetch(`/ajax/feed/more?cursor=${encodeURIComponent(end.dataset.cursor)}`);
      if (!answer.ok) throw new Error(`more: ${answer.status}`);
      const { html, cursor } = await answer.json();
      if (!end.isConnected) return; // another timeline has begun meanwhile
      $(".units", end.parentElement).append(fragment(html));
      const next = end.cloneNode(false);
      delete next.dataset.cursor;
      if (cursor) {
        next.dataset.cursor = cursor;
        next.append(...end.childNodes);
      } else {
        next.removeAttribute("role");
        next.textContent = "✓";
      }
      end.replaceWith(next);
      watch();
    } catch (error) {
      failed(error);
    } finally {
      if (loading === end) loading = null;
    }
  }

  const watcher = new IntersectionObserver(
    (seen) => seen.filter((entry) => entry.isIntersecting).forEach((entry) => grow(entry.target)),
    { rootMargin: "1200px 0px" },
  );

  function watch() {
    watcher.disconnect();
    const end = $(".feed-end[data-cursor]");
    if (end) watcher.observe(end);
  }

  async function refresh() {
    const root = $("#feed-root");
    if (!root) return;
    document.body.toggleAttribute("data-refreshing", true);
    try {
      const { html, load } = await post("/ajax/feed/refresh", {});
      window.scrollTo(0, 0);
      root.replaceChildren(fragment(html));
      document.body.dataset.load = load;
      watch();
    } catch (error) {
      failed(error);
    } finally {
      document.body.removeAttribute("data-refreshing");
    }
  }

  // -- buttons -------------------------------------------------------------------------------------

  async function like(button) {
    const { on } = await post("/ajax/like", {
      post: button.dataset.like,
      on: button.getAttribute("aria-pressed") !== "true",
    });
    button.setAttribute("aria-pressed", String(on));
  }

  async function follow(button) {
    const { on } = await post("/ajax/follow", {
      page: button.dataset.follow,
      on: button.getAttribute("aria-pressed") !== "true",
    });
    button.setAttribute("aria-pressed", String(on));
    button.classList.toggle("on", on);
    button.textContent = on ? button.dataset.on : button.dataset.off;
  }

  async function hide(button) {
    const { offer } = await post("/ajax/hide", { post: button.dataset.hide });
    const unit = button.closest("[data-slot]");
    unit.toggleAttribute("data-hidden", true);
    const all = document.createElement("div");
    all.className = "after-hide";
    all.setAttribute("role", "button");
    all.tabIndex = 0;
    all.dataset.silence = button.dataset.hide;
    all.textContent = offer;
    unit.append(all);
  }

  async function silence(button) {
    await post("/ajax/silence", { post: button.dataset.silence });
    button.remove();
  }

  async function consent(button) {
    const choice = button.dataset.cookiebanner === "accept_button" ? "accept" : "reject";
    await post("/cookie/consent/", { choice });
    location.reload();
  }

  const ACTIONS = [
    ["[data-like]", like],
    ["[data-follow]", follow],
    ["[data-hide]", hide],
    ["[data-silence]", silence],
    ["[data-cookiebanner]", consent],
  ];

  document.addEventListener("click", (event) => {
    const again = event.target.closest("[data-refresh]");
    if (again && $("#feed-root")) {
      event.preventDefault();
      refresh();
      return;
    }
    for (const [css, action] of ACTIONS) {
      const button = event.target.closest(css);
      if (!button) continue;
      event.preventDefault();
      action(button).catch(failed);
      return;
    }
    if (event.target.closest('a[href="#"]')) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (event.target.matches?.('[role="button"]')) {
      event.preventDefault();
      event.target.click();
    }
  });

  watch();
})();
