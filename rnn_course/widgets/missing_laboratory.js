// The missingness laboratory: values taken from a series whose truth is known, and what each fill makes of it.

import { averageOf } from "./cells.js";
import { counted, exact, extent, html, short, signed, withMinus } from "./charts.js";
import {
  button,
  checkbox,
  group,
  inRow,
  keyTo,
  layOut,
  legend,
  native,
  remember,
  rowOf,
  select,
  slider,
  tableOf,
  View,
} from "./controls.js";
import {
  FILLS,
  FillChart,
  HoleChart,
  penOf,
  QuantileChart,
  sampleOf,
  truthSample,
} from "./missing_laboratory_charts.js";
import { compute, groupsOf, hasLength, runsOf, settingOf } from "./missing_laboratory_compute.js";

// ---- Names and numbers as words ----------------------------------------------------------------------------------

const MECHANISM_NAMES = [
  ["mcar", "At random (MCAR)"],
  ["mar", "By the neighbour (MAR)"],
  ["mnar", "By its own size (MNAR)"],
  ["blocks", "Blocks, this channel alone"],
  ["outages", "Outages, the whole station"],
];

/** The groups of lengths of gaps by their names, such as 4–6 and 25+. */
const groupNames = (tables) =>
  groupsOf(tables).map(([from, to]) => {
    if (to === from + 1) return String(from);
    return to === Infinity ? `${from}+` : `${from}–${to - 1}`;
  });

// A number and its unit stay on one line.
const withUnit = (text, unit) => (unit ? `${text}\u00a0${unit}` : text);
const percent = (share) => withUnit(short(100 * share), "%");
const joinedBy = (word, items) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;

// ---- Controls ----------------------------------------------------------------------------------------------------

const DAY = 24; // hours
const HINT = "Values are taken from a series that is known in full: how near to the truth does each fill come?";

const triesOf = (view) => [
  {
    label: "Single values",
    set: { mechanism: "mcar" },
    look: () => lookAtLine(view),
  },
  {
    label: "A day at a time",
    set: { gap_length: DAY, gap: view.get("tables").lengths.indexOf(DAY) },
    look: "The straight line misses the day’s rise and fall; the course’s network, which reads other stations, follows it, though not to the bottom.",
  },
  {
    label: "Fill in the mean",
    set: { fills: ["mean"] },
    look: "All holes get the same number, so the spread shrinks: look at the box, and at the variance in the table.",
  },
  {
    label: "The highest go",
    set: { mechanism: "mnar" },
    look: "The larger a value, the likelier it is gone: the upper end of every fill lies too low, and without the truth you would not know.",
  },
  {
    label: "Judge by eye",
    set: { show_truth: false },
    look: "Which fill would you trust? Decide, then show the truth.",
  },
];

/** What to look for where single values go, with the error that the straight line has in the opening state. */
function lookAtLine(view) {
  const first = { ...view.get("initial"), fills: ["linear"] };
  const { fills } = compute({ ...view.read(["stretches", "recorded", "tables"]), ...first });
  const error = fills.linear?.mae ?? null;
  if (error === null) return "Gaps are short now: how large is the mean absolute error (MAE) of the straight line?";
  const before = withUnit(short(error), view.get("stretches")[first.series].unit);
  return `Gaps are short now. At the start the straight line’s mean absolute error was ${before}: what is it here (MAE)?`;
}

function removalControls(view) {
  const series = Object.entries(view.get("stretches")).map(([key, { name }]) => [key, name]);
  return group(
    "What goes missing",
    inRow(select(view, "series", { label: "Series", options: series })),
    inRow(select(view, "mechanism", { label: "Mechanism", options: MECHANISM_NAMES })),
    slider(view, "rate", { label: "Share asked for", step: 0.05, text: percent }),
    lengthSlider(view),
    slider(view, "seed", { label: "Seed of the draw" }),
    checkbox(view, "show_truth", { label: "Show the truth in the holes" }),
  );
}

/** It can be moved only where there are gaps with a length. */
function lengthSlider(view) {
  const follows = ["gap_length", "mechanism"];
  const isOf = () => hasLength(view.get("mechanism"));
  const control = slider(view, "gap_length", {
    label: "Length of a gap",
    text: (value) => (isOf() ? `${value} steps` : "single values"),
    follows,
  });
  const input = control.querySelector("input");
  for (const trait of follows) view.follow(trait, () => (input.disabled = !isOf()));
  return control;
}

const orderOf = (view) => [...view.get("tables").simple, ...view.get("tables").networks];

/** Says of the list of fills what it is called, and which lists there can be. */
function describeFills(view) {
  const isThere = (name, k, all) => orderOf(view).includes(name) && all.indexOf(name) === k;
  view.describe("fills", {
    label: "Fills shown",
    text: (fills) => fills.map((name) => FILLS[name].label).join(", ") || "none",
    takes: (fills) => Array.isArray(fills) && fills.every(isThere),
  });
}

/** A checkbox for one fill in the list of those shown. */
function fillBox(view, name) {
  const id = view.newId();
  const input = native("input", { type: "checkbox", id });
  const text = html("span", {}, FILLS[name].label);
  input.addEventListener("change", () => {
    const chosen = new Set(view.get("fills"));
    chosen[input.checked ? "add" : "delete"](name);
    view.set({ fills: orderOf(view).filter((other) => chosen.has(other)) });
  });
  view.follow("fills", (fills) => {
    input.checked = fills.includes(name);
  });
  const label = html("label", { for: id }, sampleOf(name), text);
  return { name, text, root: html("div", { class: "rnn-control rnn-check" }, input, label) };
}

/** The settings for which networks' fills are recorded, of one series. */
function recordedOf(view) {
  const places = Object.keys(view.get("recorded")).map((key) => {
    const [series, mechanism, rate, length, seed] = key.split(" ");
    return { series, mechanism, rate: Number(rate), gap_length: Number(length), seed: Number(seed) };
  });
  return places.filter(({ series }) => series === view.get("series"));
}

const settingNow = (view) => view.read(["series", "mechanism", "rate", "gap_length", "seed"]);

/** Among the recorded settings of this mechanism the one nearest in rate, then in length, then in seed. */
function nearestRecorded(view) {
  const now = settingNow(view);
  const away = ({ rate, gap_length, seed }) => {
    const length = hasLength(now.mechanism) ? Math.abs(gap_length - now.gap_length) : 0;
    return 1e4 * Math.abs(rate - now.rate) + length + Math.abs(seed - now.seed) / 1e3;
  };
  const places = recordedOf(view).filter(({ mechanism }) => mechanism === now.mechanism);
  return places.sort((a, b) => away(a) - away(b))[0];
}

function recordedNote(view) {
  const places = recordedOf(view);
  if (view.get("recorded")[settingOf(settingNow(view))]) {
    return `Recorded on ${view.get("recorded_on")}; not computed in this page.`;
  }
  if (!places.length) return "No network’s fill is recorded for this series: the recorded ones are of the weather.";
  const all = (name) => [...new Set(places.map((place) => place[name]).filter(Number.isFinite))].sort((a, b) => a - b);
  const lengths = hasLength(view.get("mechanism"))
    ? `, lengths of ${joinedBy("and", all("gap_length").map(String))}`
    : "";
  const rates = joinedBy(
    "and",
    all("rate").map((rate) => String(100 * rate)),
  );
  const seeds = joinedBy("and", all("seed").map(String));
  return `None is recorded at this setting. There are some at shares of ${withUnit(rates, "%")}${lengths} and seeds ${seeds}.`;
}

function fillControls(view) {
  const tables = view.get("tables");
  describeFills(view);
  const [simple, networks] = [tables.simple, tables.networks].map((names) => names.map((name) => fillBox(view, name)));
  const note = html("p", { class: "rnn-note", id: view.newId() });
  const go = button("Go to a recorded setting", () => {
    const { rate, gap_length, seed } = nearestRecorded(view);
    view.set({ rate, seed, ...(Number.isFinite(gap_length) && { gap_length }) });
  });
  for (const { root } of networks) root.querySelector("input").setAttribute("aria-describedby", note.id);
  const update = () => {
    const here = view.get("recorded")[settingOf(settingNow(view))] ?? {};
    for (const { name, text } of networks) {
      text.textContent = `${FILLS[name].label} (${here[name] ? "recorded" : "none here"})`;
    }
    note.textContent = recordedNote(view);
    go.hidden = Boolean(Object.keys(here).length || !nearestRecorded(view));
  };
  const boxes = (list) => html("div", { class: "rnn-boxes" }, ...list.map(({ root }) => root));
  const groups = [
    group("Fills shown, computed here", boxes(simple)),
    group("Networks’ fills, recorded", boxes(networks), note, go),
  ];
  return { groups, update };
}

/** Rows of exact values, one for the truth and each fill. */
function valueTable(heads) {
  const [caption, body] = [html("caption"), html("tbody")];
  const table = tableOf(caption, heads.length ? ["", ...heads] : [], body);
  const fill = (title, rows) => {
    caption.textContent = title;
    body.replaceChildren(
      ...rows.map(({ name, cells }) =>
        rowOf(name ? [sampleOf(name), FILLS[name].label] : [truthSample(), "Truth"], cells, {
          "data-row": name ?? "truth",
        }),
      ),
    );
  };
  return { table, fill };
}

// ---- What is drawn and said --------------------------------------------------------------------------------------

const COMPUTED = ["series", "mechanism", "rate", "gap_length", "seed", "fills"];

const stretchNow = (view) => view.get("stretches")[view.get("series")];
const cursorNow = (view) => Math.min(view.get("cursor"), stretchNow(view).values.length);
const lagNow = (view) => Math.min(view.get("lag"), stretchNow(view).lags);
const inBrackets = (unit) => (unit ? ` (${unit})` : "");

/** The part of the series in view: the page of `zoom` steps on which the cursor stands. */
function pageOf(view) {
  const { values, times } = stretchNow(view);
  const steps = Math.min(view.get("zoom") || values.length, values.length);
  const first = Math.min(Math.floor((cursorNow(view) - 1) / steps) * steps, values.length - steps) + 1;
  const named = times?.slice(first - 1, first - 1 + steps).map((text) => (text.length > 10 ? text.slice(5) : text));
  return { first, steps, ...(named && { times: named }) };
}

function seriesContents(view, now) {
  const stretch = stretchNow(view);
  const { values, given, name, unit, given_name } = stretch;
  const page = pageOf(view);
  const fills = Object.entries(now.fills).map(([name, fill]) => ({ name, values: fill.values }));
  const showTruth = view.get("show_truth");
  const part = `steps ${page.first} to ${page.first + page.steps - 1} of ${values.length}`;
  const shared = { ...page, times: page.times ?? null, removed: now.removed };
  const gone = now.removed.filter(Boolean).length;
  const said = fills.map(({ name }) => FILLS[name].label).join(", ") || "none";
  return {
    series: {
      ...shared,
      name,
      title: `${inBrackets(unit)}, ${part}`,
      values,
      showTruth,
      fills,
      domain: extent(values, ...fills.map((fill) => fill.values)),
      summary: `${name}, ${part}. ${gone} of ${values.length} values are missing; fills shown: ${said}.`,
    },
    given: {
      ...shared,
      name: "Neighbour:",
      title: `${given_name}; the larger it is, the likelier a hole`,
      values: given,
      whole: true,
      fills: [],
      domain: extent(given),
      summary: `The neighbour, ${given_name}, over the same steps: the larger its value, the likelier a hole.`,
    },
  };
}

/** By what the errors are told: the groups of gaps, or the lengths at which blocks and outages were drawn. */
function gapAxis(view, now) {
  if (!hasLength(view.get("mechanism"))) {
    const title = "by the length of the gap";
    return { names: groupNames(view.get("tables")), title, of: (name) => now.fills[name].by_gap };
  }
  const title = "by the length of a gap, drawn anew for each";
  return { names: view.get("tables").lengths.map(String), title, of: (name) => now.by_length[name] };
}

const TRUTH = "var(--rnn-ink)"; // its colour
const lineOf = (name, values) => ({ pen: penOf(FILLS[name]), hue: FILLS[name].hue, values });

/** A value of each fill that is shown, as text. */
const eachOf = (now, text) =>
  Object.entries(now.fills)
    .map(([name, fill]) => `${FILLS[name].label} ${text(fill)}`)
    .join("; ");

/** The bins that have a result: what nothing was taken of cannot be chosen. All of them where none has one. */
function filledBins(view, now) {
  const { names, of } = gapAxis(view, now);
  const lines = Object.keys(now.fills).map(of);
  const all = names.map((_, k) => k);
  const filled = all.filter((k) => lines.some((values) => Number.isFinite(values[k])));
  return filled.length ? filled : all;
}

/** The bin that is read: the chosen one or, where it is empty, the nearest that is not. */
function gapNow(view, now) {
  const away = (k) => Math.abs(k - view.get("gap"));
  return filledBins(view, now).reduce((best, k) => (away(k) < away(best) ? k : best));
}

function gapContent(view, now) {
  const { names, title, of } = gapAxis(view, now);
  const lines = Object.keys(now.fills).map((name) => lineOf(name, of(name)));
  const largest = Math.max(...lines.flatMap(({ values }) => values.filter(Number.isFinite)), 0) || 1;
  const known = Object.values(now.fills).some(({ mae }) => mae !== null);
  const overAll = known ? eachOf(now, ({ mae }) => short(mae ?? 0)) : "none";
  return {
    name: "Error",
    title: `${title}${inBrackets(stretchNow(view).unit)}`,
    steps: names.length,
    times: names,
    domain: [0, 1.06 * largest],
    lines,
    summary: `Mean absolute error by the length of the gap. Over all: ${overAll}.`,
  };
}

function lagContent(view, now) {
  const truth = { pen: null, hue: TRUTH, values: now.truth.autocorrelation };
  const lines = [truth, ...Object.entries(now.fills).map(([name, fill]) => lineOf(name, fill.autocorrelation))];
  const first = ({ autocorrelation }) => short(autocorrelation[0]);
  return {
    name: "Autocorrelation",
    title: "by lag, in steps",
    steps: stretchNow(view).lags,
    times: null,
    domain: extent(...lines.map(({ values }) => values), [1]),
    lines,
    summary: `Autocorrelation by lag. At lag 1: truth ${first(now.truth)}; ${eachOf(now, first)}.`,
  };
}

function quantileContent(view, now) {
  const [low, from, , to, high] = view.get("tables").quantiles.map((share) => short(100 * share));
  const rows = Object.entries(now.fills).map(([name, { quantiles }]) => ({ ...FILLS[name], quantiles }));
  const median = ({ quantiles }) => short(quantiles[2]);
  return {
    title: `line ${low} to ${withUnit(high, "%")}, box ${from} to ${withUnit(to, "%")}, median${inBrackets(stretchNow(view).unit)}`,
    rows: [{ label: "Truth", hue: TRUTH, quantiles: now.truth.quantiles }, ...rows],
    summary: `Quantiles of the whole series, true and filled. Median: truth ${median(now.truth)}; ${eachOf(now, median)}.`,
  };
}

/** What went, as sentences. */
function factsOf(view, { removed, gaps, truth, fills }) {
  const { values, unit } = stretchNow(view);
  const left = values.filter((_, t) => !removed[t]);
  const gone = removed.filter(Boolean).length;
  const [asked, taken] = [percent(view.get("rate")), percent(gone / values.length)];
  const holes = counted(runsOf(removed).length, "gap");
  const draw = `Asked for were ${asked} of the values; this draw took ${taken}`;
  const facts = [
    gone
      ? `${draw}: ${gone} of ${values.length}, in ${holes}; the longest has ${Math.max(...gaps)} steps.`
      : `${draw}.`,
  ];
  if (!left.length) return [...facts, "Nothing is left to fill from: take another seed, or less."];
  if (!gone) return [...facts, "Nothing was taken: take another seed, or more."];
  if (!view.get("show_truth")) return [...facts, "The truth in the holes is hidden, and with it every result."];
  facts.push(
    `What is left has the mean ${withUnit(short(averageOf(left)), unit)}; the truth has ${short(truth.mean)}.`,
  );
  const ranked = Object.entries(fills).sort(([, a], [, b]) => a.mae - b.mae);
  if (ranked.length > 1) {
    const [[best, first], [worst, last]] = [ranked[0], ranked.at(-1)];
    facts.push(
      `Smallest mean absolute error of those shown: ${FILLS[best].label}, ${withUnit(short(first.mae), unit)}; ` +
        `largest: ${FILLS[worst].label}, ${short(last.mae)}.`,
    );
  }
  if (hasLength(view.get("mechanism"))) {
    facts.push(
      "Blocks and outages begin at random, so that the share taken is the one asked for on average over many draws only.",
      "To a fill of one channel a block and an outage are the same. To a network they are not: in an outage the " +
        "station’s other channels are gone too.",
    );
  }
  return facts;
}

function fillTables(view, now, { step, whole, gap, lag, quantile }) {
  const { values, times, unit } = stretchNow(view);
  const [cursor, hidden] = [cursorNow(view), !view.get("show_truth")];
  const [gone, fills] = [now.removed[cursor - 1], Object.entries(now.fills)];
  const truth = values[cursor - 1];
  const error = (fill) => (gone ? (hidden ? "hidden" : signed(fill.values[cursor - 1] - truth)) : "–");
  step.fill(`Step ${cursor}${times ? `, ${times[cursor - 1]}` : ""}: ${gone ? "missing" : "seen"}`, [
    { cells: [gone && hidden ? "hidden" : exact(truth), ""] },
    ...fills.map(([name, fill]) => ({ name, cells: [exact(fill.values[cursor - 1]), error(fill)] })),
  ]);
  const number = (value) => (Number.isFinite(value) ? exact(value) : "–");
  const four = (value) => (value !== null && Number.isFinite(value) ? withMinus(value.toPrecision(4)) : "–");
  const score = ({ mae, rmse, variance, correlation }) =>
    [mae, rmse, variance / now.truth.variance, correlation].map(four);
  whole.fill(`The whole series${unit ? `, errors in ${unit}` : ""}`, [
    { cells: ["", "", "1", four(now.truth.correlation)] },
    ...fills.map(([name, fill]) => ({ name, cells: score(fill) })),
  ]);
  const column = (title, truth, read) => [
    title,
    [{ cells: [number(truth)] }, ...fills.map(([name, fill]) => ({ name, cells: [number(read(fill))] }))],
  ];
  const [group, axis] = [gapNow(view, now), gapAxis(view, now)];
  const count = hasLength(view.get("mechanism")) ? "" : `: ${counted(now.counts[group], "value")}`;
  gap.fill(`Mean absolute error, gaps of ${axis.names[group]}${count}`, [
    ...fills.map(([name]) => ({ name, cells: [number(axis.of(name)[group])] })),
  ]);
  const k = lagNow(view);
  const at = ({ autocorrelation }) => autocorrelation[k - 1];
  lag.fill(...column(`Autocorrelation at lag ${k}`, at(now.truth), at));
  const share = view.get("quantile");
  const of = ({ quantiles }) => quantiles[share];
  quantile.fill(...column(`Quantile, ${percent(view.get("tables").quantiles[share])}`, of(now.truth), of));
}

function speak(view, now) {
  const [fact] = factsOf(view, now);
  const fills = Object.entries(now.fills).filter(([, { mae }]) => mae !== null);
  const said = fills.map(([name, { mae }]) => `${FILLS[name].label} ${short(mae)}`).join("; ");
  view.say(view.get("show_truth") ? `${fact} Mean absolute error: ${said || "none"}.` : fact);
}

// ---- The page ----------------------------------------------------------------------------------------------------

const ZOOMS = [
  [0, "the whole series"],
  [96, "96 steps"],
  [48, "48 steps"],
];

const probe = (...parts) => html("div", { class: "rnn-probe" }, ...parts);

/** The exact values, folded below the chart they are read from: at a step, a length of gaps, a lag and a quantile. */
function exactValues(view, tables, numbers) {
  const { quantiles } = view.get("tables");
  const steps = () => stretchNow(view).values.length;
  const bins = () => filledBins(view, numbers());
  const at = { label: "At step", min: 1, max: steps, follows: ["cursor", "series"] };
  const gaps = {
    label: "Gaps of length",
    min: 0,
    max: () => bins().length - 1,
    text: (k) => gapAxis(view, numbers()).names[bins()[k]],
    follows: ["gap", ...COMPUTED],
    read: () => bins().indexOf(gapNow(view, numbers())),
    write: (k) => ({ gap: bins()[k] }),
  };
  const lags = { label: "Lag", min: 1, max: () => stretchNow(view).lags, follows: ["lag", "series"] };
  const shares = { label: "Quantile", text: (k) => percent(quantiles[k]) };
  const below = (...parts) => folding("Exact values", ...parts);
  return {
    step: [slider(view, "cursor", at), below(tables.step.table)],
    gap: below(slider(view, "gap", gaps), tables.gap.table),
    lag: below(slider(view, "lag", lags), tables.lag.table),
    quantile: below(slider(view, "quantile", shares), tables.quantile.table),
  };
}

const folding = (name, ...parts) =>
  html("details", { class: "rnn-more" }, native("summary", {}, name), html("div", { class: "rnn-folded" }, ...parts));

/** What the lines of the series are. */
function lineKeys(view) {
  const hole = html("span", {}, html("i", { class: "rnn-swatch" }), "hole");
  const truth = html("span", {}, truthSample(), "truth in a hole");
  const fills = view.get("fills").map((name) => html("span", {}, sampleOf(name), FILLS[name].label));
  return [keyTo({ class: "rnn-line rnn-seen" }, "seen"), ...(view.get("show_truth") ? [truth] : []), hole, ...fills];
}

function chartsOf(view) {
  return {
    series: new HoleChart(view, "series", 220),
    given: new HoleChart(view, "given", 90),
    gap: new FillChart(view, { name: "gap", trait: "gap", first: 0, marks: true }),
    lag: new FillChart(view, { name: "lag", trait: "lag", first: 1 }),
    quantiles: new QuantileChart(view),
  };
}

const tablesOf = () => ({
  step: valueTable(["value", "error"]),
  whole: valueTable(["MAE", "RMSE", "variance ÷ true", "corr. with neighbour"]),
  gap: valueTable([]),
  lag: valueTable([]),
  quantile: valueTable([]),
});

function render({ model, el }) {
  const view = new View({ model, el }, "Missingness laboratory");
  const [charts, tables] = [chartsOf(view), tablesOf()];
  const computed = remember(() => {
    const now = compute(view.read([...COMPUTED, "stretches", "recorded", "tables"]));
    const contents = { gap: gapContent(view, now), lag: lagContent(view, now), quantile: quantileContent(view, now) };
    return { now, contents };
  });
  const pictured = remember(() => seriesContents(view, computed(keyOfNumbers()).now));
  const keyOfNumbers = () => COMPUTED.map((name) => view.get(name)).join();

  const { groups, update } = fillControls(view);
  const [draw, facts, keys] = [html("p", { class: "rnn-reach" }), html("div", { class: "rnn-facts" }), legend()];
  const exact = exactValues(view, tables, () => computed(keyOfNumbers()).now);
  const whole = probe(tables.whole.table);
  whole.classList.add("rnn-whole");
  const { gap, lag, quantiles } = charts;
  const results = html(
    "div",
    { class: "rnn-results" },
    html("div", {}, gap.figure, exact.gap),
    html("div", {}, quantiles.figure, exact.quantile),
    html("div", {}, lag.figure, exact.lag),
  );
  layOut(view, HINT, {
    tries: triesOf(view),
    controls: [removalControls(view), folding("Fills shown", ...groups)],
    folded: [inRow(select(view, "zoom", { label: "Picture", options: ZOOMS }))],
    lead: [draw, keys, charts.series.figure],
    main: [charts.given.figure, ...exact.step, results],
    beside: [whole, facts],
  });

  view.drawWith(() => {
    const { now, contents } = computed(keyOfNumbers());
    const pictures = pictured([keyOfNumbers(), view.get("show_truth"), ...Object.values(pageOf(view))].join());
    update();
    for (const part of [results, whole]) part.hidden = !view.get("show_truth");
    charts.given.figure.hidden = view.get("mechanism") !== "mar";
    charts.series.show(pictures.series, cursorNow(view), null);
    charts.given.show(pictures.given, cursorNow(view), null);
    gap.show(contents.gap, gapNow(view, now), null);
    lag.show(contents.lag, lagNow(view), null);
    quantiles.show(contents.quantile, view.get("quantile"));
    fillTables(view, now, tables);
    const [taken, ...rest] = factsOf(view, now);
    draw.textContent = taken;
    facts.replaceChildren(...rest.map((fact) => html("p", {}, fact)));
    keys.replaceChildren(...lineKeys(view));
    speak(view, now);
  });
  return () => view.close();
}

export default { render };
