// Where the most important thing in a picture is: a click on it writes the two numbers, which can be typed too.
// A file that is only chosen is shown at once.
window.kompasFields("[data-focus]", (place) => {
  const fields = ["focus_x", "focus_y"].map((name) => document.querySelector(`[name=${name}]`));
  if (fields.includes(null)) return;
  const point = document.createElement("span");
  point.className = "kompas-focus__point";
  const show = () => {
    if (place.querySelector("img, canvas")) place.append(point);
    [point.style.left, point.style.top] = fields.map((field) => `${field.value}%`);
  };
  place.addEventListener("click", ({ target, clientX, clientY }) => {
    if (!target.matches("img, canvas")) return;
    const { left, top, width, height } = target.getBoundingClientRect();
    fields[0].value = Math.round((100 * (clientX - left)) / width);
    fields[1].value = Math.round((100 * (clientY - top)) / height);
    for (const field of fields) field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const field of fields) field.addEventListener("input", show);
  const file = document.querySelector("[name=file]");
  const draw = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 480 });
    if (await window.kompasDraw(canvas, file.files[0])) place.replaceChildren(canvas);
    show();
  };
  file.addEventListener("change", draw);
  draw(); // it may have been chosen before this file was there
});
