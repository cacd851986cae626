// What the networks of the alignment write and look at, in sentences.

import { asPercent, fixed } from "./charts.js";

/** A share that no line breaks. */
const share = (p) => asPercent(p).replaceAll(" ", "\u00a0");

/** What a symbol is called in a sentence; the line break is the end of an answer. */
export const called = (symbol) => ({ " ": "a space", "\n": "the end" })[symbol] ?? `“${symbol}”`;

const MANY = 12; // symbols that are listed

const listed = (symbols) => symbols.slice(0, MANY).join(" ") + (symbols.length > MANY ? " …" : "");

/** What of a text is passed over; "" where all of it is read. */
export function unreadSentence(task, unread) {
  if (unread.length === 0) return "";
  return task === "reversal"
    ? `These networks know the letters a to z. Passed over: ${listed(unread)}`
    : `These networks have never seen, and pass over: ${listed(unread)}`;
}

/** How far a text is from what the networks were trained on; "" where it is not. */
export function beyondSentence({ task, read, truth, limits: { letters, years } }) {
  if (task === "reversal") {
    if (read.length <= letters) return "";
    return `The networks were trained on 1 to ${letters} letters; these are ${read.length}.`;
  }
  const year = Number(truth?.slice(0, 4));
  if (!truth || (year >= years[0] && year <= years[1])) return "";
  return `The networks were trained on the years from ${years[0]} to ${years[1]}.`;
}

export function truthSentence(truth) {
  if (truth === null) return "The page knows no right answer here: this is no date in one of the ten forms.";
  return `The right answer: ${truth}`;
}

/** What is written at a step, and where the chosen weights lie. */
export function stepSentence({ answer, step, symbol, weights, read, certainty }) {
  const [at, of, p] = [step + 1, answer.ids.length, share(certainty)];
  if (!weights) return `Step ${at} of ${of}: it writes ${called(symbol)}, with probability ${p}.`;
  const alpha = weights.values[step];
  const most = alpha.indexOf(Math.max(...alpha));
  const [weight, rest] = [alpha[most], restOf(alpha)];
  if (rest > 0.5) {
    return `Step ${at} of ${of}: it writes ${called(symbol)}, with probability ${p}. This head gives most of its weight, ${fixed(rest, 2)}, to what comes after the text: the bar and what was written.`;
  }
  if (weight === 0) return `Step ${at} of ${of}: it writes ${called(symbol)}, with probability ${p}. All is hidden.`;
  return `Step ${at} of ${of}: it writes ${called(symbol)}, with probability ${p}. In the text most weight, ${fixed(weight, 2)}, lies on ${called(read[most])} at place ${most + 1}.`;
}

/** What of a step's weight does not lie on the text. */
export const restOf = (alpha) => Math.max(0, 1 - alpha.reduce((sum, weight) => sum + weight, 0));

/** The weight of the chosen cell. */
export function cellSentence({ network, step, cursor, weights, read }) {
  if (!weights) {
    return "This network has no attention, so that there is no weight to draw: all that it knows of the text has passed through $h_0$, the state in which it begins to write.";
  }
  const weight = fixed(weights.values[step][cursor], 3);
  if (network === "dot")
    return `From step ${step + 1} to place ${cursor + 1}, ${called(read[cursor])}: $α$ = ${weight}.`;
  const rest = fixed(restOf(weights.values[step]), 3);
  return `From step ${step + 1} to place ${cursor + 1}, ${called(read[cursor])}: $α$ = ${weight}. The bar and what was written have ${rest}.`;
}

export function nextSentence(next) {
  const [a, b, c] = next.map(({ symbol, p }) => `${called(symbol)} ${share(p)}`);
  return `Most probable at this step: ${a}, ${b}, ${c}.`;
}

/** What hiding means for the chosen network; "" where nothing is hidden. */
export function hiddenSentence({ network, hidden, read }) {
  if (hidden.length === 0) return "";
  const names = hidden.map((place) => (read[place] === " " ? "␣" : read[place])).join("");
  if (network === "none") return `Hidden: ${names}. This network has no attention from which to hide anything.`;
  if (network === "dot") {
    return `Hidden from the attention: ${names}. The states at the other places, and $h_0$, have read these symbols too.`;
  }
  return `Hidden in every layer: ${names}. What is written can know nothing of these symbols.`;
}

/** How many answers of a test a network had right; "" where its file does not say. */
export function testedSentence({ task, note }, name) {
  if (note[name]?.right === undefined) return "";
  const [right, of] = [Math.round(note[name].right * note.test), note.test].map((n) => n.toLocaleString("en-GB"));
  return task === "dates" ? `${right} of ${of} unseen dates right` : `${right} of ${of} test strings right`;
}

/** How an answer stands to the right one: { isRight, text }; isRight is null where that is not known. */
export function verdictOf({ text, truth, hasEnded }) {
  if (truth === null) return { isRight: null, text: hasEnded ? "not known" : "it does not end" };
  if (!hasEnded) return { isRight: false, text: "✗ wrong: it does not end" };
  if (text === truth) return { isRight: true, text: "✓ right" };
  return { isRight: false, text: `✗ wrong, first at symbol ${firstDifference(text, truth) + 1}` };
}

function firstDifference(text, truth) {
  const [ours, theirs] = [Array.from(text), Array.from(truth)];
  const found = ours.findIndex((symbol, k) => symbol !== theirs[k]);
  return found < 0 ? ours.length : found;
}

/** The symbols of an answer in runs, [{ text, isWrong }]. */
export function runsOf(text, truth) {
  const theirs = truth === null ? null : Array.from(truth);
  const runs = [];
  for (const [k, symbol] of Array.from(text).entries()) {
    const isWrong = theirs !== null && symbol !== theirs[k];
    if (runs.at(-1)?.isWrong === isWrong) runs.at(-1).text += symbol;
    else runs.push({ text: symbol, isWrong });
  }
  return runs;
}
