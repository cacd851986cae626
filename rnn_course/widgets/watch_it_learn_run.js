// A run: the networks A and, where it is asked for, B, trained in step, a slice of work in each frame of the page.

import { finish, rmse } from "./learner.js";
import { baselinesOf, learnerOf } from "./watch_it_learn_compute.js";

const SLICE = 8; // milliseconds of work in a frame, so that it leaves room for the page at 50 pictures a second
const BETWEEN_LOOKS = 100; // milliseconds from one drawing to the next
const SHOWN = 100; // windows of which the forecast is drawn, at the most

/** One network with all that is shown of it: errors after each epoch, in the unit of the series, and its forecast. */
class Contestant {
  constructor(state, of) {
    Object.assign(this, learnerOf(state, of), { of, errors: [], baselines: null });
    const { validation } = this.data;
    const count = Math.min(SHOWN, validation.starts.length);
    const some = (values) => values.subarray(0, count);
    this.shown = { ...validation, starts: some(validation.starts), targets: some(validation.targets) };
    this.baselines = baselinesOf(this.data);
    this.forecast = new Float64Array(count);
  }

  inUnits(value) {
    return this.data.mean + this.data.scale * value;
  }

  error(answers, { targets }) {
    return this.data.scale * rmse(answers, targets);
  }

  /** After an epoch, and before the first: errors of training and validation. */
  *evaluate() {
    const { learner, data } = this;
    const train = this.error(yield* learner.answers(data.train), data.train);
    const validation = this.error(yield* learner.answers(data.validation), data.validation);
    this.errors.push({ epoch: learner.epochs, train, validation });
  }

  *look() {
    this.forecast = yield* this.learner.answers(this.shown);
  }

  *update() {
    const { learner } = this;
    if (learner.stopped) return;
    const { epochs } = learner;
    yield* learner.update();
    if (learner.epochs > epochs) yield* this.evaluate();
  }
}

/** `show` draws; `tell` gets what happened: "paused", "stopped" or "back". */
export class Run {
  constructor(view, { show, tell }) {
    Object.assign(this, { view, show, tell, goal: 0, frame: null, drawn: 0 });
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    const hidden = () => document.hidden && this.pause();
    document.addEventListener("visibilitychange", hidden);
    view.cleanups.push(() => {
      document.removeEventListener("visibilitychange", hidden);
      cancelAnimationFrame(this.frame);
      this.frame = null;
    });
  }

  get running() {
    return this.updates < this.goal;
  }

  get stopped() {
    return this.networks.find(({ learner }) => learner.stopped);
  }

  /** Back to the first weights; nothing runs until it is asked for. */
  restart(state) {
    this.networks = (state.compare ? ["A", "B"] : ["A"]).map((of) => new Contestant(state, of));
    Object.assign(this, { updates: 0, goal: 0, owed: 0, pace: state.pace });
    this.work = this.begin();
    this.wake();
  }

  *begin() {
    for (const network of this.networks) {
      yield* network.look();
      yield* network.evaluate();
    }
    this.due = true;
  }

  *step() {
    for (const network of this.networks) yield* network.update();
    this.updates += 1;
    if (this.stopped) this.goal = this.updates;
    if (!this.running || this.isDue()) {
      for (const network of this.networks) yield* network.look();
      this.due = true;
    }
  }

  /** Whether a picture is due: ten times a second or, for who wants less motion, once an epoch. */
  isDue() {
    const [{ learner, errors }] = this.networks;
    if (this.still.matches) return learner.next === learner.order.length && errors.length > 0;
    return performance.now() - this.drawn >= BETWEEN_LOOKS;
  }

  /** Trains on, `count` updates or without end. */
  go(count = Number.POSITIVE_INFINITY) {
    if (this.stopped) return this.tell("stopped");
    Object.assign(this, { goal: this.updates + count, owed: count === Number.POSITIVE_INFINITY ? 0 : count });
    this.atPace = count === Number.POSITIVE_INFINITY;
    this.wake();
    this.show();
  }

  /** As far as the end of the epoch of A. */
  goEpoch() {
    const { order, next, settings } = this.networks[0].learner;
    const left = next === order.length ? order.length : order.length - next;
    this.go(Math.ceil(left / settings.batch));
  }

  pause() {
    if (!this.running) return;
    if (this.work) finish(this.work);
    this.work = null;
    this.goal = this.updates;
    for (const network of this.networks) finish(network.look());
    this.show();
    this.tell(this.stopped ? "stopped" : "paused");
  }

  wake() {
    this.last = null; // what a pause would owe is forgotten
    this.frame ??= requestAnimationFrame((now) => this.slice(now));
  }

  /** One frame: what is owed at this pace, as far as the time goes. */
  slice(now) {
    this.frame = null;
    if (this.running && this.view.root.getClientRects().length === 0) this.pause(); // out of the document, or folded
    this.owe(now);
    const end = performance.now() + SLICE;
    const ready = () => this.due && !this.work;
    do {
      if (!this.work && !(this.running && this.owed >= 1)) break;
      this.advance();
    } while (!ready() && performance.now() < end);
    if (ready()) this.picture();
    if (this.running || this.work) this.frame = requestAnimationFrame((later) => this.slice(later));
  }

  owe(now) {
    if (!this.atPace || !this.running) return;
    const pace = this.view.get("pace");
    const passed = this.last === null ? 0 : now - this.last;
    this.last = now;
    if (pace === "fast") this.owed = Number.POSITIVE_INFINITY;
    else if (this.owed === Number.POSITIVE_INFINITY) this.owed = 0;
    else this.owed = Math.min(this.owed + (passed * Number(pace)) / 1000, 2); // no rush after a slow frame
  }

  /** Some steps of the work at hand, so that the clock is asked for seldom. */
  advance() {
    if (!this.work) {
      this.owed -= 1;
      this.work = this.step();
    }
    for (let k = 0; k < 4 && this.work; k++) if (this.work.next().done) this.work = null;
  }

  picture() {
    this.due = false;
    this.drawn = performance.now();
    this.show();
    if (this.updates > 0 && !this.running) this.tell(this.stopped ? "stopped" : "paused");
  }
}
