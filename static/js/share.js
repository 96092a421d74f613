// «Del til dig selv»: the phone's own way to send a link on. Where there is none the button stays hidden.
(() => {
  const button = document.querySelector("[data-share]");
  if (!button || !navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.shareTitle, url: button.dataset.share }).catch(() => {});
  });
})();
