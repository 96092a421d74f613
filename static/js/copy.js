// «Kopiér …»: what stands in the page already goes to the clipboard. Without this file one marks it and copies it.
(() => {
  if (!navigator.clipboard) return; // over plain HTTP
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 3000);
    });
  });
})();
