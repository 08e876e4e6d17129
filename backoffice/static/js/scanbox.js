/* The scan box speaks: a high tone and the page opens, a low one and the sentence stays. Without this file the form posts and redirects. */
"use strict";
(() => {
  const form = document.querySelector("form[data-scanbox]");
  if (!form) return;
  const box = form.querySelector("input[name=code]"), heard = form.querySelector("[data-heard]");
  let sound = null;
  function tone(good) {
    try {
      sound ??= new AudioContext();
      const [wave, level, now] = [sound.createOscillator(), sound.createGain(), sound.currentTime];
      wave.frequency.value = good ? 1320 : 220;
      wave.type = good ? "sine" : "square";
      level.gain.setValueAtTime(0.08, now);
      level.gain.exponentialRampToValueAtTime(0.001, now + (good ? 0.12 : 0.4));
      wave.connect(level).connect(sound.destination);
      wave.start(now);
      wave.stop(now + (good ? 0.12 : 0.4));
    } catch { /* a machine without sound reads */ }
    form.dataset.tone = good ? "good" : "bad";
  }
  const say = (text, good) => { heard.textContent = text; heard.classList.toggle("bad", !good); tone(good); };
  form.addEventListener("submit", async (event) => {
    if (!box.value.trim()) return; // an empty box asks the server for the next envelope
    event.preventDefault();
    event.stopPropagation();
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { "X-Requested-With": "fetch", Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      say(found.text, Boolean(found.url));
      if (found.url) { setTimeout(() => { location.href = found.url; }, 130); return; }
      box.select();
    } catch { form.submit(); }
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); box.blur(); } });
})();
