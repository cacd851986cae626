// A character model in the page: what surprises it in a text, what its units do, and what it would write.

import { charactersOf, drawn, encode, networkOf, probabilities, Reading, UNREAD } from "./character_model_compute.js";
import { NextList } from "./character_model_next.js";
import { placeSentence, textSentence, unitSentence, unreadSentence } from "./character_model_sentences.js";
import { nameOf, TextField } from "./character_model_text.js";
import { readySelect, triesOf } from "./character_model_tries.js";
import { Writer } from "./character_model_writing.js";
import { fixed, html, hueOf, short, untypeset } from "./charts.js";
import { button, checkbox, group, layOut, select, sentences, slider, View } from "./controls.js";
import { LanguageNetwork } from "./language.js";
import { LoadBar, Shelf } from "./loading.js";

const HINT =
  "A network that has read a lot of text reads yours, one character at a time. Which characters does it see coming?";
const SLICE = 8; // milliseconds of reading in a frame
const SIGNED = { h: true, C: true, C_tilde: true };

const LANGUAGES = {
  english: { option: "English: presidents", ask: "Load the English network", lang: "en" },
  tang: { option: "Chinese: Tang verse", ask: "Load the Chinese network", lang: "zh-Hant", wide: true },
  own: { option: "your own network", ask: "Load your network", lang: "" },
};

const LOOKED_AT = [
  ["surprise", "surprise, in bits"],
  ["h", "$h_t$ of a unit"],
  ["C", "$C_t$ of a unit"],
  ["i", "input gate $i_t$ of a unit"],
  ["f", "forget gate $f_t$ of a unit"],
  ["C_tilde", "candidate $C̃_t$ of a unit"],
  ["o", "output gate $o_t$ of a unit"],
];

// ---- What is drawn -----------------------------------------------------------------------------------------------

/** From which value to which the bars reach: surprise to where all symbols are equally probable, gates from shut to open,
 * and what has a sign as far as it goes in this text, since an untrained unit's is small. */
function rangeOf(shade, network, values) {
  if (shade === "surprise") return [0, Math.log2(network.symbols.length)];
  if (!SIGNED[shade]) return [0, 1];
  const most = Math.max(...values.map((value) => Math.abs(value) || 0), 1e-9);
  return [-most, most];
}

const looksOf = (values, most) =>
  Array.from(values, (value) => ({
    size: Math.min(Math.abs(value) / most, 1),
    isBelow: value < 0,
    isUnread: Number.isNaN(value),
  }));

/** What the bars stand for: a sample of the lowest, of nought and of the highest. */
function keyOf(shade, [low, high]) {
  const bar = (size, isBelow) =>
    html("i", { class: `rnn-glyph${isBelow ? " rnn-below" : ""}`, style: `--size: ${size}`, "aria-hidden": "true" });
  const most = shade === "surprise" ? `${fixed(high, 1)} bits, a blind guess` : short(high);
  return [...(low < 0 ? [bar(1, true), short(low)] : []), bar(0), "0", bar(1), most];
}

// ---- The page ----------------------------------------------------------------------------------------------------

const STOPPED = {
  stopped: "Stopped.",
  ended: "It has ended what it was writing with a line break. Write on begins the next one.",
  paused: "300 characters are written. Press Write on for more.",
  full: "The text is as long as it may be.",
};

/** All that an explorable of this kind holds, and what happens to it. */
class CharacterPage {
  constructor(view) {
    this.view = view;
    this.readings = new Map(); // of networks that were seen: { key, Reading }
    this.place = null; // of the character below the mouse
    this.shelf = new Shelf(view, { make: (file) => new LanguageNetwork(file), changed: () => this.view.redraw() });
    this.writer = new Writer(view, { write: () => this.writeOne(), tell: (...what) => this.tellWriting(...what) });
    this.field = new TextField(view, {
      label: "Type here, or choose a text",
      typed: (text, place) => this.type(text, place),
      placed: (cursor) => view.get("cursor") !== cursor && view.set({ cursor }),
      hovered: (place) => {
        if (place === this.place) return;
        this.place = place;
        this.view.redraw();
      },
      composes: (isComposing) => (isComposing ? this.writer.stop() : this.view.redraw()),
    });
    this.next = new NextList((character) => this.choose(character));
    this.said = sentences("rnn-reach", 3);
    this.told = html("p", { class: "rnn-refused" });
    this.key = html("p", { class: "rnn-legend rnn-shade-key" });
    this.loading = new LoadBar(this.shelf, () => this.ask());
    this.write = button("Write on", () => (this.writer.isWriting ? this.writer.stop() : this.startWriting()));
    this.back = button("Step back", () => this.stepBack());
    view.follow("text", (text) => text === this.written || this.writer.stop());
    view.follow("language", () => this.writer.stop());
  }

  ask() {
    return this.shelf.ask(this.view.get("language"));
  }

  // ---- What the reader does to the text

  get characters() {
    return charactersOf(this.view.get("text"));
  }

  get cursor() {
    return Math.min(this.view.get("cursor"), this.characters.length);
  }

  type(text, place) {
    const { longest } = this.view.get("limits");
    const characters = charactersOf(text);
    const kept = characters.slice(0, longest);
    this.view.set({ text: kept.join(""), cursor: Math.min(place, kept.length) });
    const cut = characters.length - longest;
    if (cut > 0) this.note(`A text has at most ${longest} characters here: the last ${cut} of yours are cut off.`);
    this.view.redraw(); // the text may be what it was
  }

  /** Puts a character at the cursor, in the place of what stands there. */
  choose(character) {
    const { characters, cursor } = this;
    if (cursor === characters.length && characters.length >= this.view.get("limits").longest) return;
    const text = [...characters.slice(0, cursor), character, ...characters.slice(cursor + 1)].join("");
    this.view.set({ text, cursor: cursor === characters.length ? cursor + 1 : cursor });
  }

  stepBack() {
    const kept = this.characters.slice(0, -1);
    this.view.set({ text: kept.join(""), cursor: kept.length });
    this.field.followEnd();
  }

  async startWriting() {
    await this.ask();
    if (this.shelf.get(this.view.get("language"))) this.writer.start();
  }

  /** Adds the character that is drawn at the end of the text; null where there is no room. */
  writeOne() {
    const { characters, view } = this;
    if (characters.length >= view.get("limits").longest) return null;
    const now = this.reading(characters);
    now.readFor(Infinity);
    const p = now.next(characters.length, view.get("temperature"));
    const character = now.network.symbols[drawn(p, view.get("seed"), characters.length)];
    this.written = [...characters, character].join("");
    view.set({ text: this.written, cursor: characters.length + 1 });
    this.isFollowing = true;
    return character;
  }

  tellWriting(isWriting, why) {
    this.write.replaceChildren(isWriting ? "Stop" : "Write on");
    if (!isWriting) this.note(STOPPED[why]);
    this.view.redraw();
  }

  /** A sentence that stands as long as the text stays what it is. */
  note(sentence) {
    this.noted = { text: this.view.get("text"), sentence };
  }

  // ---- What is read and shown

  /** What the chosen network makes of the text, begun or done; nothing where it has not come. */
  reading(characters) {
    const state = this.view.read(["language", "untrained", "seed"]);
    const trained = this.shelf.get(state.language);
    if (!trained) return undefined;
    const key = `${state.language} ${state.untrained ? state.seed : "trained"}`;
    if (!this.readings.has(key)) this.keep(key, new Reading(networkOf(trained, state)));
    const found = this.readings.get(key);
    found.follow(encode(found.network, characters.join("")));
    return found;
  }

  /** Two readings at most, since each holds every gate of every character: to go to and fro is quick. */
  keep(key, found) {
    const [oldest] = this.readings.keys();
    if (this.readings.size > 1) this.readings.delete(oldest);
    this.readings.set(key, found);
  }

  draw() {
    if (this.field.isComposing) return;
    const { characters, cursor, view } = this;
    const state = view.read(["language", "untrained", "shade", "unit", "temperature"]);
    const found = this.reading(characters);
    const place = Math.min(this.place ?? cursor, characters.length);
    this.showLoading(state.language);
    this.next.figure.hidden = !found;
    this.key.hidden = !found;
    if (found && !found.readFor(SLICE)) this.view.redraw();
    const values = found ? found.values(state.shade, state.unit) : [];
    const range = found ? rangeOf(state.shade, found.network, values) : [0, 1];
    this.style(state.shade, range);
    const kind = `${range[0] < 0 ? "rnn-signed" : ""}${LANGUAGES[state.language].wide ? " rnn-wide" : ""}`;
    this.field.root.lang = LANGUAGES[state.language].lang; // whose forms of the characters, and whose voice
    this.field.show({ characters, looks: looksOf(values, range[1]), cursor, place, kind });
    if (this.isFollowing) this.isFollowing = this.field.followEnd();
    if (!found) this.tellWaiting(state.language);
    else this.tellText(found, characters);
    if (found && (found.isDone || place < found.bits.length)) {
      this.tell({ ...state, characters, reading: found, place, values });
    }
  }

  style(shade, range) {
    const { style } = this.field.scroller;
    for (const element of [style, this.key.style]) {
      element.setProperty("--rnn-hue", hueOf(shade === "surprise" ? "x" : shade));
      element.setProperty("--rnn-below", hueOf("x"));
    }
    this.key.classList.toggle("rnn-signed", range[0] < 0);
    this.key.replaceChildren(...keyOf(shade, range));
  }

  /** What a network that is not here leaves to say. */
  tellWaiting(language) {
    this.said.say(["", "", ""]);
    this.told.hidden = true;
    this.view.say(`${LANGUAGES[language].option}. ${this.loading.note.textContent}`);
  }

  tell(now) {
    const { characters, reading, place, temperature } = now;
    const { symbols } = reading.network;
    const logits = reading.logits(place);
    const p = probabilities(logits, temperature);
    const id = reading.ids[place] ?? UNREAD;
    this.next.show({ symbols, p, temperature, came: place < characters.length && id !== UNREAD ? id : null });
    const top = { character: this.next.shown[0], p: Math.max(...probabilities(logits)) };
    const told = [placeSentence({ ...now, top }), unitSentence(now), textSentence(reading.bits, now.untrained)];
    this.said.say(told);
    const ten = this.next.shown.slice(0, 3).map(nameOf).join(", ");
    const spoken = [this.told.textContent, ...told, `Most probable at this temperature: ${ten}.`];
    if (this.place === null) this.view.say(untypeset(spoken.filter(Boolean).join(" "))); // what the mouse passes is not said
  }

  /** What of the text is not read, and what became of writing. */
  tellText(found, characters) {
    const told = [unreadSentence(found.network, characters)];
    if (!found.isDone) told.push(`Reading: ${found.bits.length} of ${characters.length} characters.`);
    if (this.noted?.text === this.view.get("text")) told.push(this.noted.sentence);
    const text = told.filter(Boolean).join(" ");
    this.told.textContent = text;
    this.told.hidden = text === "";
  }

  /** The button that loads a network, and what can be done before. */
  showLoading(language) {
    const isHere = Boolean(this.shelf.get(language));
    const waits = "Until you load the network, the text is not read.";
    const nothing = "This copy of the course has no such network.";
    const canAsk = this.loading.show(language, { ask: LANGUAGES[language].ask, waits, nothing });
    this.back.disabled = !isHere;
    this.write.disabled = !isHere && !canAsk;
  }
}

function controlsOf(page) {
  const { view } = page;
  const networks = view.get("networks");
  const known = Object.keys(networks);
  const unitsNow = () => networks[view.get("language")].units ?? 1;
  view.describe("text", {
    label: "Text",
    text: (text) => (text.length > 30 ? `${text.slice(0, 30)}…` : text),
    takes: (text) => typeof text === "string" && charactersOf(text).length <= view.get("limits").longest,
  });
  view.describe("cursor", { label: "Cursor", text: String, takes: Number.isInteger });
  view.describe("unit", { label: "Unit", text: String, takes: Number.isInteger });
  const language = select(view, "language", {
    label: "Network",
    options: known.map((name) => [name, LANGUAGES[name].option]),
    also: (name) => ({ text: view.get("openings")[name], cursor: charactersOf(view.get("openings")[name]).length }),
  });
  const unit = slider(view, "unit", { label: "Unit", max: () => unitsNow() - 1, follows: ["unit", "language"] });
  return [
    group("Read", language, checkbox(view, "untrained", { label: "Untrained, of the same size" }), readySelect(view)),
    group("Look at", select(view, "shade", { label: "Bars and colours show", options: LOOKED_AT }), unit),
    group(
      "Let it write",
      slider(view, "temperature", { label: "Temperature $T$", step: 0.05, text: (T) => fixed(T, 2) }),
      html("div", { class: "rnn-transport" }, page.write, page.back),
    ),
  ];
}

function render({ model, el }) {
  const view = new View({ model, el }, "Character model");
  const page = new CharacterPage(view);
  const { field } = page;
  const figure = html(
    "figure",
    { "data-chart": "text" },
    html("figcaption", {}, field.label, page.key),
    field.scroller,
    page.told,
  );
  layOut(view, HINT, {
    tries: triesOf(view, () => page.ask()),
    controls: controlsOf(page),
    folded: [slider(view, "seed", { label: "Seed of what is written, and of untrained weights" })],
    lead: [figure, page.loading.root, page.said.root, page.next.figure],
    main: [],
  });
  view.drawWith(() => page.draw());
  return () => view.close();
}

export default { render };
