// What a network makes of a text, in sentences.

import { bitsPerCharacter } from "./character_model_compute.js";
import { nameOf } from "./character_model_text.js";
import { asPercent, fixed, signed, symbol } from "./charts.js";

/** In one sentence what of a text cannot be read; "" where all of it can. */
export function unreadSentence(network, characters) {
  const unknown = [...new Set(characters.filter((character) => !network.idOf.has(character)))];
  if (unknown.length === 0) return "";
  const shown = unknown.slice(0, 12).join(" ") + (unknown.length > 12 ? " …" : "");
  if (network.idOf.has("□"))
    return `Not among the network's ${network.symbols.length} characters, and read as □: ${shown}`;
  return `Not among the network's ${network.symbols.length} characters, and passed over: ${shown}`;
}

/** What stands at a place of the text, and how probable it was. */
export function placeSentence({ characters, reading, place, top }) {
  if (place === characters.length) {
    return `At the end of the text: ${nameOf(top.character)} is the most probable next character, with ${asPercent(top.p)}.`;
  }
  const [name, bits] = [nameOf(characters[place]), reading.bits[place]];
  if (Number.isNaN(bits)) return `At the cursor stands ${name}, which the network cannot read.`;
  return `At the cursor stands ${name}: the network gave it ${asPercent(2 ** -bits)}, so that its surprise is ${fixed(bits, 2)} bits.`;
}

export function unitSentence({ characters, reading, place, shade, unit, values }) {
  if (shade === "surprise" || place === characters.length || Number.isNaN(values[place])) return "";
  const formula = { C_tilde: "C̃_t" }[shade] ?? `${symbol(shade)}_t`;
  return `Unit ${Math.min(unit, reading.network.units - 1)} has $${formula}$ = ${signed(values[place], 3)} once it has read ${nameOf(characters[place])}.`;
}

export function textSentence(bits, untrained) {
  const mean = bitsPerCharacter(bits);
  if (Number.isNaN(mean)) return "Nothing has been read yet.";
  const [each, choices, count] = [fixed(mean, 2), fixed(2 ** mean, 1), bits.filter((one) => !Number.isNaN(one)).length];
  return untrained
    ? `Untrained: ${each} bits per character over all ${count}, a perplexity of ${choices}.`
    : `The whole text: ${each} bits per character over ${count}, a perplexity of ${choices}.`;
}
