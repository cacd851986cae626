// The state of an explorable in the address of its page, so that a link opens what its sender saw.
//
// A host with an address gives each of its models a name in it, `model.anchor`: on the built site it does, in JupyterLab
// it does not. A control that differs from the opening state stands there as `anchor.trait=value`, apart from what comes
// after `#`, which goes on leading to places of the page.

import { html, untypeset } from "./charts.js";

const LONGEST = 2000; // characters of a value in an address, a drawn series among them; beyond that it is left out
const AT_REST = 500; // ms after which what is moved counts as at rest

const written = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** The value that a text of the address stands for; undefined for none. */
function parsed(view, name, text) {
  const choices = view.get("choices")[name];
  if (choices) return choices.find((choice) => written(choice) === text);
  if (typeof view.get("initial")[name] === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the trait in Python could hold a value. What is no number has its own control to say so. */
function isInRange(view, name, value) {
  if (name in view.get("choices")) return view.get("choices")[name].includes(value);
  if (!(name in view.get("ranges"))) return view.controls[name]?.takes !== undefined;
  const [least, most] = view.get("ranges")[name];
  const closed = view.controls[name]?.takes !== undefined || (least !== null && most !== null);
  const whole = !view.get("whole").includes(name) || Number.isInteger(value);
  return closed && whole && Number.isFinite(value) && value >= (least ?? -Infinity) && value <= (most ?? Infinity);
}

const isTaken = (view, name, value) =>
  value !== undefined && isInRange(view, name, value) && (view.controls[name]?.takes?.(value) ?? true);

const prefixOf = ({ model }) => `${model.anchor}.`;

/** Sets the controls that the address names. One may make room for another, a longer sequence for a later step, so that
 * what was not taken is tried again; in the end it is ignored, with a word in the console. */
function openFromAddress(view) {
  const all = [...new URLSearchParams(location.search)].filter(([key]) => key.startsWith(prefixOf(view)));
  const named = all.map(([key, text]) => [key.slice(prefixOf(view).length), text]);
  const initial = view.get("initial");
  let left = named.filter(([name]) => Object.hasOwn(initial, name));
  for (let before = Infinity; left.length < before; ) {
    before = left.length;
    left = left.filter(([name, text]) => {
      const value = parsed(view, name, text);
      if (!isTaken(view, name, value)) return true;
      view.set({ [name]: value });
      return false;
    });
  }
  const unknown = named.filter(([name]) => !Object.hasOwn(initial, name));
  for (const [name, text] of [...left, ...unknown]) {
    console.info(`${view.title}: the address says ${name}=${text}, which is not possible here and was ignored.`);
  }
}

/** The page's address with the explorable's state: { url, missing: the names of what is too long for it }. */
function addressOf(view) {
  const url = new URL(location.href);
  for (const key of [...url.searchParams.keys()]) if (key.startsWith(prefixOf(view))) url.searchParams.delete(key);
  const missing = [];
  for (const [name, opening] of Object.entries(view.get("initial"))) {
    const text = written(view.get(name));
    if (text === written(opening)) continue;
    if (text.length > LONGEST || !isTaken(view, name, view.get(name))) missing.push(name);
    else url.searchParams.set(prefixOf(view) + name, text);
  }
  return { url, missing };
}

/** Opens what the address says, and writes there what is changed, once it has rested. */
export function followAddress(view) {
  if (!view.model.anchor) return;
  openFromAddress(view);
  let resting;
  const write = () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const { url } = addressOf(view);
      if (url.href !== location.href) history.replaceState(history.state, "", url);
    }, AT_REST);
  };
  for (const name of Object.keys(view.get("initial"))) view.follow(name, write);
  view.cleanups.push(() => clearTimeout(resting));
}

/** The button that copies a link to the state, and what it has to say: { copy, told }. Where the browser does not let a
 * page write to the clipboard, the address stands there to be copied by hand. */
export function copyLink(view, button) {
  const said = html("p", { "aria-live": "polite" });
  const told = html("div", { class: "rnn-link" }, said);
  const field = html("input", {
    type: "text",
    readonly: "",
    "aria-label": "Address of this state",
    "data-lm-suppress-shortcuts": "true",
  });
  const copy = button("Copy link", async () => {
    const { url, missing } = addressOf(view);
    url.hash = view.model.anchor;
    const left = missing.map((name) => untypeset(view.controls[name]?.label ?? name)).join(", ");
    const without = left ? ` Too long for an address, and left out: ${left}.` : "";
    field.remove();
    try {
      await navigator.clipboard.writeText(url.href);
      said.textContent = `The link is copied.${without}`;
    } catch {
      said.textContent = `This browser does not let the page copy. Copy the address from here:${without}`;
      field.value = url.href;
      told.append(field);
      field.focus();
      field.select();
    }
  });
  view.resets.push(() => {
    said.textContent = "";
    field.remove();
  });
  return { copy, told };
}
