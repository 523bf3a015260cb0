"use strict";
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = button.parentElement.querySelector("pre").textContent;
    const done = () => { button.textContent = "Copied"; };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(done, () => {});
    } else {
      const range = document.createRange();
      range.selectNodeContents(button.parentElement.querySelector("pre"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
  });
}
const filter = document.querySelector("#filter");
if (filter) {
  filter.closest("p").hidden = false;
  filter.addEventListener("input", () => {
    const text = filter.value.toLowerCase();
    for (const one of document.querySelectorAll(".filtered")) {
      one.hidden = !one.textContent.toLowerCase().includes(text);
    }
  });
}
const fold = document.querySelector("#fold");
if (fold) {
  fold.hidden = false;
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-pressed") !== "true";
    fold.setAttribute("aria-pressed", String(open));
    fold.textContent = open ? "Close all details" : "Open all details";
    for (const one of document.querySelectorAll("details")) {
      one.open = open;
    }
  });
}
