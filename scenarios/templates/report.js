"use strict";
(() => {
  const form = document.getElementById("filter");
  const rows = [...document.querySelectorAll("#plays tbody tr")];
  const told = document.getElementById("told");
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
  const found = rows.map((row) => plain(row.textContent));
  const show = () => {
    const words = plain(form.elements.words.value).split(/\s+/).filter(Boolean);
    const verdicts = new Set([...form.querySelectorAll("[name=verdict]:checked")].map((box) => box.value));
    let count = 0;
    rows.forEach((row, index) => {
      const fits = verdicts.has(row.dataset.verdict) && words.every((word) => found[index].includes(word));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    told.textContent = count + " / " + rows.length;
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
  }
  if (navigator.clipboard) {
    for (const code of document.querySelectorAll("code.command")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Chép";
      button.addEventListener("click", () => {
        navigator.clipboard.writeText(code.textContent).then(() => { button.textContent = "Đã chép"; });
      });
      code.after(button);
    }
  }
  const all = document.getElementById("open-all");
  if (all) {
    all.addEventListener("click", () => {
      const open = all.getAttribute("aria-pressed") !== "true";
      all.setAttribute("aria-pressed", String(open));
      for (const details of document.querySelectorAll("#plays details")) { details.open = open; }
    });
  }
})();
