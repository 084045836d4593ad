// What lies over a page, and the buttons of it. Called with {do, arg}; changes nothing but one marking
// attribute on the button that is about to be pressed.
(call) => {
  "use strict";
  const HERE = Symbol.for("twinwatch.dialog");
  // Elements and words that dialogs are known by: {table, about, cookies}, put in by overlays.py.
  const KNOWN = null;
  const MODAL = 'dialog[open], [role="dialog"], [role="alertdialog"], [aria-modal="true"]';
  const BUTTONS = 'button, [role="button"], a, input[type="submit"], input[type="button"], tp-yt-paper-button';
  // Where a dialog or a bar lies, as shares of the window: middle, edges.
  const POINTS = [[0.5, 0.5], [0.5, 0.95], [0.1, 0.95], [0.9, 0.95], [0.5, 0.05], [0.5, 0.3]];

  const drawn = (e) => {
    if (!e || e.closest("[hidden]") || !e.getClientRects().length) return false;
    const style = getComputedStyle(e);
    return style.visibility !== "hidden" && style.display !== "none";
  };
  // Lower case without accents: capitals of a style sheet have none in Greek, and are others in
  // Turkish and German.
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replaceAll("ß", "ss").replaceAll("ς", "σ").replaceAll("ı", "i").normalize("NFC");
  const wordsOf = (e) => (e.innerText || e.textContent || "").replace(/\s+/g, " ").trim();
  const overlayOf = (from) => {
    let found = null;
    for (let e = from; e && e !== document.body && e !== document.documentElement; e = e.parentElement) {
      if (e.matches(MODAL) || getComputedStyle(e).position === "fixed") found = e;
    }
    return found;
  };
  const asksToSignIn = (e) => !e.querySelector('[role="menu"], [role="listbox"], [role="menuitem"], [role="option"],'
    + ' ytd-menu-popup-renderer, ytd-multi-page-menu-renderer, ytm-menu-item')
    && new RegExp(KNOWN.about.find(([kind]) => kind === "sign-in")[1], "iu").test(fold(wordsOf(e)));
  // The site's own furniture: its menus, the bar at its top, a small player. What asks to sign in
  // drops down as a menu does.
  const isFurniture = (e) => {
    const menu = e.closest("tp-yt-iron-dropdown, bottom-sheet-container");
    if (menu) return !asksToSignIn(menu);
    return !!e.closest("ytd-masthead, ytd-miniplayer, #masthead,"
      + " ytm-mobile-topbar-renderer, ytm-pivot-bar-renderer")
    || !!e.querySelector("ytd-masthead, ytm-mobile-topbar-renderer, #movie_player");
  };

  // A short word in letters that have words is one by itself, another is a part of the text.
  const holds = (text, word) => (word.length < 4 && /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]+$/u.test(word)
    ? text.split(/[^\p{L}\p{N}'’]+/u).includes(word) : text.includes(word));
  const says = (text, words) => words.some((word) => holds(text, word));

  const todo = {
    // {skip}: the first dialog of another kind, as {kind, text, accept, decline}; null: none.
    find({ skip }) {
      const { table, about, cookies } = KNOWN;
      const video = document.querySelector("#movie_player video, video");
      const paused = !!video && video.paused && !video.ended;
      const found = [];
      for (const rule of table) {
        if (rule.when === "paused" && !paused) continue;
        for (const e of document.querySelectorAll(rule.is)) if (drawn(e)) found.push([rule, e]);
      }
      const known = found.map(([, e]) => e);
      const places = [...document.querySelectorAll(`${MODAL}, tp-yt-iron-dropdown`)].filter(drawn);
      for (const [x, y] of POINTS) {
        const over = overlayOf(document.elementFromPoint(innerWidth * x, innerHeight * y));
        if (over) places.push(over);
      }
      for (const e of places) {
        if (isFurniture(e) || known.some((k) => k === e || k.contains(e) || e.contains(k))) continue;
        known.push(e);
        const said = fold(wordsOf(e));
        const named = says(said, cookies) ? "cookies"
          : (about.find(([, pattern]) => new RegExp(pattern, "iu").test(said)) ?? [null])[0];
        if (named || e.matches(MODAL)) found.push([{ kind: named ?? "other" }, e]);
      }
      const one = found.find(([rule]) => !skip.includes(rule.kind));
      if (!one) return null;
      window[HERE] = one[1];
      return {
        kind: one[0].kind, text: wordsOf(one[1]).slice(0, 120),
        accept: one[0].accept ?? null, decline: one[0].decline ?? null,
      };
    },
    // {mark, css, words, other, strict, close}: mark the button that answers; false: there is none.
    button({ mark, css, words, other, strict, close }) {
      todo.unmark(mark);
      const box = window[HERE];
      if (!box?.isConnected) return false;
      const all = [...box.querySelectorAll(BUTTONS)].filter(drawn)
        .filter((b) => !b.parentElement.closest('button, [role="button"], a'));
      const said = (b) => fold([b.getAttribute("aria-label"), b.title, b.value, wordsOf(b)]
        .filter(Boolean).join(" ")).trim();
      // In the order in which they are named: a wrapper is not the button in it.
      const own = (css ? css.split(", ") : []).flatMap((one) => [...box.querySelectorAll(one)]).find(drawn);
      const button = own
        ?? all.find((b) => says(said(b), words) && !(strict && says(said(b), other)))
        ?? all.find((b) => says(said(b), close));
      button?.setAttribute(mark, "");
      return !!button;
    },
    gone() {
      const box = window[HERE];
      return !box?.isConnected || !drawn(box);
    },
    unmark(mark) {
      document.querySelectorAll(`[${mark}]`).forEach((e) => e.removeAttribute(mark));
      return true;
    },
    // What lies over the marked element, or over the middle of the page where none is marked, in a
    // few words; empty: nothing. The page is not moved.
    over(mark) {
      const box = (mark ? document.querySelector(`[${mark}]`) : null)?.getBoundingClientRect();
      const [x, y] = box ? [box.x + box.width / 2, box.y + box.height / 2] : [innerWidth / 2, innerHeight / 2];
      const over = overlayOf(document.elementFromPoint(x, y));
      if (!over || isFurniture(over)) return "";
      return (wordsOf(over) || over.tagName.toLowerCase()).slice(0, 80);
    },
    // What lies over the marked element, in a few words; empty: nothing.
    cover(mark) {
      const target = document.querySelector(`[${mark}]`);
      if (!target) return "";
      target.scrollIntoView({ block: "center", behavior: "instant" });
      const box = target.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      if (!top || target.contains(top) || top.contains(target)) return "";
      const over = overlayOf(top) ?? top;
      const dialog = [...document.querySelectorAll(MODAL)].filter(drawn)[0];
      return (wordsOf(over) || (dialog && wordsOf(dialog)) || over.tagName.toLowerCase()).slice(0, 80);
    },
  };
  return todo[call.do](call.arg);
}
