// The admin's fields with search are drawn by a library that leaves their inner field without a name.
// Here it gets the words of the field's own label, and what is chosen is no longer a broken list.
(() => {
  const name = (select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const drawn = select.parentElement.querySelector(".select2-container");
    if (!label || !drawn) return;
    for (const field of drawn.querySelectorAll(".select2-search__field")) {
      field.setAttribute("aria-label", label.textContent.replace(":", "").trim());
    }
    for (const list of drawn.querySelectorAll("ul")) list.setAttribute("role", "presentation");
  };

  window.addEventListener("load", () => {
    document.querySelectorAll("select.admin-autocomplete").forEach(name);
  });
})();
