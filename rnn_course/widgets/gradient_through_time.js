// Gradient through time: L = v·h_T sees the last step only; how large is its gradient at each step before?

import {
  averageOf,
  backThrough,
  gruForward,
  gruStepBack,
  lstmForward,
  lstmStepBack,
  NONLINEARITIES,
  plus,
  rnnForward,
  rnnStepBack,
  stepOf,
} from "./cells.js";
import {
  exact,
  fixed,
  html,
  hueOf,
  linear,
  MARGIN,
  powerOfTen,
  sample,
  setAttributes,
  short,
  signed,
  svg,
  TimeChart,
  typeset,
  typesetInChart,
  untypeset,
} from "./charts.js";
import {
  fillCells,
  group,
  inRow,
  layOut,
  numbered,
  remember,
  rowOf,
  select,
  sentences,
  slider,
  tableOf,
  View,
} from "./controls.js";

// The controls that decide the numbers; the cursor decides what is looked at.
const CONTROLS = ["draw", "radius", "forget_bias", "length", "nonlinearity", "input_strength"];

// ---- The gradients: total derivatives, walked back from the last step -------------------------------------------

const scaled = (W, factor) => W.map((row) => row.map((weight) => factor * weight));

const noBias = (W) => W.map(() => 0);

const norm = (vector) => Math.hypot(...vector);

const mean = (rows) => averageOf(rows.flat());

/** ‖∂L/∂h_t‖ for t = 1 … T, and the mean of φ′. */
function simpleRnn({ W_x, W_h }, x, v, nonlinearity) {
  const { h } = rnnForward({ W_x, W_h, b: noBias(W_h) }, x, nonlinearity);
  const norms = [norm(v)];
  let dh = v;
  for (let t = x.length - 1; t > 0; t--) {
    dh = backThrough(W_h, rnnStepBack({ h: h[t] }, dh, nonlinearity).da.h);
    norms.unshift(norm(dh));
  }
  return { h: norms, slope: mean(h.map((h_t) => h_t.map(NONLINEARITIES[nonlinearity].slope))) };
}

/** ‖∂L/∂h_t‖ and ‖∂L/∂C_t‖ for t = 1 … T, and the mean of the forget gate. */
function lstm({ W_x, W_h }, forgetBias, x, v) {
  const b = W_h.map((_, row) => (Math.floor(row / v.length) === 1 ? forgetBias : 0));
  const trace = lstmForward({ W_x, W_h, b }, x);
  const norms = { h: [], C: [] };
  let [dh, arriving] = [v, v.map(() => 0)];
  for (let t = x.length - 1; t >= 0; t--) {
    const { da, dC, dC_before } = lstmStepBack(stepOf(trace, t), dh, arriving);
    norms.h.unshift(norm(dh));
    norms.C.unshift(norm(dC));
    [dh, arriving] = [backThrough(W_h, [...da.i, ...da.f, ...da.c, ...da.o]), dC_before];
  }
  return { ...norms, f: mean(trace.f) };
}

/** ‖∂L/∂h_t‖ for t = 1 … T, and the mean of the update gate; the reset comes after the product. */
function gru({ W_x, W_h }, x, v) {
  const trace = gruForward({ W_x, W_h, b: noBias(W_h), b_hn: v.map(() => 0) }, x);
  const norms = [norm(v)];
  let dh = v;
  for (let t = x.length - 1; t > 0; t--) {
    const { da, dq, paths } = gruStepBack(stepOf(trace, t), dh);
    dh = plus(paths.z, backThrough(W_h, [...da.r, ...da.z, ...dq]));
    norms.unshift(norm(dh));
  }
  return { h: norms, z: mean(trace.z) };
}

/** The norms for t = 1 … T and three means, as GradientThroughTime.compute() in Python. */
export function compute({ draws, draw, radius, forget_bias, length, nonlinearity, input_strength }) {
  const { v, ...drawn } = draws[draw];
  const x = scaled(drawn.x.slice(0, length), input_strength);
  const weights = (cell) => ({ W_x: drawn[cell].W_x, W_h: scaled(drawn[cell].W_h, radius) });
  const simple = simpleRnn(weights("simple_rnn"), x, v, nonlinearity);
  const long = lstm(weights("lstm"), forget_bias, x, v);
  const gated = gru(weights("gru"), x, v);
  const means = { slope: simple.slope, f: long.f, z: gated.z };
  return { simple_rnn_h: simple.h, lstm_h: long.h, lstm_C: long.C, gru_h: gated.h, ...means };
}

// ---- What is said about them -------------------------------------------------------------------------------------

// The labels are typeset; `name` is what stands at the curve where the label is too long.
const CURVES = [
  { key: "lstm_C", label: "LSTM, $C$", colour: "C", dash: "11 4" },
  { key: "lstm_h", label: "LSTM, $h$", colour: "h", dash: "none" },
  { key: "simple_rnn_h", label: "Simple RNN", name: "RNN", colour: "f", dash: "5 3" },
  { key: "gru_h", label: "GRU", colour: "o", dash: "9 3 2 3" },
];

const LIMIT = 16; // the axis ends at 10^±16: 1 + 1e-16 is 1 in float64

const strokeOf = ({ colour, dash }) => `stroke: ${hueOf(colour)}; stroke-dasharray: ${dash}`;

/** A ratio has no value where the last norm is zero. */
const finite = (value, text) => (Number.isFinite(value) ? text(value) : "–");

/** The gradient at step 1 as a share of that at the last step. */
const ratio = (norms) => norms[0] / norms.at(-1);

/** The factor by which the gradient grows with each step back in time, as text: the geometric mean, which is that of
 * the ends, unless rounding (or a relu) has made the first of them zero. */
function growth(norms) {
  const share = ratio(norms);
  return share === 0 ? "–" : finite(share ** (1 / (norms.length - 1)), (value) => fixed(value, 3));
}

/** What one expects the growth to follow, beside the growth: one sentence a cell. */
function facts(view, now) {
  const [radius, { largest_singular_value }] = [view.get("radius"), view.get("draws")[view.get("draw")]];
  return [
    `Simple RNN: growth ${growth(now.simple_rnn_h)} per step back, where $W_h$ has spectral radius ` +
      `${short(radius)} and largest singular value ${short(radius * largest_singular_value)}, and $φ′$ is ` +
      `${short(now.slope)} on average.`,
    `LSTM: growth ${growth(now.lstm_C)} of $∂L/∂C$, where the forget gate $f$ is ${short(now.f)} on average.`,
    `GRU: growth ${growth(now.gru_h)}, where the update gate $z$, which has no bias here, is ${short(now.z)} on average.`,
  ];
}

function summarise(curves, steps) {
  const said = curves.map(
    ({ label, norms }) => `${untypeset(label)}: ${short(norms[0])} at step 1, ${short(norms.at(-1))} at step ${steps}`,
  );
  return `Norms of the gradient over ${steps} steps, on a logarithmic axis. ${said.join("; ")}.`;
}

/** Says which curves leave the axis (the chart marks the place with a triangle), or nothing. */
function exitsOf(curves) {
  const said = curves.flatMap(({ label, norms }) => {
    const exit = firstExit(logarithms(norms));
    if (!exit) return [];
    return `${label} ${exit.way === 1 ? "below" : "above"} ${powerOfTen(-exit.way * LIMIT)} at step ${exit.step}`;
  });
  return said.length ? `Going back, these leave the axis (▲▼): ${said.join("; ")}.` : "";
}

// ---- The chart ---------------------------------------------------------------------------------------------------

// A name in the chart, in px: how far it reaches from its baseline, how far it stands from its own curve and how far it
// should stand from others.
const NAME = { above: 10, below: 4, air: 3, apart: 9 };

/** What is far outside the axis stays so, but finite: a norm of zero falls straight out of the picture. */
const logarithms = (norms) => norms.map((value) => Math.min(Math.max(Math.log10(value), -3 * LIMIT), 3 * LIMIT));

/** Where a curve, followed back from the last step, first leaves the axis: the step, and way 1 down or -1 up. */
function firstExit(logs) {
  const t = logs.findLastIndex((log) => Math.abs(log) > LIMIT);
  return t === -1 ? null : { step: t + 1, way: logs[t] < 0 ? 1 : -1 };
}

/** The powers of ten that the axis spans, in steps of four, always with 10^0. */
function domainOf(series) {
  const logs = series.flat();
  const low = Math.max(4 * Math.floor(Math.min(-4, ...logs) / 4), -LIMIT);
  const highest = Math.max(...logs);
  return [low, highest <= 1 ? 1 : Math.min(4 * Math.ceil(highest / 4), LIMIT)];
}

/** The four norms over the steps: a line at 1, a triangle where a curve leaves the axis, a name at each curve's end. */
class GradientChart extends TimeChart {
  constructor(view) {
    super(view, { name: "gradient", height: 320, steps: view.get("length"), first: 1 });
    const clip = view.newId();
    this.clip = `url(#${clip})`;
    this.window = svg("rect");
    this.unity = svg("path", { class: "rnn-unity" });
    const each = (make) => Object.fromEntries(CURVES.map((curve) => [curve.key, make(curve)]));
    const clipped = { class: "rnn-line", "clip-path": this.clip };
    this.paths = each((curve) => svg("path", { ...clipped, style: strokeOf(curve) }));
    this.exits = each(({ colour }) => svg("path", { class: "rnn-exit", style: `fill: ${hueOf(colour)}` }));
    this.dots = each(({ colour }) => svg("circle", { class: "rnn-dot", r: 4, style: `fill: ${hueOf(colour)}` }));
    this.names = each(({ label, name = label }) =>
      svg("text", { class: "rnn-name", "aria-hidden": "true" }, ...typesetInChart(name)),
    );
    this.svg.append(svg("clipPath", { id: clip }, this.window), this.axes, this.unity, this.line);
    for (const marks of [this.paths, this.exits, this.dots, this.names]) this.svg.append(...Object.values(marks));
  }

  pinnable() {
    return Object.values(this.logs);
  }

  /** `content` has { curves }, each { key, label, norms }. */
  drawContent() {
    const { curves } = this.content;
    this.placeSteps(curves[0].norms.length);
    this.logs = Object.fromEntries(curves.map(({ key, norms }) => [key, logarithms(norms)]));
    this.domain = domainOf(Object.values(this.logs));
    this.edges = { low: this.height - MARGIN.bottom, high: MARGIN.top };
    this.y = linear(this.domain, [this.edges.low, this.edges.high]);
    this.drawFrame();
    for (const { key } of curves) this.drawCurve(key);
    this.nameCurves(curves);
  }

  drawFrame() {
    const [low, high] = this.domain;
    const step = high - low > 8 ? 4 : 2;
    const powers = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, k) => low + k * step);
    this.drawGrid(powers, (power) => (power === 0 ? "1" : powerOfTen(power)));
    const [left, right] = [MARGIN.left, this.width - MARGIN.right];
    this.unity.setAttribute("d", `M${left},${this.y(0)} H${right}`);
    const room = { x: left, y: MARGIN.top - 2, width: right - left, height: this.edges.low - MARGIN.top + 4 };
    setAttributes(this.window, room);
  }

  drawCurve(key) {
    this.paths[key].setAttribute("d", this.trace(this.logs[key]));
    const exit = this.exitOf(key);
    this.exits[key].setAttribute("visibility", exit ? "visible" : "hidden");
    if (exit) this.exits[key].setAttribute("d", `M${exit.x - 6},${exit.y - 9 * exit.way} h12 l-6,${9 * exit.way} z`);
  }

  exitOf(key) {
    const exit = firstExit(this.logs[key]);
    return exit && { ...exit, x: this.x(exit.step), y: exit.way === 1 ? this.edges.low : this.edges.high };
  }

  place() {
    super.place();
    this.widths = {}; // of the names: to ask for them at each picture would lay the page out once more
    for (const [key, name] of Object.entries(this.names)) this.widths[key] = Math.ceil(name.getComputedTextLength());
  }

  nameCurves(curves) {
    const triangles = curves.map(({ key }) => this.exitOf(key)).filter(Boolean);
    const taken = triangles.map(({ x, y, way }) => ({ x: x - 7, y: way === 1 ? y : y + NAME.above, width: 14 }));
    for (const { key } of curves) {
      const width = this.widths[key];
      const place = this.besideCurve(key, width, taken) ?? this.besideEnd(key, width, taken);
      taken.push({ ...place, width });
      setAttributes(this.names[key], place);
    }
  }

  /** The best place that touches the curve from above or below: near its end, and apart from the other curves. */
  besideCurve(key, width, taken) {
    const others = Object.keys(this.logs).filter((other) => other !== key);
    const from = Math.max(MARGIN.left + 6, this.endOf(key).x - width);
    const to = Math.min(from + this.width / 3, this.width - MARGIN.right - width);
    let [best, least] = [null, Infinity];
    for (let x = from; x <= to; x += 4) {
      const [top, bottom] = this.span(key, x, width);
      for (const y of [top - NAME.air - NAME.below, bottom + NAME.air + NAME.above]) {
        if (!this.isOpen({ x, y, width }, taken)) continue;
        const crowding = others.map((other) => {
          const [highest, lowest] = this.span(other, x, width);
          const gap = Math.max(y - NAME.above - lowest, highest - y - NAME.below);
          return Math.max(0, NAME.apart - gap) ** 2;
        });
        const cost = (x - from) / 3 + crowding.reduce((sum, value) => sum + value);
        if (cost < least) [best, least] = [{ x, y }, cost];
      }
    }
    return best;
  }

  /** Where a curve has no room at all: the place nearest to its end that no other name takes. */
  besideEnd(key, width, taken) {
    const end = this.endOf(key);
    const x = Math.max(MARGIN.left + 6, end.x - 10 - width);
    const heights = Array.from({ length: this.height }, (_, k) => [end.y + k, end.y - k]).flat();
    return { x, y: heights.find((y) => this.isOpen({ x, y, width }, taken)) };
  }

  /** Where a curve ends: at step 1 or, followed back, where it leaves the axis. */
  endOf(key) {
    return this.exitOf(key) ?? { x: this.x(this.first), y: this.y(this.logs[key][0]) };
  }

  /** Whether a name lies in the chart and on none of the places that are taken. */
  isOpen(name, taken) {
    if (name.y - NAME.above < this.edges.high || name.y + NAME.below > this.edges.low) return false;
    return taken.every(
      ({ x, y, width }) =>
        x >= name.x + name.width || name.x >= x + width || Math.abs(y - name.y) >= NAME.above + NAME.below,
    );
  }

  /** The highest and the lowest place of a curve from x on, in px, so that the first is the smaller number. */
  span(key, x, width) {
    const logs = this.logs[key];
    const place = linear([this.x(this.first), this.x(this.first + logs.length - 1)], [0, logs.length - 1]);
    const heights = [];
    for (let at = x; at <= x + width; at += 3) {
      const t = Math.min(Math.max(place(at), 0), logs.length - 1);
      const before = Math.min(Math.floor(t), logs.length - 2);
      heights.push(this.y(logs[before] + (t - before) * (logs[before + 1] - logs[before])));
    }
    return [Math.min(...heights), Math.max(...heights)];
  }

  moveCursor(step) {
    super.moveCursor(step);
    for (const [key, dot] of Object.entries(this.dots)) {
      const log = this.logs[key][step - this.first];
      const shown = log >= this.domain[0] && log <= this.domain[1];
      dot.setAttribute("visibility", shown ? "visible" : "hidden");
      if (shown) setAttributes(dot, { cx: this.x(step), cy: this.y(log) });
    }
  }
}

// ---- The parts of the page ---------------------------------------------------------------------------------------

const HINT = "The loss looks at the last step only: how much of its gradient arrives at each step before?";

const TRIES = [
  {
    label: "Explode",
    set: { radius: 1.2, nonlinearity: "identity" },
    look: "Nothing squashes the state, and $ρ$ is above 1: the simple RNN’s gradient grows with every step back.",
  },
  {
    label: "Tame it with tanh",
    set: { radius: 1.2 },
    look: "The same $ρ$, and the curve falls again: where tanh saturates, little passes. The radius alone does not decide.",
  },
  {
    label: "Strong input",
    set: { input_strength: 3 },
    look: "The input drives tanh to its ends: $φ′$ is small, and the simple RNN’s gradient is gone in fewer steps.",
  },
  {
    label: "Forget gate open",
    set: { forget_bias: 5 },
    look: "$f$ is near 1, and the gradient of $C$ hardly fades, while those of the simple RNN and the GRU sink.",
  },
  {
    label: "Forget gate closed",
    set: { forget_bias: -2 },
    look: "$f$ is near 0: now the LSTM forgets faster than the simple RNN. The gate decides, not the name of the cell.",
  },
];

const lengthNow = (view) => view.get("length");
const cursorNow = (view) => Math.min(view.get("cursor"), lengthNow(view));

const twoDigits = (value) => fixed(value, 2);

function controlsOf(view) {
  const draws = numbered(view.get("draws").length);
  const nonlinearities = Object.keys(NONLINEARITIES).map((name) => [name, name]);
  const signedTenths = (value) => signed(value, 1);
  const inSight = group(
    "Turn",
    slider(view, "radius", { label: "Spectral radius $ρ$ of $W_h$", step: 0.05, text: twoDigits }),
    slider(view, "input_strength", { label: "Strength of the input $x$", step: 0.1, text: twoDigits }),
    inRow(select(view, "nonlinearity", { label: "$φ$ of the simple RNN", options: nonlinearities })),
    slider(view, "forget_bias", { label: "Forget bias $b_f$ of the LSTM", step: 0.1, text: signedTenths }),
  );
  const folded = group(
    "Drawn",
    slider(view, "length", { label: "Length $T$ of the sequence" }),
    inRow(select(view, "draw", { label: "Random draw of weights and $x$", options: draws })),
  );
  return { controls: [inSight], folded: [folded] };
}

/** The norms at the cursor and what they come to; returns the table and a function that fills it. */
function normTable(view) {
  const heads = ["", "", "growth per step"].map((text) => html("th", { scope: "col" }, text));
  const rows = CURVES.map((curve) => {
    const cells = ["norm", "ratio", "growth"].map((kind) => html("td", { "data-value": `${curve.key} ${kind}` }));
    const name = [sample({ class: "rnn-line", style: strokeOf(curve) }), ...typeset(curve.label)];
    return { key: curve.key, cells, row: rowOf(name, cells) };
  });
  const body = html("tbody", {}, ...rows.map(({ row }) => row));
  const table = tableOf(html("caption", {}, "Norm of the gradient"), ["", ...heads], body);
  const fill = (now) => {
    const [step, steps] = [cursorNow(view), lengthNow(view)];
    heads[0].textContent = `at step ${step}`;
    heads[1].textContent = `step 1 ÷ step ${steps}`;
    for (const { key, cells } of rows) {
      const norms = now[key];
      fillCells(cells, [exact(norms[step - 1]), finite(ratio(norms), short), growth(norms)]);
    }
  };
  return { table, fill };
}

// ---- Drawing -----------------------------------------------------------------------------------------------------

function contentOf(now) {
  const curves = CURVES.map((curve) => ({ ...curve, norms: now[curve.key] }));
  const summary = summarise(curves, now.gru_h.length);
  const title = "over the steps $t$, log scale";
  return { name: "$‖∂L/∂h_t‖$ and $‖∂L/∂C_t‖$", title, curves, summary, exits: exitsOf(curves) };
}

function speak(view, now) {
  const step = cursorNow(view);
  const said = CURVES.map(({ key, label }) => `${untypeset(label)} ${short(now[key][step - 1])}`);
  view.say(`Step ${step} of ${lengthNow(view)}, norm of the gradient: ${said.join("; ")}.`);
}

function render({ model, el }) {
  const view = new View({ model, el }, "Gradient through time");
  const chart = new GradientChart(view);
  const { table, fill } = normTable(view);
  const [exits, growths] = [html("p", { class: "rnn-exits" }), sentences("rnn-facts", 3)];
  const cursor = slider(view, "cursor", { label: "Step cursor, at step", max: "length" });
  layOut(view, HINT, {
    tries: TRIES,
    ...controlsOf(view),
    lead: [chart.figure, exits],
    main: [cursor, table],
    beside: [growths.root],
  });

  const drawn = remember(() => {
    const now = compute(view.read(["draws", ...CONTROLS]));
    return { now, content: contentOf(now) };
  });
  view.drawWith(() => {
    const { now, content } = drawn(CONTROLS.map((name) => view.get(name)).join());
    chart.show(content, cursorNow(view), null);
    fill(now);
    exits.replaceChildren(...typeset(content.exits));
    growths.say(facts(view, now));
    speak(view, now);
  });
  return () => view.close();
}

export default { render };
