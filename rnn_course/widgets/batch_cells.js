// The cells over a batch of windows, forward and back through time, in flat arrays that are made once.
//
// `room` has, for a batch of b windows of T steps and H units, G gates stacked in the order of rnn_course.cells:
//   x (T, b)        h (T + 1, b, H), h at 0 being the state before the first step
//   a (T, b, G·H)   after forward the gates, after back ∂L/∂a, what goes into σ or tanh
//   dh (T + 1, b, H)  ∂L/∂h, all paths included; C, tanh_C, q and dn are a cell's own
// and W_h_T, the transposed W_h. `weights` and `grads` have the parameters by their names, as flat arrays.

import { addProduct } from "./products.js";

const logistic = (a) => 1 / (1 + Math.exp(-a));
const tangent = (a) => 2 / (1 + Math.exp(-2 * a)) - 1; // twice as fast as Math.tanh, and as exact beside 1

/** a ← b + W_x x at step t, for all gates. */
function fromInput({ x, a, b }, { W_x, b: bias }, t) {
  const width = bias.length;
  for (let row = t * b, at = t * b * width; row < (t + 1) * b; row++) {
    const value = x[row];
    for (let g = 0; g < width; g++, at++) a[at] = bias[g] + W_x[g] * value;
  }
}

/** a ← a + W_h h_{t−1} at step t, for the first `columns` of the gates' rows. */
function fromState({ h, a, b, H, W_h_T }, width, columns, t) {
  addProduct(a, t * b * width, width, h, t * b * H, H, 1, W_h_T, 0, width, b, columns, H);
}

/** ∂L/∂h_{t−1} ← ∂L/∂h_{t−1} + W_hᵀ ∂L/∂a_t. */
function toState({ dh, a, b, H }, { W_h }, width, t) {
  addProduct(dh, t * b * H, H, a, t * b * width, width, 1, W_h, 0, H, b, H, width);
}

/** ∂L/∂W_h += Σ_t ∂L/∂a_tᵀ h_{t−1}. */
function sumOver({ h, a, b, H, T }, grads, width) {
  addProduct(grads.W_h, 0, H, a, 0, 1, width, h, 0, H, width, H, T * b);
}

/** The gradients of b and W_x for the gates' rows from `first` to `last`, whose ∂L/∂a stand in `da`, a row every `width`. */
function sumInput({ x, b, T }, grads, da, width, first, last) {
  for (let row = 0, at = 0; row < T * b; row++, at += width) {
    const value = x[row];
    for (let g = first; g < last; g++) {
      const d = da[at + g - first];
      grads.b[g] += d;
      grads.W_x[g] += d * value;
    }
  }
}

/** h = tanh(a), in place: what a holds is h, and its slope is 1 − h². */
const RNN = {
  gates: 1,
  forward(room, weights, t) {
    const { a, h, b, H } = room;
    fromInput(room, weights, t);
    fromState(room, H, H, t);
    const next = b * H;
    for (let at = t * b * H; at < (t + 1) * b * H; at++) h[at + next] = tangent(a[at]);
  },
  back(room, weights, t) {
    const { a, h, dh, b, H } = room;
    const next = b * H;
    for (let at = t * b * H; at < (t + 1) * b * H; at++) {
      const value = h[at + next];
      a[at] = dh[at + next] * (1 - value * value);
    }
    toState(room, weights, H, t);
  },
  gather(room, grads) {
    sumOver(room, grads, room.H);
    sumInput(room, grads, room.a, room.H, 0, room.H);
  },
};

/** i, f, C̃, o, in this order; dC is ∂L/∂C as it is handed on from step to step. */
const LSTM = {
  gates: 4,
  own: ["C", "tanh_C"],
  forward(room, weights, t) {
    const { a, h, C, tanh_C, b, H } = room;
    fromInput(room, weights, t);
    fromState(room, 4 * H, 4 * H, t);
    const next = b * H;
    for (let row = t * b; row < (t + 1) * b; row++) {
      for (let k = 0, at = row * H, g = row * 4 * H; k < H; k++, at++, g++) {
        const i = logistic(a[g]);
        const f = logistic(a[g + H]);
        const candidate = tangent(a[g + 2 * H]);
        const o = logistic(a[g + 3 * H]);
        const cell = f * C[at] + i * candidate;
        const shown = tangent(cell);
        a[g] = i;
        a[g + H] = f;
        a[g + 2 * H] = candidate;
        a[g + 3 * H] = o;
        C[at + next] = cell;
        tanh_C[at] = shown;
        h[at + next] = o * shown;
      }
    }
  },
  back(room, weights, t) {
    const { a, C, tanh_C, dh, dC, b, H } = room;
    const next = b * H;
    for (let row = 0, at = t * b * H, g = t * b * 4 * H; row < b; row++, g += 3 * H) {
      for (let k = 0, cell = row * H; k < H; k++, at++, g++, cell++) {
        const [i, f, candidate, o] = [a[g], a[g + H], a[g + 2 * H], a[g + 3 * H]];
        const shown = tanh_C[at];
        const d = dh[at + next];
        const carried = dC[cell] + d * o * (1 - shown * shown);
        a[g] = carried * candidate * i * (1 - i);
        a[g + H] = carried * C[at] * f * (1 - f);
        a[g + 2 * H] = carried * i * (1 - candidate * candidate);
        a[g + 3 * H] = d * shown * o * (1 - o);
        dC[cell] = carried * f;
      }
    }
    toState(room, weights, 4 * H, t);
  },
  gather(room, grads) {
    sumOver(room, grads, 4 * room.H);
    sumInput(room, grads, room.a, 4 * room.H, 0, 4 * room.H);
  },
};

/** r, z, n, with the reset after the product: q = W_hn h_{t−1} + b_hn. After `back` the third part of a holds ∂L/∂q,
 * which W_h meets, and dn what goes into n's tanh. */
const GRU = {
  gates: 3,
  own: ["q", "dn"],
  forward(room, weights, t) {
    const { a, h, q, b, H, W_h_T } = room;
    const [next, from] = [b * H, t * b * H];
    fromInput(room, weights, t);
    fromState(room, 3 * H, 2 * H, t);
    for (let row = 0; row < b; row++) q.set(weights.b_hn, from + row * H);
    addProduct(q, from, H, h, from, H, 1, W_h_T, 2 * H, 3 * H, b, H, H);
    for (let row = t * b; row < (t + 1) * b; row++) {
      for (let k = 0, at = row * H, g = row * 3 * H; k < H; k++, at++, g++) {
        const r = logistic(a[g]);
        const z = logistic(a[g + H]);
        const n = tangent(a[g + 2 * H] + r * q[at]);
        a[g] = r;
        a[g + H] = z;
        a[g + 2 * H] = n;
        h[at + next] = (1 - z) * n + z * h[at];
      }
    }
  },
  back(room, weights, t) {
    const { a, h, q, dn, dh, b, H } = room;
    const next = b * H;
    for (let row = t * b; row < (t + 1) * b; row++) {
      for (let k = 0, at = row * H, g = row * 3 * H; k < H; k++, at++, g++) {
        const [r, z, n] = [a[g], a[g + H], a[g + 2 * H]];
        const d = dh[at + next];
        const inside = d * (1 - z) * (1 - n * n);
        dn[at] = inside;
        a[g] = inside * q[at] * r * (1 - r);
        a[g + H] = d * (h[at] - n) * z * (1 - z);
        a[g + 2 * H] = inside * r;
        dh[at] += d * z;
      }
    }
    toState(room, weights, 3 * H, t);
  },
  gather(room, grads) {
    const { a, dn, b, H, T } = room;
    sumOver(room, grads, 3 * H);
    sumInput(room, grads, a, 3 * H, 0, 2 * H);
    sumInput(room, grads, dn, H, 2 * H, 3 * H);
    for (let row = 0, g = 2 * H; row < T * b; row++, g += 3 * H) {
      for (let k = 0; k < H; k++) grads.b_hn[k] += a[g + k];
    }
  },
};

export const BATCH_CELLS = { rnn: RNN, lstm: LSTM, gru: GRU };

/** The parameters of a cell with its readout of one number, in the order in which they are drawn: [name, size]. */
export function parameterSizes(cell, H) {
  const width = BATCH_CELLS[cell].gates * H;
  const own = cell === "gru" ? [["b_hn", H]] : [];
  return [["W_x", width], ["W_h", width * H], ["b", width], ...own, ["W_hy", H], ["b_y", 1]];
}

/** Room for a batch of at most so many windows of T steps; `back` is false where nothing goes back. */
export function roomFor(cell, H, T, most, back = true) {
  const { gates, own = [] } = BATCH_CELLS[cell];
  const states = () => new Float64Array((T + 1) * most * H);
  const room = { H, T, b: most, x: new Float64Array(T * most), a: new Float64Array(T * most * gates * H), h: states() };
  for (const name of own) room[name] = states();
  Object.assign(room, { W_h_T: new Float64Array(gates * H * H), y: new Float64Array(most) });
  if (back) Object.assign(room, { dh: states(), dC: new Float64Array(most * H), target: new Float64Array(most) });
  return room;
}
