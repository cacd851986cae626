// One update, opened: forward, loss, backward through time and update, in numbers of the update that was made last.

import { exact, html, hueOf, math, short, signed, typeset } from "./charts.js";
import { native, rowOf, tableOf } from "./controls.js";
import { Curves } from "./curves.js";

const HEIGHT = 96;

/** The norm of one step's part of h or ∂L/∂h, of the window `row`, or of all where it is null. */
function normAt(values, { b, H }, t, row) {
  const [from, count] = row === null ? [t * b * H, b * H] : [(t * b + row) * H, H];
  let length = 0; // not a sum of squares, which overflows where the numbers do not yet
  for (let k = from; k < from + count; k++) length = Math.hypot(length, values[k]);
  return length;
}

/** What happened in the last update of a learner; its first window is followed. */
export function openedUpdate({ learner }) {
  const { room, last, theta, before, grad, norms, settings, scale } = learner;
  const { T, b, x, y, target } = room;
  const steps = Array.from({ length: T }, (_, t) => t + 1);
  const W_h = [before, grad, theta].map(({ views }) => views.W_h[0]);
  return {
    T,
    windows: b,
    x: steps.map((t) => [t, x[(t - 1) * b]]),
    h: steps.map((t) => [t, normAt(room.h, room, t, 0)]),
    y: y[0],
    target: target[0],
    loss: last.loss,
    dh: steps.map((t) => [t, normAt(room.dh, room, t, null)]),
    norms: { readout: norms.readout.at(-1), cell: norms.cell.at(-1), all: last.norm },
    scale,
    settings,
    W_h,
  };
}

const pane = (title, ...parts) => html("section", { class: "rnn-pane" }, html("h4", {}, title), ...parts);

/** The way to the explorable that shows one step of a cell; there is a link where the chapters lie beside each other. */
function stepper() {
  const text = "Step through it";
  const beside = /[/]notebooks[/][^/]*[.]html$/.test(location.pathname);
  const way = beside ? html("a", { href: "02_equations.html#step-through-it" }, text) : `“${text}”`;
  return html("p", {}, "What one step computes, number by number: ", way, " in the chapter on the equations.");
}

/** A table of names with numbers; `fill` puts the numbers in. */
function numbersTable(caption, names) {
  const cells = names.map(() => html("td"));
  const rows = names.map((name, k) => rowOf(typeset(name), [cells[k]]));
  const table = tableOf(html("caption", {}, caption), [], html("tbody", {}, ...rows));
  const fill = (values) => {
    for (const [k, value] of values.entries()) cells[k].textContent = value;
  };
  return { table, fill };
}

const line = (points, colour, dash = "none") => ({
  points,
  style: `stroke: ${hueOf(colour)}; stroke-dasharray: ${dash}`,
});

function extentOf(...lists) {
  const values = lists.flat().map(([, value]) => value);
  const [low, high] = [Math.min(...values, 0), Math.max(...values, 0)];
  const air = 0.08 * (high - low) || 1;
  return [low - air, high + air];
}

/** The range of a logarithmic axis with all positive values on it. */
function logExtent(points) {
  const values = points.map(([, value]) => value).filter((value) => value > 0 && Number.isFinite(value));
  if (!values.length) return [0.1, 1];
  return [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
}

const stepOf = (t) => (Number.isInteger(t) ? String(t) : null);

/** { root, show(opened, name), open }: four panes, folded until they are asked for. */
export function updatePanes(view) {
  const chart = (name, ...title) => new Curves(view, name, { height: HEIGHT, title: html("span", {}, ...title) });
  const forward = chart("forward", "over the steps: ", math("x_t"), " (dotted) and the length of ", math("h_t"));
  const backward = chart("backward", "over the steps: the length of ", math("∂L/∂h_t"), ", all windows, log axis");
  const loss = numbersTable("The first window of the batch", ["$y$", "target", "$y$ − target", "½($y$ − target)²"]);
  const mean = html("p");
  const update = numbersTable("Lengths of gradients, and one weight", [
    "readout",
    "cell",
    "all",
    "first weight of $W_h$",
    "its gradient",
    "the weight after",
  ]);
  const [read, arrives, rule] = [html("p"), html("p"), html("p")];
  const said = html("p", { class: "rnn-note" }, "Make one update, and its four parts stand here.");
  const panes = html(
    "div",
    { class: "rnn-panes" },
    pane("1 Forward", forward.figure, read, stepper()),
    pane("2 Loss", loss.table, mean),
    pane("3 Backward through time", backward.figure, arrives),
    pane("4 Update", update.table, rule),
  );
  panes.hidden = true;
  const summary = native("summary", {}, "One update, opened");
  const root = html("details", { class: "rnn-more rnn-opened" }, summary, said, panes);

  const show = (opened, name) => {
    [panes.hidden, said.hidden] = [!opened, Boolean(opened)];
    if (!opened) return;
    const { T, x, h, dh, y, target, norms, W_h, windows } = opened;
    const ends = T > 1 ? [1, T] : [0.5, 1.5];
    const lengths = `It grows from ${short(h[0][1])} at step 1 to ${short(h.at(-1)[1])} at step ${T}`;
    forward.show({
      x: ends,
      y: extentOf(x, h),
      lines: [line(x, "x", "2 3"), line(h, "h")],
      labelOf: stepOf,
      summary: `What network ${name} reads, and the length of its state. ${lengths.replace("It", "The length")}.`,
    });
    read.textContent = `At step ${T} the readout turns the state into y = ${short(y)}.`;
    const error = y - target;
    loss.fill([short(y), short(target), signed(error, 3), short(0.5 * error * error)]);
    mean.textContent = `Over the ${windows} windows of the batch the mean is L = ${short(opened.loss)}.`;
    const [first, last] = [dh[0][1], dh.at(-1)[1]];
    arrives.textContent = arrivesOf(first, last, T);
    backward.show({
      x: ends,
      y: logExtent(dh),
      log: true,
      lines: [line(dh, "h")],
      labelOf: stepOf,
      summary: `The length of the gradient over the steps of network ${name}. ${arrives.textContent}`,
    });
    const [was, gradient, now] = W_h;
    const weights = [was, gradient, now].map(exact);
    update.fill([...[norms.readout, norms.cell, norms.all].map(short), ...weights]);
    rule.textContent = ruleOf(opened);
  };
  return { root, show };
}

/** How much of the gradient arrives at the first of T steps, in a sentence. */
function arrivesOf(first, last, T) {
  if (!Number.isFinite(first) || !Number.isFinite(last)) return "It is longer than any number of the computer.";
  const share = last > 0 ? `${short(100 * (first / last))} %` : "nothing";
  return `It starts as ${short(last)} at step ${T}; ${short(first)} is left at step 1, which is ${share}.`;
}

/** What was done with the gradients, in a sentence. */
function ruleOf({ settings: { optimiser, rate, clip, clipped }, scale }) {
  const whose = { all: "All gradients", readout: "The readout's gradients", cell: "The cell's gradients" }[clipped];
  const how = {
    sgd: `SGD takes ${short(rate)} of the gradient off each weight.`,
    adam: `Adam moves each weight by its running averages; nearly all by about ${short(rate)} in the first update.`,
  }[optimiser];
  if (clip === 0) return `Nothing is clipped. ${how}`;
  if (scale === 1) return `${whose} are shorter than ${short(clip)} together, so nothing is clipped. ${how}`;
  return `${whose} are scaled by ${short(scale)}, to the length ${short(clip)}; the table has them from before. ${how}`;
}
