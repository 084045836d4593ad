// What comes into view on a feed: in which order, when, for how long, and where.
//
// Runs in the page from the start of the document, watches and never changes it. A post is seen once
// half of it, or a third of the screen, is inside the viewport. A timeline begins with a feed's heading
// or main part that was not there before: a page load, or a refresh in the page.
(() => {
  "use strict";
  const KEY = Symbol.for("twinwatch.feed");
  if (window[KEY] || window.top !== window) return;

  const POSTS = 'div[data-pagelet^="FeedUnit"], .userContentWrapper';
  const BEGINNINGS = '#newsFeedHeading, div[role="main"]';
  const PATHS = new Set(["/", "/home.php"]);
  const STEPS = Array.from({ length: 41 }, (_, i) => i / 40);

  let current = null;
  let done = [];
  const begun = new WeakSet();
  let watched = new WeakSet();

  const load = () => document.querySelector("[data-feed-load]")?.dataset.feedLoad ?? null;

  function close(at) {
    if (!current) return;
    for (const post of current.posts) {
      if (post.since !== null) post.visible += at - post.since;
      post.since = null;
    }
    done.push(current);
    current = null;
  }

  function begin() {
    const now = Date.now();
    close(now);
    observer.disconnect();
    watched = new WeakSet();
    current = { started: now, url: location.href, load: load(), posts: [], byNode: new Map() };
  }

  function note(entry) {
    const now = Date.now();
    const height = entry.boundingClientRect.height;
    const shown = entry.intersectionRect.height;
    const seen = entry.isIntersecting && height > 0 && shown >= Math.min(height / 2, innerHeight / 3);
    let post = current.byNode.get(entry.target);
    if (!post) {
      if (!seen) return;
      const top = entry.boundingClientRect.top + scrollY;
      post = {
        order: current.posts.length + 1, time: now, visible: 0, since: now,
        top: Math.round(top), bottom: Math.round(top + height), html: entry.target.outerHTML,
      };
      current.byNode.set(entry.target, post);
      current.posts.push(post);
      return;
    }
    if (seen && post.since === null) post.since = now;
    if (!seen && post.since !== null) {
      post.visible += now - post.since;
      post.since = null;
    }
  }

  const observer = new IntersectionObserver(
    (entries) => {
      if (!current) return;
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
    for (const post of document.querySelectorAll(POSTS)) {
      if (watched.has(post) || post.parentElement?.closest(POSTS)) continue;
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
      const found = done.map(({ byNode, ...rest }) => ({
        ...rest, posts: rest.posts.map(({ since, ...post }) => post),
      }));
      done = [];
      return found;
    },
  };
})();
