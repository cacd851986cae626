// The gate explorer: an LSTM over one sequence, as it was trained (baseline) and as the learner changed it (changed).

const GATES = ["i", "f", "C_tilde", "o"]; // the order of the stacked parameters
const CLAMPED = ["i", "f", "o"];
const CLAMPS = CLAMPED.map((gate) => `clamp_${gate}`);
// The traits that decide the numbers; the others decide what is looked at.
const STATE = [
  ...["parameters", "x", "readout", "forget_shift", ...CLAMPS, "cell_step", "one_unit", "unit"],
  ...["channel", "input_step", "input_shift"],
];
const SATURATING_BIAS = 1000; // sigmoid(±1000) is exactly 1 and 0

/** The weights with the shift and the clamps: a clamped gate is one that has no inputs and a saturating bias. */
export function changedParameters(state) {
  const [W_x, W_h, b] = ["W_x", "W_h", "b"].map((name) => [...state.parameters[name]]);
  const hidden = b.length / 4;
  const units = state.one_unit ? [state.unit] : b.slice(0, hidden).keys();
  for (const unit of units) {
    b[hidden * GATES.indexOf("f") + unit] += state.forget_shift;
    for (const gate of CLAMPED) {
      const clamp = state[`clamp_${gate}`];
      if (clamp === "free") continue;
      const row = hidden * GATES.indexOf(gate) + unit;
      W_x[row] = W_x[row].map(() => 0);
      W_h[row] = W_h[row].map(() => 0);
      b[row] = clamp === "open" ? SATURATING_BIAS : -SATURATING_BIAS;
    }
  }
  return { W_x, W_h, b };
}

/** The input with one channel moved at one step. */
export const changedInput = ({ x, input_step, channel, input_shift }) =>
  x.map((x_t, t) => (t === input_step ? x_t.map((value, k) => value + (k === channel ? input_shift : 0)) : x_t));

/** Every gate and state (time, hidden): the weights `before` as far as step `from`, the weights `after` from there on. */
function lstmSwitched(before, after, from, x) {
  const start = lstmForward(before, x.slice(0, from));
  const state = from === 0 ? zeroState(before) : { h: start.h.at(-1), C: start.C.at(-1) };
  const rest = lstmForward(after, x.slice(from), state);
  return Object.fromEntries(Object.keys(start).map((name) => [name, [...start[name], ...rest[name]]]));
}

/** The network after every change, as GateExplorer.compute() in Python: { x, i, f, C_tilde, o, C, h, y }, each
 * (time, feature); y only with a readout. */
export function compute(state) {
  const x = changedInput(state);
  const trace = lstmSwitched(state.parameters, changedParameters(state), state.cell_step, x);
  return { x, ...trace, ...(state.readout && { y: readoutForward(state.readout, trace.h) }) };
}

const UNCHANGED = { forget_shift: 0, clamp_i: "free", clamp_f: "free", clamp_o: "free", input_shift: 0 };

// ---- What is looked at -------------------------------------------------------------------------------------------

const TITLES = {
  x: "input",
  y: "output",
  i: "input gate: how much is written",
  C_tilde: "candidate: what is written",
  f: "forget gate: how much is kept",
  C: "cell state: what is kept",
  o: "output gate: how much is shown",
  h: "hidden state: what is shown",
};

const DOMAINS = { i: [0, 1], f: [0, 1], o: [0, 1], C_tilde: [-1, 1], h: [-1, 1] };

/** Which column of an array the learner looks at. */
const chosen = (view, name) => view.get({ x: "channel", y: "output" }[name] ?? "unit");

const stepText = (view, step) => (view.get("times") ? `${step} (${view.get("times")[step]})` : String(step));

function titleOf(view, name) {
  if (name === "x") return `input: ${view.get("names")[view.get("channel")]}`;
  if (name === "y" && view.get("readout").b_y.length > 1) return `output ${view.get("output")}`;
  return TITLES[name];
}

/** Says in a sentence how far the change reaches downstream. */
function reach(view, baseline, changed) {
  const distance = changed.h.map((h_t, t) => largestDifference(h_t, baseline.h[t]).value);
  const zeros = distance.map(() => 0);
  const peak = largestDifference(distance, zeros);
  if (peak.value === 0) return "No change yet: this is the network as it was trained.";
  const first = distance.findIndex((value) => value > 0);
  const sentence =
    `|Δh| over all units: first seen at step ${stepText(view, first)}, largest ${short(peak.value)} at step ` +
    `${stepText(view, peak.step)}, ${short(distance.at(-1))} at the end.`;
  if (!changed.y) return sentence;
  const output = view.get("output");
  const [y, y_0] = [column(changed.y, output), column(baseline.y, output)];
  const largest = largestDifference(y, y_0);
  return (
    `${sentence} |Δy|: largest ${short(largest.value)} at step ${stepText(view, largest.step)}, ` +
    `${short(Math.abs(y.at(-1) - y_0.at(-1)))} at the end.`
  );
}

function summarise(view, name, baseline, changed) {
  const range = (values) => `${short(Math.min(...values))} to ${short(Math.max(...values))}`;
  const difference = largestDifference(changed, baseline);
  const owner = name === "x" || name === "y" ? "" : ` of unit ${view.get("unit")}`;
  const shift =
    difference.value === 0
      ? "no change"
      : `changed ${range(changed)}, largest difference ${short(difference.value)} at step ` +
        stepText(view, difference.step);
  return `${symbol(name)}, ${titleOf(view, name)}${owner}, ${changed.length} steps: baseline ${range(baseline)}; ${shift}.`;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const numbered = (count, text) => Array.from({ length: count }, (_, k) => [k, text(k)]);

function lookControls(view) {
  const [names, readout] = [view.get("names"), view.get("readout")];
  const maps = [...GATES, "C", "h"].map((name) => [name, symbol(name)]);
  const controls = [
    select(view, "unit", { label: "Unit", options: numbered(view.get("parameters").b.length / 4, String) }),
    select(view, "heat_map", { label: "Heat map", options: maps }),
  ];
  if (names.length > 1) {
    controls.push(select(view, "channel", { label: "Input", options: numbered(names.length, (k) => names[k]) }));
  }
  if (readout?.b_y.length > 1) {
    controls.push(select(view, "output", { label: "Output", options: numbered(readout.b_y.length, String) }));
  }
  return group("Look at", html("div", { class: "rnn-selects" }, ...controls));
}

function cellControls(view) {
  const options = ["free", "open", "shut"].map((clamp) => [clamp, clamp]);
  const clamps = CLAMPED.map((gate) => select(view, `clamp_${gate}`, { label: `Gate ${gate}`, options }));
  return group(
    "Change the cell",
    slider(view, "forget_shift", {
      label: "Shift of the forget bias b_f",
      min: -5,
      max: 5,
      step: 0.1,
      text: (value) => signed(value, 1),
    }),
    html("p", { class: "rnn-note" }, "Clamp a gate open (1) or shut (0):"),
    html("div", { class: "rnn-selects" }, ...clamps),
    slider(view, "cell_step", {
      label: "From step",
      min: 0,
      max: view.get("x").length - 1,
      step: 1,
      text: (step) => stepText(view, step),
    }),
    checkbox(view, "one_unit", { label: "In the chosen unit only" }),
  );
}

function inputControls(view) {
  const here = button("Move to the cursor", () => view.set({ input_step: view.get("cursor") }));
  return group(
    "Change one input",
    slider(view, "input_shift", {
      label: "Amount, in standard deviations",
      min: -4,
      max: 4,
      step: 0.1,
      text: (value) => signed(value, 1),
    }),
    slider(view, "input_step", {
      label: "At step",
      min: 0,
      max: view.get("x").length - 1,
      step: 1,
      text: (step) => stepText(view, step),
    }),
    here,
  );
}

function legend(kinds) {
  const entry = (kind) => html("span", {}, sample({ class: `rnn-line rnn-${kind}` }), kind);
  return html("p", { class: "rnn-legend" }, ...kinds.map(entry));
}

/** The values at the cursor; returns the table and a function that fills it. */
function valueTable(view, names) {
  const caption = html("caption");
  const rows = names.map((name) => {
    const cells = ["baseline", "changed", "difference"].map((kind) => html("td", { "data-value": `${name} ${kind}` }));
    return { name, cells, row: html("tr", {}, html("th", { scope: "row" }, symbol(name)), ...cells) };
  });
  const head = ["", "baseline", "changed", "difference"].map((text) =>
    text ? html("th", { scope: "col" }, text) : html("td"),
  );
  const table = html(
    "table",
    {},
    caption,
    html("thead", {}, html("tr", {}, ...head)),
    html("tbody", {}, ...rows.map(({ row }) => row)),
  );
  const fill = (baseline, changed) => {
    const step = view.get("cursor");
    caption.textContent = `Unit ${view.get("unit")} at step ${stepText(view, step)}`;
    for (const { name, cells } of rows) {
      const k = chosen(view, name);
      const [before, after] = [baseline[name][step][k], changed[name][step][k]];
      [fixed(before), fixed(after), signed(after - before)].forEach((text, c) => (cells[c].textContent = text));
    }
  };
  return { table, fill };
}

function makeCharts(view, names) {
  const frame = { steps: view.get("x").length, times: view.get("times") };
  const lines = names.map(
    (name) => new LineChart(view, { ...frame, name, height: 112, domain: DOMAINS[name] }),
  );
  const map = new HeatMap(view, {
    ...frame,
    name: "heat_map",
    rows: view.get("parameters").b.length / 4,
    rowTrait: "unit",
  });
  return { lines, map };
}

function lineContent(view, name, before, after) {
  const k = chosen(view, name);
  const [baseline, changed] = [column(before[name], k), column(after[name], k)];
  const truth = name === "y" && view.get("truth") ? column(view.get("truth"), k) : null;
  const summary = summarise(view, name, baseline, changed);
  return { name, title: titleOf(view, name), baseline, changed, truth, summary };
}

function mapContent(view, changed) {
  const [name, row] = [view.get("heat_map"), view.get("unit")];
  const values = changed[name];
  const largest = Math.max(...values.map((row_t) => Math.max(...row_t.map(Math.abs)))) || 1;
  const domain = DOMAINS[name] ?? [-largest, largest];
  const summary = `${symbol(name)} in all ${values[0].length} units over ${values.length} steps, after the change.`;
  const title = "in all units, after the change";
  return { name, title, values, row, domain, summary, ramp: CLAMPED.includes(name) ? "gate" : "signed" };
}

const HINT =
  "Try: shut f, and the cell forgets at every step. Open f and shut i from a step in the middle, and C stays " +
  "constant from there. Shift b_f up, and the memory grows longer. Change one input, and follow it downstream.";

function layOut(view, { lines, map, table, reachLine }) {
  const time = slider(view, "cursor", {
    label: "Time cursor, at step",
    min: 0,
    max: view.get("x").length - 1,
    step: 1,
    text: (step) => stepText(view, step),
  });
  const kinds = ["changed", "baseline", ...(view.get("truth") ? ["truth"] : [])];
  const controls = html("div", { class: "rnn-controls" }, lookControls(view), cellControls(view), inputControls(view));
  const figures = html("div", { class: "rnn-charts" }, ...[...lines, map].map((chart) => chart.figure));
  view.root.append(
    headOf(view, "Gate explorer"),
    html("p", { class: "rnn-hint" }, HINT),
    html(
      "div",
      { class: "rnn-body" },
      controls,
      html("div", { class: "rnn-main" }, time, reachLine, legend(kinds), figures),
      table,
    ),
    view.speech,
  );
}

// ---- Drawing -----------------------------------------------------------------------------------------------------

/** Two states with the same key give the same numbers. */
function changeKey(view) {
  const clamps = CLAMPS.map((name) => view.get(name));
  const where = view.get("one_unit") ? view.get("unit") : "all";
  const input = view.get("input_shift") ? [view.get("input_shift"), view.get("channel"), view.get("input_step")] : [];
  return [view.get("forget_shift"), ...clamps, view.get("cell_step"), where, ...input].join();
}

const lookKey = (view) => ["unit", "channel", "output", "heat_map"].map((name) => view.get(name)).join();

function speak(view, baseline, changed, reached) {
  const [step, unit] = [view.get("cursor"), view.get("unit")];
  const [before, after] = [baseline.h[step][unit], changed.h[step][unit]];
  view.say(`Step ${stepText(view, step)}, unit ${unit}: h ${short(after)}, baseline ${short(before)}. ${reached}`);
}

function render({ model, el }) {
  const view = new View({ model, el }, "Gate explorer");
  const readout = view.get("readout");
  const names = ["x", ...(readout ? ["y"] : []), "i", "C_tilde", "f", "C", "o", "h"];
  const { lines, map } = makeCharts(view, names);
  const { table, fill } = valueTable(view, names);
  const reachLine = html("p", { class: "rnn-reach" });
  layOut(view, { lines, map, table, reachLine });

  const stateNow = () => Object.fromEntries(STATE.map((name) => [name, view.get(name)]));
  const baseline = compute({ ...stateNow(), ...UNCHANGED });
  const changedNow = remember(() => compute(stateNow()));
  const contentsNow = remember(() => {
    const changed = changedNow(changeKey(view));
    return [...names.map((name) => lineContent(view, name, baseline, changed)), mapContent(view, changed)];
  });
  view.drawWith(() => {
    const changed = changedNow(changeKey(view));
    const contents = contentsNow(`${changeKey(view)};${lookKey(view)}`);
    const marked = view.get("input_shift") ? view.get("input_step") : null;
    [...lines, map].forEach((chart, k) => chart.show(contents[k], view.get("cursor"), marked));
    fill(baseline, changed);
    reachLine.textContent = reach(view, baseline, changed);
    speak(view, baseline, changed, reachLine.textContent);
  });
  return () => view.close();
}

export default { render };
