// The missingness laboratory: values taken from a series whose truth is known, and what each fill makes of it.

const SIMPLE = ["mean", "median", "last", "next", "linear", "seasonal"]; // computed here
const EDGES = [1, 2, 4, 7, 13, 25]; // the shortest gap of each group of lengths; the last group is open
const LENGTHS = [2, 4, 6, 12, 24, 48]; // of blocks and outages, at each of which they are drawn once more
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

// ---- Taking away -------------------------------------------------------------------------------------------------

/** Marsaglia's xorshift of 32 bits, as Draws in Python: each call gives a uniform number above 0 and below 1. */
export function draws(seed) {
  let x = Math.imul(seed + 1, 2654435761);
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return ((x >>> 0) - 0.5) / 2 ** 32;
  };
  for (let k = 0; k < 16; k++) next();
  return next;
}

/** To the nearest whole number, and to the even one from the middle, as Python rounds. */
function rounded(value) {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 ? low + 1 : low;
}

const averageOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function varianceOf(values) {
  const mean = averageOf(values);
  return averageOf(values.map((value) => (value - mean) ** 2));
}

function standard(values) {
  const [mean, spread] = [averageOf(values), Math.sqrt(varianceOf(values))];
  return values.map((value) => (value - mean) / (spread > 0 ? spread : 1));
}

/** Takes the share `rate` of the values, with odds that grow as exp(logits). */
function weighted(logits, rate, next) {
  const keys = logits.map((logit) => logit - Math.log(-Math.log(next())));
  const order = keys.map((_, t) => t).sort((a, b) => keys[b] - keys[a] || a - b);
  const chosen = new Set(order.slice(0, rounded(rate * keys.length)));
  return keys.map((_, t) => chosen.has(t));
}

function inBlocks(steps, rate, length, next) {
  const start = rate / length / (1 - rate);
  let left = 0;
  return Array.from({ length: steps }, () => {
    const chance = next();
    left = left ? left - 1 : length * (chance < start);
    return left > 0;
  });
}

const STRENGTH = 2; // how much the log odds grow by the standard deviation

const MECHANISMS = {
  mcar: ({ values }, { rate }, next) => weighted(values.map(() => 0), rate, next),
  mar: ({ given }, { rate }, next) => {
    const pairs = () => [next(), next()][0]; // the library draws for the neighbour too
    return weighted(standard(given).map((z) => STRENGTH * z), rate, pairs);
  },
  mnar: ({ values }, { rate }, next) => weighted(standard(values).map((z) => STRENGTH * z), rate, next),
  blocks: ({ values }, { rate, gap_length }, next) => inBlocks(values.length, rate, gap_length, next),
};
MECHANISMS.outages = MECHANISMS.blocks;

/** The runs of what is true, each [first, one after the last]. */
function runsOf(flags) {
  const runs = [];
  flags.forEach((flag, t) => {
    if (flag && !flags[t - 1]) runs.push([t, t + 1]);
    else if (flag) runs.at(-1)[1] = t + 1;
  });
  return runs;
}

function gapsOf(removed) {
  const gaps = removed.map(() => 0);
  for (const [from, to] of runsOf(removed)) gaps.fill(to - from, from, to);
  return gaps;
}

const inGroup = (gap, group) => gap >= EDGES[group] && gap < (EDGES[group + 1] ?? Infinity);

// ---- Filling in: NaN where a value is missing --------------------------------------------------------------------

/** Linear between the two nearest of the sorted values, as NumPy has it. */
function quantileOf(sorted, share) {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

const sortedOf = (values) => Float64Array.from(values).sort();
const seenOf = (x) => x.filter((value) => !Number.isNaN(value));

function carried(x) {
  let last = NaN;
  return x.map((value) => (last = Number.isNaN(value) ? last : value));
}

/** Straight lines over the gaps, the nearest value beyond the ends. */
function interpolated(x) {
  const out = [...x];
  for (const [from, to] of runsOf(x.map(Number.isNaN))) {
    const [before, after] = [x[from - 1] ?? x[to], x[to] ?? x[from - 1]];
    const slope = (after - before) / (to - from + 1);
    for (let t = from; t < to; t++) out[t] = slope * (t - from + 1) + before;
  }
  return out;
}

function movingMean(line, period) {
  const half = Math.floor(period / 2);
  const at = (t) => line[Math.min(Math.max(t, 0), line.length - 1)];
  let sum = 0;
  for (let t = -half; t < period - half; t++) sum += at(t);
  return line.map((_, t) => {
    const mean = sum / period;
    sum += at(t - half + period) - at(t - half);
    return mean;
  });
}

const constant = (statistic) => (x) => new Array(x.length).fill(statistic(seenOf(x)));

/** A mean profile over the period, and straight lines through what remains. */
function seasonal(x, { period }) {
  const level = movingMean(interpolated(x), period);
  const phases = Array.from({ length: period }, (_, phase) =>
    seenOf(x.flatMap((value, t) => (t % period === phase ? [value - level[t]] : []))),
  );
  const profile = phases.map((values) => (values.length ? averageOf(values) : 0));
  const centre = averageOf(profile);
  const season = x.map((_, t) => profile[t % period] - centre);
  return interpolated(x.map((value, t) => value - season[t])).map((rest, t) => season[t] + rest);
}

const ESTIMATES = {
  mean: constant(averageOf),
  median: constant((seen) => quantileOf(sortedOf(seen), 0.5)),
  last: carried,
  next: (x) => carried([...x].reverse()).reverse(),
  linear: interpolated,
  seasonal,
};

function filled(x, estimate) {
  const mean = averageOf(seenOf(x));
  return x.map((value, t) => (Number.isNaN(value) ? (Number.isNaN(estimate[t]) ? mean : estimate[t]) : value));
}

/** Whether the length is a part of the setting. */
const hasLength = (mechanism) => mechanism === "blocks" || mechanism === "outages";

export const settingOf = ({ series, mechanism, rate, gap_length, seed }) =>
  [series, mechanism, rate, hasLength(mechanism) ? gap_length : "-", seed].join(" ");

/** The filled series by name; a network's only where one is recorded. */
function fillsOf(state, truth, removed) {
  const x = truth.map((value, t) => (removed[t] ? NaN : value));
  const found = state.recorded[settingOf(state)] ?? {};
  const fills = {};
  for (const name of state.fills) {
    if (SIMPLE.includes(name)) fills[name] = filled(x, ESTIMATES[name](x, state.stretches[state.series]));
    else if (found[name]) {
      let k = 0;
      fills[name] = truth.map((value, t) => (removed[t] ? found[name][k++] : value));
    }
  }
  return fills;
}

// ---- Scores ------------------------------------------------------------------------------------------------------

function measuresOf(values, { given, lags }) {
  const [mean, variance, sorted] = [averageOf(values), varianceOf(values), sortedOf(values)];
  const z = values.map((value) => value - mean);
  const lagged = (lag) => {
    let sum = 0;
    for (let t = lag; t < z.length; t++) sum += z[t] * z[t - lag];
    return sum / (z.length - lag) / variance;
  };
  const centre = averageOf(given);
  const away = given.map((value) => value - centre);
  const together = averageOf(z.map((value, t) => value * away[t]));
  return {
    mean,
    variance,
    quantiles: QUANTILES.map((share) => quantileOf(sorted, share)),
    autocorrelation: Array.from({ length: lags }, (_, k) => lagged(k + 1)),
    correlation: together / Math.sqrt(variance * varianceOf(given)),
  };
}

function errorsOf(truth, values, removed, gaps) {
  const errors = truth.flatMap((value, t) => (removed[t] ? [[values[t] - value, gaps[t]]] : []));
  const size = (some) => averageOf(some.map(([error]) => Math.abs(error)));
  if (!errors.length) return { mae: null, rmse: null, by_gap: EDGES.map(() => NaN) };
  return {
    mae: size(errors),
    rmse: Math.sqrt(averageOf(errors.map(([error]) => error ** 2))),
    by_gap: EDGES.map((_, group) => size(errors.filter(([, gap]) => inGroup(gap, group)))),
  };
}

/** What is taken at a setting, and what it is filled with. */
function experiment(state) {
  const stretch = state.stretches[state.series];
  const removed = MECHANISMS[state.mechanism](stretch, state, draws(state.seed));
  return { stretch, removed, fills: removed.includes(false) ? fillsOf(state, stretch.values, removed) : {} };
}

/** The mean absolute error of each fill at each of LENGTHS, NaN where there is none. */
function errorsByLength(state) {
  const runs = hasLength(state.mechanism) ? LENGTHS.map((gap_length) => experiment({ ...state, gap_length })) : [];
  const errorIn = (name) => ({ stretch: { values }, removed, fills }) => {
    const off = fills[name] ? values.flatMap((value, t) => (removed[t] ? [Math.abs(fills[name][t] - value)] : [])) : [];
    return averageOf(off);
  };
  const none = LENGTHS.map(() => NaN);
  return Object.fromEntries(state.fills.map((name) => [name, runs.length ? runs.map(errorIn(name)) : none]));
}

/** What is taken, the fills, their errors and measures, as MissingLaboratory.compute() in Python. */
export function compute(state) {
  const { stretch, removed, fills } = experiment(state);
  const truth = stretch.values;
  const gaps = gapsOf(removed);
  const told = Object.entries(fills).map(([name, values]) => [
    name,
    { values, ...errorsOf(truth, values, removed, gaps), ...measuresOf(values, stretch) },
  ]);
  return {
    removed,
    gaps,
    counts: EDGES.map((_, group) => gaps.filter((gap) => inGroup(gap, group)).length),
    truth: measuresOf(truth, stretch),
    fills: Object.fromEntries(told),
    by_length: errorsByLength(state),
  };
}

// ---- How each fill is drawn and named ----------------------------------------------------------------------------

const own = (light, dark) => `light-dark(${light}, ${dark})`;

const FILLS = {
  mean: { label: "Mean", hue: hueOf("missing"), dash: "5 6" },
  median: { label: "Median", hue: own("#6a4fa0", "#b9a5e2"), dash: "7 3 2 3" },
  last: { label: "Last", hue: hueOf("x"), dash: "9 4" },
  next: { label: "Next", hue: own("#b0508a", "#e3a3c8"), dash: "4 2" },
  linear: { label: "Linear", hue: hueOf("h"), dash: "none" },
  seasonal: { label: "Seasonal", hue: hueOf("o"), dash: "12 3 2 3" },
  gru_d: { label: "GRU-D", hue: own("#5d6b00", "#c3cc6a"), dash: "3 5" },
  brits: { label: "BRITS", hue: hueOf("i"), dash: "6 2 2 2 2 2" },
  course: { label: "Course’s", hue: hueOf("f"), dash: "16 3" },
};
const ORDER = Object.keys(FILLS);
const NETWORKS = ORDER.filter((name) => !SIMPLE.includes(name));

const penOf = ({ hue, dash }) => `stroke: ${hue}; stroke-dasharray: ${dash}`;
const sampleOf = (name) => sample({ class: "rnn-line", style: penOf(FILLS[name]) });
const truthSample = () => sample({ class: "rnn-line rnn-truth" });

const MECHANISM_NAMES = [
  ["mcar", "At random (MCAR)"],
  ["mar", "By the neighbour (MAR)"],
  ["mnar", "By its own size (MNAR)"],
  ["blocks", "Blocks, this channel alone"],
  ["outages", "Outages, the whole station"],
];

const GROUP_NAMES = EDGES.map((edge, group) => {
  const last = (EDGES[group + 1] ?? Infinity) - 1;
  if (last === edge) return String(edge);
  return last === Infinity ? `${edge}+` : `${edge}–${last}`;
});
const percent = (share) => `${short(100 * share)} %`;
const joinedBy = (word, items) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;

// ---- Charts ------------------------------------------------------------------------------------------------------

const pathOf = (points) => (points.length ? `M${points.join("L")}${points.length === 1 ? "h0" : ""}` : "");

/** A series over time: the holes hatched, what was seen, the truth in the holes and the fills. */
class HoleChart extends TimeChart {
  constructor(view, name, height) {
    super(view, { name, colour: "truth", height, steps: 2, first: 1 });
    const hatch = view.newId();
    const pattern = svg(
      "pattern",
      { id: hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { class: "rnn-hatched", width: 6, height: 6 }),
      svg("path", { class: "rnn-hatch", d: "M0,0 V6" }),
    );
    this.holes = svg("path", { class: "rnn-hole", fill: `url(#${hatch})` });
    this.foot = svg("path", { class: "rnn-foot" });
    this.seen = svg("path", { class: "rnn-line rnn-seen" });
    this.hidden = svg("path", { class: "rnn-line rnn-truth" });
    this.fills = svg("g");
    this.dots = svg("g");
    this.svg.append(pattern, this.holes, this.foot, this.axes, this.line, this.seen, this.fills, this.hidden, this.dots);
  }

  /** `content` has { first, steps, times, values, removed, whole, showTruth, fills: [{ name, values }], domain };
   * where `whole` is true the line runs through the holes. */
  drawContent() {
    const { first, steps, times, values, removed, whole, showTruth, fills, domain } = this.content;
    this.first = first;
    this.placeSteps(steps, times);
    const [top, bottom] = [MARGIN.top, this.height - MARGIN.bottom];
    this.y = linear(domain, [bottom, top]);
    this.drawGrid(ticks(...domain, this.height > 120 ? 4 : 2));
    const holes = runsOf(removed).map(([from, to]) => [Math.max(from, first - 1), Math.min(to, first - 1 + steps)]);
    const inView = holes.filter(([from, to]) => from < to);
    const sides = inView.map(([from, to]) => [from + 0.5, to + 0.5].map((step) => this.x(step).toFixed(1)));
    this.holes.setAttribute("d", sides.map(([x0, x1]) => `M${x0},${top}H${x1}V${bottom}H${x0}z`).join(""));
    this.foot.setAttribute("d", sides.map(([x0, x1]) => `M${x0},${bottom - 2}H${x1}`).join(""));
    const overHoles = (series) => inView.map(([from, to]) => this.part(series, from - 1, to + 1)).join("");
    const kept = runsOf(removed.map((gone) => whole || !gone));
    this.seen.setAttribute("d", kept.map(([from, to]) => this.part(values, from, to)).join(""));
    this.hidden.setAttribute("d", showTruth && !whole ? overHoles(values) : "");
    const lineOf = (name, series) => svg("path", { class: "rnn-line", style: penOf(FILLS[name]), d: overHoles(series) });
    this.fills.replaceChildren(...fills.map(({ name, values }) => lineOf(name, values)));
  }

  /** The path of a series from one step up to another, numbered from 0, as far as it is in view. */
  part(series, from, to) {
    const start = Math.max(from, this.first - 1);
    const end = Math.min(to, this.first - 1 + this.steps, series.length);
    const points = [];
    for (let t = start; t < end; t++) points.push(`${this.places[t + 1 - this.first]},${this.y(series[t]).toFixed(1)}`);
    return pathOf(points);
  }

  moveCursor(step) {
    super.moveCursor(step);
    const { values, removed, whole, showTruth, fills } = this.content;
    const gone = removed[step - 1] && !whole;
    const dot = (value, hue) =>
      svg("circle", { class: "rnn-dot", r: 4, cx: this.x(step), cy: this.y(value), style: `fill: ${hue}` });
    const dots = gone ? fills.map(({ name, values }) => dot(values[step - 1], FILLS[name].hue)) : [];
    if (!gone || showTruth) dots.push(dot(values[step - 1], "var(--rnn-ink)"));
    this.dots.replaceChildren(...dots);
  }
}

/** One line for each fill over places such as lags; a click sets the trait `trait` to a place. */
class FillChart extends TimeChart {
  constructor(view, { name, trait, first, marks = false }) {
    super(view, { name, colour: "truth", height: 190, steps: 2, first });
    Object.assign(this, { trait, marks });
    [this.lines, this.dots] = [svg("g"), svg("g")];
    this.svg.append(this.axes, this.line, this.lines, this.dots);
  }

  pick(x) {
    this.view.set({ [this.trait]: this.stepAt(x) });
  }

  /** `content` has { steps, times, domain, lines: [{ pen or null for the truth, hue, values }] }, NaN where none. */
  drawContent() {
    const { domain, lines } = this.content;
    this.y = linear(domain, [this.height - MARGIN.bottom, MARGIN.top]);
    this.drawGrid(ticks(...domain, 4));
    this.lines.replaceChildren(...lines.flatMap((line) => this.drawn(line)));
  }

  drawn({ pen, hue, values }) {
    const place = (value, k) => `${this.places[k]},${this.y(value).toFixed(1)}`;
    const known = values.map((value) => Number.isFinite(value));
    const d = this.marks
      ? pathOf(values.map(place).filter((_, k) => known[k]))
      : runsOf(known).map(([from, to]) => pathOf(values.map(place).slice(from, to))).join("");
    const path = svg("path", { class: pen ? "rnn-line" : "rnn-line rnn-truth", style: pen ?? "", d });
    const mark = (value, k) => svg("circle", { class: "rnn-dot", r: 3, style: `fill: ${hue}`, cx: this.places[k], cy: this.y(value) });
    return [path, ...(this.marks ? values.flatMap((value, k) => (known[k] ? [mark(value, k)] : [])) : [])];
  }

  /** Names of groups are short: every one is written. */
  timeLabels() {
    if (!this.times) return super.timeLabels();
    return this.times.map((text, k) =>
      svg("text", { x: this.places[k], y: this.height - 5, "text-anchor": "middle" }, text),
    );
  }

  moveCursor(step) {
    super.moveCursor(step);
    const dot = ({ hue, values }) => {
      const value = values[step - this.first];
      if (!Number.isFinite(value)) return [];
      return [svg("circle", { class: "rnn-dot", r: 4, style: `fill: ${hue}`, cx: this.x(step), cy: this.y(value) })];
    };
    this.dots.replaceChildren(...this.content.lines.flatMap(dot));
  }
}

const ROW = { label: 84, height: 24, top: 6, bottom: 20, right: 12 };

/** A row for the truth and for each fill: a line from the 5 % to the 95 % quantile, a box from 25 to 75 %, the median. */
class QuantileChart {
  constructor(view) {
    Object.assign(this, { view, width: 0 });
    this.svg = svg("svg", { role: "img" });
    this.title = html("span");
    this.stage = html("div", { class: "rnn-stage" }, this.svg);
    this.figure = html("figure", { "data-chart": "quantiles" }, html("figcaption", {}, this.title), this.stage);
    this.svg.addEventListener("click", (event) => this.pick(event.clientX - this.svg.getBoundingClientRect().left));
    const observer = new ResizeObserver(() => this.resize(this.stage.clientWidth));
    observer.observe(this.stage);
    view.cleanups.push(() => observer.disconnect());
  }

  /** The true quantile nearest to the place. */
  pick(x) {
    const away = this.content.rows[0].quantiles.map((value) => Math.abs(this.x(value) - x));
    this.view.set({ quantile: away.indexOf(Math.min(...away)) });
  }

  resize(width) {
    if (width === this.width || width === 0) return;
    this.width = width;
    if (this.content) this.draw();
  }

  /** `content` has { title, summary, rows: [{ label, hue, quantiles }] }, the truth first. */
  show(content, chosen) {
    if (content === this.content && chosen === this.chosen) return;
    Object.assign(this, { content, chosen });
    this.title.replaceChildren(html("b", {}, "Distribution"), ` ${content.title}`);
    this.svg.setAttribute("aria-label", content.summary);
    if (this.width) this.draw();
  }

  draw() {
    const { rows } = this.content;
    const height = ROW.top + ROW.height * rows.length + ROW.bottom;
    const size = { width: this.width, height, viewBox: `0 0 ${this.width} ${height}` };
    for (const [name, value] of Object.entries(size)) this.svg.setAttribute(name, value);
    const domain = extent(...rows.map(({ quantiles }) => quantiles));
    this.x = linear(domain, [ROW.label, this.width - ROW.right]);
    const foot = ROW.top + ROW.height * rows.length;
    const grid = ticks(...domain, Math.max(2, Math.floor((this.width - ROW.label) / 60))).flatMap((value) => [
      svg("path", { d: `M${this.x(value)},${ROW.top} V${foot}` }),
      svg("text", { x: this.x(value), y: foot + 14, "text-anchor": "middle" }, short(value)),
    ]);
    const guides = rows[0].quantiles.map((value, k) => {
      const kind = k === this.chosen ? "rnn-guide rnn-chosen" : "rnn-guide";
      return svg("path", { class: kind, d: `M${this.x(value)},${ROW.top} V${foot}` });
    });
    this.svg.replaceChildren(
      svg("g", { class: "rnn-axes", "aria-hidden": "true" }, ...grid),
      ...guides,
      ...rows.flatMap((row, k) => this.row(row, ROW.top + (k + 0.5) * ROW.height)),
    );
  }

  row({ label, hue, quantiles }, y) {
    const [low, from, middle, to, high] = quantiles.map((value) => this.x(value).toFixed(1));
    const style = `--rnn-hue: ${hue}`;
    return [
      svg("text", { class: "rnn-of-row", x: ROW.label - 8, y: y + 4, "text-anchor": "end" }, label),
      svg("path", { class: "rnn-spread", style, d: `M${low},${y - 4}v8m0,-4H${high}m0,-4v8` }),
      svg("rect", { class: "rnn-middle", style, x: from, y: y - 6, width: Math.max(to - from, 1), height: 12 }),
      svg("path", { class: "rnn-median", style, d: `M${middle},${y - 8}v16` }),
    ];
  }
}

// ---- Controls ----------------------------------------------------------------------------------------------------

const HINT =
  "Values are taken from a series that is known in full, so that every fill can be held against the truth. Try: blocks " +
  "of 12 steps against single values at random, and see how far the straight line gets; the mean, and what it does to " +
  "the distribution; then values missing by their own size, where what is left is no fair sample of what went.";

function removalControls(view) {
  const series = Object.entries(view.get("stretches")).map(([key, { name }]) => [key, name]);
  const one = (control) => html("div", { class: "rnn-selects" }, control);
  return group(
    "What goes missing",
    one(select(view, "series", { label: "Series", options: series })),
    one(select(view, "mechanism", { label: "Mechanism", options: MECHANISM_NAMES })),
    slider(view, "rate", { label: "Share taken", min: 0.05, max: 0.6, step: 0.05, text: percent }),
    slider(view, "gap_length", {
      label: "Length of a gap",
      ...{ min: 2, max: 48, step: 1, follows: ["gap_length", "mechanism"] },
      text: (value) => (hasLength(view.get("mechanism")) ? `${value} steps` : "single values"),
    }),
    slider(view, "seed", { label: "Seed of the draw", min: 0, max: 99, step: 1 }),
  );
}

/** A checkbox for one fill in the list of those shown. */
function fillBox(view, name) {
  const id = view.newId();
  const input = native("input", { type: "checkbox", id });
  const text = html("span", {}, FILLS[name].label);
  input.addEventListener("change", () => {
    const chosen = new Set(view.get("fills"));
    chosen[input.checked ? "add" : "delete"](name);
    view.set({ fills: ORDER.filter((other) => chosen.has(other)) });
  });
  view.follow("fills", (fills) => {
    input.checked = fills.includes(name);
  });
  const label = html("label", { for: id }, sampleOf(name), text);
  return { name, text, root: html("div", { class: "rnn-control rnn-check" }, input, label) };
}

/** The settings for which networks' fills are recorded, of one series. */
function recordedOf(view) {
  const places = Object.keys(view.get("recorded")).map((key) => {
    const [series, mechanism, rate, length, seed] = key.split(" ");
    return { series, mechanism, rate: Number(rate), gap_length: Number(length), seed: Number(seed) };
  });
  return places.filter(({ series }) => series === view.get("series"));
}

const settingNow = (view) =>
  Object.fromEntries(["series", "mechanism", "rate", "gap_length", "seed"].map((name) => [name, view.get(name)]));

/** Among the recorded settings of this mechanism the one nearest in rate, then in length, then in seed. */
function nearestRecorded(view) {
  const now = settingNow(view);
  const away = ({ rate, gap_length, seed }) => {
    const length = hasLength(now.mechanism) ? Math.abs(gap_length - now.gap_length) : 0;
    return 1e4 * Math.abs(rate - now.rate) + length + Math.abs(seed - now.seed) / 1e3;
  };
  const places = recordedOf(view).filter(({ mechanism }) => mechanism === now.mechanism);
  return places.sort((a, b) => away(a) - away(b))[0];
}

function recordedNote(view) {
  const places = recordedOf(view);
  if (view.get("recorded")[settingOf(settingNow(view))]) {
    return `Recorded on ${view.get("recorded_on")}; not computed in this page.`;
  }
  if (!places.length) return "No network’s fill is recorded for this series: the recorded ones are of the weather.";
  const all = (name) => [...new Set(places.map((place) => place[name]).filter(Number.isFinite))].sort((a, b) => a - b);
  const lengths = hasLength(view.get("mechanism")) ? `, lengths of ${joinedBy("and", all("gap_length").map(String))}` : "";
  const rates = joinedBy("and", all("rate").map((rate) => String(100 * rate)));
  const seeds = joinedBy("and", all("seed").map(String));
  return `None is recorded at this setting. There are some at shares of ${rates} %${lengths} and seeds ${seeds}.`;
}

function fillControls(view) {
  const [simple, networks] = [SIMPLE, NETWORKS].map((names) => names.map((name) => fillBox(view, name)));
  const note = html("p", { class: "rnn-note", id: view.newId() });
  const go = button("Go to a recorded setting", () => {
    const { rate, gap_length, seed } = nearestRecorded(view);
    view.set({ rate, seed, ...(Number.isFinite(gap_length) && { gap_length }) });
  });
  for (const { root } of networks) root.querySelector("input").setAttribute("aria-describedby", note.id);
  const update = () => {
    const here = view.get("recorded")[settingOf(settingNow(view))] ?? {};
    for (const { name, text } of networks) {
      text.textContent = `${FILLS[name].label} (${here[name] ? "recorded" : "none here"})`;
    }
    note.textContent = recordedNote(view);
    go.hidden = Boolean(Object.keys(here).length || !nearestRecorded(view));
  };
  const boxes = (list) => html("div", { class: "rnn-boxes" }, ...list.map(({ root }) => root));
  const groups = [
    group("Fills shown, computed here", boxes(simple)),
    group("Networks’ fills, recorded", boxes(networks), note, go),
  ];
  return { groups, update };
}

/** Rows of exact values, one for the truth and each fill. */
function valueTable(heads) {
  const [caption, body] = [html("caption"), html("tbody")];
  const head = heads.map((text) => html("th", { scope: "col" }, text));
  const thead = heads.length ? [html("thead", {}, html("tr", {}, html("td"), ...head))] : [];
  const table = html("table", {}, caption, ...thead, body);
  const fill = (title, rows) => {
    caption.textContent = title;
    body.replaceChildren(
      ...rows.map(({ name, cells }) =>
        html(
          "tr",
          { "data-row": name ?? "truth" },
          html("th", { scope: "row" }, name ? sampleOf(name) : truthSample(), name ? FILLS[name].label : "Truth"),
          ...cells.map((text) => html("td", {}, text)),
        ),
      ),
    );
  };
  return { table, fill };
}

// ---- What is drawn and said --------------------------------------------------------------------------------------

const COMPUTED = ["series", "mechanism", "rate", "gap_length", "seed", "fills"];

const stretchNow = (view) => view.get("stretches")[view.get("series")];
const cursorNow = (view) => Math.min(view.get("cursor"), stretchNow(view).values.length);
const lagNow = (view) => Math.min(view.get("lag"), stretchNow(view).lags);
const withUnit = (text, unit) => (unit ? `${text} ${unit}` : text);
const inBrackets = (unit) => (unit ? ` (${unit})` : "");

/** The part of the series in view: the page of `zoom` steps on which the cursor stands. */
function pageOf(view) {
  const { values, times } = stretchNow(view);
  const steps = Math.min(view.get("zoom") || values.length, values.length);
  const first = Math.min(Math.floor((cursorNow(view) - 1) / steps) * steps, values.length - steps) + 1;
  const named = times?.slice(first - 1, first - 1 + steps).map((text) => (text.length > 10 ? text.slice(5) : text));
  return { first, steps, ...(named && { times: named }) };
}

function seriesContents(view, now) {
  const stretch = stretchNow(view);
  const { values, given, name, unit, given_name } = stretch;
  const page = pageOf(view);
  const fills = Object.entries(now.fills).map(([name, fill]) => ({ name, values: fill.values }));
  const showTruth = view.get("show_truth");
  const part = `steps ${page.first} to ${page.first + page.steps - 1} of ${values.length}`;
  const shared = { ...page, times: page.times ?? null, removed: now.removed };
  const gone = now.removed.filter(Boolean).length;
  const said = fills.map(({ name }) => FILLS[name].label).join(", ") || "none";
  return {
    series: {
      ...{ ...shared, name, title: `${inBrackets(unit)}, ${part}`, values, showTruth, fills },
      domain: extent(values, ...fills.map((fill) => fill.values)),
      summary: `${name}, ${part}. ${gone} of ${values.length} values are missing; fills shown: ${said}.`,
    },
    given: {
      ...{ ...shared, name: "Neighbour:", title: `${given_name}; the larger it is, the likelier a hole`, values: given, whole: true, fills: [] },
      domain: extent(given),
      summary: `The neighbour, ${given_name}, over the same steps: the larger its value, the likelier a hole.`,
    },
  };
}

/** By what the errors are told: the groups of gaps, or the lengths at which blocks and outages were drawn. */
function gapAxis(view, now) {
  if (!hasLength(view.get("mechanism"))) {
    const title = "by the length of the gap";
    return { names: GROUP_NAMES, title, of: (name) => now.fills[name].by_gap };
  }
  const title = "by the length of a gap, drawn anew for each";
  return { names: LENGTHS.map(String), title, of: (name) => now.by_length[name] };
}

function resultContents(view, now) {
  const { unit, lags } = stretchNow(view);
  const fills = Object.entries(now.fills);
  const line = (name, values) => ({ pen: penOf(FILLS[name]), hue: FILLS[name].hue, values });
  const truth = (values) => ({ pen: null, hue: "var(--rnn-ink)", values });
  const { names, title, of } = gapAxis(view, now);
  const errors = fills.map(([name]) => line(name, of(name)));
  const largest = Math.max(...errors.flatMap(({ values }) => values.filter(Number.isFinite)), 0) || 1;
  const correlations = [truth(now.truth.autocorrelation), ...fills.map(([name, fill]) => line(name, fill.autocorrelation))];
  const maes = fills.filter(([, { mae }]) => mae !== null);
  const each = (text) => fills.map(([name, fill]) => `${FILLS[name].label} ${text(fill)}`).join("; ");
  return {
    gap: {
      ...{ name: "Error", title: `${title}${inBrackets(unit)}`, steps: names.length, times: names },
      ...{ domain: [0, 1.06 * largest], lines: errors },
      summary: `Mean absolute error by the length of the gap. Over all: ${maes.length ? each(({ mae }) => short(mae ?? 0)) : "none"}.`,
    },
    lag: {
      ...{ name: "Autocorrelation", title: "by lag, in steps", steps: lags, times: null },
      ...{ domain: extent(...correlations.map(({ values }) => values), [1]), lines: correlations },
      summary:
        `Autocorrelation by lag. At lag 1: truth ${short(now.truth.autocorrelation[0])}; ` +
        `${each(({ autocorrelation }) => short(autocorrelation[0]))}.`,
    },
    quantile: {
      title: `line 5 to 95 %, box 25 to 75 %, median${inBrackets(unit)}`,
      rows: [
        { label: "Truth", hue: "var(--rnn-ink)", quantiles: now.truth.quantiles },
        ...fills.map(([name, { quantiles }]) => ({ label: FILLS[name].label, hue: FILLS[name].hue, quantiles })),
      ],
      summary:
        `Quantiles of the whole series, true and filled. Median: truth ${short(now.truth.quantiles[2])}; ` +
        `${each(({ quantiles }) => short(quantiles[2]))}.`,
    },
  };
}

/** What went, as sentences. */
function factsOf(view, { removed, gaps, truth, fills }) {
  const { values, unit } = stretchNow(view);
  const left = values.filter((_, t) => !removed[t]);
  const gone = removed.filter(Boolean).length;
  const holes = runsOf(removed).length;
  const facts = [
    `${gone} of ${values.length} values are gone (${percent(gone / values.length)}), in ${holes} ` +
      `${holes === 1 ? "gap" : "gaps"}${gone ? `; the longest has ${Math.max(...gaps)} steps` : ""}.`,
  ];
  if (!left.length) return [...facts, "Nothing is left to fill from: take another seed, or less."];
  if (!gone) return [...facts, "Nothing was taken: take another seed, or more."];
  if (!view.get("show_truth")) return [...facts, "The truth in the holes is hidden, and with it every result."];
  facts.push(`What is left has the mean ${withUnit(short(averageOf(left)), unit)}; the truth has ${short(truth.mean)}.`);
  const ranked = Object.entries(fills).sort(([, a], [, b]) => a.mae - b.mae);
  if (ranked.length > 1) {
    const [[best, first], [worst, last]] = [ranked[0], ranked.at(-1)];
    facts.push(
      `Smallest mean absolute error of those shown: ${FILLS[best].label}, ${withUnit(short(first.mae), unit)}; ` +
        `largest: ${FILLS[worst].label}, ${short(last.mae)}.`,
    );
  }
  if (hasLength(view.get("mechanism"))) {
    facts.push(
      "To a fill of one channel a block and an outage are the same. To a network they are not: in an outage the " +
        "station’s other channels are gone too.",
    );
  }
  return facts;
}

function fillTables(view, now, { step, whole, gap, lag, quantile }) {
  const { values, times, unit } = stretchNow(view);
  const [cursor, hidden] = [cursorNow(view), !view.get("show_truth")];
  const [gone, fills] = [now.removed[cursor - 1], Object.entries(now.fills)];
  const truth = values[cursor - 1];
  const error = (fill) => (gone ? (hidden ? "hidden" : signed(fill.values[cursor - 1] - truth)) : "–");
  step.fill(`Step ${cursor}${times ? `, ${times[cursor - 1]}` : ""}: ${gone ? "missing" : "seen"}`, [
    { cells: [gone && hidden ? "hidden" : exact(truth), ""] },
    ...fills.map(([name, fill]) => ({ name, cells: [exact(fill.values[cursor - 1]), error(fill)] })),
  ]);
  const number = (value) => (Number.isFinite(value) ? exact(value) : "–");
  const five = (value) => (value !== null && Number.isFinite(value) ? withMinus(value.toPrecision(5)) : "–");
  const score = ({ mae, rmse, variance, correlation }) =>
    [mae, rmse, variance / now.truth.variance, correlation].map(five);
  whole.fill(`The whole series${unit ? `, errors in ${unit}` : ""}`, [
    { cells: ["", "", "1", five(now.truth.correlation)] },
    ...fills.map(([name, fill]) => ({ name, cells: score(fill) })),
  ]);
  const column = (title, truth, read) => [
    title,
    [{ cells: [number(truth)] }, ...fills.map(([name, fill]) => ({ name, cells: [number(read(fill))] }))],
  ];
  const [group, axis] = [view.get("gap"), gapAxis(view, now)];
  const count = hasLength(view.get("mechanism")) ? "" : `: ${now.counts[group]} ${now.counts[group] === 1 ? "value" : "values"}`;
  gap.fill(`Mean absolute error, gaps of ${axis.names[group]}${count}`, [
    ...fills.map(([name]) => ({ name, cells: [number(axis.of(name)[group])] })),
  ]);
  const k = lagNow(view);
  const at = ({ autocorrelation }) => autocorrelation[k - 1];
  lag.fill(...column(`Autocorrelation at lag ${k}`, at(now.truth), at));
  const share = view.get("quantile");
  const of = ({ quantiles }) => quantiles[share];
  quantile.fill(...column(`Quantile, ${percent(QUANTILES[share])}`, of(now.truth), of));
}

function speak(view, now) {
  const [fact] = factsOf(view, now);
  const fills = Object.entries(now.fills).filter(([, { mae }]) => mae !== null);
  const said = fills.map(([name, { mae }]) => `${FILLS[name].label} ${short(mae)}`).join("; ");
  view.say(view.get("show_truth") ? `${fact} Mean absolute error: ${said || "none"}.` : fact);
}

// ---- The page ----------------------------------------------------------------------------------------------------

const ZOOMS = [[0, "the whole series"], [96, "96 steps"], [48, "48 steps"]];

function render({ model, el }) {
  const view = new View({ model, el }, "Missingness laboratory");
  const series = new HoleChart(view, "series", 240);
  const given = new HoleChart(view, "given", 90);
  const gapChart = new FillChart(view, { name: "gap", trait: "gap", first: 0, marks: true });
  const lagChart = new FillChart(view, { name: "lag", trait: "lag", first: 1 });
  const quantileChart = new QuantileChart(view);
  const tables = {
    step: valueTable(["value", "error"]),
    whole: valueTable(["MAE", "RMSE", "variance ÷ true", "corr. with neighbour"]),
    ...{ gap: valueTable([]), lag: valueTable([]), quantile: valueTable([]) },
  };
  const { groups, update } = fillControls(view);
  const legend = html(
    "p",
    { class: "rnn-legend" },
    html("span", {}, sample({ class: "rnn-line rnn-seen" }), "seen"),
    html("span", {}, truthSample(), "truth in a hole"),
    html("span", {}, html("i", { class: "rnn-swatch" }), "hole"),
  );
  const looks = html(
    "div",
    { class: "rnn-looks" },
    html("div", { class: "rnn-selects" }, select(view, "zoom", { label: "Show", options: ZOOMS })),
    checkbox(view, "show_truth", { label: "Show the truth in the holes" }),
  );
  const steps = () => stretchNow(view).values.length;
  const cursor = slider(view, "cursor", { label: "At step", min: 1, max: steps, step: 1, follows: ["cursor", "series"] });
  const probe = (figure, control, { table }) => html("div", { class: "rnn-probe" }, figure, control, table);
  const most = EDGES.length - 1;
  const nameOfGap = (k) => (hasLength(view.get("mechanism")) ? String(LENGTHS[k]) : GROUP_NAMES[k]);
  const scores = html(
    "div",
    { class: "rnn-charts" },
    probe(
      gapChart.figure,
      slider(view, "gap", { label: "Gaps of length", min: 0, max: most, step: 1, text: nameOfGap, follows: ["gap", "mechanism"] }),
      tables.gap,
    ),
    probe(
      lagChart.figure,
      slider(view, "lag", { label: "Lag", min: 1, max: () => stretchNow(view).lags, step: 1, follows: ["lag", "series"] }),
      tables.lag,
    ),
  );
  const quantile = slider(view, "quantile", {
    label: "Quantile",
    ...{ min: 0, max: 4, step: 1, text: (k) => percent(QUANTILES[k]) },
  });
  const distribution = html(
    "div",
    { class: "rnn-charts" },
    html("div", { class: "rnn-probe" }, quantileChart.figure),
    html("div", { class: "rnn-probe" }, quantile, tables.quantile.table),
  );
  const results = html("div", {}, html("div", { class: "rnn-probe rnn-whole" }, tables.whole.table), scores, distribution);
  const facts = html("div", { class: "rnn-facts" });
  view.root.append(
    headOf(view, "Missingness laboratory"),
    html("p", { class: "rnn-hint" }, HINT),
    html("div", { class: "rnn-controls rnn-laboratory" }, removalControls(view), html("div", {}, ...groups), facts),
    ...[looks, legend, series.figure, given.figure, cursor],
    html("div", { class: "rnn-probe" }, tables.step.table),
    ...[results, view.speech],
  );

  const computed = remember(() => {
    const now = compute(Object.fromEntries([...COMPUTED, "stretches", "recorded"].map((name) => [name, view.get(name)])));
    return { now, results: resultContents(view, now) };
  });
  const pictured = remember(() => seriesContents(view, computed(keyOfNumbers()).now));
  const keyOfNumbers = () => COMPUTED.map((name) => view.get(name)).join();
  view.drawWith(() => {
    const { now, results: contents } = computed(keyOfNumbers());
    const pictures = pictured([keyOfNumbers(), view.get("show_truth"), ...Object.values(pageOf(view))].join());
    update();
    results.hidden = !view.get("show_truth");
    given.figure.hidden = view.get("mechanism") !== "mar";
    series.show(pictures.series, cursorNow(view), null);
    given.show(pictures.given, cursorNow(view), null);
    gapChart.show(contents.gap, view.get("gap"), null);
    lagChart.show(contents.lag, lagNow(view), null);
    quantileChart.show(contents.quantile, view.get("quantile"));
    fillTables(view, now, tables);
    facts.replaceChildren(...factsOf(view, now).map((fact) => html("p", {}, fact)));
    speak(view, now);
  });
  return () => view.close();
}

export default { render };
