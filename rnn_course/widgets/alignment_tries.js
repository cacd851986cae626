// What can be tried with the networks of the alignment.

const DATE = "Tuesday, 5 March 2024";
const MONTH = [11, 12, 13, 14, 15]; // the places of its letters
const WORD = "bottlenecked";
const LONG = "thequickbrownfoxjumpsoveralazy";

export const triesOf = (load) =>
  [
    {
      label: "The month",
      set: { task: "dates", text: DATE, step: 6, cursor: 11 },
      look: "The network writes the second figure of the month. At which letters does it look, and at which for the day?",
    },
    {
      label: "Hide the month",
      set: { task: "dates", text: DATE, step: 6, cursor: 11, hidden: MONTH },
      look: "The letters of the month are hidden from all attention. Which answers change, and what do the networks write in their place?",
    },
    {
      label: "In Chinese",
      set: { task: "dates", text: "二〇二四年三月五日", network: "rotary", layer: 1, step: 6, cursor: 5 },
      look: "The same date in Chinese figures, read by the Transformer. Choose its heads one after another: do they share the work?",
    },
    {
      label: "Backwards",
      set: { task: "reversal", text: WORD, step: 2, cursor: 9 },
      look: "Twelve letters, written from the last to the first: the map shows a line that falls the other way.",
    },
    {
      label: "Hide the first letter",
      set: { task: "reversal", text: WORD, step: 11, cursor: 0, hidden: [0] },
      look: "The first letter is the last to be written, and after it comes the end. With that letter hidden, which of the networks still knows when to stop?",
    },
    {
      label: "Thirty letters",
      set: { task: "reversal", text: LONG, step: 20, cursor: 9 },
      look: "In training there were twenty letters at most. Which two networks reverse thirty, and where do the others give out?",
    },
    {
      label: "Without positions",
      set: { task: "reversal", text: LONG.slice(0, 24), network: "no_positions", layer: 1, step: 2, cursor: 21 },
      look: "Nothing tells this Transformer of places, and yet the letters come back in their order. Which of its heads has found the place? Then type a word of twelve letters twice in a row.",
    },
    {
      label: "The bottleneck",
      set: { task: "reversal", text: LONG.slice(0, 16), network: "none", step: 2, cursor: 13 },
      look: "Without attention all sixteen letters go through one vector. Take letters away at the end of the text: from which length on is the answer right?",
    },
  ].map((one) => ({ ...one, after: load }));
