// Updates a second in one page: the engine of "Watch it learn" and TensorFlow.js, each training the same network, an
// LSTM with a readout of one number, by Adam on batches of windows.

import { finish, Learner } from "../rnn_course/widgets/learner.js";
import { SFC32 } from "../rnn_course/widgets/random.js";
import explorable from "../rnn_course/widgets/watch_it_learn.js";

const { tf } = globalThis;
const RATE = 0.01;
const READY = 8; // batches that TensorFlow.js finds ready: cutting them is ours to time and not its

/** `count` windows of T numbers in a noisy sine, and the number after each. */
function windowsOf(T, count) {
  const rng = new SFC32(0);
  const x = Float64Array.from({ length: T + count }, (_, k) => Math.sin(k / 2) + 0.1 * rng.normal());
  return { x, T, starts: Int32Array.from({ length: count }, (_, k) => k), targets: x.slice(T) };
}

function ours({ hidden, T, batch }, count) {
  const settings = { cell: "lstm", hidden, optimiser: "adam", rate: RATE, batch, clip: 0, clipped: "all", bias: 0 };
  return new Learner(settings, { weights: 1, order: 1 }, windowsOf(T, count));
}

/** Batches of windows as tensors, x (batch, T, 1) and the target (batch, 1). */
function tensorsOf({ T, batch }, count) {
  const { x, starts, targets } = windowsOf(T, count);
  return Array.from({ length: count / batch }, (_, k) => {
    const rows = [...starts.subarray(k * batch, (k + 1) * batch)];
    const wanted = [...targets.subarray(k * batch, (k + 1) * batch)].map((value) => [value]);
    return [
      tf.tensor3d(rows.map((from) => [...x.subarray(from, from + T)].map((value) => [value]))),
      tf.tensor2d(wanted),
    ];
  });
}

/** The first weights of our engine as tensors in the shapes of Keras, whose order of gates is the same. */
function firstWeights(size) {
  const { W_x, W_h, b, W_hy, b_y } = ours(size, size.batch).theta.views;
  const H = size.hidden;
  return [
    tf.tensor2d([...W_x], [1, 4 * H]),
    tf.transpose(tf.tensor2d([...W_h], [4 * H, H])),
    tf.tensor1d([...b]),
    tf.tensor2d([...W_hy], [H, 1]),
    tf.tensor1d([...b_y]),
  ];
}

const adam = () => tf.train.adam(RATE, 0.9, 0.999, 1e-8);

const lossOf = (wanted, y) => tf.mul(0.5, tf.mean(tf.square(tf.sub(y, wanted))));

/** Each rival takes a size and gives an update: batch in, loss out, ½ (y − target)² as a mean. */
const RIVALS = {
  /** The ready-made layers, a batch at a time. */
  layers(size) {
    const lstm = { units: size.hidden, inputShape: [size.T, 1], recurrentActivation: "sigmoid" };
    const fixed = { kernelInitializer: "zeros", recurrentInitializer: "zeros" }; // they are set below
    const model = tf.sequential({ layers: [tf.layers.lstm({ ...lstm, ...fixed }), tf.layers.dense({ units: 1 })] });
    model.compile({ optimizer: adam(), loss: lossOf });
    model.setWeights(firstWeights(size));
    return (x, wanted) => model.trainOnBatch(x, wanted);
  },

  /** Operations by hand: the inputs of all steps meet W_x in one product. */
  operations(size) {
    const weights = firstWeights(size).map((tensor) => tf.variable(tensor));
    const [W_x, W_h, b, W_hy, b_y] = weights;
    const optimizer = adam();
    const forward = (x) => {
      const all = tf.matMul(tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, 1]), W_x);
      const steps = tf.split(tf.add(all, b), size.T);
      let [h, C] = [tf.zeros([size.batch, size.hidden]), tf.zeros([size.batch, size.hidden])];
      for (const from_x of steps) {
        const [i, f, candidate, o] = tf.split(tf.add(from_x, tf.matMul(h, W_h)), 4, 1);
        C = tf.add(tf.mul(tf.sigmoid(f), C), tf.mul(tf.sigmoid(i), tf.tanh(candidate)));
        h = tf.mul(tf.sigmoid(o), tf.tanh(C));
      }
      return tf.add(tf.matMul(h, W_hy), b_y);
    };
    const step = (x, wanted) => optimizer.minimize(() => lossOf(wanted, forward(x)), true, weights).dataSync()[0];
    return (x, wanted) => tf.tidy(() => step(x, wanted));
  },
};

/** Updates a second: as many as fit into so many milliseconds, and at least two. */
async function rate(update, milliseconds) {
  const start = performance.now();
  let [count, passed] = [0, 0];
  while (count < 2 || passed < milliseconds) {
    await update(count);
    count += 1;
    passed = performance.now() - start;
  }
  return (1000 * count) / passed;
}

/** How far the losses of ours and of each rival are apart, at the most, over updates on one and the same batch. */
window.apart = async (backend, size, updates) => {
  await tf.setBackend(backend);
  const learner = ours(size, size.batch);
  const [[x, wanted]] = tensorsOf(size, size.batch);
  const rivals = Object.values(RIVALS).map((rival) => rival(size));
  let most = 0;
  for (let k = 0; k < updates; k++) {
    finish(learner.update());
    for (const update of rivals) most = Math.max(most, Math.abs((await update(x, wanted)) - learner.last.loss));
  }
  return most;
};

/** Updates a second of ours and of the rivals in turn, in so many rounds: { ours: […], layers: […], operations: […] }. */
window.race = async (backend, size, rounds, milliseconds) => {
  await tf.setBackend(backend);
  const learner = ours(size, READY * size.batch);
  const batches = tensorsOf(size, READY * size.batch);
  const runners = { ours: () => finish(learner.update()) };
  for (const [name, rival] of Object.entries(RIVALS)) {
    const update = rival(size);
    runners[name] = (k) => update(...batches[k % READY]);
  }
  const found = Object.fromEntries(Object.keys(runners).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, update] of Object.entries(runners)) {
      const now = await rate(update, milliseconds);
      if (round >= 0) found[name].push(now); // the first round warms up
    }
  }
  tf.disposeVariables();
  return found;
};

/** A host for the explorable that knows nothing of Jupyter. */
function hostOf(state) {
  const listeners = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      for (const callback of listeners[`change:${name}`] ?? []) callback();
    },
    on(event, callback) {
      listeners[event] = [...(listeners[event] ?? []), callback];
    },
    off(event, callback) {
      listeners[event] = listeners[event].filter((other) => other !== callback);
    },
    save_changes() {},
  };
}

/** Pictures and updates a second of the explorable in this state, while it runs. */
window.pictures = async (css, state, seconds) => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const el = document.body.appendChild(document.createElement("div"));
  const close = explorable.render({ model: hostOf(state), el });
  const [run, count] = ["rnn-run", "rnn-count"].map((name) => el.getElementsByClassName(name)[0]);
  const picture = () => new Promise((done) => requestAnimationFrame(done));
  const done = () => Number.parseInt(count.textContent.replace(/\D/g, ""), 10) || 0;
  run.click();
  for (const start = performance.now(); performance.now() - start < 1000; ) await picture(); // warms up
  const [start, before] = [performance.now(), done()];
  let [frames, passed] = [0, 0];
  while (passed < 1000 * seconds) {
    await picture();
    frames += 1;
    passed = performance.now() - start;
  }
  const found = [frames, done() - before].map((number) => (1000 * number) / passed);
  close();
  el.remove();
  return found;
};

export const ready = tf.ready();
