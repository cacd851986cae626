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

export class Numbers {
  /** `told` is the element that shows the exact value of what is focused or under the mouse. */
  constructor(told) {
    this.place = [0, 0]; // column and row of the entry at which Tab stops
    this.terms = []; // { key, node, columns } of each block: what has not changed is not made again
    this.root = html("div", { class: "rnn-numbers", role: "group", "aria-label": "The numbers put in" });
    this.root.addEventListener("keydown", (event) => this.move(event));
    for (const type of ["focusin", "pointerover"]) {
      this.root.addEventListener(type, ({ target }) => {
        if (target.matches(".rnn-entry")) told.textContent = target.getAttribute("aria-label");
      });
    }
  }

  /** Draws the card's blocks, anew where they have changed; `hidden` is true where the results are not to be seen. */
  show(card, { step, unit, hidden }) {
    const held = this.root.contains(document.activeElement);
    this.terms = card.blocks.map((block, k) => {
      const key = JSON.stringify([block, card.names, step, unit, hidden]);
      return this.terms[k]?.key === key ? this.terms[k] : { key, ...this.term(block, card, { step, unit, hidden }) };
    });
    this.columns = this.terms.flatMap(({ columns }) => columns);
    const nodes = this.terms.map(({ node }) => node);
    const old = [...this.root.children];
    if (old.length !== nodes.length) this.root.replaceChildren(...nodes);
    else for (const [k, node] of nodes.entries()) if (node !== old[k]) old[k].replaceWith(node);
    this.focusAt(this.place, held);
  }

  term({ sign, head, rows, rowsAre, result }, { names }, { step, unit, hidden }) {
    const columns = rows[0].map(() => []);
    rows.forEach((row, r) => {
      row.forEach((value, c) => {
        const text = result && hidden ? ["?", "hidden"] : [brief(value), exact(value)];
        const taken = rowsAre === "all" || (rowsAre === "unit" && r === unit);
        const inRow = { unit: `unit ${r}`, gate: names?.[r], all: rows.length > 1 && `row ${r}` }[rowsAre];
        const where = [inRow, row.length > 1 && `column ${c}`].filter(Boolean);
        const label = [plain(at(head, step)), ...where].join(", ");
        columns[c].push(this.entry(text[0], taken, `${label}: ${text[1]}`));
      });
    });
    const side = html("span", { class: "rnn-side", "aria-hidden": "true" });
    if (rowsAre === "gate") side.append(...names.map((name) => html("i", {}, name)));
    const held = html(
      "div",
      { class: "rnn-held" },
      side,
      html("div", { class: "rnn-vector" }, ...columns.map((column) => html("div", {}, ...column))),
    );
    const node = html(
      "div",
      { class: result ? "rnn-term rnn-result" : "rnn-term" },
      html("span", { class: "rnn-sign" }, math(sign)),
      html("div", {}, html("div", { class: "rnn-of" }, math(at(head, step))), held),
    );
    return { node, columns };
  }

  entry(text, taken, label) {
    const attributes = { class: taken ? "rnn-entry rnn-taken" : "rnn-entry", role: "img", tabindex: -1 };
    return native("span", { ...attributes, "aria-label": label }, text);
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
