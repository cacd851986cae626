// The network writes: one character after another, drawn from what it expects, until it is stopped.

const PACE = 45; // milliseconds from one character to the next: one can read along
const LUMP = 8; // characters at once for who wants less motion, and so many times as seldom
const MOST_WRITTEN = 300; // characters until it waits to be asked again

/** `write()` adds a character and returns it, or null where no more can be written; `tell(isWriting, why)` gets what
 * became of it: "stopped", "ended" at a line break, "paused" or "full". */
export class Writer {
  constructor(view, { write, tell }) {
    Object.assign(this, { write, tell, timer: null, left: 0 });
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    view.cleanups.push(() => clearTimeout(this.timer));
  }

  get isWriting() {
    return this.timer !== null;
  }

  start() {
    this.left = MOST_WRITTEN;
    this.timer = setTimeout(() => this.go(), 0);
    this.tell(true);
  }

  stop(why = "stopped") {
    if (!this.isWriting) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.tell(false, why);
  }

  go() {
    const lump = this.still.matches ? LUMP : 1;
    for (let k = 0; k < lump && this.isWriting; k++) this.goOne();
    if (this.isWriting) this.timer = setTimeout(() => this.go(), lump * PACE);
  }

  goOne() {
    const character = this.write();
    this.left -= 1;
    if (character === null) this.stop("full");
    else if (character === "\n") this.stop("ended");
    else if (this.left === 0) this.stop("paused");
  }
}
