// What chain and tree read and compute: an expression from its text, its two shapes, their states and Jacobians.

import { backThrough, plus, product } from "./cells.js";

// ---- Expressions: the same rules in the same order as in data/expressions.py and chain_and_tree.py ----------------

const OPERATORS = { "+": (a, b) => a + b, "−": (a, b) => a - b, "×": (a, b) => a * b };
const TOKENS = [..."0123456789", ...Object.keys(OPERATORS), "(", ")"];
const AS_TYPED = { "-": "−", "*": "×", "·": "×" }; // what keyboards have instead
const RANK = { "+": 1, "−": 1, "×": 2 }; // what binds more tightly
const BLANKS = " \t\n\u00a0";
const [MOST_OPERATORS, LONGEST_TEXT] = [4, 60];

const isDigit = (symbol) => symbol >= "0" && symbol <= "9";

/** The tree of a text, a digit or [operator, left, right], as { tree } or, in a sentence, { refusal }. */
function treeIn(text) {
  const [made, waiting] = [[], []];
  let before = null; // the symbol before, null where a digit or a bracket has to follow
  const combine = () => {
    const right = made.pop();
    made.push([waiting.pop(), made.pop(), right]);
  };
  for (const typed of text) {
    const symbol = AS_TYPED[typed] ?? typed;
    if (BLANKS.includes(symbol)) continue;
    if (!TOKENS.includes(symbol)) {
      return { refusal: `“${typed}” is none of the digits 0 to 9, + − × and brackets.` };
    }
    if (before === null) {
      if (symbol === "(") waiting.push(symbol);
      else if (isDigit(symbol)) {
        made.push(Number(symbol));
        before = symbol;
      } else return { refusal: `where “${symbol}” stands, a digit or an opening bracket is wanted.` };
    } else if (isDigit(symbol) || symbol === "(") {
      return { refusal: `between “${before}” and “${symbol}” an operator is wanted; a number has one digit.` };
    } else if (symbol === ")") {
      while (waiting.length && waiting.at(-1) !== "(") combine();
      if (!waiting.length) return { refusal: "a bracket is closed that was not opened." };
      waiting.pop();
      before = symbol;
    } else {
      while (RANK[waiting.at(-1)] >= RANK[symbol]) combine();
      waiting.push(symbol);
      before = null;
    }
  }
  if (before === null) return { refusal: "it ends where a digit or an opening bracket is wanted." };
  if (waiting.includes("(")) return { refusal: "a bracket is opened and not closed." };
  while (waiting.length) combine();
  return { tree: made.pop() };
}

const isDigitOf = (tree) => typeof tree === "number";

const worthOf = (tree) => (isDigitOf(tree) ? tree : OPERATORS[tree[0]](worthOf(tree[1]), worthOf(tree[2])));

const depthOf = (tree) => (isDigitOf(tree) ? 0 : 1 + Math.max(depthOf(tree[1]), depthOf(tree[2])));

function tokensOf(tree) {
  if (isDigitOf(tree)) return [String(tree)];
  return ["(", ...tokensOf(tree[1]), tree[0], ...tokensOf(tree[2]), ")"];
}

const asText = (tree) =>
  tokensOf(tree)
    .map((token) => (token in OPERATORS ? ` ${token} ` : token))
    .join("");

/** The tree's nodes: left side, right side, the operator itself. */
function nodesOf(tree) {
  const nodes = { label: [], children: [], round: [], place: [], digits: [], says: [] };
  const add = (part, first) => {
    let [below, place] = [[-1, -1], first];
    if (isDigitOf(part)) nodes.digits.push(nodes.label.length);
    else {
      const left = add(part[1], first + 1);
      place = first + 1 + tokensOf(part[1]).length;
      below = [left, add(part[2], place + 1)];
    }
    nodes.label.push(TOKENS.indexOf(isDigitOf(part) ? String(part) : part[0]));
    nodes.children.push(below);
    nodes.round.push(1 + depthOf(part));
    nodes.place.push(place);
    nodes.says.push(isDigitOf(part) ? asText(part) : `${asText(part)} = ${String(worthOf(part)).replace("-", "−")}`);
    return nodes.label.length - 1;
  };
  add(tree, 0);
  return nodes;
}

/** Both shapes of a tree: children before parents, and the token at which each node stands. */
function described(tree) {
  const tokens = tokensOf(tree);
  const chain = {
    label: tokens.map((token) => TOKENS.indexOf(token)),
    children: tokens.map((_, t) => [t - 1, -1]),
    round: tokens.map((_, t) => t + 1),
    place: tokens.map((_, t) => t),
    digits: tokens.flatMap((token, t) => (isDigit(token) ? [t] : [])),
    says: tokens,
  };
  return { text: asText(tree), tokens, value: worthOf(tree), tree: nodesOf(tree), chain };
}

/** The expression in a text, both shapes described: { expression } or, in a sentence, { refusal }. */
export function readExpression(text) {
  const { length } = [...text];
  if (length > LONGEST_TEXT) return { refusal: `it has ${length} characters, at most ${LONGEST_TEXT} can be read.` };
  const { tree, refusal } = treeIn(text);
  if (refusal) return { refusal };
  const operators = tokensOf(tree).filter((token) => token in OPERATORS).length;
  if (operators >= 1 && operators <= MOST_OPERATORS) return { expression: described(tree) };
  return { refusal: `it has ${operators} operators, 1 to ${MOST_OPERATORS} can be shown.` };
}

/** The expression that is shown: the typed one where there is one. */
export const shownOf = ({ expressions, expression, typed }) =>
  typed ? readExpression(typed).expression : expressions[expression];

// ---- The numbers -------------------------------------------------------------------------------------------------

export const SHAPES = ["tree", "chain"];

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
export function pathFrom({ children }, node) {
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
export function compute(state) {
  const shown = shownOf(state);
  return Object.fromEntries(SHAPES.map((shape) => [shape, shapeNumbers(shown[shape], state.parameters)]));
}
