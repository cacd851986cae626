// Chain and tree: one expression, combined token by token and level by level.

import { compute, pathFrom, readExpression, SHAPES, shownOf } from "./chain_and_tree_compute.js";
import { Chart, counted, html, hueOf, math, short, svg } from "./charts.js";
import {
  group,
  keyTo,
  layOut,
  legend,
  native,
  numbered,
  rowOf,
  select,
  sentences,
  slider,
  tableOf,
  View,
  walkButtons,
} from "./controls.js";

// ---- The drawing: tokens in reading order, nodes above them ------------------------------------------------------

const LEVEL = { wide: 62, narrow: 54 }; // from one row of nodes to the next
const NARROW = 400; // up to this width
const MOST = 15; // half of a node's width
const AROUND = 3; // from a node's box to the frame around it
const NODE = { tree: { height: 44, symbol: 15 }, chain: { height: 34, symbol: 0 } };
const ROOM = { side: 4, top: 4, text: 26 };

const SHAPE_NAMES = { tree: "Tree, by a recursive network", chain: "Chain, by a recurrent network" };

class Drawing extends Chart {
  constructor(view, shape) {
    super(view, shape, { caption: html("span", {}, html("b", {}, SHAPE_NAMES[shape])), kind: "rnn-chain" });
    this.shape = shape;
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
    const { nodes, tokens } = this.content;
    const { shape } = this;
    this.pitch = (this.width - 2 * ROOM.side) / tokens.length;
    this.half = Math.min(this.pitch * 0.36, MOST);
    this.size = NODE[shape];
    const levels = shape === "tree" ? Math.max(...nodes.round) : 1;
    const level = this.width > NARROW ? LEVEL.wide : LEVEL.narrow;
    this.height = ROOM.top + (levels - 1) * level + this.size.height + ROOM.text;
    this.fit();
    this.top = (n) => ROOM.top + (shape === "tree" ? levels - nodes.round[n] : 0) * level;
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
    if (this.shape === "chain") return `M${from[0] + this.half},${from[1] + height / 2} H${to[0] - this.half}`;
    return `M${from[0]},${from[1]} L${to[0]},${to[1] + height}`;
  }

  /** A box with the symbol and, once it is computed, the state of the chosen unit as a bar, upwards where positive. The
   * frame of the present step stands around that of the way, where a node has both. */
  node(n) {
    const { nodes, step, h, unit, onWay, symbols } = this.content;
    const [x, top, { height, symbol }] = [this.x(nodes.place[n]), this.top(n), this.size];
    const [done, now] = [nodes.round[n] <= step, nodes.round[n] === step];
    const box = { x: x - this.half, y: top, width: 2 * this.half, height, rx: 4 };
    const kind = `rnn-step${now ? " rnn-current" : ""}${onWay.has(n) ? " rnn-on-way" : ""}`;
    const parts = [svg("rect", { class: kind, ...box, "stroke-dasharray": done ? "none" : "3 3" })];
    if (now && onWay.has(n)) {
      const [side, far] = [2 * this.half + 2 * AROUND, height + 2 * AROUND];
      parts.push(
        svg("rect", { class: "rnn-frame", x: box.x - AROUND, y: top - AROUND, width: side, height: far, rx: 6 }),
      );
    }
    if (symbol) {
      const y = h ? top + symbol : top + height / 2 + 4;
      parts.push(svg("text", { class: now ? "rnn-chosen" : "", x, y, "text-anchor": "middle" }, symbols[n]));
    }
    return done && h ? [...parts, ...this.bar(x, (top + symbol + top + height) / 2, h[n][unit])] : parts;
  }

  bar(x, zero, value) {
    const reach = (this.size.height - this.size.symbol) / 2 - 3;
    const [length, half] = [Math.max((Math.abs(value) / this.content.tallest) * reach, 0.5), this.half * 0.45];
    const size = { x: x - half, y: value < 0 ? zero : zero - length, width: 2 * half, height: length };
    const line = svg("path", { class: "rnn-zero", d: `M${x - this.half + 2},${zero} H${x + this.half - 2}` });
    return [line, svg("rect", { class: "rnn-bar rnn-filled", ...size })];
  }
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const HINT = "The same expression and the same weights in two shapes: in which of them is a digit nearer to the end?";

const CONTROLS = ["digit", "expression", "step", "typed", "unit"];

/** Where the reader stands: the expression that is shown, and a step and a digit that it has. */
function placeOf(view) {
  const state = view.read([...CONTROLS, "expressions", "parameters"]);
  const shown = shownOf(state);
  const steps = Object.fromEntries(SHAPES.map((shape) => [shape, Math.max(...shown[shape].round)]));
  const last = Math.max(...Object.values(steps));
  const digit = Math.min(state.digit, shown.chain.digits.length - 1);
  return { ...state, shown, steps, last, step: Math.min(state.step, last), digit };
}

const triesOf = (view) => [
  {
    label: "Step by step",
    set: { step: 1 },
    look: "The tree has all digits at once, the chain one bracket. Press Next: after how many steps is each done?",
  },
  {
    label: "The last digit",
    set: () => ({ digit: shownOf({ ...placeOf(view), ...view.get("initial") }).chain.digits.length - 1 }),
    look: "In the chain the last digit is the nearest to the end, the first the farthest; in the tree its level decides.",
  },
  {
    label: "Balanced",
    set: { typed: "(1 + 2) × (3 + 4)", step: 3 },
    look: "Four digits, and each has two steps to go in the tree: with twice as many it would be three.",
  },
  {
    label: "Leaning left",
    set: { typed: "((9 − 4) × 2 + 7) × 6", step: 5 },
    look: "This tree is nearly a chain itself: its first digit has a step to go for every operator.",
  },
];

/** The expressions to choose from, and the reader's own as soon as there is one. */
function expressionSelect(view) {
  const id = view.newId();
  const given = view.get("expressions").length;
  const input = native("select", { id });
  input.addEventListener("change", () => {
    if (Number(input.value) < given) view.set({ expression: Number(input.value), typed: "" });
  });
  view.describe("expression", {
    label: "Expression",
    text: (k) => view.get("expressions")[k].text,
    takes: (k) => Number.isInteger(k) && k >= 0 && k < given,
  });
  const show = () => {
    const { expressions, expression, typed } = view.read(["expressions", "expression", "typed"]);
    const texts = [...expressions.map(({ text }) => text), ...(typed ? [readExpression(typed).expression.text] : [])];
    input.replaceChildren(...texts.map((text, k) => html("option", { value: k }, text)));
    input.value = typed ? given : expression;
  };
  for (const name of ["expression", "typed"]) view.follow(name, show);
  return html("div", { class: "rnn-control" }, html("label", { for: id }, "Choose one"), input);
}

/** A field for an expression of the reader's own: read as it is typed; what cannot be read is told in a sentence. */
function typedField(view) {
  const [id, told] = [view.newId(), view.newId()];
  const input = native("input", {
    type: "text",
    id,
    "aria-describedby": told,
    autocomplete: "off",
    spellcheck: "false",
  });
  input.placeholder = "2 × (3 + 4) − 1";
  const refused = html("p", { id: told, class: "rnn-refused", role: "alert" });
  const tell = (refusal) => {
    input.setAttribute("aria-invalid", String(Boolean(refusal)));
    refused.textContent = refusal ? `This cannot be read: ${refusal}` : "";
  };
  input.addEventListener("input", () => {
    const { refusal } = input.value.trim() ? readExpression(input.value) : {};
    tell(refusal);
    if (!refusal) view.set({ typed: input.value.trim() ? input.value : "" });
  });
  const show = (typed) => {
    if (typed.trim() === input.value.trim()) return;
    input.value = typed;
    tell();
  };
  view.describe("typed", {
    label: "Expression of your own",
    text: (typed) => typed || "none",
    takes: (typed) => typeof typed === "string" && (typed === "" || readExpression(typed).refusal === undefined),
  });
  view.follow("typed", show);
  view.resets.push(() => {
    input.value = view.get("typed");
    tell();
  });
  return html(
    "div",
    { class: "rnn-control rnn-field" },
    html("label", { for: id }, "Or type your own"),
    input,
    refused,
  );
}

function controlsOf(view) {
  const parameters = view.get("parameters");
  const digits = () => placeOf(view).shown.chain.digits;
  const digitText = (k) => {
    const at = digits()[Math.min(k, digits().length - 1)];
    return `${placeOf(view).shown.tokens[at]} (${k + 1} of ${digits().length})`;
  };
  const steps = slider(view, "step", {
    label: "Steps taken",
    min: 1,
    max: () => placeOf(view).last,
    text: (step) => `${step} of ${placeOf(view).last}`,
    follows: ["step", "expression", "typed"],
  });
  const follow = slider(view, "digit", {
    label: "Follow the digit",
    min: 0,
    max: () => digits().length - 1,
    text: digitText,
    follows: ["digit", "expression", "typed"],
  });
  const unit = () =>
    select(view, "unit", { label: "State drawn", options: numbered(parameters.b.length, (k) => `unit ${k}`) });
  return {
    controls: [
      group("Expression", expressionSelect(view), typedField(view)),
      group("Look at", steps, navigation(view), follow),
    ],
    folded: parameters?.b.length > 1 ? [unit()] : [],
  };
}

const navigation = (view) =>
  walkButtons("Steps", (way) => {
    const { step, last } = placeOf(view);
    view.set({ step: Math.min(Math.max(step + way, 1), last) });
  });

function distanceTable(view) {
  const heads = ["digit", "steps, tree", "steps, chain"];
  if (view.get("parameters")) heads.push("arrives, tree", "arrives, chain");
  const body = html("tbody");
  const named = (text, k) => html("th", { scope: "col", style: k ? "" : "text-align: left" }, text);
  const norm = view.get("parameters") ? ["; arrives: the norm of ", math("∂h_{end}/∂h_{digit}")] : [];
  const table = tableOf(html("caption", {}, "From each digit to the end", ...norm), heads.map(named), body);
  const fill = ({ shown, digit }, { tree, chain }) => {
    const rows = shown.chain.digits.map((place, k) => {
      const cells = [tree.distance[k], chain.distance[k]];
      if (tree.arrives) cells.push(short(tree.arrives[k]), short(chain.arrives[k]));
      return rowOf(`${k === digit ? "▸ " : ""}${shown.tokens[place]}`, cells);
    });
    body.replaceChildren(...rows);
  };
  return { table, fill };
}

/** What happens at this step in both shapes, a sentence each. */
function happening({ shown, step, steps }) {
  const { round, says } = shown.tree;
  const inTree = step === 1 ? "all digits at once" : says.filter((_, n) => round[n] === step).join("; ");
  const tree =
    step > steps.tree
      ? `The tree is done: it took ${counted(steps.tree, "step")}.`
      : `Step ${step} of ${steps.tree} in the tree: ${inTree}.`;
  const token = shown.tokens[step - 1];
  const chain =
    step < steps.chain
      ? `Step ${step} of ${steps.chain} in the chain: it takes in “${token}”.`
      : `Step ${step} of ${steps.chain} in the chain: it takes in “${token}”, and this last state is all that is left.`;
  return [tree, chain];
}

function journey({ shown, digit }, { tree, chain }) {
  const name = shown.tokens[shown.chain.digits[digit]];
  const [byTree, byChain] = [tree, chain].map(({ distance }) => counted(distance[digit], "step"));
  return `From the ${name} to the end: ${byTree} in the tree, ${byChain} in the chain.`;
}

/** How large the state of the unit becomes in the two shapes, for bars that can be told apart. */
const tallestOf = (numbers, unit) =>
  Math.max(...SHAPES.flatMap((shape) => numbers[shape].h?.map((state) => Math.abs(state[unit])) ?? [])) || 1;

function captionOf({ parameters, unit }, tallest) {
  const way = keyTo({ class: "rnn-line rnn-way" }, "the way of the digit that is followed");
  const open = keyTo({ class: "rnn-line rnn-flow", "stroke-dasharray": "3 3" }, "not yet computed");
  const now = keyTo({ class: "rnn-frame", d: "M9,1H21V7H9z" }, "this step");
  const bar = `bar: the state of unit ${unit}, upwards where positive; the tallest is ${short(tallest)}`;
  return [way, now, open, ...(parameters ? [html("span", {}, bar)] : [])];
}

/** What a drawing needs to show. */
function contentOf(shape, { shown, digit, step, unit }, h, tallest, told) {
  const nodes = shown[shape];
  const from = nodes.digits[digit];
  const onWay = new Set([from, ...pathFrom(nodes, from).map(({ parent }) => parent)]);
  const symbols = nodes.place.map((place) => shown.tokens[place]);
  const summary = `${shown.text} as a ${shape}. ${told.join(" ")}`;
  return { nodes, tokens: shown.tokens, step, h, tallest, unit, onWay, symbols, summary };
}

function render({ model, el }) {
  const view = new View({ model, el }, "Chain and tree");
  const [tree, chain] = SHAPES.map((shape) => new Drawing(view, shape));
  const keys = legend();
  keys.style.setProperty("--rnn-hue", hueOf("h"));
  const said = sentences("rnn-reach", 3);
  const { table, fill } = distanceTable(view);
  const shapes = html("div", { class: "rnn-shapes" }, tree.figure, chain.figure);
  layOut(view, HINT, { tries: triesOf(view), ...controlsOf(view), lead: [said.root, keys, shapes], main: [table] });

  view.drawWith(() => {
    const now = placeOf(view);
    const numbers = compute(now);
    const told = [...happening(now), journey(now, numbers)];
    const tallest = tallestOf(numbers, now.unit);
    keys.replaceChildren(...captionOf(now, tallest));
    for (const drawing of [tree, chain]) {
      drawing.show(contentOf(drawing.shape, now, numbers[drawing.shape].h, tallest, told));
    }
    said.say(told);
    fill(now, numbers);
    view.say(told.join(" "));
  });
  return () => view.close();
}

export default { render };
