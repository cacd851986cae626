// What may come next: the ten most probable characters, each a button that puts it there, and the one that came.

import { entropyOf, ranked, SHOWN_NEXT } from "./character_model_compute.js";
import { asPercent, fixed, html } from "./charts.js";
import { native } from "./controls.js";

const WORDS = { " ": "space ␣", "\n": "line break ↵" }; // what one could not see

class Row {
  constructor(tag, attributes = {}) {
    this.name = html("span", { class: "rnn-next-name" });
    this.bar = html("i");
    this.number = html("span", { class: "rnn-next-number" });
    const parts = [this.name, " ", html("span", { class: "rnn-next-bar" }, this.bar), " ", this.number];
    this.control = tag === "button" ? native(tag, attributes, ...parts) : html(tag, attributes, ...parts);
    this.root = html("li", {}, this.control);
  }

  show({ character, p, isCome }) {
    const name = WORDS[character] ?? character;
    this.name.textContent = isCome ? `came ▸ ${name}` : name;
    this.bar.style.width = `${(100 * p).toFixed(2)}%`;
    this.number.textContent = asPercent(p);
    this.control.classList.toggle("rnn-came", isCome);
  }
}

/** A figure that shows probabilities; `choose(character)` is called when one of the ten is pressed. */
export class NextList {
  constructor(choose) {
    this.shown = [];
    this.rows = Array.from({ length: SHOWN_NEXT }, (_, k) => {
      const row = new Row("button", { type: "button" });
      row.control.addEventListener("click", () => this.shown[k] !== undefined && choose(this.shown[k]));
      return row;
    });
    this.other = new Row("div"); // the one that came, where it is none of the ten
    this.caption = html("figcaption");
    this.note = html("p", { class: "rnn-note" });
    const list = html("ol", {}, ...this.rows.map(({ root }) => root), this.other.root);
    this.figure = html("figure", { "data-chart": "next", class: "rnn-next" }, this.caption, list, this.note);
  }

  /** `p` over the network's symbols at a temperature; `came` is the id of the character that stands there, or null. */
  show({ symbols, p, temperature, came }) {
    const order = ranked(p);
    this.shown = order.slice(0, SHOWN_NEXT).map((id) => symbols[id]);
    this.caption.textContent = `The next character, at temperature ${temperature}`;
    for (const [k, row] of this.rows.entries()) {
      row.root.hidden = k >= order.length;
      if (k < order.length) row.show(this.entry(symbols, p, order[k], came));
    }
    const rank = came === null ? 0 : order.indexOf(came);
    this.other.root.hidden = rank < SHOWN_NEXT;
    if (rank >= SHOWN_NEXT) this.other.show(this.entry(symbols, p, came, came));
    const uncertain = entropyOf(p);
    const sentence = `Entropy ${fixed(uncertain, 2)} bits: as uncertain as ${fixed(2 ** uncertain, 1)} equal choices.`;
    const place = rank < SHOWN_NEXT ? "" : `What came is number ${rank + 1} of ${symbols.length}.`;
    this.note.textContent = place ? `${sentence} ${place}` : sentence;
  }

  entry(symbols, p, id, came) {
    return { character: symbols[id], p: p[id], isCome: id === came };
  }
}
