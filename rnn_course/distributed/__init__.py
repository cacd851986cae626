"""Training in several processes, on one machine or several, that may die and come back.

with joined() as workers:                    in each process that torchrun starts; alone without it
    fit(model, (x, y), workers, checkpoint="run.safetensors", every=10)

launch("worker.py", workers=2)               from a notebook: start them, wait, read what they report
"""

from rnn_course.distributed.agreement import digests, gradient_errors
from rnn_course.distributed.data_parallel import Workers, fit, joined
from rnn_course.distributed.launching import command, end_with_agent, launch, report
from rnn_course.distributed.sharding import order, shard

__all__ = [
    "Workers",
    "command",
    "digests",
    "end_with_agent",
    "fit",
    "gradient_errors",
    "joined",
    "launch",
    "order",
    "report",
    "shard",
]
