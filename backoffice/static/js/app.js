/* Keys, saving while typing, and small guards. Every page works without this file. */
"use strict";
(() => {
  const words = JSON.parse(document.body.dataset.words || "{}");
  const french = document.documentElement.lang !== "en";
  const token = document.querySelector('meta[name="csrf-token"]')?.content || "";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const seen = (element) => element.getClientRects().length > 0;
  const store = { get: (key) => { try { return sessionStorage.getItem(key); } catch { return null; } }, set: (key, value) => { try { value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, value); } catch { /* full or forbidden */ } } };
  const typing = (element) => element.closest("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

  /* Keys: an element with data-key is followed or pressed by it; none that decides, sends or publishes. */
  const keysOn = document.body.dataset.keys !== "off";
  const pressable = () => all("[data-key]:not([data-decides])").filter((e) => seen(e) || e.closest("details, .away"));
  const press = (element) => (element.matches("input, textarea, select") ? (element.focus(), element.select?.()) : element.click());
  const help = document.getElementById("keys-help");

  function fillHelp() {
    const list = help.querySelector("[data-keys-list]");
    list.replaceChildren();
    const add = (key, label) => {
      const row = document.createElement("div"), term = document.createElement("dt"), say = document.createElement("dd");
      for (const part of key.split(" ")) { const cap = document.createElement("kbd"); cap.textContent = part; term.append(cap, " "); }
      say.textContent = label;
      row.append(term, say);
      list.append(row);
    };
    const label = (e) => { const copy = e.cloneNode(true); all("kbd, .n", copy).forEach((k) => k.remove()); return e.dataset.keyLabel || copy.textContent.trim() || e.getAttribute("aria-label") || ""; };
    if (keysOn) pressable().forEach((e) => add(e.dataset.key, label(e)));
    help.querySelector("[data-keys-off]").hidden = keysOn;
    if (keysOn && document.querySelector("table[data-rows]")) list.append(help.querySelector("[data-rows-keys]").content.cloneNode(true));
    if (document.querySelector("[data-viewer]")) list.append(help.querySelector("[data-keying-keys]").content.cloneNode(true));
    all("template[data-keys-here]").forEach((more) => list.append(more.content.cloneNode(true)));
  }
  const showHelp = () => { if (help) { fillHelp(); help.showModal(); } };
  all("[data-help]").forEach((button) => { button.hidden = !help; button.addEventListener("click", showHelp); });

  /* The row's first link takes the focus, so that Enter opens it as it always does. */
  function moveRow(step) {
    const rows = all("table[data-rows] tbody tr").filter((row) => row.querySelector("a"));
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step];
    (next?.querySelector("[data-open]") || next?.querySelector("a"))?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return Boolean(next);
  }
  const tick = () => { const box = document.activeElement.closest("tr")?.querySelector("input[type=checkbox]"); box?.click(); return Boolean(box); };

  let prefix = "";
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); showHelp(); return; }
    if (!keysOn || event.key.length !== 1) return;
    const wanted = prefix ? `${prefix} ${event.key}` : event.key;
    prefix = "";
    const found = pressable().find((e) => e.dataset.key === wanted);
    if (found) { event.preventDefault(); press(found); return; }
    if (pressable().some((e) => e.dataset.key.startsWith(`${wanted} `))) { prefix = wanted; setTimeout(() => { prefix = ""; }, 1500); return; }
    const done = wanted === "j" ? moveRow(1) : wanted === "k" ? moveRow(-1) : wanted === "x" ? tick() : false;
    if (done) event.preventDefault();
  });

  /* A form is sent once. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), 8000);
  });
  const release = (form) => { delete form.dataset.sent; form.removeAttribute("aria-busy"); };
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  /* Saving while typing: each changed field goes by itself; what did not arrive stays in this tab and is tried again. */
  function keeper(form) {
    const url = form.dataset.autosave, owner = form.querySelector("[data-owner]")?.value || "", place = `unsaved:${owner}:${url}`;
    const said = all("[data-saved]", form)[0] || document.querySelector("[data-saved]");
    let waiting = new Map(JSON.parse(store.get(place) || "[]")), timer = 0, pause = 2000, running = null;
    const say = (text, late = false) => { if (said) { said.textContent = text; said.classList.toggle("late", late); } };
    const hold = () => store.set(place, waiting.size ? JSON.stringify([...waiting]) : null);
    const clock = () => {
      const now = new Date(), two = (n) => String(n).padStart(2, "0");
      return french ? `${now.getHours()}\u00a0h\u00a0${two(now.getMinutes())}\u00a0min\u00a0${two(now.getSeconds())}\u00a0s` : now.toLocaleTimeString("en-CA");
    };
    const post = (name, value, keepalive = false) => fetch(url, { method: "POST", redirect: "manual", keepalive, signal: keepalive ? undefined : AbortSignal.timeout(8000), headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" }, body: new URLSearchParams({ name, value }) });
    /* One sending at a time; says how it ended: "saved", "invalid" (a value was refused), "refused" (signed out) or "away" (no server). */
    const flush = () => { clearTimeout(timer); return (running ??= send().then(tell).finally(() => { running = null; })); };
    const tell = (ended) => { form.dispatchEvent(new CustomEvent("kept", { detail: ended })); return ended; };
    async function send() {
      if (!waiting.size) return "saved";
      for (const [name, value] of [...waiting]) {
        try {
          const answer = await post(name, value);
          if (answer.ok) {
            if (waiting.get(name) === value) waiting.delete(name);
            pause = 2000;
          } else if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) {
            hold(); say(words.refused, true); return "refused";
          } else if (answer.status >= 400 && answer.status < 500) {
            if (waiting.get(name) === value) waiting.delete(name);
            const text = answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : words.invalid;
            hold(); say(text, true); return "invalid";
          } else throw new Error(String(answer.status));
        } catch {
          hold(); say(words.retry, true);
          timer = setTimeout(flush, pause);
          pause = Math.min(pause * 2, owner ? 4000 : 60000);  // who keys all day is not left unsaved for a minute
          return "away";
        }
      }
      hold();
      if (waiting.size) return send();
      say(words.saved.replace("%s", clock()));
      return "saved";
    }
    const later = (name, value, wait = 600) => { waiting.set(name, value); hold(); clearTimeout(timer); timer = setTimeout(flush, wait); };
    const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? field.value || "y" : "") : field.value);
    const kept = (field) => field.name && !["hidden", "file", "password", "submit"].includes(field.type);
    form.addEventListener("input", (event) => { if (kept(event.target)) later(event.target.name, valueOf(event.target)); });
    form.addEventListener("change", (event) => { if (kept(event.target)) later(event.target.name, valueOf(event.target), 0); });
    form.addEventListener("focusout", () => flush());
    window.addEventListener("pagehide", () => { for (const [name, value] of waiting) post(name, value, true).catch(() => {}); });
    /* What was typed is safe before the form leaves: a server that does not answer costs no more than the wait. */
    form.addEventListener("submit", async (event) => {
      if (!waiting.size) return;
      event.preventDefault();
      const ended = await flush();
      if (ended === "away" || ended === "refused") return;
      waiting.clear();
      hold();
      form.requestSubmit(event.submitter);
    });
    window.addEventListener("online", flush);
    for (const [name, value] of waiting) {
      const field = form.elements.namedItem(name);
      if (name === "focus") { form.elements.namedItem(value)?.focus(); continue; }  // where the cursor was when nothing could be saved
      if (field instanceof RadioNodeList) field.value = value;
      else if (field) { if (field.type === "checkbox") field.checked = Boolean(value); else field.value = value; }
    }
    flush();
    return { save: later };
  }
  /* A table wider than the page is moved by the arrows, so it takes the focus where nothing in it does. */
  const wide = (box) => box.scrollWidth > box.clientWidth + 1 && !box.querySelector("a, button, input, select, textarea, summary");
  const reach = () => all("main table, .scroll").forEach((box) => (wide(box) ? box.setAttribute("tabindex", "0") : box.removeAttribute("tabindex")));
  reach();
  window.addEventListener("resize", reach);

  const keepers = new Map(all("form[data-autosave]").map((form) => [form, keeper(form)]));
  window.backoffice = { words, typing, save: (form, name, value, wait = 0) => keepers.get(form)?.save(name, value, wait) };

  /* Focus: the errors first, else where the work was before the page was sent. */
  const memory = `focus:${location.pathname}`;
  document.addEventListener("focusin", (event) => { const at = event.target.closest?.("[data-focus]"); if (at) store.set(memory, at.dataset.focus); });
  const wanted = store.get(memory);
  const errors = document.querySelector("[data-errors]");
  if (errors) errors.focus();
  else if (wanted && !document.querySelector("[autofocus]")) {
    const at = all("[data-focus]").find((e) => e.dataset.focus === wanted);
    (at?.matches("a, button, input, select, textarea") ? at : at?.querySelector("a, button, input:not([type=hidden]), select, textarea"))?.focus();
  }
  store.set(memory, null);
  document.addEventListener("click", (event) => all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") all("details[data-menu][open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); }); });
})();
