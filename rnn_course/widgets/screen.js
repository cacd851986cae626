// What of an explorable is on the screen: how high the window is for a column of controls that stays in sight, and the
// control in use, which stays at the window's edge where there is no room for such a column: on a phone.

import { html } from "./charts.js";

/** What scrolls an element: a notebook's panel in JupyterLab; null for the page itself. */
function scrollerOf(element) {
  const scrolls = (box) => /auto|scroll/.test(getComputedStyle(box).overflowY) && box.scrollHeight > box.clientHeight;
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
    if (scrolls(box)) return box;
  }
  return null;
}

/** From where to where the surroundings of an explorable are seen, below what the page holds fast at its top. */
function windowOf({ root }) {
  const page = { top: 0, bottom: document.documentElement.clientHeight };
  const { top, bottom } = scrollerOf(root)?.getBoundingClientRect() ?? page;
  return { top, bottom, free: top + Number.parseFloat(getComputedStyle(root).scrollMarginTop) };
}

/** Keeps the height of what is seen of an explorable's surroundings in its variable --rnn-window, so that a column that
 * stays in sight is never taller than it. */
export function knowTheWindow(view) {
  let known = null;
  const measure = () => {
    const { top, bottom } = windowOf(view);
    if (bottom - top === known) return; // a variable that is set makes the browser look at all styles again
    known = bottom - top;
    view.root.style.setProperty("--rnn-window", `${known}px`);
  };
  const observer = new ResizeObserver(measure); // calls once when it is in the page and laid out
  observer.observe(view.root);
  view.cleanups.push(() => observer.disconnect());
  listen(view, window, "resize", measure);
}

const HELD = ".rnn-said, p:not(.rnn-said p, .rnn-roomy p)"; // what is in .rnn-roomy has its room already

/** A text keeps the greatest height that it has had at its width: what stands below does not move while the text
 * changes with a slider, and the browser need not place the rest of the page anew. Sentences below each other are one
 * text, so that what they leave free is below the last. */
export function holdTexts(view, root) {
  const widths = new WeakMap();
  const observer = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      const [{ inlineSize: width, blockSize: height }] = borderBoxSize;
      const isOther = widths.get(target) !== width;
      if (!isOther && Number.parseFloat(target.style.minHeight) >= height) continue;
      if (isOther) target.style.minHeight = ""; // what it kept was for another width
      widths.set(target, width);
      target.style.minHeight = `${isOther ? target.getBoundingClientRect().height : height}px`;
    }
  });
  for (const text of root.querySelectorAll(HELD)) observer.observe(text, { box: "border-box" });
  view.cleanups.push(() => observer.disconnect());
}

function listen(view, target, events, callback) {
  for (const event of events.split(" ")) {
    target.addEventListener(event, callback, true);
    view.cleanups.push(() => target.removeEventListener(event, callback, true));
  }
}

// ---- The control in use ------------------------------------------------------------------------------------------

const DOCKED = ".rnn-transport, .rnn-control, .rnn-trying, .rnn-walk, .rnn-flip, .rnn-compare, fieldset > button";
const TYPED = "textarea, input[type='text']"; // a keyboard on the screen leaves no room for a chart

/** A popover lies above whatever clips or holds fast, and stays where it is in the document: it keeps the focus, the
 * finger and its place in the order of Tab. An empty box of its size keeps its room. */
class Dock {
  constructor(view) {
    this.view = view;
    this.room = html("div", { class: "rnn-room" });
  }

  hold(control) {
    if (control !== this.control) this.letGo();
    const isNew = !this.control;
    if (isNew) {
      const { width, height } = control.getBoundingClientRect();
      Object.assign(this.room.style, { width: `${width}px`, height: `${height}px` });
      control.before(this.room);
      control.classList.add("rnn-docked");
      control.popover = "manual";
      control.showPopover();
      this.control = control;
    }
    const { left, right } = this.view.root.getBoundingClientRect();
    const below = innerHeight - windowOf(this.view).bottom;
    Object.assign(control.style, { left: `${left}px`, width: `${right - left}px`, bottom: `${below}px` });
    const active = document.activeElement; // in a row that is longer than the window it stays in sight
    if (isNew && control.contains(active))
      active.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  }

  letGo() {
    if (!this.control) return;
    this.control.popover = null; // closes it
    this.control.classList.remove("rnn-docked");
    this.control.removeAttribute("style");
    this.room.remove();
    this.control = null;
  }

  /** Where the control lies, or would lie. */
  placeOf(control) {
    return (control === this.control ? this.room : control).getBoundingClientRect();
  }
}

/** While a chart is in view and the control last used is not, the control stays at the lower edge of the window; it goes
 * back when another thing has the focus, at Escape, and when the explorable leaves the window. */
export function dockControls(view) {
  if (!("popover" in HTMLElement.prototype)) return;
  const dock = new Dock(view);
  let [used, due] = [null, null];

  const isWanted = () => {
    const column = view.root.querySelector(".rnn-controls");
    if (!used || (column && getComputedStyle(column).position === "sticky")) return false;
    const active = document.activeElement;
    if (used.contains(active) && active.matches(TYPED)) return false;
    const { free, bottom } = windowOf(view);
    const [place, { height }] = [dock.placeOf(used), used.getBoundingClientRect()];
    if (place.height === 0 || (place.top >= free && place.bottom <= bottom)) return false;
    const shows = (figure) => {
      const box = figure.getBoundingClientRect();
      return (
        Math.min(box.bottom, bottom - height) - Math.max(box.top, free) >= Math.min(box.height, 60) && box.height > 0
      );
    };
    return [...view.root.querySelectorAll("figure")].some(shows);
  };
  const update = () => {
    due ??= requestAnimationFrame(() => {
      due = null;
      if (isWanted()) dock.hold(used);
      else dock.letGo();
    });
  };
  const use = ({ target }) => {
    const control = view.root.contains(target) ? target.closest(DOCKED) : null;
    if (control !== used) dock.letGo();
    used = control;
    update();
  };
  listen(view, document, "focusin", use);
  // A finger moves a control without giving it the focus; while it moves, only the first of its events says something.
  listen(view, view.root, "input", (event) => used?.contains(event.target) || use(event));
  listen(view, view.root, "keydown", ({ key }) => key === "Escape" && use({ target: document.body }));
  listen(view, document, "scroll", update);
  listen(view, window, "resize", update);
  view.cleanups.push(
    () => cancelAnimationFrame(due),
    () => dock.letGo(),
  );
}
