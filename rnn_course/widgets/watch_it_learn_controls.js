// The controls of watch it learn: the settings of the network that is edited, what both share, and the reader's series.

import { Chart, counted, html, linear, MARGIN, roundStep, short, svg } from "./charts.js";
import { button, group, inRow, native, select, slider } from "./controls.js";
import { isReadable, numbersField } from "./typed_numbers.js";
import { SETTINGS } from "./watch_it_learn_compute.js";

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 2];
const BATCHES = [1, 2, 4, 8, 16, 32, 64];
const CLIPS = [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const CELL_NAMES = { rnn: "simple RNN", lstm: "LSTM", gru: "GRU" };
const TASK_NAMES = {
  sunspots: "sunspots, next year",
  co2: "CO₂, next month's growth",
  sine: "a sine with noise",
  recall: "recall a number",
  own: "a series of your own",
};

/** The trait that holds a setting of the network that is edited. */
const traitOf = (view, name) => (view.get("compare") && view.get("editing") === "B" ? `${name}_b` : name);

const follows = (name) => [name, `${name}_b`, "editing", "compare"];

/** Says of a setting of either network what it is called, and what can stand there whichever of the two is edited. */
function describeSetting(view, name, label, text, places) {
  const takes = (value) => places === undefined || places.includes(value);
  view.describe(name, { label, text, takes });
  view.describe(`${name}_b`, { label: `B: ${label}`, text, takes });
}

/** A slider for a setting of the edited network; with `places` it goes over these values. */
function settingSlider(view, name, { places, text = short, ...options }) {
  const read = () => view.get(traitOf(view, name));
  const own = { ...options, follows: follows(name) };
  describeSetting(view, name, options.label, text, places);
  if (!places) return slider(view, name, { ...own, text, read, write: (value) => ({ [traitOf(view, name)]: value }) });
  const nearest = (value) =>
    places.reduce((best, place, k) => (Math.abs(place - value) < Math.abs(places[best] - value) ? k : best), 0);
  return slider(view, name, {
    ...own,
    min: 0,
    max: places.length - 1,
    step: 1,
    text: () => text(read()),
    read: () => nearest(read()),
    write: (k) => ({ [traitOf(view, name)]: places[k] }),
  });
}

/** A select for a setting of the edited network. */
function settingSelect(view, name, { label, options }) {
  const id = view.newId();
  const input = native("select", { id }, ...options.map(([, text], k) => html("option", { value: k }, text)));
  const show = () => {
    input.value = options.findIndex(([option]) => option === view.get(traitOf(view, name)));
  };
  input.addEventListener("change", () => view.set({ [traitOf(view, name)]: options[input.value][0] }));
  const values = options.map(([option]) => option);
  describeSetting(view, name, label, (value) => options[values.indexOf(value)][1], values);
  for (const trait of follows(name)) view.follow(trait, show);
  return html("div", { class: "rnn-control" }, html("label", { for: id }, label), input);
}

/** Network B, which begins as a copy of A, or none; and of which the controls are. */
function compareButtons(view) {
  const copy = () => Object.fromEntries(SETTINGS.map((name) => [`${name}_b`, view.get(name)]));
  const compare = button("", () => {
    const on = !view.get("compare");
    view.set(on ? { ...copy(), compare: true, editing: "B" } : { compare: false, editing: "A" });
  });
  const edited = ["A", "B"].map((of) => button(`Set ${of}`, () => view.set({ editing: of })));
  const both = html("div", { class: "rnn-edited", role: "group", "aria-label": "Whose settings these are" }, ...edited);
  view.follow("compare", (on) => {
    compare.textContent = on ? "Without B" : "Compare with B";
    both.hidden = !on;
  });
  view.follow("editing", (editing) => {
    edited.forEach((element, k) => {
      element.setAttribute("aria-pressed", editing === "AB"[k]);
    });
  });
  return html("div", { class: "rnn-compare" }, compare, both);
}

/** The controls that are in sight. */
export function mainControls(view) {
  const cells = Object.entries(CELL_NAMES);
  const rules = [
    ["adam", "Adam"],
    ["sgd", "SGD"],
  ];
  const steps = html("span", {}, "");
  view.follow("task", (task) => {
    steps.textContent = task === "recall" ? "Steps to wait" : "Window, steps";
  });
  return [
    group("The task", select(view, "task", { label: "What is learned", options: Object.entries(TASK_NAMES) })),
    group(
      "The network",
      compareButtons(view),
      inRow(
        settingSelect(view, "cell", { label: "Cell", options: cells }),
        settingSelect(view, "optimiser", { label: "Optimiser", options: rules }),
      ),
      settingSlider(view, "hidden", { label: "Units", text: String }),
      windowSlider(view, steps),
      settingSlider(view, "rate", { label: "Learning rate", places: RATES }),
    ),
  ];
}

function windowSlider(view, label) {
  const control = settingSlider(view, "window", { label: "Window, steps", text: String });
  control.querySelector("label").replaceChildren(label);
  return control;
}

/** The controls that are folded. */
export function foldedControls(view) {
  const whose = [
    ["all", "of all"],
    ["readout", "of the readout"],
    ["cell", "of the cell"],
  ];
  const seed = (name, label) => slider(view, name, { label });
  return [
    group(
      "More of the network",
      settingSlider(view, "batch", { label: "Windows in a batch", places: BATCHES, text: String }),
      settingSlider(view, "clip", {
        label: "Clip gradients at the norm",
        places: CLIPS,
        text: (value) => (value ? short(value) : "not at all"),
      }),
      settingSelect(view, "clipped", { label: "Clip the norm", options: whose }),
      settingSlider(view, "bias", { label: "Added to the bias of f or z", step: 0.5 }),
    ),
    group("Data", slider(view, "noise", { label: "Noise, in standard deviations", step: 0.05, text: short })),
    group(
      "Seeds",
      seed("seed_weights", "Weights"),
      seed("seed_order", "Order of windows"),
      seed("seed_noise", "Noise"),
    ),
  ];
}

// ---- The reader's own series -------------------------------------------------------------------------------------

const tidy = (value) => Number(value.toPrecision(12));

/** A chart on which the mouse or a finger draws the series. */
class Pen extends Chart {
  constructor(view) {
    super(view, "own", { height: 110, caption: html("span", {}, "Your series: drag over it to draw") });
    this.path = svg("path", { class: "rnn-line rnn-own" });
    this.svg.append(this.path);
    this.svg.classList.add("rnn-pen");
  }

  listen() {
    this.svg.addEventListener("pointerdown", (event) => {
      this.svg.setPointerCapture(event.pointerId);
      this.from = null;
      this.pick(...this.placeOf(event));
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) this.pick(...this.placeOf(event));
    });
  }

  place() {
    this.fit();
  }

  /** The range of the pen: that of the numbers, which does not shrink while it draws. */
  axes() {
    const { values } = this.content;
    const [low, high] = [Math.min(...values, this.low ?? 0), Math.max(...values, this.high ?? 0)];
    Object.assign(this, { low, high: high === low ? low + 1 : high });
    const ends = [this.height - MARGIN.bottom, MARGIN.top];
    const across = [MARGIN.left, this.width - MARGIN.right];
    return { across, ends, last: values.length - 1 };
  }

  pick(px, py) {
    const { across, ends, last } = this.axes();
    const inside = (value, [a, b]) => Math.min(Math.max(value, Math.min(a, b)), Math.max(a, b));
    const step = Math.round(linear(across, [0, last])(inside(px, across)));
    const grain = roundStep((this.high - this.low) / 200);
    const value = tidy(Math.round(linear(ends, [this.low, this.high])(inside(py, ends)) / grain) * grain);
    const from = this.from ?? { step, value };
    const values = [...this.content.values];
    const onGrain = (number) => tidy(Math.round(number / grain) * grain); // short numbers, which fit into an address
    const length = Math.abs(step - from.step);
    for (let k = 0; k <= length; k++) {
      const share = length === 0 ? 1 : k / length;
      values[from.step + Math.sign(step - from.step) * k] = onGrain(from.value + share * (value - from.value));
    }
    this.from = { step, value };
    this.view.set({ own: values });
  }

  draw() {
    const { across, ends, last } = this.axes();
    const [x, y] = [linear([0, last], across), linear([this.low, this.high], ends)];
    const points = this.content.values.map((value, k) => `${x(k).toFixed(1)},${y(value).toFixed(1)}`);
    this.path.setAttribute("d", `M${points.join("L")}`);
  }
}

/** What is drawn or typed, in sight while the task is the reader's own series. */
export function ownSeries(view) {
  const pen = new Pen(view);
  const { shortest, longest } = view.get("limits");
  const { parts, read, put } = numbersField(view, {
    label: `${shortest} to ${longest} numbers`,
    action: "Use these numbers",
    names: ["x"],
    longest,
    take: (rows) => {
      if (rows.length < shortest) return `There are ${rows.length}, at least ${shortest} are needed.`;
      view.set({ own: rows.map(([value]) => value) });
    },
  });
  view.describe("own", {
    label: TASK_NAMES.own,
    text: (values) => counted(values.length, "number"),
    takes: (values) =>
      Array.isArray(values) && values.length >= shortest && values.length <= longest && values.every(isReadable),
  });
  view.follow("own", (values) => {
    put(values.join(" "));
    pen.show({ values, summary: `Your series: ${values.length} numbers.` });
  });
  view.resets.push(() => Object.assign(pen, { low: undefined, high: undefined }));
  const typed = html(
    "details",
    { class: "rnn-more" },
    native("summary", {}, "Type or paste the numbers"),
    html("div", { class: "rnn-control rnn-typed" }, ...parts),
    read,
  );
  const root = html("div", { class: "rnn-own-series" }, pen.figure, typed);
  view.follow("task", (task) => {
    root.hidden = task !== "own";
  });
  return root;
}
