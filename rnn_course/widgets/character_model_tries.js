// Texts to begin with, and what can be tried with them.

import { charactersOf } from "./character_model_compute.js";
import { html } from "./charts.js";
import { native } from "./controls.js";

const READY = [
  { name: "a name", text: "My name is Ada Lovelace. I say it again: my name is Ada Lovelace." },
  {
    name: "1790 and 2021",
    text:
      "The abundant fruits of another year have blessed our country with plenty.\n" +
      "The worst pandemic in a century. The worst economic crisis since the Great Depression.",
  },
  {
    name: "said three times",
    text: "The quick brown fox sleeps. The quick brown fox sleeps. The quick brown fox sleeps.",
  },
  { name: "a beginning", text: "The people of the United States " },
  { name: "a poem", text: "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。" },
  { name: "the same poem, shuffled", text: "目樓山海，日層入盡黃。白千更欲里，一窮依流上河。" },
];

// Units of the shipped networks, chosen on one text and judged on another: a test finds them again.
const SPACES = 445;
const PLACE_IN_LINE = 20;

const readyText = (name) => READY.find((one) => one.name === name).text;

/** What a text of the list sets; the cursor stands at its end. */
const setTo = (name, also) => {
  const text = readyText(name);
  return { text, cursor: charactersOf(text).length, ...also };
};

export const triesOf = (view, load) => {
  const latin = view.get("networks").own ? "own" : "english";
  const tries = [
    {
      label: "Your name",
      set: setTo("a name", { language: latin }),
      look: "Put your own name in both places. Which of its letters surprise the network most, and does it expect the name when it comes again?",
    },
    {
      label: "1790 and 2021",
      set: setTo("1790 and 2021", { language: latin }),
      look: "Washington's words stand in the course's training part, the others are 47 years younger than its end. Where are the highest bars?",
    },
    {
      label: "Say it three times",
      set: setTo("said three times", { language: latin }),
      look: "The same sentence three times. Does the surprise fall from one to the next? What would it be for a reader who remembers?",
    },
    {
      label: "Cold and hot",
      set: setTo("a beginning", { language: latin, temperature: 0.2 }),
      look: "Press Write on, and read. Then Reset, and write at temperature 1, and at 1.5. Watch the entropy beside the ten characters.",
    },
    {
      label: "A unit",
      set: setTo("1790 and 2021", { language: latin, shade: "h", ...(latin === "english" && { unit: SPACES }) }),
      look:
        latin === "english"
          ? `Unit ${SPACES} tells spaces from all else. Move the slider “Unit”: is there one for the ends of words, or one that changes slowly over a sentence?`
          : "Move the slider “Unit” and look for one that changes at spaces, at the ends of words, or slowly over a sentence.",
    },
    {
      label: "Before training",
      set: setTo("1790 and 2021", { language: latin, shade: "h", untrained: true }),
      look: "A network of the same size that has learned nothing. Units seem to follow spaces and words here too: what a unit knows is what it has more than these.",
    },
    {
      label: "A poem",
      set: setTo("a poem", { language: "tang" }),
      look: "Five characters to the half line, and a mark after each: which of the two does the network know by now, the form or the words?",
    },
    {
      label: "Counting",
      set: setTo("a poem", { language: "tang", shade: "h", unit: PLACE_IN_LINE }),
      look: `Unit ${PLACE_IN_LINE} goes with the place in the line. Delete a character of a line: does it begin anew at the mark, or after five characters?`,
    },
  ];
  return tries.map((one) => ({ ...one, after: load }));
};

/** A list of texts to begin with; it says “your own” while another one stands there. */
export function readySelect(view) {
  const id = view.newId();
  const input = native(
    "select",
    { id },
    ...READY.map(({ name }, k) => html("option", { value: k }, name)),
    html("option", { value: READY.length }, "your own"),
  );
  input.addEventListener("change", () => {
    if (READY[input.value]) view.set(setTo(READY[input.value].name));
  });
  view.follow("text", (text) => {
    const found = READY.findIndex((one) => one.text === text);
    input.value = found < 0 ? READY.length : found;
  });
  return html("div", { class: "rnn-control" }, html("label", { for: id }, "A text to begin with"), input);
}
