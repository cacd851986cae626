// The text of the reader: a field to type in, and the same characters behind it, coloured.

import { charactersOf } from "./character_model_compute.js";
import { html } from "./charts.js";
import { native } from "./controls.js";

/** What a character is called in a sentence. */
export const nameOf = (character) => ({ " ": "a space", "\n": "a line break" })[character] ?? `“${character}”`;

const SEEN_AS = { " ": " rnn-space", "\n": " rnn-break" };

/** Units of a text as JavaScript counts them, before the character at a place. */
const unitsBefore = (characters, place) => characters.slice(0, place).join("").length;

/** The field is transparent and lies on the characters, which have the same place, font and breaks: its caret, its
 * selection and what an input method shows are the browser's own. While an input method composes, the field is seen and
 * nothing behind it is touched. `typed(text, place)` is called once a text stands, `placed(place)` when the caret has
 * moved, `hovered(place)` with the character below the mouse, or null. */
export class TextField {
  constructor(view, { label, typed, placed, hovered, composes }) {
    Object.assign(this, { view, typed, placed, composes, characters: [], looks: [], known: "", isComposing: false });
    const id = view.newId();
    this.field = native("textarea", { id, spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
    this.shown = html("div", { class: "rnn-shown", "aria-hidden": "true" });
    this.end = html("span", { class: "rnn-end" }, "\u200b"); // so that a last line without characters has its height
    this.shown.append(this.end);
    this.root = html("div", { class: "rnn-text" }, this.shown, this.field);
    this.scroller = html("div", { class: "rnn-texts" }, this.root);
    this.label = html("label", { for: id }, label);
    this.listen(hovered);
  }

  listen(hovered) {
    const { field, root } = this;
    field.addEventListener("input", () => this.isComposing || this.take());
    field.addEventListener("compositionstart", () => this.compose(true));
    const composed = () => {
      if (!this.isComposing) return;
      this.compose(false);
      this.take();
    };
    field.addEventListener("compositionend", composed);
    field.addEventListener("blur", composed); // some input methods end without a word
    field.addEventListener("pointermove", ({ pointerType, buttons, clientX, clientY }) => {
      if (pointerType === "mouse" && buttons === 0) hovered(this.placeAt(clientX, clientY));
    });
    root.addEventListener("pointerleave", () => hovered(null));
    const moved = () => this.isComposing || document.activeElement !== field || this.readCaret();
    document.addEventListener("selectionchange", moved, true);
    this.view.cleanups.push(() => document.removeEventListener("selectionchange", moved, true));
  }

  compose(isComposing) {
    this.isComposing = isComposing;
    this.root.classList.toggle("rnn-composing", isComposing);
    this.composes(isComposing);
  }

  /** What was typed, and where the caret is in it. */
  take() {
    this.known = this.field.value;
    this.readAt = this.caret();
    this.typed(this.known, this.readAt);
  }

  caret() {
    const { value, selectionStart, selectionEnd, selectionDirection } = this.field;
    return charactersOf(value.slice(0, selectionDirection === "backward" ? selectionStart : selectionEnd)).length;
  }

  /** A quick reader moves on before what was typed has been drawn: what counts is that it was taken. */
  readCaret() {
    if (this.field.value !== this.known) return; // it was typed, and comes by take
    this.readAt = this.caret();
    this.placed(this.readAt);
  }

  /** The character at a place of the window, null for none: found by halving, in the order in which they are read. */
  placeAt(x, y) {
    let [low, high] = [0, this.characters.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { top, bottom, right } = this.shown.children[middle].getBoundingClientRect();
      if (bottom < y || (top <= y && right < x)) low = middle + 1;
      else high = middle;
    }
    const box = this.shown.children[low].getBoundingClientRect();
    return low < this.characters.length && box.left <= x && x <= box.right && box.top <= y && y <= box.bottom
      ? low
      : null;
  }

  /** `looks` has of each character { size: from 0 to 1, isBelow, isUnread }, nothing where it is not known yet. */
  show({ characters, looks, cursor, place, kind }) {
    this.root.className = `rnn-text ${kind}`;
    this.showCharacters(characters, looks);
    for (const marked of this.shown.querySelectorAll(".rnn-at")) marked.classList.remove("rnn-at");
    this.shown.children[Math.min(place, characters.length)].classList.add("rnn-at");
    this.putText(characters, cursor);
  }

  showCharacters(characters, looks) {
    const { shown } = this;
    while (shown.children.length - 1 > characters.length) shown.children[characters.length].remove();
    for (const [k, character] of characters.entries()) {
      if (k >= shown.children.length - 1) this.end.before(html("span"));
      this.showOne(shown.children[k], k, character, looks[k]);
    }
    this.looks.length = characters.length;
    this.characters = characters;
  }

  /** What looks the same as before is left alone. */
  showOne(element, k, character, look) {
    const kind = look ? `${look.isBelow ? " rnn-below" : ""}${look.isUnread ? " rnn-unread" : ""}` : "";
    const style = look && !look.isUnread ? `--size: ${look.size.toFixed(2)}` : "--size: 0";
    const key = `${character}${kind}${style}`;
    if (this.looks[k] === key && element.textContent === character) return;
    this.looks[k] = key;
    if (element.textContent !== character) element.textContent = character;
    element.className = `rnn-glyph${SEEN_AS[character] ?? ""}${kind}`;
    element.setAttribute("style", style);
  }

  /** The caret follows the cursor where that was moved by something else than the caret. The browser moves the caret
   * before it says so: where it stands elsewhere than it was read, the reader has moved it, and the word is coming. */
  putText(characters, cursor) {
    const { field } = this;
    const text = characters.join("");
    const isMoved = cursor !== this.cursor || field.value !== text;
    Object.assign(this, { cursor, known: text });
    if (field.value !== text) field.value = text;
    else if (this.caret() !== this.readAt) return;
    if (!isMoved || document.activeElement !== field || this.caret() === cursor) return;
    const at = unitsBefore(characters, cursor);
    field.setSelectionRange(at, at);
    this.readAt = cursor;
  }

  /** The end of the text comes into view, within its own box. */
  followEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}
