// What follows a room (components/live_attributes.html): at the reveal who waits goes to the result; a
// part that is fetched and turns out to be another page leads there; and the room's timer counts down.
(function () {
  "use strict";

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, pathInfo, xhr } = event.detail;
    const asked = new URL(pathInfo.finalRequestPath, location.href);
    const answered = new URL(xhr.responseURL, location.href);
    if (!elt.matches("[sse-connect]") || asked.pathname === answered.pathname) return;
    event.detail.shouldSwap = false;
    location.assign(answered);
  });

  document.addEventListener("htmx:sseOpen", (event) => {
    const result = event.target.dataset.result;
    if (result) event.detail.source.addEventListener("revealed", () => location.assign(result));
  });

  function showTime(timer) {
    const seconds = Math.max(0, Math.ceil((Date.parse(timer.dataset.ends) - Date.now()) / 1000));
    const rest = String(seconds % 60).padStart(2, "0");
    timer.querySelector("[data-timer-left]").textContent = `${Math.floor(seconds / 60)}:${rest}`;
  }

  setInterval(() => document.querySelectorAll("[data-ends]").forEach(showTime), 1000);
})();
