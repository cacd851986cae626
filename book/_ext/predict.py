"""A Sphinx extension: a Predict takes the reader's guess, and what answers it is folded until the reader asks for it.

In a notebook a Predict is three things in a row, and their order is all that marks them:

1. a box of the class `predict`, at the end of its cell: the question, and then either choices, as a task list, or a
   last line that ends in "…", the place to write;
2. code cells, which find the answer;
3. a dropdown, at the head of the next cell: what happened, and why.

JupyterLab shows that as it stands: choices that can be ticked, the learner's own run, a dropdown. Here choices become
radio buttons, the place to write a text field, and 2 and 3 one fold under the box; book/_static/predict.js does what is
left. The code is folded too, since its asserts say what comes out.
"""

from hashlib import sha256

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

# All that the page says of itself, in one place for translators.
GUESS, CLEAR, SHOW = "Your guess", "Clear my guess", "Show what happens"
ELLIPSIS = "…"  # how a place to write ends

logger = logging.getLogger(__name__)


class Choices(nodes.General, nodes.Element):
    """The choices of a box: a fieldset of radio buttons, and a button that clears them."""


class Choice(nodes.TextElement):
    """One choice: a radio button and its label."""


class Place(nodes.General, nodes.TextElement):
    """A place to write: a text field under its label, and a button that clears it."""


class Answer(nodes.General, nodes.Element):
    """The fold under a box: code, output and explanation."""


class Guessed(nodes.General, nodes.Element):
    """Where the reader's guess stands beside what happened."""


class Predicts(SphinxTransform):
    """Give each Predict of a page its controls, and fold its answer."""

    default_priority = 500

    def apply(self, **_):
        boxes = [box for box in self.document.findall(nodes.admonition) if "predict" in box["classes"]]
        for number, box in enumerate(boxes, 1):
            # The key is made of the text: a guess goes with its question, not with its place on the page.
            digest = sha256(box.astext().encode()).hexdigest()[:8]
            names = {"name": f"predict-{number}", "key": f"rnn-course guess {self.env.docname} {digest}"}
            ask(box, names)
            fold(box, names)


def ask(box, names):
    """Put controls in the place of a box's choices, or of its place to write."""
    last = box.children[-1]
    if isinstance(last, nodes.bullet_list) and len(last) > 1:
        # A task's first node is the box to tick of MyST's task list.
        choices = [Choice("", "", *item[0].children[1:], value=k, **names) for k, item in enumerate(last)]
        last.replace_self(Choices("", *choices, **names))
    elif isinstance(last, nodes.paragraph) and last.astext().endswith(ELLIPSIS):
        label = last.astext().removesuffix(ELLIPSIS).rstrip()
        last.replace_self(Place("", "", nodes.Text(label), **names))
    else:
        logger.warning('a Predict ends with choices, or with a place to write: "Your guess: …"', location=box)


def fold(box, names):
    """Move the code cells after a box, and the dropdown after those, into a fold."""
    after = box.parent.children[box.parent.index(box) + 1 :]
    cells = [node for node in after if node.get("nb_element") == "cell_code"]
    count = next((k for k, node in enumerate(after) if node.get("design_component") == "dropdown"), None)
    if count is None or after[:count] != cells[:count]:
        logger.warning("a Predict is followed by code cells and then by a dropdown", location=box)
        return
    dropdown = after[count]
    answer = Answer("", *after[:count], Guessed("", **names), *dropdown.children)
    for node in after[: count + 1]:
        box.parent.remove(node)
    box.parent.insert(box.parent.index(box) + 1, answer)


# ---- HTML ------------------------------------------------------------------------------------------------------------


def visit_choices(writer, node):
    """Open the group of choices."""
    writer.body.append(f'<fieldset class="course-guess" data-key="{node["key"]}" data-shown="{node["name"]}">')
    writer.body.append(f"<legend>{GUESS}</legend>\n")


def depart_choices(writer, node):
    """Close the group behind the button that clears it."""
    writer.body.append(f'<button type="button" hidden>{CLEAR}</button></fieldset>\n')


def visit_choice(writer, node):
    """Open a label around the button of one choice."""
    writer.body.append(f'<label><input type="radio" name="{node["name"]}" value="{node["value"]}"><span>')


def depart_choice(writer, node):
    """Close the label."""
    writer.body.append("</span></label>\n")


def visit_place(writer, node):
    """Open the label of a place to write."""
    writer.body.append(f'<div class="course-guess" data-key="{node["key"]}" data-shown="{node["name"]}">')
    writer.body.append(f'<label for="{node["name"]}-text">')


def depart_place(writer, node):
    """Put the field and the button that clears it behind the label."""
    writer.body.append(f'</label>\n<textarea id="{node["name"]}-text" rows="2"></textarea>')
    writer.body.append(f'<button type="button" hidden>{CLEAR}</button></div>\n')


def visit_answer(writer, node):
    """Open a fold that is open, as it has to be without JavaScript."""
    writer.body.append(f'<details class="course-answer" open="open"><summary>{SHOW}</summary>\n')


def depart_answer(writer, node):
    """Close the fold."""
    writer.body.append("</details>\n")


def visit_guessed(writer, node):
    """Leave room for the guess."""
    writer.body.append(f'<div class="course-guessed" id="{node["name"]}" hidden><p class="rubric">{GUESS}</p><p></p>')


def depart_guessed(writer, node):
    """Close the room."""
    writer.body.append("</div>\n")


def setup(app):
    """Add the transform, and how its nodes are written."""
    app.add_node(Choices, html=(visit_choices, depart_choices))
    app.add_node(Choice, html=(visit_choice, depart_choice))
    app.add_node(Place, html=(visit_place, depart_place))
    app.add_node(Answer, html=(visit_answer, depart_answer))
    app.add_node(Guessed, html=(visit_guessed, depart_guessed))
    app.add_transform(Predicts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
