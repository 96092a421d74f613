// The filtered list of stories, swapped by htmx: [data-filters]. Without this file the list still
// works; here are what a reader would lose in a swap: the open filters, the place in the page, and
// hearing how many stories are left. The addresses are the page's memory, nothing else is kept.
(() => {
  const list = document.querySelector("[data-filters]");
  const status = document.querySelector("[data-filters-status]");
  if (!list || !status) return;
  let wasOpen = false;
  let toTop = false;

  list.addEventListener("htmx:beforeSwap", (event) => {
    wasOpen = list.querySelector("details").open;
    const source = event.detail.requestConfig && event.detail.requestConfig.elt;
    toTop = Boolean(source && source.closest("[data-filters-page]"));
  });
  list.addEventListener("htmx:afterSettle", () => {
    list.querySelector("details").open = wasOpen;
    const title = list.querySelector("#found");
    status.textContent = title.textContent.trim();
    // htmx keeps the focus where the same link is there again; a chip that was removed is not.
    if (toTop || !list.contains(document.activeElement)) title.focus({ preventScroll: !toTop });
    if (toTop) title.scrollIntoView();
  });
})();
