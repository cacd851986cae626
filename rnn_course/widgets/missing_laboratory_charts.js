// How the missingness laboratory draws each fill, and its charts.

import {
  Chart,
  DIGIT,
  extent,
  html,
  hueOf,
  linear,
  MARGIN,
  sample,
  scaleTicks,
  short,
  svg,
  TimeChart,
  ticks,
} from "./charts.js";
import { runsOf } from "./missing_laboratory_compute.js";

// ---- How each fill is drawn and named ----------------------------------------------------------------------------

const own = (light, dark) => `light-dark(${light}, ${dark})`;

export const FILLS = {
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

export const penOf = ({ hue, dash }) => `stroke: ${hue}; stroke-dasharray: ${dash}`;
export const sampleOf = (name) => sample({ class: "rnn-line", style: penOf(FILLS[name]) });
export const truthSample = () => sample({ class: "rnn-line rnn-truth" });

// ---- Charts ------------------------------------------------------------------------------------------------------

const MIDNIGHT = " 00:00";

const pathOf = (points) => (points.length ? `M${points.join("L")}${points.length === 1 ? "h0" : ""}` : "");

/** A series over time: the holes hatched, what was seen, the truth in the holes and the fills. */
export class HoleChart extends TimeChart {
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
    this.svg.append(
      pattern,
      this.holes,
      this.foot,
      this.axes,
      this.line,
      this.seen,
      this.fills,
      this.hidden,
      this.dots,
    );
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
    const lineOf = (name, series) =>
      svg("path", { class: "rnn-line", style: penOf(FILLS[name]), d: overHoles(series) });
    this.fills.replaceChildren(...fills.map(({ name, values }) => lineOf(name, values)));
  }

  /** Of hours the days are named, at their beginning, as many as fit. */
  timeLabels() {
    const days = (this.times ?? []).flatMap((text, k) => (text.endsWith(MIDNIGHT) ? [k] : []));
    if (!days.length) return super.timeLabels();
    const named = days.map((k) => this.times[k].slice(0, -MIDNIGHT.length));
    const half = (named[0].length * DIGIT) / 2;
    const every = Math.ceil((2 * half + 10) / (this.x(25) - this.x(1)));
    return days.flatMap((k, day) => {
      const at = this.x(this.first + k);
      const x = Math.min(Math.max(at, half), this.width - half);
      const label = svg("text", { x, y: this.height - 5, "text-anchor": "middle" }, named[day]);
      const tick = svg("path", { d: `M${at},${this.height - MARGIN.bottom} v4` });
      return day % every ? [tick] : [tick, label];
    });
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
export class FillChart extends TimeChart {
  constructor(view, { name, trait, first, marks = false }) {
    super(view, { name, colour: "truth", height: 190, steps: 2, first });
    Object.assign(this, { trait, marks });
    [this.lines, this.dots] = [svg("g"), svg("g")];
    this.svg.append(this.axes, this.line, this.lines, this.dots);
  }

  pick(x) {
    this.view.set({ [this.trait]: this.stepAt(x) });
  }

  pinnable() {
    const known = (value) => (Number.isFinite(value) ? value : null);
    return this.content.lines.filter(({ pen }) => pen).map(({ values }) => values.map(known));
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
      : runsOf(known)
          .map(([from, to]) => pathOf(values.map(place).slice(from, to)))
          .join("");
    const path = svg("path", { class: pen ? "rnn-line" : "rnn-line rnn-truth", style: pen ?? "", d });
    const mark = (value, k) =>
      svg("circle", { class: "rnn-dot", r: 3, style: `fill: ${hue}`, cx: this.places[k], cy: this.y(value) });
    return [path, ...(this.marks ? values.flatMap((value, k) => (known[k] ? [mark(value, k)] : [])) : [])];
  }

  /** Names of groups are short: every one is written, or every second where they would touch. */
  timeLabels() {
    if (!this.times) return super.timeLabels();
    const longest = Math.max(...this.times.map((text) => text.length));
    const every = this.places[1] - this.places[0] < 7 * longest + 6 ? 2 : 1; // 7 px a character
    const label = (text, k) => svg("text", { x: this.places[k], y: this.height - 5, "text-anchor": "middle" }, text);
    return this.times.map(label).filter((_, k) => k % every === 0);
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
export class QuantileChart extends Chart {
  constructor(view) {
    super(view, "quantiles");
  }

  /** The true quantile nearest to the place. */
  pick(x) {
    const away = this.content.rows[0].quantiles.map((value) => Math.abs(this.x(value) - x));
    this.view.set({ quantile: away.indexOf(Math.min(...away)) });
  }

  /** `content` has { title, summary, rows: [{ label, hue, quantiles }] }, the truth first. */
  show(content, chosen) {
    if (content === this.content && chosen === this.chosen) return;
    this.chosen = chosen;
    this.title.replaceChildren(html("b", {}, "Distribution"), ` ${content.title}`);
    super.show(content);
  }

  draw() {
    const { rows } = this.content;
    this.height = ROW.top + ROW.height * rows.length + ROW.bottom;
    this.fit();
    const domain = extent(...rows.map(({ quantiles }) => quantiles));
    this.x = linear(domain, [ROW.label, this.width - ROW.right]);
    const foot = ROW.top + ROW.height * rows.length;
    const grid = scaleTicks(...domain, Math.max(2, Math.floor((this.width - ROW.label) / 60))).flatMap((value) => [
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
