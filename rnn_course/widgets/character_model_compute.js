// A text as a model of language reads it: characters to ids, states and surprises, and what may come next.

import { LanguageNetwork } from "./language.js";
import { bytesOf } from "./loading.js";
import { SFC32 } from "./random.js";
import { readSafetensors } from "./tensors.js";

export const SHOWN_NEXT = 10; // characters of which the probability is shown
export const UNREAD = -1; // the id of a character that the network does not know
const START = 0; // the line break: the end of the document before
const RARE = "□"; // stands for every rare character, where the network has it
const WRITTEN = 8; // characters that compute() writes

export const charactersOf = (text) => Array.from(text);

/** The ids of a text's characters; one that is no symbol is □ where there is that, else UNREAD. */
export function encode(network, text) {
  const rare = network.idOf.get(RARE) ?? UNREAD;
  return charactersOf(text).map((character) => network.idOf.get(character) ?? rare);
}

// ---- Probabilities -----------------------------------------------------------------------------------------------

/** p_k ∝ exp(logit_k / T). */
export function probabilities(logits, temperature = 1) {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  const p = Float64Array.from(logits, (logit) => Math.exp((logit - most) / temperature));
  let sum = 0;
  for (const part of p) sum += part;
  for (let k = 0; k < p.length; k++) p[k] /= sum;
  return p;
}

/** −Σ p log₂ p, in bits. */
export function entropyOf(p) {
  let bits = 0;
  for (const part of p) if (part > 0) bits -= part * Math.log2(part);
  return bits;
}

/** The ids by their probability, the most probable first; of equal ones the smaller id. */
export const ranked = (p) => Array.from(p.keys()).sort((a, b) => p[b] - p[a] || a - b);

/** The character that is drawn for a place of the text: it depends on the seed, the place and p alone, so that what is
 * written is the same whether or not the writing was stopped on the way. */
export function drawn(p, seed, place) {
  let left = new SFC32(seed, place).uniform(0, 1);
  for (let id = 0; id < p.length; id++) {
    left -= p[id];
    if (left < 0) return id;
  }
  return ranked(p)[0]; // the sum was a rounding error below 1
}

// ---- A text that is read -----------------------------------------------------------------------------------------

/** What a network makes of a text, kept as far as the text stays the same: `states[k]` is the state before character k,
 * `bits[k]` the surprise of character k, NaN where it was not read. */
export class Reading {
  constructor(network) {
    Object.assign(this, { network, ids: [], states: [network.step(null, START)], bits: [] });
  }

  /** The text is another one: forgets what is no longer so. Returns whether all of it is read. */
  follow(ids) {
    let same = 0;
    while (same < this.bits.length && same < ids.length && ids[same] === this.ids[same]) same += 1;
    this.bits.length = same;
    this.states.length = same + 1;
    this.ids = ids;
    return this.isDone;
  }

  get isDone() {
    return this.bits.length === this.ids.length;
  }

  /** Reads one character more. */
  advance() {
    const place = this.bits.length;
    const [id, state] = [this.ids[place], this.states[place]];
    this.bits.push(id === UNREAD ? Number.NaN : -Math.log2(probabilities(this.logits(place))[id]));
    this.states.push(id === UNREAD ? state : this.network.step(state, id));
  }

  /** Reads on for so many milliseconds at most; returns whether all is read. */
  readFor(milliseconds) {
    const end = performance.now() + milliseconds;
    while (!this.isDone && performance.now() < end) this.advance();
    return this.isDone;
  }

  logits(place) {
    return this.network.logits(this.states[place]);
  }

  /** What may come at a place of the text, the end included. */
  next(place, temperature) {
    return probabilities(this.logits(place), temperature);
  }

  /** A gate or state of a unit once it has read each character; its surprise for "surprise". */
  values(shade, unit) {
    if (shade === "surprise") return this.bits;
    const at = Math.min(unit, this.network.units - 1);
    return this.bits.map((bits, k) => (Number.isNaN(bits) ? Number.NaN : this.states[k + 1][shade][at]));
  }
}

/** The mean of the surprises of what was read, in bits; NaN where nothing was. */
export function bitsPerCharacter(bits) {
  const read = bits.filter((one) => !Number.isNaN(one));
  return read.reduce((sum, one) => sum + one, 0) / read.length;
}

/** The network of which the reader has asked to see the text: trained or not. */
export const networkOf = (trained, { untrained, seed }) => (untrained ? trained.untrained(seed) : trained);

/** What the page shows, as CharacterModel.compute() in Python, for a network that came with the explorable. */
export function compute(state) {
  const { networks, language, text, shade, unit, cursor, temperature, seed } = state;
  const trained = new LanguageNetwork(readSafetensors(bytesOf(networks[language].inline)));
  const reading = new Reading(networkOf(trained, state));
  const { network } = reading;
  reading.follow(encode(network, text));
  reading.readFor(Infinity);
  const mean = bitsPerCharacter(reading.bits);
  const p = reading.next(Math.min(cursor, reading.bits.length), temperature);
  const top = ranked(p).slice(0, SHOWN_NEXT);
  return {
    bits: [...reading.bits],
    mean,
    perplexity: 2 ** mean,
    shown: [...reading.values(shade, unit)],
    next: top.map((id) => network.symbols[id]).join(""),
    p: top.map((id) => p[id]),
    entropy: entropyOf(p),
    written: writeOn(reading, temperature, seed),
  };
}

/** Some characters that the network writes at the end of a text. */
function writeOn(reading, temperature, seed) {
  const { network } = reading;
  let text = "";
  let ids = reading.ids;
  for (let k = 0; k < WRITTEN; k++) {
    const id = drawn(reading.next(ids.length, temperature), seed, ids.length);
    text += network.symbols[id];
    ids = [...ids, id];
    reading.follow(ids);
    reading.readFor(Infinity);
  }
  return text;
}
