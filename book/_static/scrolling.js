// What is wider than the page, and can be scrolled, shows it: the edge behind which there is more fades, and whoever
// comes to it by keyboard hears what it is.
{
  const NAMES = {
    ".pst-scrollable-table-container, .output.text_html": "Wide table",
    ".cell_output pre": "Wide output",
    pre: "Wide code",
    "mjx-container[display]": null, // MathJax says what it is
  };

  const nameOf = (box) => NAMES[Object.keys(NAMES).find((selector) => box.matches(selector))];

  /** Says at which edges there is more, and gives what can be scrolled its name. */
  function tell(box) {
    const hidden = box.scrollWidth - box.clientWidth;
    const sides =
      hidden < 2 ? [] : [box.scrollLeft > 1 && "left", box.scrollLeft < hidden - 1 && "right"].filter(Boolean);
    box.toggleAttribute("data-more", sides.length > 0);
    if (sides.length) box.dataset.more = sides.join(" ");
    if (sides.length) box.tabIndex = 0;
    const name = nameOf(box);
    if (!name) return;
    for (const [key, value] of Object.entries({ role: "group", "aria-label": name })) {
      if (hidden < 2) box.removeAttribute(key);
      else box.setAttribute(key, value);
    }
  }

  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) tell(target);
  });

  function watch(box) {
    sizes.observe(box);
    box.addEventListener("scroll", () => tell(box), { passive: true });
  }

  const watched = new Set();
  /** Those that are there now; MathJax sets its equations later. */
  function watchAll() {
    for (const box of document.querySelectorAll(`article :is(${Object.keys(NAMES).join()})`)) {
      if (!watched.has(box)) watch(box);
      watched.add(box);
    }
  }

  addEventListener("DOMContentLoaded", watchAll);
  addEventListener("load", () => globalThis.MathJax?.startup?.promise?.then(watchAll));
}
