// The mathematics that explorables share: vectors, the cells forward over a sequence and one step back, the readout.
// Names and order of storage are those of rnn_course.cells; a sequence is a list (time, unit).

// ---- Vectors and matrices, as nested lists -----------------------------------------------------------------------

export function dot(u, v) {
  let sum = 0;
  for (let k = 0; k < u.length; k++) sum += u[k] * v[k];
  return sum;
}

/** W v: W is (rows, columns). */
export const product = (W, v) => W.map((row) => dot(row, v));

/** Wᵀ d. */
export function backThrough(W, d) {
  const result = new Array(W[0].length).fill(0);
  W.forEach((row, r) => {
    row.forEach((weight, k) => {
      result[k] += weight * d[r];
    });
  });
  return result;
}

/** W ready to be multiplied many times: (v, into) ↦ W v. Flat, and with two sums at once: three times as fast as one
 * `dot` after another, so that a slider stays fluid. */
export function multiplier(W) {
  const [rows, width] = [W.length, W[0].length];
  const flat = Float64Array.from(W.flat());
  return (v, into) => {
    for (let row = 0, at = 0; row < rows; row++) {
      const end = at + width;
      let [even, odd] = [0, 0];
      for (let k = 0; at + 1 < end; at += 2, k += 2) {
        even += flat[at] * v[k];
        odd += flat[at + 1] * v[k + 1];
      }
      if (at < end) even += flat[at++] * v[width - 1];
      into[row] = even + odd;
    }
    return into;
  };
}

/** u + v + …, element by element; `times` is their product. */
export function plus(u, ...others) {
  const sum = [...u];
  for (const v of others) for (let k = 0; k < sum.length; k++) sum[k] += v[k];
  return sum;
}

export function times(u, ...others) {
  const result = [...u];
  for (const v of others) for (let k = 0; k < result.length; k++) result[k] *= v[k];
  return result;
}

export const minus = (u, v) => u.map((value, k) => value - v[k]);
export const complement = (u) => u.map((value) => 1 - value);

/** Column k of a (time, feature) list. */
export const column = (rows, k) => rows.map((row) => row[k]);

export const averageOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Where two series differ most: { step, value }, value being the largest absolute difference. */
export function largestDifference(a, b) {
  let largest = { step: 0, value: 0 };
  a.forEach((value, step) => {
    const difference = Math.abs(value - b[step]);
    if (difference > largest.value) largest = { step, value: difference };
  });
  return largest;
}

// ---- What bends a sum, and its slope written with what comes out -------------------------------------------------

export const sigmoid = (a) => 1 / (1 + Math.exp(-a));
export const slopeOfSigmoid = (s) => s.map((value) => value * (1 - value));
export const slopeOfTanh = (s) => s.map((value) => 1 - value * value);

/** φ of a simple RNN: `phi` of a sum, `slope` φ′ as a function of h = φ(a). */
export const NONLINEARITIES = {
  tanh: { phi: Math.tanh, slope: (h) => 1 - h * h },
  relu: { phi: (a) => Math.max(a, 0), slope: (h) => (h > 0 ? 1 : 0) },
  identity: { phi: (a) => a, slope: () => 1 },
};

// ---- The cells over a sequence x (time, input), from the state given or from zero --------------------------------

/** Calls `step(x_t, now)`, which fills the arrays of `now`, one for each of `names` and each a number a unit. Returns
 * them step by step, each field (time, hidden). */
function walkOver(x, names, hidden, step) {
  const trace = Object.fromEntries(names.map((name) => [name, []]));
  for (const x_t of x) {
    const now = Object.fromEntries(names.map((name) => [name, new Array(hidden).fill(0)]));
    step(x_t, now);
    for (const name of names) trace[name].push(now[name]);
  }
  return trace;
}

/** (x_t, h, into) ↦ W_x x_t + W_h h + b as one product: the bias is the weight of a constant 1. */
function gateSums({ W_x, W_h, b }) {
  const inputs = W_x[0].length;
  const sums = multiplier(b.map((bias, row) => [...W_x[row], ...W_h[row], bias]));
  const v = new Float64Array(inputs + W_h[0].length + 1).fill(1);
  return (x_t, h, into) => {
    v.set(x_t);
    v.set(h, inputs);
    return sums(v, into);
  };
}

/** { a, h } of a simple RNN: h = φ(a). */
export function rnnForward(parameters, x, nonlinearity = "tanh", state = {}) {
  const [hidden, sums, { phi }] = [parameters.b.length, gateSums(parameters), NONLINEARITIES[nonlinearity]];
  let { h } = { h: new Float64Array(hidden), ...state };
  return walkOver(x, ["a", "h"], hidden, (x_t, now) => {
    sums(x_t, h, now.a);
    for (let k = 0; k < hidden; k++) now.h[k] = phi(now.a[k]);
    ({ h } = now);
  });
}

/** Every gate and state of an LSTM; its state is { h, C }. */
export function lstmForward(parameters, x, state = {}) {
  const [hidden, sums] = [parameters.b.length / 4, gateSums(parameters)];
  const a = new Float64Array(4 * hidden);
  let { h, C } = { h: new Float64Array(hidden), C: new Float64Array(hidden), ...state };
  return walkOver(x, ["i", "f", "C_tilde", "o", "C", "h"], hidden, (x_t, now) => {
    sums(x_t, h, a);
    for (let k = 0; k < hidden; k++) {
      now.i[k] = sigmoid(a[k]);
      now.f[k] = sigmoid(a[hidden + k]);
      now.C_tilde[k] = Math.tanh(a[2 * hidden + k]);
      now.o[k] = sigmoid(a[3 * hidden + k]);
      now.C[k] = now.f[k] * C[k] + now.i[k] * now.C_tilde[k];
      now.h[k] = now.o[k] * Math.tanh(now.C[k]);
    }
    ({ h, C } = now);
  });
}

/** Every gate and the state h of a GRU, and q, what its reset gate acts on: with b_hn, after the product,
 * q = W_hn h_{t−1} + b_hn; without it, before the product, q = h_{t−1}. */
export function gruForward({ W_x, W_h, b, b_hn }, x, state = {}) {
  const hidden = b.length / 3;
  const [fromX, fromH] = [new Float64Array(3 * hidden), new Float64Array(3 * hidden)];
  const [timesX, timesH] = [multiplier(W_x), multiplier(b_hn ? W_h : W_h.slice(0, 2 * hidden))];
  const timesReset = b_hn ? null : multiplier(W_h.slice(2 * hidden));
  const [reset, recurrent] = [new Float64Array(hidden), new Float64Array(hidden)];
  let { h } = { h: new Float64Array(hidden), ...state };
  return walkOver(x, ["r", "z", "q", "n", "h"], hidden, (x_t, now) => {
    timesX(x_t, fromX);
    timesH(h, fromH);
    const into = (row) => fromX[row] + b[row] + fromH[row];
    for (let k = 0; k < hidden; k++) {
      now.r[k] = sigmoid(into(k));
      now.z[k] = sigmoid(into(hidden + k));
      now.q[k] = b_hn ? fromH[2 * hidden + k] + b_hn[k] : h[k];
      reset[k] = now.r[k] * now.q[k];
    }
    timesReset?.(reset, recurrent);
    for (let k = 0; k < hidden; k++) {
      const row = 2 * hidden + k;
      now.n[k] = Math.tanh(fromX[row] + b[row] + (b_hn ? reset[k] : recurrent[k]));
      now.h[k] = (1 - now.z[k]) * now.n[k] + now.z[k] * h[k];
    }
    ({ h } = now);
  });
}

/** y_t = W_hy h_t + b_y for every step of h (time, hidden). */
export const readoutForward = ({ W_hy, b_y }, h) => h.map((h_t) => W_hy.map((row, k) => dot(row, h_t) + b_y[k]));

/** The trace at step t, from 0: { name: a number a unit }, with the state `before` it. */
export function stepOf(trace, t) {
  const now = {};
  for (const name of Object.keys(trace)) now[name] = trace[name][t];
  const zeros = now.h.map(() => 0);
  now.before = t > 0 ? { h: trace.h[t - 1], C: trace.C?.[t - 1] } : { h: zeros, C: zeros };
  return now;
}

// ---- One step back: `now` is a step of a trace, dh is ∂L/∂h_t. `da` has ∂L/∂a of each gate, in the order of storage ---

export function rnnStepBack({ h }, dh, nonlinearity) {
  const slope = h.map(NONLINEARITIES[nonlinearity].slope);
  return { slope, da: { h: times(dh, slope) } };
}

/** `arriving` is what the step after sends along the cell; dC is ∂L/∂C_t and dC_before what goes on to C_{t−1}. */
export function lstmStepBack({ i, f, C_tilde, o, C, before }, dh, arriving) {
  const tanh_C = C.map(Math.tanh);
  const dC = plus(arriving, times(dh, o, slopeOfTanh(tanh_C)));
  const da = {
    i: times(dC, C_tilde, slopeOfSigmoid(i)),
    f: times(dC, before.C, slopeOfSigmoid(f)),
    c: times(dC, i, slopeOfTanh(C_tilde)),
    o: times(dh, tanh_C, slopeOfSigmoid(o)),
  };
  return { dC, da, dC_before: times(dC, f) };
}

/** `paths` are the ways to h_{t−1} beside the gates; dq is ∂L/∂q. `W_hn` is given where the reset comes before the
 * product. */
export function gruStepBack({ r, z, n, q, before }, dh, W_hn = null) {
  const dn = times(dh, complement(z), slopeOfTanh(n));
  const reset = W_hn ? backThrough(W_hn, dn) : dn; // ∂L/∂(r ⊙ q)
  const da = { r: times(reset, q, slopeOfSigmoid(r)), z: times(dh, minus(before.h, n), slopeOfSigmoid(z)), n: dn };
  const dq = times(reset, r);
  return { da, dq, drh: reset, paths: { z: times(dh, z), ...(W_hn && { r: dq }) } };
}
