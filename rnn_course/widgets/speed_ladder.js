// The speed ladder: how long one training step took, rung by rung, as a record of a device has it.

import { html, hueOf, linear, short, svg, ticks } from "./charts.js";
import { group, inRow, keyTo, layOut, legend, native, rowOf, select, slider, tableOf, View } from "./controls.js";
import { chosen, compute, markOf, readRecord, recordOf } from "./speed_ladder_compute.js";

// ---- Numbers as words --------------------------------------------------------------------------------------------

const UNITS = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
];

/** Seconds in the unit that fits, on one line with it, with three digits, or as `digits` writes them. */
function duration(seconds, digits = short) {
  if (seconds === 0) return "0";
  const [unit, name] = UNITS.find(([unit]) => seconds >= unit * 0.9995) ?? UNITS.at(-1);
  return `${digits(seconds / unit)}\u00a0${name}`;
}

/** All digits that a record has, up to seven. */
const asRecorded = (value) => String(Number(value.toPrecision(7)));

const timesAsFast = (ratio) => (ratio === null ? "–" : `${short(ratio)}\u00a0×`);

const DEVICE_KINDS = { cpu: "CPU", cuda: "GPU", mps: "GPU" };
const kindOf = ({ kind }) => DEVICE_KINDS[kind] ?? kind;

/** Whose times these are, when and how they were made. */
function sourceOf({ device, date }) {
  const driver = device.driver ? `, ${device.driver}` : "";
  return `${kindOf(device)}: ${device.name}${driver}. Measured ${String(date)}.`;
}

/** Said as long as no record of a GPU can be chosen. */
const NO_GPU =
  "No GPU was at hand when this course was made, so no GPU's times are shown: none are made up, and a CPU's are " +
  "not drawn as a GPU's. If you have one, make a record of it and load it under “More”.";

const sizeText = ({ batch, time, input, hidden }) => `batch ${batch}, ${time} steps, input ${input}, hidden ${hidden}`;

function factOf(now, label) {
  const { fastest, marked, rows } = now;
  const at = `At ${sizeText(now.size)}`;
  if (fastest === null) return `${at} no LSTM in float32 was measured.`;
  const { ratio, median } = rows[fastest];
  const compared = `, ${short(ratio ?? 1)} times as fast as the marked row, ${label(marked)}`;
  const rest = fastest === marked || ratio === null ? "" : compared;
  return `${at} the fastest LSTM in float32 is ${label(fastest)} with ${duration(median)}${rest}.`;
}

function summarise(now, label) {
  const said = Object.entries(now.rows).map(
    ([rung, { median }]) => `${label(rung)} ${median === null ? "not measured" : duration(median)}`,
  );
  return `Median time forward and backward at ${sizeText(now.size)}. ${said.join("; ")}.`;
}

// ---- The rows: of HTML, so that names and reasons wrap, each with a track as wide as the chart --------------------

const TRACK = 20; // height in px
const MODEL_HUES = { LSTM: "h" };
const hueOfModel = (model) => `--rnn-hue: ${hueOf(MODEL_HUES[model] ?? "f")}`;

/** Where a time stands on the axis, as a share of the width in per cent. */
const placeOn = ({ log, low, high }) => {
  const scale = log ? linear([Math.log10(low), Math.log10(high)], [0, 100]) : linear([low, high], [0, 100]);
  return (seconds) => `${Math.min(Math.max(scale(log ? Math.log10(seconds) : seconds), 0), 100).toFixed(3)}%`;
};

/** The lines of the axis, [seconds, text]: round times from zero or, on a log axis, round ratios to the marked row. */
function linesOf({ log, low, high }, mark) {
  if (!log) return ticks(low, high, 4).map((seconds) => [seconds, duration(seconds)]);
  const decades = Math.log10(high / low);
  const factors = decades > 2.5 ? [1] : decades > 0.9 ? [1, 2, 5] : [1, 1.5, 2, 3, 5];
  const powers = Array.from({ length: 19 }, (_, k) => 10 ** (k - 9));
  const ratios = powers.flatMap((power) => factors.map((factor) => factor * power)).filter((ratio) => ratio >= 1);
  const slower = ratios.map((ratio) => [mark * ratio, ratio === 1 ? "1" : `× ${short(ratio)}`]);
  const faster = ratios.slice(1).map((ratio) => [mark / ratio, `÷ ${short(ratio)}`]);
  return [...faster.reverse(), ...slower].filter(([seconds]) => seconds >= low && seconds <= high);
}

/** On a linear axis a bar from zero. A log axis has no zero and a length on it means nothing: there it is a dot. */
function tookOf(median, model, place, log) {
  const attributes = { class: "rnn-took", style: hueOfModel(model) };
  if (log) return svg("circle", { cx: place(median), cy: TRACK / 2, r: 5, ...attributes });
  return svg("rect", { x: 0, y: 4, width: place(median), height: TRACK - 8, ...attributes });
}

function trackOf({ low, median, high, model }, limit, axis, lines) {
  const place = placeOn(axis);
  const middle = TRACK / 2;
  const upright = (x, attributes, reach = middle) =>
    svg("line", { x1: x, x2: x, y1: middle - reach, y2: middle + reach, ...attributes });
  const quartile = { class: "rnn-line rnn-quartile" };
  return svg(
    "svg",
    { class: "rnn-track", width: "100%", height: TRACK, "aria-hidden": "true" },
    ...lines.map(([seconds]) => upright(place(seconds), { class: "rnn-power" })),
    tookOf(median, model, place, axis.log),
    svg("line", { x1: place(low), x2: place(high), y1: middle, y2: middle, ...quartile }),
    ...[low, high].map((value) => upright(place(value), quartile, 4)),
    ...(limit === null ? [] : [upright(place(limit), { class: "rnn-line rnn-limit" })]),
  );
}

function axisRow(axis, lines) {
  const place = placeOn(axis);
  const shares = lines.map(([seconds]) => Number.parseFloat(place(seconds)));
  const anchorOf = (share) => (share < 6 ? "start" : share > 94 ? "end" : "middle");
  const label = ([, text], k) => svg("text", { x: `${shares[k]}%`, y: 13, "text-anchor": anchorOf(shares[k]) }, text);
  const [first, last] = [shares[0], shares.at(-1)];
  const crowded = lines.length > 1 && (last - first) / (lines.length - 1) < 11; // of 300 px on a phone
  const shown = lines
    .map(label)
    .filter((_, k) => !crowded || k % 2 === lines.findIndex(([, text]) => text === "1") % 2);
  return svg("svg", { class: "rnn-axes", width: "100%", height: 18, "aria-hidden": "true" }, ...shown);
}

/** One rung: its name, its time and its track, or why it was not measured. */
function rungRow(view, result, k, now, lines) {
  const marked = result.rung === now.marked;
  const row = now.rows[result.rung];
  const model = result.model === "LSTM" ? "" : " (another model)";
  const name = html("span", { class: "rnn-rung-name" }, `${marked ? "▸ " : ""}${labelOf(view)(result.rung)}${model}`);
  const time = row.skipped ? "not measured" : `${duration(row.median)}, ${timesAsFast(row.ratio)}`;
  const figures = html("span", { class: "rnn-rung-time" }, time);
  const reason = () => html("span", { class: "rnn-reason" }, row.skipped);
  const body = row.skipped ? reason() : trackOf(result, row.limit, now.axis, lines);
  const kind = `rnn-rung${marked ? " rnn-marked" : ""}${row.skipped ? " rnn-skipped" : ""}`;
  const item = html("li", { class: kind, "data-rung": result.rung }, name, figures, body);
  if (!row.skipped) item.addEventListener("click", () => view.set({ marked: k }));
  return item;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const HINT = "One pass of an LSTM, forward and backward, by one program after another: how long does each take?";

const SCALES = [
  ["linear", "times, from zero"],
  ["log", "ratios (log)"],
];
const SCALE_NOTES = {
  linear: "Bars begin at zero, so that a bar twice as long is twice the time.",
  log:
    "Equal distances are equal ratios; the lines are the marked row’s time divided or multiplied. A log axis has no " +
    "zero, so that the length of a bar on it would mean nothing: dots stand in their place.",
};

const triesOf = (view) => [
  {
    label: "One sequence",
    set: { batch: 1 },
    look: "How far is each row from its dashed limit? What lies between is calls, waiting, and numbers moved.",
  },
  {
    label: "64 at once",
    set: { batch: 64 },
    look: () => {
      const asked = "64 times the products of one sequence: which rows come near 64 times as long?";
      return `${asked} ${growth(view, "batch", 1, 64)}`;
    },
  },
  {
    label: "Long",
    set: { time: 1024 },
    look: () => {
      const asked = "Four times the steps of 256, each of which waits for the one before: is any row much below four?";
      return `${asked} ${growth(view, "time", 256, 1024)}`;
    },
  },
  {
    label: "Wide",
    set: { hidden: 256 },
    look: () => {
      const asked =
        "Four times the products of hidden size 128, in as many calls: which rows take less than four times as long?";
      return `${asked} ${growth(view, "hidden", 128, 256)}`;
    },
  },
  {
    label: "By ratio",
    set: () => ({ scale: "log", marked: fastestOf(view) }),
    look: "The fastest LSTM in float32 is marked: each line is its time multiplied or divided by a round number.",
  },
];

const LIMIT = "the limit: the row's products alone, at the rate of one large product on this device";
const COMMAND = "rnn-course bench speed --device cuda --out mine.json";
const LARGEST_FILE = 5e6; // bytes

const CONTROLS = ["device", "own", "hidden", "time", "batch", "marked", "scale"];
const stateOf = (view) => view.read(["records", ...CONTROLS]);
const labelOf = (view) => (rung) => view.get("labels")[rung] ?? rung;
const shownRecord = (view) => recordOf(stateOf(view));
const chosenNow = (view) => chosen(shownRecord(view).results, stateOf(view));

/** How many times as long the rows take at another size than at a first one, the others as in the opening state: the
 * row for which it is the least, and that for which it is the most. */
function growth(view, name, from, to) {
  const [first, now] = [from, to].map((size) => compute({ ...stateOf(view), ...view.get("initial"), [name]: size }));
  const timed = Object.keys(now.rows).filter((rung) => now.rows[rung].median !== null && first.rows[rung]?.median);
  if (first.size[name] !== from || now.size[name] !== to || !timed.length) {
    return "This record has no times at both sizes: the nearest size is shown.";
  }
  const grown = timed.map((rung) => [now.rows[rung].median / first.rows[rung].median, labelOf(view)(rung)]);
  const [[least, one], [most, other]] = [grown.sort(([a], [b]) => a - b)[0], grown.at(-1)];
  return `The least: ${one}, ${short(least)} times as long; the most: ${other}, ${short(most)} times.`;
}

/** The place, among the rows of the opening state, of the fastest LSTM in float32; of the marked row without one. */
function fastestOf(view) {
  const state = { ...stateOf(view), ...view.get("initial") };
  const { fastest, marked, rows } = compute(state);
  return Object.keys(rows).indexOf(fastest ?? marked);
}

/** Why a size cannot be chosen, or why another one is shown; empty where neither is so. */
function sizeReason(view, name) {
  const { size, choices } = chosenNow(view);
  if (choices[name].length === 1) return `Nothing but ${size[name]} was measured with what is chosen above.`;
  const wanted = view.get(name);
  return wanted === size[name] ? "" : `${wanted} was not measured with what is chosen above: the nearest is shown.`;
}

/** A slider over the sizes that were measured, with the reason where there is nothing to choose. */
function sizeSlider(view, name, label) {
  const follows = ["device", "own", "hidden", "time", "batch"];
  const control = slider(view, name, {
    label,
    min: 0,
    max: () => chosenNow(view).choices[name].length - 1,
    text: (k) => String(chosenNow(view).choices[name][k]),
    follows,
    read: () => chosenNow(view).choices[name].indexOf(chosenNow(view).size[name]),
    write: (k) => ({ [name]: chosenNow(view).choices[name][k] }),
  });
  const reason = html("p", { class: "rnn-reason", id: view.newId() });
  control.querySelector("input").setAttribute("aria-describedby", reason.id);
  control.append(reason);
  for (const trait of follows) view.follow(trait, () => (reason.textContent = sizeReason(view, name)));
  return control;
}

/** A slider over the rows that have a time; over all of them where none has. */
function markSlider(view) {
  const rungs = () => chosenNow(view).rungs;
  const timed = () => rungs().filter(({ skipped }) => !skipped);
  const rows = () => (timed().length ? timed() : rungs());
  return slider(view, "marked", {
    label: "Marked row ▸, to compare with",
    min: 0,
    max: () => rows().length - 1,
    text: (k) => labelOf(view)(rows()[k].rung),
    follows: CONTROLS,
    read: () => rows().indexOf(markOf(rungs(), view.get("marked"))),
    write: (k) => ({ marked: rungs().indexOf(rows()[k]) }),
  });
}

/** The records, and the reader's own as soon as there is one. */
function deviceSelect(view) {
  const id = view.newId();
  const input = native("select", { id });
  input.addEventListener("change", () => view.set({ device: Number(input.value) }));
  const show = () => {
    const records = [...view.get("records"), ...(view.get("own") ? [view.get("own")] : [])];
    const option = ({ name, device }, k) => html("option", { value: k }, `${name} (${kindOf(device)})`);
    input.replaceChildren(...records.map(option));
    input.value = view.get("device");
  };
  view.follow("own", show);
  view.follow("device", show);
  return html("div", { class: "rnn-control" }, html("label", { for: id }, "Measured on"), input);
}

/** Reads a file of the reader's own in the page; what is no record is refused with a sentence. */
function fileControl(view) {
  const [id, told] = [view.newId(), view.newId()];
  const input = native("input", { type: "file", id, accept: ".json,application/json", "aria-describedby": told });
  const refused = html("p", { id: told, class: "rnn-refused", role: "alert" });
  const tell = (text = "") => (refused.textContent = text);
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const tooLarge = { refusal: `it has more than ${LARGEST_FILE / 1e6} MB.` };
    const { record, refusal } = file.size > LARGEST_FILE ? tooLarge : readRecord(await file.text());
    tell(refusal && `${file.name} is not a speed record: ${refusal}`);
    if (record) view.set({ own: record, device: view.get("records").length });
  });
  view.resets.push(() => {
    input.value = "";
    tell();
  });
  const label = html("label", { for: id }, "Load its file (it stays in this page)");
  return html("div", { class: "rnn-control rnn-file" }, label, input, refused);
}

function controlsOf(view) {
  const mark = markSlider(view);
  mark.classList.add("rnn-mark");
  return [
    group(
      "Size",
      sizeSlider(view, "hidden", "Hidden size"),
      sizeSlider(view, "time", "Steps of time"),
      sizeSlider(view, "batch", "Batch"),
    ),
    group("Shown", mark, inRow(select(view, "scale", { label: "Axis", options: SCALES })), deviceSelect(view)),
  ];
}

/** A command whose words, two dashes among them, stay whole where a line ends. */
const commandOf = (text) =>
  html(
    "code",
    {},
    ...text.split(/( )/).map((word) => (word === " " ? word : html("span", { class: "rnn-word" }, word))),
  );

const ownRecord = (view) =>
  group(
    "A record of your own",
    fileControl(view),
    html("p", { class: "rnn-note" }, "Make one in a terminal, on a Mac with mps: ", commandOf(COMMAND)),
  );

/** The marked row with all its digits; returns the table and a function that fills it. */
function exactTable() {
  const heads = {
    model: "model",
    dtype: "dtype",
    median: "median",
    low: "lower quartile",
    high: "upper quartile",
    step: "for one time step",
    limit: "limit",
    error: "largest error",
    repeats: "repeats",
  };
  const cells = Object.fromEntries(Object.keys(heads).map((name) => [name, html("td", { "data-value": name })]));
  const rows = Object.entries(heads).map(([name, head]) => rowOf(head, [cells[name]]));
  const caption = html("caption");
  const fill = (result, label, { rows, marked }) => {
    caption.textContent = `Marked: ${label}`;
    const { step, limit } = rows[marked];
    const time = (seconds) => (seconds === null ? "–" : duration(seconds, asRecorded));
    const texts = {
      model: result.model,
      dtype: result.dtype,
      median: time(result.median),
      low: time(result.low),
      high: time(result.high),
      step: time(step === null ? null : step / 1e6),
      limit: time(limit),
      error: result.error === null ? "–" : short(result.error),
      repeats: result.repeats ?? "–",
    };
    for (const [name, text] of Object.entries(texts)) cells[name].textContent = text;
  };
  return { table: tableOf(caption, [], html("tbody", {}, ...rows)), fill };
}

function speak(view, now) {
  const label = labelOf(view);
  const { median, low, high, skipped } = now.rows[now.marked];
  const said = skipped
    ? `not measured: ${skipped}`
    : `${duration(median)}, quartiles ${duration(low)} and ${duration(high)}`;
  view.say(`Marked: ${label(now.marked)}, ${said}. ${factOf(now, label)}`);
}

function render({ model, el }) {
  const view = new View({ model, el }, "Speed ladder");
  const [fact, scale, note, made] = ["rnn-reach", "rnn-scale", "rnn-note", "rnn-note"].map((kind) =>
    html("p", { class: kind }),
  );
  const source = html("span");
  const read = html("span", {}, "median, and times as fast as ▸");
  const list = html("ol", { class: "rnn-rungs" });
  const axis = html("div", { class: "rnn-stage rnn-rung-axis" });
  const limit = legend();
  const { table, fill } = exactTable();
  const caption = html("figcaption", {}, source, read);
  const figure = html("figure", { role: "group", "data-chart": "ladder" }, caption, list, axis, scale, limit);
  layOut(view, HINT, {
    tries: triesOf(view),
    controls: controlsOf(view),
    folded: [ownRecord(view)],
    lead: [fact], // on a phone the controls would stand a screen and more below so high a figure
    main: [figure, table, made, note],
  });
  view.drawWith(() => {
    const now = compute(stateOf(view));
    const { rungs } = chosenNow(view);
    const label = labelOf(view);
    const lines = linesOf(now.axis, now.rows[now.marked].median);
    const record = shownRecord(view);
    source.textContent = sourceOf(record);
    fact.textContent = factOf(now, label);
    list.replaceChildren(...rungs.map((result, k) => rungRow(view, result, k, now, lines)));
    figure.setAttribute("aria-label", summarise(now, label));
    axis.replaceChildren(axisRow(now.axis, lines));
    scale.textContent = SCALE_NOTES[view.get("scale")];
    limit.replaceChildren(...limitLegend(now));
    fill(
      rungs.find(({ rung }) => rung === now.marked),
      label(now.marked),
      now,
    );
    made.replaceChildren("These times were made by ", commandOf(String(record.command)));
    const shown = [...view.get("records"), view.get("own")].filter((record) => record);
    note.textContent = shown.some(({ device }) => kindOf(device) === "GPU") ? "" : NO_GPU;
    speak(view, now);
  });
  return () => view.close();
}

/** What the dashed lines are. */
function limitLegend({ rows }) {
  const known = Object.values(rows).some(({ limit, skipped }) => limit !== null && !skipped);
  const what = known ? LIMIT : "The record has no rate of a large product, so no limit is drawn.";
  return [known ? keyTo({ class: "rnn-line rnn-limit" }, what) : html("span", {}, what)];
}

export default { render };
