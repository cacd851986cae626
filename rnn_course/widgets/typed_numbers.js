// Numbers that a reader types or pastes, a line for each step, or why they are not read.

import { counted } from "./charts.js";

export const LARGEST = 1e6; // of a typed number, in standard deviations: beyond it a chart shows nothing else

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Why a text is not read, in a sentence. */
class Refusal extends Error {}

function numbersOf(line, lineNumber) {
  const at = (index) => `line ${lineNumber}, character ${index + 1}`;
  const gap = /^\s*[,;]|[,;]\s*[,;]/.exec(line);
  if (gap) throw new Refusal(`A number is missing at ${at(gap.index + gap[0].length - 1)}.`);
  return [...line.matchAll(/[^\s,;]+/g)].map(({ 0: word, index }) => {
    const shown = word.length > 20 ? `${word.slice(0, 20)}…` : word;
    const plain = word.replaceAll("−", "-");
    if (!NUMBER.test(plain)) throw new Refusal(`“${shown}” at ${at(index)} is not a number.`);
    if (Math.abs(plain) > LARGEST) {
      throw new Refusal(`${shown} at ${at(index)} is too large, at most ${LARGEST} can be read.`);
    }
    return Number(plain);
  });
}

function rowsOf(text, names) {
  const lines = text.split("\n").map((line, k) => [k + 1, numbersOf(line, k + 1)]);
  if (names.length === 1) return lines.flatMap(([, values]) => values.map((value) => [value]));
  const filled = lines.filter(([, values]) => values.length);
  const uneven = filled.find(([, values]) => values.length !== names.length);
  if (uneven) {
    const [line, { length }] = uneven;
    throw new Refusal(`Line ${line} has ${counted(length, "number")}, it needs ${names.length}: ${names.join(", ")}.`);
  }
  return filled.map(([, values]) => values);
}

/** The sequence (time, input) that a text holds: { rows } or, in a sentence, { refusal }. */
export function readNumbers(text, names, longest) {
  try {
    const rows = rowsOf(text, names);
    if (rows.length === 0) throw new Refusal("There is no number yet: type at least one.");
    if (rows.length > longest) {
      throw new Refusal(`There are ${counted(rows.length, "step")}, at most ${longest} can be read.`);
    }
    return { rows };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message };
    throw error;
  }
}
