// The speed ladder: how long one training step took, rung by rung, as a record of a device has it.

// ---- Records: the same rules in the same order as in speed_ladder.py ---------------------------------------------

const SIZES = ["batch", "time", "input", "hidden"];
const TIMES = ["low", "median", "high"];
const PROVENANCE = ["command", "date", "versions", "settings"];
const MOST_RESULTS = 5000;
const LONGEST_TEXT = 300;
const OWN = "Your record";

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string" && /\S/.test(value) && value.length <= LONGEST_TEXT;
const isEmpty = (value) => !value || (typeof value === "object" && Object.keys(value).length === 0);

/** Why this is no speed record, in a sentence; null if it is one. */
function refusalOf(record) {
  if (!isObject(record)) return "it is not an object with named fields.";
  const missing = [...PROVENANCE, "device", "results"].filter((field) => isEmpty(record[field]));
  if (missing.length) return `it does not say its ${missing.join(", ")}.`;
  const { device, results } = record;
  if (!isObject(device) || !isText(device.kind) || !isText(device.name)) return "its device has no kind and name.";
  if (!Array.isArray(results)) return "its results are not a list.";
  if (results.length > MOST_RESULTS) return `it has ${results.length} results, at most ${MOST_RESULTS} can be shown.`;
  for (const [k, result] of results.entries()) {
    const wrong = wrongIn(result);
    if (wrong) return `result ${k + 1} ${wrong}.`;
  }
  const repeated = repeatedIn(results);
  return repeated && `result ${repeated} repeats an earlier one.`;
}

function wrongIn(result) {
  if (!isObject(result)) return "is not an object with named fields";
  for (const field of ["rung", "model", "dtype"]) if (!isText(result[field])) return `has no ${field}`;
  for (const field of SIZES) {
    if (!Number.isInteger(result[field]) || result[field] < 1) return `has no whole number as its ${field}`;
  }
  if (isText(result.skipped)) return null;
  const [low, median, high] = TIMES.map((field) => result[field]);
  const timed = [low, median, high].every((value) => Number.isFinite(value) && value > 0 && value < 1e9);
  if (!timed) return "has neither times nor a reason why it was skipped";
  return low <= median && median <= high ? null : "has a median that is not between its quartiles";
}

function repeatedIn(results) {
  const seen = new Set();
  for (const [k, result] of results.entries()) {
    const key = [result.rung, ...SIZES.map((field) => result[field])].join("\n");
    if (seen.has(key)) return k + 1;
    seen.add(key);
  }
  return null;
}

function compact(result) {
  const skipped = isText(result.skipped) ? result.skipped : null;
  const kept = Object.fromEntries(["rung", "model", "dtype", ...SIZES].map((field) => [field, result[field]]));
  const times = Object.fromEntries(TIMES.map((field) => [field, skipped ? null : result[field]]));
  const repeats = Number.isFinite(result.repeats) ? Math.trunc(result.repeats) : null;
  return { ...kept, ...times, repeats, error: Number.isFinite(result.error) ? result.error : null, skipped };
}

/** The rates of large products that a record has, by dtype, in operations per second. */
function ratesOf(limits) {
  const product = isObject(limits) && isObject(limits.product) ? limits.product : {};
  return Object.fromEntries(Object.entries(product).filter(([, rate]) => Number.isFinite(rate) && rate > 0));
}

/** The record in a file's text: { record } or, in a sentence, { refusal }. */
export function readRecord(text) {
  let record;
  try {
    record = JSON.parse(text);
  } catch {
    return { refusal: "it is not JSON." };
  }
  const refusal = refusalOf(record);
  if (refusal) return { refusal };
  const said = (value) => (typeof value === "string" ? value.slice(0, LONGEST_TEXT) : "");
  const device = Object.fromEntries(["kind", "name", "driver"].map((field) => [field, said(record.device[field])]));
  const provenance = Object.fromEntries(PROVENANCE.map((field) => [field, record[field]]));
  const limits = { product: ratesOf(record.limits) };
  return { record: { name: OWN, ...provenance, device, limits, results: record.results.map(compact) } };
}

// ---- What is shown of a record -----------------------------------------------------------------------------------

const ordered = (values) => [...new Set(values)].sort((a, b) => a - b);

/** The size nearest to the wanted one by their ratio, the smaller of two that are as near. */
function nearest(sizes, wanted) {
  const distance = (size) => Number(Math.abs(Math.log(size / wanted)).toFixed(9));
  return sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
}

/** The measured size nearest to the wanted one, what can be chosen beside it, and its rungs. */
function chosen(results, wanted) {
  const [size, choices] = [{}, {}];
  let rungs = results;
  for (const name of ["hidden", "time", "batch", "input"]) {
    choices[name] = ordered(rungs.map((result) => result[name]));
    size[name] = nearest(choices[name], name === "input" ? size.hidden : wanted[name]);
    rungs = rungs.filter((result) => result[name] === size[name]);
  }
  return { size, choices, rungs };
}

function axisOf(seconds) {
  if (!seconds.length) return { low: -3, high: 0 };
  const low = Math.floor(Math.log10(Math.min(...seconds)) + 1e-9);
  return { low, high: Math.max(Math.ceil(Math.log10(Math.max(...seconds)) - 1e-9), low + 1) };
}

// Operations of a pass forward and backward, by model.
const WORK = {
  LSTM: ({ batch, time, input, hidden }) => 24 * time * batch * hidden * (input + hidden),
  minGRU: ({ batch, time, input, hidden }) => 12 * time * batch * hidden * input,
};

/** The seconds that the products of a rung would take at the recorded rate, or null where none is known. */
function limitOf(result, rates) {
  const known = Object.hasOwn(WORK, result.model) && Object.hasOwn(rates, result.dtype);
  return known ? WORK[result.model](result) / rates[result.dtype] : null;
}

const recordOf = ({ records, own, device }) => [...records, own][device] ?? records[0];

/** The rows of a record at the chosen size, as SpeedLadder.compute() in Python. */
export function compute({ records, own, device, hidden, time, batch, marked }) {
  const { results, limits } = recordOf({ records, own, device });
  const { size, rungs } = chosen(results, { hidden, time, batch });
  const timed = rungs.filter(({ median }) => median !== null);
  const mark = rungs[Math.min(marked, rungs.length - 1)];
  const plain = timed.filter(({ model, dtype }) => model === "LSTM" && dtype === "float32");
  const fastest = plain.reduce((best, result) => (best && best.median <= result.median ? best : result), null);
  const row = ({ low, median, high, error, skipped, ...result }) => ({
    ...{ low, median, high, error, skipped },
    step: median === null ? null : (1e6 * median) / size.time,
    ratio: median === null || mark.median === null ? null : mark.median / median,
    limit: limitOf(result, limits.product),
  });
  const rows = Object.fromEntries(rungs.map((result) => [result.rung, row(result)]));
  const bounds = Object.values(rows).flatMap(({ limit }) => (limit === null ? [] : [limit]));
  return {
    ...{ size, rows },
    marked: mark.rung,
    fastest: fastest && fastest.rung,
    axis: axisOf([...timed.flatMap((result) => TIMES.map((name) => result[name])), ...bounds]),
  };
}

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

const times = (ratio) => (ratio === null ? "–" : `${short(ratio)} ×`);

const DEVICE_KINDS = { cpu: "CPU", cuda: "GPU" };
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
  "not drawn as a GPU's. If you have one, make a record with the command below and load its file.";

const sizeText = ({ batch, time, input, hidden }) =>
  `batch ${batch}, ${time} steps, input ${input}, hidden ${hidden}`;

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
  const figures = html("span", {}, row.skipped ? "not measured" : `${duration(row.median)}, ${times(row.ratio)}`);
  const head = html("div", { class: "rnn-rung-head" }, label, figures);
  const body = row.skipped ? html("p", { class: "rnn-reason" }, row.skipped) : trackOf(result, row.limit, now.axis);
  const item = html("li", { class: marked ? "rnn-rung rnn-marked" : "rnn-rung", "data-rung": result.rung }, head, body);
  item.addEventListener("click", () => view.set({ marked: k }));
  return item;
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const TITLE = "Speed ladder";
const HINT =
  "One pass of an LSTM, forward and backward, by one program after another; each bar is a median, the bracket spans " +
  "the quartiles, and a line further right is ten times as long. Try: mark the slowest row, then let the batch grow " +
  "and watch which rungs gain. A click on a row marks it.";
const LIMIT = "the limit: the row's products alone, at the rate of one large product on this device";
const COMMAND = "rnn-course bench speed --device cuda --out mine.json";
const LARGEST_FILE = 5e6; // bytes

const CONTROLS = ["device", "own", "hidden", "time", "batch", "marked"];
const stateOf = (view) => Object.fromEntries(["records", ...CONTROLS].map((name) => [name, view.get(name)]));
const labelOf = (view) => (rung) => view.get("labels")[rung] ?? rung;
const shownRecord = (view) => recordOf(stateOf(view));
const chosenNow = (view) => chosen(shownRecord(view).results, stateOf(view));

/** A slider over the sizes that were measured. */
const sizeSlider = (view, name, label) =>
  slider(view, name, {
    label,
    min: 0,
    max: () => chosenNow(view).choices[name].length - 1,
    step: 1,
    text: (k) => String(chosenNow(view).choices[name][k]),
    follows: ["device", "own", "hidden", "time", "batch"],
    read: () => chosenNow(view).choices[name].indexOf(chosenNow(view).size[name]),
    write: (k) => ({ [name]: chosenNow(view).choices[name][k] }),
  });

function markSlider(view) {
  const rungs = () => chosenNow(view).rungs;
  return slider(view, "marked", {
    label: "Marked row, with which the others are compared",
    min: 0,
    max: () => rungs().length - 1,
    step: 1,
    text: (k) => labelOf(view)(rungs()[k].rung),
    follows: CONTROLS,
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

function controlsOf(view) {
  return html(
    "div",
    { class: "rnn-controls" },
    group("Device", deviceSelect(view), fileControl(view)),
    group(
      "Size",
      sizeSlider(view, "hidden", "Hidden size"),
      sizeSlider(view, "time", "Steps of time"),
      sizeSlider(view, "batch", "Batch"),
    ),
  );
}

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
  const rows = Object.entries(heads).map(([name, head]) =>
    html("tr", {}, html("th", { scope: "row" }, head), cells[name]),
  );
  const caption = html("caption");
  const fill = (result, label, { rows, marked }) => {
    caption.textContent = `Marked: ${label}`;
    const { step, limit } = rows[marked];
    const time = (seconds) => (seconds === null ? "–" : duration(seconds, asRecorded));
    const texts = {
      ...{ model: result.model, dtype: result.dtype },
      ...{ median: time(result.median), low: time(result.low), high: time(result.high) },
      step: time(step === null ? null : step / 1e6),
      limit: time(limit),
      error: result.error === null ? "–" : short(result.error),
      repeats: result.repeats ?? "–",
    };
    for (const [name, text] of Object.entries(texts)) cells[name].textContent = text;
  };
  return { table: html("table", {}, caption, html("tbody", {}, ...rows)), fill };
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
  const view = new View({ model, el }, TITLE);
  const [source, fact, note] = ["rnn-note", "rnn-reach", "rnn-note"].map((name) => html("p", { class: name }));
  const list = html("ol", { class: "rnn-rungs" });
  const axis = html("div", { class: "rnn-stage" });
  const limit = html("p", { class: "rnn-legend" });
  const { table, fill } = exactTable();
  const figure = html("figure", { role: "group", "data-chart": "ladder" }, list, axis, limit);
  const mark = markSlider(view);
  mark.classList.add("rnn-mark");
  view.root.append(
    headOf(view, TITLE),
    html("p", { class: "rnn-hint" }, HINT),
    html(
      "div",
      { class: "rnn-body" },
      controlsOf(view),
      html("div", { class: "rnn-main" }, source, fact, mark, figure, note),
      table,
    ),
    view.speech,
  );
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
    fill(rungs.find(({ rung }) => rung === now.marked), label(now.marked), now);
    const hasGpu = [...view.get("records"), view.get("own")].some((record) => record?.device.kind === "cuda");
    note.replaceChildren(...(hasGpu ? [] : [NO_GPU, " ", html("code", {}, COMMAND)]));
    speak(view, now);
  });
  return () => view.close();
}

/** What the dashed lines are. */
function limitLegend({ rows }) {
  const known = Object.values(rows).some(({ limit, skipped }) => limit !== null && !skipped);
  const what = known ? LIMIT : "The record has no rate of a large product, so no limit is drawn.";
  return [html("span", {}, ...(known ? [sample({ class: "rnn-line rnn-limit" })] : []), what)];
}

export default { render };
