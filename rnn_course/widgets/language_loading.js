// The networks' files, which are large: they come when the reader asks. With a kernel they are sent by it; a page of the
// built site has none, and loads a script beside the pages, which works from files too, where a page may fetch nothing.

import { LanguageNetwork, readSafetensors } from "./language.js";

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
function byMessage(model, language) {
  return new Promise((resolve, reject) => {
    const done = (finish, value) => {
      clearTimeout(timer);
      model.off("msg:custom", answer);
      finish(value);
    };
    const answer = ({ loaded }, [data] = []) => {
      if (loaded !== language) return;
      if (!data) return done(reject, new Error("The model's file is not in this installation of the course."));
      const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
      done(resolve, view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    };
    const timer = setTimeout(
      () => done(reject, new Error("The kernel did not answer. Run the cell of this explorable again.")),
      PATIENCE,
    );
    model.on("msg:custom", answer);
    model.send({ load: language });
  });
}

/** The networks of an explorable by language, as far as they have come; `changed` is called when one has, or has not. */
export class Shelf {
  constructor(view, changed) {
    Object.assign(this, { view, changed, networks: {}, asked: new Set(), refused: {} });
    for (const [language, { inline }] of Object.entries(view.get("networks"))) {
      if (inline) this.put(language, bytesOf(inline));
    }
  }

  put(language, buffer) {
    this.networks[language] = new LanguageNetwork(readSafetensors(buffer));
  }

  get(language) {
    return this.networks[language];
  }

  /** Loads a network, unless it is here or coming. */
  async ask(language) {
    if (this.get(language) || this.asked.has(language)) return;
    const { model } = this.view;
    this.asked.add(language);
    delete this.refused[language];
    this.changed();
    try {
      const { file } = this.view.get("networks")[language];
      this.put(language, await (model.send ? byMessage(model, language) : byScript(file)));
    } catch (error) {
      this.refused[language] = error.message;
    }
    this.asked.delete(language);
    this.changed();
  }
}
