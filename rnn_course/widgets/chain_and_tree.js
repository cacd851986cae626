// Chain and tree: one expression, combined token by token or level by level.

import { backThrough, plus, product } from "./cells.js";
import { Chart, counted, html, hueOf, math, short, svg } from "./charts.js";
import {
  group,
  keyTo,
  layOut,
  numbered,
  rowOf,
  select,
  sentences,
  slider,
  tableOf,
  View,
  walkButtons,
} from "./controls.js";

// ---- The numbers -------------------------------------------------------------------------------------------------

const SHAPES = ["tree", "chain"];

/** The state of every node, children before parents. */
function statesOf({ label, children }, { W_x, W_children, b }) {
  const h = [];
  for (const [n, pair] of children.entries()) {
    let a = b.map((bias, row) => bias + W_x[row][label[n]]);
    for (const [k, child] of pair.entries()) if (child >= 0) a = plus(a, product(W_children[k], h[child]));
    h.push(a.map(Math.tanh));
  }
  return h;
}

/** The way from a node to the end: { parent, k } of each step, the node before it being the parent's child k. */
function pathFrom({ children }, node) {
  const path = [];
  for (let parent = node + 1; parent < children.length; parent++) {
    const k = children[parent].indexOf(node);
    if (k < 0) continue;
    path.push({ parent, k });
    node = parent;
  }
  return path;
}

/** Norm of the product of the Jacobians diag(1 − h²) W_k from the end down to the path's first node. */
function arrives(h, path, { W_children, b }) {
  let rows = b.map((_, r) => b.map((_, c) => (r === c ? 1 : 0)));
  for (const { parent, k } of [...path].reverse()) {
    rows = rows.map((row) =>
      backThrough(
        W_children[k],
        row.map((value, c) => value * (1 - h[parent][c] ** 2)),
      ),
    );
  }
  return Math.sqrt(rows.flat().reduce((sum, value) => sum + value ** 2, 0));
}

function shapeNumbers(nodes, parameters) {
  const paths = nodes.digits.map((digit) => pathFrom(nodes, digit));
  const h = parameters ? statesOf(nodes, parameters) : null;
  return {
    round: nodes.round,
    distance: paths.map((path) => path.length),
    h,
    arrives: h && paths.map((path) => arrives(h, path, parameters)),
  };
}

/** The steps and the states of both shapes, as ChainAndTree.compute() in Python. */
export function compute({ expressions, expression, parameters }) {
  return Object.fromEntries(SHAPES.map((shape) => [shape, shapeNumbers(expressions[expression][shape], parameters)]));
}

// ---- The drawing: tokens in reading order, nodes above them ------------------------------------------------------

const LEVEL = 66; // from one row of nodes to the next
const MOST = 15; // half of a node's width
const NODE = { tree: { height: 44, symbol: 15 }, chain: { height: 34, symbol: 0 } };
const ROOM = { side: 4, top: 4, text: 26 };

class Drawing extends Chart {
  constructor(view, caption) {
    super(view, "chain_and_tree", { caption, kind: "rnn-chain" });
    this.figure.style.setProperty("--rnn-hue", hueOf("h"));
  }

  /** The digit nearest to the place. */
  pick(x) {
    const { nodes } = this.content;
    const far = nodes.digits.map((digit) => Math.abs(this.x(nodes.place[digit]) - x));
    this.view.set({ digit: far.indexOf(Math.min(...far)) });
  }

  x(place) {
    return ROOM.side + (place + 0.5) * this.pitch;
  }

  draw() {
    const { nodes, shape, tokens } = this.content;
    this.pitch = (this.width - 2 * ROOM.side) / tokens.length;
    this.half = Math.min(this.pitch * 0.36, MOST);
    this.size = NODE[shape];
    const levels = shape === "tree" ? Math.max(...nodes.round) : 1;
    this.height = ROOM.top + (levels - 1) * LEVEL + this.size.height + ROOM.text;
    this.fit();
    this.top = (n) => ROOM.top + (shape === "tree" ? levels - nodes.round[n] : 0) * LEVEL;
    const text = this.height - 6;
    const line = tokens.map((token, k) => svg("text", { x: this.x(k), y: text, "text-anchor": "middle" }, token));
    const parts = nodes.label.map((_, n) => this.node(n));
    this.svg.replaceChildren(...this.edges(), ...parts.flat(), ...line);
  }

  /** Lines from child to parent, thick where the marked digit passes. */
  edges() {
    const { nodes, onWay, step } = this.content;
    return nodes.children.flatMap((pair, parent) =>
      pair
        .filter((child) => child >= 0)
        .map((child) => {
          const marked = onWay.has(child) && onWay.has(parent);
          const kind = marked ? "rnn-line rnn-way" : "rnn-line rnn-flow";
          const dash = nodes.round[parent] > step ? "3 3" : "none";
          return svg("path", { class: kind, d: this.wire(child, parent), "stroke-dasharray": dash });
        }),
    );
  }

  wire(child, parent) {
    const [from, to] = [child, parent].map((n) => [this.x(this.content.nodes.place[n]), this.top(n)]);
    const { height } = this.size;
    if (this.content.shape === "chain") return `M${from[0] + this.half},${from[1] + height / 2} H${to[0] - this.half}`;
    return `M${from[0]},${from[1]} L${to[0]},${to[1] + height}`;
  }

  /** A box with the symbol and, once it is computed, the state of the chosen unit as a bar, upwards where positive. */
  node(n) {
    const { nodes, step, h, unit, onWay, symbols } = this.content;
    const [x, top, { height, symbol }] = [this.x(nodes.place[n]), this.top(n), this.size];
    const [done, now] = [nodes.round[n] <= step, nodes.round[n] === step];
    const box = { x: x - this.half, y: top, width: 2 * this.half, height, rx: 4 };
    const kind = `rnn-step${now ? " rnn-current" : ""}${onWay.has(n) ? " rnn-on-way" : ""}`;
    const parts = [svg("rect", { class: kind, ...box, "stroke-dasharray": done ? "none" : "3 3" })];
    if (symbol) {
      const y = h ? top + symbol : top + height / 2 + 4;
      parts.push(svg("text", { class: now ? "rnn-chosen" : "", x, y, "text-anchor": "middle" }, symbols[n]));
    }
    return done && h ? [...parts, ...this.bar(x, (top + symbol + top + height) / 2, h[n][unit])] : parts;
  }

  bar(x, zero, value) {
    const reach = (this.size.height - this.size.symbol) / 2 - 3;
    const [length, half] = [Math.max(Math.abs(value) * reach, 0.5), this.half * 0.45];
    const size = { x: x - half, y: value < 0 ? zero : zero - length, width: 2 * half, height: length };
    const line = svg("path", { class: "rnn-zero", d: `M${x - this.half + 2},${zero} H${x + this.half - 2}` });
    return [line, svg("rect", { class: "rnn-bar rnn-filled", ...size })];
  }
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const HINT =
  "The same expression, the same weights. A recursive network combines it level by level, a recurrent one token by " +
  "token. Move the step, then change the shape, and compare how far a digit is from the end. A click chooses a digit.";

const CONTROLS = ["digit", "expression", "shape", "step", "unit"];

/** Where the reader stands: the nodes of the shape chosen, and a step and a digit that they have. */
function placeOf(view) {
  const state = view.read([...CONTROLS, "expressions", "parameters"]);
  const chosen = state.expressions[state.expression];
  const nodes = chosen[state.shape];
  const steps = Math.max(...nodes.round);
  const digit = Math.min(state.digit, nodes.digits.length - 1);
  return { ...state, chosen, nodes, steps, step: Math.min(state.step, steps), digit, numbers: compute(state) };
}

function controlsOf(view) {
  const expressions = view.get("expressions");
  const parameters = view.get("parameters");
  const digits = () => placeOf(view).nodes.digits.length;
  const texts = expressions.map(({ text }, k) => [k, text]);
  const shapes = [
    ["tree", "tree (recursive)"],
    ["chain", "chain (recurrent)"],
  ];
  const digitText = (k) => {
    const { chosen } = placeOf(view);
    return `${chosen.tokens[chosen.chain.digits[Math.min(k, digits() - 1)]]} (${k + 1} of ${digits()})`;
  };
  return group(
    "Look at",
    ...(expressions.length > 1 ? [select(view, "expression", { label: "Expression", options: texts })] : []),
    select(view, "shape", { label: "Shape", options: shapes }),
    slider(view, "step", {
      label: "Steps taken",
      min: 1,
      max: () => placeOf(view).steps,
      text: (step) => `${step} of ${placeOf(view).steps}`,
      follows: ["step", "shape", "expression"],
    }),
    slider(view, "digit", {
      label: "Follow the digit",
      min: 0,
      max: () => digits() - 1,
      text: digitText,
      follows: ["digit", "expression"],
    }),
    ...(parameters?.b.length > 1
      ? [select(view, "unit", { label: "State drawn", options: numbered(parameters.b.length, (k) => `unit ${k}`) })]
      : []),
  );
}

const navigation = (view) =>
  walkButtons("Steps", (way) => {
    const { step, steps } = placeOf(view);
    view.set({ step: Math.min(Math.max(step + way, 1), steps) });
  });

function distanceTable(view) {
  const heads = ["digit", "steps, tree", "steps, chain"];
  if (view.get("parameters")) heads.push("arrives, tree", "arrives, chain");
  const body = html("tbody");
  const named = (text, k) => html("th", { scope: "col", style: k ? "" : "text-align: left" }, text);
  const norm = view.get("parameters") ? ["; arrives: the norm of ", math("∂h_{end}/∂h_{digit}")] : [];
  const table = tableOf(html("caption", {}, "From each digit to the end", ...norm), heads.map(named), body);
  const fill = ({ chosen, numbers: { tree, chain }, digit }) => {
    const rows = chosen.chain.digits.map((place, k) => {
      const cells = [tree.distance[k], chain.distance[k]];
      if (tree.arrives) cells.push(short(tree.arrives[k]), short(chain.arrives[k]));
      return rowOf(`${k === digit ? "▸ " : ""}${chosen.tokens[place]}`, cells);
    });
    body.replaceChildren(...rows);
  };
  return { table, fill };
}

/** What happens at this step, in a sentence. */
function happening({ nodes, shape, step, steps, chosen }) {
  const here = nodes.round.flatMap((round, n) => (round === step ? [n] : []));
  if (shape === "chain") {
    const last = step === steps ? " This last state is all that is left of it." : "";
    return `Step ${step} of ${steps}: the state takes in ${chosen.tokens[step - 1]}.${last}`;
  }
  const said = here.map((n) => nodes.says[n]).join("; ");
  if (step === 1) return `Step 1 of ${steps}: all digits at once. ${said}.`;
  return `Step ${step} of ${steps}: ${here.length > 1 ? "at once " : ""}${said}.`;
}

function journey({ chosen, digit, numbers: { tree, chain } }) {
  const name = chosen.tokens[chosen.chain.digits[digit]];
  const [byTree, byChain] = [tree, chain].map(({ distance }) => counted(distance[digit], "step"));
  return `From the ${name} to the end: ${byTree} in the tree, ${byChain} in the chain.`;
}

function captionOf(parameters, unit) {
  const way = keyTo({ class: "rnn-line rnn-way" }, "the way of the digit that is followed");
  const open = keyTo({ class: "rnn-line rnn-flow", "stroke-dasharray": "3 3" }, "not yet computed");
  const bar = parameters ? [html("span", {}, `bar: the state of unit ${unit}, upwards where positive`)] : [];
  return [way, open, ...bar];
}

function render({ model, el }) {
  const view = new View({ model, el }, "Chain and tree");
  const caption = html("span", { class: "rnn-legend" });
  const drawing = new Drawing(view, caption);
  const said = sentences("rnn-reach", 2);
  const { table, fill } = distanceTable(view);
  layOut(view, HINT, { controls: [controlsOf(view)], main: [said.root, drawing.figure, navigation(view), table] });

  view.drawWith(() => {
    const now = placeOf(view);
    const { nodes, shape, chosen, digit, step, unit, parameters, numbers } = now;
    const from = nodes.digits[digit];
    const path = pathFrom(nodes, from);
    const symbols = nodes.place.map((place) => chosen.tokens[place]);
    const onWay = new Set([from, ...path.map(({ parent }) => parent)]);
    const told = [happening(now), journey(now)];
    const summary = `${chosen.text} as a ${shape}. ${told.join(" ")}`;
    const h = numbers[shape].h;
    caption.replaceChildren(...captionOf(parameters, unit));
    drawing.show({ nodes, shape, tokens: chosen.tokens, step, h, unit, onWay, symbols, summary });
    said.say(told);
    fill(now);
    view.say(told.join(" "));
  });
  return () => view.close();
}

export default { render };
