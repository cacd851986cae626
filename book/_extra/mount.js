// Shows the widgets of a built page, which has no kernel.
//
// MyST-NB writes what every widget held when its notebook was run into the page's widget-state script, and a widget-view
// script where one is shown. A widget that brings its own JavaScript (anywidget's _esm) comes alive. Of a picture with
// ipywidgets' controls, which a kernel must answer, the picture is shown, and a sentence says how to move the controls.
{
  const scripts = (kind) => [
    ...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-${kind}+json"]`),
  ];
  const states = Object.assign({}, ...scripts("state").map((script) => JSON.parse(script.textContent).state));

  // What several pages share lies in scripts of its own, which book/_ext/live_figures.py writes.
  const text = (value) => (value?.part ? globalThis.explorableParts[value.part] : value);

  // What an explorable is called in the page's address: gate_explorer, and gate_explorer-2 for the second one.
  const counts = new Map();
  function anchorOf(name) {
    if (!name) return undefined;
    const stem = name.split(".").at(-2);
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
    return counts.get(stem) === 1 ? stem : `${stem}-${counts.get(stem)}`;
  }

  // What anywidget promises a widget's JavaScript of its model; there is no kernel to save to.
  class Model {
    listeners = {};

    constructor(state) {
      this.state = state;
      this.anchor = anchorOf(state._anywidget_id);
    }

    get(name) {
      return this.state[name];
    }

    set(name, value) {
      if (this.state[name] === value) return;
      this.state[name] = value;
      for (const callback of this.listeners[`change:${name}`] ?? []) callback();
    }

    on(event, callback) {
      this.listeners[event] = [...(this.listeners[event] ?? []), callback];
    }

    off(event, callback) {
      this.listeners[event] = this.listeners[event]?.filter((other) => other !== callback);
    }

    save_changes() {}
  }

  function once(make) {
    const made = new Map();
    return (key) => made.get(key) ?? made.set(key, make(key)).get(key);
  }

  // By the model's name, so that two views of one widget move together; by the text, so that it is read once.
  const modelOf = once((id) => new Model(states[id].state));
  const moduleOf = once((code) => import(URL.createObjectURL(new Blob([code], { type: "text/javascript" }))));
  const addStyle = once((rules) => document.head.appendChild(element("style", rules)));

  const coming = [];

  const element = (tag, content = "", className = "") =>
    Object.assign(document.createElement(tag), { textContent: content, className });

  // The theme knows "full-width", and folds the contents beside the text while something that wide is on the screen.
  function widen(place) {
    const boxed = place.closest(".admonition, .sd-card");
    if (!boxed && document.querySelector(".bd-sidebar-secondary")) place.classList.add("full-width");
  }

  async function bringToLife(id, place) {
    const model = modelOf(id);
    widen(place.parentElement);
    if (!document.getElementById(model.anchor)) place.id = model.anchor;
    addStyle(text(model.get("_css")) ?? "");
    try {
      const { default: widget } = await moduleOf(text(model.get("_esm")));
      await widget.render({ model, el: place });
    } catch (error) {
      place.append(element("p", `This explorable could not be shown: ${error.message}`));
      console.error(error);
    }
  }

  // Shows a widget and those inside it; returns the controls that were left out.
  function show(id, place) {
    const { model_name: kind, state } = states[id];
    if (state._esm) {
      coming.push(bringToLife(id, place.appendChild(element("div"))));
      return [];
    }
    if (kind === "HTMLModel") {
      place.insertAdjacentHTML("beforeend", state.value);
      return [];
    }
    if (state.children) return state.children.flatMap((child) => show(child.replace("IPY_MODEL_", ""), place));
    return [state.description ? `${state.description} = ${state.value ?? "?"}` : kind.replace("Model", "")];
  }

  for (const script of scripts("view")) {
    const place = element("div", "", "course-widget");
    script.after(place);
    const left = show(JSON.parse(script.textContent).model_id, place);
    if (left.length) {
      const sentence = `Shown for ${left.join(", ")}. To change it, run this notebook in JupyterLab: it needs a kernel.`;
      place.append(element("p", sentence, "course-note"));
    }
  }

  // A link to an explorable: it was not there when the browser looked for it.
  Promise.all(coming).then(() =>
    document.getElementById(location.hash.slice(1))?.querySelector(".rnn-explorable")?.scrollIntoView(),
  );
}
