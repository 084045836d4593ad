// The visible page as text. Page roots left over from in-page navigation are dropped without touching
// the live document: only their ancestors are written by hand, everything else by the browser itself.
// Shells are made in an inert document, where copying a custom element runs none of its code.
async (drop) => {
  "use strict";
  const now = Date.now();
  const root = document.documentElement;
  const dropped = new Set(drop.length ? root.querySelectorAll(drop.join(",")) : []);
  const ancestors = new Set();
  for (const node of dropped) {
    for (let up = node.parentElement; up; up = up.parentElement) ancestors.add(up);
  }
  const inert = document.implementation.createHTMLDocument("");
  const box = inert.createElement("div");

  function write(node) {
    if (dropped.has(node)) return "";
    if (node.nodeType !== Node.ELEMENT_NODE) {
      box.replaceChildren(inert.importNode(node, true));
      return box.innerHTML;
    }
    if (!ancestors.has(node)) return node.outerHTML;
    const shell = inert.importNode(node, false).outerHTML;
    const cut = shell.lastIndexOf("</");
    let inside = "";
    for (const child of node.childNodes) inside += write(child);
    return shell.slice(0, cut) + inside + shell.slice(cut);
  }

  const html = (document.doctype ? "<!DOCTYPE html>" : "") + write(root);
  const page = {
    url: location.href, time: now, viewport: [innerWidth, innerHeight],
    languages: [...navigator.languages], agent: navigator.userAgent, gzip: null, html: null,
    event: window.ytcfg?.data_?.EVENT_ID ?? window.ytcfg?.get?.("EVENT_ID") ?? null,
  };
  try {
    const packed = new Blob([html]).stream().pipeThrough(new CompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    if (bytes.toBase64) {
      page.gzip = bytes.toBase64();
    } else {
      let text = "";
      for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
      page.gzip = btoa(text);
    }
  } catch {
    page.html = html;
  }
  return page;
}
