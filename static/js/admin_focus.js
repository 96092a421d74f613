// Where the most important thing in a picture is: a click on it writes the two numbers, which can be typed too.
// A file that is only chosen is shown at once.
window.addEventListener("load", () => {
  const place = document.querySelector("[data-focus]");
  const fields = ["focus_x", "focus_y"].map((name) => document.querySelector(`[name=${name}]`));
  if (!place || fields.includes(null)) return;
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
  document.querySelector("[name=file]").addEventListener("change", async ({ target }) => {
    const image = target.files[0] && (await createImageBitmap(target.files[0]).catch(() => null));
    if (!image) return;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [480, Math.round((480 * image.height) / image.width)];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    place.replaceChildren(canvas);
    show();
  });
  show();
});
