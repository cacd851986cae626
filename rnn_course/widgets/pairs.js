// Networks that read one string and write another, step by step, from the bytes of one .safetensors file. Names, shapes
// and numbers are those of rnn_course.widgets.pair_networks.

import { sigmoid } from "./cells.js";
import { addTimes, affine, rowAt } from "./tensors.js";

export const END = 0; // ends every answer, and stands before its first symbol
export const LIMIT = 50; // symbols of an answer, the end among them
const EPSILON = 1e-5; // added to the variance in a LayerNorm
const BASE = 10_000; // of the wavelengths of rotary positions

// ---- What both kinds need ----------------------------------------------------------------------------------------

/** exp(score) over its sum, zero where not `isSeen(k)`; all zero where nothing is seen. */
function softmax(scores, isSeen = () => true) {
  let most = -Infinity;
  for (let k = 0; k < scores.length; k++) if (isSeen(k) && scores[k] > most) most = scores[k];
  const p = Float64Array.from(scores, (score, k) => (isSeen(k) ? Math.exp(score - most) : 0));
  let sum = 0;
  for (const part of p) sum += part;
  if (sum > 0) for (let k = 0; k < p.length; k++) p[k] /= sum;
  return p;
}

function placeOfLargest(values) {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}

/** Writes the most probable symbol until the end, or LIMIT symbols. `say(symbol)` tells it the symbol before and returns
 * { p, alpha }: of each symbol its probability, and the weights on the places of x, [layer][head]. */
function writeWith(say) {
  const [ids, p, alpha] = [[], [], []];
  while (ids.length < LIMIT && ids.at(-1) !== END) {
    const now = say(ids.at(-1) ?? END);
    p.push(now.p);
    alpha.push(now.alpha);
    ids.push(placeOfLargest(now.p));
  }
  return { ids, p, alpha };
}

// ---- An encoder–decoder ------------------------------------------------------------------------------------------

/** h_t = (1 − z) ⊙ n + z ⊙ h_{t−1} of a GRU by the names of PyTorch. */
function gruStep(tensors, part, suffix, x, h) {
  const [W_x, W_h, b_x, b_h] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(
    (name) => tensors[`${part}.${name}_l0${suffix}`],
  );
  const [fromX, fromH, H] = [affine(W_x, b_x, x), affine(W_h, b_h, h), h.length];
  return h.map((before, k) => {
    const r = sigmoid(fromX[k] + fromH[k]);
    const z = sigmoid(fromX[H + k] + fromH[H + k]);
    const n = Math.tanh(fromX[2 * H + k] + r * fromH[2 * H + k]);
    return (1 - z) * n + z * before;
  });
}

/** Two vectors as one. */
function joinedVector(u, v) {
  const both = new Float64Array(u.length + v.length);
  both.set(u);
  both.set(v, u.length);
  return both;
}

/** Σ_k α_k v_k. */
function mixture(alpha, vectors) {
  const sum = new Float64Array(vectors[0].length);
  for (const [k, vector] of vectors.entries()) {
    for (let j = 0; j < sum.length; j++) sum[j] += alpha[k] * vector[j];
  }
  return sum;
}

/** A GRU that reads in both directions and one that writes, with dot attention between or none. */
class PairEncoderDecoder {
  constructor(tensors, { attention }) {
    Object.assign(this, { tensors, attends: attention === "dot" });
    this.units = tensors["first.bias"].values.length;
  }

  /** What it writes of ids, greedily; no attention looks at the places in the set `hidden`. */
  write(ids, hidden) {
    const { tensors: w } = this;
    const { states, first } = this.encode(ids);
    const keys = this.attends ? states.map((state) => this.key(state)) : [];
    let h = first;
    return writeWith((symbol) => {
      h = gruStep(w, "decoder", "", rowAt(w["embedding_y.weight"], symbol), h);
      const alpha = this.attends ? this.attention(h, keys, hidden) : null;
      const read = alpha ? joinedVector(h, mixture(alpha, states)) : h;
      const combined = affine(w["combine.weight"], w["combine.bias"], read).map(Math.tanh);
      const p = softmax(affine(w["head.weight"], w["head.bias"], combined));
      return { p, alpha: alpha ? [[alpha]] : [] };
    });
  }

  /** The states of both directions at each place, and h_0. */
  encode(ids) {
    const { tensors: w } = this;
    const x = ids.map((id) => rowAt(w["embedding_x.weight"], id));
    const ahead = this.direction(x, "");
    const back = this.direction(x.toReversed(), "_reverse");
    const first = affine(w["first.weight"], w["first.bias"], joinedVector(ahead.at(-1), back.at(-1))).map(Math.tanh);
    return { states: ahead.map((h, k) => joinedVector(h, back[x.length - 1 - k])), first };
  }

  direction(x, suffix) {
    let h = new Float64Array(this.units);
    return x.map((x_t) => {
      h = gruStep(this.tensors, "encoder", suffix, x_t, h);
      return h;
    });
  }

  key(state) {
    const key = new Float64Array(this.units);
    addTimes(this.tensors["key.weight"], state, key);
    return key;
  }

  attention(h, keys, hidden) {
    const scores = keys.map((key) => scaledProduct(h, 0, key, 0, h.length));
    return softmax(scores, (k) => !hidden.has(k));
  }
}

/** q · k / √d of two stretches of so many numbers. */
function scaledProduct(q, fromQ, k, fromK, d) {
  let sum = 0;
  for (let j = 0; j < d; j++) sum += q[fromQ + j] * k[fromK + j];
  return sum / Math.sqrt(d);
}

// ---- A Transformer -----------------------------------------------------------------------------------------------

/** erf(x) = 2/√π e^{−x²} Σ_n 2ⁿ x^{2n+1} / (2n + 1)!!: all terms have one sign, so that no digit is lost. */
export function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x); // the next number to ±1
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const gelu = (a) => a * (0.5 + 0.5 * erf(a * Math.SQRT1_2));

function layerNorm(x, weight, bias) {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let variance = 0;
  for (const value of x) variance += (value - mean) ** 2 / x.length;
  const scale = Math.sqrt(variance + EPSILON);
  return x.map((value, k) => ((value - mean) / scale) * weight.values[k] + bias.values[k]);
}

/** Turns each pair of numbers of every head by place · BASE^(−2 i / d), for pair i. */
function turnHeads(x, place, d) {
  for (let k = 0; k < x.length; k += 2) {
    const angle = place * BASE ** (-(k % d) / d);
    const [a, b, cos, sin] = [x[k], x[k + 1], Math.cos(angle), Math.sin(angle)];
    x[k] = a * cos - b * sin;
    x[k + 1] = a * sin + b * cos;
  }
}

/** Layers of causal self-attention over `x bar y`, with rotary positions or none. */
class PairTransformer {
  constructor(tensors, { mixers, heads, positions }, symbolsX) {
    Object.assign(this, { tensors, heads, layers: mixers.length, isRotary: positions === "rotary", bar: symbolsX });
  }

  /** What it writes of ids, greedily; no place looks at one in the set `hidden` but that place itself. */
  write(ids, hidden) {
    const cache = Array.from({ length: this.layers }, () => ({ keys: [], values: [] }));
    for (const id of ids) this.read(id, cache, hidden);
    return writeWith((symbol) => {
      const { x, alpha } = this.read(this.bar + symbol, cache, hidden);
      const p = softmax(this.linear("head", this.norm("norm", x)));
      return { p, alpha: alpha.map((heads) => heads.map((weights) => weights.subarray(0, ids.length))) };
    });
  }

  /** Reads one symbol more: x at its place after all layers, and α of each layer and head on it and all before. */
  read(id, cache, hidden) {
    let x = Float64Array.from(rowAt(this.tensors["embedding.weight"], id));
    const alpha = cache.map((kept, k) => {
      const { mixed, weights } = this.mix(`layers.${k}`, x, kept, hidden);
      x = x.map((value, j) => value + mixed[j]);
      const inner = this.linear(`layers.${k}.inner`, this.norm(`layers.${k}.norm_2`, x)).map(gelu);
      const outer = this.linear(`layers.${k}.outer`, inner);
      x = x.map((value, j) => value + outer[j]);
      return weights;
    });
    return { x, alpha };
  }

  /** Attention of a place to itself and to what the layer has kept of those before. */
  mix(layer, x, { keys, values }, hidden) {
    const [width, d, place] = [x.length, x.length / this.heads, keys.length];
    const qkv = this.linear(`${layer}.mixer.qkv`, this.norm(`${layer}.norm_1`, x));
    const [q, k, v] = [0, 1, 2].map((part) => qkv.subarray(part * width, (part + 1) * width));
    if (this.isRotary) for (const one of [q, k]) turnHeads(one, place, d);
    keys.push(k);
    values.push(v);
    const isSeen = (other) => other === place || !hidden.has(other);
    const [mixed, weights] = [new Float64Array(width), []];
    for (let from = 0; from < width; from += d) {
      const alpha = softmax(
        keys.map((key) => scaledProduct(q, from, key, from, d)),
        isSeen,
      );
      for (const [other, value] of values.entries()) {
        for (let j = from; j < from + d; j++) mixed[j] += alpha[other] * value[j];
      }
      weights.push(alpha);
    }
    return { mixed: this.linear(`${layer}.mixer.out`, mixed), weights };
  }

  linear(name, x) {
    return affine(this.tensors[`${name}.weight`], this.tensors[`${name}.bias`], x);
  }

  norm(name, x) {
    return layerNorm(x, this.tensors[`${name}.weight`], this.tensors[`${name}.bias`]);
  }
}

// ---- The file ----------------------------------------------------------------------------------------------------

/** The networks of a file of rnn_course.attention, { networks: by name, symbolsX, symbolsY }; each has write(ids, hidden),
 * which returns { ids, p: [step][symbol], alpha: [step][layer][head][place] }. */
export function pairNetworks({ tensors, metadata }) {
  const [symbolsX, symbolsY] = [metadata.symbols_x, metadata.symbols_y].map((symbols) => Array.from(symbols));
  const made = Object.entries(JSON.parse(metadata.settings)).map(([name, settings]) => {
    const own = Object.entries(tensors).filter(([part]) => part.startsWith(`${name}/`));
    const weights = Object.fromEntries(own.map(([part, tensor]) => [part.slice(name.length + 1), tensor]));
    const isRecurrent = settings.kind === "EncoderDecoder";
    return [
      name,
      isRecurrent ? new PairEncoderDecoder(weights, settings) : new PairTransformer(weights, settings, symbolsX.length),
    ];
  });
  return { networks: Object.fromEntries(made), symbolsX, symbolsY };
}
