// Window against state: a linear rule on the last w values, and a simple RNN, with one event in the sequence and without.

import { column, dot, largestDifference, readoutForward, rnnForward } from "./cells.js";
import {
  counted,
  extent,
  fixed,
  html,
  hueOf,
  linear,
  MARGIN,
  sample,
  setAttributes,
  short,
  signed,
  svg,
  TimeChart,
  ticks,
  typeset,
} from "./charts.js";
import {
  button,
  fillCells,
  fold,
  group,
  keyTo,
  layOut,
  legend,
  remember,
  rowOf,
  sentences,
  slider,
  tableOf,
  View,
} from "./controls.js";

/** h (time, hidden) and the answers y (time) of the network over x (time). */
function stateOver({ parameters, nonlinearity, readout }, x) {
  const { h } = rnnForward(
    parameters,
    x.map((value) => [value]),
    nonlinearity,
  );
  return { h, y: column(readoutForward(readout, h), 0) };
}

/** The rule's answers over x, from step w on: rule holds the w weights, that of the oldest value first, and b. */
function windowOver(rule, x) {
  const w = rule.length - 1;
  return x.slice(w - 1).map((_, t) => rule[w] + dot(rule.slice(0, w), x.slice(t, t + w)));
}

function withEvent({ x, event_step, event_size }) {
  return x.map((value, t) => (t === event_step - 1 ? value + event_size : value));
}

const meanError = (y, truth) => y.reduce((sum, value, k) => sum + Math.abs(value - truth[k]), 0) / y.length;

/** What both answer with the event, as WindowAgainstState.compute() in Python. */
export function compute(state) {
  const rule = state.rules[state.window - 1];
  const x = withEvent(state);
  const { h, y } = stateOver(state, x);
  const now = { x, h, state: y, window: windowOver(rule, x) };
  if (!state.truth) return now;
  const answers = state.x.length - state.rules.length + 1; // the last so many steps, at which all windows have one
  const error = (y) => meanError(y.slice(-answers), state.truth.slice(-answers));
  return { ...now, state_error: error(stateOver(state, state.x).y), window_error: error(windowOver(rule, state.x)) };
}

// ---- The charts --------------------------------------------------------------------------------------------------

// Dashed means "without": the window's line has another dash.
const READERS = {
  window: { label: "window", colour: "validation", dash: "9 3 2 3" },
  state: { label: "state", colour: "h", dash: "none" },
};

const styleOf = ({ colour, dash }) => `stroke: ${hueOf(colour)}; stroke-dasharray: ${dash}`;

/** Lines over time, with a value or, before the first one, null at every step. `options.lines` has the attributes of
 * each by its name; the last one lies on top. */
class StepLines extends TimeChart {
  constructor(view, options) {
    super(view, { first: 1, ...options });
    const names = Object.keys(options.lines);
    const each = (make) => Object.fromEntries(names.map((name) => [name, make(options.lines[name])]));
    this.paths = each(({ style = "", kind = "" }) => svg("path", { class: `rnn-line ${kind}`, style }));
    this.dots = each(({ kind = "", fill = "" }) => svg("circle", { class: `rnn-dot ${kind}`, r: 3.5, style: fill }));
    this.svg.append(this.axes, this.line, ...Object.values(this.paths), ...Object.values(this.dots), this.marker);
  }

  pinnable() {
    return Object.keys(this.paths).map((name) => this.content.series[name]);
  }

  /** `content` has { series: { name: list }, domain }. */
  drawContent() {
    const { series, domain } = this.content;
    this.y = linear(domain, [this.height - MARGIN.bottom, MARGIN.top]);
    this.drawGrid(ticks(...domain, 4));
    for (const [name, path] of Object.entries(this.paths)) path.setAttribute("d", this.trace(series[name]));
  }

  moveCursor(step) {
    super.moveCursor(step);
    for (const [name, dot] of Object.entries(this.dots)) {
      const value = this.content.series[name][step - this.first];
      dot.setAttribute("visibility", value === null ? "hidden" : "visible");
      if (value !== null) setAttributes(dot, { cx: this.x(step), cy: this.y(value) });
    }
  }
}

/** The sequence: what the window sees at the cursor is shaded, and the mouse moves the event. */
class SequenceChart extends StepLines {
  constructor(view, options) {
    super(view, options);
    this.sight = svg("rect", { class: "rnn-sight", style: `fill: ${hueOf(READERS.window.colour)}` });
    this.svg.prepend(this.sight);
  }

  pick(x) {
    this.view.set({ event_step: this.stepAt(x) });
  }

  moveCursor(step) {
    super.moveCursor(step);
    const [from, to] = [Math.max(step - this.content.window, 0) + 0.5, step + 0.5].map(this.x);
    const height = this.height - MARGIN.top - MARGIN.bottom;
    setAttributes(this.sight, { x: from, y: MARGIN.top, width: to - from, height });
  }
}

const ANSWERS = { baseline: { kind: "rnn-baseline" }, changed: { kind: "rnn-changed" } };

function makeCharts(view) {
  const frame = { steps: view.get("x").length, times: view.get("times"), height: 104 };
  const lines = view.get("truth") ? { truth: { kind: "rnn-truth" }, ...ANSWERS } : ANSWERS;
  const drawnAs = (reader) => ({ style: styleOf(reader), fill: `fill: ${hueOf(reader.colour)}` });
  const differences = Object.fromEntries(Object.entries(READERS).map(([name, reader]) => [name, drawnAs(reader)]));
  return {
    x: new SequenceChart(view, { ...frame, name: "x", colour: "x", lines: ANSWERS }),
    window: new StepLines(view, { ...frame, name: "window", colour: READERS.window.colour, lines }),
    state: new StepLines(view, { ...frame, name: "state", colour: READERS.state.colour, lines }),
    difference: new StepLines(view, { ...frame, name: "difference", lines: differences }),
  };
}

// ---- What is said ------------------------------------------------------------------------------------------------

const stepText = (view, step) => (view.get("times") ? `${step} (${view.get("times")[step - 1]})` : String(step));

/** A list over the window's answers as one over all steps. */
const padded = (view, answers) => [...Array(view.get("x").length - answers.length).fill(null), ...answers];

const there = (values) => values.filter((value) => value !== null);

const differenceOf = (now, before) => now.map((value, t) => (value === null ? null : Math.abs(value - before[t])));

const capitalised = (text) => text[0].toUpperCase() + text.slice(1);

const eventText = (view) => `the event at step ${stepText(view, view.get("event_step"))}`;

/** What the window holds at the cursor, and what it knows of the event. */
function windowKnows(view, { difference }) {
  const [step, window, event] = ["cursor", "window", "event_step"].map((name) => view.get(name));
  const holds = `At step ${stepText(view, step)} the window holds steps ${Math.max(1, step - window + 1)} to ${step}.`;
  if (step < window) return `${holds} It is not full yet, so that the rule has no answer.`;
  const it = `${holds} ${capitalised(eventText(view))}`;
  if (step < event) return `${it} has not happened yet.`;
  if (step >= event + window) return `${it} is out of sight: the answer is what it is without the event.`;
  return `${it} is in sight and moves the answer by ${short(difference[step - 1])}.`;
}

const LEAST = 1e-6; // of what is added to an answer: nobody sees less, in a chart or in the table

function stateKnows(view, { difference }) {
  const [step, event] = [view.get("cursor"), view.get("event_step")];
  if (step < event) return `The state holds nothing of ${eventText(view)} yet.`;
  const carried = `The state has carried it for ${counted(step - event, "step")}`;
  const by = difference[step - 1];
  return by < LEAST ? `${carried}: it no longer moves the answer.` : `${carried}: it moves the answer by ${short(by)}.`;
}

/** How many numbers each has to learn and, where there is a truth, how far each is off. */
function cost(view, { window_error, state_error }) {
  const [window, { W_x, W_h, b }] = [view.get("window"), view.get("parameters")];
  const learned = [W_x, W_h, b, ...Object.values(view.get("readout"))].flat(2).length;
  const said = `To be learned: ${window + 1} numbers by the window of ${window}, ${learned} by the network at any length.`;
  if (window_error === undefined) return said;
  const errors = `mean absolute error ${short(window_error)} of the window, ${short(state_error)} of the state`;
  return `${said} Without the event: ${errors}.`;
}

function summarise(view, name, { baseline, changed, difference }) {
  const range = (values) => `${short(Math.min(...there(values)))} to ${short(Math.max(...there(values)))}`;
  const largest = largestDifference(
    difference.map((value) => value ?? 0),
    difference.map(() => 0),
  );
  const change = largest.value
    ? `with the event ${range(changed)}, largest difference ${short(largest.value)} at step ` +
      stepText(view, largest.step + 1)
    : "the event makes no difference";
  return `${name}, ${counted(changed.length, "step")}: without the event ${range(baseline)}; ${change}.`;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const HINT = "Something happens once: who still knows of it, and for how long?";

/** The cursor opens on the first step at which the window no longer sees the event; what is said holds of any rules. */
function triesOf(view) {
  const { window, event_step, cursor } = view.get("initial");
  const [steps, longest] = [view.get("x").length, view.get("rules").length];
  const [longer, later] = [Math.min(window + 1, longest), Math.min(event_step + 7, steps)];
  return [
    {
      label: "A window one step longer",
      look: "At the cursor the window now holds the event, as the oldest of its steps.",
      set: { window: longer },
    },
    {
      label: "And one step on",
      look: "One step later the event is out of sight: for the window it has never happened, the state may still know.",
      set: { window: longer, cursor: Math.min(cursor + 1, steps) },
    },
    {
      label: "The event 7 steps later",
      look: "The window's answers move on with the event; see whether the state makes as much of it as before.",
      set: { event_step: later, cursor: Math.min(later + window, steps) },
    },
  ];
}

function controlsOf(view) {
  const steps = view.get("x").length;
  const text = (step) => stepText(view, step);
  const size = { label: "What is added to $x_t$", step: 0.1, text: (value) => signed(value, 1) };
  return [
    group(
      "The window",
      slider(view, "window", { label: "Steps in the window, $w$", min: 1, max: view.get("rules").length }),
    ),
    group(
      "The event",
      slider(view, "event_size", size),
      slider(view, "event_step", { label: "At step", min: 1, max: steps, text }),
      button("Move to the cursor", () => view.set({ event_step: view.get("cursor") })),
    ),
  ];
}

function legendLine(view) {
  const truth = view.get("truth") && { truth: "truth, without the event" };
  const kinds = { changed: "with the event", baseline: "without", ...truth };
  return legend(...Object.entries(kinds).map(([kind, text]) => keyTo({ class: `rnn-line rnn-${kind}` }, text)));
}

/** The values at the cursor; returns the table and a function that fills it. */
function valueTable(view) {
  const kinds = ["baseline", "changed", "difference"];
  const rows = Object.entries({ x: "$x_t$", window: "$y_t$, window", state: "$y_t$, state" }).map(([name, text]) => {
    const cells = kinds.map((kind) => html("td", { "data-value": `${name} ${kind}` }));
    const drawn = READERS[name] ? [sample({ class: "rnn-line", style: styleOf(READERS[name]) })] : [];
    return { name, cells, row: rowOf([...drawn, ...typeset(text)], cells) };
  });
  const caption = html("caption");
  const body = html("tbody", {}, ...rows.map(({ row }) => row));
  const table = tableOf(caption, ["", "without", "with the event", "difference"], body);
  const fill = (numbers) => {
    const step = view.get("cursor");
    caption.textContent = `Values at step ${stepText(view, step)}`;
    for (const { name, cells } of rows) {
      const [before, after] = [numbers[name].baseline[step - 1], numbers[name].changed[step - 1]];
      fillCells(cells, before === null ? ["–", "–", "–"] : [fixed(before), fixed(after), signed(after - before)]);
    }
  };
  return { table, fill };
}

// ---- Drawing -----------------------------------------------------------------------------------------------------

const DATA = ["parameters", "nonlinearity", "readout", "x", "rules", "truth"];
const CONTROLS = ["window", "event_step", "event_size"];

/** { baseline, changed, difference } of x and of each reader, over all steps; and the errors, where there is a truth. */
function numbersOf(view, controls = view.read(CONTROLS)) {
  const state = { ...view.read(DATA), ...controls };
  const [before, now] = [compute({ ...state, event_size: 0 }), compute(state)];
  const pair = (name) => {
    const [baseline, changed] = [before[name], now[name]].map((values) => padded(view, values));
    return { baseline, changed, difference: differenceOf(changed, baseline) };
  };
  const { window_error, state_error } = now;
  return { x: pair("x"), window: pair("window"), state: pair("state"), window_error, state_error };
}

/** The largest change of an answer. */
const largestChange = ({ window, state }) => Math.max(...there(window.difference), ...state.difference);

/** `opening` is the largest change in the opening state: an axis that followed a smaller one would hide how small it is. */
function contentsOf(view, numbers, opening) {
  const truth = view.get("truth");
  const answers = [numbers.window, numbers.state].flatMap(({ baseline, changed }) => [there(baseline), there(changed)]);
  const domain = extent(...answers, ...(truth ? [truth] : []));
  const answer = (name, title) => {
    const { baseline, changed } = numbers[name];
    const summary = summarise(view, `y, ${title}`, numbers[name]);
    return { name: "$y_t$", title, summary, domain, series: { truth, baseline, changed } };
  };
  const window = view.get("window");
  const what = view.get("name") === "x" ? "what is read" : view.get("name");
  const { baseline, changed } = numbers.x;
  const differences = [numbers.window.difference, numbers.state.difference];
  const most = Math.max(1e-9, opening, largestChange(numbers));
  return {
    x: {
      name: "$x_t$",
      title: `${what}; shaded: what the window holds at the cursor`,
      summary: summarise(view, `x, ${view.get("name")}`, numbers.x),
      domain: extent(baseline, changed),
      series: { baseline, changed },
      window,
    },
    window: answer("window", `answer of the window of ${counted(window, "step")}`),
    state: answer("state", "answer of the network with a state"),
    difference: {
      name: "$|Δy_t|$",
      title: "what the event changes in each answer",
      summary: `|Δy| over the steps. ${Object.keys(READERS)
        .map((name) => summarise(view, name, numbers[name]))
        .join(" ")}`,
      domain: [-0.04 * most, 1.06 * most],
      series: { window: differences[0], state: differences[1] },
    },
  };
}

function render({ model, el }) {
  const view = new View({ model, el }, "Window against state");
  const charts = makeCharts(view);
  const { table, fill } = valueTable(view);
  const said = sentences("rnn-reach", 3);
  const text = (step) => stepText(view, step);
  const steps = view.get("x").length;
  const cursor = slider(view, "cursor", { label: "Time cursor, at step", min: 1, max: steps, text });
  const keys = Object.values(READERS).map((reader) =>
    keyTo({ class: "rnn-line", style: styleOf(reader) }, reader.label),
  );
  charts.difference.figure.prepend(legend(...keys));
  const { x, ...answers } = charts;
  const figures = Object.values(answers).map((chart) => chart.figure);
  layOut(view, HINT, {
    tries: triesOf(view),
    controls: controlsOf(view),
    lead: [said.root, legendLine(view), x.figure],
    main: [cursor, html("div", { class: "rnn-charts rnn-beside" }, ...figures)],
    beside: [fold("Numbers at the cursor", table)],
  });

  const opening = largestChange(numbersOf(view, view.get("initial")));
  const drawn = remember(() => {
    const numbers = numbersOf(view);
    return { numbers, contents: contentsOf(view, numbers, opening) };
  });
  view.drawWith(() => {
    const { numbers, contents } = drawn(CONTROLS.map((name) => view.get(name)).join());
    const marked = view.get("event_size") ? view.get("event_step") : null;
    for (const [name, chart] of Object.entries(charts)) chart.show(contents[name], view.get("cursor"), marked);
    fill(numbers);
    const knows = [windowKnows(view, numbers.window), stateKnows(view, numbers.state)];
    said.say([...knows, cost(view, numbers)]);
    view.say(knows.join(" "));
  });
  return () => view.close();
}

export default { render };
