"""Losses and norms of gradients: the best epoch, the drawing while it trains, and what cannot be drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import history

from rnn_course import plots


def test_loss_curves_say_where_the_best_epoch_is():
    picture = plots.loss_curves(history([0.9, 0.4, 0.1, 0.05], [1.0, 0.5, 0.07, 0.2]))
    assert picture.alt == (
        "Loss curves on a logarithmic axis: training loss goes from 0.9 to 0.05 over 4 epochs, "
        "lowest validation loss 0.07 at epoch 3 (marked)."
    )
    [ax] = picture.figure.axes
    train, validation, best = ax.lines
    assert ax.get_yscale() == "log" and train.get_xydata().tolist() == [[1, 0.9], [2, 0.4], [3, 0.1], [4, 0.05]]
    assert validation.get_ydata().tolist() == [1.0, 0.5, 0.07, 0.2]
    assert best.get_xydata().tolist() == [[3, 0.07]]


def test_loss_curves_of_several_trainings_differ_in_more_than_colour():
    picture = plots.loss_curves({"LSTM": history([0.9, 0.5]), "GRU": history([0.8, -0.25], [0.7, 0.6])})
    assert picture.alt == (
        "Loss curves on a linear axis: LSTM training loss goes from 0.9 to 0.5 over 2 epochs; GRU training loss goes "
        "from 0.8 to -0.25 over 2 epochs, lowest validation loss 0.6 at epoch 2 (marked)."
    )
    lstm, gru, validation, _ = picture.figure.axes[0].lines
    assert lstm.get_color() != gru.get_color() and lstm.get_marker() != gru.get_marker()
    assert gru.get_color() == validation.get_color() and gru.get_linestyle() != validation.get_linestyle()


@pytest.mark.parametrize(
    ("histories", "sentence"),
    [
        ({}, "histories is empty"),
        (history([]), "no axis of"),
        (history([0.5, np.nan]), r"train_loss has nan at \[1\]"),
        (history([0.5, 0.4], [0.3]), r"validation_loss has shape \(1,\), wanted \(epoch=2\)"),
    ],
)
def test_loss_curves_refuse(histories, sentence):
    with pytest.raises(ValueError, match=sentence):
        plots.loss_curves(histories)


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would have received: ("display" or "update", picture)."""
    log = []

    class Handle:
        def update(self, picture):
            log.append(("update", picture))

    def display(picture, display_id):
        assert display_id is True
        log.append(("display", picture))
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    return log


def test_live_loss_redraws_one_figure_four_times_a_second(shown):
    now = [100.0]
    live = plots.LiveLoss(clock=lambda: now[0])
    running = history([], stopped="running")
    for epoch in range(100):  # ten seconds of epochs that take a tenth of a second
        running.train_loss.append(1 / (epoch + 1))
        live(running)
        now[0] += 0.1
    kinds = [kind for kind, _ in shown]
    assert kinds[0] == "display" and set(kinds[1:]) == {"update"}
    assert len(kinds) == 34  # every third epoch: 0, 0.3, 0.6 … seconds
    assert len({id(picture.figure) for _, picture in shown}) == 1
    assert "over 100 epochs" in shown[-1][1].alt and len(shown[-1][1].figure.axes[0].lines) == 1
    assert not plt.get_fignums()


def test_live_loss_draws_the_end_at_once_and_then_starts_anew(shown):
    live = plots.LiveLoss(clock=lambda: 5.0)
    live(history([0.5], stopped="running"))
    live(history([0.5, 0.4], stopped="running"))
    live(history([0.5, 0.4, 0.3], stopped="patience"))
    live(history([0.9], stopped="running"))
    assert [kind for kind, _ in shown] == ["display", "update", "display"]
    assert "over 3 epochs" in shown[1][1].alt


def test_live_loss_leaves_four_fifths_of_the_time_to_training(shown, monkeypatch):
    now = [0.0]
    live = plots.LiveLoss(clock=lambda: now[0])
    draw = live._show

    def slow(picture):
        now[0] += 0.5
        draw(picture)

    monkeypatch.setattr(live, "_show", slow)
    running = history([0.5], stopped="running")
    live(running)
    now[0] = 2.4
    live(running)
    assert len(shown) == 1
    now[0] = 2.5
    live(running)
    assert len(shown) == 2


def test_gradient_norms_leave_gaps_for_zeros_and_say_so():
    picture = plots.gradient_norms({"LSTM": [1.0, 0.5, 0.25], "simple RNN": [2.0, 0, 0.125]})
    [ax] = picture.figure.axes
    assert ax.get_yscale() == "log"
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [2, np.nan, 0.125])
    assert "simple RNN (1 zero not shown)" in [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert picture.alt == (
        "Norms of gradients on a logarithmic axis: LSTM goes from 1 to 0.25 over 3 steps; "
        "simple RNN goes from 2 to 0.125 over 3 steps (1 zero not shown)."
    )


def test_norms_between_zeros_are_drawn_as_points():
    norms = np.ones(40)
    norms[[30, 32]] = 0
    [line] = plots.gradient_norms({"a": norms}).figure.axes[0].lines
    assert 31 in line.get_markevery()


def test_what_needs_names_refuses_a_bare_list():
    for draw in (plots.gradient_norms, lambda values: plots.bars(values, "error")):
        with pytest.raises(TypeError, match="is a list, it must be a dictionary"):
            draw([1.0, 2.0])


@pytest.mark.parametrize(
    ("norms", "sentence"),
    [
        ({}, "norms is empty"),
        ({"a": []}, "no axis of"),
        ({"a": [1, np.nan]}, r"norms\['a'\] has nan at \[1\]"),
        ({"a": [1.0, 2, -3]}, r"norms\['a'\] has -3 at 2, a norm cannot be negative"),
    ],
)
def test_gradient_norms_refuse(norms, sentence):
    with pytest.raises(ValueError, match=sentence):
        plots.gradient_norms(norms)
