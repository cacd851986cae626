"""The checks of how many numbers a network has to learn: the sizes of its arrays, added up."""

import functools
from typing import NamedTuple

from rnn_course.exercises.exercise import Exercise, alone
from rnn_course.exercises.verdict import check


@check
def mlp_parameters(answer):
    """A Verdict on `answer(length, features, hidden, outputs)`, the numbers that a window MLP has to learn."""
    return MLP_PARAMETERS.check(answer)


@check
def rnn_parameters(answer):
    """A Verdict on `answer(length, features, hidden, outputs)`, the numbers that a simple RNN has to learn."""
    return RNN_PARAMETERS.check(answer)


class Sizes(NamedTuple):
    """What a count is made of."""

    length: int
    features: int
    hidden: int
    outputs: int


def _sizes():
    return [(7, 3, 5, 2), (22, 1, 16, 1), (30, 4, 11, 6), (2, 9, 8, 13)]


def _count(arrays, sizes):
    return sum(size(Sizes(*sizes)) for size in arrays.values())


def _mlp(length, features, hidden, outputs, **others):
    """The sizes of the arrays; a switch has an array's name and gives it another size, or adds one."""
    return _count(MLP | others, (length, features, hidden, outputs))


def _rnn(length, features, hidden, outputs, **others):
    return _count(RNN | others, (length, features, hidden, outputs))


def _gates(gates, biases=1):
    """The count of a cell with this many gates: a whole one, which is not paired with what is left out of another."""
    own = {
        "W_xh": lambda n: gates * n.hidden * n.features,
        "W_hh": lambda n: gates * n.hidden * n.hidden,
        "b_h": lambda n: gates * biases * n.hidden,
    }
    return functools.partial(_rnn, **own)


def _none(n):
    return 0


MLP = {
    "W_xh": lambda n: n.hidden * n.length * n.features,
    "b_h": lambda n: n.hidden,
    "W_hy": lambda n: n.outputs * n.hidden,
    "b_y": lambda n: n.outputs,
}
RNN = MLP | {"W_xh": lambda n: n.hidden * n.features, "W_hh": lambda n: n.hidden * n.hidden}

PRODUCT = "You multiply the counts of the two layers: add them."
UNITS = "You count units. Wanted are the numbers between them: an array has as many as its rows times its columns."
BIASES = {name: MLP[name] for name in ("b_h", "b_y")}  # named by a mistake, they keep it from being paired with theirs
OUTPUT = {
    "You have left out the output layer: W_hy is (outputs, hidden) and b_y is (outputs,).": {
        "W_hy": _none,
        "b_y": _none,
    },
    "You have left out W_hy, (outputs, hidden), which leads from the hidden units to the outputs.": {"W_hy": _none},
    "You have left out b_y: each output has a bias, (outputs,).": {"b_y": _none},
    "You have left out b_h: each hidden unit has a bias, (hidden,).": {"b_h": _none},
    "You count one output. W_hy is (outputs, hidden) and b_y is (outputs,).": {
        "W_hy": lambda n: n.hidden,
        "b_y": lambda n: 1,
    },
    "You count one bias for each layer. Each hidden unit and each output has its own.": {
        "b_h": lambda n: 1,
        "b_y": lambda n: 1,
    },
    "You count one bias for all the hidden units. Each has its own.": {"b_h": lambda n: 1},
    "You count one bias for all the outputs. Each has its own.": {"b_y": lambda n: 1},
    "You count an output layer for every step. There is one, behind the last.": {
        "W_hy": lambda n: n.length * n.outputs * n.hidden,
        "b_y": lambda n: n.length * n.outputs,
    },
    "Your W_hy reads the hidden units of every step. It is (outputs, hidden).": {
        "W_hy": lambda n: n.length * n.outputs * n.hidden
    },
    "You count a bias for each hidden unit at every step. It is one for each unit.": {
        "b_h": lambda n: n.length * n.hidden
    },
    "You count a second hidden layer, (hidden, hidden) and its biases: there is one.": {
        "second": lambda n: n.hidden * n.hidden + n.hidden
    },
    "You count a bias for each feature too: the inputs have none.": {"b_x": lambda n: n.features},
    "You count two biases for each hidden unit and two for each output. Only their sums act: one each.": {
        "b_h": lambda n: 2 * n.hidden,
        "b_y": lambda n: 2 * n.outputs,
    },
    "You count W_hy as one number for each hidden unit: it is (outputs, hidden).": {
        **BIASES,
        "W_hy": lambda n: n.hidden,
    },
    "You count W_hy as one number for each output: it is (outputs, hidden).": {
        **BIASES,
        "W_hy": lambda n: n.outputs,
    },
    "You add the sizes of W_hy. An array has as many numbers as its rows times its columns.": {
        **BIASES,
        "W_hy": lambda n: n.outputs + n.hidden,
    },
    "Your output layer reads the features too: W_hy is (outputs, hidden).": {
        "W_hy": lambda n: n.outputs * (n.hidden + n.features)
    },
    "You count two biases for each output: one each.": {"b_y": lambda n: 2 * n.outputs},
}

ANOTHER_SIZE = {  # each is two other mistakes at once too, as b_y left out and b_h twice
    "You count `hidden` numbers for b_y: it is (outputs,).": {"b_y": lambda n: n.hidden},
    "You count `features` numbers for b_y: it is (outputs,).": {"b_y": lambda n: n.features},
    "You count `outputs` numbers for b_h: it is (hidden,).": {"b_h": lambda n: n.outputs},
    "You count `features` numbers for b_h: it is (hidden,).": {"b_h": lambda n: n.features},
    "You count hidden · hidden numbers for W_hy: it is (outputs, hidden).": {"W_hy": lambda n: n.hidden * n.hidden},
}

MLP_PARAMETERS = Exercise(
    _mlp,
    _sizes,
    {
        "You have left out the biases: one for each hidden unit and one for each output.": {"b_h": _none, "b_y": _none},
        **OUTPUT,
        **alone(_mlp, ANOTHER_SIZE),
        f"{PRODUCT} (They are taken without biases.)": (
            lambda length, features, hidden, outputs: length * features * hidden * hidden * outputs
        ),
        "Your output layer reads the window: W_hy is (outputs, hidden).": {
            "W_hy": lambda n: n.outputs * n.length * n.features
        },
        "You count the first layer as one number for each input: it is (hidden, length · features).": {
            "W_xh": lambda n: n.length * n.features
        },
        "You count the first layer twice: there is one.": {"second": lambda n: (n.length * n.features + 1) * n.hidden},
        "You add the sizes of the first layer's W. An array has as many numbers as its rows times its columns.": {
            **BIASES,
            "W_xh": lambda n: n.hidden + n.length * n.features,
        },
        PRODUCT: lambda length, features, hidden, outputs: (length * features + 1) * hidden * (hidden + 1) * outputs,
        UNITS: lambda length, features, hidden, outputs: length * features + hidden + outputs,
        "You have left out the first layer: its W is (hidden, length · features), and b_h is (hidden,).": {
            "W_xh": _none,
            "b_h": _none,
        },
        "You count one number a step. Every hidden unit has a weight for each feature of each step in the window.": {
            "W_xh": lambda n: n.hidden * n.length
        },
        "You count the weights of one step. A window MLP has weights of its own for every step in the window.": {
            "W_xh": lambda n: n.hidden * n.features
        },
        "You add length and features. The window holds length · features numbers.": {
            "W_xh": lambda n: n.hidden * (n.length + n.features)
        },
        "You count all of a network for one step `length` times: a window MLP has one b_h and one output layer.": {
            "b_h": lambda n: n.length * n.hidden,
            "W_hy": lambda n: n.length * n.outputs * n.hidden,
            "b_y": lambda n: n.length * n.outputs,
        },
        "You count a bias for each number of the window too: the inputs have none.": {
            "b_x": lambda n: n.length * n.features
        },
        "You count two biases for each hidden unit. It has one.": {"b_h": lambda n: 2 * n.hidden},
        "You count W_hh, (hidden, hidden), too: an MLP has none.": {"W_hh": lambda n: n.hidden * n.hidden},
        "That is the simple RNN's count: an MLP has no W_hh.": _rnn,
    },
)
RNN_PARAMETERS = Exercise(
    _rnn,
    _sizes,
    {
        "You have left out the biases: b_h is (hidden,) and b_y is (outputs,).": {"b_h": _none, "b_y": _none},
        **OUTPUT,
        **alone(_rnn, ANOTHER_SIZE),
        PRODUCT: lambda length, features, hidden, outputs: (features + hidden + 1) * hidden * (hidden + 1) * outputs,
        UNITS: lambda length, features, hidden, outputs: features + hidden + outputs,
        "You have left out W_hh, (hidden, hidden), which carries the state from step to step.": {"W_hh": _none},
        "You have left out W_xh, (hidden, features), which brings in the input.": {"W_xh": _none},
        "You count W_hh as one number for each unit. Every unit looks at every other: it is (hidden, hidden).": {
            **BIASES,
            "W_hh": lambda n: n.hidden,
        },
        "You count W_hh as 2 · hidden numbers. It is (hidden, hidden), the square of hidden.": {
            **BIASES,
            "W_hh": lambda n: 2 * n.hidden,
        },
        "You count the weights once for each step. They are shared: the length of the sequence does not enter.": {
            "W_xh": lambda n: n.length * n.hidden * n.features,
            "W_hh": lambda n: n.length * n.hidden * n.hidden,
            "b_h": lambda n: n.length * n.hidden,
        },
        "You count all weights once for each step, those of the output too. They are shared: the length of the "
        "sequence does not enter.": lambda *sizes: sizes[0] * _rnn(*sizes),
        "You count W_xh once for each step. It is shared: the length of the sequence does not enter.": {
            "W_xh": lambda n: n.length * n.hidden * n.features
        },
        "You count W_xh and W_hh once for each step. They are shared: the length of the sequence does not enter.": {
            "W_xh": lambda n: n.length * n.hidden * n.features,
            "W_hh": lambda n: n.length * n.hidden * n.hidden,
        },
        "You count W_hh once for each step. It is shared: the length of the sequence does not enter.": {
            "W_hh": lambda n: n.length * n.hidden * n.hidden
        },
        "You count W_hh once for each step but the first. It is shared: the length of the sequence does not enter.": {
            "W_hh": lambda n: (n.length - 1) * n.hidden * n.hidden
        },
        "You add the sizes of W_xh. An array has as many numbers as its rows times its columns.": {
            **BIASES,
            "W_xh": lambda n: n.hidden + n.features,
        },
        "You have left out W_xh, W_hh and b_h, all that comes before the output layer.": {
            "W_xh": _none,
            "W_hh": _none,
            "b_h": _none,
        },
        "You count W_xh as one number for each feature: it is (hidden, features).": {"W_xh": lambda n: n.features},
        "You count hidden · features numbers for W_hh, as for W_xh: it is (hidden, hidden).": functools.partial(
            _rnn, W_hh=lambda n: n.hidden * n.features
        ),
        "You count outputs · features numbers for W_xh: it is (hidden, features).": functools.partial(
            _rnn, W_xh=lambda n: n.outputs * n.features
        ),
        "That is the count of an LSTM with two biases for each gate, as PyTorch stores it. A simple RNN has one "
        "of each array, and one bias.": _gates(4, biases=2),
        "That is the count of a GRU with two biases for each gate, as PyTorch stores it. A simple RNN has one "
        "of each array, and one bias.": _gates(3, biases=2),
        "You count `length` inputs in the place of `features`: at each step the net reads one row of features.": {
            "W_xh": lambda n: n.hidden * n.length
        },
        "You count one input. W_xh is (hidden, features).": {"W_xh": lambda n: n.hidden},
        "You count one number too many for each hidden unit. If it is a second bias, as PyTorch stores it: only the "
        "sum of the two acts, the equation has one. If it is the first state: it is zero, and not learned.": {
            "b_h": lambda n: 2 * n.hidden
        },
        "That is the count of an LSTM: it has four of each array before the output, a simple RNN one.": _gates(4),
        "That is the count of a GRU: it has three of each array before the output, a simple RNN one.": _gates(3),
        "That is the window MLP's count. A simple RNN reads one step at a time and has W_hh besides.": _mlp,
    },
)
