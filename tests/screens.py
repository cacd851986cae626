"""What the tests of an explorable on a screen share: the room that the site gives it, and whether a control and the
chart that it changes are seen together.

`PYTHONPATH=.:tests python tests/screens.py` prints how tall each explorable of the built site is at each size.
"""

from pathlib import Path

from explorables import frames, operate

SIZES = {"laptop": (1280, 800), "desktop": (1920, 1080), "phone": (390, 844)}
ROOM = {"laptop": 960, "desktop": 1062, "phone": 358}  # px that the site leaves an explorable

# As on the site: a bar that stays at the top, text above and below, the explorable as wide as there.
SURROUND = """width => {
  const bar = document.body.appendChild(document.createElement('div'));
  bar.style.cssText = 'position: sticky; top: 0; z-index: 9; height: 48px; background: gray';
  const text = () => Object.assign(document.createElement('div'), { style: 'height: 1500px' });
  document.body.prepend(bar, text());
  document.body.append(text());
  const { style } = document.querySelector('.rnn-explorable');
  style.setProperty('--rnn-top', '48px');
  style.width = `${width}px`;
}"""
UNFOLD = "root => root.querySelectorAll('details').forEach(folded => { folded.open = true; })"

CONTROLS = "input:not([type=file]), select:has(option + option), textarea, button"
# Those that can be operated; what stands in the head or compares settings changes no chart by itself.
IS_OPERATED = """control => control.checkVisibility() && !control.disabled
  && !control.closest('.rnn-explorable > header, .rnn-pins')"""
NAME = """control => control.labels?.[0]?.textContent || control.getAttribute('aria-label') || control.textContent"""

DRAWN = """root => [...root.querySelectorAll('figure')].map(figure => figure.checkVisibility() && [
  figure.outerHTML, ...[...figure.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()),
].join())"""
SCROLL = """(root, [k, block]) =>
  root.querySelectorAll('figure')[k].scrollIntoView({ block, behavior: 'instant' })"""
# A column that is taller than the window is scrolled within itself.
SCROLL_COLUMN = """control => {
  const column = control.closest('.rnn-controls');
  if (!column || column.scrollHeight <= column.clientHeight) return;
  const [own, around] = [control.getBoundingClientRect(), column.getBoundingClientRect()];
  if (own.bottom > around.bottom) column.scrollTop += own.bottom - around.bottom + 8;
  if (own.top < around.top) column.scrollTop -= around.top - own.top + 8;
}"""
# Something is seen where it is the one on top: neither a bar nor a dock nor the end of a column may hide it. Of a chart
# taller than the window most of the window has to be it.
SEEN = """(control, k) => {
  const figure = control.closest('.rnn-explorable').querySelectorAll('figure')[k];
  const isOnTop = (element, x, y) => {
    const top = document.elementFromPoint(x, y);
    return top !== null && (element.contains(top) || element.closest('label, .rnn-control')?.contains(top));
  };
  const isWhole = element => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return [[x, top + 2], [x, y], [x, bottom - 2], [left + 2, y], [right - 2, y]].every(at => isOnTop(element, ...at));
  };
  const { left, right, top, bottom } = figure.getBoundingClientRect();
  const isMostlySeen = () => {
    if (bottom - top < 0.75 * innerHeight) return false;
    const rows = Array.from({ length: innerHeight / 8 }, (_, k) => 8 * k + 4).filter(y => y > top && y < bottom);
    return 8 * rows.filter(y => isOnTop(figure, (left + right) / 2, y)).length > 0.6 * innerHeight;
  };
  return isWhole(control) && (isWhole(figure) || isMostlySeen());
}"""


def apart(page, root, typed=True):
    """Operate each control of an explorable, and return what is not seen together with a chart that it changes.

    Returns (how many controls change a chart, [what is not on the screen with any that it changes]). With typed=False
    fields for text are left out: a phone's keyboard leaves no room for a chart.
    """
    root.evaluate(UNFOLD)
    changing, complaints = 0, []
    for control in root.locator(CONTROLS).element_handles():
        if not control.evaluate(IS_OPERATED) or (not typed and control.evaluate("c => c.matches('textarea')")):
            continue
        before = root.evaluate(DRAWN)
        operate(page, control)
        frames(page)
        after = root.evaluate(DRAWN)
        changed = [k for k, (was, now) in enumerate(zip(before, after, strict=True)) if now and was != now]
        if changed and control.evaluate(IS_OPERATED):
            changing += 1
            if not any(_are_seen(page, root, control, k) for k in changed):
                complaints.append(f"{control.evaluate(NAME)} and figures {changed}")
        root.get_by_role("button", name="Reset").first.press("Enter")
        frames(page)
    return changing, complaints


def _are_seen(page, root, control, k):
    """Whether there is a place on the page where the control and figure k are both seen."""
    for block in ("center", "start", "end"):
        root.evaluate(SCROLL, [k, block])
        frames(page)
        control.evaluate(SCROLL_COLUMN)
        if control.evaluate(SEEN, k):
            return True
    return False


# ---- How tall each explorable is -------------------------------------------------------------------------------------

HEIGHTS = """() => [...document.querySelectorAll('.rnn-explorable')].map(one =>
  [one.getAttribute('aria-label'), Math.round(one.getBoundingClientRect().height)])"""


def heights(browser, site):
    """Return {(page, title): {size: px}} over the chapters of a built site."""
    table = {}
    for path in sorted(Path(site).glob("notebooks/*.html")):
        for size, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(path.as_uri())
            page.wait_for_function("""() => document.querySelectorAll('.course-widget').length
                === document.querySelectorAll('.course-widget :is(.rnn-explorable, .course-note)').length""")
            frames(page)
            for k, (title, px) in enumerate(page.evaluate(HEIGHTS)):
                table.setdefault((path.stem, k, title), {})[size] = px
            page.close()
    return table


def print_heights(site):
    """Print the table of heights of a built site."""
    from conftest import CHROMIUM_ARGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        print(f"{'chapter':18} {'explorable':24}", *(f"{size:>9}" for size in SIZES))
        for (chapter, _, title), px in heights(browser, site).items():
            print(f"{chapter:18} {title:24}", *(f"{px[size]:9}" for size in SIZES))
        browser.close()


if __name__ == "__main__":
    import sys

    from built_site import SITE

    print_heights(sys.argv[1] if sys.argv[1:] else SITE)
