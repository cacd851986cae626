// A chart of curves over any numbers, on a linear or a logarithmic axis.

import { Chart, linear, MARGIN, powerOfTen, short, svg, ticks } from "./charts.js";

const BETWEEN_LABELS = 58; // pixels

/** Round numbers for an axis of logarithms: powers of ten or, where there are few, 1, 2 and 5 times such. */
function logTicks(low, high, count) {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const every = Math.max(1, Math.ceil((last - first) / count));
  const powers = [];
  for (let power = Math.ceil(first / every) * every; power <= last; power += every) powers.push(power);
  const factors = last - first > 3 ? [1] : [1, 2, 5];
  const inside = (value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  return powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`))).filter(inside);
}

const logText = (value) => {
  const power = Math.log10(value);
  return Number.isInteger(power) && (power < -2 || power > 4) ? powerOfTen(power) : short(value);
};

/** The end of an axis that grows: the smallest of 10, 20, 50, 100 … that is not below `least`. */
export function roundEnd(least, first = 10) {
  let end = first;
  for (let k = 0; end < least; k++) end *= k % 3 === 1 ? 2.5 : 2;
  return end;
}

/** The rows of ticks, from below, that do not touch each other. */
function apart(values, place) {
  const kept = [];
  for (const value of values) if (!kept.length || place(kept.at(-1)) - place(value) > 13) kept.push(value);
  return kept;
}

/** `content` has { lines, x, y, log, title, summary, labelOf }: lines is a list of { points: [[x, y], …], style, kind },
 * x and y are the ends of the axes; `labelOf(x)` is what stands at a place of the x-axis, and `marks` are places on it
 * where a cross stands at the top. */
export class Curves extends Chart {
  constructor(view, name, { height, title }) {
    super(view, name, { height, caption: title });
    this.axes = svg("g", { class: "rnn-axes", "aria-hidden": "true" });
    this.curves = svg("g");
    this.svg.append(this.axes, this.curves);
  }

  place() {
    this.fit();
  }

  draw() {
    const { x, y, log, lines, marks = [] } = this.content;
    const [left, right, bottom] = [MARGIN.left, this.width - MARGIN.right, this.height - MARGIN.bottom];
    this.x = linear(x, [left, right]);
    const onAxis = linear(log ? y.map(Math.log10) : y, [bottom, MARGIN.top]);
    const within = (place) => Math.min(Math.max(place, MARGIN.top - 6), bottom + 2);
    this.y = (value) => within(onAxis(log ? Math.log10(value) : value));
    this.drawAxes(left, right, bottom);
    const cross = (px) => svg("path", { class: "rnn-cross", d: `M${this.x(px) - 5},4 l10,10 m0,-10 l-10,10` });
    this.curves.replaceChildren(...lines.map((line) => this.pathOf(line)), ...marks.map(cross));
  }

  /** A line through what an axis can show; a point alone is a dot. */
  pathOf({ points, style = "", kind = "" }) {
    const shown = (value) => Number.isFinite(value) && !(this.content.log && value <= 0);
    const places = points
      .filter(([, py]) => shown(py))
      .map(([px, py]) => `${this.x(px).toFixed(1)},${this.y(py).toFixed(1)}`);
    if (places.length === 1) {
      return svg("path", { class: "rnn-line rnn-alone", style, d: `M${places[0]}h0.1` });
    }
    return svg("path", { class: `rnn-line ${kind}`, style, d: places.length ? `M${places.join("L")}` : "" });
  }

  drawAxes(left, right, bottom) {
    const { x, y, log, labelOf = short } = this.content;
    const key = [x, y, log, this.width, labelOf(x[0]), labelOf(x[1])].join();
    if (key === this.axesKey) return;
    this.axesKey = key;
    const powers = log ? logTicks(...y, 4) : [];
    const values = powers.length > 1 ? powers : ticks(...y, 4);
    const rows = apart(values, this.y).flatMap((value) => [
      svg("path", { class: "rnn-grid", d: `M${left},${this.y(value)} H${right}` }),
      svg("text", { x: left - 6, y: this.y(value) + 4, "text-anchor": "end" }, log ? logText(value) : short(value)),
    ]);
    const count = Math.max(1, Math.floor((right - left) / BETWEEN_LABELS));
    const places = ticks(...x, count).filter((value) => value >= x[0] && value <= x[1] && labelOf(value) !== null);
    const columns = places.flatMap((value) => [
      svg("text", { x: this.x(value), y: bottom + 17, "text-anchor": this.anchor(value, right) }, labelOf(value)),
      svg("path", { d: `M${this.x(value)},${bottom} v4` }),
    ]);
    this.axes.replaceChildren(...rows, ...columns);
  }

  anchor(value, right) {
    return this.x(value) > right - 16 ? "end" : "middle";
  }
}
