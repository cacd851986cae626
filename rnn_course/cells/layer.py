"""What has parameters: named arrays, drawn at random, and checked whenever one is written."""

from types import MappingProxyType

import numpy as np

from rnn_course import validate


class Parameter:
    """One stored array, or one gate's rows of it, as a view: writing to it changes the layer.

    `Parameter("W_x")` is the whole array; `Parameter("W_x", 2)` is the third gate's block of `hidden_size` rows.
    """

    def __init__(self, storage, block=None):
        self.storage, self.block = storage, block

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, layer, owner=None):
        if layer is None:
            return self
        if self.storage not in layer._parameters:
            raise AttributeError(self.name)  # `Layer.__getattr__` has the sentence
        whole, rows = layer._parameters[self.storage], layer.hidden_size
        return whole if self.block is None else whole[self.block * rows : (self.block + 1) * rows]

    def __set__(self, layer, value):
        layer._write(self.name, getattr(layer, self.name), value)


class Layer:
    """Arrays by name, uniform in ±1/√hidden_size at first. A subclass says in `shapes` which; see `Cell`, `Readout`.

    Sizes and options that `shapes` reads are set before `Layer.__init__`. dtype: float64 or float32. seed: a whole
    number or a generator.
    """

    def __init__(self, dtype, seed):
        self.dtype = float_dtype(dtype, type(self).__name__)
        rng, bound = validate.generator("seed", seed), 1 / np.sqrt(self.hidden_size)
        drawn = {name: rng.uniform(-bound, bound, shape) for name, shape in self.shapes().items()}
        self._parameters = {name: value.astype(self.dtype) for name, value in drawn.items()}

    def shapes(self):
        """Name and shape of each stored array, in the order in which they are drawn."""
        raise NotImplementedError(f"{type(self).__name__} has no shapes, which say what its parameters are")

    @property
    def parameters(self):
        """The stored arrays by name; the mapping is read-only, the arrays are the layer's own and may be written to."""
        return MappingProxyType(self._parameters)

    def __getattr__(self, name):
        """A stored array that no `Parameter` of the class names; called only where nothing else has the name."""
        stored = self.__dict__.get("_parameters", {})
        if name in stored:
            return stored[name]
        raise AttributeError(f"this {type(self).__name__} has no {name}; its parameters are {', '.join(stored)}")

    def __setattr__(self, name, value):
        """Refuse a weight that the layer does not have: a slip of the pen would train another one than was meant."""
        stored = self.__dict__.get("_parameters", {})
        if name in stored:
            self._write(name, stored[name], value)
        elif name.split("_")[0] in {key.split("_")[0] for key in stored} and not hasattr(type(self), name):
            its = ", ".join(stored)
            raise AttributeError(f"this {type(self).__name__} has no {name}; its parameters are {its} and their gates")
        else:
            super().__setattr__(name, value)

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


def float_dtype(dtype, owner):
    """The dtype, if it is one that layers compute in; TypeError otherwise."""
    try:
        dtype = np.dtype(dtype)
    except TypeError:
        pass  # the sentence below says what came
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"dtype is {dtype}, {owner} computes in float32 or float64")
    return dtype
