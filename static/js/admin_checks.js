// Below each Markdown field: what there is to look at again, shortly after the editor has paused.
// Nothing is sent anywhere but to the portal, and nothing is saved.
(() => {
  const PAUSE = 900;

  const watch = (field) => {
    const shown = document.createElement("div");
    shown.className = "kompas-findings";
    shown.id = `${field.id}-findings`;
    shown.setAttribute("aria-live", "polite");
    // The admin puts label and field into one line; what is added stands below both.
    (field.closest(".flex-container") || field).after(shown);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${shown.id}`.trim());
    let waiting = 0;
    let asked = 0;

    const check = async () => {
      const mine = (asked += 1);
      const sent = new FormData();
      sent.set("text", field.value);
      if (field.dataset.english) sent.set("is_english", "on");
      sent.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
      try {
        const answer = await fetch(field.dataset.check, { method: "POST", body: sent });
        const found = answer.ok ? await answer.text() : "";
        // An answer to what was typed before the last pause comes too late.
        if (mine === asked && shown.innerHTML !== found) shown.innerHTML = found;
      } catch {
        shown.textContent = "";
      }
    };

    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(check, PAUSE);
    });
    if (field.value !== field.defaultValue) check(); // typed before this file was there
  };

  window.kompasFields("textarea[data-check]", watch);
})();
