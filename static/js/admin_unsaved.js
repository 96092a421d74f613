// Keeps what stands in the admin's form on the server while one types: #unsaved-status says where.
// Nothing is saved as content, and the form works without this file.
//
// A button that is pressed waits until the server has what was typed, also while the network or the
// login is away, and is then pressed again. A form that goes off takes no more letters: they would
// fall between it and the next page.
//
// Who writes or presses before the whole page is there – it may be long, and the network slow – is heard too.
// A form that went off then would be half a form, and what it lacks would be emptied.
(() => {
  let early = null; // what was pressed, and in which form
  document.addEventListener("submit", (event) => {
    if (document.readyState !== "loading") return;
    event.preventDefault();
    early = { form: event.target, button: event.submitter };
  });

  const watch = (status) => {
    const form = status.closest("form");
    const EVERY = 3000;
    const TELLS_EVERY = 30000;
    const LONGEST = 30000; // a page that has not come by then is waited for no longer
    const MOST_SENT_AT_THE_END = 60000; // a browser sends no more of a page that is being left
    const LEFT_OUT = ["csrfmiddlewaretoken", "unsaved_token", "seen", "overwrite"];
    let queue = Promise.resolve();
    let busy = 0; // how many keepings are under way or wait for their turn
    let waiting = null; // the button that was pressed and waits
    let isAway = false;
    let isGoing = false;
    let keptAs = "kept";

    const say = (name) => {
      const text = status.dataset[name] + (waiting && name !== keptAs ? ` ${status.dataset.waiting}` : "");
      if (status.textContent !== text) status.textContent = text;
      status.className = name;
    };
    const words = (of = form) => {
      const data = new FormData(of);
      for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
      return new URLSearchParams(data);
    };
    const content = (data) => {
      const kept = new URLSearchParams(data);
      for (const name of LEFT_OUT) kept.delete(name);
      return kept.toString();
    };
    const served = () => {
      const copy = form.cloneNode(true);
      copy.reset();
      return content(words(copy));
    };
    let sent = served(); // what the server has
    const isUnsent = () => content(words()) !== sent;
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
        say(keptAs);
        return true;
      }
      if (answer.status === 409 && !isSecondTry) {
        // What this window was called is saved or thrown away elsewhere: what is typed here goes on under a new name.
        form.elements.unsaved_token.value = (await answer.json()).token;
        keptAs = "late";
        return send(true);
      }
      if (answer.status === 403 && !isSecondTry && (await renew())) return send(true);
      say(answer.type === "opaqueredirect" || answer.status === 403 ? "out" : "away");
      return false;
    };
    const isOpen = async () => {
      const isIn = await renew();
      if (!isIn) say("out");
      return isIn;
    };
    const tryToSend = async () => {
      try {
        return await (isUnsent() ? send() : isOpen());
      } catch {
        say("away");
        return false;
      }
    };
    // One at a time, or what is older could come last.
    const keep = () => {
      busy += 1;
      queue = queue.then(tryToSend).finally(() => { busy -= 1; });
      queue.then((isKept) => {
        isAway = !isKept;
        if (isKept && waiting && !busy) press();
      });
    };
    const press = () => {
      const { button } = waiting;
      waiting = null;
      isGoing = true;
      // A browser ignores a form that is sent while it still decides about the last press.
      setTimeout(() => form.inert || form.requestSubmit(button?.isConnected ? button : null));
    };
    const stay = () => {
      isGoing = false;
      form.inert = false;
    };

    form.addEventListener("stay", stay); // admin_uploads.js: the server did not take it
    setInterval(() => { if (!isGoing && !busy && (waiting || isUnsent())) keep(); }, EVERY);
    // A page that the server cannot take in would take the text with it, and the files that were chosen: so
    // the text goes first, or the question whether one is still let in.
    form.addEventListener("submit", (event) => {
      if (event.submitter?.formTarget === "_blank") return; // this page stays
      if (isGoing) {
        isGoing = true;
        form.inert = true;
        setTimeout(stay, LONGEST);
        return;
      }
      event.preventDefault();
      const isFirst = !waiting;
      waiting = { button: event.submitter };
      if (isFirst || isAway) keep();
    });
    // Colleagues see that this page is open, and whoever opened it sees them.
    const beside = document.getElementById("open-beside");
    const tell = async () => {
      const data = new URLSearchParams({ is_open: "1" });
      for (const name of ["csrfmiddlewaretoken", "unsaved_token"]) data.set(name, form.elements[name].value);
      try {
        const answer = await post(data);
        const names = answer.ok ? (await answer.json()).beside.join(", ") : "";
        const text = names && `${names} ${beside.dataset.says}`;
        if (beside.textContent.trim() !== text) beside.textContent = text;
      } catch {
        // told the next time
      }
    };
    if (beside) {
      tell();
      setInterval(() => { if (!isGoing && !document.hidden) tell(); }, TELLS_EVERY);
    }
    window.addEventListener("keydown", (event) => {
      const button = form.querySelector("[name=_continue]") || form.querySelector("[name=_save]");
      if (!button || event.key !== "s" || event.altKey || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.requestSubmit(button);
    });
    window.addEventListener("focus", () => isAway && !busy && keep()); // back from the window where one logged in
    window.addEventListener("keydown", (event) => event.key === "Escape" && isGoing && stay());
    window.addEventListener("pageshow", (event) => event.persisted && stay());
    window.addEventListener("beforeunload", (event) => {
      if (!isGoing && isUnsent() && (isAway || String(words()).length > MOST_SENT_AT_THE_END)) event.preventDefault();
    });
    // Also of a form that goes: whoever leaves at that moment stops it. What came whole is not taken again.
    window.addEventListener("pagehide", () => {
      if (isUnsent()) post(words(), { keepalive: true });
    });
  };

  document.addEventListener("readystatechange", () => {
    const status = document.getElementById("unsaved-status");
    if (status) watch(status);
    early?.form.requestSubmit(early.button);
  }, { once: true });
})();
