"use strict";
// One item at a time. A decision counts when the server has written it into the sheet.
const $ = (name) => document.getElementById(name);
let items = [], labels = [], scale = null, at = 0, past = [], waiting = Promise.resolve();

function trouble(text) {
  $("trouble").textContent = text || "";
  $("trouble").hidden = !text;
}

async function load() {
  const answer = await fetch("items");
  if (!answer.ok) throw new Error("the page has ended: start it again");
  const data = await answer.json();
  items = data.items;
  scale = data.scale;
  const told = data.labels;
  const used = [...new Set(items.map((item) => item.label).filter(Boolean))];
  labels = told.length ? told : used.sort().map((label) => [label, ""]);
  $("sheet").textContent = data.sheet;
  document.title = `Coding ${data.sheet}`;
  $("scale").hidden = !(scale || !told.length);
  $("range").textContent = scale ? `from ${scale[0]} to ${scale[1]}` : "";
  if (!scale && !told.length) document.querySelector('label[for="score"]').textContent = "Label";
  drawLabels();
  show(open(0, 0));
}

function drawLabels() {
  $("labels").replaceChildren(...(scale ? [] : labels).map(([label, about], number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.label = label;
    if (number < 9) {
      const key = document.createElement("kbd");
      key.textContent = number + 1;
      button.append(key);
    } else button.append(document.createElement("span"));
    const name = document.createElement("b");
    name.textContent = label;
    button.append(name);
    if (about) {
      const small = document.createElement("small");
      small.textContent = about;
      button.append(small);
    }
    button.addEventListener("click", () => choose(label));
    return button;
  }));
}

/* The first item without a label from here on, round the end; else where we are. */
function open(from, otherwise) {
  for (let step = 0; step < items.length; step++) {
    const number = (from + step) % items.length;
    if (!items[number].label) return number;
  }
  return otherwise;
}

function show(number) {
  at = Math.max(0, Math.min(items.length - 1, number));
  const item = items[at];
  $("place").textContent = `Item ${at + 1} of ${items.length}${item.kind ? " · " + item.kind : ""}`;
  $("title").textContent = item.title || "(no title)";
  $("channel").textContent = item.channel;
  const web = /^https:\/\//.test(item.url);
  $("link").hidden = !web;
  if (web) $("link").href = item.url; else $("link").removeAttribute("href");
  const picture = $("picture");
  picture.hidden = true;
  picture.onload = () => { picture.hidden = false; };
  picture.src = `picture/${encodeURIComponent(item.item_id)}`;
  $("note").value = item.note;
  $("score").value = $("scale").hidden ? "" : item.label;
  for (const button of $("labels").children)
    button.setAttribute("aria-pressed", String(button.dataset.label === item.label));
  $("unsure").setAttribute("aria-pressed", String(item.unsure));
  $("back").disabled = at === 0;
  $("next").disabled = at === items.length - 1;
  $("undo").disabled = !past.length;
  const coded = items.filter((each) => each.label).length;
  const unsure = items.filter((each) => each.unsure).length;
  $("progress").textContent = coded === items.length
    ? `All ${coded} items are coded; you can close this page`
    : `${coded} of ${items.length} coded${unsure ? `, ${unsure} unsure` : ""}`;
  $("bar").value = items.length ? coded / items.length : 0;
}

/* One after the other, so that the sheet ends as the coder left it. */
function save(number, said, remember = true) {
  waiting = waiting.then(async () => {
    const before = items[number];
    try {
      const answer = await fetch("code", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Twinwatch": "1" },
        body: JSON.stringify({
          row: number, item_id: before.item_id, label: said.label, unsure: said.unsure, note: said.note,
        }),
      });
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.error || answer.statusText);
      if (remember) past.push([number, before]);
      items[number] = { ...before, ...found };
      trouble("");
      return true;
    } catch (error) {
      trouble(`Not saved: ${error.message}. The item is as it was.`);
      return false;
    }
  });
  return waiting;
}

const now = () => ({ ...items[at], note: $("note").value });

async function choose(label) {
  const number = at;
  if (await save(number, { ...now(), label })) {
    if (at === number) show(label ? open(number + 1, number) : number);
    $("item").focus({ preventScroll: true });
  }
}

async function unsure() {
  const number = at;
  await save(number, { ...now(), unsure: !items[number].unsure });
  if (at === number) show(number);
}

async function note() {
  const number = at, text = $("note").value;
  if (text !== items[number].note) {
    await save(number, { ...items[number], note: text });
    if (at === number && document.activeElement !== $("note")) show(number);
  }
}

async function undo() {
  await waiting;
  const last = past.pop();
  if (!last) return;
  if (!await save(last[0], last[1], false)) past.push(last);
  show(last[0]);
}

async function go(number) {
  await note();
  show(number);
}

$("unsure").addEventListener("click", unsure);
$("clear").addEventListener("click", () => choose(""));
$("back").addEventListener("click", () => go(at - 1));
$("next").addEventListener("click", () => go(at + 1));
$("open").addEventListener("click", () => go(open(at + 1, at)));
$("undo").addEventListener("click", undo);
$("note").addEventListener("change", note);
$("scale").addEventListener("submit", (event) => {
  event.preventDefault();
  choose($("score").value.trim());
});
document.addEventListener("keydown", (event) => {
  const field = event.target.tagName === "INPUT";
  if (field && (event.key === "Escape" || (event.key === "Enter" && event.target === $("note")))) {
    event.preventDefault();
    event.target.blur();
    return;
  }
  if (field || event.altKey || event.metaKey || !items.length) return;
  if (event.ctrlKey && event.key !== "z") return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const does = {
    u: unsure, z: undo, Backspace: undo, o: () => go(open(at + 1, at)), 0: () => choose(""),
    ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1),
    n: () => $("note").focus(), s: () => $("scale").hidden || $("score").focus(),
  }[key];
  const picked = /^[1-9]$/.test(key) && !scale ? labels[Number(key) - 1] : undefined;
  if (picked) choose(picked[0]); else if (does) does(); else return;
  event.preventDefault();
});
load().catch((error) => trouble(error.message));
