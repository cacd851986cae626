"""What it costs to train on several machines, calculated from a few numbers before anybody has them.

An exchange among W workers is counted in two numbers: how many messages there are one after another, and how many bytes
they hold together. A link turns them into seconds: a message of n bytes takes α + n/β.

    ring, halving, two_levels    an all-reduce: afterwards each worker has the sum of all
    chain, passed_round, scan    what is sent where the length of a text is divided, not the batch

What is left out: workers that are slower than others, links that several share, and whatever fails.
"""

import math
from dataclasses import dataclass

import numpy as np

from rnn_course import validate


@dataclass(frozen=True)
class Link:
    """A way from worker to worker: a message of n bytes takes α + n/β seconds, both directions at once.

    latency      α, seconds, at least 0
    bandwidth    β, bytes a second, above 0

    Raises TypeError or ValueError for other numbers.

    >>> Link(latency=0.001, bandwidth=1e6).seconds(4000)
    0.005
    """

    latency: float
    bandwidth: float

    def __post_init__(self):
        validate.nonnegative("latency", self.latency)
        validate.positive("bandwidth", self.bandwidth)

    def seconds(self, size, messages=1):
        """Return how long messages that hold so many bytes together take, one after another, in seconds."""
        return messages * self.latency + size / self.bandwidth

    @classmethod
    def fitted(cls, exchanges, seconds):
        """Return the link that explains measured exchanges best: least squares of their relative errors.

        Arguments
            exchanges    `Traffic` of each, at least two, that differ in bytes for a message
            seconds      what each took, above 0

        Raises ValueError where there are fewer than two or they determine no link with α ≥ 0 and β > 0.
        """
        seconds = validate.numbers("seconds", seconds)
        validate.shape("seconds", seconds, (len(exchanges),), ("exchanges",))
        if not (seconds > 0).all():
            raise ValueError(f"seconds goes from {seconds.min()} to {seconds.max()}, all must be above 0")
        counted = np.array([[each.messages, each.size] for each in exchanges]) / seconds[:, None]
        (latency, inverse), _, rank, _ = np.linalg.lstsq(counted, np.ones(len(seconds)), rcond=None)
        if rank < 2:
            raise ValueError(f"exchanges are {len(exchanges)} that do not tell latency and bandwidth apart")
        if latency < 0 or inverse <= 0:
            raise ValueError(f"seconds fit no link: α = {latency:.3g} s, 1/β = {inverse:.3g} s a byte")
        return cls(float(latency), float(1 / inverse))


@dataclass(frozen=True)
class Traffic:
    """What is sent in an exchange: `messages` one after another, which hold `size` bytes together.

    Of all but `chain` each worker sends so many, all at the same time.
    """

    messages: int
    size: float

    def seconds(self, link):
        """Return how long it takes over a `Link`, messages · α + size / β, in seconds."""
        return link.seconds(self.size, self.messages)


def ring(size, workers):
    """An all-reduce in a ring: `2(W − 1)` messages of `n / W` bytes each, `2 n (W − 1) / W` together.

    Each worker adds its part of what comes to what it has and hands it on; after W − 1 messages each part has been
    summed somewhere, and as many again bring the sums round. No way in which only the workers add sends fewer bytes.

    Arguments
        size       n, bytes that each worker has
        workers    W

    Returns `Traffic`. Raises TypeError or ValueError for bad arguments. Source: Patarasuk and Yuan (2009), "Bandwidth
    optimal all-reduce algorithms for clusters of workstations".

    >>> ring(4_000_000, 2).seconds(Link(0, 100e6 / 8))
    0.32
    """
    size, workers = _checked(size, workers)
    return Traffic(2 * (workers - 1), 2 * size * (workers - 1) / workers)


def halving(size, workers):
    """An all-reduce by halves: `2 ⌈log₂ W⌉` messages with as many bytes as a ring's, `2 n (W − 1) / W`.

    Pairs exchange halves of what they have, then quarters with others, and so on, and back again. It has fewer messages
    than a ring, and is exact where W is a power of two; partners far apart must not share a link.

    Arguments, result and errors as in `ring`. Source: Thakur, Rabenseifner and Gropp (2005).
    """
    size, workers = _checked(size, workers)
    return Traffic(2 * _rounds(workers), 2 * size * (workers - 1) / workers)


def two_levels(size, together, machines, inside, between, way=ring):
    """Return the seconds of an all-reduce over machines that hold several workers each, which have faster links inside.

    Inside each machine the parts are summed (half a ring); then each worker exchanges its n/g bytes with its fellows
    on the other machines, all at the same time, each over a link of its own; then the sums go round inside.

    Arguments
        size               n, bytes that each worker has
        together           g, workers on a machine
        machines           M
        inside, between    `Link` of workers on a machine, and of a worker to its fellow on another
        way                `ring` or `halving`, how the machines exchange

    Raises TypeError or ValueError for bad arguments.
    """
    validate.instance("inside", inside, Link), validate.instance("between", between, Link)
    if way is not ring and way is not halving:
        raise ValueError(f"way is {way!r}, it must be ring or halving")
    size = validate.nonnegative("size", size)
    together, machines = validate.positive_int("together", together), validate.positive_int("machines", machines)
    return ring(size, together).seconds(inside) + way(size / together, machines).seconds(between)


def chain(size, workers):
    """A state that is handed from each worker to the next: `W − 1` messages of `size` bytes, one from each.

    So a GRU's state goes through a text that is divided over workers, and none can begin before it has come. Arguments,
    result and errors as in `ring`.
    """
    size, workers = _checked(size, workers)
    return Traffic(workers - 1, (workers - 1) * size)


def passed_round(size, workers):
    """Parts that visit every worker in a ring: each worker sends `W − 1` messages of `size` bytes.

    So the keys and values of each part go round where attention is divided over the length of a text; the workers
    compute meanwhile. Arguments, result and errors as in `ring`.

    Source: Liu, Zaharia and Abbeel (2024), "Ring attention with blockwise Transformers for near-infinite context".
    """
    return chain(size, workers)


def scan(size, workers):
    """A linear recurrence over a text that is divided over workers: `⌈log₂ W⌉` messages of `size` bytes each.

    What a whole part of a text does to a state is `h ← A h + b`. Two parts one after the other are one such part, so
    that a scan over W pairs (A, b) tells each worker where it begins. How long the text is does not come into it.
    `size` is that of a pair: two states, where each number of the state has a coefficient of its own.

    Arguments, result and errors as in `ring`. Source: Blelloch (1990); Martin and Cundy (2018).
    """
    size, workers = _checked(size, workers)
    return Traffic(_rounds(workers), _rounds(workers) * size)


@dataclass(frozen=True)
class Compute:
    """How long a worker takes for its examples of a step: `fixed + each · examples` seconds.

    The fixed part is what does not shrink with the batch: the loop over time, calls, the optimiser. Raises TypeError or
    ValueError for negative numbers.
    """

    fixed: float
    each: float

    def __post_init__(self):
        validate.nonnegative("fixed", self.fixed)
        validate.nonnegative("each", self.each)

    @classmethod
    def through(cls, one, other):
        """Return it from two measurements, each a pair of examples and seconds; ValueError where none fits."""
        (few, short), (many, long) = sorted([one, other])
        if few == many:
            raise ValueError(f"both measurements have {few} examples, they must differ")
        each = (long - short) / (many - few)
        return cls(short - each * few, each)

    def seconds(self, examples):
        """Return the seconds for a number of examples."""
        return self.fixed + self.each * examples


def step(compute, batch_size, workers, exchange, hidden=0.0):
    """Return the seconds of a step of data-parallel training.

        compute(B / W) + max(0, exchange − hidden · compute(B / W))

    Arguments
        compute       a `Compute`
        batch_size    B, examples of all workers together
        workers       W
        exchange      seconds of the all-reduce
        hidden        share of the computing behind which the exchange can go on: 0 where it waits for the end, about
                      2/3 where gradients leave as the backward walk finds them, since that is twice the forward walk

    Raises TypeError or ValueError for bad arguments.

    >>> step(Compute(0.0, 0.01), 32, 4, exchange=0.06, hidden=0.5)
    0.1
    """
    validate.instance("compute", compute, Compute)
    batch_size, workers = validate.positive_int("batch_size", batch_size), validate.positive_int("workers", workers)
    exchange, hidden = validate.nonnegative("exchange", exchange), validate.share("hidden", hidden)
    computing = compute.seconds(batch_size / workers)
    return computing + max(0.0, exchange - hidden * computing)


def _checked(size, workers):
    return validate.nonnegative("size", size), validate.positive_int("workers", workers)


def _rounds(workers):
    return math.ceil(math.log2(workers))
