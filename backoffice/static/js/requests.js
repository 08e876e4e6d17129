/* The list being composed is kept on the server as it stands, a moment after each change. Without this file each step keeps it. */
"use strict";
(() => {
  const mark = document.querySelector("[data-draft]"), form = mark?.form;
  if (!form) return;
  const token = document.querySelector('meta[name="csrf-token"]')?.content || "";
  const said = document.querySelector("[data-draft-said]");
  let timer = 0, dirty = false;
  async function keep(keepalive = false) {
    clearTimeout(timer);
    if (!dirty) return;
    dirty = false;
    try {
      const answer = await fetch(mark.dataset.draft, { method: "POST", redirect: "manual", keepalive, headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" }, body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) throw new Error(String(answer.status));
      said.textContent = mark.dataset.draftWords.replace("%s", new Date().toLocaleTimeString(document.documentElement.lang || "fr"));
    } catch {
      dirty = true;
      timer = setTimeout(keep, 5000);
    }
  }
  const later = () => { dirty = true; clearTimeout(timer); timer = setTimeout(keep, 1000); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
  window.addEventListener("pagehide", () => keep(true));
})();
