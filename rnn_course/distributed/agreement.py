"""What workers have in common, measured: the gradient that they add up to, and their weights bit for bit."""

import torch

from rnn_course import validate
from rnn_course.checkpoint import digest
from rnn_course.distributed.data_parallel import Workers, as_network, divided, gathered, shared_gradient
from rnn_course.models import evaluating
from rnn_course.training import as_examples, target_losses


def gradient_errors(model, train, workers, shares=None):
    """Return how far two ways to put the workers' gradients together are from the gradient of the whole batch.

    With g the gradient of the mean loss over all targets, which each worker computes once by itself, and g_r that over
    worker r's n_r targets, without dropout:

    `weighted`           max |g − Σ_r n_r/N · g_r|, as `fit` does it
    `mean_of_means`      max |g − 1/W · Σ_r g_r|, which `DistributedDataParallel` makes of each worker's mean loss
    `relative`           ‖g − 1/W · Σ_r g_r‖ / ‖g‖
    `examples`           how many examples each worker had

    Arguments
        model      a `SequenceModel`, the same in every worker; its gradients are left at None
        train      the examples, as `fit` takes them: one batch
        workers    what `joined` gives
        shares     how large each worker's part is, see `sharding.shard`

    Raises ValueError where a worker would have none.
    """
    validate.instance("workers", workers, Workers)
    examples = as_examples(model, "train", train, workers.device)
    batch = torch.arange(len(examples))
    parts = divided(examples, batch, workers, shares)
    counts = [int(found["n"]) for found in gathered({"n": torch.tensor(len(parts[0][0]) * parts[0][1])}, workers)]
    if 0 in counts:
        raise ValueError(f"train has {len(batch)} examples, of which a worker would have none: {counts}")
    with evaluating(model), torch.enable_grad():
        network = as_network(model, workers, examples)

        def losses(part, through=network):
            return target_losses(model.settings["task"], through(part.x, part.lengths), part)

        def taken(backward):
            model.zero_grad()
            backward()
            return torch.cat([parameter.grad.flatten().clone() for parameter in model.parameters()])

        whole = taken(lambda: losses(examples, model).mean().backward())
        weighted = taken(lambda: shared_gradient(network, workers, losses, parts))
        means = taken(lambda: losses(parts[0][0]).mean().backward())
        model.zero_grad()
    return {
        "weighted": (whole - weighted).abs().max().item(),
        "mean_of_means": (whole - means).abs().max().item(),
        "relative": ((whole - means).norm() / whole.norm()).item(),
        "examples": counts,
    }


def digests(model, workers):
    """Return the SHA-256 of the weights of each worker's model, a list in the order of their ranks."""
    validate.instance("workers", workers, Workers)
    own = digest(validate.instance("model", model, torch.nn.Module).state_dict())
    if workers.count == 1:
        return [own]
    found = gathered({"digest": torch.tensor(list(bytes.fromhex(own)), dtype=torch.uint8)}, workers)
    return [bytes(kept["digest"].tolist()).hex() for kept in found]
