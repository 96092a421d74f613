// Saves a form while one types: form[data-autosave] with htmx. The form works without this file;
// here are the words of the status line, another try when the network or the server was away, and
// the warning before unsaved text is left. Nothing is kept in the browser's storage.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = document.getElementById("save-status");
  const RETRY = 3000;
  let typed = 0; // how many changes were made, and how many of them the server has
  let sent = 0;
  let saved = 0;
  let timer = null;

  const say = (state, text) => {
    const line = status.querySelector("[data-save-text]");
    if (!line) return;
    line.className = `kompas-save kompas-save--${state}`;
    if (line.textContent !== text) line.textContent = text;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(again, RETRY);
  };
  const again = () => {
    if (typed > saved) htmx.trigger(form, "again");
  };

  form.addEventListener("input", () => { typed += 1; });
  form.addEventListener("htmx:beforeRequest", () => {
    sent = typed;
    say("saving", form.dataset.saving);
  });
  // The server's other answers have words for the status line too: 403 logged out, 409 another
  // window, 422 too long.
  form.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if ([403, 409, 422].includes(xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const code = event.detail.xhr ? event.detail.xhr.status : 0;
    if (code === 200) {
      saved = sent;
    } else if (code !== 409 && code !== 422) { // those would be answered the same again
      if (code !== 403) say("not-saved", form.dataset.unsaved);
      later();
    }
  });
  window.addEventListener("online", again);
  window.addEventListener("focus", again);
  form.addEventListener("submit", () => { saved = typed; });
  window.addEventListener("beforeunload", (event) => {
    if (typed > saved) event.preventDefault();
  });
})();
