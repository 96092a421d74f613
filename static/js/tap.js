// A tap on a scale goes on: to what the page asks next, or where all is answered to the next page. Who passes the
// numbers with the keys of a keyboard stays, and without this file a button leads on. What was tapped is folded,
// so that one's own answer is out of sight while one guesses, and unfolds again by its words.
(() => {
  const form = document.querySelector("form[data-tap]");
  if (!form) return;
  const questions = () => [...form.querySelectorAll("[data-question]")];
  const isAsked = (question) => question.querySelector(".kompas-scale") && !question.querySelector("input:checked");

  form.addEventListener("click", (event) => {
    const option = event.target.closest(".kompas-scale input[type=radio]");
    if (!option || event.detail === 0) return;
    const next = questions().find(isAsked) || form.querySelector("[data-question]:has([name=sureness])");
    if (!next) {
      const button = form.querySelector("button[value=next]");
      setTimeout(() => form.requestSubmit(button)); // after the change of the field
      return;
    }
    option.closest("[data-question]").open = false;
    next.open = true;
    next.querySelector("summary").focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  });
})();
