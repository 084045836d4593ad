// What comes into view on a feed: in which order, when, for how long, and where.
//
// Runs in the page from the start of the document, watches and never changes it. A post is seen once
// half of it, or a third of the screen, is inside the viewport. A timeline begins with a feed's heading
// or main part that was not there before: a page load, or a refresh in the page. A post of a virtualised
// list leaves the document when it is scrolled away and is another element when it comes back: it is
// known again by its place in the list and by whose it is.
(() => {
  "use strict";
  const KEY = Symbol.for("twinwatch.feed");
  if (window[KEY] || window.top !== window) return;

  const KINDS = ["POSTS"]; // one selector for each generation of markup; a page has posts of one
  const BEGINNINGS = '#newsFeedHeading, div[role="main"], #m_news_feed_stream';
  const PATHS = new Set(["/", "/home.php"]);
  const STEPS = Array.from({ length: 41 }, (_, i) => i / 40);

  let current = null;
  let done = [];
  const begun = new WeakSet();
  let watched = new WeakSet();

  const load = () => document.querySelector("[data-feed-load]")?.dataset.feedLoad ?? null;

  function keyOf(node) {
    const place = node.getAttribute("aria-posinset");
    return place === null ? node : `${place} ${node.querySelector("h2, h3, h4")?.textContent}`;
  }

  // What stands where its viewer has hidden a post is the post no more, whatever is left of it.
  const folded = (node) => node.closest("[data-hidden]") !== null;

  function end(post, at) {
    if (post.since !== null) post.visible += at - post.since;
    post.since = null;
  }

  function close(at) {
    if (!current) return;
    for (const post of current.posts) end(post, at);
    done.push(current);
    current = null;
  }

  function begin() {
    const now = Date.now();
    close(now);
    observer.disconnect();
    watched = new WeakSet();
    current = { started: now, url: location.href, load: load(), posts: [], byKey: new Map() };
  }

  function note(entry) {
    const now = Date.now();
    const height = entry.boundingClientRect.height;
    const shown = entry.intersectionRect.height;
    const there = entry.target.isConnected && !folded(entry.target);
    const inView = entry.isIntersecting && there && height > 0;
    const seen = inView && shown >= Math.min(height / 2, innerHeight / 3);
    const key = keyOf(entry.target);
    let post = current.byKey.get(key);
    if (!post) {
      if (!seen) return;
      const top = entry.boundingClientRect.top + scrollY;
      post = {
        order: current.posts.length + 1, time: now, visible: 0, since: now,
        top: Math.round(top), bottom: Math.round(top + height), html: entry.target.outerHTML,
      };
      current.byKey.set(key, post);
      current.posts.push(post);
      return;
    }
    if (seen && post.since === null) post.since = now;
    if (!seen) end(post, now);
  }

  const observer = new IntersectionObserver(
    (entries) => {
      if (!current) return;
      entries.filter((entry) => !entry.target.isConnected).forEach(note);
      entries
        .filter((entry) => entry.target.isConnected)
        .sort((a, b) =>
          a.target.compareDocumentPosition(b.target) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
        )
        .forEach(note);
    },
    { threshold: STEPS },
  );

  function look() {
    if (PATHS.has(location.pathname)) {
      for (const start of document.querySelectorAll(BEGINNINGS)) {
        if (begun.has(start)) continue;
        begun.add(start);
        begin();
      }
    }
    if (!current) return;
    const css = KINDS.find((kind) => document.querySelector(kind));
    for (const post of css ? document.querySelectorAll(css) : []) {
      // One that is folded up where it was, all of it in view, crosses no threshold.
      const known = folded(post) && current.byKey.get(keyOf(post));
      if (known) end(known, Date.now());
      if (watched.has(post) || post.parentElement?.closest(css)) continue;
      watched.add(post);
      observer.observe(post);
    }
  }

  new MutationObserver(look).observe(document, { childList: true, subtree: true });

  window[KEY] = {
    // How many posts of the timeline have been seen; null when none is open.
    count: () => (current ? current.posts.length : null),
    load,
    // Ends the timeline and hands over everything that has not been handed over yet.
    take() {
      close(Date.now());
      const found = done.map(({ byKey, ...rest }) => ({
        ...rest, posts: rest.posts.map(({ since, ...post }) => post),
      }));
      done = [];
      return found;
    },
  };
})();
