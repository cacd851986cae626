"""What has parameters: named arrays, drawn at random, and checked whenever one is written."""

from types import MappingProxyType

import numpy as np

from rnn_course import seeds, validate


class Layer:
    """Arrays by name, uniform in ±1/√hidden_size at first. A subclass says in `shapes` which; see `Cell`, `Readout`.

    Each is an attribute too, and so are the rows that `windows` names; writing to one changes the layer. Sizes and
    options that `shapes` reads are set before `Layer.__init__`. dtype: float64 or float32. seed: a whole number or a
    generator. Raises TypeError for a parameter whose name means something else.
    """

    def __init__(self, dtype, seed):
        self.dtype = float_dtype(dtype, type(self).__name__)
        rng, bound = seeds.generator("seed", seed), 1 / np.sqrt(self.hidden_size)
        drawn = {name: np.asarray(rng.uniform(-bound, bound, shape)) for name, shape in self.shapes().items()}
        windows = {name: rows for name, rows in self.windows().items() if rows[0] in drawn}
        for name in [*drawn, *windows]:
            if name in self.__dict__ or hasattr(type(self), name) or (name in drawn and name in windows):
                raise TypeError(
                    f"{type(self).__name__} has a parameter {name!r}, a name that means something else in it"
                )
        self._windows = windows
        self._parameters = {name: value.astype(self.dtype) for name, value in drawn.items()}

    def shapes(self):
        """Name and shape of each stored array, in the order in which they are drawn."""
        raise NotImplementedError(f"{type(self).__name__} has no shapes, which say what its parameters are")

    def windows(self):
        """Names for some rows of stored arrays: {"W_xi": ("W_x", slice(0, hidden)), …}."""
        return {}

    @property
    def parameters(self):
        """The stored arrays by name; the mapping is read-only, the arrays are the layer's own and may be written to."""
        return MappingProxyType(self._parameters)

    def __getattr__(self, name):
        """A stored array, or a window into one; called only where nothing else has the name."""
        stored = self.__dict__.get("_parameters")
        if stored is None:
            raise AttributeError(f"this {type(self).__name__} has no {name} before super().__init__(…) has run")
        if name in stored:
            return stored[name]
        if name in self._windows:
            storage, rows = self._windows[name]
            return stored[storage][rows]
        raise AttributeError(f"this {type(self).__name__} has no {name}; its parameters are {', '.join(stored)}")

    def __setattr__(self, name, value):
        """Refuse a weight that the layer does not have: a slip of the pen would train another one than was meant."""
        stored = self.__dict__.get("_parameters", {})
        if name in stored or (stored and name in self._windows):
            self._write(name, getattr(self, name), value)
        elif name in self.__dict__ or hasattr(type(self), name) or not _alike(name, stored):
            super().__setattr__(name, value)
        else:
            its = ", ".join(stored)
            raise AttributeError(f"this {type(self).__name__} has no {name}; its parameters are {its} and their gates")

    def _write(self, name, view, value):
        """Put `value` into the array, of the same shape, without losing a digit."""
        value = validate.numbers(name, value)
        if value.shape != view.shape:
            raise ValueError(f"{name} has shape {value.shape}, this {type(self).__name__} wants {view.shape}")
        if not np.can_cast(value.dtype, view.dtype, "safe"):
            raise TypeError(f"{name} has dtype {value.dtype}, this {type(self).__name__} holds {view.dtype}")
        view[...] = validate.finite(name, value)

    def _numbers(self, name, array):
        """The argument as an array of finite numbers of this layer's dtype, or one clear sentence."""
        array = validate.numbers(name, array)
        if array.dtype != self.dtype:
            raise TypeError(
                f"{name} has dtype {array.dtype}, this {type(self).__name__} computes in {self.dtype}: "
                f"convert it with .astype(np.{self.dtype})"
            )
        return validate.finite(name, array)


def _alike(name, stored):
    """Whether a name begins as one of the stored arrays does: with W_, or b_."""
    return name.partition("_")[0] in {key.partition("_")[0] for key in stored}


def float_dtype(dtype, owner):
    """The dtype, if it is one that layers compute in; TypeError otherwise."""
    try:
        found = None if dtype is None else np.dtype(dtype)  # NumPy would take None for float64
    except (TypeError, ValueError, RuntimeError):
        found = None  # the sentence below says what came
    if found not in (np.float32, np.float64):
        raise TypeError(f"dtype is {dtype if found is None else found}, {owner} computes in float32 or float64")
    return found
