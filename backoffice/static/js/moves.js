/* The scan box of moves: each code goes by itself, one after the other, with a sound; without this file the page posts and comes back. */
"use strict";
(() => {
  const box = document.getElementById("moving");
  if (!box) return;
  let queue = Promise.resolve(), audio = null;

  /* High and short: done. Low and long: refused. */
  function sound(kind) {
    try {
      audio = audio || new AudioContext();
      const tone = audio.createOscillator(), gain = audio.createGain(), length = kind === "good" ? 0.09 : 0.45;
      tone.frequency.value = kind === "good" ? 1320 : 220;
      tone.type = kind === "good" ? "sine" : "square";
      gain.gain.value = 0.15;
      tone.connect(gain).connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + length);
    } catch { /* no sound here: the result is written and spoken */ }
    box.dataset.sounded = kind;
  }

  async function send(url, body) {
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
    } catch {
      sound("bad");
      box.querySelector("[data-result]").textContent = box.dataset.offline;
      return;
    }
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { location.href = answer.url; return; }
    const typed = box.querySelector("[name=code]").value;
    box.innerHTML = await answer.text();
    const input = box.querySelector("[name=code]");
    if (typed) input.value = typed;
    input.focus();
    const result = box.querySelector("[data-sound]");
    if (result) sound(result.dataset.sound);
    document.getElementById("live").textContent = result ? result.textContent.trim() : "";
  }

  box.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-gun]");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    const typed = form.elements.code.value, url = form.getAttribute("action");
    if (!typed.trim()) return;
    form.elements.code.value = "";
    queue = queue.then(() => {
      const body = new FormData(box.querySelector("form[data-gun]"));
      body.set("code", typed);
      return send(url, body);
    });
  });
})();
