// The cell stepper: one unrolled cell, forward and back, one equation at a time, with the numbers put in.

const GATES = { simple_rnn: ["h"], lstm: ["i", "f", "c", "o"], gru: ["r", "z", "n"] }; // in the order of storage

// ---- The numbers: the walk forward and the walk back -------------------------------------------------------------

const each = (operation) => (...vectors) => vectors[0].map((_, k) => operation(...vectors.map((vector) => vector[k])));
const plus = each((...values) => values.reduce((sum, value) => sum + value, 0));
const times = each((...values) => values.reduce((product, value) => product * value, 1));
const minus = each((a, b) => a - b);
const product = (W, v) => W.map((row) => dot(row, v));
const outer = (d, v) => d.map((value) => v.map((other) => value * other));
const slopeOfSigmoid = each((s) => s * (1 - s));
const slopeOfTanh = each((s) => 1 - s * s);
const complement = each((s) => 1 - s);
const fromGates = (gates, make) => Object.fromEntries(gates.map((gate, k) => [gate, make(gate, k)]));

/** The weights by gate, as the equations name them. */
function cellOf({ kind, options, parameters }) {
  const [gates, hidden] = [GATES[kind], parameters.W_h[0].length];
  const blocks = (name) => fromGates(gates, (_, k) => parameters[name].slice(k * hidden, (k + 1) * hidden));
  const [W_x, W_h, b] = ["W_x", "W_h", "b"].map(blocks);
  return { kind, gates, ...options, W_x, W_h, b, b_hn: parameters.b_hn };
}

/** What a step computes from x_t and the state before it; `a` is what goes into σ or tanh. */
function forwardStep(cell, x, { h, C }) {
  const from_x = fromGates(cell.gates, (gate) => product(cell.W_x[gate], x));
  const from_h = fromGates(cell.gates, (gate) => product(cell.W_h[gate], h));
  const a = fromGates(cell.gates, (gate) => plus(from_x[gate], from_h[gate], cell.b[gate]));
  const now = { x, before: { h, C }, from_x, from_h, a };
  return Object.assign(now, { simple_rnn: rnnForward, lstm: lstmStep, gru: gruForward }[cell.kind](cell, now));
}

const rnnForward = ({ nonlinearity }, { a }) => ({
  h: a.h.map(nonlinearity === "relu" ? (value) => Math.max(value, 0) : Math.tanh),
});

function lstmStep(_, { a, before }) {
  const [i, f, C_tilde, o] = [a.i.map(sigmoid), a.f.map(sigmoid), a.c.map(Math.tanh), a.o.map(sigmoid)];
  const C = plus(times(f, before.C), times(i, C_tilde));
  const tanh_C = C.map(Math.tanh);
  return { i, f, C_tilde, o, C, tanh_C, h: times(o, tanh_C) };
}

function gruForward(cell, { a, before: { h }, from_x, from_h }) {
  const [r, z] = [a.r.map(sigmoid), a.z.map(sigmoid)];
  const q = cell.reset_after ? plus(from_h.n, cell.b_hn) : null;
  const rh = times(r, h);
  from_h.n = cell.reset_after ? from_h.n : product(cell.W_h.n, rh);
  a.n = plus(from_x.n, cell.b.n, cell.reset_after ? times(r, q) : from_h.n);
  const n = a.n.map(Math.tanh);
  return { r, z, q, rh, n, h: plus(times(complement(z), n), times(z, h)) };
}

/** What comes back at a step: `direct` is ∂⁺L/∂h_t, `arriving` what the step after hands back, `sums` those over the
 * steps after; `d` is the gradient in what W_h gives, for a candidate with its reset after it another one than `da`. */
function backwardStep(cell, now, direct, arriving, sums) {
  const dh = plus(direct, arriving.h);
  const own = { simple_rnn: rnnBackward, lstm: lstmBackward, gru: gruBackward }[cell.kind];
  const back = { direct, arriving, dh, before: sums, ...own(cell, now, dh, arriving) };
  const { da, d = da } = back;
  const throughGates = fromGates(back.into_h ?? cell.gates, (gate) => backThrough(cell.W_h[gate], d[gate]));
  const added = (name, part) => fromGates(cell.gates, (gate) => plusRows(sums[name][gate], part(gate)));
  back.sums = {
    W_x: added("W_x", (gate) => outer(da[gate], now.x)),
    W_h: added("W_h", (gate) => outer(d[gate], intoW_h(cell, now, gate))),
    b: fromGates(cell.gates, (gate) => plus(sums.b[gate], da[gate])),
    ...(back.dq && { b_hn: plus(sums.b_hn, back.dq) }),
  };
  back.throughGates = throughGates;
  back.handed = { h: plus(...Object.values(throughGates), ...Object.values(back.paths ?? {})), C: back.dC_before };
  return back;
}

/** What the gate's W_h is multiplied with. */
const intoW_h = (cell, now, gate) => (gate === "n" && !cell.reset_after ? now.rh : now.before.h);

const plusRows = each((row, other) => plus(row, other));

function rnnBackward({ nonlinearity }, { h }, dh) {
  const slope = nonlinearity === "relu" ? h.map((value) => (value > 0 ? 1 : 0)) : slopeOfTanh(h);
  return { slope, da: { h: times(dh, slope) } };
}

function lstmBackward(_, { i, f, C_tilde, o, tanh_C, before }, dh, arriving) {
  const dC = plus(arriving.C, times(dh, o, slopeOfTanh(tanh_C)));
  const da = {
    i: times(dC, C_tilde, slopeOfSigmoid(i)),
    f: times(dC, before.C, slopeOfSigmoid(f)),
    c: times(dC, i, slopeOfTanh(C_tilde)),
    o: times(dh, tanh_C, slopeOfSigmoid(o)),
  };
  return { dC, da, dC_before: times(dC, f) };
}

function gruBackward(cell, { r, z, n, q, before: { h } }, dh) {
  const da = { n: times(dh, complement(z), slopeOfTanh(n)), z: times(dh, minus(h, n), slopeOfSigmoid(z)) };
  const paths = { z: times(dh, z) };
  if (cell.reset_after) {
    const dq = times(da.n, r);
    da.r = times(da.n, q, slopeOfSigmoid(r));
    return { da, dq, d: { ...da, n: dq }, paths };
  }
  const drh = backThrough(cell.W_h.n, da.n);
  da.r = times(drh, h, slopeOfSigmoid(r));
  return { da, drh, paths: { ...paths, r: times(drh, r) }, into_h: ["r", "z"] };
}

/** Every step forward and every step back, and the loss. */
export function walk({ cells, cell: index, x, target }) {
  const cell = cellOf(cells[index]);
  const zeros = target.map(() => 0);
  const forward = [];
  for (const x_t of x) forward.push(forwardStep(cell, x_t, forward.at(-1) ?? { h: zeros, C: zeros }));
  const error = minus(forward.at(-1).h, target);
  let arriving = { h: zeros, C: zeros };
  let sums = { b: fromGates(cell.gates, () => zeros), b_hn: zeros };
  const noughts = (W) => W.map((row) => row.map(() => 0));
  for (const name of ["W_x", "W_h"]) sums[name] = fromGates(cell.gates, (gate) => noughts(cell[name][gate]));
  const backward = [];
  for (const now of [...forward].reverse()) {
    const step = backwardStep(cell, now, now === forward.at(-1) ? error : zeros, arriving, sums);
    backward.unshift(step);
    ({ handed: arriving, sums } = step);
  }
  return { cell, forward, backward, error, loss: dot(error, error) / 2 };
}

const TRACED = { simple_rnn: ["h"], lstm: ["i", "f", "C_tilde", "o", "C", "h"], gru: ["r", "z", "n", "h"] };

/** The trace, the gradients and their running sums, as CellStepper.compute() in Python. */
export function compute(state) {
  const { cell, forward, backward, loss } = walk(state);
  const stacked = (gates) => cell.gates.flatMap((gate) => gates[gate]);
  const sum = (name) => backward.map(({ sums }) => stacked(sums[name]));
  return {
    ...Object.fromEntries(TRACED[cell.kind].map((name) => [name, forward.map((now) => now[name])])),
    ...(cell.kind === "simple_rnn" && { a: forward.map(({ a }) => a.h) }),
    ...(cell.kind === "lstm" && { dC: backward.map(({ dC }) => dC) }),
    ...(cell.b_hn && { db_hn: backward.map(({ sums }) => sums.b_hn) }),
    ...{ dh: backward.map(({ dh }) => dh), da: backward.map(({ da }) => stacked(da)), loss },
    ...{ dW_x: sum("W_x"), dW_h: sum("W_h"), db: sum("b") },
  };
}

// ---- The equations of a step: symbols, the numbers put in, and what they come to for one unit ---------------------

/** Three decimals, or two digits for what would have fewer, with a power of ten where there would be many zeros. */
function brief(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.01 && size < 1e3)) return fixed(value, 3);
  return withMinus(size >= 1e-3 && size < 0.01 ? value.toPrecision(2) : value.toExponential(1));
}

const inner = (value) => (brief(value).startsWith("−") ? `(${brief(value)})` : brief(value));
const joined = (sign) => (...values) => values.map((value, k) => (k ? inner(value) : brief(value))).join(sign);
const sumOf = joined(" + ");
const productOf = joined(" · ");
const dotOf = (u, v) => u.map((value, k) => (k ? inner(value) : brief(value)) + ` · ${inner(v[k])}`).join(" + ");
const columnOf = (W, k) => W.map((row) => row[k]);

// A block is a vector or matrix of an equation. Its rows are units, of which one is chosen; or gates, for the chosen
// unit; or all of it takes part in each unit's result, as x_t does in a matrix product.
const block = (rowsAre) => (sign, head, values, result = false) => ({
  ...{ rowsAre, sign, head, result },
  rows: values.map((row) => (Array.isArray(row) ? row : [row])),
});
const units = block("unit");
const whole = block("all");
const perGate = block("gate");
const result = (line) => ({ ...line, result: true });
const line = (part, worked, value) => ({ part, worked, value });

const A = (gate) => (gate === "h" ? "a_t" : `a_${gate}`);
const OUT = { c: "C̃_t" };
const out = (gate) => OUT[gate] ?? `${gate}_t`;

const GATE_TEXT = {
  h: ["Hidden state", "The cell's one equation. Each unit reads all of x_t and of h_{t−1}, and tanh bends the sum."],
  i: ["Input gate", "How much of the candidate is written, from 0 to 1. Each unit reads all of x_t and of h_{t−1}."],
  f: ["Forget gate", "How much of the old cell is kept: at 1 nothing is forgotten. The same inputs, other weights."],
  c: ["Candidate", "What could be written, between −1 and 1. It has weights of its own, not those of the input gate."],
  o: ["Output gate", "How much of the cell will be shown in h_t."],
  r: ["Reset gate", "How much of the old state the candidate may see."],
  z: ["Update gate", "How much of the old state stays: at 1 the state is kept as it is."],
};

/** out = σ(W_x x_t + W_h h_{t−1} + b), or with tanh. */
function gateCard(cell, now, gate, values, name = "σ") {
  const [W_x, W_h, b] = [`W_{x${gate}}`, `W_{h${gate}}`, `b_${gate}`];
  const [title, note] = GATE_TEXT[gate];
  const { h } = now.before;
  return {
    ...{ title, note: name === "relu" ? note.replace("tanh bends", "relu cuts off") : note },
    symbols: `${out(gate)} = ${name}(${W_x} x_t + ${W_h} h_{t−1} + ${b})`,
    blocks: [
      ...[units("", W_x, cell.W_x[gate]), whole("", "x_t", now.x)],
      ...[units("+", W_h, cell.W_h[gate]), whole("", "h_{t−1}", h), units("+", b, cell.b[gate])],
      ...[units("=", A(gate), now.a[gate], true), units(`${name} ⟶`, out(gate), values, true)],
    ],
    lines: (k) => [
      line(`${W_x} x_t`, dotOf(cell.W_x[gate][k], now.x), now.from_x[gate][k]),
      line(`${W_h} h_{t−1}`, dotOf(cell.W_h[gate][k], h), now.from_h[gate][k]),
      line(b, "", cell.b[gate][k]),
      result(line(A(gate), sumOf(now.from_x[gate][k], now.from_h[gate][k], cell.b[gate][k]), now.a[gate][k])),
      result(line(out(gate), `${name}(${brief(now.a[gate][k])})`, values[k])),
    ],
  };
}

const simpleForward = (cell, now) => [gateCard(cell, now, "h", now.h, cell.nonlinearity)];

const lstmForwardCards = (cell, now) => [
  ...[gateCard(cell, now, "i", now.i), gateCard(cell, now, "f", now.f)],
  ...[gateCard(cell, now, "c", now.C_tilde, "tanh"), gateCard(cell, now, "o", now.o)],
  cellStateCard(now),
  {
    title: "Hidden state",
    symbols: "h_t = o_t ⊙ tanh(C_t)",
    note: "What the step shows. The cell itself stays as it is.",
    blocks: [units("", "o_t", now.o), units("⊙", "tanh(C_t)", now.tanh_C), units("=", "h_t", now.h, true)],
    lines: (k) => [
      ...[line("o_t", "", now.o[k]), line("tanh(C_t)", `tanh(${brief(now.C[k])})`, now.tanh_C[k])],
      result(line("h_t", productOf(now.o[k], now.tanh_C[k]), now.h[k])),
    ],
  },
];

const cellStateCard = ({ i, f, C_tilde, C, before }) => ({
  title: "Cell state",
  symbols: "C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t",
  note: "⊙ goes element by element: a unit of C_t uses the same unit of the four vectors and no other. No matrix here.",
  blocks: [
    ...[units("", "f_t", f), units("⊙", "C_{t−1}", before.C), units("+", "i_t", i)],
    ...[units("⊙", "C̃_t", C_tilde), units("=", "C_t", C, true)],
  ],
  lines: (k) => [
    line("f_t ⊙ C_{t−1}", productOf(f[k], before.C[k]), f[k] * before.C[k]),
    line("i_t ⊙ C̃_t", productOf(i[k], C_tilde[k]), i[k] * C_tilde[k]),
    result(line("C_t", sumOf(f[k] * before.C[k], i[k] * C_tilde[k]), C[k])),
  ],
});

const gruForwardCards = (cell, now) => [
  ...[gateCard(cell, now, "r", now.r), gateCard(cell, now, "z", now.z)],
  ...(cell.reset_after ? resetAfterCards(cell, now) : resetBeforeCards(cell, now)),
  {
    title: "Hidden state",
    symbols: "h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}",
    note: "A mixture of new and old, for each unit by itself: the two weights add up to one.",
    blocks: [
      ...[units("", "1 − z_t", complement(now.z)), units("⊙", "n_t", now.n), units("+", "z_t", now.z)],
      ...[units("⊙", "h_{t−1}", now.before.h), units("=", "h_t", now.h, true)],
    ],
    lines: (k) => {
      const [fresh, old] = [(1 - now.z[k]) * now.n[k], now.z[k] * now.before.h[k]];
      return [
        line("(1 − z_t) ⊙ n_t", productOf(1 - now.z[k], now.n[k]), fresh),
        line("z_t ⊙ h_{t−1}", productOf(now.z[k], now.before.h[k]), old),
        result(line("h_t", sumOf(fresh, old), now.h[k])),
      ];
    },
  },
];

const resetAfterCards = (cell, { x, before: { h }, from_x, from_h, r, q, a, n }) => [
  {
    title: "What the reset gate will act on",
    symbols: "q_t = W_{hn} h_{t−1} + b_{hn}",
    note: "First the matrix product, then the reset: this is PyTorch's dialect.",
    blocks: [
      ...[units("", "W_{hn}", cell.W_h.n), whole("", "h_{t−1}", h), units("+", "b_{hn}", cell.b_hn)],
      units("=", "q_t", q, true),
    ],
    lines: (k) => [
      ...[line("W_{hn} h_{t−1}", dotOf(cell.W_h.n[k], h), from_h.n[k]), line("b_{hn}", "", cell.b_hn[k])],
      result(line("q_t", sumOf(from_h.n[k], cell.b_hn[k]), q[k])),
    ],
  },
  {
    title: "Candidate",
    symbols: "n_t = tanh(W_{xn} x_t + b_n + r_t ⊙ q_t)",
    note: "r_t scales each unit's own product: the rows of W_{hn}.",
    blocks: [
      ...[units("", "W_{xn}", cell.W_x.n), whole("", "x_t", x), units("+", "b_n", cell.b.n), units("+", "r_t", r)],
      ...[units("⊙", "q_t", q), units("=", "a_n", a.n, true), units("tanh ⟶", "n_t", n, true)],
    ],
    lines: (k) => [
      ...[line("W_{xn} x_t", dotOf(cell.W_x.n[k], x), from_x.n[k]), line("b_n", "", cell.b.n[k])],
      line("r_t ⊙ q_t", productOf(r[k], q[k]), r[k] * q[k]),
      result(line("a_n", sumOf(from_x.n[k], cell.b.n[k], r[k] * q[k]), a.n[k])),
      result(line("n_t", `tanh(${brief(a.n[k])})`, n[k])),
    ],
  },
];

const resetBeforeCards = (cell, { x, before: { h }, from_x, from_h, r, rh, a, n }) => [
  {
    title: "The old state, reset",
    symbols: "r_t ⊙ h_{t−1}",
    note: "First the reset, then the matrix product: the dialect of the 2014 paper and of many books.",
    blocks: [units("", "r_t", r), units("⊙", "h_{t−1}", h), units("=", "r_t ⊙ h_{t−1}", rh, true)],
    lines: (k) => [
      ...[line("r_t", "", r[k]), line("h_{t−1}", "", h[k])],
      result(line("r_t ⊙ h_{t−1}", productOf(r[k], h[k]), rh[k])),
    ],
  },
  {
    title: "Candidate",
    symbols: "n_t = tanh(W_{xn} x_t + b_n + W_{hn} (r_t ⊙ h_{t−1}))",
    note: "r_t has scaled what goes into the product: the columns of W_{hn}.",
    blocks: [
      ...[units("", "W_{xn}", cell.W_x.n), whole("", "x_t", x), units("+", "b_n", cell.b.n)],
      ...[units("+", "W_{hn}", cell.W_h.n), whole("", "r_t ⊙ h_{t−1}", rh)],
      ...[units("=", "a_n", a.n, true), units("tanh ⟶", "n_t", n, true)],
    ],
    lines: (k) => [
      ...[line("W_{xn} x_t", dotOf(cell.W_x.n[k], x), from_x.n[k]), line("b_n", "", cell.b.n[k])],
      line("W_{hn} (r_t ⊙ h_{t−1})", dotOf(cell.W_h.n[k], rh), from_h.n[k]),
      result(line("a_n", sumOf(from_x.n[k], cell.b.n[k], from_h.n[k]), a.n[k])),
      result(line("n_t", `tanh(${brief(a.n[k])})`, n[k])),
    ],
  },
];

/** The last card of a step forward: what goes on to the next one. */
const handOnCard = ({ h, C }) => ({
  title: "Handed on",
  symbols: C ? "(h_t, C_t) ⟶ step t+1" : "h_t ⟶ step t+1",
  note: "The next step takes this as its old state. It is the state that goes on, not an output y_t.",
  blocks: [units("", "h_t", h), ...(C ? [units(",", "C_t", C)] : [])],
  lines: (k) => [line("h_t", "", h[k]), ...(C ? [line("C_t", "", C[k])] : [])],
});

/** After the last step: the loss. */
const lossCard = ({ h }, target, error, loss) => ({
  title: "The loss",
  symbols: "L = ½‖h_T − target‖²",
  note: "The loss sees the last step only. Now choose the direction backward.",
  blocks: [
    ...[units("", "h_T", h), units("−", "target", target), units("=", "h_T − target", error, true)],
    block("all")("½‖·‖² ⟶", "L", [loss], true),
  ],
  lines: (k) => [
    ...[line("h_T", "", h[k]), line("target", "", target[k])],
    result(line("h_T − target", `${brief(h[k])} − ${inner(target[k])}`, error[k])),
    result(line("L", `½ (${error.map((e) => `${inner(e)}²`).join(" + ")})`, loss)),
  ],
});

// ---- The same, backward ------------------------------------------------------------------------------------------

const IMMEDIATE =
  "∂⁺ is the immediate part, what the loss itself says at this step: h_T − target at the last step, nothing before. ";

/** What a step hands back to the state before it, in symbols. */
function messageOf({ kind, reset_after }) {
  if (kind === "simple_rnn") return "W_{hh}ᵀ δ";
  if (kind === "lstm") return "W_hᵀ ∂L/∂a";
  if (reset_after) return "∂L/∂h ⊙ z + W_hᵀ (∂L/∂a_r, ∂L/∂a_z, ∂L/∂q)";
  return "∂L/∂h ⊙ z + ∂L/∂(r ⊙ h) ⊙ r + W_{hr}ᵀ ∂L/∂a_r + W_{hz}ᵀ ∂L/∂a_z";
}

const ARRIVES = "from step t+1";

function messageCard(cell, { direct, arriving, dh }, last) {
  const message = cell.kind === "simple_rnn" ? "W_{hh}ᵀ δ_{t+1}" : `(${messageOf(cell)})_{t+1}`;
  return {
    title: "Total derivative in h_t",
    symbols: `∂L/∂h_t = ∂⁺L/∂h_t + ${message}`,
    note:
      "∂⁺ is the immediate part, what the loss itself says at this step: h_T − target at the last step, zero before. " +
      (last ? "No step comes after this one: nothing was handed back." : "The rest is what the step after handed back."),
    blocks: [units("", "∂⁺L/∂h_t", direct), units("+", ARRIVES, arriving.h), units("=", "∂L/∂h_t", dh, true)],
    lines: (k) => [
      ...[line("∂⁺L/∂h_t", last ? "h_T − target" : "", direct[k]), line(ARRIVES, "", arriving.h[k])],
      result(line("∂L/∂h_t", sumOf(direct[k], arriving.h[k]), dh[k])),
    ],
  };
}

/** A gradient that is an elementwise product: `factors` is a list of [symbols, vector]. */
const productCard = (title, name, factors, values, note) => ({
  ...{ title, note, symbols: `${name} = ${factors.map(([symbols]) => symbols).join(" ⊙ ")}` },
  blocks: [
    ...factors.map(([symbols, vector], k) => units(k ? "⊙" : "", symbols, vector)),
    units("=", name, values, true),
  ],
  lines: (k) => [
    ...factors.map(([symbols, vector]) => line(symbols, "", vector[k])),
    result(line(name, productOf(...factors.map(([, vector]) => vector[k])), values[k])),
  ],
});

const simpleBackward = (cell, now, { dh, slope, da }) => [
  productCard(
    "Through the nonlinearity",
    "δ_t",
    [["∂L/∂h_t", dh], [cell.nonlinearity === "relu" ? "[a_t > 0]" : "(1 − h_t²)", slope]],
    da.h,
    "δ_t = ∂L/∂a_t. Where the unit is saturated its slope is near 0, and the message ends there.",
  ),
];

const BESIDE = "What stood beside it in the forward pass, times its own slope.";

function cellGradientCard({ o, tanh_C }, { arriving, dh, dC }) {
  const slope = slopeOfTanh(tanh_C);
  return {
    title: "Total derivative in C_t",
    symbols: "∂L/∂C_t = (∂L/∂C ⊙ f)_{t+1} + ∂L/∂h_t ⊙ o_t ⊙ (1 − tanh² C_t)",
    note: "Two roads meet: along the cell, through the forget gate of step t+1, and through h_t of this step.",
    blocks: [
      ...[units("", ARRIVES, arriving.C), units("+", "∂L/∂h_t", dh), units("⊙", "o_t", o)],
      ...[units("⊙", "(1 − tanh² C_t)", slope), units("=", "∂L/∂C_t", dC, true)],
    ],
    lines: (k) => [
      line(ARRIVES, "", arriving.C[k]),
      line("through h_t", productOf(dh[k], o[k], slope[k]), dh[k] * o[k] * slope[k]),
      result(line("∂L/∂C_t", sumOf(arriving.C[k], dh[k] * o[k] * slope[k]), dC[k])),
    ],
  };
}

const SIGMOID_SLOPE = (gate) => `${gate}_t (1 − ${gate}_t)`;

const lstmBackwardCards = (_, now, back) => {
  const { dC, dh, da } = back;
  const dC_t = ["∂L/∂C_t", dC];
  const slope = (gate) => [SIGMOID_SLOPE(gate), slopeOfSigmoid(now[gate])];
  const card = (title, gate, factors) => productCard(title, `∂L/∂a_${gate}`, factors, da[gate], BESIDE);
  return [
    cellGradientCard(now, back),
    card("Input gate", "i", [dC_t, ["C̃_t", now.C_tilde], slope("i")]),
    card("Forget gate", "f", [dC_t, ["C_{t−1}", now.before.C], slope("f")]),
    card("Candidate", "c", [dC_t, ["i_t", now.i], ["(1 − C̃_t²)", slopeOfTanh(now.C_tilde)]]),
    card("Output gate", "o", [["∂L/∂h_t", dh], ["tanh(C_t)", now.tanh_C], slope("o")]),
  ];
};

const gruBackwardCards = (cell, now, { dh, da, dq, drh }) => {
  const slope = (gate) => [SIGMOID_SLOPE(gate), slopeOfSigmoid(now[gate])];
  const dh_t = ["∂L/∂h_t", dh];
  const candidate = [dh_t, ["(1 − z_t)", complement(now.z)], ["(1 − n_t²)", slopeOfTanh(now.n)]];
  const update = [dh_t, ["(h_{t−1} − n_t)", minus(now.before.h, now.n)], slope("z")];
  const first = [
    productCard("Candidate", "∂L/∂a_n", candidate, da.n, BESIDE),
    productCard("Update gate", "∂L/∂a_z", update, da.z, BESIDE),
  ];
  if (cell.reset_after) {
    const reset = [["∂L/∂a_n", da.n], ["q_t", now.q], slope("r")];
    return [
      ...first,
      productCard("What the reset gate acted on", "∂L/∂q_t", [["∂L/∂a_n", da.n], ["r_t", now.r]], dq, BESIDE),
      productCard("Reset gate", "∂L/∂a_r", reset, da.r, BESIDE),
    ];
  }
  const reset = [["∂L/∂(r_t ⊙ h_{t−1})", drh], ["h_{t−1}", now.before.h], slope("r")];
  return [...first, resetStateCard(cell, da, drh), productCard("Reset gate", "∂L/∂a_r", reset, da.r, BESIDE)];
};

const resetStateCard = (cell, da, drh) => ({
  title: "The old state, reset",
  symbols: "∂L/∂(r_t ⊙ h_{t−1}) = W_{hn}ᵀ ∂L/∂a_n",
  note: "The transpose sends each unit's gradient back along the column through which it came.",
  blocks: [
    ...[units("", "W_{hn}ᵀ", drh.map((_, k) => columnOf(cell.W_h.n, k))), whole("", "∂L/∂a_n", da.n)],
    units("=", "∂L/∂(r_t ⊙ h_{t−1})", drh, true),
  ],
  lines: (k) => [result(line("∂L/∂(r_t ⊙ h_{t−1})", dotOf(columnOf(cell.W_h.n, k), da.n), drh[k]))],
});

const SUM_NOTE =
  "The same weight acts at every step, so its gradient is a sum over the steps, here for the chosen unit's weights. " +
  "The walk starts at T: at step 1 the sum is complete.";

/** A gradient of the chosen unit's weights and what this step adds: `rows` has one entry a gate, `sources` what the
 * gates' gradients, named `delta`, are multiplied with. */
const sumCard = (weight, added, delta, rows, sources) => ({
  title: `Running sum of ∂L/∂${weight}`,
  symbols: `∂L/∂${weight} = Σ_{s ≥ t} ${added}`,
  note: SUM_NOTE,
  names: rows.map(({ gate }) => gate),
  blocks: [
    perGate("", "so far", rows.map(({ before }) => before)),
    perGate("+", delta, rows.map(({ d }) => d)),
    ...sources.map(([head, vector]) => block("all")("·", head, [vector])),
    perGate("=", `∂L/∂${weight}`, rows.map(({ after }) => after), true),
  ],
  lines: (k) =>
    rows.flatMap(({ name, before, d, from, after }) =>
      after.map((value, j) => {
        const part = from ? `${inner(d)} · ${inner(from[j])}` : inner(d);
        return result(line(`∂L/∂${name}[${from ? `${k},\u00a0${j}` : k}]`, `${brief(before[j])} + ${part}`, value));
      }),
    ),
});

/** ∂L/∂W_x, ∂L/∂W_h and ∂L/∂b of the chosen unit. */
function sumCards(cell, now, { da, d = da, dq, before, sums }, unit) {
  const rowsOf = (weight, gradients, from) =>
    cell.gates.map((gate) => ({
      ...{ gate, d: gradients[gate][unit], from: from(gate) },
      name: weight === "b" ? `b_${gate}` : `${weight.replace("_", "_{")}${gate}}`,
      before: [before[weight][gate][unit]].flat(),
      after: [sums[weight][gate][unit]].flat(),
    }));
  const biases = rowsOf("b", da, () => null);
  if (dq) {
    const sum = { before: [before.b_hn[unit]], after: [sums.b_hn[unit]] };
    biases.push({ gate: "hn", name: "b_{hn}", d: dq[unit], from: null, ...sum });
  }
  const resetBefore = cell.kind === "gru" && !cell.reset_after;
  const h = ["h_{t−1}ᵀ", now.before.h];
  const sources = resetBefore ? [h, ["(r_t ⊙ h_{t−1})ᵀ for n", now.rh]] : [h];
  const simple = cell.kind === "simple_rnn";
  const [delta, sum] = simple ? ["δ_t", "δ_s"] : ["∂L/∂a", "(∂L/∂a)_s"];
  const [delta_h, sum_h] = dq ? ["∂L/∂(a_r, a_z, q)", "(∂L/∂(a_r, a_z, q))_s"] : [delta, sum];
  return [
    sumCard("W_x", `${sum} x_sᵀ`, delta, rowsOf("W_x", da, () => now.x), [["x_tᵀ", now.x]]),
    sumCard("W_h", `${sum_h} h_{s−1}ᵀ`, delta_h, rowsOf("W_h", d, (gate) => intoW_h(cell, now, gate)), sources),
    sumCard("b", sum, delta, biases, []),
  ];
}

/** The last card of a step backward: what it hands to the state before it. */
function handBackCard(cell, now, { da, d = da, paths, drh, throughGates, handed, dh, dC, dC_before }, t) {
  const roads = Object.entries(throughGates).map(([gate, vector]) => ({
    name: `W_{h${gate}}ᵀ ${cell.kind === "simple_rnn" ? "δ_t" : gate === "n" ? "∂L/∂q_t" : `∂L/∂a_${gate}`}`,
    vector,
    worked: (k) => dotOf(columnOf(cell.W_h[gate], k), d[gate]),
  }));
  if (paths?.r) {
    const worked = (k) => productOf(drh[k], now.r[k]);
    roads.unshift({ name: "∂L/∂(r_t ⊙ h_{t−1}) ⊙ r_t", vector: paths.r, worked });
  }
  if (paths) roads.unshift({ name: "∂L/∂h_t ⊙ z_t", vector: paths.z, worked: (k) => productOf(dh[k], now.z[k]) });
  const [to_h, to_C] = ["to h_{t−1}", "to C_{t−1}"];
  return {
    title: "Handed back",
    symbols: roads.map(({ name }) => name).join(" + ") + " ⟶ h_{t−1}" + (dC ? ",  ∂L/∂C_t ⊙ f_t ⟶ C_{t−1}" : ""),
    note:
      "Each way on which h_{t−1} came in is a way back; ᵀ makes a unit's weights a column. " +
      (t === 1 ? "This is the gradient in the first state." : "The step before adds its immediate part to it."),
    blocks: [
      ...roads.map(({ name, vector }, k) => units(k ? "+" : "", name, vector)),
      ...[units("=", to_h, handed.h, true), ...(dC ? [units(",", to_C, dC_before, true)] : [])],
    ],
    lines: (k) => [
      ...roads.map(({ name, vector, worked }) => line(name, worked(k), vector[k])),
      result(line(to_h, sumOf(...roads.map(({ vector }) => vector[k])), handed.h[k])),
      ...(dC ? [result(line(to_C, productOf(dC[k], now.f[k]), dC_before[k]))] : []),
    ],
  };
}

const CARDS = {
  forward: { simple_rnn: simpleForward, lstm: lstmForwardCards, gru: gruForwardCards },
  backward: { simple_rnn: simpleBackward, lstm: lstmBackwardCards, gru: gruBackwardCards },
};

/** The equations of step t (from 1) in their order, with the numbers of a walk put in. */
export function cardsOf({ cell, forward, backward, error, loss }, { direction, step, unit, target }) {
  const [now, back, last] = [forward[step - 1], backward[step - 1], step === forward.length];
  const own = CARDS[direction][cell.kind](cell, now, back);
  if (direction === "forward") return [...own, last ? lossCard(now, target, error, loss) : handOnCard(now)];
  const [first, end] = [messageCard(cell, back, last), handBackCard(cell, now, back, step)];
  return [first, ...own, ...sumCards(cell, now, back, unit), end];
}

/** A sentence with symbols in it: what has a subscript is one. */
const prose = (text) => text.split(/(\S*_\S+)/).map((part) => (part.includes("_") ? math(part) : part));

/** A head of a block or line, with the numbers of the steps in place of t. */
const at = (text, t) =>
  text
    .replace(/\{t−1\}/g, `{${t - 1}}`)
    .replace(/t\+1/g, t + 1)
    .replace(/_t(?![a-z])/g, `_{${t}}`);

// ---- The unrolled network ----------------------------------------------------------------------------------------

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈";
const CHAIN = { height: 112, top: 24, bottom: 76, left: 26, right: 26, baseline: 104 };

/** A box for each time step with the units' values as bars, and arrows in the direction of the walk. */
class Chain {
  constructor(view, title) {
    Object.assign(this, { view, width: 0 });
    this.svg = svg("svg", { role: "img", height: CHAIN.height });
    this.svg.style.setProperty("--rnn-hue", hueOf("h"));
    this.title = title;
    this.stage = html("div", { class: "rnn-stage rnn-chain" }, this.svg);
    this.figure = html("figure", { "data-chart": "chain" }, html("figcaption", {}, title), this.stage);
    this.svg.addEventListener("click", (event) => this.pick(event.clientX - this.svg.getBoundingClientRect().left));
    const observer = new ResizeObserver(() => this.resize(this.stage.clientWidth));
    observer.observe(this.stage);
    view.cleanups.push(() => observer.disconnect());
  }

  pick(x) {
    const step = Math.floor(linear([CHAIN.left, this.width - CHAIN.right], [1, this.content.values.length + 1])(x));
    this.view.set({ step: Math.min(Math.max(step, 1), this.content.values.length) });
  }

  resize(width) {
    if (width === this.width || width === 0) return;
    this.width = width;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${CHAIN.height}`);
    this.svg.setAttribute("width", width);
    if (this.content) this.draw();
  }

  /** `content` has { values: (time, unit), null where not known yet; step, unit, backward, memory, summary }. */
  show(content) {
    this.content = content;
    this.svg.setAttribute("aria-label", content.summary);
    if (this.width) this.draw();
  }

  draw() {
    const { values } = this.content;
    this.pitch = (this.width - CHAIN.left - CHAIN.right) / values.length;
    this.half = Math.min(this.pitch * 0.34, 34);
    const largest = Math.max(...values.flat().map(Math.abs), 1e-300);
    const boxes = values.map((row, k) => this.box(k + 1, row, largest));
    this.svg.replaceChildren(...this.arrows(values.length), ...boxes.flat(), ...this.ends(values.length));
  }

  middle(step) {
    return CHAIN.left + (step - 0.5) * this.pitch;
  }

  box(step, row, largest) {
    const [x, current] = [this.middle(step), step === this.content.step];
    const { top, bottom, baseline } = CHAIN;
    const size = { x: x - this.half, y: top, width: 2 * this.half, height: bottom - top, rx: 4 };
    const label = (y, text, kind = "") => svg("text", { class: kind, x, y, "text-anchor": "middle" }, text);
    return [
      svg("rect", { class: current ? "rnn-step rnn-current" : "rnn-step", ...size }),
      ...(row ? this.bars(x, row, largest) : [label((top + bottom) / 2 + 5, "?")]),
      label(baseline, `x${SUBSCRIPTS[step]}`),
      ...(current ? [label(top - 8, `t=${step}`, "rnn-chosen")] : []),
    ];
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
    const rows = memory ? [[40, "4 2"], [60, "none"]] : [[50, "none"]];
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
    const text = (x, y, ...children) => svg("text", { x, y, "text-anchor": "middle" }, ...children);
    const { memory } = this.content;
    const first = memory ? [text(9, 44, "C₀"), text(9, 64, "h₀")] : [text(9, 54, "h₀")];
    return [...first, text(this.width - 8, memory ? 64 : 54, "L")];
  }
}

// ---- The numbers put in: vectors and matrices beside each other, one stop of Tab, arrows inside -------------------

class Numbers {
  /** `told` is the element that shows the exact value of what is focused or under the mouse. */
  constructor(told) {
    this.place = [0, 0]; // column and row of the entry at which Tab stops
    this.root = html("div", { class: "rnn-numbers", role: "group", "aria-label": "The numbers put in" });
    this.root.addEventListener("keydown", (event) => this.move(event));
    for (const type of ["focusin", "pointerover"]) {
      this.root.addEventListener(type, ({ target }) => {
        if (target.matches(".rnn-entry")) told.textContent = target.getAttribute("aria-label");
      });
    }
  }

  /** Draws the card's blocks anew; `hidden` is true where the results are not to be seen. */
  show(card, { step, unit, hidden }) {
    const held = this.root.contains(document.activeElement);
    this.columns = [];
    this.root.replaceChildren(...card.blocks.map((block) => this.term(block, card, { step, unit, hidden })));
    this.focusAt(this.place, held);
  }

  term({ sign, head, rows, rowsAre, result }, { names }, { step, unit, hidden }) {
    const first = this.columns.length;
    this.columns.push(...rows[0].map(() => []));
    rows.forEach((row, r) =>
      row.forEach((value, c) => {
        const text = result && hidden ? ["?", "hidden"] : [brief(value), exact(value)];
        const taken = rowsAre === "all" || (rowsAre === "unit" && r === unit);
        const inRow = { unit: `unit ${r}`, gate: names?.[r], all: rows.length > 1 && `row ${r}` }[rowsAre];
        const where = [inRow, row.length > 1 && `column ${c}`].filter(Boolean);
        const label = [plain(at(head, step)), ...where].join(", ");
        this.columns[first + c].push(this.entry(text[0], taken, `${label}: ${text[1]}`));
      }),
    );
    const columns = this.columns.slice(first).map((column) => html("div", {}, ...column));
    const side = html("span", { class: "rnn-side", "aria-hidden": "true" });
    if (rowsAre === "gate") side.append(...names.map((name) => html("i", {}, name)));
    const held = html("div", { class: "rnn-held" }, side, html("div", { class: "rnn-vector" }, ...columns));
    return html(
      "div",
      { class: result ? "rnn-term rnn-result" : "rnn-term" },
      html("span", { class: "rnn-sign" }, math(sign)),
      html("div", {}, html("div", { class: "rnn-of" }, math(at(head, step))), held),
    );
  }

  entry(text, taken, label) {
    const attributes = { class: taken ? "rnn-entry rnn-taken" : "rnn-entry", role: "img", tabindex: -1 };
    return native("span", { ...attributes, "aria-label": label }, text);
  }

  focusAt([column, row], focus) {
    const c = Math.min(Math.max(column, 0), this.columns.length - 1);
    const r = Math.min(Math.max(row, 0), this.columns[c].length - 1);
    this.columns[this.place[0]]?.[this.place[1]]?.setAttribute("tabindex", -1);
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

/** Symbols as they are said: without the marks of a subscript. */
const plain = (text) => text.replace(/_\{([^}]*)\}/g, "_$1");

// ---- The parts of the page ---------------------------------------------------------------------------------------

const INVITATION = "Point at a number, or reach it by Tab and arrow keys, for its exact value.";

const HINT =
  "Next goes from equation to equation, then to the next step. Try: move x at the first step, and see which later " +
  "states change. Then choose backward, and follow the loss home. Hide the results, and guess each one first.";

const CONTROLS = ["cell", "direction", "equation", "hide", "step", "unit", "x"];

const numbered = (count, text = String) => Array.from({ length: count }, (_, k) => [k, text(k)]);

function lookControls(view) {
  const cells = view.get("cells").map(({ name }, k) => [k, name]);
  const also = (direction) => ({ equation: 0, step: direction === "backward" ? view.get("x").length : 1 });
  const directions = ["forward", "backward"].map((direction) => [direction, direction]);
  const choice = select(view, "cell", { label: "Cell", options: cells, also: () => ({ equation: 0 }) });
  const selects = [
    select(view, "direction", { label: "Direction", options: directions, also }),
    select(view, "unit", { label: "Unit", options: numbered(view.get("target").length) }),
  ];
  return group(
    "Look at",
    ...(cells.length > 1 ? [html("div", { class: "rnn-selects" }, choice)] : []),
    html("div", { class: "rnn-selects" }, ...selects),
    slider(view, "step", { label: "Time step t", min: 1, max: view.get("x").length, step: 1 }),
    checkbox(view, "hide", { label: "Hide the results until I ask" }),
  );
}

function inputControls(view) {
  const x = view.get("initial").x;
  const [low, high] = [Math.min(-3, ...x.flat()), Math.max(3, ...x.flat())];
  const sliders = x[0].map((_, k) =>
    slider(view, "x", {
      label: html("span", {}, ...prose(x[0].length > 1 ? `x_t feature ${k}` : "x_t")),
      ...{ min: Math.floor(low), max: Math.ceil(high), step: 0.01, text: (value) => signed(value, 3) },
      follows: ["x", "step"],
      read: () => view.get("x")[view.get("step") - 1][k],
      write: (value) => ({ x: view.get("x").map((x_t, t) => (t + 1 === view.get("step") ? x_t.with(k, value) : x_t)) }),
    }),
  );
  return group("Change the input of this step", ...sliders);
}

/** Previous, next and show; arrow keys on any of them move too. */
function navigation(view, { move, reveal }) {
  const [previous, next] = [button("‹ Previous", () => move(-1)), button("Next ›", () => move(1))];
  const show = button("Show the result", reveal);
  const place = html("span", { class: "rnn-place" });
  const nav = html("div", { class: "rnn-walk", role: "group", "aria-label": "Equations" }, place, previous, next);
  nav.addEventListener("keydown", ({ key, target }) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (way && target.matches("button")) move(way);
  });
  view.follow("hide", (hide) => (hide ? nav.append(show) : show.remove()));
  return { nav, place };
}

function workedTable() {
  const [caption, body] = [html("caption"), html("tbody")];
  const head = ["part", "the numbers put in", "exact value"].map((text) => html("th", { scope: "col" }, text));
  const table = html("table", { class: "rnn-worked" }, caption, html("thead", {}, html("tr", {}, ...head)), body);
  const fill = (card, { step, unit, hidden }) => {
    caption.textContent = `Unit ${unit} at step ${step}`;
    const row = ({ part, worked, value, result }) =>
      html(
        "tr",
        result ? { class: "rnn-result" } : {},
        html("th", { scope: "row" }, math(at(part, step))),
        html("td", {}, result && hidden ? "?" : worked),
        html("td", {}, result && hidden ? "?" : exact(value)),
      );
    body.replaceChildren(...card.lines(unit).map(row));
  };
  return { table, fill };
}

// ---- Drawing -----------------------------------------------------------------------------------------------------

/** Where the reader stands; an equation beyond the last stands at the last. */
function placeOf(view) {
  const state = Object.fromEntries([...CONTROLS, "cells", "target"].map((name) => [name, view.get(name)]));
  const walked = walk(state);
  const cards = cardsOf(walked, state);
  return { ...state, walked, cards, equation: Math.min(state.equation, cards.length - 1), steps: state.x.length };
}

const keyOf = ({ cell, direction, step, equation, unit }) => [cell, direction, step, equation, unit].join();

/** One equation on or back; after the last one to the next step of the walk. */
function moved({ direction, equation, step, cards, steps }, way) {
  const to = equation + way;
  if (to >= 0 && to < cards.length) return { equation: to };
  const next = step + (direction === "forward" ? way : -way);
  return next < 1 || next > steps ? {} : { step: next, equation: way > 0 ? 0 : cards.length - 1 };
}

/** The chain's values, (time, unit); null at steps which the reader who hides results has not reached yet. */
function chainContent({ walked, direction, step, unit, equation, cards, hide }, hidden) {
  const forward = direction === "forward";
  const values = forward ? walked.forward.map(({ h }) => h) : walked.backward.map(({ dh }) => dh);
  const place = forward ? cards.length - 2 : 0; // of the equation that gives the values
  const here = equation > place || (equation === place && !hidden);
  const known = values.map((row, k) => {
    const before = forward ? k + 1 < step : k + 1 > step;
    return !hide || before || (k + 1 === step && here) ? row : null;
  });
  const name = forward ? "h_t" : "∂L/∂h_t";
  const said = known.map((row, k) => `${row ? short(row[unit]) : "hidden"} at step ${k + 1}`);
  const summary =
    `The cell unrolled, ${direction}; now at step ${step} of ${values.length}. ` +
    `${name} of unit ${unit}: ${said.join(", ")}.`;
  return { values: known, step, unit, backward: !forward, memory: walked.cell.kind === "lstm", summary };
}

function captionOf({ direction, walked }) {
  const flow = sample({ class: "rnn-line rnn-flow" });
  const memory = sample({ class: "rnn-line rnn-flow", "stroke-dasharray": "4 2" });
  const forward = direction === "forward";
  const name = html("b", {}, math(forward ? "h_t" : "∂L/∂h_t"));
  const bars = html("span", {}, name, " of each unit as bars, the chosen one filled");
  const along = walked.cell.kind === "lstm" ? [html("span", {}, memory, math(forward ? "C" : "∂L/∂C"))] : [];
  return [bars, html("span", {}, flow, math(forward ? "h" : "∂L/∂h")), ...along];
}

function render({ model, el }) {
  const view = new View({ model, el }, "Cell stepper");
  const caption = html("span", { class: "rnn-legend" });
  const chain = new Chain(view, caption);
  const told = html("p", { class: "rnn-told" });
  const put = new Numbers(told);
  const { table, fill } = workedTable();
  const [symbols, note] = [html("p", { class: "rnn-symbols" }), html("p", { class: "rnn-note" })];
  const revealed = new Set();
  const reveal = () => {
    revealed.add(keyOf(placeOf(view)));
    draw();
  };
  const { nav, place } = navigation(view, { move: (way) => view.set(moved(placeOf(view), way)), reveal });
  view.follow("hide", () => revealed.clear());
  const main = html("div", { class: "rnn-main" }, chain.figure, nav, symbols, note, put.root, told, table);
  const controls = html("div", { class: "rnn-controls" }, lookControls(view), inputControls(view));
  const hint = html("p", { class: "rnn-hint" }, HINT);
  view.root.append(headOf(view, "Cell stepper"), hint, html("div", { class: "rnn-body" }, controls, main), view.speech);

  const draw = () => {
    const now = placeOf(view);
    const card = now.cards[now.equation];
    const hidden = now.hide && !revealed.has(keyOf(now));
    caption.replaceChildren(...captionOf(now));
    chain.show(chainContent(now, hidden));
    told.textContent = INVITATION;
    place.textContent = `Step ${now.step} of ${now.steps}, equation ${now.equation + 1} of ${now.cards.length}`;
    symbols.replaceChildren(html("b", {}, ...prose(card.title)), html("span", {}, math(card.symbols)));
    note.replaceChildren(...prose(card.note));
    put.show(card, { ...now, hidden });
    fill(card, { ...now, hidden });
    speak(view, now, card, hidden);
  };
  view.drawWith(draw);
  return () => view.close();
}

function speak(view, { step, steps, equation, unit, cards }, card, hidden) {
  const [end] = card.lines(unit).slice(-1);
  const said = hidden && end.result ? "hidden" : short(end.value);
  view.say(
    `Step ${step} of ${steps}, equation ${equation + 1} of ${cards.length}, ${plain(card.title)}: ` +
      `${plain(card.symbols)}. Unit ${unit}: ${plain(at(end.part, step))} is ${said}.`,
  );
}

export default { render };
