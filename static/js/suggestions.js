/* Suggestions under a search field: the ARIA combobox with a listbox. The form works without.
   Starts from <form data-suggestions="address">; the words of its status are data attributes too. */
(() => {
  const WAIT = 150;

  function start(form, number) {
    const input = form.querySelector("[type=search]");
    const [list, status] = ["ul", "p"].map((name) => document.createElement(name));
    let options = [], active = -1, timer, request;

    list.id = `suggestions-${number}`;
    list.className = "kompas-suggestions";
    list.hidden = true;
    list.role = "listbox";
    list.ariaLabel = form.querySelector("label").textContent;
    status.className = "kompas-suggestions__status";
    status.role = "status";
    form.append(list, status);
    input.role = "combobox";
    input.ariaAutoComplete = "list";
    input.ariaExpanded = "false";
    input.setAttribute("aria-controls", list.id);

    function close() {
      clearTimeout(timer);
      request?.abort();
      list.hidden = true;
      input.ariaExpanded = "false";
      activate(-1);
    }

    function activate(position) {
      if (options[active]) options[active].ariaSelected = "false";
      active = position;
      input.setAttribute("aria-activedescendant", options[active]?.id ?? "");
      if (active < 0) return;
      options[active].ariaSelected = "true";
      options[active].scrollIntoView({ block: "nearest" });
    }

    function option(suggestion, position) {
      const item = document.createElement("li");
      const kind = document.createElement("span");
      item.id = `${list.id}-${position}`;
      item.className = "kompas-suggestions__option";
      item.dataset.address = suggestion.address;
      item.role = "option";
      item.ariaSelected = "false";
      kind.className = "kompas-suggestions__kind";
      kind.textContent = suggestion.kind;
      item.append(`${suggestion.title} `, kind);
      return item;
    }

    function show(suggestions) {
      activate(-1);
      options = suggestions.map(option);
      list.replaceChildren(...options);
      list.hidden = !options.length;
      input.ariaExpanded = String(options.length > 0);
      const { suggestionsNone, suggestionsOne, suggestionsMany } = form.dataset;
      const words = [suggestionsNone, suggestionsOne][options.length] ?? suggestionsMany;
      status.textContent = words.replace("{number}", options.length);
    }

    async function fetchSuggestions() {
      request?.abort();
      request = new AbortController();
      const address = `${form.dataset.suggestions}?${new URLSearchParams({ q: input.value })}`;
      try {
        const response = await fetch(address, { signal: request.signal });
        if (response.ok) show((await response.json()).suggestions);
      } catch { /* aborted or offline: the form still searches */ }
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(fetchSuggestions, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden && event.key === "ArrowDown" && input.value) fetchSuggestions();
      if (list.hidden || event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) activate(((active + step + 1 + options.length + 1) % (options.length + 1)) - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && active >= 0) location.assign(options[active].dataset.address);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); /* keeps the focus in the field */
    list.addEventListener("click", (event) => {
      const chosen = event.target.closest("[role=option]");
      if (chosen) location.assign(chosen.dataset.address);
    });
  }

  document.querySelectorAll("form[data-suggestions]").forEach(start);
})();
