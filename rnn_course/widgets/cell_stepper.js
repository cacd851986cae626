// The cell stepper: one unrolled cell, forward and back, one equation at a time, with the numbers put in.

import { cardsOf } from "./cell_stepper_cards.js";
import { walk } from "./cell_stepper_compute.js";
import { at, Chain, Numbers, plain, prose } from "./cell_stepper_drawing.js";
import { exact, fixed, html, math, renew, short, signed } from "./charts.js";
import {
  button,
  checkbox,
  group,
  inRow,
  keyTo,
  layOut,
  numbered,
  rowOf,
  select,
  slider,
  tableOf,
  View,
  walkButtons,
} from "./controls.js";

// ---- The parts of the page ---------------------------------------------------------------------------------------

const INVITATION = "Point at a number, or reach it by Tab and arrow keys, for its exact value.";

const HINT = "A cell over time, one equation after another, with the numbers put in: press Next.";

function triesOf(view) {
  const { x, cell } = view.get("initial");
  const steps = x.length;
  const memory = view.get("cells")[cell].kind === "lstm";
  const product = {
    label: "Unit by unit",
    look: "In $C_t$ only one number of each vector is bold; go back to a gate, and it is a row of a matrix and all of $h_{t−1}$.",
    set: { step: Math.min(2, steps), equation: 4 },
  };
  return [
    {
      label: "Raise the first input",
      look: `$x_1$ is higher by 2: see in the bars how far the state carries it. Move its slider back to about ${fixed(x[0][0], 2)}, and see them fall back.`,
      set: { x: [x[0].with(0, x[0][0] + 2), ...x.slice(1)] },
    },
    ...(memory ? [product] : []),
    {
      label: "Guess first",
      look: "Guess the result, then press Show the result; the states that it leads to are hidden too.",
      set: { hide: true, step: Math.min(2, steps) },
    },
    {
      label: "Backward from the loss",
      look: "The loss sees the last step only; Next follows its derivative home through the same equations.",
      set: { direction: "backward", step: steps },
    },
  ];
}

const CONTROLS = ["cell", "direction", "equation", "hide", "step", "unit", "x"];

function lookControls(view) {
  const cells = view.get("cells").map(({ name }, k) => [k, name]);
  const also = (direction) => ({ equation: 0, step: direction === "backward" ? view.get("x").length : 1 });
  const directions = ["forward", "backward"].map((direction) => [direction, direction]);
  const choice = select(view, "cell", { label: "Cell", options: cells, also: () => ({ equation: 0 }) });
  const direction = select(view, "direction", { label: "Direction", options: directions, also });
  return group(
    "Look at",
    ...(cells.length > 1 ? [inRow(choice)] : []),
    inRow(direction),
    slider(view, "step", { label: "Time step $t$", min: 1, max: view.get("x").length }),
  );
}

function foldedControls(view) {
  const units = numbered(view.get("target").length);
  const hide = checkbox(view, "hide", { label: "Hide the results until I ask" });
  return group("Look closer", inRow(select(view, "unit", { label: "Unit", options: units })), hide);
}

function inputControls(view) {
  const x = view.get("initial").x;
  const [low, high] = [Math.min(-3, ...x.flat()), Math.max(3, ...x.flat())];
  const isLikeX = (value) => Array.isArray(value) && value.length === x.length && value.every(isLikeRow);
  const isLikeRow = (row) => Array.isArray(row) && row.length === x[0].length && row.every(isWithin);
  const isWithin = (number) => Number.isFinite(number) && number >= Math.floor(low) && number <= Math.ceil(high);
  view.describe("x", { label: "$x_t$", text: (value) => value.flat().map(short).join(", "), takes: isLikeX });
  const sliders = x[0].map((_, k) =>
    slider(view, "x", {
      label: x[0].length > 1 ? `$x_t$ feature ${k}` : "$x_t$",
      min: Math.floor(low),
      max: Math.ceil(high),
      step: 0.01,
      text: (value) => signed(value, 3),
      follows: ["x", "step"],
      read: () => view.get("x")[view.get("step") - 1][k],
      write: (value) => ({ x: view.get("x").map((x_t, t) => (t + 1 === view.get("step") ? x_t.with(k, value) : x_t)) }),
    }),
  );
  return group("Change the input of this step", ...sliders);
}

/** Previous, next and show; arrow keys on any of them move too. */
function navigation(view, { move, reveal }) {
  const show = button("Show the result", reveal);
  const place = html("span", { class: "rnn-place" });
  const nav = walkButtons("Equations", move, place);
  view.follow("hide", (hide) => (hide ? nav.append(show) : show.remove()));
  return { nav, place };
}

function workedTable() {
  const [caption, body] = [html("caption"), html("tbody")];
  const table = tableOf(caption, ["part", "the numbers put in", "exact value"], body);
  table.className = "rnn-worked";
  const fill = (card, { step, unit, hidden }) => {
    caption.textContent = `Unit ${unit} at step ${step}`;
    const row = ({ part, worked, value, result }) => {
      const cells = result && hidden ? ["?", "?"] : [html("td", {}, ...prose(worked)), exact(value)];
      return rowOf(math(at(part, step)), cells, result ? { class: "rnn-result" } : {});
    };
    body.replaceChildren(...card.lines(unit).map(row));
  };
  return { table, fill };
}

// ---- Drawing -----------------------------------------------------------------------------------------------------

/** Where the reader stands; an equation beyond the last stands at the last. */
function placeOf(view) {
  const state = view.read([...CONTROLS, "cells", "target"]);
  const walked = walk(state);
  const cards = cardsOf(walked, state);
  return { ...state, walked, cards, equation: Math.min(state.equation, cards.length - 1), steps: state.x.length };
}

const keyOf = ({ cell, direction, step, equation, unit }) => [cell, direction, step, equation, unit].join();

/** One equation on or back; after the last one to the next step of the walk. */
function moved({ direction, equation, step, cards, steps }, way) {
  const to = equation + way;
  if (to >= 0 && to < cards.length) return { equation: to };
  const next = step + (direction === "forward" ? way : -way);
  return next < 1 || next > steps ? {} : { step: next, equation: way > 0 ? 0 : cards.length - 1 };
}

/** The chain's values, (time, unit); null at steps which the reader who hides results has not reached yet. */
function chainContent({ walked, direction, step, unit, equation, cards, hide }, hidden) {
  const forward = direction === "forward";
  const values = forward ? walked.forward.map(({ h }) => h) : walked.backward.map(({ dh }) => dh);
  const place = forward ? cards.length - 2 : 0; // of the equation that gives the values
  const here = equation > place || (equation === place && !hidden);
  const known = values.map((row, k) => {
    const before = forward ? k + 1 < step : k + 1 > step;
    return !hide || before || (k + 1 === step && here) ? row : null;
  });
  const name = forward ? "h_t" : "∂L/∂h_t";
  const said = known.map((row, k) => `${row ? short(row[unit]) : "hidden"} at step ${k + 1}`);
  const summary =
    `The cell unrolled, ${direction}; now at step ${step} of ${values.length}. ` +
    `${name} of unit ${unit}: ${said.join(", ")}.`;
  return { values: known, step, unit, backward: !forward, memory: walked.cell.kind === "lstm", summary };
}

function captionOf({ direction, walked }) {
  const flow = { class: "rnn-line rnn-flow" };
  const forward = direction === "forward";
  const name = html("b", {}, math(forward ? "h_t" : "∂L/∂h_t"));
  const bars = html("span", {}, name, " of each unit as bars, the chosen one filled");
  const memory = keyTo({ ...flow, "stroke-dasharray": "4 2" }, math(forward ? "C" : "∂L/∂C"));
  return [bars, keyTo(flow, math(forward ? "h" : "∂L/∂h")), ...(walked.cell.kind === "lstm" ? [memory] : [])];
}

const ROOMY = 600; // px from which on room is held
const USUAL = 1.25; // as many times the height of the usual equation

/** Returns what holds room for the tallest equation of the walk, so that the page does not move as one follows another.
 * One that is far taller than the others takes its room when it comes, or they would all stand above an empty space; on
 * a narrow page all do. What is pressed stands above. */
function roomFor(place, write) {
  let held;
  return (now, width) => {
    const key = [now.cell, now.direction, width].join();
    if (key === held || width === 0) return;
    held = key;
    place.style.minHeight = "";
    if (width < ROOMY) return;
    const heights = now.x.flatMap((_, t) =>
      cardsOf(now.walked, { ...now, step: t + 1 }).map((card) => {
        write(card, { ...now, step: t + 1, hidden: false });
        return place.getBoundingClientRect().height;
      }),
    );
    const usual = heights.toSorted((a, b) => a - b)[Math.floor(heights.length / 2)];
    place.style.minHeight = `${Math.ceil(Math.max(...heights.filter((height) => height <= USUAL * usual)))}px`;
  };
}

function render({ model, el }) {
  const view = new View({ model, el }, "Cell stepper");
  const caption = html("span", { class: "rnn-legend" });
  const chain = new Chain(view, caption);
  const told = html("p", { class: "rnn-told" });
  const put = new Numbers(told);
  const { table, fill } = workedTable();
  const [symbols, note] = [html("p", { class: "rnn-symbols" }), html("p", { class: "rnn-note" })];
  const revealed = new Set();
  const reveal = () => {
    revealed.add(keyOf(placeOf(view)));
    draw();
  };
  const { nav, place } = navigation(view, { move: (way) => view.set(moved(placeOf(view), way)), reveal });
  view.follow("hide", () => revealed.clear());
  // A figure: while it is in view on a phone, the buttons last used stay at the edge of the window (screen.js).
  const equation = { class: "rnn-roomy", "aria-label": "The equation" };
  const below = html("figure", equation, symbols, note, put.root, told, table);
  layOut(view, HINT, {
    tries: triesOf(view),
    controls: [lookControls(view), inputControls(view)],
    folded: [foldedControls(view)],
    lead: [chain.figure, nav],
    main: [below],
  });

  const write = (card, now) => {
    const { title } = card;
    renew(symbols, `${title} ${card.symbols}`, () => [
      html("b", {}, ...prose(title)),
      html("span", {}, math(card.symbols)),
    ]);
    renew(note, card.note, () => prose(card.note));
    put.show(card, now);
    fill(card, now);
  };
  const hold = roomFor(below, write);
  let width = 0; // of what stands below the chain, which is asked for when it changes and not at each picture
  const draw = () => {
    const now = placeOf(view);
    const card = now.cards[now.equation];
    const hidden = now.hide && !revealed.has(keyOf(now));
    renew(caption, `${now.direction} ${now.walked.cell.kind}`, () => captionOf(now));
    chain.show(chainContent(now, hidden));
    told.textContent = INVITATION;
    place.textContent = `Step ${now.step} of ${now.steps}, equation ${now.equation + 1} of ${now.cards.length}`;
    hold(now, width);
    write(card, { ...now, hidden });
    speak(view, now, card, hidden);
  };
  view.drawWith(draw);
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === width) return;
    width = contentRect.width;
    draw();
  });
  observer.observe(below);
  view.cleanups.push(() => observer.disconnect());
  return () => view.close();
}

function speak(view, { step, steps, equation, unit, cards }, card, hidden) {
  const [end] = card.lines(unit).slice(-1);
  const said = hidden && end.result ? "hidden" : short(end.value);
  view.say(
    `Step ${step} of ${steps}, equation ${equation + 1} of ${cards.length}, ${plain(card.title)}: ` +
      `${plain(card.symbols)}. Unit ${unit}: ${plain(at(end.part, step))} is ${said}.`,
  );
}

export default { render };
