/* Scanned files sent in parts: many at once, dropped or chosen, going on where a cut stopped them. Without this file the form sends them whole. */
"use strict";
(() => {
  const box = document.querySelector("[data-upload]");
  if (!box || box.dataset.ready || !window.File?.prototype.slice) return;
  box.dataset.ready = "1";
  const said = JSON.parse(box.dataset.said), most = Number(box.dataset.most), part = Number(box.dataset.chunk);
  const token = document.querySelector('meta[name="csrf-token"]')?.content || "";
  const form = box.querySelector("form"), input = box.querySelector("input[type=file]"), list = box.querySelector("[data-files]"), told = box.querySelector("[data-told]");
  const DIGESTED = 64 * 1024 * 1024, headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
  const wait = (seconds) => new Promise((done) => { const timer = setTimeout(done, seconds * 1000); window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true }); });
  const digest = async (blob) => (crypto.subtle ? [...new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()))].map((b) => b.toString(16).padStart(2, "0")).join("") : null);

  class Refused extends Error {}

  /* One question to the server; a cut, or a server that is away, is waited out. */
  async function ask(row, url, options) {
    for (let pause = 1; ; pause = Math.min(pause * 2, 30)) {
      let answer = null;
      try { answer = await fetch(url, { redirect: "manual", ...options, headers: { ...headers, ...options.headers } }); } catch { /* cut: tried again below */ }
      if (answer && (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403)) throw new Refused(said.signed_out);
      if (answer && answer.status < 500 && answer.status !== 429) {
        const words = await answer.json().catch(() => null);
        if (words) return { ok: answer.ok, status: answer.status, ...words };
        if (answer.status >= 400) throw new Refused(said.none);
      }
      row.say(navigator.onLine === false ? said.paused : said.again);
      await wait(pause);
    }
  }

  async function send(file, row) {
    if (!file.size) throw new Refused(said.empty);
    if (file.size > most) throw new Refused(said.large);
    const sha256 = file.size <= DIGESTED ? await digest(file) : null;
    const told = JSON.stringify({ name: file.name, size: file.size, sha256, stamp: sha256 ? "" : String(file.lastModified) });
    const begin = () => ask(row, box.dataset.upload, { method: "POST", body: told, headers: { "Content-Type": "application/json" } });
    let at = await begin();
    if (!at.ok) throw new Refused(at.message || said.none);
    for (let rounds = 0; rounds < 3; rounds += 1) {
      while (at.offset < file.size) {
        const blob = file.slice(at.offset, at.offset + part), sum = await digest(blob);
        row.move(at.offset, file.size);
        const next = await ask(row, at.url, { method: "PUT", body: blob, headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(at.offset), ...(sum ? { "Upload-Sha256": sum } : {}) } });
        if (next.status === 404) throw new Refused(said.none);
        if (next.code === "part-damaged") continue;
        if (next.offset === undefined) throw new Refused(next.message || said.none);
        at = { ...at, offset: next.offset };
      }
      row.move(file.size, file.size);
      const end = await ask(row, at.finish, { method: "POST" });
      if (end.ok) return;
      if (end.code !== "other-bytes" && end.code !== "unfinished") throw new Refused(end.message || said.none);
      at = { ...at, ...(await ask(row, at.url, { method: "GET" })) };
    }
    throw new Refused(said.none);
  }

  /* A line for each file: its name, how far it is, and what became of it. */
  function line(file) {
    const item = document.createElement("li"), name = document.createElement("bdi"), bar = document.createElement("progress"), words = document.createElement("span");
    name.textContent = file.name;
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    words.className = "small quiet";
    item.append(name, " ", bar, " ", words);
    list.append(item);
    const say = (text) => { words.textContent = text; };
    return {
      say,
      move: (have, size) => { bar.value = Math.floor((have * 100) / size); say(`${bar.value} %, ${said.sending}`); },
      done: () => { bar.value = 100; say(said.done); },
      failed: (text, again) => {
        say(text);
        words.classList.add("late");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn";
        button.textContent = said.retry;
        button.addEventListener("click", () => { item.remove(); again(); });
        item.append(" ", button);
      },
    };
  }

  /* One after the other, in their order: pages come in as the pile lay. */
  const waiting = [];
  let busy = false, failed = 0, taken = 0;
  async function work() {
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const [file, row] = waiting.shift();
      try { await send(file, row); row.done(); taken += 1; } catch (fault) {
        failed += 1;
        row.failed(fault instanceof Refused ? fault.message : said.none, () => { failed -= 1; add([file]); });
        if (!(fault instanceof Refused)) console.error(fault);
      }
    }
    busy = false;
    if (taken && !failed) { told.textContent = said.all; location.reload(); }
  }
  const add = (files) => { told.textContent = ""; for (const file of files) waiting.push([file, line(file)]); work(); };

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    add([...input.files]);
    input.value = "";
  });
  input.addEventListener("change", () => { if (input.files.length) form.requestSubmit(); });
  const hint = document.createElement("p");
  hint.className = "small quiet";
  hint.textContent = said.drop;
  box.prepend(hint);
  const over = (event) => { if ([...(event.dataTransfer?.types || [])].includes("Files")) { event.preventDefault(); box.classList.toggle("dropping", event.type === "dragover"); } };
  ["dragover", "dragleave"].forEach((kind) => document.addEventListener(kind, over));
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    box.classList.remove("dropping");
    add([...event.dataTransfer.files]);
  });
  window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });
})();
