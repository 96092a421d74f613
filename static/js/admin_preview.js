// A button below each Markdown field: the text as the reader will see it, made by the server.
(() => {
  const offer = (field) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button kompas-preview__button";
    const label = document.querySelector(`label[for="${field.id}"]`);
    const name = label ? label.textContent.replace(":", "").trim() : "";
    const say = (words) => { // a form has several of these buttons
      button.textContent = words;
      button.setAttribute("aria-label", `${words}: ${name}`);
    };
    say("Vis, som læseren ser det");
    const shown = document.createElement("div");
    shown.className = "kompas-preview";
    shown.id = `${field.id}-preview`;
    shown.hidden = true;
    shown.tabIndex = -1;
    shown.setAttribute("role", "region");
    shown.setAttribute("aria-label", `Sådan ser læseren: ${name}`);
    button.setAttribute("aria-controls", shown.id);
    button.setAttribute("aria-expanded", "false");
    (field.closest(".flex-container") || field).after(button, shown);

    const show = async () => {
      const sent = new FormData();
      sent.set("text", field.value);
      sent.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
      try {
        const answer = await fetch(field.dataset.preview, { method: "POST", body: sent });
        if (!answer.ok) throw new Error(answer.status);
        shown.innerHTML = await answer.text();
      } catch {
        shown.textContent = "Teksten kan ikke vises lige nu. Den står stadig i feltet.";
      }
    };

    button.addEventListener("click", async () => {
      const opens = shown.hidden;
      if (opens) await show();
      shown.hidden = !opens;
      button.setAttribute("aria-expanded", String(opens));
      say(opens ? "Luk visningen" : "Vis, som læseren ser det");
      if (opens) shown.focus();
    });
  };

  window.kompasFields("textarea[data-preview]", offer);
})();
