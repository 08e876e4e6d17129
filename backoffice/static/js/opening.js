/* In a list marked data-digits, a digit chooses by place as a letter chooses by name; Enter in it sends the form. */
"use strict";
for (const list of document.querySelectorAll("select[data-digits]")) {
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = Number(event.key);
    if (Number.isInteger(place) && place >= 1 && place <= list.options.length) {
      event.preventDefault();
      list.selectedIndex = place - 1;
      list.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.form.requestSubmit();
    }
  });
}
