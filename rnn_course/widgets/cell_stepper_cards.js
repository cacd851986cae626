// The equations of the cell stepper as cards: symbols, the numbers put in, and what they come to for one unit.

import { intoW_h } from "./cell_stepper_compute.js";
import { column, complement, minus, slopeOfSigmoid, slopeOfTanh } from "./cells.js";
import { fixed, withMinus, withPower } from "./charts.js";

// ---- The equations of a step: symbols, the numbers put in, and what they come to for one unit ---------------------

/** Three decimals, or two digits for what would have fewer, with a power of ten where there would be many zeros. */
export function brief(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.01 && size < 1e3)) return fixed(value, 3);
  return size >= 1e-3 && size < 0.01 ? withMinus(value.toPrecision(2)) : withPower(value, 1);
}

const inner = (value) => (brief(value).startsWith("−") ? `(${brief(value)})` : brief(value));
const joined =
  (sign) =>
  (...values) =>
    values.map((value, k) => (k ? inner(value) : brief(value))).join(sign);
const sumOf = joined(" + ");
const productOf = joined(" · ");
const dotOf = (u, v) => u.map((value, k) => `${k ? inner(value) : brief(value)} · ${inner(v[k])}`).join(" + ");

// A block is a vector or matrix of an equation. Its rows are units, of which one is chosen; or gates, for the chosen
// unit; or all of it takes part in each unit's result, as x_t does in a matrix product.
const block =
  (rowsAre) =>
  (sign, head, values, result = false) => {
    const rows = values.map((row) => (Array.isArray(row) ? row : [row]));
    return { rowsAre, sign, head, result, rows };
  };
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
    title,
    note: name === "relu" ? note.replace("tanh bends", "relu cuts off") : note,
    symbols: `${out(gate)} = ${name}(${W_x} x_t + ${W_h} h_{t−1} + ${b})`,
    blocks: [
      units("", W_x, cell.W_x[gate]),
      whole("", "x_t", now.x),
      units("+", W_h, cell.W_h[gate]),
      whole("", "h_{t−1}", h),
      units("+", b, cell.b[gate]),
      units("=", A(gate), now.a[gate], true),
      units(`${name} ⟶`, out(gate), values, true),
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
  gateCard(cell, now, "i", now.i),
  gateCard(cell, now, "f", now.f),
  gateCard(cell, now, "c", now.C_tilde, "tanh"),
  gateCard(cell, now, "o", now.o),
  cellStateCard(now),
  {
    title: "Hidden state",
    symbols: "h_t = o_t ⊙ tanh(C_t)",
    note: "What the step shows. The cell itself stays as it is.",
    blocks: [units("", "o_t", now.o), units("⊙", "tanh(C_t)", now.tanh_C), units("=", "h_t", now.h, true)],
    lines: (k) => [
      line("o_t", "", now.o[k]),
      line("tanh(C_t)", `tanh(${brief(now.C[k])})`, now.tanh_C[k]),
      result(line("h_t", productOf(now.o[k], now.tanh_C[k]), now.h[k])),
    ],
  },
];

const cellStateCard = ({ i, f, C_tilde, C, before }) => ({
  title: "Cell state",
  symbols: "C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t",
  note: "⊙ goes element by element: a unit of C_t uses the same unit of the four vectors and no other. No matrix here.",
  blocks: [
    units("", "f_t", f),
    units("⊙", "C_{t−1}", before.C),
    units("+", "i_t", i),
    units("⊙", "C̃_t", C_tilde),
    units("=", "C_t", C, true),
  ],
  lines: (k) => [
    line("f_t ⊙ C_{t−1}", productOf(f[k], before.C[k]), f[k] * before.C[k]),
    line("i_t ⊙ C̃_t", productOf(i[k], C_tilde[k]), i[k] * C_tilde[k]),
    result(line("C_t", sumOf(f[k] * before.C[k], i[k] * C_tilde[k]), C[k])),
  ],
});

const gruForwardCards = (cell, now) => [
  gateCard(cell, now, "r", now.r),
  gateCard(cell, now, "z", now.z),
  ...(cell.reset_after ? resetAfterCards(cell, now) : resetBeforeCards(cell, now)),
  {
    title: "Hidden state",
    symbols: "h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}",
    note: "A mixture of new and old, for each unit by itself: the two weights add up to one.",
    blocks: [
      units("", "1 − z_t", complement(now.z)),
      units("⊙", "n_t", now.n),
      units("+", "z_t", now.z),
      units("⊙", "h_{t−1}", now.before.h),
      units("=", "h_t", now.h, true),
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
      units("", "W_{hn}", cell.W_h.n),
      whole("", "h_{t−1}", h),
      units("+", "b_{hn}", cell.b_hn),
      units("=", "q_t", q, true),
    ],
    lines: (k) => [
      line("W_{hn} h_{t−1}", dotOf(cell.W_h.n[k], h), from_h.n[k]),
      line("b_{hn}", "", cell.b_hn[k]),
      result(line("q_t", sumOf(from_h.n[k], cell.b_hn[k]), q[k])),
    ],
  },
  {
    title: "Candidate",
    symbols: "n_t = tanh(W_{xn} x_t + b_n + r_t ⊙ q_t)",
    note: "r_t scales each unit's own product: the rows of W_{hn}.",
    blocks: [
      units("", "W_{xn}", cell.W_x.n),
      whole("", "x_t", x),
      units("+", "b_n", cell.b.n),
      units("+", "r_t", r),
      units("⊙", "q_t", q),
      units("=", "a_n", a.n, true),
      units("tanh ⟶", "n_t", n, true),
    ],
    lines: (k) => [
      line("W_{xn} x_t", dotOf(cell.W_x.n[k], x), from_x.n[k]),
      line("b_n", "", cell.b.n[k]),
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
      line("r_t", "", r[k]),
      line("h_{t−1}", "", h[k]),
      result(line("r_t ⊙ h_{t−1}", productOf(r[k], h[k]), rh[k])),
    ],
  },
  {
    title: "Candidate",
    symbols: "n_t = tanh(W_{xn} x_t + b_n + W_{hn} (r_t ⊙ h_{t−1}))",
    note: "r_t has scaled what goes into the product: the columns of W_{hn}.",
    blocks: [
      units("", "W_{xn}", cell.W_x.n),
      whole("", "x_t", x),
      units("+", "b_n", cell.b.n),
      units("+", "W_{hn}", cell.W_h.n),
      whole("", "r_t ⊙ h_{t−1}", rh),
      units("=", "a_n", a.n, true),
      units("tanh ⟶", "n_t", n, true),
    ],
    lines: (k) => [
      line("W_{xn} x_t", dotOf(cell.W_x.n[k], x), from_x.n[k]),
      line("b_n", "", cell.b.n[k]),
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
    units("", "h_T", h),
    units("−", "target", target),
    units("=", "h_T − target", error, true),
    block("all")("½‖·‖² ⟶", "L", [loss], true),
  ],
  lines: (k) => [
    line("h_T", "", h[k]),
    line("target", "", target[k]),
    result(line("h_T − target", `${brief(h[k])} − ${inner(target[k])}`, error[k])),
    result(line("L", `½ (${error.map((e) => `${inner(e)}²`).join(" + ")})`, loss)),
  ],
});

// ---- The same, backward ------------------------------------------------------------------------------------------

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
      (last
        ? "No step comes after this one: nothing was handed back."
        : "The rest is what the step after handed back."),
    blocks: [units("", "∂⁺L/∂h_t", direct), units("+", ARRIVES, arriving.h), units("=", "∂L/∂h_t", dh, true)],
    lines: (k) => [
      line("∂⁺L/∂h_t", last ? "h_T − target" : "", direct[k]),
      line(ARRIVES, "", arriving.h[k]),
      result(line("∂L/∂h_t", sumOf(direct[k], arriving.h[k]), dh[k])),
    ],
  };
}

/** A gradient that is an elementwise product: `factors` is a list of [symbols, vector]. */
const productCard = (title, name, factors, values, note) => ({
  title,
  note,
  symbols: `${name} = ${factors.map(([symbols]) => symbols).join(" ⊙ ")}`,
  blocks: [
    ...factors.map(([symbols, vector], k) => units(k ? "⊙" : "", symbols, vector)),
    units("=", name, values, true),
  ],
  lines: (k) => [
    ...factors.map(([symbols, vector]) => line(symbols, "", vector[k])),
    result(line(name, productOf(...factors.map(([, vector]) => vector[k])), values[k])),
  ],
});

const simpleBackward = (cell, _, { dh, slope, da }) => [
  productCard(
    "Through the nonlinearity",
    "δ_t",
    [
      ["∂L/∂h_t", dh],
      [cell.nonlinearity === "relu" ? "[a_t > 0]" : "(1 − h_t²)", slope],
    ],
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
      units("", ARRIVES, arriving.C),
      units("+", "∂L/∂h_t", dh),
      units("⊙", "o_t", o),
      units("⊙", "(1 − tanh² C_t)", slope),
      units("=", "∂L/∂C_t", dC, true),
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
      productCard(
        "What the reset gate acted on",
        "∂L/∂q_t",
        [
          ["∂L/∂a_n", da.n],
          ["r_t", now.r],
        ],
        dq,
        BESIDE,
      ),
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
    units(
      "",
      "W_{hn}ᵀ",
      drh.map((_, k) => column(cell.W_h.n, k)),
    ),
    whole("", "∂L/∂a_n", da.n),
    units("=", "∂L/∂(r_t ⊙ h_{t−1})", drh, true),
  ],
  lines: (k) => [result(line("∂L/∂(r_t ⊙ h_{t−1})", dotOf(column(cell.W_h.n, k), da.n), drh[k]))],
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
    perGate(
      "",
      "so far",
      rows.map(({ before }) => before),
    ),
    perGate(
      "+",
      delta,
      rows.map(({ d }) => d),
    ),
    ...sources.map(([head, vector]) => block("all")("·", head, [vector])),
    perGate(
      "=",
      `∂L/∂${weight}`,
      rows.map(({ after }) => after),
      true,
    ),
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
      gate,
      d: gradients[gate][unit],
      from: from(gate),
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
    sumCard(
      "W_x",
      `${sum} x_sᵀ`,
      delta,
      rowsOf("W_x", da, () => now.x),
      [["x_tᵀ", now.x]],
    ),
    sumCard(
      "W_h",
      `${sum_h} h_{s−1}ᵀ`,
      delta_h,
      rowsOf("W_h", d, (gate) => intoW_h(cell, now, gate)),
      sources,
    ),
    sumCard("b", sum, delta, biases, []),
  ];
}

/** The last card of a step backward: what it hands to the state before it. */
function handBackCard(cell, now, { da, d = da, paths, drh, throughGates, handed, dh, dC, dC_before }, t) {
  const roads = Object.entries(throughGates).map(([gate, vector]) => ({
    name: `W_{h${gate}}ᵀ ${cell.kind === "simple_rnn" ? "δ_t" : gate === "n" ? "∂L/∂q_t" : `∂L/∂a_${gate}`}`,
    vector,
    worked: (k) => dotOf(column(cell.W_h[gate], k), d[gate]),
  }));
  if (paths?.r) {
    const worked = (k) => productOf(drh[k], now.r[k]);
    roads.unshift({ name: "∂L/∂(r_t ⊙ h_{t−1}) ⊙ r_t", vector: paths.r, worked });
  }
  if (paths) roads.unshift({ name: "∂L/∂h_t ⊙ z_t", vector: paths.z, worked: (k) => productOf(dh[k], now.z[k]) });
  const [to_h, to_C] = ["to h_{t−1}", "to C_{t−1}"];
  return {
    title: "Handed back",
    symbols: `${roads.map(({ name }) => name).join(" + ")} ⟶ h_{t−1}${dC ? ",  ∂L/∂C_t ⊙ f_t ⟶ C_{t−1}" : ""}`,
    note:
      "Each way on which h_{t−1} came in is a way back; ᵀ makes a unit's weights a column. " +
      (t === 1 ? "This is the gradient in the first state." : "The step before adds its immediate part to it."),
    blocks: [
      ...roads.map(({ name, vector }, k) => units(k ? "+" : "", name, vector)),
      units("=", to_h, handed.h, true),
      ...(dC ? [units(",", to_C, dC_before, true)] : []),
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
