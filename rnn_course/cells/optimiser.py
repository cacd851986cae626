"""What changes parameters by their gradients: the checks that every rule shares."""

import numpy as np

from rnn_course import validate


class Optimiser:
    """A rule that changes arrays in place by their gradients. A subclass gives `change(name, grad)`, for one of them.

    parameters: a mapping of arrays, as `cell.parameters`. learning_rate: positive. Raises TypeError or ValueError for
    anything else.
    """

    def __init__(self, parameters, learning_rate):
        self.learning_rate = validate.positive("learning_rate", learning_rate)
        self.parameters = dict(validate.mapping("parameters", parameters))
        for name, value in self.parameters.items():
            if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
                raise TypeError(
                    f"parameters[{name!r}] is {value!r}, it must be an array of floats: it is changed in place"
                )
        self.t = 0

    def step(self, grads):
        """Change every parameter by its gradient. grads: a mapping with the parameters' keys and shapes."""
        if validate.mapping("grads", grads).keys() != self.parameters.keys():
            its = type(self).__name__
            raise ValueError(f"grads has keys {list(grads)}, this {its} was given {list(self.parameters)}")
        grads = {name: validate.numbers(f"grads[{name!r}]", grad) for name, grad in grads.items()}
        for name, grad in grads.items():
            if grad.shape != self.parameters[name].shape:
                raise ValueError(f"grads[{name!r}] has shape {grad.shape}, wanted {self.parameters[name].shape}")
            if grad.dtype != self.parameters[name].dtype:
                raise TypeError(f"grads[{name!r}] has dtype {grad.dtype}, wanted {self.parameters[name].dtype}")
            validate.finite(f"grads[{name!r}]", grad)
        self.t += 1
        for name, grad in grads.items():
            self.change(name, grad)

    def change(self, name, grad):
        """Change one array by its gradient, at the step t, which counts from 1."""
        raise NotImplementedError(f"{type(self).__name__} has no change, which says how a gradient changes an array")
