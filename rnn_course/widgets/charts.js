// What explorables draw with: colours, numbers as text, elements, scales and charts.

// ---- Colours and symbols -----------------------------------------------------------------------------------------

const SYMBOLS = { C_tilde: "C̃", gru_h: "h", gru_y: "y" };

export const symbol = (name) => SYMBOLS[name] ?? name;

/** The colour of a name in rnn_course.plots.COLOURS, for light paper and for dark; kit.py writes it into the style. */
export const hueOf = (name) => `var(--rnn-colour-${name})`;

// ---- Numbers as text ---------------------------------------------------------------------------------------------

export const withMinus = (text) => text.replaceAll("-", "−");

/** With so many digits and a power of ten, as it is written: 8.4·10⁻¹³. */
export function withPower(value, digits) {
  if (!Number.isFinite(value)) return withMinus(String(value).replace("Infinity", "∞"));
  const [mantissa, exponent] = value.toExponential(digits).split("e");
  return `${withMinus(mantissa)}·${powerOfTen(Number(exponent))}`;
}

const MANY_DIGITS = 1e5; // from here on a number is written with a power of ten

/** Three significant digits, for axes and sentences. */
export function short(value) {
  const size = Math.abs(value);
  if (size !== 0 && !(size >= 1e-3 && size < MANY_DIGITS)) return withPower(value, 1);
  return withMinus(String(Number(value.toPrecision(3))));
}

/** A date or a word that no line breaks at its hyphens. */
export const unbroken = (text) => text.replaceAll("-", "\u2011");

export const fixed = (value, digits = 6) => withMinus(value.toFixed(digits));

/** Seven significant digits, with a power of ten where there would be many zeros. */
export function exact(value) {
  if (value === 0) return "0";
  const plain = Math.abs(value) >= 1e-3 && Math.abs(value) < MANY_DIGITS;
  return plain ? withMinus(value.toPrecision(7)) : withPower(value, 6);
}

/** With its sign, and no sign for what is nought at this many digits. */
export function signed(value, digits = 6) {
  const isPlain = Math.abs(value) < MANY_DIGITS;
  const text = isPlain ? fixed(value, digits).replace(/^−(?=[0.]*$)/, "") : withPower(value, 1);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

/** A share as a percentage with two digits: 34 %, 3.4 %, 0.03 %. */
export function asPercent(p) {
  if (p > 0 && p < 1e-4) return "< 0.01 %";
  const digits = p >= 0.0995 || p === 0 ? 0 : p >= 0.00995 ? 1 : 2;
  return `${fixed(100 * p, digits)} %`;
}

export const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A power of ten as it is written: 10⁻⁸. */
export function powerOfTen(exponent) {
  return `10${String(exponent).replace(/[-\d]/g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]))}`;
}

// ---- Elements ----------------------------------------------------------------------------------------------------

export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function build(element, attributes, children) {
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

export const html = (tag, attributes = {}, ...children) => build(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A formula as text: single letters become variables, `_x` and `_{…}` subscripts; words such as tanh stay upright. */
export function math(text) {
  const unbroken = text.replaceAll("/", "/\u2060"); // a line does not break at a fraction
  const parts = unbroken.match(/_\{[^}]*\}|_.|Δ|(?:\p{L}\p{M}*)+|[^_\p{L}]+/gu) ?? [];
  const letters = (part) => part.match(/\p{L}\p{M}*|\P{L}+/gu).map((c) => (/\p{L}/u.test(c) ? html("var", {}, c) : c));
  const piece = (part) => {
    if (part.startsWith("_")) return html("sub", {}, ...letters(part.replace(/[_{}]/g, "")));
    return /^\p{L}\p{M}*$/u.test(part) ? html("var", {}, part) : part;
  };
  // What is said of it is the formula as it is written: letters and subscripts one by one would be torn apart.
  return html("span", { class: "rnn-math", role: "math", "aria-label": text }, ...parts.map(piece));
}

/** A sentence with formulas between dollar signs, as in the text, as the parts of an element: "Gate $f_t$". */
export const typeset = (text) =>
  String(text)
    .split("$")
    .map((part, k) => (k % 2 ? math(part) : part));

/** The same sentence as the parts of a text in a chart: letters, with a subscript after the last one or none. */
export const typesetInChart = (text) =>
  text.split("$").flatMap((part, k) => {
    if (k % 2 === 0) return [part];
    const [letters, below] = part.split("_");
    const variable = svg("tspan", { class: "rnn-math", "font-style": "italic" }, letters);
    return below
      ? [variable, svg("tspan", { class: "rnn-math", "font-size": "0.75em", dy: "0.3em" }, below)]
      : [variable];
  });

/** The same sentence as it is written, for what takes no markup: options, descriptions, speech. */
export const untypeset = (text) => text.replace(/[${}]/g, "");

/** What a chart shows, as the parts of an element: a symbol, or a sentence with formulas. */
const heading = (name) => (name.length === 1 || name in SYMBOLS ? [math(symbol(name))] : typeset(name));

/** A short piece of a line as it is drawn in a chart. */
export const sample = (attributes) =>
  svg(
    "svg",
    { class: "rnn-sample", viewBox: "0 0 30 8", width: 30, height: 8, "aria-hidden": "true" },
    svg("path", { d: "M1,4 H29", ...attributes }),
  );

// ---- Scales ------------------------------------------------------------------------------------------------------

export const linear =
  ([from, to], [low, high]) =>
  (value) =>
    low + ((value - from) / (to - from)) * (high - low);

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

/** About so many of them, and never less than three: one or two are no scale. */
export function scaleTicks(low, high, count) {
  const found = ticks(low, high, count);
  return found.length < 3 && count < 12 ? scaleTicks(low, high, count + 1) : found;
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

// ---- Charts: a figure with a caption and an SVG as wide as its container -----------------------------------------

/** `name` is what tests and styles know it by. A subclass has `draw`, from `content` and for `width`, and may have
 * `pick`, what the mouse does at a place, and `place`, what depends on the width alone. */
export class Chart {
  constructor(view, name, { height, caption = html("span"), kind = "" } = {}) {
    Object.assign(this, { view, name, height, title: caption, width: 0 });
    this.svg = svg("svg", { role: "img", ...(height !== undefined && { height }) });
    this.stage = html("div", { class: `rnn-stage ${kind}`.trim() }, this.svg);
    this.figure = html("figure", { "data-chart": name }, html("figcaption", {}, caption), this.stage);
    this.listen();
    const observer = new ResizeObserver(() => this.resize(this.stage.clientWidth));
    observer.observe(this.stage);
    view.cleanups.push(() => observer.disconnect());
  }

  listen() {
    this.svg.addEventListener("click", (event) => this.pick(...this.placeOf(event)));
  }

  placeOf(event) {
    const box = this.svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  resize(width) {
    if (width === this.width || width === 0) return;
    this.width = width;
    this.place();
    if (this.content) this.draw();
  }

  pick() {}

  place() {}

  fit() {
    const { width, height } = this;
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
  }

  /** `content` is what the subclass draws, with a `summary` for those who cannot see it. */
  show(content) {
    this.content = content;
    this.svg.setAttribute("aria-label", content.summary);
    if (this.width) this.draw();
  }
}

// ---- Charts over time: nodes are made once and reused ------------------------------------------------------------

export const MARGIN = { top: 10, right: 12, bottom: 20, left: 44 };
export const DIGIT = 7; // width of a character at the 11 px of the axes' text, in a wide font

/** Puts new nodes into an element, where they say something else than the last ones: an untouched node is not laid out
 * and painted again. `key` is what they depend on. */
export function renew(element, key, nodes) {
  if (KEYS.get(element) === key) return;
  KEYS.set(element, key);
  element.replaceChildren(...nodes());
}

const KEYS = new WeakMap();

/** What is common to charts over time: caption, time axis, cursor, the mark of a changed step, the mouse.
 * A step is named by its number, the first one by `first`; `colour` is a name of the palette. */
export class TimeChart extends Chart {
  constructor(view, { name, colour, height, steps, times, first = 0 }) {
    super(view, name, { height });
    Object.assign(this, { steps, times, first });
    if (colour) this.svg.style.setProperty("--rnn-hue", hueOf(colour));
    this.axes = svg("g", { class: "rnn-axes", "aria-hidden": "true" });
    this.marker = svg("path", { class: "rnn-marker", d: "M-5,-8 h10 l-5,8 z", visibility: "hidden" });
    this.line = svg("line", { class: "rnn-cursor" });
    this.ghosts = []; // lines of a pinned setting: { values, path }
    view.charts.push(this);
  }

  /** The values over time of the lines that a pinned setting keeps, one list a line; a subclass that draws lines with
   * `this.y` has it. A value that is not there is null. */
  pinnable() {
    return [];
  }

  /** Keeps the lines as they are, to be drawn pale beneath those to come. */
  pin() {
    this.unpin();
    if (!this.content) return;
    const attributes = { class: "rnn-ghost", ...(this.clip && { "clip-path": this.clip }) };
    this.ghosts = this.pinnable().map((values) => ({ values, path: svg("path", attributes) }));
    this.axes.after(...this.ghosts.map(({ path }) => path));
    this.draw();
  }

  unpin() {
    for (const { path } of this.ghosts) path.remove();
    const had = this.ghosts.length > 0;
    this.ghosts = [];
    if (had) this.draw();
  }

  drawGhosts() {
    for (const { values, path } of this.ghosts) path.setAttribute("d", this.trace(values.slice(0, this.steps)));
  }

  /** A line through values over time, past those that are null. */
  trace(values) {
    const point = (value, t) => `${this.places[t]},${this.y(value).toFixed(1)}`;
    const points = values.flatMap((value, t) => (value === null ? [] : [point(value, t)]));
    return points.length ? `M${points.join("L")}` : "";
  }

  listen() {
    this.svg.addEventListener("pointerdown", (event) => {
      this.svg.setPointerCapture(event.pointerId);
      this.picked = null;
      this.pick(...this.placeOf(event));
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) this.pick(...this.placeOf(event));
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

  place() {
    this.fit();
    this.placeSteps(this.steps);
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
    setAttributes(this.line, { x1: x, x2: x, y1: MARGIN.top, y2: this.height - MARGIN.bottom });
  }

  moveMarker(step) {
    this.marker.setAttribute("visibility", step === null ? "hidden" : "visible");
    if (step !== null) this.marker.setAttribute("transform", `translate(${this.x(step)},${MARGIN.top - 1})`);
  }

  /** `content` is what the subclass draws, with `name` and `title` too, and `steps` and `times` where they are
   * not always the same; it is drawn anew only when it is another object than last time. `cursor` and `marked` are
   * steps; `marked` is null for none. */
  show(content, cursor, marked) {
    const redraw = content !== this.content;
    Object.assign(this, { content, cursor, marked });
    if (redraw) {
      const { name, title, summary, steps = this.steps, times = this.times } = content;
      this.svg.setAttribute("aria-label", summary);
      renew(this.title, `${name} ${title}`, () => [html("b", {}, ...heading(name)), " ", ...typeset(title)]);
      if (steps !== this.steps || times !== this.times) this.placeSteps(steps, times);
    }
    this.draw(redraw);
  }

  draw(redraw = true) {
    if (!this.content || this.width === 0) return;
    if (redraw) {
      this.drawContent();
      this.drawGhosts();
    }
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

  pinnable() {
    return [this.content.changed];
  }

  /** `content` has { truth, baseline, changed }, each a list over time (truth may be missing), and its own domain or none. */
  drawContent() {
    const series = KINDS.filter((kind) => this.content[kind]);
    const shown = [...series.map((kind) => this.content[kind]), ...this.ghosts.map(({ values }) => values)];
    const domain = this.content.domain ?? this.domain ?? extent(...shown);
    this.y = linear(domain, [this.height - MARGIN.bottom, MARGIN.top]);
    this.drawGrid(scaleTicks(...domain, 3));
    // There is no line where there is no such series any more.
    for (const kind of KINDS) this.paths[kind].setAttribute("d", this.trace(this.content[kind] ?? []));
  }

  moveCursor(step) {
    super.moveCursor(step);
    for (const [kind, dot] of Object.entries(this.dots)) {
      setAttributes(dot, { cx: this.x(step), cy: this.y(this.content[kind][step]) });
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
    values.forEach((row_t, t) => {
      row_t.forEach((value, row) => {
        const [red, green, blue] = shades[Math.min(Math.max(Math.round(place(value)), 0), SHADES - 1)];
        const pixel = 4 * (row * this.steps + t);
        [data[pixel], data[pixel + 1], data[pixel + 2], data[pixel + 3]] = [red, green, blue, 255];
      });
    });
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
