// A model of language in the page: an LSTM of one or more layers over symbols, from the bytes of a .safetensors file.
// Names, shapes and the order of the gates (i, f, C̃, o) are those of rnn_course.models.LanguageModel.

import { sigmoid } from "./cells.js";
import { SFC32 } from "./random.js";

export const LSTM_PARTS = ["i", "f", "C_tilde", "o", "C", "h"];

// ---- Numbers in 16 bits ------------------------------------------------------------------------------------------

/** The value of a half-precision number: a sign, five bits of exponent, ten of fraction. */
export function fromHalf(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** All numbers of 16 bits at once: a table is faster than working each of a million out. */
function halves(bits) {
  const table = Float32Array.from({ length: 65536 }, (_, k) => fromHalf(k));
  return Float32Array.from(bits, (one) => table[one]);
}

// A half or a single is exact as a single, which takes half the room of a double and is read twice as fast.
const READERS = {
  F16: (bytes) => halves(new Uint16Array(bytes)),
  F32: (bytes) => new Float32Array(bytes),
  F64: (bytes) => new Float64Array(bytes),
};

/** What a .safetensors file holds, from its ArrayBuffer: { tensors: { name: { shape, values } }, metadata }. */
export function readSafetensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(
    new TextDecoder().decode(new Uint8Array(buffer, 8, length)),
  );
  const tensors = Object.entries(entries).map(([name, { dtype, shape, data_offsets: ends }]) => {
    const [from, to] = ends.map((end) => 8 + length + end);
    return [name, { shape, values: READERS[dtype](buffer.slice(from, to)) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

// ---- Products ----------------------------------------------------------------------------------------------------

/** into += W v, W (rows, columns) row by row; four rows at once, so that each number of v is read once for four
 * products: twice as fast as one row after another. */
function addTimes({ shape: [rows, columns], values: W }, v, into) {
  const whole = rows - (rows % 4);
  for (let row = 0, a = 0; row < whole; row += 4, a += 4 * columns) {
    const [b, c, d] = [a + columns, a + 2 * columns, a + 3 * columns];
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < columns; k++) {
      const x = v[k];
      s0 += W[a + k] * x;
      s1 += W[b + k] * x;
      s2 += W[c + k] * x;
      s3 += W[d + k] * x;
    }
    into[row] += s0;
    into[row + 1] += s1;
    into[row + 2] += s2;
    into[row + 3] += s3;
  }
  for (let row = whole; row < rows; row++) {
    let sum = 0;
    for (let k = 0, a = row * columns; k < columns; k++) sum += W[a + k] * v[k];
    into[row] += sum;
  }
}

/** W v + b. */
function affine(W, b, v) {
  const result = Float64Array.from(b.values);
  addTimes(W, v, result);
  return result;
}

/** The same matrix with columns as rows: a one-hot product is then a stretch of numbers that lie together. */
function transposed({ shape: [rows, columns], values }) {
  const turned = new values.constructor(values.length);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k++) turned[k * rows + row] = values[row * columns + k];
  }
  return { shape: [columns, rows], values: turned };
}

const rowAt = ({ shape: [, width], values }, row) => values.subarray(row * width, (row + 1) * width);

/** b_ih + b_hh: PyTorch adds two biases. */
const summed = (a, b) => Float64Array.from(a.values, (value, k) => value + b.values[k]);

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
