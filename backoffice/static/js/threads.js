/* A reply saved while it is typed, paragraphs by their name, and who else is here. Without this file its buttons do the same. */
"use strict";
(() => {
  const form = document.querySelector("form[data-thread]");
  const here = document.querySelector("[data-presence]");
  const save = window.backoffice?.save || (() => {});
  const token = document.querySelector('meta[name="csrf-token"]')?.content || "";
  const SAVE = 3000, BEAT = 15000, QUIET = 300000;
  let wrote = 0, touched = Date.now(), leaving = false;

  /* Somebody who types without a pause is saved all the same, every few seconds. */
  const dirty = new Set();
  form?.addEventListener("input", (event) => { if (["subject", "body"].includes(event.target.name)) { dirty.add(event.target); wrote = touched = Date.now(); } });
  setInterval(() => { for (const field of dirty) save(form, field.name, field.value, 0); dirty.clear(); }, SAVE);

  /* ::name becomes its paragraph as soon as the word is finished; the list's button puts it where the cursor is. */
  const paragraph = (name) => document.querySelector(`template[data-paragraph="${CSS.escape(name)}"]`)?.content.textContent;
  const body = form?.elements.namedItem("body");
  function put(text, from, to) {
    body.setRangeText(text, from, to, "end");
    body.focus();
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const used = (name) => fetch(form.dataset.autosave, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" }, body: new URLSearchParams({ name: "paragraph", value: name }) }).catch(() => {});
  body?.addEventListener("input", () => {
    const end = body.selectionStart, called = /(^|[^\w:])::([a-z]+(?:-[a-z]+)*)(\s)$/.exec(body.value.slice(0, end));
    const text = called && paragraph(called[2]);
    if (!text) return;
    put(text + called[3], end - called[0].length + called[1].length, end);
    used(called[2]);
  });
  form?.querySelector("[data-insert]")?.addEventListener("click", (event) => {
    const name = form.elements.namedItem("paragraph").value, text = paragraph(name);
    if (!text) return;
    event.preventDefault();
    const at = body.selectionStart, gap = at && !body.value.slice(0, at).endsWith("\n\n") ? "\n\n" : "";
    put(gap + text + "\n\n", at, body.selectionEnd);
    used(name);
  });

  /* Who is here: said every fifteen seconds while somebody touches the page, so that a session left alone still ends. */
  const beat = (doing, keepalive = false) => fetch(here.dataset.presence, { method: "POST", redirect: "manual", keepalive, headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" }, body: new URLSearchParams({ doing }) });
  async function tell() {
    if (leaving || document.hidden || Date.now() - touched > QUIET) return;
    try {
      const answer = await beat("writing" in here.dataset || Date.now() - wrote < BEAT + 5000 ? "writes" : "reads");
      if (!answer.ok) return;
      const said = await answer.text();
      if (said !== here.textContent) here.textContent = said;
    } catch { /* the next one may pass */ }
  }
  if (here) {
    for (const kind of ["pointermove", "keydown", "scroll"]) document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
    /* Closing the page says so at once; whoever goes on to another page of ours is simply not seen any more a minute later. */
    let going = false;
    for (const kind of ["click", "submit"]) document.addEventListener(kind, (event) => { if (kind === "submit" || event.target.closest?.("a[href]")) going = true; });
    setInterval(tell, BEAT);
    window.addEventListener("pagehide", () => { leaving = true; if (!going) beat("leaves", true).catch(() => {}); });
    window.addEventListener("pageshow", () => { leaving = going = false; });
  }
})();
