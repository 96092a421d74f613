// What the scripts of the admin's forms add to fields: as soon as the page is read – its pictures may take long –
// and in each row that is added later. The row that others are copied from stays as it is: copies would be dead.
window.kompasFields = (selector, enhance) => {
  const enhanceIn = (place) => {
    for (const field of place.querySelectorAll(selector)) if (!field.closest(".empty-form")) enhance(field);
  };
  document.addEventListener("readystatechange", () => enhanceIn(document), { once: true });
  document.addEventListener("formset:added", ({ target }) => enhanceIn(target));
};
// Django numbers the fields of a new row, and not the help that they are described by.
document.addEventListener("formset:added", ({ target }) => {
  const [number] = target.id.match(/\d+$/);
  for (const field of target.querySelectorAll("[aria-describedby*=__prefix__]")) {
    field.setAttribute("aria-describedby", field.getAttribute("aria-describedby").replaceAll("__prefix__", number));
  }
});
