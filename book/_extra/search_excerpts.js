// Puts below each result of the search the paragraph that says most of what was looked for.
//
// Sphinx's own search finds the pages; their prose lies in search_prose.js, which book/_ext/search_prose.py writes, so
// that nothing is fetched and what is shown can be read.
{
  const LONGEST = 260; // letters of an excerpt

  /** The paragraphs of a page, or of one of its sections. */
  function paragraphsOf(page, section) {
    const sections = globalThis.searchProse[page] ?? [];
    const own = sections.filter(([id]) => id === section);
    return (own.length ? own : sections).flatMap(([, paragraphs]) => paragraphs);
  }

  /** Where the words begin in a text, `[from, to]` each; a word is looked for by its stem, at the start of words. */
  function placesOf(text, stems) {
    const word = /[\p{L}\p{N}_]+/gu;
    const fits = ([found]) => stems.some((stem) => found.toLowerCase().startsWith(stem));
    return [...text.matchAll(word)].filter(fits).map(({ index, 0: found }) => [index, index + found.length]);
  }

  /** The text with those words in bold. */
  function marked(text, stems) {
    const parts = [];
    let last = 0;
    for (const [from, to] of placesOf(text, stems)) {
      const bold = Object.assign(document.createElement("strong"), { textContent: text.slice(from, to) });
      parts.push(text.slice(last, from), bold);
      last = to;
    }
    return [...parts, text.slice(last)];
  }

  /** What of a text is shown: whole words around the first of those looked for. */
  function cut(text, stems) {
    if (text.length <= LONGEST) return text;
    const [first = 0] = placesOf(text, stems)[0] ?? [];
    const start = Math.max(0, Math.min(first - LONGEST / 3, text.length - LONGEST));
    const from = start === 0 ? 0 : text.indexOf(" ", start) + 1;
    const end = from + LONGEST >= text.length ? text.length : text.lastIndexOf(" ", from + LONGEST);
    return `${from ? "… " : ""}${text.slice(from, end)}${end < text.length ? " …" : ""}`;
  }

  function excerpt(address, stems) {
    const [, page, section = ""] = address.match(/^(.*)\.html(?:#(.*))?$/);
    const paragraphs = paragraphsOf(page, section);
    const says = (text) => stems.filter((stem) => placesOf(text, [stem]).length).length;
    const best = paragraphs.reduce((most, text) => (says(text) > says(most) ? text : most), paragraphs[0] ?? "");
    const shown = Object.assign(document.createElement("p"), { className: "context" });
    shown.append(...marked(cut(best, stems), stems));
    return shown;
  }

  const results = document.getElementById("search-results");
  const query = new URLSearchParams(location.search).get("q");
  if (results && query) {
    // biome-ignore lint/correctness/noUndeclaredVariables: searchtools.js declares it
    const stems = [...Search._parseQuery(query)[1]];
    new MutationObserver((changes) => {
      for (const item of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
        if (item.localName === "li") item.append(excerpt(item.querySelector("a").getAttribute("href"), stems));
      }
    }).observe(results, { childList: true, subtree: true });
  }
}
