// Alignment: what four trained networks write of a string, and where each of them looks while it does.

import {
  answerText,
  certaintyOf,
  hiddenAmong,
  lettersOf,
  NETWORKS,
  nextOf,
  trueAnswer,
  Writers,
  weightsOf,
} from "./alignment_compute.js";
import { AlignmentLines, WeightMap } from "./alignment_drawing.js";
import {
  beyondSentence,
  called,
  cellSentence,
  hiddenSentence,
  nextSentence,
  restOf,
  runsOf,
  stepSentence,
  testedSentence,
  truthSentence,
  unreadSentence,
  verdictOf,
} from "./alignment_sentences.js";
import { triesOf } from "./alignment_tries.js";
import { html, untypeset } from "./charts.js";
import { button, group, keyTo, layOut, legend, native, select, sentences, slider, View } from "./controls.js";
import { LoadBar, Shelf } from "./loading.js";
import { END } from "./pairs.js";

const HINT =
  "Type a date in words, or a string to be reversed. Four networks write the answer: where does each of them look?";

const TASKS = {
  dates: { option: "Write a date as ISO 8601", ask: "Load the networks for dates", label: "A date" },
  reversal: { option: "Reverse a string of letters", ask: "Load the networks for strings", label: "A string" },
};
const NAMES = {
  dot: "GRUs with attention",
  none: "GRUs, one vector between",
  rotary: "Transformer, rotary positions",
  no_positions: "Transformer without positions",
};

// ---- The field ---------------------------------------------------------------------------------------------------

/** One line to type in; `typed(text)` is called once a text stands, not while an input method composes. */
function typingField(view, { typed }) {
  const id = view.newId();
  const attributes = { type: "text", id, autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  const input = native("input", attributes);
  const label = html("label", { for: id });
  let isComposing = false;
  const take = () => typed(input.value);
  const composed = () => {
    if (!isComposing) return;
    isComposing = false;
    take();
  };
  input.addEventListener("input", () => isComposing || take());
  input.addEventListener("compositionstart", () => {
    isComposing = true;
  });
  input.addEventListener("compositionend", composed);
  input.addEventListener("blur", composed); // some input methods end without a word
  view.follow("text", (text) => {
    if (!isComposing && input.value !== text) input.value = text;
  });
  view.follow("task", (task) => label.replaceChildren(TASKS[task].label));
  return { root: html("div", { class: "rnn-control rnn-field rnn-string" }, label, input), input };
}

// ---- The answers -------------------------------------------------------------------------------------------------

/** What each network wrote, whether it is right, and what it wrote with nothing hidden; a click chooses a network. */
class AnswerList {
  constructor(view) {
    this.truth = html("p", { class: "rnn-truth-told" });
    this.rows = NETWORKS.map((name) => this.row(view, name));
    const list = html("ul", { class: "rnn-answers" }, ...this.rows.map(({ root }) => root));
    this.figure = html("figure", { "data-chart": "answers" }, html("figcaption", {}, html("b", {}, "The answers")));
    this.figure.append(this.truth, list);
  }

  row(view, name) {
    const kinds = ["answerer", "answer", "verdict", "before", "tested"];
    const [title, text, verdict, before, tested] = kinds.map((kind) => html("span", { class: `rnn-${kind}` }));
    const root = html("li", {}, title, " ", text, " ", verdict, " ", before, " ", tested);
    root.addEventListener("click", () => view.set({ network: name }));
    return { name, root, title, text, verdict, before, tested };
  }

  /** `written` and `before` have { text, hasEnded } of each network; `before` is null where nothing is hidden. */
  show({ written, before, truth, network, task, note }) {
    this.truth.textContent = truthSentence(truth);
    for (const row of this.rows) {
      const { text, hasEnded } = written[row.name];
      const isChosen = row.name === network;
      row.root.classList.toggle("rnn-marked", isChosen);
      row.title.textContent = isChosen ? `▸ ${NAMES[row.name]}` : NAMES[row.name];
      row.text.replaceChildren(...marked(written[row.name], truth));
      row.verdict.textContent = verdictOf({ text, truth, hasEnded }).text;
      row.tested.textContent = testedSentence({ task, note }, row.name);
      row.before.hidden = !before;
      if (before) row.before.replaceChildren(...this.beforeOf(before[row.name], text, truth));
    }
  }

  beforeOf(before, text, truth) {
    if (before.text === text) return ["the same as with nothing hidden"];
    return ["with nothing hidden: ", html("span", { class: "rnn-answer" }, ...marked(before, truth))];
  }
}

/** An answer with its wrong symbols underlined, as the parts of an element. */
function marked({ text, hasEnded }, truth) {
  const runs = runsOf(text, truth).map((run) => (run.isWrong ? html("u", {}, run.text) : run.text));
  return [...(text === "" ? ["nothing"] : runs), hasEnded ? "" : "…"];
}

// ---- The page ----------------------------------------------------------------------------------------------------

const STATE = ["task", "text", "network", "layer", "head", "step", "cursor", "hidden", "limits", "forms", "words"];

class AlignmentPage {
  constructor(view) {
    this.view = view;
    this.now = null; // what is shown, where there is something
    this.shelf = new Shelf(view, { make: (file) => new Writers(file), changed: () => this.view.redraw() });
    this.loading = new LoadBar(this.shelf, () => this.ask());
    this.field = typingField(view, { typed: (text) => this.type(text) });
    this.told = html("p", { class: "rnn-refused" });
    this.lines = new AlignmentLines(view, this.caption());
    this.map = new WeightMap(view);
    this.said = sentences("rnn-reach", 4);
    this.answers = new AnswerList(view);
    this.hide = button("Hide", () => this.turnPlace());
    this.show = button("Hide nothing", () => view.set({ hidden: [] }));
  }

  caption() {
    const keys = legend(
      keyTo({ class: "rnn-weight rnn-strong", style: "--weight: 0.7" }, "the step that is looked at"),
      keyTo({ class: "rnn-weight", style: "--weight: 1" }, "other steps"),
    );
    const drawn = html("span", {}, " A line is as thick as its weight.", keys);
    const through = html("span", {}, " All that is written comes out of one state.");
    this.captions = { drawn, through };
    return html("span", {}, "Above what is read, below what is written; ■ is the end.", drawn, through);
  }

  ask() {
    return this.shelf.ask(this.view.get("task"));
  }

  type(text) {
    const { longest } = this.view.get("limits");
    const letters = lettersOf(text);
    const cut = letters.length - longest;
    this.view.set({ text: letters.slice(0, longest).join(""), hidden: [] });
    this.noted = {
      text: this.view.get("text"),
      sentence: cut > 0 ? `A text has at most ${longest} symbols here: the last ${cut} of yours are cut off.` : "",
    };
    if (cut > 0) this.field.input.value = this.view.get("text");
    this.view.redraw(); // the text may be what it was
  }

  /** Hides the place that is looked at, or shows it again. */
  turnPlace() {
    if (!this.now) return;
    const { hidden, cursor } = this.now;
    const others = hidden.filter((place) => place !== cursor);
    this.view.set({ hidden: others.length < hidden.length ? others : [...hidden, cursor].sort((a, b) => a - b) });
  }

  // ---- What is shown

  /** What the networks make of the text, and where the reader stands in it; null where there is nothing yet. */
  look(state, writers, read) {
    const hidden = hiddenAmong(state.hidden, read);
    const answers = writers.answers(read, hidden);
    const answer = answers[state.network];
    if (!answer) return null;
    const step = Math.min(state.step, answer.ids.length - 1);
    const ended = (one) => ({ text: answerText(writers, one), hasEnded: one.ids.at(-1) === END });
    const all = (found) => Object.fromEntries(NETWORKS.map((name) => [name, ended(found[name])]));
    return {
      ...state,
      ...{ read, hidden, answer, step, cursor: Math.min(state.cursor, read.length - 1) },
      weights: weightsOf(answer, state),
      certainty: certaintyOf(answer)[step],
      symbols: answer.ids.map((id) => writers.symbolsY[id]),
      symbol: writers.symbolsY[answer.ids[step]],
      next: nextOf(writers, answer, step),
      truth: trueAnswer(state, read.join("")),
      written: all(answers),
      note: writers.note,
      before: hidden.length ? all(writers.answers(read, [])) : null,
    };
  }

  draw() {
    const state = this.view.read(STATE);
    const writers = this.shelf.get(state.task);
    const { read, unread } = writers ? writers.split(state.text) : { read: lettersOf(state.text), unread: [] };
    this.now = writers ? this.look(state, writers, read) : null;
    this.loading.show(state.task, {
      ask: TASKS[state.task].ask,
      waits: "Until you load the networks, nothing is written.",
      nothing: "This copy of the course has no such networks.",
    });
    this.tellText(state, unread);
    for (const part of [this.answers.figure, this.said.root]) part.hidden = !this.now;
    this.map.figure.hidden = !this.now?.weights;
    this.lines.title.hidden = !this.now;
    this.captions.drawn.hidden = !this.now?.weights;
    this.captions.through.hidden = Boolean(this.now?.weights);
    this.view.showSliders();
    this.showButtons();
    if (this.now) this.showAnswers(this.now);
    else this.showNothing(state, read);
  }

  /** What of the text is not read, and how far it is from what the networks know. */
  tellText(state, unread) {
    const noted = this.noted?.text === state.text ? this.noted.sentence : "";
    const told = [noted, unreadSentence(state.task, unread), this.now ? beyondSentence(this.now) : ""];
    this.told.textContent = told.filter(Boolean).join(" ");
    this.told.hidden = this.told.textContent === "";
  }

  showButtons() {
    const { hidden = [], cursor, read } = this.now ?? {};
    const name = read ? called(read[cursor]) : "";
    this.hide.disabled = !this.now;
    this.show.disabled = hidden.length === 0;
    this.hide.replaceChildren(hidden.includes(cursor) ? `Show ${name} again` : `Hide ${name}`);
  }

  showNothing({ task, cursor }, read) {
    const waits = this.shelf.get(task) ? "There is nothing to read." : this.loading.note.textContent;
    const summary = `What is read: ${read.join("")}. ${waits}`;
    this.lines.show({ read, written: null, cursor, hidden: new Set(), summary });
    this.view.say(`${TASKS[task].option}. ${waits}`);
  }

  showAnswers(now) {
    const { read, symbols, weights, step, cursor, written, network } = now;
    const told = [stepSentence(now), cellSentence(now), nextSentence(now.next), hiddenSentence(now)];
    this.said.say(told);
    this.answers.show(now);
    const plain = told.map(untypeset).filter(Boolean).join(" ");
    const summary = `${NAMES[network]} reads ${read.join("")} and writes ${written[network].text}. ${plain}`;
    this.lines.show({
      read,
      written: symbols,
      weights: weights?.values,
      step,
      cursor,
      hidden: new Set(now.hidden),
      summary,
    });
    if (weights) this.showMap(now, summary);
    this.view.say([this.told.textContent, summary].filter(Boolean).join(" "));
  }

  showMap({ read, symbols, weights, step, cursor, network }, summary) {
    const isWhole = network === "dot"; // all its weight lies on the text
    const rows = isWhole ? weights.values : weights.values.map((alpha) => [...alpha, restOf(alpha)]);
    const values = rows[0].length ? Array.from(rows[0], (_, place) => Array.from(rows, (row) => row[place])) : [];
    const title = isWhole
      ? "of each step (down) on the places of the text (across)"
      : "of each step (down) on the places of the text (across) and, as the rest, on what comes after it";
    this.map.show(
      {
        ...{ name: "Weights $α$", title, summary, values, read, written: symbols },
        ...{
          steps: values.length,
          times: values.map(String),
          domain: [0, 1],
          ramp: "gate",
          row: step,
          rowTrait: "step",
        },
      },
      cursor,
      null,
    );
  }
}

/** Of a trait that is read as far as it fits: any number of those that Python takes. */
const described = (view, name, label) =>
  view.describe(name, { label, text: (k) => String(k + 1), takes: Number.isInteger });

function controlsOf(page) {
  const { view } = page;
  for (const [name, label] of [
    ["layer", "Layer"],
    ["head", "Head"],
    ["step", "Step"],
    ["cursor", "Place"],
  ]) {
    described(view, name, label);
  }
  view.describe("text", {
    label: "Text",
    text: (text) => text || "nothing",
    takes: (text) => typeof text === "string" && lettersOf(text).length <= view.get("limits").longest,
  });
  const isPlace = (place) => Number.isInteger(place) && place >= 0 && place < view.get("limits").longest;
  view.describe("hidden", {
    label: "Hidden places",
    text: (places) => places.map((place) => place + 1).join(", ") || "none",
    takes: (places) => Array.isArray(places) && places.every(isPlace),
  });
  const task = select(view, "task", {
    label: "Task",
    options: Object.entries(TASKS).map(([name, { option }]) => [name, option]),
    also: (name) => ({ text: view.get("openings")[name], hidden: [], step: 0, cursor: 0 }),
  });
  const network = select(view, "network", { label: "Network", options: NETWORKS.map((name) => [name, NAMES[name]]) });
  const one = (name, label, most, text) =>
    slider(view, name, { label, max: () => Math.max(most() - 1, 0), text: (k) => text(k, most()) });
  const counted = (k, most) => (most > 0 ? `${k + 1} of ${most}` : "none");
  const shape = () => view.get("networks")[view.get("task")].shapes[view.get("network")] ?? [0, 0];
  const symbolAt = (symbols, k, most) => (most > 0 ? `${k + 1} of ${most}, ${called(symbols[k])}` : "none");
  const steps = () => page.now?.symbols ?? [];
  const places = () => page.now?.read ?? [];
  return [
    group("Read", task),
    group(
      "Look at",
      network,
      one("layer", "Layer", () => shape()[0], counted),
      one("head", "Head", () => shape()[1], counted),
      one(
        "step",
        "Step",
        () => steps().length,
        (k, most) => symbolAt(steps(), k, most),
      ),
      one(
        "cursor",
        "Place",
        () => places().length,
        (k, most) => symbolAt(places(), k, most),
      ),
    ),
    group("Hide from all attention", html("div", { class: "rnn-transport" }, page.hide, page.show)),
  ];
}

function render({ model, el }) {
  const view = new View({ model, el }, "Alignment");
  const page = new AlignmentPage(view);
  layOut(view, HINT, {
    tries: triesOf(() => page.ask()),
    controls: controlsOf(page),
    lead: [page.field.root, page.told, page.loading.root, page.lines.figure, page.said.root],
    main: [page.answers.figure, page.map.figure],
  });
  view.drawWith(() => page.draw());
  return () => view.close();
}

export default { render };
