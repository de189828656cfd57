"use strict";
(() => {
  const collator = new Intl.Collator("ru", {numeric: true});
  const plain = text => text.toLowerCase().replace(/ё/g, "е").replace(/[\s\u00a0]+/g, " ").trim();
  const body = document.querySelector("#places .rows");

  // A mark that a place was not updated stands after its name.
  const nameOf = row => row.cells[0].firstChild.textContent;

  const keyOf = (row, column, kind) => {
    const cell = row.cells[column];
    const key = cell.dataset.key ?? nameOf(row);
    return key === "" ? null : kind === "number" ? Number(key) : key;
  };

  const sortBy = (head, column) => {
    const kind = head.dataset.sort;
    const before = head.getAttribute("aria-sort");
    const first = kind === "number" ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const order = before === first ? other : first;
    const sign = order === "ascending" ? 1 : -1;
    const keyed = [...body.rows].map(row => [keyOf(row, column, kind), row]);
    keyed.sort(([one], [two]) => {
      // What is not known stands below in both directions.
      if (one === null || two === null) return (one === null) - (two === null);
      return sign * (kind === "number" ? one - two : collator.compare(one, two));
    });
    body.append(...keyed.map(([, row]) => row));
    for (const each of head.parentNode.cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
  };

  if (body.rows.length > 1) {
    [...document.querySelectorAll("#places thead th")].forEach((head, column) => {
      if (!head.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(head, column));
      head.append(button);
    });
  }

  const hint = () => {
    for (const one of document.querySelectorAll(".scroll")) {
      one.previousElementSibling.hidden = one.scrollWidth <= one.clientWidth + 1;
    }
  };
  document.documentElement.classList.add("scripted");
  window.addEventListener("resize", hint);
  document.addEventListener("toggle", hint, true);
  hint();

  const find = document.getElementById("find");
  if (!find) return;
  const found = document.getElementById("found");
  const rows = [...document.querySelectorAll("tr[data-place]")].map(row => [plain(nameOf(row)), row]);
  const filter = () => {
    const wanted = plain(find.value);
    let shown = 0;
    for (const [name, row] of rows) {
      row.hidden = !name.includes(wanted);
      if (!row.hidden && row.parentNode === body) shown += 1;
    }
    found.textContent = !wanted ? "" : shown ? `Найдено: ${shown} из ${found.dataset.all}` : "Ничего не найдено";
  };
  find.closest(".search").hidden = false;
  find.addEventListener("input", filter);
  find.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    find.value = "";
    filter();
  });
})();
