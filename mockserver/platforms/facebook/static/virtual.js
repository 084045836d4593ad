// A virtualised list: only posts near the screen are in the document. An empty box of the same height
// holds the place of each of the others, and what is scrolled back to is made anew.
(() => {
  "use strict";

  /** Box → the markup of what it held. */
  const kept = new WeakMap();

  function empty(box, height) {
    if (box.dataset.virtualized === "true" || !box.isConnected || !height) return;
    kept.set(box, box.innerHTML);
    box.style.minHeight = `${height}px`;
    box.dataset.virtualized = "true";
    box.replaceChildren();
  }

  function fill(box) {
    if (box.dataset.virtualized !== "true") return;
    box.innerHTML = kept.get(box);
    box.style.minHeight = "";
    box.dataset.virtualized = "false";
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, boundingClientRect } of entries) {
        if (isIntersecting) fill(target);
        else empty(target, boundingClientRect.height);
      }
    },
    { rootMargin: "2000px 0px" },
  );

  const look = () => document.querySelectorAll("[data-virtualized]").forEach((box) => watcher.observe(box));

  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  look();
})();
