// A model of language in the page: an LSTM of one or more layers over symbols, from the bytes of a .safetensors file.
// Names, shapes and the order of the gates (i, f, C̃, o) are those of rnn_course.models.LanguageModel.

import { sigmoid } from "./cells.js";
import { SFC32 } from "./random.js";
import { addTimes, affine, rowAt, summed, transposed } from "./tensors.js";

export const LSTM_PARTS = ["i", "f", "C_tilde", "o", "C", "h"];

/** A table that serves twice, for reading and for writing, may have either of its two names; here it has the first. */
function withOneTable({ ...tensors }) {
  if (!tensors["projection.weight"]) return tensors;
  tensors["embedding.weight"] ??= tensors["head.weight"];
  delete tensors["head.weight"];
  return tensors;
}

// ---- The network -------------------------------------------------------------------------------------------------

/** Sums are in double precision whatever the weights' own. A state is { i, f, C_tilde, o, C, h } with a number for each
 * unit, layer after layer; null stands for the first one, in which all are zero. */
export class LanguageNetwork {
  constructor({ tensors, metadata }) {
    this.tensors = withOneTable(tensors);
    this.symbols = Array.from(metadata.symbols);
    this.idOf = new Map(this.symbols.map((symbol, id) => [symbol, id]));
    this.embedding = this.tensors["embedding.weight"];
    this.head = this.embedding ?? this.tensors["head.weight"];
    this.layers = [];
    for (let k = 0; tensors[`rnn.weight_hh_l${k}`]; k++) this.layers.push(this.layer(k));
    this.hidden = tensors["rnn.weight_hh_l0"].shape[1];
    this.units = this.hidden * this.layers.length;
    this.sums = new Float64Array(4 * this.hidden);
  }

  layer(k) {
    const [W_x, W_h, b_x, b_h] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(
      (part) => this.tensors[`rnn.${part}_l${k}`],
    );
    return { W_x: k === 0 && !this.embedding ? transposed(W_x) : W_x, W_h, b: summed(b_x, b_h) };
  }

  /** Reads a symbol by its id: the next state, with every gate. */
  step(state, id) {
    const next = Object.fromEntries(LSTM_PARTS.map((part) => [part, new Float64Array(this.units)]));
    let x = this.embedding ? rowAt(this.embedding, id) : null;
    for (const [k, { W_x, W_h, b }] of this.layers.entries()) {
      const [from, to] = [k * this.hidden, (k + 1) * this.hidden];
      this.sums.set(b);
      if (x) addTimes(W_x, x, this.sums);
      else for (const [row, weight] of rowAt(W_x, id).entries()) this.sums[row] += weight;
      if (state) addTimes(W_h, state.h.subarray(from, to), this.sums);
      this.gates(next, state, from);
      x = next.h.subarray(from, to);
    }
    return next;
  }

  /** Fills the units of a layer, the first of which is `from`, by the sums of its gates. */
  gates(next, state, from) {
    const { sums: a, hidden: H } = this;
    for (let k = 0, unit = from; k < H; k++, unit++) {
      const i = sigmoid(a[k]);
      const f = sigmoid(a[H + k]);
      const C_tilde = Math.tanh(a[2 * H + k]);
      const o = sigmoid(a[3 * H + k]);
      const C = (state ? f * state.C[unit] : 0) + i * C_tilde;
      next.i[unit] = i;
      next.f[unit] = f;
      next.C_tilde[unit] = C_tilde;
      next.o[unit] = o;
      next.C[unit] = C;
      next.h[unit] = o * Math.tanh(C);
    }
  }

  /** The logits of the next symbol after a state. */
  logits(state) {
    const { tensors } = this;
    const h = state.h.subarray(this.units - this.hidden);
    const v = this.embedding ? affine(tensors["projection.weight"], tensors["projection.bias"], h) : h;
    return affine(this.head, tensors["head.bias"], v);
  }

  /** A network of the same size with the weights that training starts from, as CharacterNetwork.untrained has them. */
  untrained(seed) {
    const tensors = Object.fromEntries(
      Object.keys(this.tensors)
        .sort()
        .map((name, k) => {
          const [{ shape }, rng] = [this.tensors[name], new SFC32(seed, UNTRAINED + k)];
          return [name, { shape, values: this.firstWeights(name, shape, rng) }];
        }),
    );
    return new LanguageNetwork({ tensors, metadata: { symbols: this.symbols } });
  }

  firstWeights(name, shape, rng) {
    const values = new Float64Array(shape.reduce((product, size) => product * size, 1));
    const H = this.hidden;
    if (name === "embedding.weight") {
      for (let k = 0; k < values.length; k++) values[k] = rng.normal() / Math.sqrt(shape[1]);
      return values;
    }
    const wide = name.startsWith("head.") && this.embedding ? this.embedding.shape[1] : H;
    for (let k = 0; k < values.length; k++) values[k] = rng.uniform(-1, 1) / Math.sqrt(wide);
    if (name.startsWith("rnn.bias")) values.fill(name.includes("bias_ih") ? 1 : 0, H, 2 * H); // the forget gates' bias
    return values;
  }
}

const UNTRAINED = 1_000_000; // the streams of random numbers beyond those that draw characters
