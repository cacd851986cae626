// A sequence of the reader's own instead of the given one: drawn on the input's chart, moved by keys, or typed.
// It asks of its explorable the traits x, sequence, names, channel, cursor, drawing and longest.

import { column } from "./cells.js";
import { counted, extent, html, LineChart, linear, MARGIN, roundStep, short } from "./charts.js";
import { button, checkbox, group, slider } from "./controls.js";
import { sequenceOf } from "./gate_explorer_compute.js";
import { isReadable, numbersField } from "./typed_numbers.js";

export const isOwn = (view) => view.get("sequence") !== null;

/** The sequence that is read, (time, input). */
const readNow = (view) => sequenceOf({ x: view.get("x"), sequence: view.get("sequence") });

export const lastStep = (view) => readNow(view).length - 1;

/** Where a trait that holds a step stands: at the end where it is beyond. */
export const stepNow = (view, name) => Math.min(view.get(name), lastStep(view));

const tidy = (value) => Number(value.toPrecision(12));

/** What pen and slider reach, { low, high, grain }: a quarter beyond the given values, and all that is read now. */
export function reachOf(view) {
  const channel = view.get("channel");
  const [low, high] = extent(column(view.get("x"), channel));
  const now = column(readNow(view), channel);
  const [least, most] = [Math.min(low - (high - low) / 4, ...now), Math.max(high + (high - low) / 4, ...now)];
  const grain = roundStep((most - least) / 200);
  return { low: tidy(Math.floor(least / grain) * grain), high: tidy(Math.ceil(most / grain) * grain), grain };
}

/** The sequence that is read, with its shown channel on a straight line between two points { step, value }. */
function withLine(view, from, to) {
  const [channel, { grain }] = [view.get("channel"), reachOf(view)];
  const rows = [...readNow(view)];
  const length = Math.abs(to.step - from.step);
  for (let k = 0; k <= length; k++) {
    const share = length === 0 ? 1 : k / length;
    const step = from.step + Math.sign(to.step - from.step) * k;
    const value = tidy(Math.round((from.value + share * (to.value - from.value)) / grain) * grain);
    rows[step] = rows[step].map((old, input) => (input === channel ? value : old));
  }
  return rows;
}

// ---- The pen -----------------------------------------------------------------------------------------------------

/** The input's chart, on which the mouse or a finger draws while the trait `drawing` is true. */
export class InputChart extends LineChart {
  pick(x, y) {
    if (!this.view.get("drawing")) return super.pick(x);
    const to = { step: this.stepAt(x), value: this.valueAt(y) };
    this.view.set({ sequence: withLine(this.view, this.picked ?? to, to), cursor: to.step });
    this.picked = to;
  }

  valueAt(y) {
    const [low, high] = [this.height - MARGIN.bottom, MARGIN.top];
    return linear([low, high], this.domain)(Math.min(Math.max(y, high), low));
  }

  /** `content` has also `reach` while there is a pen; as long as it draws on one channel its axis only grows. */
  drawContent() {
    const { reach, title } = this.content;
    const [low, high] = (title === this.drawnOn && this.domain) || [Infinity, -Infinity];
    this.domain = reach && [Math.min(low, reach.low), Math.max(high, reach.high)];
    this.drawnOn = title;
    this.svg.classList.toggle("rnn-pen", Boolean(reach));
    super.drawContent();
  }
}

// ---- The controls ------------------------------------------------------------------------------------------------

/** The value at the cursor: up and down change it, left and right go on to another step. */
function valueSlider(view) {
  const here = () => stepNow(view, "cursor");
  const control = slider(view, "sequence", {
    label: "Value at the cursor (↑ ↓, ← →)",
    min: () => reachOf(view).low,
    max: () => reachOf(view).high,
    step: () => reachOf(view).grain,
    text: (value) => `${short(value)} at step ${here()}`,
    follows: ["sequence", "cursor", "channel"],
    read: () => readNow(view)[here()][view.get("channel")],
    write: (value) => ({ sequence: withLine(view, { step: here(), value }, { step: here(), value }) }),
  });
  control.querySelector("input").addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    view.set({ cursor: Math.min(Math.max(here() + by, 0), lastStep(view)) });
  });
  return control;
}

function typedNumbers(view) {
  const [names, longest] = [view.get("names"), view.get("longest")];
  const lines = names.length === 1 ? "" : `, a line for each step: ${names.join(", ")}`;
  const { parts, read, put } = numbersField(view, {
    label: `Or type or paste numbers${lines}`,
    action: "Read these numbers",
    names,
    longest,
    take: (rows) => view.set({ sequence: rows }),
  });
  view.follow("sequence", (sequence) => sequence === null && put(""));
  view.resets.push(() => put(""));
  return html("div", { class: "rnn-control rnn-typed" }, ...parts, read);
}

/** Whether a value can be read as a sequence: null for the given one, or rows of so many numbers. */
function canBeRead(view, value) {
  if (value === null) return true;
  const isRow = (row) => Array.isArray(row) && row.length === view.get("names").length && row.every(isReadable);
  return Array.isArray(value) && value.length > 0 && value.length <= view.get("longest") && value.every(isRow);
}

/** The group of controls for a sequence of the reader's own. */
export function ownSequenceControls(view) {
  view.describe("sequence", {
    label: "Sequence that is read",
    text: (value) => (value === null ? "the given one" : `your own, ${counted(value.length, "step")}`),
    takes: (value) => canBeRead(view, value),
  });
  const said = html("p", { class: "rnn-note", role: "status" });
  view.follow("sequence", () => {
    const whose = isOwn(view) ? "your own sequence" : "the given sequence";
    said.textContent = `What is read: ${whose}, ${counted(lastStep(view) + 1, "step")}.`;
  });
  return group(
    "Your own sequence",
    said,
    checkbox(view, "drawing", { label: "Draw on the input's chart" }),
    valueSlider(view),
    typedNumbers(view),
    button("Back to the given sequence", () => view.set({ sequence: null })),
  );
}
