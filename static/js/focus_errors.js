// A page that opens with errors opens at their summary, so that a screen reader begins there.
document.querySelector("[data-focus]")?.focus();
