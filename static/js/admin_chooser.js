// Choosing pictures and files by what they show: a dialog with search, tags and uploading, several at once.
// A select[data-chooser] becomes a list of what is chosen; without this file it is a select.
window.kompasChoose = (() => {
  const token = () => document.querySelector("form [name=csrfmiddlewaretoken]").value;
  const get = async (address, body) => {
    const answer = await fetch(address, { method: body ? "POST" : "GET", body, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    return answer;
  };
  const make = (name, properties, ...inside) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside);
    return made;
  };

  // --- Uploading: each file through the ordinary form for a new one -----------------------------------

  const upload = async (row, file, place, done) => {
    const data = new FormData(row);
    const said = row.querySelector("[role=alert]");
    const progress = row.querySelector("progress");
    const say = (words) => {
      said.textContent = words;
      said.hidden = !words;
    };
    say("");
    row.inert = true;
    let isDone = false;
    try {
      // Each is a form of its own, so each needs a token of its own.
      const own = await (await get(place.dataset.token)).json();
      data.set("csrfmiddlewaretoken", own.token);
      data.set("file", file);
      data.set("_popup", "1");
      const { page, leadsTo } = await window.kompasUpload(place.dataset.add, data, progress);
      isDone = Boolean(leadsTo);
      if (isDone) await done(leadsTo.match(/(\d+)\/valgt/)[1]);
      else say([...page.querySelectorAll(".errorlist li")].map((one) => one.textContent).join(" ") || place.dataset.away);
    } catch {
      say(place.dataset.away);
    }
    progress.hidden = true;
    row.inert = false;
    return isDone;
  };
  const offerUploads = (place, done) => {
    const files = place.querySelector("[data-files]");
    const rows = place.querySelector("[data-rows]");
    const all = place.querySelector("[data-all]");
    const waiting = new Map();
    let added = 0;
    const begin = async (row) => {
      const file = waiting.get(row);
      if (await upload(row, file, place, (value) => done(value, added === 1))) row.remove();
      all.hidden = rows.children.length < 2;
      if (!rows.children.length) files.focus();
    };
    all.addEventListener("click", async () => {
      for (const row of [...rows.children]) if (row.reportValidity()) await begin(row);
    });
    files.addEventListener("change", () => {
      if (!files.checkValidity()) return;
      for (const file of files.files) {
        const row = place.querySelector("template").content.firstElementChild.cloneNode(true);
        const first = rows.querySelector("form");
        row.querySelector("[data-name]").textContent = file.name;
        for (const name of ["credit", "tags"]) if (first?.elements[name] && row.elements[name]) row.elements[name].value = first.elements[name].value;
        row.addEventListener("submit", (event) => {
          event.preventDefault();
          begin(row);
        });
        added += 1;
        waiting.set(row, file);
        rows.append(row);
        window.kompasDraw(row.querySelector("canvas"), file);
      }
      files.value = "";
      all.hidden = rows.children.length < 2;
      rows.querySelector("input, textarea")?.focus();
    });
  };

  // --- The dialog ----------------------------------------------------------------------------------------

  const open = async (address, use, { isMany = false, chosen = () => [], fits = () => true } = {}) => {
    const from = document.activeElement;
    const dialog = make("dialog", { className: "kompas-chooser" });
    dialog.setAttribute("aria-labelledby", "chooser-heading");
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      from?.focus();
    });
    try {
      dialog.innerHTML = await (await get(address)).text();
    } catch {
      dialog.append(make("p", { textContent: "Der er ikke forbindelse lige nu." }), make("button", { type: "button", className: "button", textContent: "Luk" }));
      dialog.querySelector("button").dataset.close = "";
    }
    const found = dialog.querySelector("[data-found]");
    const search = dialog.querySelector("[data-search]");
    const mark = () => {
      for (const one of found.querySelectorAll("[data-value]")) {
        one.closest("li").hidden = !fits(one.dataset);
        if (isMany) one.setAttribute("aria-pressed", chosen().includes(one.dataset.value));
      }
    };
    const take = (one) => {
      if (isMany) {
        use(one.dataset);
        mark();
        return;
      }
      dialog.addEventListener("close", () => use(one.dataset)); // after the focus is back
      dialog.close();
    };
    const ask = async () => {
      const data = new FormData(search);
      data.set("csrfmiddlewaretoken", token());
      try {
        found.innerHTML = await (await get(address, data)).text();
        mark();
      } catch {
        found.textContent = "Der er ikke forbindelse lige nu.";
      }
    };
    dialog.addEventListener("click", ({ target }) => {
      if (target.closest("[data-close]")) dialog.close();
      const one = target.closest("[data-value]");
      if (one) take(one);
    });
    if (search) {
      let waiting = 0;
      search.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(ask, 250);
      });
      search.addEventListener("submit", (event) => {
        event.preventDefault();
        ask();
      });
      const place = dialog.querySelector("[data-add]");
      const done = async (value, isAlone) => {
        search.reset();
        await ask();
        const one = found.querySelector(`[data-value="${value}"]`);
        if (one && (isMany || isAlone)) take(one);
      };
      if (place) offerUploads(place, done);
      mark();
    }
    dialog.showModal();
    dialog.querySelector("input[type=search]")?.focus();
  };

  // --- The field -----------------------------------------------------------------------------------------

  const enhance = (select) => {
    const list = make("ul", { className: "kompas-chosen" });
    const choose = make("button", { type: "button", className: "button", textContent: select.dataset.words });
    const place = make("div", { className: "kompas-chosen__place" }, list, choose);
    const label = document.querySelector(`label[for="${select.id}"]`);
    place.setAttribute("role", "group");
    if (label) {
      label.id ||= `${select.id}-label`;
      place.setAttribute("aria-labelledby", label.id);
    }
    const chosen = () => [...select.selectedOptions].filter((one) => one.value);
    const changed = () => {
      for (const name of ["input", "change"]) select.dispatchEvent(new Event(name, { bubbles: true }));
      show();
    };
    const remove = (option) => {
      option.selected = false;
      if (!select.multiple) select.value = "";
      changed();
      choose.focus();
    };
    const show = () => {
      list.replaceChildren(...chosen().map((option) => {
        const row = make("li", {});
        if (option.dataset.picture) row.append(make("img", { src: option.dataset.picture, alt: "", width: 160, height: 90 }));
        const away = make("button", { type: "button", className: "button", textContent: "Fjern" });
        away.setAttribute("aria-label", `Fjern: ${option.text}`);
        away.addEventListener("click", () => remove(option));
        row.append(make("span", { textContent: option.text }), away);
        return row;
      }));
    };
    const use = ({ value, label: words, picture }) => {
      let option = [...select.options].find((one) => one.value === value);
      if (!option) {
        option = new Option(words, value);
        if (picture) option.dataset.picture = picture;
        select.append(option);
      }
      option.selected = select.multiple ? !option.selected : true;
      changed();
    };
    const options = { isMany: select.multiple, chosen: () => chosen().map((one) => one.value) };
    choose.addEventListener("click", () => open(select.dataset.chooser, use, options));
    select.addEventListener("change", show);
    select.hidden = true;
    select.after(place);
    show();
  };
  window.kompasFields("select[data-chooser]", enhance);
  return open;
})();
