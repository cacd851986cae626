// What the cell stepper draws: the unrolled network, and an equation's numbers beside each other.

import { brief } from "./cell_stepper_cards.js";
import { Chart, exact, html, hueOf, linear, math, renew, svg, typesetInChart } from "./charts.js";
import { native } from "./controls.js";

// ---- Symbols as text ---------------------------------------------------------------------------------------------

/** A sentence with symbols in it: what has a subscript is one. */
export const prose = (text) => text.split(/(\S*_\S+)/).map((part) => (part.includes("_") ? math(part) : part));

/** A head of a block or line, with the numbers of the steps in place of t. */
export const at = (text, t) =>
  text
    .replace(/\{t−1\}/g, `{${t - 1}}`)
    .replace(/t\+1/g, t + 1)
    .replace(/_t(?![a-z])/g, `_{${t}}`);

/** Symbols as they are said: without the marks of a subscript. */
export const plain = (text) => text.replace(/_\{([^}]*)\}/g, "_$1");

// ---- The unrolled network ----------------------------------------------------------------------------------------

const CHAIN = { height: 112, top: 24, bottom: 76, left: 26, right: 26, baseline: 104 };

/** A box for each time step with the units' values as bars, and arrows in the direction of the walk. */
export class Chain extends Chart {
  constructor(view, caption) {
    super(view, "chain", { caption, height: CHAIN.height, kind: "rnn-chain" });
    this.svg.style.setProperty("--rnn-hue", hueOf("h"));
    [this.frame, this.values] = [svg("g"), svg("g")];
    this.svg.append(this.frame, this.values);
  }

  pick(x) {
    const step = Math.floor(linear([CHAIN.left, this.width - CHAIN.right], [1, this.content.values.length + 1])(x));
    this.view.set({ step: Math.min(Math.max(step, 1), this.content.values.length) });
  }

  place() {
    this.fit();
  }

  /** `content` has { values: (time, unit), null where not known yet; step, unit, backward, memory, summary }. */
  draw() {
    const { values } = this.content;
    this.pitch = (this.width - CHAIN.left - CHAIN.right) / values.length;
    this.half = Math.min(this.pitch * 0.34, 34);
    const largest = Math.max(...values.flat().map(Math.abs), 1e-300);
    const { step, backward, memory } = this.content;
    const boxes = () => values.flatMap((_, k) => this.box(k + 1));
    const key = [this.width, values.length, step, backward, memory].join();
    renew(this.frame, key, () => [...this.arrows(values.length), ...boxes(), ...this.ends()]);
    this.values.replaceChildren(...values.flatMap((row, k) => this.valuesOf(k + 1, row, largest)));
  }

  middle(step) {
    return CHAIN.left + (step - 0.5) * this.pitch;
  }

  label(x, y, text, kind = "") {
    return svg("text", { class: kind, x, y, "text-anchor": "middle" }, ...typesetInChart(text));
  }

  box(step) {
    const [x, current] = [this.middle(step), step === this.content.step];
    const { top, bottom, baseline } = CHAIN;
    const size = { x: x - this.half, y: top, width: 2 * this.half, height: bottom - top, rx: 4 };
    return [
      svg("rect", { class: current ? "rnn-step rnn-current" : "rnn-step", ...size }),
      this.label(x, baseline, `$x_${step}$`),
      ...(current ? [this.label(x, top - 8, `$t$ = ${step}`, "rnn-chosen")] : []),
    ];
  }

  valuesOf(step, row, largest) {
    const x = this.middle(step);
    return row ? this.bars(x, row, largest) : [this.label(x, (CHAIN.top + CHAIN.bottom) / 2 + 5, "?")];
  }

  bars(x, row, largest) {
    const width = Math.min((2 * this.half - 6) / row.length, 12);
    const zero = (CHAIN.top + CHAIN.bottom) / 2;
    const reach = zero - CHAIN.top - 4;
    const bars = row.map((value, k) => {
      const height = Math.max((Math.abs(value) / largest) * reach, 0.5);
      const size = { y: value > 0 ? zero - height : zero, width: width - 2, height };
      const left = x + (k - row.length / 2) * width + 1;
      return svg("rect", { class: k === this.content.unit ? "rnn-bar rnn-filled" : "rnn-bar", x: left, ...size });
    });
    return [svg("path", { class: "rnn-zero", d: `M${x - this.half + 2},${zero} h${2 * this.half - 4}` }), ...bars];
  }

  /** From box to box, and up from each input; what runs along the cell is dashed. */
  arrows(steps) {
    const { backward, memory } = this.content;
    const arrow = (x, y, length, dash) => {
      const [from, to] = backward ? [x + length, x] : [x, x + length];
      const tip = backward ? 4 : -4;
      const d = `M${from},${y} H${to} m${tip},-3.5 L${to},${y} l${tip},3.5`;
      return svg("path", { class: "rnn-line rnn-flow", d, "stroke-dasharray": dash });
    };
    const rows = memory
      ? [
          [40, "4 2"],
          [60, "none"],
        ]
      : [[50, "none"]];
    const gaps = Array.from({ length: steps + 1 }, (_, k) => {
      const start = k ? this.middle(k) + this.half + 1 : CHAIN.left - 8;
      const end = k < steps ? this.middle(k + 1) - this.half - 1 : this.width - CHAIN.right + 8;
      // the loss sees h alone
      return rows.slice(k === steps ? -1 : 0).map(([y, dash]) => arrow(start, y, end - start, dash));
    });
    const inputs = Array.from({ length: steps }, (_, k) => {
      const d = `M${this.middle(k + 1)},${CHAIN.baseline - 12} V${CHAIN.bottom + 2} m-3.5,4 l3.5,-4 l3.5,4`;
      return svg("path", { class: "rnn-line rnn-flow", d });
    });
    return [...gaps.flat(), ...inputs];
  }

  ends() {
    const { memory } = this.content;
    const first = memory ? [this.label(9, 44, "$C_0$"), this.label(9, 64, "$h_0$")] : [this.label(9, 54, "$h_0$")];
    return [...first, this.label(this.width - 8, memory ? 64 : 54, "$L$")];
  }
}

// ---- The numbers put in: vectors and matrices beside each other, one stop of Tab, arrows inside -------------------

/** A block, its sign before it and its symbol above. The nodes are made once for the block's shape, and written anew
 * where they say something else: what is made new is laid out again, with the lines below it. */
class Term {
  constructor({ sign, rows, rowsAre, result }, names) {
    const entry = () => native("span", { class: "rnn-entry", role: "img", tabindex: -1 });
    this.rows = rows.map((row) => row.map(entry));
    this.columns = rows[0].map((_, c) => this.rows.map((row) => row[c]));
    this.head = html("div", { class: "rnn-of" });
    const side = html("span", { class: "rnn-side", "aria-hidden": "true" });
    if (rowsAre === "gate") side.append(...names.map((name) => html("i", {}, name)));
    const vector = html("div", { class: "rnn-vector" }, ...this.columns.map((column) => html("div", {}, ...column)));
    this.node = html(
      "div",
      { class: result ? "rnn-term rnn-result" : "rnn-term" },
      html("span", { class: "rnn-sign" }, math(sign)),
      html("div", {}, this.head, html("div", { class: "rnn-held" }, side, vector)),
    );
  }

  write({ head, rows, rowsAre, result }, names, { step, unit, hidden }) {
    const symbol = at(head, step);
    renew(this.head, symbol, () => [math(symbol)]);
    rows.forEach((row, r) => {
      const isTaken = rowsAre === "all" || (rowsAre === "unit" && r === unit);
      const inRow = { unit: `unit ${r}`, gate: names?.[r], all: rows.length > 1 && `row ${r}` }[rowsAre];
      row.forEach((value, c) => {
        const [entry, where] = [this.rows[r][c], [inRow, row.length > 1 && `column ${c}`].filter(Boolean)];
        const [text, said] = result && hidden ? ["?", "hidden"] : [brief(value), exact(value)];
        renew(entry, text, () => [text]);
        entry.classList.toggle("rnn-taken", isTaken);
        entry.setAttribute("aria-label", `${[plain(symbol), ...where].join(", ")}: ${said}`);
      });
    });
  }
}

export class Numbers {
  /** `told` is the element that shows the exact value of what is focused or under the mouse. */
  constructor(told) {
    this.place = [0, 0]; // column and row of the entry at which Tab stops
    this.root = html("div", { class: "rnn-numbers", role: "group", "aria-label": "The numbers put in" });
    this.root.addEventListener("keydown", (event) => this.move(event));
    this.tell = ({ target }) => {
      if (target.matches(".rnn-entry")) told.textContent = target.getAttribute("aria-label");
    };
    for (const type of ["focusin", "pointerover"]) this.root.addEventListener(type, this.tell);
  }

  /** Writes the card's blocks; `hidden` is true where the results are not to be seen. */
  show({ blocks, names }, where) {
    const held = this.root.contains(document.activeElement);
    const shapeOf = ({ sign, rows, rowsAre, result }) => [sign, rows.length, rows[0].length, rowsAre, result];
    renew(this.root, JSON.stringify([blocks.map(shapeOf), names]), () => {
      this.terms = blocks.map((block) => new Term(block, names));
      return this.terms.map(({ node }) => node);
    });
    for (const [k, term] of this.terms.entries()) term.write(blocks[k], names, where);
    this.columns = this.terms.flatMap(({ columns }) => columns);
    this.focusAt(this.place, held);
    if (held) this.tell({ target: document.activeElement }); // what had the focus may say something else now
  }

  focusAt([column, row], focus) {
    const c = Math.min(Math.max(column, 0), this.columns.length - 1);
    const r = Math.min(Math.max(row, 0), this.columns[c].length - 1);
    this.root.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
    this.place = [c, r];
    this.columns[c][r].setAttribute("tabindex", 0);
    if (focus) this.columns[c][r].focus();
  }

  move(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    this.focusAt([this.place[0] + way[0], this.place[1] + way[1]], true);
  }
}
