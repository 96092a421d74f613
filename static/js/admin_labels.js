// The admin's fields with search are drawn by a library that leaves them without a name. Here they get
// the words of the field's own label, whenever they are drawn, and what is chosen is no broken list.
(() => {
  const set = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const name = (select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const drawn = select.parentElement.querySelector(".select2-container");
    if (!label || !drawn) return;
    const words = label.textContent.replace(":", "").trim();
    for (const field of drawn.querySelectorAll(".select2-search__field")) set(field, "aria-label", words);
    for (const list of drawn.querySelectorAll("ul")) set(list, "role", "presentation");
    const chosen = drawn.querySelector("[role=textbox].select2-selection__rendered");
    if (chosen) {
      label.id ||= `label-${select.id}`;
      set(chosen, "aria-label", words);
      set(drawn.querySelector("[role=combobox]"), "aria-labelledby", `${label.id} ${chosen.id}`);
    }
  };
  const nameAll = () => {
    document.querySelectorAll("select.admin-autocomplete").forEach(name);
    set(document.querySelector(".select2-search--dropdown .select2-search__field"), "aria-label", "Søg");
  };

  document.addEventListener("DOMContentLoaded", () => {
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
})();
