// Shared by every explorable; kit.py joins this file with NAME.js into one module.
// An explorable exports `default { render({ model, el }) }` and asks nothing of its host but
// model.get, model.set, model.save_changes, model.on("change:NAME") and model.off.

// ---- Palette: the colours of rnn_course.plots.COLOURS, and a dash for each kind of line --------------------------

export const COLOURS = {
  x: "#7A5200",
  h: "#0072B2",
  C: "#000000",
  i: "#3A97CC",
  f: "#D55E00",
  C_tilde: "#CC79A7",
  o: "#009E73",
  r: "#D55E00",
  z: "#3A97CC",
  n: "#CC79A7",
  a: "#CC79A7",
  y: "#009E73",
  train: "#0072B2",
  validation: "#D55E00",
  truth: "#000000",
  missing: "#767676",
};

export const SYMBOLS = { C_tilde: "C̃", gru_h: "h", gru_y: "y" };

export const symbol = (name) => SYMBOLS[name] ?? name;

/** The colour as it is on light paper and made lighter on dark paper; black is the ink of either. */
export function hueOf(name) {
  const colour = COLOURS[name];
  if (colour === "#000000") return "var(--rnn-ink)";
  return `light-dark(${colour}, color-mix(in oklab, ${colour} 65%, white))`;
}

// ---- The mathematics ---------------------------------------------------------------------------------------------

export const sigmoid = (a) => 1 / (1 + Math.exp(-a));

export function dot(u, v) {
  let sum = 0;
  for (let k = 0; k < u.length; k++) sum += u[k] * v[k];
  return sum;
}

/** W v + b: W is (rows, columns) as nested lists. */
export const affine = (W, v, b) => b.map((bias, row) => bias + dot(W[row], v));

/** Wᵀ d for W (rows, columns). */
export function backThrough(W, d) {
  const result = new Array(W[0].length).fill(0);
  W.forEach((row, r) => row.forEach((weight, k) => (result[k] += weight * d[r])));
  return result;
}

/** W ready to be multiplied many times: (v, into) ↦ W v. Flat, and with two sums at once: three times as fast as one
 * `dot` after another, so that a slider stays fluid. */
export function multiplier(W) {
  const [rows, width] = [W.length, W[0].length];
  const flat = Float64Array.from(W.flat());
  return (v, into) => {
    for (let row = 0, at = 0; row < rows; row++) {
      const end = at + width;
      let [even, odd] = [0, 0];
      for (let k = 0; at + 1 < end; at += 2, k += 2) {
        even += flat[at] * v[k];
        odd += flat[at + 1] * v[k + 1];
      }
      if (at < end) even += flat[at++] * v[width - 1];
      into[row] = even + odd;
    }
    return into;
  };
}

const ofEach = (names, make) => Object.fromEntries(names.map((name) => [name, make(name)]));

/** Walks over x (time, input): `step(x_t, now)` fills the arrays of `now`, one for each of `names` and each a number a
 * unit. Returns them step by step, each field (time, hidden). */
export function walkOver(x, names, hidden, step) {
  const trace = ofEach(names, () => []);
  for (const x_t of x) {
    const now = ofEach(names, () => new Array(hidden).fill(0));
    step(x_t, now);
    for (const name of names) trace[name].push(now[name]);
  }
  return trace;
}

/** Every gate and state of an LSTM over x (time, input), from the state { h, C } or from zero; each field is
 * (time, hidden). */
export function lstmForward({ W_x, W_h, b }, x, state = {}) {
  const [hidden, inputs] = [b.length / 4, W_x[0].length];
  const sums = multiplier(b.map((bias, row) => [...W_x[row], ...W_h[row], bias])); // the bias: the weight of a constant 1
  const v = new Float64Array(inputs + hidden + 1).fill(1);
  const a = new Float64Array(4 * hidden);
  let { h, C } = { h: new Float64Array(hidden), C: new Float64Array(hidden), ...state };
  return walkOver(x, ["i", "f", "C_tilde", "o", "C", "h"], hidden, (x_t, now) => {
    v.set(x_t);
    v.set(h, inputs);
    sums(v, a);
    for (let k = 0; k < hidden; k++) {
      now.i[k] = sigmoid(a[k]);
      now.f[k] = sigmoid(a[hidden + k]);
      now.C_tilde[k] = Math.tanh(a[2 * hidden + k]);
      now.o[k] = sigmoid(a[3 * hidden + k]);
      now.C[k] = now.f[k] * C[k] + now.i[k] * now.C_tilde[k];
      now.h[k] = now.o[k] * Math.tanh(now.C[k]);
    }
    ({ h, C } = now);
  });
}

/** y_t = W_hy h_t + b_y for every step of h (time, hidden). */
export const readoutForward = ({ W_hy, b_y }, h) => h.map((h_t) => affine(W_hy, h_t, b_y));

/** Column k of a (time, feature) list. */
export const column = (rows, k) => rows.map((row) => row[k]);

/** Where two series differ most: { step, value }, value being the largest absolute difference. */
export function largestDifference(a, b) {
  let largest = { step: 0, value: 0 };
  a.forEach((value, step) => {
    const difference = Math.abs(value - b[step]);
    if (difference > largest.value) largest = { step, value: difference };
  });
  return largest;
}

// ---- Numbers as text ---------------------------------------------------------------------------------------------

const withMinus = (text) => text.replaceAll("-", "−");

/** Three significant digits, for axes and sentences. */
export function short(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return withMinus(value.toExponential(1));
  return withMinus(String(Number(value.toPrecision(3))));
}

export const fixed = (value, digits = 6) => withMinus(value.toFixed(digits));

/** Seven significant digits, with a power of ten where there would be many zeros. */
export function exact(value) {
  if (value === 0) return "0";
  const plain = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5;
  return withMinus(plain ? value.toPrecision(7) : value.toExponential(6));
}

/** With its sign, and no sign for what is nought at this many digits. */
export function signed(value, digits = 6) {
  const text = fixed(value, digits).replace(/^−(?=[0.]*$)/, "");
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

/** A power of ten as it is written: 10⁻⁸. */
export function powerOfTen(exponent) {
  return `10${String(exponent).replace(/[-\d]/g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]))}`;
}

// ---- Elements ----------------------------------------------------------------------------------------------------

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const html = (tag, attributes = {}, ...children) =>
  build(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A formula as text: single letters become variables, `_x` and `_{…}` subscripts; words such as tanh stay upright. */
export function math(text) {
  const unbroken = text.replaceAll("/", "/\u2060"); // a line does not break at a fraction
  const parts = unbroken.match(/_\{[^}]*\}|_.|(?:\p{L}\p{M}*)+|[^_\p{L}]+/gu) ?? [];
  const letters = (part) => part.match(/\p{L}\p{M}*|\P{L}+/gu).map((c) => (/\p{L}/u.test(c) ? html("var", {}, c) : c));
  const piece = (part) => {
    if (part.startsWith("_")) return html("sub", {}, ...letters(part.replace(/[_{}]/g, "")));
    return /^\p{L}\p{M}*$/u.test(part) ? html("var", {}, part) : part;
  };
  return html("span", { class: "rnn-math" }, ...parts.map(piece));
}

// ---- The view: one copy of an explorable on the page -------------------------------------------------------------

/** Holds the root element, follows the model, redraws at most once a frame and speaks to screen readers. */
export class View {
  constructor({ model, el }, title) {
    this.model = model;
    // Several copies may come from several copies of this module, so that a counter would not be unique.
    this.id = `rnn-${Math.random().toString(36).slice(2)}`;
    this.count = 0;
    this.cleanups = [];
    this.resets = []; // what puts back what is in no trait
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
    const schedule = () => {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        draw();
      });
    };
    for (const name of Object.keys(this.get("initial"))) this.follow(name, schedule);
    this.cleanups.push(() => cancelAnimationFrame(this.frame));
    draw();
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
const native = (tag, attributes, ...children) =>
  html(tag, { "data-lm-suppress-shortcuts": "true", ...attributes }, ...children);

/** `min`, `max` and `step` are numbers or functions that return them, and `max` may be the name of the trait that holds
 * it; a value beyond it stands at the end.
 * A slider for a part of a trait has `read`, which finds the value, `write`, which returns the traits to set for a
 * value, and `follows`, the traits on which the value depends. */
export function slider(view, name, options) {
  const { label, min, max, step, text = String, follows = [name] } = options;
  const bound = (value) => (typeof value === "function" ? value() : value);
  const { read = () => view.get(name), write = (value) => ({ [name]: value }) } = options;
  const id = view.newId();
  const input = native("input", { type: "range", id });
  const output = html("output", { for: id, "aria-live": "off" });
  const named = typeof max === "string";
  const show = () => {
    [input.min, input.max, input.step] = [bound(min), named ? view.get(max) : bound(max), bound(step)];
    input.disabled = Number(input.max) <= Number(input.min); // one place only: nothing to move
    const value = Math.min(read(), input.max);
    input.value = value;
    output.textContent = text(value);
    input.setAttribute("aria-valuetext", text(value));
  };
  input.addEventListener("input", () => view.set(write(Number(input.value))));
  for (const trait of named ? [...follows, max] : follows) view.follow(trait, show);
  return html("div", { class: "rnn-control rnn-slider" }, html("label", { for: id }, label), output, input);
}

/** `options` is a list of [value, text]; `also` returns other traits that are set along with a chosen value. */
export function select(view, name, { label, options, also = () => ({}) }) {
  const id = view.newId();
  const input = native("select", { id }, ...options.map(([, text], k) => html("option", { value: k }, text)));
  input.addEventListener("change", () => {
    const value = options[input.value][0];
    view.set({ [name]: value, ...also(value) });
  });
  view.follow(name, (value) => {
    input.value = options.findIndex(([option]) => option === value);
  });
  return html("div", { class: "rnn-control" }, html("label", { for: id }, label), input);
}

export function checkbox(view, name, { label }) {
  const id = view.newId();
  const input = native("input", { type: "checkbox", id });
  input.addEventListener("change", () => view.set({ [name]: input.checked }));
  view.follow(name, (value) => {
    input.checked = value;
  });
  return html("div", { class: "rnn-control rnn-check" }, input, html("label", { for: id }, label));
}

export function button(text, action) {
  const element = native("button", { type: "button" }, text);
  element.addEventListener("click", action);
  return element;
}

export const group = (legend, ...controls) => html("fieldset", {}, html("legend", {}, legend), ...controls);

/** What every explorable begins with: its name and the way back. */
export const headOf = (view, title) =>
  html("header", {}, html("b", { class: "rnn-title" }, title), button("Reset", () => view.reset()));

/** A short piece of a line as it is drawn in a chart, for legends. */
export const sample = (attributes) =>
  svg(
    "svg",
    { class: "rnn-sample", viewBox: "0 0 30 8", width: 30, height: 8, "aria-hidden": "true" },
    svg("path", { d: "M1,4 H29", ...attributes }),
  );

/** Keeps what was made until its key changes. */
export function remember(make) {
  let key, value;
  return (newKey) => {
    if (newKey !== key) [key, value] = [newKey, make()];
    return value;
  };
}

// ---- Scales ------------------------------------------------------------------------------------------------------

export const linear = ([from, to], [low, high]) => (value) => low + ((value - from) / (to - from)) * (high - low);

/** The smallest of 1, 2, 5, 10, 20 … (and 0.5, 0.2 …) that is not below `least`. */
export function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
}

/** Round numbers between low and high, about `count` of them. */
export function ticks(low, high, count) {
  const step = roundStep((high - low) / count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** The range of all values with a little air; a constant gets a range around it. */
export function extent(...series) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of series) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const air = (high - low) * 0.06 || Math.abs(low) * 0.1 || 1;
  return [low - air, high + air];
}

// ---- Charts over time: an SVG as wide as its container, whose nodes are made once and reused ---------------------

export const MARGIN = { top: 10, right: 12, bottom: 20, left: 44 };
const DIGIT = 7; // width of a character at the 11 px of the axes' text, in a wide font

/** Puts new nodes into an element, where they say something else than the last ones: an untouched node is not laid out
 * and painted again. `key` is what they depend on. */
function renew(element, key, nodes) {
  if (KEYS.get(element) === key) return;
  KEYS.set(element, key);
  element.replaceChildren(...nodes());
}

const KEYS = new WeakMap();

/** What is common to charts over time: caption, time axis, cursor, the mark of a changed step, the mouse.
 * A step is named by its number, the first one by `first`; the palette's colour is that of `colour`. */
export class TimeChart {
  constructor(view, { name, colour = name, height, steps, times, first = 0 }) {
    Object.assign(this, { view, name, height, steps, times, first, width: 0 });
    this.svg = svg("svg", { role: "img", height });
    if (colour in COLOURS) this.svg.style.setProperty("--rnn-hue", hueOf(colour));
    this.axes = svg("g", { class: "rnn-axes", "aria-hidden": "true" });
    this.marker = svg("path", { class: "rnn-marker", d: "M-5,-8 h10 l-5,8 z", visibility: "hidden" });
    this.line = svg("line", { class: "rnn-cursor" });
    this.title = html("span");
    this.stage = html("div", { class: "rnn-stage" }, this.svg);
    this.figure = html("figure", { "data-chart": name }, html("figcaption", {}, this.title), this.stage);
    this.listenToPointer();
    const observer = new ResizeObserver(() => this.resize(this.stage.clientWidth));
    observer.observe(this.stage);
    view.cleanups.push(() => observer.disconnect());
  }

  listenToPointer() {
    const pick = (event) => {
      const box = this.svg.getBoundingClientRect();
      this.pick(event.clientX - box.left, event.clientY - box.top);
    };
    this.svg.addEventListener("pointerdown", (event) => {
      this.svg.setPointerCapture(event.pointerId);
      this.picked = null;
      pick(event);
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) pick(event);
    });
  }

  /** The step at a place on the time axis, the nearest one where it is beyond the ends. */
  stepAt(x) {
    const step = Math.floor(linear([MARGIN.left, this.width - MARGIN.right], [0, this.steps])(x));
    return this.first + Math.min(Math.max(step, 0), this.steps - 1);
  }

  /** What the pointer does at a place, from pressed to released; `picked` is null when it was pressed just now. */
  pick(x) {
    this.view.set({ cursor: this.stepAt(x) });
  }

  resize(width) {
    if (width === this.width || width === 0) return;
    this.width = width;
    this.fit();
    this.placeSteps(this.steps);
    this.draw();
  }

  fit() {
    const { width, height } = this;
    const size = { viewBox: `0 0 ${width} ${height}`, width, height };
    for (const [name, value] of Object.entries(size)) this.svg.setAttribute(name, value);
  }

  placeSteps(steps, times = this.times) {
    Object.assign(this, { steps, times });
    // A step stands in the middle of its share of the axis, so that lines and heat map agree.
    const ends = [this.first - 0.5, this.first + steps - 0.5];
    this.x = linear(ends, [MARGIN.left, this.width - MARGIN.right]);
    this.places = Array.from({ length: steps }, (_, t) => this.x(this.first + t).toFixed(1));
  }

  /** Ticks of the time axis, with as many labels as fit. */
  timeLabels() {
    const text = (step) => (this.times ? this.times[step - this.first] : String(step));
    const last = this.first + this.steps - 1;
    const widest = Math.max(text(this.first).length, text(last).length) * DIGIT + 20;
    const every = Math.max(1, roundStep((this.steps * widest) / (this.width - MARGIN.left - MARGIN.right)));
    const labels = [];
    for (let step = Math.ceil(this.first / every) * every; step <= last; step += every) {
      const half = (text(step).length * DIGIT) / 2;
      const at = Math.min(Math.max(this.x(step), half), this.width - half);
      labels.push(svg("text", { x: at, y: this.height - 5, "text-anchor": "middle" }, text(step)));
      labels.push(svg("path", { d: `M${this.x(step)},${this.height - MARGIN.bottom} v4` }));
    }
    return labels;
  }

  /** Both axes: a line with its text at each of the values of y. */
  drawGrid(values, text = short) {
    const [left, right] = [MARGIN.left, this.width - MARGIN.right];
    const rows = () =>
      values.flatMap((value) => [
        svg("path", { class: "rnn-grid", d: `M${left},${this.y(value)} H${right}` }),
        svg("text", { x: left - 6, y: this.y(value) + 4, "text-anchor": "end" }, text(value)),
      ]);
    const key = [this.timeKey(), ...values.map((value) => `${text(value)} ${this.y(value)}`)].join();
    renew(this.axes, key, () => [...rows(), ...this.timeLabels()]);
  }

  /** What the time axis depends on. */
  timeKey() {
    return `${this.width} ${this.steps} ${this.times?.[0]}`;
  }

  moveCursor(step) {
    const [x, key] = [this.x(step), `${this.height} ${this.x(step)}`];
    if (key === this.cursorKey) return;
    this.cursorKey = key;
    for (const [key, value] of Object.entries({ x1: x, x2: x, y1: MARGIN.top, y2: this.height - MARGIN.bottom })) {
      this.line.setAttribute(key, value);
    }
  }

  moveMarker(step) {
    this.marker.setAttribute("visibility", step === null ? "hidden" : "visible");
    if (step !== null) this.marker.setAttribute("transform", `translate(${this.x(step)},${MARGIN.top - 1})`);
  }

  /** `content` is what the subclass draws, with `name`, `title` and `summary`, and `steps` and `times` where they are
   * not always the same; it is drawn anew only when it is another object than last time. `cursor` and `marked` are
   * steps; `marked` is null for none. */
  show(content, cursor, marked) {
    const redraw = content !== this.content;
    Object.assign(this, { content, cursor, marked });
    if (redraw) {
      const { name, title, summary, steps = this.steps, times = this.times } = content;
      this.svg.setAttribute("aria-label", summary);
      renew(this.title, `${name} ${title}`, () => [html("b", {}, symbol(name)), ` ${title}`]);
      if (steps !== this.steps || times !== this.times) this.placeSteps(steps, times);
    }
    this.draw(redraw);
  }

  draw(redraw = true) {
    if (!this.content || this.width === 0) return;
    if (redraw) this.drawContent();
    this.moveCursor(this.cursor);
    this.moveMarker(this.marked);
  }
}

const KINDS = ["truth", "baseline", "changed"]; // drawn in this order: what was changed lies on top

/** Series over time: the changed one solid in its colour, the baseline dashed, the truth dotted. */
export class LineChart extends TimeChart {
  constructor(view, options) {
    super(view, options);
    this.domain = options.domain;
    this.paths = Object.fromEntries(KINDS.map((kind) => [kind, svg("path", { class: `rnn-line rnn-${kind}` })]));
    this.dots = Object.fromEntries(
      ["baseline", "changed"].map((kind) => [kind, svg("circle", { class: `rnn-dot rnn-${kind}`, r: 3.5 })]),
    );
    const { baseline, changed } = this.dots;
    this.svg.append(this.axes, this.line, ...Object.values(this.paths), baseline, changed, this.marker);
  }

  /** `content` has { truth, baseline, changed }, each a list over time (truth may be missing). */
  drawContent() {
    const series = KINDS.filter((kind) => this.content[kind]);
    const domain = this.domain ?? extent(...series.map((kind) => this.content[kind]));
    this.y = linear(domain, [this.height - MARGIN.bottom, MARGIN.top]);
    this.drawGrid(ticks(...domain, 3));
    for (const kind of series) {
      const points = this.content[kind].map((value, t) => `${this.places[t]},${this.y(value).toFixed(1)}`);
      this.paths[kind].setAttribute("d", `M${points.join("L")}`);
    }
  }

  moveCursor(step) {
    super.moveCursor(step);
    for (const [kind, dot] of Object.entries(this.dots)) {
      dot.setAttribute("cx", this.x(step));
      dot.setAttribute("cy", this.y(this.content[kind][step]));
    }
  }
}

// From low to high: dark to light for gates; blue through light grey to vermilion, which colour-blind readers tell
// apart, for signed values.
const RAMPS = {
  gate: ["#00224e", "#43476b", "#7d7c78", "#bdae67", "#fee838"],
  signed: ["#003f66", "#3a8fc4", "#e4e4e4", "#e0783a", "#7a2f00"],
};

const SHADES = 256;

/** The ramp's colours from low to high, each [red, green, blue]. */
function shadesOf(stops) {
  const parts = stops.map((stop) => [1, 3, 5].map((k) => Number.parseInt(stop.slice(k, k + 2), 16)));
  return Array.from({ length: SHADES }, (_, k) => {
    const place = (k / (SHADES - 1)) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return parts[low].map((part, channel) => part + (place - low) * (parts[low + 1][channel] - part));
  });
}

const RAMP_SHADES = Object.fromEntries(Object.entries(RAMPS).map(([name, stops]) => [name, shadesOf(stops)]));

/** All rows (units) over time; the chosen one is marked, and a click sets the trait `rowTrait` to another. */
export class HeatMap extends TimeChart {
  constructor(view, options) {
    super(view, { ...options, height: 0 });
    this.canvas = html("canvas", { "aria-hidden": "true" });
    this.key = html("span", { class: "rnn-key" });
    this.title.after(this.key);
    this.frameOfRow = svg("path", { class: "rnn-row" });
    this.stage.prepend(this.canvas);
    this.svg.append(this.axes, this.frameOfRow, this.line, this.marker);
  }

  /** `content` has { values (time, row), domain, ramp, row, rowTrait }. */
  drawContent() {
    const { values, domain, ramp, row } = this.content;
    this.makeRoom(values[0].length);
    this.paint(values, RAMP_SHADES[ramp], linear(domain, [0, SHADES - 1]));
    this.placeCanvas();
    const [low, high] = domain.map(short);
    renew(this.key, [low, high, ramp].join(), () => [low, html("i", { style: `--rnn-ramp: ${RAMPS[ramp]}` }), high]);
    this.drawAxes(row);
  }

  /** A canvas with a pixel for each step and row, and a chart that is high enough. */
  makeRoom(rows) {
    if (rows === this.rows && this.steps === this.canvas.width) return;
    const cell = Math.min(16, Math.max(5, Math.floor(160 / rows)));
    Object.assign(this, { rows, cell, height: rows * cell + MARGIN.top + MARGIN.bottom });
    Object.assign(this.canvas, { width: this.steps, height: rows });
    this.pixels = new ImageData(this.steps, rows);
    this.fit();
  }

  paint(values, shades, place) {
    const { data } = this.pixels;
    values.forEach((row_t, t) =>
      row_t.forEach((value, row) => {
        const [red, green, blue] = shades[Math.min(Math.max(Math.round(place(value)), 0), SHADES - 1)];
        const pixel = 4 * (row * this.steps + t);
        [data[pixel], data[pixel + 1], data[pixel + 2], data[pixel + 3]] = [red, green, blue, 255];
      }),
    );
    this.canvas.getContext("2d").putImageData(this.pixels, 0, 0);
  }

  /** In shares of the chart, so that it stays in place where the chart is scaled: on paper. */
  placeCanvas() {
    const share = (part, whole) => `${(100 * part) / whole}%`;
    Object.assign(this.canvas.style, {
      left: share(MARGIN.left, this.width),
      top: share(MARGIN.top, this.height),
      width: share(this.width - MARGIN.left - MARGIN.right, this.width),
      height: share(this.rows * this.cell, this.height),
    });
  }

  drawAxes(row) {
    const middle = (unit) => MARGIN.top + (unit + 0.5) * this.cell;
    const shown = [0, this.rows - 1].filter((unit) => Math.abs(unit - row) * this.cell >= 12);
    const label = (unit) =>
      svg(
        "text",
        { x: MARGIN.left - 8, y: middle(unit) + 4, "text-anchor": "end", ...(unit === row && { class: "rnn-chosen" }) },
        unit === row ? `▸ ${unit}` : String(unit),
      );
    const labels = () => [...new Set([row, ...shown])].map(label);
    renew(this.axes, `${this.timeKey()} ${row} ${this.rows}`, () => [...labels(), ...this.timeLabels()]);
    const top = MARGIN.top + row * this.cell;
    this.frameOfRow.setAttribute(
      "d",
      `M${MARGIN.left},${top} H${this.width - MARGIN.right} m0,${this.cell} H${MARGIN.left}`,
    );
  }

  pick(x, y) {
    super.pick(x);
    const row = Math.floor((y - MARGIN.top) / this.cell);
    if (row >= 0 && row < this.rows) this.view.set({ [this.content.rowTrait]: row });
  }
}
