// Alignment, drawn: lines between what is read and what is written, and the same weights as a map.

import { Chart, HeatMap, hueOf, MARGIN, renew, svg } from "./charts.js";

const SIDE = 4;
const WIDEST = 34; // from one symbol to the next
const LEAST = 14; // as much room as the widest symbol of a row needs
const BOX = { height: 24, most: 26, gap: 3 };
const BETWEEN = 120; // from the symbols that are read to those that are written
const FROM = 0.02; // weights below this are not drawn

/** As it is seen: a space and the end of an answer have a sign. */
const seen = (symbol) => ({ " ": "␣", "\n": "■" })[symbol] ?? symbol;

/** Symbols side by side. Where they are too close, every other one stands lower. */
class SymbolRow {
  constructor(symbols, width, top) {
    const room = width - 2 * SIDE;
    this.symbols = symbols;
    this.top = top;
    this.pitch = Math.min(room / Math.max(symbols.length, 1), WIDEST);
    this.rows = Math.ceil(LEAST / this.pitch);
    this.left = (width - symbols.length * this.pitch) / 2;
    this.height = this.rows * BOX.height + (this.rows - 1) * BOX.gap;
  }

  x(place) {
    return this.left + (place + 0.5) * this.pitch;
  }

  topOf(place) {
    return this.top + (place % this.rows) * (BOX.height + BOX.gap);
  }

  /** The place nearest to an x. */
  at(x) {
    return Math.min(Math.max(Math.floor((x - this.left) / this.pitch), 0), this.symbols.length - 1);
  }

  /** Boxes with their symbols; `chosen` has a frame, those of `hidden` are crossed out. */
  draw(chosen, hidden = new Set()) {
    return this.symbols.flatMap((symbol, place) => {
      const [x, y] = [this.x(place), this.topOf(place)];
      const width = Math.min(this.pitch * this.rows - BOX.gap, BOX.most);
      const box = { x: x - width / 2, y, width, height: BOX.height, rx: 4 };
      const kind = `rnn-step${place === chosen ? " rnn-current" : ""}`;
      const text = svg(
        "text",
        { class: place === chosen ? "rnn-chosen" : "", x, y: y + 17, "text-anchor": "middle" },
        seen(symbol),
      );
      const cross = `M${box.x + 2},${y + BOX.height - 2} l${width - 4},${4 - BOX.height}`;
      return [
        svg("rect", { class: kind, ...box }),
        text,
        ...(hidden.has(place) ? [svg("path", { class: "rnn-struck", d: cross })] : []),
      ];
    });
  }
}

/** What is read above, what is written below, and a line for each weight between; without attention all lines lead
 * through h_0. */
export class AlignmentLines extends Chart {
  constructor(view, caption) {
    super(view, "alignment", { caption, kind: "rnn-aligned" });
    this.figure.style.setProperty("--rnn-hue", hueOf("h"));
  }

  /** A place of the text in the upper half, a step in the lower one. */
  pick(x, y) {
    if (y < this.height / 2) {
      if (this.above.symbols.length) this.view.set({ cursor: this.above.at(x) });
    } else if (this.below?.symbols.length) this.view.set({ step: this.below.at(x) });
  }

  /** `content` has { read, written, weights: [step][place], null without attention, step, cursor, hidden }; `written` is
   * null where no network has come. */
  draw() {
    const { read, written, cursor, step, hidden } = this.content;
    this.above = new SymbolRow(read, this.width, SIDE);
    this.below = written && new SymbolRow(written, this.width, SIDE + this.above.height + BETWEEN);
    const last = this.below ?? this.above;
    this.height = last.top + last.height + SIDE;
    this.fit();
    const nothing = svg("text", { x: this.width / 2, y: SIDE + 17, "text-anchor": "middle" }, "nothing to read yet");
    this.svg.replaceChildren(
      ...(this.below ? this.lines() : []),
      ...(read.length ? this.above.draw(cursor, hidden) : [nothing]),
      ...(this.below?.draw(step) ?? []),
    );
  }

  get ends() {
    return [this.above.top + this.above.height + 2, this.below.top - 2];
  }

  lines() {
    const { weights, step } = this.content;
    if (!weights) return this.bottleneck();
    const others = weights.flatMap((alpha, t) => (t === step ? [] : this.linesOf(alpha, t, "rnn-weight")));
    return [...others, ...this.linesOf(weights[step], step, "rnn-weight rnn-strong")];
  }

  /** The lines of a step; they are as thick and as strong as their weights. */
  linesOf(alpha, t, kind) {
    const [top, bottom] = this.ends;
    return Array.from(alpha).flatMap((weight, place) => {
      if (weight < FROM) return [];
      const d = `M${this.above.x(place).toFixed(1)},${top} L${this.below.x(t).toFixed(1)},${bottom}`;
      return [svg("path", { class: kind, d, style: `--weight: ${weight.toFixed(3)}` })];
    });
  }

  /** Every symbol into h_0, and out of it to the chosen step. */
  bottleneck() {
    const { read, written, step } = this.content;
    const [[top, bottom], middle] = [this.ends, this.width / 2];
    const centre = (top + bottom) / 2;
    const into = read.map((_, k) =>
      svg("path", { class: "rnn-flow", d: `M${this.above.x(k)},${top} L${middle},${centre}` }),
    );
    const out = written.map((_, t) => {
      const kind = t === step ? "rnn-flow rnn-way" : "rnn-flow";
      return svg("path", { class: kind, d: `M${middle},${centre} L${this.below.x(t)},${bottom}` });
    });
    const box = { x: middle - 20, y: centre - 14, width: 40, height: 28, rx: 4 };
    const name = svg(
      "text",
      { class: "rnn-math", x: middle, y: centre + 5, "text-anchor": "middle" },
      svg("tspan", { "font-style": "italic" }, "h"),
      svg("tspan", { "font-size": "0.8em", dy: "0.25em" }, "0"),
    );
    return [...into, ...out, svg("rect", { class: "rnn-step rnn-current", ...box }), name];
  }
}

const CELL = { few: 20, height: 17, low: 14, wide: 34 }; // up to `few` rows are higher

/** The places of the text across, the steps down; the last column of a Transformer is what lies on neither. */
export class WeightMap extends HeatMap {
  constructor(view) {
    super(view, { name: "heat_map", steps: 1 });
    this.frameOfColumn = svg("path", { class: "rnn-row" });
    this.line.replaceWith(this.frameOfColumn); // a line would hide a narrow column
  }

  /** `content` as of a HeatMap, and the symbols { read, written }. */
  drawContent() {
    const { read, written } = this.content;
    this.stage.style.maxWidth = `${MARGIN.left + MARGIN.right + CELL.wide * this.steps}px`;
    this.labels = { across: [...read.map(seen), "rest"], down: written.map(seen) };
    super.drawContent();
  }

  makeRoom(rows) {
    if (rows === this.rows && this.steps === this.canvas.width) return;
    const cell = rows <= CELL.few ? CELL.height : CELL.low;
    Object.assign(this, { rows, cell, height: rows * cell + MARGIN.top + MARGIN.bottom });
    Object.assign(this.canvas, { width: this.steps, height: rows });
    this.pixels = new ImageData(this.steps, rows);
    this.fit();
  }

  drawAxes(row) {
    super.drawAxes(row); // the frame of the row
    const { across, down } = this.labels;
    const key = [this.timeKey(), row, ...down, ...across].join(" ");
    const names = () =>
      down.map((symbol, k) => {
        const place = { x: MARGIN.left - 8, y: MARGIN.top + (k + 0.5) * this.cell + 4, "text-anchor": "end" };
        return svg("text", { ...place, ...(k === row && { class: "rnn-chosen" }) }, k === row ? `▸ ${symbol}` : symbol);
      });
    renew(this.axes, key, () => [...names(), ...this.timeLabels()]);
  }

  /** A symbol below each column, or below as many as fit. */
  timeLabels() {
    const every = Math.ceil(LEAST / (this.x(1) - this.x(0)));
    const shown = this.labels.across.slice(0, this.steps).map((symbol, k) => [symbol, k]);
    const fits = ([symbol, k]) => (symbol === "rest" ? this.x(1) - this.x(0) >= 26 : k % every === 0);
    return shown
      .filter(fits)
      .map(([symbol, k]) => svg("text", { x: this.x(k), y: this.height - 5, "text-anchor": "middle" }, symbol));
  }

  moveCursor(place) {
    const [left, bottom] = [this.x(place - 0.5), this.height - MARGIN.bottom];
    this.frameOfColumn.setAttribute(
      "d",
      `M${left},${MARGIN.top} V${bottom} M${this.x(place + 0.5)},${MARGIN.top} V${bottom}`,
    );
  }

  pick(x, y) {
    super.pick(x, y);
    const last = this.content.read.length - 1;
    if (this.view.get("cursor") > last) this.view.set({ cursor: last });
  }
}
