// Weights as they lie in the bytes of a .safetensors file, and products with them: { shape, values }, row by row.

// ---- Numbers in 16 bits ------------------------------------------------------------------------------------------

/** The value of a half-precision number: a sign, five bits of exponent, ten of fraction. */
export function fromHalf(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

let halfTable = null; // every number of 16 bits: quicker to look up than to work each of a million out

function halves(bits) {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, k) => fromHalf(k));
  return Float32Array.from(bits, (one) => halfTable[one]);
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
export function addTimes({ shape: [rows, columns], values: W }, v, into) {
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
export function affine(W, b, v) {
  const result = Float64Array.from(b.values);
  addTimes(W, v, result);
  return result;
}

/** The same matrix with columns as rows: a one-hot product is then a stretch of numbers that lie together. */
export function transposed({ shape: [rows, columns], values }) {
  const turned = new values.constructor(values.length);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k++) turned[k * rows + row] = values[row * columns + k];
  }
  return { shape: [columns, rows], values: turned };
}

export const rowAt = ({ shape: [, width], values }, row) => values.subarray(row * width, (row + 1) * width);

/** b_ih + b_hh: PyTorch adds two biases. */
export const summed = (a, b) => Float64Array.from(a.values, (value, k) => value + b.values[k]);
