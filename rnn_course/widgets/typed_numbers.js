// Numbers that a reader types or pastes, a line for each step, or why they are not read.

import { counted, html } from "./charts.js";
import { button, native } from "./controls.js";

const LARGEST = 1e6; // of a typed number, in standard deviations: beyond it a chart shows nothing else

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
function readNumbers(text, names, longest) {
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

/** Whether a value that did not come from the field, but from an address, is a number that the field would read. */
export const isReadable = (value) => Number.isFinite(value) && Math.abs(value) <= LARGEST;

/** The field that numbers are typed into, with its label and the place of a refusal, and the button that reads them.
 * `take(rows)` does so, and may return a sentence that refuses them. Returns { parts, read, put: puts a text there }. */
export function numbersField(view, { label, action, names, longest, take }) {
  const [id, told] = [view.newId(), view.newId()];
  const field = native("textarea", { id, rows: 2, spellcheck: "false", "aria-describedby": told });
  const refused = html("p", { id: told, class: "rnn-refused", role: "alert" });
  const tell = (refusal = "") => {
    refused.textContent = refusal;
    field.setAttribute("aria-invalid", refusal !== "");
  };
  const read = button(action, () => {
    const { rows, refusal } = readNumbers(field.value, names, longest);
    tell(refusal ?? take(rows));
  });
  const put = (text) => {
    field.value = text;
    tell();
  };
  return { parts: [html("label", { for: id }, label), field, refused], read, put };
}
