// «Dit ståsted» on a dilemma: one of five places between the poles, before and after reading.
// The second is asked for when the first is chosen: filled in at once they would tell nothing.
// Each is one number in the reader's own browser and is sent nowhere; both can be deleted.
(() => {
  const fieldsets = [...document.querySelectorAll("[data-standpoint]")];
  if (!fieldsets.length) return;
  const compared = document.querySelector("[data-standpoint-compared]");
  const forget = [...document.querySelectorAll("[data-standpoint-forget]")];
  const places = { before: 0, after: 0 };

  const key = (moment) => `kompas-staasted:${fieldsets[0].dataset.standpointOf}:${moment}`;
  const stored = (moment) => {
    try {
      const number = Number(localStorage.getItem(key(moment)));
      return Number.isInteger(number) && number >= 1 && number <= 5 ? number : 0;
    } catch { return 0; }
  };
  const keep = (moment) => {
    try {
      if (places[moment]) localStorage.setItem(key(moment), String(places[moment]));
      else localStorage.removeItem(key(moment));
    } catch { /* Nothing may be kept in this browser; the choice lasts as long as the page. */ }
  };

  const show = () => {
    fieldsets.forEach((fieldset) => {
      fieldset.querySelectorAll("input").forEach((input) => {
        const place = Number(input.value);
        input.checked = place === places[fieldset.dataset.standpoint];
        const wasHere = fieldset.dataset.standpoint === "after" && place === places.before;
        input.parentElement.classList.toggle("kompas-stand__place--before", wasHere);
      });
    });
    fieldsets.forEach((fieldset) => {
      fieldset.hidden = fieldset.dataset.standpoint === "after" && !places.before;
    });
    forget.forEach((button) => { button.hidden = !(places.before || places.after); });
    const words = compared.dataset;
    if (!places.after) compared.textContent = "";
    else if (places.after === places.before) compared.textContent = words.same;
    else compared.textContent = places.after < places.before ? words.movedA : words.movedB;
  };

  fieldsets.forEach((fieldset) => {
    const moment = fieldset.dataset.standpoint;
    places[moment] = stored(moment);
    fieldset.addEventListener("change", (event) => {
      places[moment] = Number(event.target.value);
      keep(moment);
      show();
    });
  });
  forget.forEach((button) => button.addEventListener("click", () => {
    const first = button.closest("fieldset").querySelector("input");
    Object.keys(places).forEach((moment) => {
      places[moment] = 0;
      keep(moment);
    });
    show();
    first.focus();
  }));
  show();
})();
