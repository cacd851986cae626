// What the speed ladder reads and computes: a record of a device, and its rows at one size.

// ---- Records: the same rules in the same order as in speed_ladder.py ---------------------------------------------

const SIZES = ["batch", "time", "input", "hidden"];
const TIMES = ["low", "median", "high"];
const PROVENANCE = ["command", "date", "versions", "settings"];
const MOST_RESULTS = 5000;
const LONGEST_TEXT = 300;
const OWN = "Your record";
const AIR = 1.1; // what a log axis leaves free at its ends, as a factor

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
export function chosen(results, wanted) {
  const [size, choices] = [{}, {}];
  let rungs = results;
  for (const name of ["hidden", "time", "batch", "input"]) {
    choices[name] = ordered(rungs.map((result) => result[name]));
    size[name] = nearest(choices[name], name === "input" ? size.hidden : wanted[name]);
    rungs = rungs.filter((result) => result[name] === size[name]);
  }
  return { size, choices, rungs };
}

/** From where to where the axis goes: from zero or, on a log axis, from a little before the shortest time. */
function axisOf(seconds, log) {
  const [least, most] = seconds.length ? [Math.min(...seconds), Math.max(...seconds)] : [1e-3, 1];
  return log ? { log, low: least / AIR, high: most * AIR } : { log, low: 0, high: most };
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

/** The marked row, or the next with a time; after the last the first, and the row itself where none has. */
export function markOf(rungs, marked) {
  const at = Math.min(marked, rungs.length - 1);
  const turned = [...rungs.slice(at), ...rungs.slice(0, at)];
  return turned.find(({ median }) => median !== null) ?? rungs[at];
}

export const recordOf = ({ records, own, device }) => [...records, own][device] ?? records[0];

/** The rows of a record at the chosen size, as SpeedLadder.compute() in Python. */
export function compute({ records, own, device, hidden, time, batch, marked, scale }) {
  const { results, limits } = recordOf({ records, own, device });
  const { size, rungs } = chosen(results, { hidden, time, batch });
  const timed = rungs.filter(({ median }) => median !== null);
  const mark = markOf(rungs, marked);
  const plain = timed.filter(({ model, dtype }) => model === "LSTM" && dtype === "float32");
  const fastest = plain.reduce((best, result) => (best && best.median <= result.median ? best : result), null);
  const row = ({ low, median, high, error, skipped, ...result }) => ({
    low,
    median,
    high,
    error,
    skipped,
    step: median === null ? null : (1e6 * median) / size.time,
    ratio: median === null || mark.median === null ? null : mark.median / median,
    limit: limitOf(result, limits.product),
  });
  const rows = Object.fromEntries(rungs.map((result) => [result.rung, row(result)]));
  const bounds = Object.values(rows).flatMap(({ limit }) => (limit === null ? [] : [limit]));
  return {
    size,
    rows,
    marked: mark.rung,
    fastest: fastest?.rung ?? null,
    axis: axisOf([...timed.flatMap((result) => TIMES.map((name) => result[name])), ...bounds], scale === "log"),
  };
}
