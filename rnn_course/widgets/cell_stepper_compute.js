// What the cell stepper computes: one cell forward over the sequence and back, every intermediate value kept.

import {
  backThrough,
  dot,
  gruForward,
  gruStepBack,
  lstmForward,
  lstmStepBack,
  minus,
  plus,
  product,
  rnnForward,
  rnnStepBack,
  stepOf,
  times,
} from "./cells.js";

const GATES = { simple_rnn: ["h"], lstm: ["i", "f", "c", "o"], gru: ["r", "z", "n"] }; // in the order of storage

const outer = (d, v) => d.map((value) => v.map((other) => value * other));
const fromGates = (gates, make) => Object.fromEntries(gates.map((gate, k) => [gate, make(gate, k)]));

/** The weights by gate, as the equations name them. */
function cellOf({ kind, options, parameters }) {
  const [gates, hidden] = [GATES[kind], parameters.W_h[0].length];
  const blocks = (name) => fromGates(gates, (_, k) => parameters[name].slice(k * hidden, (k + 1) * hidden));
  const [W_x, W_h, b] = ["W_x", "W_h", "b"].map(blocks);
  return { kind, gates, ...options, W_x, W_h, b, b_hn: parameters.b_hn, parameters };
}

const FORWARD = {
  simple_rnn: ({ parameters, nonlinearity }, x) => rnnForward(parameters, x, nonlinearity),
  lstm: ({ parameters }, x) => lstmForward(parameters, x),
  gru: ({ parameters }, x) => gruForward(parameters, x),
};

/** Step t of a walk, from 0, with the parts of each gate's sum; `a` is what goes into σ or tanh. */
function forwardStep(cell, trace, x, t) {
  const now = { ...stepOf(trace, t), x: x[t] };
  now.from_x = fromGates(cell.gates, (gate) => product(cell.W_x[gate], now.x));
  now.from_h = fromGates(cell.gates, (gate) => product(cell.W_h[gate], now.before.h));
  if (cell.kind === "lstm") now.tanh_C = now.C.map(Math.tanh);
  if (cell.kind === "gru") now.rh = times(now.r, now.before.h);
  if (cell.kind === "gru" && !cell.reset_after) now.from_h.n = product(cell.W_h.n, now.rh);
  const recurrent = (gate) => (gate === "n" && cell.reset_after ? times(now.r, now.q) : now.from_h[gate]);
  now.a = fromGates(cell.gates, (gate) => plus(now.from_x[gate], cell.b[gate], recurrent(gate)));
  return now;
}

const BACKWARD = {
  simple_rnn: ({ nonlinearity }, now, dh) => rnnStepBack(now, dh, nonlinearity),
  lstm: (_, now, dh, arriving) => lstmStepBack(now, dh, arriving.C),
  gru(cell, now, dh) {
    const back = gruStepBack(now, dh, cell.reset_after ? null : cell.W_h.n);
    if (cell.reset_after) return { ...back, d: { ...back.da, n: back.dq } };
    return { ...back, dq: null, into_h: ["r", "z"] };
  },
};

/** What comes back at a step: `direct` is ∂⁺L/∂h_t, `arriving` what the step after hands back, `sums` those over the
 * steps after; `d` is the gradient in what W_h gives, for a candidate with its reset after it another one than `da`. */
function backwardStep(cell, now, direct, arriving, sums) {
  const dh = plus(direct, arriving.h);
  const back = { direct, arriving, dh, before: sums, ...BACKWARD[cell.kind](cell, now, dh, arriving) };
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
export const intoW_h = (cell, now, gate) => (gate === "n" && !cell.reset_after ? now.rh : now.before.h);

const plusRows = (rows, others) => rows.map((row, k) => plus(row, others[k]));

/** Every step forward and every step back, and the loss. */
export function walk({ cells, cell: index, x, target }) {
  const cell = cellOf(cells[index]);
  const zeros = target.map(() => 0);
  const trace = FORWARD[cell.kind](cell, x);
  const forward = x.map((_, t) => forwardStep(cell, trace, x, t));
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
    dh: backward.map(({ dh }) => dh),
    da: backward.map(({ da }) => stacked(da)),
    dW_x: sum("W_x"),
    dW_h: sum("W_h"),
    db: sum("b"),
    loss,
  };
}
