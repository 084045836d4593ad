/* A box that scrolls sideways can be reached by Tab and scrolled with the arrow keys. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const boxes = document.querySelectorAll("article pre, article .table-wrapper");
  const seen = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const box of boxes) seen.observe(box);
});
