// What the missingness laboratory computes: what is taken away, the simple fills, their errors and measures.
// `tables` are those of missing_laboratory.py: edges, lengths, quantiles, strength and the names of the fills.

import { averageOf } from "./cells.js";

// ---- Taking away -------------------------------------------------------------------------------------------------

/** Marsaglia's xorshift of 32 bits, as Draws in Python: each call gives a uniform number above 0 and below 1. */
export function draws(seed) {
  let x = Math.imul(seed + 1, 2654435761);
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return ((x >>> 0) - 0.5) / 2 ** 32;
  };
  for (let k = 0; k < 16; k++) next();
  return next;
}

/** To the nearest whole number, and to the even one from the middle, as Python rounds. */
function rounded(value) {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 ? low + 1 : low;
}

/** 0 where the values differ by no more than rounding, as in moments.py. */
function varianceOf(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high - low <= 8 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high))) return 0;
  const mean = averageOf(values);
  return averageOf(values.map((value) => (value - mean) ** 2));
}

function standard(values) {
  const [mean, spread] = [averageOf(values), Math.sqrt(varianceOf(values))];
  return values.map((value) => (value - mean) / (spread > 0 ? spread : 1));
}

/** Takes the share `rate` of the values, with odds that grow as exp(logits). */
function weighted(logits, rate, next) {
  const keys = logits.map((logit) => logit - Math.log(-Math.log(next())));
  const order = keys.map((_, t) => t).sort((a, b) => keys[b] - keys[a] || a - b);
  const chosen = new Set(order.slice(0, rounded(rate * keys.length)));
  return keys.map((_, t) => chosen.has(t));
}

function inBlocks(steps, rate, length, next) {
  const start = rate / length / (1 - rate);
  let left = 0;
  return Array.from({ length: steps }, () => {
    const chance = next();
    left = left ? left - 1 : length * (chance < start);
    return left > 0;
  });
}

const MECHANISMS = {
  mcar: ({ values }, { rate }, next) =>
    weighted(
      values.map(() => 0),
      rate,
      next,
    ),
  mar: ({ given }, { rate, tables }, next) => {
    const pairs = () => [next(), next()][0]; // the library draws for the neighbour too
    return weighted(
      standard(given).map((z) => tables.strength * z),
      rate,
      pairs,
    );
  },
  mnar: ({ values }, { rate, tables }, next) =>
    weighted(
      standard(values).map((z) => tables.strength * z),
      rate,
      next,
    ),
  blocks: ({ values }, { rate, gap_length }, next) => inBlocks(values.length, rate, gap_length, next),
};
MECHANISMS.outages = MECHANISMS.blocks;

/** The runs of what is true, each [first, one after the last]. */
export function runsOf(flags) {
  const runs = [];
  flags.forEach((flag, t) => {
    if (flag && !flags[t - 1]) runs.push([t, t + 1]);
    else if (flag) runs.at(-1)[1] = t + 1;
  });
  return runs;
}

function gapsOf(removed) {
  const gaps = removed.map(() => 0);
  for (const [from, to] of runsOf(removed)) gaps.fill(to - from, from, to);
  return gaps;
}

/** The groups of lengths of gaps, each [its shortest, one beyond its longest]. */
export const groupsOf = ({ edges }) => edges.map((edge, k) => [edge, edges[k + 1] ?? Infinity]);

const isIn = ([from, to], gap) => gap >= from && gap < to;

// ---- Filling in: NaN where a value is missing --------------------------------------------------------------------

/** Linear between the two nearest of the sorted values, as NumPy has it. */
function quantileOf(sorted, share) {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

const sortedOf = (values) => Float64Array.from(values).sort();
const seenOf = (x) => x.filter((value) => !Number.isNaN(value));

function carried(x) {
  let last = NaN;
  return x.map((value) => (last = Number.isNaN(value) ? last : value));
}

/** Straight lines over the gaps, the nearest value beyond the ends. */
function interpolated(x) {
  const out = [...x];
  for (const [from, to] of runsOf(x.map(Number.isNaN))) {
    const [before, after] = [x[from - 1] ?? x[to], x[to] ?? x[from - 1]];
    const slope = (after - before) / (to - from + 1);
    for (let t = from; t < to; t++) out[t] = slope * (t - from + 1) + before;
  }
  return out;
}

function movingMean(line, period) {
  const half = Math.floor(period / 2);
  const at = (t) => line[Math.min(Math.max(t, 0), line.length - 1)];
  let sum = 0;
  for (let t = -half; t < period - half; t++) sum += at(t);
  return line.map((_, t) => {
    const mean = sum / period;
    sum += at(t - half + period) - at(t - half);
    return mean;
  });
}

const constant = (statistic) => (x) => new Array(x.length).fill(statistic(seenOf(x)));

/** A mean profile over the period, and straight lines through what remains. */
function seasonal(x, { period }) {
  const level = movingMean(interpolated(x), period);
  const phases = Array.from({ length: period }, (_, phase) =>
    seenOf(x.flatMap((value, t) => (t % period === phase ? [value - level[t]] : []))),
  );
  const profile = phases.map((values) => (values.length ? averageOf(values) : 0));
  const centre = averageOf(profile);
  const season = x.map((_, t) => profile[t % period] - centre);
  return interpolated(x.map((value, t) => value - season[t])).map((rest, t) => season[t] + rest);
}

const ESTIMATES = {
  mean: constant(averageOf),
  median: constant((seen) => quantileOf(sortedOf(seen), 0.5)),
  last: carried,
  next: (x) => carried([...x].reverse()).reverse(),
  linear: interpolated,
  seasonal,
};

function filled(x, estimate) {
  const mean = averageOf(seenOf(x));
  return x.map((value, t) => (Number.isNaN(value) ? (Number.isNaN(estimate[t]) ? mean : estimate[t]) : value));
}

/** Whether the length is a part of the setting. */
export const hasLength = (mechanism) => mechanism === "blocks" || mechanism === "outages";

export const settingOf = ({ series, mechanism, rate, gap_length, seed }) =>
  [series, mechanism, rate, hasLength(mechanism) ? gap_length : "-", seed].join(" ");

/** The filled series by name; a network's only where one is recorded. */
function fillsOf(state, truth, removed) {
  const x = truth.map((value, t) => (removed[t] ? NaN : value));
  const found = state.recorded[settingOf(state)] ?? {};
  const fills = {};
  for (const name of state.fills) {
    if (state.tables.simple.includes(name)) fills[name] = filled(x, ESTIMATES[name](x, state.stretches[state.series]));
    else if (found[name]) {
      let k = 0;
      fills[name] = truth.map((value, t) => (removed[t] ? found[name][k++] : value));
    }
  }
  return fills;
}

// ---- Scores ------------------------------------------------------------------------------------------------------

function measuresOf(values, { given, lags }, { quantiles }) {
  const [mean, variance, sorted] = [averageOf(values), varianceOf(values), sortedOf(values)];
  const z = values.map((value) => value - mean);
  const lagged = (lag) => {
    let sum = 0;
    for (let t = lag; t < z.length; t++) sum += z[t] * z[t - lag];
    return sum / (z.length - lag) / (variance || NaN);
  };
  const centre = averageOf(given);
  const away = given.map((value) => value - centre);
  const together = averageOf(z.map((value, t) => value * away[t]));
  return {
    mean,
    variance,
    quantiles: quantiles.map((share) => quantileOf(sorted, share)),
    autocorrelation: Array.from({ length: lags }, (_, k) => lagged(k + 1)),
    correlation: together / (Math.sqrt(variance * varianceOf(given)) || NaN),
  };
}

function errorsOf(truth, values, removed, gaps, groups) {
  const errors = truth.flatMap((value, t) => (removed[t] ? [[values[t] - value, gaps[t]]] : []));
  const size = (some) => averageOf(some.map(([error]) => Math.abs(error)));
  if (!errors.length) return { mae: null, rmse: null, by_gap: groups.map(() => NaN) };
  return {
    mae: size(errors),
    rmse: Math.sqrt(averageOf(errors.map(([error]) => error ** 2))),
    by_gap: groups.map((group) => size(errors.filter(([, gap]) => isIn(group, gap)))),
  };
}

/** What is taken at a setting, and what it is filled with. */
function experiment(state) {
  const stretch = state.stretches[state.series];
  const removed = MECHANISMS[state.mechanism](stretch, state, draws(state.seed));
  return { stretch, removed, fills: removed.includes(false) ? fillsOf(state, stretch.values, removed) : {} };
}

/** The mean absolute error of each fill at each of the lengths, NaN where there is none. */
function errorsByLength(state) {
  const { lengths } = state.tables;
  const runs = hasLength(state.mechanism) ? lengths.map((gap_length) => experiment({ ...state, gap_length })) : [];
  const errorIn =
    (name) =>
    ({ stretch: { values }, removed, fills }) => {
      const off = fills[name]
        ? values.flatMap((value, t) => (removed[t] ? [Math.abs(fills[name][t] - value)] : []))
        : [];
      return averageOf(off);
    };
  const none = lengths.map(() => NaN);
  return Object.fromEntries(state.fills.map((name) => [name, runs.length ? runs.map(errorIn(name)) : none]));
}

/** What is taken, the fills, their errors and measures, as MissingLaboratory.compute() in Python. */
export function compute(state) {
  const { stretch, removed, fills } = experiment(state);
  const truth = stretch.values;
  const [gaps, groups] = [gapsOf(removed), groupsOf(state.tables)];
  const measures = (values) => measuresOf(values, stretch, state.tables);
  const told = Object.entries(fills).map(([name, values]) => [
    name,
    { values, ...errorsOf(truth, values, removed, gaps, groups), ...measures(values) },
  ]);
  return {
    removed,
    gaps,
    counts: groups.map((group) => gaps.filter((gap) => isIn(group, gap)).length),
    truth: measures(truth),
    fills: Object.fromEntries(told),
    by_length: errorsByLength(state),
  };
}
