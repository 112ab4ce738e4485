(() => {
  const table = document.getElementById("scenarios"), body = table.tBodies[0], rows = [...body.rows];
  const text = document.getElementById("filter"), state = document.getElementById("state");
  document.querySelector(".controls").hidden = false;
  table.classList.add("sorted");
  const show = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const said = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => said.includes(word)) || Boolean(state?.value && row.dataset.state !== state.value);
    }
  };
  text.addEventListener("input", show);
  state?.addEventListener("change", show);
  const key = (row, n) => {
    const cell = row.cells[n];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
  };
  [...table.tHead.rows[0].cells].forEach((head, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const missing = (value) => value === "–" || value === "";
      const order = (a, b) => {
        const [x, y] = [key(a, n), key(b, n)];
        if (missing(x) || missing(y)) return missing(x) - missing(y);
        const less = typeof x === typeof y && typeof x === "number" ? x - y : String(x).localeCompare(String(y));
        return up ? less : -less;
      };
      body.append(...[...rows].sort(order));
    });
  });
})();
