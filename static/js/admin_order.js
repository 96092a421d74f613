// Rows in an order: buttons that move one up or down. The numbers are what is sent, and can be typed without this file.
(() => {
  const LIST = ".inline-group, [data-ordered]";
  const number = (row) => row.querySelector(":scope input[name$=-position]");
  const rowsOf = (list) => [...list.querySelectorAll(".inline-related:not(.empty-form), [data-row]")].filter(number);
  const nameOf = (row) => row.querySelector("h3, legend, summary")?.textContent.trim().replace(/\s+/g, " ") || "rækken";

  const move = (row, step, said) => {
    const list = row.closest(LIST);
    const rows = rowsOf(list);
    const other = rows[rows.indexOf(row) + step];
    if (!other) return;
    // Each gets the number of its place: also where two had the same, or one had none.
    if (step < 0) other.before(row);
    else other.after(row);
    rowsOf(list).forEach((one, index) => {
      const field = number(one);
      if (field.value === String(index + 1) || (!field.value && one !== row && one !== other)) return;
      field.value = index + 1;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    said.textContent = `Nu nummer ${number(row).value}.`;
  };

  const offer = (row) => {
    if (row.querySelector(":scope .kompas-order")) return;
    const place = number(row);
    if (!place) return;
    const bar = document.createElement("span");
    bar.className = "kompas-order";
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    for (const [words, step] of [["Op", -1], ["Ned", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = words;
      button.setAttribute("aria-label", `${words}: ${nameOf(row)}`);
      button.addEventListener("click", () => {
        move(row, step, said);
        button.focus(); // a row that is moved in the page loses it
      });
      bar.append(button, " ");
    }
    bar.append(said);
    place.after(" ", bar);
  };

  document.addEventListener("formset:added", ({ target }) => {
    const list = target.closest(LIST);
    const field = list && number(target);
    if (!field) return;
    const used = rowsOf(list).map((row) => Number(number(row).value));
    field.value ||= Math.max(0, ...used) + 1;
  });
  window.kompasFields(`:is(${LIST}) input[name$=-position]`, (field) => {
    const row = field.closest(".inline-related, [data-row]");
    if (row) offer(row);
  });
})();
