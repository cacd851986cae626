// Two settings, compared: one that is pinned, called A, and the one that is set now.

import { html, typeset } from "./charts.js";

/** The names of the controls that stand elsewhere in one setting than in the other. */
const differing = (a, b) => Object.keys(a).filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));

function textOf(view, name, value) {
  const { text } = view.controls[name] ?? {};
  if (text) return text(value);
  const plain = typeof value === "object" ? "own" : String(value);
  return value === null ? "–" : plain;
}

/** What differs between the two settings, an entry for each control. */
const differences = (view, a, now) =>
  differing(a, now).map((name) => {
    const [inA, inNow] = [a, now].map((setting) => textOf(view, name, setting[name]));
    return html("li", {}, html("b", {}, ...typeset(view.controls[name]?.label ?? name)), `: ${inA} in A, ${inNow} now`);
  });

const SAID = {
  same: "This setting is pinned as A. Change a control, and compare.",
  drawn: "You see the setting of now; A is drawn pale.",
  now: "You see the setting of now.",
  a: "You see A, the pinned setting.",
  none: "Nothing is pinned.",
};

/** The button that pins the present setting, and the bar that compares it with what is set after that. A stays until it
 * is taken away: Reset and the Try buttons change only what is now. `button` makes a button, `key` a legend. */
export function pinning(view, button, key) {
  let [pinned, now, isFlipped] = [null, null, false];
  const names = Object.keys(view.get("initial"));
  const said = html("p", { "aria-live": "polite" });
  const list = html("ul", { class: "rnn-differences", "aria-label": "What differs" });
  const flip = button("Flip", () => {
    const [from, to] = isFlipped ? [pinned, now] : [view.read(names), pinned];
    now = isFlipped ? now : from;
    isFlipped = !isFlipped;
    view.set(to);
  });
  const shown = html("div", { class: "rnn-pinned", hidden: "" }, html("div", { class: "rnn-flip" }, flip, key), list);
  const bar = html("div", { class: "rnn-pins" }, said, shown);
  const pin = button("Pin", () => {
    pinned = pinned ? null : view.read(names);
    isFlipped = false;
    pin.setAttribute("aria-pressed", pinned !== null);
    for (const chart of view.charts) pinned ? chart.pin() : chart.unpin();
    show();
  });
  pin.setAttribute("aria-pressed", "false");

  const show = () => {
    const current = view.read(names);
    if (isFlipped && differing(current, pinned).length) isFlipped = false; // A was changed: that is the setting now
    const other = isFlipped ? now : current;
    const differ = pinned && differing(pinned, other).length > 0;
    shown.hidden = !pinned;
    flip.disabled = !differ;
    flip.replaceChildren(isFlipped ? "Show now" : "Show A");
    list.replaceChildren(...(pinned ? differences(view, pinned, other) : []));
    const isDrawn = view.charts.some((chart) => chart.ghosts.length > 0);
    key.hidden = !isDrawn;
    const present = isDrawn ? "drawn" : "now";
    const saying = pinned ? SAID[isFlipped ? "a" : differ ? present : "same"] : "";
    if (said.textContent !== saying) said.textContent = saying;
    if (!pinned) view.say(SAID.none);
  };
  let due = null;
  view.cleanups.push(() => cancelAnimationFrame(due));
  for (const name of names) {
    view.follow(name, () => {
      if (!pinned) return;
      due ??= requestAnimationFrame(() => {
        due = null;
        show();
      });
    });
  }
  return { pin, bar };
}
