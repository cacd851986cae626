// Window against state: a linear rule on the last w values, and a simple RNN, with one event in the sequence and without.

const PHI = { tanh: Math.tanh, relu: (a) => Math.max(a, 0) };

/** h (time, hidden) and the answers y (time) of the network over x (time). */
function stateOver({ parameters: { W_x, W_h, b }, nonlinearity, readout }, x) {
  const sums = multiplier(b.map((bias, row) => [...W_x[row], ...W_h[row], bias])); // the bias: the weight of a constant 1
  const v = new Float64Array(b.length + 2).fill(1);
  const a = new Float64Array(b.length);
  let h = new Float64Array(b.length);
  const trace = walkOver(x, ["h"], b.length, (x_t, now) => {
    v[0] = x_t;
    v.set(h, 1);
    sums(v, a);
    a.forEach((value, k) => (now.h[k] = PHI[nonlinearity](value)));
    ({ h } = now);
  });
  return { h: trace.h, y: column(readoutForward(readout, trace.h), 0) };
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

const READERS = {
  window: { label: "window", colour: "validation", dash: "7 4" },
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

  /** `content` has { series: { name: list }, domain }. */
  drawContent() {
    const { series, domain } = this.content;
    this.y = linear(domain, [this.height - MARGIN.bottom, MARGIN.top]);
    this.drawGrid(ticks(...domain, 4));
    for (const [name, path] of Object.entries(this.paths)) {
      const point = (value, t) => `${this.places[t]},${this.y(value).toFixed(1)}`;
      const points = series[name].flatMap((value, t) => (value === null ? [] : [point(value, t)]));
      path.setAttribute("d", `M${points.join("L")}`);
    }
  }

  moveCursor(step) {
    super.moveCursor(step);
    for (const [name, dot] of Object.entries(this.dots)) {
      const value = this.content.series[name][step - this.first];
      dot.setAttribute("visibility", value === null ? "hidden" : "visible");
      if (value === null) continue;
      dot.setAttribute("cx", this.x(step));
      dot.setAttribute("cy", this.y(value));
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
    const size = { x: from, y: MARGIN.top, width: to - from, height: this.height - MARGIN.top - MARGIN.bottom };
    for (const [name, value] of Object.entries(size)) this.sight.setAttribute(name, value);
  }
}

const ANSWERS = { baseline: { kind: "rnn-baseline" }, changed: { kind: "rnn-changed" } };

function makeCharts(view) {
  const frame = { steps: view.get("x").length, times: view.get("times"), height: 130 };
  const lines = view.get("truth") ? { truth: { kind: "rnn-truth" }, ...ANSWERS } : ANSWERS;
  const drawnAs = (reader) => ({ style: styleOf(reader), fill: `fill: ${hueOf(reader.colour)}` });
  const differences = Object.fromEntries(Object.entries(READERS).map(([name, reader]) => [name, drawnAs(reader)]));
  return {
    x: new SequenceChart(view, { ...frame, name: "x", lines: ANSWERS }),
    window: new StepLines(view, { ...frame, name: "window", colour: READERS.window.colour, lines }),
    state: new StepLines(view, { ...frame, name: "state", colour: READERS.state.colour, lines }),
    difference: new StepLines(view, { ...frame, name: "difference", lines: differences }),
  };
}

// ---- What is said ------------------------------------------------------------------------------------------------

const stepText = (view, step) => (view.get("times") ? `${step} (${view.get("times")[step - 1]})` : String(step));

const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A list over the window's answers as one over all steps. */
const padded = (view, answers) => [...Array(view.get("x").length - answers.length).fill(null), ...answers];

const there = (values) => values.filter((value) => value !== null);

const differenceOf = (now, before) => now.map((value, t) => (value === null ? null : Math.abs(value - before[t])));

const sentence = (text) => text[0].toUpperCase() + text.slice(1);

const eventText = (view) => `the event at step ${stepText(view, view.get("event_step"))}`;

/** What the window holds at the cursor, and what it knows of the event. */
function windowKnows(view, { difference }) {
  const [step, window, event] = ["cursor", "window", "event_step"].map((name) => view.get(name));
  const holds = `At step ${stepText(view, step)} the window holds steps ${Math.max(1, step - window + 1)} to ${step}.`;
  if (step < window) return `${holds} It is not full yet, so that the rule has no answer.`;
  const it = `${holds} ${sentence(eventText(view))}`;
  if (step < event) return `${it} has not happened yet.`;
  if (step >= event + window) return `${it} is out of sight: the answer is what it is without the event.`;
  return `${it} is in sight and moves the answer by ${short(difference[step - 1])}.`;
}

function stateKnows(view, { difference }) {
  const [step, event] = [view.get("cursor"), view.get("event_step")];
  if (step < event) return `The state holds nothing of ${eventText(view)} yet.`;
  const carried = `The state has carried it for ${counted(step - event, "step")}`;
  return `${carried}: it moves the answer by ${short(difference[step - 1])}.`;
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
  const largest = largestDifference(difference.map((value) => value ?? 0), difference.map(() => 0));
  const change = largest.value
    ? `with the event ${range(changed)}, largest difference ${short(largest.value)} at step ` +
      stepText(view, largest.step + 1)
    : "the event makes no difference";
  return `${name}, ${counted(changed.length, "step")}: without the event ${range(baseline)}; ${change}.`;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const HINT =
  "Something happens once. Who still knows of it, and for how long? Try: put the event far back, and make the window " +
  "longer until it is in sight. Then move the cursor on by one step. Drag on x to move the event, on another chart to " +
  "move the cursor.";

function controlsOf(view) {
  const steps = view.get("x").length;
  const text = (step) => stepText(view, step);
  return html(
    "div",
    { class: "rnn-controls" },
    group(
      "The window",
      slider(view, "window", { label: "Steps in the window, w", min: 1, max: view.get("rules").length, step: 1 }),
    ),
    group(
      "The event",
      slider(view, "event_size", {
        label: "What is added to x",
        min: -4,
        max: 4,
        step: 0.1,
        text: (value) => signed(value, 1),
      }),
      slider(view, "event_step", { label: "At step", min: 1, max: steps, step: 1, text }),
      button("Move to the cursor", () => view.set({ event_step: view.get("cursor") })),
    ),
  );
}

function legendLine(view) {
  const truth = view.get("truth") && { truth: "truth, without" };
  const kinds = { changed: "with the event", baseline: "without", ...truth };
  const entries = Object.entries(kinds).map(([kind, text]) =>
    html("span", {}, sample({ class: `rnn-line rnn-${kind}` }), text),
  );
  return html("p", { class: "rnn-legend" }, ...entries);
}

/** The values at the cursor; returns the table and a function that fills it. */
function valueTable(view) {
  const kinds = ["baseline", "changed", "difference"];
  const rows = Object.entries({ x: "x", window: "y, window", state: "y, state" }).map(([name, text]) => {
    const cells = kinds.map((kind) => html("td", { "data-value": `${name} ${kind}` }));
    const drawn = READERS[name] ? [sample({ class: "rnn-line", style: styleOf(READERS[name]) })] : [];
    return { name, cells, row: html("tr", {}, html("th", { scope: "row" }, ...drawn, text), ...cells) };
  });
  const heads = ["without", "with the event", "difference"].map((text) => html("th", { scope: "col" }, text));
  const caption = html("caption");
  const head = html("thead", {}, html("tr", {}, html("td"), ...heads));
  const table = html("table", {}, caption, head, html("tbody", {}, ...rows.map(({ row }) => row)));
  const fill = (numbers) => {
    const step = view.get("cursor");
    caption.textContent = `Values at step ${stepText(view, step)}`;
    for (const { name, cells } of rows) {
      const [before, after] = [numbers[name].baseline[step - 1], numbers[name].changed[step - 1]];
      const texts = before === null ? ["–", "–", "–"] : [fixed(before), fixed(after), signed(after - before)];
      cells.forEach((cell, k) => (cell.textContent = texts[k]));
    }
  };
  return { table, fill };
}

// ---- Drawing -----------------------------------------------------------------------------------------------------

const DATA = ["parameters", "nonlinearity", "readout", "x", "rules", "truth"];
const CONTROLS = ["window", "event_step", "event_size"];

/** { baseline, changed, difference } of x and of each reader, over all steps; and the errors, where there is a truth. */
function numbersOf(view) {
  const state = Object.fromEntries([...DATA, ...CONTROLS].map((name) => [name, view.get(name)]));
  const [before, now] = [compute({ ...state, event_size: 0 }), compute(state)];
  const pair = (name) => {
    const [baseline, changed] = [before[name], now[name]].map((values) => padded(view, values));
    return { baseline, changed, difference: differenceOf(changed, baseline) };
  };
  const { window_error, state_error } = now;
  return { x: pair("x"), window: pair("window"), state: pair("state"), window_error, state_error };
}

function contentsOf(view, numbers) {
  const truth = view.get("truth");
  const answers = [numbers.window, numbers.state].flatMap(({ baseline, changed }) => [there(baseline), there(changed)]);
  const domain = extent(...answers, ...(truth ? [truth] : []));
  const answer = (name, title) => {
    const { baseline, changed } = numbers[name];
    const summary = summarise(view, `y, ${title}`, numbers[name]);
    return { name: "y", title, summary, domain, series: { truth, baseline, changed } };
  };
  const window = view.get("window");
  const what = view.get("name") === "x" ? "what is read" : view.get("name");
  const { baseline, changed } = numbers.x;
  const differences = [numbers.window.difference, numbers.state.difference];
  const most = Math.max(1e-9, ...differences.flatMap(there));
  return {
    x: {
      name: "x",
      title: `${what}; shaded: what the window holds at the cursor`,
      summary: summarise(view, `x, ${view.get("name")}`, numbers.x),
      domain: extent(baseline, changed),
      series: { baseline, changed },
      window,
    },
    window: answer("window", `answer of the window of ${counted(window, "step")}`),
    state: answer("state", "answer of the network with a state"),
    difference: {
      name: "|Δy|",
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
  const said = html("div", { class: "rnn-reach" }, html("p"), html("p"), html("p"));
  const text = (step) => stepText(view, step);
  const steps = view.get("x").length;
  const cursor = slider(view, "cursor", { label: "Time cursor, at step", min: 1, max: steps, step: 1, text });
  const differenceLegend = html(
    "p",
    { class: "rnn-legend" },
    ...Object.values(READERS).map((reader) =>
      html("span", {}, sample({ class: "rnn-line", style: styleOf(reader) }), reader.label),
    ),
  );
  charts.difference.figure.prepend(differenceLegend);
  const figures = Object.values(charts).map((chart) => chart.figure);
  const chartsBox = html("div", { class: "rnn-charts rnn-beside" }, ...figures);
  view.root.append(
    headOf(view, "Window against state"),
    html("p", { class: "rnn-hint" }, HINT),
    html(
      "div",
      { class: "rnn-body" },
      controlsOf(view),
      html("div", { class: "rnn-main" }, cursor, said, legendLine(view), chartsBox),
      table,
    ),
    view.speech,
  );

  const drawn = remember(() => {
    const numbers = numbersOf(view);
    return { numbers, contents: contentsOf(view, numbers) };
  });
  view.drawWith(() => {
    const { numbers, contents } = drawn(CONTROLS.map((name) => view.get(name)).join());
    const marked = view.get("event_size") ? view.get("event_step") : null;
    for (const [name, chart] of Object.entries(charts)) chart.show(contents[name], view.get("cursor"), marked);
    fill(numbers);
    const sentences = [windowKnows(view, numbers.window), stateKnows(view, numbers.state), cost(view, numbers)];
    [...said.children].forEach((line, k) => (line.textContent = sentences[k]));
    view.say(sentences.slice(0, 2).join(" "));
  });
  return () => view.close();
}

export default { render };
