"""The explorables of the chapters in JupyterLab and on the site, in Chromium, with every other host refused."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import pytest
from built_site import PATIENCE, ROOT, Visit
from playwright.sync_api import expect
from ports import free_port

from rnn_course.assignments import building, specification
from rnn_course.lab import Learner, progress, server
from rnn_course.questions import answers
from rnn_course.widgets import EXPLORABLES

SCREENSHOTS = Path(__file__).parent / "_screenshots"
SECONDS_FOR_A_CHAPTER = 400  # a chapter takes less than 60 on two free cores

pytestmark = pytest.mark.browser


def chapter(stem):
    [path] = (ROOT / "notebooks").glob(f"[0-9][0-9]_{stem}.ipynb")
    return path


def screenshot(target, name, **options):
    SCREENSHOTS.mkdir(exist_ok=True)
    target.screenshot(path=SCREENSHOTS / f"{name}.png", **options)


# ---- An explorable ---------------------------------------------------------------------------------------------------

# A slider of each chapter's explorable that changes the numbers in its table.
SLIDERS = {"bptt": "Spectral radius", "lstm_gates": "forget bias"}


def settled_box(page, target):
    """Where the target lies once it has stopped moving: a page that is still being drawn shifts what is on it."""
    target.scroll_into_view_if_needed()
    box, before = target.bounding_box(), None
    while box != before:
        page.wait_for_timeout(200)
        box, before = target.bounding_box(), box
    return box


def numbers_unlike(page, explorer, *earlier):
    """The table's text once it is none of the earlier ones: a busy machine takes its time to draw.

    By text_content: inner_text is empty where the host has not laid it out, as JupyterLab does off the screen."""
    deadline = time.monotonic() + 20
    while (now := explorer.locator("table").text_content()) in earlier and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert now not in earlier
    return now


def drag(page, slider):
    """From the slider's middle to four fifths. JupyterLab may shift the notebook under the mouse as it draws what comes
    into view, so a grip that missed is tried again."""
    before = slider.input_value()
    for _ in range(3):
        box = settled_box(page, slider)
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] / 2, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
        page.mouse.up()
        if slider.input_value() != before:
            return


def assert_it_answers(page, explorer, name):
    """Its slider, by mouse and by keyboard, changes the numbers; reset brings the first ones back."""
    slider = explorer.get_by_role("slider", name=re.compile(name))
    first = numbers_unlike(page, explorer, "")
    value = float(slider.input_value())
    drag(page, slider)
    after_mouse = numbers_unlike(page, explorer, first)
    dragged = float(slider.input_value())
    assert dragged > value

    slider.focus()
    page.keyboard.press("ArrowLeft")
    numbers_unlike(page, explorer, first, after_mouse)
    assert float(slider.input_value()) < dragged

    explorer.get_by_role("button", name="Reset").click()
    numbers_unlike(page, explorer, "", after_mouse)
    assert float(slider.input_value()) == value


# ---- JupyterLab ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as `rnn-course lab` starts it, over a learner's copies in a clone: (address, the learner's folder)."""
    folder = tmp_path_factory.mktemp("lab")
    learner = Learner(folder / "course" / "mine", clone(folder / "course"))
    opened = learner.open()
    address = f"http://127.0.0.1:{free_port()}"
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": address.rpartition(":")[2],
        "IdentityProvider.token": "",
        "LabApp.user_settings_dir": folder / ".settings",
        "LabApp.workspaces_dir": folder / ".workspaces",
    }
    words = ["--no-browser", *(f"--{name}={value}" for name, value in options.items())]
    environment = server.environment(learner.progress) | {
        "JUPYTER_CONFIG_DIR": str(folder / ".config"),
        "IPYTHONDIR": str(folder / ".ipython"),
        "OMP_NUM_THREADS": "1",  # Chromium needs the other core
        "CUDA_VISIBLE_DEVICES": "",  # the learner has no GPU
    }
    command = server.command(opened.start, learner.folder, words)
    with open(folder / "lab.log", "w") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        wait_for_server(process, address, folder / "lab.log")
        yield address, learner.folder
    finally:
        process.terminate()
        process.wait(30)


def git(folder, *words):
    who = ["-c", "user.name=A learner", "-c", "user.email=learner@localhost"]
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def clone(folder):
    """A repository of the chapters and the book's pages, with what git ignores in the course."""
    for part in ["notebooks", "book"]:
        ignored = shutil.ignore_patterns("_build", "vendor", ".ipynb_checkpoints")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / ".gitignore", folder)
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "The course"]):
        git(folder, *words)
    return folder


def wait_for_server(process, address, log, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api"):
            return
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def write_notebook(path, cells):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


def run_all_cells(page, path):
    """Run the open notebook through the menu, save it until all code cells have run, and return its cells."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    deadline = time.monotonic() + SECONDS_FOR_A_CHAPTER
    while time.monotonic() < deadline:
        page.wait_for_timeout(2000)
        page.keyboard.press("Control+s")
        page.wait_for_timeout(500)
        with contextlib.suppress(json.JSONDecodeError):  # it may be in the midst of being written
            cells = [cell for cell in json.loads(path.read_text("utf8"))["cells"] if cell["cell_type"] == "code"]
            if errors(cells) or all(cell["execution_count"] for cell in cells):
                return cells
    screenshot(page, "jupyterlab-stuck")
    pytest.fail(f"{path.name} had not run to its end after {SECONDS_FOR_A_CHAPTER} s")


def errors(cells):
    """The errors among the outputs that are not there on purpose."""
    return [
        f"{output['ename']}: {output['evalue']}"
        for cell in cells
        if "raises-exception" not in cell["metadata"].get("tags", [])
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]


def scroll_to(page, target):
    """JupyterLab draws only the cells in view: go through the notebook from its top until the target is drawn."""
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    notebook = page.locator(".jp-WindowedPanel-outer:visible")
    box = notebook.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + box["height"] / 2)
    for _ in range(200):
        if target.count() and target.first.is_visible():
            target.first.scroll_into_view_if_needed()
            return
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(100)
    pytest.fail("the notebook was searched to its end and the explorable was not in it")


def open_notebook(page, address, name):
    page.goto(f"{address}/lab/tree/notebooks/{name}?reset")
    page.locator(".jp-Notebook:visible").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()


def run_chapter(page, lab, stem):
    """Open a chapter, run all of it without an error, and scroll to its explorable, which is returned."""
    address, folder = lab
    name = chapter(stem).name
    open_notebook(page, address, name)
    assert not errors(run_all_cells(page, folder / "notebooks" / name))
    explorable = page.locator(".rnn-explorable")
    scroll_to(page, explorable)
    return explorable.first


def test_every_explorable_is_alive_in_jupyterlab(visit, lab):
    """A notebook of nothing but explorables: each is drawn, a key moves its first slider or select, and "Reset" puts it
    back."""
    address, folder = lab
    new = nbformat.v4.new_code_cell
    known = "from explorables import example\nfrom rnn_course.widgets import EXPLORABLES"
    cells = [new(f"import sys\nsys.path.insert(0, {str(ROOT / 'tests')!r})\n{known}\nmade = []")]
    cells += [new(f"made.append(example(EXPLORABLES[{name!r}]).an_explorer())\nmade[-1]") for name in EXPLORABLES]
    path = folder / "notebooks" / "explorables.ipynb"
    write_notebook(path, cells)
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 9000})  # JupyterLab draws what is in view
    open_notebook(page, address, path.name)
    assert not errors(run_all_cells(page, path))

    for k in range(len(EXPLORABLES)):
        explorable = page.locator(".rnn-explorable").nth(k)
        explorable.wait_for()
        control = explorable.locator("input[type=range], select:has(option + option)").first
        before = control.input_value()
        control.scroll_into_view_if_needed()
        control.focus()
        for key in ("ArrowDown", "ArrowUp", "ArrowUp"):
            page.keyboard.press(key)
            if control.input_value() != before:
                break
        assert control.input_value() != before
        assert page.evaluate("document.activeElement.closest('.rnn-explorable') !== null")  # the key was not the lab's
        explorable.get_by_role("button", name="Reset").click()
        assert control.input_value() == before
    screenshot(page, "jupyterlab-explorables")
    visit.check()


ASKED_FOR = """import sys, pathlib
sys.path.insert(0, {tests!r})
from examples.character_model import a_network
from rnn_course.data import recorded
from rnn_course.widgets import CharacterModel
recorded.TRAINED = pathlib.Path({folder!r})
network = a_network(hidden=6, seed=5)
(recorded.TRAINED / "state_of_the_union.safetensors").write_bytes(network.to_bytes())
shown = CharacterModel(text="A bad time")
typed = recorded.TRAINED / "typed.txt"
shown.observe(lambda change: typed.write_text(change.new, "utf8"), "text")
print(round(shown.compute()["mean"], 2))
shown"""


def test_the_kernel_sends_a_network_of_characters_when_it_is_asked_for(visit, lab, tmp_path):
    """The bytes come as a message; what is typed and what an input method composes reaches the kernel."""
    address, folder = lab
    path = folder / "notebooks" / "characters.ipynb"
    new = nbformat.v4.new_code_cell
    write_notebook(path, [new(ASKED_FOR.format(tests=str(ROOT / "tests"), folder=str(tmp_path)))])
    page = visit.page
    open_notebook(page, address, path.name)
    cells = run_all_cells(page, path)
    assert not errors(cells)
    explorable = page.locator(".rnn-explorable").first
    scroll_to(page, explorable)
    explorable.get_by_role("button", name=re.compile("Load the English network")).click()
    mean = "".join(cells[0]["outputs"][0]["text"]).strip()
    explorable.locator(".rnn-reach", has_text=f"{mean} bits per character over 10").wait_for()
    explorable.get_by_label("Type here").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(", Ada b")  # keys that are JupyterLab's commands outside of a field
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "bai", "selectionStart": 3, "selectionEnd": 3})
    session.send("Input.insertText", {"text": "白"})
    explorable.locator(".rnn-refused", has_text="passed over: 白").wait_for()
    explorable.locator(".rnn-reach", has_text="over 17").wait_for()
    screenshot(explorable, "jupyterlab-characters")
    deadline = time.monotonic() + 20
    while (typed := (tmp_path / "typed.txt").read_text("utf8")) != "A bad time, Ada b白":
        assert time.monotonic() < deadline, typed
        page.wait_for_timeout(50)
    visit.check()


def test_questions_are_answered_in_jupyterlab(visit, lab):
    """Feedback comes without the kernel; arrows move among the options and no cell; a sheet keeps what is chosen."""
    address, folder = lab
    path = folder / "notebooks" / "questions.ipynb"
    new = nbformat.v4.new_code_cell
    parts = ['from rnn_course import questions\n\nquestions.ask("bptt")', 'questions.Sheet("before")']
    write_notebook(path, [new(part) for part in parts])
    page = visit.page
    open_notebook(page, address, path.name)
    assert not errors(run_all_cells(page, path))
    form = page.locator('.jp-RenderedHTML form[data-question="bptt-norm"]')
    scroll_to(page, form)
    form.get_by_role("radio").first.check()
    page.keyboard.press("ArrowDown")
    told = form.locator("[data-of]:visible")
    assert told.count() == 1 and told.text_content().startswith("b. ")
    assert form.evaluate("form => form.contains(document.activeElement)")
    screenshot(form, "jupyterlab-questions")
    form.get_by_role("button", name="Clear my answer").click()
    assert told.count() == 0

    sheet = page.locator('form[data-question="bptt-norm"]').last
    scroll_to(page, sheet)
    sheet.get_by_role("radio").nth(1).check()
    page.get_by_text("1 of 36 answers are in answers.csv.").wait_for(state="attached")
    [kept] = answers.read(folder / "notebooks" / answers.NAME)
    assert (kept.key, kept.right, kept.which) == ("bptt-norm", True, "before")
    visit.check()


def test_a_chapter_runs_in_jupyterlab_and_its_explorable_answers(visit, lab):
    stem = "lstm_gates"
    assert_it_answers(visit.page, run_chapter(visit.page, lab, stem), SLIDERS[stem])
    screenshot(visit.page, f"jupyterlab-{stem}")
    visit.check()


def test_the_speed_chapter_runs_where_there_is_no_gpu(visit, lab):
    """All of it; the explorable offers records of CPUs alone and says that it has none of a GPU."""
    ladder = run_chapter(visit.page, lab, "gpu_speed")
    offered = ladder.get_by_label("Measured on").locator("option").all_text_contents()
    assert offered and all(name.endswith("(CPU)") for name in offered), offered
    assert "no GPU's times are shown" in ladder.text_content()
    assert not (lab[1] / "notebooks" / "my_gpu.json").exists()
    screenshot(visit.page, "jupyterlab-gpu_speed")
    visit.check()


# Resolves once the notebook's Markdown has been left alone for so many milliseconds.
UNTOUCHED = """([notebook, quiet]) => new Promise(resolve => {
  let timer = setTimeout(done, quiet);
  const observer = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(done, quiet); });
  function done() { observer.disconnect(); resolve(); }
  observer.observe(notebook, { childList: true, subtree: true });
})"""


def wait_until_drawn(page, quiet=3000):
    """While a notebook is being opened JupyterLab draws its Markdown again and again, and folds what was unfolded."""
    page.evaluate(UNTOUCHED, [page.locator(".jp-Notebook:visible").element_handle(), quiet])


def test_a_guess_is_taken_in_jupyterlab_and_what_happened_is_folded(visit, lab):
    """A choice is ticked by a click and kept in the learner's file; a dropdown with a formula opens."""
    address, folder = lab
    page, path = visit.page, folder / "notebooks" / chapter("background").name
    page.set_viewport_size({"width": 1280, "height": 9000})  # JupyterLab draws what is in view
    open_notebook(page, address, path.name)
    happened = page.locator("details:visible", has_text="What happened").first
    explanation = happened.get_by_text("A forecast lives on that wave.")
    explanation.wait_for(state="attached")
    wait_until_drawn(page)
    assert not explanation.is_visible()
    happened.locator("summary").click()
    explanation.wait_for(state="visible")
    page.locator("li.task-list-item:visible", has_text="all four").first.get_by_role("checkbox").click()
    page.keyboard.press("Control+s")
    deadline = time.monotonic() + 60
    while "- [x] all four" not in path.read_text("utf8") and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    assert path.read_text("utf8").count("- [x]") == 1
    screenshot(page, "jupyterlab-predict", clip={"x": 0, "y": 0, "width": 1280, "height": 5000})


# ---- A learner's folder ----------------------------------------------------------------------------------------------

VERDICTS = """\
from rnn_course.exercises import bptt as exercises
right = {"A": "backward", "B": "backward", "C": "nothing", "D": "forward"}
--
exercises.accused(dict.fromkeys("ABCD", ...))
--
exercises.accused(right | {"A": "nothing"})
--
exercises.accused(right)"""


def test_the_start_page_is_shown_and_leads_to_the_chapters(visit, lab):
    page = open_start(visit, lab)
    screenshot(page, "jupyterlab-start")
    assert page.locator(".jp-FileEditor").count() == 0
    page.get_by_role("link", name="Backpropagation through time").click()
    page.locator(".jp-Notebook:visible").get_by_role("heading", name="Backpropagation through time").first.wait_for()
    assert page.url.endswith("notebooks/03_bptt.ipynb")
    visit.check()


def open_start(visit, lab):
    visit.page.goto(f"{lab[0]}/lab/tree/Start.md?reset")
    visit.page.locator(".jp-MarkdownViewer").get_by_role("heading", name="The chapters").wait_for()
    return visit.page


def in_view(page, heading):
    """Wait until a heading is in the window, near the top of what scrolls."""
    page.wait_for_function(
        """name => [...document.querySelectorAll("h1, h2, h3, h4")].some((heading) => {
          const top = heading.getBoundingClientRect().top;
          return heading.checkVisibility() && heading.textContent.startsWith(name) && top > 0 && top < 400;
        })""",
        arg=heading,
    )


LEADING = {
    "[one](../book/glossary.md#autocorrelation)": "autocorrelation",
    "[two](../book/glossary.md#循环神经网络)": "循环神经网络",
    "[three](../book/references.md#pöppel-beck-and-hochreiter-2025)": "Pöppel, Beck and Hochreiter (2025)",
    "[four](../book/notation.md#lstm)": "LSTM",
    "[five](../book/using.md#in-jupyterlab)": "In JupyterLab",
    "[six](03_bptt.ipynb#the-lstm-the-path-through-f-and-the-path-through-h)": "The LSTM: the path through",
}


def test_a_title_stands_apart_from_the_first_line(visit, lab):
    address, folder = lab
    path, page = folder / "notebooks" / "title.ipynb", visit.page
    write_notebook(path, [nbformat.v4.new_markdown_cell("# A title\n\nThe first line.")])
    open_notebook(page, address, path.name)
    title, line = page.locator(".jp-Notebook h1"), page.locator(".jp-Notebook p", has_text="The first line.")
    line.wait_for()
    above, below = title.bounding_box(), line.bounding_box()
    assert below["y"] - above["y"] - above["height"] > 8
    visit.check()


def test_links_lead_to_the_term_the_entry_and_the_section(visit, lab):
    address, folder = lab
    path, page = folder / "notebooks" / "links.ipynb", visit.page
    write_notebook(path, [nbformat.v4.new_markdown_cell("\n\n".join(LEADING))])
    for link, heading in LEADING.items():
        open_notebook(page, address, path.name)
        named = page.get_by_role("link", name=link[1 : link.index("]")], exact=True)
        resolved = re.compile(r"/files/")  # jupyterlab-myst has found the file; before that a click leads nowhere
        expect(named).to_have_attribute("href", resolved, timeout=PATIENCE)
        named.click()
        in_view(page, heading)
    visit.check()


def test_verdicts_are_told_apart_and_what_passes_stands_on_the_start_page(visit, lab):
    folder = lab[1]
    path = folder / "notebooks" / "verdicts.ipynb"
    write_notebook(path, [nbformat.v4.new_code_cell(text.strip()) for text in VERDICTS.split("--")])
    page = open_start(visit, lab)
    assert page.get_by_role("row", name="Backpropagation through time 0 of 3 1, 2, 3").is_visible()
    page.locator(".jp-DirListing").get_by_text("notebooks").dblclick()
    page.locator(".jp-DirListing").get_by_text(path.name).dblclick()
    page.locator(".jp-Notebook:visible").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    assert not errors(run_all_cells(page, path))
    assert page.locator(".jp-OutputArea-output strong").all_text_contents() == ["Not attempted.", "Not yet.", "Right."]
    assert page.locator(".jp-OutputArea-output svg[aria-hidden]").count() == 3
    screenshot(page, "jupyterlab-verdicts-light")
    assert set(progress.read(folder / "progress.json")) == {"accused"}
    page.get_by_role("tab", name="Start.md").click()
    page.get_by_role("row", name="Backpropagation through time 1 of 3 1, 2").wait_for()
    visit.check()


HALF_RIGHT = """def sequence(x, h_0, C_0, W):
    states, h = [], h_0
    for t in range(x.shape[1]):
        h, C = step(x[:, t], h, C_0, W)
        states.append(h)
    return np.stack(states, axis=1), C"""


def test_picture_of_an_assignment_as_a_student_has_it(visit, lab, tmp_path):
    """Unzipped into the learner's folder: one answer is right, the other has a mistake that the check names."""
    address, folder = lab
    name, page = "lstm_variant", visit.page
    student, solution, *_ = building.build(specification.load(name, ROOT / "assignments"), tmp_path)
    with zipfile.ZipFile(student) as archive:
        archive.extractall(folder)
    path = folder / name / f"{name}.ipynb"
    made, solved = (nbformat.read(notebook, 4) for notebook in (path, solution))
    step = next(cell.source for cell in solved.cells if cell.source.startswith("def step("))
    for cell in made.cells:
        first = cell.source.partition("(")[0]
        cell.source = {"def step": step, "def sequence": HALF_RIGHT}.get(first, cell.source)
    nbformat.write(made, path)
    page.goto(f"{address}/lab/tree/{name}/{name}.ipynb?reset")
    page.locator(".jp-Notebook:visible").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    assert not errors(run_all_cells(page, path))
    assert page.locator(".jp-OutputArea-output strong").all_text_contents() == ["Right.", "Not yet."]
    page.get_by_role("tab", name=re.compile("File Browser")).click()  # away: the notebook takes the room
    verdict = page.locator(".jp-OutputArea-output strong", has_text="Not yet.")
    verdict.evaluate("element => element.scrollIntoView({ block: 'end' })")
    screenshot(page, "assignment_notebook")
    put_into_the_book("assignment_notebook")
    visit.check()


def test_a_chapter_that_was_run_and_saved_leaves_the_repository_clean(visit, lab):
    """Solutions among it: nobody has solved anything, and nothing is said to be right."""
    address, folder = lab
    before = progress.read(folder / "progress.json")
    name, page = chapter("equations").name, visit.page
    open_notebook(page, address, name)
    cells = run_all_cells(page, folder / "notebooks" / name)
    assert not errors(cells)
    outputs = json.dumps([cell["outputs"] for cell in cells])
    assert "Not attempted." in outputs and "Right." not in outputs
    assert git(folder.parent, "status", "--porcelain") == "" and progress.read(folder / "progress.json") == before
    visit.check()


def test_equations_have_the_numbers_of_the_site(visit, lab):
    """From one on in each chapter, in the order of the text; tests/test_book.py says the same of the site.

    The first ones are enough: JupyterLab takes its time with cells that are far below.
    """
    path = chapter("missing_data")
    labels = re.findall(r"\$\$ \((eq-[\w-]+)\)", path.read_text("utf8"))
    open_notebook(visit.page, lab[0], path.name)
    assert len(labels) > 10
    for number, label in enumerate(labels[:6], 1):
        links = visit.page.locator(f'.jp-Notebook a[href="#{label}"]')
        expect(links.first).to_have_text(f"({number})", timeout=PATIENCE)
        assert set(links.all_text_contents()) == {f"({number})"}
    visit.check()


# ---- The site --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", SLIDERS)
def test_the_explorable_answers_without_a_kernel(visit, site, stem):
    visit.page.goto(f"{site}/notebooks/{chapter(stem).stem}.html")
    explorer = visit.page.locator(".rnn-explorable").first
    explorer.wait_for()
    assert_it_answers(visit.page, explorer, SLIDERS[stem])
    screenshot(visit.page, f"site-{stem}")
    visit.check()


def put_into_the_book(name):
    """Where TAKE_PICTURE is set (`make picture`), the picture that was taken takes the place of the book's."""
    if os.environ.get("TAKE_PICTURE"):
        shutil.copy(SCREENSHOTS / f"{name}.png", ROOT / "book" / "images")


@pytest.mark.parametrize("site", ["file"], indirect=True)
def test_picture_of_the_gate_explorer(browser, site):
    """Make the README's picture; TAKE_PICTURE=1 (`make picture`) puts it in its place."""
    context = browser.new_context(viewport={"width": 1500, "height": 3000})
    page = Visit(context).page
    page.goto(f"{site}/notebooks/{chapter('lstm_gates').stem}.html", wait_until="networkidle")
    explorer = page.locator(".rnn-explorable").first
    first = numbers_unlike(page, explorer, "")
    explorer.get_by_role("slider", name=re.compile(SLIDERS["lstm_gates"])).fill("2.4")
    numbers_unlike(page, explorer, first)
    explorer.evaluate("element => element.scrollIntoView({ block: 'center' })")
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    box, last_row = explorer.bounding_box(), explorer.locator("figure[data-chart=f]").bounding_box()
    box["height"] = last_row["y"] + last_row["height"] + 2 - box["y"]
    screenshot(page, "gate_explorer", clip=box)
    context.close()
    put_into_the_book("gate_explorer")


@pytest.mark.parametrize("site", ["file"], indirect=True)
def test_picture_of_the_front_pages_explorable(browser, site):
    """Make the picture that stands for it in JupyterLab; TAKE_PICTURE=1 (`make picture`) puts it in its place."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = Visit(context).page
    page.goto(f"{site}/book/index.html", wait_until="networkidle")
    explorer = page.locator(".rnn-explorable").first
    explorer.locator("rect").first.wait_for()
    explorer.screenshot(path=SCREENSHOTS / "fading_memory.png")
    context.close()
    put_into_the_book("fading_memory")


@pytest.mark.parametrize("site", ["file"], indirect=True)
def test_picture_of_the_network_that_learns(browser, site):
    """Make the front page's picture of it after twelve epochs; TAKE_PICTURE=1 (`make picture`) puts it there."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = Visit(context).page
    page.goto(f"{site}/notebooks/{chapter('background').stem}.html", wait_until="networkidle")
    explorer = page.get_by_role("region", name="Watch it learn")
    explorer.scroll_into_view_if_needed()
    for epoch in range(1, 13):
        explorer.get_by_role("button", name="One epoch").click()
        explorer.get_by_text(f"epoch {epoch}:").wait_for()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    explorer.screenshot(path=SCREENSHOTS / "watch_it_learn.png")
    context.close()
    put_into_the_book("watch_it_learn")
