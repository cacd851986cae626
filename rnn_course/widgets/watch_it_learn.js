// Watch it learn: a network that is trained in the page, one update after another, beside what it has to beat.

import { counted, html, hueOf, short } from "./charts.js";
import { button, keyTo, layOut, legend, select, sentences, View } from "./controls.js";
import { Curves, roundEnd } from "./curves.js";
import { rmse } from "./learner.js";
import { SETTINGS } from "./watch_it_learn_compute.js";
import { foldedControls, mainControls, ownSeries } from "./watch_it_learn_controls.js";
import { openedUpdate, updatePanes } from "./watch_it_learn_panes.js";
import { Run } from "./watch_it_learn_run.js";

const HINT =
  "A network learns from a series while you watch. Press Run: does it forecast better than repeating the last value?";
const SHARED = ["task", "noise", "own", "compare", "seed_weights", "seed_order", "seed_noise"];
const RESTARTS = [...SHARED, ...SETTINGS, ...SETTINGS.map((name) => `${name}_b`)];
const PACES = { 5: "5 a second", 60: "60 a second", fast: "at full speed" };
const POINTS = 300; // of a curve over updates

// ---- What can be tried -------------------------------------------------------------------------------------------

/** Traits of B by their names without _b. */
const ofB = (settings) => Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${name}_b`, value]));

/** A and B, alike but for what B has of its own. */
const pair = (shared, own) => ({ ...shared, ...ofB({ ...DEFAULTS, ...shared, ...own }), compare: true });

const DEFAULTS = {
  cell: "lstm",
  hidden: 16,
  window: 9,
  optimiser: "adam",
  rate: 0.03,
  batch: 16,
  clip: 0,
  clipped: "all",
  bias: 0,
};
const SHAKY = { cell: "rnn", optimiser: "sgd", rate: 2 };
const WAITING = { cell: "gru", window: 30, rate: 0.02 };
const TRIES = [
  {
    label: "Beat last year",
    look: "Press One epoch a few times. To say last year's number again misses by 31, the dotted line. After how many epochs does the network miss by less?",
    set: DEFAULTS,
  },
  {
    label: "One year or two?",
    look: "A sees one year, B two. Run both: which of them can tell whether the cycle rises or falls?",
    set: pair({ ...DEFAULTS, window: 1 }, { window: 2 }),
  },
  {
    label: "Too much, too long",
    look: "Run for 100 epochs or more. The training error goes on falling. What does validation do?",
    set: { ...DEFAULTS, hidden: 32, pace: "fast" },
  },
  {
    label: "Explode",
    look: "Plain descent in large steps; B is clipped at 0.1. Run, and watch the gradients on their log axis.",
    set: pair({ ...DEFAULTS, ...SHAKY }, { clip: 0.1 }),
  },
  {
    label: "Which part?",
    look: "A clips the gradients of the readout alone, B those of the cell alone. Which of the two stays within bounds?",
    set: pair({ ...DEFAULTS, ...SHAKY, clip: 0.1, clipped: "readout" }, { clipped: "cell" }),
  },
  {
    label: "Recall a number",
    look: "A number, then 30 steps of noise. B's update gates keep more from the start: 2 is added to their bias. Run to 220 updates and pause. The linear fit sees all steps at once, so it is all but exact.",
    set: { ...pair({ ...DEFAULTS, ...WAITING }, { bias: 2 }), task: "recall", noise: 0.5, pace: "60" },
  },
  {
    label: "Draw your own",
    look: "Drag over the series to draw it. Something that repeats, or something that does not: which is learned?",
    set: { ...DEFAULTS, task: "own" },
  },
];

// ---- What is drawn -----------------------------------------------------------------------------------------------

const DASHES = { A: "none", B: "7 4" };
const styleOf = (colour, dash, width = 2) =>
  `stroke: ${hueOf(colour)}; stroke-dasharray: ${dash}; stroke-width: ${width}`;
const STYLES = {
  forecast: { A: styleOf("y", DASHES.A), B: styleOf("C_tilde", DASHES.B) },
  train: { A: styleOf("train", DASHES.A, 1.25), B: styleOf("train", DASHES.B, 1.25) },
  validation: { A: styleOf("validation", DASHES.A), B: styleOf("validation", DASHES.B) },
  readout: { A: styleOf("x", DASHES.A, 1.5), B: styleOf("x", DASHES.B, 1.5) },
  cell: { A: styleOf("h", DASHES.A, 1.5), B: styleOf("h", DASHES.B, 1.5) },
  truth: "stroke: var(--rnn-ink); stroke-width: 1.25",
  last: "stroke: var(--rnn-quiet); stroke-dasharray: 2 3; stroke-width: 1.5",
  linear: "stroke: var(--rnn-quiet); stroke-dasharray: 9 3; stroke-width: 1.25",
};

const unitText = (view) => view.get("tasks")[view.get("task")]?.unit ?? "";

/** A number with the unit of the series. */
const withUnit = (view, value) => (unitText(view) ? `${short(value)} ${unitText(view)}` : short(value));

/** Errors of the baselines on validation, in the unit of the series. */
function baselineErrors({ data, baselines }) {
  const error = (answers) => data.scale * rmse(answers, data.validation.targets);
  return { last: error(baselines.last), linear: error(baselines.linear) };
}

/** The forecast over the windows of validation, or over the numbers to recall, from the smallest on. */
function forecastContent(view, run) {
  const [first] = run.networks;
  const { shown, baselines } = first;
  const places = Array.from(shown.targets, (_, k) => k);
  const recall = view.get("task") === "recall";
  if (recall) places.sort((a, b) => shown.targets[a] - shown.targets[b]);
  const points = (network, values) => places.map((k, x) => [x, network.inUnits(values[k])]);
  const truth = points(first, shown.targets);
  const wanted = truth.map(([, value]) => value);
  const [low, high] = [Math.min(...wanted), Math.max(...wanted)];
  const air = 0.25 * (high - low) || 1;
  const lines = [
    { points: points(first, baselines.last), style: STYLES.last },
    { points: points(first, baselines.linear), style: STYLES.linear },
    { points: truth, style: STYLES.truth },
    ...run.networks.map((network) => ({
      points: points(network, network.forecast),
      style: STYLES.forecast[network.of],
    })),
  ];
  const times = view.get("tasks")[view.get("task")]?.times;
  const labelOf = (x) => {
    if (recall || !Number.isInteger(x)) return null;
    return times ? (times[first.data.first + x] ?? null) : String(first.data.first + x);
  };
  return {
    lines,
    x: [0, Math.max(1, places.length - 1)],
    y: [low - air, high + air],
    labelOf,
    summary: forecastSummary(view, run),
  };
}

function forecastSummary(view, run) {
  const { last, linear } = baselineErrors(run.networks[0]);
  const each = run.networks.map(
    ({ of, errors }) => `network ${of} misses by ${withUnit(view, errors.at(-1).validation)}`,
  );
  const rivals = `the last value by ${withUnit(view, last)}, the linear fit by ${withUnit(view, linear)}`;
  return `Forecast of validation after ${counted(run.updates, "update")}: ${each.join(", ")}; ${rivals}.`;
}

/** Errors by epoch on a logarithmic axis, with those of the baselines across it. */
function errorContent(run) {
  const { last, linear } = baselineErrors(run.networks[0]);
  const end = roundEnd(Math.max(...run.networks.map(({ errors }) => errors.at(-1).epoch)), 5);
  const level = (value, style) => ({
    points: [
      [0, value],
      [end, value],
    ],
    style,
  });
  const curve = (network, part) => ({
    points: network.errors.map((error) => [error.epoch, error[part]]),
    style: STYLES[part][network.of],
  });
  const lines = [
    level(last, STYLES.last),
    level(linear, STYLES.linear),
    ...run.networks.flatMap((network) => [curve(network, "train"), curve(network, "validation")]),
  ];
  // A linear fit that is all but exact lies below the axis, which has what the networks do.
  const all = lines
    .filter((_, k) => k !== 1)
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter(reasonable);
  const [least, high] = [Math.min(...all), Math.max(...all)];
  const low = linear > least / 5 ? Math.min(least, linear) : least;
  const said = run.networks.map(({ of, errors }) => {
    const { train, validation } = errors.at(-1);
    return `${of}: training ${short(train)}, validation ${short(validation)}`;
  });
  return {
    lines,
    log: true,
    x: [0, end],
    y: [low / 1.15, high * 1.15],
    labelOf: (x) => (Number.isInteger(x) ? String(x) : null),
    summary: `Errors by epoch on a logarithmic axis, at the last epoch ${said.join("; ")}.`,
  };
}

const reasonable = (value) => Number.isFinite(value) && value > 0;

/** At most so many points of a long series, each the largest of its share. */
function thinned(values) {
  const share = Math.max(1, Math.ceil(values.length / POINTS));
  const points = [];
  for (let k = 0; k < values.length; k += share) points.push([k + 1, Math.max(...values.slice(k, k + share))]);
  return points;
}

/** The norms of the gradients of readout and cell, before clipping; a cross where they are no longer finite. */
function normContent(run) {
  const end = roundEnd(run.updates, 50);
  const lines = run.networks.flatMap(({ of, learner: { norms } }) =>
    Object.entries(norms).map(([part, values]) => ({ points: thinned(values), style: STYLES[part][of] })),
  );
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).filter(reasonable);
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0.1, 1];
  const now = run.networks.map(
    ({ of, learner: { norms } }) =>
      `${of}: readout ${short(norms.readout.at(-1) ?? 0)}, cell ${short(norms.cell.at(-1) ?? 0)}`,
  );
  return {
    lines,
    log: true,
    x: [1, end],
    y: [low / 1.3, high * 1.3],
    marks: run.networks.filter(({ learner }) => learner.stopped).map(({ learner }) => learner.norms.cell.length),
    labelOf: (x) => (Number.isInteger(x) ? String(x) : null),
    summary: `Norm of the gradients by update on a logarithmic axis, at the last update ${now.join("; ")}.`,
  };
}

// ---- What is said ------------------------------------------------------------------------------------------------

/** What made a run stop by itself, in a sentence. */
function stopText({ of, learner }) {
  const what = { loss: "the loss is no longer a finite number", gradient: "the gradient is no longer finite" };
  return `Stopped: of network ${of} ${what[learner.stopped]}. Go back to the start, and make the learning rate smaller.`;
}

/** What each network has to beat, by root mean squares on validation. */
function rivalsText(view, run) {
  const [network] = run.networks;
  const { last, linear } = baselineErrors(network);
  const rule = `a linear fit on ${counted(network.data.train.T, "step")} misses by ${short(linear)}`;
  return `To beat: repeating the last value misses by ${withUnit(view, last)}; ${rule}.`;
}

/** How far each network is, and what it beats, in sentences for each. */
function progressText(view, run) {
  const rivals = baselineErrors(run.networks[0]);
  return run.networks.map(({ of, errors }) => {
    const { epoch, validation, train } = errors.at(-1);
    const best = errors.reduce((least, error) => (error.validation < least.validation ? error : least));
    const misses = `${of}, epoch ${epoch}: misses by ${withUnit(view, validation)} on validation, ${short(train)} on training.`;
    const least =
      best.epoch < epoch ? ` Its best on validation was ${short(best.validation)}, at epoch ${best.epoch}.` : "";
    return `${misses}${least} ${verdict(validation, rivals)}`;
  });
}

function verdict(error, { last, linear }) {
  if (error < last) return error < linear ? BEATS.both : BEATS.last;
  return error < linear ? BEATS.linear : BEATS.none;
}

const BEATS = {
  both: "It beats the last value and the linear fit.",
  last: "It beats the last value, but not the linear fit.",
  linear: "It beats the linear fit, but not the last value.",
  none: "It beats neither the last value nor the linear fit.",
};

// ---- The page ----------------------------------------------------------------------------------------------------

/** The buttons that train, and what stands beside them. */
function transport(view, run, restart) {
  const toggle = button("Run", () => (run.running && run.atPace ? run.pause() : run.go()));
  toggle.classList.add("rnn-run");
  const buttons = [
    toggle,
    button("One update", () => run.go(1)),
    button("One epoch", () => run.goEpoch()),
    button("From the start", restart),
  ];
  const pace = select(view, "pace", {
    label: "Pace",
    options: Object.entries(PACES),
  });
  pace.querySelector("label").remove(); // beside the count of updates "60 a second" needs none to be seen
  pace.querySelector("select").setAttribute("aria-label", "Pace");
  const count = html("output", { class: "rnn-count", "aria-live": "off" });
  const root = html(
    "div",
    { class: "rnn-transport", role: "group", "aria-label": "Training" },
    ...buttons,
    pace,
    count,
  );
  const show = () => {
    toggle.textContent = run.running && run.atPace ? "Pause" : "Run";
    count.textContent = counted(run.updates, "update");
  };
  return { root, show };
}

/** What the lines of a chart stand for; an entry for B shows while there is a B. */
function keysOf(view, entries) {
  const spans = entries.map(([style, text, of]) => [keyTo({ class: "rnn-line", style }, text), of]);
  view.follow("compare", (on) => {
    for (const [span, of] of spans) if (of === "B") span.hidden = !on;
  });
  return legend(...spans.map(([span]) => span));
}

function makeCharts(view) {
  const titled = (...parts) => html("span", {}, ...parts);
  const bold = (text) => html("b", {}, text);
  const pairOf = (part, text) => ["A", "B"].map((of) => [STYLES[part][of], `${text} ${of}`, of]);
  const forecast = new Curves(view, "forecast", {
    height: 190,
    title: titled(bold("Forecast"), " one step ahead, on years that training has not seen"),
  });
  const error = new Curves(view, "error", { height: 165, title: titled(bold("Error"), " by epoch, root mean square") });
  const norm = new Curves(view, "norm", { height: 165, title: titled(bold("Gradient"), " by update, its norm") });
  const rivals = [
    [STYLES.last, "last value", "A"],
    [STYLES.linear, "linear fit", "A"],
  ];
  forecast.stage.before(keysOf(view, [[STYLES.truth, "truth", "A"], ...pairOf("forecast", "network"), ...rivals]));
  error.stage.before(keysOf(view, [...pairOf("train", "training"), ...pairOf("validation", "validation")]));
  norm.stage.before(keysOf(view, [...pairOf("readout", "readout"), ...pairOf("cell", "cell")]));
  view.follow("task", (task) => {
    const what = { recall: " the numbers to recall, from the smallest on, and what is answered" }[task];
    forecast.title.lastChild.textContent = what ?? " one step ahead, on a part that training has not seen";
  });
  return { forecast, error, norm };
}

function render({ model, el }) {
  const view = new View({ model, el }, "Watch it learn");
  const charts = makeCharts(view);
  const panes = updatePanes(view);
  const said = sentences("rnn-progress", 3);
  let [bar, fresh, key] = [null, false, null];

  const show = () => {
    bar.show();
    if (run.networks.some(({ errors }) => errors.length === 0)) return; // the first look is still at work
    said.say([...(run.stopped ? [stopText(run.stopped)] : progressText(view, run)), rivalsText(view, run)]);
    charts.forecast.show(forecastContent(view, run));
    charts.error.show(errorContent(run));
    charts.norm.show(normContent(run));
    const edited = run.networks[view.get("compare") && view.get("editing") === "B" ? 1 : 0];
    panes.show(edited.learner.t > 0 ? openedUpdate(edited) : null, edited.of);
    if (fresh) view.say(["Back to the first weights.", ...progressText(view, run), rivalsText(view, run)].join(" "));
    fresh = false;
  };
  const tell = (what) => {
    const paused = [`Paused after ${counted(run.updates, "update")}.`, ...progressText(view, run)];
    view.say(what === "stopped" ? stopText(run.stopped) : paused.join(" "));
  };
  const run = new Run(view, { show, tell });
  const restart = () => run.restart({ ...view.read(RESTARTS), tasks: view.get("tasks"), pace: view.get("pace") });
  const again = () => {
    restart();
    fresh = true;
  };
  bar = transport(view, run, again);
  view.resets.push(again);

  const small = html("div", { class: "rnn-charts rnn-beside" }, charts.error.figure, charts.norm.figure);
  layOut(view, HINT, {
    tries: TRIES.map((one) => ({ ...one, after: again })),
    controls: mainControls(view),
    folded: foldedControls(view),
    lead: [bar.root, ownSeries(view), said.root, charts.forecast.figure],
    main: [small, panes.root],
    pins: false, // B is what A is compared with
  });
  view.drawWith(() => {
    const now = JSON.stringify(view.read(RESTARTS));
    if (now === key) {
      if (!run.work) show();
      view.say(`Pace: ${PACES[view.get("pace")]}. The settings are those of network ${view.get("editing")}.`);
    } else if (key === null) restart();
    else again();
    key = now;
  });
  return () => view.close();
}

export default { render };
