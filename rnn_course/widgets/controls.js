// The page of an explorable: the view that follows the model, native controls, tables, and how a page is laid out.
// An explorable exports `default { render({ model, el }) }` and asks nothing of its host but
// model.get, model.set, model.save_changes, model.on("change:NAME") and model.off.

import { copyLink, followAddress } from "./address.js";
import { html, sample, typeset, untypeset } from "./charts.js";
import { pinning } from "./pins.js";
import { dockControls, holdTexts, knowTheWindow } from "./screen.js";

// ---- The view: one copy of an explorable on the page -------------------------------------------------------------

/** Holds the root element, follows the model, redraws at most once a frame and speaks to screen readers. */
export class View {
  constructor({ model, el }, title) {
    Object.assign(this, { model, title });
    // Several copies may come from several copies of this module, so that a counter would not be unique.
    this.id = `rnn-${Math.random().toString(36).slice(2)}`;
    this.count = 0;
    this.cleanups = [];
    this.resets = []; // what puts back what is in no trait
    this.charts = []; // those over time, which can keep a pinned setting's lines
    this.sliders = []; // what shows each slider where it stands
    this.controls = {}; // how the control of each trait calls it and its value
    this.frame = null;
    this.speech = html("p", { class: "rnn-spoken", role: "status", "aria-live": "polite" });
    this.root = html("section", { class: "rnn-explorable", "aria-label": title });
    el.append(this.root);
    this.cleanups.push(() => this.root.remove());
  }

  newId() {
    this.count += 1;
    return `${this.id}-${this.count}`;
  }

  get(name) {
    return this.model.get(name);
  }

  /** Where several traits stand, { name: value }. */
  read(names) {
    return Object.fromEntries(names.map((name) => [name, this.get(name)]));
  }

  /** Says of a trait its `label`, `text(value)`, what a value is called, and `takes(value)`, whether it can stand there:
   * for the address of the page, and for comparing two settings. The controls below do so for theirs. */
  describe(name, words) {
    this.controls[name] = words;
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  /** Calls `show` with the trait's value, now and whenever it changes. */
  follow(name, show) {
    const changed = () => show(this.get(name));
    this.model.on(`change:${name}`, changed);
    this.cleanups.push(() => this.model.off(`change:${name}`, changed));
    changed();
  }

  /** Calls `draw` once, and again in the frame after any control has changed. */
  drawWith(draw) {
    this.draw = draw;
    for (const name of Object.keys(this.get("initial"))) this.follow(name, () => this.redraw());
    this.cleanups.push(() => cancelAnimationFrame(this.frame));
    draw();
  }

  /** Draws again in the next frame, once, however often it is asked to: for what changes without a control. */
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  /** Shows the sliders anew, where their ends depend on what is in no trait. */
  showSliders() {
    for (const show of this.sliders) show();
  }

  reset() {
    this.set(this.get("initial"));
    for (const reset of this.resets) reset();
  }

  /** Says a sentence once the controls have rested, so that a moving slider is not read at every step. */
  say(text) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      this.speech.textContent = text;
    }, 500);
  }

  close() {
    clearTimeout(this.saying);
    for (const cleanup of this.cleanups) cleanup();
  }
}

// ---- Controls: native elements, each bound to one trait ----------------------------------------------------------

// JupyterLab would otherwise take arrows and letters for its own commands; it looks at the focused element alone.
export const native = (tag, attributes, ...children) =>
  html(tag, { "data-lm-suppress-shortcuts": "true", ...attributes }, ...children);

const labelled = (id, label) => html("label", { for: id }, ...typeset(label));

/** A label may hold formulas between dollar signs, as all texts of controls may.
 * `min`, `max` and `step` are numbers or functions that return them, and `max` may be the name of the trait that holds
 * it; a value beyond it stands at the end. Without them the ends are those that the trait has in Python.
 * A slider for a part of a trait has `read`, which finds the value, `write`, which returns the traits to set for a
 * value, and `follows`, the traits on which the value depends. */
export function slider(view, name, options) {
  const [least, most] = view.get("ranges")[name] ?? [];
  const { label, min = least, max = most, step = 1, text = String, follows = [name] } = options;
  const bound = (value) => (typeof value === "function" ? value() : value);
  const { read = () => view.get(name), write = (value) => ({ [name]: value }) } = options;
  const id = view.newId();
  const input = native("input", { type: "range", id });
  const output = html("output", { for: id, "aria-live": "off" });
  const named = typeof max === "string";
  const ends = () => [bound(min), named ? view.get(max) : bound(max)];
  view.controls[name] ??= options.write
    ? wordsOfPlaces({ name, label, text, write, ends, step: () => bound(step) })
    : { label, text, takes: (value) => typeof value === "number" && value >= ends()[0] && value <= ends()[1] };
  const show = () => {
    [input.min, input.max, input.step] = [...ends(), bound(step)];
    input.disabled = Number(input.max) <= Number(input.min); // one place only: nothing to move
    const value = Math.min(read(), input.max);
    input.value = value;
    output.textContent = text(value);
    input.setAttribute("aria-valuetext", text(value));
  };
  input.addEventListener("input", () => view.set(write(Number(input.value))));
  for (const trait of named ? [...follows, max] : follows) view.follow(trait, show);
  view.sliders.push(show);
  return html("div", { class: "rnn-control rnn-slider" }, labelled(id, label), output, input);
}

/** What View.describe says of a slider whose places stand for values: the value is one that a place writes. */
function wordsOfPlaces({ name, label, text, write, ends, step }) {
  const placeOf = (value) => {
    const [[least, most], grain, wanted] = [ends(), step(), JSON.stringify(value)];
    const places = Array.from({ length: Math.floor((most - least) / grain + 1e-9) + 1 }, (_, k) => least + k * grain);
    return places.find((place) => JSON.stringify(write(place)[name]) === wanted);
  };
  const called = (value) => (placeOf(value) === undefined ? JSON.stringify(value) : text(placeOf(value)));
  return { label, text: called, takes: (value) => placeOf(value) !== undefined };
}

/** `options` is a list of [value, text]; `also` returns other traits that are set along with a chosen value. */
export function select(view, name, { label, options, also = () => ({}) }) {
  const id = view.newId();
  const input = native(
    "select",
    { id },
    ...options.map(([, text], k) => html("option", { value: k }, untypeset(text))),
  );
  input.addEventListener("change", () => {
    const value = options[input.value][0];
    view.set({ [name]: value, ...also(value) });
  });
  const placeOf = (value) => options.findIndex(([option]) => option === value);
  view.controls[name] ??= {
    label,
    text: (value) => untypeset(options[placeOf(value)]?.[1] ?? String(value)),
    takes: (value) => placeOf(value) >= 0,
  };
  view.follow(name, (value) => {
    input.value = placeOf(value);
  });
  return html("div", { class: "rnn-control" }, labelled(id, label), input);
}

export function checkbox(view, name, { label }) {
  const id = view.newId();
  const input = native("input", { type: "checkbox", id });
  input.addEventListener("change", () => view.set({ [name]: input.checked }));
  view.controls[name] ??= {
    label,
    text: (value) => (value ? "yes" : "no"),
    takes: (value) => typeof value === "boolean",
  };
  view.follow(name, (value) => {
    input.checked = value;
  });
  return html("div", { class: "rnn-control rnn-check" }, input, labelled(id, label));
}

export function button(text, action) {
  const element = native("button", { type: "button" }, ...typeset(text));
  element.addEventListener("click", action);
  return element;
}

/** The options of a select that chooses one of so many. */
export const numbered = (count, text = String) => Array.from({ length: count }, (_, k) => [k, text(k)]);

/** Previous and next, after what `before` shows; arrow keys on any button among them move too, by −1 or 1. */
export function walkButtons(label, move, ...before) {
  const buttons = [button("‹ Previous", () => move(-1)), button("Next ›", () => move(1))];
  const nav = html("div", { class: "rnn-walk", role: "group", "aria-label": label }, ...before, ...buttons);
  nav.addEventListener("keydown", ({ key, target }) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (way && target.matches("button")) move(way);
  });
  return nav;
}

export const group = (legend, ...controls) => html("fieldset", {}, html("legend", {}, ...typeset(legend)), ...controls);

/** What few readers need, folded until it is asked for. */
export const fold = (summary, ...parts) =>
  html(
    "details",
    { class: "rnn-more" },
    native("summary", {}, ...typeset(summary)),
    html("div", { class: "rnn-folded" }, ...parts),
  );

export const more = (...controls) => fold("More", ...controls);

/** Buttons that each set a state of the explorable and say what to look for in it. `tries` is a list of
 * { label, look, set, after }: `set` holds the traits that differ from the opening state; it and `look` may be functions
 * that return them; `after` puts back what is in no trait. */
export function tryButtons(view, tries) {
  const look = html("p", { class: "rnn-look" });
  const traitsOf = ({ set }) => ({ ...view.get("initial"), ...(typeof set === "function" ? set() : set) });
  const buttons = tries.map((one, k) =>
    button(one.label, () => {
      view.set(traitsOf(one));
      one.after?.();
      const sentence = typeof one.look === "function" ? one.look() : one.look;
      look.replaceChildren(...typeset(sentence));
      view.say(untypeset(sentence));
      for (const [other, element] of buttons.entries()) element.setAttribute("aria-pressed", other === k);
    }),
  );
  const clear = () => {
    look.replaceChildren();
    for (const one of buttons) one.setAttribute("aria-pressed", "false");
  };
  clear();
  view.resets.push(clear);
  return group("Try", html("div", { class: "rnn-trying" }, html("div", { class: "rnn-tries" }, ...buttons), look));
}

/** Selects, side by side as far as there is room. */
export const inRow = (...selects) => html("div", { class: "rnn-selects" }, ...selects);

/** Keeps what was made until its key changes. */
export function remember(make) {
  let key, value;
  return (newKey) => {
    if (newKey !== key) [key, value] = [newKey, make()];
    return value;
  };
}

// ---- Tables and legends ------------------------------------------------------------------------------------------

/** A row of a table: its name, which may come with a sample of its line, and its cells, as texts or elements. */
export function rowOf(name, cells, attributes = {}) {
  const head = html("th", { scope: "row" }, ...[name].flat());
  return html("tr", attributes, head, ...cells.map((cell) => (cell instanceof Node ? cell : html("td", {}, cell))));
}

/** A table with a column for each of `heads`, texts or elements; an empty text stands above the names of the rows. */
export function tableOf(caption, heads, ...bodies) {
  const headOf = (head) => (head === "" ? html("td") : html("th", { scope: "col" }, head));
  const head = heads.map((text) => (text instanceof Node ? text : headOf(text)));
  return html("table", {}, caption, ...(heads.length ? [html("thead", {}, html("tr", {}, ...head))] : []), ...bodies);
}

/** What a line of a chart stands for: a sample of it and its name. */
export const keyTo = (line, ...name) => html("span", {}, sample(line), ...name);

export const legend = (...entries) => html("p", { class: "rnn-legend" }, ...entries);

export function fillCells(cells, texts) {
  for (const [k, text] of texts.entries()) cells[k].textContent = text;
}

/** So many paragraphs, filled with the sentences that `say` gets; they may hold formulas between dollar signs. */
export function sentences(kind, count) {
  const lines = Array.from({ length: count }, () => html("p"));
  const root = html("div", { class: `rnn-said ${kind}` }, ...lines);
  const say = (texts) => {
    for (const [k, line] of lines.entries()) {
      if (line.hidden === Boolean(texts[k])) root.style.minHeight = ""; // the room held was for other sentences
      line.replaceChildren(...typeset(texts[k] ?? ""));
      line.hidden = !texts[k];
    }
  };
  return { root, say };
}

// ---- The page ----------------------------------------------------------------------------------------------------

/** Puts an explorable's parts on its page, below its name, the way back and a sentence on what it shows; `pins` says
 * whether a setting can be pinned. */
function fillPage(view, hint, { pins }, ...parts) {
  const [title, reset] = [html("b", { class: "rnn-title" }, view.title), button("Reset", () => view.reset())];
  const sentence = html("p", { class: "rnn-hint" }, ...typeset(hint));
  const { copy, told } = view.model.anchor ? copyLink(view, button) : {};
  const { pin, bar } = pins ? pinning(view, button, legend(keyTo({ class: "rnn-ghost" }, "A, as pinned"))) : {};
  const buttons = [pin, copy, reset].filter(Boolean);
  const head = html("header", {}, title, html("div", { class: "rnn-head" }, ...buttons));
  view.root.append(head, ...(told ? [told] : []), sentence, ...parts, view.speech);
  if (bar) view.root.querySelector(":scope > .rnn-body > .rnn-controls").prepend(bar);
  followAddress(view);
  knowTheWindow(view);
  dockControls(view);
}

/** The page of an explorable: on the left, in sight while the charts scroll, what can be tried, the controls and those
 * that are folded under "More"; on the right the charts, those of `lead` first, and below them, in what room there is,
 * `beside`. On a phone `lead` comes before the controls: a reader sees what the explorable is about before turning it. */
export function layOut(view, hint, { tries = [], controls, folded = [], lead = [], main, beside = [], pins = true }) {
  const first = tries.length ? [tryButtons(view, tries)] : [];
  const last = folded.length ? [more(...folded)] : [];
  const left = html("div", { class: "rnn-controls" }, ...first, ...controls, ...last);
  const middle = html("div", { class: "rnn-main" }, ...main, ...beside);
  const before = lead.length ? [html("div", { class: "rnn-main rnn-lead" }, ...lead)] : [];
  fillPage(view, hint, { pins }, html("div", { class: "rnn-body" }, ...before, left, middle));
  for (const part of [...before, middle]) holdTexts(view, part);
}
