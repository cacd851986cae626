// An extension of JupyterLab. A link to a section of a page or a chapter leads to that section, the Start page shows what
// has been done by now, and a chapter's title stands apart from its first line.
//
// JupyterLab opens the page and tells its renderer the place; the one of jupyterlab-myst does not listen, and the page
// stays at its top. This file is written by hand: JupyterLab loads it as it is, and nothing has to be built.

const PATIENCE = 60_000; // milliseconds for a page to be opened and drawn
const SETTLED = 30; // frames in which what was scrolled to stays where it is
const TAKEN_OVER = ["wheel", "keydown", "pointerdown"]; // whoever does this wants to be elsewhere

/** What a link's fragment calls a heading, by the rule of GitHub, which the site follows too. */
function slug(heading) {
  const text = (heading.querySelector(".heading-text") ?? heading).textContent.replace(/¶$/, "").trim().toLowerCase();
  return text.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");
}

/** The path of the page or notebook that a link leads to and the section in it, or null. */
function target(element) {
  const link = element instanceof Element ? element.closest("a[href]") : null;
  const page = link && new URL(link.href, location.href);
  if (!page?.hash || !/\.(md|ipynb)$/.test(page.pathname)) {
    return null;
  }
  return { path: decodeURIComponent(page.pathname), section: decodeURIComponent(page.hash.slice(1)) };
}

/** The heading of a section in a document that is open and in front, or undefined. */
function headingOf(opened, { path, section }) {
  const there = opened?.context && path.endsWith(`/${opened.context.localPath}`);
  const headings = there ? [...opened.node.querySelectorAll("h1, h2, h3, h4, h5, h6")] : [];
  return headings.find((heading) => slug(heading) === section);
}

/** Go on from a heading: with the keyboard, with a screen reader, and in a notebook with its cell. */
function goOnFrom(opened, heading) {
  const cell = opened.content.widgets?.findIndex(({ node }) => node.contains(heading)) ?? -1;
  if (cell >= 0) {
    opened.content.activeCellIndex = cell;
  } else {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

/** Bring a section into view as soon as it is there, and again while the page is still being drawn around it. */
function show(shell, wanted) {
  const end = performance.now() + PATIENCE;
  let [shown, top, settled, stopped] = [null, null, 0, false];
  const stop = () => {
    stopped = true;
  };
  for (const event of TAKEN_OVER) {
    document.addEventListener(event, stop, { once: true, capture: true });
  }
  const look = () => {
    const heading = headingOf(shell.currentWidget, wanted);
    if (heading) {
      if (heading !== shown) {
        goOnFrom(shell.currentWidget, heading);
        shown = heading;
      }
      heading.scrollIntoView();
      const now = heading.getBoundingClientRect().top;
      settled = now === top ? settled + 1 : 0;
      top = now;
    }
    if (!stopped && settled < SETTLED && performance.now() < end) {
      requestAnimationFrame(look);
    }
  };
  look();
}

/** Read the Start page again when it comes to the front: a check may have passed since. */
function refresh(widget) {
  const context = widget?.context;
  if (context?.localPath === "Start.md" && context.isReady && !context.model.dirty) {
    context.revert();
  }
}

/** jupyterlab-myst takes the space below a title away, for what its websites put there. */
function spaceBelowTitles() {
  const style = document.createElement("style");
  style.textContent = "h1.myst-fm-block-title.mb-0 { margin-bottom: 0.5em; }";
  document.head.append(style);
}

const plugin = {
  id: "rnn-course:pages",
  autoStart: true,
  activate({ shell }) {
    spaceBelowTitles();
    document.addEventListener("click", ({ target: element }) => {
      const wanted = target(element);
      if (wanted) {
        show(shell, wanted);
      }
    });
    shell.currentChanged?.connect((_, { newValue }) => refresh(newValue));
  },
};

window._JUPYTERLAB ??= {};
window._JUPYTERLAB["rnn-course"] = { init() {}, get: async () => () => ({ __esModule: true, default: plugin }) };
