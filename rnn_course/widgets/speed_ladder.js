// The speed ladder: how long one training step took, rung by rung, as a record of a device has it.

import { html, hueOf, linear, short, svg } from "./charts.js";
import { group, keyTo, layOut, legend, native, rowOf, slider, tableOf, View } from "./controls.js";
import { chosen, compute, markOf, readRecord, recordOf } from "./speed_ladder_compute.js";

// ---- Numbers as words --------------------------------------------------------------------------------------------

const UNITS = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
];

/** Seconds in the unit that fits, with three digits, or as `digits` writes them. */
function duration(seconds, digits = short) {
  const [unit, name] = UNITS.find(([unit]) => seconds >= unit * 0.9995) ?? UNITS.at(-1);
  return `${digits(seconds / unit)} ${name}`;
}

/** All digits that a record has, up to seven. */
const asRecorded = (value) => String(Number(value.toPrecision(7)));

const timesAsFast = (ratio) => (ratio === null ? "–" : `${short(ratio)} ×`);

const DEVICE_KINDS = { cpu: "CPU", cuda: "GPU", mps: "GPU" };
const kindOf = ({ kind }) => DEVICE_KINDS[kind] ?? kind;

/** Whose times these are, when and how they were made. */
function sourceOf({ device, date, command }) {
  const driver = device.driver ? `, ${device.driver}` : "";
  const measured = `${kindOf(device)}: ${device.name}${driver}. Measured ${String(date)} by `;
  return [measured, html("code", {}, String(command))];
}

/** Said as long as no record of a GPU can be chosen. */
const NO_GPU =
  "No GPU was at hand when this course was made, so no GPU's times are shown: none are made up, and a CPU's are " +
  "not drawn as a GPU's. If you have one, make a record with the command below and load its file (a Mac's is mps).";

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
  return `Bars of the median time forward and backward at ${sizeText(now.size)}, log scale: ${said.join("; ")}.`;
}

// ---- The bars: HTML rows, so that names and reasons wrap, each with a track as wide as the chart ------------------

const TRACK = 20; // height in px
const MODEL_HUES = { LSTM: "h" };
const hueOfModel = (model) => `--rnn-hue: ${hueOf(MODEL_HUES[model] ?? "f")}`;

/** Where a time stands on the log axis, as a share of the width in per cent. */
const placeOn = ({ low, high }) => {
  const scale = linear([low, high], [0, 100]);
  return (seconds) => `${Math.min(Math.max(scale(Math.log10(seconds)), 0), 100).toFixed(3)}%`;
};

const powersOf = ({ low, high }) => Array.from({ length: high - low + 1 }, (_, k) => low + k);

function trackOf({ low, median, high, model }, limit, axis) {
  const place = placeOn(axis);
  const middle = TRACK / 2;
  const upright = (x, attributes, reach = middle) =>
    svg("line", { x1: x, x2: x, y1: middle - reach, y2: middle + reach, ...attributes });
  const quartile = { class: "rnn-line rnn-quartile" };
  return svg(
    "svg",
    { class: "rnn-track", width: "100%", height: TRACK, "aria-hidden": "true" },
    ...powersOf(axis).map((power) => upright(place(10 ** power), { class: "rnn-power" })),
    svg("rect", { class: "rnn-took", x: 0, y: 4, width: place(median), height: TRACK - 8, style: hueOfModel(model) }),
    svg("line", { x1: place(low), x2: place(high), y1: middle, y2: middle, ...quartile }),
    ...[low, high].map((value) => upright(place(value), quartile, 4)),
    ...(limit === null ? [] : [upright(place(limit), { class: "rnn-line rnn-limit" })]),
  );
}

function axisRow(axis) {
  const powers = powersOf(axis);
  const every = Math.ceil(powers.length / 6);
  const place = placeOn(axis);
  const anchorOf = (power) => (power === axis.low ? "start" : power === axis.high ? "end" : "middle");
  const label = (power) =>
    svg("text", { x: place(10 ** power), y: 13, "text-anchor": anchorOf(power) }, duration(10 ** power));
  const shown = powers.filter((power) => (power - axis.low) % every === 0);
  return svg("svg", { class: "rnn-axes", width: "100%", height: 18, "aria-hidden": "true" }, ...shown.map(label));
}

/** One rung: its name and time above its track, or why it was not measured. */
function rungRow(view, result, k, now) {
  const marked = result.rung === now.marked;
  const row = now.rows[result.rung];
  const model = result.model === "LSTM" ? "" : " (another model)";
  const name = `${marked ? "▸ " : ""}${labelOf(view)(result.rung)}${model}`;
  const label = html("span", { class: "rnn-rung-name" }, name);
  const figures = html("span", {}, row.skipped ? "not measured" : `${duration(row.median)}, ${timesAsFast(row.ratio)}`);
  const head = html("div", { class: "rnn-rung-head" }, label, figures);
  const body = row.skipped ? html("p", { class: "rnn-reason" }, row.skipped) : trackOf(result, row.limit, now.axis);
  const item = html("li", { class: marked ? "rnn-rung rnn-marked" : "rnn-rung", "data-rung": result.rung }, head, body);
  if (!row.skipped) item.addEventListener("click", () => view.set({ marked: k }));
  return item;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const HINT =
  "One pass of an LSTM, forward and backward, by one program after another; each bar is a median, the bracket spans " +
  "the quartiles, and a line further right is ten times as long. Try: mark the slowest row, then let the batch grow " +
  "and watch which rungs gain. A click on a row marks it.";
const LIMIT = "the limit: the row's products alone, at the rate of one large product on this device";
const COMMAND = "rnn-course bench speed --device cuda --out mine.json";
const LARGEST_FILE = 5e6; // bytes

const CONTROLS = ["device", "own", "hidden", "time", "batch", "marked"];
const stateOf = (view) => view.read(["records", ...CONTROLS]);
const labelOf = (view) => (rung) => view.get("labels")[rung] ?? rung;
const shownRecord = (view) => recordOf(stateOf(view));
const chosenNow = (view) => chosen(shownRecord(view).results, stateOf(view));

/** A slider over the sizes that were measured. */
const sizeSlider = (view, name, label) =>
  slider(view, name, {
    label,
    min: 0,
    max: () => chosenNow(view).choices[name].length - 1,
    text: (k) => String(chosenNow(view).choices[name][k]),
    follows: ["device", "own", "hidden", "time", "batch"],
    read: () => chosenNow(view).choices[name].indexOf(chosenNow(view).size[name]),
    write: (k) => ({ [name]: chosenNow(view).choices[name][k] }),
  });

/** A slider over the rows that have a time; over all of them where none has. */
function markSlider(view) {
  const rungs = () => chosenNow(view).rungs;
  const timed = () => rungs().filter(({ skipped }) => !skipped);
  const rows = () => (timed().length ? timed() : rungs());
  return slider(view, "marked", {
    label: "Marked row, with which the others are compared",
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
  const label = html("label", { for: id }, "Load a record of your own (it stays in this page)");
  return html("div", { class: "rnn-control rnn-file" }, label, input, refused);
}

const controlsOf = (view) => [
  group("Device", deviceSelect(view), fileControl(view)),
  group(
    "Size",
    sizeSlider(view, "hidden", "Hidden size"),
    sizeSlider(view, "time", "Steps of time"),
    sizeSlider(view, "batch", "Batch"),
  ),
];

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
  const [source, fact, note] = ["rnn-note", "rnn-reach", "rnn-note"].map((name) => html("p", { class: name }));
  const list = html("ol", { class: "rnn-rungs" });
  const axis = html("div", { class: "rnn-stage" });
  const limit = legend();
  const { table, fill } = exactTable();
  const figure = html("figure", { role: "group", "data-chart": "ladder" }, list, axis, limit);
  const mark = markSlider(view);
  mark.classList.add("rnn-mark");
  layOut(view, HINT, { controls: controlsOf(view), main: [source, fact, mark, figure, note], beside: [table] });
  view.drawWith(() => {
    const now = compute(stateOf(view));
    const { rungs } = chosenNow(view);
    const label = labelOf(view);
    source.replaceChildren(...sourceOf(shownRecord(view)));
    fact.textContent = factOf(now, label);
    list.replaceChildren(...rungs.map((result, k) => rungRow(view, result, k, now)));
    figure.setAttribute("aria-label", summarise(now, label));
    axis.replaceChildren(axisRow(now.axis));
    limit.replaceChildren(...limitLegend(now));
    fill(
      rungs.find(({ rung }) => rung === now.marked),
      label(now.marked),
      now,
    );
    const shown = [...view.get("records"), view.get("own")].filter((record) => record);
    const hasGpu = shown.some(({ device }) => kindOf(device) === "GPU");
    note.replaceChildren(...(hasGpu ? [] : [NO_GPU, " ", html("code", {}, COMMAND)]));
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
