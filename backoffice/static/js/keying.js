/* Keying from an image without the mouse. Without this file the pages are links and the fields are a plain form. */
"use strict";
(() => {
  const viewer = document.querySelector("[data-viewer]");
  const image = viewer?.matches("img") ? viewer : viewer?.querySelector("img");
  const form = document.getElementById("keying-form") || document.querySelector("form[data-keying]") || document.querySelector("form[data-autosave]");
  const pages = [...document.querySelectorAll("a[data-page]")];
  const { words, typing, save } = window.backoffice || { words: {}, typing: () => null, save: () => {} };
  const frame = image?.closest(".scan") || image?.parentElement;
  const stage = image?.closest(".stage");
  /* The clerk's own scale and quarter turns, the field whose zone is shown, and whether the image follows it. */
  let zoom = 100, turn = 0, field = null, follows = true;

  /* The picture is laid out at its scaled size; the stage is turned as a whole, so that a zone turns with it. */
  function draw() {
    if (!image?.naturalWidth || !frame) return;
    const zone = zoneOf(field), room = frame.clientWidth - 32;
    const fit = zone && follows ? Math.min(2, Math.max(1, 940 / (zone.right - zone.left))) : 1;
    const aside = turn % 180 !== 0;
    const width = room * (zoom / 100) * fit * (aside ? image.naturalWidth / image.naturalHeight : 1);
    image.style.width = `${width}px`;
    if (stage) {
      const height = width * image.naturalHeight / image.naturalWidth, spare = aside ? (height - width) / 2 : 0;
      stage.style.rotate = `${turn}deg`;
      stage.style.margin = aside ? `${-spare}px ${spare}px` : "";
    }
    frameZone(zone);
  }
  const larger = (by) => { zoom = by ? Math.min(400, Math.max(40, zoom + by)) : 100; draw(); };
  const quarter = () => { turn = (turn + 90) % 360; draw(); };

  /* A page: a link with data-image shows its image here; any other link is followed. */
  const at = () => pages.findIndex((link) => link.hasAttribute("aria-current"));
  function show(link) {
    if (!link) return;
    if (!link.dataset.image || !image) { link.click(); return; }
    image.src = link.dataset.image;
    image.alt = link.getAttribute("aria-label") || link.textContent.trim();
    pages.forEach((other) => (other === link ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current")));
    document.querySelectorAll("[data-page-now]").forEach((say) => { say.textContent = link.dataset.page; });
    turn = 0;
    draw();
    link.scrollIntoView({ block: "nearest" });
    frame?.scrollTo(0, 0);
  }
  /* A page that the clerk turns to stays, whatever zone the field in hand has, until the next field. */
  function leaf(link) { if (link) { follows = false; show(link); } }
  pages.filter((link) => link.dataset.image).forEach((link) => link.addEventListener("click", (event) => { event.preventDefault(); leaf(link); }));
  document.querySelectorAll("[data-see]").forEach((button) => button.addEventListener("click", (event) => { event.preventDefault(); leaf(pages.find((link) => link.dataset.page === button.dataset.see)); }));

  /* A field's zone on the image: data-zone="page left top right bottom", in thousandths of the upright page. */
  const mark = document.createElement("i");
  mark.className = "hit";
  function zoneOf(element) {
    const said = (element?.dataset?.zone || element?.closest?.("[data-zone]")?.dataset.zone || "").split(" ").map(Number);
    return said.length === 5 ? { page: said[0], left: said[1], top: said[2], right: said[3], bottom: said[4] } : null;
  }
  function frameZone(zone) {
    mark.remove();
    if (!zone || !image || pages[at()]?.dataset.page !== String(zone.page)) return;
    image.after(mark);
    const { clientWidth: wide, clientHeight: high, offsetLeft: x, offsetTop: y } = image;
    Object.assign(mark.style, { left: `${x + zone.left * wide / 1000}px`, top: `${y + zone.top * high / 1000}px`, width: `${(zone.right - zone.left) * wide / 1000}px`, height: `${(zone.bottom - zone.top) * high / 1000}px` });
    if (!follows) return;
    const box = mark.getBoundingClientRect(), seen = frame.getBoundingClientRect();
    frame.scrollBy({ left: box.left - seen.left - Math.max(16, (frame.clientWidth - box.width) / 2), top: box.top - seen.top - frame.clientHeight / 3 });
  }
  function follow(element) {
    field = element;
    follows = true;
    const zone = zoneOf(field);
    const page = zone && pages.find((link) => link.dataset.page === String(zone.page));
    if (page?.dataset.image && !page.hasAttribute("aria-current")) show(page);
    else draw();
  }
  form?.addEventListener("focusin", (event) => {
    const inside = event.target.closest("input:not([type=hidden]), select, textarea");
    if (!inside) return;
    if (inside !== field) follow(inside);
    if (form.dataset.autosave && inside.name) save(form, "focus", inside.name, 400);
  });
  image?.addEventListener("load", draw);
  window.addEventListener("resize", draw);

  /* Marks of a field: nobody can read it, or the form leaves it blank; the same key takes the mark away. */
  const rowOf = (element) => element.closest(".field");
  function say(row, now) {
    row.dataset.mark = now;
    let said = row.querySelector(".mark");
    if (!said) { said = document.createElement("span"); said.className = "mark"; said.setAttribute("role", "status"); row.append(said); }
    said.textContent = now ? words[now] : "";
    const hint = row.querySelector(".hint");
    if (hint && row.dataset.hinted) hint.hidden = true;
  }
  form?.querySelectorAll("[data-mark]").forEach((element) => { const row = rowOf(element); if (row) { row.dataset.hinted = "1"; say(row, element.dataset.mark); } });
  function setMark(element, kind) {
    const row = rowOf(element);
    if (!row || !element.name) return;
    const now = row.dataset.mark === kind ? "" : kind;
    say(row, now);
    if (form.dataset.autosave) save(form, `mark:${element.name}`, now);
    if (now) step(element, 1);
  }
  const stops = () => [...form.elements].filter((e) => e.matches("input:not([type=hidden]), select, textarea, button.first") && !e.disabled && e.getClientRects().length && !e.closest("details, noscript"));
  function step(element, by) {
    const list = stops(), next = list[list.indexOf(element) + by];
    next?.focus();
    next?.select?.();
  }

  /* What the machine read comes into its field by a person's key only, and is then as typed. */
  function take(name) {
    const button = form?.querySelector(`[data-take="${CSS.escape(name)}"]`), element = form?.elements.namedItem(name);
    if (!button || !element) return false;
    element.value = button.dataset.read;
    save(form, `taken:${name}`, button.dataset.read);
    element.dispatchEvent(new Event("change", { bubbles: true }));
    const said = document.createElement("span");
    said.textContent = " ✓";
    button.replaceWith(said);
    step(element, 1);
    return true;
  }
  form?.querySelectorAll("[data-take]").forEach((button) => {
    button.tabIndex = -1;
    button.addEventListener("click", (event) => { event.preventDefault(); take(button.dataset.take); });
  });
  document.querySelectorAll("[data-see]").forEach((button) => { button.tabIndex = -1; });

  /* The third look: a reading by its number; another value chooses itself as it is typed. */
  function choose(pair, value) {
    const radio = pair?.querySelector(`input[type=radio][value=${value}]`);
    if (!radio) return false;
    radio.checked = true;
    radio.focus();
    return true;
  }
  const nextPair = (pair) => { const list = [...form.querySelectorAll("[data-pair]")], next = list[list.indexOf(pair) + 1]; (next?.querySelector("input[type=radio]") || form.querySelector("[data-settle]"))?.focus(); };
  form?.querySelectorAll("[data-pair] input:not([type=radio])").forEach((input) => input.addEventListener("input", () => { const radio = input.closest("[data-pair]").querySelector("input[value=typed]"); if (radio && input.value) radio.checked = true; }));
  if (form?.querySelector("[data-pair]") && !document.querySelector("[data-errors]")) form.querySelector("[data-pair] input[type=radio]").focus();

  const digit = { Digit1: "first", Digit2: "second", Numpad1: "first", Numpad2: "second" };
  function withAlt(event, inside) {
    const pair = event.target.closest?.("[data-pair]");
    if (event.code === "KeyD") { form?.querySelector("[data-settle]")?.click(); return true; }
    if (event.key === "?" || (event.shiftKey && event.code === "Slash")) { document.querySelector("[data-help]")?.click(); return true; }
    if (pair && digit[event.code]) { if (choose(pair, digit[event.code])) nextPair(pair); return true; }
    if (pair && event.code === "KeyI") { if (choose(pair, "illegible")) nextPair(pair); return true; }
    if (!inside) return false;
    if (event.code === "KeyI") { setMark(inside, "illegible"); return true; }
    if (event.code === "KeyV") { setMark(inside, "blank"); return true; }
    if (event.code === "KeyS") { take(inside.name); return true; }
    return false;
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const typed = typing(event.target) || event.target.closest?.("input[type=checkbox], input[type=radio]");
    const inside = typed && typed.form === form ? typed : null;
    if (event.key === "Enter" && event.altKey && inside?.matches("textarea")) {
      event.preventDefault();
      inside.setRangeText("\n", inside.selectionStart, inside.selectionEnd, "end");
      inside.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    if (event.key === "Enter" && inside && !event.altKey) {
      if (event.ctrlKey || event.metaKey) { event.preventDefault(); form.querySelector("[data-settle]")?.click(); return; }
      event.preventDefault();
      const pair = inside.closest("[data-pair]");
      if (pair && inside.checked && !event.shiftKey) nextPair(pair);
      else step(inside, event.shiftKey ? -1 : 1);
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const turning = { PageDown: 1, PageUp: -1 }[event.key];
    if (turning && pages.length) { event.preventDefault(); leaf(pages[Math.max(0, at()) + turning]); return; }
    if (event.altKey && withAlt(event, inside)) { event.preventDefault(); return; }
    if (!image || !(event.altKey || (!typing(event.target) && document.body.dataset.keys !== "off"))) return;
    if (event.key === "+" || event.key === "=") larger(20);
    else if (event.key === "-" || event.key === "−") larger(-20);
    else if (event.key === "0") larger(0);
    else if (event.code === "KeyR") quarter();
    else return;
    event.preventDefault();
  });
  document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => ({ larger: () => larger(20), smaller: () => larger(-20), whole: () => larger(0), turn: quarter })[button.dataset.view]?.()));

  /* Signed out: the way back stands where the clerk looks; what was typed waits in this tab for the same person. */
  form?.addEventListener("kept", (event) => document.querySelectorAll("[data-again]").forEach((link) => { link.hidden = event.detail !== "refused"; }));

  if (form?.contains(document.activeElement)) follow(document.activeElement);
  else draw();
})();
