// The gate explorer: an LSTM, and a GRU beside it, over one sequence, as trained (baseline) and as changed (changed).

import { column, largestDifference } from "./cells.js";
import { counted, fixed, HeatMap, html, LineChart, short, signed, symbol } from "./charts.js";
import {
  button,
  checkbox,
  fillCells,
  group,
  inRow,
  keyTo,
  layOut,
  legend,
  numbered,
  remember,
  rowOf,
  select,
  sentences,
  slider,
  tableOf,
  View,
} from "./controls.js";
import { CLAMPED, compute, GRU_GATES, LSTM_GATES } from "./gate_explorer_compute.js";
import { InputChart, isOwn, lastStep, ownSequenceControls, reachOf, stepNow } from "./own_sequence.js";

// The traits that decide the numbers; the others decide what is looked at.
const CLAMPS = Object.values(CLAMPED).flatMap((gates) => gates.map((gate) => `clamp_${gate}`));
const DATA = ["parameters", "readout", "gru", "x"];
const CHANGES = ["forget_shift", "cell_step", "one_unit", "unit", "gru_unit", "channel", "input_step", "input_shift"];
const STATE = [...DATA, "sequence", ...CHANGES, ...CLAMPS];
const UNCHANGED = { forget_shift: 0, input_shift: 0, ...Object.fromEntries(CLAMPS.map((name) => [name, "free"])) };

// ---- What is looked at -------------------------------------------------------------------------------------------

const TITLES = {
  i: "input gate: how much is written",
  C_tilde: "candidate: what is written",
  f: "forget gate: how much is kept",
  C: "cell state: what is kept",
  o: "output gate: how much is shown",
  h: "hidden state: what is shown",
  r: "reset gate: how much of the old h the candidate sees",
  n: "candidate: what is written",
  z: "update gate: how much is kept; 1 − z is written",
  gru_h: "hidden state: what is kept, and shown",
};

const DOMAINS = { C_tilde: [-1, 1], h: [-1, 1], n: [-1, 1], gru_h: [-1, 1] };
for (const gate of Object.values(CLAMPED).flat()) DOMAINS[gate] = [0, 1];

const HEIGHT = 112;
const LSTM_NAMES = [...LSTM_GATES, "C", "h"];
const GRU_NAMES = [...GRU_GATES, "gru_h"];

/** The cells on the page, each with the names of its state and its output and the trait of its unit. */
const cellsOf = (view) => [
  { label: "LSTM", names: LSTM_NAMES, h: "h", y: "y", unit: "unit", parameters: view.get("parameters") },
  ...(view.get("gru")
    ? [{ label: "GRU", names: GRU_NAMES, h: "gru_h", y: "gru_y", unit: "gru_unit", ...view.get("gru") }]
    : []),
];

const hiddenOf = ({ parameters }) => parameters.W_h[0].length;

/** The cell to which an array belongs: none has the input. */
const ownerOf = (view, name) => cellsOf(view).find(({ names, y }) => name === y || names.includes(name));

/** Which column of an array the reader looks at. */
function chosen(view, name) {
  if (name === "x") return view.get("channel");
  const owner = ownerOf(view, name);
  return view.get(name === owner.y ? "output" : owner.unit);
}

const timesNow = (view) => (isOwn(view) ? null : view.get("times"));

const stepText = (view, step) => (timesNow(view) ? `${step} (${timesNow(view)[step]})` : String(step));

function titleOf(view, name) {
  if (name === "x") return `input: ${view.get("names")[view.get("channel")]}`;
  const { y, label } = ownerOf(view, name);
  const output = view.get("readout")?.b_y.length > 1 ? `output ${view.get("output")}` : "output";
  return `${view.get("gru") ? `${label}, ` : ""}${name === y ? output : TITLES[name]}`;
}

/** Says in a sentence how far the change reaches downstream in one cell. */
function reach(view, { label, h, y }, baseline, changed) {
  const cell = view.get("gru") ? `${label}, ` : "";
  const distance = changed[h].map((h_t, t) => largestDifference(h_t, baseline[h][t]).value);
  const peak = largestDifference(
    distance,
    distance.map(() => 0),
  );
  if (peak.value === 0) return `${cell}|Δh| is 0 at every step.`;
  const first = distance.findIndex((value) => value > 0);
  const sentence =
    `${cell}|Δh| over all units: first seen at step ${stepText(view, first)}, largest ${short(peak.value)} at step ` +
    `${stepText(view, peak.step)}, ${short(distance.at(-1))} at the end.`;
  if (!changed[y]) return sentence;
  const output = view.get("output");
  const [now, before] = [column(changed[y], output), column(baseline[y], output)];
  const largest = largestDifference(now, before);
  return (
    `${sentence} |Δy|: largest ${short(largest.value)} at step ${stepText(view, largest.step)}, ` +
    `${short(Math.abs(now.at(-1) - before.at(-1)))} at the end.`
  );
}

/** What the change does, a sentence for each cell. */
function reaches(view, baseline, changed) {
  if (changed !== baseline) return cellsOf(view).map((cell) => reach(view, cell, baseline, changed));
  const [these, were] = view.get("gru") ? ["these are the networks", "they were"] : ["this is the network", "it was"];
  return [`No change yet: ${these} as ${were} trained${isOwn(view) ? ", on your own sequence" : ""}.`];
}

function summarise(view, name, baseline, changed) {
  const range = (values) => `${short(Math.min(...values))} to ${short(Math.max(...values))}`;
  const difference = largestDifference(changed, baseline);
  const owner = name in TITLES ? ` of unit ${chosen(view, name)}` : "";
  const shift =
    difference.value === 0
      ? "no change"
      : `changed ${range(changed)}, largest difference ${short(difference.value)} at step ` +
        stepText(view, difference.step);
  const steps = counted(changed.length, "step");
  return `${symbol(name)}, ${titleOf(view, name)}${owner}, ${steps}: baseline ${range(baseline)}; ${shift}.`;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

function lookControls(view) {
  const [names, readout] = [view.get("names"), view.get("readout")];
  const [cells, gru] = [cellsOf(view), view.get("gru")];
  const mapText = (name) => (name === "gru_h" ? "h, GRU" : symbol(name));
  const maps = cells.flatMap(({ names }) => names.map((name) => [name, mapText(name)]));
  const units = cells.map((cell) =>
    select(view, cell.unit, { label: gru ? `${cell.label} unit` : "Unit", options: numbered(hiddenOf(cell), String) }),
  );
  const controls = [...units, select(view, "heat_map", { label: "Heat map", options: maps })];
  if (names.length > 1) {
    controls.push(select(view, "channel", { label: "Input", options: numbered(names.length, (k) => names[k]) }));
  }
  if (readout?.b_y.length > 1) {
    controls.push(select(view, "output", { label: "Output", options: numbered(readout.b_y.length, String) }));
  }
  return group("Look at", inRow(...controls));
}

/** A slider for a trait that holds a step of the sequence that is read. */
const stepSlider = (view, name, label) =>
  slider(view, name, {
    label,
    min: 0,
    max: () => lastStep(view),
    text: (step) => stepText(view, step),
    follows: [name, "sequence"],
  });

function cellControls(view) {
  const options = ["free", "open", "shut"].map((clamp) => [clamp, clamp]);
  const clamps = (gates) =>
    inRow(...gates.map((gate) => select(view, `clamp_${gate}`, { label: `Gate ${gate}`, options })));
  const gru = view.get("gru");
  return group(
    gru ? "Change the cells" : "Change the cell",
    slider(view, "forget_shift", {
      label: "Shift of the forget bias b_f",
      step: 0.1,
      text: (value) => signed(value, 1),
    }),
    html("p", { class: "rnn-note" }, "Clamp a gate open (1) or shut (0):"),
    clamps(CLAMPED.lstm),
    ...(gru ? [clamps(CLAMPED.gru)] : []),
    stepSlider(view, "cell_step", "From step"),
    checkbox(view, "one_unit", { label: "In the chosen unit only" }),
  );
}

function inputControls(view) {
  const here = button("Move to the cursor", () => view.set({ input_step: stepNow(view, "cursor") }));
  return group(
    "Change one input",
    slider(view, "input_shift", {
      label: "Amount, in standard deviations",
      step: 0.1,
      text: (value) => signed(value, 1),
    }),
    stepSlider(view, "input_step", "At step"),
    here,
  );
}

/** The kinds of line; returns the legend and a function that shows those that are there. */
function legendOf(kinds) {
  const entries = kinds.map((kind) => keyTo({ class: `rnn-line rnn-${kind}` }, kind));
  const show = (shown) => {
    for (const [k, entry] of entries.entries()) entry.toggleAttribute("hidden", !shown(kinds[k]));
  };
  return { legendLine: legend(...entries), show };
}

/** The rows of values of one cell, or of the input, under a heading of its own where there are two cells. */
function valueRows(names) {
  const heading = html("th", { scope: "rowgroup", colspan: 4 });
  const rows = names.map((name) => {
    const cells = ["baseline", "changed", "difference"].map((kind) => html("td", { "data-value": `${name} ${kind}` }));
    return { name, cells, row: rowOf(symbol(name), cells) };
  });
  return { heading, rows };
}

/** The values at the cursor; returns the table and a function that fills it. */
function valueTable(view, names) {
  const caption = html("caption");
  const cells = cellsOf(view);
  const parts = cells.map((cell) => {
    const own = names.filter((name) => (name === "x" ? cells[0] : ownerOf(view, name)).label === cell.label);
    return { cell, ...valueRows(own) };
  });
  const bodies = parts.map(({ heading, rows }) =>
    html("tbody", {}, ...(cells.length > 1 ? [html("tr", {}, heading)] : []), ...rows.map(({ row }) => row)),
  );
  const table = tableOf(caption, ["", "baseline", "changed", "difference"], ...bodies);
  const fill = (baseline, changed) => {
    const step = stepNow(view, "cursor");
    const what = cells.length > 1 ? "Values" : `Unit ${view.get("unit")}`;
    caption.textContent = `${what} at step ${stepText(view, step)}`;
    for (const { cell, heading, rows } of parts) {
      heading.textContent = `${cell.label}, unit ${view.get(cell.unit)}`;
      for (const { name, cells } of rows) {
        const k = chosen(view, name);
        const [before, after] = [baseline[name][step][k], changed[name][step][k]];
        fillCells(cells, [fixed(before), fixed(after), signed(after - before)]);
      }
    }
  };
  return { table, fill };
}

/** What every chart needs of the sequence that is read. */
const frameNow = (view) => ({ steps: lastStep(view) + 1, times: timesNow(view) });

function makeCharts(view, names) {
  const frame = frameNow(view);
  const lines = names.map((name) => {
    const Chart = name === "x" ? InputChart : LineChart;
    const colour = name.replace("gru_", "");
    return new Chart(view, { ...frame, name, colour, height: HEIGHT, domain: DOMAINS[name] });
  });
  return { lines, map: new HeatMap(view, { ...frame, name: "heat_map" }) };
}

function lineContent(view, name, before, after) {
  const k = chosen(view, name);
  const [baseline, changed] = [column(before[name], k), column(after[name], k)];
  const summary = summarise(view, name, baseline, changed);
  const shown = { name, title: titleOf(view, name), baseline, changed, summary };
  const truth = symbol(name) === "y" && !isOwn(view) && view.get("truth") ? column(view.get("truth"), k) : null;
  const reach = name === "x" && view.get("drawing") ? reachOf(view) : null;
  return { ...shown, ...frameNow(view), truth, reach };
}

function mapContent(view, changed) {
  const name = view.get("heat_map");
  const [values, cell] = [changed[name], ownerOf(view, name)];
  const largest = Math.max(...values.map((row_t) => Math.max(...row_t.map(Math.abs)))) || 1;
  const domain = DOMAINS[name] ?? [-largest, largest];
  const title = `${view.get("gru") ? `${cell.label}, ` : ""}in all units, after the change`;
  const units = counted(values[0].length, "unit");
  const summary = `${symbol(name)}, ${title}: ${units} over ${counted(values.length, "step")}.`;
  const ramp = Object.values(CLAMPED).flat().includes(name) ? "gate" : "signed";
  const row = { row: view.get(cell.unit), rowTrait: cell.unit };
  return { name, title, values, domain, summary, ramp, ...row, ...frameNow(view) };
}

const HINT =
  "Try: shut f, and the cell forgets at every step. Open f and shut i from a step in the middle, and C stays " +
  "constant from there. Shift b_f up, and the memory grows longer. Change one input, and follow it downstream. Or " +
  "draw a sequence of your own.";
const HINT_BESIDE =
  "Two cells trained on the same task read the same sequence. Try: shut f, then shut z, and each forgets at every " +
  "step. Open f and the cell adds up without a bound; open z and h stays what it was. Draw a single pulse, and compare " +
  "how long each remembers it.";

// ---- Drawing -----------------------------------------------------------------------------------------------------

const isUnchanged = (view) => Object.entries(UNCHANGED).every(([name, value]) => view.get(name) === value);

/** Two states with the same key give the same numbers, as long as they read the same sequence. */
function changeKey(view) {
  const clamps = CLAMPS.map((name) => view.get(name));
  const where = view.get("one_unit") ? cellsOf(view).map((cell) => view.get(cell.unit)) : ["all"];
  const input = view.get("input_shift") ? [view.get("input_shift"), view.get("channel"), view.get("input_step")] : [];
  return [view.get("forget_shift"), ...clamps, view.get("cell_step"), ...where, ...input].join();
}

const LOOKED_AT = ["unit", "gru_unit", "channel", "output", "heat_map", "drawing"];
const lookKey = (view) => LOOKED_AT.map((name) => view.get(name)).join();

/** The numbers, kept until something changes them; returns functions for { baseline, changed } and for a key. */
function numbersOver(view) {
  const state = () => view.read(STATE);
  let edition = 0; // of the sequence
  view.follow("sequence", () => (edition += 1));
  const baselineOf = remember(() => compute({ ...state(), ...UNCHANGED, cell_step: 0 }));
  const changedOf = remember(() => compute(state()));
  const key = () => `${edition};${isUnchanged(view) ? "" : changeKey(view)}`;
  const now = () => {
    const baseline = baselineOf(edition);
    return { baseline, changed: isUnchanged(view) ? baseline : changedOf(key()) };
  };
  return { now, key };
}

function speak(view, baseline, changed, reached) {
  const step = stepNow(view, "cursor");
  const cells = cellsOf(view).map(({ label, h, unit }) => {
    const [before, after] = [baseline[h][step][view.get(unit)], changed[h][step][view.get(unit)]];
    const name = view.get("gru") ? `${label} unit` : "unit";
    return `${name} ${view.get(unit)}: h ${short(after)}, baseline ${short(before)}`;
  });
  view.say(`Step ${stepText(view, step)}, ${cells.join("; ")}. ${reached.join(" ")}`);
}

/** The names of the charts in their order; with a GRU what does the same in both cells stands side by side. */
function namesOf(view) {
  const readout = view.get("readout");
  if (!view.get("gru")) return ["x", ...(readout ? ["y"] : []), "i", "C_tilde", "f", "C", "o", "h"];
  const outputs = readout ? ["y", "gru_y"] : [];
  return ["x", ...outputs, "f", "z", "C_tilde", "n", "i", "r", "C", "gru_h", "o", "h"];
}

function render({ model, el }) {
  const view = new View({ model, el }, "Gate explorer");
  const names = namesOf(view);
  const { lines, map } = makeCharts(view, names);
  const { table, fill } = valueTable(view, names);
  const { legendLine, show } = legendOf(["changed", "baseline", ...(view.get("truth") ? ["truth"] : [])]);
  const said = sentences("rnn-reach", cellsOf(view).length);
  const charts = html("div", { class: view.get("gru") ? "rnn-charts rnn-beside" : "rnn-charts" });
  charts.append(...[...lines, map].map((chart) => chart.figure));
  layOut(view, view.get("gru") ? HINT_BESIDE : HINT, {
    controls: [lookControls(view), cellControls(view), inputControls(view), ownSequenceControls(view)],
    main: [stepSlider(view, "cursor", "Time cursor, at step"), said.root, legendLine, charts],
    beside: [table],
  });

  const { now, key } = numbersOver(view);
  const contentsNow = remember(() => {
    const { baseline, changed } = now();
    return [...names.map((name) => lineContent(view, name, baseline, changed)), mapContent(view, changed)];
  });
  view.drawWith(() => {
    const { baseline, changed } = now();
    const contents = contentsNow(`${key()};${lookKey(view)}`);
    const marked = view.get("input_shift") ? stepNow(view, "input_step") : null;
    for (const [k, chart] of [...lines, map].entries()) chart.show(contents[k], stepNow(view, "cursor"), marked);
    fill(baseline, changed);
    const reached = reaches(view, baseline, changed);
    said.say(reached);
    show((kind) => kind !== "truth" || !isOwn(view));
    speak(view, baseline, changed, reached);
  });
  return () => view.close();
}

export default { render };
