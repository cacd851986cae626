// What the gate explorer computes: an LSTM, and a GRU where there is one, over the sequence that is read.

import { gruForward, lstmForward, readoutForward } from "./cells.js";

export const LSTM_GATES = ["i", "f", "C_tilde", "o"]; // the order of the stacked parameters
export const GRU_GATES = ["r", "z", "n"];
export const CLAMPED = { lstm: ["i", "f", "o"], gru: ["r", "z"] };
const SATURATING_BIAS = 1000; // sigmoid(±1000) is exactly 1 and 0

/** The weights with the clamps, and with `shifts`, what is added to the bias of a gate: a clamped gate is one that has
 * no inputs and a saturating bias. `units` are those that are changed. */
function changedParameters({ W_x, W_h, b, ...rest }, order, state, units, shifts) {
  const hidden = b.length / order.length;
  const changed = { ...rest, W_x: [...W_x], W_h: [...W_h], b: [...b] };
  for (const unit of units ?? b.slice(0, hidden).keys()) {
    order.forEach((gate, k) => {
      const [row, clamp] = [hidden * k + unit, state[`clamp_${gate}`] ?? "free"];
      changed.b[row] += shifts[gate] ?? 0;
      if (clamp === "free") return;
      changed.W_x[row] = W_x[row].map(() => 0);
      changed.W_h[row] = W_h[row].map(() => 0);
      changed.b[row] = clamp === "open" ? SATURATING_BIAS : -SATURATING_BIAS;
    });
  }
  return changed;
}

/** The given sequence or the reader's own, before one input is changed. */
export const sequenceOf = ({ x, sequence }) => sequence ?? x;

/** The sequence with one channel moved at one step; a step beyond the end is the last. */
function changedInput(state) {
  const x = sequenceOf(state);
  const changed = [...x];
  const step = Math.min(state.input_step, x.length - 1);
  changed[step] = x[step].map((value, k) => (k === state.channel ? value + state.input_shift : value));
  return changed;
}

/** Every gate and state (time, hidden): the weights `before` as far as step `from`, the weights `after` from there on. */
function switched(forward, before, after, from, x) {
  if (from === 0) return forward(after, x);
  const start = forward(before, x.slice(0, from));
  const rest = forward(after, x.slice(from), { C: start.C?.at(-1), h: start.h.at(-1) });
  return Object.fromEntries(Object.keys(start).map((name) => [name, [...start[name], ...rest[name]]]));
}

/** The networks after every change, as GateExplorer.compute() in Python: { x, i, f, C_tilde, o, C, h, y } and, with a
 * GRU, { r, z, n, gru_h, gru_y }, each (time, feature); y and gru_y only with readouts. */
export function compute(state) {
  const x = changedInput(state);
  const from = Math.min(state.cell_step, x.length - 1);
  const traceOf = (forward, parameters, order, unit, shifts) => {
    const units = state.one_unit ? [unit] : null;
    return switched(forward, parameters, changedParameters(parameters, order, state, units, shifts), from, x);
  };
  const lstm = traceOf(lstmForward, state.parameters, LSTM_GATES, state.unit, { f: state.forget_shift });
  const result = { x, ...lstm, ...(state.readout && { y: readoutForward(state.readout, lstm.h) }) };
  if (!state.gru) return result;
  const { r, z, n, h } = traceOf(gruForward, state.gru.parameters, GRU_GATES, state.gru_unit, {});
  const { readout } = state.gru;
  return { ...result, r, z, n, gru_h: h, ...(readout && { gru_y: readoutForward(readout, h) }) };
}
