// A sheet of questions: tells the kernel what was chosen, and shows what the kernel says of it.

function render({ model, el }) {
  el.innerHTML = model.get("html");
  const said = el.appendChild(document.createElement("p"));
  said.setAttribute("role", "status");

  function show() {
    said.textContent = model.get("said");
    const chosen = model.get("chosen");
    for (const form of el.querySelectorAll("form")) {
      for (const field of form.elements.answer) field.checked = field.value === chosen[form.dataset.question];
    }
  }

  function choose(key, letter) {
    const { [key]: _, ...others } = model.get("chosen");
    model.set("chosen", letter ? { ...others, [key]: letter } : others);
    model.save_changes();
  }

  el.addEventListener("input", ({ target }) => choose(target.form.dataset.question, target.value));
  el.addEventListener("reset", ({ target }) => choose(target.dataset.question, ""));
  model.on("change:said", show);
  show();
  return () => model.off("change:said", show);
}

export default { render };
