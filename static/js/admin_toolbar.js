// Above each Markdown field: a toolbar, one stop for Tab, its buttons with the arrows. And what is pasted is
// made Markdown by the server and shown before it stands. The fields work without this file.
(() => {
  const fold = (field, before, after, empty) => {
    const chosen = field.value.slice(field.selectionStart, field.selectionEnd) || empty;
    insert(field, `${before}${chosen}${after}`);
    field.selectionStart = field.selectionEnd - after.length - chosen.length;
    field.selectionEnd -= after.length;
  };
  // As typed, so that Ctrl+Z takes it back.
  const insert = (field, text) => {
    field.focus();
    if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  // Lines that the choice touches, each with the sign in front; once more takes it away.
  const lines = (field, sign) => {
    const { value } = field;
    const start = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
    const next = value.indexOf("\n", field.selectionEnd);
    field.setSelectionRange(start, next < 0 ? value.length : next);
    const chosen = value.slice(field.selectionStart, field.selectionEnd).split("\n");
    const isThere = chosen.every((line) => line.startsWith(sign));
    insert(field, chosen.map((line) => (isThere ? line.slice(sign.length) : sign + line)).join("\n"));
  };
  const apart = (field, text) => {
    const before = field.value.slice(0, field.selectionStart);
    const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    insert(field, `${gap}${text}\n\n`);
  };
  const note = (field) => {
    const used = [...field.value.matchAll(/\[\^(\d+)\]/g)].map((one) => Number(one[1]));
    const number = Math.max(0, ...used) + 1;
    insert(field, `[^${number}]`);
    field.setSelectionRange(field.value.length, field.value.length);
    insert(field, `\n\n[^${number}]: Skriv noten her.`);
    field.setSelectionRange(field.value.length - "Skriv noten her.".length, field.value.length);
  };
  const PARTS = [
    ["Mellemrubrik", (field) => lines(field, "## "), "h"],
    ["Fed", (field) => fold(field, "**", "**", "fed tekst"), "b"],
    ["Liste", (field) => lines(field, "- "), "l"],
    ["Citat", (field) => lines(field, "> "), "q"],
    ["Link", (field, bar) => choose(field, bar, field.dataset.links, "Find en side", linkTo), "k"],
    ["Billede", (field) => window.kompasChoose(field.dataset.pictures, (one) => show(field, one), { fits: (one) => !one.decorative }), "i"],
    ["Faktaboks", (field) => apart(field, "::: faktaboks Overskrift\nSkriv fakta her.\n:::"), "f"],
    ["Fodnote", note, "n"],
  ];
  const linkTo = (field, { address, title }) => {
    const words = field.value.slice(field.selectionStart, field.selectionEnd) || title;
    insert(field, `[${words}](${address})`);
  };
  const show = (field, { address, title, caption }) => {
    apart(field, `![${title}](${address}${caption ? ` "${caption.replaceAll('"', "”")}"` : ""})`);
  };

  const post = async (field, address, values) => {
    const sent = new FormData();
    for (const [name, value] of Object.entries(values)) sent.set(name, value);
    sent.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(address, { method: "POST", body: sent });
    if (!answer.ok) throw new Error(answer.status);
    return answer;
  };
  const panelOf = (bar) => bar.nextElementSibling;
  const close = (field, bar) => {
    panelOf(bar).hidden = true;
    field.focus();
  };
  const open = (field, bar, name) => {
    const panel = panelOf(bar);
    panel.replaceChildren();
    panel.setAttribute("aria-label", name);
    panel.hidden = false;
    panel.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close(field, bar);
    };
    return panel;
  };
  const button = (words, act, className = "button") => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = className;
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  };

  const choose = (field, bar, address, name, use) => {
    const panel = open(field, bar, name);
    const label = document.createElement("label");
    label.textContent = name;
    const search = document.createElement("input");
    search.type = "search";
    const found = document.createElement("div");
    found.setAttribute("role", "status");
    label.append(search);
    panel.append(label, found, button("Luk", () => close(field, bar)));
    const ask = async () => {
      try {
        const answer = await post(field, address, { q: search.value });
        found.innerHTML = await answer.text();
      } catch {
        found.textContent = "Der er ikke forbindelse lige nu.";
      }
    };
    let waiting = 0;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 250);
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // else the whole form would be saved
      ask();
    });
    found.addEventListener("click", (event) => {
      const one = event.target.closest("[data-address]");
      if (!one) return;
      close(field, bar);
      use(field, one.dataset);
    });
    ask();
    search.focus();
  };

  const SHAPED = /<(?:h[1-6]|li|table|p|div|br|b|strong|i|em|a)[\s>]/i;
  const paste = async (field, bar, event) => {
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    if (!SHAPED.test(html) && !plain.trim().includes("\n")) return;
    event.preventDefault();
    const panel = open(field, bar, "Det, du sætter ind");
    panel.textContent = "Et øjeblik …";
    try {
      const answer = await post(field, field.dataset.paste, { html: SHAPED.test(html) ? html : "", text: plain });
      panel.innerHTML = await answer.text();
    } catch {
      panel.textContent = "Der er ikke forbindelse, så teksten kan kun sættes ind, som den er.";
    }
    const written = panel.querySelector("textarea");
    const put = (text) => {
      close(field, bar);
      insert(field, text);
    };
    const choices = document.createElement("p");
    if (written) choices.append(button("Sæt ind sådan", () => put(written.value), "button default"), " ");
    choices.append(button("Sæt ind som ren tekst", () => put(plain)), " ", button("Fortryd", () => close(field, bar)));
    panel.append(choices);
    choices.querySelector("button").focus();
  };

  const offer = (field) => {
    const bar = document.createElement("div");
    const label = document.querySelector(`label[for="${field.id}"]`);
    bar.className = "kompas-toolbar";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-controls", field.id);
    bar.setAttribute("aria-label", `Skriv i ${label ? label.textContent.replace(":", "").trim() : "feltet"}`);
    for (const [words, act, key] of PARTS.filter(([words]) => words !== "Billede" || field.dataset.pictures)) {
      const one = button(words, () => act(field, bar), "kompas-toolbar__button");
      one.tabIndex = bar.children.length ? -1 : 0;
      one.dataset.key = key;
      if ("bk".includes(key)) one.setAttribute("aria-keyshortcuts", `Control+${key}`);
      bar.append(one);
    }
    bar.addEventListener("keydown", (event) => {
      const all = [...bar.children];
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : all.indexOf(document.activeElement) + (step || NaN);
      const next = all[(to + all.length) % all.length];
      if (!next) return;
      event.preventDefault();
      for (const one of all) one.tabIndex = one === next ? 0 : -1;
      next.focus();
    });
    const panel = document.createElement("div");
    panel.className = "kompas-toolbar__panel";
    panel.setAttribute("role", "region");
    panel.hidden = true;
    field.before(bar, panel);
    field.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || !["b", "k"].includes(event.key)) return;
      event.preventDefault();
      bar.querySelector(`[data-key=${event.key}]`).click();
    });
    field.addEventListener("paste", (event) => paste(field, bar, event));
  };

  window.kompasFields("textarea[data-paste]", offer);
})();
