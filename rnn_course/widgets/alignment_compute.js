// Alignment: a text to symbols, the answers of the networks, the true answer, and the weights that are looked at.

import { bytesOf } from "./loading.js";
import { END, pairNetworks } from "./pairs.js";
import { readSafetensors } from "./tensors.js";

export const NETWORKS = ["dot", "none", "rotary", "no_positions"];
const SHOWN_NEXT = 3; // symbols of which the probability is shown
const KEPT = 6; // answers to so many texts are kept: to go to and fro is quick

export const lettersOf = (text) => Array.from(text);

// ---- The true answer ---------------------------------------------------------------------------------------------

/** The number that figures or a word stand for; undefined for another word. */
function numberOf(text, words) {
  if (Object.hasOwn(words, text)) return words[text];
  const figures = lettersOf(text).map((figure) => {
    const place = "〇一二三四五六七八九".indexOf(figure);
    return place < 0 ? figure : place;
  });
  return /^\d+$/.test(figures.join("")) ? Number(figures.join("")) : undefined;
}

/** A day as ISO 8601 has it; null where there is no such day. */
function isoOf(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // 31 February becomes a day of March
  const isThere = year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isThere ? date.toISOString().slice(0, 10) : null;
}

/** What is to be written of a text; null where that is not known. `forms` are regular expressions of dates, `words` the
 * numbers that words in them stand for. */
export function trueAnswer({ task, forms, words }, text) {
  if (task === "reversal") return lettersOf(text).reverse().join("");
  for (const form of forms) {
    const { groups } = new RegExp(`^(?:${form})$`, "u").exec(text) ?? {};
    if (groups) return isoOf(...["year", "month", "day"].map((part) => numberOf(groups[part], words)));
  }
  return null;
}

// ---- What the networks make of a text ----------------------------------------------------------------------------

/** An answer as text, up to its end; "" for none. */
export const answerText = ({ symbolsY }, answer) =>
  answer ? answer.ids.map((id) => (id === END ? "" : symbolsY[id])).join("") : "";

/** The networks of a task, and what they made of the last texts. */
export class Writers {
  constructor(file) {
    Object.assign(this, pairNetworks(file));
    this.note = JSON.parse(file.metadata.note ?? "{}"); // how they were made, and what became of a test
    this.kept = new Map();
  }

  /** The symbols of a text that are read, and those that are not known, each once. */
  split(text) {
    const isRead = (symbol) => this.symbolsX.indexOf(symbol) > END;
    const letters = lettersOf(text);
    return { read: letters.filter(isRead), unread: [...new Set(letters.filter((symbol) => !isRead(symbol)))] };
  }

  /** What each network writes of these symbols, { name: { ids, p, alpha } }, null where there is nothing to read. */
  answers(read, hidden) {
    const key = JSON.stringify([read, hidden]);
    const found = this.kept.get(key) ?? this.write(read, hidden);
    this.kept.delete(key);
    this.kept.set(key, found); // now the youngest
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return found;
  }

  write(read, hidden) {
    const [ids, places] = [read.map((symbol) => this.symbolsX.indexOf(symbol)), new Set(hidden)];
    return Object.fromEntries(
      NETWORKS.map((name) => [name, ids.length ? this.networks[name].write(ids, places) : null]),
    );
  }
}

/** The places of what is read that are hidden. */
export const hiddenAmong = (hidden, read) => hidden.filter((place) => place < read.length);

/** The chosen layer and head, the last ones where there are not as many, and their weights [step][place]; null where the
 * network has no attention. */
export function weightsOf({ alpha }, { layer, head }) {
  const [layers, heads] = [alpha[0].length, alpha[0][0]?.length];
  if (!layers) return null;
  const [l, h] = [Math.min(layer, layers - 1), Math.min(head, heads - 1)];
  return { layer: l, head: h, layers, heads, values: alpha.map((step) => step[l][h]) };
}

/** The most probable symbols at a step, [{ symbol, p }], the ids of equal ones in their order. */
export function nextOf({ symbolsY }, { p }, step) {
  const ids = Array.from(p[step].keys()).sort((a, b) => p[step][b] - p[step][a] || a - b);
  return ids.slice(0, SHOWN_NEXT).map((id) => ({ symbol: symbolsY[id], p: p[step][id] }));
}

/** The probability of what was written at each step. */
export const certaintyOf = ({ ids, p }) => ids.map((id, step) => p[step][id]);

/** What the page shows, as Alignment.compute() in Python, for networks that came with the explorable. */
export function compute(state) {
  const { networks, task, text, network, step } = state;
  const writers = new Writers(readSafetensors(bytesOf(networks[task].inline)));
  const { read } = writers.split(text);
  const answers = writers.answers(read, hiddenAmong(state.hidden, read));
  const texts = (all) => Object.fromEntries(NETWORKS.map((name) => [name, answerText(writers, all[name])]));
  const found = { read: read.join(""), truth: trueAnswer(state, read.join("")), written: texts(answers) };
  found.before = texts(writers.answers(read, []));
  const answer = answers[network];
  if (!answer) return { ...found, alpha: [], p: [], next: "", next_p: [] };
  const next = nextOf(writers, answer, Math.min(step, answer.ids.length - 1));
  return {
    ...found,
    alpha: (weightsOf(answer, state)?.values ?? []).map((weights) => [...weights]),
    p: certaintyOf(answer),
    next: next.map(({ symbol }) => symbol).join(""),
    next_p: next.map(({ p }) => p),
  };
}
