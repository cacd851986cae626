// A network that learns: a cell and a readout of one number, back-propagation through time, clipping, SGD or Adam.
// learning.py has the same in NumPy. Updates and evaluations are generators that yield between the steps of time, so
// that a page can do a part of one and then draw.

import { BATCH_CELLS, parameterSizes, roomFor } from "./batch_cells.js";
import { SFC32 } from "./random.js";

export const STREAMS = { weights: 1, order: 2, noise: 3 };
const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8];
const EVALUATED = 64; // windows at a time
const PARTS = { readout: ["W_hy", "b_y"], cell: ["W_x", "W_h", "b", "b_hn"] };

/** Runs a generator to its end and returns its result. */
export function finish(work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** One flat array, and a view of each parameter by its name. */
function named(sizes) {
  const flat = new Float64Array(sizes.reduce((sum, [, size]) => sum + size, 0));
  const views = {};
  let at = 0;
  for (const [name, size] of sizes) {
    views[name] = flat.subarray(at, at + size);
    at += size;
  }
  return { flat, views };
}

function normOf(arrays) {
  let squares = 0;
  for (const values of arrays) for (let k = 0; k < values.length; k++) squares += values[k] * values[k];
  return Math.sqrt(squares);
}

/** `settings` has cell, hidden, optimiser, rate, batch, clip (0 for none), clipped and bias; `seeds` has weights and
 * order; `windows` is { x, starts, targets, T }: window k is the T numbers of x from starts[k] on. */
export class Learner {
  constructor(settings, seeds, windows) {
    const { cell, hidden, batch } = settings;
    Object.assign(this, { settings, windows, cell: BATCH_CELLS[cell] });
    const sizes = parameterSizes(cell, hidden);
    for (const name of ["theta", "grad", "m", "v", "before"]) this[name] = named(sizes);
    const count = windows.starts.length;
    this.room = roomFor(cell, hidden, windows.T, Math.min(batch, count));
    this.seen = roomFor(cell, hidden, windows.T, EVALUATED, false);
    this.order = new Int32Array(count);
    this.rng = new SFC32(seeds.order, STREAMS.order);
    Object.assign(this, { t: 0, next: count, epochs: 0, stopped: null });
    this.norms = { readout: [], cell: [] };
    this.draw(seeds.weights);
  }

  /** Weights uniform in ±1/√H, and what is added to the bias of the gate that keeps: f of an LSTM, z of a GRU. */
  draw(seed) {
    const { cell, hidden, bias } = this.settings;
    const [rng, bound, { flat, views }] = [new SFC32(seed, STREAMS.weights), 1 / Math.sqrt(hidden), this.theta];
    for (let k = 0; k < flat.length; k++) flat[k] = rng.uniform(-bound, bound);
    if (cell !== "rnn") for (let k = hidden; k < 2 * hidden; k++) views.b[k] += bias; // both are the second gate
  }

  /** One update, on the next batch; `this.stopped` says what was not finite, and nothing changes then. */
  *update() {
    this.nextBatch();
    const loss = yield* this.gradients();
    this.norms.readout.push(this.normOf("readout"));
    this.norms.cell.push(this.normOf("cell"));
    const norm = Math.hypot(this.norms.readout.at(-1), this.norms.cell.at(-1));
    this.last = { loss, norm, batch: this.room.b };
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      this.stopped = Number.isFinite(loss) ? "gradient" : "loss";
      return;
    }
    this.clip();
    this.before.flat.set(this.theta.flat);
    this.t += 1;
    if (this.settings.optimiser === "adam") this.adam();
    else this.descend();
    if (this.next === this.order.length) this.epochs += 1;
  }

  /** Puts the next windows into the room; at an epoch's start in a new order. */
  nextBatch() {
    const { room, order, windows } = this;
    if (this.next === order.length) {
      this.rng.shuffle(order);
      this.next = 0;
    }
    const last = Math.min(this.next + this.settings.batch, order.length);
    room.b = last - this.next;
    this.gather(room, order, this.next);
    for (let row = 0; row < room.b; row++) room.target[row] = windows.targets[order[this.next + row]];
    this.next = last;
  }

  /** The windows order[from], … as x, a step of all of them after another; `order` null is 0, 1, …. */
  gather({ x, b, T }, order, from, { x: series, starts } = this.windows) {
    for (let row = 0; row < b; row++) {
      const start = starts[order ? order[from + row] : from + row];
      for (let t = 0; t < T; t++) x[t * b + row] = series[start + t];
    }
  }

  /** y of the windows in the room, from a state of zero. */
  *forward(room) {
    const { cell, theta } = this;
    const { H, T, b, h, y, C, W_h_T } = room;
    const { W_h, W_hy, b_y } = theta.views;
    const width = cell.gates * H;
    for (let g = 0; g < width; g++) for (let k = 0; k < H; k++) W_h_T[k * width + g] = W_h[g * H + k];
    h.fill(0, 0, b * H);
    C?.fill(0, 0, b * H);
    for (let t = 0; t < T; t++) {
      cell.forward(room, theta.views, t);
      yield;
    }
    for (let row = 0, at = T * b * H; row < b; row++) {
      y[row] = b_y[0];
      for (let k = 0; k < H; k++, at++) y[row] += W_hy[k] * h[at];
    }
  }

  /** The loss ½ (y − target)², a mean over the batch, and its gradients, through the readout and back through time. */
  *gradients() {
    const { cell, room, theta, grad } = this;
    yield* this.forward(room);
    const { H, T, b, h, y, dh, dC, target } = room;
    grad.flat.fill(0);
    dh.fill(0);
    dC.fill(0);
    let loss = 0;
    for (let row = 0, at = T * b * H; row < b; row++) {
      const error = y[row] - target[row];
      loss += (0.5 * error * error) / b;
      const dy = error / b;
      grad.views.b_y[0] += dy;
      for (let k = 0; k < H; k++, at++) {
        grad.views.W_hy[k] += dy * h[at];
        dh[at] = dy * theta.views.W_hy[k];
      }
    }
    for (let t = T - 1; t >= 0; t--) {
      cell.back(room, theta.views, t);
      yield;
    }
    cell.gather(room, grad.views);
    return loss;
  }

  arraysOf(part) {
    return PARTS[part].map((name) => this.grad.views[name]).filter(Boolean);
  }

  normOf(part) {
    return normOf(this.arraysOf(part));
  }

  /** g ← g · min(1, clip / ‖g‖), over all gradients, those of the readout or those of the cell. */
  clip() {
    const { clip, clipped } = this.settings;
    this.scale = 1;
    if (clip === 0) return;
    const arrays = clipped === "all" ? [this.grad.flat] : this.arraysOf(clipped);
    this.scale = Math.min(1, clip / normOf(arrays));
    for (const values of arrays) for (let k = 0; k < values.length; k++) values[k] *= this.scale;
  }

  descend() {
    const { theta, grad, settings } = this;
    for (let k = 0; k < theta.flat.length; k++) theta.flat[k] -= settings.rate * grad.flat[k];
  }

  adam() {
    const [theta, g, m, v] = [this.theta.flat, this.grad.flat, this.m.flat, this.v.flat];
    const { rate } = this.settings;
    const [m_share, root_share] = [1 - BETA_1 ** this.t, Math.sqrt(1 - BETA_2 ** this.t)];
    for (let k = 0; k < theta.length; k++) {
      m[k] = BETA_1 * m[k] + (1 - BETA_1) * g[k];
      v[k] = BETA_2 * v[k] + (1 - BETA_2) * g[k] * g[k];
      theta[k] -= (rate * (m[k] / m_share)) / (Math.sqrt(v[k]) / root_share + EPSILON);
    }
  }

  /** What the network answers to other windows, a number for each. */
  *answers(windows) {
    const { seen } = this;
    const answers = new Float64Array(windows.starts.length);
    for (let from = 0; from < answers.length; from += EVALUATED) {
      seen.b = Math.min(EVALUATED, answers.length - from);
      this.gather(seen, null, from, windows);
      yield* this.forward(seen);
      answers.set(seen.y.subarray(0, seen.b), from);
    }
    return answers;
  }

  /** The parameters as lists in the shapes of rnn_course.cells. */
  parameters() {
    const { hidden } = this.settings;
    const rows = (flat, width) =>
      Array.from({ length: flat.length / width }, (_, k) => [...flat.subarray(k * width, (k + 1) * width)]);
    const widths = { W_x: 1, W_h: hidden, W_hy: hidden };
    const shaped = ([name, flat]) => [name, widths[name] ? rows(flat, widths[name]) : [...flat]];
    return Object.fromEntries(Object.entries(this.theta.views).map(shaped));
  }
}

/** The root of the mean square of what answers miss. */
export function rmse(answers, targets) {
  let sum = 0;
  for (let k = 0; k < targets.length; k++) sum += (answers[k] - targets[k]) ** 2;
  return Math.sqrt(sum / targets.length);
}
