// A file that is too large is refused before it is sent: [data-most-bytes], with the sentence in [data-too-large].
// The browser says it, and lets the form go when another file is chosen; the server refuses it all the same.
document.addEventListener("change", ({ target }) => {
  if (target.type !== "file" || !target.dataset.mostBytes) return;
  const isTooLarge = [...target.files].some((file) => file.size > Number(target.dataset.mostBytes));
  target.setCustomValidity(isTooLarge ? target.dataset.tooLarge : "");
  if (isTooLarge) target.reportValidity();
});
