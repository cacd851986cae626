// An extension of JupyterLab. A link to a place on a Markdown page leads to that place, and the Start page shows what
// has been done by now.
//
// JupyterLab opens the page and tells its renderer the place; the one of jupyterlab-myst does not listen, and the page
// stays at its top. This file is written by hand: JupyterLab loads it as it is, and nothing has to be built.

const PATIENCE = 10_000; // milliseconds for a page to be opened and drawn

/** What a link's fragment calls a heading, by the rule of GitHub, which the site follows too. */
function slug(heading) {
  const text = (heading.querySelector(".heading-text") ?? heading).textContent.trim().toLowerCase();
  return text.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");
}

/** The path of the Markdown page that a link leads to and the place on it, or null. */
function target(element) {
  const link = element instanceof Element ? element.closest("a[href]") : null;
  const page = link && new URL(link.href, location.href);
  if (!page?.pathname.endsWith(".md") || !page.hash) {
    return null;
  }
  return { path: decodeURIComponent(page.pathname), place: decodeURIComponent(page.hash.slice(1)) };
}

/** Bring a place on a page into view as soon as the page is in front and has been drawn. */
function show(shell, { path, place }, deadline) {
  const front = shell.currentWidget;
  const there = front?.context && path.endsWith(`/${front.context.localPath}`);
  const headings = there ? [...front.node.querySelectorAll("h1, h2, h3, h4, h5, h6")] : [];
  const found = headings.find((heading) => slug(heading) === place);
  if (found) {
    found.tabIndex = -1; // so that the keyboard and a screen reader go on from here
    found.focus({ preventScroll: true });
    found.scrollIntoView();
  } else if (performance.now() < deadline) {
    requestAnimationFrame(() => show(shell, { path, place }, deadline));
  }
}

/** Read the Start page again when it comes to the front: a check may have passed since. */
function refresh(widget) {
  const context = widget?.context;
  if (context?.localPath === "Start.md" && context.isReady && !context.model.dirty) {
    context.revert();
  }
}

const plugin = {
  id: "rnn-course:pages",
  autoStart: true,
  activate({ shell }) {
    document.addEventListener("click", (event) => {
      const wanted = target(event.target);
      if (wanted) {
        show(shell, wanted, performance.now() + PATIENCE);
      }
    });
    shell.currentChanged?.connect((_, { newValue }) => refresh(newValue));
  },
};

window._JUPYTERLAB ??= {};
window._JUPYTERLAB["rnn-course"] = { init() {}, get: async () => () => ({ __esModule: true, default: plugin }) };
