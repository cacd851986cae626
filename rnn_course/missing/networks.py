"""Networks that fill gaps, trained to tell what they see: GRU-D and BRITS."""

import time

import numpy as np
import torch
from torch import nn

from rnn_course import seeds, validate
from rnn_course.epoch import run_epoch
from rnn_course.missing.base import Fill, since_seen
from rnn_course.models import seeded


class Decay(nn.Module):
    """γ = exp(−max(0, W δ + b)), from the time δ since last seen; `diagonal` gives each channel its own weight."""

    def __init__(self, inputs, outputs, diagonal=False):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)
        bound = outputs**-0.5  # as the authors of BRITS start it: gentle where there are many states
        for parameter in self.linear.parameters():
            nn.init.uniform_(parameter, -bound, bound)
        self.diagonal = diagonal

    def forward(self, delta):
        """γ (batch, outputs) of δ (batch, inputs)."""
        weight = torch.diag(torch.diag(self.linear.weight)) if self.diagonal else self.linear.weight
        return torch.exp(-torch.relu(nn.functional.linear(delta, weight, self.linear.bias)))


def masked_error(estimate, x, mask):
    """Mean absolute error where mask is 1."""
    return ((estimate - x).abs() * mask).sum() / (mask.sum() + 1e-12)


class GRUDNet(nn.Module):
    """GRU-D (Che et al. 2018): the input decays from the last value to the mean (0 when scaled), the state to zero.

    ĥ = γʰ_t ⊙ h_{t−1} and h_t = GRU([x̂_t, ĥ, m_t], ĥ); the estimate of step t is W ĥ + b.

    As in PyPOTS, and not in the paper, ĥ is among the inputs too, past the reset gate. PyTorch's cell resets after the
    product, r ⊙ (U ĥ + b); the paper and its authors' code reset before it, U (r ⊙ ĥ). The paper classifies series and
    has no estimate of a step; this one is PyPOTS's.
    """

    def __init__(self, features, hidden):
        super().__init__()
        self.cell = nn.GRUCell(2 * features + hidden, hidden)
        self.decay_x, self.decay_h = Decay(features, features, True), Decay(features, hidden)
        self.head = nn.Linear(hidden, features)

    def forward(self, x, mask, delta):
        """Estimates (batch, time, feature) of every step, each made before the step's own values are read."""
        h, last, outputs = x.new_zeros(len(x), self.cell.hidden_size), torch.zeros_like(x[:, 0]), []
        for t in range(x.shape[1]):
            m, d = mask[:, t], delta[:, t]
            h = h * self.decay_h(d)
            outputs.append(self.head(h))
            last = m * x[:, t] + (1 - m) * last
            read = m * x[:, t] + (1 - m) * self.decay_x(d) * last
            h = self.cell(torch.cat([read, h, m], 1), h)
        return torch.stack(outputs, 1)

    def loss(self, x, mask, delta, _backward):
        """Estimate and error on what was seen."""
        estimate = self(x, mask, delta)
        return estimate, masked_error(estimate, x, mask)


class RITSNet(nn.Module):
    """One direction of BRITS (Cao et al. 2018): estimates from history and from the other channels, mixed by a gate.

    As in the authors' code and in PyPOTS, h decays before the estimate from history is read from it: the paper has
    x̂_t = W_x h_{t−1} + b_x, with the h that has not decayed yet, and decays only what the cell is given. The gate ends
    in a sigmoid, as in the paper and in PyPOTS; in the authors' code it does not.
    """

    def __init__(self, features, hidden):
        super().__init__()
        self.cell = nn.LSTMCell(2 * features, hidden)
        self.decay_h, self.decay_x = Decay(features, hidden), Decay(features, features, True)
        self.history, self.mix = nn.Linear(hidden, features), nn.Linear(2 * features, features)
        self.others = nn.Linear(features, features)
        self.register_buffer("off_diagonal", 1 - torch.eye(features))

    def forward(self, x, mask, delta):
        """Estimates (batch, time, feature) and the error of all three estimates on what was seen."""
        h = c = x.new_zeros(len(x), self.cell.hidden_size)
        estimates, loss = [], 0.0
        for t in range(x.shape[1]):
            v, m, d = x[:, t], mask[:, t], delta[:, t]
            h = h * self.decay_h(d)
            past = self.history(h)
            weight = self.others.weight * self.off_diagonal
            across = nn.functional.linear(m * v + (1 - m) * past, weight, self.others.bias)
            gate = torch.sigmoid(self.mix(torch.cat([self.decay_x(d), m], 1)))
            both = gate * across + (1 - gate) * past
            loss = loss + sum(masked_error(e, v, m) for e in (past, across, both))
            h, c = self.cell(torch.cat([m * v + (1 - m) * both, m], 1), (h, c))
            estimates.append(both)
        return torch.stack(estimates, 1), loss / (3 * x.shape[1])


class BRITSNet(nn.Module):
    """Both directions of BRITS, and a loss that keeps them together.

    loss = error ahead + error back + 0.1 · disagreement. An error is the mean over the steps and the three estimates,
    on what was seen; the disagreement is the sum of |ahead − back| where nothing was seen, over the number of all
    values. The paper gives no weight; 0.1 is that of the authors' code and of PyPOTS. But the authors' code adds the
    errors up and multiplies them by 0.3, as its README advises, where PyPOTS and this take their mean: over 48 steps
    the disagreement counts 3 · 48 · 0.3 = 43 times as much here as there.
    """

    def __init__(self, features, hidden):
        super().__init__()
        self.ahead, self.back = RITSNet(features, hidden), RITSNet(features, hidden)

    def loss(self, x, mask, delta, backward):
        """Mean of the two estimates, and error plus a tenth of their disagreement where nothing was seen."""
        ahead, first = self.ahead(x, mask, delta)
        back, second = self.back(x.flip(1), mask.flip(1), backward)
        back = back.flip(1)
        return (ahead + back) / 2, first + second + 0.1 * ((ahead - back).abs() * (1 - mask)).mean()


class NetworkFill(Fill):
    """What the fills by a network share: a window, a seed, and a budget of either epochs or seconds.

    `seconds` are those of a processor, of the thread that trains, so that a busy machine takes longer and trains as
    much. `trained_seconds` is what was spent, in the same seconds, and `passed` the epochs run.
    """

    def __init__(self, *, seed=0, seconds=None, epochs=None, window=48, hidden=64, batch_size=32, learning_rate=1e-3):
        if (seconds is None) == (epochs is None):
            raise ValueError(f"seconds is {seconds} and epochs is {epochs}, exactly one of them must be given")
        self.seconds = None if seconds is None else validate.positive("seconds", seconds)
        self.epochs = None if epochs is None else validate.positive_int("epochs", epochs)
        self.seed = validate.torch_seed("seed", seed)
        self.window, self.hidden = validate.positive_int("window", window, 2), validate.positive_int("hidden", hidden)
        self.batch_size = validate.positive_int("batch_size", batch_size)
        self.learning_rate = validate.learning_rate(learning_rate)

    def passes(self):
        """Yield the share of the budget that is spent, once an epoch, until another epoch has no room in it."""
        start, epoch, share = time.thread_time(), 0, 0.0
        while share < 1:
            yield share
            epoch += 1
            spent = time.thread_time() - start
            share = epoch / self.epochs if self.epochs else spent / self.seconds
            if self.seconds and spent * (epoch + 1) / epoch > self.seconds:
                break
        self.passed, self.trained_seconds = epoch, time.thread_time() - start

    def rate(self, spent):
        """The learning rate of a schedule: up in the first twentieth of the budget, then down a cosine to 0."""
        return self.learning_rate * min(1, 20 * spent + 0.05) * (1 + np.cos(np.pi * spent)) / 2

    def starts(self, length, stride):
        """Where windows begin so that they cover a series; the last one ends with it."""
        return np.unique([*range(0, length - self.window + 1, stride), length - self.window])

    def inside(self):
        """How much each step of a window counts, (window, 1): little at its ends, where it sees one side only."""
        return np.minimum(np.arange(1, self.window + 1), np.arange(self.window, 0, -1))[:, None]

    def averaged(self, windows, starts, length):
        """Windows (starts, ..., window, feature) as a series (..., length, feature); `inside` weighs what overlaps."""
        total, weight = np.zeros((*windows.shape[1:-2], length, windows.shape[-1])), np.zeros((length, 1))
        for s, window in zip(starts, windows, strict=True):
            total[..., s : s + self.window, :] += window * self.inside()
            weight[s : s + self.window] += self.inside()
        return total / weight

    def learn(self, x):
        """Train with torch's generator seeded, and leave that generator as it was."""
        with seeded(seeds.shifted(self.seed)):
            self.train(x)


class Reconstruction(NetworkFill):
    """GRU-D or BRITS, trained to tell what it sees in windows of the series; build(features, hidden) makes the net.

    schedule   "constant", or "cosine": `rate`, as the course's own network has it
    overlap    False: windows one after another, always the same. True: in training they begin anew each pass, and the
               estimates of windows that overlap by half are averaged, as the course's own network does both
    """

    def __init__(self, build, *, schedule="constant", overlap=False, **options):
        super().__init__(**options)
        self.schedule = validate.one_of("schedule", schedule, ("constant", "cosine"))
        self.overlap = validate.one_of("overlap", overlap, (False, True))
        self.build = build

    def _inputs(self, x):
        mask = ~np.isnan(x)
        arrays = np.nan_to_num(self.scaled(x)), mask, since_seen(mask), since_seen(mask[:, ::-1])
        return [torch.tensor(a, dtype=torch.float32) for a in arrays]

    def _cut(self, x, rng):
        """What the net reads of windows one after another, which begin anywhere if they may overlap."""
        if self.overlap:
            x = x[:, rng.integers(min(self.window, x.shape[1] - self.window + 1)) :]
        return self._inputs(np.concatenate([x[:, s : s + self.window] for s in self.starts(x.shape[1], self.window)]))

    def train(self, x):
        """Train with Adam on windows one after another."""
        rng = seeds.default_rng(self.seed)
        inputs = self._cut(x, rng)
        self.net = self.build(x.shape[2], self.hidden)
        optimiser = torch.optim.Adam(self.net.parameters(), lr=self.learning_rate)

        def loss(part):
            return self.net.loss(*(a[part] for a in inputs))[1]

        for epoch, spent in enumerate(self.passes(), start=1):
            if self.schedule == "cosine":
                optimiser.param_groups[0]["lr"] = self.rate(spent)
            if self.overlap:
                inputs = self._cut(x, rng)
            count = len(inputs[0])
            batches = np.array_split(rng.permutation(count), -(-count // self.batch_size))
            run_epoch(self.net, batches, loss, optimiser, epoch=epoch)

    @torch.no_grad()
    def estimate(self, x):
        """Estimates in windows, all of them in one batch."""
        starts = self.starts(x.shape[1], self.window // 2 if self.overlap else self.window)
        windows = np.concatenate([x[:, s : s + self.window] for s in starts])
        estimates = self.net.loss(*self._inputs(windows))[0].numpy()
        by_start = estimates.reshape(len(starts), len(x), *windows.shape[1:])
        return self.unscaled(self.averaged(by_start, starts, x.shape[1]))


def gru_d(**options):
    """Make a GRU-D fill; see `Reconstruction` and `NetworkFill` for the options."""
    return Reconstruction(GRUDNet, **options)


def brits(**options):
    """Make a BRITS fill; see `Reconstruction` and `NetworkFill` for the options."""
    return Reconstruction(BRITSNet, **options)
