/* The page of an envelope by keyboard: P chooses the page in view. Without this file the ticks of the strip do the same. */
"use strict";
(() => {
  const strip = document.querySelector(".thumbs[data-choose]");
  if (!strip) return;
  const choose = document.createElement("button");
  Object.assign(choose, { type: "button", className: "away", tabIndex: -1, textContent: strip.dataset.choose });
  choose.dataset.key = "p";
  choose.setAttribute("aria-hidden", "true");
  choose.addEventListener("click", () => strip.querySelector("a[aria-current]")?.closest(".leaf").querySelector("input[type=checkbox]")?.click());
  document.body.append(choose);
})();
/* Escape leaves the box in which a case is looked for, so that a letter is a key again. */
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && event.target.id === "find") event.target.blur(); });
/* What was looked for is here: the hand is put on the case chosen beforehand, so that Enter files. */
document.addEventListener("htmx:afterSettle", () => document.querySelector("#whose [autofocus]")?.focus());
