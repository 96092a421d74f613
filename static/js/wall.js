// The wall (reflection/wall.html): whatever step the room is taken to is fetched and shown. Where whoever leads
// has opened it, ← and → and the two buttons take everybody along, without leaving the page.
(() => {
  const part = document.querySelector("[data-wall]");
  if (!part || !window.htmx) return;
  document.body.classList.add("kompas-wall-body--live"); // «Opdatér» is for where this file is not run
  const fetchPart = () => htmx.trigger(part, "live");

  part.addEventListener("live:step", fetchPart);

  async function go(form, button) {
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    try {
      await fetch(form.action, { method: "POST", headers: { "HX-Request": "true" }, body });
      fetchPart();
    } catch { /* There is no network; the next key tries again. */ }
  }
  part.addEventListener("submit", (event) => {
    event.preventDefault();
    go(event.target, event.submitter);
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const button = part.querySelector(`[data-key="${event.key}"]`);
    if (!button) return;
    event.preventDefault();
    go(button.form, button);
  });
})();
