/* Keying from an image without the mouse. Without this file the pages are links and the fields are a plain form. */
"use strict";
(() => {
  const viewer = document.querySelector("[data-viewer]");
  const image = viewer?.matches("img") ? viewer : viewer?.querySelector("img");
  const form = document.querySelector("form[data-keying]") || document.querySelector("form[data-autosave]");
  const pages = [...document.querySelectorAll("a[data-page]")];
  const { words, typing, save } = window.backoffice || { words: {}, typing: () => null, save: () => {} };
  const frame = image?.closest(".scan") || image?.parentElement;
  let zoom = 100, turn = 0;

  function draw() {
    if (!image) return;
    const aside = turn % 180 !== 0 && image.naturalHeight;
    image.style.rotate = `${turn}deg`;
    image.style.width = `${zoom * (aside ? image.naturalWidth / image.naturalHeight : 1)}%`;
    const spare = aside ? (image.clientWidth - image.clientHeight) / 2 : 0;
    image.style.margin = aside ? `${spare}px ${-spare}px` : "";
    showZone();
  }
  const larger = (step) => { zoom = step ? Math.min(400, Math.max(40, zoom + step)) : 100; draw(); };
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
  pages.filter((link) => link.dataset.image).forEach((link) => link.addEventListener("click", (event) => { event.preventDefault(); show(link); }));

  /* A field's zone on the image: data-zone="page left top width height", in hundredths of the page. */
  const mark = document.createElement("i");
  mark.className = "hit";
  function showZone() {
    mark.remove();
    const zone = document.activeElement?.dataset?.zone?.split(" ").map(Number);
    if (!zone || zone.length !== 5 || !image || turn) return;
    const page = pages.find((link) => Number(link.dataset.page) === zone[0]);
    if (page?.dataset.image && !page.hasAttribute("aria-current")) { show(page); return; }
    image.after(mark);
    const [, left, top, width, height] = zone;
    Object.assign(mark.style, { left: `${image.offsetLeft + (left * image.clientWidth) / 100}px`, top: `${image.offsetTop + (top * image.clientHeight) / 100}px`, width: `${(width * image.clientWidth) / 100}px`, height: `${(height * image.clientHeight) / 100}px` });
    mark.scrollIntoView({ block: "nearest" });
  }
  form?.addEventListener("focusin", showZone);
  image?.addEventListener("load", draw);

  /* Marks of a field: nobody can read it, or the form leaves it blank; the same key takes the mark away. */
  function setMark(field, kind) {
    const row = field.closest(".field");
    if (!row || !field.name) return;
    const now = row.dataset.mark === kind ? "" : kind;
    row.dataset.mark = now;
    let said = row.querySelector(".mark");
    if (!said) { said = document.createElement("span"); said.className = "mark"; said.setAttribute("role", "status"); row.append(said); }
    said.textContent = now ? words[now] : "";
    save(field.form, `mark:${field.name}`, now);
    if (now) step(field, 1);
  }
  const stops = () => [...form.elements].filter((e) => e.matches("input:not([type=hidden]), select, textarea, button[type=submit], button.first") && !e.disabled && e.getClientRects().length);
  function step(field, by) {
    const list = stops(), next = list[list.indexOf(field) + by];
    next?.focus();
    next?.select?.();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const field = typing(event.target), inside = field && field.form === form ? field : null;
    if (event.key === "Enter" && inside && !event.altKey) {
      if (event.ctrlKey || event.metaKey) { event.preventDefault(); form.requestSubmit(); return; }
      if (!inside.matches("textarea")) { event.preventDefault(); step(inside, event.shiftKey ? -1 : 1); }
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const turning = { PageDown: 1, PageUp: -1 }[event.key];
    if (turning && pages.length) { event.preventDefault(); show(pages[Math.max(0, at()) + turning]); return; }
    const free = event.altKey || (!field && document.body.dataset.keys !== "off");
    if (!free) return;
    if (event.altKey && inside && event.code === "KeyI") { event.preventDefault(); setMark(inside, "illegible"); return; }
    if (event.altKey && inside && event.code === "KeyV") { event.preventDefault(); setMark(inside, "blank"); return; }
    if (!image) return;
    if (event.key === "+" || event.key === "=") larger(20);
    else if (event.key === "-" || event.key === "−") larger(-20);
    else if (event.key === "0") larger(0);
    else if (event.code === "KeyR") quarter();
    else return;
    event.preventDefault();
  });
  document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => ({ larger: () => larger(20), smaller: () => larger(-20), whole: () => larger(0), turn: quarter })[button.dataset.view]?.()));
})();
