// Saves a form while one types: form[data-autosave] with htmx. The form works without this file;
// here are the words of the status line, another try when the network or the server was away, and
// care that no button, no closed window and no phone that is put away takes unsaved text along.
// Nothing is kept in the browser. What goes wrong is read aloud, «Gemt» only the first time after it.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.htmx) return;
  const status = document.getElementById("save-status");
  const voice = document.querySelector("[data-save-voice]");
  const SOONEST = 3000;
  const LATEST = 30000;
  const TAKEN_IN = [200, 409, 422]; // what can be stored is stored; 409 another window, 422 too long
  let typed = 0; // how many changes were made, how many were sent last, and how many are saved
  let sent = 0;
  let saved = 0;
  let isSending = false;
  let isLeaving = false;
  let pressed = null; // the button that waits until the server has what was typed
  let isCarried = false; // whether the request under way was made for that button
  let wait = SOONEST;
  let timer = null;

  const line = (part) => part.querySelector("[data-save-text]");
  const choices = (part) => [...part.querySelectorAll("a, blockquote")].map((element) => element.textContent).join();
  const say = (className, text) => {
    line(status).className = className;
    if (line(status).textContent !== text) line(status).textContent = text;
  };
  const readAloud = () => {
    const { className } = line(status);
    const isNews = className.includes("--not-saved") || className.includes("--saved") || status.querySelector("[class*=--warning]");
    const { spoken } = line(status).dataset; // without the time, which is another each minute
    const words = (className.includes("--saved") && spoken) || status.innerText.trim();
    if (isNews && voice.textContent !== words) voice.textContent = words;
  };
  line(status).hidden = false; // «Gemmes, mens du skriver» is true only where this file is run
  const fields = (source) => new URLSearchParams(new FormData(source));
  const again = () => {
    if (typed > saved) htmx.trigger(form, "again");
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(again, wait);
    wait = Math.min(wait * 1.5, LATEST);
  };
  const press = () => {
    const button = pressed;
    pressed = null;
    saved = typed;
    if (form.contains(button)) form.requestSubmit(button); // «Gem min tekst» has gone: it is done
  };

  form.addEventListener("input", () => { typed += 1; });
  form.addEventListener("htmx:beforeRequest", () => {
    // Another try is made in silence, and what one may be about to press does not move.
    if (wait === SOONEST && choices(status) === "") say("kompas-save kompas-save--saving", form.dataset.saving);
    sent = typed;
    isSending = true;
    isCarried = true;
  });
  // The server's other answers have words for the status line too; 403 is logged out. What somebody
  // may be about to press, a link or a button, stays where it is while the answer is the same.
  form.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { status: code, responseText } = detail.xhr;
    if (code !== 403 && !TAKEN_IN.includes(code)) return;
    const answered = new DOMParser().parseFromString(responseText, "text/html");
    const isSame = choices(answered) !== "" && choices(answered) === choices(status);
    if (isSame) say(line(answered).className, line(answered).textContent);
    detail.shouldSwap = !isSame;
    detail.isError = false;
  });
  form.addEventListener("htmx:afterSettle", readAloud);
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    isSending = false;
    if (isLeaving) return;
    const code = detail.xhr ? detail.xhr.status : 0;
    if (TAKEN_IN.includes(code)) {
      if (code === 200) saved = sent;
      wait = SOONEST;
      if (pressed && isCarried) press();
      return;
    }
    if (code !== 403) say("kompas-save kompas-save--not-saved", form.dataset.unsaved);
    readAloud();
    if (code === 403 && choices(status) === "") wait = SOONEST; // logged in again: here is the new token
    pressed = null;
    later();
  });
  // A page that the browser cannot fetch would take the text with it, and a save still under way
  // could arrive after the page and be taken for the newer text. So the text goes first.
  form.addEventListener("submit", (event) => {
    isLeaving = typed === saved && !isSending;
    if (isLeaving) return;
    event.preventDefault();
    pressed = event.submitter;
    isCarried = isSending && sent === typed && pressed.name !== "overwrite";
    if (!isCarried) htmx.trigger(form, "again");
  });
  // A phone may end a page that is out of sight: what was typed goes at once, in a request that outlives it.
  const sendOff = async () => {
    if (typed === saved || isLeaving || (isSending && sent === typed)) return;
    const count = typed;
    const isAlone = !isSending; // else an older text may arrive after this one, and it is sent once more
    const headers = { "HX-Request": "true", "HX-Target": "save-status" };
    try {
      const response = await fetch(location.href, { method: "POST", keepalive: true, body: fields(form), headers });
      if (response.status !== 200 || !isAlone || isSending) return;
      saved = count;
      htmx.swap(status, await response.text(), { swapStyle: "innerHTML" });
    } catch { /* There is no network; what is still in the page is sent when it is back. */ }
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? sendOff() : again()));
  window.addEventListener("pagehide", sendOff);
  window.addEventListener("pageshow", () => { isLeaving = false; });
  window.addEventListener("online", again);
  window.addEventListener("focus", again);
  // What was typed before this file came was heard by nobody.
  document.addEventListener("DOMContentLoaded", () => {
    const served = form.cloneNode(true);
    served.reset();
    if (`${fields(form)}` === `${fields(served)}`) return;
    typed += 1;
    again();
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed > saved) event.preventDefault();
  });
})();
