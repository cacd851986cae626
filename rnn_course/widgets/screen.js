// What of an explorable is on the screen: how high the window is for a column of controls that stays in sight.

/** What scrolls an element: a notebook's panel in JupyterLab; null for the page itself. */
export function scrollerOf(element) {
  const scrolls = (box) => /auto|scroll/.test(getComputedStyle(box).overflowY) && box.scrollHeight > box.clientHeight;
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
    if (scrolls(box)) return box;
  }
  return null;
}

/** Keeps the height of what is seen of an explorable's surroundings in its variable --rnn-window, so that a column that
 * stays in sight is never taller than it. */
export function knowTheWindow(view) {
  const measure = () => {
    const height = scrollerOf(view.root)?.clientHeight ?? document.documentElement.clientHeight;
    view.root.style.setProperty("--rnn-window", `${height}px`);
  };
  const observer = new ResizeObserver(measure); // calls once when it is in the page and laid out
  observer.observe(view.root);
  addEventListener("resize", measure);
  view.cleanups.push(
    () => observer.disconnect(),
    () => removeEventListener("resize", measure),
  );
}
