"""Checks of the chapter on backpropagation through time."""

import numpy as np

from rnn_course import validate
from rnn_course.cells import LSTM, SimpleRNN
from rnn_course.cells.walks import LSTMWalk
from rnn_course.exercises.exercise import Exercise, alone
from rnn_course.exercises.verdict import check, judge_labels

# -- the walk back -------------------------------------------------------------------------------------------------


def _walks():
    """Random arguments (x, h, W_hh, grad_h) at sizes that all differ; h holds the first state at 0."""
    cases = []
    for seed, (batch, time, inputs, hidden) in enumerate([(2, 3, 4, 5), (1, 6, 2, 3), (3, 1, 4, 2)]):
        rng = np.random.default_rng(seed)
        cell, x = SimpleRNN(inputs, hidden, seed=seed), rng.normal(size=(batch, time, inputs))
        first = rng.normal(size=(batch, hidden))
        h = np.concatenate([first[:, None], cell.forward(x, first)[0]], axis=1)
        cases.append((x, h, cell.W_hh.copy(), rng.normal(size=(batch, time, hidden))))
    return cases


def _bptt(
    x,
    h,
    W_hh,
    grad_h,
    *,
    slope=lambda h, t: 1 - h[:, t + 1] ** 2,
    joined=lambda g, back, s: (g + back) * s,
    sent=lambda delta, W, g, back, s: delta @ W,
    met=lambda h, t: h[:, t],
    seen=lambda x, t: x[:, t],
    immediate=lambda g, t: g[:, t],
    steps=lambda time: range(time - 1, -1, -1),
    bare=(),
    replaced=(),
    turned=(),
    mean=(),
):
    """∂L/∂W_xh, ∂L/∂W_hh and ∂L/∂b_h of a tanh network, with the mistakes that can be made.

    By name of a gradient: bare, the slope is missing in it; replaced, one step's takes the place of the others';
    turned, it comes out transposed; mean, it is averaged over the batch.
    """
    grads = {"W_xh": np.zeros((len(W_hh), x.shape[2])), "W_hh": np.zeros_like(W_hh), "b_h": np.zeros(len(W_hh))}
    back = np.zeros_like(h[:, 0])
    for t in steps(x.shape[1]):
        g, s = immediate(grad_h, t), slope(h, t)
        delta = joined(g, back, s)
        for name, other in (("W_xh", seen(x, t)), ("W_hh", met(h, t)), ("b_h", np.ones(len(x)))):
            step = (g + back if name in bare else delta).T @ other
            grads[name] = step if name in replaced else grads[name] + step
        back = sent(delta, W_hh, g, back, s)
    return tuple((grad.T if name in turned else grad) / (len(x) if name in mean else 1) for name, grad in grads.items())


GRADIENTS = ("W_xh", "W_hh", "b_h")
WALK = {
    "joined": {
        "What comes back from the next step is missing.": lambda g, back, s: g * s,
        "The slope belongs to both, grad_h and what comes back; grad_h is without it.": lambda g, back, s: g + back * s,
        "The slope belongs to both, grad_h and what comes back; what comes back is without it.": (
            lambda g, back, s: g * s + back
        ),
    },
    "slope": {
        "The slope 1 − h_t² of tanh is missing.": lambda h, t: np.ones_like(h[:, t]),
        "The slope is taken at h_t, which is h[:, t + 1]; you took it at h_{t−1}.": lambda h, t: 1 - h[:, t] ** 2,
        "h_t is tanh(a_t) already: the slope is 1 − h_t²; you took tanh once more.": (
            lambda h, t: 1 - np.tanh(h[:, t + 1]) ** 2
        ),
        "The square is missing in the slope 1 − h_t².": lambda h, t: 1 - h[:, t + 1],
    },
    "sent": {
        "On the way back it is `delta @ W_hh`: no transpose here.": lambda delta, W, g, back, s: delta @ W.T,
        "What goes back is delta, with the slope in it; you sent back what stands before the slope.": (
            lambda delta, W, g, back, s: (g + back) @ W
        ),
        "`back` is replaced at every step; you added to it.": lambda delta, W, g, back, s: back + delta @ W,
    },
    "met": {
        "W_hh met the state before: h_{t−1}, not h_t.": lambda h, t: h[:, t + 1],
        "W_hh met h_{t−1}, which is h[:, t] here; you took h[:, t − 1].": lambda h, t: h[:, t - 1],
    },
    "immediate": {
        "grad_h counts at every step; you took it at the last step alone.": (
            lambda g, t: g[:, t] * (t == g.shape[1] - 1)
        ),
    },
    "steps": {
        "The walk goes from the last step to the first; you walked from the first to the last.": range,
        "The first step is left out: the walk ends at t = 0.": lambda time: range(time - 1, 0, -1),
    },
}
WALK_RARE = {
    "joined": {
        "What comes back is added to grad_h; you subtracted it.": lambda g, back, s: (g - back) * s,
        "In what comes back the slope is taken twice.": lambda g, back, s: (g + back * s) * s,
    },
    "slope": {
        "The slope is 1 − h_t², of what comes out of tanh; you took 1 − a_t², of what goes in.": (
            lambda h, t: 1 - np.arctanh(h[:, t + 1]) ** 2
        ),
        "h_t (1 − h_t) is the slope of σ; that of tanh is 1 − h_t².": lambda h, t: h[:, t + 1] * (1 - h[:, t + 1]),
        "The slope is 1 − h_t²; you took h_t².": lambda h, t: h[:, t + 1] ** 2,
        "The slope is 1 − h_t²; you took (1 − h_t)².": lambda h, t: (1 - h[:, t + 1]) ** 2,
        "The slope is 1 − h_t²; you took 1 + h_t².": lambda h, t: 1 + h[:, t + 1] ** 2,
        "The slope is 1 − h_t²; you took the relu's, 1 where h_t is positive.": lambda h, t: 1.0 * (h[:, t + 1] > 0),
        "The slope is 1 − h_t²; you took its root.": lambda h, t: np.sqrt(1 - h[:, t + 1] ** 2),
        "The slope 1 − h_t² is taken twice.": lambda h, t: (1 - h[:, t + 1] ** 2) ** 2,
        "The slope is a factor; you divided by it.": lambda h, t: 1 / (1 - h[:, t + 1] ** 2),
    },
    "sent": {
        "What comes back ends after one step: send back the whole delta, not the part of grad_h alone.": (
            lambda delta, W, g, back, s: (g * s) @ W
        ),
        "What is sent back is delta; you sent back grad_h alone, without slope.": lambda delta, W, g, back, s: g @ W,
        "On the way back it is `delta @ W_hh`; you sent back delta without W_hh.": lambda delta, W, g, back, s: delta,
        "On the way back the slope of h_t is taken twice.": lambda delta, W, g, back, s: (delta * s) @ W,
    },
    "met": {
        "The first state counts: at step 0 W_hh met h[:, 0]; you left it out.": (
            lambda h, t: h[:, t] if t else 0 * h[:, 0]
        ),
        "W_hh met another state at every step, h[:, t]; you took h[:, 0] at all of them.": lambda h, t: h[:, 0],
        "W_hh met another state at every step, h[:, t]; you took the last one at all of them.": lambda h, t: h[:, -1],
    },
    "seen": {
        "W_xh met x_t, which is x[:, t]; you took x[:, t − 1].": lambda x, t: x[:, t - 1],
        "W_xh met another input at every step, x[:, t]; you took x[:, 0] at all of them.": lambda x, t: x[:, 0],
        "W_xh met another input at every step, x[:, t]; you took the last one at all of them.": lambda x, t: x[:, -1],
    },
    "immediate": {
        "The immediate part at step t is grad_h[:, t]; you took grad_h[:, t − 1].": lambda g, t: g[:, t - 1],
        "The immediate part is another at every step, grad_h[:, t]; you took the last at all of them.": (
            lambda g, t: g[:, -1]
        ),
        "At the last step nothing comes back: you counted its grad_h twice.": (
            lambda g, t: g[:, t] * (1 + (t == g.shape[1] - 1))
        ),
        "At step t the immediate part is grad_h[:, t] alone; you added up those of the later steps.": (
            lambda g, t: g[:, t:].sum(1)
        ),
    },
    "steps": {
        "The last step is left out: the walk begins at t = time − 1.": lambda time: range(time - 2, -1, -1),
        "Only the last step counts in yours: the walk goes on to t = 0.": lambda time: [time - 1],
    },
}
BY_GRADIENT = {
    "replaced": {
        "W_xh": "∂L/∂W_xh is that of step 0 alone: add up those of all steps.",
        "W_hh": "∂L/∂W_hh is that of step 0 alone: add up those of all steps.",
        "b_h": "∂L/∂b_h is that of step 0 alone: add up those of all steps.",
        GRADIENTS: "The weights are shared: add up the gradients of all steps.",
    },
    "bare": {
        "W_xh": "The slope is missing in ∂L/∂W_xh: it is made from delta.",
        "W_hh": "The slope is missing in ∂L/∂W_hh: it is made from delta.",
        "b_h": "The slope is missing in ∂L/∂b_h: it is made from delta.",
        GRADIENTS: "The slope is there on the way back, but missing in the gradients of weights and bias.",
    },
    "mean": {
        "W_xh": "∂L/∂W_xh is a sum over the batch; yours is divided by its size.",
        "W_hh": "∂L/∂W_hh is a sum over the batch; yours is divided by its size.",
        "b_h": "∂L/∂b_h is a sum over the batch; yours is divided by its size.",
        GRADIENTS: "The gradients are sums over the batch; yours are divided by its size.",
    },
    "turned": {
        "W_xh": "∂L/∂W_xh is `delta.T @ x[:, t]`, of shape (hidden, input); yours is its transpose.",
        "W_hh": "∂L/∂W_hh is `delta.T @ h[:, t]`; yours is its transpose.",
        ("W_xh", "W_hh"): "∂L/∂W_xh and ∂L/∂W_hh are of shape (out, in); yours are their transposes.",
    },
}


def _of_one_sequence(x, h, W_hh, grad_h):
    return _bptt(x[:1], h[:1], W_hh, grad_h[:1])


def _mean_over_time(x, h, W_hh, grad_h):
    return tuple(grad / x.shape[1] for grad in _bptt(x, h, W_hh, grad_h))


def _by_switch(mistakes):
    return {sentence: {switch: value} for switch, values in mistakes.items() for sentence, value in values.items()}


SIMPLE_RNN_GRADIENTS = Exercise(
    _bptt,
    _walks,
    _by_switch(WALK)
    | {
        sentence: {switch: {names} if isinstance(names, str) else set(names)}
        for switch, sentences in BY_GRADIENT.items()
        for names, sentence in sentences.items()
    }
    | alone(_bptt, _by_switch(WALK_RARE))
    | {
        "The gradients are sums over the steps; yours are divided by their number.": _mean_over_time,
        "The gradients are sums over batch and steps; yours are divided by the number of both.": (
            lambda x, h, W_hh, grad_h: tuple(g / (len(x) * x.shape[1]) for g in _bptt(x, h, W_hh, grad_h))
        ),
        "The gradients are sums over the batch; yours are of its first sequence alone.": _of_one_sequence,
    },
    returns=("grad_W_xh", "grad_W_hh", "grad_b"),
)


@check
def simple_rnn_gradients(answer):
    """Check `answer(x, h, W_hh, grad_h)`, which returns ∂L/∂W_xh, ∂L/∂W_hh, ∂L/∂b_h of a tanh network.

    x: `(batch, time, input)`. h: `(batch, time + 1, hidden)`, the first state at 0. grad_h: `(batch, time, hidden)`,
    ∂⁺L/∂h_t.
    """
    return SIMPLE_RNN_GRADIENTS.check(answer)


# -- clipping ------------------------------------------------------------------------------------------------------


def _gradients():
    """Random arguments (grads, max_norm): far too long, too long, longer only in its square, and short enough."""
    rng = np.random.default_rng(0)
    return [
        ({"W_x": rng.normal(size=(3, 2)), "W_h": rng.normal(size=(3, 3)), "b": rng.normal(size=3)}, max_norm)
        for max_norm in (0.5, 2.5, 9.0, 100.0)
    ]


def _root_of_squares(grads):
    return np.sqrt(sum((grad**2).sum() for grad in grads.values()))


def _scaled_down(norm, max_norm):
    return max_norm / norm if norm > max_norm else 1.0


def _clip(grads, max_norm, *, norm=_root_of_squares, factor=_scaled_down):
    """norm: another length of all gradients. factor: another factor, from the length and max_norm."""
    by = factor(norm(grads), max_norm)
    return {name: by * grad for name, grad in grads.items()}


def _one_by_one(grads, max_norm):
    return {name: _clip({name: grad}, max_norm)[name] for name, grad in grads.items()}


NORMS = {
    "The norm is the root of the sum of squares; the root is missing.": lambda grads: _root_of_squares(grads) ** 2,
    "The common norm is the root of all squares together, not the sum of each array's norm.": (
        lambda grads: sum(np.linalg.norm(grad) for grad in grads.values())
    ),
    "The common norm is the root of all squares together, not the mean of each array's norm.": (
        lambda grads: np.mean([np.linalg.norm(grad) for grad in grads.values()])
    ),
    "The common norm is the root of all squares together, not the largest array's norm.": (
        lambda grads: max(np.linalg.norm(grad) for grad in grads.values())
    ),
    "The norm is the root of the sum of squares; you added up absolute values.": (
        lambda grads: sum(np.abs(grad).sum() for grad in grads.values())
    ),
    "The norm is the root of the sum of squares; you took the largest absolute value.": (
        lambda grads: max(np.abs(grad).max() for grad in grads.values())
    ),
    "The norm is the root of the sum of squares; you took the root of their mean.": (
        lambda grads: _root_of_squares(grads) / np.sqrt(sum(grad.size for grad in grads.values()))
    ),
    "The norm is that of all arrays together; you took that of the first one alone.": (
        lambda grads: np.linalg.norm(next(iter(grads.values())))
    ),
    "The norm is that of all arrays together; you took that of the last one alone.": (
        lambda grads: np.linalg.norm(list(grads.values())[-1])
    ),
    "The norm of a matrix is the root of all its squares; you took its largest singular value.": (
        lambda grads: np.sqrt(sum(np.linalg.norm(grad, 2) ** 2 for grad in grads.values()))
    ),
    "The norm is that of all arrays together; the last one is left out in yours.": (
        lambda grads: _root_of_squares(dict(list(grads.items())[:-1]))
    ),
    "The norm is that of all arrays together; the first one is left out in yours.": (
        lambda grads: _root_of_squares(dict(list(grads.items())[1:]))
    ),
    "The norm is the root of the sum of squares; you added up the numbers, not their squares.": (
        lambda grads: abs(sum(grad.sum() for grad in grads.values()))
    ),
}
FACTORS = {
    "A gradient that is short enough stays as it is; you stretched it.": lambda norm, most: most / norm,
    "Nothing is clipped: a gradient that is too long comes out as it went in.": lambda norm, most: 1.0,
    "The factor is the smaller one of 1 and max_norm / norm; you took the larger: what is short is stretched.": (
        lambda norm, most: max(1.0, most / norm)
    ),
    "The factor is max_norm / norm; you turned it round.": lambda norm, most: norm / most if norm > most else 1.0,
    "The factor is max_norm / norm; you turned it round, so that the short gradient shrinks and the long one stays.": (
        lambda norm, most: min(1.0, norm / most)
    ),
    "It is the norm that is compared with max_norm; you compared its square.": (
        lambda norm, most: most / norm if norm**2 > most else 1.0
    ),
    "A gradient that is too long comes out with the norm max_norm; you made its norm 1.": (
        lambda norm, most: 1 / norm if norm > most else 1.0
    ),
    "Every gradient comes out with the norm 1; one that is too long must have max_norm, others stay as they are.": (
        lambda norm, most: 1 / norm
    ),
    "The factor is max_norm / norm; you multiplied by max_norm alone.": (
        lambda norm, most: most if norm > most else 1.0
    ),
    "The factor is max_norm / norm; you took its square.": lambda norm, most: min(1.0, (most / norm) ** 2),
    "The factor is max_norm / norm; you divided by the square of the norm.": (
        lambda norm, most: most / norm**2 if norm > most else 1.0
    ),
    "The factor is max_norm / norm; you took its root.": lambda norm, most: min(1.0, (most / norm) ** 0.5),
    "A gradient that is too long is scaled down; you set it to 0.": lambda norm, most: 1.0 * (norm <= most),
    "The factor is max_norm / norm; you added 1 to norm.": lambda norm, most: min(1.0, most / (norm + 1)),
}

CLIPPED = Exercise(
    _clip,
    _gradients,
    {sentence: {"norm": norm} for sentence, norm in NORMS.items()}
    | {sentence: {"factor": factor} for sentence, factor in FACTORS.items()}
    | {
        "You clipped each array by its own norm: that turns the direction. Use one norm for all.": _one_by_one,
        "You clipped each number: that turns the direction. Scale all of them alike.": lambda grads, max_norm: {
            name: np.clip(grad, -max_norm, max_norm) for name, grad in grads.items()
        },
        "Only the first array is scaled: the factor is the same for all.": lambda grads, max_norm: (
            grads | dict(list(_clip(grads, max_norm).items())[:1])
        ),
        "Only the matrices are scaled: the factor is the same for b.": lambda grads, max_norm: (
            _clip(grads, max_norm) | {"b": grads["b"]}
        ),
        "You cut off what is above max_norm, and not what is below −max_norm: scale all numbers alike.": (
            lambda grads, max_norm: {name: np.minimum(grad, max_norm) for name, grad in grads.items()}
        ),
        "You clipped the matrices by their rows: one norm is wanted, of all arrays together.": (
            lambda grads, max_norm: {
                name: grad * np.minimum(1, max_norm / np.linalg.norm(grad, axis=-1, keepdims=True))
                for name, grad in grads.items()
            }
        ),
    },
    returns=("W_x", "W_h", "b"),
    keyed=True,
    tolerance=1e-5,  # PyTorch adds 1e-6 to the norm, and float32 has its rounding
)


@check
def clipped(answer):
    """Check `answer(grads, max_norm)`: a dict of gradients scaled so that their common norm is at most max_norm."""
    return CLIPPED.check(answer)


# -- who is lying? -------------------------------------------------------------------------------------------------


class NoForgetPath(LSTM):
    """An LSTM whose backward loses the path through f."""

    def step_back(self, now, x, before, dh, dC):
        """The mirror of the equations without ∂L/∂C_{t−1}."""
        da, (dh_before, dC_before), own = super().step_back(now, x, before, dh, dC)
        return da, (dh_before, 0 * dC_before), own


class DoubledBias(LSTM):
    """An LSTM whose bias gradient counts every step twice."""

    def step_back(self, now, x, before, dh, dC):
        """The mirror of the equations, with a gradient of b of its own."""
        da, grads, _ = super().step_back(now, x, before, dh, dC)
        return da, grads, {"b": 2 * np.concatenate([da[gate] for gate in self.gates], axis=1).sum(0)}


class SwappedWalk(LSTMWalk):
    """A fast walk that takes i for f and f for i, forward and backward alike."""

    def __init__(self, cell, *given):
        super().__init__(cell, *given)
        hidden, rows = cell.hidden_size, np.arange(4 * cell.hidden_size)
        self.swapped = np.concatenate([rows[hidden : 2 * hidden], rows[:hidden], rows[2 * hidden :]])
        for value in self.cell.parameters.values():
            value[...] = value[self.swapped]

    def forward(self):
        """The LSTM with two gates exchanged; W_x is put back, since ∂L/∂x is made from it and ∂L/∂a."""
        super().forward()
        self.cell.W_x = self.cell.W_x[self.swapped]

    def backward(self, grad_h, grads):
        """∂L/∂a with the rows of both gates put back."""
        da, grads, own = super().backward(grad_h, grads)
        return da[:, :, self.swapped], grads, own


class SwappedGates(LSTM):
    """An LSTM whose forward and backward are not what its equations say."""

    fast = SwappedWalk


SUSPECTS = {"A": NoForgetPath, "B": DoubledBias, "C": LSTM, "D": SwappedGates}


def suspect(letter):
    """One of the four LSTMs of the exercise, `(input 3, hidden 5)`: some are wrong, each in another way.

    letter: "A", "B", "C" or "D". Raises ValueError for any other.
    """
    return SUSPECTS[validate.one_of("letter", letter, tuple(SUSPECTS))](3, 5, seed=1)


ACCUSED = {"A": "backward", "B": "backward", "C": "nothing", "D": "forward"}
H_IS_RIGHT = "its h agrees with the framework's, so forward is right; look at the gradients."
HINTS = {
    ("A", "forward"): H_IS_RIGHT,
    ("A", "nothing"): "all three witnesses disagree, in every gradient.",
    ("B", "forward"): H_IS_RIGHT,
    ("B", "nothing"): "all three witnesses disagree, in the gradient of b alone.",
    ("C", "forward"): "no witness disagrees, neither in h nor in a gradient.",
    ("C", "backward"): "no witness disagrees, neither in h nor in a gradient.",
    ("D", "backward"): "finite differences confirm each gradient, but h itself is another one than the framework's.",
    ("D", "nothing"): "finite differences confirm each gradient, but what do the other two witnesses say of h?",
}


@check
def accused(answer):
    """Check a dict from letter to what is wrong: "forward", "backward" or "nothing"."""
    well_done = "A and B are wrong in backward alone, D computes another function, C is right."
    return judge_labels(answer, ACCUSED, ("forward", "backward", "nothing"), HINTS, well_done)
