"""Counts of parameters, held against PyTorch's own, and wrong counts as learners write them."""

import pytest
from torch import nn
from verdicts import accepted, refused

from rnn_course.exercises.counts import mlp_parameters, rnn_parameters


def counted(*layers):
    return sum(p.numel() for layer in layers for p in layer.parameters())


def torch_mlp(length, features, hidden, outputs):
    return counted(nn.Linear(length * features, hidden), nn.Linear(hidden, outputs))


def torch_rnn(length, features, hidden, outputs):
    return counted(nn.RNN(features, hidden), nn.Linear(hidden, outputs)) - hidden  # PyTorch's second bias


@pytest.mark.parametrize(("check", "right"), [(mlp_parameters, torch_mlp), (rnn_parameters, torch_rnn)])
def test_counts_of_another_making_pass(check, right):
    accepted(check(lambda *sizes: float(right(*sizes))))
    accepted(check(right))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n, f, h, o: n * f * h + h * o, "You have left out the biases: one for each hidden unit"),
        (lambda n, f, h, o: (n * f + 1) * h + h * o, "You have left out b_y"),
        (lambda n, f, h, o: n * f * h + (h + 1) * o, "You have left out b_h"),
        (lambda n, f, h, o: n * f * h + h, "You have left out the output layer"),
        (lambda n, f, h, o: (n + f) * h + h + h * o + o, "You add length and features."),
        (lambda n, f, h, o: n * h + h + h * o + o, "You count one number a step."),
        (lambda n, f, h, o: f * h + h + h * o + o, "You count the weights of one step."),
        (lambda n, f, h, o: n * f * h + h * o + 2, "You count one bias for each layer."),
        (lambda n, f, h, o: f * h + h * h + h + h * o + o, "That is the simple RNN's count"),
        (lambda n, f, h, o: n * f * h + h + h * h + h + h * o + o, "You count a second hidden layer"),
        (lambda n, f, h, o: n * f + h + o, "You count units."),
        (lambda n, f, h, o: counted(nn.Linear(f, h), nn.Linear(h, o)) * n, "of a network for one step `length` times"),
        (lambda n, f, h, o: n * f * h + 2 * h + 2 * h * o + o, "With length=7, features=3, hidden=5, outputs=2"),
        (lambda n, f, h, o: n * f * h + h + h * o + h, "You count `hidden` numbers for b_y: it is (outputs,)."),
        (lambda n, f, h, o: n * f * h + o + h * o + o, "You count `outputs` numbers for b_h: it is (hidden,)."),
        (lambda n, f, h, o: n * f * h + f + h * o + o, "You count `features` numbers for b_h: it is (hidden,)."),
        (lambda n, f, h, o: n * f * h + h + h * h + o, "You count hidden · hidden numbers for W_hy"),
        (lambda n, f, h, o: n * f + h + h + h * o + o, "You add the sizes of the first layer's W"),
        (lambda n, f, h, o: 2 * (n * f + 1) * h + h * o + o, "You count the first layer twice"),
    ],
)
def test_counts_of_an_mlp_that_are_wrong_are_told_why(answer, sentence):
    refused(mlp_parameters(answer), sentence)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n, f, h, o: f * h + h * h + h * o, "You have left out the biases: b_h is (hidden,)"),
        (lambda n, f, h, o: f * h + h + h * o + o, "You have left out W_hh"),
        (lambda n, f, h, o: counted(nn.RNN(f, h), nn.Linear(h, o)), "You count one number too many for each hidden"),
        (lambda n, f, h, o: torch_rnn(n, f, h, o) * n, "You count all weights once for each step"),
        (lambda n, f, h, o: n * (f * h + h * h + h) + h * o + o, "You count the weights once for each step."),
        (lambda n, f, h, o: n * f * h + h * h + h + h * o + o, "You count W_xh once for each step."),
        (lambda n, f, h, o: 4 * (f * h + h * h + h) + h * o + o, "That is the count of an LSTM"),
        (lambda n, f, h, o: 3 * (f * h + h * h + h) + h * o + o, "That is the count of a GRU"),
        (lambda n, f, h, o: f * h + h * h + h + (n * h) * o + o, "Your W_hy reads the hidden units of every step."),
        (torch_mlp, "That is the window MLP's count."),
        (lambda n, f, h, o: 2 * f * h + h + h * o + o, "You count hidden · features numbers for W_hh, as for W_xh"),
        (lambda n, f, h, o: o * f + h * h + h + h * o + o, "You count outputs · features numbers for W_xh"),
        (lambda n, f, h, o: o, "- You have left out W_xh, W_hh and b_h, all that comes before the output layer."),
        (lambda n, f, h, o: f * h + h * h + h, "You have left out the output layer"),
        (lambda n, f, h, o: (f + h) * h + h * o + o, "You have left out b_h"),
    ],
)
def test_counts_of_an_rnn_that_are_wrong_are_told_why(answer, sentence):
    refused(rnn_parameters(answer), sentence)
