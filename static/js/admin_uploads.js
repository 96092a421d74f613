// Files that editors send. What is too large is refused before it is sent ([data-most-bytes], the sentence in
// [data-too-large]), and a form with a file is sent with its progress shown. What is wrong is said in the form, so
// that no file must be chosen anew. Without this file the form goes as every form does.

// A picture that is only chosen, as wide as the canvas is; whether it was one.
window.kompasDraw = async (canvas, file) => {
  const image = file && (await createImageBitmap(file).catch(() => null));
  if (!image) return false;
  canvas.height = Math.round((canvas.width * image.height) / image.width);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.hidden = false;
  return true;
};

window.kompasUpload = (() => {
  document.addEventListener("change", ({ target }) => {
    if (target.type !== "file" || !target.dataset.mostBytes) return;
    const isTooLarge = [...target.files].some((file) => file.size > Number(target.dataset.mostBytes));
    target.setCustomValidity(isTooLarge ? target.dataset.tooLarge : "");
    if (isTooLarge) target.reportValidity();
  });

  // The answer as a page; or where it leads, when all is done.
  const send = (address, data, progress, signal) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "document";
    request.setRequestHeader("X-Progress", "1");
    request.upload.onprogress = ({ loaded, total }) => { progress.value = loaded / total; };
    request.onload = () => resolve({
      status: request.status, leadsTo: request.getResponseHeader("X-Leads-To"), page: request.response
    });
    request.onerror = request.onabort = reject;
    signal?.addEventListener("abort", () => request.abort());
    progress.hidden = false;
    request.send(data);
  });
  const filesOf = (form) => [...form.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files]);
  const rowOf = (form, list) => {
    const name = list.closest(".form-row")?.querySelector("[name]")?.name;
    return (name && form.elements[name]?.closest?.(".form-row")) || form.querySelector(":scope > div");
  };
  const show = (form, page) => {
    for (const old of form.querySelectorAll(".errorlist")) old.remove();
    const lists = [...page.querySelectorAll(".errorlist")];
    for (const list of lists) rowOf(form, list).prepend(document.adoptNode(list));
    lists[0]?.closest("div").scrollIntoView({ block: "center" });
    return lists.length > 0;
  };

  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    const words = document.getElementById("upload-words");
    if (event.defaultPrevented || !words?.content || submitter?.formTarget === "_blank" || !filesOf(form).length) return;
    event.preventDefault();
    const shown = words.content.firstElementChild.cloneNode(true);
    const stop = new AbortController();
    shown.querySelector("button").addEventListener("click", () => stop.abort());
    shown.addEventListener("cancel", () => stop.abort());
    document.body.append(shown);
    const isTooMuch = filesOf(form).reduce((bytes, file) => bytes + file.size, 0) > Number(shown.dataset.mostBytes);
    setTimeout(() => shown.isConnected && shown.showModal(), 400);
    try {
      if (isTooMuch) throw new RangeError();
      const answer = await send(form.action, new FormData(form, submitter), shown.querySelector("progress"), stop.signal);
      if (answer.leadsTo) {
        location.assign(answer.leadsTo);
        return;
      }
      if (answer.status !== 200 || !show(form, answer.page)) { // the page itself says what is the matter
        if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
        form.submit();
      }
    } catch {
      const said = document.getElementById("unsaved-status");
      if (said) said.textContent = shown.dataset[isTooMuch ? "tooMuch" : stop.signal.aborted ? "stopped" : "away"];
    }
    shown.remove();
    form.dispatchEvent(new Event("stay"));
    (form.querySelector(".form-row:has(.errorlist) [name]") || submitter)?.focus();
  });

  // Several at once, each in a new row of its own; [data-many] says what the field for them is called.
  window.kompasFields(".inline-group", (group) => {
    const model = group.querySelector(".empty-form input[type=file][data-many]");
    if (!model) return;
    const many = Object.assign(document.createElement("input"), { type: "file", multiple: true, accept: model.accept });
    const label = document.createElement("label");
    const addRow = (file) => {
      group.querySelector(".add-row a").click();
      const row = [...group.querySelectorAll(".inline-related:not(.empty-form)")].at(-1);
      const one = new DataTransfer();
      one.items.add(file);
      row.querySelector("input[type=file]").files = one.files;
      row.querySelector("[name$=-title]").value = file.name.replace(/\.[^.]+$/, "").replace(/[-_]+/g, " ");
      for (const field of row.querySelectorAll("input[type=file], [name$=-title]")) {
        for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
      }
      return row;
    };
    many.addEventListener("change", () => {
      const [first] = [...many.files].map(addRow);
      many.value = "";
      first?.querySelector("[name$=-title]").focus();
    });
    label.className = "kompas-many";
    label.append(`${model.dataset.many} `, many);
    group.append(label);
  });
  return send;
})();
