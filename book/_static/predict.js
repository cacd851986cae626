// Predict: what a reader has chosen or written is kept in this browser and nowhere else, and answers are folded until
// the reader asks. The page is made by book/_ext/predict.py; without this script every answer is open.
{
  const EVERY_ANSWER = "rnn-course every answer";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // What a browser refuses to keep lasts as long as the page.
  function kept(key) {
    try {
      return localStorage.getItem(key) ?? "";
    } catch {
      return "";
    }
  }

  function keep(key, value) {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      // It is shown all the same.
    }
  }

  // ---- Guesses

  function takeGuesses(place) {
    const { key, shown } = place.dataset;
    const fields = all("input, textarea", place);
    const clear = place.querySelector("button");
    const beside = document.getElementById(shown);

    function show() {
      const chosen = fields.find((field) => field.type === "textarea" || field.checked);
      const guess = chosen?.value.trim() ?? "";
      clear.hidden = guess === "";
      if (!beside) return;
      beside.hidden = guess === "";
      const words = chosen?.type === "radio" ? chosen.nextElementSibling.cloneNode(true).childNodes : [guess];
      beside.lastElementChild.replaceChildren(...words);
    }

    function put(guess) {
      for (const field of fields) {
        if (field.type === "radio") field.checked = field.value === guess;
        else field.value = guess;
      }
      show();
    }

    put(kept(key));
    place.addEventListener("input", ({ target }) => {
      keep(key, target.value);
      show();
    });
    clear.addEventListener("click", () => {
      keep(key, "");
      put("");
      fields[0].focus(); // the button that had the focus is gone
    });
  }

  // ---- Answers

  const answers = () => all("details.course-answer");

  function openAll(open) {
    for (const answer of answers()) answer.open = open;
  }

  function openToTheAddress() {
    const target = document.getElementById(addressed());
    for (let fold = target?.closest("details:not([open])"); fold; fold = fold.closest("details:not([open])")) {
      fold.open = true;
      target.scrollIntoView();
    }
  }

  function addressed() {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return ""; // it was not written by this site
    }
  }

  // On paper all are open, and go back to what they were after that.
  function openOnPaper() {
    const paper = matchMedia("print");
    let closed = [];
    paper.addEventListener("change", () => {
      if (paper.matches) closed = answers().filter((answer) => !answer.open);
      for (const answer of closed) answer.open = paper.matches;
    });
  }

  function start() {
    const switches = all(".course-every-answer input");
    const everyAnswer = kept(EVERY_ANSWER) !== "";
    openAll(everyAnswer);
    root.classList.remove("course-folding");
    for (const box of switches) {
      box.checked = everyAnswer;
      box.addEventListener("change", () => {
        keep(EVERY_ANSWER, box.checked ? "open" : "");
        openAll(box.checked);
      });
    }
    all(".course-guess").forEach(takeGuesses);
    openOnPaper();
    openToTheAddress();
    addEventListener("hashchange", openToTheAddress);
  }

  // From now until the page has been read, nothing of an answer flashes by; widgets are shown after that.
  if (!kept(EVERY_ANSWER)) root.classList.add("course-folding");
  document.addEventListener("readystatechange", start, { once: true });
}
