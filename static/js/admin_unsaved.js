// Keeps what stands in the admin's form on the server while one types: #unsaved-status says where.
// Nothing is saved as content, and the form works without this file.
document.addEventListener("DOMContentLoaded", () => {
  const status = document.getElementById("unsaved-status");
  if (!status) return;
  const form = status.closest("form");
  const EVERY = 3000;
  const LEFT_OUT = ["csrfmiddlewaretoken", "seen", "overwrite"];
  let sent = null; // what the server has
  let isSending = false;
  let isOver = false; // the form goes off, or another window has finished it
  let pressed = null; // the button that waits until the server answers

  const say = (name) => {
    const text = status.dataset[name];
    if (status.textContent !== text) status.textContent = text;
    status.className = name;
  };
  const words = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
    return new URLSearchParams(data);
  };
  const content = (data) => {
    const kept = new URLSearchParams(data);
    for (const name of LEFT_OUT) kept.delete(name);
    return kept.toString();
  };
  const post = (data, options) => fetch(status.dataset.url, {
    method: "POST", body: data, redirect: "manual", credentials: "same-origin", ...options
  });
  // Somebody who logs in again in another window gets a new token, and this page needs it too.
  const renew = async () => {
    const answer = await fetch(status.dataset.url, { redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect" || !answer.ok) return false;
    const { token } = await answer.json();
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    return true;
  };
  const send = async (isSecondTry = false) => {
    const data = words();
    const now = content(data);
    const answer = await post(data);
    if (answer.ok) {
      sent = now;
      say("kept");
      return true;
    }
    if (answer.status === 409) {
      isOver = true;
      say("late");
      return true;
    }
    if (answer.type === "opaqueredirect") {
      say("out");
      return false;
    }
    if (answer.status === 403 && !isSecondTry && (await renew())) return send(true);
    say(answer.status === 403 ? "out" : "away");
    return false;
  };
  const keep = async () => {
    if (isSending || isOver || content(words()) === sent) return true;
    isSending = true;
    try {
      return await send();
    } catch {
      say("away");
      return false;
    } finally {
      isSending = false;
    }
  };

  window.addEventListener("load", () => {
    sent = content(words());
    setInterval(keep, EVERY);
  });
  // A page that the server cannot take in would take the text with it, so the text goes first.
  form.addEventListener("submit", async (event) => {
    if (pressed || sent === null || content(words()) === sent) {
      isOver = true;
      return;
    }
    event.preventDefault();
    pressed = event.submitter;
    if (await keep()) {
      isOver = true;
      form.requestSubmit(pressed);
    }
    pressed = null;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) isOver = false;
  });
  window.addEventListener("pagehide", () => {
    const data = words();
    if (!isOver && sent !== null && content(data) !== sent) post(data, { keepalive: true });
  });
});
