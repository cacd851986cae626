"""What autograd keeps: the memory that training needs beyond the weights."""

import torch

from rnn_course import validate


def kept_bytes(run, *inputs):
    """Return what `run(*inputs)` gives, and how many bytes autograd keeps for the way back.

    Arguments
        run     a function or module of torch
        inputs  what it is called with

    Counted are the storages of all tensors that the backward pass would read, each once and whole, with weights and
    inputs among them; what only lives during the forward pass is not. By `torch.autograd.graph.saved_tensors_hooks`.

    >>> x = torch.ones(100, requires_grad=True)
    >>> kept_bytes(torch.exp, x)[1]
    400
    """
    storages, run = {}, validate.function("run", run)

    def keep(tensor):
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = run(*inputs)
    return result, sum(storages.values())
