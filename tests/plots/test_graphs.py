"""The drawn graph of the way back."""

import re

import pytest
import torch
from figures import overlaps, texts

from rnn_course import plots
from rnn_course.plots.picture import WIDTH


def unrolled(steps, cut=None):
    """h_t = tanh(w h_{t−1} + x_t): the weight and the states, the graph cut after a step."""
    w, h, states = torch.tensor(0.8, requires_grad=True), torch.tensor(0.0), []
    for t in range(1, steps + 1):
        states.append(torch.tanh(w * h + t))
        h = states[-1].detach() if t == cut else states[-1]
    return w, states


def shown(picture):
    return [text.get_text() for text in texts(picture)]


@pytest.mark.parametrize(("cut", "steps"), [(None, 3), (1, 2), (2, 1)])
def test_the_graph_has_each_operation_once_and_ends_at_the_cut(cut, steps):
    w, states = unrolled(3, cut)
    picture = plots.backward_graph(states[-1], {"w": w, "h_3": states[2]})
    drawn = [text for text in shown(picture) if text.endswith("0")]
    assert drawn == ["TanhBackward0", "AddBackward0", "MulBackward0"] * steps  # as h_t was written, from the last on
    assert f"Graph of {3 * steps} operations" in picture.alt and "top down" in picture.alt
    assert f"{steps} arrow{'s reach' if steps > 1 else ' reaches'} the leaf w." in picture.alt
    assert "TanhBackward0 of h_3, AddBackward0" in picture.alt
    assert not overlaps(picture, texts(picture)) and picture.figure.get_size_inches()[0] <= WIDTH
    heights = [text.get_position()[1] for text in texts(picture) if text.get_text().endswith("0")]
    assert heights == sorted(heights, reverse=True)


def test_an_operation_that_two_others_use_is_drawn_once_below_both():
    w, states = unrolled(2)
    picture = plots.backward_graph(states[0] + states[1], {"w": w, "W_hh": states[0]})
    assert re.findall(r"(\w+)Backward0", picture.alt) == ["Add", "Tanh", "Add", "Mul", "Tanh", "Add", "Mul"]
    assert "TanhBackward0 of W_hh" in picture.alt and "$W_{hh}$" in shown(picture)


def test_every_leaf_has_its_own_place_and_a_name_without_a_formula_stays_as_it_is():
    a, b, c = (torch.ones(2, requires_grad=True) for _ in range(3))
    picture = plots.backward_graph((a * b + c).sum(), {"a_1_2": a, "$": b})
    assert "1 arrow reaches the leaf. 1 arrow reaches the leaf a_1_2. 1 arrow reaches the leaf $." in picture.alt
    assert "a_1_2" in shown(picture) and r"\$" in shown(picture) and not overlaps(picture, texts(picture))
    assert picture.figure.get_size_inches()[0] <= WIDTH


@pytest.mark.parametrize(
    ("tensor", "error", "sentence"),
    [
        (lambda: torch.ones(2), TypeError, "tensor is a Tensor without a grad_fn: nothing leads back from it"),
        (lambda: 3.0, TypeError, "tensor is a float without a grad_fn"),
        (lambda: unrolled(5)[1][-1], ValueError, "tensor has more than 12 operations behind it"),
        (lambda: sum(torch.ones(2, requires_grad=True) for _ in range(5)), ValueError, "tensor comes from 5 leaves"),
        (
            lambda: torch.ones(1, requires_grad=True).tanh() * torch.ones(1, requires_grad=True).exp(),
            ValueError,
            "tensor has operations side by side",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(tensor, error, sentence):
    with pytest.raises(error, match=sentence):
        plots.backward_graph(tensor())


def test_names_are_a_mapping():
    with pytest.raises(TypeError, match="names is a list, it must be a mapping"):
        plots.backward_graph(unrolled(1)[1][0], ["w"])
