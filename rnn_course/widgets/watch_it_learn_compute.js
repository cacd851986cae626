// What a network learns from: series cut into windows, what to compare it with, and a run of so many updates.

import { finish, Learner, rmse, STREAMS } from "./learner.js";
import { SFC32 } from "./random.js";

/** What A and B may differ in; of B each is the trait with _b behind its name. */
export const SETTINGS = ["cell", "hidden", "window", "optimiser", "rate", "batch", "clip", "clipped", "bias"];
const RIDGE = 1e-6;

export const settingsOf = (state, of) =>
  Object.fromEntries(SETTINGS.map((name) => [name, state[of === "B" ? `${name}_b` : name]]));

/** The values of the task: those that came with it, or the reader's own. */
export const valuesOf = ({ task, tasks, own }) => (task === "own" ? own : tasks[task].values);

/** The steps at which validation begins and ends; before it lies the training part. */
export const cutsOf = (count) => [0.7, 0.85].map((share) => Math.floor(share * count + 0.5));

/** Mean and standard deviation of the training part; a constant keeps its unit. */
export function unitOf(values) {
  const seen = values.slice(0, cutsOf(values.length)[0]);
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  const spread = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length);
  return { mean, scale: spread || 1 };
}

/** The window that a series allows: half of its training part at the most. */
export const longestWindow = (state) =>
  state.task === "recall" ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(cutsOf(valuesOf(state).length)[0] / 2));

/** { train, validation }, each { x, starts, targets, T }, in standard deviations of the training part, `mean` and
 * `scale`; `first` is where validation begins among the values. */
export function dataOf(state, window) {
  const values = valuesOf(state);
  const { mean, scale } = unitOf(values);
  const rng = new SFC32(state.seed_noise, STREAMS.noise);
  const scaled = values.map((value) => (value - mean) / scale);
  const cut = state.task === "recall" ? recalled : following;
  const [a, b] = cutsOf(values.length);
  const T = Math.min(window, longestWindow(state));
  const { x, first, startOf, targetOf, steps } = cut(scaled, T, () => state.noise * rng.normal());
  const part = (from, to) => ({
    x,
    T: steps,
    starts: Int32Array.from({ length: to - from }, (_, k) => startOf(from + k)),
    targets: Float64Array.from({ length: to - from }, (_, k) => targetOf(from + k)),
  });
  return { train: part(first, a), validation: part(a, b), mean, scale, first: a };
}

/** A series with noise on it: T values, and the target is the next one. */
function following(scaled, T, noise) {
  const x = Float64Array.from(scaled, (value) => value + noise());
  return { x, first: T, startOf: (k) => k - T, targetOf: (k) => x[k], steps: T };
}

/** A number, then T steps of noise, and the target is the number. */
function recalled(scaled, T, noise) {
  const steps = T + 1;
  const x = Float64Array.from({ length: scaled.length * steps }, (_, k) =>
    k % steps === 0 ? scaled[k / steps] : noise(),
  );
  return { x, first: 0, startOf: (k) => k * steps, targetOf: (k) => scaled[k], steps };
}

// ---- What to compare with ----------------------------------------------------------------------------------------

/** The answers of the last value and of a linear rule, fitted by least squares to the training windows. */
export function baselinesOf({ train, validation }) {
  const last = Float64Array.from(validation.starts, (start) => validation.x[start + validation.T - 1]);
  const rule = leastSquares(train);
  const linear = Float64Array.from(validation.starts, (start) => {
    let sum = rule[validation.T];
    for (let k = 0; k < validation.T; k++) sum += rule[k] * validation.x[start + k];
    return sum;
  });
  return { last, linear };
}

/** The weights of the T values, the oldest first, and the constant; a touch of ridge for windows that leave it open. */
function leastSquares({ x, starts, targets, T }) {
  const size = T + 1;
  const [G, r] = [new Float64Array(size * size), new Float64Array(size)];
  const v = new Float64Array(size).fill(1);
  starts.forEach((start, row) => {
    v.set(x.subarray(start, start + T));
    for (let i = 0; i < size; i++) {
      r[i] += v[i] * targets[row];
      for (let j = 0; j <= i; j++) G[i * size + j] += v[i] * v[j];
    }
  });
  for (let i = 0; i < size; i++) G[i * size + i] += RIDGE * starts.length;
  return solve(G, r, size);
}

/** The solution of G w = r by Cholesky's factors of G, of which the lower half is given. */
function solve(G, r, size) {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = G[i * size + j];
      for (let k = 0; k < j; k++) sum -= G[i * size + k] * G[j * size + k];
      G[i * size + j] = i === j ? Math.sqrt(sum) : sum / G[j * size + j];
    }
  }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) r[i] -= G[i * size + k] * r[k];
    r[i] /= G[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) r[i] -= G[k * size + i] * r[k];
    r[i] /= G[i * size + i];
  }
  return r;
}

// ---- A run -------------------------------------------------------------------------------------------------------

export function learnerOf(state, of) {
  const settings = settingsOf(state, of);
  const data = dataOf(state, settings.window);
  const seeds = { weights: state.seed_weights, order: state.seed_order };
  return { data, learner: new Learner(settings, seeds, data.train) };
}

/** What a network is after so many updates, as WatchItLearn.compute() in Python. */
function learned(state, of, updates) {
  const { data, learner } = learnerOf(state, of);
  for (let k = 0; k < updates; k++) finish(learner.update());
  const forecast = finish(learner.answers(data.validation));
  const { norms } = learner;
  const error = (answers, { targets }) => data.scale * rmse(answers, targets);
  const { last, linear } = baselinesOf(data);
  return {
    parameters: learner.parameters(),
    norms: { readout: norms.readout, cell: norms.cell },
    forecast: [...forecast],
    train: error(finish(learner.answers(data.train)), data.train),
    validation: error(forecast, data.validation),
    last_value: error(last, data.validation),
    linear_fit: error(linear, data.validation),
  };
}

export function compute(state, updates = 20) {
  const now = { A: learned(state, "A", updates) };
  return state.compare ? { ...now, B: learned(state, "B", updates) } : now;
}
