// What follows a room (components/live_attributes.html). The part is fetched when the room has changed, and
// only what differs is put into the page: focus, open details, the place in the page and typed words stay.
// Tabs of one browser share one stream (browsers open six connections to a site), and a hidden tab follows
// nothing; whoever hears no event asks every half minute. The clock is the server's, not the phone's.
(() => {
  const part = document.querySelector("[data-live]");
  if (!part || !window.htmx) return;
  const { live: address, counts, result } = part.dataset;
  const voice = document.querySelector("[data-live-status]");
  const EVENTS = ["changed", "revealed", "counted", "step"]; // reflection/live/notifications.py
  document.querySelectorAll("[data-follows-itself]").forEach((element) => { element.hidden = false; }); // true only here
  const BY_STEP = "[data-slide], [data-here], [data-all]"; // what follow_step.js shows and hides
  const FETCH = 30000;
  const SOON = 1000;
  const LATEST = 60000;
  const HEADER_LAGS = 2000; // at most: it has whole seconds, and is made once a second

  // --- Put what differs into the page ---------------------------------------------------------------

  const texts = new Map(); // of nodes, during one update: an element as the server wrote it
  const written = (node) => {
    if (!texts.has(node)) {
      const copy = node.cloneNode(true);
      [copy, ...copy.querySelectorAll("details")].forEach((element) => element.removeAttribute("open"));
      [copy, ...copy.querySelectorAll(BY_STEP)].filter((element) => element.matches(BY_STEP)).forEach((element) => element.removeAttribute("hidden"));
      texts.set(node, copy.outerHTML);
    }
    return texts.get(node);
  };
  const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;
  const isSpace = (node) => node && node.nodeType === Node.TEXT_NODE && !node.data.trim();
  const isSame = (first, second) => isElement(first) && isElement(second) && written(first) === written(second);
  const find = (node, wanted) => {
    let found = node;
    while (found && !isSame(found, wanted)) found = found.nextSibling;
    return found;
  };
  const remove = (node) => {
    const following = node.nextSibling;
    node.remove();
    return following;
  };

  function become(element, wanted) {
    if (!isElement(wanted)) {
      if (element.data !== wanted.data) element.data = wanted.data;
      return;
    }
    for (const { name } of [...element.attributes]) {
      if (name !== "open" && !wanted.hasAttribute(name)) element.removeAttribute(name);
    }
    for (const { name, value } of [...wanted.attributes]) {
      if (element.getAttribute(name) !== value) element.setAttribute(name, value);
    }
    update(element, wanted);
  }

  function update(parent, wanted) {
    let here = parent.firstChild;
    for (const node of [...wanted.childNodes]) {
      while (isElement(node) && isSpace(here)) here = here.nextSibling;
      const same = find(here, node);
      if (same) {
        while (here !== same) here = remove(here);
        here = same.nextSibling;
      } else if (here && here.nodeName === node.nodeName && here.id === node.id && !find(node, here)) {
        const following = here.nextSibling;
        become(here, node);
        here = following;
      } else {
        parent.insertBefore(node, here);
      }
    }
    while (here) here = remove(here);
  }

  // --- Say what has changed, and nothing else -------------------------------------------------------

  const sentences = () => [...part.querySelectorAll("[data-say], [data-say-changed]")].map((element) => (
    [element.dataset.say || element.dataset.sayChanged, element.dataset.say || written(element)]
  ));

  function show(fragment) {
    texts.clear();
    const before = new Set(sentences().map(([, content]) => content));
    const token = document.querySelector("[name=csrfmiddlewaretoken]"); // each rendering writes it anew
    fragment.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => {
      if (token) field.setAttribute("value", token.getAttribute("value")); // the first form of the page keeps its own
    });
    const focused = document.activeElement;
    update(part, fragment);
    if (!focused.isConnected) part.focus({ preventScroll: true });
    texts.clear();
    const news = sentences().filter(([, content]) => !before.has(content)).map(([sentence]) => sentence);
    if (news.length) voice.textContent = news.join(" ");
    showTime();
    part.dispatchEvent(new CustomEvent("live:shown"));
  }

  htmx.defineExtension("live", {
    handleSwap(style, _target, fragment) {
      if (style === "live") show(fragment);
      return style === "live" ? [] : false;
    },
  });

  // A part that turns out to be another page leads there.
  part.addEventListener("htmx:beforeSwap", (event) => {
    const { pathInfo, xhr } = event.detail;
    const asked = new URL(pathInfo.finalRequestPath, location.href);
    const answered = new URL(xhr.responseURL, location.href);
    if (asked.pathname === answered.pathname) return;
    event.detail.shouldSwap = false;
    location.assign(answered);
  });

  // --- The clock ------------------------------------------------------------------------------------

  let ahead = null; // milliseconds that the server's clock is ahead of this one
  part.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    const now = Date.parse(detail.xhr.getResponseHeader("Date"));
    if (now) ahead = now + HEADER_LAGS - Date.now();
  });
  function showTime() {
    if (ahead === null) return;
    document.querySelectorAll("[data-ends]").forEach((timer) => {
      const seconds = Math.max(0, Math.ceil((Date.parse(timer.dataset.ends) - Date.now() - ahead) / 1000));
      const rest = String(seconds % 60).padStart(2, "0");
      timer.querySelector("[data-timer-left]").textContent = `${Math.floor(seconds / 60)}:${rest}`;
    });
  }
  setInterval(showTime, 1000);

  // --- Follow the room ------------------------------------------------------------------------------

  const tabs = new BroadcastChannel(address);
  let unfollow = null; // ends what `follow` began
  let catchUp = null;

  const fetchPart = () => {
    clearTimeout(catchUp);
    htmx.trigger(part, "live");
  };
  const hear = ({ kind, step }) => {
    if (!unfollow) return;
    if (kind === "step") part.dispatchEvent(new CustomEvent("live:step", { detail: step }));
    else if (kind === "revealed" && result) location.assign(result);
    else if (kind !== "counted" || counts !== undefined) fetchPart();
  };
  tabs.addEventListener("message", ({ data }) => hear(data));

  function openStream(signal) {
    let source;
    let wait = SOON;
    const open = () => {
      if (signal.aborted) return;
      source = new EventSource(address);
      source.addEventListener("open", () => { wait = SOON; });
      source.addEventListener("error", () => { // refused: the browser does not come back by itself
        if (source.readyState !== EventSource.CLOSED) return;
        setTimeout(open, wait);
        wait = Math.min(wait * 2, LATEST);
      });
      EVENTS.forEach((kind) => source.addEventListener(kind, ({ data }) => {
        const heard = { kind, step: Number(data) };
        hear(heard);
        tabs.postMessage(heard);
      }));
    };
    signal.addEventListener("abort", () => source.close());
    open();
  }

  function follow() {
    if (unfollow) return;
    const end = new AbortController();
    const { signal } = end;
    unfollow = () => {
      clearTimeout(catchUp);
      unfollow = null;
      end.abort();
    };
    catchUp = setTimeout(fetchPart, SOON); // another tab's stream says nothing when one begins to listen
    if (!navigator.locks) openStream(signal); // over plain HTTP
    else {
      const whileShown = () => new Promise((done) => {
        signal.addEventListener("abort", done);
        openStream(signal);
      });
      navigator.locks.request(address, { signal }, whileShown).catch(() => {});
    }
  }

  const followWhileShown = () => {
    if (!document.hidden) follow();
    else if (unfollow) unfollow();
  };
  document.addEventListener("visibilitychange", followWhileShown);
  window.addEventListener("pagehide", () => { if (unfollow) unfollow(); });
  window.addEventListener("pageshow", followWhileShown);
  setInterval(() => { if (unfollow) fetchPart(); }, FETCH);
})();
