/* Pages turn without asking the server again; neighbours are fetched before they are wanted. Without this file the strip is links. */
"use strict";
(() => {
  const fetched = new Map();
  let zoom = 0;
  const root = () => document.getElementById("pagework");
  const leaves = () => [...(root()?.querySelectorAll("a[data-leaf]") || [])];
  const at = () => leaves().findIndex((leaf) => leaf.hasAttribute("aria-current"));
  const sheet = () => root()?.querySelector("[data-sheet]");

  /* A picture, decoded and kept while it is near. */
  function ready(leaf) {
    if (!leaf) return;
    const url = leaf.dataset.picture;
    if (!fetched.has(url)) { const image = new Image(); image.src = url; image.decode?.().catch(() => {}); fetched.set(url, image); }
    if (fetched.size > 12) fetched.delete(fetched.keys().next().value);
  }
  function near() { const all = leaves(), here = at(); [1, -1, 2, 3].forEach((step) => ready(all[here + step])); }

  function show(leaf) {
    if (!leaf) return;
    const svg = sheet().querySelector("svg"), [width, height] = leaf.dataset.size.split(" ");
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    svg.setAttribute("aria-label", `${svg.dataset.label} ${leaf.dataset.place}`);
    svg.querySelector("image").setAttribute("href", leaf.dataset.picture);
    svg.querySelectorAll(".mark").forEach((mark) => mark.remove());
    for (const box of leaf.dataset.marks.split(" ").filter(Boolean)) {
      const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect"), [x, y, w, h] = box.split(",");
      for (const [name, value] of Object.entries({ class: "mark", x, y, width: w, height: h })) mark.setAttribute(name, value);
      svg.append(mark);
    }
    leaves().forEach((other) => (other === leaf ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current")));
    root().querySelectorAll("[data-now]").forEach((field) => { field.value = leaf.dataset.leaf; });
    root().querySelector("[data-place-now]").textContent = leaf.dataset.place;
    leaf.scrollIntoView({ block: "nearest" });
    sheet().scrollTo(0, 0);
    size();
    near();
  }
  function size() {
    const box = sheet(), svg = box.querySelector("svg");
    box.classList.toggle("large", zoom !== 0);
    svg.style.width = zoom ? `${Math.round(box.clientWidth * zoom / 100)}px` : "";
    if (zoom) svg.setAttribute("preserveAspectRatio", "none");
    svg.style.aspectRatio = `${svg.getAttribute("width")} / ${svg.getAttribute("height")}`;
  }
  const larger = (by) => { zoom = by ? Math.min(400, Math.max(40, (zoom || 60) + by)) : 0; size(); };

  document.addEventListener("click", (event) => {
    const leaf = event.target.closest("#pagework a[data-leaf]");
    if (leaf && !event.ctrlKey && !event.metaKey) { event.preventDefault(); show(leaf); }
    if (event.target.closest("[data-choose]")) leaves()[at()]?.closest(".leaf").querySelector("input[type=checkbox]")?.click();
  });
  const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select");
  document.addEventListener("keydown", (event) => {
    if (!root() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const all = leaves(), here = at();
    if (event.key === "PageDown" || event.key === "PageUp") { event.preventDefault(); show(all[here + (event.key === "PageDown" ? 1 : -1)]); return; }
    if (event.key === "Escape" && typing(event.target)) { sheet()?.focus(); return; }
    if (typing(event.target)) return;
    const keys = { "+": () => larger(25), "=": () => larger(25), "-": () => larger(-25), 0: () => larger(0), Home: () => show(all[0]), End: () => show(all.at(-1)), "/": () => document.getElementById("words")?.select() };
    if (keys[event.key] && all.length) { event.preventDefault(); event.stopImmediatePropagation(); keys[event.key](); }
  }, true);
  document.addEventListener("htmx:afterSettle", () => { if (sheet()) { size(); near(); } });
  if (sheet()) { size(); near(); }
})();
