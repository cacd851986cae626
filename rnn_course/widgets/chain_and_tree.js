// Chain and tree: one expression, combined token by token or level by level.

// ---- The numbers -------------------------------------------------------------------------------------------------

const SHAPES = ["tree", "chain"];

/** The state of every node, children before parents. */
function statesOf({ label, children }, { W_x, W_children, b }) {
  const h = [];
  for (const [n, pair] of children.entries()) {
    const a = b.map((bias, row) => bias + W_x[row][label[n]]);
    pair.forEach((child, k) => {
      if (child >= 0) W_children[k].forEach((weights, row) => (a[row] += dot(weights, h[child])));
    });
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
    rows = rows.map((row) => backThrough(W_children[k], row.map((value, c) => value * (1 - h[parent][c] ** 2))));
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

class Drawing {
  constructor(view, caption) {
    Object.assign(this, { view, width: 0 });
    this.svg = svg("svg", { role: "img" });
    this.stage = html("div", { class: "rnn-stage rnn-chain" }, this.svg);
    this.figure = html("figure", { "data-chart": "chain_and_tree" }, html("figcaption", {}, caption), this.stage);
    this.figure.style.setProperty("--rnn-hue", hueOf("h"));
    this.svg.addEventListener("click", (event) => this.pick(event.clientX - this.svg.getBoundingClientRect().left));
    const observer = new ResizeObserver(() => this.resize(this.stage.clientWidth));
    observer.observe(this.stage);
    view.cleanups.push(() => observer.disconnect());
  }

  /** The digit nearest to the place. */
  pick(x) {
    const { nodes } = this.content;
    const far = nodes.digits.map((digit) => Math.abs(this.x(nodes.place[digit]) - x));
    this.view.set({ digit: far.indexOf(Math.min(...far)) });
  }

  resize(width) {
    if (width === this.width || width === 0) return;
    this.width = width;
    if (this.content) this.draw();
  }

  show(content) {
    this.content = content;
    this.svg.setAttribute("aria-label", content.summary);
    if (this.width) this.draw();
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
    const height = ROOM.top + (levels - 1) * LEVEL + this.size.height + ROOM.text;
    const size = { viewBox: `0 0 ${this.width} ${height}`, width: this.width, height };
    for (const [name, value] of Object.entries(size)) this.svg.setAttribute(name, value);
    this.top = (n) => ROOM.top + (shape === "tree" ? levels - nodes.round[n] : 0) * LEVEL;
    const text = height - 6;
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

const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Where the reader stands: the nodes of the shape chosen, and a step and a digit that they have. */
function placeOf(view) {
  const state = Object.fromEntries([...CONTROLS, "expressions", "parameters"].map((name) => [name, view.get(name)]));
  const chosen = state.expressions[state.expression];
  const nodes = chosen[state.shape];
  const steps = Math.max(...nodes.round);
  const digit = Math.min(state.digit, nodes.digits.length - 1);
  return { ...state, chosen, nodes, steps, step: Math.min(state.step, steps), digit, numbers: compute(state) };
}

function controlsOf(view) {
  const expressions = view.get("expressions");
  const parameters = view.get("parameters");
  const numbered = (count, text) => Array.from({ length: count }, (_, k) => [k, text(k)]);
  const digits = () => placeOf(view).nodes.digits.length;
  const texts = expressions.map(({ text }, k) => [k, text]);
  const shapes = [["tree", "tree (recursive)"], ["chain", "chain (recurrent)"]];
  const digitText = (k) => {
    const { chosen } = placeOf(view);
    return `${chosen.tokens[chosen.chain.digits[Math.min(k, digits() - 1)]]} (${k + 1} of ${digits()})`;
  };
  return group(
    "Look at",
    ...(expressions.length > 1 ? [select(view, "expression", { label: "Expression", options: texts })] : []),
    select(view, "shape", { label: "Shape", options: shapes }),
    slider(view, "step", {
      ...{ label: "Steps taken", min: 1, max: () => placeOf(view).steps, step: 1 },
      ...{ follows: ["step", "shape", "expression"], text: (step) => `${step} of ${placeOf(view).steps}` },
    }),
    slider(view, "digit", {
      ...{ label: "Follow the digit", min: 0, max: () => digits() - 1, step: 1 },
      ...{ follows: ["digit", "expression"], text: digitText },
    }),
    ...(parameters?.b.length > 1
      ? [select(view, "unit", { label: "State drawn", options: numbered(parameters.b.length, (k) => `unit ${k}`) })]
      : []),
  );
}

/** Previous and next; arrow keys on either move too. */
function navigation(view) {
  const move = (way) => {
    const { step, steps } = placeOf(view);
    view.set({ step: Math.min(Math.max(step + way, 1), steps) });
  };
  const nav = html(
    "div",
    { class: "rnn-walk", role: "group", "aria-label": "Steps" },
    ...[button("‹ Previous", () => move(-1)), button("Next ›", () => move(1))],
  );
  nav.addEventListener("keydown", ({ key }) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (way) move(way);
  });
  return nav;
}

function distanceTable(view) {
  const heads = ["digit", "steps, tree", "steps, chain"];
  if (view.get("parameters")) heads.push("arrives, tree", "arrives, chain");
  const body = html("tbody");
  const named = (text, k) => html("th", { scope: "col", style: k ? "" : "text-align: left" }, text);
  const head = html("thead", {}, html("tr", {}, ...heads.map(named)));
  const norm = view.get("parameters") ? ["; arrives: the norm of ", math("∂h_{end}/∂h_{digit}")] : [];
  const table = html("table", {}, html("caption", {}, "From each digit to the end", ...norm), head, body);
  const fill = ({ chosen, numbers: { tree, chain }, digit }) => {
    const rows = chosen.chain.digits.map((place, k) => {
      const cells = [tree.distance[k], chain.distance[k]];
      if (tree.arrives) cells.push(short(tree.arrives[k]), short(chain.arrives[k]));
      const name = `${k === digit ? "▸ " : ""}${chosen.tokens[place]}`;
      return html("tr", {}, html("th", { scope: "row" }, name), ...cells.map((cell) => html("td", {}, String(cell))));
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
  const way = html("span", {}, sample({ class: "rnn-line rnn-way" }), "the way of the digit that is followed");
  const open = html("span", {}, sample({ class: "rnn-line rnn-flow", "stroke-dasharray": "3 3" }), "not yet computed");
  const bar = parameters ? [html("span", {}, `bar: the state of unit ${unit}, upwards where positive`)] : [];
  return [way, open, ...bar];
}

function render({ model, el }) {
  const view = new View({ model, el }, "Chain and tree");
  const caption = html("span", { class: "rnn-legend" });
  const drawing = new Drawing(view, caption);
  const said = html("div", { class: "rnn-reach" }, html("p"), html("p"));
  const { table, fill } = distanceTable(view);
  const main = html("div", { class: "rnn-main" }, said, drawing.figure, navigation(view), table);
  const controls = html("div", { class: "rnn-controls" }, controlsOf(view));
  const hint = html("p", { class: "rnn-hint" }, HINT);
  const body = html("div", { class: "rnn-body" }, controls, main);
  view.root.append(headOf(view, "Chain and tree"), hint, body, view.speech);

  view.drawWith(() => {
    const now = placeOf(view);
    const { nodes, shape, chosen, digit, step, unit, parameters, numbers } = now;
    const from = nodes.digits[digit];
    const path = pathFrom(nodes, from);
    const symbols = nodes.place.map((place) => chosen.tokens[place]);
    const onWay = new Set([from, ...path.map(({ parent }) => parent)]);
    const sentences = [happening(now), journey(now)];
    const summary = `${chosen.text} as a ${shape}. ${sentences.join(" ")}`;
    const h = numbers[shape].h;
    caption.replaceChildren(...captionOf(parameters, unit));
    drawing.show({ nodes, shape, tokens: chosen.tokens, step, h, unit, onWay, symbols, summary });
    [...said.children].forEach((line, k) => (line.textContent = sentences[k]));
    fill(now);
    view.say(sentences.join(" "));
  });
  return () => view.close();
}

export default { render };
