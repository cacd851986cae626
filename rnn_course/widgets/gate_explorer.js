// The gate explorer: an LSTM, and a GRU beside it, over one sequence, as trained (baseline) and as changed (changed).

import { column, largestDifference } from "./cells.js";
import {
  counted,
  fixed,
  HeatMap,
  html,
  LineChart,
  math,
  short,
  signed,
  symbol,
  unbroken,
  untypeset,
} from "./charts.js";
import {
  button,
  checkbox,
  fillCells,
  fold,
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
  r: "reset gate: how much of the old $h$ the candidate sees",
  n: "candidate: what is written",
  z: "update gate: how much is kept",
  gru_h: "hidden state: kept and shown",
};

const DOMAINS = { C_tilde: [-1, 1], h: [-1, 1], n: [-1, 1], gru_h: [-1, 1] };
for (const gate of Object.values(CLAMPED).flat()) DOMAINS[gate] = [0, 1];

/** Heights in pixels: what is turned and what it changes share a screen. */
function heightOf(name) {
  if (name === "x") return 90;
  if (isChange(name)) return 86; // its axis has up to five numbers
  return ["C", "h", "gru_h", "y", "gru_y"].includes(name) ? 96 : 70;
}

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

/** As the text writes it. */
const inText = (name) => `${symbol(name)}_t`;

/** The chart of what the change adds to an output has the output's name with this ending. */
const CHANGE = "_change";
const isChange = (name) => name.endsWith(CHANGE);
const outputOf = (name) => name.replace(CHANGE, "");

const timesNow = (view) => (isOwn(view) ? null : view.get("times"));

const stepText = (view, step) => (timesNow(view) ? `${step} (${unbroken(timesNow(view)[step])})` : String(step));

function inputTitle(view) {
  const [names, channel] = [view.get("names"), view.get("channel")];
  if (!isOwn(view)) return names[channel];
  return names.length > 1 ? `${names[channel]}: your own sequence` : "your own sequence";
}

function titleOf(view, name) {
  if (name === "x") return inputTitle(view);
  const { y, label } = ownerOf(view, name);
  const output = view.get("readout")?.b_y.length > 1 ? `output ${view.get("output")}` : "output";
  return `${view.get("gru") ? `${label}, ` : ""}${name === y ? output : TITLES[name]}`;
}

/** Says in a sentence how far the change reaches downstream in one cell. */
function reach(view, { label, h, y }, baseline, changed) {
  const distance = changed[h].map((h_t, t) => largestDifference(h_t, baseline[h][t]).value);
  const first = distance.findIndex((value) => value > 0);
  if (first < 0) return `${label}: no difference at any step.`;
  const outputs = (arrays) => column(arrays[y], view.get("output")).map((value) => [value]);
  const [what, now, before] = changed[y]
    ? ["$y_t$", outputs(changed), outputs(baseline)]
    : ["$h_t$ of any unit", changed[h], baseline[h]];
  const moved = now.map((values, t) => largestDifference(values, before[t]).value);
  const largest = Math.max(...moved);
  return (
    `${label}: differs from step ${stepText(view, first)} on; ${what} differs most at step ` +
    `${stepText(view, moved.indexOf(largest))}, by ${short(largest)}, and at the end by ${short(moved.at(-1))}.`
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
  return `${symbol(name)}, ${untypeset(titleOf(view, name))}${owner}, ${steps}: without ${range(baseline)}; ${shift}.`;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

/** What is looked at: units, input and output, where there is a choice. */
function lookControls(view) {
  const [names, readout, cells] = [view.get("names"), view.get("readout"), cellsOf(view)];
  const controls = cells.map((cell) =>
    select(view, cell.unit, {
      label: cells.length > 1 ? `${cell.label} unit` : "Unit",
      options: numbered(hiddenOf(cell)),
    }),
  );
  if (names.length > 1) {
    controls.push(select(view, "channel", { label: "Input", options: numbered(names.length, (k) => names[k]) }));
  }
  if (readout?.b_y.length > 1) {
    controls.push(select(view, "output", { label: "Output", options: numbered(readout.b_y.length) }));
  }
  return group("Look at", inRow(...controls), checkbox(view, "one_unit", { label: "Change these units only" }));
}

/** What the map of all units shows. */
function mapControl(view) {
  const text = (name) => (name === "gru_h" ? "h, GRU" : symbol(name));
  const maps = cellsOf(view).flatMap(({ names }) => names.map((name) => [name, text(name)]));
  return select(view, "heat_map", { label: "All units of", options: maps });
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

/** At most seven controls: these are in sight. */
function cellControls(view) {
  const options = ["free", "open", "shut"].map((clamp) => [clamp, clamp]);
  const clamps = (gates) =>
    inRow(...gates.map((gate) => select(view, `clamp_${gate}`, { label: `Gate $${gate}_t$`, options })));
  return group(
    view.get("gru") ? "Change the cells" : "Change the cell",
    slider(view, "forget_shift", {
      label: "Shift of the forget bias $b_f$",
      step: 0.1,
      text: (value) => signed(value, 1),
    }),
    html("p", { class: "rnn-note" }, "Hold a gate open (1) or shut (0):"),
    clamps(["f", "i", "o"]),
    ...(view.get("gru") ? [clamps(["z", "r"])] : []),
    stepSlider(view, "cell_step", "From step"),
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

const TEXTS = { changed: "with the change", baseline: "without", truth: "truth" };

/** The kinds of line; returns the legend and a function that shows those that are there. */
function legendOf(kinds) {
  const entries = kinds.map((kind) => keyTo({ class: `rnn-line rnn-${kind}` }, TEXTS[kind]));
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
    return { name, cells, row: rowOf(math(inText(name)), cells) };
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
  const table = tableOf(caption, ["", TEXTS.baseline, TEXTS.changed, "difference"], ...bodies);
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
    const colour = outputOf(name).replace("gru_", "");
    return new Chart(view, { ...frame, name, colour, height: heightOf(name), domain: DOMAINS[name] });
  });
  return { lines, map: new HeatMap(view, { ...frame, name: "heat_map" }) };
}

/** What the change adds to an output, over time, on one scale for both cells. */
function changeContent(view, name, before, after) {
  const output = (arrays, y) => column(arrays[y], view.get("output"));
  const added = (y) => largestDifference(output(after, y), output(before, y)).value;
  const [y, outputs] = [outputOf(name), cellsOf(view).map((cell) => cell.y)];
  const [was, now] = [output(before, y), output(after, y)];
  const most = Math.max(...outputs.map(added)) || 1;
  return {
    name: "$Δy_t$",
    title: `${titleOf(view, y)}: what the change adds`,
    baseline: was.map(() => 0),
    changed: now.map((value, t) => value - was[t]),
    domain: [-1.1 * most, 1.1 * most],
    summary: summarise(view, y, was, now),
    ...frameNow(view),
  };
}

function lineContent(view, name, before, after) {
  if (isChange(name)) return changeContent(view, name, before, after);
  const k = chosen(view, name);
  const [baseline, changed] = [column(before[name], k), column(after[name], k)];
  const summary = summarise(view, name, baseline, changed);
  const shown = { name: `$${inText(name)}$`, title: titleOf(view, name), baseline, changed, summary };
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
  return { name: `$${inText(name)}$`, title, values, domain, summary, ramp, ...row, ...frameNow(view) };
}

const HINT =
  "Reach into a trained network while it reads a sequence: solid lines are with your change, dashed without.";
const HINT_BESIDE =
  "Reach into two trained networks while they read the same sequence: solid lines are with your change, dashed without.";

/** States to try; what holds in them for the chapter's networks of any seed is held in its test. */
function triesOf(view) {
  const steps = view.get("x").length;
  const middle = Math.floor(steps / 2);
  const [zeros, two] = [view.get("x").map((x_t) => x_t.map(() => 0)), Boolean(view.get("gru"))];
  const unlike = (traits) => ({ ...UNCHANGED, sequence: null, cell_step: 0, ...traits });
  return [
    { label: "As trained", look: "Nothing is changed: solid and dashed lines are one.", set: unlike({}) },
    {
      label: "Forget at every step",
      look: two
        ? "From the middle on $C_t$ is only what this step writes, and the GRU's $h_t$ only its candidate: see how far both outputs go astray."
        : "From the middle on $C_t$ is only what this step writes: see how far the output goes astray.",
      set: unlike({ cell_step: middle, clamp_f: "shut", ...(two && { clamp_z: "shut" }) }),
    },
    {
      label: "Keep all, write nothing",
      look: two
        ? "From the middle on $C_t$ and the GRU's $h_t$ stay what they were: the LSTM needs two gates for it, the GRU one."
        : "From the middle on $C_t$ stays what it was.",
      set: unlike({ cell_step: middle, clamp_f: "open", clamp_i: "shut", ...(two && { clamp_z: "open" }) }),
    },
    {
      label: "Change one input",
      look: two
        ? "At the mark the input is two standard deviations higher: in which network does $Δy_t$ take longer to die away?"
        : "At the mark the input is two standard deviations higher: how long does $Δy_t$ take to die away?",
      set: unlike({ input_shift: 2, input_step: middle }),
    },
    {
      label: "A single pulse",
      look: "Dashed is what a network does in silence. Where it swings by itself, the pulse shifts its swing, and $Δy_t$ never fades.",
      set: unlike({ sequence: zeros, input_shift: 3, input_step: Math.floor(steps / 16) }),
    },
  ];
}

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
    return `${name} ${view.get(unit)}: h ${short(after)}, without ${short(before)}`;
  });
  view.say(`Step ${stepText(view, step)}, ${cells.join("; ")}. ${untypeset(reached.join(" "))}`);
}

/** The names of the charts in their order, those in sight and those that are folded; with a GRU what does the same in
 * both cells stands side by side. */
function namesOf(view) {
  const readout = view.get("readout");
  if (!view.get("gru"))
    return { seen: ["x", ...(readout ? ["y", "y_change"] : []), "C", "f"], folded: ["i", "o", "C_tilde", "h"] };
  const outputs = ["y", "gru_y", "y_change", "gru_y_change"];
  return {
    seen: ["x", ...(readout ? outputs : []), "C", "gru_h", "f", "z"],
    folded: ["i", "r", "C_tilde", "n", "o", "h"],
  };
}

function render({ model, el }) {
  const view = new View({ model, el }, "Gate explorer");
  const { seen, folded } = namesOf(view);
  const names = [...seen, ...folded];
  const valued = names.filter((name) => !isChange(name));
  const { lines, map } = makeCharts(view, names);
  const { table, fill } = valueTable(view, valued);
  const { legendLine, show } = legendOf(["changed", "baseline", ...(view.get("truth") ? ["truth"] : [])]);
  const said = sentences("rnn-reach", cellsOf(view).length);
  const figures = lines.map((chart) => chart.figure);
  const first = 1 + cellsOf(view).length; // the input, and what each cell makes of it
  const inPairs = (...parts) => html("div", { class: "rnn-charts rnn-gates" }, ...parts);
  layOut(view, view.get("gru") ? HINT_BESIDE : HINT, {
    tries: triesOf(view),
    controls: [cellControls(view)],
    folded: [inputControls(view), lookControls(view), ownSequenceControls(view)],
    lead: [said.root, legendLine, figures[0], inPairs(...figures.slice(1, first))],
    main: [inPairs(...figures.slice(first, seen.length))],
    beside: [
      fold("The other values, and all units", inPairs(...figures.slice(seen.length)), mapControl(view), map.figure),
      fold("Numbers at one step", stepSlider(view, "cursor", "Time cursor, at step"), table),
    ],
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
