// The networks' files, which are large: they come when the reader asks. With a kernel they are sent by it; a page of the
// built site has none, and loads a script beside the pages, which works from files too, where a page may fetch nothing.

import { html } from "./charts.js";
import { button } from "./controls.js";
import { readSafetensors } from "./tensors.js";

const PATIENCE = 30_000; // milliseconds without an answer after which there is no kernel

const SCRIPTS = new Map(); // what is coming, by file: several explorables of a page share it

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;

/** The file as a script of the site, `models/NAME.js` from its top: it leaves the bytes in a text, as a page that was
 * opened from a file can take nothing else. */
function byScript(file) {
  if (SCRIPTS.has(file)) return SCRIPTS.get(file);
  const address = new URL(
    `models/${file}.js`,
    new URL(document.documentElement.dataset.content_root ?? "./", document.baseURI),
  );
  const coming = new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: address.href });
    script.onload = () => resolve(bytesOf(globalThis.courseModels[file]));
    script.onerror = () => {
      script.remove();
      SCRIPTS.delete(file); // to be asked for once more
      reject(
        new Error(
          `The model's file, models/${file}.js, could not be loaded. It lies beside the pages of the site: is it there?`,
        ),
      );
    };
    document.head.append(script);
  });
  SCRIPTS.set(file, coming);
  return coming;
}

/** The file as a message of the kernel. */
function byMessage(model, name) {
  return new Promise((resolve, reject) => {
    const done = (finish, value) => {
      clearTimeout(timer);
      model.off("msg:custom", answer);
      finish(value);
    };
    const answer = ({ loaded }, [data] = []) => {
      if (loaded !== name) return;
      if (!data) return done(reject, new Error("The model's file is not in this installation of the course."));
      const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
      done(resolve, view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    };
    const timer = setTimeout(
      () => done(reject, new Error("The kernel did not answer. Run the cell of this explorable again.")),
      PATIENCE,
    );
    model.on("msg:custom", answer);
    model.send({ load: name });
  });
}

/** What an explorable's trait `networks` names, by these names, as far as it has come: `make` makes it of what its file
 * holds, { tensors, metadata }; `changed` is called when one has come, or has not. */
export class Shelf {
  constructor(view, { make, changed }) {
    Object.assign(this, { view, make, changed, made: {}, asked: new Set(), refused: {} });
    for (const [name, { inline }] of Object.entries(view.get("networks"))) {
      if (inline) this.put(name, bytesOf(inline));
    }
  }

  put(name, buffer) {
    this.made[name] = this.make(readSafetensors(buffer));
  }

  get(name) {
    return this.made[name];
  }

  /** Loads one, unless it is here or coming. */
  async ask(name) {
    if (this.get(name) || this.asked.has(name)) return;
    const { model } = this.view;
    this.asked.add(name);
    delete this.refused[name];
    this.changed();
    try {
      const { file } = this.view.get("networks")[name];
      this.put(name, await (model.send ? byMessage(model, name) : byScript(file)));
    } catch (error) {
      this.refused[name] = error.message;
    }
    this.asked.delete(name);
    this.changed();
  }
}

/** The button that loads what a shelf does not hold yet, and why there is nothing to see before. */
export class LoadBar {
  constructor(shelf, load) {
    this.shelf = shelf;
    this.button = button("", load);
    this.note = html("p", { class: "rnn-note" });
    this.root = html("div", { class: "rnn-loading" }, this.button, this.note);
  }

  /** `ask` stands on the button, `waits` beside it, and `nothing` where there is no file. Returns whether it can be asked
   * for. */
  show(name, { ask, waits, nothing }) {
    const { bytes } = this.shelf.view.get("networks")[name];
    const [isHere, isComing] = [Boolean(this.shelf.get(name)), this.shelf.asked.has(name)];
    this.root.hidden = isHere;
    this.button.hidden = bytes === null;
    this.button.disabled = isComing || bytes === null;
    if (isHere) return false;
    const size = bytes === null ? "" : ` (${(bytes / 1e6).toFixed(1)} MB)`;
    this.button.replaceChildren(isComing ? "Loading …" : `${ask}${size}`);
    this.note.textContent = bytes === null ? nothing : (this.shelf.refused[name] ?? waits);
    return !this.button.disabled;
  }
}
