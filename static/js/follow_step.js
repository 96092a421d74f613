// A phone follows the step that whoever leads has taken the room to (reflection/_following.html). The page holds all of
// them and shows the one; it fetches nothing for it. Whoever wants to see the rest leaves, and comes back by a button.
(() => {
  const part = document.querySelector("[data-follows]");
  if (!part) return;
  const controls = document.querySelector("[data-following]");
  const leave = controls.querySelector("[data-leave]");
  const again = controls.querySelector("[data-again]");
  const voice = document.querySelector("[data-live-status]");
  const inTab = { // the entry of the tab's history: a reload finds it, and nothing is stored
    get: () => history.state?.hasLeft,
    set: (value) => { history.replaceState({ ...history.state, hasLeft: value }, ""); },
  };
  const slides = () => [...part.querySelectorAll("[data-slide]")];
  const number = (slide) => Number(slide.dataset.slide);
  let hasLeft = inTab.get() === "yes";
  let step = 0;

  function show() {
    const here = slides().find((slide) => number(slide) === step);
    const isAlone = Boolean(here) && !hasLeft;
    slides().forEach((slide) => { slide.hidden = isAlone && slide !== here; });
    part.querySelectorAll("[data-here]").forEach((mark) => { mark.hidden = mark.closest("[data-slide]") !== here; });
    part.querySelectorAll("[data-all]").forEach((element) => { element.hidden = isAlone; });
    document.body.classList.toggle("kompas-body--at-step", isAlone);
    leave.hidden = !isAlone;
    again.hidden = !hasLeft || step === 0;
    return here;
  }

  function take(next) {
    const hasMoved = next !== step;
    step = next;
    const elsewhere = part.querySelector(`[data-elsewhere="${step}"]`);
    if (elsewhere && !hasLeft && hasMoved) location.assign(elsewhere.dataset.page);
    const focused = document.activeElement;
    const here = show();
    if (part.contains(focused) && focused.closest("[hidden]")) part.focus({ preventScroll: true });
    if (!here || hasLeft || !hasMoved) return;
    voice.textContent = here.dataset.sayHere;
    if (controls.getBoundingClientRect().top < 0) controls.scrollIntoView();
  }

  const written = () => Number(part.querySelector("[data-room-step]").dataset.roomStep);
  let heard = 0; // steps that events have told of
  let heardBefore = 0; // when the part was asked for: what comes back late may be of an older step
  part.addEventListener("htmx:beforeRequest", () => { heardBefore = heard; });
  part.addEventListener("live:step", ({ detail }) => {
    heard += 1;
    take(detail);
  });
  part.addEventListener("live:shown", () => take(heard === heardBefore ? written() : step));
  const follow = (isFollowing) => {
    hasLeft = !isFollowing;
    inTab.set(hasLeft ? "yes" : "no");
    show();
    (hasLeft ? again : leave).focus();
  };
  leave.addEventListener("click", () => follow(false));
  again.addEventListener("click", () => follow(true));
  take(written());
})();
