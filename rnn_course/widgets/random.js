// A generator of random numbers that Python and the page share, to the last bit; sfc32.py says what it computes.

const WORD = 2 ** 32;
const DISCARDED = 16; // the first draws, in which seeds that are close to each other still show

export class SFC32 {
  constructor(seed, stream = 0) {
    Object.assign(this, { a: seed | 0, b: stream | 0, c: 0, d: 1 });
    for (let k = 0; k < DISCARDED; k++) this.word();
  }

  /** A whole number from 0 to 2³² − 1. */
  word() {
    const { a, b, c, d } = this;
    const u = (a + b + d) | 0;
    this.d = (d + 1) | 0;
    this.a = b ^ (b >>> 9);
    this.b = (c + (c << 3)) | 0;
    this.c = (((c << 21) | (c >>> 11)) + u) | 0;
    return u >>> 0;
  }

  /** A number from low up to high, which is left out. */
  uniform(low, high) {
    return low + (high - low) * (this.word() / WORD);
  }

  /** A number of mean 0 and variance 1, nearly normal: a sum of twelve uniform ones less 6. */
  normal() {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += this.word();
    return sum / WORD - 6;
  }

  /** Puts `order`, a typed array, to 0 … in a random order. */
  shuffle(order) {
    for (let k = 0; k < order.length; k++) order[k] = k;
    for (let k = order.length - 1; k > 0; k--) {
      const other = Math.floor((this.word() * (k + 1)) / WORD); // a product below 2⁵³: exact
      [order[k], order[other]] = [order[other], order[k]];
    }
    return order;
  }
}
