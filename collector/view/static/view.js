"use strict";
// Keyboard, and tiles that follow the run. Every page works without this file.

// ---- keyboard: arrows move between tiles; elsewhere left and right go to the neighbour page
const typing = (target) => target.closest("input, select, textarea, iframe, .scroll");

function moved(links, at, key) {
  const box = (link) => (link.closest("li, figure") || link).getBoundingClientRect();
  if (key === "ArrowLeft") return links[at - 1];
  if (key === "ArrowRight") return links[at + 1];
  if (key === "Home") return links[0];
  if (key === "End") return links[links.length - 1];
  const here = box(links[at]);
  const down = key === "ArrowDown";
  const rows = links.filter((link) => down ? box(link).top >= here.bottom - 1 : box(link).bottom <= here.top + 1);
  const edge = down ? Math.min(...rows.map((link) => box(link).top)) : Math.max(...rows.map((link) => box(link).top));
  return rows.find((link) => Math.abs(box(link).top - edge) < 2 && box(link).left >= here.left - 1)
    || rows[down ? rows.length - 1 : 0];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (typing(event.target)) return;
  const key = event.key;
  const grid = document.querySelector("[data-move=grid]");
  if (grid && ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key)) {
    const links = [...grid.querySelectorAll(".tile > a, figcaption a")];
    const at = links.indexOf(document.activeElement);
    if (at < 0 && ["Home", "End", "ArrowUp"].includes(key)) return;
    const to = at < 0 ? links[0] : moved(links, at, key);
    if (to) {
      event.preventDefault();
      to.focus();
    }
    return;
  }
  const link = key === "ArrowLeft" ? document.querySelector("a[rel=prev]")
    : key === "ArrowRight" ? document.querySelector("a[rel=next]")
    : key === "/" ? document.querySelector("input[type=search], nav a[href$='/search']")
    : /^[a-z]$/.test(key) ? document.querySelector(`a[data-key="${key}"]`) : null;
  if (!link) return;
  event.preventDefault();
  if (link.tagName === "INPUT") link.focus();
  else link.click();
});

for (const select of document.querySelectorAll(".choose select"))
  select.addEventListener("change", () => select.form.requestSubmit());

// ---- live: tiles that changed come as HTML that the server has escaped
function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content;
}

function follow(address) {
  const said = document.getElementById("following");
  const list = document.getElementById("tiles");
  const say = (text) => { // the same again would be read out again
    if (said.textContent !== text) said.textContent = text;
  };
  const source = new EventSource(address);
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    document.getElementById("totals").replaceChildren(parsed(news.totals));
    if (!list) return location.reload(); // the first puppets were entered
    const tiles = new Map([...list.children].map((tile) => [tile.dataset.puppet, tile]));
    const held = document.activeElement && document.activeElement.closest(".tile");
    const kept = held && held.dataset.puppet;
    for (const [name, html] of Object.entries(news.tiles)) {
      const fresh = parsed(html).firstElementChild;
      const old = tiles.get(name);
      if (old && old.outerHTML === fresh.outerHTML) continue;
      if (old) old.replaceWith(fresh);
      else list.append(fresh);
      tiles.set(name, fresh);
    }
    news.order.forEach((name, place) => {
      const tile = tiles.get(name);
      if (tile && list.children[place] !== tile) list.insertBefore(tile, list.children[place] || null);
    });
    if (kept && tiles.get(kept) && !tiles.get(kept).contains(document.activeElement))
      tiles.get(kept).querySelector("a").focus({ preventScroll: true });
    say(news.state === "running" ? "following the run" : `the run is ${news.state}; still looking`);
  };
  source.onerror = () => {
    say("not connected: what is shown may be old");
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(address), 5000);
  };
}

const live = document.body.dataset.live;
if (live) follow(live);
