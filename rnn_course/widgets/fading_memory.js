// Fading memory: what is left of one pulse after t steps in a cell that keeps the share f at each of them.

import { hueOf, linear, MARGIN, setAttributes, short, svg, TimeChart, typeset, untypeset } from "./charts.js";
import { group, keyTo, layOut, sentences, slider, View } from "./controls.js";

const HINT =
  "One number comes in, once. At each step the cell keeps the share $f$ of what it holds. Drag $f$ and see how long it " +
  "remembers.";
const PLACES = 200; // of the slider from 0 to 1

/** C_t = f C_{t−1} + i x_t and the first step with half or less, as FadingMemory.compute() in Python. */
export function compute({ f, steps }) {
  const C = [];
  let memory = 0;
  for (let t = 0; t <= steps; t++) {
    memory = f * memory + (t === 0 ? 1 : 0);
    C.push(memory);
  }
  const half = C.findIndex((left) => left <= 0.5);
  return { C, half: half < 0 ? null : half };
}

/** A bar for each step, paler as the memory fades, and the opening state dashed, which `opening` calls by its name; the
 * mouse moves the step at which half is left. */
class FadingBars extends TimeChart {
  constructor(view, options) {
    super(view, options);
    this.y = linear([0, 1.04], [this.height - MARGIN.bottom, MARGIN.top]);
    const style = `fill: ${hueOf(options.colour)}`;
    this.bars = Array.from({ length: options.steps }, () => svg("rect", { style }));
    this.before = svg("path", { class: "rnn-line rnn-baseline" });
    this.name = svg("text", { class: "rnn-name" });
    this.key = keyTo({ class: "rnn-line rnn-baseline" }, ...typeset(options.opening));
    this.title.after(this.key);
    const drawn = svg("g", { "aria-hidden": "true" }, ...this.bars, this.before, this.line, this.name);
    this.svg.append(this.axes, drawn);
  }

  pick(x) {
    const step = Math.max(this.stepAt(x), 1);
    this.view.set({ f: Math.round(0.5 ** (1 / step) * PLACES) / PLACES });
  }

  pinnable() {
    return [this.content.now];
  }

  /** The pinned line lies on the bars, which would hide it where they are higher, and is as grey as in the legend. */
  pin() {
    super.pin();
    for (const { path } of this.ghosts) {
      path.setAttribute("style", "--rnn-hue: var(--rnn-ink); filter: drop-shadow(0 0 1px var(--rnn-paper))");
      this.before.before(path);
    }
  }

  drawContent() {
    this.drawGrid([0, 0.5, 1]);
    const { before, now } = this.content;
    const wide = Math.max((this.x(1) - this.x(0)) * 0.72, 2);
    const foot = this.height - MARGIN.bottom;
    for (const [t, bar] of this.bars.entries()) {
      const top = this.y(now[t]);
      const paleness = 0.3 + 0.7 * now[t];
      setAttributes(bar, {
        x: this.x(t) - wide / 2,
        y: top,
        width: wide,
        height: foot - top,
        "fill-opacity": paleness,
      });
    }
    this.before.setAttribute("d", this.trace(before));
    for (const { style } of [this.before, this.key]) style.visibility = before[1] === now[1] ? "hidden" : "visible";
  }

  /** The cursor is the step at which half is left, null where there is none. */
  moveCursor(step) {
    const shown = step === null ? "hidden" : "visible";
    this.line.setAttribute("visibility", shown);
    this.name.setAttribute("visibility", shown);
    if (step === null) return;
    super.moveCursor(step);
    const left = step < this.steps / 2;
    const [x, anchor] = left ? [this.x(step) + 7, "start"] : [this.x(step) - 7, "end"];
    setAttributes(this.name, { x, y: this.y(0.86), "text-anchor": anchor });
    this.name.textContent = this.content.mark;
  }
}

/** How long half is kept, in one sentence. */
function lasts({ f, steps, C, half }) {
  const percent = Math.round(100 * C[steps]);
  if (f === 0) return "With $f$ = 0 nothing is left after one step.";
  if (f === 1) return "With $f$ = 1 nothing fades: the cell remembers for ever.";
  if (half === null) {
    return `With $f$ = ${short(f)} more than half is still there after ${steps} steps: ${percent}\u00a0%.`;
  }
  if (half === 1) return `With $f$ = ${short(f)} half or less is left after one step.`;
  return `With $f$ = ${short(f)} half is left after ${half} steps.`;
}

/** The same at the step at which it is so. */
function labelAtStep({ f, half }) {
  if (f === 0) return "nothing after 1 step";
  return half === 1 ? "½ after 1 step" : `½ after ${half} steps`;
}

function render({ model, el }) {
  const view = new View({ model, el }, "Fading memory");
  const steps = view.get("steps");
  const { f: first } = view.get("initial");
  const { C: before } = compute({ steps, f: first });
  const opening = `at the start, $f$ = ${short(first)}`;
  const chart = new FadingBars(view, { name: "C", colour: "f", height: 170, steps: steps + 1, opening });
  const said = sentences("rnn-reach", 1);
  const gate = slider(view, "f", {
    label: "Forget gate $f$",
    step: 1 / PLACES,
    text: short,
  });
  layOut(view, HINT, { controls: [group("$C_t = f C_{t−1} + i x_t$", gate), said.root], main: [chart.figure] });

  view.drawWith(() => {
    const f = view.get("f");
    const { C: now, half } = compute({ f, steps });
    const sentence = lasts({ f, steps, C: now, half });
    const [summary, mark] = [untypeset(sentence), labelAtStep({ f, half })];
    chart.show({ name: "C", title: "what is left of the pulse, by step", summary, before, now, mark }, half, null);
    said.say([sentence]);
    view.say(summary);
  });
  return () => view.close();
}

export default { render };
