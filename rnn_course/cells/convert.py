"""Cells to PyTorch modules and back.

PyTorch keeps two biases that are only ever added, so two become one on the way here and cannot be told apart again on
the way back. torch is imported inside the functions only.
"""

import numpy as np


def _layer_from_torch(cell, module, suffix):
    """Copy one layer and direction of a PyTorch module (suffix "l0", "l1_reverse", …) into a cell."""

    def get(name):
        return getattr(module, f"{name}_{suffix}").detach().cpu().numpy()

    cell.W_x, cell.W_h = get("weight_ih"), get("weight_hh")
    b_ih, b_hh = (get("bias_ih"), get("bias_hh")) if module.bias else (np.zeros_like(cell.b),) * 2
    if "b_hn" in cell.parameters:
        kept = 2 * cell.hidden_size
        cell.b, cell.b_hn = np.concatenate([b_ih[:kept] + b_hh[:kept], b_ih[kept:]]), b_hh[kept:]
    else:
        cell.b = b_ih + b_hh


def _layer_to_torch(cell, module, suffix):
    """Copy a cell into one layer and direction of a PyTorch module."""
    import torch

    second = np.zeros_like(cell.b)
    if "b_hn" in cell.parameters:
        second[2 * cell.hidden_size :] = cell.b_hn
    names = {"weight_ih": cell.W_x, "weight_hh": cell.W_h, "bias_ih": cell.b, "bias_hh": second}
    with torch.no_grad():
        for name, value in names.items():
            getattr(module, f"{name}_{suffix}").copy_(torch.from_numpy(value.copy()))


def _empty_cell(cls, module, input_size):
    """A cell of the module's sizes, dtype and nonlinearity."""
    dtype = str(module.weight_ih_l0.dtype).removeprefix("torch.")
    options = {"nonlinearity": module.nonlinearity} if cls.torch_name == "RNN" else {}
    cell = cls(input_size, module.hidden_size, dtype=dtype, **options)
    refuse_without_equal(cell)
    return cell


def _refuse_other(cls, module, caller):
    import torch

    if not cls.torch_name:
        raise ValueError(f"a {cls.__name__} has equations of its own: it has no PyTorch equal")
    if not isinstance(module, getattr(torch.nn, cls.torch_name)):
        raise TypeError(f"module is a {type(module).__name__}, {caller} wants torch.nn.{cls.torch_name}")
    if module.proj_size:
        raise ValueError(f"module has proj_size={module.proj_size}, the course's cells have no projection")


def cell_from_torch(cls, module):
    """See `Cell.from_torch`."""
    _refuse_other(cls, module, f"{cls.__name__}.from_torch")
    if module.num_layers != 1 or module.bidirectional:
        raise ValueError(
            f"module has num_layers={module.num_layers} and bidirectional={module.bidirectional}, "
            f"{cls.__name__}.from_torch wants one layer and one direction: use Stack.from_torch"
        )
    cell = _empty_cell(cls, module, module.input_size)
    _layer_from_torch(cell, module, "l0")
    return cell


def _torch_module(cell, **layers):
    """An untrained PyTorch module of the cell's sizes and kind."""
    import torch

    options = {"nonlinearity": cell.nonlinearity} if cell.torch_name == "RNN" else {}
    kind, dtype = getattr(torch.nn, cell.torch_name), getattr(torch, cell.dtype.name)
    return kind(cell.input_size, cell.hidden_size, batch_first=True, dtype=dtype, **options, **layers)


def obstacle(cell):
    """Why no PyTorch module computes what this cell does, in a sentence; None where one does."""
    if not cell.torch_name or not cell.computes_as("torch_name", "equations"):
        return f"this {type(cell).__name__} has equations of its own: it has no PyTorch equal"
    if not getattr(cell, "reset_after", True):
        return "a GRU here has reset_after=False, PyTorch's resets after the product: it has no PyTorch equal"
    return None


def refuse_without_equal(cell):
    """Raise a ValueError for a cell that computes what no PyTorch module does."""
    if reason := obstacle(cell):
        raise ValueError(reason)


def cell_to_torch(cell):
    """See `Cell.to_torch`."""
    refuse_without_equal(cell)
    module = _torch_module(cell)
    _layer_to_torch(cell, module, "l0")
    return module


def stack_from_torch(module, kinds, stacked, two_ways):
    """See `Stack.from_torch`. kinds: the cells by what torch.nn calls them; stacked, two_ways: what joins them."""
    cls = kinds.get(type(module).__name__)
    if cls is None:
        raise TypeError(f"module is a {type(module).__name__}, Stack.from_torch wants torch.nn.RNN, LSTM or GRU")
    _refuse_other(cls, module, "Stack.from_torch")
    layers, size = [], module.input_size
    for k in range(module.num_layers):
        cells = []
        for suffix in (f"l{k}", f"l{k}_reverse")[: 1 + module.bidirectional]:
            cells.append(_empty_cell(cls, module, size))
            _layer_from_torch(cells[-1], module, suffix)
        layers.append(two_ways(*cells) if module.bidirectional else cells[0])
        size = layers[-1].output_size
    return stacked(layers)


def stack_to_torch(stack):
    """See `Stack.to_torch`."""
    import torch

    pairs = [layer.cells if hasattr(layer, "cells") else [layer] for layer in stack.layers]
    first = pairs[0][0]
    for cell in (cell for pair in pairs for cell in pair):
        refuse_without_equal(cell)
    alike = {(type(c), c.hidden_size, len(pair), getattr(c, "nonlinearity", None)) for pair in pairs for c in pair}
    if len(alike) > 1:
        raise ValueError(f"{stack!r} mixes kinds, sizes or directions, a PyTorch module has one of each")
    if not hasattr(torch.nn, first.torch_name):
        raise ValueError(f"layers of {type(first).__name__} have no PyTorch module together: convert each of them")
    module = _torch_module(first, num_layers=len(pairs), bidirectional=len(pairs[0]) == 2)
    for k, pair in enumerate(pairs):
        for cell, suffix in zip(pair, (f"l{k}", f"l{k}_reverse"), strict=False):
            _layer_to_torch(cell, module, suffix)
    return module
